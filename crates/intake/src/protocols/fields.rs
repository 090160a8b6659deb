//! JSON of strangers, looked at without copying: an object's fields as they stand in the text, and the left-overs of an
//! object as properties that any later reader can read.

use std::{borrow::Cow, collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::value::RawValue;

use crate::values::json_text;

/// From this many fields on, keys that come twice are found through a set.
const FEW: usize = 24;

/// An object's fields in their order, each key once.
#[derive(Debug, Default)]
pub(super) struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

/// A JSON string, number or truth value as text; nothing for null, blanks, lists and objects.
pub(super) fn text<'a>(raw: Option<&'a RawValue>) -> Option<Cow<'a, str>> {
    let json = raw?.get();
    let text = match json.as_bytes() {
        [b'"', inner @ .., b'"'] if !inner.contains(&b'\\') => Cow::Borrowed(&json[1..json.len() - 1]),
        [b'"', ..] => Cow::Owned(serde_json::from_str(json).ok()?),
        [b'0'..=b'9' | b'-' | b't' | b'f', ..] => Cow::Borrowed(json),
        _ => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

/// The fields of an object; none when it is anything else.
pub(super) fn fields<'a>(raw: Option<&'a RawValue>) -> Fields<'a> {
    raw.filter(|raw| raw.get().starts_with('{'))
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default()
}

/// A struct where the JSON has an object, in the same pass; none where it has anything else, for a field nobody reads
/// must not cost the item.
pub(super) fn loose<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(Loose(std::marker::PhantomData))
}

struct Loose<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Loose<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

impl<'a> Fields<'a> {
    pub fn raw(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(own, _)| own == name).map(|&(_, value)| value)
    }

    pub fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        text(self.raw(name))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Every field that says something, as text.
    pub fn texts(&self) -> impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)> {
        self.0
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), text(Some(value))?)))
    }

    /// The first of the names that says anything.
    pub fn first(&self, names: &[&str]) -> Option<Cow<'a, str>> {
        names.iter().find_map(|name| self.text(name))
    }

    pub fn is_true(&self, name: &str) -> bool {
        self.raw(name).is_some_and(|raw| raw.get() == "true")
    }

    pub fn is_false(&self, name: &str) -> bool {
        self.raw(name).is_some_and(|raw| raw.get() == "false")
    }

    /// Appends the fields that are to be kept; nulls say nothing.
    pub fn keep(&self, kept: &mut Kept, is_kept: impl Fn(&str) -> bool) {
        for (name, value) in &self.0 {
            if value.get() != "null" && is_kept(name) {
                kept.push(name, value.get());
            }
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields: Self::Value = Vec::new();
                let mut seen = HashSet::new();
                while let Some((Key(key), value)) = map.next_entry::<Key<'de>, &RawValue>()? {
                    if fields.len() == FEW {
                        seen.extend(fields.iter().map(|(key, _)| key.clone()));
                    }
                    let is_new = if fields.len() < FEW {
                        fields.iter().all(|(known, _)| *known != key)
                    } else {
                        seen.insert(key.clone())
                    };
                    if is_new {
                        fields.push((key, value));
                    }
                }
                Ok(fields)
            }
        }

        deserializer.deserialize_map(InOrder).map(Fields)
    }
}

/// A key, borrowed from the text unless it is escaped there.
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrowing;

        impl<'de> Visitor<'de> for Borrowing {
            type Value = Cow<'de, str>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(key))
            }

            fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(key.to_owned()))
            }
        }

        deserializer.deserialize_str(Borrowing).map(Key)
    }
}

/// Properties under way: one JSON object that every later reader can read.
#[derive(Debug, Default)]
pub(super) struct Kept {
    text: String,
    unreadable: Option<&'static str>,
}

impl Kept {
    /// Adds a value that is JSON already. A number no reader could hold is kept as text; what is nested deeper than
    /// readers go makes the item unreadable.
    pub fn push(&mut self, name: &str, json: &str) {
        self.open(name);
        match json.as_bytes() {
            [b'{' | b'[', ..] => {
                if serde_json::from_str::<Readable>(json).is_err() {
                    self.unreadable = Some("a property is nested too deep or holds a number out of range");
                }
                self.text.push_str(json);
            }
            [b'0'..=b'9' | b'-', ..] if !json.parse::<f64>().is_ok_and(f64::is_finite) => {
                self.text.push_str(&json_text(json));
            }
            _ => self.text.push_str(json),
        }
    }

