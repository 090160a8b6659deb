//! `GET /pieces`, `GET /piece` and `GET /api/v1/pieces`

use axum::http::{Request, StatusCode};
use longplay_domain::{Day, Sample, sample::Span};

use crate::harness::Server;

#[tokio::test]
async fn the_page_and_the_api_know_the_same_pieces() {
    let server = Server::small();
    let told = server.get("/api/v1/pieces").await.json();
    let pieces = told["pieces"].as_array().unwrap().clone();
    assert!(!pieces.is_empty());
    let page = server.get("/pieces").await;
    assert_eq!(page.status, StatusCode::OK);
    for piece in &pieces {
        let people = piece["people"].as_u64().unwrap();
        let figures = piece["figures"].as_array().unwrap();
        let returned = figures.iter().find(|figure| figure["key"] == "people");
        assert_eq!(returned.map_or(0, |figure| figure["n"].as_u64().unwrap()), people);
        let address = format!("/piece?id={}", piece["piece"].as_str().unwrap());
        assert!(page.body.contains(&format!("href=\"{address}\"")), "{address}");
        let own = server.get(&address).await;
        assert_eq!(own.status, StatusCode::OK, "{address}");
        let after = address.replace("/piece?", "/piece/after?");
        assert!(
            own.body.contains(&format!("data-panel=\"{after}\"")) && own.body.contains(&format!("href=\"{after}\""))
        );
        let after = server.get(&after).await;
        assert_eq!(after.status, StatusCode::OK);
        assert!(after.body.contains("id=\"lift-sentence\"") && after.body.contains("id=\"piece-after\""));
    }
}

#[tokio::test]
async fn titles_are_text_and_the_search_narrows() {
    let server = Server::small();
    let page = server.get("/pieces").await.body;
    assert!(page.contains("Intro &#60;b&#62;&#38; more&#60;/b&#62;"));
    let found = server.get("/pieces?q=INTRO+more").await.body;
    assert!(found.contains("1 piece of"), "{found}");
    let nothing = server.get("/pieces?q=%3Cscript%3Ealert(1)%3C/script%3E").await.body;
    assert!(nothing.contains("0 pieces of") && !nothing.contains("<script>alert"));
}

#[tokio::test]
async fn an_unknown_piece_is_not_found_and_an_empty_workspace_says_so() {
    let server = Server::small();
    for address in ["/piece?id=nope", "/piece", "/piece?id="] {
        assert_eq!(server.get(address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
    let empty = Server::empty().get("/pieces").await;
    assert_eq!(empty.status, StatusCode::OK);
    assert!(empty.body.contains("No piece is known yet"));
}

/// Forty came on 2 January and ten again on the 3rd.
#[tokio::test]
async fn a_piece_shows_its_days_and_the_api_tells_them() {
    let server = Server::small();
    let hits = server.get("/api/v1/ask/hits?piece=intro").await.json();
    let series = hits["series"].as_array().unwrap();
    let own = series
        .iter()
        .find(|series| series["scope"]["piece"] == "intro")
        .unwrap();
    let on = |day: &str| {
        let points = own["points"].as_array().unwrap();
        points.iter().find(|point| point["day"] == day).unwrap()["value"].clone()
    };
    assert_eq!((on("2026-01-02"), on("2026-01-03")), (40.0.into(), 10.0.into()));
    let after = server.get("/piece/after?id=intro").await.body;
    assert!(after.contains("id=\"piece-days-1-data\""));
    for wrong in [
        "returns?piece=intro",
        "hits?start=2026-01-02",
        "hits?piece=intro&start=2026-01-02",
    ] {
        let said = server.get(&format!("/api/v1/ask/{wrong}")).await;
        assert_eq!(said.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn a_note_on_a_day_is_kept_shown_and_taken_away() {
    let server = Server::small();
    let post = |path: &str, body: &str| {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        server.send_body(request, body.to_owned())
    };
    let said = post(
        "/piece/note",
        "id=intro&day=2026-01-03&text=on+%3Cthe%3E+radio&about=piece",
    )
    .await;
    assert_eq!(
        (said.status, said.header("location")),
        (StatusCode::SEE_OTHER, "/piece?id=intro#notes")
    );
    let page = server.get("/piece?id=intro").await.body;
    assert!(page.contains("on &#60;the&#62; radio") && !page.contains("<the>"));
    assert_eq!(
        server.get("/api/v1/piece?id=intro").await.json()["notes"][0]["day"],
        "2026-01-03"
    );
    let after = server.get("/piece/after?id=intro").await.body;
    assert!(
        after.contains("You noted: on \\u003cthe\\u003e radio"),
        "its day tells it"
    );
    for wrong in ["id=intro&day=soon&text=x", "id=intro&day=2026-01-03&text="] {
        let said = post("/piece/note", wrong).await;
        assert_eq!(said.status, StatusCode::OK);
        assert!(said.body.contains("role=\"alert\""), "{wrong}");
    }
    post("/piece/note/remove", "id=intro&day=2026-01-03").await;
    let page = server.get("/piece?id=intro").await.body;
    assert!(!page.contains("radio</span>") && !page.contains("&#60;the&#62;"));
}

#[tokio::test]
async fn what_a_platform_counted_stands_beside_the_people() {
    let server = Server::small();
    let sample = |day: &str, metric: &str, value, span| Sample {
        channel: "website".to_owned(),
        piece: Some("intro".to_owned()),
        day: Day::parse(day).unwrap(),
        metric: metric.to_owned(),
        value,
        span,
    };
    let samples = [
        sample("2026-01-02", "likes", 30.0, Span::Day),
        sample("2026-01-03", "likes", 12.0, Span::Day),
        sample("2026-01-03", "shares", 4.0, Span::Day),
        sample("2026-01-09", "shares", 9.0, Span::Lifetime),
    ];
    server.store().put_samples(&samples).unwrap();
    let told = server.get("/api/v1/piece?id=intro").await.json();
    let totals: Vec<(String, f64, bool)> = told["totals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|total| {
            let metric = total["metric"].as_str().unwrap().to_owned();
            (metric, total["total"].as_f64().unwrap(), total["is_lifetime"] == true)
        })
        .collect();
    assert_eq!(
        totals,
        [("likes".to_owned(), 42.0, false), ("shares".to_owned(), 9.0, true)]
    );
    let page = server.get("/piece?id=intro").await.body;
    assert!(page.contains("What the platform counted") && page.contains("since it came out"));
    assert_eq!(server.get("/api/v1/piece?id=nope").await.status, StatusCode::NOT_FOUND);
}
