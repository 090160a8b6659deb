//! Files that are hardly data, wrong, or very large: an answer in words, never a panic, a hang or a number that isn't one.

use super::*;

const HEADS: [(&str, &str); 17] = [
    ("nbd", "x,t_x,T"),
    ("bg-nbd", "x,t_x,T"),
    ("mbg-nbd", "x,t_x,T"),
    ("pareto-nbd", "x,t_x,T"),
    ("mbg-cnbd-k", "x,t_x,T"),
    ("bg-bb", "x,t_x,n"),
    ("gamma-gamma", "x,m"),
    ("sbg", "t,survivors"),
    ("bdw", "t,survivors"),
    ("kaplan-meier", "time,event"),
    ("weibull", "time,event"),
    ("weibull-cure", "time,event"),
    ("attribution", "path,conversions,value,nulls"),
    ("spikes", "day,value"),
    ("impact", "day,value"),
    ("beta-binomial", "name,k,n"),
    ("gamma-poisson", "name,k,exposure"),
];

fn arguments(model: &str) -> Vec<&'static str> {
    if model == "impact" {
        vec!["--start", "2026-01-01", "--json"]
    } else {
        vec!["--json"]
    }
}

fn assert_is_sound(model: &str, done: &Done) {
    let found: Value =
        serde_json::from_str(&done.out).unwrap_or_else(|error| panic!("{model}: {error}: {} {}", done.out, done.err));
    assert_eq!(found["model"].as_str().map(|_| ()), Some(()), "{model}");
    let parameters = found["parameters"].as_object().unwrap();
    assert!(
        parameters.values().all(|range| range["value"].is_number()),
        "{model}: {}",
        done.out
    );
    for key in ["parameters", "log_likelihood", "n", "warnings"] {
        assert!(found.get(key).is_some(), "{model}: {key}");
    }
}

#[test]
fn nobody_is_too_early() {
    let desk = Desk::new();
    for (model, head) in HEADS {
        let done = desk.run(model, &format!("{head}\n"), &arguments(model));
        assert_eq!(done.code, 3, "{model}: {}", done.err);
        assert_is_sound(model, &done);
        let found: Value = serde_json::from_str(&done.out).unwrap();
        assert!(codes(&found).contains(&"too_early"), "{model}: {}", done.out);
        assert!(done.err.contains("no row"), "{model}: {}", done.err);
    }
}

#[test]
fn one_row_all_zero_and_all_alike() {
    let desk = Desk::new();
    let rows = |model: &str| -> [String; 3] {
        let many = |row: &str| format!("{row}\n").repeat(300);
        match model {
            "bg-bb" => ["2,4,6\n".into(), many("0,0,6"), many("6,6,6")],
            "gamma-gamma" => ["2,9.5\n".into(), many("0,0"), many("3,20")],
            "sbg" | "bdw" => [
                "0,100\n".into(),
                "0,0\n1,0\n2,0\n".into(),
                "0,50\n1,50\n2,50\n3,50\n".into(),
            ],
            "kaplan-meier" | "weibull" | "weibull-cure" => ["4,1\n".into(), many("7,0"), many("3,1")],
            "attribution" => ["a > b,1,2,0\n".into(), "a > b,0,0,0\nb,0,0,9\n".into(), many("a,1,1,1")],
            "spikes" | "impact" => {
                let series = |value: f64| {
                    (0..150)
                        .map(|day| format!("{},{value}\n", 20_400 + day))
                        .collect::<String>()
                };
                ["2026-01-01,5\n".into(), series(0.0), series(12.0)]
            }
            "beta-binomial" | "gamma-poisson" => ["a,1,2\n".into(), many("a,0,10"), many("a,10,10")],
            _ => ["3,5,9\n".into(), many("0,0,9"), many("3,9,9")],
        }
    };
    for (model, head) in HEADS {
        for rows in rows(model) {
            let mut more = arguments(model);
            if model == "impact" {
                more[1] = if rows.starts_with("20400") {
                    "20480"
                } else {
                    "2026-01-01"
                };
            }
            let done = desk.run(model, &format!("{head}\n{rows}"), &more);
            assert_eq!(done.code, 0, "{model} {}: {}", &rows[..rows.len().min(20)], done.err);
            assert_is_sound(model, &done);
            let people = desk.run(model, &format!("{head}\n{rows}"), &more[..more.len() - 1]);
            assert_eq!(people.code, 0, "{model}: {}", people.err);
            assert!(
                people.out.starts_with(model) || people.out.starts_with("nbd"),
                "{model}: {}",
                people.out
            );
        }
    }
}

