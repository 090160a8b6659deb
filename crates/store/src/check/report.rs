//! What a check found, for people and for programs.

use super::{
    State,
    invariants::{self, Invariant, Weight},
};
use crate::error::Result;

/// Something that is not as it must be.
#[derive(Clone, Debug)]
pub struct Finding {
    pub invariant: &'static Invariant,
    pub message: String,
    pub repair: Repair,
    /// The segment or batch it is about.
    pub(crate) about: Option<String>,
}

/// Whether something can be done about it without losing anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    Done,
    Possible,
    /// Nothing safe; the invariant's words say what else.
    None,
}

impl Repair {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Possible => "possible",
            Self::None => "none",
        }
    }
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    pub segments: u64,
    pub rows: u64,
    pub bytes: u64,
    /// Unsealed batches, and the events in them.
    pub batches: u64,
    pub unsealed: u64,
    pub links: u64,
}

/// What a check found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Breaches. None means healthy.
    pub findings: Vec<Finding>,
    /// Worth telling, nothing wrong.
    pub notes: Vec<Finding>,
    pub checked: Checked,
    /// What was set aside, in words.
    pub set_aside: Vec<String>,
}

impl Report {
    /// Whether nothing is wrong that wasn't repaired.
    pub fn is_healthy(&self) -> bool {
        self.findings.iter().all(|finding| finding.repair == Repair::Done)
    }

    /// The codes of the breaches.
    pub fn codes(&self) -> Vec<&'static str> {
        self.findings.iter().map(|finding| finding.invariant.code).collect()
    }

    pub(super) fn add(&mut self, code: &str, repair: Repair, message: String) {
        self.add_about(code, repair, (None, message));
    }

    pub(super) fn add_about(&mut self, code: &str, repair: Repair, (about, message): (Option<&str>, String)) {
        let invariant = invariants::of(code);
        let finding = Finding {
            invariant,
            message,
            repair,
            about: about.map(str::to_owned),
        };
        match invariant.weight {
            Weight::Breach => self.findings.push(finding),
            Weight::Note => self.notes.push(finding),
        }
    }

    /// Takes back what was found about segments that have left the catalog meanwhile.
    pub(super) fn forget_what_went(&mut self, state: &State) -> Result<()> {
        let mut kept = Vec::with_capacity(self.findings.len());
        for finding in std::mem::take(&mut self.findings) {
            let is_segment = |name: &&String| state.live.iter().any(|info| info.name == **name);
            let has_gone = match finding.about.as_ref().filter(is_segment) {
                Some(name) => !state.still_has(name)?,
                None => false,
            };
            if !has_gone {
                kept.push(finding);
            }
        }
        self.findings = kept;
        Ok(())
    }
}
