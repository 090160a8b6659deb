//! Every route, grouped by who calls, each with what it takes. A handler parses, makes one call, and shows.
//!
//! Who may do what is said here and judged in `auth::may`; collection alone, which knows write keys, stands in its own file.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use tower_http::compression::CompressionLayer;

use crate::app::App;
use crate::auth::{Guarded, May, Rule};
use crate::{
    api, begin, collect, headers, login, people, person, piece, reference, settings, shares, someone, talk, tracker,
    views, you,
};

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
        .get("/piece", May::See, piece::page)
        .get("/piece/after", May::See, piece::after)
        .post("/piece/note", May::Change, piece::note)
        .post("/piece/note/remove", May::Change, piece::remove)
        .get("/audience", May::See, views::answers)
        .get("/outcomes", May::See, views::answers)
        .get("/durability", May::See, views::answers)
        .get("/durability/months", May::See, views::months)
        .get("/plan", May::See, views::answers)
        .get("/audit", May::See, views::answers)
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
        .get("/talk", May::People, talk::list)
        .post("/talk/done", May::People, talk::done)
        .post("/talk/snooze", May::People, talk::snooze)
        .post("/talk/never", May::People, talk::never)
        .post("/talk/contact", May::People, talk::contact)
        .post("/talk/today", May::People, talk::today)
        .post("/talk/settings", May::Change, talk::settings)
        .get("/sources", May::See, views::sources)
        .get("/reference", May::See, reference::page)
        .get("/begin", May::Own, begin::owner)
        .post("/begin", May::Own, begin::begin)
        .get("/begin/audience", May::Change, begin::audience)
        .post("/begin/audience", May::Change, begin::keep_audience)
        .get("/begin/goals", May::Change, begin::goals)
        .post("/begin/goals", May::Change, begin::keep_goals)
        .get("/begin/data", May::Change, begin::data)
        .post("/begin/demo", May::Change, begin::bring_demo)
        .post("/begin/demo/remove", May::Change, begin::remove_demo)
        .post("/begin/files", May::Change, unlimited(begin::take_files))
        .get("/begin/files/{id}", May::Change, begin::show_files)
        .post("/begin/files/{id}/import", May::Change, begin::import)
        .post("/begin/files/{id}/drop", May::Change, begin::drop_files)
        .get("/begin/refusals/{name}", May::Change, begin::refusals)
        .get("/settings", May::See, settings::show)
        .post("/settings/name", May::Change, settings::name)
        .post("/settings/ideal", May::Change, settings::set_ideal)
        .post("/settings/goals", May::Change, settings::add_goal)
        .post("/settings/goals/remove", May::Change, settings::remove_goal)
        .post("/settings/regular", May::Change, settings::regular)
        .post("/settings/shares", May::Change, shares::create)
        .post("/settings/shares/end", May::Change, shares::end)
        .post("/settings/keys", May::Change, settings::create_key)
        .post("/settings/keys/end", May::Change, settings::end_key)
        .post("/settings/erase", May::Erase, settings::erase)
        .post("/settings/retention", May::Own, settings::retention)
        .get("/settings/backup.tar", May::Own, settings::backup)
        .post("/settings/accounts", May::Own, settings::create_account)
        .post("/settings/accounts/change", May::Own, settings::change_account)
        .post("/settings/tokens", May::Own, settings::create_token)
        .post("/settings/tokens/end", May::Own, settings::end_token)
        .get("/settings/audit-log", May::Own, settings::audit_log)
        .post("/settings/password", May::Oneself, settings::change_password)
        .post("/settings/codes", May::Oneself, settings::start_codes)
        .post("/settings/codes/confirm", May::Oneself, settings::confirm_codes)
        .post("/settings/codes/stop", May::Oneself, settings::stop_codes)
        .post("/settings/sessions", May::Oneself, settings::end_sessions)
        .get("/login", May::Anybody, login::form)
        .post("/login", May::Anybody, login::enter)
        .post("/logout", May::Oneself, login::leave)
        .get("/assets/{name}", May::Anybody, views::asset)
        .get("/longplay.js", May::Anybody, tracker::script)
        .get("/share/{secret}", May::Share, shares::look)
        .post("/share/{secret}", May::Share, shares::open)
        .get("/share/{secret}/data.json", May::Share, shares::data)
        .get("/you/{link}", May::Link, you::look)
        .get("/you/{link}/data.json", May::Link, you::data)
        .get("/you/{link}/erase", May::Link, you::ask)
        .post("/you/{link}/erase", May::Link, you::erase)
}

/// A handler that counts what comes by itself, and so may be sent more than the usual two megabytes.
fn unlimited<H: Handler<T, App>, T: 'static>(handler: H) -> impl Handler<T, App> {
    handler.layer(DefaultBodyLimit::disable())
}

fn programs(app: App) -> Guarded {
    Guarded::new(app)
        .get("/healthz", May::Anybody, api::healthz)
        .get("/api/v1/ask/{key}", May::See, api::ask)
        .get("/api/v1/edition", May::See, api::edition)
        .get("/api/v1/pieces", May::See, api::pieces)
        .get("/api/v1/piece", May::See, piece::api)
        .get("/api/v1/collect/recent", May::See, api::recent)
        .get("/api/v1/people", May::People, people::api)
        .get("/api/v1/ideal/try", May::See, settings::preview)
        .get("/api/v1/talk", May::People, talk::api)
        .get("/api/v1/person", May::PeopleByProgram, person::card)
        .get("/api/v1/person/profile", May::People, someone::profile)
        .get("/api/v1/person/timeline", May::People, someone::timeline)
        .get("/api/v1/person/export", May::PeopleByProgram, person::export)
        .post("/api/v1/person/erase", May::EraseByProgram, person::erase)
        .get("/api/v1/shares", May::Change, shares::api_list)
        .post("/api/v1/shares", May::Change, shares::api_create)
        .post("/api/v1/shares/end", May::Change, shares::api_end)
        .get("/api/v1/share/{secret}", May::Share, shares::api_look)
        .get("/api/v1/openapi.json", May::See, reference::document)
        .get("/api/v1/audit-log", May::Own, api::audit_log)
        .get("/api/{*rest}", May::Anybody, api::unknown)
}
