//! `/people/person`: one person's page, and what the owner does there. Addresses name a person by their key, never by a handle;
//! whatever is done is posted, and leads back to the page that shows it.

use axum::extract::{Form, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use longplay_domain::{Day, Handle, PersonId, Time};
use longplay_measures::people::{person_named, person_text};
use longplay_store::{ErasureReceipt, StoreError, TalkKind, TalkNote, Timeline};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::{self, Pairs};
use crate::app::App;
use crate::auth::Caller;
use crate::error::{self, ApiError, Code, HttpError, PageError};
use crate::pages::{self, Someone};
use crate::people::see;

/// Events on one page of a timeline.
const EVENTS: usize = 100;

/// What the forms of the page say; each fills what it needs.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Said {
    id: String,
    text: String,
    channel: String,
    on: String,
    other: String,
    why: String,
    link: String,
    number: i64,
}

/// `GET /people/person?id=…`, with `before` for older events.
pub async fn look(State(app): State<App>, pairs: Pairs) -> Result<Response, PageError> {
    match of_address(&app, pairs).await {
        Ok((person, before)) => show(&app, person, before, (None, Said::default())).await,
        Err(error) => Err(told(&app, error).await),
    }
}

/// `GET /api/v1/person/profile?id=…`: all that the page shows but the timeline.
pub async fn profile(State(app): State<App>, pairs: Pairs) -> Result<Json<Value>, ApiError> {
    let (person, _) = of_address(&app, pairs).await?;
    let (card, notes) = app
        .read(move |store| Ok((store.person_of(person.0)?, store.notes_on(person.0)?)))
        .await?;
    let card = card.ok_or_else(nobody)?;
    let whole = app.whole(PersonId(card.person)).await?;
    Ok(Json(json!({ "card": card, "whole": whole, "notes": notes })))
}

/// `GET /api/v1/person/timeline?id=…`, with `before` for older events.
pub async fn timeline(State(app): State<App>, pairs: Pairs) -> Result<Json<Timeline>, ApiError> {
    let (person, before) = of_address(&app, pairs).await?;
    Ok(Json(
        app.read(move |store| store.timeline(person.0, before, EVENTS)).await?,
    ))
}

/// `GET /people/person/export?id=…`: everything held, as a file.
pub async fn export(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    pairs: Pairs,
) -> Result<Response, PageError> {
    let all = match of_address(&app, pairs).await {
        Ok((person, _)) => app.read(move |store| store.everything_on(person.0)).await,
        Err(error) => Err(error),
    };
    match all.and_then(|all| all.ok_or_else(nobody)) {
        Ok(all) => {
            app.log(&caller, "person_exported", None).await;
            let headers = [
                (header::CONTENT_TYPE, "application/json"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"person.json\""),
                (header::CACHE_CONTROL, "no-store"),
            ];
            Ok((headers, format!("{all:#}")).into_response())
        }
        Err(error) => Err(told(&app, error).await),
    }
}

/// `GET /people/person/erase?id=…`: asks once more.
pub async fn ask(State(app): State<App>, pairs: Pairs) -> Result<Response, PageError> {
    let card = match of_address(&app, pairs).await {
        Ok((person, _)) => app.read(move |store| store.person_of(person.0)).await,
        Err(error) => Err(error),
    };
    let frame = app.frame().await.at("/people");
    match card.and_then(|card| card.ok_or_else(nobody)) {
        Ok(card) => Ok(error::show(&pages::erase(&card, frame.clone()), &frame)),
        Err(error) => Err(PageError { error, frame }),
    }
}

