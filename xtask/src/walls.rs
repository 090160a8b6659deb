//! The walls between the crates (docs/architecture.md), asked of `cargo tree`, so that an arrow drawn by mistake fails the
//! run on the day it is drawn. Only normal dependencies count: a test may reach further than the code it tests.

use std::process::Command;

use anyhow::{Context, Result};

use crate::{house::House, process};

/// What one package may itself use of ours, what it must never reach at any depth, and what it must not name itself.
struct Wall {
    package: &'static str,
    ours: &'static [&'static str],
    never: &'static [&'static str],
    not_directly: &'static [&'static str],
}

const WALLS: [Wall; 7] = [
    Wall {
        package: "longplay-domain",
        ours: &[],
        never: &["tokio", "arrow", "parquet", "serde_json", "rusqlite", "tracing", "axum"],
        not_directly: &[],
    },
    Wall {
        package: "longplay-stats",
        ours: &[],
        never: &["arrow", "parquet", "tokio", "rayon", "rusqlite", "jiff", "tracing"],
        not_directly: &[],
    },
    Wall {
        package: "longplay-intake",
        ours: &["longplay-domain"],
        never: &["longplay-store", "tokio", "axum", "rusqlite"],
        not_directly: &[],
    },
    Wall {
        package: "longplay-store",
        ours: &["longplay-domain"],
        never: &["axum", "askama", "longplay-stats", "longplay-intake"],
        not_directly: &[],
    },
    Wall {
        package: "longplay-measures",
        ours: &["longplay-domain", "longplay-stats", "longplay-store"],
        never: &["axum", "tokio", "askama", "longplay-intake"],
        not_directly: &["rusqlite", "parquet"],
    },
    Wall {
        package: "longplay-server",
        ours: &[
            "longplay-domain",
            "longplay-intake",
            "longplay-store",
            "longplay-measures",
        ],
        never: &["clap"],
        not_directly: &["arrow", "parquet", "rusqlite", "longplay-stats"],
    },
    Wall {
        package: "longplay",
        ours: &[
            "longplay-domain",
            "longplay-stats",
            "longplay-intake",
            "longplay-store",
            "longplay-measures",
            "longplay-server",
        ],
        never: &["datafusion", "ballista"],
        not_directly: &["rusqlite", "axum"],
    },
];

/// One line per breach.
pub fn breaches(house: &House) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for wall in &WALLS {
        let mut tree = Command::new("cargo");
        tree.current_dir(&house.root)
            .args(["tree", "-e", "normal", "--prefix", "depth", "--format", " {p}", "-p"]);
        let tree = process::output(tree.arg(wall.package)).with_context(|| format!("the walls of {}", wall.package))?;
        found.extend(wall.breaches(&tree));
    }
    Ok(found)
}

impl Wall {
    /// `tree` holds one `DEPTH NAME VERSION …` a line.
    fn breaches(&self, tree: &str) -> Vec<String> {
        let mut found: Vec<String> = tree
            .lines()
            .filter_map(dependency)
            .filter_map(|(depth, name)| self.breach(depth, name))
            .collect();
        found.sort();
        found.dedup();
        found
    }

    fn breach(&self, depth: usize, name: &str) -> Option<String> {
        let package = self.package;
        if depth == 0 {
            return None;
        }
        if name == "longplay-testkit" {
            return Some(format!("{package} uses longplay-testkit outside its tests"));
        }
        if depth == 1 && name.starts_with("longplay-") && !self.ours.contains(&name) {
            return Some(format!("{package} must not use {name}"));
        }
        if self.never.contains(&name) {
            return Some(format!(
                "{package} must never touch {name} (cargo tree -p {package} -e normal -i {name})"
            ));
        }
        let named = depth == 1 && self.not_directly.contains(&name);
        named.then(|| format!("{package} must not depend on {name} itself"))
    }
}

fn dependency(line: &str) -> Option<(usize, &str)> {
    let mut words = line.split_whitespace();
    let depth = words.next()?.parse().ok()?;
    Some((depth, words.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breach_is_found_at_the_depth_that_matters() {
        let wall = Wall {
            package: "a",
            ours: &["longplay-domain"],
            never: &["tokio"],
            not_directly: &["arrow"],
        };
        let tree = "0 a v0.1.0\n1 longplay-domain v0.1.0\n2 arrow v59.0.0\n1 serde v1.0.0\n";
        assert_eq!(wall.breaches(tree), Vec::<String>::new());
        let of = |line: &str| wall.breaches(line).len();
        assert_eq!(of("1 arrow v59.0.0"), 1);
        assert_eq!(of("3 tokio v1.0.0\n4 tokio v1.0.0"), 1);
        assert_eq!(of("1 longplay-store v0.1.0"), 1);
        assert_eq!(of("2 longplay-store v0.1.0"), 0, "reached through a crate that may");
        assert_eq!(of("1 longplay-testkit v0.1.0"), 1);
    }
}
