//! Forgetting a person: not a byte of any of their names is left in any file, everybody else's answers stay what they were,
//! and what they did does not come back.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use arrow::{array::AsArray, datatypes::Int64Type};
use longplay_domain::{Also, Claim, Evidence, Handle, Mark, Piece, Time, When, Zone};
use longplay_store::{Column, ImportNote, Store, Verdict, check};
use parquet::{
    arrow::arrow_reader::ParquetRecordBatchReaderBuilder,
    file::reader::{FileReader, SerializedFileReader},
};
use proptest::prelude::*;

const NOW: Time = Time::from_micros(1_800_000_000_000_000);
const LATER: Time = Time::from_micros(1_800_000_000_000_000 + HOUR);
const HOUR: i64 = 3_600_000_000;

/// Every value by which Ada is known, in all tests.
const ADA: [&str; 6] = [
    "ada@example.com",
    "ada-7f31",
    "0c2d1a77-ada1-4b1f-9d55-6a1b2c3d4e5f",
    "5e7fa4d0-0000-4000-8000-00000000ada2",
    "ada-of-the-old-shop",
    "+43 660 1112223",
];

fn handle(text: &str) -> Handle {
    Handle::parse(text).unwrap()
}

/// The claim number `number`, an hour after the one before it.
fn claim(number: u32, person: &str, also: &[(&str, Evidence)], properties: &str) -> Claim {
    Claim {
        time: When::At(Time::from_micros(NOW.micros() - 900 * HOUR + i64::from(number) * HOUR)),
        person: person.to_owned(),
        event: if number.is_multiple_of(3) { "purchase" } else { "page" }.to_owned(),
        id: Some(format!("event-{number:04}")),
        piece: Some(format!("/p{}", number % 4)),
        properties: properties.to_owned(),
        also: also
            .iter()
            .map(|(handle, evidence)| Also {
                handle: (*handle).to_owned(),
                evidence: *evidence,
            })
            .collect(),
        ..Claim::default()
    }
}

/// What SDKs and imports say of Ada, Bob and others: sign-ins, addresses in traits, aliases, a shared browser, robots.
fn traffic() -> Vec<Claim> {
    let [mail, user, browser, phone, old, tel] = ADA;
    let (mail, user, old) = (format!("email:{mail}"), format!("user:{user}"), format!("custom:{old}"));
    let (browser, phone, tel) = (
        format!("anonymous:{browser}"),
        format!("device:{phone}"),
        format!("phone:{tel}"),
    );
    let traits = r#"{"email":"Ada@Example.COM","plan":"pro"}"#;
    let mut all = vec![
        claim(1, &browser, &[], r#"{"path":"/"}"#),
        claim(2, "anonymous:bob-browser", &[], ""),
        claim(
            3,
            &user,
            &[
                (&browser, Evidence::Identify),
                ("email:ADA@EXAMPLE.com", Evidence::Email),
            ],
            traits,
        ),
        claim(4, &mail, &[], traits),
        claim(5, &phone, &[], ""),
        claim(6, &user, &[(&phone, Evidence::Identify)], ""),
        claim(7, &old, &[(&user, Evidence::Alias)], ""),
        claim(8, &tel, &[(&mail, Evidence::Alias)], r#"{"call":"+43 660 1112223"}"#),
        // Bob signs in on Ada's browser, and was invited by her.
        claim(
            9,
            "user:bob",
            &[
                (&browser, Evidence::Identify),
                ("anonymous:bob-browser", Evidence::Identify),
            ],
            "",
        ),
        claim(10, "user:bob", &[], r#"{"invited_by":"ADA@example.com","n":7}"#),
        Claim {
            mark: Some(Mark::Own),
            ..claim(11, &user, &[], traits)
        },
        Claim {
            mark: Some(Mark::Bot),
            ..claim(12, "anonymous:robot", &[], "")
        },
    ];
    all.extend((13..80).map(|number| claim(number, &format!("anonymous:visitor-{}", number % 11), &[], "")));
    all
}

/// (piece, event, mark) by person of everybody in the answers, without anything that tells keys apart.
fn answers(store: &Store) -> BTreeMap<String, Vec<String>> {
    let mut by_person: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    store
        .snapshot()
        .unwrap()
        .each_batch(|batch| {
            let persons = batch.column(Column::Person.index()).as_primitive::<Int64Type>();
            let ids = batch.column(Column::Id.index()).as_string::<i32>();
            let properties = batch.column(Column::Properties.index()).as_string::<i32>();
            for (row, person) in persons.values().iter().enumerate() {
                let said = if properties.value(row).contains("invited_by") {
                    "invited"
                } else {
                    properties.value(row)
                };
                by_person
                    .entry(*person)
                    .or_default()
                    .push(format!("{} {said}", ids.value(row)));
            }
            Ok::<_, longplay_store::StoreError>(())
        })
        .unwrap();
    by_person.into_values().map(|rows| (rows[0].clone(), rows)).collect()
}

fn without_ada(all: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    let is_hers = |rows: &Vec<String>| rows.iter().any(|row| row.starts_with("event-0001"));
    all.iter()
        .filter(|(_, rows)| !is_hers(rows))
        .map(|(first, rows)| (first.clone(), rows.clone()))
        .collect()
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path);
        }
    }
    files
}

