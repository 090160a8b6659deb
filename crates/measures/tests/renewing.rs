//! An edition made of the one before and of what changed since says what one from scratch says, to the last digit; and where that
//! can't be vouched for, it is worked out from scratch.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use longplay_domain::{Act, Day, Goal, Handle, Renewal, Time, Zone};
use longplay_measures::{Foundation, Key, Question, Way, Why, ask_all, engine::LocalEngine, renew};
use longplay_store::Store;
use longplay_testkit::{
    RandomAudience, Row,
    worlds::{self, Size, World},
};
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

const NOW: Time = Time::from_micros(1_790_000_000_000_000);
const ENGINE: LocalEngine = LocalEngine { threads: 2 };

fn accept(store: &Store, rows: &[&Row]) {
    store.accept(rows.iter().map(|row| row.claim()).collect(), NOW).unwrap();
}

/// Editions one after the other, each held against one from scratch.
struct Editions<'a> {
    store: &'a Store,
    zone: &'a Zone,
    last: Option<Foundation>,
    ways: Vec<Way>,
}

impl<'a> Editions<'a> {
    const fn of(store: &'a Store, zone: &'a Zone) -> Self {
        Self {
            store,
            zone,
            last: None,
            ways: Vec::new(),
        }
    }

    fn next(&mut self, as_of: Time, about: &str) -> Way {
        let renewed = renew((as_of, self.zone.clone()), self.store, ENGINE, self.last.take()).unwrap();
        let question = Question::new(Key::Ladder, as_of, self.zone.clone());
        let wanted = ask_all(&question, self.store).unwrap();
        for (answer, wanted) in renewed.edition.answers.iter().zip(&wanted.answers) {
            let json = |answer| serde_json::to_value(answer).unwrap();
            assert_eq!(json(answer), json(wanted), "{about}, {:?}", renewed.way);
        }
        self.last = Some(renewed.foundation);
        self.ways.push(renewed.way);
        renewed.way
    }

    fn of_changes(&self) -> usize {
        let is_from_changes = |way: &&Way| matches!(way, Way::FromChanges { .. });
        self.ways.iter().filter(is_from_changes).count()
    }
}

#[test]
fn whatever_comes_in_the_edition_is_that_from_scratch() {
    let (mut from_changes, mut all) = (0, 0);
    for seed in 0..24 {
        let audience = RandomAudience::new(seed);
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut rows: Vec<&Row> = audience.rows().collect();
        rows.shuffle(&mut random);
        let mut times: Vec<i64> = rows.iter().map(|row| row.time.micros()).collect();
        times.sort_unstable();
        // In one audience of four, many events still lie in the future; in all, some of today's.
        let latest = if seed % 4 == 0 {
            times.len() * 4 / 5
        } else {
            times.len() - 1
        };
        let day = audience.zone.day_of(Time::from_micros(times[latest]));
        let (start, end) = (audience.zone.start_of(day), audience.zone.end_of(day));
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), NOW).unwrap();
        let membership = Goal {
            renews: Some(Renewal::Week),
            ..Goal::of_acts("membership", &[Act::Purchased, Act::Viewed])
        };
        store.put_goal(&membership).unwrap();
        let mut editions = Editions::of(&store, &audience.zone);
        let mut as_of = start;
        for (number, batch) in rows.chunks(rows.len().div_ceil(12)).enumerate() {
            accept(&store, batch);
            if random.random_bool(0.3) {
                store.seal(NOW).unwrap();
            }
            if random.random_bool(0.2) {
                store.merge(NOW).unwrap();
            }
            as_of = Time::from_micros(random.random_range(as_of.micros()..=end.micros()));
            editions.next(as_of, &format!("seed {seed}, batch {number}"));
        }
        from_changes += editions.of_changes();
        all += editions.ways.len();
    }
    assert!(from_changes * 2 > all, "{from_changes} of {all} were made of changes");
}

/// A year of a world up to its last day, then that day in small batches, then a few late ones.
fn live_through(world: &World) -> Vec<Way> {
    let zone = Zone::named(world.zone).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    store.put_pieces(&world.pieces).unwrap();
    let mut rows: Vec<&Row> = world.rows.iter().collect();
    rows.sort_by_key(|row| row.time);
    let today = zone.day_of(rows[rows.len() - 1].time);
    let (mut before, mut of_today): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| zone.day_of(row.time) < today);
    let late = before.split_off(before.len() - 5);
    accept(&store, &before);
    store.seal(NOW).unwrap();
    let mut editions = Editions::of(&store, &zone);
    let as_of = zone.end_of(today);
    editions.next(as_of, world.name);
    of_today.truncate(60);
    for (number, batch) in of_today.chunks(20).enumerate() {
        accept(&store, batch);
        editions.next(as_of, &format!("{}, batch {number}", world.name));
        store.seal(NOW).unwrap();
    }
    accept(&store, &late);
    editions.next(as_of, &format!("{}, late", world.name));
    while store.merge(NOW).unwrap() {}
    editions.next(as_of, &format!("{}, merged", world.name));
    editions.ways
}

