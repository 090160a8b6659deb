//! What the plan knows of each piece: its arm, what it took, and whom it brought in its first 90 days.

use std::collections::BTreeMap;

use longplay_domain::{Currency, Day, Piece};

use crate::{ask::Ground, evidence::Evidence, folds::Map, question::Question};

/// Days after its publication in which a piece is judged.
pub const HORIZON_DAYS: i32 = 90;
/// A younger piece is judged by what is usual at its age once so much of the usual total has come by then.
const MATURED_MIN: f64 = 0.25;

/// Topic (the first the owner names), format and channel, as far as the registry says.
pub type Arm = [Option<String>; 3];
pub const FACTS: [&str; 3] = ["topic", "format", "channel"];

/// One piece.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    pub id: String,
    pub arm: Arm,
    /// Its publication; where nobody said, the first day on which it brought anybody.
    pub start: Day,
    /// Hours of work; `None` where nobody said.
    pub hours: Option<f64>,
    pub cost: Option<(Currency, f64)>,
    /// Regulars and buyers it brought, by days since its start, 0 to 90.
    pub brought: BTreeMap<i32, u64>,
    /// Those of `brought` who are regulars; the others bought.
    pub regulars: u64,
    /// How much of what pieces usually bring in 90 days has come at its age: 1 once they are over.
    pub matured: f64,
}

impl Tried {
    pub fn total(&self) -> u64 {
        self.brought.values().sum()
    }

    /// The first day on which all its 90 days have been seen.
    pub fn ready_on(&self) -> Day {
        self.start.plus(HORIZON_DAYS + 1)
    }

    pub fn is_ready(&self, today: Day) -> bool {
        self.ready_on() <= today
    }

    /// Whether enough of its time is over to say something.
    pub fn counts(&self) -> bool {
        self.matured >= MATURED_MIN
    }
}

/// Every piece that was published or brought anybody, in the question's period, up to today; by start, then id.
pub fn tried(question: &Question, ground: &Ground, evidence: &Evidence) -> Vec<Tried> {
    let terms = ground.snapshot.terms();
    let today = question.today();
    let registered: Map<&str, &Piece> = ground.pieces.iter().map(|piece| (piece.id.as_str(), piece)).collect();
    let mut seen: BTreeMap<String, Day> = BTreeMap::new();
    for (origin, _) in evidence.cohorts().cells() {
        if let Some(piece) = terms.text(origin.piece) {
            let first = seen.entry(piece.to_string()).or_insert(origin.day);
            *first = origin.day.min(*first);
        }
    }
    for piece in &ground.pieces {
        if let Some(published) = piece.published_at {
            seen.insert(piece.id.clone(), question.zone.day_of(published));
        }
    }
    let mut tried: BTreeMap<String, Tried> = seen
        .into_iter()
        .filter(|(_, start)| *start <= today && question.period.holds(*start))
        .map(|(id, start)| {
            let piece = registered.get(id.as_str()).copied();
            (id.clone(), known(id, piece, start))
        })
        .collect();
    bring(&mut tried, ground, evidence);
    let mut tried: Vec<Tried> = tried.into_values().collect();
    mature(&mut tried, today);
    tried.sort_by(|one, other| one.start.cmp(&other.start).then_with(|| one.id.cmp(&other.id)));
    tried
}

fn known(id: String, piece: Option<&Piece>, start: Day) -> Tried {
    let cost = piece.and_then(|piece| piece.cost).filter(|cost| cost.minor > 0);
    let hours = piece.and_then(|piece| piece.effort_hours);
    Tried {
        id,
        arm: [
            piece.and_then(|piece| piece.topics.first().cloned()),
            piece.and_then(|piece| piece.format.clone()),
            piece.and_then(|piece| piece.channel.clone()),
        ],
        start,
        hours: hours.filter(|hours| *hours > 0.0 && hours.is_finite()),
        cost: cost.map(|cost| {
            (
                cost.currency,
                cost.minor as f64 / 10_f64.powi(cost.currency.exponent() as i32),
            )
        }),
        brought: BTreeMap::new(),
        regulars: 0,
        matured: 0.0,
    }
}

/// Counts regulars and buyers under the piece that acquired them, as far as they became so in its 90 days.
fn bring(tried: &mut BTreeMap<String, Tried>, ground: &Ground, evidence: &Evidence) {
    let terms = ground.snapshot.terms();
    let mut add = |code, day: Day, people: u64, is_regular: bool| {
        let Some(piece) = terms.text(code).and_then(|piece| tried.get_mut(&*piece)) else {
            return;
        };
        let age_days = day.since(piece.start).max(0);
        if people > 0 && age_days <= HORIZON_DAYS {
            *piece.brought.entry(age_days).or_default() += people;
            piece.regulars += if is_regular { people } else { 0 };
        }
    };
    for (origin, people) in evidence.buyers().cells() {
        add(origin.piece, origin.day, u64::from(people), false);
    }
    for (origin, lag_days, cell) in evidence.regulars().cells() {
        add(origin.piece, origin.day.plus(lag_days), u64::from(cell.became), true);
    }
}

/// How much has usually come by each age, from pieces whose 90 days are over; what younger ones brought is held against it.
fn mature(tried: &mut [Tried], today: Day) {
    let mut by_age = [0_u64; HORIZON_DAYS as usize + 1];
    for piece in tried.iter().filter(|piece| piece.is_ready(today)) {
        for (&age_days, &people) in &piece.brought {
            by_age[age_days as usize] += people;
        }
    }
    let all: u64 = by_age.iter().sum();
    let share = |age_days: i32| {
        let so_far: u64 = by_age[..age_days.clamp(0, HORIZON_DAYS) as usize].iter().sum();
        if all > 0 { so_far as f64 / all as f64 } else { 0.0 }
    };
    for piece in tried {
        // Today is unfinished, so what usually comes on its age counts from tomorrow on.
        piece.matured = if piece.is_ready(today) {
            1.0
        } else {
            share(today.since(piece.start))
        };
    }
}
