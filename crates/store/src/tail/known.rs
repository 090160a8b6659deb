//! The fingerprints of the tail's ids, in sets that go as a whole when what they belong to has been sealed.

use foldhash::fast::RandomState;
use hashbrown::HashSet;

/// Fingerprints by when they were accepted.
#[derive(Default)]
pub struct Known {
    /// Oldest first; those of the last one are still coming.
    eras: Vec<Era>,
}

#[derive(Default)]
pub struct Era {
    /// The last journal position in it, once no more can come.
    through: Option<i64>,
    ids: HashSet<u64, RandomState>,
}

impl Known {
    pub fn holds(&self, fingerprint: u64) -> bool {
        self.eras.iter().any(|era| era.ids.contains(&fingerprint))
    }

    pub fn extend(&mut self, fingerprints: &[u64]) {
        match self.eras.last_mut().filter(|era| era.through.is_none()) {
            Some(era) => era.ids.extend(fingerprints),
            None => self.eras.push(Era {
                through: None,
                ids: fingerprints.iter().copied().collect(),
            }),
        }
    }

    /// Ends the current era at a journal position: a seal is about to take everything up to there.
    pub fn end_era(&mut self, position: i64) {
        if let Some(era) = self.eras.last_mut().filter(|era| era.through.is_none()) {
            era.through = Some(position);
        }
    }

    /// Lets go of what is sealed, and returns it. Where another process sealed up to the middle of an era, the sets are made anew of what
    /// `remains`.
    pub fn forget<'a>(&mut self, sealed: i64, remains: impl Iterator<Item = &'a [u64]>) -> Vec<Era> {
        let is_gone = |era: &Era| era.through.is_some_and(|through| through <= sealed);
        let is_clean = self.eras.iter().any(|era| era.through == Some(sealed));
        if is_clean {
            self.eras.extract_if(.., |era| is_gone(era)).collect()
        } else {
            let gone = std::mem::take(&mut self.eras);
            remains.for_each(|fingerprints| self.extend(fingerprints));
            gone
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_goes_and_the_rest_stays() {
        let mut known = Known::default();
        known.extend(&[1, 2]);
        known.end_era(10);
        known.extend(&[3]);
        known.end_era(20);
        known.extend(&[4]);
        let held = |known: &Known| (1..=5).filter(|&id| known.holds(id)).collect::<Vec<u64>>();
        assert_eq!(held(&known), [1, 2, 3, 4]);
        known.forget(10, std::iter::empty());
        assert_eq!(held(&known), [3, 4]);
        // Somebody else sealed up to the middle of the second era.
        known.forget(15, [[5].as_slice(), &[4]].into_iter());
        assert_eq!(held(&known), [4, 5]);
        known.end_era(30);
        known.forget(30, std::iter::empty());
        assert!(held(&known).is_empty());
    }
}
