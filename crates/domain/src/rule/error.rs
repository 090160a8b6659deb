//! What is wrong with a rule, and where.

use std::ops::Range;

/// Most characters of the rule shown on either side of what is wrong.
const SHOWN_CHARS_MAX: usize = 60;

/// A text is no rule. The message says what was expected and what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RuleError {
    /// The bytes that are wrong; empty where something is missing.
    pub span: Range<usize>,
    pub message: String,
}

impl RuleError {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
        }
    }

    /// The message, the line of the rule, and a line of carets below the words that are wrong.
    pub fn shown(&self, rule: &str) -> String {
        let start = floor(rule, self.span.start);
        let end = floor(rule, self.span.end.max(start));
        let line_start = rule[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = rule[start..].find('\n').map_or(rule.len(), |at| start + at);
        let end = end.min(line_end);
        let before: Vec<char> = rule[line_start..start].chars().map(plain).collect();
        let wrong: String = rule[start..end].chars().map(plain).take(SHOWN_CHARS_MAX).collect();
        let is_cut = wrong.chars().count() < rule[start..end].chars().count();
        let after: Vec<char> = rule[end..line_end].chars().map(plain).collect();
        let mut line = String::new();
        let from = before.len().saturating_sub(SHOWN_CHARS_MAX);
        if from > 0 {
            line.push('…');
        }
        line.extend(&before[from..]);
        let indent = line.chars().count();
        line.push_str(&wrong);
        if is_cut {
            line.push('…');
        } else {
            line.extend(after.iter().take(SHOWN_CHARS_MAX));
            if after.len() > SHOWN_CHARS_MAX {
                line.push('…');
            }
        }
        let carets = "^".repeat(wrong.chars().count().max(1));
        format!("{}\n  {}\n  {:indent$}{carets}", self.message, line.trim_end(), "")
    }
}

/// The nearest border between characters at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// One place on the line for every character.
fn plain(letter: char) -> char {
    if letter.is_control() || letter.is_whitespace() {
        ' '
    } else {
        letter
    }
}
