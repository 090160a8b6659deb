//! What a link shows: a page with what its address would say, read as strictly as an address is, and worked out without anybody's name.
//!
//! A narrowed view costs a pass over everything, and whoever has a link may ask as often as they like; so such views are worked out one
//! at a time and at most once a minute each. One is let go of as soon as somebody was forgotten.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Query;
use axum::response::Response;
use longplay_domain::Time;
use longplay_measures::catalogue::{Catalogue, Line};
use longplay_measures::{About, Answer, Edition, Key, Question};
use longplay_store::Share;
use serde_json::{Value, json};
use tokio::{sync::Mutex, time};

use crate::api;
use crate::app::App;
use crate::error::{self, Code, HttpError};
use crate::pages::piece::Aside;
use crate::pages::sections::{PAGES, Section};
use crate::pages::{self, Filter, Frame};

const HOME: &str = "/";
const PIECES: &str = "/pieces";
const PIECE: &str = "/piece";
/// What is on the home page and never on a shared one: it is about single people.
const ABOUT_SOMEBODY: &str = "talk";
const KEPT_MICROS: i64 = 60_000_000;
const KEPT_VIEWS_MAX: usize = 64;
const WAIT_MAX: Duration = Duration::from_secs(20);

/// A page and what its address says.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub page: &'static str,
    pairs: Vec<(String, String)>,
}

/// What a view is made of.
#[derive(Clone)]
enum Made {
    Answers(Arc<Edition>),
    Pieces(Arc<Catalogue>),
    Piece(Arc<(Line, Edition, Answer)>),
}

/// The narrowed views of the last minute, by the number of their link.
#[derive(Default)]
pub(crate) struct SharedViews(Mutex<HashMap<i64, Kept>>);

struct Kept {
    made: Made,
    at: Time,
    erasures: i64,
}

/// The pages that can be shared, and what each is called.
fn pages() -> impl Iterator<Item = (&'static str, &'static str)> {
    let own = [(HOME, "Home"), (PIECES, "Pieces"), (PIECE, "A piece")];
    own.into_iter()
        .chain(PAGES.iter().map(|(address, name, _)| (*address, *name)))
}

impl View {
    /// Reads a page and what its address says. What a form left empty was not said.
    pub fn read(page: &str, mut pairs: Vec<(String, String)>) -> Result<Self, HttpError> {
        let wrong = |message: String| HttpError::new(Code::BadParameter, message);
        let Some((page, _)) = pages().find(|(address, _)| *address == page) else {
            let known: Vec<&str> = pages().map(|(address, _)| address).collect();
            return Err(wrong(format!("What can be shared are the pages {}.", known.join(", "))));
        };
        pairs.retain(|(_, value)| !value.is_empty());
        let own: &[&str] = match page {
            PIECES => &["q", "segment"],
            PIECE => &["id", "segment"],
            // The parameters of questions are known where they are read.
            _ => &[],
        };
        let is_unknown = |(name, _): &&(String, String)| !own.is_empty() && !own.contains(&name.as_str());
        if let Some((name, _)) = pairs.iter().find(is_unknown) {
            return Err(wrong(format!("This page has no parameter `{name}`.")));
        }
        Ok(Self { page, pairs })
    }

    /// The view of a link.
    pub fn of(share: &Share) -> Result<Self, HttpError> {
        let pairs = serde_urlencoded::from_str(&share.is.query).map_err(HttpError::failed)?;
        Self::read(&share.is.page, pairs)
    }

    pub fn said(&self, name: &str) -> &str {
        let found = self.pairs.iter().find(|(said, _)| said == name);
        found.map_or("", |(_, value)| value)
    }

    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.pairs.retain(|(said, _)| said != name);
        self
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.pairs.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn query(&self) -> String {
        serde_urlencoded::to_string(&self.pairs).unwrap_or_default()
    }

    /// Page and limits, as an owner reads them in a list.
    pub fn words(&self) -> String {
        let page = pages().find(|(address, _)| *address == self.page);
        let page = page.map_or(self.page, |(_, name)| name);
        let chips = self.filter().chips();
        let limits = chips.into_iter().map(|chip| chip.words);
        std::iter::once(page.to_owned())
            .chain(limits)
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn filter(&self) -> Filter {
        Filter::of_pairs(self.pairs.clone())
    }

    fn page_name(&self) -> (&'static str, &'static [&'static str]) {
        let found = PAGES.iter().find(|(address, ..)| *address == self.page);
        found.map_or(("Home", &[]), |(_, name, keys)| (name, keys))
    }

    /// Whether what it says can be asked: everything but the asking itself.
    pub async fn question(&self, app: &App) -> Result<(Question, bool), HttpError> {
        let of_question = self
            .pairs
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "q" | "id"));
        let pairs = Ok(Query(of_question.cloned().collect()));
        let (parameters, zone) = api::parameters(app, pairs).await?;
        if self.page != PIECE {
            parameters.about(None)?;
        }
        // No key counts: all are answered.
        Ok((parameters.question(Key::ALL[0], &zone), parameters.are_usual()))
    }