#[test]
fn whoever_changed_is_read_alone_also_where_the_rhythm_is_another() {
    let mut has_another_rhythm = false;
    for (name, make) in worlds::ALL {
        let world = make(7, Size::Small);
        if world.rows.len() < 100 {
            continue;
        }
        let ways = live_through(&world);
        assert_eq!(ways[0], Way::FromScratch(Why::First), "{name}");
        for way in &ways[1..ways.len() - 1] {
            assert!(matches!(way, Way::FromChanges { people: 1.., .. }), "{name}: {ways:?}");
            has_another_rhythm |= matches!(way, Way::FromChanges { anew: 1.., .. });
        }
        assert_eq!(ways[ways.len() - 1], Way::FromChanges { people: 0, anew: 0 }, "{name}");
    }
    assert!(has_another_rhythm, "a rhythm that is fitted changes with what comes in");
}

#[test]
fn what_changes_everybody_is_worked_out_from_scratch() {
    let zone = Zone::utc();
    let today = Day::parse("2026-03-10").unwrap();
    let as_of = zone.end_of(today);
    let at = |days: i32, reader: &str, event: &str| Row::new(zone.start_of(today.plus(-days)), reader, event);
    let rows: Vec<Row> = (0..40)
        .flat_map(|person| {
            let handle = format!("email:reader{}@example.com", person % 13);
            [at(person % 30, &handle, "viewed"), at(person % 20, &handle, "waved")]
        })
        .collect();
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    accept(&store, &rows.iter().collect::<Vec<_>>());
    store.seal(NOW).unwrap();
    let mut editions = Editions::of(&store, &zone);
    assert_eq!(editions.next(as_of, "first"), Way::FromScratch(Why::First));
    assert_eq!(editions.next(as_of, "nothing"), Way::FromChanges { people: 0, anew: 0 });
    store.put_goal(&Goal::of_acts("reply", &[Act::Replied])).unwrap();
    assert_eq!(editions.next(as_of, "a goal"), Way::FromScratch(Why::Terms));
    store.set_act("waved", Some(Act::Subscribed), NOW).unwrap();
    assert_eq!(editions.next(as_of, "an act"), Way::FromScratch(Why::History));
    assert_eq!(
        editions.next(as_of, "nothing again"),
        Way::FromChanges { people: 0, anew: 0 }
    );
    let handle = Handle::parse("email:reader3@example.com").unwrap();
    assert!(store.erase(&handle, NOW).unwrap().is_some());
    assert_eq!(editions.next(as_of, "an erasure"), Way::FromScratch(Why::History));
    let tomorrow = zone.end_of(today.plus(1));
    assert_eq!(editions.next(tomorrow, "another day"), Way::FromScratch(Why::Terms));
}

#[test]
fn people_said_to_be_one_and_parted_again_are_read_alone() {
    for seed in 0..6 {
        let audience = RandomAudience::new(seed);
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let rows: Vec<&Row> = audience.rows().collect();
        let latest = rows.iter().map(|row| row.time).max().unwrap();
        let as_of = audience.zone.end_of(audience.zone.day_of(latest));
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), NOW).unwrap();
        let (sealed, in_tail) = rows.split_at(rows.len() / 2);
        accept(&store, sealed);
        store.seal(NOW).unwrap();
        accept(&store, in_tail);
        let mut editions = Editions::of(&store, &audience.zone);
        editions.next(as_of, "first");
        let mut handles: Vec<Handle> = rows.iter().filter_map(|row| Handle::parse(&row.person)).collect();
        handles.sort();
        handles.dedup();
        let mut said = Vec::new();
        for round in 0..8 {
            let about = format!("seed {seed}, round {round}");
            if said.is_empty() || random.random_bool(0.6) {
                let [one, other] = [(); 2].map(|()| &handles[random.random_range(0..handles.len())]);
                if let Ok(link) = store.merge_people(one, other, "the same voice", NOW) {
                    said.push(link.id);
                }
            } else {
                let id = said.swap_remove(random.random_range(0..said.len()));
                store.unlink(&id, NOW).unwrap();
            }
            let way = editions.next(as_of, &about);
            assert!(matches!(way, Way::FromChanges { .. }), "{about}: {way:?}");
        }
    }
}
