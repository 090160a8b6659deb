//! Random audiences that hit the corners: days that end at odd instants, ties in time, duplicates, late files.
//!
//! The same seed is the same audience, on every machine. No tie hangs on an id we'd have to make up ourselves: rows that
//! share person and time have ids of their own, so that another program can tell their order too.

use longplay_domain::{Act, Day, Time, Zone};
use rand::{
    RngExt, SeedableRng,
    seq::{IndexedRandom, SliceRandom},
};
use rand_chacha::ChaCha8Rng;

use crate::Row;

/// Zones, and a day on which each does something odd to its clocks.
const ZONES: [(&str, &str); 8] = [
    ("UTC", "2024-02-29"),
    ("Europe/Vienna", "2024-03-31"),
    ("Europe/Vienna", "2024-10-27"),
    ("America/New_York", "2023-11-05"),
    ("Australia/Lord_Howe", "2023-10-01"),
    ("America/Santiago", "2023-09-03"),
    ("America/Sao_Paulo", "2017-10-15"),
    ("Pacific/Apia", "2011-12-31"),
];
const FREQUENT: [Act; 6] = [
    Act::Viewed,
    Act::Opened,
    Act::Purchased,
    Act::Refunded,
    Act::Subscribed,
    Act::Other,
];
const CHANNELS: [&str; 3] = ["website", "newsletter", "shop"];
const AMOUNTS: [(&str, &str); 6] = [
    ("12.50", "EUR"),
    ("0.01", "EUR"),
    ("1999", "JPY"),
    ("7.125", "KWD"),
    ("1000000.00", "USD"),
    ("0", "GBP"),
];
const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// An audience, as the files in which it arrives.
#[derive(Clone, Debug)]
pub struct RandomAudience {
    pub zone: Zone,
    /// In order of arrival; inside a file, and from file to file, in no order of time.
    pub files: Vec<Vec<Row>>,
}

impl RandomAudience {
    pub fn new(seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let (zone, odd_day) = ZONES[random.random_range(0..ZONES.len())];
        let zone = Zone::named(zone).expect("a zone of the time zone database");
        let odd_day = Day::parse(odd_day).expect("a day as written above");
        let people = random.random_range(1..=30);
        let count = *[1_usize, 30, 150, 400].choose(&mut random).expect("a choice of four");
        let mut maker = Maker {
            odd_day,
            span_days: random.random_range(2..200),
            people,
            zone,
            random,
        };
        let mut rows: Vec<Row> = (0..count).map(|number| maker.row(number)).collect();
        maker.tie(&mut rows);
        let files = maker.deal(&rows);
        Self {
            zone: maker.zone,
            files,
        }
    }

    /// All rows, in order of arrival.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.files.iter().flatten()
    }
}

struct Maker {
    random: ChaCha8Rng,
    zone: Zone,
    odd_day: Day,
    span_days: i32,
    people: usize,
}

impl Maker {
    /// An instant: often on a day's edge, often near the odd day, else anywhere in the span.
    fn time(&mut self) -> Time {
        let days = if self.random.random_bool(0.5) {
            3
        } else {
            self.span_days
        };
        let day = self.odd_day.plus(self.random.random_range(-days..=days));
        let start = self.zone.start_of(day).micros();
        if self.random.random_bool(0.3) {
            return Time::from_micros(start + self.random.random_range(-1..=1));
        }
        Time::from_micros(start + self.random.random_range(0..SECONDS_PER_DAY) * MICROS_PER_SECOND)
    }

