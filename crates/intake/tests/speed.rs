//! Ten million events stream to claims within seconds. Slow to prepare, so run by name:
//! `cargo test --release -p longplay-intake --test speed -- --ignored --nocapture`.

#![allow(clippy::unwrap_used, reason = "functions of a test are tests too")]

mod support;

use std::{fs::File, io::Write, sync::Arc, time::Instant};

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use longplay_intake::{Item, Source};
use parquet::arrow::ArrowWriter;
use support::{Folder, options};

const ROWS: usize = 10_000_000;
const BATCH: usize = 100_000;

fn batch(from: usize) -> RecordBatch {
    let rows = from..from + BATCH;
    let person = |n: usize| n.wrapping_mul(2_654_435_761) % 1_000_000;
    let text =
        |make: &dyn Fn(usize) -> String| Arc::new(StringArray::from_iter_values(rows.clone().map(make))) as ArrayRef;
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "time",
            Arc::new(
                TimestampMicrosecondArray::from_iter_values(rows.clone().map(|n| 1_700_000_000_000_000 + n as i64))
                    .with_timezone("UTC"),
            ),
        ),
        ("person", text(&|n| format!("user:{}", person(n)))),
        ("event", text(&|n| ["viewed", "opened", "purchased"][n % 3].to_owned())),
        ("id", text(&|n| format!("e-{n}"))),
        ("piece", text(&|n| format!("piece-{}", n % 300))),
        ("channel", text(&|_| "website".to_owned())),
        (
            "value",
            Arc::new(
                rows.clone()
                    .map(|n| n.is_multiple_of(30).then_some(12.5))
                    .collect::<Float64Array>(),
            ),
        ),
        (
            "currency",
            Arc::new(
                rows.clone()
                    .map(|n| n.is_multiple_of(30).then_some("EUR"))
                    .collect::<StringArray>(),
            ),
        ),
        (
            "depth",
            Arc::new(
                rows.clone()
                    .map(|n| n.is_multiple_of(4).then_some(n as i64))
                    .collect::<Int64Array>(),
            ),
        ),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn seconds_to_read(path: &std::path::Path, rows: usize) -> f64 {
    let source = Source::open(path, &options()).unwrap();
    let start = Instant::now();
    let mut claims = 0;
    let result = source.read(&mut |located| {
        claims += usize::from(matches!(located.item, Item::Claim(_)));
        Ok::<(), ()>(())
    });
    assert!(result.is_ok());
    assert_eq!(claims, rows);
    start.elapsed().as_secs_f64()
}

#[test]
#[ignore = "slow: writes ten million rows"]
fn ten_million_rows_of_parquet_and_one_of_csv() {
    let folder = Folder::new();
    let path = folder.0.path().join("a.parquet");
    let first = batch(0);
    let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), first.schema(), None).unwrap();
    for from in (0..ROWS).step_by(BATCH) {
        writer.write(&batch(from)).unwrap();
    }
    writer.close().unwrap();
    let parquet = seconds_to_read(&path, ROWS);
    let path = folder.0.path().join("a.csv");
    let mut csv = std::io::BufWriter::new(File::create(&path).unwrap());
    writeln!(csv, "time,person,event,id,piece,channel,value,currency,depth").unwrap();
    for n in 0..ROWS / 10 {
        writeln!(
            csv,
            "{},user:{n},viewed,e-{n},piece-{},website,,,{n}",
            1_700_000_000_000_000 + n,
            n % 300
        )
        .unwrap();
    }
    drop(csv);
    let text = seconds_to_read(&path, ROWS / 10);
    eprintln!(
        "Parquet: {ROWS} rows in {parquet:.1} s; CSV: {} rows in {text:.2} s",
        ROWS / 10
    );
    assert!(
        cfg!(debug_assertions) || parquet < 20.0,
        "{parquet:.1} s for {ROWS} rows"
    );
}
