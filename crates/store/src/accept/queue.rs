//! The line of batches before the journal. Whoever enters and finds nobody at work leads: commits all that are in line, tells
//! each its outcome, and hands the lead to the first who waits for his own. Who left a word to be told by went on, and is
//! no one to hand it to: as long as only such batches come, the leader stays.
//!
//! What must stay true: every batch that entered is told exactly once, also when a leader fails or panics.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use super::{Judged, Receipt};
use crate::error::{Result, StoreError};

/// Batches that may wait.
const BATCHES_MAX: usize = 4_096;
/// Bytes of encoded events that may wait.
const BYTES_MAX: usize = 16 << 20;
/// Bytes of encoded events that one commit takes, unless a single batch has more.
const COMMIT_BYTES_MAX: usize = 4 << 20;

/// The line.
#[derive(Default)]
pub struct Queue {
    line: Mutex<Line>,
}

#[derive(Default)]
struct Line {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    has_leader: bool,
}

/// A batch in line. Dropped untold, it tells its owner that it failed.
pub struct Waiting {
    pub batch: Judged,
    owner: Option<Owner>,
}

/// Who is told what became of a batch.
pub enum Owner {
    /// Somebody who waits, and who can be called to lead.
    Seated(Arc<Seat>),
    /// Somebody who went on.
    Gone(Box<dyn FnOnce(Result<Receipt>) + Send>),
}

/// Where the owner of a batch waits.
#[derive(Default)]
pub struct Seat {
    role: Mutex<Option<Role>>,
    called: Condvar,
}

/// What a waiting caller is called for.
pub enum Role {
    Told(Result<Receipt>),
    Lead,
}

impl Queue {
    /// Lines a batch up, or tells its owner that there is no room. Returns whether the caller leads now.
    pub fn enter(&self, batch: Judged, owner: Owner) -> bool {
        let waiting = Waiting {
            batch,
            owner: Some(owner),
        };
        let mut line = self.line();
        if line.is_full() {
            drop(line);
            waiting.tell(Err(StoreError::Busy));
            return false;
        }
        line.bytes += waiting.batch.body.len();
        line.waiting.push_back(waiting);
        !std::mem::replace(&mut line.has_leader, true)
    }

    /// Whether half of what may wait does.
    pub fn is_crowded(&self) -> bool {
        let line = self.line();
        line.waiting.len() >= BATCHES_MAX / 2 || line.bytes >= BYTES_MAX / 2
    }

    /// The batches of the next commit, in the order in which they came.
    pub fn take(&self) -> Vec<Waiting> {
        let mut line = self.line();
        let mut taken = Vec::new();
        let mut bytes = 0;
        while let Some(first) = line.waiting.front() {
            bytes += first.batch.body.len();
            if bytes > COMMIT_BYTES_MAX && !taken.is_empty() {
                break;
            }
            line.bytes -= first.batch.body.len();
            taken.extend(line.waiting.pop_front());
        }
        taken
    }

    /// The lead, for whoever was given it.
    pub const fn leading(&self) -> Leading<'_> {
        Leading(self)
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    fn is_full(&self) -> bool {
        self.waiting.len() >= BATCHES_MAX || self.bytes >= BYTES_MAX
    }

    /// Calls the first who waits to lead; returns whether there was one.
    fn call_next(&self) -> bool {
        let mut owners = self.waiting.iter().filter_map(|waiting| waiting.owner.as_ref());
        let seat = owners.find_map(|owner| match owner {
            Owner::Seated(seat) => Some(seat),
            Owner::Gone(_) => None,
        });
        if let Some(seat) = seat {
            seat.call(Role::Lead);
        }
        seat.is_some()
    }
}

/// The lead, while somebody has it.
pub struct Leading<'a>(&'a Queue);

impl Leading<'_> {
    /// Lets the lead go to somebody who waits in line, or ends it when nobody is in line. Else it stays: those in line went
    /// on, and nobody but the leader works for them.
    pub fn hand_on(&self) -> bool {
        let mut line = self.0.line();
        let is_handed = line.call_next();
        if !is_handed && line.waiting.is_empty() {
            line.has_leader = false;
            return true;
        }
        is_handed
    }
}

impl Drop for Leading<'_> {
    /// A leader who goes without having handed on has panicked.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let left = {
            let mut line = self.0.line();
            if line.call_next() {
                return;
            }
            line.has_leader = false;
            line.bytes = 0;
            std::mem::take(&mut line.waiting)
        };
        drop(left);
    }
}

impl Waiting {
    /// Tells the owner what became of the batch.
    pub fn tell(mut self, outcome: Result<Receipt>) {
        if let Some(owner) = self.owner.take() {
            owner.tell(outcome);
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(owner) = self.owner.take() {
            let message = "a fault of Longplay kept a batch from the journal; send it again".to_owned();
            owner.tell(Err(StoreError::Invalid(message)));
        }
    }
}

impl Owner {
    pub fn tell(self, outcome: Result<Receipt>) {
        match self {
            Self::Seated(seat) => seat.call(Role::Told(outcome)),
            Self::Gone(told) => told(outcome),
        }
    }
}

impl Seat {
    /// Waits to be called.
    pub fn wait(&self) -> Role {
        let mut role = self.role.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match role.take() {
                Some(role) => return role,
                None => role = self.called.wait(role).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn call(&self, role: Role) {
        *self.role.lock().unwrap_or_else(PoisonError::into_inner) = Some(role);
        self.called.notify_one();
    }
}
