//! What pages call themselves. A page that nobody described yet gets its title from the first visit that tells it; what the
//! owner imported is never touched.

use std::{collections::HashSet, sync::Mutex};

use longplay_domain::Piece;
use longplay_store::{Store, StoreError};

/// Pages whose titles are taken from strangers.
const PIECES_MAX: usize = 50_000;

#[derive(Default)]
pub struct Titles {
    /// Ids of pieces that are described; `None` until the first is needed.
    known: Mutex<Option<HashSet<String>>>,
}

impl Titles {
    /// Whether some of them may be described by nobody yet.
    pub fn are_new(&self, pieces: &[Piece]) -> bool {
        let known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        pieces.iter().any(|piece| match &*known {
            Some(known) => known.len() < PIECES_MAX && !known.contains(&piece.id),
            None => true,
        })
    }

    /// Describes those that nobody described before.
    pub fn learn(&self, pieces: Vec<Piece>, store: &Store) -> Result<(), StoreError> {
        if pieces.is_empty() {
            return Ok(());
        }
        // A panic between the two steps leaves a piece that is described once more, with the same words.
        let mut known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let known = match &mut *known {
            Some(known) => known,
            none => none.insert(store.pieces()?.into_iter().map(|piece| piece.id).collect()),
        };
        let room = PIECES_MAX.saturating_sub(known.len());
        let mut new = pieces;
        new.retain(|piece| !known.contains(&piece.id));
        new.truncate(room);
        if new.is_empty() {
            return Ok(());
        }
        store.put_pieces(&new)?;
        known.extend(new.into_iter().map(|piece| piece.id));
        Ok(())
    }
}
