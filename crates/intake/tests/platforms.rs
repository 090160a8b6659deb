//! The platforms' exports, on samples of their shape (see tests/samples/NOTICE.md). Every number here was counted by hand
//! in the sample beside it.

mod support;

use longplay_domain::{Amount, Day, Field, Time, When, Zone, sample::Span};
use longplay_intake::{Options, Source};
use support::{Folder, asked, options, own, read, read_with, said};

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(own(name)).expect(name)
}

fn studio_zip(folder: &Folder, name: &str) -> std::path::PathBuf {
    let (table, totals, chart) = (
        bytes("youtube_content_table.csv"),
        bytes("youtube_content_totals.csv"),
        bytes("youtube_content_chart.csv"),
    );
    folder.zip(
        name,
        &[
            ("Table data.csv", &table),
            ("Totals.csv", &totals),
            ("Chart data.csv", &chart),
        ],
    )
}

#[test]
fn youtube_totals_cover_the_range_in_the_zips_name() {
    let folder = Folder::new();
    let said = read(&studio_zip(&folder, "Content 2024-05-01_2024-05-31 Slow Coffee.zip")).unwrap();
    assert_eq!(said.format, "youtube-studio");
    // Table: total row 7 metrics; the first two videos 6 each (viewers are a channel's), the third 4 (no rate, no revenue).
    // Chart: 3 of 4 rows state a value. Totals: 2 of 3.
    assert_eq!(said.counts(), (0, 3, 7 + 6 + 6 + 4 + 3 + 2, 0));
    assert_eq!(said.note_codes(), ["cut_off"]);
    let of = |piece: Option<&str>, metric: &str, day: &str| {
        let day = Day::parse(day);
        let found: Vec<_> = said
            .samples
            .iter()
            .filter(|s| s.piece.as_deref() == piece && s.metric == metric && Some(s.day) == day)
            .collect();
        assert_eq!(found.len(), 1, "{piece:?} {metric}");
        (found[0].value, found[0].span)
    };
    let may = Span::Period {
        from: Day::parse("2024-05-01").unwrap(),
    };
    assert_eq!(of(None, "views", "2024-05-31"), (1500.0, may));
    assert_eq!(of(None, "new_viewers", "2024-05-31"), (410.0, may));
    assert_eq!(of(Some("abcDEF12345"), "watch_seconds", "2024-05-31"), (216_900.0, may));
    assert_eq!(of(Some("-_bcDEF1234"), "revenue_usd", "2024-05-31"), (1.0, may));
    assert_eq!(of(Some("zzzDEF12345"), "subscribers_net", "2024-05-31"), (-1.0, may));
    assert_eq!(of(Some("abcDEF12345"), "views", "2024-05-03"), (0.0, Span::Day));
    assert_eq!(of(None, "views", "2024-05-03"), (45.0, Span::Day));
    assert!(said.samples.iter().all(|sample| sample.channel == "youtube"));
    let brew = said.pieces.iter().find(|piece| piece.id == "abcDEF12345").unwrap();
    assert_eq!(brew.title.as_deref(), Some("How to brew, slowly ☕"));
    assert_eq!(brew.url.as_deref(), Some("https://www.youtube.com/watch?v=abcDEF12345"));
    assert_eq!(brew.published_at, Time::parse("2024-04-26T00:00:00Z", &Zone::utc()));
}

#[test]
fn a_range_of_one_day_is_that_day_and_a_renamed_zip_takes_its_range_from_the_totals() {
    let folder = Folder::new();
    let day = read(&studio_zip(&folder, "Content 2024-05-31_2024-05-31 Slow Coffee.zip")).unwrap();
    assert!(day.samples.iter().all(|sample| sample.span == Span::Day));
    let renamed = read(&studio_zip(&folder, "download.zip")).unwrap();
    let total = renamed
        .samples
        .iter()
        .find(|sample| sample.metric == "new_viewers")
        .unwrap();
    assert_eq!(
        (total.day, total.span),
        (
            Day::parse("2024-05-03").unwrap(),
            Span::Period {
                from: Day::parse("2024-05-01").unwrap()
            }
        )
    );
}

