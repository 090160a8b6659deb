//! Stages by hand: who stands where, who moved in which month, and after which piece.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use longplay_domain::{Claim, Day, RegularRule, Time, Zone};
use longplay_measures::{Answer, By, Figure, Key, Question, Scope, State, ask};
use longplay_store::Store;
use longplay_testkit::{RandomAudience, Row};

const NOW: Time = Time::from_micros(1_790_000_000_000_000);

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn at(day: Day, hour: i64) -> Time {
    Time::from_micros(Zone::utc().start_of(day).micros() + hour * 3_600_000_000)
}

/// A workspace that is filled act by act.
struct Audience {
    _dir: tempfile::TempDir,
    store: Store,
    claims: Vec<Claim>,
}

impl Audience {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), NOW).unwrap();
        Self {
            _dir: dir,
            store,
            claims: Vec::new(),
        }
    }

    fn act(&mut self, person: &str, event: &str, piece: &str, (on, hour): (Day, i64)) -> &mut Claim {
        let row = Row {
            piece: (!piece.is_empty()).then(|| piece.to_owned()),
            channel: Some("website".to_owned()),
            ..Row::new(at(on, hour), person, event)
        };
        self.claims.push(row.claim());
        self.claims.last_mut().unwrap()
    }

    fn views(&mut self, person: &str, piece: &str, days: impl IntoIterator<Item = Day>) {
        for on in days {
            self.act(person, "viewed", piece, (on, 12));
        }
    }

    fn question(on: &str) -> Question {
        Question::new(Key::Ladder, Zone::utc().end_of(day(on)), Zone::utc())
    }

    fn asked(&mut self, question: &Question) -> Answer {
        self.store.accept(std::mem::take(&mut self.claims), NOW).unwrap();
        ask(question, &self.store).unwrap()
    }

    fn ask(&mut self, on: &str) -> Answer {
        self.asked(&Self::question(on))
    }
}

fn weekly(from: &str, count: i32) -> impl Iterator<Item = Day> {
    let from = day(from);
    (0..count).map(move |week| from.plus(7 * week))
}

fn figure<'a>(answer: &'a Answer, key: &str, scope: &Scope) -> &'a Figure {
    let is_it = |figure: &&Figure| figure.key == key && figure.scope == *scope;
    answer
        .figures
        .iter()
        .find(is_it)
        .unwrap_or_else(|| panic!("{key} {scope:?}"))
}

fn count(answer: &Answer, key: &str) -> i64 {
    figure(answer, key, &Scope::new()).count
}

const STAGES: [&str; 7] = [
    "reached",
    "returning",
    "regular",
    "subscriber",
    "buyer",
    "repeat_buyer",
    "advocate",
];

fn stages(answer: &Answer) -> [i64; 7] {
    STAGES.map(|stage| count(answer, &format!("stage_{stage}")))
}

fn of_month(answer: &Answer, month: &str) -> [i64; 4] {
    let scope = Scope::from([("month", Some(month.to_owned()))]);
    ["arrived", "moved_up", "held", "moved_down"].map(|key| figure(answer, key, &scope).count)
}

/// (stage, piece, people) of every step told.
fn steps(answer: &Answer) -> Vec<(String, Option<String>, u64)> {
    let rows = answer.rows.iter().filter(|row| row["kind"] == "step");
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    rows.map(|row| {
        (
            text(&row["stage"]).unwrap(),
            text(&row["piece"]),
            row["people"].as_u64().unwrap(),
        )
    })
    .collect()
}

#[test]
fn each_stage_is_proved_by_what_its_people_did() {
    let mut audience = Audience::new();
    audience.views("reached", "hit", [day("2026-06-20")]);
    audience.views("returning", "hit", [day("2026-06-10"), day("2026-06-20")]);
    audience.views("regular", "hit", weekly("2026-05-30", 4));
    audience.views("subscriber", "hit", [day("2026-06-20")]);
    audience.act("subscriber", "subscribed", "", (day("2026-06-20"), 13));
    audience.views("left again", "hit", [day("2026-06-20")]);
    audience.act("left again", "subscribed", "", (day("2026-06-20"), 13));
    audience.act("left again", "unsubscribed", "", (day("2026-06-21"), 13));
    audience.act("buyer", "purchased", "", (day("2026-06-20"), 13));
    audience.act("buyer", "purchased", "", (day("2026-06-20"), 14));
    audience.act("repeat buyer", "purchased", "", (day("2024-06-20"), 13));
    audience.act("repeat buyer", "purchased", "", (day("2024-06-21"), 14));
    audience.act("advocate", "referred", "", (day("2025-06-25"), 13));
    audience.act("former advocate", "shared", "", (day("2025-06-24"), 13));
    audience.act("nobody", "unsubscribed", "", (day("2026-06-20"), 13));
    let answer = audience.ask("2026-06-24");
    // Reached: those called so, who left again, and whose sharing is a year past.
    assert_eq!(stages(&answer), [3, 1, 1, 1, 1, 1, 1]);
    assert_eq!(count(&answer, "people"), 9, "who never was there is not one of them");
    assert_eq!(count(&answer, "regulars"), 1);
}

