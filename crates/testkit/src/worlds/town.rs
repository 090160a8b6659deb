//! Where the people of a world live: its calendar, its shelf of pieces, and what becomes of somebody who arrives.
//!
//! Everything random comes from one seeded generator, in the order of the calls, so a seed is a world on every machine. Every row has
//! an id of its own, and no person has two rows in the same second of a day but by such chance that ids decide.

use longplay_domain::{Day, Piece, Time, Zone};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp, Gamma, Poisson};

use super::{Size, habit::Habit};
use crate::Row;

/// What an order costs, in whole cents: gamma with this shape. Mean 40.00, so the scale is 10.00.
pub const ORDER_MEAN: f64 = 40.0;
const ORDER_SHAPE: f64 = 4.0;
/// People come between seven in the morning and ten in the evening, so no change of clocks moves them into another day.
const OPEN_SECONDS: std::ops::Range<i64> = 7 * 3_600..22 * 3_600;
/// A piece is of the back catalogue from this age on (as durability means it).
const OLD_DAYS: i32 = 90;
/// From so many old pieces on the back catalogue is whole.
const CATALOGUE: usize = 8;

pub struct Town {
    name: &'static str,
    zone: Zone,
    first: Day,
    /// Days on which something can happen: offsets 0 up to this.
    pub days: i32,
    size: Size,
    pub random: ChaCha8Rng,
    pub rows: Vec<Row>,
    pub pieces: Vec<Piece>,
    /// What people who come back read, by day of publication.
    shelf: Vec<(i32, String)>,
    people: u32,
    /// How many buy in the end, whether within the world's days or later.
    pub buyers: u32,
}

/// How somebody first arrived.
#[derive(Clone, Copy, Debug, Default)]
pub struct Arrival<'a> {
    pub offset: i32,
    pub piece: Option<&'a str>,
    pub referrer: Option<&'a str>,
    pub campaign: Option<&'a str>,
    pub country: Option<&'a str>,
}

impl Town {
    pub fn new(name: &'static str, zone: &str, first: &str, (seed, size): (u64, Size)) -> Self {
        Self {
            name,
            zone: Zone::named(zone).expect("a zone of the time zone database"),
            first: Day::parse(first).expect("a day as written in the world's file"),
            days: 364,
            size,
            random: ChaCha8Rng::seed_from_u64(seed ^ own(name)),
            rows: Vec::new(),
            pieces: Vec::new(),
            shelf: Vec::new(),
            people: 0,
            buyers: 0,
        }
    }

    pub fn day(&self, offset: i32) -> Day {
        self.first.plus(offset)
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.random.random_bool(probability)
    }

    /// 1 + ⌊Exp(mean)⌋ days.
    pub fn gap(&mut self, mean_days: f64) -> i32 {
        let exponential = Exp::new(1.0 / mean_days).expect("a mean above zero");
        1 + exponential.sample(&mut self.random) as i32
    }

    /// A Poisson number of people; a small world has a part of them.
    pub fn crowd(&mut self, mean: f64) -> u32 {
        let poisson = Poisson::new(mean * self.size.share()).expect("a mean above zero");
        poisson.sample(&mut self.random) as u32
    }

    /// So many people in a whole world, a part of them in a small one.
    pub fn head_count(&self, people: u32) -> u32 {
        (f64::from(people) * self.size.share()).round() as u32
    }

    /// Draws an index by weights that sum to one.
    pub fn pick(&mut self, shares: &[f64]) -> usize {
        let mut draw = self.random.random::<f64>();
        let drawn = shares.iter().position(|share| {
            draw -= share;
            draw < 0.0
        });
        drawn.unwrap_or(shares.len() - 1)
    }

    pub fn time(&mut self, offset: i32) -> Time {
        let seconds = self.random.random_range(OPEN_SECONDS);
        Time::from_micros(self.zone.start_of(self.day(offset)).micros() + seconds * 1_000_000)
    }

    /// Puts out a piece at six in the morning, before anybody comes; people who come back read it only when it is on the shelf.
    pub fn publish(&mut self, offset: i32, on_shelf: bool, piece: Piece) {
        let six = self.zone.start_of(self.day(offset)).micros() + 6 * 3_600_000_000;
        if on_shelf {
            self.shelf.push((offset, piece.id.clone()));
        }
        self.pieces.push(Piece {
            published_at: Some(Time::from_micros(six)),
            ..piece
        });
    }

