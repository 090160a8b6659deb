//! models.md §8 and §9: concentration on public data, arms and the knowledge gradient.

use crate::shared_data::{day_number, shared_text};
use longplay_stats::bandit::*;
use longplay_stats::durability::{Concentration, Factors, concentration};
use std::collections::BTreeMap;

#[track_caller]
fn near(found: f64, wanted: f64, within: f64) {
    assert!((found - wanted).abs() <= within, "{found} against {wanted}");
}

#[test]
fn lastfm_hetrec_concentration() {
    let Some(text) = shared_text("lastfm-hetrec/user_artists.csv") else {
        return;
    };
    let mut artists: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    let mut listeners: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let f: Vec<&str> = line.split(',').collect();
        let plays: f64 = f[2].trim().parse().unwrap();
        artists.entry(f[1].parse().unwrap()).or_default().push(plays);
        listeners.entry(f[0].parse().unwrap()).or_default().push(plays);
    }
    assert_eq!((listeners.len(), artists.len()), (1_892, 17_632));
    let totals: Vec<f64> = artists.values().map(|plays| plays.iter().sum()).collect();
    let all = concentration(&totals).unwrap();
    near(all.total, 69_191_629.0, 0.5);
    near(all.gini, 0.892675, 1e-6);
    near(all.hhi, 0.004339, 1e-6);
    near(all.effective, 230.468, 1e-3);
    near(1.0 - all.without_top()[2], 0.154896, 1e-6);
    let ginis: f64 = listeners.values().map(|plays| concentration(plays).unwrap().gini).sum();
    near(ginis / 1_892.0, 0.463697, 1e-6);
    let of = |artist: u32| -> Concentration { concentration(&artists[&artist]).unwrap() };
    assert_eq!((of(227).total, artists[&227].len()), (662_116.0, 480));
    near(of(227).gini, 0.69997, 1e-5);
    near(of(227).top, 0.04509, 1e-5);
    near(of(227).effective, 77.944, 1e-3);
    assert_eq!(of(72).total, 1_301_308.0);
    near(of(72).top, 0.27103, 1e-5);
    near(of(72).effective, 10.345, 1e-3);
}

/// One song of the chart extract: act, day of its debut, weeks and points.
struct Song {
    act: String,
    debut: i64,
    weeks: f64,
    points: f64,
}

/// A line of CSV whose titles may hold commas inside quotes.
fn fields(line: &str) -> Vec<String> {
    let (mut found, mut quoted) = (vec![String::new()], false);
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => found.push(String::new()),
            other => found.last_mut().unwrap().push(other),
        }
    }
    found
}

/// No people in chart data, so two factors: breadth, and the points of songs that came more than a year after the first.
#[test]
fn chart_extract_durability_of_acts() {
    let Some(text) = shared_text("chart-extract/songs.csv") else {
        return;
    };
    let songs: Vec<Song> = text
        .lines()
        .skip(1)
        .map(|line| {
            let f = fields(line);
            let number = |index: usize| f[index].trim().parse::<f64>().unwrap();
            Song {
                act: f[0].clone(),
                debut: day_number(&f[2]),
                weeks: number(5),
                points: number(6),
            }
        })
        .collect();
    assert_eq!(songs.len(), 234);
    let of = |act: &str| songs.iter().filter(|song| song.act == act).collect::<Vec<_>>();
    let table = [
        ("The Beatles", 0.958445, 0.606330, 0.762321),
        ("Elton John", 0.941296, 0.971991, 0.956521),
        ("Los Del Rio", 0.225060, 0.020366, 0.067702),
        ("Vanilla Ice", 0.490860, 0.016926, 0.091150),
        ("a-ha", 0.440042, 0.115398, 0.225344),
        ("Toni Basil", 0.077039, 0.040785, 0.056054),
    ];
    for (act, breadth, later, index) in table {
        let own = of(act);
        let spread = concentration(&own.iter().map(|song| song.points).collect::<Vec<_>>()).unwrap();
        let first = own.iter().map(|song| song.debut).min().unwrap();
        let late: f64 = own
            .iter()
            .filter(|song| song.debut - first > 365)
            .map(|song| song.points)
            .sum();
        let factors = Factors {
            breadth: 1.0 - spread.top,
            back_catalogue: None,
            returning: late / spread.total,
        };
        near(factors.breadth, breadth, 1e-6);
        near(factors.returning, later, 1e-6);
        near(factors.index(), index, 1e-6);
    }
    let beatles = concentration(&of("The Beatles").iter().map(|song| song.points).collect::<Vec<_>>()).unwrap();
    assert_eq!(of("The Beatles").len(), 66);
    assert_eq!(of("The Beatles").iter().map(|song| song.weeks).sum::<f64>(), 587.0);
    near(beatles.top, 0.0416, 5e-5);
    near(beatles.hhi, 0.0220, 5e-5);
    near(beatles.effective, 45.48, 5e-3);
    near(beatles.gini, 0.3806, 5e-5);
    let los_del_rio = concentration(&of("Los Del Rio").iter().map(|song| song.points).collect::<Vec<_>>()).unwrap();
    near(los_del_rio.top, 0.7749, 5e-5);
    near(los_del_rio.effective, 1.56, 5e-3);
}