/// Where any of the names stands: in the bytes of a file, in its name, or in a page of a segment once unpacked.
fn found(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for path in files(directory) {
        let mut texts = vec![fs::read(&path).unwrap(), path.to_str().unwrap().as_bytes().to_vec()];
        if path.extension().is_some_and(|extension| extension == "parquet") {
            texts.extend(unpacked(&path));
        }
        for name in ADA {
            let is_there = |text: &Vec<u8>| {
                text.windows(name.len())
                    .any(|bytes| bytes.eq_ignore_ascii_case(name.as_bytes()))
            };
            if texts.iter().any(is_there) {
                found.push(format!("{} in {}", name, path.display()));
            }
        }
    }
    found
}

/// Every page of a Parquet file as it was before compression, and every value as it reads.
fn unpacked(path: &Path) -> Vec<Vec<u8>> {
    let file = || fs::File::open(path).unwrap();
    let reader = SerializedFileReader::new(file()).unwrap();
    let mut texts = Vec::new();
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group).unwrap();
        for column in 0..group.num_columns() {
            let mut pages = group.get_column_page_reader(column).unwrap();
            while let Some(page) = pages.get_next_page().unwrap() {
                texts.push(page.buffer().to_vec());
            }
        }
    }
    for batch in ParquetRecordBatchReaderBuilder::try_new(file())
        .unwrap()
        .build()
        .unwrap()
    {
        for column in batch.unwrap().columns() {
            if let Some(column) = column.as_string_opt::<i32>() {
                texts.push(column.iter().flatten().collect::<Vec<_>>().join("\n").into_bytes());
            }
        }
    }
    texts
}

/// Everything else that may name her: what imports refused, what they were called, titles of pages, reasons for links.
fn litter(store: &Store) {
    let folder = store.directory().join("refusals");
    fs::create_dir_all(&folder).unwrap();
    let list = "file,part,row,column,code,message\n\
                /in/shop.csv,,7,When,time_unreadable,“ada@Example.com” is no time\n\
                /in/shop.csv,,8,When,time_unreadable,“soon” is no time\n\
                /in/shop.csv,,9,Who,too_long,\"x, “ada-7f31”\"\n";
    fs::write(folder.join("shop.csv-1.csv"), list).unwrap();
    let only =
        "file,part,row,column,code,message\n/in/of-ada@example.com.csv,,7,When,time_missing,the row has no time\n";
    fs::write(folder.join("of-ada@example.com.csv-2.csv"), only).unwrap();
    // What was set aside as damaged: nobody can search it.
    let aside = store.directory().join("damaged");
    fs::create_dir_all(&aside).unwrap();
    fs::write(aside.join("batch-3"), "user:ada-7f31").unwrap();
    store
        .put_pieces(&[Piece {
            id: "/p1".to_owned(),
            title: Some("Welcome ada@example.com".to_owned()),
            ..Piece::default()
        }])
        .unwrap();
    store
        .note_import(&ImportNote {
            path: "/in/of-ada@example.com.csv".to_owned(),
            format: "csv".to_owned(),
            at: NOW,
            claims: 1,
            admitted: 1,
            duplicates: 0,
            refused: 0,
            pieces: 0,
            samples: 0,
        })
        .unwrap();
    // What the owner wrote down about her, and about somebody else who knows her.
    let key = |name: &str| store.key_of(&handle(name));
    store
        .add_note(key("user:ada-7f31"), "Ada, ada@example.com, wants a call", NOW)
        .unwrap();
    store
        .add_tag(key("email:ada@example.com"), "friend of +43 660 1112223", NOW)
        .unwrap();
    store
        .add_note(key("user:bob"), "came with ada@example.com", NOW)
        .unwrap();
    let why = "they write as ada@example.com";
    store
        .merge_people(&handle("user:carl"), &handle("email:carl@x.io"), why, NOW)
        .unwrap();
}

