//! The handlers of pages: each reads the address, asks once, and shows a page made by a page function.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{MatchedPath, Path, Query, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::response::{IntoResponse, Response};
use longplay_measures::{Answer, Edition, Key};

use crate::api::{self, Pairs};
use crate::app::App;
use crate::auth::{Caller, May};
use crate::error::{self, Code, HttpError, PageError};
use crate::pages::sections::{PAGES, Section};
use crate::pages::{self, Filter};
use crate::shares;

/// `GET /`: the standing questions, from the latest edition where nothing else is asked. The address takes the same parameters
/// as the API, so every view is a URL.
pub async fn home(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    pairs: Pairs,
) -> Result<Response, PageError> {
    let frame = app.frame().await.at("/");
    let told = |error| PageError {
        error,
        frame: frame.clone(),
    };
    let pairs = without_blanks(pairs);
    let filter = filter(&app, &pairs).await.map_err(told)?;
    match edition(&app, pairs).await {
        Ok(edition) => {
            let titles = app.titles().await.map_err(told)?;
            let offer = shares::offer(&app, &caller, "/", filter.pairs()).await.map_err(told)?;
            let frame = frame.clone().offering(offer);
            let page = pages::home(&told_to(&caller, &edition), &titles, filter, frame.clone());
            Ok(error::show(&page, &frame))
        }
        Err(error) => Ok(error::show_refused(error, &frame, |why| {
            pages::home_refused(why, filter, frame.clone())
        })),
    }
}

/// `GET` of a page of its own for some questions, by the path it was asked under.
pub async fn answers(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    path: MatchedPath,
    pairs: Pairs,
) -> Result<Response, PageError> {
    let page = PAGES.iter().find(|(address, ..)| *address == path.as_str());
    let Some(&(address, name, keys)) = page else {
        return Err(unknown(State(app)).await);
    };
    let frame = app.frame().await.at(address);
    let told = |error| PageError {
        error,
        frame: frame.clone(),
    };
    let pairs = without_blanks(pairs);
    let filter = filter(&app, &pairs).await.map_err(told)?.on(address);
    match edition(&app, pairs).await {
        Ok(edition) => {
            let titles = app.titles().await.map_err(told)?;
            let offer = shares::offer(&app, &caller, address, filter.pairs());
            let frame = frame.clone().offering(offer.await.map_err(told)?);
            let page = pages::answers(
                (name, keys),
                &told_to(&caller, &edition),
                &titles,
                filter,
                frame.clone(),
            );
            Ok(error::show(&page, &frame))
        }
        Err(error) => Ok(error::show_refused(error, &frame, |why| {
            pages::answers_refused(name, why, filter, frame.clone())
        })),
    }
}

/// What a form left empty was not said.
fn without_blanks(pairs: Pairs) -> Pairs {
    pairs.map(|Query(mut pairs)| {
        pairs.retain(|(_, value)| !value.is_empty());
        Query(pairs)
    })
}

/// The answers as somebody may read them: whoever may not see people is told nobody's name.
fn told_to<'a>(caller: &Caller, edition: &'a Edition) -> Cow<'a, [Answer]> {
    if caller.may(May::People) {
        return Cow::Borrowed(&edition.answers);
    }
    Cow::Owned(edition.answers.iter().cloned().map(Answer::unnamed).collect())
}

/// Months of the index that a page shows.
const MONTHS: &str = "12";

/// `GET /durability/months`: the index at the end of each of the last months too. A page of its own, for each month is a pass.
pub async fn months(State(app): State<App>, pairs: Pairs) -> Result<Response, PageError> {
    let frame = app.frame().await.at("/durability");
    let told = |error| PageError {
        error,
        frame: frame.clone(),
    };
    let mut filter = filter(&app, &pairs).await.map_err(told)?.on("/durability/months");
    let by_month = async {
        let Query(mut said) = api::readable(pairs)?;
        said.retain(|(_, value)| !value.is_empty());
        if !said.iter().any(|(name, _)| name == "months") {
            said.push(("months".to_owned(), MONTHS.to_owned()));
        }
        let (parameters, zone) = api::parameters(&app, Ok(Query(said))).await?;
        parameters.about(None)?;
        app.ask(parameters.of_key(Key::Durability, &zone)?).await
    };
    match by_month.await {
        Ok(answer) => {
            let titles = app.titles().await.map_err(told)?;
            let page = ("Durability", &["durability"][..]);
            let page = pages::answers(page, &[answer], &titles, filter, frame.clone());
            Ok(error::show(&page, &frame))
        }
        Err(error) => Ok(error::show_refused(error, &frame, |why| {
            filter = filter.on("/durability");
            pages::answers_refused("Durability", why, filter, frame.clone())
        })),
    }
}

