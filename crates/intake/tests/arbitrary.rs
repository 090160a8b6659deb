//! No file makes a reader panic: arbitrary bytes, arbitrary rows under every format's own header, damaged archives.

mod support;

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use longplay_intake::{Format, Options};
use parquet::arrow::ArrowWriter;
use proptest::prelude::*;
use support::{Folder, gzipped, options, own, read, read_with, zipped};

/// A header for each format, so that random rows reach the reader.
const HEADERS: [(&str, &str); 9] = [
    ("longplay-events", "time,person,event,id,value,properties,x"),
    (
        "longplay-pieces",
        "id,title,url,published_at,topics,effort_hours,cost,currency",
    ),
    ("longplay-samples", "piece,day,metric,value,channel"),
    (
        "youtube-studio",
        "Content,Video title,Video publish time,Views,Average view duration",
    ),
    ("youtube-studio", "Date,Content,Video title,Views"),
    ("substack", "post_id,post_date,is_published,type,title"),
    ("substack", "post_id,timestamp,email,country"),
    (
        "shopify-orders",
        "Name,Id,Financial Status,Created at,Total,Refunded Amount,Outstanding Balance,Lineitem name,Lineitem price,Lineitem quantity,Phone",
    ),
    (
        "mailchimp-audience",
        "Email Address,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,UNSUB_TIME,EUID",
    ),
];

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,12}",
        "[-0-9.,:/E+ ]{0,20}",
        Just("paid".to_owned()),
        Just("abcDEF12345".to_owned()),
        Just("2024-02-30".to_owned()),
        Just("a@b.example".to_owned()),
        Just("123.slug".to_owned()),
        Just("{\"a\":[".to_owned()),
        Just("true".to_owned()),
        Just("99999999999999999999.99".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 1..2_000)) {
        let folder = Folder::new();
        let path = folder.write("a", &bytes);
        let _ = read(&path);
        for format in Format::ALL {
            let _ = read_with(&path, &Options { format: Some(*format), ..options() });
        }
    }

    #[test]
    fn arbitrary_rows(rows in prop::collection::vec(prop::collection::vec(cell(), 1..9), 0..20), noise in prop::collection::vec(any::<u8>(), 0..60)) {
        let folder = Folder::new();
        let rows: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
        for (format, header) in HEADERS {
            let mut bytes = format!("{header}\n{}\n", rows.join("\n")).into_bytes();
            bytes.extend_from_slice(&noise);
            let said = read_with(&folder.write("a.csv", &bytes), &support::asked(format)).unwrap();
            prop_assert_eq!(said.format, format);
        }
    }

    #[test]
    fn arbitrary_objects(lines in prop::collection::vec("[\\{\\}\\[\\]:,\"a-z0-9\\\\ ]{0,60}", 0..10)) {
        let folder = Folder::new();
        let text = format!("{{\"time\":1,\"person\":1,\"event\":\"a\"}}\n{}", lines.join("\n"));
        let said = read(&folder.write("a.jsonl", text)).unwrap();
        prop_assert!(!said.claims.is_empty());
    }

    #[test]
    fn damaged_archives(at in 0.0_f64..1.0, bit in 0_u32..8, cut in 0.0_f64..1.0) {
        let folder = Folder::new();
        let posts = std::fs::read(own("substack_posts.csv")).unwrap();
        for whole in [zipped(&[("posts.csv", &posts), ("b/c.csv", b"a,b\n1,2\n")]), gzipped(&posts)] {
            let mut flipped = whole.clone();
            let index = (at * flipped.len() as f64) as usize;
            flipped[index] ^= 1 << bit;
            let _ = read(&folder.write("a", &flipped));
            let _ = read(&folder.write("b", &whole[..(cut * whole.len() as f64) as usize]));
        }
    }

    #[test]
    fn damaged_parquet(flips in prop::collection::vec((0.0_f64..1.0, 0_u32..8), 1..6), cut in 0.5_f64..1.0) {
        let folder = Folder::new();
        let whole = parquet();
        let mut flipped = whole.clone();
        for (at, bit) in flips {
            let index = (at * flipped.len() as f64) as usize;
            flipped[index] ^= 1 << bit;
        }
        let _ = read(&folder.write("a", &flipped));
        let _ = read(&folder.write("b", &whole[..(cut * whole.len() as f64) as usize]));
    }
}

/// A small file of every encoding the writer chooses by itself: dictionaries, plain pages, nulls.
fn parquet() -> Vec<u8> {
    let texts =
        |make: &dyn Fn(usize) -> String| Arc::new(StringArray::from_iter_values((0..300).map(make))) as ArrayRef;
    let time: ArrayRef = Arc::new(TimestampMicrosecondArray::from_iter_values(0..300));
    let extra: ArrayRef = Arc::new((0..300_i64).map(|n| (n % 3 == 0).then_some(n)).collect::<Int64Array>());
    let columns = [
        ("time", time),
        ("person", texts(&|n| format!("p{n}"))),
        ("event", texts(&|n| ["viewed", "opened"][n % 2].to_owned())),
        ("extra", extra),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("a schema");
    writer.write(&batch).expect("its batch");
    writer.close().expect("a whole file");
    bytes
}
