//! Memory doesn't grow with the file: lines of 100 MB are refused in passing. Its own binary, since it measures the process.

#![allow(clippy::unwrap_used, reason = "functions of a test are tests too")]

mod support;

use std::io::{BufWriter, Write};

use longplay_intake::ROW_BYTES_MAX;
use support::{Folder, Said, read};

/// The most this process ever held, in MiB.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or("VmHWM: 0 kB");
    line.split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}

fn long_line(folder: &Folder, name: &str, (before, after): (&str, &str)) -> Said {
    let path = folder.0.path().join(name);
    let mut file = BufWriter::new(std::fs::File::create(&path).unwrap());
    file.write_all(before.as_bytes()).unwrap();
    for _ in 0..100 {
        file.write_all(&[b'x'; 1024 * 1024]).unwrap();
    }
    file.write_all(after.as_bytes()).unwrap();
    drop(file);
    let said = read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    said
}

#[test]
fn a_line_of_100_mb_costs_one_row_and_little_memory() {
    let folder = Folder::new();
    let before = peak_mib();
    let csv = long_line(&folder, "a.csv", ("time,person,event\n1,p,viewed\n", "\n2,q,viewed\n"));
    let quoted = long_line(
        &folder,
        "b.csv",
        ("time,person,event\n1,p,viewed\n1,p,\"", "\n2,q,viewed\n"),
    );
    let json = long_line(
        &folder,
        "a.jsonl",
        (
            "{\"time\":1,\"person\":1,\"event\":\"a\"}\n{\"time\":\"",
            "\n{\"time\":2,\"person\":1,\"event\":\"b\"}\n",
        ),
    );
    for (said, long) in [(csv, 3), (quoted, 3), (json, 2)] {
        assert_eq!(
            (said.claims.len(), said.refusals()),
            (2, vec![(long, "row_too_long", None)])
        );
        assert_eq!(said.claims[1].0, long + 1);
    }
    let grown = peak_mib() - before;
    assert!(
        grown < 32,
        "reading took {grown} MiB for rows of at most {ROW_BYTES_MAX} bytes"
    );
}
