//! Files that were brought and are not imported yet: each upload in a folder of its own under `uploads/` in the data directory, named by
//! chance, its files by what is harmless of their names. Looked into first and imported on the owner's word, by the same
//! code as `longplay import`; gone when that is done, after two hours, when the server starts, and when somebody is forgotten.
//!
//! Nothing here trusts a name: what a browser calls a file never becomes a path.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use longplay_domain::Time;
use longplay_store::Store;

/// All files of one upload together.
pub const UPLOAD_BYTES_MAX: u64 = 4 << 30;
pub const FILES_MAX: usize = 50;
/// Uploads at the same time.
const UPLOADS_MAX: usize = 8;
const KEPT_MICROS: i64 = 2 * 3_600 * 1_000_000;
const NAME_CHARS_MAX: usize = 80;
const FOLDER: &str = "uploads";

/// What is to be done with a file.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    pub path: &'a Path,
    /// Whether it is only to be looked into.
    pub is_dry_run: bool,
    pub now: Time,
}

/// What became of a file, or would.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub format: Option<String>,
    pub claims: u64,
    pub admitted: u64,
    pub duplicates: u64,
    pub refused: u64,
    pub pieces: u64,
    pub samples: u64,
    /// Code, count, and where and why the first was refused.
    pub refusals: Vec<(String, u64, String)>,
    pub notes: Vec<String>,
    /// The list of refused rows, in the data directory.
    pub refusals_file: Option<String>,
    pub error: Option<String>,
}

/// How files are imported: the command's own code, handed in where the parts meet.
pub type Importer = fn(&Store, Order<'_>) -> Outcome;

/// Where an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Checking,
    Checked,
    Importing,
    Done,
}

/// One file of an upload.
#[derive(Clone, Debug)]
pub struct Brought {
    pub name: String,
    pub bytes: u64,
    /// What was found, once it was looked into or imported.
    pub outcome: Option<Outcome>,
}

#[derive(Clone, Debug)]
pub struct Upload {
    pub phase: Phase,
    pub files: Vec<Brought>,
    folder: PathBuf,
    since: Time,
}

#[derive(Default)]
pub struct Uploads {
    importer: OnceLock<Importer>,
    held: Arc<Mutex<BTreeMap<String, Upload>>>,
    /// One file at a time: each may take every core, and all write to one store.
    turn: Arc<Mutex<()>>,
}

impl Uploads {
    /// Says how files are imported, and lets go of what an earlier run left behind.
    pub fn import_with(&self, importer: Importer, store: &Store) {
        // Set once, before the first request; what can't be removed is in nobody's way.
        let _ = self.importer.set(importer);
        let _ = fs::remove_dir_all(store.directory().join(FOLDER));
    }

