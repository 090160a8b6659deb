//! A video channel that tells its totals and nobody's name: 40 videos, a year of views, and one old video that took off.
//!
//! A video has 400 views on its first day, a sixth less each day after, and 25 a day for good. On offsets 252 to 254 the 21st video,
//! published ten weeks before, has 40 times its lasting 25 and more on top of the whole channel's usual 1,700 or so.

use longplay_domain::{Sample, sample::Span};
use rand_distr::{Distribution, Poisson};
use serde_json::json;

use super::{
    Size, World,
    town::{Town, article},
    truth::{Holds, Truth},
};

const NAME: &str = "totals_only";
const ZONE: &str = "America/Los_Angeles";
const FIRST: &str = "2024-07-01";
const CHANNEL: &str = "youtube";
const EVERY_DAYS: i32 = 9;
const FIRST_DAY_VIEWS: f64 = 400.0;
const FADES_OVER_DAYS: f64 = 6.0;
const LASTING_VIEWS: f64 = 25.0;
const FOLLOWERS_PER_VIEW: f64 = 0.01;
const HIT: &str = "video-21";
const HIT_OFFSET: i32 = 252;
const HIT_VIEWS: [f64; 3] = [9_000.0, 6_000.0, 2_000.0];

pub fn world(seed: u64, size: Size) -> World {
    let mut town = Town::new(NAME, ZONE, FIRST, (seed, size));
    let mut samples = Vec::new();
    for (number, published) in (0..town.days).step_by(EVERY_DAYS as usize).enumerate() {
        let id = format!("video-{:02}", number + 1);
        let topic = ["tools", "visits"][number % 2];
        let mut piece = article(id.clone(), topic);
        (piece.channel, piece.format) = (Some(CHANNEL.to_owned()), Some("video".to_owned()));
        town.publish(published, true, piece);
        for offset in published..town.days {
            let age_days = f64::from(offset - published);
            let mut mean = FIRST_DAY_VIEWS * (-age_days / FADES_OVER_DAYS).exp() + LASTING_VIEWS;
            if id == HIT
                && let Some(views) = HIT_VIEWS.get((offset - HIT_OFFSET) as usize)
            {
                mean += views;
            }
            let views = Poisson::new(mean).expect("above zero").sample(&mut town.random);
            samples.push(sample(&town, offset, Some(&id), ("views", views)));
        }
    }
    for offset in 0..town.days {
        let day = town.day(offset);
        let of_day = samples.iter().filter(|sample| sample.day == day);
        let views: f64 = of_day.map(|sample| sample.value).sum();
        let followers = Poisson::new(views * FOLLOWERS_PER_VIEW).expect("above zero");
        let followers = followers.sample(&mut town.random);
        samples.push(sample(&town, offset, None, ("followers_gained", followers)));
    }
    World {
        name: NAME,
        zone: ZONE,
        as_of: "2025-06-30",
        ideal: None,
        rows: Vec::new(),
        pieces: town.pieces,
        samples,
        truth: truth(),
    }
}

fn sample(town: &Town, offset: i32, piece: Option<&str>, (metric, value): (&str, f64)) -> Sample {
    Sample {
        channel: CHANNEL.to_owned(),
        piece: piece.map(str::to_owned),
        day: town.day(offset),
        metric: metric.to_owned(),
        value,
        span: Span::Day,
    }
}

/// Offset 252 is 10 March 2025. Totals are no people, so nobody is known to have come back or bought.
fn truth() -> Truth {
    Truth::default()
        .all("returns", "people", Holds::NoData)
        .all("returns", "returned_28d", Holds::NoData)
        .all("goals", "converted_signup", Holds::NoData)
        .has(
            "hits",
            json!({"piece": HIT, "start": "2025-03-10", "peak_day": "2025-03-10"}),
        )
}