/// Wrong cells name their row (the header is row 1) and column, and nothing is answered.
#[test]
fn a_wrong_cell_is_refused_with_its_place() {
    let desk = Desk::new();
    for (model, content, place, reason) in [
        ("bg-nbd", "x,t_x,T\n1,5,9\n1,inf,9\n", "row 3, column t_x", "finite"),
        ("bg-nbd", "x,t_x,T\n1,5,nan\n", "row 2, column T", "finite"),
        ("mbg-nbd", "x,t_x,T\n-1,5,9\n", "row 2, column x", "negative"),
        ("pareto-nbd", "x,t_x,T\n1.5,5,9\n", "row 2, column x", "whole"),
        ("nbd", "x,t_x,T\n1,10,9\n", "row 2", "after the end"),
        ("nbd", "x,t_x,T\n0,3,9\n", "row 2", "both be 0"),
        ("nbd", "x,t_x,T,weight\n1,3,9,-2\n", "row 2, column weight", "negative"),
        ("bg-bb", "x,t_x,n\n5,4,6\n", "row 2", "x ≤ t_x"),
        ("gamma-gamma", "x,m\n2,-4\n", "row 2, column m", "negative"),
        (
            "kaplan-meier",
            "time,event\n3,maybe\n",
            "row 2, column event",
            "must be 1",
        ),
        (
            "kaplan-meier",
            "time,event\n3,1\n-3,0\n",
            "row 3, column time",
            "negative",
        ),
        ("weibull", "time,event\n3,1\n0,1\n", "row 3, column time", "half a day"),
        (
            "attribution",
            "path,conversions,value,nulls\na >  > b,1,1,1\n",
            "row 2, column path",
            "empty step",
        ),
        (
            "attribution",
            "path,conversions,value,nulls\na>b,1,1,1\n",
            "row 2, column path",
            "blanks",
        ),
        (
            "attribution",
            "path,conversions,value,nulls\na,-1,1,1\n",
            "row 2, column conversions",
            "negative",
        ),
        ("spikes", "day,value\n2026-02-30,4\n", "row 2, column day", "YYYY-MM-DD"),
        (
            "spikes",
            "day,value\n2026-02-03,4\n7,4\n",
            "row 3, column day",
            "otherwise",
        ),
        ("spikes", "day,value\n-1,4\n", "row 2, column day", "YYYY-MM-DD"),
        (
            "spikes",
            "day,value\n2026-02-03,-4\n",
            "row 2, column value",
            "negative",
        ),
        ("beta-binomial", "name,k,n\na,5,4\n", "row 2", "larger than n"),
        (
            "gamma-poisson",
            "name,k,exposure\na,5,0\n",
            "row 2, column exposure",
            "no exposure",
        ),
        ("sbg", "t,survivors\n0,10\n0,9\n", "row 3, column t", "earlier row"),
    ] {
        let done = desk.run(model, content, &["--json"]);
        assert_eq!((done.code, done.out.as_str()), (1, ""), "{model} {content}");
        assert!(
            done.err.contains(place) && done.err.contains(reason),
            "{model} {content}: {}",
            done.err
        );
    }
    for (model, content, reason) in [
        ("spikes", "day,value\n2026-02-03,4\n2026-02-03,5\n", "two rows"),
        ("sbg", "t,survivors\n0,10\n2,9\n", "1 is missing"),
        ("sbg", "t,survivors\n0,10\n1,11\n", "more survivors"),
    ] {
        let done = desk.run(model, content, &[]);
        assert!(
            done.code == 1 && done.err.contains(reason),
            "{model} {content}: {}",
            done.err
        );
    }
}

#[test]
fn files_and_options_that_make_no_sense() {
    let desk = Desk::new();
    let rows = "x,t_x,T\n1,5,9\n";
    for (model, content, more, code) in [
        ("bg-nbd", "a,b\n1,2\n", &[][..], 3),
        ("bg-nbd", "", &[], 3),
        ("bg-nbd", rows, &["--at", "r=1"], 2),
        ("bg-nbd", rows, &["--at", "r=1,alpha=1,a=1,b=1,c=1"], 2),
        ("bg-nbd", rows, &["--at", "r=-1,alpha=1,a=1,b=1"], 2),
        ("bg-nbd", rows, &["--level", "1"], 2),
        ("bg-nbd", rows, &["--horizon", "-3"], 2),
        ("bg-nbd", rows, &["--start", "2026-01-01"], 2),
        ("bg-nbf", rows, &[], 2),
        ("mbg-cnbd-k", rows, &["--at", "r=1,alpha=1,a=1,b=1,k=1.5"], 2),
        ("kaplan-meier", "time,event\n1,1\n", &["--at", "r=1"], 2),
        ("attribution", "path,conversions\na,1\n", &["--horizon", "3"], 2),
        (
            "weibull-cure",
            "time,event\n1,1\n",
            &["--at", "lambda=1,rho=1,cured=1"],
            2,
        ),
    ] {
        let done = desk.run(model, content, more);
        assert_eq!(
            (done.code, done.out.as_str()),
            (code, ""),
            "{model} {more:?}: {}",
            done.err
        );
        assert!(!done.err.is_empty());
    }
    let mut nowhere = longplay();
    nowhere.args(["estimate", "nbd", "--input", "no/such/file.csv"]);
    let done = Done::of(&mut nowhere);
    assert!(done.code == 1 && done.err.contains("no/such/file.csv"), "{}", done.err);
}

