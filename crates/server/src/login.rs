//! `/login` and `/logout`. A session is always a new one, made here after the password (and the one-time code) was right; whatever
//! session the browser brought ends. Failures all sound alike and take as long, whatever was wrong.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use longplay_domain::Time;
use longplay_store::{Account, Store, StoreError};
use serde::Deserialize;

use crate::api::Pairs;
use crate::app::App;
use crate::auth::{self, Caller, Lock, Slow, totp};
use crate::error::{self, Code, HttpError, PageError};
use crate::pages::LoginPage;

const ADDRESS_BYTES_MAX: usize = 4_000;

#[derive(Deserialize)]
pub struct Entering {
    name: String,
    password: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
pub struct Leaving {
    /// Whether every session of the account is to end, not only this browser's.
    everywhere: Option<String>,
}

/// `GET /login`
pub async fn form(State(app): State<App>, pairs: Pairs) -> Result<Response, PageError> {
    let frame = app.frame().await.outside();
    let told = |error| PageError {
        error,
        frame: frame.clone(),
    };
    let pairs = pairs.map(|Query(pairs)| pairs).unwrap_or_default();
    let next = pairs.into_iter().find(|(name, _)| name == "next").map(|(_, next)| next);
    let page = LoginPage {
        frame: frame.clone(),
        has_accounts: app.has_accounts().await.map_err(told)?,
        name: String::new(),
        next: own_address(&next.unwrap_or_default()).to_owned(),
        error: None,
    };
    Ok(error::show(&page, &frame))
}

/// `POST /login`
pub async fn enter(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    form: Result<Form<Entering>, FormRejection>,
) -> Result<Response, PageError> {
    let frame = app.frame().await.outside();
    let told = |error| PageError {
        error,
        frame: frame.clone(),
    };
    let Form(entering) = form.map_err(|_| {
        told(HttpError::new(
            Code::BadParameter,
            "The form came without a name or password.",
        ))
    })?;
    let next = own_address(&entering.next).to_owned();
    let outcome = admitted(&app, &caller, &entering).await;
    let (code, why) = match outcome {
        Ok(account) => return opened(&app, &caller, &headers, &account, &next).await.map_err(told),
        Err(Denied::Failed(error)) => return Err(told(error)),
        Err(Denied::Wrong) => {
            let message = "Name, password or one-time code is not right.";
            (StatusCode::UNAUTHORIZED, message.to_owned())
        }
        Err(Denied::Slow(slow)) => (StatusCode::TOO_MANY_REQUESTS, slow.words()),
    };
    let page = LoginPage {
        frame: frame.clone(),
        has_accounts: true,
        name: entering.name,
        next,
        error: Some(why),
    };
    let mut response = error::show(&page, &frame);
    *response.status_mut() = code;
    if let Err(Denied::Slow(slow)) = outcome {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(slow.seconds));
    }
    Ok(response)
}

/// Why somebody was not let in.
enum Denied {
    Wrong,
    Slow(Slow),
    Failed(HttpError),
}

impl From<HttpError> for Denied {
    fn from(error: HttpError) -> Self {
        Self::Failed(error)
    }
}

async fn admitted(app: &App, caller: &Caller, entering: &Entering) -> Result<Account, Denied> {
    let (name, now, address) = (entering.name.clone(), app.now(), caller.client.address);
    let account = app.read(move |store| store.account(&name)).await?;
    // A name that nobody has is not written down: people type passwords there.
    let whom = account.as_ref().map(|account| account.name.clone());
    let lock = account.as_ref().map(|account| Lock::Account(account.id));
    if let Err(slow) = app.throttle().attempt(address, lock, now) {
        app.log(caller, "login_throttled", whom).await;
        return Err(Denied::Slow(slow));
    }
    let hash = account.as_ref().map(|account| account.password.clone());
    let is_right = app.hashing().is_of(hash, entering.password.clone()).await?;
    let code = entering.code.clone();
    let admitted = match account.filter(|_| is_right) {
        None => None,
        Some(account) => {
            app.read(move |store| Ok(code_is_right(store, &account, &code, now)?.then_some(account)))
                .await?
        }
    };
    let Some(account) = admitted else {
        app.log(caller, "login_failed", whom).await;
        return Err(Denied::Wrong);
    };
    app.throttle().succeeded(address, Lock::Account(account.id));
    Ok(account)
}

/// Whether the code is one of now that was never used, or a recovery code, or none is asked for.
fn code_is_right(store: &Store, account: &Account, code: &str, now: Time) -> Result<bool, StoreError> {
    let Some(secret) = store.totp_secret(account.id)? else {
        return Ok(true);
    };
    match totp::step(&secret, code, now) {
        Some(step) => store.use_totp_step(account.id, step),
        None => store.use_recovery_code(account.id, code),
    }
}

async fn opened(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    account: &Account,
    next: &str,
) -> Result<Response, HttpError> {
    let cookie = begin(app, caller, headers, account.clone()).await?;
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, next.to_owned())]).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Begins a session of that account in this browser, and ends the one it had.
pub(crate) async fn begin(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    account: Account,
) -> Result<HeaderValue, HttpError> {
    let (old, whence, now) = (
        auth::secret_in(headers, &caller.client),
        caller.client.whence(headers),
        app.now(),
    );
    let name = account.name.clone();
    let secret = app
        .read(move |store| {
            if let Some(old) = old {
                store.end_session(&old)?;
            }
            store.start_session(account.id, &whence, now)
        })
        .await?;
    app.log(caller, "login", Some(name)).await;
    Ok(auth::setting(&secret, &caller.client))
}

/// `POST /logout`: here, or with `everywhere` in every browser.
pub async fn leave(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    form: Result<Form<Leaving>, FormRejection>,
) -> Result<Response, PageError> {
    let everywhere = form.is_ok_and(|Form(leaving)| leaving.everywhere.is_some());
    let secret = auth::secret_in(&headers, &caller.client);
    let account = caller.session().map(|session| session.account.id);
    let done = app
        .read(move |store| {
            if let (true, Some(account)) = (everywhere, account) {
                store.end_sessions(account, None)?;
            }
            secret.map_or(Ok(()), |secret| store.end_session(&secret))
        })
        .await;
    if let Err(error) = done {
        let frame = app.frame().await;
        return Err(PageError { error, frame });
    }
    let what = if everywhere { "logout_everywhere" } else { "logout" };
    app.log(&caller, what, None).await;
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, "/login")]).into_response();
    response
        .headers_mut()
        .insert(header::SET_COOKIE, auth::clearing(&caller.client));
    Ok(response)
}

/// An address of ours to go on to, or the first page: a login must not lead to another site. Browsers read `\` as `/` and leave
/// out tabs and line ends, so none may be in it.
fn own_address(next: &str) -> &str {
    let is_plain = next.len() <= ADDRESS_BYTES_MAX && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_ours = next.starts_with('/') && !next.starts_with("//") && !next.starts_with("/login");
    if is_plain && is_ours { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::own_address;

    #[test]
    fn a_login_leads_nowhere_else() {
        for own in ["/", "/pieces?q=a%20b", "/?where=channel+%3D+%22a%22", "/@evil.example"] {
            assert_eq!(own_address(own), own);
        }
        for foreign in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "\t//evil.example",
            "javascript:alert(1)",
            "evil.example",
            "/a\r\nSet-Cookie: x=y",
            "/login",
            "/ü",
            &format!("/{}", "x".repeat(5_000)),
        ] {
            assert_eq!(own_address(foreign), "/", "{foreign}");
        }
    }
}
