//! What everybody with an account sees to: their password, their one-time codes, where they are logged in. Changing how one comes
//! in asks for the password again: a browser left open is not its owner.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use longplay_store::Account;

use super::{done, refused, wrong};
use crate::app::App;
use crate::auth::{Caller, Lock, Picture, fault, totp};
use crate::error::{self, HttpError, PageError};
use crate::form::Fields;
use crate::login;
use crate::pages::settings::{CodesPage, OncePage};

/// `POST /settings/password`: a new password, and everybody who used the old one is out.
pub async fn change_password(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    match changed(&app, &caller, &fields).await {
        Err(error) => refused(&app, &caller, error).await,
        Ok(account) => match login::begin(&app, &caller, &headers, account).await {
            Err(error) => refused(&app, &caller, error).await,
            Ok(cookie) => {
                let mut response = done("password", "you");
                response.headers_mut().insert(header::SET_COOKIE, cookie);
                Ok(response)
            }
        },
    }
}

async fn changed(app: &App, caller: &Caller, fields: &Fields) -> Result<Account, HttpError> {
    let account = proven(app, caller, fields).await?;
    let new = fields.raw("new").to_owned();
    if let Some(fault) = fault(&new, &account.name) {
        return Err(wrong(fault));
    }
    let hash = app.hashing().hash(new).await?;
    let name = account.name.clone();
    app.change(move |store| store.set_password(&name, &hash)).await?;
    app.log(caller, "password_changed", Some(account.name.clone())).await;
    Ok(account)
}

/// The account that asks, once its password was given again. Guesses count as those at the login do.
async fn proven(app: &App, caller: &Caller, fields: &Fields) -> Result<Account, HttpError> {
    let not_here = || wrong("This takes an account.");
    let account = caller
        .session()
        .map(|session| session.account.clone())
        .ok_or_else(not_here)?;
    let attempt = app
        .throttle()
        .attempt(caller.client.address, Some(Lock::Account(account.id)), app.now());
    attempt.map_err(|slow| wrong(slow.words()))?;
    let password = fields.raw("password").to_owned();
    if !app.hashing().is_of(Some(account.password.clone()), password).await? {
        app.log(caller, "password_wrong", Some(account.name.clone())).await;
        return Err(wrong("That is not your password as it is now. Nothing was changed."));
    }
    app.throttle()
        .succeeded(caller.client.address, Lock::Account(account.id));
    Ok(account)
}

/// `POST /settings/codes`: shows a new secret, which counts for nothing until a code of it comes back.
pub async fn start_codes(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let started = async {
        let account = proven(&app, &caller, &fields).await?;
        Ok((totp::new_secret()?, account))
    };
    match started.await {
        Ok((secret, account)) => Ok(asked(&app, &account, secret, None).await),
        Err(error) => refused(&app, &caller, error).await,
    }
}

async fn asked(app: &App, account: &Account, secret: String, error: Option<String>) -> Response {
    let frame = app.frame().await.at("/settings");
    let address = totp::address(&secret, &account.name);
    let page = CodesPage {
        picture: Picture::of(&address),
        address,
        secret,
        error,
        frame: frame.clone(),
    };
    error::show(&page, &frame)
}

/// `POST /settings/codes/confirm`: the app has the secret, so codes are asked for from now on; recovery codes are shown once.
pub async fn confirm_codes(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let Some(account) = caller.session().map(|session| session.account.clone()) else {
        return refused(&app, &caller, wrong("This takes an account.")).await;
    };
    let secret = fields.said("secret").to_owned();
    let Some(step) = totp::step(&secret, fields.said("code"), app.now()) else {
        let message = "That is not the code of now. See that the phone's clock is right, and type the next one.";
        return Ok(asked(&app, &account, secret, Some(message.to_owned())).await);
    };
    let kept = async {
        if account.has_totp {
            return Err(wrong("One-time codes are asked for already; stop that first."));
        }
        let codes = totp::new_recovery_codes()?;
        let (id, own) = (account.id, codes.clone());
        app.change(move |store| store.set_totp(id, &secret, step, &own)).await?;
        Ok(codes)
    };
    match kept.await {
        Err(error) => refused(&app, &caller, error).await,
        Ok(codes) => {
            app.log(&caller, "codes_on", Some(account.name)).await;
            let frame = app.frame().await.at("/settings");
            let page = OncePage {
                title: "Your recovery codes".to_owned(),
                words: "From now on a code of your app is asked for beside your password. Where you don't have it, one of these opens \
                        instead, each once. They are shown this one time only: print them, or keep them where you keep keys."
                    .to_owned(),
                secrets: codes,
                frame: frame.clone(),
            };
            Ok(error::show(&page, &frame))
        }
    }
}

/// `POST /settings/codes/stop`
pub async fn stop_codes(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let stopped = async {
        let account = proven(&app, &caller, &fields).await?;
        app.change(move |store| store.clear_totp(account.id)).await?;
        app.log(&caller, "codes_off", Some(account.name)).await;
        Ok(())
    };
    match stopped.await {
        Ok(()) => Ok(done("codes_off", "you")),
        Err(error) => refused(&app, &caller, error).await,
    }
}

/// `POST /settings/sessions`: ends one of one's own sessions.
pub async fn end_sessions(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let account = caller.session().map(|session| session.account.id);
    let id = fields.said("id").to_owned();
    let ended = app
        .change(move |store| account.map_or(Ok(0), |account| store.end_sessions(account, Some(&id))))
        .await;
    match ended {
        Ok(_) => {
            app.log(&caller, "session_ended", None).await;
            Ok(done("session", "you"))
        }
        Err(error) => refused(&app, &caller, error).await,
    }
}
