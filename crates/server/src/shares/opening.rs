//! `/share/{link}`: a shared view. The link is the whole authority, and the password where one was set; whoever guesses is slowed down as at
//! the login. Nothing that stands behind the link's question mark is read.

use axum::Extension;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use longplay_store::Share;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::View;
use crate::app::App;
use crate::auth::{Caller, Client, Lock, Slow};
use crate::error::{self, ApiError, Code, HttpError, PageError};
use crate::form::Fields;
use crate::headers::private;
use crate::pages::{Frame, PasswordPage};

const PASSWORD_HEADER: &str = "x-share-password";
const COOKIE: &str = "longplay_share";
const WRONG: &str = "That is not its password.";

/// Why a link was not opened.
enum Denied {
    /// It has a password, which was not given.
    Closed,
    Wrong,
    Slow(Slow),
    Failed(HttpError),
}

impl From<HttpError> for Denied {
    fn from(error: HttpError) -> Self {
        Self::Failed(error)
    }
}

impl From<Denied> for HttpError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Closed => Self::new(
                Code::Unauthorized,
                format!("This view has a password: send it as `{PASSWORD_HEADER}`."),
            ),
            Denied::Wrong => Self::new(Code::Unauthorized, WRONG),
            Denied::Slow(slow) => Self::new(Code::Busy, slow.words()),
            Denied::Failed(error) => error,
        }
    }
}

/// `GET /share/{link}`
pub async fn look(State(app): State<App>, Path(secret): Path<String>, headers: HeaderMap) -> Response {
    let frame = app.frame().await.outside();
    private(match known(&app, &secret).await {
        Err(error) => PageError { error, frame }.into_response(),
        Ok(share) if is_open(&share, &secret, &headers) => shown(&app, &share, frame).await,
        Ok(_) => asked(secret, None, frame),
    })
}

/// `POST /share/{link}`: its password.
pub async fn open(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(secret): Path<String>,
    fields: Fields,
) -> Response {
    let frame = app.frame().await.outside();
    let share = match known(&app, &secret).await {
        Ok(share) => share,
        Err(error) => return private(PageError { error, frame }.into_response()),
    };
    let (status, why, wait) = match unlocked(&app, &caller, &share, fields.raw("password")).await {
        Ok(()) => return private(entered(&share, &secret, &caller.client)),
        Err(Denied::Slow(slow)) => (StatusCode::TOO_MANY_REQUESTS, slow.words(), Some(slow.seconds)),
        Err(Denied::Wrong | Denied::Closed) => (StatusCode::UNAUTHORIZED, WRONG.to_owned(), None),
        Err(Denied::Failed(error)) => return private(PageError { error, frame }.into_response()),
    };
    let mut response = asked(secret, Some(why), frame);
    *response.status_mut() = status;
    if let Some(seconds) = wait {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    private(response)
}

/// `GET /share/{link}/data.json`: what the view is made of, to take along.
pub async fn data(State(app): State<App>, Path(secret): Path<String>, headers: HeaderMap) -> Response {
    let told = async {
        let share = known(&app, &secret).await?;
        if !is_open(&share, &secret, &headers) {
            return Err(Denied::Closed.into());
        }
        View::of(&share)?.told(&app, share.number).await
    };
    private(told.await.map(Json).map_err(ApiError).into_response())
}

/// `GET /api/v1/share/{link}`: the same for a program, with its password in a header.
pub async fn api(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Response {
    let told = async {
        let share = known(&app, &secret).await?;
        if share.is.password.is_some() {
            let password = headers.get(PASSWORD_HEADER).and_then(|value| value.to_str().ok());
            let password = password.ok_or(Denied::Closed)?;
            unlocked(&app, &caller, &share, password).await?;
        }
        View::of(&share)?.told(&app, share.number).await
    };
    let told: Result<Json<Value>, HttpError> = told.await.map(Json);
    private(told.map_err(ApiError).into_response())
}

async fn known(app: &App, secret: &str) -> Result<Share, HttpError> {
    let (secret, now) = (secret.to_owned(), app.now());
    let share = app.read(move |store| store.share(&secret, now)).await?;
    let message = "This link has ended, or is not whole. Ask whoever sent it to you for a new one.";
    share.ok_or_else(|| HttpError::new(Code::Forbidden, message))
}

async fn shown(app: &App, share: &Share, frame: Frame) -> Response {
    let shown = match View::of(share) {
        Ok(view) => view.shown(app, share.number, frame.clone().shared()).await,
        Err(error) => Err(error),
    };
    shown.unwrap_or_else(|error| PageError { error, frame }.into_response())
}

fn asked(secret: String, error: Option<String>, frame: Frame) -> Response {
    let page = PasswordPage {
        frame: frame.clone(),
        secret,
        error,
    };
    error::show(&page, &frame)
}

/// Whether a password is the link's; each attempt counts before it is looked at.
async fn unlocked(app: &App, caller: &Caller, share: &Share, password: &str) -> Result<(), Denied> {
    let Some(hash) = share.is.password.clone() else {
        return Ok(());
    };
    let (address, lock) = (caller.client.address, Lock::Share(share.number));
    if let Err(slow) = app.throttle().attempt(address, Some(lock), app.now()) {
        app.log(caller, "share_throttled", Some(share.is.name.clone())).await;
        return Err(Denied::Slow(slow));
    }
    if !app.hashing().is_of(Some(hash), password.to_owned()).await? {
        app.log(caller, "share_password_wrong", Some(share.is.name.clone()))
            .await;
        return Err(Denied::Wrong);
    }
    app.throttle().succeeded(address, lock);
    Ok(())
}

/// What a browser holds of a link whose password it gave: it takes both the link and the hash that is kept, so neither the one nor the
/// other opens anything, and it ends with either.
fn proof(share: &Share, secret: &str) -> Option<String> {
    let password = share.is.password.as_ref()?;
    let digest = Sha256::digest(format!("share\n{secret}\n{password}").as_bytes());
    Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn is_open(share: &Share, secret: &str, headers: &HeaderMap) -> bool {
    let Some(proof) = proof(share, secret) else {
        return true;
    };
    let cookies = headers.get_all(header::COOKIE);
    let mut pairs = cookies
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.any(|(name, value)| name == COOKIE && value == proof)
}

/// Back to the view, which the browser may now see until it is closed.
fn entered(share: &Share, secret: &str, client: &Client) -> Response {
    let place = format!("/share/{secret}");
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, place.clone())]).into_response();
    let secure = if client.is_https { "; Secure" } else { "" };
    let cookie =
        proof(share, secret).map(|proof| format!("{COOKIE}={proof}; Path={place}; HttpOnly; SameSite=Lax{secure}"));
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
