//! From tokens to a rule: `or` joins what `and` joins, `not` stands before one condition or parenthesis.

mod cursor;
mod did;
mod places;
mod words;

use cursor::Cursor;
pub use words::RESERVED;

use super::{BYTES_MAX, CONDITIONS_MAX, DEPTH_MAX, Rule, RuleError, Tree, lex};

pub fn rule(text: &str) -> Result<Rule, RuleError> {
    if text.len() > BYTES_MAX {
        let message = format!(
            "a rule has at most {BYTES_MAX} bytes, and this one {}; keep it shorter",
            text.len()
        );
        return Err(RuleError::new(BYTES_MAX..text.len(), message));
    }
    let mut parser = Parser {
        cursor: Cursor::new(lex::tokens(text)?),
        depth: 0,
        conditions: 0,
    };
    let rule = parser.any()?;
    if parser.cursor.is_at_end() {
        Ok(rule)
    } else {
        Err(parser.unexpected_after_condition())
    }
}

struct Parser {
    cursor: Cursor,
    depth: usize,
    conditions: usize,
}

impl Parser {
    fn any(&mut self) -> Result<Rule, RuleError> {
        let mut rule = self.all()?;
        while self.cursor.take_word("or") {
            rule = rule.or(self.all()?);
        }
        Ok(rule)
    }

    fn all(&mut self) -> Result<Rule, RuleError> {
        let mut rule = self.single()?;
        while self.cursor.take_word("and") {
            rule = rule.and(self.single()?);
        }
        Ok(rule)
    }

    fn single(&mut self) -> Result<Rule, RuleError> {
        let span = self.cursor.span();
        if self.cursor.take_word("not") {
            self.deeper(&span)?;
            let rule = !self.single()?;
            self.depth -= 1;
            return Ok(rule);
        }
        if self.cursor.take_open() {
            self.deeper(&span)?;
            let rule = self.any()?;
            self.depth -= 1;
            if self.cursor.take_close() {
                return Ok(rule);
            }
            return Err(if self.cursor.is_at_end() {
                RuleError::new(span, "this parenthesis is never closed; put `)` where it ends")
            } else {
                self.unexpected_after_condition()
            });
        }
        self.conditions += 1;
        if self.conditions > CONDITIONS_MAX {
            let message =
                format!("a rule has at most {CONDITIONS_MAX} conditions; say values of one place with `in (A, B)`");
            return Err(RuleError::new(span, message));
        }
        self.condition()
    }

    fn deeper(&mut self, span: &std::ops::Range<usize>) -> Result<(), RuleError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let message = format!("at most {DEPTH_MAX} parentheses and nots can stand inside each other");
            return Err(RuleError::new(span.clone(), message));
        }
        Ok(())
    }

    fn condition(&mut self) -> Result<Rule, RuleError> {
        let token = self.cursor.token().clone();
        let word = self.cursor.keyword().unwrap_or_default();
        match word.as_str() {
            "did" => self.did(),
            "spent" => self.spent().map(Tree::Is),
            "trait" => self.person_trait(),
            "days" => self.days_present().map(Tree::Is),
            "first" | "last" => self.first_or_last(),
            word if super::Place::named(word).is_some() => self.place(super::Of::Ever),
            _ => Err(words::no_condition(&token)),
        }
    }

    /// A condition ended and something stands behind it that can't.
    fn unexpected_after_condition(&self) -> RuleError {
        let token = self.cursor.token();
        let found = words::shown(token);
        let message = match &token.kind {
            lex::Kind::Close => "this parenthesis closes nothing; take it away or open one before".to_owned(),
            lex::Kind::Word(_) | lex::Kind::Quoted(_) if self.cursor.is_after_value() => format!(
                "expected `and`, `or` or the end of the rule, found {found}; a name of several words stands in quotes: \"spring sale\""
            ),
            _ => format!("expected `and`, `or` or the end of the rule, found {found}"),
        };
        RuleError::new(token.span.clone(), message)
    }
}
