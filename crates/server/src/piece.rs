//! `/piece`: one piece, from the standing answers; what became of it, which is asked for apart because it is worked out anew; and
//! the notes on its days.

use axum::extract::State;
use axum::response::Response;
use axum::{Extension, Json};
use longplay_domain::Day;
use longplay_measures::catalogue::Line;
use longplay_measures::{About, Edition, Key, Question};
use longplay_store::{DayNote, PieceTotal, Store};
use serde_json::{Value, json};
use std::sync::Arc;

use crate::api::Pairs;
use crate::app::App;
use crate::auth::{Caller, May};
use crate::error::{self, ApiError, Code, HttpError, PageError};
use crate::form::Fields;
use crate::pages;
use crate::pages::piece::Aside;
use crate::people::see;
use crate::shares;
use crate::views::said;

const PLACE: &str = "/pieces";

/// `GET /piece?id=ID`
pub async fn page(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    pairs: Pairs,
) -> Result<Response, PageError> {
    show(&app, &caller, said(&pairs, "id").unwrap_or_default(), None).await
}

/// `GET /api/v1/piece?id=ID`: the same for programs.
pub async fn api(State(app): State<App>, pairs: Pairs) -> Result<Json<Value>, ApiError> {
    let id = said(&pairs, "id").unwrap_or_default();
    let (_, line, aside) = known(&app, id).await?;
    Ok(Json(
        json!({ "piece": line, "totals": aside.totals, "notes": aside.notes }),
    ))
}

async fn show(app: &App, caller: &Caller, id: String, wrong: Option<String>) -> Result<Response, PageError> {
    let frame = app.frame().await.at(PLACE);
    let shown = async {
        let zone = app.read(Store::zone).await?;
        let shared = [("id".to_owned(), id.clone())];
        let offer = shares::offer(app, caller, "/piece", &shared).await?;
        let (edition, line, aside) = known(app, id).await?;
        let frame = frame.clone().offering(offer);
        let aside = Aside {
            today: Some(zone.day_of(app.now())),
            wrong,
            may_note: caller.may(May::Change),
            ..aside
        };
        Ok(error::show(
            &pages::piece(&line, &edition, aside, frame.clone()),
            &frame,
        ))
    };
    shown.await.map_err(|error| PageError {
        error,
        frame: frame.clone(),
    })
}

/// A piece with the standing answers, and what else is kept of it.
async fn known(app: &App, id: String) -> Result<(Arc<Edition>, Line, Aside), HttpError> {
    let (edition, catalogue) = app.pieces_of_edition().await?;
    let line = catalogue.pieces.into_iter().find(|line| line.piece == id);
    let line = line.ok_or_else(|| {
        let message = "There is no piece of that id: nobody registered it, and nobody came through it.";
        HttpError::new(Code::UnknownAddress, message)
    })?;
    let (totals, notes): (Vec<PieceTotal>, Vec<DayNote>) = app
        .read(move |store| {
            let mut notes = store.day_notes()?;
            notes.retain(|note| note.piece.as_ref().is_none_or(|piece| *piece == id));
            Ok((store.piece_totals(&id)?, notes))
        })
        .await?;
    let aside = Aside {
        totals,
        notes,
        ..Aside::default()
    };
    Ok((edition, line, aside))
}

/// `GET /piece/after?id=ID`: its days, and what became of its hit. A page of its own, for both are worked out for it alone.
pub async fn after(State(app): State<App>, pairs: Pairs) -> Result<Response, PageError> {
    let frame = app.frame().await.at(PLACE);
    let id = said(&pairs, "id").unwrap_or_default();
    let shown = async {
        let (_, line, _) = known(&app, id.clone()).await?;
        let zone = app.read(Store::zone).await?;
        let about = |key| Question {
            about: Some(About {
                piece: Some(id.clone()),
                ..About::default()
            }),
            ..Question::new(key, app.now(), zone.clone())
        };
        let hits = app.ask(about(Key::Hits)).await?;
        let lift = app.ask(about(Key::Lift)).await?;
        let titles = app.titles().await?;
        let page = pages::piece_after(&line, (&hits, &lift), &titles, frame.clone());
        Ok(error::show(&page, &frame))
    };
    shown.await.map_err(|error| PageError {
        error,
        frame: frame.clone(),
    })
}

/// `POST /piece/note`: keeps a note on a day of the piece, or of everything.
pub async fn note(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let kept = match Day::parse(fields.said("day")) {
        Some(day) => {
            let note = DayNote {
                day,
                piece: about(&fields),
                text: fields.said("text").to_owned(),
            };
            app.change(move |store| store.put_day_note(&note)).await
        }
        None => Err(HttpError::new(
            Code::BadParameter,
            "Say on which day it was, like 2026-03-01.",
        )),
    };
    back(&app, &caller, &fields, kept).await
}

/// `POST /piece/note/remove`
pub async fn remove(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    fields: Fields,
) -> Result<Response, PageError> {
    let removed = match Day::parse(fields.said("day")) {
        Some(day) => {
            let piece = about(&fields);
            let remove = move |store: &Store| store.remove_day_note(day, piece.as_deref());
            app.change(remove).await.map(drop)
        }
        None => Ok(()),
    };
    back(&app, &caller, &fields, removed).await
}

/// The piece a note is about; none where it concerns everything.
fn about(fields: &Fields) -> Option<String> {
    let piece = fields.said("id").to_owned();
    (fields.said("about") != "everything" && !piece.is_empty()).then_some(piece)
}

/// To the page that shows it, or shows what was wrong with what was written.
async fn back(app: &App, caller: &Caller, fields: &Fields, done: Result<(), HttpError>) -> Result<Response, PageError> {
    let id = fields.said("id").to_owned();
    match done {
        Ok(()) => Ok(see(format!("{}#notes", pages::pieces::address(&id)))),
        Err(error) if error.is_callers() => show(app, caller, id, Some(error.public().to_owned())).await,
        Err(error) => Err(PageError {
            error,
            frame: app.frame().await.at(PLACE),
        }),
    }
}
