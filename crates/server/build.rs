//! Lays `docs/methods/*.md` and their pictures into the binary: each page there is served at `/methods/NAME`, each picture
//! at `/methods/pictures/NAME.svg`, without being named twice.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    // Cargo tells a build script where things are through the environment; there is no other way to learn it.
    #[expect(clippy::disallowed_methods)]
    let place = |name: &str| env::var(name).map(PathBuf::from).map_err(io::Error::other);
    let folder = place("CARGO_MANIFEST_DIR")?.join("../../docs/methods");
    println!("cargo::rerun-if-changed={}", folder.display());
    let out = place("OUT_DIR")?;
    fs::write(out.join("methods.rs"), table(&files(&folder, "md")?)?)?;
    fs::write(
        out.join("pictures.rs"),
        table(&files(&folder.join("pictures"), "svg")?)?,
    )
}

/// A Rust table of names and contents.
fn table(paths: &[PathBuf]) -> io::Result<String> {
    let mut table = String::from("&[\n");
    for path in paths {
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let path = path
            .to_str()
            .ok_or_else(|| io::Error::other("the path of a methods page must be UTF-8"))?;
        writeln!(table, "    ({name:?}, include_str!({path:?})),").map_err(io::Error::other)?;
    }
    table.push(']');
    Ok(table)
}

/// The files of a folder with that extension, in order; none where there is no folder.
fn files(folder: &Path, wanted: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path().canonicalize()?;
        if path.extension().is_some_and(|extension| extension == wanted) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
