//! `cargo xtask tidy`: the rules of the house that no compiler checks, each breach with its file and what to do.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::{house::House, licences, tally::Tally, walls};

const LINES_MAX: usize = 600;
const BANNED_NAMES: [&str; 4] = ["utils", "common", "helpers", "misc"];
/// Spelt in halves, so that this file keeps its own rules.
const BANNED_WORDS: [&str; 3] = [
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
    concat!("FIX", "ME"),
];
const MACHINE_PATHS: [&str; 3] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];
const TEXT: [&str; 11] = [
    "rs", "toml", "md", "py", "sh", "mjs", "js", "html", "css", "sql", "json",
];
const PLACES: [&str; 12] = [
    "crates",
    "xtask",
    "benches",
    "docs",
    ".ci/run",
    ".cargo/config.toml",
    "Cargo.toml",
    "deny.toml",
    "clippy.toml",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
];

/// Prints each breach; the tally counts the rules.
pub fn run(house: &House) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut check = |rule: &str, breaches: Vec<String>| {
        for breach in &breaches {
            println!("{rule}: {breach}");
        }
        tally += Tally::one(breaches.is_empty());
    };
    let sources = Sources::read(house)?;
    check("head", sources.breaches(head));
    check("size", sources.breaches(size));
    check("name", sources.breaches(name));
    check("unfinished", sources.breaches(unfinished));
    check("machine path", sources.breaches(machine_path));
    check("wall", walls::breaches(house)?);
    check("licence", licences::breaches(house)?);
    sources.print_sizes();
    Ok(tally)
}

struct Source {
    /// As people write it, relative to the root.
    path: String,
    text: String,
}

impl Source {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    fn is_core(&self) -> bool {
        self.is_rust() && self.path.starts_with("crates/") && self.path.split('/').nth(2) == Some("src")
    }
}

struct Sources(Vec<Source>);

impl Sources {
    fn read(house: &House) -> Result<Self> {
        let mut sources = Vec::new();
        for place in PLACES {
            for path in house.files(place)?.into_iter().filter(|path| is_text(path)) {
                let short = house.short(&path).to_string();
                let text = fs::read(&path).with_context(|| format!("cannot read {short}"))?;
                sources.push(Source {
                    path: short,
                    text: String::from_utf8_lossy(&text).into_owned(),
                });
            }
        }
        Ok(Self(sources))
    }

    fn breaches(&self, rule: fn(&Source) -> Option<String>) -> Vec<String> {
        self.0
            .iter()
            .filter_map(|source| rule(source).map(|breach| format!("{}: {breach}", source.path)))
            .collect()
    }

    fn print_sizes(&self) {
        let mut sizes: Vec<usize> = self
            .0
            .iter()
            .filter(|source| source.is_core())
            .map(|source| source.text.lines().count())
            .collect();
        sizes.sort_unstable();
        let at = |share: usize| {
            sizes
                .get(sizes.len().saturating_sub(1) * share / 100)
                .copied()
                .unwrap_or(0)
        };
        println!(
            "{} core files: median {} lines, p90 {}, largest {}",
            sizes.len(),
            at(50),
            at(90),
            at(100)
        );
    }
}

fn is_text(path: &Path) -> bool {
    path.extension()
        .is_none_or(|extension| TEXT.iter().any(|text| extension == *text))
}

fn head(source: &Source) -> Option<String> {
    let missing = source.is_rust() && !source.text.starts_with("//!");
    missing.then(|| "must open with `//!`: what the file is for, why it is so, what must stay true".to_owned())
}

fn size(source: &Source) -> Option<String> {
    let lines = source.text.lines().count();
    (source.is_rust() && lines > LINES_MAX).then(|| format!("{lines} lines; split it, {LINES_MAX} is the most"))
}

fn name(source: &Source) -> Option<String> {
    let banned = |word: &str| BANNED_NAMES.contains(&word);
    let in_path = source.path.split(['/', '.']).find(|part| banned(part));
    let in_text = source.text.lines().filter(|_| source.is_rust()).find_map(|line| {
        let rest = line.trim_start().trim_start_matches("pub ").strip_prefix("mod ")?;
        rest.split([' ', ';', '{']).next().filter(|word| banned(word))
    });
    in_path
        .or(in_text)
        .map(|word| format!("`{word}` says nothing; name it after what it holds"))
}

fn unfinished(source: &Source) -> Option<String> {
    let found = BANNED_WORDS.iter().find(|word| source.text.contains(**word))?;
    let line = source
        .text
        .lines()
        .position(|line| line.contains(found))
        .map_or(0, |at| at + 1);
    Some(format!("line {line}: finish it or take it out"))
}

/// A path of one machine, not part of a longer path or an address.
fn machine_path(source: &Source) -> Option<String> {
    let stands_alone = |at: usize| {
        let before = source.text[..at].chars().next_back();
        before.is_none_or(|before| {
            !before.is_alphanumeric() && !matches!(before, '.' | '/' | '}' | '-' | '_' | '~' | '$')
        })
    };
    MACHINE_PATHS.iter().find_map(|path| {
        let at = source
            .text
            .match_indices(path)
            .map(|(at, _)| at)
            .find(|at| stands_alone(*at))?;
        let line = source.text[..at].lines().count().max(1);
        Some(format!("line {line}: {path}… exists on one machine only"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn each_rule_finds_its_breach_and_nothing_else() {
        let good = source("crates/a/src/b.rs", "//! Why.\nmod c;\n");
        for rule in [head, size, name, unfinished, machine_path] {
            assert_eq!(rule(&good), None);
        }
        assert!(head(&source("crates/a/src/b.rs", "fn a() {}")).is_some());
        assert!(head(&source("docs/a.md", "# A")).is_none());
        assert!(size(&source("a.rs", &"\n".repeat(LINES_MAX + 1))).is_some());
        assert!(name(&source("crates/a/src/utils.rs", "//!")).is_some());
        assert!(name(&source("crates/a/src/b.rs", "pub mod helpers;")).is_some());
        assert!(name(&source("crates/a/src/b.rs", "mod common_stock;")).is_none());
        assert!(
            unfinished(&source("a.rs", &format!("x\n{}", BANNED_WORDS[0])))
                .is_some_and(|breach| breach.starts_with("line 2"))
        );
    }

    #[test]
    fn machine_paths_are_told_from_addresses() {
        let breach = |before: &str| machine_path(&source("a.md", &format!("{before}{}x", MACHINE_PATHS[0]))).is_some();
        assert!(breach("see "));
        assert!(breach("\""));
        assert!(!breach("https://example.com"));
        assert!(!breach("crates"));
    }
}
