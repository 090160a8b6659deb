//! The server dies two hundred times, at random moments and at every place where it hurts, while events come in over HTTP and
//! from files and people are forgotten; and is compared with what it had acknowledged. So does whoever opens a directory of an
//! older format.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use longplay_store::crash::POINTS;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::harness::Workspace;

const KILLS: usize = 200;
const POSTERS: u64 = 3;
/// Rounds between two looks at everything.
const LOOK_EVERY: usize = 20;
/// How long a place to die at is waited for, before the clock decides.
const PLACE_WAIT_MAX: Duration = Duration::from_millis(1_500);
/// Every so many rounds somebody is forgotten.
const ERASE_EVERY: usize = 5;

/// What was said, and what of it the server said that it has.
#[derive(Default)]
struct Ledger {
    sent: BTreeSet<String>,
    acknowledged: BTreeSet<String>,
    /// Events of people who were forgotten.
    forgotten: BTreeSet<String>,
}

struct Trial {
    workspace: Workspace,
    key: String,
    ledger: Mutex<Ledger>,
    deaths: BTreeMap<String, usize>,
    chance: ChaCha8Rng,
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_by_two_hundred_deaths() {
    let workspace = Workspace::new();
    let key = workspace.run(&["key", "create", "--name", "site"]).out;
    let mut trial = Trial {
        workspace,
        key: key.trim().to_owned(),
        ledger: Mutex::default(),
        deaths: BTreeMap::new(),
        chance: ChaCha8Rng::seed_from_u64(3),
    };
    let mut round = 0;
    // A busy machine takes more rounds until the rare places are passed.
    let places = || POINTS.iter().filter(|place| !place.starts_with("migrate."));
    let is_over = |deaths: &BTreeMap<String, usize>| {
        deaths.values().sum::<usize>() >= KILLS && places().all(|place| deaths.contains_key(*place))
    };
    while !is_over(&trial.deaths) {
        trial.round(round);
        round += 1;
        assert!(round < KILLS * 3, "it never dies at some places: {:?}", trial.deaths);
        if round.is_multiple_of(LOOK_EVERY) {
            trial.look();
        }
    }
    trial.look();
    println!(
        "{round} rounds, {} events acknowledged, deaths: {:?}",
        trial.ledger.lock().unwrap().acknowledged.len(),
        trial.deaths
    );
}

impl Trial {
    /// Serves, imports beside it every third time, and dies.
    fn round(&mut self, round: usize) {
        let is_served = |place: &&&str| !place.starts_with("migrate.") && !place.starts_with("erase.");
        let places: Vec<_> = POINTS.iter().filter(is_served).collect();
        if round % ERASE_EVERY == 1 {
            self.forget(round);
        }
        let place = round.is_multiple_of(2).then(|| *places[round / 2 % places.len()]);
        let mut serve = self.command(&["serve", "--listen", "127.0.0.1:0"], place);
        let mut server = serve.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let import = round.is_multiple_of(3).then(|| self.import(round));
        let patience = match place {
            Some(_) => PLACE_WAIT_MAX,
            None => Duration::from_millis(self.chance.random_range(5..500)),
        };
        let begun = Instant::now();
        if let Some(address) = address(&mut server) {
            let over = AtomicBool::new(false);
            thread::scope(|scope| {
                for poster in 0..POSTERS {
                    let (trial, over, address) = (&*self, &over, &address);
                    scope.spawn(move || trial.post(address, round as u64 * POSTERS + poster, over));
                }
                while begun.elapsed() < patience && server.try_wait().unwrap().is_none() {
                    thread::sleep(Duration::from_millis(2));
                }
                let _ = server.kill();
                over.store(true, Ordering::Relaxed);
            });
        }
        let how = self.buried(server, place, "server");
        *self.deaths.entry(how).or_default() += 1;
        if let Some((mut child, ids)) = import {
            let patience = Duration::from_millis(self.chance.random_range(1..400));
            while begun.elapsed() < patience && child.try_wait().unwrap().is_none() {
                thread::sleep(Duration::from_millis(2));
            }
            let _ = child.kill();
            let output = child.wait_with_output().unwrap();
            if output.status.success() {
                self.ledger.lock().unwrap().acknowledged.extend(ids);
            } else {
                assert_ne!(
                    output.status.code(),
                    Some(1),
                    "{}",
                    String::from_utf8_lossy(&output.stderr)
                );
                *self.deaths.entry("import".to_owned()).or_default() += 1;
            }
        }
    }