#[test]
fn who_comes_by_themselves_is_close_and_missing_origins_say_nothing() {
    let mut audience = Audience::new();
    // Ada came by a link once and directly three times since; of Bob's origins nothing was ever recorded; Cy always comes by
    // a link.
    for (index, on) in [0, 20, 40, 60].into_iter().enumerate() {
        let on = day("2026-04-20").plus(on);
        let ada = audience.act("ada", "viewed", "hit", (on, 12));
        if index == 0 {
            ada.referrer = Some("https://search.example/".to_owned());
        }
        audience.act("bob", "viewed", "hit", (on, 12));
        audience.act("cy", "viewed", "hit", (on, 12)).campaign = Some("spring".to_owned());
    }
    let answer = audience.ask("2026-06-22");
    assert_eq!(count(&answer, "stage_subscriber"), 1);
    assert_eq!(stages(&answer).iter().sum::<i64>(), 3);
}

#[test]
fn a_session_that_runs_past_midnight_is_no_return() {
    let mut audience = Audience::new();
    let (eve, day_after) = (day("2026-06-20"), day("2026-06-21"));
    let mut visit = |person: &str, on: Day, minutes: i64| {
        let claim = audience.act(person, "viewed", "hit", (on, 0));
        claim.time = Row::new(
            Time::from_micros(at(on, 0).micros() + minutes * 60_000_000),
            person,
            "viewed",
        )
        .claim()
        .time;
    };
    // Ada reads on from 23:50 to 00:15; Bob too, and comes again in the evening; Cy comes 31 minutes after he went.
    for (on, minutes) in [(eve, 1_430), (day_after, 5), (day_after, 15)] {
        visit("ada", on, minutes);
        visit("bob", on, minutes);
    }
    visit("bob", day_after, 20 * 60);
    visit("cy", eve, 1_430);
    visit("cy", day_after, 21);
    let answer = audience.ask("2026-06-24");
    assert_eq!(stages(&answer), [1, 2, 0, 0, 0, 0, 0]);
}

#[test]
fn silence_lowers_a_stage_and_keeps_the_history() {
    let mut audience = Audience::new();
    audience.views("ada", "hit", [day("2025-01-06"), day("2025-01-08")]);
    audience.act("bob", "subscribed", "", (day("2025-01-06"), 12));
    audience.act("cy", "purchased", "", (day("2025-01-06"), 12));
    let then = audience.ask("2025-01-10");
    assert_eq!(stages(&then), [0, 1, 0, 1, 1, 0, 0]);
    let later = audience.ask("2026-01-10");
    assert_eq!(stages(&later), [2, 0, 0, 0, 1, 0, 0], "a buyer stays one");
    assert_eq!(count(&later, "away"), 3);
    // The month in which their silence had lasted long enough; before and after nothing moved.
    let down: i64 = ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06"]
        .iter()
        .map(|month| of_month(&later, month)[3])
        .sum();
    assert_eq!(down, 2);
    // Coming back finds what was there: Bob once more gave nothing, yet is a subscriber, and Ada is returning.
    audience.views("ada", "back", [day("2026-01-12")]);
    audience.views("bob", "back", [day("2026-01-12")]);
    let back = audience.ask("2026-01-12");
    assert_eq!(stages(&back), [0, 1, 0, 1, 1, 0, 0]);
    assert_eq!(of_month(&back, "2026-01"), [0, 2, 1, 0]);
    let back_for = Some("back".to_owned());
    assert_eq!(
        steps(&back),
        [
            ("returning".to_owned(), back_for.clone(), 1),
            ("subscriber".to_owned(), back_for, 1)
        ]
    );
}

