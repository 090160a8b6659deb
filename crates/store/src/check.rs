//! Verifying a data directory: every invariant on disk, and in words what is wrong.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use arrow::array::Array;
use longplay_domain::Time;
use rusqlite::Connection;

use crate::{
    Store,
    error::{Context, PathContext, Result, StoreError},
    order::Keys,
    rows::EVERYBODY,
    seal::NAME_PREFIX,
    segment::{
        ids::{self, IdIndex},
        read::{Form, Segment},
        schema::Column,
        write::checksum,
    },
};

/// Something that is not as it must be. The code is stable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub code: &'static str,
    pub message: String,
}

/// Verifies everything in the data directory. An empty list means healthy. A segment file that was never published, as a
/// crash or a seal under way leaves it, is nothing wrong: no answer reads it, and the next seal takes it away.
pub fn check(directory: &Path, now: Time) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for name in ["longplay.db", "journal.db"] {
        integrity(&directory.join(name), &mut findings)?;
    }
    if !findings.is_empty() {
        return Ok(findings);
    }
    let store = match Store::open_existing(directory, now) {
        Ok(store) => store,
        Err(error @ (StoreError::Damaged { .. } | StoreError::Segment { .. } | StoreError::Io { .. })) => {
            findings.push(Finding {
                code: "unreadable",
                message: with_cause(&error),
            });
            return Ok(findings);
        }
        Err(error) => return Err(error),
    };
    let segments = store.live_segments()?;
    for segment in &segments {
        let verified = verify_checksum(&store, segment, &mut findings)
            .and_then(|()| verify_segment(&store, segment, &mut findings));
        if let Err(error) = verified {
            findings.push(Finding {
                code: "segment_unreadable",
                message: with_cause(&error),
            });
        }
    }
    verify_sums(&store, &segments, &mut findings)?;
    Ok(findings)
}

fn with_cause(error: &StoreError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

fn integrity(path: &Path, findings: &mut Vec<Finding>) -> Result<()> {
    if !path.is_file() {
        if path.ends_with("longplay.db") {
            return Err(StoreError::Missing(path.parent().unwrap_or(path).to_owned()));
        }
        findings.push(Finding {
            code: "database_missing",
            message: format!("{} is missing", path.display()),
        });
        return Ok(());
    }
    let verdict = Connection::open(path)
        .and_then(|connection| connection.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0)));
    match verdict {
        Ok(verdict) if verdict == "ok" => {}
        Ok(verdict) => findings.push(Finding {
            code: "database_damaged",
            message: format!("{}: {verdict}", path.display()),
        }),
        Err(error) => findings.push(Finding {
            code: "database_damaged",
            message: format!("{}: {error}", path.display()),
        }),
    }
    Ok(())
}

/// The bytes are those that were published.
fn verify_checksum(store: &Store, segment: &Arc<Segment>, findings: &mut Vec<Finding>) -> Result<()> {
    let published: u32 = store
        .registry()
        .query_row(
            "SELECT crc32 FROM segment WHERE name = ?1",
            [&segment.info.name],
            |row| row.get(0),
        )
        .doing("read the checksum of a segment")?;
    if checksum(&segment.info.path)? != published {
        let message = format!(
            "segments/{} is not what was written; restore it from a backup",
            segment.info.name
        );
        findings.push(Finding {
            code: "segment_damaged",
            message,
        });
    }
    Ok(())
}

