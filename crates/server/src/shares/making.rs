//! Making links, listing and ending them: on the page that is shared, under Settings, and by a program. A link is shown once.

use axum::extract::State;
use axum::response::Response;
use axum::{Extension, Json};
use longplay_domain::{Day, Zone};
use longplay_store::{NewShare, Share};
use serde_json::{Value, json};

use super::View;
use crate::app::App;
use crate::auth::{Caller, Client};
use crate::error::{ApiError, Code, HttpError, PageError};
use crate::form::Fields;
use crate::settings;

const PASSWORD_CHARS_MIN: usize = 8;
const PASSWORD_BYTES_MAX: usize = 1_024;

fn wrong(message: impl Into<String>) -> HttpError {
    HttpError::new(Code::BadParameter, message)
}

/// A link that was just made.
struct Fresh {
    name: String,
    address: String,
}

async fn made(app: &App, caller: &Caller, fields: &Fields) -> Result<Fresh, HttpError> {
    let view = view(fields)?;
    view.question(app).await?;
    let zone = app.read(longplay_store::Store::zone).await?;
    let password = match fields.raw("password") {
        "" => None,
        short if short.chars().count() < PASSWORD_CHARS_MIN => {
            let message = format!("The password of a link has at least {PASSWORD_CHARS_MIN} characters.");
            return Err(wrong(message));
        }
        long if long.len() > PASSWORD_BYTES_MAX => return Err(wrong("That password is too long.")),
        password => Some(app.hashing().hash(password.to_owned()).await?),
    };
    let name = match fields.said("name") {
        "" => view.words(),
        name => name.to_owned(),
    };
    let share = NewShare {
        name: name.clone(),
        page: view.page.to_owned(),
        query: view.query(),
        password,
        made_by: caller.name(),
        ends_at: ends(fields.said("ends"), &zone)?,
    };
    let now = app.now();
    let secret = app.change(move |store| store.create_share(&share, now)).await?;
    app.log(caller, "share_created", Some(format!("{name}: {}", view.words())))
        .await;
    Ok(Fresh {
        name,
        address: format!("{}/share/{secret}", server(&caller.client)),
    })
}

/// The page with what its address says, over the chosen segment.
fn view(fields: &Fields) -> Result<View, HttpError> {
    let query = fields.said("query").trim_start_matches('?');
    let pairs = serde_urlencoded::from_str(query).map_err(|_| wrong("`query` is what stands behind a page's `?`."))?;
    let view = View::read(fields.said("page"), pairs)?;
    Ok(match fields.said("segment") {
        "" => view,
        segment => view.without("segment").with("segment", segment),
    })
}

/// A link that ends on a day opens for the whole of it.
fn ends(day: &str, zone: &Zone) -> Result<Option<longplay_domain::Time>, HttpError> {
    if day.is_empty() {
        return Ok(None);
    }
    let day = Day::parse(day).ok_or_else(|| wrong("Write the day on which it ends like 2026-03-01."))?;
    Ok(Some(zone.end_of(day)))
}

/// The server as this browser calls it.
fn server(client: &Client) -> String {
    let scheme = if client.is_https { "https" } else { "http" };
    format!("{scheme}://{}", client.host.as_deref().unwrap_or("localhost"))
}

/// `POST /settings/shares`
pub async fn create(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    match made(&app, &caller, &fields).await {
        Err(error) => settings::refused(&app, &caller, error).await,
        Ok(fresh) => {
            let words = "Whoever has it sees that view and nothing else. It is shown this one time only; Settings lists it, and \
                         ends it.";
            Ok(settings::once(&app, format!("The link “{}”", fresh.name), words, fresh.address).await)
        }
    }
}

/// `POST /settings/shares/end`
pub async fn end(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    match ended(&app, &caller, &fields).await {
        Err(error) => settings::refused(&app, &caller, error).await,
        Ok(()) => Ok(settings::done("share_ended", "shares")),
    }
}

async fn ended(app: &App, caller: &Caller, fields: &Fields) -> Result<(), HttpError> {
    let number: Option<i64> = fields.said("number").parse().ok();
    let name = match number {
        Some(number) => app.change(move |store| store.end_share(number)).await?,
        None => None,
    };
    let name = name.ok_or_else(|| wrong("There is no link of that number; it may have ended already."))?;
    app.log(caller, "share_ended", Some(name)).await;
    Ok(())
}

/// `POST /api/v1/shares`
pub async fn api_create(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Json<Value>, ApiError> {
    let fresh = made(&app, &caller, &fields).await?;
    Ok(Json(json!({ "name": fresh.name, "address": fresh.address })))
}

/// `POST /api/v1/shares/end`
pub async fn api_end(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Json<Value>, ApiError> {
    ended(&app, &caller, &fields).await?;
    Ok(Json(json!({ "ended": true })))
}

/// `GET /api/v1/shares`
pub async fn api_list(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    let now = app.now();
    let shares = app.read(move |store| store.shares(now)).await?;
    let told = |share: &Share| {
        json!({
            "number": share.number,
            "name": share.is.name,
            "page": share.is.page,
            "query": share.is.query,
            "has_password": share.is.password.is_some(),
            "made_by": share.is.made_by,
            "made_at": share.made_at.to_string(),
            "ends_at": share.is.ends_at.map(|end| end.to_string()),
        })
    };
    Ok(Json(json!({ "shares": shares.iter().map(told).collect::<Vec<_>>() })))
}