#[test]
fn a_loose_youtube_table_yields_pieces_and_says_what_is_missing() {
    let said = read(&own("youtube_content_table.csv")).unwrap();
    assert_eq!((said.format, said.counts()), ("youtube-studio", (0, 3, 0, 0)));
    assert_eq!(said.note_codes(), ["range_missing", "cut_off"]);
    let german = read(&own("youtube_content_de.csv")).unwrap();
    assert_eq!((german.format, german.counts()), ("youtube-studio", (0, 1, 0, 0)));
    assert_eq!(
        german.pieces[0].published_at,
        Time::parse("2024-04-26T00:00:00Z", &Zone::utc())
    );
}

#[test]
fn other_tabs_and_charts_by_week_make_no_pieces_and_no_wrong_days() {
    let geography = read(&own("youtube_geography_table.csv")).unwrap();
    assert_eq!(
        (geography.format, geography.counts(), geography.note_codes()),
        ("youtube-studio", (0, 0, 0, 0), vec!["not_per_piece"])
    );
    // The zip of that tab: 11 days of totals (sum taken with awk) and the total row's 3 metrics.
    let folder = Folder::new();
    let (table, totals) = (
        bytes("youtube_geography_table.csv"),
        bytes("youtube_geography_totals.csv"),
    );
    let zip = folder.zip(
        "Geography 2020-12-31_2021-12-30 X.zip",
        &[("Table data.csv", &table), ("Totals.csv", &totals)],
    );
    let zipped = read(&zip).unwrap();
    assert_eq!(zipped.counts(), (0, 0, 11 + 3, 0));
    let daily: f64 = zipped
        .samples
        .iter()
        .filter(|sample| sample.span == Span::Day)
        .map(|sample| sample.value)
        .sum();
    assert_eq!(daily, 490_638.0);
    let weekly = said(
        "Totals.csv",
        "Date,Views\n2024-05-06,10\n2024-05-13,20\n2024-05-20,30\n",
    );
    assert_eq!(
        (weekly.counts(), weekly.note_codes()),
        ((0, 0, 0, 0), vec!["not_daily"])
    );
    // A table `Date,Views` of another name may be anyone's, unless the owner says so.
    let path = folder.write("traffic.csv", "Date,Views\n2024-05-06,10\n");
    assert_eq!(read(&path).unwrap_err().code(), "not_recognised");
    assert_eq!(read_with(&path, &asked("youtube-studio")).unwrap().samples.len(), 1);
}

#[test]
fn ids_that_a_spreadsheet_took_for_formulas_are_refused() {
    let text = "Content,Video title,Video publish time,Views\n#NAME?,x,\"May 2, 2024\",4\nshort,x,\"May 2, 2024\",4\n";
    let said = said("Table data.csv", text);
    assert_eq!(
        said.refusals(),
        [
            (2, "spreadsheet_damage", Some("Content")),
            (3, "piece_missing", Some("Content"))
        ]
    );
}

#[test]
fn substack_joins_its_files_by_the_posts_number() {
    let folder = Folder::new();
    let parts = [
        "substack_posts.csv",
        "substack_email_list.csv",
        "substack_opens.csv",
        "substack_delivers.csv",
    ]
    .map(bytes);
    let zip = folder.zip(
        "export.zip",
        &[
            ("export/posts.csv", &parts[0]),
            ("export/email_list.slowcoffee.csv", &parts[1]),
            ("export/posts/123401.opens.csv", &parts[2]),
            ("export/posts/123401.delivers.csv", &parts[3]),
            ("export/posts/123401.html", b"<p>,,,</p>"),
            ("__MACOSX/export/._posts.csv", b"\0\0"),
        ],
    );
    let said = read(&zip).unwrap();
    // Posts: 5 rows, of which one a draft and one a page. List: 2 subscribed, 1 of them paid, 2 rows without address.
    assert_eq!((said.format, said.counts()), ("substack", (3 + 2 + 2, 3, 0, 2)));
    assert_eq!(said.note_codes(), ["left_out"]);
    let plain = said.pieces.iter().find(|piece| piece.id == "123401").unwrap();
    assert_eq!(plain.title.as_deref(), Some("Plain Text"));
    assert_eq!(
        plain.url.as_deref(),
        Some("https://slowcoffee.substack.com/p/plain-text")
    );
    assert_eq!(plain.format.as_deref(), Some("newsletter"));
    assert_eq!(
        plain.published_at,
        Time::parse("2019-07-26T20:48:19.814Z", &Zone::utc())
    );
    let count = |event: &str| said.claims.iter().filter(|(_, claim)| claim.event == event).count();
    assert_eq!(
        (
            count("opened"),
            count("delivered"),
            count("subscribed"),
            count("purchased")
        ),
        (2, 2, 2, 1)
    );
    let opened = said
        .claims
        .iter()
        .find(|(_, claim)| claim.event == "opened")
        .map(|(_, claim)| claim)
        .unwrap();
    assert_eq!(opened.piece.as_deref(), Some("123401"));
    assert_eq!(opened.country.as_deref(), Some("AT"));
    assert_eq!(opened.person, "email:ada@example.com");
    assert!(
        !opened.properties.contains("Mozilla") && !opened.properties.contains("Vienna"),
        "{}",
        opened.properties
    );
    assert!(
        said.claims
            .iter()
            .all(|(_, claim)| claim.channel.as_deref() == Some("newsletter"))
    );
}

