//! `GET /api/v1/ask/{key}`

use axum::http::{Request, StatusCode};
use longplay_domain::{Day, Zone};
use longplay_measures::{By, Key, Question};
use serde_json::Value;

use crate::harness::{self, Server};

fn figure<'a>(answer: &'a Value, key: &str, scope: &Value) -> &'a Value {
    let figures = answer["figures"].as_array().unwrap();
    figures
        .iter()
        .find(|figure| figure["key"] == key && figure["scope"] == *scope)
        .unwrap_or_else(|| panic!("{key}"))
}

#[tokio::test]
async fn an_answer_travels_exactly_as_it_serialises() {
    let server = Server::small();
    let zone = Zone::named("Europe/Vienna").unwrap();
    for key in Key::ALL {
        let said = server.get(&format!("/api/v1/ask/{}", key.name())).await;
        let question = Question::new(key, harness::now(), zone.clone());
        let answer = longplay_measures::ask(&question, server.store()).unwrap();
        assert_eq!(said.status, StatusCode::OK);
        assert_eq!(said.header("content-type"), "application/json");
        assert_eq!(said.body, serde_json::to_string(&answer).unwrap());
    }
}

#[tokio::test]
async fn the_numbers_are_those_of_the_audience() {
    let server = Server::small();
    let answer = server.get("/api/v1/ask/returns").await.json();
    let all = figure(&answer, "returned_28d", &serde_json::json!({}));
    assert_eq!(
        (&all["n"], &all["count"], &all["state"]),
        (&40.into(), &10.into(), &"known".into())
    );
    let piece = figure(&answer, "returned_28d", &serde_json::json!({"piece": "intro"}));
    assert_eq!(piece["n"], 40);
    let bought = server.get("/api/v1/ask/goals").await.json();
    assert_eq!(
        figure(&bought, "converted_purchase", &serde_json::json!({}))["count"],
        4
    );
}

#[tokio::test]
async fn as_of_a_day_is_its_last_microsecond_in_the_zone() {
    let server = Server::small();
    // The purchases were at 00:30 in Vienna, on the day before in UTC.
    for (as_of, bought, told) in [
        ("2026-01-04", 0, "2026-01-04T22:59:59.999999Z"),
        ("2026-01-05", 4, "2026-01-05T22:59:59.999999Z"),
        ("2026-01-04T23:30:00Z", 4, "2026-01-04T23:30:00Z"),
        ("2026-01-05T00:29:59%2B01:00", 0, "2026-01-04T23:29:59Z"),
        ("2026-01-05T00:30:00+01:00", 4, "2026-01-04T23:30:00Z"),
    ] {
        let answer = server.get(&format!("/api/v1/ask/goals?as_of={as_of}")).await.json();
        assert_eq!(answer["as_of"], told, "{as_of}");
        assert_eq!(
            figure(&answer, "converted_purchase", &serde_json::json!({}))["count"],
            bought,
            "{as_of}"
        );
    }
}

#[tokio::test]
async fn from_is_included_and_to_is_not() {
    let server = Server::small();
    for (range, people) in [
        ("from=2026-01-02", 40),
        ("from=2026-01-03", 0),
        ("to=2026-01-02", 0),
        ("to=2026-01-03", 40),
    ] {
        let answer = server.get(&format!("/api/v1/ask/returns?{range}")).await.json();
        assert_eq!(
            figure(&answer, "people", &serde_json::json!({}))["count"],
            people,
            "{range}"
        );
    }
}

#[tokio::test]
async fn a_question_can_be_about_a_segment_of_people() {
    let server = Server::small();
    server
        .store()
        .save_segment("buyers", Some(&"did purchased".parse().unwrap()))
        .unwrap();
    for (who, people) in [
        ("segment=buyers", 4),
        ("where=not%20did%20purchased", 36),
        ("segment=buyers&where=not%20did%20purchased", 0),
    ] {
        let answer = server.get(&format!("/api/v1/ask/returns?{who}")).await.json();
        assert_eq!(
            figure(&answer, "people", &serde_json::json!({}))["count"],
            people,
            "{who}"
        );
        assert_eq!(
            answer["cautions"].as_array().unwrap().last().unwrap()["code"],
            "some_people"
        );
    }
}

