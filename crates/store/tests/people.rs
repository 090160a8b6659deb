//! Who is who, end to end: whatever the order of arrival, however often said, sealed and merged in between, the same facts
//! give the same persons; and what is undone never was.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::collections::{BTreeMap, BTreeSet};

use arrow::{array::AsArray, datatypes::Int64Type};
use longplay_domain::{Also, Claim, Evidence, Handle, Mark, Time, When};
use longplay_store::{Column, Columns, Store, Verdict, histories};
use proptest::prelude::*;

const NOW: Time = Time::from_micros(1_800_000_000_000_000);
const DAY: i64 = 86_400_000_000;

/// Somebody did something, and said another name of theirs.
#[derive(Clone, Debug)]
struct Said {
    number: u32,
    person: String,
    also: Vec<(String, Evidence)>,
    at: i64,
}

fn said(number: u32, person: &str, also: &[(&str, Evidence)], at: i64) -> Said {
    let also = also
        .iter()
        .map(|(handle, evidence)| ((*handle).to_owned(), *evidence))
        .collect();
    Said {
        number,
        person: person.to_owned(),
        also,
        at,
    }
}

fn claim(said: &Said) -> Claim {
    Claim {
        time: When::At(Time::from_micros(NOW.micros() - 900 * DAY + said.at * DAY)),
        person: said.person.clone(),
        event: "page".to_owned(),
        id: Some(format!("event-{:04}", said.number)),
        piece: Some(format!("/p{}", said.number % 3)),
        also: said
            .also
            .iter()
            .map(|(handle, evidence)| Also {
                handle: handle.clone(),
                evidence: *evidence,
            })
            .collect(),
        ..Claim::default()
    }
}

/// Which events belong together: by the rows, and by the histories, which must agree.
fn persons(store: &Store) -> BTreeSet<BTreeSet<String>> {
    let snapshot = store.snapshot().unwrap();
    let mut by_person: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    snapshot
        .each_batch(|batch| {
            let persons = batch.column(Column::Person.index()).as_primitive::<Int64Type>();
            let ids = batch.column(Column::Id.index()).as_string::<i32>();
            for (person, id) in persons.values().iter().zip(ids.iter().flatten()) {
                by_person.entry(*person).or_default().insert(id.to_owned());
            }
            Ok::<_, longplay_store::StoreError>(())
        })
        .unwrap();
    let columns = Columns::of(&[Column::Time, Column::Piece]);
    for threads in [1, 3] {
        let counted = histories::in_parallel(&snapshot, columns, threads, |histories| {
            let mut lengths = Vec::new();
            histories.each(|history| {
                assert!(history.times.is_sorted());
                lengths.push((history.person.0, history.len()));
            })?;
            Ok(lengths)
        });
        let counted: BTreeMap<i64, usize> = counted.unwrap().into_iter().flatten().collect();
        let rows: BTreeMap<i64, usize> = by_person.iter().map(|(person, ids)| (*person, ids.len())).collect();
        assert_eq!(counted, rows, "histories and rows tell of the same persons");
    }
    by_person.into_values().collect()
}

fn accept(store: &Store, all: &[&Said]) -> Vec<Verdict> {
    store
        .accept(all.iter().map(|said| claim(said)).collect(), NOW)
        .unwrap()
        .verdicts
}

fn together(store: &Store, numbers: &[u32]) -> bool {
    let ids: BTreeSet<String> = numbers.iter().map(|number| format!("event-{number:04}")).collect();
    persons(store).contains(&ids)
}

fn handle(text: &str) -> Handle {
    Handle::parse(text).unwrap()
}

