//! The numbered registry of what must be true of a data directory. A number and a code never change their meaning, and none
//! is given twice; `docs/checks.md` is this table in print, which a test holds it to.

/// Something that must be true on disk.
#[derive(Debug, PartialEq, Eq)]
pub struct Invariant {
    pub number: u16,
    /// Stable name for programs.
    pub code: &'static str,
    /// What must be true.
    pub holds: &'static str,
    /// What it means when it isn't.
    pub breach: &'static str,
    /// What `check --repair` does about it.
    pub repair: &'static str,
    pub weight: Weight,
}

/// Whether a breach makes the directory unhealthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Breach,
    /// Worth telling, nothing wrong: no answer is touched by it.
    Note,
}

const fn breach(number: u16, code: &'static str, words: [&'static str; 3]) -> Invariant {
    let [holds, breach, repair] = words;
    Invariant {
        number,
        code,
        holds,
        breach,
        repair,
        weight: Weight::Breach,
    }
}

const fn note(number: u16, code: &'static str, words: [&'static str; 3]) -> Invariant {
    Invariant {
        weight: Weight::Note,
        ..breach(number, code, words)
    }
}

const NOTHING: &str = "nothing; restore a backup";
const SET_ASIDE: &str = "nothing by itself; restore a backup, or do without it: --set-aside";