async fn filter(app: &App, pairs: &Pairs) -> Result<Filter, HttpError> {
    let (segments, zone) = app.read(|store| Ok((store.saved_segments()?, store.zone()?))).await?;
    let said = pairs.as_ref().map(|Query(pairs)| pairs.clone()).unwrap_or_default();
    let names = segments.into_iter().map(|(name, _)| name).collect();
    Ok(Filter::new(said, names, zone.day_of(app.now())))
}

async fn edition(app: &App, pairs: Pairs) -> Result<Arc<Edition>, HttpError> {
    let (parameters, zone) = api::parameters(app, pairs).await?;
    parameters.about(None)?;
    // No key counts: all are answered.
    let question = parameters.question(Key::ALL[0], &zone);
    if parameters.are_usual() {
        app.standing(question).await
    } else {
        Ok(Arc::new(app.ask_all(question).await?))
    }
}

/// `GET /pieces`, narrowed by `q`.
pub async fn pieces(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    pairs: Pairs,
) -> Result<Response, PageError> {
    let frame = app.frame().await.at("/pieces");
    let told = |error| PageError {
        error,
        frame: frame.clone(),
    };
    let words = said(&pairs, "q").unwrap_or_default();
    let (edition, catalogue) = app.pieces_of_edition().await.map_err(told)?;
    let titles = app.titles().await.map_err(told)?;
    let hits = edition.answers.iter().find(|answer| answer.question == "hits");
    let hits = hits.map(|answer| Section::new(answer, &titles));
    let shared = [("q".to_owned(), words.clone())];
    let offer = shares::offer(&app, &caller, "/pieces", &shared).await.map_err(told)?;
    let frame = frame.clone().offering(offer);
    Ok(error::show(
        &pages::pieces(&catalogue, hits, &words, frame.clone()),
        &frame,
    ))
}

/// What the address says under that name; what can't be read says nothing.
pub(crate) fn said(pairs: &Pairs, name: &str) -> Option<String> {
    let Query(pairs) = pairs.as_ref().ok()?;
    pairs
        .iter()
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.trim().to_owned())
}

/// `GET /methods/{name}`
pub async fn method(State(app): State<App>, Path(name): Path<String>) -> Result<Response, PageError> {
    let frame = app.frame().await;
    match pages::method(&name, frame.clone()) {
        Some(page) => Ok(error::show(&page, &frame)),
        None => Err(PageError {
            error: HttpError::new(Code::UnknownAddress, "There is no methods page of that name."),
            frame,
        }),
    }
}

/// `GET /sources`, with the host of a site to look for in `site`.
pub async fn sources(State(app): State<App>, pairs: Pairs, headers: HeaderMap) -> Result<Response, PageError> {
    let frame = app.frame().await.at("/sources");
    let told = |error| PageError {
        error,
        frame: frame.clone(),
    };
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let secure = header("x-forwarded-proto") == Some("https");
    let host = header("x-forwarded-host")
        .or(header(HOST.as_str()))
        .unwrap_or("localhost");
    let (keys, zone) = app
        .read(|store| Ok((store.keys()?, store.zone()?)))
        .await
        .map_err(told)?;
    let site = said(&pairs, "site");
    let site = site.map(|site| site.trim_end_matches('/').to_ascii_lowercase());
    let arrivals = pages::Arrivals {
        recent: app.collector().recent(app.store(), |recent| recent.clone()),
        keys: keys.into_iter().map(|key| key.name).collect(),
        server: format!("{}://{host}", if secure { "https" } else { "http" }),
        site: site
            .map(|site| {
                site.rsplit_once("://")
                    .map_or(site.clone(), |(_, host)| host.to_owned())
            })
            .filter(|site| !site.is_empty()),
        is_untracked: header("dnt") == Some("1") || header("sec-gpc") == Some("1"),
        now: app.now(),
        zone,
    };
    Ok(error::show(&pages::sources(&arrivals, frame.clone()), &frame))
}

/// `GET /methods/pictures/{file}`
pub async fn picture(State(app): State<App>, Path(file): Path<String>) -> Result<Response, PageError> {
    match pages::methods::picture(&file) {
        Some(svg) => Ok(([(CONTENT_TYPE, "image/svg+xml")], svg).into_response()),
        None => Err(unknown(State(app)).await),
    }
}

/// `GET /assets/{name}`
pub async fn asset(State(app): State<App>, Path(name): Path<String>) -> Result<Response, PageError> {
    match app.assets().response(&name) {
        Some(response) => Ok(response),
        None => Err(unknown(State(app)).await),
    }
}

pub async fn unknown(State(app): State<App>) -> PageError {
    let message = "Nothing is at this address. It may have been mistyped, or moved in a newer version.";
    PageError {
        error: HttpError::new(Code::UnknownAddress, message),
        frame: app.frame().await,
    }
}

pub async fn wrong_method(State(app): State<App>) -> PageError {
    PageError {
        error: HttpError::new(Code::WrongMethod, "A page can only be read."),
        frame: app.frame().await,
    }
}
