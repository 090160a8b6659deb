//! People one by one: a list of those asked for, and one person looked at whole. Every row leads to somebody; nothing
//! here is an answer to a question, so nothing is estimated but what `ladder` says of each of them too.

use longplay_domain::{Currency, Day, PersonId};
use longplay_store::{Columns, NONE, Store, histories::Histories};
use serde::Serialize;

use crate::{
    ask::{AskError, Ground},
    folds::{Goals, Listed, Listing, told_columns},
    pass::{Fold, Life, Observer},
    question::Question,
    regular::Regular,
    rhythm::Patience,
    rule::Among,
    stage::{Climb, GONE_BELOW},
    talk::best_name,
};

pub use crate::folds::{CohortCell, CohortSpan, Move, Order, Place, Presence, Wanted, Which};

/// People on one page at most.
pub const PAGE_MAX: usize = 200;

/// What is asked of the list.
#[derive(Clone, Debug)]
pub struct Ask {
    pub which: Which,
    pub order: Order,
    /// The currency of [`Order::Spent`].
    pub currency: Option<Currency>,
    /// Where the page before ended.
    pub after: Option<Place>,
    /// People on the page, [`PAGE_MAX`] at most.
    pub most: usize,
}

/// Some of the people, in order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct People {
    /// The instant up to which events exist for it, RFC 3339 in UTC.
    pub as_of: String,
    pub zone: String,
    /// How many there are, on this page or not.
    pub people: u64,
    /// Of how many more a rule does not know whether it holds; they are left out.
    pub unknown: u64,
    pub order: &'static str,
    pub rows: Vec<Row>,
    /// What to ask for the next page by, if there is one.
    pub next: Option<String>,
}

/// One of the people.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// 16 hexadecimal digits.
    pub person: String,
    /// What to call them by, where a name is known.
    pub handle: Option<String>,
    pub first_seen: Day,
    pub last_seen: Day,
    /// Days on which they were here.
    pub days: usize,
    pub away_days: i32,
    pub usual_gap_days: i32,
    pub p_alive: f64,
    pub presence: &'static str,
    pub stage: &'static str,
    /// The piece that brought them, and its title.
    pub piece: Option<String>,
    pub title: Option<String>,
    /// Purchases less refunds, in major units by currency.
    pub spent: Vec<Spent>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spent {
    pub currency: String,
    pub value: f64,
}

/// 16 hexadecimal digits for a person: what addresses name them by.
pub fn person_text(person: PersonId) -> String {
    format!("{:016x}", person.0)
}

/// Who these digits mean; `None` where they are none.
pub fn person_named(text: &str) -> Option<PersonId> {
    let is_key = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let key = is_key.then(|| u64::from_str_radix(text, 16).ok()).flatten()?;
    Some(PersonId(key.cast_signed()))
}

/// A place in the list as an address carries it.
pub fn place_text((rank, person): Place) -> String {
    format!("{rank:016x}{person:016x}")
}

/// The place that was written so.
pub fn place_named(text: &str) -> Option<Place> {
    let (rank, person) = text.split_at_checked(16)?;
    Some((u64::from_str_radix(rank, 16).ok()?, person_named(person)?.0))
}

/// The people asked for, from one pass; `question` says as of when, and of whom and which period.
pub fn people(question: &Question, ask: &Ask, store: &Store) -> Result<People, AskError> {
    let ground = Ground::of(question, store)?;
    ground.learn_rhythm(question)?;
    let terms = ground.snapshot.terms();
    let wanted = Wanted {
        which: ask.which.clone(),
        order: ask.order,
        currency: ask.currency.map_or(NONE, |currency| terms.code(currency.code())),
        after: ask.after,
        // One more tells whether there is a next page.
        most: ask.most.clamp(1, PAGE_MAX) + 1,
        today: question.today(),
        period: question.period,
    };
    let begin = || Narrowed {
        among: Among::of(question, &ground),
        listing: Listing::new(&wanted, ground.regular(), terms),
    };
    let point = (question.as_of, &question.zone);
    let done = ground.engine.run(&ground.snapshot, point.0, point.1, begin)?;
    let unknown = done.among.as_ref().map_or(0, Among::unknown);
    let people = done.listing.people();
    let mut kept: Vec<(Place, Listed)> = done.listing.kept().collect();
    let is_more = kept.len() == wanted.most;
    kept.truncate(wanted.most - 1);
    let next = kept.last().filter(|_| is_more).map(|(place, _)| place_text(*place));
    let keys: Vec<PersonId> = kept.iter().map(|(_, listed)| listed.person).collect();
    let names = store.names_of(&keys)?;
    let named = |((_, listed), (_, names)): (&(Place, Listed), &(PersonId, Vec<String>))| Row {
        handle: best_name(names).map(str::to_owned),
        ..ground.row(question, listed)
    };
    Ok(People {
        as_of: question.as_of.to_string(),
        zone: question.zone.name().to_owned(),
        people,
        unknown,
        order: ask.order.name(),
        rows: kept.iter().zip(&names).map(named).collect(),
        next,
    })
}

