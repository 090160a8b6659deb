//! What platforms count beside the people known here, and what is known to distort both.
//!
//! A platform's views are not people, so the two are set side by side and never added: of the views a channel counts, how many
//! could be a person known here on that day. Where nobody is known, the channel gives totals only, and says what it can: views,
//! follows, new and returning viewers; who came back or bought there stays unknown.

use std::collections::BTreeMap;

use longplay_domain::{Day, Sample};
use longplay_store::NONE;
use serde_json::{Value, json};

use crate::{
    answer::{Answer, Caution},
    ask::Ground,
    evidence::Evidence,
    question::Question,
    words,
};

/// Totals older than so many days are late.
const DELAY_DAYS: i32 = 3;
/// Below this share of its views a channel is said to be mostly unknown.
const SHARE_LEAST: f64 = 0.5;
/// From so many opens by programs, and this share of all, opens are said to be distorted.
const OPENS_MIN: u64 = 20;
const OPENS_SHARE: f64 = 0.05;
/// From so many people on, and this share seen once and nameless, it is said that people may be counted twice.
const FLEETING_PEOPLE_MIN: u64 = 30;
const FLEETING_SHARE: f64 = 0.5;
/// Totals of these metrics add up over days. Those of people don't, nor do averages.
const ADDITIVE: [&str; 14] = [
    "views",
    "watch_seconds",
    "impressions",
    "likes",
    "dislikes",
    "comments",
    "shares",
    "followers_gained",
    "followers_lost",
    "followers_net",
    "subscribers_gained",
    "subscribers_lost",
    "subscribers_net",
    "engaged_views",
];

/// One channel's views beside the people known in it.
struct Channel {
    name: String,
    views: f64,
    /// People known, each once a day.
    identified: u64,
    days: u64,
    first: Day,
    last: Day,
}

impl Channel {
    fn share(&self) -> Option<f64> {
        (self.views > 0.0).then(|| self.identified as f64 / self.views)
    }

    fn row(&self) -> Value {
        json!({
            "kind": "reconciliation",
            "channel": self.name,
            "metric": "views",
            "platform_total": self.views,
            "identified": self.identified,
            "share": self.share(),
            "days": self.days,
            "from": self.first,
            "to": self.last,
        })
    }
}

/// The rows and cautions to be said beside an answer about people.
pub struct Beside {
    rows: Vec<Value>,
    cautions: Vec<Caution>,
}

impl Beside {
    /// Puts them after what the answer says itself.
    pub fn join(self, answer: &mut Answer) {
        answer.rows.extend(self.rows);
        answer.cautions.extend(self.cautions);
    }
}

/// Totals beside people, and every distortion that applies.
pub fn of_people(question: &Question, ground: &Ground, evidence: &Evidence) -> Beside {
    let mut beside = of_channels(question, ground, evidence);
    let distortions = evidence.distortions();
    beside
        .cautions
        .extend(opens(distortions.opened_by_programs, distortions.opens));
    beside
        .cautions
        .extend(fleeting(distortions.fleeting, distortions.people));
    beside
}

/// Totals beside people, what is left out, and what is late.
pub fn of_channels(question: &Question, ground: &Ground, evidence: &Evidence) -> Beside {
    let channels = channels(question, ground, evidence);
    let mut rows: Vec<Value> = channels.iter().map(Channel::row).collect();
    rows.extend(metrics(question, ground));
    let mut cautions = Vec::new();
    let (unknown, known): (Vec<&Channel>, Vec<&Channel>) = channels.iter().partition(|channel| channel.identified == 0);
    if !unknown.is_empty() {
        let message = format!(
            "{} gives totals only: who came, came back or bought there is not known here, and is in no figure about people.",
            names(&unknown)
        );
        cautions.push(Caution {
            code: "totals_only",
            message,
        });
    }
    cautions.extend(known.iter().filter_map(|channel| unidentified(channel)));
    cautions.extend(channels.iter().filter_map(|channel| delay(question, channel)));
    cautions.extend(left_out(ground));
    Beside { rows, cautions }
}

fn names(channels: &[&Channel]) -> String {
    let names: Vec<&str> = channels.iter().map(|channel| channel.name.as_str()).collect();
    names.join(", ")
}

