//! SEISMIC (Zhao, Erdogdu, He, Rajaraman & Leskovec, KDD 2015): how far will it be passed on? A cross-check only.
//!
//! Everybody who passes a post on shows it to their followers, who react after a time with density φ: constant for
//! the first five minutes, then falling as a power. Infectiousness is the recent acts, weighted by a triangle over
//! the last half of the time, over the followers who could have acted: p = Σ K(t − t_i) / Σ n_i ∫ K φ. Expected in
//! the end: R + p·(followers who have not reacted yet)/(1 − p·n*). On the authors' own example it said 7,581 after an
//! hour and 16,955 after five, and "infinite" before; the truth was 15,562. Early forecasts of virality are not for
//! owners, and no answer shows one.

/// Seconds for which reactions come evenly.
const EVEN_SECONDS: f64 = 300.0;
/// The power of the fall after that, less 1.
const THETA: f64 = 0.231_484_3;
/// The window of the triangle is half the time, but between these.
const WINDOW_LEAST_SECONDS: f64 = 300.0;
const WINDOW_MOST_SECONDS: f64 = 7_200.0;
/// With fewer acts in the window there is nothing to say.
const ACTS_LEAST: usize = 5;

/// Somebody who passed it on: when, in seconds from the start, and to how many followers. The first is the post itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sharer {
    /// When, after the original.
    pub seconds: f64,
    /// How many could see it.
    pub followers: f64,
}

/// What can be said at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// Acts so far, the post itself not counted.
    pub seen: usize,
    /// Reshares per view at this moment (Zhao et al. 2015).
    pub infectiousness: f64,
    /// Expected in the end; `None` when it looks endless.
    pub expected: Option<f64>,
}

/// ∫ φ and ∫ u·φ from 0 to u.
fn memory(u: f64) -> (f64, f64) {
    let top = 1.0 / (EVEN_SECONDS * (1.0 + 1.0 / THETA));
    if u <= 0.0 {
        return (0.0, 0.0);
    }
    if u <= EVEN_SECONDS {
        return (top * u, 0.5 * top * u * u);
    }
    let rest = 1.0 - top * EVEN_SECONDS / THETA * (u / EVEN_SECONDS).powf(-THETA);
    let power = |v: f64| v.powf(1.0 - THETA);
    let first = top * EVEN_SECONDS.powf(1.0 + THETA) * (power(u) - power(EVEN_SECONDS)) / (1.0 - THETA);
    (rest, 0.5 * top * EVEN_SECONDS * EVEN_SECONDS + first)
}

/// The forecast after so many seconds, when those who pass it on have `followers_mean` followers. `None` when there were too few acts,
/// or a number is not one.
pub fn cascade_forecast(sharers: &[Sharer], after_seconds: f64, followers_mean: f64) -> Option<Forecast> {
    let sound = |sharer: &Sharer| sharer.seconds >= 0.0 && sharer.followers >= 0.0 && sharer.followers.is_finite();
    let asked = followers_mean > 0.0 && after_seconds > 0.0 && after_seconds.is_finite();
    if !(asked && sharers.iter().all(sound)) {
        return None;
    }
    let mut seen: Vec<Sharer> = sharers
        .iter()
        .copied()
        .filter(|sharer| sharer.seconds <= after_seconds)
        .collect();
    seen.sort_by(|one, other| {
        one.seconds
            .total_cmp(&other.seconds)
            .then(one.followers.total_cmp(&other.followers))
    });
    let window = (after_seconds / 2.0).clamp(WINDOW_LEAST_SECONDS, WINDOW_MOST_SECONDS);
    let begins = after_seconds - window;
    let recent = || {
        seen.iter()
            .skip(1)
            .filter(|sharer| sharer.seconds >= begins && sharer.seconds < after_seconds)
    };
    if recent().count() < ACTS_LEAST {
        return None;
    }
    let acts: f64 = recent()
        .map(|sharer| 1.0 + (sharer.seconds - after_seconds) / window)
        .sum();
    let (mut could, mut left) = (0.0, 0.0);
    for sharer in &seen {
        let age = after_seconds - sharer.seconds;
        let (early, late) = (memory(begins.max(sharer.seconds) - sharer.seconds), memory(age));
        could += sharer.followers * ((1.0 - age / window) * (late.0 - early.0) + (late.1 - early.1) / window);
        left += sharer.followers * (1.0 - late.0);
    }
    if could <= 0.0 {
        return None;
    }
    let infectiousness = acts / could;
    let passed_on = infectiousness * followers_mean;
    Some(Forecast {
        seen: seen.len() - 1,
        infectiousness,
        expected: (passed_on < 1.0).then(|| (seen.len() - 1) as f64 + infectiousness * left / (1.0 - passed_on)),
    })
}
