//! From the query of an address to the people asked for. What can't be read is refused with what to write instead, and what
//! nobody knows is refused too: a filter that is silently ignored would list the wrong people.

use std::sync::Arc;

use axum::extract::Query;
use longplay_domain::{Currency, Day, Goal, Month, PersonId};
use longplay_measures::people::{self, Ask, CohortCell, CohortSpan, Move, Order, Presence, Which};
use longplay_measures::stage::Stage;
use longplay_measures::{Key, Question};

use crate::api::{self, Pairs};
use crate::app::App;
use crate::error::{Code, HttpError};

/// People on a page unless the address says how many.
const PAGE: usize = 50;
/// What narrows or orders the list; the rest is a question's.
pub const OWN: [&str; 14] = [
    "stage", "presence", "regular", "moved", "month", "cohort", "age", "piece", "no_piece", "goal", "tag", "order",
    "currency", "most",
];
/// What a question's parameters add: of whom, first seen when, as of when.
const SHARED: [&str; 5] = ["as_of", "from", "to", "segment", "where"];
/// Where the page before ended.
const AFTER: &str = "after";

/// What an address asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub question: Question,
    pub ask: Ask,
    /// What the address says, where the answer hangs on that and the edition alone.
    pub kept_as: Option<String>,
}

impl Asked {
    /// Reads an address; `found` are those a search was for.
    pub async fn read(
        app: &App,
        pairs: Vec<(String, String)>,
        found: Option<Vec<PersonId>>,
    ) -> Result<Self, HttpError> {
        let known = |name: &str| OWN.contains(&name) || SHARED.contains(&name) || name == AFTER;
        if let Some((name, _)) = pairs.iter().find(|(name, _)| !known(name)) {
            let all: Vec<String> = OWN.iter().chain(&SHARED).map(|name| format!("`{name}`")).collect();
            let message = format!("There is no parameter `{}`. Known are {}.", shown(name), all.join(", "));
            return Err(HttpError::new(Code::BadParameter, message));
        }
        let hangs_on_more = |(name, _): &(String, String)| matches!(name.as_str(), "as_of" | "tag");
        let is_kept = found.is_none() && !pairs.iter().any(hangs_on_more);
        let kept_as = is_kept.then(|| serde_urlencoded::to_string(&pairs).unwrap_or_default());
        let (shared, own): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(name, _)| SHARED.contains(&name.as_str()));
        let (parameters, zone) = api::parameters(app, Pairs::Ok(Query(shared))).await?;
        let said = Said(own);
        let (goals, tagged) = {
            let tag = said.one("tag")?.map(str::to_owned);
            app.read(move |store| Ok((store.goals()?, tag.map(|tag| store.tagged(&tag)).transpose()?)))
                .await?
        };
        let ask = said.ask(&goals, among(found, tagged))?;
        Ok(Self {
            // No key counts: people are asked for, not a question.
            question: parameters.question(Key::Ladder, &zone),
            ask,
            kept_as,
        })
    }
}

/// Whom both name, where either names anybody.
fn among(found: Option<Vec<PersonId>>, tagged: Option<Vec<PersonId>>) -> Option<Vec<PersonId>> {
    match (found, tagged) {
        (Some(found), Some(tagged)) => Some(found.into_iter().filter(|person| tagged.contains(person)).collect()),
        (one, other) => one.or(other),
    }
}

/// The pairs that are the list's own.
struct Said(Vec<(String, String)>);

impl Said {
    fn one(&self, name: &str) -> Result<Option<&str>, HttpError> {
        let mut values = self
            .0
            .iter()
            .filter(|(found, _)| found == name)
            .map(|(_, value)| value.as_str());
        let first = values.next();
        match values.next() {
            None => Ok(first),
            Some(_) => Err(wrong(format!("`{name}` is there twice; say it once."))),
        }
    }

    fn is(&self, name: &str) -> Result<bool, HttpError> {
        match self.one(name)? {
            None | Some("no") => Ok(false),
            Some("yes") => Ok(true),
            Some(other) => Err(wrong(format!("`{name}` is yes or no, not `{}`.", shown(other)))),
        }
    }

