//! The same answers computed a second time, by DuckDB and Python straight from the raw rows, and compared with what the
//! built binary says. The Python packages are pinned and kept under the target directory.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{house::House, process, tally::Tally};

const PACKAGES: [&str; 4] = [
    "duckdb==1.4.4",
    "duckdb-ext-ducklake==1.4.4.20260205",
    "duckdb-ext-sqlite==1.4.4.20260205",
    "tzdata==2025.2",
];

const PEERS: [&str; 6] = [
    "lifetimes==0.11.3",
    "lifelines==0.30.3",
    "ChannelAttribution==2.2.5",
    "scipy==1.17.1",
    "pandas==2.3.3",
    "numpy==2.4.6",
];

pub fn run(house: &House) -> Result<Tally> {
    let python = python(house)?;
    process::must(
        Command::new("cargo")
            .current_dir(&house.root)
            .args(["build", "--quiet", "-p", "longplay"]),
    )?;
    let program = house.root.join("crates/longplay/tests/independent/run.py");
    process::tests(
        Command::new(python)
            .arg("-B") // leaves no compiled files in the clone
            .arg(program)
            .arg("--longplay")
            .arg(house.longplay()),
    )
}

/// The Python that the independent computation runs on.
pub fn python(house: &House) -> Result<PathBuf> {
    environment(house, "python", &PACKAGES)
}

/// The same with the statistics packages that benches race against. Only benches pay for their weight.
pub fn python_with_peers(house: &House) -> Result<PathBuf> {
    environment(house, "python-with-peers", &[&PACKAGES[..], &PEERS].concat())
}

/// The Python of a virtual environment of that name that holds these packages; made on first use.
pub fn environment(house: &House, name: &str, packages: &[impl AsRef<str>]) -> Result<PathBuf> {
    let packages: Vec<&str> = packages.iter().map(AsRef::as_ref).collect();
    let home = house.keep(name)?;
    let python = home.join("bin/python");
    let stamp = home.join("packages.txt");
    let wanted = packages.join("\n");
    if fs::read_to_string(&stamp).is_ok_and(|held| held == wanted) {
        return Ok(python);
    }
    if !has_pip(&python) {
        make(&home)?;
    }
    let mut install = Command::new(&python);
    install
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(packages);
    process::must(&mut install)?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(python)
}

fn has_pip(python: &Path) -> bool {
    python.exists() && process::output(Command::new(python).args(["-m", "pip", "--version"])).is_ok()
}

/// Debian parts `venv` from Python itself, so it may have to be installed first.
fn make(home: &Path) -> Result<()> {
    let venv = || process::passes(Command::new("python3").args(["-m", "venv", "--clear"]).arg(home));
    if venv()? {
        return Ok(());
    }
    process::apt_install(&["python3-venv", "python3-pip"])?;
    process::must(Command::new("python3").args(["-m", "venv", "--clear"]).arg(home))
}