/// Every invariant, by number.
pub static INVARIANTS: [Invariant; 31] = [
    breach(
        1,
        "database_missing",
        [
            "`longplay.db` and `journal.db` are there",
            "without the first nothing can be read; without the second what was not yet in a segment is gone",
            "nothing; restore a backup. A lost `journal.db` is made anew by the next command that writes",
        ],
    ),
    breach(
        2,
        "database_damaged",
        [
            "SQLite finds both databases intact",
            "pages were overwritten or lost; anything in them may be wrong",
            NOTHING,
        ],
    ),
    breach(
        3,
        "format_unknown",
        [
            "the directory's format is one this program knows",
            "a newer Longplay wrote it; nothing else was looked at",
            "nothing; update Longplay",
        ],
    ),
    breach(
        4,
        "dangling_row",
        [
            "checksums, statistics and re-keyed pairs in the catalog belong to a file it names",
            "rows are left over; no answer reads them",
            "takes them away",
        ],
    ),
    breach(
        5,
        "unreadable",
        [
            "every segment of the catalog is there and has a footer that can be read",
            "its events are missing; answers refuse rather than do without",
            SET_ASIDE,
        ],
    ),
    breach(
        6,
        "segment_damaged",
        [
            "a segment's bytes have the CRC-32 with which it was published",
            "something changed them; answers that would read it refuse",
            SET_ASIDE,
        ],
    ),
    breach(
        7,
        "segment_unreadable",
        [
            "every row of a segment can be read",
            "a reader that reaches the place fails",
            SET_ASIDE,
        ],
    ),
    breach(
        8,
        "segment_unsorted",
        [
            "rows are ordered by person, time and id, and none comes twice",
            "histories would be torn apart or counted twice",
            "writes the segment again, sorted, each row once",
        ],
    ),
    breach(
        9,
        "row_count",
        [
            "a segment holds as many rows as the catalog says",
            "sums would be wrong",
            SET_ASIDE,
        ],
    ),
    breach(
        10,
        "file_size",
        [
            "a segment is as long as the catalog says, and so is its footer",
            "readers that trust the catalog look in the wrong place",
            "writes the size of a file whose checksum is right into the catalog",
        ],
    ),
    breach(
        11,
        "column_stats",
        [
            "least and greatest value and number of nulls of each column are as the catalog says",
            "DuckDB would pass over rows it should have read",
            "works them out again from the file",
        ],
    ),
    breach(
        12,
        "marks_mixed",
        [
            "a segment holds only marked events or none, as the catalog says",
            "answers would count what they should leave out, or the other way round",
            "writes the segment again as two",
        ],
    ),
    breach(
        13,
        "rekeyed_pairs",
        [
            "table `rekeyed` names every key of a segment under which rows lie that came under another, and no other",
            "undoing a link would miss rows",
            "writes the pairs anew from the file",
        ],
    ),
    breach(
        14,
        "ids_damaged",
        [
            "every segment has its id index, whose checksum is right",
            "nothing can be accepted",
            "makes the index anew from its segment",
        ],
    ),
    breach(
        15,
        "ids_incomplete",
        [
            "an id index holds the ids of its segment and no other",
            "events would be taken in twice, or refused as duplicates",
            "makes the index anew from its segment",
        ],
    ),
    breach(
        16,
        "id_twice",
        [
            "no id is in two segments, twice in one, or in a segment and in the journal",
            "an event would be counted twice",
            "writes the later segment again without those rows, or the batch without those events",
        ],
    ),
    breach(
        17,
        "catalog_sums",
        [
            "the catalog's rows and bytes of the whole table are the sums of its files",
            "DuckDB plans with wrong numbers",
            "sums up again",
        ],
    ),
    breach(
        18,
        "table_stats",
        [
            "the statistics of the whole table are those of its files together",
            "DuckDB would pass over files it should have read",
            "puts them together again",
        ],
    ),
    breach(
        19,
        "snapshots",
        [
            "every file begins and ends with a snapshot that was, numbers still to be given are free, and no two files share row ids",
            "the next seal or a reader in DuckDB would fail",
            NOTHING,
        ],
    ),
    breach(
        20,
        "history_missing",
        [
            "files that only older snapshots show are there",
            "time travel to those snapshots fails; answers are as they should be",
            "lets those snapshots go",
        ],
    ),
    breach(
        21,
        "deletion_schedule",
        [
            "no file of the catalog is scheduled for deletion",
            "it would be deleted while it is needed",
            "takes it off the schedule",
        ],
    ),
    breach(
        22,
        "sealed_beyond_journal",
        [
            "the sealed position is not beyond the last position the journal gave",
            "the journal was lost or replaced by an older one; batches with positions that count as sealed would be passed over",
            "gives those batches new positions, without events that are in segments",
        ],
    ),
    breach(
        23,
        "journal_gap",
        [
            "the journal's positions after the sealed one are unbroken",
            "a batch is missing",
            NOTHING,
        ],
    ),
    breach(
        24,
        "journal_batch",
        [
            "every unsealed batch can be read, and holds as many events as it says",
            "nothing can be read from there on",
            "corrects the number; a batch that can't be read is only taken out by --set-aside",
        ],
    ),
    breach(
        25,
        "links",
        [
            "every link can be read, its id and keys are what its handles hash to, and nobody belongs to somebody who belongs to another",
            "histories of several people would be one, or one's several",
            "works ids and keys out again from the handles",
        ],
    ),
    breach(
        26,
        "settings",
        [
            "the workspace's secret and its zone can be read",
            "no event finds its person, or no day its bounds",
            NOTHING,
        ],
    ),
    breach(
        27,
        "registry",
        [
            "goals, rules, pieces, platform totals, imports and write keys can be read",
            "an answer would leave them out",
            NOTHING,
        ],
    ),
    note(
        28,
        "left_over",
        [
            "every file in `segments/` and `ids/` is in the catalog",
            "a crash or a seal under way left one there; the next seal takes ours away, and files of others are never touched",
            "takes ours away",
        ],
    ),
    note(
        29,
        "journal_untrimmed",
        [
            "batches that are in segments have left the journal",
            "a crash came between publishing and trimming; the next seal trims",
            "trims",
        ],
    ),
    note(
        30,
        "moved",
        [
            "`data_path` in the catalog is where the directory lies",
            "DuckDB looks elsewhere until any command that opens the directory sets it right",
            "sets it right",
        ],
    ),
    breach(
        31,
        "forgotten",
        [
            "no row and no link is left of somebody who was forgotten, from before",
            "a promise is not kept: somebody put an old file back, or a backup was restored",
            "nothing; `longplay person erase` again",
        ],
    ),
];

/// The invariant of that code.
pub fn of(code: &str) -> &'static Invariant {
    let found = INVARIANTS.iter().find(|invariant| invariant.code == code);
    found.expect("every code is written here; a test asks for each")
}
