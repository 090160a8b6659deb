//! Who may come in: accounts, API tokens, write keys. Whatever is a secret is shown once, on a page that no browser keeps.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use longplay_store::{Account, Role, Scope, Store};

use super::{done, refused, wrong};
use crate::app::App;
use crate::auth::{Caller, Who, fault};
use crate::error::{self, HttpError, PageError};
use crate::form::Fields;
use crate::login;
use crate::pages::settings::OncePage;

/// `POST /settings/accounts`. The first account is an owner's, and whoever made it is logged in.
pub async fn create_account(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let made = async {
        let account = made(&app, &caller, &fields).await?;
        let is_first = matches!(caller.who, Who::Local);
        Ok(match is_first {
            true => Some(login::begin(&app, &caller, &headers, account).await?),
            false => None,
        })
    };
    match made.await {
        Err(error) => refused(&app, &caller, error).await,
        Ok(cookie) => {
            let mut response = done("account", "accounts");
            if let Some(cookie) = cookie {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
    }
}

/// Makes the account that a form asks for; without a role it is an owner's.
pub(crate) async fn made(app: &App, caller: &Caller, fields: &Fields) -> Result<Account, HttpError> {
    if app.read(Store::is_demo).await? {
        return Err(wrong(
            "This is a demonstration: nobody in it is real, so it has no accounts.",
        ));
    }
    let (name, password) = (fields.said("name").to_owned(), fields.raw("password").to_owned());
    if name.is_empty() {
        return Err(wrong("An account needs a name to log in by."));
    }
    let role = match fields.said("role") {
        "" => Role::Owner,
        role => Role::named(role).ok_or_else(|| wrong("A role is owner, editor or viewer."))?,
    };
    if let Some(fault) = fault(&password, &name) {
        return Err(wrong(fault));
    }
    let (hash, now) = (app.hashing().hash(password).await?, app.now());
    let account = app
        .change(move |store| store.create_account(&name, role, &hash, now))
        .await?;
    app.log(
        caller,
        "account_created",
        Some(format!("{}, {}", account.name, role.name())),
    )
    .await;
    Ok(account)
}

/// `POST /settings/accounts/change`: another role, or none any more.
pub async fn change_account(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let (name, about) = (fields.said("name").to_owned(), fields.said("name").to_owned());
    let (changed, what) = match fields.said("role") {
        "remove" => (
            app.change(move |store| store.remove_account(&name)).await,
            "account_removed",
        ),
        role => match Role::named(role) {
            Some(role) => (
                app.change(move |store| store.set_role(&name, role)).await,
                "role_changed",
            ),
            None => (Err(wrong("A role is owner, editor or viewer.")), ""),
        },
    };
    match changed {
        Err(error) => refused(&app, &caller, error).await,
        Ok(()) => {
            app.log(&caller, what, Some(about)).await;
            Ok(done(what, "accounts"))
        }
    }
}

/// `POST /settings/tokens`
pub async fn create_token(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let (name, now) = (fields.said("name").to_owned(), app.now());
    let scopes: Vec<Scope> = fields.all("scope").filter_map(Scope::named).collect();
    let about = name.clone();
    match app
        .change(move |store| store.create_token_for(&name, &scopes, now))
        .await
    {
        Err(error) => refused(&app, &caller, error).await,
        Ok(token) => {
            app.log(&caller, "token_created", Some(about.clone())).await;
            let words = "Send it as Authorization: Bearer … It is shown this one time only.";
            Ok(once(&app, format!("The token “{about}”"), words, token).await)
        }
    }
}

/// `POST /settings/tokens/end`
pub async fn end_token(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let (name, about) = (fields.said("name").to_owned(), fields.said("name").to_owned());
    match app.change(move |store| store.revoke_token(&name)).await {
        Err(error) => refused(&app, &caller, error).await,
        Ok(_) => {
            app.log(&caller, "token_revoked", Some(about)).await;
            Ok(done("token_revoked", "tokens"))
        }
    }
}

/// `POST /settings/keys`
pub async fn create_key(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let (name, now) = (fields.said("name").to_owned(), app.now());
    let about = name.clone();
    match app.change(move |store| store.create_key(&name, now)).await {
        Err(error) => refused(&app, &caller, error).await,
        Ok(key) => {
            app.log(&caller, "key_created", Some(about.clone())).await;
            let words = "It sends events and opens nothing, so it may stand in your pages: put it into data-key of the snippet under \
                         Sources. It is shown this one time only.";
            Ok(once(&app, format!("The write key “{about}”"), words, key).await)
        }
    }
}

/// `POST /settings/keys/end`
pub async fn end_key(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let (prefix, about) = (fields.said("prefix").to_owned(), fields.said("prefix").to_owned());
    match app.change(move |store| store.revoke_key(&prefix)).await {
        Err(error) => refused(&app, &caller, error).await,
        Ok(_) => {
            app.log(&caller, "key_revoked", Some(about)).await;
            Ok(done("key_revoked", "keys"))
        }
    }
}

/// Shows a secret, the only time.
pub(crate) async fn once(app: &App, title: String, words: &str, secret: String) -> Response {
    let frame = app.frame().await.at("/settings");
    let page = OncePage {
        title,
        words: words.to_owned(),
        secrets: vec![secret],
        frame: frame.clone(),
    };
    let mut response = error::show(&page, &frame);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
