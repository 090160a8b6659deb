//! Places at which a test lets the process die as by a power cut, to see that nothing that was acknowledged dies with it.
//!
//! What must stay true: a build for owners has no such place; [`point`] is then nothing at all.

#[cfg(debug_assertions)]
use std::sync::{
    OnceLock,
    atomic::{AtomicI64, Ordering},
};

#[cfg(debug_assertions)]
static ARMED: OnceLock<(String, AtomicI64)> = OnceLock::new();

/// Every place there is. Those of one operation stand in the order in which it passes them.
pub const POINTS: &[&str] = &[
    "journal.lined_up",
    "journal.added",
    "journal.committed",
    "segment.written",
    "segment.indexed",
    "publish.begun",
    "publish.committed",
    "trim.some",
    "expire.begun",
    "expire.removed",
    "erase.asked",
    "erase.removed",
    "erase.expired",
    "migrate.begun",
    "migrate.done",
];

/// Lets this process die when it comes to `place` for the `count`th time. Only the first call counts, and only in a build
/// with debug assertions.
pub fn arm(place: &str, count: i64) {
    #[cfg(debug_assertions)]
    {
        let _ = ARMED.set((place.to_owned(), AtomicI64::new(count)));
    }
    #[cfg(not(debug_assertions))]
    let _ = (place, count);
}

/// A place to die at.
#[inline]
pub(crate) fn point(place: &'static str) {
    debug_assert!(POINTS.contains(&place), "{place} is not listed");
    #[cfg(debug_assertions)]
    if let Some((armed, left)) = ARMED.get()
        && armed == place
        && left.fetch_sub(1, Ordering::SeqCst) == 1
    {
        // No unwinding, no destructors, no exit handlers: what is not on disk by now never will be.
        std::process::abort();
    }
    #[cfg(not(debug_assertions))]
    let _ = place;
}
