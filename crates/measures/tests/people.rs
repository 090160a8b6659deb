//! People one by one: the list counts what the figures count, its pages tile it, and one person is told as the list tells them.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::{collections::BTreeSet, sync::Arc};

use longplay_domain::{Day, Goal, Handle, Month, Time, Zone};
use longplay_measures::{
    Answer, Key, Question, Scope, ask,
    people::{self, Ask, CohortCell, CohortSpan, Move, Order, People, Presence, Which},
    stage::Stage,
};
use longplay_store::Store;
use longplay_testkit::{RandomAudience, Row};

const NOW: Time = Time::from_micros(1_790_000_000_000_000);

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn noon(day: Day) -> Time {
    Time::from_micros(Zone::utc().start_of(day).micros() + 43_200_000_000)
}

fn question(key: Key, on: Day) -> Question {
    Question::new(key, Zone::utc().end_of(on), Zone::utc())
}

fn all(which: Which) -> Ask {
    Ask {
        which,
        order: Order::LastSeen,
        currency: None,
        after: None,
        most: people::PAGE_MAX,
    }
}

fn count(store: &Store, on: Day, which: Which) -> u64 {
    people::people(&question(Key::Ladder, on), &all(which), store)
        .unwrap()
        .people
}

fn figure(answer: &Answer, key: &str, scope: &Scope) -> u64 {
    let found = answer
        .figures
        .iter()
        .find(|figure| figure.key == key && figure.scope == *scope);
    found.unwrap_or_else(|| panic!("{key} {scope:?}")).count.unsigned_abs()
}

/// Whatever can be drilled from, over audiences of every kind: the list holds as many people as the figure says.
#[test]
fn the_list_holds_as_many_as_the_figure_it_is_drilled_from() {
    for seed in 0..6 {
        let rows: Vec<Row> = RandomAudience::new(seed).rows().cloned().collect();
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), NOW).unwrap();
        store.accept(rows.iter().map(Row::claim).collect(), NOW).unwrap();
        let on = Zone::utc().day_of(rows.iter().map(|row| row.time).max().unwrap());
        let answers = |key| ask(&question(key, on), &store).unwrap();
        let (ladder, returns, goals) = (answers(Key::Ladder), answers(Key::Returns), answers(Key::Goals));
        let everybody = Scope::new();
        let of = |which| count(&store, on, which);
        assert_eq!(of(Which::default()), figure(&ladder, "people", &everybody));
        for stage in Stage::ALL {
            let which = Which {
                stage: Some(stage),
                ..Which::default()
            };
            assert_eq!(
                of(which),
                figure(&ladder, &format!("stage_{}", stage.name()), &everybody),
                "{seed} {stage:?}"
            );
        }
        for presence in Presence::ALL {
            let which = Which {
                presence: Some(presence),
                ..Which::default()
            };
            assert_eq!(
                of(which),
                figure(&ladder, presence.name(), &everybody),
                "{seed} {presence:?}"
            );
        }
        let which = Which {
            is_regular: true,
            ..Which::default()
        };
        assert_eq!(of(which), figure(&ladder, "regulars", &everybody));
        moved(&ladder, &of);
        cohorts(&returns, &of);
        for figure in ladder
            .figures
            .iter()
            .filter(|figure| figure.key == "people" && !figure.scope.is_empty())
        {
            let Some(piece) = figure.scope.get("piece") else {
                continue;
            };
            let which = Which {
                piece: Some(piece.clone()),
                ..Which::default()
            };
            assert_eq!(of(which), figure.count.unsigned_abs(), "{seed} {piece:?}");
        }
        for goal in store.goals().unwrap() {
            let key = format!("converted_{}", goal.name);
            let which = Which {
                goal: Some(goal),
                ..Which::default()
            };
            assert_eq!(of(which), figure(&goals, &key, &everybody), "{seed} {key}");
        }
    }
}

fn moved(ladder: &Answer, of: &dyn Fn(Which) -> u64) {
    let months = ladder.rows.iter().filter(|row| row["kind"] == "month");
    let mut told = 0;
    for row in months {
        let month = Month::of(day(&format!("{}-01", row["month"].as_str().unwrap())));
        for how in Move::ALL {
            let which = Which {
                moved: Some((month, how)),
                ..Which::default()
            };
            assert_eq!(of(which), row[how.name()].as_u64().unwrap(), "{month} {how:?}");
        }
        told += 1;
    }
    assert!(told > 0);
}

