//! Room on the disk for a whole run. Builds of many days leave every test binary of every day behind, and a disk that fills
//! up half way fails in the middle of something else, with words about something else.

use std::process::Command;

use anyhow::{Context, Result};

use crate::{house::House, process, tally::Tally};

/// Below this, what earlier runs left makes room: several days of them were seen to take 30 GB.
const ENOUGH_GIB: u64 = 16;
/// Below this even a run after cleaning is told that it may fail.
const LEAST_GIB: u64 = 10;

/// Makes room by clearing what this workspace built (never its dependencies) where less than [`ENOUGH_GIB`] is free.
pub fn run(house: &House) -> Result<Tally> {
    let free = free_gib(house)?;
    if free >= ENOUGH_GIB {
        return Ok(Tally::one(true));
    }
    println!("{free} GiB free where the build goes: clearing what this workspace built before");
    let clean = ["clean", "--quiet", "--workspace"];
    process::passes(Command::new("cargo").current_dir(&house.root).args(clean))?;
    let free = free_gib(house)?;
    if free < LEAST_GIB {
        // No failure yet: what is built already needs no room.
        println!(
            "only {free} GiB are free at {}: if the disk fills up, make room there, or name another place in CARGO_TARGET_DIR",
            house.target.display()
        );
    }
    Ok(Tally::one(true))
}

fn free_gib(house: &House) -> Result<u64> {
    std::fs::create_dir_all(&house.target)?;
    let output = Command::new("df")
        .args(["-Pk"])
        .arg(&house.target)
        .output()
        .context("df can't be run")?;
    let text = String::from_utf8_lossy(&output.stdout);
    free_kib(&text)
        .map(|kib| kib / (1 << 20))
        .with_context(|| format!("df said something else than usual: {text}"))
}

/// The fourth column of the last line of what `df -Pk DIRECTORY` prints (POSIX `df`, "Available").
fn free_kib(printed: &str) -> Option<u64> {
    printed.lines().skip(1).last()?.split_whitespace().nth(3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::free_kib;

    #[test]
    fn the_available_column_is_read() {
        let printed =
            "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda 263174212 55000000 40000000 58% /\n";
        assert_eq!(free_kib(printed), Some(40_000_000));
        assert_eq!(free_kib("df: no such file\n"), None);
    }
}