#[test]
fn arms_of_section_9() {
    let (a, b) = (Arm::of(100, 1_000), Arm::of(120, 1_000));
    near(p_greater(b, a), 0.923183, 1e-6);
    near(expected_loss(b, a), 0.000484614, 1e-9);
    near(p_greater(Arm::of(3, 10), Arm::of(2, 10)), 0.682441, 1e-6);
    let arms = [
        Arm { a: 21.0, b: 181.0 },
        Arm { a: 31.0, b: 171.0 },
        Arm { a: 26.0, b: 176.0 },
    ];
    let chances = p_best(&arms);
    for (found, wanted) in chances.iter().zip([0.040144, 0.736965, 0.222891]) {
        near(*found, wanted, 1e-6);
    }
    near(chances.iter().sum::<f64>(), 1.0, 1e-12);
    let advice = plan(&arms).unwrap();
    assert_eq!(advice.first, 1);
    near(advice.shares.iter().sum::<f64>(), 1.0, 1e-12);
    near(advice.shares[1], 0.736965, 1e-5);
    assert!(plan(&[]).is_none());
    assert_eq!(plan(&arms[..1]).unwrap().shares, [1.0]);
}

#[test]
fn hillstrom_conversions() {
    let Some(text) = shared_text("hillstrom-email/hillstrom.csv") else {
        return;
    };
    let mut counts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let f: Vec<&str> = line.trim().split(',').collect();
        let count = counts.entry(f[f.len() - 4].to_owned()).or_default();
        count.0 += u64::from(f[f.len() - 2] == "1");
        count.1 += 1;
    }
    let arm = |name: &str| Arm::of(counts[name].0, counts[name].1);
    near(p_greater(arm("Mens E-Mail"), arm("Womens E-Mail")), 0.999899, 1e-6);
}

#[test]
fn knowledge_gradient_frazier_powell_dayanik_2008() {
    let found = knowledge_gradient(&[(1.0, 0.25), (1.2, 0.04), (0.8, 1.0)], 1.0).unwrap();
    println!("{found:?}");
    near(found[0], 0.022687, 1e-6);
    near(found[1], 1.2275e-9, 1e-12);
    near(found[2], 0.126064, 1e-6);
    assert!(knowledge_gradient(&[(1.0, 1.0)], 1.0).is_none());
}

#[test]
fn delayed_evidence_of_section_9() {
    let seen = maturity_sum(&[1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 40.0], |age| {
        1.0 - (-age / 7.0_f64).exp()
    });
    near(seen, 3.940282, 1e-6);
    let arm = delayed_rate((1.0, 1.0), 3.0, seen);
    near(arm.mean(), 4.0 / (4.0 + 1.0 + seen), 1e-12);
}
