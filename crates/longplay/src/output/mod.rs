//! What commands print: JSON for programs, tables for people, CSV for spreadsheets, progress for whoever watches.
//!
//! Everything goes through a writer whose errors are returned, so a closed pipe ends a command instead of panicking.

pub mod cell;
pub mod figures;
pub mod number;
pub mod progress;
pub mod table;

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use serde::Serialize;

pub fn stdout() -> BufWriter<Stdout> {
    BufWriter::new(io::stdout())
}

/// One JSON document: laid out for a person at a terminal, on one line for a program.
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    let mut out = stdout();
    if io::stdout().is_terminal() {
        serde_json::to_writer_pretty(&mut out, value)?;
    } else {
        serde_json::to_writer(&mut out, value)?;
    }
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}

/// One line for a person.
pub fn line(text: &str) -> anyhow::Result<()> {
    let mut out = stdout();
    writeln!(out, "{}", cell::shown(text))?;
    out.flush()?;
    Ok(())
}
