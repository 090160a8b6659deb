//! The journal: positions that were given, unbroken after the sealed one, and batches that can be read.

use super::{Repair, Report, State};
use crate::{
    error::{Context, Result},
    journal::{decode, last_position},
};

/// Names a batch, as `--set-aside` takes it.
pub fn batch_name(position: i64) -> String {
    format!("batch-{position}")
}

/// Returns the fingerprint of every unsealed event's id with its batch's position, ascending.
pub fn verify(state: &State, report: &mut Report) -> Result<Vec<(u64, i64)>> {
    let sealed = state.head.sealed;
    let given = last_position(&state.journal)?;
    // The journal was looked at first: a batch may have been accepted and sealed since.
    if given < sealed && last_position_now(state)? < sealed {
        let message = format!(
            "the catalog counts the journal as sealed up to {sealed}, it has given positions up to {given} only"
        );
        report.add("sealed_beyond_journal", Repair::Possible, message);
    }
    let mut fingerprints = Vec::new();
    let mut select = state
        .journal
        .prepare("SELECT position, events, body FROM batch ORDER BY position")
        .doing("read the journal")?;
    let mut rows = select.query([]).doing("read the journal")?;
    let (mut expected, mut is_broken, mut untrimmed) = (sealed + 1, false, 0_u64);
    while let Some(row) = rows.next().doing("read the journal")? {
        let position: i64 = row.get(0).doing("read the journal")?;
        if position <= sealed {
            untrimmed += 1;
            continue;
        }
        is_broken |= position != expected;
        expected = position + 1;
        report.checked.batches += 1;
        let events: i64 = row.get(1).doing("read the journal")?;
        let body = row.get_ref(2).and_then(|value| Ok(value.as_blob()?));
        let name = batch_name(position);
        let Some(held) = decode(body.doing("read the journal")?) else {
            let message = format!("journal.db: batch {position} can't be read");
            report.add_about("journal_batch", Repair::None, (Some(&name), message));
            continue;
        };
        if held.len() as i64 != events {
            let message = format!(
                "journal.db: batch {position} holds {} events and says {events}",
                held.len()
            );
            report.add_about("journal_batch", Repair::Possible, (Some(&name), message));
        }
        report.checked.unsealed += held.len() as u64;
        let fingerprint = |id: &str| state.key.map(|key| key.fingerprint(id.as_bytes()));
        fingerprints.extend(
            held.iter()
                .filter_map(|event| Some((fingerprint(event.id().as_str())?, position))),
        );
    }
    if is_broken || expected <= given {
        let message = format!("journal.db: a batch is missing between positions {sealed} and {given}");
        report.add("journal_gap", Repair::None, message);
    }
    if untrimmed > 0 && given >= sealed {
        let message =
            format!("journal.db still has {untrimmed} batches that are in segments; the next seal trims them");
        report.add("journal_untrimmed", Repair::Possible, message);
    }
    fingerprints.sort_unstable();
    Ok(fingerprints)
}

fn last_position_now(state: &State) -> Result<i64> {
    let path = state.directory.join("journal.db");
    let connection = rusqlite::Connection::open(path).doing("open the journal")?;
    crate::registry::tune(&connection)?;
    last_position(&connection)
}
