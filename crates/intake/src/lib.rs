//! Reads what the outside exports: recognises a file by its content, streams it in bounded memory, and hands out claims,
//! pieces, samples, refused rows and notes, each with the row it came from.
//!
//! [`Source::open`] recognises, [`Source::read`] streams. Nothing here judges whether a claim is valid: that is
//! `longplay_domain::Gate`'s work at admission. What a reader refuses is what it can't even read as a claim.
//! Adding a format takes one file in `files/` and its lines in `files/mod.rs`.

#![doc = "\nDeliberately absent: the store, sockets, async, clocks, logging. Memory never grows with the file."]

mod address;
mod agents;
mod container;
mod error;
mod files;
mod limits;
mod origin;
mod output;
mod parquet_file;
pub mod protocols;
mod recognise;
mod source;
mod text;
mod values;

pub use error::{IntakeError, ReadError};
pub use files::Format;
pub use output::{Item, Located, Note, RefusedRow};
pub use source::{Options, Source};

/// For tests of how much memory and time a hostile file may take.
pub use limits::{ROW_BYTES_MAX, UNPACKED_RATIO_MAX};
