//! Every route, grouped by who calls, each with what it takes. A handler parses, makes one call, and shows.
//!
//! Who may do what is said here and judged in `auth::may`; collection alone, which knows write keys, stands in its own file.

use axum::Router;
use tower_http::compression::CompressionLayer;

use crate::app::App;
use crate::auth::{Guarded, May, Rule};
use crate::{api, collect, headers, login, people, person, reference, someone, tracker, views, you};

/// The whole server as a service.
pub fn router(app: App) -> Router {
    let pages = pages(app.clone())
        .into_router()
        .fallback(views::unknown)
        .method_not_allowed_fallback(views::wrong_method);
    let programs = programs(app.clone())
        .into_router()
        .method_not_allowed_fallback(api::wrong_method);
    let all = pages
        .merge(programs)
        .with_state(app.clone())
        .layer(CompressionLayer::new());
    // What SDKs call goes without: their answers are a word long, and are asked for by the thousand.
    headers::with_headers(all).merge(collect::routes().with_state(app))
}

/// What every route takes, in the order in which they stand here.
pub fn rules(app: App) -> Vec<Rule> {
    [pages(app.clone()).rules(), programs(app).rules()].concat()
}

fn pages(app: App) -> Guarded {
    Guarded::new(app)
        .get("/", May::See, views::home)
        .get("/methods/{name}", May::See, views::method)
        .get("/methods/pictures/{file}", May::See, views::picture)
        .get("/pieces", May::See, views::pieces)
        .get("/piece", May::See, views::piece)
        .get("/people", May::People, people::list)
        .post("/people/search", May::People, people::search)
        .get("/people/person", May::People, someone::look)
        .get("/people/person/export", May::People, someone::export)
        .post("/people/person/note", May::People, someone::note)
        .post("/people/person/tag", May::People, someone::tag)
        .post("/people/person/remove", May::People, someone::remove)
        .post("/people/person/contact", May::People, someone::contact)
        .post("/people/person/merge", May::People, someone::merge)
        .post("/people/person/unlink", May::People, someone::unlink)
        .get("/people/person/erase", May::Erase, someone::ask)
        .post("/people/person/erase", May::Erase, someone::erase)
        .get("/sources", May::See, views::sources)
        .get("/reference", May::See, reference::page)
        .get("/login", May::Anybody, login::form)
        .post("/login", May::Anybody, login::enter)
        .post("/logout", May::Oneself, login::leave)
        .get("/assets/{name}", May::Anybody, views::asset)
        .get("/longplay.js", May::Anybody, tracker::script)
        .get("/you/{link}", May::Link, you::look)
        .get("/you/{link}/data.json", May::Link, you::data)
        .get("/you/{link}/erase", May::Link, you::ask)
        .post("/you/{link}/erase", May::Link, you::erase)
}

fn programs(app: App) -> Guarded {
    Guarded::new(app)
        .get("/healthz", May::Anybody, api::healthz)
        .get("/api/v1/ask/{key}", May::See, api::ask)
        .get("/api/v1/edition", May::See, api::edition)
        .get("/api/v1/pieces", May::See, api::pieces)
        .get("/api/v1/collect/recent", May::See, api::recent)
        .get("/api/v1/people", May::People, people::api)
        .get("/api/v1/person", May::PeopleByProgram, person::card)
        .get("/api/v1/person/profile", May::People, someone::profile)
        .get("/api/v1/person/timeline", May::People, someone::timeline)
        .get("/api/v1/person/export", May::PeopleByProgram, person::export)
        .post("/api/v1/person/erase", May::EraseByProgram, person::erase)
        .get("/api/v1/openapi.json", May::See, reference::document)
        .get("/api/v1/audit-log", May::Own, api::audit_log)
        .get("/api/{*rest}", May::Anybody, api::unknown)
}
