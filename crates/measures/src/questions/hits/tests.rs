//! How often nothing is taken for something, and something for nothing, over whole channels.

use longplay_domain::{Day, Time, Zone};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma, Poisson};

use super::{
    daily::{Channel, Daily, Seen, channel},
    watch::{Watch, watch_channel},
};
use crate::{
    memory::Memory,
    question::{Key, Question},
};

const DAYS: i32 = 28 + 365;
const WEEKDAYS: [f64; 7] = [1.1, 1.05, 1.0, 1.0, 0.95, 0.85, 1.05];

fn question() -> Question {
    Question::new(Key::Hits, Time::from_micros(1_780_000_000_000_000), Zone::utc())
}

/// A channel of pieces with a weekly rhythm and 15 % of spread beyond chance, in which nothing happens.
fn quiet(pieces: usize, median: f64, rng: &mut ChaCha8Rng) -> Channel {
    let spread = Gamma::new(44.0, 1.0 / 44.0).expect("a shape and a scale");
    let mut seen = Seen::default();
    for day in (0..DAYS).map(|day| Day(19_000 + day)) {
        for piece in 0..pieces {
            let mean = median * WEEKDAYS[day.weekday()] * spread.sample(rng);
            let value: f64 = Poisson::new(mean).expect("a mean above zero").sample(rng);
            *seen.whole.entry(day).or_default() += value;
            seen.pieces
                .entry(format!("piece {piece}"))
                .or_default()
                .insert(day, value);
        }
    }
    channel(Some("website".to_owned()), true, seen)
}

fn watch(channel: &Channel) -> Watch {
    let mut watch = Watch::default();
    watch_channel(&question(), &Memory::default(), channel, &mut watch);
    watch
}

#[test]
fn fewer_than_one_false_stretch_per_channel_and_year() {
    const YEARS: usize = 10;
    for pieces in [1, 20] {
        for median in [0.2, 1.0, 5.0, 60.0, 20_000.0, 1_000_000.0] {
            let mut rng = ChaCha8Rng::seed_from_u64(pieces as u64 * 1_000 + median as u64);
            let alarms: usize = (0..YEARS)
                .map(|_| watch(&quiet(pieces, median, &mut rng)).hits.len())
                .sum();
            assert!(
                alarms < YEARS,
                "{alarms} in {YEARS} years of {pieces} pieces with {median} a day"
            );
        }
    }
}

/// Five people on a piece that usually has none are what chance would hardly bring, and no hit.
#[test]
fn a_handful_is_no_hit_however_rare() {
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    let mut channel = quiet(10, 0.05, &mut rng);
    channel.whole.days.iter_mut().for_each(|day| day.1 = 2.0);
    for (index, people) in [(120, 9.0), (200, 40.0)] {
        let piece = channel.pieces.get_mut("piece 3").expect("there are ten");
        piece.days[index].1 = people;
    }
    let watch = watch(&channel);
    let days: Vec<Day> = watch.hits.iter().map(|hit| hit.peak_day).collect();
    assert_eq!(days, [Day(19_200)]);
}

fn raise(daily: &mut Daily, index: usize, value: f64) {
    daily.days[index].1 += value;
}

#[test]
fn a_piece_that_rises_among_twenty_is_found_and_named() {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    for median in [20.0, 500.0] {
        let mut channel = quiet(20, median, &mut rng);
        raise(
            channel.pieces.get_mut("piece 7").expect("there are twenty"),
            200,
            median * 12.0,
        );
        raise(&mut channel.whole, 200, median * 12.0);
        let watch = watch(&channel);
        let hit = watch
            .hits
            .iter()
            .find(|hit| hit.peak_day == Day(19_200))
            .expect("found");
        assert_eq!(hit.piece.as_deref(), Some("piece 7"));
        assert!(hit.peak / hit.base > 8.0, "{} over {}", hit.peak, hit.base);
    }
}

#[test]
fn a_new_piece_that_lifts_the_whole_channel_is_named_without_a_past_of_its_own() {
    let mut rng = ChaCha8Rng::seed_from_u64(10);
    let mut channel = quiet(3, 100.0, &mut rng);
    let new = Daily {
        days: (0..5)
            .map(|day| (Day(19_300 + day), [4_000.0, 900.0, 300.0, 150.0, 90.0][day as usize]))
            .collect(),
    };
    for &(day, value) in &new.days {
        raise(&mut channel.whole, (day.0 - 19_000) as usize, value);
    }
    channel.pieces.insert("brand new".to_owned(), new);
    let watch = watch(&channel);
    let hit = watch.hits.iter().find(|hit| hit.start == Day(19_300)).expect("found");
    assert_eq!((hit.piece.as_deref(), hit.is_channel_wide), (Some("brand new"), true));
}

#[test]
fn a_young_channel_is_too_early() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let mut channel = quiet(2, 100.0, &mut rng);
    channel.whole.days.truncate(20);
    channel.pieces.values_mut().for_each(|daily| daily.days.truncate(20));
    let watch = watch(&channel);
    assert_eq!(
        (watch.hits.len(), watch.judged_days, watch.first_ready),
        (0, 0, Some(Day(19_029)))
    );
}