/// Takes the traffic in with seals, merges and looks in between, so that she lies in every kind of place.
fn fill(store: &Store) {
    for (number, part) in traffic().chunks(7).enumerate() {
        store.accept(part.to_vec(), NOW).unwrap();
        match number {
            0 | 1 | 3 | 5 => drop(store.seal(NOW).unwrap()),
            2 => drop(store.snapshot().unwrap()),
            4 => while store.merge(NOW).unwrap() {},
            _ => {}
        }
    }
    litter(store);
}

#[test]
fn not_a_byte_is_left_and_nobody_else_misses_anything() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    fill(&store);
    // Somebody else has the directory open and has looked at everything.
    let other = Store::open(dir.path(), NOW).unwrap();
    let before = answers(&other);
    assert_eq!(answers(&store), before);
    let places = found(dir.path());
    for place in [
        "journal.db",
        "longplay.db",
        ".parquet",
        "refusals/shop",
        "of-ada@example.com",
        "damaged/",
    ] {
        assert!(places.iter().any(|found| found.contains(place)), "{place}: {places:?}");
    }

    let receipt = store.erase(&handle("email:Ada@example.com"), LATER).unwrap().unwrap();
    assert_eq!(found(dir.path()), Vec::<String>::new());
    assert!(receipt.is_complete, "{receipt:?}");
    assert_eq!((receipt.handles, receipt.events, receipt.refused_rows), (6, 8, 3));
    assert!(
        receipt.links >= 6 && receipt.segments_rewritten >= 2 && receipt.files_removed >= 5,
        "{receipt:?}"
    );
    assert_eq!(answers(&store), without_ada(&before));
    assert_eq!(answers(&other), without_ada(&before), "and whoever else looks");
    assert!(check(dir.path(), LATER).unwrap().findings.is_empty());
    for name in [
        "email:ada@example.com",
        "user:ada-7f31",
        "device:5e7fa4d0-0000-4000-8000-00000000ada2",
    ] {
        assert_eq!(store.person(&handle(name)).unwrap(), None);
        assert_eq!(store.erase(&handle(name), LATER).unwrap(), None, "nobody by now");
    }
    let bob = store.notes_on(store.key_of(&handle("user:bob"))).unwrap();
    assert_eq!(
        bob.len(),
        1,
        "a note about somebody else stays, without the name: {bob:?}"
    );
    assert_eq!(store.tags().unwrap(), Vec::<String>::new());
    let list = fs::read_to_string(dir.path().join("refusals/shop.csv-1.csv")).unwrap();
    assert!(list.contains("soon") && list.lines().count() == 2, "{list}");

    // The same traffic again, by the one who erased and by the other, adds nothing.
    for store in [&store, &other] {
        let verdicts = store.accept(traffic(), LATER).unwrap().verdicts;
        let refused =
            |verdict: &&Verdict| matches!(verdict, Verdict::Refused(refusal) if refusal.code() == "forgotten");
        assert_eq!(verdicts.iter().filter(refused).count(), 8);
        assert!(
            verdicts
                .iter()
                .filter(|verdict| !refused(verdict))
                .all(|verdict| *verdict == Verdict::Duplicate)
        );
    }
    assert_eq!(found(dir.path()), Vec::<String>::new());
    assert_eq!(answers(&other), without_ada(&before));
    let reopened = Store::open(dir.path(), LATER).unwrap();
    assert_eq!(answers(&reopened), without_ada(&before));

    // What happens from now on is a new start.
    let anew = Claim {
        time: When::At(Time::from_micros(LATER.micros() + HOUR)),
        ..claim(900, "user:ada-7f31", &[], "")
    };
    let verdicts = store
        .accept(vec![anew], Time::from_micros(LATER.micros() + 2 * HOUR))
        .unwrap()
        .verdicts;
    assert_eq!(verdicts, [Verdict::Admitted]);
    assert_eq!(store.person(&handle("user:ada-7f31")).unwrap().unwrap().events, 1);
    store.seal(LATER).unwrap();
    assert_eq!(other.person(&handle("user:ada-7f31")).unwrap().unwrap().events, 1);
}

