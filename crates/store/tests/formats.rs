//! Every format that was ever written is read: a directory of each, as the release of its time left it, unsealed batches too, is
//! opened, brought up to date, and gives the answers it was written with.
//!
//! After a change of the format: `cargo test -p longplay-store --test formats -- --ignored` writes a sample of the new one and says
//! where; put it beside the others as a `.tar.zst` and add its line. None is ever taken away.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

#[path = "formats/story.rs"]
mod story;

use std::{collections::BTreeMap, fs, path::Path};

use arrow::array::{Array, AsArray};
use longplay_domain::{Act, Advice, Also, Claim, Day, Evidence, Goal, Mark, PersonId, Renewal};
use longplay_store::{
    Column, LogEntry, NewShare, Role, Scope, Store, StoreError, TalkKind, TalkNote, Verdict, backup, check, restore,
};
use story::{NOW, PARTS, claim, tell};

/// The samples, and whether their release knew of links and marks.
const SAMPLES: [(&str, &[u8], bool); 11] = [
    ("v1: before links", include_bytes!("formats/v1.tar.zst"), false),
    (
        "v1: events with links in the journal",
        include_bytes!("formats/v1-links.tar.zst"),
        false,
    ),
    (
        "v2: id indexes of the first layout",
        include_bytes!("formats/v2-ids-1.tar.zst"),
        false,
    ),
    (
        "v2: batches without a checksum",
        include_bytes!("formats/v2.tar.zst"),
        true,
    ),
    ("v2", include_bytes!("formats/v2-journal-3.tar.zst"), true),
    ("v3", include_bytes!("formats/v3.tar.zst"), true),
    ("v4", include_bytes!("formats/v4.tar.zst"), true),
    ("v5", include_bytes!("formats/v5.tar.zst"), true),
    ("v6", include_bytes!("formats/v6.tar.zst"), true),
    ("v7", include_bytes!("formats/v7.tar.zst"), true),
    ("v8", include_bytes!("formats/v8.tar.zst"), true),
];

/// From which sample on, by name, there is an advice, a note of a talk, an account, a goal that is paid for again, and a share link.
const ADVISED: &str = "v4";
const TALKED: &str = "v5";
const GUARDED: &str = "v6";
const RENEWED: &str = "v7";
const SHARED: &str = "v8";

fn share() -> NewShare {
    NewShare {
        name: "for the board".to_owned(),
        page: "/audience".to_owned(),
        query: "segment=fans".to_owned(),
        password: None,
        made_by: "Ada".to_owned(),
        ends_at: None,
    }
}

fn membership() -> Goal {
    Goal {
        renews: Some(Renewal::Month),
        ..Goal::of_acts("membership", &[Act::Purchased])
    }
}

fn talk() -> TalkNote {
    TalkNote {
        channel: Some("email".to_owned()),
        why: Some("asked for a part".to_owned()),
        ..TalkNote::new(PersonId(-7), TalkKind::Contact, NOW)
    }
}

fn logged() -> LogEntry {
    LogEntry {
        at: NOW,
        who: "Ada".to_owned(),
        what: "login".to_owned(),
        about: None,
        address: Some("192.0.2.1".to_owned()),
    }
}

fn advice() -> Advice {
    Advice {
        given_on: Day::parse("2024-05-30").unwrap(),
        topic: Some("repair".to_owned()),
        format: None,
        channel: Some("newsletter".to_owned()),
        p_best: 0.75,
        rate: 2.5,
        is_per_hour: true,
    }
}

/// The same claims with what later releases can be told as well.
fn full_claim(number: u32) -> Claim {
    let also = Also {
        handle: format!("user:{}", number % 9),
        evidence: Evidence::Identify,
    };
    Claim {
        also: (number.is_multiple_of(12)).then_some(also).into_iter().collect(),
        mark: (number % 20 == 13).then_some(Mark::Own),
        ..claim(number)
    }
}

