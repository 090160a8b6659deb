//! `/settings`: what answers are about, who may come in, and what was done. One page, as much of it as the caller may use; every
//! change is a form that works without script, says what it did, and is written into the audit log.

mod data;
mod doors;
mod oneself;
mod subject;

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use longplay_domain::{Time, Zone};
use longplay_store::{Role, Store, StoreError};

pub use data::{backup, erase, retention};
pub use doors::{change_account, create_account, create_key, create_token, end_key, end_token};
pub(crate) use doors::{made, once};
pub use oneself::{change_password, confirm_codes, end_sessions, start_codes, stop_codes};
pub(crate) use subject::keep_ideal;
pub use subject::{add_goal, name, preview, regular, remove_goal, set_ideal};

use crate::api::Pairs;
use crate::app::App;
use crate::auth::{Caller, Who};
use crate::error::{self, Code, HttpError, PageError};
use crate::pages::settings::{AuditLogPage, Held, Me, SettingsPage};

/// Entries of the audit log on its page.
const ENTRIES_SHOWN: u32 = 500;

/// What a change left to tell.
#[derive(Default)]
struct Told {
    error: Option<String>,
    done: String,
    /// A rule that was typed, and what it was found to mean.
    rule: Option<String>,
    preview: Option<String>,
}

/// `GET /settings`
pub async fn show(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    pairs: Pairs,
) -> Result<Response, PageError> {
    let pairs = pairs.map(|Query(pairs)| pairs).unwrap_or_default();
    let said = |name: &str| {
        pairs
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.clone())
    };
    let mut told = Told {
        done: said("done").unwrap_or_default(),
        rule: said("rule"),
        ..Told::default()
    };
    if let Some(rule) = &told.rule {
        match subject::counted(&app, rule).await {
            Ok(sentence) => told.preview = Some(sentence),
            Err(error) => told.error = Some(error.public().to_owned()),
        }
    }
    page(&app, &caller, told).await
}

/// `GET /settings/audit-log`
pub async fn audit_log(State(app): State<App>) -> Result<Response, PageError> {
    let frame = app.frame().await.at("/settings");
    let read = app
        .read(|store| Ok((store.audit_log(ENTRIES_SHOWN)?, store.zone()?)))
        .await;
    match read {
        Ok((entries, zone)) => {
            let page = AuditLogPage::new(&entries, &zone, frame.clone());
            Ok(error::show(&page, &frame))
        }
        Err(error) => Err(PageError { error, frame }),
    }
}

/// The page with what there is to tell; an error makes it a refusal.
async fn page(app: &App, caller: &Caller, told: Told) -> Result<Response, PageError> {
    let frame = app.frame().await.at("/settings");
    let (may_change, may_own) = powers(caller);
    let (session, now) = (caller.session().cloned(), app.now());
    let zone = app.read(Store::zone).await;
    let read = app
        .read(move |store| {
            let me = session.map(|session| Me::of(session, store, now)).transpose()?;
            Ok((held(store, (may_change, may_own), now)?, me))
        })
        .await;
    let ((held, me), zone) = match read.and_then(|read| zone.map(|zone| (read, zone))) {
        Ok(read) => read,
        Err(error) => return Err(PageError { error, frame }),
    };
    let is_refused = told.error.is_some();
    let page = SettingsPage {
        rule: told.rule.or_else(|| held.ideal.clone()).unwrap_or_default(),
        preview: told.preview,
        error: told.error,
        done: SettingsPage::words_of(&told.done),
        may_change,
        may_own,
        is_unguarded: matches!(caller.who, Who::Local | Who::Passerby),
        me,
        held,
        zone,
        frame: frame.clone(),
    };
    let mut response = error::show(&page, &frame);
    if is_refused {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    Ok(response)
}

/// Whether somebody may change what answers are about, and whether they say who may come in.
fn powers(caller: &Caller) -> (bool, bool) {
    let role = match &caller.who {
        Who::Local => Some(Role::Owner),
        Who::Account(session) => Some(session.account.role),
        Who::Nobody | Who::Passerby | Who::Token(_) => None,
    };
    (role >= Some(Role::Editor), role >= Some(Role::Owner))
}

fn held(store: &Store, (may_change, may_own): (bool, bool), now: Time) -> Result<Held, StoreError> {
    Ok(Held {
        name: store.workspace_name()?,
        ideal: store.ideal()?.map(|rule| rule.to_string()),
        goals: store.goals()?,
        regular: store.regular_rule()?,
        retention_days: store.retention()?,
        keys: store.keys()?,
        shares: if may_change { store.shares(now)? } else { Vec::new() },
        accounts: if may_own { store.accounts()? } else { Vec::new() },
        tokens: if may_own { store.tokens()? } else { Vec::new() },
    })
}

/// Back to the page, which says what was done.
pub(crate) fn done(what: &str, place: &str) -> Response {
    let to = format!("/settings?done={what}#{place}");
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// The page again with what was wrong, where the caller can put it right.
pub(crate) async fn refused(app: &App, caller: &Caller, error: HttpError) -> Result<Response, PageError> {
    refused_rule(app, caller, error, None).await
}

/// The same with the rule that was typed.
async fn refused_rule(
    app: &App,
    caller: &Caller,
    error: HttpError,
    rule: Option<String>,
) -> Result<Response, PageError> {
    if !error.is_callers() {
        let frame = app.frame().await.at("/settings");
        return Err(PageError { error, frame });
    }
    let told = Told {
        error: Some(error.public().to_owned()),
        rule,
        ..Told::default()
    };
    page(app, caller, told).await
}

fn wrong(message: impl Into<String>) -> HttpError {
    HttpError::new(Code::BadParameter, message)
}

/// The workspace's zone, for pages that show instants.
async fn zone(app: &App) -> Zone {
    app.read(Store::zone).await.unwrap_or_else(|_| Zone::utc())
}