#[test]
fn substack_posts_can_be_read_alone_but_then_have_no_address() {
    let said = read(&own("substack_posts.csv")).unwrap();
    assert_eq!((said.format, said.counts()), ("substack", (0, 3, 0, 0)));
    assert!(said.pieces.iter().all(|piece| piece.url.is_none()));
}

#[test]
fn shopify_rows_are_gathered_into_orders() {
    let said = read(&own("shopify_orders.csv")).unwrap();
    assert_eq!(said.format, "shopify-orders");
    // 8 orders in 9 rows over 11 lines: 5 bought (one refunded in part), 1 pending, 1 cancelled, 1 with a rounded id.
    assert_eq!(said.counts(), (6, 0, 0, 3));
    assert_eq!(
        said.refusals(),
        [
            (8, "not_a_purchase", Some("Financial Status")),
            (9, "order_cancelled", Some("Cancelled at")),
            (11, "spreadsheet_damage", Some("Id"))
        ]
    );
    assert_eq!(said.note_codes(), ["refund_time_unknown"]);
    let first = said.claim(0);
    assert_eq!(said.claims[0].0, 2);
    assert_eq!(first.id.as_deref(), Some("shopify:6798481555755"));
    assert_eq!(first.time, When::Text("2025-12-06 10:36:17 -0500".to_owned()));
    assert_eq!(first.value, Amount::Decimal("30.00".to_owned()));
    assert_eq!(
        (first.person.as_str(), first.country.as_deref()),
        ("email:ada@example.com", Some("AT"))
    );
    assert_eq!(
        first.properties,
        r##"{"order":"#1006","discount_code":"SPRING","order_source":"web","items":[{"name":"Beans, dark","sku":"B-1","price":"10.00","quantity":"2"},{"name":"Filter","sku":"F-1","price":"10.00","quantity":"1"}]}"##
    );
    assert_eq!(said.claim(1).person, "phone:+4312345678");
    assert_eq!(said.claim(1).time, When::Text("2025-12-05 09:00:00 -0500".to_owned()));
    assert_eq!(said.claim(2).person, "shopify:order:#1004");
    let refund = said.claim(4);
    assert_eq!(
        (refund.event.as_str(), refund.id.as_deref()),
        ("refunded", Some("shopify:6798481555752:refunded"))
    );
    assert_eq!(refund.value, Amount::Decimal("12.50".to_owned()));
    assert_eq!(said.claim(5).value, Amount::Minor(600));
    assert!(
        said.claims
            .iter()
            .all(|(_, claim)| claim.channel.as_deref() == Some("shop"))
    );
}

#[test]
fn shopify_without_totals_adds_up_its_items_and_says_what_it_assumed() {
    let text = "Name,Created at,Lineitem name,Lineitem price,Lineitem quantity\n#1,2025-12-01,Cup,2.50,3\n#1,2025-12-01,Pot,10,1\n";
    let said = said("orders.csv", text);
    assert_eq!(
        (said.counts(), said.note_codes()),
        ((1, 0, 0, 0), vec!["status_missing"])
    );
    assert_eq!(said.claim(0).value, Amount::Minor(1_750));
    assert_eq!(said.claim(0).id.as_deref(), Some("shopify:#1"));
}