/// Unpacks a sample; returns what its release told of it: the write key, events, people.
fn unpack(sample: &[u8], place: &Path) -> (String, u64, u64) {
    let plain = zstd::decode_all(sample).unwrap();
    tar::Archive::new(plain.as_slice()).unpack(place).unwrap();
    let told = fs::read_to_string(place.join("told.txt")).unwrap();
    let lines: Vec<&str> = told.lines().collect();
    (
        lines[0].to_owned(),
        lines[1].parse().unwrap(),
        lines[2].parse().unwrap(),
    )
}

fn verify(name: &str, data: &Path, (key, events, people): &(String, u64, u64), claim: fn(u32) -> Claim) {
    let store = Store::open_existing(data, NOW).unwrap();
    let totals = store.totals().unwrap();
    assert_eq!((totals.events, totals.people), (*events, *people), "{name}");
    let claims: Vec<Claim> = PARTS.into_iter().flatten().map(claim).collect();
    let mut told: BTreeMap<i64, &Claim> = BTreeMap::new();
    for claim in claims.iter().filter(|claim| claim.mark.is_none()) {
        let longplay_domain::When::At(time) = claim.time else {
            panic!("a time")
        };
        told.insert(time.micros(), claim);
    }
    let mut rows = 0;
    store
        .snapshot()
        .unwrap()
        .each_batch(|batch| {
            let text = |column: Column, row: usize| {
                let array = batch.column(column.index()).as_string::<i32>();
                array.is_valid(row).then(|| array.value(row).to_owned())
            };
            let times = batch
                .column(Column::Time.index())
                .as_primitive::<arrow::datatypes::TimestampMicrosecondType>();
            for row in 0..batch.num_rows() {
                let claim = told[&times.value(row)];
                assert_eq!(text(Column::Event, row).as_ref(), Some(&claim.event), "{name}");
                assert_eq!(text(Column::Piece, row), claim.piece, "{name}");
                assert_eq!(text(Column::Currency, row), claim.currency, "{name}");
                assert_eq!(text(Column::Country, row), claim.country, "{name}");
                assert_eq!(
                    text(Column::Properties, row).unwrap_or_default(),
                    claim.properties,
                    "{name}"
                );
                assert!(claim.id.is_none() || text(Column::Id, row) == claim.id, "{name}");
                rows += 1;
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
    assert_eq!(rows, told.len(), "{name}: every event that is counted");
    assert_eq!(store.key_name(key).unwrap().as_deref(), Some("website"), "{name}");
    assert_eq!(store.zone().unwrap().name(), "Europe/Vienna", "{name}");
    assert_eq!(store.pieces().unwrap()[0].title.as_deref(), Some("Hello"), "{name}");
    let day = Day::parse("2024-02-29").unwrap();
    assert_eq!(store.day_samples("views", day).unwrap().len(), 1, "{name}");
    assert!(
        store.goals().unwrap().iter().any(|goal| goal.name == "talked"),
        "{name}"
    );
    assert_eq!(
        store.goals().unwrap().contains(&membership()),
        name >= RENEWED,
        "{name}"
    );
    let advised = if name >= ADVISED { vec![advice()] } else { Vec::new() };
    assert_eq!(store.advice().unwrap(), advised, "{name}");
    let talked = if name >= TALKED { vec![talk()] } else { Vec::new() };
    assert_eq!(store.talk_notes().unwrap(), talked, "{name}");
    let account = store.account("ada").unwrap();
    assert_eq!(
        account.map(|account| account.role),
        (name >= GUARDED).then_some(Role::Owner),
        "{name}"
    );
    assert_eq!(
        store.audit_log(9).unwrap().len(),
        usize::from(name >= GUARDED),
        "{name}"
    );
    let shares = store.shares(NOW).unwrap().into_iter().map(|held| held.is);
    let shared: Vec<NewShare> = (name >= SHARED).then(share).into_iter().collect();
    assert_eq!(shares.collect::<Vec<_>>(), shared, "{name}");
    let verdicts = store.accept(claims, NOW).unwrap().verdicts;
    assert!(
        verdicts.iter().all(|verdict| *verdict == Verdict::Duplicate),
        "{name}: all are known"
    );
}

#[test]
fn every_format_ever_written_is_read() {
    for (name, sample, is_full) in SAMPLES {
        let dir = tempfile::tempdir().unwrap();
        let told = unpack(sample, dir.path());
        let data = dir.path().join("data");
        let claim = if is_full { full_claim } else { claim };
        let report = check(&data, NOW).unwrap();
        assert!(report.is_healthy(), "{name}: {:?}", report.findings);
        assert_eq!(report.checked.unsealed, 21, "{name}");
        verify(name, &data, &told, claim);
        Store::open_existing(&data, NOW).unwrap().seal(NOW).unwrap();
        verify(name, &data, &told, claim);
        while Store::open_existing(&data, NOW).unwrap().merge(NOW).unwrap() {}
        verify(name, &data, &told, claim);
        let report = check(&data, NOW).unwrap();
        assert!(report.is_healthy(), "{name}: {:?}", report.findings);
    }
}

#[test]
fn a_directory_of_any_format_opens_without_being_checked_first_and_can_be_backed_up() {
    for (name, sample, is_full) in SAMPLES {
        let dir = tempfile::tempdir().unwrap();
        let told = unpack(sample, dir.path());
        let (file, data) = (dir.path().join("b.tar"), dir.path().join("restored"));
        backup(&dir.path().join("data"), &file, NOW, &mut |_, _| {}).unwrap();
        restore(&file, &data, NOW, &mut |_, _| {}).unwrap();
        let claim = if is_full { full_claim } else { claim };
        verify(name, &data, &told, claim);
        verify(name, &dir.path().join("data"), &told, claim);
    }
}

#[test]
fn a_newer_format_is_refused_in_words() {
    let dir = tempfile::tempdir().unwrap();
    drop(Store::open(dir.path(), NOW).unwrap());
    let registry = rusqlite::Connection::open(dir.path().join("longplay.db")).unwrap();
    registry.pragma_update(None, "user_version", 77).unwrap();
    drop(registry);
    let refused = Store::open_existing(dir.path(), NOW).err().unwrap();
    assert!(matches!(refused, StoreError::Newer { found: 77, .. }), "{refused}");
    assert!(refused.to_string().contains("update Longplay"), "{refused}");
    assert_eq!(check(dir.path(), NOW).unwrap().codes(), ["format_unknown"]);
}

#[test]
#[ignore = "writes the sample that a new format needs"]
fn write_a_sample_of_this_format() {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("format-sample");
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).unwrap();
    let store = Store::open(&place.join("data"), NOW).unwrap();
    let key = tell(&store, full_claim);
    assert!(store.keep_advice(&advice()).unwrap());
    store.note_talks(&[talk()]).unwrap();
    let ada = store.create_account("Ada", Role::Owner, "$argon2id$…", NOW).unwrap();
    store
        .set_totp(ada.id, "JBSWY3DPEHPK3PXP", 7, &["abcd-efgh".to_owned()])
        .unwrap();
    store.create_token_for("graphs", &[Scope::Read], NOW).unwrap();
    store.log(&logged()).unwrap();
    store.put_goal(&membership()).unwrap();
    store.create_share(&share(), NOW).unwrap();
    let totals = store.totals().unwrap();
    fs::write(
        place.join("told.txt"),
        format!("{key}\n{}\n{}\n", totals.events, totals.people),
    )
    .unwrap();
    drop(store);
    for name in [
        "maintenance.lock",
        "longplay.db-shm",
        "longplay.db-wal",
        "journal.db-shm",
        "journal.db-wal",
    ] {
        let _ = fs::remove_file(place.join("data").join(name));
    }
    let mut archive = tar::Builder::new(Vec::new());
    archive.append_dir_all("", &place).unwrap();
    let packed = zstd::encode_all(archive.into_inner().unwrap().as_slice(), 19).unwrap();
    let file = place.with_extension("tar.zst");
    fs::write(&file, packed).unwrap();
    println!("{}", file.display());
}
