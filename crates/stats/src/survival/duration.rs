//! One spell of waiting.

use crate::fitted::FitError;

/// How long somebody (or `weight` people alike) was watched, and whether it ended with the event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Duration {
    /// How long, in any one unit.
    pub time: f64,
    /// True: the event happened at `time`. False: not by `time`, when we stopped looking.
    pub event: bool,
    /// How many people waited like this.
    pub weight: f64,
}

impl Duration {
    /// One person who waited `time`, until the event or until we stopped watching.
    pub fn new(time: f64, event: bool) -> Self {
        Self {
            time,
            event,
            weight: 1.0,
        }
    }

    /// Why nobody can have waited like this; `None` when somebody can.
    pub fn defect(&self) -> Option<&'static str> {
        if !(self.time >= 0.0 && self.time.is_finite()) {
            Some("the time is negative or not a number")
        } else if !(self.weight >= 0.0 && self.weight.is_finite()) {
            Some("the weight is negative or not a number")
        } else {
            None
        }
    }
}

/// The rows that count, sorted by time with events before censorings, merged.
pub(super) fn condensed(rows: &[Duration]) -> Result<Vec<Duration>, FitError> {
    let kept = match counted(rows)? {
        Some(few) => few,
        None => sorted(rows),
    };
    if kept.is_empty() {
        Err(FitError::NoEvidence)
    } else {
        Ok(kept)
    }
}

fn in_order(one: &Duration, other: &Duration) -> std::cmp::Ordering {
    let order = one.time.total_cmp(&other.time).then(other.event.cmp(&one.event));
    order.then(one.weight.total_cmp(&other.weight))
}

fn sorted(rows: &[Duration]) -> Vec<Duration> {
    let mut kept: Vec<Duration> = rows.iter().copied().filter(|row| row.weight > 0.0).collect();
    kept.sort_unstable_by(in_order);
    kept.dedup_by(|next, first| {
        let same = next.time == first.time && next.event == first.event;
        if same {
            first.weight += next.weight;
        }
        same
    });
    kept
}

/// Different times up to which counting beats sorting.
const TIMES_MAX: usize = 1 << 14;
/// No time has these bits.
const VACANT: u64 = u64::MAX;

/// The same in one pass over the rows, when they hold few different times and whole people, whose sums don't depend on
/// their order. Ten million days of waiting are a few hundred numbers.
fn counted(rows: &[Duration]) -> Result<Option<Vec<Duration>>, FitError> {
    let slots = 4 * TIMES_MAX;
    let mut keys = vec![VACANT; slots];
    let mut sums = vec![[0.0_f64; 2]; slots];
    let mut used = 0;
    let mut is_few = true;
    for (row, duration) in rows.iter().enumerate() {
        if let Some(reason) = duration.defect() {
            return Err(FitError::BadRow { row, reason });
        }
        if !is_few {
            continue;
        }
        // −0 is 0.
        let bits = (duration.time + 0.0).to_bits();
        let mut slot = (bits.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as usize & (slots - 1);
        while keys[slot] != bits && keys[slot] != VACANT {
            slot = (slot + 1) & (slots - 1);
        }
        if keys[slot] == VACANT {
            keys[slot] = bits;
            used += 1;
        }
        sums[slot][usize::from(duration.event)] += duration.weight;
        is_few = used <= TIMES_MAX && duration.weight == duration.weight.trunc();
    }
    if !is_few {
        return Ok(None);
    }
    let mut kept = Vec::with_capacity(2 * used);
    for (bits, sums) in keys.iter().zip(&sums).filter(|(bits, _)| **bits != VACANT) {
        for (event, weight) in [(true, sums[1]), (false, sums[0])] {
            if weight > 0.0 {
                let time = f64::from_bits(*bits);
                kept.push(Duration { time, event, weight });
            }
        }
    }
    kept.sort_unstable_by(in_order);
    Ok(Some(kept))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Draws;

    #[test]
    fn counting_and_sorting_say_the_same() {
        let mut draws = Draws::new(4, 1);
        let row = |draws: &mut Draws| Duration {
            time: (draws.uniform() * 40.0).floor() / 4.0,
            event: draws.uniform() < 0.5,
            weight: (draws.uniform() * 3.0).floor(),
        };
        let rows: Vec<Duration> = (0..5_000).map(|_| row(&mut draws)).collect();
        assert_eq!(counted(&rows).unwrap().unwrap(), sorted(&rows));
        let halves: Vec<Duration> = rows.iter().map(|row| Duration { weight: 0.5, ..*row }).collect();
        assert_eq!(counted(&halves).unwrap(), None);
        let many: Vec<Duration> = (0..20_000).map(|time| Duration::new(f64::from(time), true)).collect();
        assert_eq!(counted(&many).unwrap(), None);
        assert_eq!(condensed(&many).unwrap(), many);
        let wrong = [Duration::new(1.0, true), Duration::new(f64::NAN, true)];
        assert!(matches!(condensed(&wrong), Err(FitError::BadRow { row: 1, .. })));
    }
}
