//! `goals` on audiences whose truth is known: what is still to come is expected, not lost; what can't be told is not told.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use longplay_domain::{Act, Day, Goal, Renewal, Time, Zone};
use longplay_measures::{Answer, Figure, Grade, Key, Question, State, ask};
use longplay_stats::random::Draws;
use longplay_store::Store;
use longplay_testkit::Row;

const NOW: Time = Time::from_micros(1_790_000_000_000_000);

fn day(number: i32) -> Day {
    Day::parse("2024-01-01").unwrap().plus(number)
}

fn at_noon(number: i32, person: &str, event: &str) -> Row {
    let noon = Time::from_micros((i64::from(day(number).0) * 86_400 + 43_200) * 1_000_000);
    Row::new(noon, person, event)
}

fn bought(number: i32, person: &str, value: &str) -> Row {
    Row {
        value: Some(value.to_owned()),
        currency: Some("EUR".to_owned()),
        ..at_noon(number, person, "purchased")
    }
}

fn answer(rows: &[Row], as_of: i32) -> Answer {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    store.accept(rows.iter().map(Row::claim).collect(), NOW).unwrap();
    let zone = Zone::utc();
    let as_of = zone.end_of(day(as_of));
    ask(&Question::new(Key::Goals, as_of, zone), &store).unwrap()
}

fn figure<'a>(answer: &'a Answer, key: &str) -> &'a Figure {
    let about_all = |figure: &&Figure| figure.key == key && figure.scope.is_empty();
    answer
        .figures
        .iter()
        .find(about_all)
        .unwrap_or_else(|| panic!("no {key}"))
}

/// Numbers in (0, 1) that fill it evenly, in a scattered order.
fn evenly(index: u32) -> f64 {
    (f64::from(index) * 0.618_033_988_749_895)
        .fract()
        .clamp(1e-6, 1.0 - 1e-6)
}

/// Ten people a day for `days` days, of whom every other one downloads, after an exponential wait of 15 days on average.
fn half_download(days: i32) -> Vec<Row> {
    let mut rows = Vec::new();
    for index in 0..u32::try_from(days).unwrap() * 10 {
        let (first, name) = ((index / 10) as i32, format!("p{index}"));
        rows.push(at_noon(first, &name, "viewed"));
        if index % 2 == 0 {
            let lag = (-15.0 * (1.0 - evenly(index / 2)).ln()).floor() as i32;
            rows.push(at_noon(first + lag, &name, "downloaded"));
        }
    }
    rows
}

#[test]
fn what_is_still_to_come_is_expected_with_its_interval() {
    let rows = half_download(120);
    let answer = answer(&rows, 119);
    let (so_far, expected) = (
        figure(&answer, "converted_download"),
        figure(&answer, "expected_final_download"),
    );
    assert_eq!(
        (expected.grade, expected.state, expected.n),
        (Grade::Attributed, State::Known, 1_200)
    );
    assert_eq!(expected.count, so_far.count);
    assert!(so_far.count < 540, "the young ones have not had the time: {so_far:?}");
    let (value, low, high) = (expected.value.unwrap(), expected.low.unwrap(), expected.high.unwrap());
    assert!(
        low <= 600.0 && 600.0 <= high && high - low < 60.0 && low <= value && value <= high,
        "{expected:?}"
    );
    let lag = figure(&answer, "median_lag_days_download");
    // Half of an exponential of mean 15 is by day 10.4; so far rather the quick ones have.
    assert!(
        (8.0..=10.0).contains(&lag.value.unwrap()) && lag.n == so_far.count as u64,
        "{lag:?}"
    );
    assert!(
        answer.sentence.contains("more of those seen so far still will"),
        "{}",
        answer.sentence
    );
    assert_eq!(answer.grade, Grade::Attributed);
    let curve = answer
        .curves
        .iter()
        .find(|curve| curve.key == "lag_curve_download")
        .unwrap();
    let last = curve.points.last().unwrap();
    assert!(last.n >= 30 && last.low <= 0.5 && 0.5 <= last.high, "{last:?}");
    assert!(curve.points.windows(2).all(|pair| pair[0].value <= pair[1].value));
}

#[test]
fn without_a_plateau_no_final_number_is_told() {
    let answer = answer(&half_download(12), 11);
    let expected = figure(&answer, "expected_final_download");
    assert_eq!(
        (expected.value, expected.state),
        (None, State::TooEarly),
        "{expected:?}"
    );
    assert!(answer.cautions.iter().any(|caution| caution.code == "final_not_told"));
    assert!(!answer.sentence.contains("still will") && answer.grade == Grade::Counted);
}

