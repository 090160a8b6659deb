//! Small synthetic worlds whose truth is known: about a year of an audience each, from stated constants and a seed.
//!
//! Each world is a file: its constants, the rows that follow from them with a seeded generator, and beside them what must then be
//! true of the answers. Whoever changes a constant changes the truth in the same place.

mod bought_bot_traffic;
mod brand_new_owner;
mod habit;
mod hit_that_brought_nobody;
mod hit_that_translated;
mod identity_chaos;
mod quiet_site;
mod seasonal_shop;
mod steady_series;
mod totals_only;
mod town;
mod truth;

use std::fmt::Write;

use longplay_domain::{Piece, Sample};

pub use self::truth::{Holds, RowHolds, TrueFigure, TrueRow, Truth};
use crate::{Row, row::quoted};

/// A world as it arrives, a point of view, and what is true.
#[derive(Clone, Debug)]
pub struct World {
    pub name: &'static str,
    pub zone: &'static str,
    /// As `--as-of` takes it: the day after the last one on which anything happened, unless the world says otherwise.
    pub as_of: &'static str,
    /// Whom the owner wants, as a rule, where they said it.
    pub ideal: Option<&'static str>,
    pub rows: Vec<Row>,
    pub pieces: Vec<Piece>,
    pub samples: Vec<Sample>,
    pub truth: Truth,
}

/// How many people: all, or a part that makes forty of them quick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    Whole,
    Small,
}

impl Size {
    const fn share(self) -> f64 {
        match self {
            Self::Whole => 1.0,
            Self::Small => 0.25,
        }
    }
}

/// A world by its name.
pub type Make = fn(u64, Size) -> World;

/// All worlds.
pub const ALL: [(&str, Make); 8] = [
    ("hit_that_brought_nobody", hit_that_brought_nobody::world),
    ("hit_that_translated", hit_that_translated::world),
    ("steady_series", steady_series::world),
    ("seasonal_shop", seasonal_shop::world),
    ("bought_bot_traffic", bought_bot_traffic::world),
    ("identity_chaos", identity_chaos::world),
    ("brand_new_owner", brand_new_owner::world),
    ("totals_only", totals_only::world),
];

impl World {
    /// The pieces in Longplay's own format.
    pub fn pieces_csv(&self) -> String {
        let mut text = "id,title,url,channel,published_at,format,topics,effort_hours,cost,currency\n".to_owned();
        for piece in &self.pieces {
            let or_blank = |text: &Option<String>| quoted(text.as_deref().unwrap_or_default());
            let cost = piece.cost.map(|cost| cost.to_string()).unwrap_or_default();
            let (amount, currency) = cost.split_once(' ').unwrap_or_default();
            let cells = [
                quoted(&piece.id),
                or_blank(&piece.title),
                or_blank(&piece.url),
                or_blank(&piece.channel),
                piece.published_at.map(|time| time.to_string()).unwrap_or_default(),
                or_blank(&piece.format),
                quoted(&piece.topics.join("; ")),
                piece.effort_hours.map(|hours| hours.to_string()).unwrap_or_default(),
                amount.to_owned(),
                currency.to_owned(),
            ];
            text.push_str(&(cells.join(",") + "\n"));
        }
        text
    }

    /// The platform's day totals in Longplay's own format.
    pub fn samples_csv(&self) -> String {
        let mut text = "piece,day,metric,value,channel\n".to_owned();
        for sample in &self.samples {
            let piece = quoted(sample.piece.as_deref().unwrap_or_default());
            let Sample {
                day,
                metric,
                value,
                channel,
                ..
            } = sample;
            writeln!(text, "{piece},{day},{metric},{value},{channel}").expect("a text takes whatever is written");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn a_seed_is_a_world_and_another_seed_another() {
        for (name, make) in ALL {
            let (one, same, other) = (make(1, Size::Small), make(1, Size::Small), make(2, Size::Small));
            assert_eq!((one.name, &one.rows, &one.samples), (name, &same.rows, &same.samples));
            assert!(one.rows != other.rows || one.samples != other.samples, "{name}");
        }
    }

    #[test]
    fn worlds_are_small_and_their_ids_their_own() {
        for (name, make) in ALL {
            let world = make(1, Size::Whole);
            let ids: BTreeSet<_> = world.rows.iter().map(|row| row.id.as_deref()).collect();
            assert_eq!(ids.len(), world.rows.len(), "{name}");
            assert!(world.rows.len() <= 60_000 && world.samples.len() <= 60_000, "{name}");
            assert!(world.rows.len() + world.samples.len() > 0, "{name}");
        }
    }

    /// Nothing but a first event may bring somebody, or the truth about who brought whom would be wrong.
    #[test]
    fn nobody_signs_up_or_buys_before_they_arrive() {
        // Under their scattered names people may well buy first.
        for (name, make) in ALL.into_iter().filter(|(name, _)| *name != "identity_chaos") {
            let world = make(3, Size::Small);
            let mut first: BTreeMap<&str, &Row> = BTreeMap::new();
            for row in &world.rows {
                let known = first.entry(&row.person).or_insert(row);
                if row.time < known.time {
                    *known = row;
                }
            }
            for row in first.values() {
                let arrives = matches!(row.event.as_str(), "viewed" | "opened" | "identified");
                assert!(arrives, "{name}: {row:?}");
            }
        }
    }

    #[test]
    fn files_say_what_the_world_holds() {
        let world = totals_only::world(1, Size::Small);
        assert_eq!(world.pieces_csv().lines().count(), world.pieces.len() + 1);
        assert_eq!(world.samples_csv().lines().count(), world.samples.len() + 1);
    }
}
