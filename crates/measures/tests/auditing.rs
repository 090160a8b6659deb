//! `audit` on CDNOW, whose numbers are known (models of the audit: Fader, Hardie & Ross 2022), and on audiences by hand.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use longplay_domain::{Day, Time, Zone};
use longplay_measures::{Answer, Figure, Key, Question, State, ask};
use longplay_store::Store;
use longplay_testkit::Row;
use serde_json::Value;

const NOW: Time = Time::from_micros(1_790_000_000_000_000);

fn at_noon(day: &str, person: &str, event: &str) -> Row {
    let day = Day::parse(day).unwrap();
    let noon = Time::from_micros((i64::from(day.0) * 86_400 + 43_200) * 1_000_000);
    Row::new(noon, person, event)
}

fn bought(day: &str, person: &str, dollars: &str) -> Row {
    Row {
        value: Some(dollars.to_owned()),
        currency: Some("USD".to_owned()),
        ..at_noon(day, person, "purchased")
    }
}

struct Shop {
    store: Store,
    _dir: tempfile::TempDir,
}

impl Shop {
    fn of(rows: &[Row]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), NOW).unwrap();
        store.accept(rows.iter().map(Row::claim).collect(), NOW).unwrap();
        Self { store, _dir: dir }
    }

    fn audit(&self, as_of: &str) -> Answer {
        self.ask(Key::Audit, as_of)
    }

    fn ask(&self, key: Key, as_of: &str) -> Answer {
        let zone = Zone::utc();
        let as_of = zone.end_of(Day::parse(as_of).unwrap());
        ask(&Question::new(key, as_of, zone), &self.store).unwrap()
    }
}

fn figure<'a>(answer: &'a Answer, key: &str, period: &str) -> &'a Figure {
    let about = |figure: &&Figure| figure.key == key && figure.scope["period"].as_deref() == Some(period);
    answer
        .figures
        .iter()
        .find(about)
        .unwrap_or_else(|| panic!("no {key} in {period}"))
}

fn row<'a>(answer: &'a Answer, kind: &str, fields: &[(&str, &str)]) -> &'a Value {
    let same = |row: &&Value| row["kind"] == kind && fields.iter().all(|(key, value)| row[*key] == *value);
    answer
        .rows
        .iter()
        .find(same)
        .unwrap_or_else(|| panic!("no {kind} {fields:?}"))
}

fn near(found: &Value, wanted: f64, within: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - wanted).abs() <= within, "{found} is not {wanted}");
}

/// The sample of CDNOW's customers; `None`, loudly, where the public data do not lie beside the repository.
fn cdnow() -> Option<Shop> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/cdnow/CDNOW_sample.txt"
    );
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("SKIPPED: CDNOW_sample.txt is not in ../shared/data, so its audit was NOT checked");
        return None;
    };
    let line = |(number, line): (usize, &str)| {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let day = format!("{}-{}-{}", &cells[2][..4], &cells[2][4..6], &cells[2][6..]);
        Row {
            id: Some(number.to_string()),
            ..bought(&day, cells[1], cells[4])
        }
    };
    let rows: Vec<Row> = text.lines().enumerate().map(line).collect();
    Some(Shop::of(&rows))
}

#[test]
fn cdnow_by_quarters_says_what_is_published() {
    let Some(shop) = cdnow() else { return };
    let answer = shop.audit("1998-06-30");
    let quarters = ["1997-Q1", "1997-Q2", "1997-Q3", "1997-Q4", "1998-Q1"];
    let told = |key: &str| quarters.map(|quarter| figure(&answer, key, quarter).count);
    assert_eq!(told("buyers_USD"), [2357, 524, 418, 404, 384]);
    assert_eq!(
        told("active"),
        [2357, 524, 418, 404, 384],
        "here to be present is to buy"
    );
    assert_eq!(told("orders_USD"), [3169, 920, 725, 731, 656]);
    let sales = [112_498.61, 33_629.63, 26_987.31, 28_109.27, 24_886.58];
    for (quarter, wanted) in quarters.into_iter().zip(sales) {
        let spend = figure(&answer, "spend_USD", quarter).value.unwrap();
        assert!((spend - wanted).abs() < 0.005, "{quarter}: {spend}");
    }
    // The last day of June is not over, and with it the quarter: counted so far, and not told.
    let unfinished = figure(&answer, "buyers_USD", "1998-Q2");
    assert_eq!(
        (unfinished.count, unfinished.value, unfinished.state),
        (300, None, State::TooEarly)
    );
    assert_eq!(unfinished.ready_on, Day::parse("1998-07-01"));
    assert!(answer.cautions.iter().any(|caution| caution.code == "by_quarter"));
}

