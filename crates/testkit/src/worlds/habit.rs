//! How people of one kind behave, and what follows from it exactly.
//!
//! A person comes back at all with probability `comes_back`; the first gap is `1 + ⌊Exp(first_gap_days)⌋` days, and that is at
//! most N exactly when the exponential draw is below N. After each later visit there is another with probability `goes_on`.
//! Signing up and buying later happen (or not) whether or not they visit, at a lag of the same form; they show presence too, so
//! somebody has *not* returned within N days only when none of the three happened by then.

use super::truth::{Holds, Truth};

/// Probabilities are of one person; gaps and lags are means in days.
#[derive(Clone, Copy, Debug)]
pub struct Habit {
    pub comes_back: f64,
    pub first_gap_days: f64,
    pub goes_on: f64,
    pub gap_days: f64,
    /// Signs up on the first day.
    pub signs_up: f64,
    /// Signs up later, apart from that: `signs_up_after_days` from the first day.
    pub signs_up_later: f64,
    pub signs_up_after_days: f64,
    /// Buys a first time, `buys_after_days` from the first day.
    pub buys: f64,
    pub buys_after_days: f64,
    /// After each order: buys again, `buys_again_after_days` later.
    pub buys_again: f64,
    pub buys_again_after_days: f64,
}

impl Habit {
    /// Comes once and is never seen again.
    pub const PASSES_BY: Self = Self {
        comes_back: 0.0,
        first_gap_days: 1.0,
        goes_on: 0.0,
        gap_days: 1.0,
        signs_up: 0.0,
        signs_up_later: 0.0,
        signs_up_after_days: 1.0,
        buys: 0.0,
        buys_after_days: 1.0,
        buys_again: 0.0,
        buys_again_after_days: 1.0,
    };

    /// Readers of a good small site: three in ten come back, six in a hundred sign up at once, three in a hundred buy.
    pub const READER: Self = Self {
        comes_back: 0.30,
        first_gap_days: 10.0,
        goes_on: 0.80,
        gap_days: 12.0,
        signs_up: 0.06,
        buys: 0.03,
        buys_after_days: 20.0,
        ..Self::PASSES_BY
    };

    /// P(present again within N days) = 1 − (1 − visits)(1 − signs up later)(1 − buys), the three being independent.
    pub fn returns_within(&self, days: f64) -> f64 {
        let visits = self.comes_back * within(days, self.first_gap_days);
        let signs_up = self.signs_up_later * within(days, self.signs_up_after_days);
        let buys = self.buys * within(days, self.buys_after_days);
        1.0 - (1.0 - visits) * (1.0 - signs_up) * (1.0 - buys)
    }

    /// What is true of the shares that came back, of those whom a piece brought.
    pub fn returns_of_piece(&self, truth: Truth, piece: &'static str) -> Truth {
        [7, 28, 90].into_iter().fold(truth, |truth, days| {
            let holds = Holds::Within(self.returns_within(f64::from(days)));
            truth.piece("returns", piece, format!("returned_{days}d"), holds)
        })
    }

    /// The same of those whom a topic brought.
    pub fn returns_of_topic(&self, truth: Truth, topic: &'static str) -> Truth {
        [7, 28, 90].into_iter().fold(truth, |truth, days| {
            let holds = Holds::Within(self.returns_within(f64::from(days)));
            truth.topic("returns", topic, format!("returned_{days}d"), holds)
        })
    }

    /// The same of everybody, where all are of this kind.
    pub fn returns_of_all(&self, truth: Truth) -> Truth {
        [7, 28, 90].into_iter().fold(truth, |truth, days| {
            let holds = Holds::Within(self.returns_within(f64::from(days)));
            truth.all("returns", format!("returned_{days}d"), holds)
        })
    }
}

/// P(1 + ⌊Exp(mean)⌋ ≤ N) = P(Exp(mean) < N) = 1 − e^(−N / mean).
pub fn within(days: f64, mean_days: f64) -> f64 {
    1.0 - (-days / mean_days).exp()
}
