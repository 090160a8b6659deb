//! Repairs of the catalog and of links: what can be worked out again from files and handles.

use rusqlite::{Transaction, TransactionBehavior, params};

use super::Bench;
use crate::{
    error::{Context, Result},
    lake::stats,
    people::links,
    segment::{SegmentInfo, read::Segment, write::sizes},
};

const DOING: &str = "repair the catalog";

const DROP_DANGLING: &str = "
    DELETE FROM ducklake_file_column_stats WHERE data_file_id NOT IN (SELECT data_file_id FROM ducklake_data_file);
    DELETE FROM segment WHERE name NOT IN (SELECT path FROM ducklake_data_file
        UNION SELECT path FROM ducklake_files_scheduled_for_deletion);
    DELETE FROM rekeyed WHERE segment NOT IN (SELECT path FROM ducklake_data_file
        UNION SELECT path FROM ducklake_files_scheduled_for_deletion);";

impl Bench<'_> {
    fn change(&mut self, work: impl FnOnce(&Transaction<'_>) -> Result<()>) -> Result<()> {
        let transaction = self
            .registry
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing(DOING)?;
        work(&transaction)?;
        transaction.commit().doing(DOING)
    }

    pub fn drop_dangling_rows(&mut self) -> Result<()> {
        self.change(|transaction| transaction.execute_batch(DROP_DANGLING).doing(DOING))
    }

    pub fn unschedule(&mut self, name: &str) -> Result<()> {
        self.change(|transaction| {
            transaction
                .execute(
                    "DELETE FROM ducklake_files_scheduled_for_deletion WHERE path = ?1",
                    [name],
                )
                .doing(DOING)
                .map(drop)
        })
    }

    /// Takes a file that ended out of the catalog, with the snapshots that showed it.
    pub fn let_past_go(&mut self, name: &str) -> Result<()> {
        self.change(|transaction| {
            for sql in [
                "DELETE FROM ducklake_snapshot WHERE EXISTS (SELECT 1 FROM ducklake_data_file
                 WHERE path = ?1 AND begin_snapshot <= snapshot_id AND snapshot_id < end_snapshot)",
                "DELETE FROM ducklake_snapshot_changes WHERE ?1 IS NOT NULL
                 AND snapshot_id NOT IN (SELECT snapshot_id FROM ducklake_snapshot)",
                "DELETE FROM ducklake_file_column_stats WHERE data_file_id IN
                 (SELECT data_file_id FROM ducklake_data_file WHERE path = ?1 AND end_snapshot IS NOT NULL)",
                "DELETE FROM ducklake_data_file WHERE path = ?1 AND end_snapshot IS NOT NULL",
                "DELETE FROM segment WHERE name = ?1",
                "DELETE FROM rekeyed WHERE segment = ?1",
            ] {
                transaction.execute(sql, [name]).doing(DOING)?;
            }
            Ok(())
        })
    }

    pub fn correct_size(&mut self, name: &str) -> Result<()> {
        let Some(info) = self.info(name)? else { return Ok(()) };
        let (bytes, footer) = sizes(&info.path)?;
        self.change(|transaction| {
            transaction
                .execute(
                    "UPDATE ducklake_data_file SET file_size_bytes = ?2, footer_size = ?3 WHERE data_file_id = ?1",
                    params![info.file_id, bytes as i64, footer as i64],
                )
                .doing(DOING)?;
            stats::refresh(transaction)
        })
    }

    pub fn refresh_sums(&mut self) -> Result<()> {
        self.change(|transaction| stats::refresh(transaction))
    }

    /// Writes what the catalog says of a file anew from the file.
    pub fn remeasure(&mut self, name: &str) -> Result<()> {
        let Some(info) = self.info(name)? else { return Ok(()) };
        let segment = Segment::open(info.clone(), Vec::new())?;
        let measured = super::super::segments::measure(None, &segment)?;
        self.change(|transaction| {
            for sql in [
                "DELETE FROM ducklake_file_column_stats WHERE data_file_id =
                 (SELECT data_file_id FROM ducklake_data_file WHERE path = ?1)",
                "DELETE FROM rekeyed WHERE segment = ?1",
            ] {
                transaction.execute(sql, [name]).doing(DOING)?;
            }
            stats::insert(transaction, info.file_id, &measured.columns)?;
            stats::insert_rekeyed(transaction, name, measured.rekeyed)?;
            stats::refresh(transaction)
        })
    }

    /// Works ids and keys of links out again from their handles. A link undone stays undone.
    pub fn rehash_links(&mut self) -> Result<()> {
        let key = self.key()?;
        self.change(|transaction| links::rehash(transaction, &key))
    }

    pub fn info(&self, name: &str) -> Result<Option<SegmentInfo>> {
        Ok(self.live()?.into_iter().find(|info| info.name == name))
    }
}
