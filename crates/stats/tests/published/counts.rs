//! models.md, the numbers that stand beside the tables: sizes, sums and plain arithmetic on the public data, which show that
//! the models were given the data that the numbers speak of.

use crate::btyd_fits::{cdnow, cdnow_evidence, grocery};
use crate::shared_data::shared_text;
use longplay_stats::btyd::{BgNbd, ParetoNbd, Recurring};
use longplay_stats::durability::{Factors, concentration};
use std::collections::{BTreeMap, BTreeSet};

#[track_caller]
fn near(found: f64, wanted: f64, within: f64) {
    assert!((found - wanted).abs() <= within, "{found} against {wanted}");
}

fn numbers(line: &str) -> Vec<f64> {
    line.split(',')
        .map(|cell| cell.trim().trim_matches('"').parse().unwrap_or(f64::NAN))
        .collect()
}

#[test]
fn cdnow_and_grocery_sizes() {
    let people = cdnow();
    assert_eq!(people.len(), 2_357);
    assert_eq!(people.iter().map(|person| person.evidence.x).sum::<f64>(), 2_457.0);
    assert_eq!(people.iter().filter(|person| person.evidence.x == 0.0).count(), 1_411);
    assert_eq!(people.iter().map(|person| person.holdout).sum::<f64>(), 1_882.0);
    let Some(people) = grocery() else { return };
    assert_eq!(people.iter().map(|(row, _)| row.x).sum::<f64>(), 5_569.0);
    assert_eq!(people.iter().filter(|(row, _)| row.x == 0.0).count(), 590);
}

/// BTYD's walkthrough: expected repeats of somebody new within 52 weeks, at the fitted values.
#[test]
fn cdnow_new_customer_52_weeks() {
    let rows = cdnow_evidence();
    near(BgNbd::fit(&rows).unwrap().model.expected_new(52.0), 1.444, 5e-4);
    near(ParetoNbd::fit(&rows).unwrap().model.expected_new(52.0), 1.473, 5e-4);
}

/// With a constant hazard λ is the time watched over the events.
#[test]
fn waltons_exponential() {
    let rows: Vec<Vec<f64>> = include_str!("../data/waltons_dataset.csv")
        .lines()
        .skip(1)
        .map(numbers)
        .collect();
    let watched: f64 = rows.iter().map(|row| row[0]).sum();
    let events: f64 = rows.iter().map(|row| row[1]).sum();
    near(watched / events, 51.8397, 5e-5);
}

#[test]
fn youtube_views_follow_shares() {
    let Some(text) = shared_text("youtube-active-one/views_shares.csv") else {
        return;
    };
    let days: Vec<(f64, f64)> = text.lines().skip(1).map(numbers).map(|row| (row[1], row[2])).collect();
    let n = days.len() as f64;
    let (views, shares): (f64, f64) = days.iter().fold((0.0, 0.0), |sum, day| (sum.0 + day.0, sum.1 + day.1));
    near(views / shares, 417.65, 5e-3);
    let moment = |f: &dyn Fn(f64, f64) -> f64| days.iter().map(|&(v, s)| f(v - views / n, s - shares / n)).sum::<f64>();
    let r = moment(&|v, s| v * s) / (moment(&|v, _| v * v) * moment(&|_, s| s * s)).sqrt();
    near(r, 0.97098, 5e-6);
}

#[test]
fn causalimpact_example_totals() {
    let rows: Vec<Vec<f64>> = include_str!("../data/causalimpact_example.csv")
        .lines()
        .skip(1)
        .map(numbers)
        .collect();
    near(rows[70..].iter().map(|row| row[0]).sum::<f64>(), 3511.456, 5e-4);
}

/// County, year, outcome, whether treated by then.
type Row = (u64, u64, f64, f64);

/// What one coefficient for everybody would say (Callaway & Sant'Anna's warning): both means taken out, then least squares.
#[test]
fn mpdta_two_way_fixed_effects() {
    let Some(text) = shared_text("mpdta/mpdta.csv") else {
        return;
    };
    let columns: Vec<&str> = text
        .lines()
        .next()
        .unwrap()
        .split(',')
        .map(|name| name.trim_matches('"'))
        .collect();
    let place = |name: &str| columns.iter().position(|column| *column == name).unwrap();
    let (year, county, outcome, first) = (place("year"), place("countyreal"), place("lemp"), place("first.treat"));
    let rows: Vec<Row> = text
        .lines()
        .skip(1)
        .map(numbers)
        .map(|f| {
            let treated = f[first] > 0.0 && f[year] >= f[first];
            (
                f[county] as u64,
                f[year] as u64,
                f[outcome],
                f64::from(u8::from(treated)),
            )
        })
        .collect();
    let demeaned = |value: &dyn Fn(&Row) -> f64| -> Vec<f64> {
        let mut by: [BTreeMap<u64, (f64, f64)>; 2] = Default::default();
        let mut whole = 0.0;
        for row in &rows {
            for (map, key) in by.iter_mut().zip([row.0, row.1]) {
                let entry = map.entry(key).or_default();
                *entry = (entry.0 + value(row), entry.1 + 1.0);
            }
            whole += value(row) / rows.len() as f64;
        }
        let mean = |map: &BTreeMap<u64, (f64, f64)>, key: u64| map[&key].0 / map[&key].1;
        rows.iter()
            .map(|row| value(row) - mean(&by[0], row.0) - mean(&by[1], row.1) + whole)
            .collect()
    };
    let (y, d) = (demeaned(&|row| row.2), demeaned(&|row| row.3));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    near(dot(&y, &d) / dot(&d, &d), -0.036549, 5e-7);
}