#[tokio::test]
async fn by_and_level_are_passed_on() {
    let server = Server::small();
    let said = server
        .get("/api/v1/ask/returns?by=channel&level=0.5&as_of=2026-02-20")
        .await;
    let zone = Zone::named("Europe/Vienna").unwrap();
    let mut question = Question::new(Key::Returns, zone.end_of(Day::parse("2026-02-20").unwrap()), zone);
    (question.by, question.level) = (By::Channel, 0.5);
    assert_eq!(
        said.body,
        serde_json::to_string(&longplay_measures::ask(&question, server.store()).unwrap()).unwrap()
    );
    assert_eq!(said.json()["level"], 0.5);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_what_to_write() {
    let server = Server::small();
    for (query, told) in [
        (
            "as_of=yesterday",
            "`as_of` must be a day like 2026-03-01 or an instant like 2026-03-01T09:30:00Z; it is `yesterday`.",
        ),
        ("as_of=2026-01-05T00:30:00", "`as_of` must be"),
        ("as_of=1700000000", "`as_of` must be"),
        ("from=2026-02-30", "`from` must be a day like 2026-03-01"),
        ("to=", "`to` must be a day"),
        (
            "by=colour",
            "`by` must be one of piece, channel, topic, week, source, campaign; it is `colour`.",
        ),
        (
            "level=90",
            "`level` must be a number between 0 and 1, like 0.9; it is `90`.",
        ),
        ("level=NaN", "`level` must be"),
        ("level=1", "`level` must be"),
        (
            "where=contry%20is%20AT",
            "`where` is no rule: no condition begins with `contry`; did you mean `country`?",
        ),
        (
            "segment=pros",
            "There is no segment `pros`; save it with `longplay segment set`.",
        ),
        ("from=2026-02-02&to=2026-02-02", "`to` must be a later day"),
        ("from=2026-02-02&from=2026-02-03", "`from` is there twice"),
        (
            "as-of=2026-02-02",
            "There is no parameter `as-of`. Known are `as_of`, `from`, `to`, `by`, ",
        ),
        ("as_of=2026-02-02%F0%9F%8E%B5%F0%9F%8E%B5+", "`as_of` must be"),
    ] {
        let said = server.get(&format!("/api/v1/ask/returns?{query}")).await;
        let error = &said.json()["error"];
        assert_eq!(
            (said.status, &error["code"]),
            (StatusCode::BAD_REQUEST, &"bad_parameter".into()),
            "{query}"
        );
        assert!(error["message"].as_str().unwrap().contains(told), "{query}: {error}");
    }
}

#[tokio::test]
async fn far_days_are_no_reason_to_panic() {
    let server = Server::small();
    for day in ["9999-12-31", "0001-01-01", "-009999-01-02"] {
        let said = server.get(&format!("/api/v1/ask/returns?as_of={day}")).await;
        assert!(!said.status.is_server_error(), "{day}: {}", said.body);
    }
}

#[tokio::test]
async fn a_question_nobody_knows_is_not_found() {
    let said = Server::empty().get("/api/v1/ask/fame").await;
    assert_eq!(said.status, StatusCode::NOT_FOUND);
    let error = &said.json()["error"];
    assert_eq!(error["code"], "unknown_question");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.starts_with("There is no question `fame`. Known are `"),
        "{message}"
    );
    for known in ["`returns`", "`hits`", "`all`"] {
        assert!(message.contains(known), "{message}");
    }
}

