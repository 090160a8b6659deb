//! Every supported file among the real exports that lie beside the repository, against counts taken with Python's `csv`
//! module (`list(csv.reader(open(path, newline='')))`) and, for money, its `decimal`; how is said at each.

#![allow(clippy::unwrap_used, reason = "functions of a test are tests too")]

mod support;

use longplay_domain::{Amount, Currency, Gate, Money, PersonKey, Time, Zone};
use support::{Folder, Said, read, shared};

fn said(name: &str) -> Option<Said> {
    shared(name).map(|path| read(&path).unwrap_or_else(|error| panic!("{error}")))
}

#[test]
fn youtube_content_tab() {
    // 499 data rows, one of them `Total`; 498 distinct ids; no row without a publish date.
    let Some(table) = said("youtube/content-tab-2026/Table data.csv") else {
        return;
    };
    assert_eq!((table.format, table.counts()), ("youtube-studio", (0, 498, 0, 0)));
    assert!(table.pieces.iter().all(|piece| piece.published_at.is_some()));
    // 5,485 rows of 5 videos; the metric is stated in 5,484.
    let Some(chart) = said("youtube/content-tab-2026/Chart data.csv") else {
        return;
    };
    assert_eq!(chart.counts(), (0, 5, 5_484, 0));
    // 1,097 days, 1,078 with a value.
    let Some(totals) = said("youtube/content-tab-2026/Totals.csv") else {
        return;
    };
    assert_eq!((totals.format, totals.counts()), ("youtube-studio", (0, 0, 1_078, 0)));
}

#[test]
fn youtube_content_zip() {
    let Some(table) = shared("youtube/content-tab-2026/Table data.csv") else {
        return;
    };
    let folder = Folder::new();
    let file = |name: &str| std::fs::read(table.with_file_name(name)).unwrap();
    let (table, chart, totals) = (file("Table data.csv"), file("Chart data.csv"), file("Totals.csv"));
    let parts = [
        ("Table data.csv", table.as_slice()),
        ("Chart data.csv", chart.as_slice()),
        ("Totals.csv", totals.as_slice()),
    ];
    let said = read(&folder.zip("Content 2023-06-24_2026-06-24 X.zip", &parts)).unwrap();
    // Of the 498 videos 3,976 metrics are stated (without New and Regular viewers, which are empty), 10 in the total row.
    assert_eq!(said.counts(), (0, 498, 3_976 + 10 + 5_484 + 1_078, 0));
    let views = |is_total: bool| -> f64 {
        said.samples
            .iter()
            .filter(|s| s.metric == "views" && s.piece.is_none() == is_total)
            .map(|s| s.value)
            .sum()
    };
    // sum(int(row['Views'])) over the videos; the total row says more (§1.1: they don't agree).
    assert_eq!((views(false), views(true)), (34_680_203.0, 34_838_847.0));
}

#[test]
fn youtube_other_tabs() {
    // 365 days, all with a value, 15,503,810 in sum.
    let Some(totals) = said("youtube/geography-tab-2022/Totals.csv") else {
        return;
    };
    assert_eq!((totals.format, totals.samples.len()), ("youtube-studio", 365));
    assert_eq!(
        totals.samples.iter().map(|sample| sample.value).sum::<f64>(),
        15_503_810.0
    );
    for (name, notes) in [
        ("youtube/geography-tab-2022/Table data.csv", ["not_per_piece"]),
        ("youtube/subscription-status-2024/Table data.csv", ["not_per_piece"]),
        ("youtube/subscription-status-2024/Chart data.csv", ["not_per_piece"]),
    ] {
        let Some(said) = said(name) else { return };
        assert_eq!(
            (said.format, said.counts(), said.note_codes()),
            ("youtube-studio", (0, 0, 0, 0), notes.to_vec()),
            "{name}"
        );
    }
}