#[test]
fn a_visitor_who_logs_in_later_is_one_person_before_and_after_every_merge() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    accept(
        &store,
        &[&said(1, "anonymous:a", &[], 1), &said(2, "anonymous:b", &[], 2)],
    );
    store.seal(NOW).unwrap();
    accept(
        &store,
        &[&said(3, "user:ada", &[("anonymous:a", Evidence::Identify)], 3)],
    );
    assert!(together(&store, &[1, 3]), "in the tail");
    store.seal(NOW).unwrap();
    assert!(together(&store, &[1, 3]), "in two segments");
    assert!(store.merge(NOW).unwrap());
    assert!(together(&store, &[1, 3]) && together(&store, &[2]), "in one");
    let card = store.person(&handle("anonymous:a")).unwrap().unwrap();
    assert_eq!(card.handles, ["anonymous:a", "user:ada"]);
    assert_eq!((card.events, card.links.len()), (2, 1));
    assert_eq!(store.person(&handle("user:ada")).unwrap().unwrap(), card);
    assert_eq!(store.person(&handle("user:nobody")).unwrap(), None);

    let undone = store.unlink(&card.links[0].id, NOW).unwrap();
    assert!(undone.undone_at.is_some() && !undone.is_in_force);
    assert!(
        together(&store, &[1]) && together(&store, &[3]),
        "as if it had never been"
    );
    accept(
        &store,
        &[&said(4, "user:ada", &[("anonymous:a", Evidence::Identify)], 4)],
    );
    store.seal(NOW).unwrap();
    while store.merge(NOW).unwrap() {}
    assert!(
        together(&store, &[1]) && together(&store, &[3, 4]),
        "the owner's word lasts"
    );
    store
        .merge_people(&handle("anonymous:a"), &handle("user:ada"), "she told me", NOW)
        .unwrap();
    assert!(together(&store, &[1, 3, 4]));
    let reopened = Store::open(dir.path(), NOW).unwrap();
    assert!(together(&reopened, &[1, 3, 4]) && together(&reopened, &[2]));
}

#[test]
fn what_is_marked_is_kept_and_counts_in_no_answer() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    let bot = Claim {
        mark: Some(Mark::Bot),
        ..claim(&said(2, "anonymous:bot", &[], 2))
    };
    store
        .accept(vec![claim(&said(1, "anonymous:a", &[], 1)), bot.clone()], NOW)
        .unwrap();
    let counts = || (store.snapshot().unwrap().people().unwrap(), persons(&store).len());
    assert_eq!(counts(), (1, 1), "in the tail");
    store.seal(NOW).unwrap();
    assert_eq!(counts(), (1, 1), "in segments");
    assert_eq!(store.person(&handle("anonymous:bot")).unwrap().unwrap().events, 1);
    let again = store.accept(vec![bot], NOW).unwrap();
    assert_eq!(again.verdicts, [Verdict::Duplicate]);
    assert!(longplay_store::check(dir.path(), NOW).unwrap().is_healthy());
}

fn anybody() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..4_u8).prop_map(|n| format!("anonymous:{n}")),
        (0..3_u8).prop_map(|n| format!("user:{n}")),
        (0..2_u8).prop_map(|n| format!("email:p{n}@x.io")),
        Just("email:info@x.io".to_owned()),
    ]
}

