//! A set of codes. Codes are dense, so a bit for each is small and quickly asked.

use longplay_store::Code;

#[derive(Clone, Debug, Default)]
pub struct Codes(Vec<u64>);

impl Codes {
    #[inline]
    pub fn has(&self, code: Code) -> bool {
        let word = self.0.get(code as usize / 64);
        word.is_some_and(|word| word >> (code % 64) & 1 != 0)
    }
}

impl FromIterator<Code> for Codes {
    fn from_iter<I: IntoIterator<Item = Code>>(codes: I) -> Self {
        let mut words = Vec::new();
        for code in codes {
            let at = code as usize / 64;
            if words.len() <= at {
                words.resize(at + 1, 0);
            }
            words[at] |= 1 << (code % 64);
        }
        Self(words)
    }
}

#[cfg(test)]
mod tests {
    use longplay_store::NONE;

    use super::Codes;

    #[test]
    fn it_has_what_was_put_in_and_nothing_else() {
        let codes: Codes = [0, 63, 64, 1_000].into_iter().collect();
        for code in 0..2_000 {
            assert_eq!(codes.has(code), [0, 63, 64, 1_000].contains(&code), "{code}");
        }
        assert!(!codes.has(NONE) && !Codes::default().has(0));
    }
}