    async fn made(&self, app: &App) -> Result<Made, HttpError> {
        let (question, is_usual) = self.question(app).await?;
        let edition = if is_usual {
            app.standing(question.clone()).await?
        } else {
            Arc::new(app.ask_all(question.clone()).await?)
        };
        match self.page {
            PIECES => {
                let mut catalogue = app.catalogue_of(&edition).await?;
                let q = self.said("q");
                catalogue.pieces.retain(|line| pages::pieces::holds(line, q));
                Ok(Made::Pieces(Arc::new(catalogue)))
            }
            PIECE => {
                let id = self.said("id").to_owned();
                let catalogue = app.catalogue_of(&edition).await?;
                let Some(line) = catalogue.pieces.into_iter().find(|line| line.piece == id) else {
                    let message = "The piece this is about isn't known any more.";
                    return Err(HttpError::new(Code::UnknownAddress, message));
                };
                let about = Question {
                    key: Key::Lift,
                    about: Some(About {
                        piece: Some(id),
                        ..About::default()
                    }),
                    ..question
                };
                let lift = app.ask(about).await?;
                let edition = Edition::clone(&edition).unnamed();
                Ok(Made::Piece(Arc::new((line, edition, lift.for_strangers()))))
            }
            _ => Ok(Made::Answers(Arc::new(self.only(&edition)))),
        }
    }

    /// Of the answers those that the page shows.
    fn only(&self, edition: &Edition) -> Edition {
        let (_, keys) = self.page_name();
        let is_shown = |answer: &&Answer| match self.page {
            HOME => answer.question != ABOUT_SOMEBODY,
            _ => keys.contains(&answer.question),
        };
        let answers = edition.answers.iter().filter(is_shown).cloned();
        Edition {
            as_of: edition.as_of.clone(),
            zone: edition.zone.clone(),
            snapshot: edition.snapshot,
            answers: answers.map(Answer::for_strangers).collect(),
        }
    }

    /// What the view of that link is made of: from the latest edition where nothing is narrowed, else of the last minute.
    async fn at_hand(&self, app: &App, share: i64) -> Result<Made, HttpError> {
        let (_, is_usual) = self.question(app).await?;
        if is_usual && self.page != PIECE {
            return self.made(app).await;
        }
        let busy = "Others are looking just now. Look again in half a minute.";
        let kept = time::timeout(WAIT_MAX, app.shared_views().0.lock()).await;
        let mut kept = kept.map_err(|_| HttpError::new(Code::Busy, busy))?;
        let (now, erasures) = (app.now(), app.read(|store| Ok(store.state()?.erasures)).await?);
        let is_fresh =
            |kept: &Kept| kept.erasures == erasures && (0..KEPT_MICROS).contains(&(now.micros() - kept.at.micros()));
        if let Some(found) = kept.get(&share).filter(|kept| is_fresh(kept)) {
            return Ok(found.made.clone());
        }
        kept.retain(|_, kept| is_fresh(kept));
        let made = self.made(app).await?;
        if kept.len() < KEPT_VIEWS_MAX {
            let at = now;
            kept.insert(
                share,
                Kept {
                    made: made.clone(),
                    at,
                    erasures,
                },
            );
        }
        Ok(made)
    }

    /// As a page.
    pub async fn shown(&self, app: &App, share: i64, frame: Frame) -> Result<Response, HttpError> {
        let made = self.at_hand(app, share).await?;
        // What the owner noted may name somebody.
        let titles = app.titles().await?.without_notes();
        let filter = self.filter();
        let limits = self.clone().without("q").without("id").filter().limits();
        Ok(match made {
            Made::Answers(edition) if self.page == HOME => {
                error::show(&pages::home(&edition.answers, &titles, filter, frame.clone()), &frame)
            }
            Made::Answers(edition) => {
                let page = pages::answers(self.page_name(), &edition.answers, &titles, filter, frame.clone());
                error::show(&page, &frame)
            }
            Made::Pieces(catalogue) => {
                let mut page = pages::pieces(&catalogue, None, self.said("q"), frame.clone());
                page.limits = limits;
                error::show(&page, &frame)
            }
            Made::Piece(of) => {
                let (line, edition, lift) = &*of;
                let aside = Aside {
                    lift: Some(Section::new(lift, &titles)),
                    ..Aside::default()
                };
                let mut page = pages::piece(line, edition, aside, frame.clone());
                page.limits = limits;
                error::show(&page, &frame)
            }
        })
    }

    /// For a program: what the page is made of.
    pub async fn told(&self, app: &App, share: i64) -> Result<Value, HttpError> {
        let made = match self.at_hand(app, share).await? {
            Made::Answers(edition) => serde_json::to_value(&*edition),
            Made::Pieces(catalogue) => serde_json::to_value(&*catalogue),
            Made::Piece(of) => Ok(json!({ "piece": of.0, "lift": of.2 })),
        };
        made.map_err(HttpError::failed)
    }
}
