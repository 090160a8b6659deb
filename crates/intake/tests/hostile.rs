//! What strangers and broken disks send: each gets its own words, and nothing panics.

mod support;

use support::{Folder, gzipped, options, read, said, zipped};

const EVENTS: &str = "time,person,event\n1700000000,p,viewed\n1700000001,q,viewed\n";

fn refused(name: &str, bytes: impl AsRef<[u8]>) -> (&'static str, String) {
    let folder = Folder::new();
    let error = read(&folder.write(name, bytes)).expect_err("no such file can be read");
    (error.code(), error.to_string())
}

#[track_caller]
fn assert_refused(name: &str, bytes: impl AsRef<[u8]>, code: &str, words: &str) {
    let (found, message) = refused(name, bytes);
    assert!(found == code && message.contains(words), "{found}: {message}");
}

#[test]
fn what_is_no_file_says_so() {
    let folder = Folder::new();
    assert_eq!(read(folder.0.path()).unwrap_err().code(), "directory");
    assert_eq!(
        read(&folder.0.path().join("absent.csv")).unwrap_err().code(),
        "not_found"
    );
    assert_refused("a.csv", b"", "empty", "is empty");
    assert_eq!(
        read(std::path::Path::new("/dev/null")).unwrap_err().code(),
        "not_recognised"
    );
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let path = folder.write("a.csv", EVENTS);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser may read it all the same.
    if std::fs::File::open(&path).is_err() {
        assert_eq!(read(&path).unwrap_err().code(), "no_permission");
    }
}

#[test]
fn what_means_nothing_says_what_was_seen() {
    let garbage: Vec<u8> = (0_u32..5_000)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    assert_refused("a.bin", garbage, "not_recognised", "binary data");
    assert_refused("a.csv", EVENTS.replace(',', "|"), "not_recognised", "parted by |");
    assert_refused(
        "a.csv",
        "date,city\n1,2\n",
        "not_recognised",
        "parted by commas whose first row reads “date, city”",
    );
    assert_refused("a.csv", "zeit;person;ereignis\n1;2;3\n", "not_recognised", "semicolons");
    assert_refused("a.txt", "Dear all,\nhello\n", "not_recognised", "--as");
    assert_refused("a.json", "[{\"time\":1}]", "not_recognised", "JSON array");
    assert_refused("a.jsonl", "{\"when\":1}", "not_recognised", "keys “when”");
    assert_refused("a.csv", " \n \n", "not_recognised", "blanks");
    assert_refused(
        "a.xlsx",
        zipped(&[("xl/workbook.xml", b"<x/>")]),
        "not_recognised",
        "Excel",
    );
    assert_refused(
        "a.zip",
        zipped(&[("notes.txt", b"hello")]),
        "not_recognised",
        "the zip holds",
    );
    assert_refused("a.zip", zipped(&[]), "not_recognised", "no table in it");
}

#[test]
fn two_formats_in_one_zip_are_a_question() {
    let samples = b"piece,day,metric,value\n";
    assert_refused(
        "a.zip",
        zipped(&[("a.csv", EVENTS.as_bytes()), ("b.csv", samples)]),
        "not_recognised",
        "longplay-events or longplay-samples",
    );
}

#[test]
fn cut_and_damaged_archives_are_told_from_whole_ones() {
    let rows: String = (0..20_000).map(|n| format!("{n},p{n},viewed\n")).collect();
    let text = format!("time,person,event\n{rows}");
    let zip = zipped(&[("a.csv", text.as_bytes())]);
    assert_refused("a.zip", &zip[..zip.len() / 2], "damaged", "cut off");
    assert_refused("a.zip", &zip[..zip.len() - 10], "damaged", "cut off");
    let gzip = gzipped(text.as_bytes());
    assert_refused("a.csv.gz", &gzip[..gzip.len() / 2], "damaged", "cut off");
    let mut flipped = gzip.clone();
    let end = flipped.len() - 6;
    flipped[end] ^= 1;
    assert_refused("a.csv.gz", flipped, "damaged", "line 20002");
    let mut wrong = zip.clone();
    let middle = wrong.len() / 3;
    wrong[middle] ^= 0x10;
    assert_eq!(refused("a.zip", wrong).0, "damaged");
}

#[test]
fn a_checksum_is_held_against_what_was_read() {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.start_file("a.csv", stored).unwrap();
    std::io::Write::write_all(&mut writer, EVENTS.as_bytes()).unwrap();
    let good = writer.finish().unwrap().into_inner();
    assert_eq!(said("a.zip", &good).claims.len(), 2);
    let at = good.windows(6).position(|window| window == b"viewed").unwrap();
    let mut bad = good.clone();
    bad[at] = b'V';
    assert_refused("a.zip", bad, "damaged", "checksum");
    // Bit 0 of the flags, in the entry's own header and in the directory, says encrypted.
    let mut encrypted = good;
    encrypted[6] |= 1;
    let directory = encrypted.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    encrypted[directory + 8] |= 1;
    assert_refused("a.zip", encrypted, "not_recognised", "encrypted");
}

#[test]
fn bombs_are_refused_by_their_ratio() {
    let zeros = vec![b'0'; 64 * 1024 * 1024];
    assert_refused("a.zip", zipped(&[("a.csv", &zeros)]), "too_large", "times as many");
    let line = "1700000000,p,viewed\n".repeat(3_500_000);
    let bomb = gzipped(format!("time,person,event\n{line}").as_bytes());
    assert_refused("a.csv.gz", bomb, "too_large", "times as many");
}

#[test]
fn a_cut_parquet_file_is_damaged() {
    assert_eq!(refused("a.parquet", b"PAR1").0, "damaged");
    assert_eq!(
        refused("a.parquet", [b"PAR1".as_slice(), &[7; 500], b"PAR1"].concat()).0,
        "damaged"
    );
}

#[test]
fn nuls_and_odd_line_ends_stay_in_their_row() {
    let said = said(
        "a.csv",
        "time,person,event\r\n1,a\0b,viewed\r\n\r\n2,q,viewed\n3,r,viewed",
    );
    assert_eq!(said.claims.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [2, 4, 5]);
    assert_eq!(said.claim(0).person, "a\0b");
}

#[test]
fn too_many_cells_cost_their_row_only() {
    let wide = ",".repeat(5_000);
    let said = said("a.csv", format!("time,person,event\n1,p,viewed{wide}\n2,q,viewed\n"));
    assert_eq!(
        (said.claims.len(), said.refusals()),
        (1, vec![(2, "row_unreadable", None)])
    );
}

#[test]
fn a_header_alone_is_a_file_that_says_nothing() {
    assert_eq!(said("a.csv", "time,person,event\n").counts(), (0, 0, 0, 0));
    assert_eq!(
        longplay_intake::Source::open(&support::own("substack_opens.csv"), &options())
            .unwrap()
            .format()
            .name(),
        "substack"
    );
}
