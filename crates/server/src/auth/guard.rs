//! Routes that say who may: one can't be registered otherwise, so none is forgotten, and the same list is what tests walk and
//! what `docs/security.md` shows.

use axum::{
    Router,
    extract::{Request, State},
    handler::Handler,
    http::{StatusCode, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};

use super::{
    Caller, Client, May,
    caller::{self, Who},
    may::Refused,
    origin,
};
use crate::{
    app::App,
    error::{ApiError, Code, HttpError, PageError},
};

/// What a route is and what it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub method: &'static str,
    pub path: &'static str,
    pub may: May,
}

/// Routes, each behind its guard.
pub struct Guarded {
    app: App,
    router: Router<App>,
    rules: Vec<Rule>,
}

impl Guarded {
    pub fn new(app: App) -> Self {
        Self {
            app,
            router: Router::new(),
            rules: Vec::new(),
        }
    }

    /// A route that is only read.
    pub fn get<H: Handler<T, App>, T: 'static>(self, path: &'static str, may: May, handler: H) -> Self {
        self.route("GET", path, may, get(handler))
    }

    /// A route that changes something: also the browser must come from a page of ours.
    pub fn post<H: Handler<T, App>, T: 'static>(self, path: &'static str, may: May, handler: H) -> Self {
        self.route("POST", path, may, post(handler))
    }

    fn route(mut self, method: &'static str, path: &'static str, may: May, route: MethodRouter<App>) -> Self {
        self.rules.push(Rule { method, path, may });
        let guard = middleware::from_fn_with_state((self.app.clone(), may), guard);
        self.router = self.router.route(path, route.route_layer(guard));
        self
    }

    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    pub fn into_router(self) -> Router<App> {
        self.router
    }
}

async fn guard(State((app, may)): State<(App, May)>, request: Request, next: Next) -> Response {
    let (mut asked, body) = request.into_parts();
    let client = Client::of(app.access(), &asked);
    let who = match caller::caller(&app, may, &asked.headers, &client).await {
        Ok(who) => who,
        Err(error) => return refuse(&app, &asked, error).await,
    };
    let is_ours = || origin::is_ours(&asked.method, &asked.headers, &client);
    match who {
        // What is signed is nobody else's to send, and no browser sends a token by itself.
        Ok(who) if may == May::Link || matches!(who, Who::Token(_)) || is_ours() => {
            asked.extensions.insert(Caller { who, client });
            next.run(Request::from_parts(asked, body)).await
        }
        Ok(_) => {
            let message = "The browser says that this was sent from a page of another site, so nothing was done. Open the page here and \
                           send it again. Behind a proxy, let it pass the Host on, or name it with --trusted-proxy.";
            refuse(&app, &asked, HttpError::new(Code::CrossSite, message)).await
        }
        Err(Refused::NotEnough) => {
            let message = "You are known here, but this takes another role, or a token of another scope. An owner can change that in Settings.";
            refuse(&app, &asked, HttpError::new(Code::NotAllowed, message)).await
        }
        Err(Refused::Unknown) => unknown(&app, &asked).await,
    }
}

fn is_program(asked: &Parts) -> bool {
    asked.uri.path().starts_with("/api/")
}

/// Programs are told what to bring; people are led to the login and from there back.
async fn unknown(app: &App, asked: &Parts) -> Response {
    let needs_token = "This needs an API token, or somebody who is logged in: make one with `longplay token create NAME`, and send it as \
                       `Authorization: Bearer …`. A write key opens nothing here.";
    let has_accounts = app.has_accounts().await.unwrap_or(true);
    if is_program(asked) || !has_accounts {
        return refuse(app, asked, HttpError::new(Code::Unauthorized, needs_token)).await;
    }
    let is_read = matches!(asked.method.as_str(), "GET" | "HEAD");
    let back = asked.uri.path_and_query().map_or("/", |address| address.as_str());
    let back = if is_read { back } else { "/" };
    let query = serde_urlencoded::to_string([("next", back)]).unwrap_or_default();
    let to = if back == "/" {
        "/login".to_owned()
    } else {
        format!("/login?{query}")
    };
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

async fn refuse(app: &App, asked: &Parts, error: HttpError) -> Response {
    if is_program(asked) {
        return ApiError(error).into_response();
    }
    let frame = app.frame().await;
    PageError { error, frame }.into_response()
}