    pub fn takes_files(&self) -> bool {
        self.importer.get().is_some()
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<String, Upload>> {
        // Whoever panicked while holding it left a whole map.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn get(&self, id: &str) -> Option<Upload> {
        self.held().get(id).cloned()
    }

    /// A folder for a new upload, or nothing where there are too many.
    pub fn folder(&self, store: &Store, now: Time) -> std::io::Result<Option<(String, PathBuf)>> {
        let mut held = self.held();
        let is_over = |upload: &Upload| {
            let is_idle = matches!(upload.phase, Phase::Checked | Phase::Done);
            is_idle && now.micros() - upload.since.micros() > KEPT_MICROS
        };
        held.retain(|_, upload| {
            let goes = is_over(upload);
            if goes {
                let _ = fs::remove_dir_all(&upload.folder);
            }
            !goes
        });
        if held.len() >= UPLOADS_MAX {
            return Ok(None);
        }
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
        let id: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let folder = store.directory().join(FOLDER).join(&id);
        fs::create_dir_all(&folder)?;
        Ok(Some((id, folder)))
    }

    /// Takes an upload whose files are all there, and begins to look into them.
    pub fn begin(&self, (id, folder): (String, PathBuf), files: Vec<Brought>, store: Arc<Store>, now: Time) {
        let upload = Upload {
            phase: Phase::Checking,
            files,
            folder,
            since: now,
        };
        self.held().insert(id.clone(), upload);
        self.work(id, store, now, (Phase::Checking, Phase::Checked));
    }

    /// Imports an upload that was looked into; returns whether there is one.
    pub fn import(&self, id: &str, store: Arc<Store>, now: Time) -> bool {
        {
            let mut held = self.held();
            let Some(upload) = held.get_mut(id).filter(|upload| upload.phase == Phase::Checked) else {
                return held.contains_key(id);
            };
            upload.phase = Phase::Importing;
            // What holds nothing was said already and is not read again.
            let is_good = |file: &Brought| file.outcome.as_ref().is_some_and(|outcome| outcome.error.is_none());
            for file in upload.files.iter_mut().filter(|file| is_good(file)) {
                file.outcome = None;
            }
        }
        self.work(id.to_owned(), store, now, (Phase::Importing, Phase::Done));
        true
    }

    /// Lets go of an upload that nobody is working on.
    pub fn drop_files(&self, id: &str) {
        let mut held = self.held();
        let is_idle = held
            .get(id)
            .is_some_and(|upload| matches!(upload.phase, Phase::Checked | Phase::Done));
        if is_idle && let Some(upload) = held.remove(id) {
            let _ = fs::remove_dir_all(upload.folder);
        }
    }

    /// Goes through the files on a thread of its own; whoever asks meanwhile sees how far it is.
    fn work(&self, id: String, store: Arc<Store>, now: Time, (from, then): (Phase, Phase)) {
        let Some(&importer) = self.importer.get() else { return };
        let (held, turn) = (Arc::clone(&self.held), Arc::clone(&self.turn));
        tokio::task::spawn_blocking(move || {
            let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            let lock = || held.lock().unwrap_or_else(PoisonError::into_inner);
            loop {
                let next = lock().get(&id).and_then(|upload| {
                    let at = upload.files.iter().position(|file| file.outcome.is_none())?;
                    Some((at, upload.folder.join(place(at, &upload.files[at].name))))
                });
                let Some((at, path)) = next else { break };
                let order = Order {
                    path: &path,
                    is_dry_run: from == Phase::Checking,
                    now,
                };
                let outcome = importer(&store, order);
                if let Some(upload) = lock().get_mut(&id) {
                    upload.files[at].outcome = Some(outcome);
                }
            }
            if then == Phase::Done
                && let Err(error) = store.seal(now)
            {
                tracing::warn!(%error, "an import is not sealed yet; upkeep does that");
            }
            if let Some(upload) = lock().get_mut(&id) {
                upload.phase = then;
                if then == Phase::Done {
                    // What is imported is in the store; the file may name people.
                    let _ = fs::remove_dir_all(&upload.folder);
                }
            }
        });
    }
}

/// Where a file lies in its upload's folder: files of one name lie apart, each under its own name.
pub fn place(at: usize, name: &str) -> PathBuf {
    Path::new(&at.to_string()).join(name)
}

/// What is harmless of the name a browser gives a file: no folder, no dot at the start, no letter a shell or a system minds.
pub fn harmless(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: char| {
        if c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') {
            c
        } else {
            '_'
        }
    };
    let kept: String = last.chars().map(plain).collect();
    let kept = kept.trim_matches(['.', ' ']);
    let letters: Vec<char> = kept.chars().collect();
    // The end says what kind of file it is.
    let short: String = letters[letters.len().saturating_sub(NAME_CHARS_MAX)..].iter().collect();
    let short = short.trim_start_matches(['.', ' ']);
    if short.is_empty() {
        "file".to_owned()
    } else {
        short.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Component;

    use super::*;

    #[test]
    fn no_name_leads_out_of_its_folder() {
        for (name, kept) in [
            ("shop.csv", "shop.csv"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\windows\\system.ini", "system.ini"),
            ("/etc/passwd", "passwd"),
            ("C:\\x.csv", "x.csv"),
            ("..", "file"),
            (".", "file"),
            ("", "file"),
            ("a/", "file"),
            (".htaccess", "htaccess"),
            ("a\0b.csv", "a_b.csv"),
            ("x\r\ny.csv", "x__y.csv"),
            ("…/été 2024.csv", "été 2024.csv"),
            ("=cmd|'/c calc'!A1.csv", "c calc__A1.csv"),
        ] {
            let harmless = harmless(name);
            assert_eq!(harmless, kept, "{name}");
            let parts: Vec<_> = place(0, &harmless)
                .components()
                .map(|part| matches!(part, Component::Normal(_)))
                .collect();
            assert_eq!(parts, [true, true], "{name}");
        }
        assert_eq!(harmless(&format!("{}.csv", "ü".repeat(300))).chars().count(), 80);
        assert!(harmless(&"x.".repeat(300)).ends_with('x'));
    }
}