    fn row(&mut self, number: usize) -> Row {
        let frequent = self.random.random_bool(0.6);
        let acts: &[Act] = if frequent { &FREQUENT } else { &Act::ALL };
        let act = acts[self.random.random_range(0..acts.len())];
        let person = format!("email:reader{}@example.com", self.random.random_range(0..self.people));
        let mut row = Row::new(self.time(), person, act.name());
        row.id = self.random.random_bool(0.7).then(|| format!("e{number}"));
        row.piece = self
            .random
            .random_bool(0.6)
            .then(|| format!("piece-{}", self.random.random_range(0..5)));
        row.channel = self
            .random
            .random_bool(0.7)
            .then(|| CHANNELS[self.random.random_range(0..CHANNELS.len())].to_owned());
        if matches!(act, Act::Purchased | Act::Refunded) || self.random.random_bool(0.05) {
            let (value, currency) = AMOUNTS[self.random.random_range(0..AMOUNTS.len())];
            (row.value, row.currency) = (Some(value.to_owned()), Some(currency.to_owned()));
        }
        row
    }

    /// One row in six moves to another's person and instant.
    fn tie(&mut self, rows: &mut [Row]) {
        for at in 0..rows.len() {
            if self.random.random_bool(1.0 / 6.0) {
                let other = self.random.random_range(0..rows.len());
                (rows[at].time, rows[at].person) = (rows[other].time, rows[other].person.clone());
                for tied in [at, other] {
                    rows[tied].id.get_or_insert_with(|| format!("tied{tied}"));
                }
            }
        }
        self.name_ties(rows);
    }

    /// Two rows may also have met by chance.
    fn name_ties(&self, rows: &mut [Row]) {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by(|&a, &b| (&rows[a].person, rows[a].time).cmp(&(&rows[b].person, rows[b].time)));
        for pair in order.windows(2) {
            let [a, b] = [pair[0], pair[1]];
            if rows[a].person == rows[b].person && rows[a].time == rows[b].time {
                for tied in [a, b] {
                    rows[tied].id.get_or_insert_with(|| format!("tied{tied}"));
                }
            }
        }
    }

    /// Deals the rows into files in no order, and sends one in eight a second time.
    fn deal(&mut self, rows: &[Row]) -> Vec<Vec<Row>> {
        let mut arriving: Vec<Row> = rows.to_vec();
        arriving.extend(
            rows.iter()
                .filter(|_| self.random.random_bool(0.125))
                .cloned()
                .collect::<Vec<_>>(),
        );
        arriving.shuffle(&mut self.random);
        let mut files = vec![Vec::new(); self.random.random_range(1..=4)];
        for row in arriving {
            let file = self.random.random_range(0..files.len());
            files[file].push(row);
        }
        files
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;

    #[test]
    fn a_seed_is_an_audience() {
        assert_eq!(RandomAudience::new(7).files, RandomAudience::new(7).files);
        assert_ne!(RandomAudience::new(7).files, RandomAudience::new(8).files);
    }

    #[test]
    fn every_tie_is_told_apart_by_ids_of_its_own() {
        for seed in 0..50 {
            let audience = RandomAudience::new(seed);
            let mut groups: HashMap<_, Vec<&Row>> = HashMap::new();
            audience
                .rows()
                .for_each(|row| groups.entry((&row.person, row.time)).or_default().push(row));
            for rows in groups.values() {
                let distinct = rows.iter().skip(1).any(|row| *row != rows[0]);
                assert!(
                    !distinct || rows.iter().all(|row| row.id.is_some()),
                    "seed {seed}: {rows:?}"
                );
            }
        }
    }

    #[test]
    fn the_corners_are_hit() {
        let audiences: Vec<_> = (0..50).map(RandomAudience::new).collect();
        let rows = || audiences.iter().flat_map(RandomAudience::rows);
        let acts: HashSet<_> = rows().map(|row| row.event.as_str()).collect();
        let currencies: HashSet<_> = rows().filter_map(|row| row.currency.as_deref()).collect();
        assert_eq!((acts.len(), currencies.len()), (Act::ALL.len(), 5));
        let repeated = |audience: &&RandomAudience| {
            let mut seen = HashSet::new();
            audience
                .rows()
                .any(|row| row.id.as_ref().is_some_and(|id| !seen.insert(id)))
        };
        assert!(audiences.iter().filter(repeated).count() > 20);
        assert!(audiences.iter().any(|audience| audience.files.len() > 1));
    }
}
