//! When a person reached a goal: the first event that matches it, at or after their first presence event.

use longplay_domain::{Act, Goal};
use longplay_store::{Code, Column, Columns, Terms};

use crate::pass::{Arrival, Life};

/// A goal with its filters as codes.
#[derive(Clone, Debug)]
pub(super) struct Matcher {
    /// Bit `1 << act` is set for acts that count.
    pub acts: u32,
    event: Option<Code>,
    piece: Option<Code>,
    channel: Option<Code>,
}

impl Matcher {
    pub fn new(goal: &Goal, terms: &Terms) -> Self {
        let acts = goal.acts.iter().fold(0, |mask, act: &Act| mask | 1 << act.code());
        let code = |text: &Option<String>| text.as_deref().map(|text| terms.code(text));
        Self {
            acts: if goal.acts.is_empty() { u32::MAX } else { acts },
            event: code(&goal.event),
            piece: code(&goal.piece),
            channel: code(&goal.channel),
        }
    }

    /// The columns needed beside piece and channel.
    pub fn columns(matchers: &[Self]) -> Columns {
        let has_names = matchers.iter().any(|matcher| matcher.event.is_some());
        if has_names {
            Columns::of(&[Column::Event])
        } else {
            Columns::none()
        }
    }

    /// Where goals are looked for. "At or after the first presence": events of the same instant that sort before it count.
    #[inline]
    pub fn from(life: &Life<'_>, arrival: Arrival) -> usize {
        let times = life.history.times;
        let mut from = arrival.event;
        while from > 0 && times[from - 1] == times[arrival.event] {
            from -= 1;
        }
        from
    }

    /// The first event from `from` on that reaches the goal.
    #[inline]
    pub fn first(&self, life: &Life<'_>, from: usize) -> Option<usize> {
        (from..life.history.len()).find(|&event| self.holds(life, event))
    }

    #[inline]
    pub fn holds(&self, life: &Life<'_>, event: usize) -> bool {
        let equals = |wanted: Option<Code>, column| wanted.is_none_or(|code| life.history.codes(column)[event] == code);
        self.acts >> life.history.acts[event] & 1 != 0
            && equals(self.event, Column::Event)
            && equals(self.piece, Column::Piece)
            && equals(self.channel, Column::Channel)
    }
}
