//! `/people` and `/api/v1/people`: the list of those asked for. A search is posted, not written into an address: what is
//! searched for is mostly somebody's address, and addresses end in logs and histories.

use axum::Json;
use axum::extract::{Form, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use longplay_measures::people::{People, person_text};
use serde::Deserialize;

use crate::api::{self, Pairs};
use crate::app::App;
use crate::error::{self, ApiError, HttpError, PageError};
use crate::pages::people::{Choices, PeopleView};
use crate::pages::{self, Filter};
use crate::who::Asked;

/// Whom a search names at most; who needs more says more letters.
const FOUND_MAX: usize = 1_000;

/// What is posted by the search.
#[derive(Debug, Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
}

/// `GET /people`
pub async fn list(State(app): State<App>, pairs: Pairs) -> Result<Response, PageError> {
    match said(pairs) {
        Ok(pairs) => show(&app, pairs, None).await,
        Err(error) => Err(PageError {
            error,
            frame: app.frame().await.at("/people"),
        }),
    }
}

/// `POST /people/search`
pub async fn search(State(app): State<App>, Form(Search { q }): Form<Search>) -> Result<Response, PageError> {
    let q = q.trim().to_owned();
    if q.is_empty() {
        return Ok(see("/people".to_owned()));
    }
    let text = q.clone();
    let found = app.read(move |store| store.find_people(&text, FOUND_MAX)).await;
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            return Err(PageError {
                error,
                frame: app.frame().await.at("/people"),
            });
        }
    };
    if let [one] = found[..] {
        return Ok(see(pages::people::address(&person_text(one))));
    }
    show(&app, Vec::new(), Some((q, found))).await
}

/// `GET /api/v1/people`
pub async fn api(State(app): State<App>, pairs: Pairs) -> Result<Json<People>, ApiError> {
    let asked = Asked::read(&app, said(pairs)?, None).await?;
    Ok(Json(app.listed(asked).await?.as_ref().clone()))
}

type Found = (String, Vec<longplay_domain::PersonId>);

async fn show(app: &App, pairs: Vec<(String, String)>, found: Option<Found>) -> Result<Response, PageError> {
    let frame = app.frame().await.at("/people");
    let (q, found) = found.unzip();
    let is_cut = found.as_ref().is_some_and(|found| found.len() >= FOUND_MAX);
    let told = |error| PageError {
        error,
        frame: frame.clone(),
    };
    let mut view = view(app, pairs.clone()).await.map_err(told)?;
    view.q = q.unwrap_or_default();
    view.is_cut = is_cut;
    let list = match Asked::read(app, pairs, found).await {
        Ok(asked) => app.listed(asked).await,
        Err(error) => Err(error),
    };
    match list {
        Ok(list) => Ok(error::show(&pages::people(&list, view, frame.clone()), &frame)),
        Err(error) => Ok(error::show_refused(error, &frame, |why| {
            view.error = Some(why);
            pages::people_refused(view, frame.clone())
        })),
    }
}

/// What may be chosen, and what is.
async fn view(app: &App, said: Vec<(String, String)>) -> Result<PeopleView, HttpError> {
    let titles = app.titles().await?;
    let (segments, choices, zone) = app
        .read(|store| {
            let choices = Choices {
                tags: store.tags()?,
                goals: store.goals()?.into_iter().map(|goal| goal.name).collect(),
            };
            Ok((store.saved_segments()?, choices, store.zone()?))
        })
        .await?;
    let names = segments.into_iter().map(|(name, _)| name).collect();
    Ok(PeopleView {
        filter: Filter::new(said, names, zone.day_of(app.now())).on("/people"),
        choices,
        titles,
        q: String::new(),
        is_cut: false,
        error: None,
    })
}

/// What the address says, without what a form left empty.
fn said(pairs: Pairs) -> Result<Vec<(String, String)>, HttpError> {
    let Query(mut pairs) = api::readable(pairs)?;
    pairs.retain(|(_, value)| !value.trim().is_empty());
    Ok(pairs)
}

/// Done; the page at `address` shows it.
pub(crate) fn see(address: String) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}
