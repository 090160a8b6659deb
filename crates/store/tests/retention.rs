//! Keeping events for a time: what is older is refused, what grows older goes, and nobody's name stays behind alone.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use longplay_domain::{Act, Also, Claim, Day, Evidence, Handle, Mark, Time, When};
use longplay_store::{DayNote, NewShare, Store, Verdict, check};

const DAY: i64 = 86_400_000_000;
const NOW: Time = Time::from_micros(1_800_000_000_000_000);

fn days_on(days: i64) -> Time {
    Time::from_micros(NOW.micros() + days * DAY)
}

fn claim(number: u32, person: &str, age_days: i64) -> Claim {
    Claim {
        time: When::At(days_on(-age_days)),
        person: person.to_owned(),
        event: "page".to_owned(),
        id: Some(format!("event-{number}")),
        ..Claim::default()
    }
}

fn identify(number: u32, person: &str, browser: &str, age_days: i64) -> Claim {
    Claim {
        also: vec![Also {
            handle: browser.to_owned(),
            evidence: Evidence::Identify,
        }],
        ..claim(number, person, age_days)
    }
}

#[test]
fn what_grows_older_than_is_kept_goes_within_a_week_with_the_names_of_those_who_left() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    let robot = Claim {
        mark: Some(Mark::Bot),
        ..claim(7, "anonymous:robot", 90)
    };
    let all = vec![
        identify(1, "user:gone", "anonymous:gone", 90),
        claim(2, "anonymous:gone", 80),
        identify(3, "user:here", "anonymous:here", 90),
        claim(4, "anonymous:here", 5),
        claim(5, "anonymous:old", 32),
        claim(6, "anonymous:new", 1),
        robot,
    ];
    store.accept(all.clone(), NOW).unwrap();
    store.seal(NOW).unwrap();
    assert_eq!((store.retention().unwrap(), store.let_age(NOW).unwrap()), (None, 0));
    store.set_retention(Some(30)).unwrap();
    assert!(store.set_retention(Some(0)).is_err());

    // The gate refuses what is older; what is held is a duplicate of nothing that is refused.
    let verdicts = store
        .accept(vec![claim(8, "anonymous:new", 31), claim(9, "anonymous:new", 29)], NOW)
        .unwrap();
    let code = |verdict: &Verdict| match verdict {
        Verdict::Refused(refusal) => refusal.code(),
        _ => "none",
    };
    assert_eq!(
        verdicts.verdicts.iter().map(code).collect::<Vec<_>>(),
        ["past_retention", "none"]
    );

    assert_eq!(store.let_age(NOW).unwrap(), 5, "with a robot's");
    let card = |handle: &str| store.person(&Handle::parse(handle).unwrap()).unwrap();
    assert_eq!(
        (card("user:gone"), card("anonymous:old"), card("anonymous:robot")),
        (None, None, None)
    );
    let here = card("user:here").unwrap();
    assert_eq!((here.events, here.links.len()), (1, 1), "who is still there stays one");
    let files = std::fs::read_dir(dir.path().join("segments")).unwrap().count();
    assert_eq!(files, 1, "old files are gone at once");
    assert!(check(dir.path(), NOW).unwrap().findings.is_empty());

    // A row is a week late at most; until then its segment is left alone.
    store.seal(NOW).unwrap();
    assert_eq!(store.let_age(days_on(7)).unwrap(), 0);
    assert_eq!(store.let_age(days_on(9)).unwrap(), 1);
    assert_eq!(store.let_age(days_on(400)).unwrap(), 2);
    assert_eq!(store.totals().unwrap().events, 0);
    assert!(check(dir.path(), NOW).unwrap().findings.is_empty());
    store.set_retention(None).unwrap();
    assert_eq!(
        store.accept(all, NOW).unwrap().verdicts,
        vec![Verdict::Admitted; 7],
        "and may come back"
    );
}

#[test]
fn a_demonstration_is_taken_away_whole_and_nothing_else_ever_is() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    let all = || vec![identify(1, "user:made", "anonymous:up", 9), claim(2, "anonymous:up", 3)];
    store.accept(all(), NOW).unwrap();
    assert!(store.remove_demo(NOW).is_err(), "it is no demonstration");
    assert_eq!(store.totals().unwrap().events, 2);
    store.mark_demo().unwrap();
    store.put_pieces(&[longplay_domain::Piece::named("intro")]).unwrap();
    store.seal(NOW).unwrap();
    store.accept(vec![claim(3, "anonymous:late", 1)], NOW).unwrap();
    store
        .save_segment("fans", Some(&"did purchased".parse().unwrap()))
        .unwrap();
    store
        .put_day_note(&DayNote {
            day: Day(20_000),
            piece: None,
            text: "a made-up fair".to_owned(),
        })
        .unwrap();
    let link = store
        .create_share(
            &NewShare {
                name: "press".to_owned(),
                page: "/".to_owned(),
                query: String::new(),
                password: None,
                made_by: "Ada".to_owned(),
                ends_at: None,
            },
            NOW,
        )
        .unwrap();
    store.remove_demo(NOW).unwrap();
    assert!(store.day_notes().unwrap().is_empty());
    assert!(
        store.share(&link, NOW).unwrap().is_none(),
        "it would show what comes next"
    );
    let totals = store.totals().unwrap();
    assert_eq!((totals.events, totals.people), (0, 0));
    assert!(store.pieces().unwrap().is_empty() && !store.is_demo().unwrap());
    assert!(store.person(&Handle::parse("user:made").unwrap()).unwrap().is_none());
    assert_eq!(store.saved_segments().unwrap().len(), 1, "what the owner said stays");
    let report = check(dir.path(), NOW).unwrap();
    assert!(report.is_healthy(), "{:?}", report.findings);
    // And it can be brought again.
    let verdicts = store.accept(all(), NOW).unwrap().verdicts;
    assert_eq!(verdicts, [Verdict::Admitted, Verdict::Admitted]);
    drop(store);
    let store = Store::open_existing(dir.path(), NOW).unwrap();
    assert_eq!(store.totals().unwrap().events, 2);
}

#[test]
fn what_was_done_is_told_by_its_names_wherever_it_lies() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    let named = |number: u32, event: &str| Claim {
        event: event.to_owned(),
        ..claim(number, "anonymous:somebody", 1)
    };
    store
        .accept(vec![named(1, "Trial Started"), named(2, "purchased")], NOW)
        .unwrap();
    store.seal(NOW).unwrap();
    store.accept(vec![named(3, "Trial Started")], NOW).unwrap();
    let seen = store.names_seen().unwrap();
    let told: Vec<_> = seen
        .iter()
        .map(|seen| (seen.event.as_str(), seen.act, seen.events))
        .collect();
    assert_eq!(
        told,
        [("Trial Started", Act::Other, 2), ("purchased", Act::Purchased, 1)]
    );
}
