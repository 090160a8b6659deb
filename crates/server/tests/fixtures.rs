//! Answers as `longplay-measures` gives them, over a year of a small made-up audience, and their edge states.

use std::collections::BTreeMap;

use longplay_domain::Day;
use longplay_measures::{Answer, Caution, Figure, Grade, Point, Scope, Series, State};
use longplay_server::pages::{Frame, Titles};
use longplay_server::{Assets, pages};

pub const PIECES: [(&str, &str); 13] = [
    (
        "ten-mistakes",
        "Ten mistakes everybody makes when they start to repair old radios and how to mend them",
    ),
    ("studio-tour", "Studio tour"),
    ("series-1", "The quiet series, part 1"),
    ("series-2", "The quiet series, part 2"),
    ("series-3", "The quiet series, part 3"),
    ("letter-41", "Newsletter 41"),
    ("letter-42", "Newsletter 42"),
    ("solder", "Soldering without fear"),
    ("shop-guide", "Which kit is for you?"),
    ("faq", "Questions people ask"),
    ("valves", "Valves, explained"),
    ("young", "Published yesterday"),
    ("small", "A small piece"),
];

pub fn today() -> Day {
    Day::parse("2026-11-23").unwrap()
}

pub fn titles() -> Titles {
    Titles::new(PIECES.map(|(id, title)| (id.to_owned(), title.to_owned())))
}

pub fn frame(demo: bool) -> Frame {
    Frame::new(&Assets::new(), demo)
}

pub fn home(answers: &[Answer]) -> String {
    use askama::Template;
    pages::home(answers, &titles(), pages::Filter::default(), frame(false))
        .render()
        .unwrap()
}

/// A page of all the answers with all there is to show.
pub fn page(answers: &[Answer]) -> String {
    page_with(answers, &titles())
}

pub fn page_with(answers: &[Answer], titles: &Titles) -> String {
    use askama::Template;
    let keys: Vec<&str> = answers.iter().map(|answer| answer.question).collect();
    pages::answers(("All", &keys), answers, titles, pages::Filter::default(), frame(false))
        .render()
        .unwrap()
}

pub fn answer(question: &'static str, sentence: &str) -> Answer {
    Answer {
        question,
        as_of: "2026-11-23T13:02:00Z".to_owned(),
        zone: "Europe/Vienna".to_owned(),
        snapshot: 12,
        sentence: sentence.to_owned(),
        grade: Grade::Counted,
        level: 0.9,
        figures: Vec::new(),
        comparison: None,
        rows: Vec::new(),
        series: Vec::new(),
        curves: Vec::new(),
        cautions: Vec::new(),
        method: format!("/methods/{question}"),
    }
}

pub fn piece(id: &str) -> Scope {
    BTreeMap::from([("piece", Some(id.to_owned()))])
}

pub fn share(key: &str, scope: Scope, n: u64, count: i64) -> Figure {
    let value = count as f64 / n as f64;
    let half = 1.645 * (value * (1.0 - value) / n as f64).sqrt();
    let (low, high) = ((value - half).max(0.0), (value + half).min(1.0));
    Figure {
        key: key.to_owned(),
        unit: "share".to_owned(),
        scope,
        n,
        count,
        value: Some(value),
        low: Some(low),
        high: Some(high),
        state: State::Known,
        grade: Grade::Counted,
        ready_on: None,
    }
}

pub fn per_1000(key: &str, scope: Scope, n: u64, count: i64) -> Figure {
    let figure = share(key, scope, n, count);
    let thousand = |value: Option<f64>| value.map(|value| value * 1000.0);
    let (value, low, high) = (thousand(figure.value), thousand(figure.low), thousand(figure.high));
    Figure {
        unit: "per_1000".to_owned(),
        value,
        low,
        high,
        ..figure
    }
}

pub fn too_early(figure: Figure, ready_on: &str) -> Figure {
    Figure {
        value: None,
        low: None,
        high: None,
        state: State::TooEarly,
        ready_on: Day::parse(ready_on),
        ..figure
    }
}

pub fn people(n: u64) -> Figure {
    Figure {
        key: "people".to_owned(),
        unit: "people".to_owned(),
        count: n as i64,
        value: Some(n as f64),
        low: None,
        high: None,
        ..share("people", Scope::new(), n.max(1), 0)
    }
}

/// A fixed sequence that looks like chance, between 0 and 1.
fn wobble(step: i32) -> f64 {
    (f64::from(step) * 12.9898).sin().abs() * 43.5453 % 1.0
}

