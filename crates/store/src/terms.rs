//! Texts that come again and again (pieces, channels, names) as small codes, one table for a whole store.
//!
//! Codes are dense and grow with the distinct texts asked for, never with events. Which text gets which code depends on
//! the order of reading, so evidence is keyed by code inside a pass and by text outside.

use std::sync::{Arc, RwLock};

use foldhash::fast::RandomState;
use hashbrown::HashMap;

/// The code of a text; [`NONE`] stands for a missing value.
pub type Code = u32;

/// The code of "no value".
pub const NONE: Code = Code::MAX;

/// The table of texts and their codes.
#[derive(Debug, Default)]
pub struct Terms {
    inner: RwLock<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    codes: HashMap<Arc<str>, Code, RandomState>,
    texts: Vec<Arc<str>>,
}

impl Terms {
    /// The code of `text`, given one if it has none yet.
    pub fn code(&self, text: &str) -> Code {
        if let Some(code) = self.find(text) {
            return code;
        }
        let mut inner = self.inner.write().expect("no holder of this lock panics");
        if let Some(&code) = inner.codes.get(text) {
            return code;
        }
        let code = Code::try_from(inner.texts.len()).expect("fewer than 4 billion distinct texts");
        let text: Arc<str> = Arc::from(text);
        inner.texts.push(Arc::clone(&text));
        inner.codes.insert(text, code);
        code
    }

    /// The code of `text` if it has one.
    pub fn find(&self, text: &str) -> Option<Code> {
        self.inner
            .read()
            .expect("no holder of this lock panics")
            .codes
            .get(text)
            .copied()
    }

    /// The text of a code; `None` for [`NONE`] and codes never given.
    pub fn text(&self, code: Code) -> Option<Arc<str>> {
        self.inner
            .read()
            .expect("no holder of this lock panics")
            .texts
            .get(code as usize)
            .cloned()
    }

    pub fn len(&self) -> usize {
        self.inner.read().expect("no holder of this lock panics").texts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
