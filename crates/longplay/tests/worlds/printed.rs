//! A whole answer as text that a person can review and a diff can show: a line a figure, a row, a point, a caution.
//!
//! Nothing is left out but the number of the snapshot. Numbers are rounded to six significant digits, so that another machine's last
//! bits change nothing.

use std::fmt::Write;

use serde_json::{Map, Value};

pub fn printed(answer: &Value) -> String {
    let mut text = String::new();
    let mut rest = answer.as_object().unwrap().clone();
    rest.remove("snapshot");
    let mut take = |key: &str| rest.remove(key).unwrap_or(Value::Null);
    let (question, as_of, zone) = (take("question"), take("as_of"), take("zone"));
    writeln!(text, "{} as of {} in {}", plain(&question), plain(&as_of), plain(&zone)).unwrap();
    writeln!(text, "\n{}\n", plain(&take("sentence"))).unwrap();
    let (grade, level, method) = (take("grade"), take("level"), take("method"));
    writeln!(text, "{}, level {}, {}", plain(&grade), plain(&level), plain(&method)).unwrap();
    for caution in list(&take("cautions")) {
        writeln!(text, "{}: {}", plain(&caution["code"]), plain(&caution["message"])).unwrap();
    }
    text.push_str("\nfigures\n");
    list(&take("figures"))
        .iter()
        .for_each(|figure| writeln!(text, "  {}", line(figure)).unwrap());
    text.push_str("\nrows\n");
    list(&take("rows"))
        .iter()
        .for_each(|row| writeln!(text, "  {}", compact(row)).unwrap());
    for series in list(&take("series")) {
        let mut series = series.as_object().unwrap().clone();
        let points = series.remove("points").unwrap();
        writeln!(text, "\nseries {}", compact(&Value::Object(series))).unwrap();
        list(&points)
            .iter()
            .for_each(|point| writeln!(text, "  {}", line(point)).unwrap());
    }
    if !rest.is_empty() {
        writeln!(text, "\nbeside that {}", compact(&Value::Object(rest))).unwrap();
    }
    text
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| compact(value), str::to_owned)
}

/// A figure or a point: what it is, its numbers, and whatever else it says.
fn line(item: &Value) -> String {
    let mut rest = item.as_object().unwrap().clone();
    let mut words = Vec::new();
    for key in ["day", "key", "unit"] {
        words.extend(rest.remove(key).map(|value| plain(&value)));
    }
    words.extend(rest.remove("scope").map(|scope| compact(&scope)));
    for key in ["n", "count"] {
        words.extend(rest.remove(key).map(|value| format!("{key} {}", plain(&value))));
    }
    let mut number = |key: &str| {
        rest.remove(key)
            .filter(|value| !value.is_null())
            .map(|value| plain(&value))
    };
    let (value, low, high) = (number("value"), number("low"), number("high"));
    words.push(format!("= {}", value.as_deref().unwrap_or("?")));
    if low.is_some() || high.is_some() {
        let end = |end: Option<String>| end.unwrap_or_else(|| "?".to_owned());
        words.push(format!("[{}, {}]", end(low), end(high)));
    }
    words.extend(
        rest.remove("state")
            .map(|state| plain(&state))
            .filter(|state| state != "known"),
    );
    rest.retain(|key, value| !(value.is_null() || key == "marked" && *value == false));
    if !rest.is_empty() {
        words.push(compact(&Value::Object(rest)));
    }
    words.join(" ")
}

/// JSON in one line, its numbers rounded.
fn compact(value: &Value) -> String {
    rounded(value).to_string()
}

fn rounded(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            let number = number.as_f64().unwrap();
            let short: f64 = format!("{number:.5e}").parse().unwrap();
            // What is left of a difference of equal numbers says nothing, and differs between machines.
            let short = if short.abs() < 1e-9 { 0.0 } else { short };
            Value::from(short)
        }
        Value::Array(items) => items.iter().map(rounded).collect(),
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| (key.clone(), rounded(value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

#[test]
fn nothing_is_left_out_and_last_bits_do_not_show() {
    let answer = serde_json::json!({
        "question": "returns", "as_of": "2026-01-01T00:00:00Z", "zone": "UTC", "snapshot": 7, "sentence": "So it is.",
        "grade": "counted", "level": 0.9, "method": "/methods/returns",
        "figures": [{"key": "k", "unit": "share", "scope": {}, "n": 3, "count": 1, "value": 0.333_333_333_3, "low": null,
                     "high": 0.5, "state": "too_early", "ready_on": "2026-02-01"}],
        "rows": [{"piece": "a"}], "cautions": [{"code": "c", "message": "Mind."}], "new": 1,
        "series": [{"key": "s", "points": [{"day": "2026-01-01", "n": 2, "value": 2.0, "marked": true}]}],
    });
    let expected = "returns as of 2026-01-01T00:00:00Z in UTC\n\nSo it is.\n\ncounted, level 0.9, /methods/returns\nc: Mind.\n\n\
        figures\n  k share {} n 3 count 1 = 0.333333 [?, 0.5] too_early {\"ready_on\":\"2026-02-01\"}\n\nrows\n  {\"piece\":\"a\"}\n\n\
        series {\"key\":\"s\"}\n  2026-01-01 n 2 = 2.0 {\"marked\":true}\n\nbeside that {\"new\":1}\n";
    assert_eq!(printed(&answer), expected);
}