#[test]
fn below_twenty_conversions_there_is_no_lag() {
    let mut rows: Vec<Row> = (0..19)
        .map(|person| at_noon(3, &format!("p{person}"), "downloaded"))
        .collect();
    let lag = |rows: &[Row]| figure(&answer(rows, 90), "median_lag_days_download").clone();
    let early = lag(&rows);
    assert_eq!((early.value, early.state, early.n), (None, State::TooEarly, 19));
    rows.push(at_noon(3, "one more", "downloaded"));
    assert_eq!(lag(&rows).value, Some(0.0));
}

#[test]
fn a_conversion_today_counts_and_is_not_in_the_curve_yet() {
    let mut rows = Vec::new();
    for person in 0..40 {
        rows.push(at_noon(0, &format!("p{person}"), "viewed"));
        if person < 30 {
            rows.push(at_noon(
                if person < 10 { 2 } else { 5 },
                &format!("p{person}"),
                "downloaded",
            ));
        }
    }
    let answer = answer(&rows, 5);
    assert_eq!(figure(&answer, "converted_download").count, 30);
    let curve = answer
        .curves
        .iter()
        .find(|curve| curve.key == "lag_curve_download")
        .unwrap();
    let told: Vec<(u32, u64, f64)> = curve
        .points
        .iter()
        .map(|point| (point.age_days, point.n, point.value))
        .collect();
    assert_eq!(
        told,
        [(0, 40, 0.0), (1, 40, 0.0), (2, 40, 0.25), (3, 30, 0.25), (4, 30, 0.25)]
    );
}

#[test]
fn revenue_per_person_counts_those_who_paid_nothing() {
    let mut rows: Vec<Row> = (0..40)
        .map(|person| at_noon(0, &format!("p{person}"), "viewed"))
        .collect();
    rows.push(bought(1, "p0", "30.00"));
    rows.push(bought(2, "p0", "10.00"));
    rows.push(bought(2, "p1", "40.00"));
    let answer = answer(&rows, 9);
    let revenue = figure(&answer, "revenue_per_person_EUR");
    // 80 EUR over 40 people; two of them 40 each: variance (3200 − 160)/39, standard error √(77.949/40) = 1.39596.
    assert_eq!((revenue.n, revenue.count, revenue.value), (40, 3, Some(2.0)));
    assert!(
        (revenue.high.unwrap() - (2.0 + 1.644_854 * 1.395_96)).abs() < 1e-4,
        "{revenue:?}"
    );
    let value = figure(&answer, "value_per_person_EUR");
    assert_eq!(
        (value.state, value.value, value.n, value.count),
        (State::TooEarly, None, 2, 1)
    );
}

/// Customers who buy at their own rate, spend their own kind of sum, and after each purchase may be gone: day and value of each
/// purchase over two years.
fn customers() -> Vec<Vec<(i32, f64)>> {
    let one = |index: u64| {
        let mut draws = Draws::new(11, index);
        let rate = draws.gamma(1.5) / 45.0;
        let leaves = draws.beta(1.0, 4.0);
        let usual = 6.0 / draws.gamma(4.0);
        let mut at = draws.uniform() * 60.0;
        let mut bought: Vec<(i32, f64)> = Vec::new();
        while at < 730.0 {
            bought.push((at as i32, (draws.gamma(6.0) * usual * 100.0).round() / 100.0));
            if draws.uniform() < leaves {
                break;
            }
            at += draws.exponential() / rate;
        }
        bought
    };
    (0..1_500).map(one).collect()
}

#[test]
fn what_customers_are_still_worth_is_what_they_then_spend() {
    let customers = customers();
    let rows: Vec<Row> = customers
        .iter()
        .enumerate()
        .flat_map(|(index, all)| {
            all.iter()
                .map(move |&(at, value)| bought(at, &format!("c{index}"), &format!("{value:.2}")))
        })
        .collect();
    let answer = answer(&rows, 365);
    let value = figure(&answer, "value_per_person_EUR");
    assert_eq!(
        (value.grade, value.state, value.n),
        (Grade::Attributed, State::Known, 1_500)
    );
    let next_year = customers.iter().flatten().filter(|&&(at, _)| at > 365);
    let spent = next_year.map(|&(_, value)| value).sum::<f64>() / 1_500.0;
    let (value, low, high) = (value.value.unwrap(), value.low.unwrap(), value.high.unwrap());
    assert!(low < value && value < high && high < 1.6 * low, "{low} {value} {high}");
    // What they really spend scatters around it too, so the interval of the mean is widened by a fifth.
    assert!(
        0.8 * low < spent && spent < 1.2 * high,
        "{spent} is not about {low} to {high}"
    );
    let row = answer.rows.iter().find(|row| row["kind"] == "customer_value").unwrap();
    assert_eq!(
        (&row["orders_model"], &row["spend_model"]),
        (&"mbg_nbd".into(), &"gamma_gamma".into())
    );
    assert!(row["spend_frequency_r"].as_f64().unwrap().abs() < 0.25, "{row}");
}