#[test]
fn somebody_who_holds_on_to_an_old_state_delays_the_end_and_not_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    fill(&store);
    let reader = rusqlite::Connection::open(dir.path().join("longplay.db")).unwrap();
    let read = reader.unchecked_transaction().unwrap();
    let held: i64 = read
        .query_row("SELECT count(*) FROM link", [], |row| row.get(0))
        .unwrap();
    assert!(held > 0);
    let receipt = store.erase(&handle("user:ada-7f31"), LATER).unwrap().unwrap();
    assert!(!receipt.is_complete);
    assert!(!answers(&store).is_empty());
    assert_eq!(store.person(&handle("user:ada-7f31")).unwrap(), None);
    assert!(!found(dir.path()).is_empty(), "the log holds what the reader looks at");
    drop(read);
    assert!(store.finish_erasures(LATER).unwrap());
    assert_eq!(found(dir.path()), Vec::<String>::new());
    assert!(store.finish_erasures(LATER).unwrap(), "again changes nothing");
}

#[test]
fn what_was_interrupted_is_finished_at_the_next_open() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    fill(&store);
    let before = answers(&store);
    // Something that can't be read as a list stops it after segments were written and before they are published.
    let obstacle = dir.path().join("refusals/z.csv");
    fs::create_dir(&obstacle).unwrap();
    assert!(store.erase(&handle("user:ada-7f31"), LATER).is_err());
    assert!(!found(dir.path()).is_empty());
    let refused = store.accept(traffic(), LATER).unwrap().verdicts;
    assert!(
        refused.iter().any(|verdict| matches!(verdict, Verdict::Refused(_))),
        "from the asking on"
    );
    assert!(check(dir.path(), LATER).unwrap().findings.is_empty());
    drop(store);
    fs::remove_dir(&obstacle).unwrap();
    let store = Store::open(dir.path(), LATER).unwrap();
    assert_eq!(found(dir.path()), Vec::<String>::new());
    assert_eq!(answers(&store), without_ada(&before));
    assert!(check(dir.path(), LATER).unwrap().findings.is_empty());
}

#[test]
fn a_forgotten_person_who_is_still_there_is_found_by_a_check() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    fill(&store);
    store.seal(NOW).unwrap();
    let key = store.key_of(&handle("user:ada-7f31"));
    drop(store);
    let registry = rusqlite::Connection::open(dir.path().join("longplay.db")).unwrap();
    registry
        .execute("INSERT INTO forgotten VALUES (?1, ?2)", [key, NOW.micros()])
        .unwrap();
    // The rules are read anew when there is another request.
    registry
        .execute(
            "INSERT INTO erasure (receipt, at, state, handles) VALUES ('x', 0, 'done', 1)",
            [],
        )
        .unwrap();
    let codes = check(dir.path(), NOW).unwrap().codes();
    assert!(
        codes.iter().filter(|code| **code == "forgotten").count() >= 2,
        "rows and links: {codes:?}"
    );
}

