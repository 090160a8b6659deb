//! One optimiser for every likelihood here: deterministic starts, BFGS, a Nelder–Mead polish, hard stops.
//!
//! All models have at most a handful of parameters, all positive, so they are sought by their logs in a box of ±12.
//! BFGS stops on the improvement of the value, 1e-9 of it twice, not on the size of the gradient: likelihoods of
//! customer-base models are flat along ridges and a tight gradient rule reports failure on perfectly good optima.
//! Nothing here is random, nothing runs longer than its caps, and a value that is not finite counts as the worst.

use crate::linear::solve_transposed;

/// The logs of parameters stay inside ± this.
pub(crate) const BOX: f64 = 12.0;
const STEPS_MAX: usize = 300;
const IMPROVEMENT: f64 = 1e-9;

/// Where the search ended.
#[derive(Clone, Debug)]
pub(crate) struct Optimum<const N: usize> {
    pub at: [f64; N],
    pub value: f64,
    /// A parameter lies at the edge of the box: the data don't bound it.
    pub at_edge: bool,
}

/// Where to start from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Starts<'a, const N: usize> {
    pub points: &'a [[f64; N]],
    /// The inverse Hessian to expect there, when a smaller problem of the same kind has shown it.
    pub spread: Option<[[f64; N]; N]>,
    /// The Hessian is known well enough from the smaller problem: at the optimum it need not be computed again.
    pub is_known: bool,
}

impl<'a, const N: usize> From<&'a [[f64; N]]> for Starts<'a, N> {
    fn from(points: &'a [[f64; N]]) -> Self {
        Self {
            points,
            spread: None,
            is_known: false,
        }
    }
}

impl<'a, const N: usize, const K: usize> From<&'a [[f64; N]; K]> for Starts<'a, N> {
    fn from(points: &'a [[f64; N]; K]) -> Self {
        Self {
            points,
            spread: None,
            is_known: false,
        }
    }
}

/// What is minimised: a value and its gradient.
pub(crate) trait Objective<const N: usize> {
    fn value(&self, at: &[f64; N]) -> f64;

    /// By central differences unless the objective knows better.
    fn gradient(&self, at: &[f64; N]) -> (f64, [f64; N]) {
        const STEP: f64 = 1e-5;
        let slope = |index: usize| {
            let moved = |by: f64| {
                let mut there = *at;
                there[index] += by;
                self.value(&there)
            };
            (moved(STEP) - moved(-STEP)) / (2.0 * STEP)
        };
        (self.value(at), std::array::from_fn(slope))
    }
}

fn clamped<const N: usize>(at: &[f64; N]) -> [f64; N] {
    at.map(|x| x.clamp(-BOX, BOX))
}

fn worst_if_undefined(value: f64) -> f64 {
    if value.is_nan() { f64::INFINITY } else { value }
}

/// The least value over all starts. `None` when the objective is finite at none of them.
#[inline(never)]
pub(crate) fn minimise<'a, const N: usize>(
    objective: &impl Objective<N>,
    starts: impl Into<Starts<'a, N>>,
) -> Option<Optimum<N>> {
    let Starts { points, spread, .. } = starts.into();
    let mut best: Option<Ended<N>> = None;
    for start in points {
        let found = bfgs(objective, clamped(start), spread);
        if found.value.is_finite() && best.as_ref().is_none_or(|best| found.value < best.value) {
            best = Some(found);
        }
    }
    let Ended { at, value, settled } = best?;
    // A search that settled with next to nothing left to gain needs no polish.
    let (at, value) = if settled {
        (at, value)
    } else {
        nelder_mead(objective, at, value)
    };
    let at_edge = at.iter().any(|x| x.abs() > BOX - 1e-3);
    // Out of the vectoriser's sight, see above.
    Some(Optimum {
        at: std::hint::black_box(at),
        value,
        at_edge,
    })
}

