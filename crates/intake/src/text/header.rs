//! Column names: one spelling for every way a platform or a spreadsheet writes the same name.

use unicode_normalization::UnicodeNormalization;

/// NFKC, without soft hyphens and zero-width characters, white space collapsed, trimmed, lower case.
pub(crate) fn key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for char in name.nfkc() {
        match char {
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
            _ if char.is_whitespace() => {
                if !key.is_empty() && !key.ends_with(' ') {
                    key.push(' ');
                }
            }
            _ => key.extend(char.to_lowercase()),
        }
    }
    key.truncate(key.trim_end().len());
    key
}

/// The names of a table's columns, or of the keys of JSON objects, or of a Parquet file's columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Header {
    /// As the file writes them.
    pub names: Vec<String>,
    /// As we compare them.
    pub keys: Vec<String>,
    /// The file's own name, without folders: only where the content alone doesn't say (a loose YouTube `Totals.csv`).
    pub file: String,
}

impl Header {
    pub fn new(names: Vec<String>, file: &str) -> Self {
        let keys = names.iter().map(|name| key(name)).collect();
        let file = file.rsplit(['/', '\\']).next().unwrap_or(file).to_owned();
        Self { names, keys, file }
    }

    /// The first column of that key.
    pub fn find(&self, key: &str) -> Option<usize> {
        self.keys.iter().position(|own| own == key)
    }

    /// The first column that has one of these keys, in order of preference.
    pub fn find_any(&self, keys: &[&str]) -> Option<usize> {
        keys.iter().find_map(|key| self.find(key))
    }

    pub fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    pub fn has_all(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| self.has(key))
    }

    pub fn name(&self, index: usize) -> &str {
        self.names.get(index).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_however_it_is_dressed() {
        assert_eq!(key("\u{feff}Dis\u{ad}likes "), "dislikes");
        assert_eq!(key("Phone\u{a0} number  clicks "), "phone number clicks");
        assert_eq!(key("Ｔｉｍｅ"), "time");
        assert_eq!(key("Dauer\u{200b}"), "dauer");
        assert_eq!(key(" \t "), "");
    }
}
