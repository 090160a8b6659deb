//! Setting right what can be set right without losing anything, each in one transaction under the maintenance lock, again
//! and again until a check finds nothing more that can be. What is damaged or missing is never dropped by itself: that takes
//! the owner's word ([`aside`]).

mod aside;
mod catalog;
mod journal;
mod rewrite;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use longplay_domain::{PersonKey, Time};
use rusqlite::Connection;

use super::{Repair, Report, check, ids::At};
use crate::{
    error::{Context, Result},
    lake::{catalog as lake_catalog, expire, leftover},
    lock, registry,
    segment::{
        SegmentInfo,
        ids::{self, IdIndex},
    },
};

/// Rounds after which what is left is said to be beyond repair: an index is made anew before ids held twice are found.
const ROUNDS_MAX: usize = 4;

/// The directory under repair. Nobody else seals, merges or expires.
struct Bench<'a> {
    directory: &'a Path,
    registry: Connection,
    journal: Connection,
    now: Time,
}

/// Checks, repairs what can be, and sets aside the segments and batches named, so that answers can be had without them.
/// Nobody may serve the directory meanwhile.
pub fn repair(directory: &Path, now: Time, set_aside: &[String]) -> Result<Report> {
    let mut first = check(directory, now)?;
    if first.findings.iter().any(|finding| finding.invariant.number <= 3) {
        return Ok(first);
    }
    let _lock = lock::maintenance(directory)?;
    let mut bench = Bench::at(directory, now)?;
    for name in set_aside {
        let said = bench.set_aside(name)?;
        first.set_aside.push(said);
    }
    let mut last = check(directory, now)?;
    for _ in 0..ROUNDS_MAX {
        let mut possible = last.findings.iter().chain(&last.notes);
        if !possible.any(|finding| finding.repair == Repair::Possible) {
            break;
        }
        bench.round(&last)?;
        last = check(directory, now)?;
    }
    Ok(told(first, last))
}

/// What was found first, with what became of it, and what only showed later.
fn told(first: Report, last: Report) -> Report {
    let merge = |before: Vec<super::Finding>, after: &[super::Finding]| {
        let key = |finding: &super::Finding| (finding.invariant.number, finding.message.clone());
        let left: BTreeSet<_> = after.iter().map(key).collect();
        let mut all = before;
        for finding in &mut all {
            if !left.contains(&key(finding)) {
                finding.repair = Repair::Done;
            }
        }
        let known: BTreeSet<_> = all.iter().map(key).collect();
        let later = after.iter().filter(|finding| !known.contains(&key(finding)));
        all.extend(later.cloned());
        all
    };
    Report {
        findings: merge(first.findings, &last.findings),
        notes: merge(first.notes, &last.notes),
        checked: last.checked,
        set_aside: first.set_aside,
    }
}

impl<'a> Bench<'a> {
    fn at(directory: &'a Path, now: Time) -> Result<Self> {
        let open = |name| {
            let connection = Connection::open(directory.join(name)).doing("open the database")?;
            registry::tune(&connection)?;
            Ok::<_, crate::StoreError>(connection)
        };
        Ok(Self {
            directory,
            registry: open("longplay.db")?,
            journal: open("journal.db")?,
            now,
        })
    }

    fn key(&self) -> Result<PersonKey> {
        registry::secret(&self.registry)
    }

    fn live(&self) -> Result<Vec<SegmentInfo>> {
        lake_catalog::segments(&self.registry, self.directory)
    }