#[test]
fn a_regular_of_five_years_on_holiday_is_no_stranger() {
    let mut audience = Audience::new();
    audience.views("ada", "hit", weekly("2021-06-07", 261));
    let last = day("2021-06-07").plus(7 * 260);
    for away in [0, 7, 14, 20, 21, 28, 35] {
        let answer = audience.ask(&last.plus(away).to_string());
        let is_regular = count(&answer, "regulars") == 1;
        assert_eq!(is_regular, away < 21, "{away} days away");
        let [reached, returning, regular, ..] = stages(&answer);
        assert_eq!((reached, returning + regular), (0, 1), "{away} days away");
    }
    let years_later = audience.ask(&last.plus(1_500).to_string());
    assert_eq!(stages(&years_later)[0], 1);
}

#[test]
fn moving_the_range_start_makes_no_regular_new() {
    let mut audience = Audience::new();
    audience.views("ada", "hit", weekly("2025-01-06", 80));
    audience.views("bob", "hit", weekly("2026-04-06", 10));
    let mut question = Audience::question("2026-06-15");
    let all = audience.asked(&question);
    assert_eq!((count(&all, "regulars"), of_month(&all, "2026-04")), (2, [1, 0, 1, 0]));
    question.period.from = Some(day("2026-04-01"));
    let late = audience.asked(&question);
    assert_eq!(
        (count(&late, "people"), count(&late, "regulars")),
        (1, 1),
        "Ada is not of the range, and not new in it"
    );
    question.period.from = Some(day("2025-01-06"));
    let mut early = audience.asked(&question);
    early.sentence.clone_from(&all.sentence);
    assert_eq!(early.figures, all.figures);
}

/// One person has one stage in every segment: the rhythm is everybody's, whomever the question is about.
#[test]
fn the_rhythm_of_a_segment_is_that_of_everybody() {
    let mut audience = Audience::new();
    for number in 0..240_i32 {
        let (visits, gap) = if number < 60 { (20, 7) } else { (1, 7) };
        for visit in 0..visits {
            let on = day("2026-01-05").plus(number % 30 + visit * gap);
            let claim = audience.act(&format!("user:{number}"), "viewed", "hit", (on, 12));
            claim.country = Some(if number % 4 == 0 { "AT" } else { "US" }.to_owned());
        }
    }
    let mut question = Audience::question("2026-06-20");
    let all = audience.asked(&question);
    question.whose = Some("country in (AT)".parse().unwrap());
    let some = audience.asked(&question);
    let definition = |answer: &Answer| {
        answer
            .rows
            .iter()
            .find(|row| row["kind"] == "definition")
            .unwrap()
            .clone()
    };
    assert_eq!((count(&all, "people"), count(&some, "people")), (240, 60));
    assert_eq!(definition(&all), definition(&some));
    assert_eq!(definition(&all)["rhythm"]["people"], 240);
}

#[test]
fn steps_name_the_piece_touched_last() {
    let mut audience = Audience::new();
    audience.views("ada", "hit", [day("2026-06-01"), day("2026-06-03")]);
    audience.act("ada", "viewed", "offer", (day("2026-06-05"), 12));
    audience.act("ada", "purchased", "", (day("2026-06-05"), 13));
    audience.act("ada", "viewed", "thanks", (day("2026-06-05"), 14));
    audience.act("bob", "purchased", "", (day("2026-06-05"), 13));
    audience.views("cy", "old", [day("2026-03-01"), day("2026-03-02")]);
    let answer = audience.ask("2026-06-10");
    let step = |stage: &str, piece: Option<&str>, people| (stage.to_owned(), piece.map(str::to_owned), people);
    assert_eq!(
        steps(&answer),
        [
            step("returning", Some("hit"), 1),
            step("buyer", None, 1),
            step("buyer", Some("offer"), 1)
        ],
        "Cy's step lies more than 90 days back"
    );
}

#[test]
fn stages_partition_and_flows_reconcile_on_any_audience() {
    let mut regulars = 0;
    for seed in 0..30 {
        let audience = RandomAudience::new(seed);
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), NOW).unwrap();
        store.accept(audience.rows().map(Row::claim).collect(), NOW).unwrap();
        let last = audience.rows().map(|row| row.time).max().unwrap();
        for rule in RegularRule::ALL {
            store.set_regular_rule(rule).unwrap();
            for (ago, by) in [(0, By::Piece), (40, By::Channel), (200, By::Week)] {
                let as_of = Time::from_micros(last.micros() - ago * 86_400_000_000);
                let question = Question {
                    by,
                    ..Question::new(Key::Ladder, as_of, audience.zone.clone())
                };
                let answer = ask(&question, &store).unwrap();
                reconcile(&answer, by);
                regulars += count(&answer, "regulars");
            }
        }
    }
    assert!(regulars > 50, "{regulars}: the audiences have regulars");
}