pub fn returns() -> Answer {
    let sentence = "31 in 100 came back within 28 days (between 27 and 35). People of an ordinary week: 12.";
    let mut answer = answer("returns", sentence);
    answer.figures = vec![
        people(4_213),
        share("returned_7d", Scope::new(), 4_102, 722),
        share("returned_28d", Scope::new(), 3_912, 1_212),
        too_early(share("returned_90d", Scope::new(), 3_400, 1_400), "2026-12-09"),
    ];
    let monday = today().week_start();
    let points = (0..52).map(|week| {
        let day = monday.plus(7 * (week - 51));
        let n = (60.0 + 40.0 * wobble(week)) as u64 * if week == 24 { 12 } else { 1 };
        let rate = (0.12 + f64::from(week) * 0.004 + 0.05 * wobble(week + 7)) * if week == 24 { 0.1 } else { 1.0 };
        let figure = share("", Scope::new(), n, (rate * n as f64) as i64);
        let known = Point {
            day,
            n,
            value: figure.value,
            low: figure.low,
            high: figure.high,
            state: State::Known,
            marked: false,
        };
        let none = Point {
            value: None,
            low: None,
            high: None,
            ..known.clone()
        };
        match week {
            30 | 31 => Point {
                n: 0,
                state: State::NoData,
                ..none
            },
            47..=49 => Point {
                state: State::TooEarly,
                value: known.value.map(|value| value * 0.7),
                ..known
            },
            50.. => Point {
                state: State::TooEarly,
                ..none
            },
            _ => known,
        }
    });
    answer.series = vec![series("returned_28d", "share", Scope::new(), points.collect())];
    answer.cautions = vec![Caution {
        code: "unfinished",
        message: "301 of the 4,213 people have not had 28 days yet; they are not counted.".to_owned(),
    }];
    answer
}

pub fn goals() -> Answer {
    let sentence = "9 in 1,000 people bought; half of those who buy do so within 23 days.";
    let mut answer = answer("goals", sentence);
    answer.figures = vec![
        people(4_213),
        per_1000("converted_purchase", Scope::new(), 4_213, 38),
        per_1000("converted_signup", Scope::new(), 4_213, 312),
        per_1000("converted_download", Scope::new(), 4_213, 0),
        Figure {
            unit: "EUR".to_owned(),
            value: Some(2_318.5),
            low: None,
            high: None,
            ..share("revenue_EUR", Scope::new(), 4_213, 231_850)
        },
    ];
    for goal in ["converted_purchase", "converted_signup"] {
        for (index, (id, _)) in PIECES.iter().enumerate() {
            let n = [1_900, 420, 160, 155, 150, 260, 240, 130, 90, 70, 64, 41, 12][index];
            let buyers = [1, 4, 6, 7, 6, 3, 2, 2, 5, 1, 0, 0, 0][index];
            let count = if goal == "converted_signup" {
                buyers * 6 + 3
            } else {
                buyers
            };
            let figure = per_1000(goal, piece(id), n, count);
            answer.figures.push(if *id == "young" {
                too_early(figure, "2026-12-21")
            } else {
                figure
            });
        }
        answer
            .figures
            .push(per_1000(goal, BTreeMap::from([("piece", None)]), 300, 2));
    }
    answer
}

pub fn hits() -> Answer {
    let sentence = "“Ten mistakes” had about 14 times its usual day on 9 May. One of your 86 pieces ever did that (between 0.2 and \
                    5 in 100).";
    let mut answer = answer("hits", sentence);
    let stretches = Figure {
        unit: "episodes".to_owned(),
        value: Some(1.0),
        low: None,
        high: None,
        ..share("spikes", Scope::new(), 212, 1)
    };
    answer.figures = vec![stretches, share("rarity_pieces", Scope::new(), 86, 1)];
    answer.rows = vec![serde_json::json!({
        "kind": "episode", "channel": "website", "piece": "ten-mistakes", "start": "2026-05-09", "end": "2026-05-13",
        "peak_day": "2026-05-09", "peak": 1_310.0, "base": 95.0,
    })];
    let spike = Day::parse("2026-05-09").unwrap();
    let points = (0..240).map(|step| {
        let day = today().plus(step - 239);
        let usual = if day.weekday() >= 5 { 60.0 } else { 95.0 };
        let after = day.since(spike);
        let push = if after >= 0 {
            1_250.0 * (-f64::from(after) / 2.5).exp()
        } else {
            0.0
        };
        let value = (usual + 40.0 * (wobble(step) - 0.5) + push).round();
        let gap = (150..156).contains(&step);
        Point {
            day,
            n: value as u64,
            value: (!gap).then_some(value),
            low: (step >= 28).then_some(usual * 0.55),
            high: (step >= 28).then_some(usual * 1.6),
            state: if gap { State::NoData } else { State::Known },
            marked: value > usual * 3.0,
        }
    });
    answer.series = vec![series(
        "daily",
        "people",
        BTreeMap::from([("channel", Some("website".to_owned()))]),
        points.collect(),
    )];
    answer.cautions = vec![Caution {
        code: "false_alarms",
        message: "By chance alone expect about one unusual day a year for each piece.".to_owned(),
    }];
    answer
}

pub fn series(key: &str, unit: &str, scope: Scope, points: Vec<Point>) -> Series {
    Series {
        key: key.to_owned(),
        title: "People a day, website".to_owned(),
        unit: unit.to_owned(),
        scope,
        points,
    }
}

pub fn all() -> [Answer; 3] {
    [returns(), goals(), hits()]
}

/// As after `longplay serve` on a new directory.
pub fn empty() -> [Answer; 3] {
    let none = |question, key: &str, unit: &str| {
        let mut answer = answer(question, "Nobody has come yet.");
        let zero = share(key, Scope::new(), 1, 0);
        let none = Figure {
            n: 0,
            value: None,
            low: None,
            high: None,
            state: State::NoData,
            unit: unit.to_owned(),
            ..zero
        };
        answer.figures = vec![none];
        answer
    };
    [
        none("returns", "returned_28d", "share"),
        none("goals", "converted_purchase", "per_1000"),
        none("hits", "rarity_pieces", "share"),
    ]
}
