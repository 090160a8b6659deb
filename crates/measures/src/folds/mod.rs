//! One fold a file: what is kept of each person for the questions.

mod ages;
mod buyers;
mod by_days;
mod cohorts;
mod contracts;
mod conversions;
mod delays;
mod distortions;
mod doors;
mod first_contacts;
mod fits;
mod gaps;
mod journeys;
mod ledgers;
mod lines;
mod listing;
mod matcher;
mod outcomes;
mod purchase_days;
mod purchases;
mod reach;
mod recent;
mod recurrence;
mod regulars;
mod revenue;
mod rungs;
mod runs;
mod spread;
mod talks;
mod tally;
mod triangle;
mod weeks;

use longplay_domain::Day;
use longplay_store::Code;

use crate::pass::Arrival;

pub use ages::Ages;
pub use buyers::Buyers;
pub use by_days::ByDays;
pub use cohorts::{Cohort, Cohorts, WINDOW_DAYS};
pub use contracts::{ContractCell, ContractKey, Contracts};
pub use conversions::Conversions;
pub use delays::{Delay, Delays};
pub use distortions::Distortions;
pub use doors::{Doors, Way};
pub use first_contacts::{Contact, FirstContacts, HORIZON_DAYS, STATED, Taken};
pub use fits::{Fit, Fits};
pub use gaps::Gaps;
pub use journeys::{Journeys, Method, Paths, Sample, Share, WHOLE};
pub use ledgers::{Base, Cell, Kept, Ledger, Ledgers, Span};
pub use lines::Lines;
pub use listing::{CohortCell, CohortSpan, Goals, Listed, Listing, Move, Order, Place, Wanted, Which, told_columns};
pub use outcomes::{DayCounts, GOAL_DAYS, Outcomes};
pub use purchase_days::PurchaseDays;
pub(crate) use purchases::history;
pub use purchases::{Customers, Purchases, Purchasing};
pub use reach::Reach;
pub use recent::{RECENT_DAYS, Recent, Recently};
pub use recurrence::{Recurrence, RecurrenceCell};
pub use regulars::{RegularCell, Regulars};
pub use revenue::{Revenue, RevenueCell, RevenueKey};
pub use rungs::{Moves, Presence, Rungs, STEP_DAYS, STOOD_DAYS};
pub use runs::Runs;
pub use spread::Spread;
pub use talks::{Candidate, Reason, Talks, WATCHED_DAYS};
pub use tally::Tally;
pub use triangle::{Numbered, Triangle};
pub use weeks::{Count, Weeks};

/// A map for the pass: fast, and never keyed by what strangers choose.
pub(crate) type Map<K, V> = hashbrown::HashMap<K, V, foldhash::fast::RandomState>;

/// Who arrived through what on which day: the cell of every cube.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    pub piece: Code,
    pub channel: Code,
    pub day: Day,
}

impl From<Arrival> for Origin {
    fn from(arrival: Arrival) -> Self {
        Self {
            piece: arrival.piece,
            channel: arrival.channel,
            day: arrival.day,
        }
    }
}