#[test]
fn cdnow_between_quarters_and_how_people_differ() {
    let Some(shop) = cdnow() else { return };
    let answer = shop.audit("1998-06-30");
    let change = row(
        &answer,
        "lens_2",
        &[("base", "buyers"), ("period", "1997-Q4"), ("before", "1997-Q3")],
    );
    assert_eq!(
        (&change["kept"], &change["lost"], &change["gained"]),
        (&203.into(), &215.into(), &201.into())
    );
    near(&change["kept_spend_before"], 16_821.98, 0.005);
    near(&change["kept_spend_after"], 16_895.82, 0.005);
    near(&change["lost_spend"], 10_165.33, 0.005);
    near(&change["gained_spend"], 11_213.45, 0.005);
    let kept = figure(&answer, "buyers_kept_USD", "1997-Q4");
    assert_eq!((kept.n, kept.count), (418, 203));

    let whole = row(&answer, "lens_1", &[("base", "buyers"), ("period", "all")]);
    let published = [0.145_54, 0.360_67, 0.508_07, 0.674_55, 0.894_54];
    for (top, wanted) in [1, 5, 10, 20, 50].into_iter().zip(published) {
        near(&whole[format!("top_{top}_share")], wanted, 5e-6);
    }
    near(&whole["gini"], 0.630_917, 5e-7);
    let deciles: Vec<f64> = whole["deciles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|share| share.as_f64().unwrap())
        .collect();
    assert!((deciles[0] - 0.508_07).abs() < 5e-6 && (deciles.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(deciles.is_sorted_by(|one, other| one >= other));
    let gini = figure(&answer, "spend_gini_USD", "1998-Q1");
    assert!(
        gini.low < gini.value && gini.value < gini.high && gini.n == 384,
        "{gini:?}"
    );
}

#[test]
fn cdnow_cohorts_side_by_side() {
    let Some(shop) = cdnow() else { return };
    let answer = shop.audit("1998-06-30");
    let months = [
        ("1997-01", 781, [0.1588, 0.1216, 0.0896]),
        ("1997-02", 857, [0.1564, 0.1284, 0.0875]),
        ("1997-03", 719, [0.1210, 0.1168, 0.1085]),
    ];
    for (cohort, size, shares) in months {
        let of = |age: i64| -> &Value {
            let same = |row: &&Value| {
                row["kind"] == "lens_4" && row["base"] == "buyers" && row["cohort"] == cohort && row["age"] == age
            };
            answer.rows.iter().find(same).unwrap()
        };
        for (age, share) in (1..).zip(shares) {
            assert_eq!(of(age)["n"], size);
            near(&of(age)["value"], share, 5e-5);
        }
    }
    // Lens five: all of a quarter's sales come from the cohorts of some quarter; here from the first alone.
    let source = row(&answer, "lens_5", &[("base", "buyers"), ("period", "1998-Q1")]);
    assert_eq!((&source["cohort"], &source["value"]), (&"1997-Q1".into(), &1.0.into()));
    near(&source["spend"], 24_886.58, 0.005);
    let life = row(&answer, "lens_3", &[("base", "buyers"), ("period", "1997-Q3")]);
    assert_eq!(
        (&life["cohort"], &life["n"], &life["count"]),
        (&"1997-Q1".into(), &2357.into(), &418.into())
    );
}

/// 240 people in January and February, 200 of both in March, and 60 new ones then; one of them stays away till May.
fn readers() -> Vec<Row> {
    let mut rows = Vec::new();
    for person in 0..240 {
        let name = format!("p{person}");
        rows.push(at_noon("2024-01-10", &name, "viewed"));
        rows.push(at_noon("2024-02-10", &name, "viewed"));
        if person < 200 {
            rows.push(at_noon("2024-03-10", &name, "viewed"));
            rows.push(at_noon("2024-03-20", &name, "viewed"));
        }
    }
    rows.extend((0..60).map(|person| at_noon("2024-03-15", &format!("n{person}"), "viewed")));
    rows.push(at_noon("2024-05-02", "p239", "viewed"));
    rows
}

#[test]
fn kept_lost_and_gained_add_up() {
    let shop = Shop::of(&readers());
    let answer = shop.audit("2024-04-15");
    let count = |key: &str, period: &str| figure(&answer, key, period).count;
    assert_eq!(count("active", "2024-03"), 260);
    assert_eq!(count("active_days", "2024-03"), 460);
    assert_eq!(
        (
            count("kept", "2024-03"),
            count("lost", "2024-03"),
            count("gained", "2024-03")
        ),
        (200, 40, 60)
    );
    assert_eq!(figure(&answer, "kept_share", "2024-03").value, Some(200.0 / 240.0));
    assert_eq!(count("gained", "2024-02"), 0);
    assert!(
        !answer
            .figures
            .iter()
            .any(|figure| figure.key == "kept" && figure.scope["period"].as_deref() == Some("2024-01"))
    );
    assert_eq!(
        answer.sentence,
        "260 people were here in March 2024; 83 in 100 of those of the period before were among them (between 79 and 87), and 60 \
         had not been here then."
    );
    // April is not over on the 30th; on 1 May it is, and empty: a zero that has happened.
    assert!(
        !shop
            .audit("2024-04-30")
            .figures
            .iter()
            .any(|figure| figure.scope["period"].as_deref() == Some("2024-04"))
    );
    let may = shop.audit("2024-05-03");
    assert_eq!(figure(&may, "active", "2024-04").value, Some(0.0));
    assert_eq!(figure(&may, "lost", "2024-04").count, 260);
    assert_eq!(figure(&may, "active", "2024-05").state, State::TooEarly);
    // With May's single person a month has too few, so from then on it is quarters.
    let third = "Nobody was here in the third quarter of 2024; in the period before it was 1 person.";
    assert_eq!(shop.audit("2024-10-03").sentence, third);
    let fourth = "Nobody was here in the fourth quarter of 2024, nor in the period before.";
    assert_eq!(shop.audit("2025-01-03").sentence, fourth);
    assert_eq!(
        may.sentence,
        "Nobody was here in April 2024; in the period before it was 260 people."
    );
}

#[test]
fn the_first_month_has_nothing_to_compare_and_a_young_one_waits() {
    let rows = [
        at_noon("2024-03-05", "ada", "viewed"),
        at_noon("2024-03-06", "ben", "viewed"),
    ];
    let shop = Shop::of(&rows);
    assert_eq!(
        shop.audit("2024-03-20").sentence,
        "Too early to tell: the first whole month is over on 1 April 2024."
    );
    assert_eq!(
        shop.audit("2024-04-02").sentence,
        "2 people were here in March 2024, the first period there is."
    );
    assert_eq!(
        shop.audit("2024-01-01").sentence,
        "Nobody has been seen yet, so there is nothing to audit."
    );
}

/// Months that hover about the least they take: whichever day is asked, the same periods are told.
#[test]
fn the_length_of_periods_does_not_flip_from_day_to_day() {
    let mut rows = Vec::new();
    for month in 0..24 {
        let (year, number) = (2024 + month / 12, month % 12 + 1);
        let buyers = [260, 170, 170, 180][month % 4];
        let day = format!("{year}-{number:02}-10");
        rows.extend((0..buyers).map(|person| bought(&day, &format!("user:{month}-{person}"), "5.00")));
    }
    let shop = Shop::of(&rows);
    let is_quarterly = |as_of: &str| {
        let answer = shop.audit(as_of);
        answer.cautions.iter().any(|caution| caution.code == "by_quarter")
    };
    let ends = [
        "2024-10-31",
        "2024-11-30",
        "2024-12-31",
        "2025-05-31",
        "2025-06-30",
        "2025-07-31",
        "2025-10-31",
        "2026-01-31",
    ];
    for end in ends {
        let day = Day::parse(end).unwrap();
        let days = [day, day.plus(1), day.plus(2)].map(|day| is_quarterly(&day.to_string()));
        assert_eq!(days, [true; 3], "about {end}");
    }
}
