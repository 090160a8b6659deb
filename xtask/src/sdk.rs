//! The vendors' own SDKs, from npm and PyPI as their lock files say, against the built binary: what they send must be held
//! exactly, and sending it again must change nothing.

use std::{fs, process::Command};

use anyhow::{Context, Result};

use crate::{browser, house::House, independent, process, tally::Tally};

pub fn run(house: &House) -> Result<Tally> {
    browser::need_chromium()?;
    let tests = house.root.join("crates/longplay/tests/sdk");
    browser::install_packages(&tests)?;
    let python = independent::environment(house, "sdk-python", &packages(&tests.join("requirements.txt"))?)?;
    process::must(
        Command::new("cargo")
            .current_dir(&house.root)
            .args(["build", "--quiet", "-p", "longplay"]),
    )?;
    process::tests(
        Command::new("node")
            .current_dir(&tests)
            .arg("run.mjs")
            .arg(house.longplay())
            .arg(python),
    )
}

/// The lines of a requirements file that name a package.
fn packages(path: &std::path::Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let named = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(named.map(str::to_owned).collect())
}