    /// Somebody comes, is forgotten by a command that dies, and by a second one that doesn't.
    fn forget(&mut self, round: usize) {
        let handle = format!("gone-for-good-{round}");
        let ids: Vec<String> = (0..20).map(|row| format!("forgotten-{round}-{row}")).collect();
        let mut rows = String::from("time,person,event,id\n");
        for id in &ids {
            let _ = writeln!(rows, "2026-01-05T10:00:00Z,{handle},viewed,{id}");
        }
        let file = self.workspace.file("gone.csv", &rows);
        self.ledger.lock().unwrap().sent.extend(ids.iter().cloned());
        assert_eq!(self.workspace.run(&["import", &file]).code, 0);
        let places: Vec<_> = POINTS.iter().filter(|place| place.starts_with("erase.")).collect();
        let place = places
            .get(round / ERASE_EVERY % (places.len() + 1))
            .map(|place| **place);
        let arguments = ["person", "erase", &handle, "--yes"];
        let mut command = self.workspace.command(&arguments);
        if let Some(place) = place {
            command.env("LONGPLAY_CRASH_AT", format!("{place}:1"));
        }
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        if place.is_none() {
            thread::sleep(Duration::from_millis(self.chance.random_range(1..150)));
            let _ = child.kill();
        }
        let died = child.wait_with_output().unwrap().status;
        if was_aborted(died) || died.code().is_none() {
            let how = place.unwrap_or("erasing").to_owned();
            *self.deaths.entry(how).or_default() += 1;
        }
        let again = self.workspace.run(&arguments);
        let is_nobody = again.err.contains("nobody is known");
        assert!(again.code == 0 || is_nobody, "{}{}", again.out, again.err);
        self.ledger.lock().unwrap().forgotten.extend(ids);
        let file = files(&self.workspace.data())
            .into_iter()
            .find(|path| holds(path, handle.as_bytes()));
        assert_eq!(file, None, "{handle} is still there after {place:?}");
    }

    fn command(&self, arguments: &[&str], place: Option<&str>) -> Command {
        let mut command = self.workspace.command(arguments);
        command.env("LONGPLAY_HURRY", "1").env("RUST_BACKTRACE", "0");
        if let Some(place) = place {
            // A batch passes often, a seal now and then.
            let often = if place.starts_with("journal.") { 50 } else { 2 };
            let count = 1 + self.deaths.values().sum::<usize>() % often;
            command.env("LONGPLAY_CRASH_AT", format!("{place}:{count}"));
        }
        command
    }

    fn import(&self, round: usize) -> (Child, Vec<String>) {
        let ids: Vec<String> = (0..400).map(|row| format!("import-{round}-{row}")).collect();
        let mut rows = String::from("time,person,event,id\n");
        for (row, id) in ids.iter().enumerate() {
            let _ = writeln!(rows, "2026-01-{:02}T10:00:00Z,i{},viewed,{id}", 1 + row % 28, row % 50);
        }
        self.ledger.lock().unwrap().sent.extend(ids.iter().cloned());
        let file = self.workspace.file(&format!("import-{round}.csv"), &rows);
        let mut command = self.command(&["import", &file], None);
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        (child.unwrap(), ids)
    }

    /// Which death it was; a server that ends by itself must say nothing of a fault.
    fn buried(&self, server: Child, place: Option<&str>, who: &str) -> String {
        let output = server.wait_with_output().unwrap();
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(!words.contains("panicked"), "{words}");
        match (output.status.code(), place) {
            (Some(code), _) => panic!("{who} ended with {code}: {words}"),
            (None, Some(place)) if was_aborted(output.status) => place.to_owned(),
            (None, _) => who.to_owned(),
        }
    }

