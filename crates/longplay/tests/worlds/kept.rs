//! Every answer about every world, through the built binary, is the one that was reviewed by hand against the world's truth.

use std::{collections::BTreeSet, env, fs, path::PathBuf, thread};

use longplay_measures::Key;
use longplay_testkit::worlds::{ALL, Make, Size};
use serde_json::Value;

use crate::{asked::Imported, printed::printed};

/// The one seed whose answers were reviewed.
const SEED: u64 = 1;

fn expected() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/worlds/expected")
}

/// The questions whose answers were reviewed so far; one more is one more word here.
const REVIEWED: [&str; 11] = [
    "returns",
    "goals",
    "hits",
    "durability",
    "ladder",
    "credit",
    "lift",
    "fit",
    "plan",
    "audit",
    "talk",
];

/// The answers that changed, each as the path of its file.
fn changed(name: &str, make: Make, writes: bool) -> Vec<String> {
    let world = make(SEED, Size::Whole);
    let imported = Imported::new(&world);
    let folder = expected().join(name);
    let mut changed = Vec::new();
    let edition = imported.ask("all");
    let reviewed = |answer: &&Value| REVIEWED.iter().any(|key| answer["question"] == *key);
    for answer in edition["answers"].as_array().unwrap().iter().filter(reviewed) {
        let text = printed(&without_keys(answer));
        let path = folder.join(format!("{}.txt", answer["question"].as_str().unwrap()));
        if fs::read_to_string(&path).is_ok_and(|kept| kept == text) {
            continue;
        }
        if writes {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &text).unwrap();
        } else {
            let kept = fs::read_to_string(&path).unwrap_or_default();
            changed.push(format!("{}\n{}", path.display(), first_difference(&kept, &text)));
        }
    }
    changed
}

/// An answer without what hangs on people's keys, which each data directory makes of its own secret: who is dealt into which fold of
/// a learnt score, and who of equals stands first on a list.
fn without_keys(answer: &Value) -> Value {
    let mut answer = answer.clone();
    if answer["question"] == "fit" {
        let figures = answer["figures"].as_array_mut().unwrap();
        figures.retain(|figure| figure["key"] != "learnt_fit");
        let rows = answer["rows"].as_array_mut();
        for row in rows.into_iter().flatten().filter_map(Value::as_object_mut) {
            row.retain(|key, _| key != "learnt_fit");
        }
        if let Some(rows) = answer["rows"].as_array_mut() {
            rows.retain(|row| row["kind"] != "score" && row["kind"] != "feature");
        }
    }
    if answer["question"] == "talk" && answer["rows"].as_array().is_some_and(|rows| !rows.is_empty()) {
        answer["rows"] = Value::Array(Vec::new());
        answer["sentence"] = Value::from("(Whom it names first hangs on keys.)");
    }
    answer
}

fn first_difference(kept: &str, now: &str) -> String {
    let (mut kept, mut now) = (kept.lines(), now.lines());
    loop {
        match (kept.next(), now.next()) {
            (Some(a), Some(b)) if a == b => {}
            (a, b) => return format!("  kept: {}\n  now:  {}", a.unwrap_or("(end)"), b.unwrap_or("(end)")),
        }
    }
}

#[test]
fn answers_are_those_that_were_reviewed() {
    let writes = env::var_os("UPDATE_WORLDS").is_some();
    let changed: Vec<String> = thread::scope(|scope| {
        let halves = ALL.chunks(ALL.len().div_ceil(2)).map(|worlds| {
            scope.spawn(move || {
                let of_half = worlds.iter().flat_map(|&(name, make)| changed(name, make, writes));
                of_half.collect::<Vec<_>>()
            })
        });
        let halves: Vec<_> = halves.collect();
        halves.into_iter().flat_map(|half| half.join().unwrap()).collect()
    });
    assert!(
        changed.is_empty(),
        "review these against the truth in crates/testkit/src/worlds, then run with UPDATE_WORLDS=1:\n{}",
        changed.join("\n")
    );
}

#[test]
fn a_question_alone_is_answered_as_among_all() {
    let (_, make) = ALL
        .into_iter()
        .find(|(name, _)| *name == "hit_that_translated")
        .unwrap();
    let world = make(SEED, Size::Small);
    let imported = Imported::new(&world);
    let edition = imported.ask("all");
    for (key, answer) in Key::ALL.into_iter().zip(edition["answers"].as_array().unwrap()) {
        assert_eq!(imported.ask(key.name()), *answer, "{}", key.name());
    }
}

/// A world or question that is gone leaves nothing behind.
#[test]
fn nothing_is_kept_that_is_not_asked() {
    if env::var_os("UPDATE_WORLDS").is_some() {
        return; // They are being written at this moment.
    }
    let mut wanted = BTreeSet::new();
    for (name, _) in ALL {
        wanted.extend(REVIEWED.map(|key| format!("{name}/{key}.txt")));
    }
    let mut found = BTreeSet::new();
    for folder in fs::read_dir(expected()).unwrap().map(Result::unwrap) {
        for file in fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
            let (folder, file) = (folder.file_name(), file.file_name());
            found.insert(format!("{}/{}", folder.display(), file.display()));
        }
    }
    assert_eq!(found, wanted);
}
