//! `/audience`, `/outcomes`, `/durability`, `/plan`, `/audit`: the same sections as at home with every picture, and ways to
//! the people behind the numbers.

use axum::http::StatusCode;

use crate::harness::Server;

const PAGES: [(&str, &[&str]); 5] = [
    ("/audience", &["ladder", "returns", "fit"]),
    ("/outcomes", &["goals", "credit", "lift"]),
    ("/durability", &["durability"]),
    ("/plan", &["plan"]),
    ("/audit", &["audit"]),
];

fn as_text(sentence: &str) -> String {
    sentence
        .replace('&', "&#38;")
        .replace('<', "&#60;")
        .replace('>', "&#62;")
        .replace('\'', "&#39;")
        .replace('"', "&#34;")
}

#[tokio::test]
async fn each_page_says_what_the_api_says() {
    let server = Server::small();
    let home = server.get("/").await.body;
    for (address, keys) in PAGES {
        let page = server.get(address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        for key in keys {
            let answer = server.get(&format!("/api/v1/ask/{key}")).await.json();
            let sentence = as_text(answer["sentence"].as_str().unwrap());
            assert!(page.body.contains(&sentence), "{address} {key}: {sentence}");
            assert!(
                page.body.contains(&format!("href=\"/api/v1/ask/{key}\"")),
                "{address} {key}"
            );
        }
        assert!(home.contains(&format!("href=\"{address}\"")), "{address} is led to");
        assert!(
            page.body.contains("data-address"),
            "{address}: paper says where it is from"
        );
    }
}

#[tokio::test]
async fn every_way_to_people_from_a_figure_leads_to_as_many() {
    let server = Server::small();
    let mut followed = 0;
    for address in [
        "/audience",
        "/outcomes",
        "/audience?from=2026-01-02&to=2026-01-03&where=did+purchased",
    ] {
        let page = server.get(address).await.body;
        for part in page.split("href=\"/people?").skip(1) {
            let (query, rest) = part.split_once('"').unwrap();
            let query = query.replace("&#38;", "&").replace("&amp;", "&");
            let (text, _) = rest.split_once('>').unwrap().1.split_once('<').unwrap();
            // Names of steps and shares lead there too; only counts can be compared as they stand.
            let Ok(count) = text.replace(',', "").parse::<u64>() else {
                continue;
            };
            let is_share = query.contains("age=");
            let list = server.get(&format!("/api/v1/people?{query}")).await;
            assert_eq!(list.status, StatusCode::OK, "{query}: {}", list.body);
            if !is_share {
                assert_eq!(list.json()["people"], count, "{address}: {query}");
                followed += 1;
            }
        }
    }
    assert!(followed >= 12, "{followed}");
}

#[tokio::test]
async fn a_view_is_narrowed_and_its_chips_come_off_where_one_is() {
    let server = Server::small();
    let rule: longplay_domain::Rule = "did purchased".parse().unwrap();
    server.store().save_segment("fans", Some(&rule)).unwrap();
    let page = server.get("/audience?segment=fans").await.body;
    assert!(
        page.contains("people of “fans”") && page.contains("href=\"/audience\""),
        "{page}"
    );
    assert!(
        page.contains("stage=buyer&#38;segment=fans") || page.contains("stage=buyer&amp;segment=fans"),
        "{page}"
    );
    let everybody = server.get("/audience").await.body;
    assert!(
        everybody.contains("<a href=\"/audience?segment=fans\">fans</a>"),
        "{everybody}"
    );
    let wrong = server.get("/outcomes?where=x+is").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.body.contains("role=\"alert\"") && wrong.body.contains("action=\"/outcomes\""));
}

/// All forty came in the week of 29 December; four were here again in the next, when they bought on the 5th.
#[tokio::test]
async fn a_young_cohort_is_unfinished_and_never_zero() {
    let server = Server::small();
    let page = server.get("/audience").await.body;
    assert!(
        page.contains("<a href=\"/people?cohort=2025-12-29&#38;age=1\">10</a>")
            || page.contains("cohort=2025-12-29&amp;age=1\">10</a>"),
        "{page}"
    );
    let early = server.get("/audience?as_of=2026-01-08").await.body;
    assert!(
        !early.contains("cohort=2025-12-29&#38;age=1\""),
        "the next week is not over"
    );
}

#[tokio::test]
async fn the_home_page_is_short() {
    let server = Server::small();
    let body = server.get("/").await.body;
    assert!(body.len() < 200_000, "{} bytes, before they are compressed", body.len());
    assert!(body.contains("More<span class=\"for-ears\">: Durability</span>"));
    assert!(
        body.contains("href=\"/pieces#hits\">Reach, day by day"),
        "reach is one click away"
    );
    assert!(
        body.contains("id=\"ladder-regulars-data\"") && !body.contains("hits-days"),
        "and regulars lead"
    );
}

#[tokio::test]
async fn durability_month_by_month_is_a_page_that_the_other_takes_in() {
    let server = Server::lasting();
    let page = server.get("/durability").await.body;
    assert!(
        page.contains("data-panel=\"/durability/months\" data-part=\"durability-months\""),
        "{page}"
    );
    assert!(
        page.contains("<a href=\"/durability/months\">"),
        "it is there without script"
    );
    let months = server.get("/durability/months").await;
    assert_eq!(months.status, StatusCode::OK);
    assert!(months.body.contains("id=\"durability-months-title\"") && !months.body.contains("data-panel"));
    let told = server.get("/api/v1/ask/durability?months=12").await.json();
    let is_index = |figure: &&serde_json::Value| figure["key"] == "index";
    let figures: Vec<_> = told["figures"].as_array().unwrap().iter().filter(is_index).collect();
    assert!(figures.len() > 2, "{told}");
    let (_, rest) = months.body.split_once("id=\"durability-months-data\">").unwrap();
    let chart: serde_json::Value = serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
    let drawn: Vec<_> = chart["marks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mark| mark["value"].clone())
        .collect();
    // The running month is told first, and drawn last.
    let mut told: Vec<_> = figures.iter().map(|figure| figure["value"].clone()).collect();
    told.rotate_left(1);
    assert_eq!(drawn, told);
    assert_eq!(
        server.get("/durability/months?months=none").await.status,
        StatusCode::BAD_REQUEST
    );
    assert!(
        !Server::small().get("/durability").await.body.contains("data-panel"),
        "one piece has no index"
    );
}
