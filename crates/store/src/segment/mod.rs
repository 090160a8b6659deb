//! A segment: an immutable Parquet file of events sorted by person, then time, then event id.

pub mod bounds;
pub mod checksum;
mod held;
pub mod ids;
pub mod places;
pub mod read;
pub mod schema;
pub mod write;

use std::path::PathBuf;

use longplay_domain::Time;

/// A published segment as the catalog knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentInfo {
    pub file_id: i64,
    /// File name inside `segments/`.
    pub name: String,
    pub path: PathBuf,
    pub rows: u64,
    pub bytes: u64,
    /// CRC-32 with which it was published.
    pub crc32: Option<u32>,
    /// Whether it holds only events that answers leave out.
    pub is_marked: bool,
}

/// What writing a segment measured; goes into the catalog with it.
#[derive(Clone, Debug)]
pub struct Written {
    pub name: String,
    pub rows: u64,
    pub bytes: u64,
    pub footer_bytes: u64,
    /// CRC-32 of the whole file.
    pub crc32: u32,
    pub is_marked: bool,
    /// (origin, person) of rows written under another key than their own, each pair once.
    pub rekeyed: Vec<(i64, i64)>,
    pub columns: Vec<ColumnStats>,
}

/// Statistics of one column in one file, as DuckLake keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnStats {
    pub field_id: i64,
    pub bytes: i64,
    pub values: i64,
    pub nulls: i64,
    pub min: Option<String>,
    pub max: Option<String>,
}

/// DuckDB's way of writing an instant, which its catalog statistics are compared in.
pub(crate) fn lake_time(time: Time) -> String {
    let text = time.to_string();
    let text = text.strip_suffix('Z').unwrap_or(&text).replace('T', " ");
    format!("{text}+00")
}