/// However the same table is written and ordered, the answer is the same to the last digit.
#[test]
fn writing_order_and_weights_change_no_digit() {
    let desk = Desk::new();
    let plain = cdnow();
    let answer = |content: &str| {
        let done = desk.run("mbg-nbd", content, &["--json"]);
        assert_eq!(done.code, 0, "{}", done.err);
        done.out
    };
    let wanted = answer(&plain);
    let mut lines: Vec<&str> = plain.lines().skip(1).collect();
    lines.reverse();
    assert_eq!(answer(&format!("customer,x,t_x,T\n{}\n", lines.join("\n"))), wanted);
    let other: String = plain
        .replace(',', ";")
        .replace('\n', "\r\n")
        .replacen("x;t_x;T", " X ;T_X;t", 1);
    assert_eq!(answer(&format!("\u{feff}{other}")), wanted);
    let mut weighted: std::collections::BTreeMap<&str, u32> = std::collections::BTreeMap::new();
    lines
        .iter()
        .for_each(|line| *weighted.entry(line.split_once(',').unwrap().1).or_default() += 1);
    let weighted: String = weighted.iter().map(|(row, count)| format!("{row},{count}\n")).collect();
    assert_eq!(answer(&format!("x,t_x,T,weight\n{weighted}")), wanted);
}

/// Half a year of daily counts that are thirds: sums of weights that are no whole numbers keep their order too.
#[test]
fn fractional_weights_in_any_order() {
    let desk = Desk::new();
    let row = |index: usize| {
        format!(
            "{},{},0.{}\n",
            1 + index * 7 % 40,
            usize::from(!index.is_multiple_of(3)),
            1 + index * 13 % 7
        )
    };
    let rows: Vec<String> = (0..500).map(row).collect();
    let forth = desk.run(
        "weibull-cure",
        &format!("time,event,weight\n{}", rows.concat()),
        &["--json"],
    );
    let back: String = rows.iter().rev().map(String::as_str).collect();
    let back = desk.run("weibull-cure", &format!("time,event,weight\n{back}"), &["--json"]);
    assert_eq!((forth.code, forth.out), (0, back.out));
}

#[test]
fn old_customers_of_a_young_file_show_no_drop_out() {
    let desk = Desk::new();
    let row = |index: usize| {
        format!(
            "{},{},20\n",
            index % 9,
            if index.is_multiple_of(9) {
                0.0
            } else {
                20.0 - (index % 5) as f64 / 10.0
            }
        )
    };
    let rows: String = (0..2_000).map(row).collect();
    let found = desk.json("bg-nbd", &format!("x,t_x,T\n{rows}"), &["--horizon", "5"]);
    assert_eq!(
        (&found["model"], codes(&found)),
        (&"nbd".into(), vec!["no_drop_out_visible"])
    );
    assert_eq!(found["rows"][5]["p_alive"], 1.0);
    assert!(found["parameters"].get("a").is_none());
}

#[test]
fn people_first_seen_at_the_end_are_scored_but_not_fitted() {
    let desk = Desk::new();
    let file = format!("{}new,0,0,0\n", cdnow());
    let found = desk.json("mbg-nbd", &file, &["--horizon", "39"]);
    assert_eq!((found["n"].as_u64(), codes(&found)), (Some(2358), vec!["just_arrived"]));
    let last = found["rows"].as_array().unwrap().last().unwrap().clone();
    let (a, b) = (
        number(&found["parameters"]["a"]["value"]),
        number(&found["parameters"]["b"]["value"]),
    );
    near(&last["p_alive"], b / (a + b), 1e-9);
    parameters(
        &found,
        &[("r", 0.524843), ("alpha", 6.183086), ("a", 0.891359), ("b", 1.614002)],
    );
}

#[test]
fn few_people_get_values_without_intervals() {
    let desk = Desk::new();
    let head: String = cdnow().lines().take(101).map(|line| format!("{line}\n")).collect();
    let found = desk.json("nbd", &head, &[]);
    assert_eq!(codes(&found), ["too_early"]);
    assert!(found["parameters"]["r"]["value"].is_f64() && found["parameters"]["r"]["low"].is_null());
}

/// What `export recurrence` writes is read as it stands.
#[test]
fn recurrence_goes_straight_in() {
    let workspace = super::super::harness::Workspace::with_events();
    let rows = workspace.run(&["export", "recurrence", "--as-of", "2026-01-31"]).out;
    let found = Desk::new().json("mbg-nbd", &rows, &["--at", "r=1,alpha=30,a=1,b=3", "--horizon", "30"]);
    let rows = found["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert!(
        rows.iter()
            .all(|row| row["person"].is_string() && number(&row["expected"]) > 0.0)
    );
}