/// A membership paid every 30 days from `from` on, `payments` times.
fn member(name: &str, from: i32, payments: i32) -> Vec<Row> {
    (0..payments).map(|k| bought(from + 30 * k, name, "10.00")).collect()
}

fn membership(rows: &[Row], as_of: i32) -> Answer {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    store.accept(rows.iter().map(Row::claim).collect(), NOW).unwrap();
    let goal = Goal {
        renews: Some(Renewal::Month),
        ..Goal::of_acts("membership", &[Act::Purchased])
    };
    store.put_goal(&goal).unwrap();
    let zone = Zone::utc();
    ask(&Question::new(Key::Goals, zone.end_of(day(as_of)), zone), &store).unwrap()
}

fn row_of(answer: &Answer, kind: &str) -> serde_json::Value {
    let found = answer.rows.iter().find(|row| row["kind"] == kind);
    found.cloned().unwrap_or_else(|| panic!("no {kind}"))
}

/// Ada paid on days 0, 30, 60 and runs on day 90; Bob paid once and ended; Cleo once, on day 80; Dan paid, left, came again.
#[test]
fn contracts_run_as_long_as_payments_come_in_time() {
    let mut rows = member("ada", 0, 3);
    rows.extend(member("bob", 0, 1));
    rows.extend(member("cleo", 80, 1));
    rows.extend([bought(0, "dan", "10.00"), bought(85, "dan", "10.00")]);
    let answer = membership(&rows, 90);
    let contracts = figure(&answer, "contracts_membership");
    assert_eq!((contracts.value, contracts.n), (Some(2.0), 4));
    // Cleo's first renewal is not due.
    let renewed = figure(&answer, "renewed_membership");
    assert_eq!((renewed.count, renewed.n), (1, 3));
    let row = row_of(&answer, "contracts");
    assert_eq!(row["left_at_renewal"], serde_json::json!([0.0, 2.0]));
    assert_eq!(row["running_after_renewals"], serde_json::json!([1.0, 0.0, 1.0]));
    assert_eq!((&row["resumed"], &row["model"]), (&1.into(), &serde_json::Value::Null));
    for key in ["renewals_next_year_membership", "value_per_contract_membership_EUR"] {
        assert_eq!(figure(&answer, key).state, State::TooEarly, "{key}");
    }
    assert!(
        answer.sentence.contains("2 of 4 “membership” contracts begun run;"),
        "{}",
        answer.sentence
    );
}

/// 400 members, each of whom leaves at any renewal with a chance of .1, over fourteen months; a member who stays a year brings
/// Σ .9^j, j from 1 to 12, = 6.46 payments of ten euros.
#[test]
fn running_contracts_are_worth_what_renewals_tell() {
    let mut rows = Vec::new();
    for index in 0..400 {
        let mut draws = Draws::new(7, index);
        let (from, mut payments) = ((index % 14) as i32 * 30, 1);
        while draws.uniform() > 0.1 {
            payments += 1;
        }
        let most = (419 - from) / 30 + 1;
        rows.extend(member(&format!("m{index}"), from, payments.min(most)));
    }
    let answer = membership(&rows, 430);
    let payments = figure(&answer, "renewals_next_year_membership");
    assert_eq!((payments.state, payments.grade), (State::Known, Grade::Attributed));
    let (low, high) = (payments.low.unwrap(), payments.high.unwrap());
    assert!(low < 6.46 && 6.46 < high && high - low < 3.0, "{payments:?}");
    let worth = figure(&answer, "value_per_contract_membership_EUR");
    assert!(
        (worth.value.unwrap() - 10.0 * payments.value.unwrap()).abs() < 1e-6,
        "{worth:?}"
    );
    assert_eq!((worth.count, worth.unit.as_str()), (payments.count, "EUR"));
    assert_eq!(row_of(&answer, "contracts")["model"], "sbg");
}

#[test]
fn a_goal_reached_once_tells_of_no_contract() {
    let told = answer(&member("ada", 0, 3), 90);
    assert!(!told.figures.iter().any(|figure| figure.key.starts_with("contracts_")));
    assert!(!told.rows.iter().any(|row| row["kind"] == "contracts"));
}
