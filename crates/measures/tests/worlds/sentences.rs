//! Every sentence of every question, over worlds cut at their edges, is one an owner can read aloud and believe.
//!
//! It ends in a full stop, says nothing like NaN or "1 people", claims no cause below the grade *compared*, and each "X in 100",
//! "N people" and range in it is a figure of the same answer.

mod claims;
mod cuts;

use longplay_measures::By;
use longplay_testkit::worlds::{ALL, Size};
use serde_json::Value;

use crate::held::Held;

/// A cut changes what happened; each is asked by everything the question can be broken down by.
#[test]
fn every_sentence_can_be_read_aloud_and_believed() {
    let mut wrong = Vec::new();
    let mut walked = 0;
    for (name, make) in ALL {
        for (cut, world) in cuts::of(&make(1, Size::Small)) {
            let held = Held::new(&world);
            // A breakdown changes no more than which scopes there are, so the full and the empty world show all of it.
            let bys = if matches!(cut, "whole" | "nothing") {
                By::ALL.to_vec()
            } else {
                vec![By::default()]
            };
            for by in bys {
                wrong.extend(walk(&held, by, &format!("{name}, {cut}"), &mut walked));
            }
        }
    }
    assert!(walked > 500);
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}

/// All questions, of everybody and of a range in which nobody arrived.
fn walk(held: &Held, by: By, place: &str, walked: &mut usize) -> Vec<String> {
    let whole = held.question(by);
    let mut nobody = whole.clone();
    nobody.period.to = Some(held.as_of.plus(-10_000));
    let mut wrong = Vec::new();
    let ranges = [("all", whole), ("nobody's range", nobody)];
    let asked = if by == By::default() { 2 } else { 1 };
    for (range, question) in ranges.into_iter().take(asked) {
        for answer in held.ask(&question) {
            *walked += 1;
            let place = format!(
                "{place}, {range}, {} by {}",
                answer["question"].as_str().unwrap(),
                by.name()
            );
            wrong.extend(
                claims::faults(&answer)
                    .into_iter()
                    .map(|fault| format!("{place}: {fault}")),
            );
        }
    }
    wrong
}

/// What of an answer is read aloud.
fn read_aloud(answer: &Value) -> Vec<String> {
    let mut texts = vec![answer["sentence"].as_str().unwrap().to_owned()];
    for caution in answer["cautions"].as_array().unwrap() {
        texts.push(caution["message"].as_str().unwrap().to_owned());
    }
    texts
}
