//! `longplay ideal` and `segment`.

use serde_json::{Value, json};

use super::harness::Workspace;

#[test]
fn whom_you_want_is_set_shown_tried_and_taken_back() {
    let workspace = Workspace::with_events();
    let shown = || workspace.json(&["ideal", "show", "--json"])["rule"].clone();
    assert_eq!(shown(), Value::Null);
    assert_eq!(workspace.run(&["ideal", "try"]).code, 2);
    let done = workspace.run(&["ideal", "set", "DID purchase and spent >= 12.5 eur"]);
    let form = "did purchased and spent at least 12.50 EUR";
    assert_eq!(
        (done.code, done.out),
        (0, format!("Whom you want: {form}\n")),
        "{}",
        done.err
    );
    assert_eq!(shown(), form);

    let tried = workspace.json(&["ideal", "try", "--json"]);
    assert_eq!(
        (&tried["rule"], &tried["people"], &tried["yes"], &tried["no"]),
        (&json!(form), &json!(2), &json!(1), &json!(1))
    );
    let tried = workspace.run(&["ideal", "try", "country is AT or days present >= 3"]);
    assert_eq!(
        tried.out,
        "Of 2 people, the rule says yes of 1 and no of 0; of 1 it is not known.\n\n\
         condition                yes  no  not known\n\
         country is AT              0   0          2\n\
         days present at least 3    1   1          0\n",
        "{}",
        tried.err
    );
    assert_eq!(shown(), form, "trying keeps nothing");
    assert_eq!(workspace.run(&["ideal", "clear"]).code, 0);
    assert_eq!(shown(), Value::Null);
}

#[test]
fn a_mistake_is_a_usage_error_that_points_at_the_word() {
    let workspace = Workspace::with_events();
    for command in [&["ideal", "set"][..], &["ideal", "try"], &["segment", "set", "pros"]] {
        let done = workspace.run(&[command, &["country is AT and contry is DE"]].concat());
        assert_eq!(done.code, 2, "{command:?}");
        assert_eq!(
            done.err,
            "longplay: no condition begins with `contry`; did you mean `country`?\n  country is AT and contry is DE\n                    ^^^^^^\n"
        );
    }
    assert_eq!(workspace.json(&["ideal", "show", "--json"])["rule"], Value::Null);
    assert_eq!(
        workspace.json(&["segment", "list", "--json"]),
        json!({ "segments": [] })
    );
}

#[test]
fn segments_are_saved_replaced_listed_and_removed() {
    let workspace = Workspace::with_events();
    let saved = || workspace.json(&["segment", "list", "--json"])["segments"].clone();
    assert_eq!(workspace.run(&["segment", "set", "pros", "trait plan is pro"]).code, 0);
    assert_eq!(workspace.run(&["segment", "set", "austria", "country is at"]).code, 0);
    assert_eq!(
        workspace
            .run(&["segment", "set", "pros", "trait plan in (pro, team)"])
            .code,
        0
    );
    let expected = json!([
        {"name": "austria", "rule": "country is AT"},
        {"name": "pros", "rule": "trait plan in (pro, team)"},
    ]);
    assert_eq!(saved(), expected);
    let list = workspace.run(&["segment", "list"]).out;
    assert_eq!(
        list,
        "segment  rule\naustria  country is AT\npros     trait plan in (pro, team)\n"
    );
    for wrong in [
        &["segment", "set", "Big Pros", "did viewed"][..],
        &["segment", "remove", "Big Pros"],
    ] {
        assert_eq!(workspace.run(wrong).code, 2, "{wrong:?}");
    }
    let people = |options: &[&str]| {
        workspace.json(&[&["ask", "returns", "--json"], options].concat())["figures"][0]["n"].clone()
    };
    assert_eq!(people(&[]), 2);
    assert_eq!(people(&["--where", "did purchased"]), 1);
    assert_eq!(people(&["--segment", "pros", "--where", "did purchased"]), 0);
    assert_eq!(workspace.run(&["ask", "returns", "--segment", "amateurs"]).code, 2);
    assert_eq!(workspace.run(&["segment", "remove", "pros"]).code, 0);
    assert_eq!(workspace.run(&["segment", "remove", "pros"]).code, 1);
    assert_eq!(saved(), json!([expected[0]]));
    assert_eq!(workspace.run(&["check"]).code, 0);
}