#[tokio::test]
async fn all_standing_answers_come_from_one_state_of_the_data() {
    let server = Server::small();
    let said = server.get("/api/v1/ask/all?as_of=2026-03-01").await;
    assert_eq!(said.status, StatusCode::OK);
    let edition = said.json();
    for answer in edition["answers"].as_array().unwrap() {
        assert_eq!(answer["snapshot"], edition["snapshot"]);
        assert_eq!(answer["as_of"], edition["as_of"]);
        let key = answer["question"].as_str().unwrap();
        let alone = server.get(&format!("/api/v1/ask/{key}?as_of=2026-03-01")).await;
        assert_eq!(&alone.json(), answer, "{key}");
    }
}

#[tokio::test]
async fn errors_of_the_api_are_json_wherever_they_arise() {
    let server = Server::empty();
    let said = server.get("/api/v2/nothing").await;
    assert_eq!(
        (said.status, &said.json()["error"]["code"]),
        (StatusCode::NOT_FOUND, &"unknown_address".into())
    );
    let said = server.send(Request::post("/api/v1/ask/returns")).await;
    assert_eq!(
        (said.status, &said.json()["error"]["code"]),
        (StatusCode::METHOD_NOT_ALLOWED, &"wrong_method".into())
    );
}

#[tokio::test]
async fn a_period_can_be_compared_with_another() {
    let server = Server::small();
    server.happened(77, "viewed", "2025-12-31T12:00:00+01:00");
    let address = "/api/v1/ask/returns?from=2026-01-01&to=2026-01-08&compare=previous";
    let answer = server.get(address).await.json();
    let comparison = &answer["comparison"];
    assert_eq!(comparison["against"], "previous");
    assert_eq!(
        (&comparison["from"], &comparison["to"]),
        (&"2025-12-25".into(), &"2026-01-01".into())
    );
    let figures = comparison["figures"].as_array().unwrap();
    let of = |key: &str| {
        let everybody = |figure: &&Value| figure["key"] == key && figure["scope"] == serde_json::json!({});
        figures
            .iter()
            .find(everybody)
            .unwrap_or_else(|| panic!("{key}: {figures:?}"))
    };
    assert_eq!(
        (&of("people")["count"], &of("people")["change"]),
        (&1.into(), &39.0.into())
    );
    assert_eq!(of("returned_7d")["n"], 1);
    assert!(of("returned_7d")["change_low"].as_f64().unwrap() < of("returned_7d")["change_high"].as_f64().unwrap());

    for wrong in [
        "compare=previous",
        "from=2026-01-01&compare=year",
        "from=2026-01-01&to=2026-02-01&compare=decade",
    ] {
        let said = server.get(&format!("/api/v1/ask/returns?{wrong}")).await;
        assert_eq!(said.status, StatusCode::BAD_REQUEST, "{wrong}: {}", said.body);
    }
}

#[tokio::test]
async fn a_piece_and_days_can_be_asked_about_where_that_means_something() {
    let server = Server::small();
    let about = server
        .get("/api/v1/ask/lift?piece=intro&start=2026-01-02&end=2026-01-03")
        .await
        .json();
    let row = &about["rows"][0];
    assert_eq!(
        (&row["kind"], &row["piece"], &row["start"], &row["end"]),
        (
            &"autopsy".into(),
            &"intro".into(),
            &"2026-01-02".into(),
            &"2026-01-03".into()
        )
    );
    for wrong in [
        "returns?piece=intro",
        "all?start=2026-01-02",
        "lift?end=2026-01-02",
        "lift?start=2026-01-05&end=2026-01-02",
        "lift?start=soon",
    ] {
        let said = server.get(&format!("/api/v1/ask/{wrong}")).await;
        assert_eq!(said.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn durability_is_told_of_past_months_and_nothing_else_is() {
    let server = Server::small();
    let said = server.get("/api/v1/ask/durability?months=3").await;
    assert_eq!(said.status, StatusCode::OK);
    for bad in [
        "durability?months=0",
        "durability?months=61",
        "durability?months=x",
        "returns?months=3",
    ] {
        let said = server.get(&format!("/api/v1/ask/{bad}")).await;
        assert_eq!(
            (said.status, &said.json()["error"]["code"]),
            (StatusCode::BAD_REQUEST, &"bad_parameter".into()),
            "{bad}"
        );
    }
}