fn cohorts(returns: &Answer, of: &dyn Fn(Which) -> u64) {
    for row in returns.rows.iter().filter(|row| row["kind"] == "cohort").step_by(7) {
        let cell = |age| CohortCell {
            span: if row["span"] == "week" {
                CohortSpan::Week
            } else {
                CohortSpan::Month
            },
            day: day(row["cohort"].as_str().unwrap()),
            age,
        };
        let number = |key: &str| row[key].as_u64().unwrap();
        let at = Some(u32::try_from(number("age")).unwrap());
        let which = |age| Which {
            cohort: Some(cell(age)),
            ..Which::default()
        };
        assert_eq!(
            (of(which(at)), of(which(None))),
            (number("count"), number("n")),
            "{row}"
        );
    }
}

fn act(person: &str, event: &str, on: Day) -> Row {
    Row {
        piece: Some("tour".to_owned()),
        ..Row::new(noon(on), person, event)
    }
}

/// Ada weekly for a year, Bob daily for a week and back to buy, Cy once; all as of 1 June 2026.
fn three() -> (tempfile::TempDir, Store) {
    let mut rows: Vec<Row> = (0..50)
        .map(|week| act("email:ada@example.com", "viewed", day("2025-06-02").plus(7 * week)))
        .collect();
    rows.extend((0..7).map(|days| act("user:bob", "viewed", day("2026-05-01").plus(days))));
    rows.push(Row {
        value: Some("80.00".to_owned()),
        currency: Some("EUR".to_owned()),
        ..act("user:bob", "purchased", day("2026-05-30"))
    });
    rows.push(Row {
        value: Some("30.00".to_owned()),
        currency: Some("EUR".to_owned()),
        ..act("user:bob", "refunded", day("2026-05-31"))
    });
    rows.push(act("anonymous:cy", "viewed", day("2026-05-20")));
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    store.accept(rows.iter().map(Row::claim).collect(), NOW).unwrap();
    (dir, store)
}

fn names(list: &People) -> Vec<&str> {
    list.rows
        .iter()
        .map(|row| row.handle.as_deref().unwrap_or("–"))
        .collect()
}

#[test]
fn each_order_puts_the_first_first() {
    let (_dir, store) = three();
    let on = day("2026-06-01");
    let by = |order, currency: Option<&str>| {
        let ask = Ask {
            order,
            currency: currency.and_then(longplay_domain::Currency::parse),
            ..all(Which::default())
        };
        people::people(&question(Key::Ladder, on), &ask, &store).unwrap()
    };
    let (ada, bob, cy) = ("email:ada@example.com", "user:bob", "–");
    assert_eq!(names(&by(Order::LastSeen, None)), [bob, cy, ada]);
    assert_eq!(names(&by(Order::FirstSeen, None)), [cy, bob, ada]);
    assert_eq!(names(&by(Order::Days, None)), [ada, bob, cy]);
    assert_eq!(names(&by(Order::Spent, Some("EUR")))[0], bob);
    // Ada: 21 days, 3 gaps of (7+364)/(1+49), about 7. Cy: 12 of (7+12)/1 = 19 days. Bob: 2 of (7+31)/(1+7), about 5.
    let away = by(Order::Away, None);
    assert_eq!(names(&away), [ada, cy, bob]);
    let row = &away.rows[0];
    assert_eq!((row.away_days, row.usual_gap_days, row.days), (21, 7, 50));
    let bob = &away.rows[2];
    assert_eq!((bob.stage, bob.spent.len(), bob.spent[0].value), ("buyer", 1, 50.0));
    assert_eq!((bob.first_seen, bob.last_seen), (day("2026-05-01"), day("2026-05-30")));
}

#[test]
fn pages_tile_the_list() {
    let rows: Vec<Row> = RandomAudience::new(7).rows().cloned().collect();
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    store.accept(rows.iter().map(Row::claim).collect(), NOW).unwrap();
    let on = Zone::utc().day_of(rows.iter().map(|row| row.time).max().unwrap());
    for order in Order::ALL {
        let page = |after: Option<&str>, most| {
            let after = after.map(|after| people::place_named(after).unwrap());
            let ask = Ask {
                order,
                after,
                most,
                ..all(Which::default())
            };
            people::people(&question(Key::Ladder, on), &ask, &store).unwrap()
        };
        let whole: Vec<String> = page(None, people::PAGE_MAX)
            .rows
            .into_iter()
            .map(|row| row.person)
            .collect();
        let (mut tiled, mut after) = (Vec::new(), None);
        loop {
            let some = page(after.as_deref(), 3);
            assert!(some.rows.len() <= 3 && some.people == page(None, 1).people);
            tiled.extend(some.rows.into_iter().map(|row| row.person));
            after = some.next;
            if after.is_none() || tiled.len() >= whole.len() {
                break;
            }
        }
        assert_eq!(tiled[..whole.len()], whole[..], "{order:?}");
    }
}

