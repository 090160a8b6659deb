//! Who a request is from: an account by its cookie, a program by its token, or, while there is no account, somebody at this machine.

use axum::http::{HeaderMap, header};
use longplay_store::{Session, TokenInfo, Whence};

use super::{Client, May, cookie, may::Refused};
use crate::{app::App, error::HttpError};

/// Who asks.
#[derive(Clone, Debug)]
pub enum Who {
    Nobody,
    /// There is no account, and it is somebody at this machine.
    Local,
    /// There is no account, and it is somebody who reaches the server.
    Passerby,
    Account(Box<Session>),
    Token(TokenInfo),
}

/// Who asks, and from where. A guarded route finds it among the request's extensions.
#[derive(Clone, Debug)]
pub struct Caller {
    pub who: Who,
    pub client: Client,
}

impl Caller {
    /// By which the audit log names them.
    pub fn name(&self) -> String {
        match &self.who {
            Who::Nobody | Who::Passerby => "somebody".to_owned(),
            Who::Local => "at this machine".to_owned(),
            Who::Account(session) => session.account.name.clone(),
            Who::Token(token) => format!("token {}", token.name),
        }
    }

    /// Whether they may do what takes that.
    pub fn may(&self, what: May) -> bool {
        what.judge(&self.who).is_ok()
    }

    pub const fn session(&self) -> Option<&Session> {
        match &self.who {
            Who::Account(session) => Some(session),
            _ => None,
        }
    }
}

impl Client {
    /// Where a session begins.
    pub(crate) fn whence(&self, headers: &HeaderMap) -> Whence {
        let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Whence {
            address: self.address.map(|address| address.to_string()),
            agent: agent.map(str::to_owned),
        }
    }
}

/// Finds out who asks, as far as it matters for what the route takes. A token comes first: it is no browser's doing.
pub(super) async fn caller(
    app: &App,
    may: May,
    headers: &HeaderMap,
    client: &Client,
) -> Result<Result<Who, Refused>, HttpError> {
    if may.row().0.is_none() {
        return Ok(Ok(Who::Nobody));
    }
    let (bearer, cookie) = (bearer(headers), cookie::secret_in(headers, client));
    let (now, guarded) = (app.now(), app.has_accounts().await?);
    let (token, session) = app
        .read(move |store| {
            let token = bearer.map(|bearer| store.token(&bearer)).transpose()?.flatten();
            let session = cookie.map(|cookie| store.session(&cookie, now)).transpose()?.flatten();
            Ok((token, session))
        })
        .await?;
    let mut refused = Refused::Unknown;
    let unnamed = match (guarded, client.is_local) {
        (true, _) => Who::Nobody,
        (false, true) => Who::Local,
        (false, false) => Who::Passerby,
    };
    let known = [
        token.map(Who::Token),
        session.map(|session| Who::Account(Box::new(session))),
    ];
    for who in known.into_iter().flatten().chain([unnamed]) {
        match may.judge(&who) {
            Ok(()) => return Ok(Ok(who)),
            Err(Refused::NotEnough) => refused = Refused::NotEnough,
            Err(Refused::Unknown) => {}
        }
    }
    Ok(Err(refused))
}

/// The token of an `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}
