//! The sequential spike detector: was this day more than this series usually does?
//!
//! Every day is judged only by the days before it, so an answer given then stays the answer. The series is taken as
//! ln(1 + count); its level is the median of the last 56 unflagged days, plus a shrunk weekday effect, its spread a
//! robust deviation kept between .10 and .35. A day is flagged when it lies 3.5 spreads above and at least doubles the
//! base. Below a median of 20 a day the logarithm of a count is too lumpy for that, and the upper tail of a negative
//! binomial decides instead. Flagged days never enter the history; 21 in a row are a new level, and those of them that
//! stand out from it as well remain the spike that brought it.
//!
//! False alarms, counted on seeded weekly-seasonal series in which nothing happens (`tests/spike_false_alarms.rs`):
//! fewer than one false episode a year of daily data, for Poisson counts, negative binomial counts with 20 % or 30 %
//! extra spread and log-normal totals with a log spread of .15 or .25, at every median from 5 to 1,000,000 a day (and
//! below 5 fewer than one in two years). Livelier series show more: 1.1 a year at a log spread of .3, 1.5 at .4, 3.7
//! at .5. The usual range held 89 to 92 % of days in all of these (`docs/methods/coverage.md`). What it misses: on
//! five views a day, a day of three times the usual is seen once in ten; one of five times mostly.

use super::history::{Expectation, History, Remembered};
use crate::special::beta;
use crate::{Estimate, rates};

/// One day of a series. A day that was not measured is left out of the slice, or carries a value that is not a count
/// (NaN, negative): it is skipped, never taken as zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayCount {
    /// 0 is Monday; taken modulo 7.
    pub weekday: usize,
    /// The count of the day.
    pub value: f64,
}

/// The detector's settings. `Default` is what the stated false-alarm rate holds for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpikeDetector {
    /// How many unflagged days are remembered: 56, eight weeks.
    pub window: usize,
    /// How many must be remembered before a day is judged: 28.
    pub least_history: usize,
    /// Spreads above the middle from which a day is flagged: 3.5.
    pub z: f64,
    /// And at least this multiple of the base: 2.
    pub ratio: f64,
    /// The spread of ln(1 + count) is kept inside these: .10 and .35.
    pub spread_floor: f64,
    /// The most a spread may be: see `spread_floor`.
    pub spread_ceiling: f64,
    /// Below this median a day the negative binomial tail decides: 20.
    pub small_count: f64,
    /// The tail probability from which a small count is flagged: 1e-4.
    pub small_chance: f64,
    /// So many flagged days in a row are a level shift: 21.
    pub shift_days: usize,
    /// Flagged days with at most this many unflagged between them are one episode: 2.
    pub episode_gap: usize,
    /// From this multiple of the base an episode is a big hit: 5.
    pub big_hit_ratio: f64,
    /// The share of ordinary days the usual range holds: .9.
    pub range_level: f64,
}

impl Default for SpikeDetector {
    fn default() -> Self {
        Self {
            window: 56,
            least_history: 28,
            z: 3.5,
            ratio: 2.0,
            spread_floor: 0.10,
            spread_ceiling: 0.35,
            small_count: 20.0,
            small_chance: 1e-4,
            shift_days: 21,
            episode_gap: 2,
            big_hit_ratio: 5.0,
            range_level: 0.9,
        }
    }
}

/// What the detector says of one day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayVerdict {
    /// What such a weekday usually brings.
    pub base: f64,
    /// The range that holds `range_level` of ordinary days.
    pub low: f64,
    /// The upper end of the usual range.
    pub high: f64,
    /// How many spreads above the middle, on the log scale.
    pub z: f64,
    /// For small counts: the chance of so many or more on an ordinary day.
    pub chance: Option<f64>,
    /// It stands out.
    pub flagged: bool,
}

/// A run of flagged days. Indices are into the slice that was scanned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Episode {
    /// Its first day.
    pub start: usize,
    /// Its last day, included.
    pub end: usize,
    /// The day of its largest count.
    pub peak_day: usize,
    /// That count.
    pub peak: f64,
    /// The base on its first day: what would have been.
    pub base: f64,
    /// z on the peak day.
    pub z: f64,
    /// The peak reached `big_hit_ratio` times the base.
    pub big_hit: bool,
}

/// A lasting new level. `start` is the first of the flagged days that proved it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LevelShift {
    /// Its first day.
    pub start: usize,
    /// The day on which it was recognised; until then it looked like an episode.
    pub recognised: usize,
    /// The base before.
    pub before: f64,
    /// The median since.
    pub after: f64,
}

/// Everything the detector found in a series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scan {
    /// One per day given; `None` while the history is too short, or for a day that was not measured.
    pub days: Vec<Option<DayVerdict>>,
    /// In order of time. Days that became a level shift are in no episode, but for those that stand out from the new level, too.
    pub episodes: Vec<Episode>,
    /// Lasting new levels, in order of time.
    pub shifts: Vec<LevelShift>,
    /// For every judged day, its multiple of the base.
    ratios: Vec<f64>,
}

