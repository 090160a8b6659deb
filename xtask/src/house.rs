//! Where things are: the root of the work tree, the target directory and the programs built into it.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// The work tree and its build.
pub struct House {
    pub root: PathBuf,
    /// Found from where this program was built to, so every way of setting it (variable, flag, config) is honoured.
    pub target: PathBuf,
}

impl House {
    pub fn find() -> Result<Self> {
        // Cargo tells where it runs us from; what was known at compile time may be another clone with the same target.
        let manifest =
            env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = manifest
            .parent()
            .context("xtask lies directly under the root")?
            .to_path_buf();
        let program = env::current_exe().context("where is this program?")?;
        let target = program
            .ancestors()
            .nth(2)
            .context("this program lies in target/PROFILE/")?
            .to_path_buf();
        Ok(Self { root, target })
    }

    /// The debug build of the product.
    pub fn longplay(&self) -> PathBuf {
        self.target.join("debug/longplay")
    }

    /// A directory of that name under the target directory, made when missing.
    pub fn keep(&self, name: &str) -> Result<PathBuf> {
        let path = self.target.join("xtask").join(name);
        fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(path)
    }

    /// Every file under `folder` (relative to the root), in a stable order, without what is built, vendored or hidden.
    pub fn files(&self, folder: &str) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        let start = self.root.join(folder);
        if start.is_dir() {
            walk(&start, &mut found)?;
        } else if start.is_file() {
            found.push(start);
        }
        found.sort();
        Ok(found)
    }

    /// The path as people write it: relative to the root.
    pub fn short<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}

const SKIPPED: [&str; 5] = ["target", "node_modules", "samples", "vendor", "longplay-data"];

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || SKIPPED.contains(&name.as_ref()) {
            continue;
        }
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), found)?;
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    Ok(())
}