    /// A piece that is out by that day: one of the back catalogue with probability `old`, else the latest. While the back
    /// catalogue is small it gets its part of that only, or its first piece would be a hit of its own.
    pub fn read(&mut self, offset: i32, old: f64) -> Option<String> {
        let out = self.shelf.partition_point(|&(published, _)| published <= offset);
        let aged = self
            .shelf
            .partition_point(|&(published, _)| published < offset - OLD_DAYS);
        let old = old * (aged as f64 / CATALOGUE as f64).min(1.0);
        let place = if self.chance(old) {
            self.random.random_range(0..aged)
        } else {
            out.checked_sub(1)?
        };
        Some(self.shelf[place].1.clone())
    }

    /// One more row; its id is its number.
    pub fn row(&mut self, offset: i32, person: &str, event: &str) -> &mut Row {
        let time = self.time(offset);
        let mut row = Row::new(time, person, event);
        row.id = Some(format!("{}-{}", self.name, self.rows.len()));
        row.channel = Some("website".to_owned());
        self.rows.push(row);
        self.rows.last_mut().expect("just pushed")
    }

    /// Somebody nobody has seen before.
    pub fn stranger(&mut self) -> String {
        self.people += 1;
        format!("anonymous:{}-{}", self.name, self.people)
    }

    /// Somebody arrives and lives by their habit to the end of the world's days. Returns who.
    pub fn arrive(&mut self, habit: &Habit, arrival: Arrival<'_>) -> String {
        let person = self.stranger();
        self.live(&person, habit, arrival);
        person
    }

    pub fn live(&mut self, person: &str, habit: &Habit, arrival: Arrival<'_>) {
        let offset = arrival.offset;
        let first = self.row(offset, person, "viewed");
        first.piece = arrival.piece.map(str::to_owned);
        first.referrer = arrival.referrer.map(str::to_owned);
        first.campaign = arrival.campaign.map(str::to_owned);
        first.country = arrival.country.map(str::to_owned);
        let first_seen = first.time;
        if self.chance(habit.signs_up) {
            // A minute after the first view, so that nothing comes before it.
            let row = self.row(offset, person, "signed_up");
            row.time = Time::from_micros(first_seen.micros() + 60_000_000);
        }
        self.visits(person, habit, offset);
        if self.chance(habit.signs_up_later) {
            let at = offset + self.gap(habit.signs_up_after_days);
            if at < self.days {
                self.row(at, person, "signed_up");
            }
        }
        if self.chance(habit.buys) {
            self.buyers += 1;
            let at = offset + self.gap(habit.buys_after_days);
            self.orders(person, habit, at);
        }
    }

    fn visits(&mut self, person: &str, habit: &Habit, first: i32) {
        if !self.chance(habit.comes_back) {
            return;
        }
        let mut offset = first + self.gap(habit.first_gap_days);
        while offset < self.days {
            let piece = self.read(offset, 0.3);
            self.row(offset, person, "viewed").piece = piece;
            if !self.chance(habit.goes_on) {
                return;
            }
            offset += self.gap(habit.gap_days);
        }
    }

    fn orders(&mut self, person: &str, habit: &Habit, mut offset: i32) {
        let prices = Gamma::new(ORDER_SHAPE, ORDER_MEAN / ORDER_SHAPE).expect("both above zero");
        while offset < self.days {
            let price = prices.sample(&mut self.random).max(0.01);
            let row = self.row(offset, person, "purchased");
            row.channel = Some("shop".to_owned());
            (row.value, row.currency) = (Some(format!("{price:.2}")), Some("EUR".to_owned()));
            if !self.chance(habit.buys_again) {
                return;
            }
            offset += self.gap(habit.buys_again_after_days);
        }
    }
}

/// A number of the world's own (FNV-1a of its name), so that worlds of one seed have nothing in common.
fn own(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A piece of the website with what every world's pieces state.
pub fn article(id: impl Into<String>, topic: &str) -> Piece {
    let id = id.into();
    Piece {
        title: Some(id.replace('-', " ")),
        channel: Some("website".to_owned()),
        format: Some("article".to_owned()),
        topics: vec![topic.to_owned()],
        effort_hours: Some(4.0),
        ..Piece::named(id)
    }
}
