//! From text to words, quoted texts and signs, each with its place.

use std::ops::Range;

use super::{Comparison, RuleError};

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// As written: whether it is a keyword depends on where it stands.
    Word(String),
    /// Never a keyword.
    Quoted(String),
    Open,
    Close,
    Comma,
    Sign(Comparison),
    End,
}

#[derive(Clone, Debug)]
pub struct Token {
    pub kind: Kind,
    pub span: Range<usize>,
}

/// Whether a letter can stand in a word without quotes.
pub fn is_bare(letter: char) -> bool {
    !letter.is_whitespace()
        && !letter.is_control()
        && !matches!(
            letter,
            '(' | ')' | ',' | '"' | '“' | '”' | '<' | '>' | '=' | '!' | '&' | '|'
        )
}

/// The tokens of a text, the last one [`Kind::End`].
pub fn tokens(text: &str) -> Result<Vec<Token>, RuleError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        let rest = &text[at..];
        let (kind, length) = match letter {
            letter if letter.is_whitespace() => {
                at += letter.len_utf8();
                continue;
            }
            '(' => (Kind::Open, 1),
            ')' => (Kind::Close, 1),
            ',' => (Kind::Comma, 1),
            '"' => quoted(rest, at, '"')?,
            '“' => quoted(rest, at, '”')?,
            letter if is_bare(letter) => {
                let length = rest.find(|letter| !is_bare(letter)).unwrap_or(rest.len());
                (Kind::Word(rest[..length].to_owned()), length)
            }
            _ => sign(rest, at)?,
        };
        tokens.push(Token {
            kind,
            span: at..at + length,
        });
        at += length;
    }
    tokens.push(Token {
        kind: Kind::End,
        span: text.len()..text.len(),
    });
    Ok(tokens)
}

/// A quoted text from its opening quote on; `\"` and `\\` stand for the second letter.
fn quoted(rest: &str, at: usize, close: char) -> Result<(Kind, usize), RuleError> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((index, letter)) = letters.next() {
        if letter == close {
            return Ok((Kind::Quoted(text), index + letter.len_utf8()));
        }
        let escaped = (letter == '\\')
            .then(|| letters.next_if(|(_, next)| *next == '\\' || *next == close))
            .flatten();
        text.push(escaped.map_or(letter, |(_, escaped)| escaped));
    }
    let message = "this quote is never closed; put a quote where the text ends";
    Err(RuleError::new(at..at + rest.len(), message))
}

fn sign(rest: &str, at: usize) -> Result<(Kind, usize), RuleError> {
    // The longer sign first: `>=` before `>`.
    let known = [
        Comparison::AtLeast,
        Comparison::AtMost,
        Comparison::MoreThan,
        Comparison::LessThan,
    ];
    if let Some(found) = known.into_iter().find(|comparison| rest.starts_with(comparison.sign())) {
        return Ok((Kind::Sign(found), found.sign().len()));
    }
    if rest.starts_with('=') {
        let length = if rest.starts_with("==") { 2 } else { 1 };
        return Ok((Kind::Sign(Comparison::Exactly), length));
    }
    let end = |signs: &[char]| rest.find(|letter| !signs.contains(&letter)).unwrap_or(rest.len());
    let (length, message) = match rest.chars().next() {
        Some('!') => (end(&['!', '=']), "write `is not`, or `not` before a condition"),
        Some('&') => (end(&['&']), "write `and`"),
        Some('|') => (end(&['|']), "write `or`"),
        Some('”') => ('”'.len_utf8(), "this quote closes nothing; open it with “ or \""),
        other => (
            other.map_or(0, char::len_utf8),
            "this letter means nothing here; put texts that hold it in quotes",
        ),
    };
    Err(RuleError::new(at..at + length, message))
}