#[test]
fn one_person_is_told_as_the_list_tells_them() {
    let (_dir, store) = three();
    let asked = question(Key::Ladder, day("2026-06-01"));
    let list = people::people(&asked, &all(Which::default()), &store).unwrap();
    for row in &list.rows {
        let key = people::person_named(&row.person).unwrap();
        let whole = people::person(&asked, key, &store).unwrap().unwrap();
        assert_eq!(whole.row, *row);
        assert_eq!(whole.present_on.len(), row.days);
        assert_eq!(whole.stages.last().unwrap().stage, row.stage);
        assert_eq!(whole.stages[0].day, row.first_seen);
    }
    let bob = store.key_of(&Handle::parse("user:bob").unwrap());
    let bob = people::person(&asked, longplay_domain::PersonId(bob), &store)
        .unwrap()
        .unwrap();
    let stages: Vec<(String, &str)> = bob
        .stages
        .iter()
        .map(|from| (from.day.to_string(), from.stage))
        .collect();
    assert_eq!(stages[0], ("2026-05-01".to_owned(), "reached"));
    assert_eq!(stages[1], ("2026-05-02".to_owned(), "returning"));
    assert_eq!(*stages.last().unwrap(), ("2026-05-30".to_owned(), "buyer"));
    assert_eq!(
        (bob.reached.len(), bob.reached[0].goal.as_str(), bob.reached[0].day),
        (1, "purchase", day("2026-05-30"))
    );
    assert!(
        people::person(&asked, longplay_domain::PersonId(1), &store)
            .unwrap()
            .is_none()
    );
}

#[test]
fn people_are_found_by_a_part_of_a_name_and_narrowed_by_a_rule() {
    let (_dir, store) = three();
    let on = day("2026-06-01");
    let found = |text: &str| store.find_people(text, 10).unwrap();
    let key = |handle: &str| longplay_domain::PersonId(store.key_of(&Handle::parse(handle).unwrap()));
    for _ in 0..2 {
        assert_eq!(found("ADA@"), [key("email:ada@example.com")]);
        assert_eq!(found("user:bob"), [key("user:bob")]);
        assert_eq!(found("anonymous:cy"), [key("anonymous:cy")], "known in full only");
        assert_eq!((found("nobody"), found("  ")), (vec![], vec![]));
        store.seal(NOW).unwrap();
    }
    store
        .merge_people(
            &Handle::parse("user:bob").unwrap(),
            &Handle::parse("custom:robert").unwrap(),
            "says so",
            NOW,
        )
        .unwrap();
    let (by_one, by_other) = (found("bob"), found("robert"));
    assert_eq!((by_one.len(), &by_one), (1, &by_other));
    let among = Some(Arc::new(by_one.iter().map(|person| person.0).collect()));
    assert_eq!(
        count(
            &store,
            on,
            Which {
                among,
                ..Which::default()
            }
        ),
        1
    );
    let asked = Question {
        whose: Some("did purchased".parse().unwrap()),
        ..question(Key::Ladder, on)
    };
    let list = people::people(&asked, &all(Which::default()), &store).unwrap();
    let who: BTreeSet<&str> = names(&list).into_iter().collect();
    assert_eq!((list.people, who), (1, BTreeSet::from(["custom:robert"])));
}

#[test]
fn a_goal_of_the_owners_own_is_drilled_into() {
    let (_dir, store) = three();
    let goal = Goal {
        name: "came".to_owned(),
        acts: vec![longplay_domain::Act::Viewed],
        ..store.goals().unwrap()[0].clone()
    };
    let which = Which {
        goal: Some(goal),
        piece: Some(Some("tour".to_owned())),
        ..Which::default()
    };
    assert_eq!(count(&store, day("2026-06-01"), which), 3);
    let which = Which {
        piece: Some(None),
        ..Which::default()
    };
    assert_eq!(count(&store, day("2026-06-01"), which), 0);
}
