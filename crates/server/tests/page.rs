//! Pages over fixture answers: what is said, what is said when there is nothing to say, and that no text becomes markup.

use std::collections::BTreeMap;

use askama::Template;
use longplay_domain::Day;
use longplay_measures::{Caution, Scope, State};
use longplay_server::pages::exhibit::Moment;
use longplay_server::pages::sections::Dated;
use longplay_server::pages::{self, Titles};
use serde_json::Value;

use crate::fixtures;

/// The chart data on a page, by exhibit.
fn charts(page: &str) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find("<script type=\"application/json\" id=\"") {
        rest = &rest[at + 36..];
        let (id, tail) = rest.split_once("\">").unwrap();
        let (json, tail) = tail.split_once("</script>").unwrap();
        found.push((id.to_owned(), serde_json::from_str(json).unwrap()));
        rest = tail;
    }
    found
}

#[test]
fn a_full_page_says_each_answer_with_its_picture_table_and_evidence() {
    let page = fixtures::page(&fixtures::all());
    for answer in fixtures::all() {
        assert!(page.contains(&format!("id=\"{}\"", answer.question)));
    }
    assert!(page.contains("31 in 100 came back within 28 days (between 27 and 35)."));
    assert!(page.contains(
        "Counted · 4,213 people · ranges hold the truth 9 times in 10 · as of 23 November 2026, 14:02 in Vienna"
    ));
    assert!(page.contains("known on 9 December 2026"), "too early has a date");
    assert!(page.contains("301 of the 4,213 people have not had 28 days yet"));
    assert!(page.contains("2,318.50"), "money keeps its places");
    let ids: Vec<String> = charts(&page).into_iter().map(|(id, _)| id).collect();
    assert_eq!(
        ids,
        [
            "returns-weeks-data",
            "goals-purchase-data",
            "goals-signup-data",
            "hits-days-1-data"
        ]
    );
    assert!(!page.contains("Demonstration"));
}

#[test]
fn the_chart_holds_the_numbers_of_the_answer() {
    let page = fixtures::page(&fixtures::all());
    let (_, weeks) = charts(&page).remove(0);
    let points = &fixtures::returns().series[0].points;
    assert_eq!(weeks["marks"].as_array().unwrap().len(), points.len());
    for (mark, point) in weeks["marks"].as_array().unwrap().iter().zip(points) {
        assert_eq!(mark["at"], Value::String(point.day.to_string()));
        for (drawn, told) in [
            (&mark["value"], point.value),
            (&mark["low"], point.low),
            (&mark["high"], point.high),
        ] {
            assert!(drawn.as_f64().is_some() == told.is_some());
            assert!((drawn.as_f64().unwrap_or(0.0) - told.unwrap_or(0.0)).abs() < 1e-12);
        }
    }
    assert_eq!(weeks["today"], "2026-11-23");
    let words = weeks["marks"][0]["words"].as_str().unwrap();
    assert_eq!(
        words,
        "Week of 1 December 2025: 15 in 100, between 7.4 and 23. Counted over 60 people."
    );
}