    /// One of a closed list.
    fn of<T: Copy>(&self, name: &str, all: &[T], named: fn(T) -> &'static str) -> Result<Option<T>, HttpError> {
        let Some(said) = self.one(name)? else { return Ok(None) };
        let found = all.iter().copied().find(|&one| named(one) == said);
        let known = || all.iter().map(|&one| named(one)).collect::<Vec<_>>().join(", ");
        found
            .map(Some)
            .ok_or_else(|| wrong(format!("`{name}` is one of {}, not `{}`.", known(), shown(said))))
    }

    fn ask(&self, goals: &[Goal], among: Option<Vec<PersonId>>) -> Result<Ask, HttpError> {
        let piece = match (self.one("piece")?, self.is("no_piece")?) {
            (Some(_), true) => return Err(wrong("`piece` and `no_piece` exclude each other.".to_owned())),
            (piece, is_none) => piece.map(|piece| Some(piece.to_owned())).or(is_none.then_some(None)),
        };
        Ok(Ask {
            which: Which {
                stage: self.of("stage", &Stage::ALL, Stage::name)?,
                presence: self.of("presence", &Presence::ALL, Presence::name)?,
                is_regular: self.is("regular")?,
                moved: self.moved()?,
                cohort: self.cohort()?,
                piece,
                goal: self.goal(goals)?,
                among: among.map(|among| Arc::new(among.into_iter().map(|person| person.0).collect())),
            },
            order: self.of("order", &Order::ALL, Order::name)?.unwrap_or_default(),
            currency: self
                .one("currency")?
                .map(|text| Currency::parse(text).ok_or_else(|| wrong(format!("`{}` is no currency.", shown(text)))))
                .transpose()?,
            after: self
                .one(AFTER)?
                .map(|text| people::place_named(text).ok_or_else(|| wrong("`after` is what `next` said.".to_owned())))
                .transpose()?,
            most: self.most()?,
        })
    }

    fn moved(&self) -> Result<Option<(Month, Move)>, HttpError> {
        let how = self.of("moved", &Move::ALL, Move::name)?;
        match (how, self.one("month")?) {
            (None, None) => Ok(None),
            (Some(how), Some(text)) => Ok(Some((month(text)?, how))),
            _ => Err(wrong(
                "`moved` and `month` belong together, like moved=up&month=2026-02.".to_owned(),
            )),
        }
    }

    fn cohort(&self) -> Result<Option<CohortCell>, HttpError> {
        let age = self.one("age")?.map(|text| {
            let age = text.parse().ok();
            age.ok_or_else(|| wrong(format!("`age` is a number of weeks or months, not `{}`.", shown(text))))
        });
        let age = age.transpose()?;
        let Some(text) = self.one("cohort")? else {
            return match age {
                None => Ok(None),
                Some(_) => Err(wrong("`age` is that of a `cohort`: say both.".to_owned())),
            };
        };
        let (span, day) = match Day::parse(text) {
            Some(day) => (CohortSpan::Week, day),
            None => (CohortSpan::Month, month(text)?.start()),
        };
        Ok(Some(CohortCell { span, day, age }))
    }

    fn goal(&self, goals: &[Goal]) -> Result<Option<Goal>, HttpError> {
        let Some(name) = self.one("goal")? else { return Ok(None) };
        let found = goals.iter().find(|goal| goal.name == name);
        let known = || {
            goals
                .iter()
                .map(|goal| goal.name.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        };
        found
            .cloned()
            .map(Some)
            .ok_or_else(|| wrong(format!("There is no goal `{}`. There are {}.", shown(name), known())))
    }

    fn most(&self) -> Result<usize, HttpError> {
        let Some(text) = self.one("most")? else { return Ok(PAGE) };
        let most = text.parse().ok().filter(|most| (1..=people::PAGE_MAX).contains(most));
        most.ok_or_else(|| wrong(format!("`most` is a number from 1 to {}.", people::PAGE_MAX)))
    }
}

fn month(text: &str) -> Result<Month, HttpError> {
    let day = Day::parse(&format!("{text}-01"));
    day.map(Month::of)
        .ok_or_else(|| wrong(format!("`{}` is no month; write it like 2026-02.", shown(text))))
}

fn wrong(message: String) -> HttpError {
    HttpError::new(Code::BadParameter, message)
}

fn shown(text: &str) -> String {
    crate::pages::words::shortened(text, 40)
}
