//! `/talk`: whom to talk to today, and what the owner did about it. Everything is posted; what was noted leaves the list at once,
//! for the list that stands was made before.

use axum::extract::{Form, Query, State};
use axum::response::Response;
use longplay_domain::{PersonId, Time};
use longplay_measures::people::person_named;
use longplay_measures::talk::Arm;
use longplay_measures::{Answer, Key, Question};
use longplay_store::{Store, StoreError, TalkKind, TalkNote};
use serde::Deserialize;

use crate::api::{self, Pairs};
use crate::app::App;
use crate::error::{self, Code, HttpError, PageError};
use crate::pages;
use crate::people::see;

const MICROS_PER_DAY: i64 = 86_400_000_000;
const SNOOZE_DAYS_MAX: i64 = 3_650;
const WHY_LETTERS_MAX: usize = 1_000;
const PLACE: &str = "/talk";

/// What the forms of the page say; each fills what it needs.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Said {
    id: String,
    days: String,
    channel: String,
    why: String,
    people: String,
    share: String,
}

/// `GET /talk`, with `noted` for somebody of whom something was just noted.
pub async fn list(State(app): State<App>, pairs: Pairs) -> Result<Response, PageError> {
    show(&app, pairs.ok().and_then(|Query(pairs)| noted(&pairs)), None).await
}

fn noted(pairs: &[(String, String)]) -> Option<PersonId> {
    let said = pairs.iter().find(|(name, _)| name == "noted");
    said.and_then(|(_, id)| person_named(id))
}

/// `POST /talk/done`: dealt with.
pub async fn done(State(app): State<App>, Form(said): Form<Said>) -> Result<Response, PageError> {
    note(&app, &said, TalkKind::Done, Ok).await
}

/// `POST /talk/snooze`: left out for some days.
pub async fn snooze(State(app): State<App>, Form(said): Form<Said>) -> Result<Response, PageError> {
    let days = said
        .days
        .trim()
        .parse::<i64>()
        .ok()
        .filter(|days| (1..=SNOOZE_DAYS_MAX).contains(days));
    note(&app, &said, TalkKind::Snooze, |note| {
        let days = days.ok_or("say for how many days, from 1 to 3650")?;
        let until = Some(Time::from_micros(note.at.micros() + days * MICROS_PER_DAY));
        Ok(TalkNote { until, ..note })
    })
    .await
}

/// `POST /talk/never`: left out for good.
pub async fn never(State(app): State<App>, Form(said): Form<Said>) -> Result<Response, PageError> {
    note(&app, &said, TalkKind::Never, Ok).await
}

/// `POST /talk/contact`: you were in contact, in whatever channel.
pub async fn contact(State(app): State<App>, Form(said): Form<Said>) -> Result<Response, PageError> {
    let channel = said.channel.trim().to_owned();
    note(&app, &said, TalkKind::Contact, |note| {
        if channel.is_empty() || channel.chars().count() > 60 {
            return Err("say where the contact was, in at most 60 letters: email, phone, mastodon");
        }
        let channel = Some(channel);
        Ok(TalkNote { channel, ..note })
    })
    .await
}

/// `POST /talk/today`: the list is taken to work; who is on it and who is held out of it is noted, for a comparison later.
pub async fn today(State(app): State<App>) -> Result<Response, PageError> {
    let now = app.now();
    let outcome = match app.todays_list().await {
        Ok((_, arms)) => {
            let notes = arms.into_iter().map(move |(person, arm)| match arm {
                Arm::Shown => TalkNote::new(person, TalkKind::Shown, now),
                Arm::Held => TalkNote::new(person, TalkKind::Held, now),
            });
            let notes: Vec<TalkNote> = notes.collect();
            app.read(move |store| store.note_talks(&notes)).await
        }
        Err(error) => Err(error),
    };
    back(&app, outcome, PLACE.to_owned()).await
}

/// `POST /talk/settings`: how many a day, and which share is held out.
pub async fn settings(State(app): State<App>, Form(said): Form<Said>) -> Result<Response, PageError> {
    let people = said
        .people
        .trim()
        .parse::<u32>()
        .map_err(|_| "say how many people a day, as a number");
    let share = said
        .share
        .trim()
        .parse::<f64>()
        .map_err(|_| "say how many of 100 are held out, as a number");
    let outcome = match (people, share) {
        (Ok(people), Ok(share)) => {
            app.read(move |store| {
                let set = store
                    .set_talk_capacity(people)
                    .and_then(|()| store.set_talk_holdout(share / 100.0));
                or_said(set)
            })
            .await
        }
        (Err(why), _) | (_, Err(why)) => Ok(Err(why.to_owned())),
    };
    match outcome {
        Ok(Err(why)) => show(&app, None, Some(why)).await,
        Ok(Ok(())) => back(&app, Ok(()), PLACE.to_owned()).await,
        Err(error) => back(&app, Err(error), PLACE.to_owned()).await,
    }
}

