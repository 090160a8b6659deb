//! `cargo xtask coverage`: how often intervals hold the truth, measured anew and written to `docs/methods/coverage.md`.
//!
//! The simulations are an example of the statistics crate, so that this program keeps no dependency and the crate's tests can
//! run a fast part of the same code. Takes some minutes.

use std::{fs, process::Command};

use anyhow::{Context, Result, bail};

use crate::{house::House, process};

const PAGE: &str = "docs/methods/coverage.md";

pub fn run(house: &House) -> Result<bool> {
    let page = process::output(Command::new("cargo").current_dir(&house.root).args([
        "run",
        "--release",
        "--quiet",
        "-p",
        "longplay-stats",
        "--example",
        "coverage",
    ]))?;
    if !page.starts_with("# ") {
        bail!("the simulations printed no page");
    }
    let path = house.root.join(PAGE);
    fs::write(&path, page).with_context(|| format!("cannot write {}", path.display()))?;
    println!("wrote {PAGE}");
    Ok(true)
}
