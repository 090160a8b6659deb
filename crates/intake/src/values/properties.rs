//! Properties of an event as the text of one JSON object, keys in the order in which they came.

use std::{collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::text::key;

/// Builds the object. Keys are given as JSON (with quotes), so a reader escapes each column's name once.
#[derive(Default)]
pub(crate) struct Properties {
    text: String,
}

impl Properties {
    pub fn text(&mut self, key_json: &str, value: &str) {
        self.open(key_json);
        self.text.push_str(&json_text(value));
    }

    /// `value` is JSON already.
    pub fn json(&mut self, key_json: &str, value: &str) {
        self.open(key_json);
        self.text.push_str(value);
    }

    fn open(&mut self, key_json: &str) {
        self.text.push(if self.text.is_empty() { '{' } else { ',' });
        self.text.push_str(key_json);
        self.text.push(':');
    }

    /// The object; blank when it holds nothing.
    pub fn finish(mut self) -> String {
        if !self.text.is_empty() {
            self.text.push('}');
        }
        self.text
    }
}

/// A text as JSON.
pub(crate) fn json_text(text: &str) -> String {
    let is_plain = text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
    if is_plain {
        format!("\"{text}\"")
    } else {
        serde_json::Value::from(text).to_string()
    }
}

/// The entries of a JSON object in their order, values untouched. A key that comes again is left out.
pub(crate) struct Entries<'a>(pub Vec<(String, &'a RawValue)>);

impl<'a> Entries<'a> {
    pub fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The value of the first key that means this name: a string's text, anything else as written; none for null and blanks.
    pub fn text(&self, name: &str) -> Option<String> {
        let means = |own: &str| own == name || key(own) == name || key(own).replace(' ', "_") == name;
        let (_, value) = self.0.iter().find(|(own, _)| means(own))?;
        let text = match value.get() {
            "null" => return None,
            json if json.starts_with('"') => serde_json::from_str(json).ok()?,
            json => json.to_owned(),
        };
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries: Self::Value = Vec::new();
                let mut seen = HashSet::new();
                while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
                    if seen.insert(key.clone()) {
                        entries.push((key, value));
                    }
                }
                Ok(entries)
            }
        }

        deserializer.deserialize_map(InOrder).map(Entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_object_keeps_order_and_escapes() {
        let mut properties = Properties::default();
        properties.text("\"b\"", "say \"hi\"\n\u{1}");
        properties.json("\"a\"", "[1,2]");
        let text = properties.finish();
        assert_eq!(text, r#"{"b":"say \"hi\"\n\u0001","a":[1,2]}"#);
        assert_eq!(Properties::default().finish(), "");
        let entries = Entries::parse(&text).unwrap();
        let keys: Vec<_> = entries.0.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["b", "a"]);
    }

    #[test]
    fn numbers_keep_every_digit() {
        let entries = Entries::parse(r#"{"n":12345678901234567890123.10}"#).unwrap();
        assert_eq!(entries.0[0].1.get(), "12345678901234567890123.10");
    }
}
