//! One file from the outside into the workspace: verified whole first, then accepted batch by batch.
//!
//! A file is read twice. The first pass accepts nothing, so a damaged archive or, with `--strict`, a single refused row
//! leaves the workspace as it was. The second pass hands claims to `Store::accept`, which is where they are judged.

pub mod brought;
mod refusals;
mod report;
mod tally;

use std::path::Path;

use anyhow::Context;
use indicatif::ProgressBar;
use longplay_domain::{Claim, Gate, Piece, Sample, Time};
use longplay_intake::{Format, IntakeError, Item, Located, Options, ReadError, Source};
use longplay_store::{ImportNote, Store, Verdict};

use crate::output::progress;
pub use report::{FileReport, ImportReport, Remark};
use tally::{Place, Tally};

/// Claims handed to the store at once: large enough that a commit is cheap beside them, small enough for memory.
const BATCH_CLAIMS: usize = 16_384;
/// Pieces or samples written at once.
const BATCH_OTHERS: usize = 8_192;

/// What was asked for, the same for every file of one run.
pub struct Importer<'a> {
    /// `None` on a dry run, which only judges.
    pub store: Option<&'a Store>,
    pub data: &'a Path,
    pub gate: Gate,
    pub format: Option<Format>,
    pub channel: Option<String>,
    pub strict: bool,
}

/// Why a file as a whole was not imported, or not to its end.
struct Failed {
    code: &'static str,
    message: String,
}

impl From<IntakeError> for Failed {
    fn from(error: IntakeError) -> Self {
        let code = error.code();
        Self {
            code,
            message: crate::exit::in_words(&anyhow::Error::new(error)),
        }
    }
}

impl Importer<'_> {
    /// Imports one file and tells what became of it; a failure is part of the report.
    pub fn import(&self, path: &Path) -> FileReport {
        let list = self
            .store
            .map(|_| refusals::RefusalsFile::new(self.data, path, self.gate.now));
        let mut tally = Tally::new(path, list);
        let mut done = self.import_into(path, &mut tally);
        if let Err(error) = tally.close_list()
            && done.is_ok()
        {
            done = Err(Failed {
                code: "refusals_file",
                message: crate::exit::in_words(&error),
            });
        }
        if let Err(Failed { code, message }) = done {
            tally.report.error = Some(Remark { code, message });
        }
        tally.report
    }

    fn import_into(&self, path: &Path, tally: &mut Tally) -> Result<(), Failed> {
        let source = Source::open(path, &self.options_for(path))?;
        tally.report.format = Some(source.format().name().to_owned());
        let name = path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let Some(store) = self.store else {
            return self.judge(&source, tally, &format!("Checking {name}"));
        };
        let claims = if self.strict {
            self.judge(&source, tally, &format!("Checking {name}"))?;
            tally.must_hold_no_refusal()?;
            tally.begin_again()
        } else {
            survey(&source, &format!("Checking {name}"))?
        };
        let bar = progress::bar(claims, format!("Importing {name}"));
        let taken = Taking {
            store,
            source: &source,
            tally,
            bar: &bar,
            batch: Batch::default(),
            now: self.gate.now,
        }
        .run();
        bar.finish_and_clear();
        let result = taken.map_err(|error| stopped(path, error, tally));
        let noted = store.note_import(&note(&tally.report, self.gate.now));
        result.and(noted.map_err(|error| stopped(path, ReadError::Sink(error.into()), tally)))
    }

    fn options_for(&self, path: &Path) -> Options {
        let modified = std::fs::metadata(path).and_then(|meta| meta.modified()).ok();
        let micros = modified.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        let modified = micros
            .and_then(|since| i64::try_from(since.as_micros()).ok())
            .map(Time::from_micros);
        Options {
            format: self.format,
            channel: self.channel.clone(),
            modified,
            ..Options::new(self.gate.zone.clone())
        }
    }

    /// Reads the whole file and judges every row by the gate, accepting nothing.
    fn judge(&self, source: &Source, tally: &mut Tally, what: &str) -> Result<(), Failed> {
        let spinner = progress::spinner(what.to_owned());
        let read = source.read(&mut |located: Located| -> anyhow::Result<()> {
            spinner.inc(1);
            let Located { row, part, item } = located;
            let place = Place { row, part };
            match item {
                Item::Claim(claim) => match self.gate.admit(claim) {
                    Ok(_) => tally.admit(),
                    Err(refusal) => tally.refuse(source, &place, &refusal)?,
                },
                Item::Piece(_) => tally.report.pieces += 1,
                Item::Sample(_) => tally.report.samples += 1,
                Item::Refused(refused) => tally.refuse_row(&place, refused)?,
                Item::Note(note) => tally.report.note(note.code, note.message),
            }
            Ok(())
        });
        spinner.finish_and_clear();
        read.map_err(|error| stopped(Path::new(&tally.report.path), error, tally))
    }
}