impl Scan {
    /// How rare a day of `ratio` times its base is in this series: the share of judged days that reached it.
    pub fn rarity(&self, ratio: f64, level: f64) -> Option<Estimate> {
        let reached = self.ratios.iter().filter(|&&found| found >= ratio).count();
        rates::jeffreys(reached as u64, self.ratios.len() as u64, level)
    }
}

/// A flagged day that may yet turn out to be part of a level shift.
#[derive(Clone, Copy)]
struct Flagged {
    day: usize,
    value: f64,
    verdict: DayVerdict,
    remembered: Remembered,
}

impl SpikeDetector {
    /// Judges the days in order. Costs O(days × window).
    pub fn scan(&self, days: &[DayCount]) -> Scan {
        let mut history = History::new(self.window.max(1));
        let mut scan = Scan {
            days: Vec::with_capacity(days.len()),
            ..Scan::default()
        };
        let mut flagged: Vec<Flagged> = Vec::new();
        let mut in_a_row = 0;
        for (index, day) in days.iter().enumerate() {
            if !(day.value >= 0.0 && day.value.is_finite()) {
                scan.days.push(None);
                continue;
            }
            let remembered = Remembered::new(day.weekday % 7, day.value.ln_1p());
            let verdict = self.judge(&history, remembered, day.value);
            scan.days.push(verdict);
            if let Some(verdict) = verdict {
                scan.ratios.push(if verdict.base > 0.0 {
                    day.value / verdict.base
                } else {
                    0.0
                });
                if verdict.flagged {
                    flagged.push(Flagged {
                        day: index,
                        value: day.value,
                        verdict,
                        remembered,
                    });
                    in_a_row += 1;
                    if in_a_row == self.shift_days {
                        let run = flagged.split_off(flagged.len() - in_a_row);
                        let shift = shift(&run);
                        flagged.extend(run.iter().filter(|flag| self.towers(flag, shift.after)));
                        scan.shifts.push(shift);
                        history.replace(run.iter().map(|flag| flag.remembered));
                        in_a_row = 0;
                    }
                    continue;
                }
            }
            in_a_row = 0;
            history.remember(remembered);
        }
        scan.episodes = self.episodes(&flagged);
        scan
    }

    fn judge(&self, history: &History, day: Remembered, value: f64) -> Option<DayVerdict> {
        if history.len() < self.least_history {
            return None;
        }
        let usual = history.expect(day.weekday, self.range_level)?;
        let spread = usual.spread.clamp(self.spread_floor, self.spread_ceiling);
        let base = usual.middle.exp_m1().max(0.0);
        let z = (day.log - usual.middle) / spread;
        let small = usual.overall.exp_m1() < self.small_count;
        let chance = small.then(|| small_count_chance(&usual, base, spread, value));
        let stands_out = chance.map_or(z >= self.z, |chance| chance < self.small_chance);
        let (low, high) = (usual.low.exp_m1().max(0.0), usual.high.exp_m1().max(0.0));
        Some(DayVerdict {
            base,
            low,
            high,
            z,
            chance,
            flagged: stands_out && value >= self.ratio * base,
        })
    }

    /// Whether a day of a level shift stands out from the new level, too: a hit that left more people behind than there were
    /// before is still a hit. The new level's own spread is not known yet, so it is taken as large as a spread may be.
    fn towers(&self, flag: &Flagged, after: f64) -> bool {
        let above = flag.remembered.log - after.ln_1p();
        above >= self.z * self.spread_ceiling && flag.value >= self.ratio * after
    }

    fn episodes(&self, flagged: &[Flagged]) -> Vec<Episode> {
        let mut episodes: Vec<Episode> = Vec::new();
        for flag in flagged {
            match episodes.last_mut() {
                Some(open) if flag.day - open.end <= self.episode_gap + 1 => {
                    open.end = flag.day;
                    if flag.value > open.peak {
                        (open.peak_day, open.peak, open.z) = (flag.day, flag.value, flag.verdict.z);
                    }
                }
                _ => episodes.push(Episode {
                    start: flag.day,
                    end: flag.day,
                    peak_day: flag.day,
                    peak: flag.value,
                    base: flag.verdict.base,
                    z: flag.verdict.z,
                    big_hit: false,
                }),
            }
        }
        for episode in &mut episodes {
            episode.big_hit = episode.peak >= self.big_hit_ratio * episode.base;
        }
        episodes
    }
}

fn shift(run: &[Flagged]) -> LevelShift {
    let mut after: Vec<f64> = run.iter().map(|flag| flag.value).collect();
    LevelShift {
        start: run[0].day,
        recognised: run[run.len() - 1].day,
        before: run[0].verdict.base,
        after: super::history::median(&mut after),
    }
}

/// P(V ≥ value) for a negative binomial with the base as mean and variance base + base²·spread².
///
/// A median of 0 or 1 says little about the mean of a sparse series, so the mean is at least the history's own.
fn small_count_chance(usual: &Expectation, base: f64, spread: f64, value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let mean = base.max(usual.mean_count).max(0.05);
    let size = 1.0 / (spread * spread);
    beta::cdf(value, size, mean / (mean + size))
}

#[cfg(test)]
mod tests;