/// What the store finds wrong with what was said, apart from what is wrong with the store.
fn or_said(outcome: Result<(), StoreError>) -> Result<Result<(), String>, StoreError> {
    match outcome {
        Ok(()) => Ok(Ok(())),
        Err(StoreError::Invalid(why)) => Ok(Err(why)),
        Err(error) => Err(error),
    }
}

async fn note<F>(app: &App, said: &Said, kind: TalkKind, more: F) -> Result<Response, PageError>
where
    F: FnOnce(TalkNote) -> Result<TalkNote, &'static str>,
{
    let why = said.why.trim();
    let Some(person) = person_named(&said.id) else {
        return show(app, None, Some("name somebody of the list".to_owned())).await;
    };
    if why.chars().count() > WHY_LETTERS_MAX {
        return show(
            app,
            None,
            Some(format!("a reason has at most {WHY_LETTERS_MAX} letters")),
        )
        .await;
    }
    let plain = TalkNote {
        why: (!why.is_empty()).then(|| why.to_owned()),
        ..TalkNote::new(person, kind, app.now())
    };
    let note = match more(plain) {
        Ok(note) => note,
        Err(why) => return show(app, None, Some(why.to_owned())).await,
    };
    let outcome = app
        .read(move |store| {
            if store.person_of(person.0)?.is_none() {
                return Ok(false);
            }
            store.note_talks(&[note])?;
            Ok(true)
        })
        .await;
    match outcome {
        Ok(true) => back(app, Ok(()), format!("{PLACE}?noted={}", said.id)).await,
        Ok(false) => {
            let message = "Nobody is known by that. They may have been forgotten.";
            back(app, Err(HttpError::new(Code::UnknownPerson, message)), PLACE.to_owned()).await
        }
        Err(error) => back(app, Err(error), PLACE.to_owned()).await,
    }
}

async fn back(app: &App, outcome: Result<(), HttpError>, address: String) -> Result<Response, PageError> {
    match outcome {
        Ok(()) => Ok(see(address)),
        Err(error) => Err(PageError {
            error,
            frame: app.frame().await.at(PLACE),
        }),
    }
}

async fn show(app: &App, noted: Option<PersonId>, wrong: Option<String>) -> Result<Response, PageError> {
    let frame = app.frame().await.at(PLACE);
    let told = |error| PageError {
        error,
        frame: frame.clone(),
    };
    let (answer, held) = talk(app).await.map_err(told)?;
    let titles = app.titles().await.map_err(told)?;
    let view = pages::talk::View {
        noted,
        error: wrong.clone(),
        ..held
    };
    let page = pages::talk(&answer, view, &titles, frame.clone());
    match wrong {
        Some(_) => Ok(error::show_refused(
            HttpError::new(Code::BadParameter, ""),
            &frame,
            |_| page,
        )),
        None => Ok(error::show(&page, &frame)),
    }
}

/// The standing list, without whoever something was noted of since it was made.
async fn talk(app: &App) -> Result<(Answer, pages::talk::View), HttpError> {
    let zone = app.read(Store::zone).await?;
    let edition = app.standing(Question::new(Key::Talk, app.now(), zone.clone())).await?;
    let answer = edition
        .answers
        .iter()
        .find(|answer| answer.question == Key::Talk.name());
    let mut answer = answer
        .cloned()
        .ok_or_else(|| HttpError::failed(std::io::Error::other("an edition holds the answer to every question")))?;
    let made = Time::parse(&answer.as_of, &zone).unwrap_or_else(|| app.now());
    let (notes, capacity, holdout) = app
        .read(|store| Ok((store.talk_notes()?, store.talk_capacity()?, store.talk_holdout()?)))
        .await?;
    let is_said = |note: &&TalkNote| !matches!(note.kind, TalkKind::Shown | TalkKind::Held);
    let since: Vec<PersonId> = notes
        .iter()
        .filter(is_said)
        .filter(|note| note.at >= made)
        .map(|note| note.person)
        .collect();
    let is_gone = |row: &serde_json::Value| {
        let person = row["person"].as_str().and_then(person_named);
        person.is_some_and(|person| since.contains(&person))
    };
    answer.rows.retain(|row| !is_gone(row));
    let today = zone.day_of(app.now());
    let is_taken = notes
        .iter()
        .any(|note| matches!(note.kind, TalkKind::Shown | TalkKind::Held) && zone.day_of(note.at) == today);
    let view = pages::talk::View {
        capacity,
        holdout,
        is_taken,
        noted: None,
        error: None,
    };
    Ok((answer, view))
}

/// `GET /api/v1/talk`: the list as the page shows it.
pub async fn api(State(app): State<App>, pairs: Pairs) -> Result<axum::Json<Answer>, error::ApiError> {
    api::readable(pairs)?;
    Ok(axum::Json(talk(&app).await?.0))
}
