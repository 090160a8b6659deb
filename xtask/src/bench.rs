//! `cargo xtask bench`: the measurements in `benches/`, each one program that prints its numbers, on a release build.

use std::{path::Path, process::Command};

use anyhow::{Result, bail};

use crate::{house::House, independent, process};

pub fn run(house: &House, names: &[String]) -> Result<bool> {
    let scripts: Vec<_> = house
        .files("benches")?
        .into_iter()
        .filter(|path| is_script(house, path))
        .collect();
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    if let Some(name) = names
        .iter()
        .find(|name| !scripts.iter().any(|path| stem(path) == **name))
    {
        bail!("there is no bench “{name}” in benches/");
    }
    let python = independent::python_with_peers(house)?;
    process::must(
        Command::new("cargo")
            .current_dir(&house.root)
            .args(["build", "--release", "-p", "longplay"]),
    )?;
    for (package, example) in [("longplay-stats", "speed"), ("longplay-server", "load")] {
        process::must(Command::new("cargo").current_dir(&house.root).args([
            "build",
            "--release",
            "-p",
            package,
            "--example",
            example,
        ]))?;
    }
    let longplay = house.target.join("release/longplay");
    let work = house.keep("bench")?;
    let mut clean = true;
    for script in scripts
        .iter()
        .filter(|path| names.is_empty() || names.contains(&stem(path)))
    {
        println!("\n== {}", house.short(script));
        let mut command = Command::new(&python);
        command
            .arg("-B") // leaves no compiled files in the clone
            .arg(script)
            .arg("--longplay")
            .arg(&longplay)
            .arg("--work")
            .arg(&work);
        clean &= process::passes(&mut command)?;
    }
    Ok(clean)
}

/// What lies deeper is what scripts share.
fn is_script(house: &House, path: &Path) -> bool {
    let is_python = path.extension().is_some_and(|extension| extension == "py");
    is_python && path.parent().is_some_and(|folder| folder == house.root.join("benches"))
}
