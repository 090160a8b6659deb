//! The words of the language, and what to say to whoever wrote something else.

use crate::{
    Act,
    rule::{
        Place, RuleError,
        lex::{Kind, Token},
    },
};

/// Words that can't be a value without quotes, for there they mean something.
pub const RESERVED: [&str; 7] = ["and", "or", "not", "in", "is", "known", "unknown"];

/// What a condition can begin with, beside the places.
const BEGINNINGS: [&str; 7] = ["first", "last", "did", "spent", "trait", "days", "not"];

/// What people write who mean something else, and what to tell them.
const HINTS: [(&str, &str); 9] = [
    (
        "language",
        "a language is what a person is said to speak: `trait language is de`",
    ),
    (
        "locale",
        "a locale is something said of a person: `trait locale is de-AT`",
    ),
    (
        "email",
        "what is said of a person is a trait: `trait company contains \"museum\"`; handles are never looked at",
    ),
    ("bought", "write `did purchased`, or `spent at least 100 EUR`"),
    (
        "has",
        "write `did` and an act, such as `did signed_up`, or `trait` and its name, such as `trait plan is pro`",
    ),
    ("never", "write `not did` and an act, such as `not did purchased`"),
    ("no", "write `not` before a condition, such as `not did purchased`"),
    ("visited", "write `did viewed`, such as `did viewed at least 3 times`"),
    ("property", "write `trait` and its name, such as `trait plan is pro`"),
];

pub fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word))
}

/// How a token is named in a message.
pub fn shown(token: &Token) -> String {
    const CHARS_MAX: usize = 40;
    let cut = |text: &str| -> String {
        let kept: String = text
            .chars()
            .filter(|letter| !letter.is_control())
            .take(CHARS_MAX)
            .collect();
        if kept.len() < text.len() { kept + "…" } else { kept }
    };
    match &token.kind {
        Kind::Word(word) => format!("`{}`", cut(word)),
        Kind::Quoted(text) => format!("“{}”", cut(text)),
        Kind::Open => "`(`".to_owned(),
        Kind::Close => "`)`".to_owned(),
        Kind::Comma => "`,`".to_owned(),
        Kind::Sign(comparison) => format!("`{}`", comparison.sign()),
        Kind::End => "the end of the rule".to_owned(),
    }
}

/// No condition begins like this.
pub fn no_condition(token: &Token) -> RuleError {
    const EXAMPLES: &str = "`country is AT`, `did purchased` or `trait plan is pro`";
    let message = match &token.kind {
        Kind::Word(word) => {
            let word = word.to_lowercase();
            let places = Place::ALL.map(Place::name);
            let hint = HINTS.iter().find(|(wrong, _)| *wrong == word);
            if let Some((_, hint)) = hint {
                (*hint).to_owned()
            } else if Act::of(&word) != Act::Other || Act::named(&word).is_some() {
                format!("an act needs `did` before it: `did {word}`")
            } else if let Some(near) = nearest(&word, places.iter().chain(&BEGINNINGS)) {
                format!("no condition begins with `{word}`; did you mean `{near}`?")
            } else {
                let found = shown(token);
                format!(
                    "expected a condition such as {EXAMPLES}, found {found}; for something said of a person write `trait {word} …`"
                )
            }
        }
        _ => format!("expected a condition such as {EXAMPLES}, found {}", shown(token)),
    };
    RuleError::new(token.span.clone(), message)
}

/// No act is called like this.
pub fn no_act(token: &Token, word: &str) -> RuleError {
    let names = Act::ALL.map(Act::name);
    let lower = word.to_lowercase();
    let message = match nearest(&lower, names.iter()) {
        Some(near) => format!("no act is called {}; did you mean `{near}`?", shown(token)),
        None => format!(
            "no act is called {}; there are {}. An event by the name it was sent with stands in quotes: `did \"Lesson Finished\"`",
            shown(token),
            names.join(", ")
        ),
    };
    RuleError::new(token.span.clone(), message)
}

/// The word that differs in at most two letters (one, for short words), and least.
fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a &'static str>) -> Option<&'static str> {
    const LETTERS_MAX: usize = 20;
    if word.chars().count() > LETTERS_MAX {
        return None;
    }
    let most = if word.chars().count() < 5 { 1 } else { 2 };
    let near = known.map(|known| (distance(word, known), *known));
    near.filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, known)| known)
}

/// How many letters to put in, take out or change to make one of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, &wanted) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != wanted);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}