    /// Posts batches, some of them again, until nobody answers.
    fn post(&self, address: &str, seed: u64, over: &AtomicBool) {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let mut last: Option<(String, Vec<String>)> = None;
        for number in 0.. {
            if over.load(Ordering::Relaxed) {
                return;
            }
            let again = last.clone().filter(|_| chance.random_range(0..5) == 0);
            let (body, ids) = again.unwrap_or_else(|| batch(seed, number, &mut chance));
            self.ledger.lock().unwrap().sent.extend(ids.iter().cloned());
            match send(address, &self.key, &body) {
                Some(200) => self.ledger.lock().unwrap().acknowledged.extend(ids.iter().cloned()),
                Some(503) => thread::sleep(Duration::from_millis(20)),
                Some(status) => panic!("{status}"),
                None => return,
            }
            last = Some((body, ids));
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// What is there against what was acknowledged.
    fn look(&self) {
        let check = self.workspace.run(&["check"]);
        assert_eq!(check.code, 0, "{}{}", check.out, check.err);
        let rows = self.workspace.run(&["export", "events", "--format", "jsonl"]);
        assert_eq!(rows.code, 0, "{}", rows.err);
        let ledger = self.ledger.lock().unwrap();
        let mut found = BTreeSet::new();
        for row in rows.out.lines() {
            let row: Value = serde_json::from_str(row).unwrap();
            let id = row["id"].as_str().unwrap().to_owned();
            assert!(ledger.sent.contains(&id), "{id} was never sent");
            assert!(!ledger.forgotten.contains(&id), "{id} was forgotten");
            assert!(found.insert(id), "{row} is there twice");
        }
        let lost: Vec<_> = ledger.acknowledged.difference(&found).collect();
        assert!(lost.is_empty(), "{} acknowledged and lost: {lost:.5?}", lost.len());
    }
}

fn batch(seed: u64, number: u64, chance: &mut ChaCha8Rng) -> (String, Vec<String>) {
    let ids: Vec<String> = (0..chance.random_range(1..30))
        .map(|item| format!("c-{seed}-{number}-{item}"))
        .collect();
    let mut body = String::from("{\"batch\":[");
    for (item, id) in ids.iter().enumerate() {
        let person = chance.random_range(0..40);
        let comma = if item > 0 { "," } else { "" };
        // Now and then somebody signs in, so that links come and go with all this.
        let known = if chance.random_range(0..10) == 0 {
            format!(r#","userId":"u{person}""#)
        } else {
            String::new()
        };
        let _ = write!(
            body,
            r#"{comma}{{"type":"track","event":"Read","messageId":"{id}","anonymousId":"a{person}"{known},"timestamp":"2026-02-{:02}T08:00:00Z"}}"#,
            1 + person % 28
        );
    }
    body.push_str("]}");
    (body, ids)
}

/// The status of an answer, if there was one.
fn send(address: &str, key: &str, body: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(address).ok()?;
    let head = format!(
        "POST /v1/batch HTTP/1.1\r\nHost: {address}\r\nX-Write-Key: {key}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split(' ').nth(1)?.parse().ok()
}

/// Where a server says it is; `None` when it died before.
fn address(server: &mut Child) -> Option<String> {
    let mut line = String::new();
    BufReader::new(server.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    Some(line.trim().strip_prefix("Longplay is at http://")?.to_owned())
}

fn was_aborted(status: std::process::ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    const SIGABRT: i32 = 6;
    status.signal() == Some(SIGABRT)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

fn holds(path: &Path, text: &[u8]) -> bool {
    fs::read(path).unwrap().windows(text.len()).any(|bytes| bytes == text)
}

#[test]
fn whoever_dies_while_bringing_an_old_directory_up_to_date_can_be_followed() {
    let samples: [&[u8]; 2] = [
        include_bytes!("../../../store/tests/formats/v1.tar.zst"),
        include_bytes!("../../../store/tests/formats/v2.tar.zst"),
    ];
    for (number, sample) in samples.into_iter().enumerate() {
        let rows = |workspace: &Workspace| {
            let done = workspace.run(&["export", "events", "--format", "jsonl"]);
            assert_eq!(done.code, 0, "{}", done.err);
            done.out
        };
        let unpacked = || {
            let workspace = Workspace::new();
            let plain = zstd::decode_all(sample).unwrap();
            tar::Archive::new(plain.as_slice()).unpack(workspace.folder()).unwrap();
            workspace
        };
        let expected = rows(&unpacked());
        assert!(!expected.is_empty());
        let places = POINTS.iter().filter(|place| place.starts_with("migrate."));
        let by_place = places.map(|place| (Some(place), 0));
        for (place, millis) in by_place.chain((0..12).map(|step| (None, 1 + step * 3))) {
            let workspace = unpacked();
            let mut command = workspace.command(&["goal", "list"]);
            if let Some(place) = place {
                command.env("LONGPLAY_CRASH_AT", format!("{place}:1"));
            }
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            if place.is_none() {
                thread::sleep(Duration::from_millis(millis));
                let _ = child.kill();
            }
            let died = child.wait().unwrap();
            assert!(
                place.is_none() || was_aborted(died),
                "sample {number}, {place:?}: {died}"
            );
            assert_eq!(rows(&workspace), expected, "sample {number}, {place:?}, {millis} ms");
            let check = workspace.run(&["check"]);
            assert_eq!(check.code, 0, "{}{}", check.out, check.err);
        }
    }
}

/// A directory of which nothing but the beginning was made is none yet, or is whole.
#[test]
fn a_data_directory_half_made_is_no_damage() {
    for place in POINTS.iter().filter(|place| place.starts_with("migrate.")) {
        let workspace = Workspace::new();
        let mut command = workspace.command(&["goal", "add", "joined", "--act", "signed_up"]);
        let died = command.env("LONGPLAY_CRASH_AT", format!("{place}:1")).output().unwrap();
        assert!(was_aborted(died.status), "{place}: {}", died.status);
        let check = workspace.run(&["check"]);
        assert_eq!(check.code, 0, "{place}: {}{}", check.out, check.err);
        assert_eq!(workspace.run(&["goal", "list"]).code, 0);
    }
}
