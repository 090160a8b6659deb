//! Where the parser stands among the tokens.

use std::ops::Range;

use super::words;
use crate::rule::{
    Comparison, RuleError,
    lex::{Kind, Token},
};

pub struct Cursor {
    /// Never empty; the last one is [`Kind::End`].
    tokens: Vec<Token>,
    at: usize,
    /// Whether what was taken last was a value of the owner's.
    took_value: bool,
}

impl Cursor {
    pub const fn new(tokens: Vec<Token>) -> Self {
        Self {
            tokens,
            at: 0,
            took_value: false,
        }
    }

    pub fn token(&self) -> &Token {
        &self.tokens[self.at]
    }

    pub fn span(&self) -> Range<usize> {
        self.token().span.clone()
    }

    pub fn is_at_end(&self) -> bool {
        self.token().kind == Kind::End
    }

    pub const fn is_after_value(&self) -> bool {
        self.took_value
    }

    /// The word it stands before, in lower case; a quoted text is no word.
    pub fn keyword(&self) -> Option<String> {
        match &self.token().kind {
            Kind::Word(word) => Some(word.to_ascii_lowercase()),
            _ => None,
        }
    }

    /// Whether these words come next.
    pub fn is_before(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(ahead, word)| {
            let token = self.tokens.get(self.at + ahead);
            token.is_some_and(|token| matches!(&token.kind, Kind::Word(found) if found.eq_ignore_ascii_case(word)))
        })
    }

    pub fn go_on(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        self.took_value = false;
    }

    pub fn take_words(&mut self, words: &[&str]) -> bool {
        let found = self.is_before(words);
        if found {
            words.iter().for_each(|_| self.go_on());
        }
        found
    }

    pub fn take_word(&mut self, word: &str) -> bool {
        self.take_words(&[word])
    }

    pub fn take_open(&mut self) -> bool {
        self.take(&Kind::Open)
    }

    pub fn take_close(&mut self) -> bool {
        self.take(&Kind::Close)
    }

    fn take(&mut self, kind: &Kind) -> bool {
        let found = self.token().kind == *kind;
        if found {
            self.go_on();
        }
        found
    }

    /// A text of the owner's, bare or quoted.
    pub fn value(&mut self, what: &str) -> Result<String, RuleError> {
        let value = match &self.token().kind {
            Kind::Word(word) if words::is_reserved(word) => {
                let message =
                    format!("expected {what}, found `{word}`; put it in quotes if you mean that very word: \"{word}\"");
                return Err(RuleError::new(self.span(), message));
            }
            Kind::Word(text) => text.clone(),
            Kind::Quoted(text) if text.trim().is_empty() => {
                let message = format!(
                    "expected {what}, found nothing between the quotes; where nothing was said, write `is unknown`"
                );
                return Err(RuleError::new(self.span(), message));
            }
            Kind::Quoted(text) => text.clone(),
            _ => return Err(self.expected(what)),
        };
        self.go_on();
        self.took_value = true;
        Ok(value)
    }

    /// `(A, B)`, the opening parenthesis not yet taken.
    pub fn values(&mut self, what: &str) -> Result<Vec<String>, RuleError> {
        if !self.take_open() {
            return Err(self.expected("`(` and values with commas between them, such as (AT, DE)"));
        }
        let mut values = vec![self.value(what)?];
        while self.take(&Kind::Comma) {
            values.push(self.value(what)?);
        }
        if self.take_close() {
            Ok(values)
        } else {
            Err(self.expected("`,` and another value, or `)`"))
        }
    }

    /// `at least`, `>=` and the like; `None` where none stands here.
    pub fn comparison(&mut self) -> Option<Comparison> {
        if let Kind::Sign(comparison) = self.token().kind {
            self.go_on();
            return Some(comparison);
        }
        if self.take_words(&["fewer", "than"]) {
            return Some(Comparison::LessThan);
        }
        Comparison::ALL.into_iter().find(|comparison| {
            let words: Vec<&str> = comparison.words().split(' ').collect();
            self.take_words(&words)
        })
    }

    /// A whole number from 1 to `max`.
    pub fn number(&mut self, what: &str, max: u32) -> Result<u32, RuleError> {
        let parsed = self.keyword().and_then(|word| word.parse().ok());
        match parsed {
            Some(number) if (1..=max).contains(&number) => {
                self.go_on();
                Ok(number)
            }
            _ => Err(self.expected(&format!("{what}, a whole number from 1 to {max}"))),
        }
    }

    pub fn expected(&self, what: &str) -> RuleError {
        let found = words::shown(self.token());
        RuleError::new(self.span(), format!("expected {what}, found {found}"))
    }
}
