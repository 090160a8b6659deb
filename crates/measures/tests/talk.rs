//! Whom to talk to, by hand: each reason, what the owner's notes do to it, the cut to capacity, and the holdout.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use longplay_domain::{Day, Handle, Time, Zone};
use longplay_measures::{Answer, Figure, Grade, Key, Question, State, ask, todays_list};
use longplay_store::{Store, TalkKind, TalkNote};
use longplay_testkit::Row;

const NOW: Time = Time::from_micros(1_790_000_000_000_000);

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn noon(day: Day) -> Time {
    Time::from_micros(Zone::utc().start_of(day).micros() + 43_200_000_000)
}

struct Workspace {
    _dir: tempfile::TempDir,
    store: Store,
}

impl Workspace {
    fn with(rows: &[Row]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), NOW).unwrap();
        store.accept(rows.iter().map(Row::claim).collect(), NOW).unwrap();
        Self { _dir: dir, store }
    }

    fn question(on: &str) -> Question {
        Question::new(Key::Talk, Zone::utc().end_of(day(on)), Zone::utc())
    }

    fn ask(&self, on: &str) -> Answer {
        ask(&Self::question(on), &self.store).unwrap()
    }

    /// (handle, reason) of today's list.
    fn list(&self, on: &str) -> Vec<(String, String)> {
        let rows = self.ask(on).rows;
        let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
        rows.iter()
            .map(|row| (text(row, "handle"), text(row, "reason")))
            .collect()
    }

    fn note(&self, person: &str, kind: TalkKind, on: &str) {
        self.note_until(person, kind, on, None);
    }

    fn note_until(&self, person: &str, kind: TalkKind, on: &str, until: Option<&str>) {
        let key = self.store.key_of(&Handle::parse(person).unwrap());
        let note = TalkNote {
            until: until.map(|until| noon(day(until))),
            ..TalkNote::new(longplay_domain::PersonId(key), kind, noon(day(on)))
        };
        self.store.note_talks(&[note]).unwrap();
    }
}

fn act(person: &str, event: &str, piece: &str, on: Day) -> Row {
    Row {
        piece: (!piece.is_empty()).then(|| piece.to_owned()),
        ..Row::new(noon(on), person, event)
    }
}

fn weekly(person: &str, from: &str, count: i32) -> Vec<Row> {
    let from = day(from);
    (0..count)
        .map(|week| act(person, "viewed", "tour", from.plus(7 * week)))
        .collect()
}

const ADA: &str = "email:ada@example.com";

/// Ada was here every week for two years, the last time on 4 May 2026.
fn ada() -> Vec<Row> {
    weekly(ADA, "2024-05-06", 105)
}

