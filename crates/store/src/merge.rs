//! Many segments → fewer, size-tiered under one large one, a step at a time. Answers don't change; old files stay until they
//! expire.

use std::{fs::File, sync::Arc};

use longplay_domain::Time;

use crate::{
    Store,
    error::Result,
    lake::publish::{COMPACTED, Change},
    people::moved,
    rows::Rows,
    segment::read::Segment,
};

/// Segments of about one size that are merged into one of the next: each event is rewritten about log₈ of all events times.
const FAN_IN: usize = 8;
/// The smaller segments together stay below one part in this many of the largest.
const OTHERS_MAX: u64 = 4;
/// The same when nothing comes in: a large merge is then in nobody's way, and a person's events take least room side by side.
const OTHERS_AT_REST_MAX: u64 = 12;
/// Segments smaller than this are all of the lowest tier.
const TIER_ROWS_MIN: u64 = 65_536;

impl Store {
    /// Does one merge if one is due. Returns whether it did.
    pub fn merge(&self, now: Time) -> Result<bool> {
        self.merge_down(OTHERS_MAX, now)
    }

    /// The same when nothing has come in for a while.
    pub fn merge_at_rest(&self, now: Time) -> Result<bool> {
        self.merge_down(OTHERS_AT_REST_MAX, now)
    }

    fn merge_down(&self, others_max: u64, now: Time) -> Result<bool> {
        let lock = self.maintenance()?;
        let (marked, counted): (Vec<_>, Vec<_>) = self
            .live_segments()?
            .into_iter()
            .partition(|segment| segment.info.is_marked);
        let Some(chosen) = choose(&counted, others_max).or_else(|| choose(&marked, others_max)) else {
            return Ok(false);
        };
        self.merge_segments(chosen, &lock, now)?;
        Ok(true)
    }

    /// Writes the rows of several segments as one, each under the person it belongs to by now.
    fn merge_segments(&self, segments: Vec<Arc<Segment>>, lock: &File, now: Time) -> Result<()> {
        let position = self.refresh()?.head.sealed;
        let who = self.who()?;
        let replaced: Vec<i64> = segments.iter().map(|segment| segment.info.file_id).collect();
        let names: Vec<String> = segments.iter().map(|segment| segment.info.name.clone()).collect();
        let (sources, moved) = moved::split(segments, &who)?;
        let written = self.write_segment(position, |writer| {
            writer.merges(names.iter().map(String::as_str));
            let mut rows = Rows::new(&sources, [Arc::new(moved)])?;
            while let Some(batch) = rows.next_batch()? {
                writer.append(&batch)?;
                // A large merge takes longer than a busy tail has room for.
                if self.refresh()?.tail.is_full() {
                    self.seal_under(lock, now)?;
                }
            }
            Ok(())
        })?;
        self.publish(&Change {
            written: written.as_slice(),
            replaced: &replaced,
            sealed: None,
            links: &[],
            now,
            what: COMPACTED,
            also: &|_| Ok(()),
        })?;
        Ok(())
    }
}

/// All of them when the smaller ones together are no longer small beside the largest: most people then lie in one run, and a
/// pass hands their histories out without a copy. Else those of the lowest tier that is full.
fn choose(segments: &[Arc<Segment>], others_max: u64) -> Option<Vec<Arc<Segment>>> {
    let rows = |segment: &Arc<Segment>| segment.info.rows;
    let largest = segments.iter().map(rows).max()?;
    let others = segments.iter().map(rows).sum::<u64>() - largest;
    if others > 0 && others * others_max >= largest {
        return Some(segments.to_vec());
    }
    let mut tiers: Vec<Vec<Arc<Segment>>> = Vec::new();
    for segment in segments {
        let tier = tier(segment.info.rows);
        tiers.resize_with(tiers.len().max(tier + 1), Vec::new);
        tiers[tier].push(Arc::clone(segment));
    }
    tiers.into_iter().find(|tier| tier.len() >= FAN_IN)
}

fn tier(rows: u64) -> usize {
    let mut tier = 0;
    let mut bound = TIER_ROWS_MIN;
    while rows >= bound {
        tier += 1;
        bound = bound.saturating_mul(FAN_IN as u64);
    }
    tier
}

#[cfg(test)]
mod tests {
    use super::tier;

    #[test]
    fn eight_of_a_tier_make_one_of_the_next() {
        for rows in [1, 10_000, 65_535, 65_536, 1_000_000, 5_000_000] {
            assert!(
                tier(rows * 8) >= tier(rows) && tier(rows * 8) <= tier(rows) + 1,
                "{rows}"
            );
        }
        assert_eq!(tier(65_536 * 8), 2);
    }
}