/// `POST /people/person/erase`: does it, and shows the receipt.
pub async fn erase(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Form(said): Form<Said>,
) -> Result<Response, PageError> {
    let frame = app.frame().await.at("/people");
    let now = app.now();
    let receipt: Result<Option<ErasureReceipt>, HttpError> = match key(&said.id) {
        Ok(person) => app.read(move |store| store.erase_key(person.0, now)).await,
        Err(error) => Err(error),
    };
    let receipt = receipt.and_then(|receipt| receipt.ok_or_else(nobody));
    match (receipt, app.read(longplay_store::Store::zone).await) {
        (Ok(receipt), Ok(zone)) => {
            app.log(&caller, "person_erased", Some(receipt.receipt.clone())).await;
            Ok(error::show(&pages::erased(&receipt, &zone, frame.clone()), &frame))
        }
        (Err(error), _) | (_, Err(error)) => Err(PageError { error, frame }),
    }
}

/// `POST /people/person/note`
pub async fn note(State(app): State<App>, Form(said): Form<Said>) -> Result<Response, PageError> {
    let text = said.text.clone();
    done(&app, said, move |store, person, now| {
        store.add_note(person.0, &text, now)
    })
    .await
}

/// `POST /people/person/tag`
pub async fn tag(State(app): State<App>, Form(said): Form<Said>) -> Result<Response, PageError> {
    let text = said.text.clone();
    done(&app, said, move |store, person, now| {
        store.add_tag(person.0, &text, now)
    })
    .await
}

/// `POST /people/person/remove`: takes away what was written down.
pub async fn remove(State(app): State<App>, Form(said): Form<Said>) -> Result<Response, PageError> {
    let number = said.number;
    done(&app, said, move |store, person, _| {
        store.remove_note(person.0, number).map(drop)
    })
    .await
}

/// `POST /people/person/contact`: logs one; the reminder to talk begins anew.
pub async fn contact(State(app): State<App>, Form(said): Form<Said>) -> Result<Response, PageError> {
    let (channel, on, why) = (
        said.channel.trim().to_owned(),
        said.on.trim().to_owned(),
        said.text.trim().to_owned(),
    );
    done(&app, said, move |store, person, now| {
        let invalid = |message: &str| StoreError::Invalid(message.to_owned());
        if channel.is_empty() || channel.chars().count() > 60 {
            return Err(invalid(
                "say where the contact was, in at most 60 letters: email, phone, mastodon",
            ));
        }
        let at = match on.as_str() {
            "" => now,
            on => {
                let day = Day::parse(on).ok_or_else(|| invalid("write the day like 2026-03-01"))?;
                store.zone()?.end_of(day).min(now)
            }
        };
        store.note_talks(&[TalkNote {
            channel: Some(channel),
            why: (!why.is_empty()).then_some(why),
            ..TalkNote::new(person, TalkKind::Contact, at)
        }])
    })
    .await
}

/// `POST /people/person/merge`: says that another is the same person.
pub async fn merge(State(app): State<App>, Form(said): Form<Said>) -> Result<Response, PageError> {
    let (other, why) = (said.other.clone(), said.why.trim().to_owned());
    done(&app, said, move |store, person, now| {
        let invalid = |message: String| StoreError::Invalid(message);
        if why.is_empty() {
            return Err(invalid(
                "say why they are one person; it is kept with the link".to_owned(),
            ));
        }
        let other = Handle::parse(&other).ok_or_else(|| {
            invalid("name the other by a handle, such as email:ada@example.com or user:42".to_owned())
        })?;
        if store.person(&other)?.is_none() {
            return Err(invalid(format!("nobody is known by {}", other.as_str())));
        }
        let card = store.person_of(person.0)?;
        let one = card.and_then(|card| card.handles.iter().find_map(|handle| Handle::parse(handle)));
        let one = one.ok_or_else(|| {
            invalid("of this person no name is known in clear; merge from the page of the other".to_owned())
        })?;
        store.merge_people(&one, &other, &why, now).map(drop)
    })
    .await
}

/// `POST /people/person/unlink`: undoes a link.
pub async fn unlink(State(app): State<App>, Form(said): Form<Said>) -> Result<Response, PageError> {
    let link = said.link.clone();
    done(&app, said, move |store, _, now| store.unlink(&link, now).map(drop)).await
}

