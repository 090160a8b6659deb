//! What was accepted, kept for good: journal, segments, lake catalog, registry, and histories to fold over.
//!
//! One directory is one workspace. Several processes may open it; SQLite's locks order their writes, and only the holder
//! of `maintenance.lock` seals, merges or expires. Nothing reaches the journal but through [`Store::accept`].

#![doc = "\nDeliberately absent: questions and statistics, wire formats, HTTP, clocks (now is an argument)."]

mod accept;
mod acts;
mod backup;
mod changes;
mod check;
pub mod crash;
mod error;
mod forget;
pub mod histories;
mod journal;
mod lake;
mod layout;
mod lock;
mod marked;
mod merge;
mod order;
mod people;
mod registry;
mod rewrite;
mod rows;
mod seal;
mod seen;
mod segment;
mod snapshot;
mod store;
mod tail;
mod terms;
mod upgrade;
mod view;
mod watch;

pub use accept::{Judged, Receipt, Verdict};
pub use backup::{Kept, backup, restore};
pub use check::{
    Checked, Finding, Repair, Report, check,
    invariants::{INVARIANTS, Invariant, Weight},
    repair::repair,
};
pub use error::{Result, StoreError};
pub use histories::{Columns, History};
#[doc(hidden)] // for fuzzing: how a batch lies in the journal
pub use journal::{decode as decode_batch, encode as encode_batch};
pub use marked::Marked;
pub use people::{LinkInfo, PersonCard, Timeline};
pub use registry::{
    Account, DayNote, ErasureReceipt, IDLE_MAX_HOURS, ImportNote, KeyInfo, LOG_KEEP_DAYS, LogEntry, NewShare,
    PersonNote, PieceTotal, Role, SESSION_MAX_HOURS, Scope, Session, Share, TalkKind, TalkNote, TokenInfo, Whence,
};
pub use seal::Unsealed;
pub use seen::Seen;
pub use segment::schema::Column;
pub use snapshot::Snapshot;
pub use store::{Store, Totals};
pub use terms::{Code, NONE, Terms};
pub use view::State;