/// Channels with day totals of views within the question's period, by name.
fn channels(question: &Question, ground: &Ground, evidence: &Evidence) -> Vec<Channel> {
    let mut views: BTreeMap<&str, BTreeMap<Day, f64>> = BTreeMap::new();
    for (channel, samples) in by_channel(&ground.views) {
        let days = views.entry(channel).or_default();
        // A channel's own total; where it gives none, that of its pieces: views add up.
        let has_own = samples.iter().any(|sample| sample.piece.is_none());
        let counted = samples
            .into_iter()
            .filter(|sample| sample.piece.is_none() == has_own && question.period.holds(sample.day));
        for sample in counted {
            *days.entry(sample.day).or_default() += sample.value;
        }
    }
    let terms = ground.snapshot.terms();
    let mut people: BTreeMap<(String, Day), u64> = BTreeMap::new();
    for (origin, count) in evidence.reach().cells() {
        if origin.piece == NONE
            && let Some(name) = terms.text(origin.channel)
        {
            *people.entry((name.to_string(), origin.day)).or_default() += u64::from(count);
        }
    }
    let channel = |(name, days): (&str, BTreeMap<Day, f64>)| {
        let known = |day: &Day| people.get(&(name.to_owned(), *day)).copied().unwrap_or(0);
        Some(Channel {
            name: name.to_owned(),
            views: days.values().sum(),
            identified: days.keys().map(known).sum(),
            days: days.len() as u64,
            first: *days.first_key_value()?.0,
            last: *days.last_key_value()?.0,
        })
    };
    views.into_iter().filter_map(channel).collect()
}

fn by_channel(samples: &[Sample]) -> BTreeMap<&str, Vec<&Sample>> {
    let mut channels: BTreeMap<&str, Vec<&Sample>> = BTreeMap::new();
    for sample in samples {
        channels.entry(&sample.channel).or_default().push(sample);
    }
    channels
}

/// What else platforms count by day for a whole channel: a total where days add up, else a day's mean.
fn metrics(question: &Question, ground: &Ground) -> Vec<Value> {
    let mut sums: BTreeMap<(&str, &str), BTreeMap<Day, f64>> = BTreeMap::new();
    for sample in ground
        .platform
        .iter()
        .filter(|sample| question.period.holds(sample.day))
    {
        let days = sums.entry((&sample.channel, &sample.metric)).or_default();
        days.insert(sample.day, sample.value);
    }
    let row = |((channel, metric), days): ((&str, &str), BTreeMap<Day, f64>)| {
        let total: f64 = days.values().sum();
        json!({
            "kind": "platform_metric",
            "channel": channel,
            "metric": metric,
            "days": days.len(),
            "from": days.first_key_value().map(|(day, _)| *day),
            "to": days.last_key_value().map(|(day, _)| *day),
            "total": ADDITIVE.contains(&metric).then_some(total),
            "per_day": total / days.len().max(1) as f64,
        })
    };
    sums.into_iter().map(row).collect()
}

fn unidentified(channel: &Channel) -> Option<Caution> {
    let share = channel.share().filter(|&share| share < SHARE_LEAST)?;
    let unknown = words::Share::of(1.0 - share, 1.0 - share, 1.0 - share);
    Some(Caution {
        code: "mostly_unidentified",
        message: format!(
            "{} of the views that {} counts belong to nobody known here: trackers that are blocked, other devices, or people who \
             came several times a day.",
            unknown.value(),
            channel.name
        ),
    })
}

fn delay(question: &Question, channel: &Channel) -> Option<Caution> {
    let yesterday = question.today().plus(-1);
    // A period that ends in the past is not late.
    let awaited = question.period.to.map_or(yesterday, |to| to.plus(-1).min(yesterday));
    (awaited.since(channel.last) > DELAY_DAYS).then(|| Caution {
        code: "platform_delay",
        message: format!(
            "The last totals of {} are of {}; the days since are missing there, not zero.",
            channel.name,
            words::day(channel.last)
        ),
    })
}

fn left_out(ground: &Ground) -> Option<Caution> {
    let bots = ground.marked.bots;
    (bots > 0).then(|| Caution {
        code: "bots_left_out",
        message: match bots {
            1 => "1 event that programs sent is left out.".to_owned(),
            _ => format!("{} events that programs sent are left out.", words::count(bots)),
        },
    })
}

fn opens(by_programs: u64, opens: u64) -> Option<Caution> {
    let share = by_programs as f64 / opens.max(1) as f64;
    (by_programs >= OPENS_MIN && share >= OPENS_SHARE).then(|| Caution {
        code: "mail_proxies",
        message: format!(
            "{} of the {} opens came within seconds of delivery or several at once. Mail programs open by themselves, and such an open \
             looks like a visit.",
            words::count(by_programs),
            words::count(opens)
        ),
    })
}

fn fleeting(fleeting: u64, people: u64) -> Option<Caution> {
    let share = fleeting as f64 / people.max(1) as f64;
    (people >= FLEETING_PEOPLE_MIN && share >= FLEETING_SHARE).then(|| Caution {
        code: "short_lived_ids",
        message: format!(
            "{} people were seen on one day only and never said who they are. Some of them may be the same person again: a cookie that was \
             cleared, another device.",
            words::Share::of(share, share, share).value()
        ),
    })
}