/// Does what was asked and leads back; what can't be done is said on the page, with what was typed.
async fn done<F>(app: &App, said: Said, act: F) -> Result<Response, PageError>
where
    F: FnOnce(&longplay_store::Store, PersonId, Time) -> Result<(), StoreError> + Send + 'static,
{
    let person = match key(&said.id) {
        Ok(person) => person,
        Err(error) => return Err(told(app, error).await),
    };
    let now = app.now();
    let outcome = app
        .read(move |store| {
            if store.person_of(person.0)?.is_none() {
                return Ok(None);
            }
            match act(store, person, now) {
                Ok(()) => Ok(Some(Ok(()))),
                Err(StoreError::Invalid(why)) => Ok(Some(Err(why))),
                Err(error) => Err(error),
            }
        })
        .await;
    match outcome {
        Ok(Some(Ok(()))) => Ok(see(pages::people::address(&person_text(person)))),
        Ok(Some(Err(why))) => show(app, person, None, (Some(why), said)).await,
        Ok(None) => Err(told(app, nobody()).await),
        Err(error) => Err(told(app, error).await),
    }
}

async fn show(
    app: &App,
    person: PersonId,
    before: Option<u64>,
    (error, said): (Option<String>, Said),
) -> Result<Response, PageError> {
    let frame = app.frame().await.at("/people");
    let is_refused = error.is_some();
    match someone(app, person, before).await {
        Ok(mut someone) => {
            someone.error = error;
            someone.typed = [said.text, said.channel, said.on, said.other, said.why];
            let page = pages::person(&someone, frame.clone());
            if is_refused {
                let error = HttpError::new(Code::BadParameter, "");
                return Ok(error::show_refused(error, &frame, |_| page));
            }
            Ok(error::show(&page, &frame))
        }
        Err(error) => Err(PageError { error, frame }),
    }
}

async fn someone(app: &App, person: PersonId, before: Option<u64>) -> Result<Someone, HttpError> {
    let found = app
        .read(move |store| {
            let Some(card) = store.person_of(person.0)? else {
                return Ok(None);
            };
            let key = card.person;
            Ok(Some((
                card,
                store.notes_on(key)?,
                store.timeline(key, before, EVENTS)?,
                store.zone()?,
            )))
        })
        .await?;
    let (card, notes, timeline, zone) = found.ok_or_else(nobody)?;
    let whole = app.whole(PersonId(card.person)).await?;
    Ok(Someone {
        whole,
        card,
        notes,
        timeline,
        titles: app.titles().await?,
        today: zone.day_of(app.now()),
        zone,
        is_older: before.is_some(),
        error: None,
        typed: Default::default(),
    })
}

/// The person an address names, and the event before which it asks. A handle is taken from programs only.
async fn of_address(app: &App, pairs: Pairs) -> Result<(PersonId, Option<u64>), HttpError> {
    let axum::extract::Query(pairs) = api::readable(pairs)?;
    let one = |name: &str| {
        pairs
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    };
    let person = key(one("id").unwrap_or_default())?;
    let before = one("before").map(|text| text.parse::<u64>());
    let message = "`before` is the number that the page before said.";
    let before = before
        .transpose()
        .map_err(|_| HttpError::new(Code::BadParameter, message))?;
    // Whoever was merged into somebody is them now.
    let card = app.read(move |store| store.person_of(person.0)).await?;
    Ok((PersonId(card.ok_or_else(nobody)?.person), before))
}

fn key(text: &str) -> Result<PersonId, HttpError> {
    let message = "`id` names a person by 16 digits, as the list of people does.";
    person_named(text).ok_or_else(|| HttpError::new(Code::BadParameter, message))
}

fn nobody() -> HttpError {
    HttpError::new(
        Code::UnknownPerson,
        "Nobody is known by that. They may have been forgotten, or become one with somebody else.",
    )
}

async fn told(app: &App, error: HttpError) -> PageError {
    PageError {
        error,
        frame: app.frame().await.at("/people"),
    }
}
