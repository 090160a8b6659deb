//! Answers for whoever may read them and see nobody: the same figures, without anybody's name or key. Only rows about one person
//! name somebody, and the sentence that begins with the first of them. A stranger is not told the owner's rules either: what they ask for,
//! such as an address among somebody's traits, may name people too.

use serde_json::Value;

use crate::{
    answer::{Answer, Edition},
    questions::talk,
    rule::SOME_PEOPLE,
};

/// What is told of somebody on a list where nobody is named: why they are on it, and what it rests on.
const TOLD: [&str; 6] = ["kind", "reachable", "reason", "evidence", "piece", "title"];

impl Answer {
    /// The same without anybody's name, key or worth.
    #[must_use]
    pub fn unnamed(mut self) -> Self {
        let handles = self.rows.iter().filter_map(|row| row["handle"].as_str());
        self.sentence = handles.fold(self.sentence, |sentence, handle| talk::without_name(&sentence, handle));
        for row in self.rows.iter_mut().filter(|row| row["kind"] == "person") {
            if let Value::Object(row) = row {
                row.retain(|name, _| TOLD.contains(&name.as_str()));
            }
        }
        self
    }

    /// The same for whoever was sent a view of it and knows nothing else.
    #[must_use]
    pub fn for_strangers(mut self) -> Self {
        self.rows.retain(|row| row["kind"] != "rule");
        for caution in self.cautions.iter_mut().filter(|caution| caution.code == SOME_PEOPLE) {
            caution.message =
                "Only some people, by a rule that is not told here; those of whom it is not known are left out."
                    .to_owned();
        }
        self.unnamed()
    }
}

impl Edition {
    /// The same without anybody's name, key or worth.
    #[must_use]
    pub fn unnamed(self) -> Self {
        Self {
            answers: self.answers.into_iter().map(Answer::unnamed).collect(),
            ..self
        }
    }
}