fn anything() -> impl Strategy<Value = Vec<Said>> {
    let evidence = prop_oneof![Just(Evidence::Identify), Just(Evidence::Alias), Just(Evidence::Email)];
    let one = (
        anybody(),
        proptest::collection::vec((anybody(), evidence), 0..2),
        0..60_i64,
    );
    proptest::collection::vec(one, 1..40).prop_map(|all| {
        let numbered = all.into_iter().zip(0..);
        numbered
            .map(|((person, also, at), number)| Said {
                number,
                person,
                also,
                at,
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_order_duplication_and_lateness_give_the_same_persons(
        all in anything(),
        order in proptest::collection::vec(any::<u16>(), 40),
        steps in proptest::collection::vec(0..6_u8, 40),
    ) {
        let (plain, mixed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let plain = Store::open(plain.path(), NOW).unwrap();
        accept(&plain, &all.iter().collect::<Vec<_>>());
        let mut shuffled: Vec<&Said> = all.iter().collect();
        shuffled.sort_by_key(|said| order[said.number as usize % order.len()]);
        let store = Store::open(mixed.path(), NOW).unwrap();
        for (said, step) in shuffled.iter().zip(&steps) {
            accept(&store, &[said, shuffled[usize::from(*step) % shuffled.len()]]);
            match step {
                0 => drop(store.seal(NOW).unwrap()),
                1 => drop(store.merge(NOW).unwrap()),
                2 => drop(store.snapshot().unwrap()),
                _ => {}
            }
        }
        prop_assert_eq!(persons(&store), persons(&plain));
        store.seal(NOW).unwrap();
        while store.merge(NOW).unwrap() {}
        prop_assert_eq!(persons(&store), persons(&plain));
        let reopened = Store::open(mixed.path(), NOW).unwrap();
        prop_assert_eq!(persons(&reopened), persons(&plain));
        prop_assert!(longplay_store::check(mixed.path(), NOW).unwrap().is_healthy());
    }

    #[test]
    fn a_link_undone_never_was(all in anything(), steps in proptest::collection::vec(0..4_u8, 40)) {
        let (with, without) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let store = Store::open(with.path(), NOW).unwrap();
        for (said, step) in all.iter().zip(&steps) {
            accept(&store, &[said]);
            match step {
                0 => drop(store.seal(NOW).unwrap()),
                1 => drop(store.merge(NOW).unwrap()),
                _ => {}
            }
        }
        // Undo what the last event that said anything said.
        let Some(telling) = all.iter().rev().find(|said| said.also.iter().any(|(other, _)| *other != said.person)) else {
            return Ok(());
        };
        let card = store.person(&handle(&telling.person)).unwrap().unwrap();
        let mut gone = BTreeSet::new();
        for link in &card.links {
            let pair = BTreeSet::from([link.from.clone(), link.to.clone()]);
            if telling.also.iter().any(|(other, _)| pair == BTreeSet::from([telling.person.clone(), other.clone()])) {
                store.unlink(&link.id, NOW).unwrap();
                gone.insert(pair);
            }
        }
        prop_assert!(!gone.is_empty());
        let never: Vec<Said> = all
            .iter()
            .map(|said| {
                let pair = |other: &String| BTreeSet::from([said.person.clone(), other.clone()]);
                let also = said.also.iter().filter(|(other, _)| !gone.contains(&pair(other))).cloned();
                Said { also: also.collect(), ..said.clone() }
            })
            .collect();
        let plain = Store::open(without.path(), NOW).unwrap();
        accept(&plain, &never.iter().collect::<Vec<_>>());
        prop_assert_eq!(persons(&store), persons(&plain));
        store.seal(NOW).unwrap();
        while store.merge(NOW).unwrap() {}
        prop_assert_eq!(persons(&store), persons(&plain));
    }
}

#[test]
fn what_is_written_down_goes_with_the_person_and_into_the_export() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    let claims = [said(1, "user:ada", &[], 0), said(2, "user:bob", &[], 0)];
    store.accept(claims.iter().map(claim).collect(), NOW).unwrap();
    let handle = |text: &str| Handle::parse(text).unwrap();
    let key = |text: &str| store.key_of(&handle(text));
    store.add_note(key("user:ada"), "likes tea", NOW).unwrap();
    store.add_tag(key("user:bob"), "vip", NOW).unwrap();
    store.add_tag(key("user:bob"), " vip ", NOW).unwrap();
    let texts = |name: &str| -> Vec<String> {
        let notes = store.notes_on(key(name)).unwrap();
        notes.into_iter().filter_map(|note| note.note.why).collect()
    };
    assert_eq!(
        (texts("user:ada"), texts("user:bob")),
        (vec!["likes tea".to_owned()], vec!["vip".to_owned()])
    );
    let link = store
        .merge_people(&handle("user:ada"), &handle("user:bob"), "same", NOW)
        .unwrap();
    assert_eq!(texts("user:ada"), ["likes tea", "vip"], "of both, once they are one");
    assert_eq!(texts("user:bob"), texts("user:ada"));
    let export = store.everything_on(key("user:bob")).unwrap().unwrap();
    assert_eq!(export["notes"].as_array().unwrap().len(), 2);
    store.unlink(&link.id, NOW).unwrap();
    assert_eq!(texts("user:ada"), ["likes tea"]);
    let number = store.notes_on(key("user:ada")).unwrap()[0].number;
    assert!(
        !store.remove_note(key("user:bob"), number).unwrap(),
        "it is nobody else's"
    );
    assert!(store.remove_note(key("user:ada"), number).unwrap() && texts("user:ada").is_empty());
    for wrong in ["  ".to_owned(), "x".repeat(20_000)] {
        assert!(store.add_note(key("user:ada"), &wrong, NOW).is_err());
    }
    assert_eq!(
        (store.tags().unwrap(), store.tagged("vip").unwrap().len()),
        (vec!["vip".to_owned()], 1)
    );
    assert!(store.talk_notes().unwrap().is_empty(), "no word of talking");
}