/// Those a rule lets through, listed.
struct Narrowed<'a> {
    among: Option<Among>,
    listing: Listing<'a>,
}

impl Fold for Narrowed<'_> {
    fn columns(&self) -> Columns {
        let among = self.among.as_ref().map_or(Columns::none(), Among::columns);
        among.with(self.listing.columns())
    }

    fn courses(&self) -> Option<Regular> {
        self.listing.courses()
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        if let Some(among) = &mut self.among
            && !among.takes(life)
        {
            return;
        }
        self.listing.observe(life);
    }

    fn merge(&mut self, other: Self) {
        if let (Some(mine), Some(theirs)) = (&mut self.among, &other.among) {
            mine.merge(theirs);
        }
        self.listing.merge(other.listing);
    }
}

/// One person looked at whole, as of the question's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Whole {
    #[serde(flatten)]
    pub row: Row,
    pub is_regular: bool,
    /// The stage from each day on which it changed, oldest first.
    pub stages: Vec<StageFrom>,
    /// Every day on which they were here, ascending.
    pub present_on: Vec<Day>,
    /// The goals they reached, and when first.
    pub reached: Vec<Reached>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StageFrom {
    pub day: Day,
    pub stage: &'static str,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reached {
    pub goal: String,
    pub day: Day,
}

/// One person; `None` for somebody who never did anything of their own accord by then.
pub fn person(question: &Question, person: PersonId, store: &Store) -> Result<Option<Whole>, AskError> {
    let ground = Ground::of(question, store)?;
    ground.learn_rhythm(question)?;
    let clock = question.zone.clock();
    let goals = Goals::new(&ground.goals, ground.snapshot.terms());
    let columns = Observer::columns().with(told_columns()).with(goals.columns());
    let mut observer = Observer::new(question.as_of, &clock).against(Some(ground.regular()));
    let mut whole = None;
    Histories::open(&ground.snapshot, columns, person.0..=person.0)?.each(|history| {
        if history.person == person {
            observer.observe(history, |life| whole = ground.whole(question, life, &goals));
        }
    })?;
    let Some(mut whole) = whole else { return Ok(None) };
    let names = store.names_of(&[person])?;
    whole.row.handle = names.first().and_then(|(_, names)| best_name(names)).map(str::to_owned);
    Ok(Some(whole))
}

impl Ground {
    fn row(&self, question: &Question, listed: &Listed) -> Row {
        let terms = self.snapshot.terms();
        let text = |code| terms.text(code).map(|text| text.to_string());
        let piece = text(listed.piece);
        let spent = listed.spent.iter().filter_map(|&(code, minor)| {
            let currency = Currency::parse(&text(code)?)?;
            Some(Spent {
                value: minor as f64 / 10_f64.powi(currency.exponent() as i32),
                currency: currency.code().to_owned(),
            })
        });
        let mut spent: Vec<Spent> = spent.collect();
        spent.sort_by(|one, other| one.currency.cmp(&other.currency));
        Row {
            person: person_text(listed.person),
            handle: None,
            first_seen: listed.first_seen,
            last_seen: listed.last_seen,
            days: listed.days,
            away_days: question.today().since(listed.last_seen).max(0),
            usual_gap_days: listed.usual_gap_days,
            p_alive: listed.p_alive,
            presence: listed.presence.name(),
            stage: listed.stage.name(),
            title: piece.as_deref().map(|piece| self.title(piece).to_owned()),
            piece,
            spent,
        }
    }

    fn whole(&self, question: &Question, life: &Life<'_>, goals: &Goals) -> Option<Whole> {
        let (regular, today) = (self.regular(), question.today());
        let here = Patience::of(&regular.rhythm, GONE_BELOW);
        let listed = Listing::tell(life, &regular, &here, today)?;
        let mut climb = Climb::new(life, &here);
        let mut stages: Vec<StageFrom> = Vec::new();
        for day in (listed.first_seen.0..=today.0).map(Day) {
            let stage = climb.on(day).name();
            if stages.last().is_none_or(|last| last.stage != stage) {
                stages.push(StageFrom { day, stage });
            }
        }
        let reached = goals.first_days(life);
        Some(Whole {
            row: self.row(question, &listed),
            is_regular: life.course.is_some_and(|course| course.on(today)),
            stages,
            present_on: life.presence.to_vec(),
            reached: reached
                .map(|(goal, day)| Reached {
                    goal: self.goals[goal].name.clone(),
                    day,
                })
                .collect(),
        })
    }
}
