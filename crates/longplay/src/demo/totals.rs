//! What the demo's video platform tells: totals per video and day. They never become people.

use longplay_domain::{Sample, sample::Span};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::{
    calendar::{Calendar, DAYS, exponential},
    catalogue::Published,
};

/// Views fall with age as (1 + days)^-0.75: most come early, some forever.
const DECAY: f64 = -0.75;
/// Average seconds watched per view.
const WATCH_SECONDS_PER_VIEW: f64 = 212.0;
/// New followers per 1,000 views.
const FOLLOWERS_PER_1000: f64 = 4.0;

pub fn samples(calendar: &Calendar, pieces: &[Published]) -> Vec<Sample> {
    let mut followers = vec![0.0; DAYS as usize];
    let mut samples = Vec::new();
    for (index, video) in pieces
        .iter()
        .enumerate()
        .filter(|(_, piece)| piece.channel == "youtube")
    {
        let mut rng = ChaCha8Rng::seed_from_u64(5_000 + index as u64);
        for day in video.offset..DAYS {
            let age_days = f64::from(day - video.offset);
            // The mean of eight exponential draws around 1: everyday unevenness of about a third.
            let noise = (0..8).map(|_| exponential(1.0, &mut rng)).sum::<f64>() / 8.0;
            let views =
                (f64::from(video.reach) * (1.0 + age_days).powf(DECAY) * calendar.weekday_weight(day) * noise).round();
            followers[day as usize] += views * FOLLOWERS_PER_1000 / 1_000.0;
            samples.push(total(calendar, day, Some(video.id), "views", views));
            samples.push(total(
                calendar,
                day,
                Some(video.id),
                "watch_seconds",
                (views * WATCH_SECONDS_PER_VIEW).round(),
            ));
        }
    }
    let gained = (0..DAYS).map(|day| total(calendar, day, None, "followers_gained", followers[day as usize].round()));
    samples.extend(gained);
    samples
}

fn total(calendar: &Calendar, day: u32, piece: Option<&str>, metric: &str, value: f64) -> Sample {
    Sample {
        channel: "youtube".to_owned(),
        piece: piece.map(str::to_owned),
        day: calendar.day(day),
        metric: metric.to_owned(),
        value,
        span: Span::Day,
    }
}
