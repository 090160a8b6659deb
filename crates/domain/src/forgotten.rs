//! Whom we were told to forget: what they did until then is not taken in again, and nobody else's event brings their name
//! back. Only keyed hashes are remembered, so this tells nobody who it was.

use std::collections::HashMap;

use crate::{Event, Handle, PersonId, PersonKey, Time};

/// What stands where somebody else's event named a person who was forgotten.
const STANDS_IN: &str = "forgotten";
/// A name of letters and digits is nobody else's from so many bytes on, as a UUID or a hash is.
const UNIQUE_BYTES_MIN: usize = 16;
/// A phone number has at least so many characters.
const PHONE_BYTES_MIN: usize = 8;

/// Keys of handles that were forgotten, each with the time up to which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    until: HashMap<i64, Time>,
}

impl FromIterator<(PersonId, Time)> for Forgotten {
    fn from_iter<I: IntoIterator<Item = (PersonId, Time)>>(keys: I) -> Self {
        let mut until: HashMap<i64, Time> = HashMap::new();
        for (key, at) in keys {
            let known = until.entry(key.0).or_insert(at);
            *known = at.max(*known);
        }
        Self { until }
    }
}

impl Forgotten {
    pub fn is_empty(&self) -> bool {
        self.until.is_empty()
    }

    /// Whether something said of this key at that time is forgotten.
    pub fn covers(&self, key: PersonId, time: Time) -> bool {
        self.until.get(&key.0).is_some_and(|until| time <= *until)
    }

    /// Whether an event is forgotten as a whole; of one that isn't, what it says of others who are is taken out.
    pub fn takes(&self, event: &mut Event, key: &PersonKey) -> bool {
        if self.is_empty() {
            return false;
        }
        if self.covers(event.person, event.time) {
            return true;
        }
        let is_named = |handle: &Handle| self.covers(key.person(handle), event.time);
        let named: Vec<Handle> = event
            .links
            .iter()
            .flat_map(|link| [link.from(), link.to()])
            .filter(|handle| is_named(handle))
            .cloned()
            .collect();
        if !named.is_empty() {
            event
                .links
                .retain(|link| !named.contains(link.from()) && !named.contains(link.to()));
            let properties = event.properties.as_deref();
            if let Some(text) = properties.and_then(|text| without(text, named.iter().map(Handle::value))) {
                event.properties = Some(text);
            }
        }
        false
    }
}

/// Whether a handle's value means nobody and nothing else, wherever it stands in a text: an address, a phone number, a UUID
/// or a hash. `42` and `ada` are numbers and words of other people's too.
pub fn is_telling(value: &str) -> bool {
    let has = |is: fn(&u8) -> bool| value.as_bytes().iter().any(is);
    let is_unique = value.len() >= UNIQUE_BYTES_MIN && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    value.contains('@') || is_unique || (value.starts_with('+') && value.len() >= PHONE_BYTES_MIN)
}

/// The text with telling values taken out, in whatever case they are written; `None` when it names none of them.
pub fn without<'a>(text: &str, values: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut left: Option<String> = None;
    for value in values.into_iter().filter(|value| is_telling(value)) {
        let current = left.as_deref().unwrap_or(text);
        let Some(mut at) = find(current, value) else { continue };
        let mut next = String::with_capacity(current.len());
        let mut rest = current;
        loop {
            next.push_str(&rest[..at]);
            next.push_str(STANDS_IN);
            rest = &rest[at + value.len()..];
            match find(rest, value) {
                Some(further) => at = further,
                None => break,
            }
        }
        next.push_str(rest);
        left = Some(next);
    }
    left
}

/// Whether a text names a value as a word of its own, in whatever case.
pub fn names(text: &str, value: &str) -> bool {
    find(text, value).is_some()
}

/// Where a value first stands as a word of its own. Letters beyond ASCII must agree in case: both are kept as they came.
fn find(text: &str, value: &str) -> Option<usize> {
    let (text_bytes, value_bytes) = (text.as_bytes(), value.as_bytes());
    let &first = value_bytes.first()?;
    let is_first = |byte: u8| byte.eq_ignore_ascii_case(&first);
    let mut from = 0;
    while let Some(at) = text_bytes[from..].iter().position(|&byte| is_first(byte)) {
        let (start, end) = (from + at, from + at + value_bytes.len());
        if end > text_bytes.len() {
            return None;
        }
        if text_bytes[start..end].eq_ignore_ascii_case(value_bytes)
            && text.is_char_boundary(start)
            && text.is_char_boundary(end)
            && !text[..start].ends_with(char::is_alphanumeric)
            && !text[end..].starts_with(char::is_alphanumeric)
        {
            return Some(start);
        }
        from = start + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_found_as_a_word_of_its_own_in_any_case() {
        for (text, found) in [
            (r#"{"email":"ADA@Example.com"}"#, true),
            ("ada@example.com", true),
            ("granada@example.com", false),
            ("ada@example.community", false),
            ("éada@example.com", false),
            ("mailto:ada@example.com?x", true),
            ("ada@example.co", false),
            ("", false),
        ] {
            assert_eq!(names(text, "ada@example.com"), found, "{text}");
        }
    }

    #[test]
    fn what_names_somebody_stays_the_json_it_was() {
        let text = r#"{"by":"ada@x.io","n":12345678901234567,"again":["ADA@x.io ada@x.io"],"tel":"+4312345678"}"#;
        let left = without(text, ["ada@x.io", "+4312345678"]).unwrap();
        assert_eq!(
            left,
            r#"{"by":"forgotten","n":12345678901234567,"again":["forgotten forgotten"],"tel":"forgotten"}"#
        );
        for of_everybody in ["bob@x.io", "again", "12345678901234567"] {
            assert_eq!(without(text, [of_everybody]), None, "{of_everybody}");
        }
    }

    proptest! {
        #[test]
        fn nothing_named_is_left(text in "[a@ ]{0,30}(é|x|ß)?[a@ ]{0,30}", value in "[a@]{1,4}@") {
            if let Some(left) = without(&text, [value.as_str()]) {
                prop_assert!(!names(&left, &value), "{left}");
            } else {
                prop_assert!(!names(&text, &value));
            }
        }
    }
}
