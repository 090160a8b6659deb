//! Where a hit's people came from, as measured: it outranks what is read from the shape of a peak.
//!
//! Measured are the people whom the hit's piece acquired on its days, by the source and the campaign of their first event. If one
//! of them, less what it usually brings, makes up half of what came above the base or more, that one is said. Totals have no
//! people, so nothing is measured there.

use longplay_domain::Day;
use longplay_store::{Code, NONE};
use serde::Serialize;

use super::watch::{HISTORY_DAYS, Hit};
use crate::{
    ask::Ground,
    evidence::Evidence,
    folds::{Map, Origin, Way},
};

/// From this share of the excess on it is said.
const SHARE_MIN: f64 = 0.5;

/// The one source or campaign most of a hit came through.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CameFrom {
    /// `source` or `campaign`.
    pub kind: &'static str,
    pub name: String,
    /// People first seen through it on the hit's days.
    pub people: u64,
    /// Of what came above the base; at most 1.
    pub share: f64,
}

impl CameFrom {
    /// `the source “reddit.com”`
    pub fn words(&self) -> String {
        format!("the {} “{}”", self.kind, self.name)
    }
}

/// How new people came, by acquiring piece and day.
pub struct Ways<'a> {
    ground: &'a Ground,
    /// By acquiring piece: day, kind, name, people; in order of the day.
    pieces: Map<Code, Vec<(Day, Way, Code, u64)>>,
}

impl<'a> Ways<'a> {
    pub fn of(ground: &'a Ground, evidence: &Evidence) -> Self {
        let mut pieces: Map<Code, Vec<(Day, Way, Code, u64)>> = Map::default();
        for way in Way::ALL {
            for (origin, people) in evidence.doors().cells(way) {
                let Origin {
                    piece,
                    channel: name,
                    day,
                } = origin;
                pieces
                    .entry(piece)
                    .or_default()
                    .push((day, way, name, u64::from(people)));
            }
        }
        pieces.values_mut().for_each(|ways| ways.sort_unstable());
        Self { ground, pieces }
    }

    /// What half of a hit or more came from, the campaign before its source where both did.
    pub fn came_from(&self, hit: &Hit) -> Option<CameFrom> {
        let terms = self.ground.snapshot.terms();
        let piece = match &hit.piece {
            Some(piece) => terms.find(piece)?,
            None => NONE,
        };
        let ways = self.pieces.get(&piece)?;
        let days = f64::from(hit.end.since(hit.start) + 1);
        let mut counts: Map<(Way, Code), (u64, u64)> = Map::default();
        let from = ways.partition_point(|&(day, ..)| day < hit.start.plus(-HISTORY_DAYS));
        for &(day, way, name, people) in ways[from..].iter().take_while(|&&(day, ..)| day <= hit.end) {
            let (during, before) = counts.entry((way, name)).or_default();
            *(if day < hit.start { before } else { during }) += people;
        }
        let told = counts.into_iter().filter_map(|((way, name), (during, before))| {
            let usual = before as f64 / f64::from(HISTORY_DAYS) * days;
            let share = (during as f64 - usual) / hit.excess;
            let name = terms.text(name)?.to_string();
            (hit.excess > 0.0 && share >= SHARE_MIN).then(|| CameFrom {
                kind: way.name(),
                name,
                people: during,
                share: share.min(1.0),
            })
        });
        // By name last, so that nothing hangs on the order of codes.
        told.min_by(|a, b| (a.kind, b.people, &a.name).cmp(&(b.kind, a.people, &b.name)))
    }
}