#[test]
fn a_regular_who_drifts_is_listed_until_they_are_gone_or_back() {
    let mut rows = ada();
    rows.extend(weekly("user:always", "2024-05-06", 120));
    rows.extend(weekly("user:hardly", "2026-05-04", 4));
    let workspace = Workspace::with(&rows);
    let drifting = [(ADA.to_owned(), "drifting_regular".to_owned())];
    assert_eq!(workspace.list("2026-05-11"), [], "a week is usual");
    assert_eq!(workspace.list("2026-06-08"), drifting);
    let answer = workspace.ask("2026-06-08");
    assert_eq!(
        answer.sentence,
        "ada@example.com was here about every 7 days for 23 months and has been away 5 weeks. The last they saw was “tour”."
    );
    let row = &answer.rows[0];
    assert_eq!(
        (row["last_seen"].as_str(), row["usual_gap_days"].as_i64()),
        (Some("2026-05-04"), Some(7))
    );
    assert!(row["p_alive"].as_f64() < row["p_alive_before"].as_f64());
    assert_eq!(
        (&row["value_at_stake"], &row["currency"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
    assert_eq!(workspace.list("2027-06-08"), [], "who is long gone drifts no more");
    let back = act(ADA, "viewed", "tour", day("2026-06-09"));
    workspace.store.accept(vec![back.claim()], NOW).unwrap();
    assert_eq!(workspace.list("2026-06-10"), [], "came back by themselves");
}

#[test]
fn a_logged_contact_resets_the_reminder() {
    let workspace = Workspace::with(&ada());
    assert_eq!(workspace.list("2026-06-01").len(), 1);
    workspace.note(ADA, TalkKind::Contact, "2026-06-02");
    assert_eq!(
        workspace.list("2026-06-01").len(),
        1,
        "the contact was not yet known then"
    );
    assert_eq!(workspace.list("2026-06-08"), [], "contact was made in some channel");
    let workspace = Workspace::with(&ada());
    workspace.note(ADA, TalkKind::Done, "2026-05-05");
    assert_eq!(workspace.list("2026-06-01"), []);
    assert_eq!(
        workspace.list("2026-06-08").len(),
        1,
        "28 days and more, and still drifting"
    );
}

#[test]
fn who_is_snoozed_or_never_is_left_alone() {
    let workspace = Workspace::with(&ada());
    workspace.note_until(ADA, TalkKind::Snooze, "2026-06-01", Some("2026-06-08"));
    assert_eq!(workspace.list("2026-06-07"), []);
    assert_eq!(workspace.list("2026-06-08").len(), 1);
    workspace.note(ADA, TalkKind::Never, "2026-06-08");
    assert_eq!(workspace.ask("2026-06-09").sentence, "Nobody needs you today.");
}

#[test]
fn news_is_a_reason_until_it_is_answered_or_old() {
    let rows = [
        act("user:cy", "commented", "tour", day("2026-06-01")),
        act("user:dan", "shared", "tour", day("2026-06-01")),
        act("user:eve", "purchased", "", day("2026-06-01")),
        act("user:old", "purchased", "", day("2025-06-01")),
        act("user:old", "purchased", "", day("2026-06-01")),
    ];
    let workspace = Workspace::with(&rows);
    let reasons = |on: &str| {
        let mut list = workspace.list(on);
        list.sort();
        list.into_iter()
            .map(|(who, reason)| format!("{who} {reason}"))
            .collect::<Vec<_>>()
    };
    let all = [
        "user:cy unanswered_comment",
        "user:dan new_advocate",
        "user:eve first_time_buyer",
    ];
    assert_eq!(reasons("2026-06-01"), all);
    assert_eq!(reasons("2026-06-14"), all);
    assert_eq!(reasons("2026-06-15"), [""; 0]);
    workspace.note("user:cy", TalkKind::Contact, "2026-06-02");
    assert_eq!(reasons("2026-06-03"), all[1..]);
    let again = act("user:cy", "replied", "tour", day("2026-06-04"));
    workspace.store.accept(vec![again.claim()], NOW).unwrap();
    assert_eq!(reasons("2026-06-04"), all, "a later word waits for another answer");
    assert!(workspace.ask("2026-06-04").rows.iter().any(|row| {
        row["evidence"] == "Said something: commented or replied on 4 June 2026 (“tour”), and no answer is noted."
    }));
}

#[test]
fn the_list_is_no_longer_than_the_owners_day_and_ranks_by_what_is_at_stake() {
    let mut rows = Vec::new();
    for number in 0..8 {
        let who = format!("user:{number}");
        rows.extend(weekly(&who, "2025-05-05", 53));
        if number == 3 {
            let bought = Row {
                value: Some("80.00".to_owned()),
                currency: Some("EUR".to_owned()),
                ..act(&who, "purchased", "", day("2026-01-05"))
            };
            rows.push(bought);
        }
    }
    let workspace = Workspace::with(&rows);
    let list = workspace.list("2026-06-08");
    assert_eq!((list.len(), list[0].0.as_str()), (5, "user:3"));
    let row = &workspace.ask("2026-06-08").rows[0];
    assert_eq!(row["currency"], "EUR");
    let (value, p_alive) = (
        row["value_at_stake"].as_f64().unwrap(),
        row["p_alive"].as_f64().unwrap(),
    );
    assert!(
        (value - 80.0 * p_alive).abs() < 1e-9,
        "what they spent in a year, if they are still there"
    );
    workspace.store.set_talk_capacity(2).unwrap();
    assert_eq!(workspace.list("2026-06-08").len(), 2);
    assert!(
        workspace
            .ask("2026-06-08")
            .sentence
            .ends_with(" One more person is on today's list.")
    );
    assert!(workspace.store.set_talk_capacity(0).is_err());
}

/// A sale's crowd of new buyers leaves room for the regulars who drift, and everybody is counted, kept or not.
#[test]
fn reasons_take_turns_and_all_candidates_are_counted() {
    let mut rows: Vec<Row> = (0..9_000)
        .map(|number| {
            let bought = act(&format!("user:new{number}"), "purchased", "", day("2026-06-01"));
            Row {
                value: Some("500.00".to_owned()),
                currency: Some("EUR".to_owned()),
                ..bought
            }
        })
        .collect();
    for number in 0..3 {
        rows.extend(weekly(&format!("user:was{number}"), "2025-05-05", 53));
    }
    rows.push(act("user:cy", "commented", "tour", day("2026-06-01")));
    let workspace = Workspace::with(&rows);
    let answer = workspace.ask("2026-06-08");
    let count = |key: &str| figure(&answer, key).count;
    assert_eq!(
        (count("candidates"), count("candidates_first_time_buyer")),
        (9_004, 9_000)
    );
    assert_eq!(
        (
            count("candidates_drifting_regular"),
            count("candidates_unanswered_comment")
        ),
        (3, 1)
    );
    let of = |reason: &str| answer.rows.iter().filter(|row| row["reason"] == reason).count();
    assert_eq!(
        (of("unanswered_comment"), of("drifting_regular"), of("first_time_buyer")),
        (1, 2, 2),
        "five a day, in turns"
    );
    workspace.store.set_talk_holdout(0.5).unwrap();
    let list = workspace.ask("2026-06-08");
    let drifting = list
        .rows
        .iter()
        .filter(|row| row["reason"] == "drifting_regular")
        .count();
    assert!(
        drifting <= 3 && list.rows.len() == 5,
        "a free turn goes to the next reason"
    );
}

/// Who drifts from a browser can't be written to, however much is at stake; a comment can be answered where it stands.
#[test]
fn who_can_be_written_to_comes_first() {
    let mut rows = Vec::new();
    for number in 0..30 {
        let who = format!("anonymous:browser-{number}");
        rows.extend(weekly(&who, "2025-05-05", 53));
        let bought = Row {
            value: Some("900.00".to_owned()),
            currency: Some("EUR".to_owned()),
            ..act(&who, "purchased", "", day("2026-01-05"))
        };
        rows.push(bought);
    }
    let workspace = Workspace::with(&rows);
    let alone = workspace.ask("2026-06-08");
    assert_eq!(
        (alone.rows.len(), alone.sentence.as_str()),
        (
            5,
            "Nobody you could write to needs you today; 5 more have a reason, without a name or an address."
        )
    );
    rows.clear();
    rows.extend(weekly(ADA, "2025-05-05", 53));
    rows.push(act("anonymous:talker", "commented", "tour", day("2026-06-01")));
    workspace
        .store
        .accept(rows.iter().map(Row::claim).collect(), NOW)
        .unwrap();
    let answer = workspace.ask("2026-06-08");
    let told: Vec<(Option<&str>, bool)> = answer
        .rows
        .iter()
        .map(|row| (row["handle"].as_str(), row["reachable"].as_bool().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            (Some(ADA), true),
            (None, true),
            (None, false),
            (None, false),
            (None, false)
        ]
    );
    assert_eq!(answer.rows[1]["reason"], "unanswered_comment");
    assert!(
        answer.sentence.starts_with("ada@example.com was here about every"),
        "{}",
        answer.sentence
    );
}

fn figure<'a>(answer: &'a Answer, key: &str) -> &'a Figure {
    answer.figures.iter().find(|figure| figure.key == key).unwrap()
}

#[test]
fn a_holdout_tells_whether_talking_helped() {
    let mut rows = Vec::new();
    for number in 0..120 {
        rows.extend(weekly(&format!("user:{number}"), "2025-05-05", 53)); // until 4 May 2026
    }
    let workspace = Workspace::with(&rows);
    workspace.store.set_talk_capacity(200).unwrap();
    workspace.store.set_talk_holdout(0.5).unwrap();
    let (answer, arms) = todays_list(&Workspace::question("2026-06-01"), &workspace.store).unwrap();
    let held = arms
        .iter()
        .filter(|(_, arm)| *arm == longplay_measures::talk::Arm::Held)
        .count();
    assert_eq!((arms.len(), answer.rows.len()), (120, 120 - held));
    assert!((40..80).contains(&held), "{held}");
    let notes: Vec<TalkNote> = arms
        .iter()
        .map(|&(person, arm)| {
            let kind = match arm {
                longplay_measures::talk::Arm::Shown => TalkKind::Shown,
                longplay_measures::talk::Arm::Held => TalkKind::Held,
            };
            TalkNote::new(person, kind, noon(day("2026-06-01")))
        })
        .collect();
    workspace.store.note_talks(&notes).unwrap();
    // Everybody who was on the list comes back two weeks later; of the others nobody.
    let shown: std::collections::BTreeSet<i64> = notes
        .iter()
        .filter(|note| note.kind == TalkKind::Shown)
        .map(|note| note.person.0)
        .collect();
    for number in 0..120 {
        let who = format!("user:{number}");
        if shown.contains(&workspace.store.key_of(&Handle::parse(&who).unwrap())) {
            let back = act(&who, "viewed", "tour", day("2026-06-15"));
            workspace.store.accept(vec![back.claim()], NOW).unwrap();
        }
    }
    let early = workspace.ask("2026-06-29");
    assert_eq!(figure(&early, "holdout_effect").state, State::NoData);
    assert_eq!(figure(&early, "holdout_effect").ready_on, Some(day("2026-06-30")));
    let answer = workspace.ask("2026-06-30");
    let effect = figure(&answer, "holdout_effect");
    assert_eq!(
        (effect.state, effect.grade, effect.n),
        (State::Known, Grade::Tested, 120)
    );
    assert_eq!(effect.value, Some(1.0));
    assert_eq!(figure(&answer, "holdout_held").count, 0);
}

#[test]
fn forgetting_somebody_takes_what_was_noted_of_them() {
    let workspace = Workspace::with(&ada());
    workspace.store.seal(NOW).unwrap();
    assert_eq!(workspace.list("2026-06-08").len(), 1, "known until then");
    workspace.note(ADA, TalkKind::Never, "2026-06-01");
    workspace.note("user:other", TalkKind::Done, "2026-06-01");
    let handle = Handle::parse(ADA).unwrap();
    let receipt = workspace.store.erase(&handle, NOW).unwrap().unwrap();
    assert!(receipt.is_complete);
    let answer = workspace.ask("2026-06-08");
    assert_eq!((answer.rows.len(), figure(&answer, "candidates").count), (0, 0));
    let notes = workspace.store.talk_notes().unwrap();
    assert_eq!(notes.iter().map(|note| note.kind).collect::<Vec<_>>(), [TalkKind::Done]);
}
