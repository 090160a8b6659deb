//! The line of batches before the journal. Whoever enters and finds nobody at work leads: commits all that wait, tells each
//! its outcome, and hands the lead to the first of those who came meanwhile. Nobody works for the others without end.
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
    seat: Option<Arc<Seat>>,
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

/// What a caller does first.
pub enum Turn {
    Wait(Arc<Seat>),
    Lead(Arc<Seat>),
}

impl Queue {
    /// Lines a batch up.
    pub fn enter(&self, batch: Judged) -> Result<Turn> {
        let mut line = self.line();
        if line.is_full() {
            return Err(StoreError::Busy);
        }
        let seat = Arc::new(Seat::default());
        line.bytes += batch.body.len();
        line.waiting.push_back(Waiting {
            batch,
            seat: Some(Arc::clone(&seat)),
        });
        if line.has_leader {
            return Ok(Turn::Wait(seat));
        }
        line.has_leader = true;
        Ok(Turn::Lead(seat))
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

    /// Hands the lead on when this is dropped.
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
}

/// The lead, while somebody has it.
pub struct Leading<'a>(&'a Queue);

impl Drop for Leading<'_> {
    fn drop(&mut self) {
        let mut line = self.0.line();
        match line.waiting.front().and_then(|next| next.seat.as_ref()) {
            Some(seat) => seat.call(Role::Lead),
            None => line.has_leader = false,
        }
    }
}

impl Waiting {
    /// Tells the owner what became of the batch.
    pub fn tell(mut self, outcome: Result<Receipt>) {
        if let Some(seat) = self.seat.take() {
            seat.call(Role::Told(outcome));
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(seat) = self.seat.take() {
            let message = "a fault of Longplay kept a batch from the journal; send it again".to_owned();
            seat.call(Role::Told(Err(StoreError::Invalid(message))));
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