fn dot<const N: usize>(one: &[f64; N], other: &[f64; N]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

/// Where one descent ended, and whether its own model of the valley says that is the bottom.
struct Ended<const N: usize> {
    at: [f64; N],
    value: f64,
    settled: bool,
}

#[inline(never)]
fn bfgs<const N: usize>(objective: &impl Objective<N>, start: [f64; N], spread: Option<[[f64; N]; N]>) -> Ended<N> {
    let identity: [[f64; N]; N] = std::array::from_fn(|i| std::array::from_fn(|j| f64::from(u8::from(i == j))));
    let mut at = start;
    let (mut value, mut slope) = objective.gradient(&at);
    let mut inverse = spread.unwrap_or(identity);
    let mut fresh = spread.is_none();
    let mut calm = 0;
    if !value.is_finite() {
        return Ended {
            at,
            value: f64::INFINITY,
            settled: false,
        };
    }
    for _ in 0..STEPS_MAX {
        let mut direction: [f64; N] = std::array::from_fn(|i| -dot(&inverse[i], &slope));
        let size = dot(&direction, &direction).sqrt();
        if size > 2.0 || (fresh && size > 0.5) {
            let shrink = if fresh { 0.5 } else { 2.0 } / size;
            direction = direction.map(|d| d * shrink);
        }
        let Some((next, next_value, next_slope)) =
            line_search(objective, &at, value, (&direction, dot(&direction, &slope)))
        else {
            if fresh {
                break;
            }
            (inverse, fresh) = (identity, true);
            continue;
        };
        let moved: [f64; N] = std::array::from_fn(|i| next[i] - at[i]);
        let bent: [f64; N] = std::array::from_fn(|i| next_slope[i] - slope[i]);
        calm = if value - next_value < IMPROVEMENT * (1.0 + next_value.abs()) {
            calm + 1
        } else {
            0
        };
        (at, value, slope) = (next, next_value, next_slope);
        if calm >= 2 {
            break;
        }
        let curvature = dot(&moved, &bent);
        if curvature > 1e-14 {
            if fresh {
                let scale = curvature / dot(&bent, &bent);
                inverse = identity.map(|row| row.map(|entry| entry * scale));
            }
            update(&mut inverse, &moved, &bent, curvature);
            fresh = false;
        }
    }
    let left: f64 = (0..N).map(|i| slope[i] * dot(&inverse[i], &slope)).sum();
    let settled = !fresh && left.abs() < 1e-6 + 1e-10 * value.abs() && at.iter().all(|x| x.abs() < BOX - 1e-3);
    Ended {
        at: std::hint::black_box(at),
        value,
        settled,
    }
}

/// The BFGS update of the inverse Hessian.
fn update<const N: usize>(inverse: &mut [[f64; N]; N], moved: &[f64; N], bent: &[f64; N], curvature: f64) {
    let product: [f64; N] = std::array::from_fn(|i| dot(&inverse[i], bent));
    let factor = 1.0 + dot(bent, &product) / curvature;
    for i in 0..N {
        for j in 0..N {
            inverse[i][j] += (factor * moved[i] * moved[j] - moved[i] * product[j] - product[i] * moved[j]) / curvature;
        }
    }
}

type Step<const N: usize> = ([f64; N], f64, [f64; N]);

/// Backtracking from a full step, with one try to go further; `None` when nothing improves.
fn line_search<const N: usize>(
    objective: &impl Objective<N>,
    at: &[f64; N],
    value: f64,
    (direction, descent): (&[f64; N], f64),
) -> Option<Step<N>> {
    if descent >= 0.0 || !descent.is_finite() {
        return None;
    }
    let mut length = 1.0;
    for _ in 0..40 {
        let next = clamped(&std::array::from_fn(|i| at[i] + length * direction[i]));
        let (next_value, next_slope) = objective.gradient(&next);
        if next_value <= value + 1e-4 * length * descent && next_slope.iter().all(|s| s.is_finite()) {
            return (next_value < value).then_some((next, next_value, next_slope));
        }
        // The parabola through both values and the slope, kept within a tenth and a half.
        let bend = next_value - value - length * descent;
        let parabola = if bend.is_finite() && bend > 0.0 {
            -0.5 * descent * length * length / bend
        } else {
            0.0
        };
        length = parabola.clamp(0.1 * length, 0.5 * length);
    }
    None
}

/// A short simplex search around a good point: it steps off saddles and noise that slopes can't see.
fn nelder_mead<const N: usize>(objective: &impl Objective<N>, start: [f64; N], value: f64) -> ([f64; N], f64) {
    let judge = |at: &[f64; N]| worst_if_undefined(objective.value(&clamped(at)));
    let mut simplex: Vec<([f64; N], f64)> = vec![(start, value)];
    for index in 0..N {
        let mut corner = start;
        corner[index] += if corner[index] > 0.0 { -0.02 } else { 0.02 };
        simplex.push((corner, judge(&corner)));
    }
    for _ in 0..60 * N {
        simplex.sort_by(|one, other| one.1.total_cmp(&other.1));
        let worst = simplex[N];
        if (worst.1 - simplex[0].1).abs() < 1e-11 * (1.0 + simplex[0].1.abs()) {
            break;
        }
        let centre: [f64; N] =
            std::array::from_fn(|i| simplex[..N].iter().map(|(at, _)| at[i]).sum::<f64>() / N as f64);
        let along = |by: f64| -> ([f64; N], f64) {
            let at = std::array::from_fn(|i| centre[i] + by * (centre[i] - worst.0[i]));
            (at, judge(&at))
        };
        let reflected = along(1.0);
        let chosen = if reflected.1 < simplex[0].1 {
            let further = along(2.0);
            if further.1 < reflected.1 { further } else { reflected }
        } else if reflected.1 < simplex[N - 1].1 {
            reflected
        } else {
            let inside = if reflected.1 < worst.1 { along(0.5) } else { along(-0.5) };
            if inside.1 < worst.1.min(reflected.1) {
                inside
            } else {
                let best = simplex[0].0;
                for corner in &mut simplex[1..] {
                    corner.0 = std::array::from_fn(|i| 0.5 * (corner.0[i] + best[i]));
                    corner.1 = judge(&corner.0);
                }
                continue;
            }
        };
        simplex[N] = chosen;
    }
    simplex.sort_by(|one, other| one.1.total_cmp(&other.1));
    (clamped(&simplex[0].0), simplex[0].1)
}

/// The Hessian of an objective by differencing its gradient.
pub(crate) fn hessian<const N: usize>(objective: &impl Objective<N>, at: &[f64; N]) -> [[f64; N]; N] {
    const STEP: f64 = 1e-3;
    let columns: [[f64; N]; N] = std::array::from_fn(|j| {
        let slopes = |by: f64| {
            let mut there = *at;
            there[j] += by;
            objective.gradient(&there).1
        };
        let (up, down) = (slopes(STEP), slopes(-STEP));
        std::array::from_fn(|i| (up[i] - down[i]) / (2.0 * STEP))
    });
    std::array::from_fn(|i| std::array::from_fn(|j| 0.5 * (columns[i][j] + columns[j][i])))
}

/// (L·Lᵀ)⁻¹.
pub(crate) fn inverse<const N: usize>(lower: &[[f64; N]; N]) -> [[f64; N]; N] {
    // The columns of L⁻ᵀ; their products with each other are the inverse.
    let columns: [[f64; N]; N] = std::array::from_fn(|column| {
        solve_transposed(lower, &std::array::from_fn(|row| f64::from(u8::from(row == column))))
    });
    std::array::from_fn(|i| std::array::from_fn(|j| columns.iter().map(|column| column[i] * column[j]).sum()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear::cholesky;

    struct Rosenbrock;
    impl Objective<2> for Rosenbrock {
        fn value(&self, at: &[f64; 2]) -> f64 {
            (1.0 - at[0]).powi(2) + 100.0 * (at[1] - at[0] * at[0]).powi(2)
        }
    }

    #[test]
    fn finds_the_end_of_a_curved_valley() {
        let found = minimise(&Rosenbrock, &[[-1.2, 1.0], [3.0, -4.0]]).unwrap();
        assert!(
            (found.at[0] - 1.0).abs() < 1e-4 && (found.at[1] - 1.0).abs() < 1e-4 && !found.at_edge,
            "{found:?}"
        );
    }

    struct Slope;
    impl Objective<1> for Slope {
        fn value(&self, at: &[f64; 1]) -> f64 {
            -at[0]
        }
    }

    struct Nowhere;
    impl Objective<1> for Nowhere {
        fn value(&self, _: &[f64; 1]) -> f64 {
            f64::NAN
        }
    }

    #[test]
    fn says_when_it_ran_into_the_wall_or_found_nothing() {
        assert!(minimise(&Slope, &[[0.0]]).unwrap().at_edge);
        assert!(minimise(&Nowhere, &[[0.0]]).is_none());
    }

    #[test]
    fn cholesky_undoes_a_product() {
        let lower = cholesky(&[[4.0, 2.0], [2.0, 5.0]]).unwrap();
        assert_eq!(lower, [[2.0, 0.0], [1.0, 2.0]]);
        assert_eq!(solve_transposed(&lower, &[3.0, 4.0]), [0.5, 2.0]);
        assert!(cholesky(&[[1.0, 2.0], [2.0, 1.0]]).is_none());
        assert_eq!(inverse(&lower), [[0.3125, -0.125], [-0.125, 0.25]]);
    }
}
