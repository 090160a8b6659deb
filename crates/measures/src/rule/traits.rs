//! Conditions about traits: the properties of `identified` events, of which the latest counts.

use longplay_domain::{
    Act, Verdict,
    rule::{Comparison, TraitTest},
};
use serde_json::Value;

use crate::pass::Life;

#[derive(Debug)]
pub struct TraitReader {
    name: String,
    /// What must stand in a text that says anything of the trait: the name up to its first dot.
    key: String,
    wanted: Wanted,
}

/// Texts in lower case.
#[derive(Debug)]
enum Wanted {
    OneOf(Vec<String>),
    Contains(String),
    Compare(Comparison, f64),
    Unknown,
}

impl TraitReader {
    pub fn new(name: &str, test: &TraitTest) -> Self {
        let wanted = match test {
            TraitTest::OneOf(values) => Wanted::OneOf(values.iter().map(|value| value.to_lowercase()).collect()),
            TraitTest::Contains(part) => Wanted::Contains(part.to_lowercase()),
            TraitTest::Compare(comparison, number) => Wanted::Compare(*comparison, *number),
            TraitTest::Unknown => Wanted::Unknown,
        };
        Self {
            name: name.to_owned(),
            key: name.split('.').next().unwrap_or(name).to_owned(),
            wanted,
        }
    }

    pub fn judge(&self, life: &Life<'_>) -> Verdict {
        let said = self.latest(life).filter(|value| !value.is_null());
        match (&self.wanted, said) {
            (Wanted::Unknown, said) => said.is_none().into(),
            (_, None) => Verdict::Unknown,
            (wanted, Some(value)) => wanted.judge(&value),
        }
    }

    fn latest(&self, life: &Life<'_>) -> Option<Value> {
        let identified = |event: &usize| life.history.acts[*event] == Act::Identified.code();
        let events = (0..life.history.len()).rev().filter(identified);
        events
            .filter_map(|event| life.history.properties(event))
            // Most say nothing of it; only a text with escapes may write the name in another way.
            .filter(|text| text.contains(&*self.key) || text.contains('\\'))
            .find_map(|text| self.read(serde_json::from_str(text).ok()?))
    }

    /// The trait of that very name, or the one inside others that the dots lead to.
    fn read(&self, mut said: Value) -> Option<Value> {
        if let Some(value) = said.get_mut(&self.name) {
            return Some(value.take());
        }
        let mut value = &mut said;
        for part in self.name.split('.') {
            value = value.get_mut(part)?;
        }
        Some(value.take())
    }
}

impl Wanted {
    fn judge(&self, value: &Value) -> Verdict {
        match (self, value) {
            // One entry that fits is enough.
            (_, Value::Array(entries)) => {
                let none = match self {
                    Self::Compare(..) => Verdict::Unknown,
                    _ => Verdict::No,
                };
                let verdicts = entries.iter().map(|entry| self.judge(entry));
                verdicts
                    .reduce(|one, other| match (one, other) {
                        // Beside an entry that can be judged, one that can't says nothing.
                        (Verdict::Unknown, other) => other,
                        (one, Verdict::Unknown) => one,
                        (one, other) => one.or(other),
                    })
                    .unwrap_or(none)
            }
            (Self::OneOf(wanted), value) => wanted.iter().any(|wanted| is_same(value, wanted)).into(),
            (Self::Contains(part), value) => text_of(value).is_some_and(|text| text.contains(part)).into(),
            (Self::Compare(comparison, number), value) => {
                let ordering = number_of(value).and_then(|value| value.partial_cmp(number));
                ordering.map_or(Verdict::Unknown, |ordering| comparison.holds(ordering).into())
            }
            (Self::Unknown, value) => value.is_null().into(),
        }
    }
}

/// A single value as text, in lower case.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_lowercase()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn number_of(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

/// A number is the same however it is written; a text that looks like one may be a code with noughts in front.
fn is_same(value: &Value, wanted: &str) -> bool {
    let is_number = || value.as_f64().is_some_and(|value| wanted.parse() == Ok(value));
    is_number() || text_of(value).is_some_and(|text| text == wanted)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_of_every_kind_are_judged() {
        let one_of = |wanted: &[&str]| Wanted::OneOf(wanted.iter().map(|text| (*text).to_owned()).collect());
        let at_least_10 = || Wanted::Compare(Comparison::AtLeast, 10.0);
        for (wanted, value, verdict) in [
            (one_of(&["pro"]), json!("Pro "), Verdict::Yes),
            (one_of(&["pro", "team"]), json!("free"), Verdict::No),
            (one_of(&["10"]), json!(10.0), Verdict::Yes),
            (one_of(&["7"]), json!("007"), Verdict::No),
            (one_of(&["true"]), json!(true), Verdict::Yes),
            (one_of(&["pro"]), json!(["free", "PRO"]), Verdict::Yes),
            (one_of(&["pro"]), json!([]), Verdict::No),
            (one_of(&["pro"]), json!({"pro": 1}), Verdict::No),
            (
                Wanted::Contains("buyer".to_owned()),
                json!("Head Buyer, EU"),
                Verdict::Yes,
            ),
            (Wanted::Contains("1".to_owned()), json!(2021), Verdict::Yes),
            (at_least_10(), json!(10), Verdict::Yes),
            (at_least_10(), json!("12.5"), Verdict::Yes),
            (at_least_10(), json!(9.99), Verdict::No),
            (at_least_10(), json!("11-50"), Verdict::Unknown),
            (at_least_10(), json!(["many", 3]), Verdict::No),
            (at_least_10(), json!([]), Verdict::Unknown),
        ] {
            assert_eq!(wanted.judge(&value), verdict, "{wanted:?} of {value}");
        }
    }

    #[test]
    fn dots_lead_into_others_unless_the_very_name_is_there() {
        let reader = TraitReader::new("company.size", &TraitTest::Unknown);
        assert_eq!(reader.read(json!({"company": {"size": 3}})), Some(json!(3)));
        assert_eq!(
            reader.read(json!({"company": {"size": 3}, "company.size": 4})),
            Some(json!(4))
        );
        assert_eq!(reader.read(json!({"company": "Acme"})), None);
    }
}
