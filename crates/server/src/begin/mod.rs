//! `/begin`: from nothing to a first answer, one question a screen: what the workspace is called and who owns it, whom they want, what
//! they want them to do, and where data comes from. Every step can be left out and come back to.

mod demo;
mod files;
pub(crate) mod uploads;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use longplay_domain::{Goal, Zone};
use longplay_store::{Store, StoreError};

pub use demo::{Demonstration, bring_demo, remove_demo};
pub use files::{drop_files, import, refusals, show_files, take_files};

use crate::app::App;
use crate::auth::{Caller, Who};
use crate::error::{self, HttpError, PageError};
use crate::form::Fields;
use crate::pages::begin::{AudiencePage, DataPage, GoalsPage, OwnerPage};
use crate::{login, settings};

/// `GET /begin`: what is it called, where do its days begin, who owns it.
pub async fn owner(State(app): State<App>, Extension(caller): Extension<Caller>) -> Result<Response, PageError> {
    owner_page(&app, &caller, None, &Fields::default()).await
}

async fn owner_page(app: &App, caller: &Caller, error: Option<String>, typed: &Fields) -> Result<Response, PageError> {
    let frame = app.frame().await.at("/");
    let read = app
        .read(|store| {
            let is_free = !store.has_zone()? || store.totals()?.events == 0;
            Ok((store.workspace_name()?, store.zone()?, store.has_zone()?, is_free))
        })
        .await;
    let (name, zone, has_zone, is_free) = read.map_err(|error| PageError {
        error,
        frame: frame.clone(),
    })?;
    let or = |typed: &str, held: String| if typed.is_empty() { held } else { typed.to_owned() };
    let is_refused = error.is_some();
    let page = OwnerPage {
        name: or(typed.said("workspace"), name),
        zone: or(typed.said("zone"), zone.name().to_owned()),
        zone_is_guessed: !has_zone,
        zone_is_free: is_free,
        account: typed.said("name").to_owned(),
        makes_account: matches!(caller.who, Who::Local) && !frame.demo,
        error,
        frame: frame.clone(),
    };
    let mut response = error::show(&page, &frame);
    if is_refused {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    Ok(response)
}

/// `POST /begin`: keeps it, makes the owner's account where one is wanted, and logs them in.
pub async fn begin(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    match begun(&app, &caller, &headers, &fields).await {
        Ok(response) => Ok(response),
        Err(error) if error.is_callers() => owner_page(&app, &caller, Some(error.public().to_owned()), &fields).await,
        Err(error) => {
            let frame = app.frame().await;
            Err(PageError { error, frame })
        }
    }
}

async fn begun(app: &App, caller: &Caller, headers: &HeaderMap, fields: &Fields) -> Result<Response, HttpError> {
    let (name, zone) = (fields.said("workspace").to_owned(), fields.said("zone").to_owned());
    app.change(move |store| keep(store, &name, &zone)).await?;
    app.log(caller, "workspace_changed", None).await;
    let mut response = to("/begin/audience");
    let wants_account = !fields.said("name").is_empty() || !fields.raw("password").is_empty();
    if matches!(caller.who, Who::Local) && wants_account {
        let account = settings::made(app, caller, fields).await?;
        let cookie = login::begin(app, caller, headers, account).await?;
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Days must not change their meaning under answers already given, so the zone of a workspace with events stays.
fn keep(store: &Store, name: &str, zone: &str) -> Result<(), StoreError> {
    store.set_workspace_name(name)?;
    let is_other = !zone.is_empty() && (!store.has_zone()? || store.zone()?.name() != zone);
    if !is_other {
        return Ok(());
    }
    let Some(found) = Zone::named(zone) else {
        let message = format!("“{zone}” is no time zone; use a name such as Europe/Vienna or America/New_York");
        return Err(StoreError::Invalid(message));
    };
    if store.has_zone()? && store.totals()?.events > 0 {
        let message = "the days of this workspace are counted in its zone since its first event, so it stays";
        return Err(StoreError::Invalid(message.to_owned()));
    }
    store.set_zone(&found)
}

/// `GET /begin/audience`: whom do you want?
pub async fn audience(State(app): State<App>) -> Result<Response, PageError> {
    let frame = app.frame().await.at("/");
    let ideal = app.read(Store::ideal).await.map_err(|error| PageError {
        error,
        frame: frame.clone(),
    })?;
    let page = AudiencePage {
        rule: ideal.map(|rule| rule.to_string()).unwrap_or_default(),
        error: None,
        frame: frame.clone(),
    };
    Ok(error::show(&page, &frame))
}

/// `POST /begin/audience`
pub async fn keep_audience(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let rule = fields.said("rule");
    match settings::keep_ideal(&app, &caller, rule).await {
        Ok(()) => Ok(to("/begin/goals")),
        Err(error) => {
            let frame = app.frame().await.at("/");
            Ok(error::show_refused(error, &frame, |why| AudiencePage {
                rule: rule.to_owned(),
                error: Some(why),
                frame: frame.clone(),
            }))
        }
    }
}

/// `GET /begin/goals`: what do you want them to do?
pub async fn goals(State(app): State<App>) -> Result<Response, PageError> {
    goals_page(&app, None).await
}

async fn goals_page(app: &App, error: Option<String>) -> Result<Response, PageError> {
    let frame = app.frame().await.at("/");
    let read = app.read(|store| Ok((store.goals()?, store.names_seen()?))).await;
    let (goals, seen) = read.map_err(|error| PageError {
        error,
        frame: frame.clone(),
    })?;
    let is_refused = error.is_some();
    let page = GoalsPage::new(goals, &seen, error, frame.clone());
    let mut response = error::show(&page, &frame);
    if is_refused {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    Ok(response)
}

/// Whatever is sent under that name, as a goal called as much like it as a goal can be.
fn goal_of(event: &str) -> Goal {
    let plain: String = event
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .take(40)
        .collect();
    Goal {
        event: Some(event.to_owned()),
        ..Goal::of_acts(plain.trim_matches('_'), &[])
    }
}

/// `POST /begin/goals`: those that stay, and one more where one is named.
pub async fn keep_goals(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let kept = async {
        let wanted: Vec<String> = fields.all("goal").map(str::to_owned).collect();
        let held = app.read(Store::goals).await?;
        for goal in held.into_iter().filter(|goal| !wanted.contains(&goal.name)) {
            let name = goal.name.clone();
            app.change(move |store| store.remove_goal(&name)).await?;
            app.log(&caller, "goal_removed", Some(goal.name)).await;
        }
        for goal in Goal::defaults() {
            if wanted.contains(&goal.name) {
                app.change(
                    move |store| match store.goals()?.iter().any(|held| held.name == goal.name) {
                        true => Ok(()),
                        false => store.put_goal(&goal),
                    },
                )
                .await?;
            }
        }
        let events = fields.all("seen").chain([fields.said("event")]);
        for event in events.filter(|event| !event.is_empty()) {
            let goal = goal_of(event);
            let name = goal.name.clone();
            app.change(move |store| store.put_goal(&goal)).await?;
            app.log(&caller, "goal_changed", Some(name)).await;
        }
        Ok::<(), HttpError>(())
    };
    match kept.await {
        Ok(()) => Ok(to("/begin/data")),
        Err(error) if error.is_callers() => goals_page(&app, Some(error.public().to_owned())).await,
        Err(error) => {
            let frame = app.frame().await;
            Err(PageError { error, frame })
        }
    }
}

/// `GET /begin/data`: files, the snippet, or a made-up audience first.
pub async fn data(State(app): State<App>) -> Result<Response, PageError> {
    data_page(&app, None).await
}

async fn data_page(app: &App, error: Option<HttpError>) -> Result<Response, PageError> {
    let frame = app.frame().await.at("/");
    let page = |error| DataPage {
        takes_files: app.uploads().takes_files(),
        size_max: uploads::UPLOAD_BYTES_MAX >> 30,
        files_max: uploads::FILES_MAX,
        error,
        frame: frame.clone(),
    };
    Ok(match error {
        None => error::show(&page(None), &frame),
        Some(error) => error::show_refused(error, &frame, |why| page(Some(why))),
    })
}

fn to(address: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, address.to_owned())]).into_response()
}
