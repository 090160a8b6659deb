//! models.md §3: the detector and the shapes on real series, number by number.

use crate::shared_data::{day_number, shared_text, weekday};
use longplay_stats::spikes::{
    DayCount, Reading, SpikeDetector, evergreen_floor, excess_half_life, shape, shape_around,
};

fn page_views(file: &str) -> Option<(Vec<String>, Vec<DayCount>)> {
    let text = shared_text(file)?;
    let mut rows: Vec<(String, f64)> = text
        .lines()
        .skip(1)
        .filter_map(|line| {
            let (date, log) = line.split_once(',')?;
            Some((
                date.trim_matches('"').to_owned(),
                log.trim().parse::<f64>().ok()?.exp().round(),
            ))
        })
        .collect();
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    let days = rows
        .iter()
        .map(|(date, value)| DayCount {
            weekday: weekday(day_number(date)),
            value: *value,
        })
        .collect();
    Some((rows.into_iter().map(|(date, _)| date).collect(), days))
}

#[test]
fn peyton_manning_table_of_models_md() {
    let Some((dates, days)) = page_views("wikipedia-pageviews/wp_log_peyton_manning.csv") else {
        return;
    };
    let scan = SpikeDetector::default().scan(&days);
    assert_eq!(scan.days.iter().flatten().filter(|day| day.flagged).count(), 285);
    assert_eq!(scan.episodes.len(), 121);
    assert!(scan.shifts.is_empty());

    let table = [
        (
            "2015-11-30",
            "2015-12-02",
            "2015-11-30",
            189_032.0,
            4538.5,
            19.05,
            0.649,
            0.005,
        ),
        (
            "2013-09-05",
            "2013-09-17",
            "2013-09-06",
            52_673.0,
            2251.0,
            13.93,
            0.468,
            0.095,
        ),
        (
            "2009-01-02",
            "2009-01-05",
            "2009-01-04",
            25_689.0,
            2278.8,
            13.65,
            0.356,
            0.295,
        ),
        (
            "2011-07-08",
            "2011-07-10",
            "2011-07-08",
            8_103.0,
            1637.8,
            13.10,
            0.327,
            0.114,
        ),
        (
            "2014-01-12",
            "2014-02-04",
            "2014-02-03",
            379_552.0,
            6962.7,
            11.21,
            0.552,
            0.362,
        ),
    ];
    for (start, end, peak_day, peak, base, z, share, ramp) in table {
        let found = scan
            .episodes
            .iter()
            .find(|episode| dates[episode.start] == start)
            .unwrap();
        assert_eq!(dates[found.end], end);
        assert_eq!(dates[found.peak_day], peak_day);
        assert_eq!(found.peak, peak);
        assert!((found.base - base).abs() < 0.06, "{start}: base {}", found.base);
        assert!((found.z - z).abs() < 0.006, "{start}: z {}", found.z);
        let form = shape(&days, found).unwrap();
        assert!(
            (form.peak_share - share).abs() < 6e-4 && (form.ramp - ramp).abs() < 6e-4,
            "{start}: {form:?}"
        );
    }
}

/// models.md: without the weekday step (every day given the same weekday) and a least history of 14.
#[test]
fn peyton_manning_without_weekdays() {
    let Some((dates, mut days)) = page_views("wikipedia-pageviews/wp_log_peyton_manning.csv") else {
        return;
    };
    days.iter_mut().for_each(|day| day.weekday = 0);
    let scan = SpikeDetector {
        least_history: 14,
        ..SpikeDetector::default()
    }
    .scan(&days);
    assert_eq!(scan.days.iter().flatten().filter(|day| day.flagged).count(), 253);
    assert_eq!(scan.episodes.len(), 121);
    let peak_on = |date: &str| {
        scan.episodes
            .iter()
            .find(|episode| dates[episode.peak_day] == date)
            .unwrap()
    };
    let bowl = peak_on("2014-02-03");
    assert!(
        (scan.days[bowl.peak_day].unwrap().base - 7289.5).abs() < 0.06 && (bowl.z - 11.29).abs() < 0.006,
        "{bowl:?}"
    );
    let first = scan
        .episodes
        .iter()
        .find(|episode| dates[episode.start] == "2008-02-03")
        .unwrap();
    assert_eq!((dates[first.end].as_str(), first.peak), ("2008-02-06", 179_415.0));
    assert!(
        (first.base - 4413.9).abs() < 0.06 && (first.z - 10.58).abs() < 0.006,
        "{first:?}"
    );
    let form = shape(&days, first).unwrap();
    assert!(
        (form.peak_share - 0.680).abs() < 6e-4 && (form.ramp - 0.079).abs() < 6e-4,
        "{form:?}"
    );
}

#[test]
fn youtube_active_one_of_models_md() {
    let Some(text) = shared_text("youtube-active-one/views_shares.csv") else {
        return;
    };
    let days: Vec<DayCount> = text
        .lines()
        .skip(1)
        .enumerate()
        .map(|(day, line)| DayCount {
            weekday: day % 7,
            value: line.split(',').nth(1).unwrap().parse().unwrap(),
        })
        .collect();
    assert_eq!(days.iter().map(|day| day.value).sum::<f64>(), 2_174_286.0);
    let floor = evergreen_floor(&days).unwrap();
    assert_eq!(floor.per_day, 535.5);
    assert!((floor.share - 0.0313).abs() < 5e-5, "floor share {}", floor.share);
    let at = |floor, share| excess_half_life(&days, floor, share).unwrap();
    assert!((at(0.0, 0.5) - 2.964966).abs() < 1e-6, "{}", at(0.0, 0.5));
    assert!(
        (at(floor.per_day, 0.5) - 2.860799).abs() < 1e-6,
        "{}",
        at(floor.per_day, 0.5)
    );
    assert!(
        (at(floor.per_day, 0.9) - 11.382330).abs() < 1e-5,
        "{}",
        at(floor.per_day, 0.9)
    );
    let form = shape_around(&days, 1, floor.per_day).unwrap();
    assert_eq!(days[1].value, 695_628.0);
    assert!(
        (form.peak_share - 0.381452).abs() < 1e-6 && (form.ramp - 0.049183).abs() < 1e-6,
        "{form:?}"
    );
    assert_eq!(form.reading, Reading::PassedOn);
    assert_eq!(form.reading.words(), "push that people passed on");
}