#[test]
fn shopify_orders() {
    // 121 rows, 51 distinct Names and Ids, all paid, none cancelled, none refunded, all INR; one order without e-mail.
    let Some(said) = said("shopify/orders_export_1.csv") else {
        return;
    };
    assert_eq!(
        (said.format, said.counts(), said.note_codes()),
        ("shopify-orders", (51, 0, 0, 0), vec![])
    );
    assert_eq!(
        said.claims
            .iter()
            .filter(|(_, claim)| claim.person.starts_with("email:"))
            .count(),
        50
    );
    let inr = Currency::parse("INR").unwrap();
    let minor = |amount: &Amount| match amount {
        Amount::Decimal(text) => Money::parse(text, inr).unwrap().minor,
        other => panic!("{other:?}"),
    };
    // sum of Decimal(row['Total']) over the first rows: 590683.29
    assert_eq!(
        said.claims.iter().map(|(_, claim)| minor(&claim.value)).sum::<i64>(),
        59_068_329
    );
    all_admitted(&said);
}

#[test]
fn mailchimp_audience() {
    // 5 rows each; whoever unsubscribed had subscribed.
    let Some(subscribed) = said("mailchimp/subscribed.csv") else {
        return;
    };
    assert_eq!(
        (subscribed.format, subscribed.counts()),
        ("mailchimp-audience", (5, 0, 0, 0))
    );
    let Some(unsubscribed) = said("mailchimp/unsubscribed.csv") else {
        return;
    };
    assert_eq!(
        (unsubscribed.format, unsubscribed.counts()),
        ("mailchimp-audience", (10, 0, 0, 0))
    );
    all_admitted(&subscribed);
    all_admitted(&unsubscribed);
}

#[test]
fn substack_posts() {
    // 5 rows: newsletter, podcast, thread; one with is_published FALSE; one of type page.
    let Some(said) = said("substack/export-a/posts.csv") else {
        return;
    };
    assert_eq!(
        (said.format, said.counts(), said.note_codes()),
        ("substack", (0, 3, 0, 0), vec!["left_out"])
    );
}

/// What a reader hands out as claims the gate takes.
fn all_admitted(said: &Said) {
    let now = Time::parse("2026-11-01T00:00:00Z", &Zone::utc()).unwrap();
    let gate = Gate::new(now, Zone::utc(), PersonKey::new([1; 16]));
    for (row, claim) in &said.claims {
        gate.admit(claim.clone())
            .unwrap_or_else(|refusal| panic!("row {row}: {refusal}"));
    }
}

/// Formats that have no reader yet are never taken for one that has.
#[test]
fn what_has_no_reader_yet_is_not_recognised() {
    let others = [
        "beehiiv/posts.csv",
        "beehiiv/members.csv",
        "buttondown/emails.csv",
        "ga4/ui-csv/data-export.csv",
        "ga4/ui-csv/download.csv",
        "ga4/bigquery/form_events_input.ndjson",
        "ghost/member-csv-export.csv",
        "goatcounter/export.csv",
        "access-logs/caddy_json.log",
        "access-logs/common.log",
        "bluesky-jetstream/golden_v1.likes-reposts-follows.jsonl",
        "sdk-wire/wire.jsonl",
        "meta/instagram-insights-utf16/Views.csv",
        "meta/facebook-insights-resaved-by-excel/Audience.csv",
        "plausible/imported_pages_20230209_20240123.csv",
        "plausible/imported_visitors_20230209_20240123.csv",
        "shopify/api-shaped/shopify_order_data.csv",
        "shopify/api-shaped/shopify_customer_data.csv",
        "shopify/api-shaped/shopify_refund_data.csv",
        "shopify/api-shaped/shopify_order_line_data.csv",
        "stripe/api-shaped/charge_data.csv",
        "stripe/api-shaped/customer_data.csv",
        "stripe/fixtures3.json",
        "tiktok/business-suite/videos.csv",
        "tiktok/studio-365d/Content.csv",
        "tiktok/studio-365d/Overview.csv",
        "tiktok/studio-7d/Overview.xlsx",
        "x-twitter/koe/account_overview_analytics.csv",
        "youtube/reporting-api/youtube_channel_basic_data.csv",
        "matomo/Live.getLastVisitsDetails.ecommerce.xml",
        "reference-data/crawler-user-agents.json",
        "youtube/PROVENANCE.md",
    ];
    for name in others {
        let Some(path) = shared(name) else { return };
        let error = read(&path).map(|said| (said.format, said.counts())).expect_err(name);
        assert_eq!(error.code(), "not_recognised", "{name}: {error}");
    }
}
