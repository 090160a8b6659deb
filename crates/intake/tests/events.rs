//! Longplay's own formats: every rule of docs/formats/longplay-*.md, as text and as Parquet.

#![allow(clippy::unwrap_used, reason = "functions of a test are tests too")]

mod support;

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int32Array, Int64Array,
        LargeStringArray, ListArray, RecordBatch, StringArray, StructArray, TimestampMicrosecondArray,
        TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray,
    },
    datatypes::{DataType, Field, Int32Type},
};
use longplay_domain::{Amount, Currency, Day, Money, Time, When, Zone, sample::Span};
use longplay_intake::{Options, Source};
use parquet::arrow::ArrowWriter;
use support::{Folder, Said, asked, gzipped, options, read, read_with, said};

const HEADER: &str = "time,person,event,id,piece,channel,referrer,source,medium,campaign,country,value,currency,plan";
const ROW: &str = "2026-02-01T10:00:00Z,email:Ada@example.com,purchased,o-1,slow-coffee,shop,https://a.example/,feed,rss,spring,AT,12.50,EUR,\"pro \"\"x\"\"\"";

fn text(claim_text: &Option<String>) -> &str {
    claim_text.as_deref().unwrap_or("")
}

fn assert_is_row(said: &Said) {
    assert_eq!((said.format, said.counts()), ("longplay-events", (1, 0, 0, 0)));
    let claim = said.claim(0);
    assert_eq!(claim.time, When::Text("2026-02-01T10:00:00Z".to_owned()));
    assert_eq!(
        (claim.person.as_str(), claim.event.as_str()),
        ("email:Ada@example.com", "purchased")
    );
    assert_eq!(
        (text(&claim.id), text(&claim.piece), text(&claim.channel)),
        ("o-1", "slow-coffee", "shop")
    );
    assert_eq!(
        (text(&claim.referrer), text(&claim.source), text(&claim.medium)),
        ("https://a.example/", "feed", "rss")
    );
    assert_eq!(
        (text(&claim.campaign), text(&claim.country), text(&claim.currency)),
        ("spring", "AT", "EUR")
    );
    assert_eq!(claim.value, Amount::Decimal("12.50".to_owned()));
    assert_eq!(claim.properties, r#"{"plan":"pro \"x\""}"#);
}

#[test]
fn a_row_of_csv_is_a_claim() {
    assert_is_row(&said("anything.dat", format!("{HEADER}\n{ROW}\n")));
    assert_is_row(&said("a.csv", format!("\u{feff}{HEADER}\r\n{ROW}")));
    assert_is_row(&said("a.csv.gz", gzipped(format!("{HEADER}\n{ROW}\n").as_bytes())));
    let upper = HEADER.to_uppercase().replace("PLAN", "plan");
    assert_is_row(&said("a.csv", format!("sep=,\n{upper}\n\n,,,\n{ROW}\n")));
    assert_is_row(&said(
        "a.csv",
        format!("# written by a shop\nMy events,,\n{HEADER}\n{ROW}\n"),
    ));
}

#[test]
fn a_row_of_csv_may_be_parted_by_semicolons_or_tabs_and_be_utf_16() {
    for delimiter in [";", "\t"] {
        assert_is_row(&said("a.csv", format!("{HEADER}\n{ROW}\n").replace(',', delimiter)));
    }
    let wide: Vec<u8> = format!("{HEADER}\n{ROW}\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_is_row(&said("a.csv", &wide));
    assert_is_row(&said("a.csv", [&[0xff, 0xfe], wide.as_slice()].concat()));
    let big: Vec<u8> = format!("\u{feff}{HEADER}\n{ROW}\n")
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    assert_is_row(&said("a.csv", big));
}

#[test]
fn an_object_of_json_lines_is_a_claim() {
    let object = r#"{"time":"2026-02-01T10:00:00Z","person":"email:Ada@example.com","event":"purchased","id":"o-1","piece":"slow-coffee","channel":"shop","referrer":"https://a.example/","source":"feed","medium":"rss","campaign":"spring","country":"AT","value":"12.50","currency":"EUR","plan":"pro \"x\""}"#;
    assert_is_row(&said("a.jsonl", object));
    assert_is_row(&said("a.jsonl", format!("\n{object}\r\n\n")));
    assert_is_row(&said("a.jsonl.gz", gzipped(object.as_bytes())));
    let folder = Folder::new();
    assert_is_row(&read(&folder.zip("a.zip", &[("x/a.jsonl", object.as_bytes())])).unwrap());
}

#[test]
fn json_keeps_nested_values_and_numbers() {
    let lines = concat!(
        r#"{"time":1700000000123,"person":42,"event":"viewed","value":12.5,"cart":{"n":[1,2.50]},"ok":true,"none":null,"blank":"","properties":{"a":1,"ok":false}}"#,
        "\n[1]\n{\"time\":\n{\"time\":1,\"person\":{\"a\":1},\"event\":\"x\"}\n"
    );
    let said = said("a.jsonl", lines);
    let claim = said.claim(0);
    assert_eq!(claim.time, When::Text("1700000000123".to_owned()));
    assert_eq!(
        (claim.person.as_str(), &claim.value),
        ("42", &Amount::Decimal("12.5".to_owned()))
    );
    assert_eq!(claim.properties, r#"{"cart":{"n":[1,2.50]},"ok":true,"a":1}"#);
    assert_eq!(
        said.refusals(),
        [
            (2, "row_unreadable", None),
            (3, "row_unreadable", None),
            (4, "row_unreadable", Some("person"))
        ]
    );
}

#[test]
fn properties_and_unknown_columns_become_one_object_in_the_files_order() {
    let said = said(
        "a.csv",
        "time,zeta,person,event,,alpha,Alpha,properties\n\
         1700000000,1,p,viewed,extra,2,3,\"{\"\"m\"\":{\"\"k\"\":null},\"\"zeta\"\":9,\"\"n\"\":null}\"\n\
         1700000000,,p,viewed,,,,\n\
         1700000000,,p,viewed,,,,{a}\n",
    );
    assert_eq!(
        said.claim(0).properties,
        r#"{"zeta":"1","column 5":"extra","alpha":"2","Alpha (7)":"3","m":{"k":null}}"#
    );
    assert_eq!(said.claim(1).properties, "");
    assert_eq!(said.refusals(), [(4, "properties_unreadable", Some("properties"))]);
}

#[test]
fn rows_are_counted_as_lines_and_bad_ones_are_refused_alone() {
    let said = said(
        "a.csv",
        "time,person,event,note\n\
         1700000000,p,viewed,\"two\nlines\"\n\
         \n\
         1700000000,p\n\
         1700000000,p,viewed,a,b\n\
         1700000000,1.22158E+17,viewed,\n\
         time,person,event,note\n\
         1700000000,p,viewed,\"never closed\n\
         1700000001,q,viewed,\n",
    );
    assert_eq!(said.claims.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [2, 5, 10]);
    assert_eq!(said.claim(1).event, "");
    assert_eq!(said.claim(2).person, "q");
    assert_eq!(
        said.refusals(),
        [
            (6, "row_unreadable", None),
            (7, "spreadsheet_damage", Some("person")),
            (9, "row_unreadable", None)
        ]
    );
}

#[test]
fn the_channel_asked_for_fills_what_is_missing_and_a_decimal_comma_is_one_between_semicolons() {
    let folder = Folder::new();
    let path = folder.write(
        "a.csv",
        "time;person;event;channel;value\n1;p;bought;;12,50\n1;p;bought;shop;\n",
    );
    let said = read_with(
        &path,
        &Options {
            channel: Some("fair".to_owned()),
            ..options()
        },
    )
    .unwrap();
    assert_eq!(
        (text(&said.claim(0).channel), text(&said.claim(1).channel)),
        ("fair", "shop")
    );
    assert_eq!(said.claim(0).value, Amount::Decimal("12.50".to_owned()));
}

#[test]
fn latin_1_is_read_and_said() {
    let said = said(
        "a.csv",
        b"time,person,event,city\n1,p,viewed,K\xf6ln\n1,p,viewed,M\xc3\xbcnchen\n1,p,viewed,Wien\n",
    );
    let properties: Vec<_> = said.claims.iter().map(|(_, claim)| claim.properties.as_str()).collect();
    assert_eq!(
        properties,
        [r#"{"city":"Köln"}"#, r#"{"city":"München"}"#, r#"{"city":"Wien"}"#]
    );
    assert_eq!(said.note_codes(), ["latin1"]);
}

#[test]
fn the_sink_may_stop_and_a_source_can_be_read_again() {
    let folder = Folder::new();
    let path = folder.write("a.csv", "time,person,event\n1,p,a\n2,p,b\n3,p,c\n");
    let source = Source::open(&path, &options()).unwrap();
    let mut seen = 0;
    let stopped = source.read(&mut |_| {
        seen += 1;
        if seen == 2 { Err("enough") } else { Ok(()) }
    });
    assert!(matches!(stopped, Err(longplay_intake::ReadError::Sink("enough"))));
    assert_eq!(seen, 2);
    assert_eq!(read(&path).unwrap().claims.len(), 3);
    assert_eq!(source.bytes_total(), 36);
}

fn parquet(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

const AT: i64 = 1_769_940_000; // 2026-02-01T10:00:00Z

#[test]
fn parquet_times_are_read_in_every_unit() {
    let zoned: Vec<ArrayRef> = vec![
        Arc::new(TimestampSecondArray::from(vec![Some(AT), None]).with_timezone("UTC")),
        Arc::new(TimestampMillisecondArray::from(vec![Some(AT * 1_000), None]).with_timezone("Europe/Vienna")),
        Arc::new(TimestampMicrosecondArray::from(vec![Some(AT * 1_000_000), None]).with_timezone("+02:00")),
        Arc::new(TimestampNanosecondArray::from(vec![Some(AT * 1_000_000_000), None]).with_timezone("UTC")),
    ];
    for time in zoned {
        let said = said(
            "a.parquet",
            parquet(vec![
                ("Time", time),
                ("person", texts(&[Some("p"), Some("q")])),
                ("event", texts(&[Some("viewed"); 2])),
            ]),
        );
        assert_eq!(said.claim(0).time, When::At(Time::from_micros(AT * 1_000_000)));
        assert_eq!((&said.claim(1).time, said.note_codes()), (&When::Missing, vec![]));
    }
    let plain: Vec<(ArrayRef, When)> = vec![
        (Arc::new(Int64Array::from(vec![AT])), When::Text(AT.to_string())),
        (
            Arc::new(Float64Array::from(vec![AT as f64 + 0.5])),
            When::Text(format!("{AT}.5")),
        ),
        (texts(&[Some("2026-02-01")]), When::Text("2026-02-01".to_owned())),
        (
            Arc::new(Date32Array::from(vec![Day::parse("2026-02-01").unwrap().0])),
            When::At(Time::from_micros(1_769_900_400_000_000)),
        ),
    ];
    let folder = Folder::new();
    for (time, expected) in plain {
        let bytes = parquet(vec![
            ("time", time),
            ("person", texts(&[Some("p")])),
            ("event", texts(&[Some("viewed")])),
        ]);
        let vienna = Options::new(Zone::named("Europe/Vienna").unwrap());
        let said = read_with(&folder.write("a.parquet", bytes), &vienna).unwrap();
        assert_eq!((&said.claim(0).time, said.claims[0].0), (&expected, 1));
    }
}

#[test]
fn a_parquet_time_without_zone_is_utc_and_that_is_said() {
    let time: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![AT * 1_000_000]));
    let said = said(
        "a.parquet",
        parquet(vec![
            ("time", time),
            ("person", texts(&[Some("p")])),
            ("event", texts(&[Some("viewed")])),
        ]),
    );
    assert_eq!(said.claim(0).time, When::At(Time::from_micros(AT * 1_000_000)));
    assert_eq!(said.note_codes(), ["time_without_zone"]);
}

#[test]
fn parquet_columns_may_be_of_any_kind() {
    let dictionary: DictionaryArray<Int32Type> = vec![Some("viewed"), None].into_iter().collect();
    let nested = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1), None]), None]);
    let record = StructArray::from(vec![(
        Arc::new(Field::new("k", DataType::Utf8, true)),
        texts(&[Some("v\""), None]),
    )]);
    let said = said(
        "a.parquet",
        parquet(vec![
            ("time", Arc::new(Int64Array::from(vec![AT, AT]))),
            ("person", Arc::new(Int64Array::from(vec![i64::MAX, 7]))),
            ("event", Arc::new(dictionary)),
            ("id", Arc::new(LargeStringArray::from(vec![Some(" x "), Some("")]))),
            (
                "value",
                Arc::new(
                    Decimal128Array::from(vec![Some(1250), None])
                        .with_precision_and_scale(10, 2)
                        .unwrap(),
                ),
            ),
            ("flag", Arc::new(BooleanArray::from(vec![Some(true), None]))),
            ("count", Arc::new(Int32Array::from(vec![Some(-3), None]))),
            ("ratio", Arc::new(Float64Array::from(vec![Some(0.1), Some(f64::NAN)]))),
            ("list", Arc::new(nested)),
            ("record", Arc::new(record)),
            ("properties", texts(&[Some(r#"{"flag":false,"more":[1]}"#), None])),
        ]),
    );
    let (first, second) = (said.claim(0), said.claim(1));
    assert_eq!(
        (first.person.as_str(), first.event.as_str()),
        ("9223372036854775807", "viewed")
    );
    assert_eq!(
        (text(&first.id), &first.value),
        ("x", &Amount::Decimal("12.50".to_owned()))
    );
    assert_eq!(
        first.properties,
        r#"{"flag":true,"count":-3,"ratio":0.1,"list":[1,null],"record":{"k":"v\""},"more":[1]}"#
    );
    assert_eq!(
        (second.event.as_str(), &second.value, &second.id),
        ("", &Amount::Missing, &None)
    );
    assert_eq!(second.properties, r#"{"record":{"k":null}}"#);
}

#[test]
fn floats_are_amounts_without_exponents_and_nan_is_missing() {
    let value: ArrayRef = Arc::new(Float64Array::from(vec![1e16, 12.5, f64::NAN]));
    let said = said(
        "a.parquet",
        parquet(vec![
            ("time", Arc::new(Int64Array::from(vec![AT; 3]))),
            ("person", texts(&[Some("p"); 3])),
            ("event", texts(&[Some("x"); 3])),
            ("value", value),
        ]),
    );
    let values: Vec<_> = said.claims.iter().map(|(_, claim)| claim.value.clone()).collect();
    assert_eq!(
        values,
        [
            Amount::Decimal("10000000000000000".to_owned()),
            Amount::Decimal("12.5".to_owned()),
            Amount::Missing
        ]
    );
}

#[test]
fn pieces_carry_what_is_known_of_them() {
    let said = said(
        "pieces.csv",
        "id,title,url,channel,published_at,format,topics,effort_hours,cost,currency\n\
         slow,Slow coffee,https://a.example/slow,website,2026-01-05T08:00:00Z,article,coffee; brewing,3.5,120,EUR\n\
         bare,,,,,,,,,\n\
         bad,,,,yesterday,,,,,\n\
         bad,,,,,,,-1,,\n\
         ,No id,,,,,,,,\n",
    );
    assert_eq!((said.format, said.counts()), ("longplay-pieces", (0, 2, 0, 3)));
    let piece = &said.pieces[0];
    assert_eq!(
        (text(&piece.title), text(&piece.format), piece.effort_hours),
        ("Slow coffee", "article", Some(3.5))
    );
    assert_eq!(piece.topics, ["coffee", "brewing"]);
    assert_eq!(
        piece.cost,
        Some(Money {
            minor: 12_000,
            currency: Currency::parse("EUR").unwrap()
        })
    );
    assert_eq!(piece.published_at, Time::parse("2026-01-05T08:00:00Z", &Zone::utc()));
    assert_eq!(
        said.refusals(),
        [
            (4, "time_unreadable", Some("published_at")),
            (5, "number_unreadable", Some("effort_hours")),
            (6, "piece_missing", Some("id"))
        ]
    );
}

#[test]
fn pieces_as_json_may_hold_arrays_and_headers_may_have_blanks() {
    let json = said(
        "p.jsonl",
        r#"{"id":"a","title":"A","url":"https://a.example","topics":["x, y","z"],"effort_hours":2}"#,
    );
    assert_eq!(
        (json.format, json.pieces[0].topics.as_slice()),
        ("longplay-pieces", ["x, y".to_owned(), "z".to_owned()].as_slice())
    );
    let blanks = said("p.csv", "ID;Title;Published at;Effort hours\na;A;2026-01-05;2\n");
    assert_eq!(
        (blanks.format, blanks.pieces[0].effort_hours),
        ("longplay-pieces", Some(2.0))
    );
}

#[test]
fn samples_are_totals_of_a_day() {
    let said = said(
        "samples.csv",
        "piece,day,metric,value,channel\n\
         slow,2026-01-05,views,\"1,204\",\n\
         ,2026-01-05,Watch Seconds,12.5,youtube\n\
         slow,05/01/2026,views,1,\n\
         slow,2026-01-06,views,,\n\
         slow,2026-01-06,views,many,\n\
         slow,2026-01-06,,1,\n",
    );
    assert_eq!((said.format, said.counts()), ("longplay-samples", (0, 0, 2, 4)));
    let (first, second) = (&said.samples[0], &said.samples[1]);
    assert_eq!(
        (first.channel.as_str(), first.piece.as_deref(), first.value, first.span),
        ("website", Some("slow"), 1204.0, Span::Day)
    );
    assert_eq!(
        (second.channel.as_str(), second.piece.as_deref(), second.metric.as_str()),
        ("youtube", None, "watch_seconds")
    );
    let codes: Vec<_> = said.refused.iter().map(|(_, refused)| refused.code).collect();
    assert_eq!(
        codes,
        ["time_unreadable", "value_missing", "value_unreadable", "metric_missing"]
    );
}

#[test]
fn asking_for_a_format_reads_what_alone_would_be_too_little() {
    let folder = Folder::new();
    let path = folder.write("p.csv", "id,topics\na,coffee\n");
    assert_eq!(read(&path).unwrap_err().code(), "not_recognised");
    assert_eq!(read_with(&path, &asked("longplay-pieces")).unwrap().pieces.len(), 1);
    let error = read_with(&path, &asked("longplay-events")).unwrap_err().to_string();
    assert!(
        error.contains("needs the columns (or keys) time, person and event") && error.contains("“id, topics”"),
        "{error}"
    );
}
