//! The DuckLake catalog in `longplay.db`: which segments exist, since which snapshot, with which statistics.
//!
//! `data_path` must be absolute for DuckDB, so it is rewritten whenever the directory is opened somewhere else.

pub mod catalog;
pub mod expire;
pub mod leftover;
pub mod publish;
pub mod stats;

/// The lake table `events` has this id from the first snapshot on.
pub const EVENTS_TABLE: i64 = 1;