    pub fn push_text(&mut self, name: &str, value: &str) {
        self.open(name);
        self.text.push_str(&json_text(value));
    }

    /// A text that may be a number or a list, and then is kept as one.
    pub fn push_value(&mut self, name: &str, value: &str) {
        let is_json = value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '[' | '{'))
            && serde_json::from_str::<&RawValue>(value).is_ok_and(|raw| raw.get().len() == value.len());
        if is_json {
            self.push(name, value);
        } else {
            self.push_text(name, value);
        }
    }

    fn open(&mut self, name: &str) {
        self.text.push(if self.text.is_empty() { '{' } else { ',' });
        self.text.push_str(&json_text(name));
        self.text.push(':');
    }

    /// The object, blank when it holds nothing; or why it can't be kept.
    pub fn finish(mut self) -> Result<String, &'static str> {
        if let Some(why) = self.unreadable {
            return Err(why);
        }
        if !self.text.is_empty() {
            self.text.push('}');
        }
        Ok(self.text)
    }
}

/// Any JSON whose depth and numbers every reader can take; the check is the reading.
struct Readable;

impl<'de> Deserialize<'de> for Readable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Readable;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_bool<E>(self, _: bool) -> Result<Readable, E> {
                Ok(Readable)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Readable, E> {
                Ok(Readable)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Readable, E> {
                Ok(Readable)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Readable, E> {
                Ok(Readable)
            }

            fn visit_str<E>(self, _: &str) -> Result<Readable, E> {
                Ok(Readable)
            }

            fn visit_unit<E>(self) -> Result<Readable, E> {
                Ok(Readable)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Readable, A::Error> {
                while seq.next_element::<Readable>()?.is_some() {}
                Ok(Readable)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Readable, A::Error> {
                while map.next_entry::<IgnoredAny, Readable>()?.is_some() {}
                Ok(Readable)
            }
        }

        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(json: &str) -> Result<String, &'static str> {
        let fields: Fields<'_> = serde_json::from_str(json).unwrap();
        let mut kept = Kept::default();
        fields.keep(&mut kept, |name| name != "left");
        kept.finish()
    }

    #[test]
    fn left_overs_are_kept_as_they_were_written() {
        assert_eq!(
            kept(r#"{"a":1,"left":2,"n":null,"a":3,"b\"c":"d\"e","o":{"x":[1,2.50]}}"#).unwrap(),
            r#"{"a":1,"b\"c":"d\"e","o":{"x":[1,2.50]}}"#
        );
        assert_eq!(kept(r#"{"left":1}"#).unwrap(), "");
        let many: String = (0..100).map(|n| format!("\"k{n}\":{n},\"k{n}\":0,")).collect();
        let text = kept(&format!("{{{}\"z\":1}}", many)).unwrap();
        assert_eq!(text.matches(':').count(), 101);
        assert!(text.contains("\"k99\":99"));
    }

    #[test]
    fn what_later_readers_could_not_read_is_never_kept() {
        assert_eq!(
            kept(r#"{"a":1e999,"b":-1E400}"#).unwrap(),
            r#"{"a":"1e999","b":"-1E400"}"#
        );
        let digits = "9".repeat(400);
        assert_eq!(
            kept(&format!("{{\"a\":{digits}}}")).unwrap(),
            format!("{{\"a\":\"{digits}\"}}")
        );
        assert!(kept(r#"{"a":[1e999]}"#).is_err());
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(500), "]".repeat(500));
        assert!(kept(&deep).is_err());
    }

    #[test]
    fn values_are_texts_when_they_say_something() {
        let said = |json: &str| {
            let raw: &RawValue = serde_json::from_str(json).unwrap();
            text(Some(raw)).map(Cow::into_owned)
        };
        assert_eq!(said("\"a\"").as_deref(), Some("a"));
        assert_eq!(said("\"a\\n\\u00e4\"").as_deref(), Some("a\nä"));
        assert_eq!(
            said("12345678901234567890123").as_deref(),
            Some("12345678901234567890123")
        );
        assert_eq!(said("true").as_deref(), Some("true"));
        for nothing in ["null", "\"  \"", "[]", "{}"] {
            assert_eq!(said(nothing), None, "{nothing}");
        }
    }
}