#[test]
fn pathdata_sizes() {
    let Some(text) = shared_text("pathdata/pathdata.csv") else {
        return;
    };
    let paths: Vec<Vec<&str>> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap().trim_matches('"').split(" > ").collect())
        .collect();
    assert_eq!(paths.len(), 10_000);
    assert_eq!(paths.iter().map(Vec::len).max(), Some(89));
    near(
        paths.iter().map(|path| path.len() as f64).sum::<f64>() / 1e4,
        5.9454,
        5e-5,
    );
    let sets: BTreeSet<BTreeSet<&str>> = paths.iter().map(|path| path.iter().copied().collect()).collect();
    assert_eq!(sets.len(), 484);
}

#[test]
fn hillstrom_rates_by_arm() {
    let Some(text) = shared_text("hillstrom-email/hillstrom.csv") else {
        return;
    };
    let mut arms: BTreeMap<&str, [f64; 4]> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let f: Vec<&str> = line.trim().split(',').collect();
        let arm = arms.entry(f[f.len() - 4]).or_default();
        arm[3] += 1.0;
        (0..3).for_each(|index| arm[index] += f[f.len() - 3 + index].parse::<f64>().unwrap());
    }
    for (arm, wanted) in [
        ("No E-Mail", [0.106167, 0.005726, 0.652789]),
        ("Mens E-Mail", [0.182757, 0.012531, 1.422617]),
        ("Womens E-Mail", [0.151400, 0.008837, 1.077202]),
    ] {
        (0..3).for_each(|index| near(arms[arm][index] / arms[arm][3], wanted[index], 6e-7));
    }
}

#[test]
fn online_shoppers_by_kind_of_visitor() {
    let Some(text) = shared_text("online-shoppers/online_shoppers_intention.csv") else {
        return;
    };
    let rows: Vec<Vec<&str>> = text
        .lines()
        .skip(1)
        .map(|line| line.trim().split(';').collect())
        .collect();
    assert_eq!(rows.len(), 12_330);
    let share = |kind: &str| {
        let of: Vec<_> = rows.iter().filter(|row| row[15] == kind).collect();
        of.iter().filter(|row| row[17].eq_ignore_ascii_case("true")).count() as f64 / of.len() as f64
    };
    near(share("New_Visitor"), 0.2491, 5e-5);
    near(share("Returning_Visitor"), 0.1393, 5e-5);
}

#[test]
fn lastfm_top_artists_and_pairs() {
    let Some(text) = shared_text("lastfm-hetrec/user_artists.csv") else {
        return;
    };
    let mut plays: BTreeMap<u64, f64> = BTreeMap::new();
    let rows: Vec<Vec<f64>> = text.lines().skip(1).map(numbers).collect();
    assert_eq!(rows.len(), 92_834);
    rows.iter()
        .for_each(|row| *plays.entry(row[1] as u64).or_default() += row[2]);
    let mut plays: Vec<f64> = plays.into_values().collect();
    plays.sort_unstable_by(|one, other| other.total_cmp(one));
    let top = plays.len().div_ceil(100);
    near(
        plays[..top].iter().sum::<f64>() / plays.iter().sum::<f64>(),
        0.520221,
        5e-7,
    );
}

#[test]
fn chart_acts_sizes_and_a_single_hit() {
    let Some(text) = shared_text("chart-extract/songs.csv") else {
        return;
    };
    let of = |act: &str| -> Vec<Vec<f64>> {
        let own = text.lines().filter(|line| line.starts_with(&format!("{act},")));
        own.map(|line| numbers(&line.rsplitn(3, ',').collect::<Vec<_>>()[..2].join(",")))
            .collect()
    };
    for (act, songs, weeks) in [("Elton John", 58, 889.0), ("Los Del Rio", 3, 85.0)] {
        // Behind the title, from the end: points, weeks.
        assert_eq!(of(act).len(), songs);
        assert_eq!(of(act).iter().map(|row| row[1]).sum::<f64>(), weeks);
    }
    let soft_cell: Vec<f64> = of("Soft Cell").iter().map(|row| row[0]).collect();
    let breadth = 1.0 - concentration(&soft_cell).unwrap().top;
    let nothing_later = Factors {
        breadth,
        back_catalogue: None,
        returning: 0.0,
    };
    assert_eq!(nothing_later.index(), 0.0);
    println!("Soft Cell: {} songs, breadth {breadth}", soft_cell.len());
}
