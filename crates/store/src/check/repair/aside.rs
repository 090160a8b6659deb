//! Doing without a segment or a batch that is damaged or missing, on the owner's word: its bytes go to `damaged/`, and it is
//! said what is missing from every answer from then on.

use std::path::PathBuf;

use rusqlite::{OptionalExtension, TransactionBehavior, params};

use super::Bench;
use crate::{
    check::SET_ASIDE,
    error::{Context, PathContext, Result, StoreError},
    journal::encode,
    lake::publish::{Change, DELETED, publish},
    segment::{SegmentInfo, ids, schema::Column, write::sync_directory},
};

impl Bench<'_> {
    /// Sets a segment or a batch aside and says in words what is missing now.
    pub fn set_aside(&mut self, name: &str) -> Result<String> {
        let name = name.strip_prefix("segments/").unwrap_or(name);
        if let Some(position) = name.strip_prefix("batch-").and_then(|position| position.parse().ok()) {
            return self.set_batch_aside(position);
        }
        let Some(info) = self.live()?.into_iter().find(|info| info.name == name) else {
            let message = format!("the catalog has no segment “{name}”; `longplay check` names those that are damaged");
            return Err(StoreError::Invalid(message));
        };
        let said = self.words(&info)?;
        self.move_away(&info.path)?;
        self.move_away(&ids::path(self.directory, name))?;
        let change = Change {
            written: &[],
            replaced: &[info.file_id],
            sealed: None,
            links: &[],
            now: self.now,
            what: DELETED,
            also: &|_| Ok(()),
        };
        publish(&mut self.registry, &change)?;
        self.let_past_go(name)?;
        Ok(said)
    }

    fn words(&self, info: &SegmentInfo) -> Result<String> {
        let times: Option<(Option<String>, Option<String>)> = self
            .registry
            .query_row(
                "SELECT min_value, max_value FROM ducklake_file_column_stats WHERE data_file_id = ?1 AND column_id = ?2",
                [info.file_id, Column::Time.field_id()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
            .doing("read the lake catalog")?;
        let from_to = match times {
            Some((Some(from), Some(to))) => format!(" from {from} to {to}"),
            _ => String::new(),
        };
        let kind = if info.is_marked { "marked events" } else { "events" };
        Ok(format!(
            "{} was set aside: {} {kind}{from_to} are missing from every answer from now on. Whatever is left of it lies in \
             {SET_ASIDE}/; a backup may still have it whole.",
            info.name, info.rows
        ))
    }

    /// What is not there needn't be moved.
    fn move_away(&self, path: &std::path::Path) -> Result<()> {
        let Some(name) = path.file_name().filter(|_| path.exists()) else {
            return Ok(());
        };
        std::fs::rename(path, self.damaged()?.join(name)).at("set aside", path)?;
        sync_directory(&self.directory.join(SET_ASIDE))
    }

    fn damaged(&self) -> Result<PathBuf> {
        let folder = self.directory.join(SET_ASIDE);
        std::fs::create_dir_all(&folder).at("create the directory", &folder)?;
        Ok(folder)
    }

    /// An empty batch takes its place, so that positions stay unbroken.
    fn set_batch_aside(&mut self, position: i64) -> Result<String> {
        let doing = "set a batch aside";
        let path = self.damaged()?.join(format!("batch-{position}.bin"));
        let transaction = self
            .journal
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing(doing)?;
        let held: Option<(i64, Vec<u8>)> = transaction
            .query_row(
                "SELECT events, body FROM batch WHERE position = ?1",
                [position],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
            .doing(doing)?;
        let Some((events, body)) = held else {
            return Err(StoreError::Invalid(format!("the journal has no batch {position}")));
        };
        std::fs::write(&path, body).at("set aside", &path)?;
        std::fs::File::open(&path)
            .and_then(|file| file.sync_all())
            .at("flush", &path)?;
        sync_directory(&self.directory.join(SET_ASIDE))?;
        transaction
            .execute(
                "UPDATE batch SET events = 0, body = ?2 WHERE position = ?1",
                params![position, encode(&[])?],
            )
            .doing(doing)?;
        transaction.commit().doing(doing)?;
        Ok(format!(
            "Batch {position} of the journal was set aside: {events} events are missing from every answer from now on. Its bytes \
             lie in {SET_ASIDE}/batch-{position}.bin."
        ))
    }
}