#[test]
fn a_batch_that_was_on_its_way_is_refused_at_the_last_moment() {
    let dir = tempfile::tempdir().unwrap();
    let (store, other) = (
        Store::open(dir.path(), NOW).unwrap(),
        Store::open(dir.path(), NOW).unwrap(),
    );
    let started = std::sync::Barrier::new(2);
    // One keeps sending as her while the other forgets her; whatever was judged before must not be kept after.
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..400 {
                let claims = vec![
                    claim(number, "user:ada-7f31", &[], ""),
                    claim(10_000 + number, "user:bob", &[], ""),
                ];
                let claims = claims
                    .into_iter()
                    .map(|claim| Claim {
                        time: When::At(NOW),
                        ..claim
                    })
                    .collect();
                let verdicts = other.accept(claims, NOW).unwrap().verdicts;
                assert_eq!(verdicts[1], Verdict::Admitted);
                if number == 20 {
                    started.wait();
                }
            }
        });
        started.wait();
        assert!(store.erase(&handle("user:ada-7f31"), NOW).unwrap().unwrap().is_complete);
    });
    assert_eq!(store.person(&handle("user:ada-7f31")).unwrap(), None);
    assert_eq!(other.person(&handle("user:ada-7f31")).unwrap(), None);
    assert_eq!(other.person(&handle("user:bob")).unwrap().unwrap().events, 400);
    assert!(found(dir.path()).is_empty());
}

#[test]
fn a_question_that_has_begun_goes_on_when_its_files_go() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    fill(&store);
    store.seal(NOW).unwrap();
    let snapshot = store.snapshot().unwrap();
    let rows = snapshot.rows();
    store.erase(&handle("user:ada-7f31"), LATER).unwrap().unwrap();
    let mut seen = 0;
    snapshot
        .each_batch(|batch| {
            seen += batch.num_rows() as u64;
            Ok::<_, longplay_store::StoreError>(())
        })
        .unwrap();
    assert!(seen > 0 && seen <= rows);
}

#[test]
fn the_last_person_goes_and_an_empty_store_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), NOW).unwrap();
    store.set_zone(&Zone::utc()).unwrap();
    store.accept(vec![claim(1, "user:ada-7f31", &[], "")], NOW).unwrap();
    // Only in the journal, where no segment has to be written.
    assert!(store.erase(&handle("user:ada-7f31"), NOW).unwrap().unwrap().is_complete);
    assert_eq!((found(dir.path()), store.totals().unwrap().events), (Vec::new(), 0));
    store
        .accept(vec![claim(2, "email:ada@example.com", &[], "")], NOW)
        .unwrap();
    store.seal(NOW).unwrap();
    assert!(
        store
            .erase(&handle("email:ada@example.com"), NOW)
            .unwrap()
            .unwrap()
            .is_complete
    );
    assert_eq!((found(dir.path()), store.totals().unwrap().events), (Vec::new(), 0));
    assert!(check(dir.path(), NOW).unwrap().findings.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn when_and_in_which_order_things_came_makes_no_difference(
        order in proptest::collection::vec(any::<u32>(), 80),
        steps in proptest::collection::vec(0..6_u8, 80),
        size in 1..9_usize,
    ) {
        let (plain, mixed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let plain = Store::open(plain.path(), NOW).unwrap();
        plain.accept(traffic(), NOW).unwrap();
        let expected = without_ada(&answers(&plain));
        let mut shuffled: Vec<(u32, Claim)> = order.into_iter().zip(traffic()).collect();
        shuffled.sort_by_key(|(place, _)| *place);
        let shuffled: Vec<Claim> = shuffled.into_iter().map(|(_, claim)| claim).collect();
        let store = Store::open(mixed.path(), NOW).unwrap();
        for (part, step) in shuffled.chunks(size).zip(&steps) {
            store.accept(part.to_vec(), NOW).unwrap();
            match step {
                0 | 1 => drop(store.seal(NOW).unwrap()),
                2 => drop(store.merge(NOW).unwrap()),
                3 => drop(store.snapshot().unwrap()),
                _ => {}
            }
        }
        store.erase(&handle("user:ada-7f31"), LATER).unwrap().unwrap();
        prop_assert_eq!(found(mixed.path()), Vec::<String>::new());
        prop_assert_eq!(answers(&store), expected.clone());
        store.accept(shuffled, LATER).unwrap();
        store.seal(LATER).unwrap();
        while store.merge(LATER).unwrap() {}
        prop_assert_eq!(answers(&store), expected);
        prop_assert_eq!(found(mixed.path()), Vec::<String>::new());
        prop_assert!(check(mixed.path(), LATER).unwrap().findings.is_empty());
    }
}
