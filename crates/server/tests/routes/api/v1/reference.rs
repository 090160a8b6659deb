//! The API's description: every route of it, and nothing else.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use longplay_server::{App, rules};

use crate::harness::Server;

#[tokio::test]
async fn every_route_of_the_api_is_described_and_no_other() {
    let server = Server::small();
    let document = server.get("/api/v1/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    let described: BTreeSet<String> = document["paths"].as_object().unwrap().keys().cloned().collect();
    let routes = rules(App::new(server.shared_store()));
    let is_api = |path: &str| path.starts_with("/api/") && !path.contains("{*") || path == "/healthz";
    let there: BTreeSet<String> = routes
        .iter()
        .filter(|rule| is_api(rule.path))
        .map(|rule| rule.path.to_owned())
        .collect();
    assert_eq!(described, there);
    let page = server.get("/reference").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        there.iter().all(|path| page.body.contains(path.as_str())),
        "{}",
        page.body
    );
}

/// What is said of an answer's shape is what an answer has.
#[tokio::test]
async fn an_answer_has_the_fields_that_are_described() {
    let server = Server::small();
    let document = server.get("/api/v1/openapi.json").await.json();
    let schemas = &document["components"]["schemas"];
    let answer = server.get("/api/v1/ask/returns").await.json();
    for (name, found) in [("Answer", &answer), ("Figure", &answer["figures"][0])] {
        let fields = schemas[name]["properties"].as_object().unwrap();
        for field in found.as_object().unwrap().keys() {
            assert!(fields.contains_key(field), "{name} has no {field}");
        }
        for field in schemas[name]["required"].as_array().unwrap() {
            assert!(!found[field.as_str().unwrap()].is_null(), "{name}: {field}");
        }
    }
    let mut text = document.to_string();
    while let Some(at) = text.find("\"#/components/schemas/") {
        text = text.split_off(at + 22);
        let name = text.split('"').next().unwrap();
        assert!(schemas[name].is_object(), "{name} is not there");
    }
}

#[tokio::test]
async fn every_parameter_of_a_question_is_described() {
    let server = Server::small();
    let document = server.get("/api/v1/openapi.json").await.json();
    let described: Vec<&str> = document["paths"]["/api/v1/ask/{key}"]["get"]["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|parameter| parameter["name"].as_str().unwrap())
        .collect();
    let refused = server.get("/api/v1/ask/returns?no=1").await.json();
    let known = refused["error"]["message"].as_str().unwrap().to_owned();
    let names: Vec<&str> = known.split('`').skip(3).step_by(2).collect();
    assert!(!names.is_empty());
    assert_eq!(described[1..], names[..]);
}
