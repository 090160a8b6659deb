//! What is true of the demo audience, so that anybody can check the answers against it.
//!
//! Every number the generator uses about people stands here, per kind of first visit, and nowhere else. A person comes back
//! at all with probability `comes_back`; the first gap is `1 + ⌊Exp(first_gap_days)⌋` days, so the probability of a return
//! within N days is exactly `comes_back × (1 − exp(−N / first_gap_days))`. Sign-ups and downloads happen on the first day
//! only, so their probabilities hold whatever a person's age. Purchases happen on later visits: it takes time.

use serde::Serialize;

/// What kind of thing brought a person here; it decides how they behave from then on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The one post that went round the world in two days.
    Hit,
    /// The quiet series for the people the workshop is made for.
    Series,
    Article,
    Guide,
    /// A letter that a subscriber passed on.
    Letter,
    /// Came to the home page: no piece brought them.
    HomePage,
}

/// How people of one kind behave. Probabilities are of one person, gaps are means in days.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct KindTruth {
    pub kind: Kind,
    pub comes_back: f64,
    pub first_gap_days: f64,
    /// Probability, after each later visit, that there is another.
    pub goes_on: f64,
    pub gap_days: f64,
    pub signs_up: f64,
    pub downloads: f64,
    /// Probability of a purchase on each later visit.
    pub buys_per_visit: f64,
}

impl Kind {
    pub const ALL: [Self; 6] = [
        Self::Hit,
        Self::Series,
        Self::Article,
        Self::Guide,
        Self::Letter,
        Self::HomePage,
    ];

    pub const fn truth(self) -> KindTruth {
        let (comes_back, first_gap_days, goes_on, gap_days) = match self {
            Self::Hit => (0.012, 25.0, 0.50, 20.0),
            Self::Series => (0.62, 8.0, 0.93, 9.0),
            Self::Article => (0.20, 20.0, 0.72, 16.0),
            Self::Guide => (0.24, 18.0, 0.72, 18.0),
            Self::Letter => (0.40, 12.0, 0.85, 12.0),
            Self::HomePage => (0.26, 15.0, 0.75, 14.0),
        };
        let (signs_up, downloads, buys_per_visit) = match self {
            Self::Hit => (0.002, 0.001, 0.002),
            Self::Series => (0.16, 0.03, 0.035),
            Self::Article => (0.03, 0.01, 0.012),
            Self::Guide => (0.05, 0.45, 0.012),
            Self::Letter => (0.12, 0.01, 0.020),
            Self::HomePage => (0.04, 0.02, 0.015),
        };
        KindTruth {
            kind: self,
            comes_back,
            first_gap_days,
            goes_on,
            gap_days,
            signs_up,
            downloads,
            buys_per_visit,
        }
    }
}

impl KindTruth {
    /// The true probability that a person of this kind returns within `days` days.
    pub fn returns_within(&self, days: f64) -> f64 {
        self.comes_back * (1.0 - (-days / self.first_gap_days).exp())
    }
}

/// The whole truth, written beside the data as `demo-truth.json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Truth {
    pub note: &'static str,
    /// First and last day of the year, both included.
    pub from: String,
    pub to: String,
    pub zone: String,
    pub people: u64,
    pub kinds: Vec<KindTruth>,
    pub pieces: Vec<PieceTruth>,
}

/// What is true of the people one piece brought; `piece` is null for the home page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PieceTruth {
    pub piece: Option<&'static str>,
    pub kind: Kind,
    /// People whose very first visit was to this piece.
    pub people: u64,
    pub returned_7d: f64,
    pub returned_28d: f64,
    pub returned_90d: f64,
    pub signup: f64,
    pub download: f64,
}

impl PieceTruth {
    pub fn new(piece: Option<&'static str>, kind: Kind, people: u64) -> Self {
        let truth = kind.truth();
        Self {
            piece,
            kind,
            people,
            returned_7d: truth.returns_within(7.0),
            returned_28d: truth.returns_within(28.0),
            returned_90d: truth.returns_within(90.0),
            signup: truth.signs_up,
            download: truth.downloads,
        }
    }
}