#[test]
fn slashed_dates_are_told_apart_by_the_file_or_refused() {
    let header = "Name,Email,Financial Status,Created at,Total,Lineitem name\n";
    let told = said(
        "a.csv",
        format!("{header}#1,a@b.example,paid,01/10/2023 20:59,5,x\n#2,a@b.example,paid,13/10/2023 20:59,5,x\n"),
    );
    assert_eq!(told.claim(0).time, When::Text("2023-10-01 20:59:00".to_owned()));
    let untold = said(
        "a.csv",
        format!("{header}#1,a@b.example,paid,01/10/2023 20:59,5,x\n#2,a@b.example,paid,2023-10-13,5,x\n"),
    );
    assert_eq!(
        (untold.claims.len(), untold.refusals()),
        (1, vec![(2, "date_ambiguous", Some("Created at"))])
    );
}

#[test]
fn mailchimp_says_who_came_and_who_left() {
    let folder = Folder::new();
    let (subscribed, unsubscribed) = (bytes("mailchimp_subscribed.csv"), bytes("mailchimp_unsubscribed.csv"));
    let cleaned =
        b"Email Address,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,CC,CLEAN_TIME,CLEAN_CAMPAIGN_ID,LEID,EUID,NOTES,TAGS\n\
        c1@example.com,2,,2018-02-12 10:54:27,AT,2019-02-12 10:54:27,77,1,abc123,,\nbroken,,,,,,,,,,\n";
    let zip = folder.zip(
        "audience.zip",
        &[
            ("subscribed_members_export_1.csv", &subscribed),
            ("unsubscribed_members_export_1.csv", &unsubscribed),
            ("cleaned_members_export_1.csv", cleaned),
            ("nonsubscribed_members_export_1.csv", &subscribed),
        ],
    );
    let said = read(&zip).unwrap();
    // 5 subscribed; 5 who unsubscribed and had subscribed; 1 cleaned who had subscribed; 1 broken row.
    assert_eq!(
        (said.format, said.counts()),
        ("mailchimp-audience", (5 + 10 + 2, 0, 0, 1))
    );
    assert_eq!(said.note_codes(), ["never_subscribed"]);
    let of = |person: &str| {
        said.claims
            .iter()
            .filter(|(_, claim)| claim.person == person)
            .map(|(_, claim)| claim)
            .collect::<Vec<_>>()
    };
    let left = of("email:u1@example.com");
    assert_eq!(
        (left[0].event.as_str(), &left[0].time),
        ("subscribed", &When::Text("2018-02-12 10:54:27 UTC".to_owned()))
    );
    assert_eq!(
        (left[1].event.as_str(), &left[1].time),
        ("unsubscribed", &When::Text("2018-07-23 12:19:27 UTC".to_owned()))
    );
    let gone = of("email:c1@example.com");
    assert_eq!(
        gone[1].id.as_deref(),
        Some("mailchimp:abc123:cleaned:2019-02-12 10:54:27 UTC")
    );
    assert_eq!(
        (gone[1].properties.as_str(), gone[1].country.as_deref()),
        (r#"{"campaign_id":"77"}"#, Some("AT"))
    );
    assert_eq!(said.refusals(), [(3, "person_unreadable", Some("Email Address"))]);
}

#[test]
fn a_refused_field_is_named_as_its_file_names_it() {
    let column = |name: &str, field| Source::open(&own(name), &options()).unwrap().column_of(field);
    assert_eq!(column("shopify_orders.csv", Field::Time).as_deref(), Some("Paid at"));
    assert_eq!(column("shopify_orders.csv", Field::Referrer), None);
    assert_eq!(
        column("mailchimp_unsubscribed.csv", Field::Time).as_deref(),
        Some("UNSUB_TIME")
    );
    assert_eq!(column("substack_opens.csv", Field::Person).as_deref(), Some("email"));
}

#[test]
fn the_owner_may_name_the_channel() {
    let options = Options {
        channel: Some("letters".to_owned()),
        ..options()
    };
    let said = read_with(&own("substack_posts.csv"), &options).unwrap();
    assert!(
        said.pieces
            .iter()
            .all(|piece| piece.channel.as_deref() == Some("letters"))
    );
}
