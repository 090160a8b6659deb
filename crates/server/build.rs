//! Lays `docs/methods/*.md` into the binary: each page there is served at `/methods/NAME` without being named twice.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    // Cargo tells a build script where things are through the environment; there is no other way to learn it.
    #[expect(clippy::disallowed_methods)]
    let place = |name: &str| env::var(name).map(PathBuf::from).map_err(io::Error::other);
    let folder = place("CARGO_MANIFEST_DIR")?.join("../../docs/methods");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut pages = if folder.is_dir() {
        markdown_files(&folder)?
    } else {
        Vec::new()
    };
    pages.sort();
    let mut table = String::from("&[\n");
    for page in pages {
        let name = page.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let path = page
            .to_str()
            .ok_or_else(|| io::Error::other("the path of a methods page must be UTF-8"))?;
        writeln!(table, "    ({name:?}, include_str!({path:?})),").map_err(io::Error::other)?;
    }
    table.push(']');
    fs::write(place("OUT_DIR")?.join("methods.rs"), table)
}

fn markdown_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path().canonicalize()?;
        if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    Ok(found)
}