#[test]
fn bars_show_the_largest_pieces_and_the_best_and_say_what_they_leave_out() {
    let page = fixtures::page(&fixtures::all());
    let bars = &charts(&page)[1].1;
    let names: Vec<&str> = bars["marks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mark| mark["at"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), 10);
    assert!(
        names.contains(&"No piece: came straight to you"),
        "those whom no piece brought are somebody too"
    );
    assert!(!names.contains(&"A small piece"));
    let values: Vec<f64> = bars["marks"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|mark| mark["value"].as_f64())
        .collect();
    assert!(values.is_sorted_by(|one, other| one >= other), "best first: {values:?}");
    assert!(page.contains("the five that brought most who bought; 4 more pieces in the full answer."));
    assert!(!page.contains("goals-download"), "a goal nobody reached has no picture");
}

#[test]
fn a_demonstration_says_so() {
    let page = pages::home(
        &fixtures::all(),
        &fixtures::titles(),
        pages::Filter::default(),
        fixtures::frame(true),
    )
    .render()
    .unwrap();
    assert!(page.contains("Demonstration audience, made up."));
}

#[test]
fn an_empty_workspace_says_what_fills_the_page_and_how_to_start() {
    let page = fixtures::home(&fixtures::empty());
    assert!(page.contains("<code>longplay import FILE</code>"));
    assert!(page.contains("Did they come back?"));
    assert!(charts(&page).is_empty());
    assert!(!page.contains("NaN"));
}

/// The home page is a memo: a figure each, a sentence each, and what is not known yet with its day.
#[test]
fn the_home_page_says_everything_once() {
    let page = fixtures::home(&fixtures::all());
    for answer in fixtures::all() {
        let sentence = answer.sentence;
        assert_eq!(page.matches(sentence.as_str()).count(), 1, "{sentence}");
    }
    assert!(
        page.contains("Came back within 90 days</span> <small>9 December 2026"),
        "{page}"
    );
    assert!(page.contains("href=\"/pieces#hits\">Reach, day by day"));
}

#[test]
fn what_came_out_on_a_day_is_told_by_its_mark_and_marked_on_the_axis() {
    let at = Day::parse("2026-05-09").unwrap();
    let moment = |at, words: &str| Moment {
        at,
        is_note: words.starts_with("Radio"),
        words: words.to_owned(),
    };
    let on = |channel: Option<&str>, moment| Dated {
        channel: channel.map(str::to_owned),
        piece: None,
        moment,
    };
    let titles = fixtures::titles().with_days(vec![
        on(Some("website"), moment(at, "Ten mistakes")),
        on(Some("newsletter"), moment(at, "Newsletter 41")),
        on(None, moment(at.plus(1), "Radio spoke of it")),
        on(None, moment(Day::parse("2020-01-01").unwrap(), "Long ago")),
    ]);
    let page = fixtures::page_with(&[fixtures::hits(), fixtures::returns()], &titles);
    let of = |id: &str| charts(&page).into_iter().find(|(found, _)| found == id).unwrap().1;
    let days = of("hits-days-1-data");
    assert_eq!(
        days["moments"].as_array().unwrap().len(),
        2,
        "those of the channel, and what was noted"
    );
    let mark = |day: Day| {
        let marks = days["marks"].as_array().unwrap();
        let found = marks.iter().find(|mark| mark["at"] == day.to_string()).unwrap();
        found["words"].as_str().unwrap().to_owned()
    };
    assert!(mark(at).ends_with("“Ten mistakes” came out."), "{}", mark(at));
    assert!(
        mark(at.plus(1)).ends_with("You noted: Radio spoke of it"),
        "{}",
        mark(at.plus(1))
    );
    assert!(!mark(at.plus(2)).contains("noted"));
    let weeks = of("returns-weeks-data");
    assert_eq!(weeks["moments"].as_array().unwrap().len(), 3, "of every channel");
    let week = weeks["marks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|mark| mark["at"] == "2026-05-04");
    let words = week.unwrap()["words"].as_str().unwrap();
    assert!(
        words.contains("“Ten mistakes” came out.") && words.contains("“Newsletter 41” came out."),
        "{words}"
    );
}

#[test]
fn one_silent_answer_does_not_empty_the_page() {
    let [_, goals, _] = fixtures::empty();
    let page = fixtures::page(&[fixtures::returns(), goals, fixtures::hits()]);
    assert_eq!(charts(&page).len(), 2);
    assert!(page.contains("Nobody has come yet."));
    assert!(!page.contains("longplay import FILE"));
}

#[test]
fn all_too_early_is_an_answer_with_a_date() {
    let mut answer = fixtures::returns();
    answer.figures = answer
        .figures
        .into_iter()
        .map(|figure| fixtures::too_early(figure, "2026-12-01"))
        .collect();
    for point in &mut answer.series[0].points {
        (point.value, point.low, point.high, point.state) = (None, None, None, State::TooEarly);
    }
    let page = fixtures::page(&[answer]);
    assert!(page.contains("Too early") && page.contains("known on 1 December 2026"));
    assert!(
        page.contains("too early</td>"),
        "the table says it in words, not with a zero"
    );
    assert!(page.contains("no week is finished yet"));
}

#[test]
fn one_point_is_enough_for_a_picture() {
    let mut answer = fixtures::returns();
    answer.series[0].points.truncate(1);
    let (_, weeks) = charts(&fixtures::page(&[answer])).remove(0);
    assert_eq!(weeks["marks"].as_array().unwrap().len(), 1);
}

#[test]
fn an_unusual_stretch_names_its_day_and_the_piece_that_led_it() {
    let (_, days) = charts(&fixtures::page(&[fixtures::hits()])).remove(0);
    let marks = days["marks"].as_array().unwrap();
    let labels: Vec<&str> = marks
        .iter()
        .filter_map(|mark| mark["label"].as_str())
        .filter(|label| !label.is_empty())
        .collect();
    assert_eq!(labels, ["9 May, Ten mistakes…"], "one label a stretch, at its height");
    assert!(marks.iter().filter(|mark| mark["marked"] == true).count() > 1);
    assert!(
        marks[0]["words"]
            .as_str()
            .unwrap()
            .ends_with("what is usual is not known yet.")
    );
}

#[test]
fn days_without_an_unusual_one_show_the_usual_range_once() {
    let mut answer = fixtures::hits();
    for point in &mut answer.series[0].points {
        point.marked = false;
    }
    answer.series.push(answer.series[0].clone());
    assert_eq!(charts(&fixtures::page(&[answer])).len(), 1);
}

const NASTY: &str = "</script><img src=x onerror=alert(1)>\"'<script>alert(2)</script>";

#[test]
fn no_text_of_a_stranger_becomes_markup() {
    let mut returns = fixtures::returns();
    returns.sentence = NASTY.to_owned();
    returns.cautions = vec![Caution {
        code: "x",
        message: NASTY.to_owned(),
    }];
    let mut goals = fixtures::goals();
    let goal = format!("converted_{NASTY}");
    goals.figures.push(fixtures::per_1000(&goal, Scope::new(), 10, 5));
    goals.figures.push(fixtures::per_1000(
        &goal,
        BTreeMap::from([("piece", Some(NASTY.to_owned()))]),
        10,
        5,
    ));
    let mut hits = fixtures::hits();
    hits.series[0].title = NASTY.to_owned();
    let titles = Titles::new(fixtures::PIECES.map(|(id, _)| (id.to_owned(), NASTY.to_owned())));
    let answers = [returns, goals, hits];
    let home = pages::home(&answers, &titles, pages::Filter::default(), fixtures::frame(true));
    let home = home.render().unwrap();
    assert!(!home.contains("<img") && !home.contains("<script>"));
    let page = fixtures::page_with(&answers, &titles);
    assert!(!page.contains("<img"));
    assert!(!page.contains("<script>"));
    let opened = page.matches("<script").count();
    assert_eq!(opened, page.matches("</script>").count());
    assert_eq!(opened, 3 + charts(&page).len());
    assert!(page.contains("&#60;img src=x"), "it is still shown, as text");
}