fn reconcile(answer: &Answer, by: By) {
    let people = count(answer, "people");
    assert_eq!(stages(answer).iter().sum::<i64>(), people);
    let words = ["present", "cooling", "away"].map(|word| count(answer, word));
    assert_eq!(words.iter().sum::<i64>(), people);
    let change = count(answer, "regulars_gained") - count(answer, "regulars_lost");
    assert_eq!(count(answer, "regulars") - count(answer, "regulars_month_ago"), change);
    for key in ["people", "regulars", "stage_reached", "stage_buyer"] {
        let parts = answer
            .figures
            .iter()
            .filter(|figure| figure.key == key && figure.scope.contains_key(by.name()));
        assert_eq!(
            parts.map(|figure| figure.count).sum::<i64>(),
            count(answer, key),
            "{key}"
        );
    }
    let mut before: Option<i64> = None;
    for row in answer.rows.iter().filter(|row| row["kind"] == "month") {
        let month = row["month"].as_str().unwrap();
        let [arrived, up, held, down] = of_month(answer, month);
        let scope = Scope::from([("month", Some(month.to_owned()))]);
        let moved = figure(answer, "held", &scope);
        assert_eq!(up + held + down, moved.n as i64);
        if let Some(before) = before {
            assert_eq!(up + held + down, before, "{month} finds whom the month before left");
        }
        let here: u64 = STAGES.iter().map(|stage| row[stage].as_u64().unwrap()).sum();
        before = Some(up + held + down + arrived);
        assert_eq!(before, Some(here as i64));
        let share = figure(answer, "held_share", &scope);
        assert_eq!(share.state == State::TooEarly, (1..20).contains(&moved.n), "{month}");
    }
    assert!(before.is_none_or(|before| before == people));
    let now = answer.rows.iter().rfind(|row| row["kind"] == "month");
    let now = now.map(|row| STAGES.map(|stage| row[stage].as_i64().unwrap()));
    assert!(
        now.is_none_or(|now| now == stages(answer)),
        "the running month ends with today"
    );
}

#[test]
fn the_sentence_is_true_at_the_edges() {
    let mut audience = Audience::new();
    let said = |answer: Answer| answer.sentence;
    assert_eq!(
        said(audience.ask("2026-06-01")),
        "Nobody has been seen yet, so nobody can be a regular."
    );
    audience.views("ada", "hit", [day("2026-06-01")]);
    assert_eq!(
        said(audience.ask("2026-06-01")),
        "Nobody has been here long enough to be a regular yet. The first can be one on 5 June 2026."
    );
    assert_eq!(
        said(audience.ask("2026-06-30")),
        "The one person seen so far is no regular yet."
    );
    audience.views("ada", "hit", weekly("2026-06-08", 11)); // until 17 August
    audience.views("bob", "hit", [day("2026-06-02")]);
    assert_eq!(
        said(audience.ask("2026-06-14")),
        "None of the 2 people seen so far is a regular yet."
    );
    assert_eq!(
        said(audience.ask("2026-06-16")),
        "You have 1 regular; a month ago there were none."
    );
    assert_eq!(
        said(audience.ask("2026-08-01")),
        "You have 1 regular, as many as a month ago: the same people."
    );
    assert_eq!(
        said(audience.ask("2026-09-16")),
        "You have no regulars now; a month ago there was 1."
    );
    assert_eq!(
        said(audience.ask("2027-06-16")),
        "None of the people seen so far is a regular now, or was a month ago; on 31 August 2026 there was 1 still."
    );
    audience.views("cy", "hit", weekly("2026-07-20", 5));
    assert_eq!(
        said(audience.ask("2026-08-10")),
        "You have 2 regulars, 1 more than a month ago: 1 moved up, nobody slipped."
    );
    let mut question = Audience::question("2026-08-10");
    question.period.from = Some(day("2026-07-01"));
    assert_eq!(
        audience.asked(&question).sentence,
        "1 of the people who first came in that time is a regular now; a month ago there were none."
    );
    question.period.from = Some(day("2026-08-01"));
    assert_eq!(
        audience.asked(&question).sentence,
        "Nobody first came in that time, so none of its people can be a regular."
    );
}