/// Reads a whole segment: rows in order, none twice, ids in the index, as many as the catalog says.
fn verify_segment(store: &Store, segment: &Arc<Segment>, findings: &mut Vec<Finding>) -> Result<()> {
    let mut reader = segment.read(&Column::ALL, &EVERYBODY, Form::Plain)?;
    let mut last: Option<(i64, i64, String)> = None;
    let mut rows = 0_u64;
    let mut fingerprints = Vec::new();
    while let Some(batch) = reader.next_batch()? {
        let keys = Keys::of(&batch);
        for row in 0..batch.num_rows() {
            let (person, time, id) = keys.at(row);
            if let Some((last_person, last_time, last_id)) = &last
                && (*last_person, *last_time, last_id.as_str()) >= (person, time, id)
            {
                let message = format!(
                    "segments/{}: row {} is out of order or comes twice",
                    segment.info.name,
                    rows + row as u64
                );
                findings.push(Finding {
                    code: "segment_unsorted",
                    message,
                });
                return Ok(());
            }
            last = Some((person, time, id.to_owned()));
            fingerprints.push(store.key().fingerprint(id.as_bytes()));
        }
        rows += keys.id.len() as u64;
    }
    if rows != segment.info.rows {
        let message = format!(
            "segments/{} holds {rows} rows where the catalog says {}",
            segment.info.name, segment.info.rows
        );
        findings.push(Finding {
            code: "row_count",
            message,
        });
    }
    fingerprints.sort_unstable();
    let found = store.count_ids(&segment.info.name, &fingerprints)?;
    if found != rows {
        let message = format!("ids/{}.ids knows {found} of {rows} ids", segment.info.name);
        findings.push(Finding {
            code: "ids_incomplete",
            message,
        });
    }
    Ok(())
}

/// The catalog's sums against the files, and no id in two segments.
fn verify_sums(store: &Store, segments: &[Arc<Segment>], findings: &mut Vec<Finding>) -> Result<()> {
    let (rows, bytes): (i64, i64) = store
        .registry()
        .query_row(
            "SELECT record_count, file_size_bytes FROM ducklake_table_stats",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .doing("read the lake catalog")?;
    let summed_rows: u64 = segments.iter().map(|segment| segment.info.rows).sum();
    let mut summed_bytes = 0;
    for segment in segments {
        let length = std::fs::metadata(&segment.info.path)
            .at("read the segment", &segment.info.path)?
            .len();
        if length != segment.info.bytes {
            let message = format!(
                "segments/{} is {length} bytes long where the catalog says {}",
                segment.info.name, segment.info.bytes
            );
            findings.push(Finding {
                code: "file_size",
                message,
            });
        }
        summed_bytes += length;
    }
    if (rows, bytes) != (summed_rows as i64, summed_bytes as i64) {
        let message =
            format!("the catalog sums up {rows} rows in {bytes} bytes, its files hold {summed_rows} in {summed_bytes}");
        findings.push(Finding {
            code: "catalog_sums",
            message,
        });
    }
    Ok(())
}

impl Store {
    /// How many of the sorted fingerprints a segment's id index holds.
    fn count_ids(&self, name: &str, sorted: &[u64]) -> Result<u64> {
        let mut found = 0;
        IdIndex::open(&ids::path(self.directory(), name))?.find(sorted, |_| found += 1)?;
        Ok(found)
    }

    /// Names of segment files of ours that no snapshot and no schedule knows.
    pub(crate) fn orphans(&self) -> Result<Vec<String>> {
        let known: BTreeSet<String> = {
            let registry = self.registry();
            let mut select = registry
                .prepare_cached(
                    "SELECT path FROM ducklake_data_file UNION SELECT path FROM ducklake_files_scheduled_for_deletion",
                )
                .doing("read the lake catalog")?;
            let rows = select.query_map([], |row| row.get(0));
            rows.and_then(Iterator::collect).doing("read the lake catalog")?
        };
        let mut orphans = Vec::new();
        for (folder, suffix) in [("segments", ""), ("ids", ".ids")] {
            let folder = self.directory().join(folder);
            for entry in std::fs::read_dir(&folder).at("list the directory", &folder)? {
                let name = entry.at("list the directory", &folder)?.file_name();
                let Some(name) = name.to_str().and_then(|name| name.strip_suffix(suffix)) else {
                    continue;
                };
                if name.starts_with(NAME_PREFIX)
                    && !known.contains(name)
                    && !orphans.iter().any(|orphan| orphan == name)
                {
                    orphans.push(name.to_owned());
                }
            }
        }
        Ok(orphans)
    }
}