    /// One repair for each kind of thing that can be repaired.
    fn round(&mut self, report: &Report) -> Result<()> {
        let mut codes: BTreeMap<&str, Vec<Option<&str>>> = BTreeMap::new();
        let possible = report.findings.iter().chain(&report.notes);
        for finding in possible.filter(|finding| finding.repair == Repair::Possible) {
            codes
                .entry(finding.invariant.code)
                .or_default()
                .push(finding.about.as_deref());
        }
        let named = |code: &str| -> Vec<&str> { codes.get(code).into_iter().flatten().copied().flatten().collect() };
        if codes.contains_key("dangling_row") {
            self.drop_dangling_rows()?;
        }
        named("deletion_schedule")
            .iter()
            .try_for_each(|name| self.unschedule(name))?;
        named("history_missing")
            .iter()
            .try_for_each(|name| self.let_past_go(name))?;
        named("file_size").iter().try_for_each(|name| self.correct_size(name))?;
        if codes.contains_key("sealed_beyond_journal") {
            self.renumber_journal()?;
        }
        named("journal_batch")
            .iter()
            .try_for_each(|name| self.recount_batch(name))?;
        if codes.contains_key("journal_untrimmed") {
            self.trim_journal()?;
        }
        if codes.contains_key("links") {
            self.rehash_links()?;
        }
        self.repair_segments(&named)?;
        if codes.contains_key("catalog_sums") || codes.contains_key("table_stats") {
            self.refresh_sums()?;
        }
        if codes.contains_key("left_over") {
            registry::overwrite_in_doubt(&self.registry)?;
        }
        for name in named("left_over") {
            // Somebody who had the right before us may have published it since it was looked at.
            if leftover::look(&self.registry, self.directory)?.ours.contains(name) {
                expire::remove(self.directory, name);
            }
        }
        if codes.contains_key("moved") {
            let directory = std::fs::canonicalize(self.directory).unwrap_or_else(|_| self.directory.to_owned());
            lake_catalog::settle(&self.registry, &directory)?;
        }
        Ok(())
    }

    /// Ids first: what is held twice is only told by whole indexes.
    fn repair_segments<'n>(&mut self, named: &dyn Fn(&str) -> Vec<&'n str>) -> Result<()> {
        let broken: BTreeSet<&str> = [named("ids_damaged"), named("ids_incomplete")]
            .concat()
            .into_iter()
            .collect();
        if !broken.is_empty() {
            return broken.into_iter().try_for_each(|name| self.rebuild_ids(name));
        }
        let (mut of_segments, of_batches) = if named("id_twice").is_empty() {
            <(Repeats, Repeats)>::default()
        } else {
            self.repeats()?
        };
        self.drop_from_batches(&of_batches)?;
        for name in [named("segment_unsorted"), named("marks_mixed")].concat() {
            of_segments.entry(name.to_owned()).or_default();
        }
        for (name, repeats) in &of_segments {
            self.rewrite(name, repeats)?;
        }
        let remeasured: BTreeSet<&str> = [named("column_stats"), named("rekeyed_pairs")]
            .concat()
            .into_iter()
            .collect();
        let untouched = remeasured.into_iter().filter(|name| !of_segments.contains_key(*name));
        untouched.into_iter().try_for_each(|name| self.remeasure(name))
    }

    /// Ids held twice, by the later holder.
    fn repeats(&self) -> Result<(Repeats, Repeats)> {
        let live = self.live()?;
        let path = |info: &SegmentInfo| ids::path(self.directory, &info.name);
        let indexes: Vec<IdIndex> = live
            .iter()
            .map(|info| IdIndex::open(&path(info)))
            .collect::<Result<_>>()?;
        let unsealed = self.unsealed_ids()?;
        let (mut of_segments, mut of_batches) = <(Repeats, Repeats)>::default();
        let mut note = |fingerprint, first: At, again: At| {
            let (holders, name) = match again {
                At::Segment(place) => (&mut of_segments, live[place].name.clone()),
                At::Batch(position) => (&mut of_batches, super::journal::batch_name(position)),
            };
            let repeats = holders.entry(name).or_default();
            // Once held elsewhere, it goes wherever else it stands.
            let keeps_first = repeats.entry(fingerprint).or_insert(true);
            *keeps_first &= first == again;
        };
        super::ids::repeats(&indexes, &unsealed, &mut note, &mut |_, _| {})?;
        Ok((of_segments, of_batches))
    }
}

/// By holder: fingerprints it holds again, and whether its first one stays.
type Repeats = BTreeMap<String, BTreeMap<u64, bool>>;
