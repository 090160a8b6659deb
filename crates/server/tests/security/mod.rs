//! Who may do what, and what strangers try: every route with everybody, logging in, requests that other sites forge.

mod forgery;
mod headers;
mod hostile;
mod login;
mod shared;
mod table;

use std::sync::OnceLock;

use axum::http::{Request, request::Builder};
use longplay_server::hash;
use longplay_store::{Account, Role, Scope, Whence};

use crate::harness::{Server, now};

pub const PASSWORD: &str = "vinyl crackle tuesday";

/// Somebody who asks, as a browser or a program would.
#[derive(Clone, Debug, Default)]
pub struct As {
    cookie: Option<String>,
    bearer: Option<String>,
}

impl As {
    pub fn nobody() -> Self {
        Self::default()
    }

    pub fn bearing(token: String) -> Self {
        Self {
            bearer: Some(token),
            ..Self::default()
        }
    }

    pub fn holding(cookie: String) -> Self {
        Self {
            cookie: Some(cookie),
            ..Self::default()
        }
    }

    /// A request of theirs, from a page of ours.
    pub fn request(&self, method: &str, address: &str) -> Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(address)
            .header("host", "localhost:7070")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", format!("longplay_session={cookie}"));
        }
        if let Some(bearer) = &self.bearer {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        request
    }
}

/// An account with [`PASSWORD`].
pub fn account(server: &Server, name: &str, role: Role) -> Account {
    // Hashing takes its time on purpose, so it is done once for all.
    static HASH: OnceLock<String> = OnceLock::new();
    let hash = HASH.get_or_init(|| hash(PASSWORD).unwrap());
    server.store().create_account(name, role, hash, now()).unwrap()
}

/// A new session of an account.
pub fn session(server: &Server, account: &Account) -> As {
    As::holding(
        server
            .store()
            .start_session(account.id, &Whence::default(), now())
            .unwrap(),
    )
}

pub fn token(server: &Server, scope: Scope) -> As {
    let name = format!("only {}", scope.name());
    As::bearing(server.store().create_token_for(&name, &[scope], now()).unwrap())
}

/// The one-time code of the tests' fixed time.
pub fn code_now(secret: &str) -> String {
    use totp_rs::{Builder, Secret};
    let totp = Builder::new()
        .with_secret(Secret::try_from_base32(secret).unwrap())
        .build()
        .unwrap();
    let seconds = u64::try_from(now().micros() / 1_000_000).unwrap();
    totp.generate(seconds).to_string()
}
