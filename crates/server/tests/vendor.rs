//! The vendored chart library is what its checksum file says, and what pages load names no other host.

use std::fs;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

fn assets() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets")
}

#[test]
fn every_vendored_file_has_its_checksum() {
    let folder = assets().join("vendor");
    let sums = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    let mut named = vec!["SHA256SUMS".to_owned()];
    for line in sums.lines() {
        let (sum, name) = line.split_once("  ").unwrap();
        let digest = Sha256::digest(fs::read(folder.join(name)).unwrap());
        let found: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found, sum, "{name} was changed; see vendor/README.md");
        named.push(name.to_owned());
    }
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(named.contains(&name), "{name} is not in SHA256SUMS");
    }
}

#[test]
fn what_pages_load_names_no_other_host() {
    for name in ["longplay.css", "charts.js", "vendor/echarts.min.js"] {
        let text = fs::read_to_string(assets().join(name)).unwrap();
        for scheme in ["http://", "https://", "@import"] {
            let foreign = text
                .match_indices(scheme)
                .map(|(at, _)| &text[at..text.len().min(at + 40)]);
            let foreign: Vec<&str> = foreign
                .filter(|found| !found.starts_with("http://www.w3.org/"))
                .collect();
            assert!(foreign.is_empty(), "{name}: {foreign:?}");
        }
    }
}
