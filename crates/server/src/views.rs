//! The handlers of pages: each reads the address, asks once, and shows a page made by a page function.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{MatchedPath, Path, Query, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::response::{IntoResponse, Response};
use longplay_measures::{About, Answer, Edition, Key, Question};
use longplay_store::Store;

use crate::api::{self, Pairs};
use crate::app::App;
use crate::auth::{Caller, May};
use crate::error::{self, Code, HttpError, PageError};
use crate::pages::sections::PAGES;
use crate::pages::{self, Filter};
use crate::shares;

/// `GET /`: the standing questions, from the latest edition where nothing else is asked. The address takes the same parameters
/// as the API, so every view is a URL; what a form left empty was not said.
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
    let pairs = pairs.map(|Query(mut pairs)| {
        pairs.retain(|(_, value)| !value.is_empty());
        Query(pairs)
    });
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
    let pairs = pairs.map(|Query(mut pairs)| {
        pairs.retain(|(_, value)| !value.is_empty());
        Query(pairs)
    });
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

/// The answers as somebody may read them: whoever may not see people is told nobody's name.
fn told_to<'a>(caller: &Caller, edition: &'a Edition) -> Cow<'a, [Answer]> {
    if caller.may(May::People) {
        return Cow::Borrowed(&edition.answers);
    }
    Cow::Owned(edition.answers.iter().cloned().map(Answer::unnamed).collect())
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
    let catalogue = app.catalogue().await.map_err(told)?;
    let shared = [("q".to_owned(), words.clone())];
    let offer = shares::offer(&app, &caller, "/pieces", &shared).await.map_err(told)?;
    let frame = frame.clone().offering(offer);
    Ok(error::show(&pages::pieces(&catalogue, &words, frame.clone()), &frame))
}

/// `GET /piece?id=ID`
pub async fn piece(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    pairs: Pairs,
) -> Result<Response, PageError> {
    let frame = app.frame().await.at("/pieces");
    let told = |error| PageError {
        error,
        frame: frame.clone(),
    };
    let id = said(&pairs, "id").unwrap_or_default();
    let catalogue = app.catalogue().await.map_err(told)?;
    let Some(line) = catalogue.pieces.into_iter().find(|line| line.piece == id) else {
        let message = "There is no piece of that id: nobody registered it, and nobody came through it.";
        return Err(told(HttpError::new(Code::UnknownAddress, message)));
    };
    let zone = app.read(Store::zone).await.map_err(told)?;
    let shared = [("id".to_owned(), id.clone())];
    let offer = shares::offer(&app, &caller, "/piece", &shared).await.map_err(told)?;
    let question = Question {
        about: Some(About {
            piece: Some(id),
            ..About::default()
        }),
        ..Question::new(Key::Lift, app.now(), zone)
    };
    let edition = app.standing(question.clone()).await.map_err(told)?;
    let lift = app.ask(question).await.map_err(told)?;
    let titles = app.titles().await.map_err(told)?;
    let frame = frame.clone().offering(offer);
    Ok(error::show(
        &pages::piece(&line, (&edition, &lift), &titles, frame.clone()),
        &frame,
    ))
}

/// What the address says under that name; what can't be read says nothing.
fn said(pairs: &Pairs, name: &str) -> Option<String> {
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