/// Reads the whole file once, so that nothing of a damaged one is accepted. Returns how many claims there are.
fn survey(source: &Source, what: &str) -> Result<u64, Failed> {
    let spinner = progress::spinner(what.to_owned());
    let mut claims = 0;
    let read = source.read(&mut |located: Located| -> Result<(), std::convert::Infallible> {
        claims += u64::from(matches!(located.item, Item::Claim(_)));
        if claims % 1_024 == 0 {
            spinner.set_position(claims);
        }
        Ok(())
    });
    spinner.finish_and_clear();
    match read {
        Ok(()) => Ok(claims),
        Err(ReadError::Intake(error)) => Err(error.into()),
        Err(ReadError::Sink(never)) => match never {},
    }
}

/// The second pass: what has been read but not yet handed to the store.
struct Taking<'a> {
    store: &'a Store,
    source: &'a Source,
    tally: &'a mut Tally,
    bar: &'a ProgressBar,
    batch: Batch,
    now: Time,
}

#[derive(Default)]
struct Batch {
    claims: Vec<Claim>,
    /// Where each claim stands in the file.
    places: Vec<Place>,
    pieces: Vec<Piece>,
    samples: Vec<Sample>,
}

impl Taking<'_> {
    fn run(mut self) -> Result<(), ReadError<anyhow::Error>> {
        let source = self.source;
        source.read(&mut |located| self.take(located))?;
        self.take_claims()
            .and_then(|()| self.take_others())
            .map_err(ReadError::Sink)
    }

    fn take(&mut self, Located { row, part, item }: Located) -> anyhow::Result<()> {
        match item {
            Item::Claim(claim) => {
                self.batch.claims.push(claim);
                self.batch.places.push(Place { row, part });
                if self.batch.claims.len() == BATCH_CLAIMS {
                    self.take_claims()?;
                }
            }
            Item::Piece(piece) => self.batch.pieces.push(piece),
            Item::Sample(sample) => self.batch.samples.push(sample),
            Item::Refused(refused) => self.tally.refuse_row(&Place { row, part }, refused)?,
            Item::Note(note) => self.tally.report.note(note.code, note.message),
        }
        if self.batch.pieces.len().max(self.batch.samples.len()) == BATCH_OTHERS {
            self.take_others()?;
        }
        Ok(())
    }

    fn take_claims(&mut self) -> anyhow::Result<()> {
        let claims = std::mem::take(&mut self.batch.claims);
        let places = std::mem::take(&mut self.batch.places);
        if claims.is_empty() {
            return Ok(());
        }
        let receipt = self.store.accept(claims, self.now)?;
        self.store.make_room(self.now)?;
        self.bar.inc(places.len() as u64);
        for (verdict, place) in receipt.verdicts.iter().zip(&places) {
            match verdict {
                Verdict::Admitted => self.tally.admit(),
                Verdict::Duplicate => self.tally.know_already(),
                Verdict::Refused(refusal) => self.tally.refuse(self.source, place, refusal)?,
            }
        }
        Ok(())
    }

    fn take_others(&mut self) -> anyhow::Result<()> {
        let pieces = std::mem::take(&mut self.batch.pieces);
        if !pieces.is_empty() {
            self.store.put_pieces(&pieces).context("the pieces were not kept")?;
            self.tally.report.pieces += pieces.len() as u64;
        }
        let samples = std::mem::take(&mut self.batch.samples);
        if !samples.is_empty() {
            self.store.put_samples(&samples).context("the totals were not kept")?;
            self.tally.report.samples += samples.len() as u64;
        }
        Ok(())
    }
}

/// What stopped the reading, in words that say what is kept.
fn stopped(path: &Path, error: ReadError<anyhow::Error>, tally: &Tally) -> Failed {
    match error {
        ReadError::Intake(error) => error.into(),
        ReadError::Sink(error) => {
            let kept = match tally.report.admitted {
                0 => "nothing of it was admitted".to_owned(),
                admitted => format!("{admitted} events of it were admitted and are kept"),
            };
            let cause = crate::exit::in_words(&error);
            let advice = "once the cause is gone, import the file again: nothing is counted twice";
            Failed {
                code: "store",
                message: format!("{}: stopped: {cause}; {kept}; {advice}", path.display()),
            }
        }
    }
}

fn note(report: &FileReport, at: Time) -> ImportNote {
    ImportNote {
        path: report.path.clone(),
        format: report.format.clone().unwrap_or_default(),
        at,
        claims: report.claims,
        admitted: report.admitted,
        duplicates: report.duplicates,
        refused: report.refused,
        pieces: report.pieces,
        samples: report.samples,
    }
}
