//! `longplay person`: who is one with whom, told by the owner and by what sites send.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use serde_json::Value;

use super::{harness::Workspace, serve::Server};

fn card(workspace: &Workspace, handle: &str) -> Value {
    let done = workspace.run(&["person", "show", handle, "--json"]);
    assert_eq!(done.code, 0, "{}", done.err);
    serde_json::from_str(&done.out).unwrap()
}

fn people(workspace: &Workspace) -> u64 {
    let done = workspace.run(&["ask", "goals", "--json"]);
    let answer: Value = serde_json::from_str(&done.out).unwrap();
    let figures = answer["figures"].as_array().unwrap();
    let people = figures.iter().find(|figure| figure["key"] == "people").unwrap();
    people["count"].as_u64().unwrap()
}

#[test]
fn the_owner_makes_two_handles_one_person_and_takes_it_back() {
    let workspace = Workspace::with_events();
    assert_eq!(people(&workspace), 2);
    let ada = card(&workspace, "ada");
    assert_eq!(ada["handles"], serde_json::json!(["custom:ada"]));
    assert_eq!(
        (ada["events"].as_u64(), ada["links"].as_array().unwrap().len()),
        (Some(3), 0)
    );
    assert_eq!(ada["first"], "2026-01-01T10:00:00Z");

    let merged = workspace.run(&["person", "merge", "ada", "custom:bob", "--why", "one and the same"]);
    assert_eq!(merged.code, 0, "{}", merged.err);
    assert_eq!(people(&workspace), 1);
    let both = card(&workspace, "bob");
    assert_eq!(both["events"], 4);
    assert_eq!(both["links"][0]["evidence"], "merge");
    assert_eq!(both["links"][0]["undone"], false);
    let export = workspace.run(&["person", "export", "ada"]);
    let held: Value = serde_json::from_str(&export.out).unwrap();
    assert_eq!(held["events"].as_array().unwrap().len(), 4);

    let id = both["links"][0]["id"].as_str().unwrap();
    assert_eq!(workspace.run(&["person", "unlink", id]).code, 0);
    assert_eq!(
        (people(&workspace), card(&workspace, "ada")["events"].as_u64()),
        (2, Some(3))
    );
    assert_eq!(card(&workspace, "ada")["links"][0]["undone"], true);
}

#[test]
fn who_is_not_known_is_told_so() {
    let workspace = Workspace::with_events();
    for (arguments, code) in [
        (&["person", "show", "nobody"][..], 1),
        (&["person", "show", "email:"], 2),
        (&["person", "unlink", "12"], 1),
        (&["person", "merge", "ada", "ada", "--why", "x"], 1),
        (&["person", "merge", "ada", "bob"], 2),
    ] {
        let done = workspace.run(arguments);
        assert_eq!(done.code, code, "{arguments:?}: {}{}", done.out, done.err);
        assert!(!done.err.is_empty());
    }
}

#[test]
fn a_visitor_who_signs_in_is_one_person_to_every_answer() {
    let workspace = Workspace::new();
    let key = workspace
        .run(&["key", "create", "--name", "site"])
        .out
        .trim()
        .to_owned();
    let server = Server::start(&mut workspace.command(&["serve", "--listen", "127.0.0.1:0"]));
    let body = r#"{"batch":[
        {"type":"page","messageId":"m1","anonymousId":"a1","properties":{"path":"/one"}},
        {"type":"page","messageId":"m2","anonymousId":"a2","properties":{"path":"/one"}},
        {"type":"identify","messageId":"m3","anonymousId":"a1","userId":"ada","traits":{"email":"ada@x.io"}}]}"#;
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let head = format!(
        "POST /v1/batch HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Write-Key: {key}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    // Another process sees it while the server goes on.
    let ada = card(&workspace, "email:ada@x.io");
    assert_eq!(
        ada["handles"],
        serde_json::json!(["anonymous:a1", "email:ada@x.io", "user:ada"])
    );
    assert_eq!(ada["events"], 2);
    assert_eq!(card(&workspace, "anonymous:a2")["events"], 1);
    assert_eq!(people(&workspace), 2);
}
