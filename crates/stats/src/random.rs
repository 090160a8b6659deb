//! Randomness by seed and counter: the same draw for the same (seed, stream, index), whatever runs beside it.
//!
//! SplitMix64 (Steele, Lea & Flood 2014) on a counter. Not for secrets; good for bootstraps, simulated people and
//! posterior draws, which must be the same on every machine and for every number of threads.

use crate::special::normal;

/// Beyond this shape a Gamma draw is its mean.
const SHAPE_LARGE: f64 = 1e15;
/// Beyond this mean a Poisson draw is a normal one.
const MEAN_LARGE: f64 = 1e7;

/// A sequence of draws fixed by its seed.
#[derive(Clone, Debug)]
pub struct Draws {
    state: u64,
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Draws {
    /// The `stream`-th independent sequence of a seed: one per person, piece or bootstrap draw.
    pub fn new(seed: u64, stream: u64) -> Self {
        Self {
            state: mix(seed.wrapping_add(mix(stream.wrapping_add(0x9e37_79b9_7f4a_7c15)))),
        }
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// Uniform in (0, 1), never 0 or 1.
    pub fn uniform(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) * (1.0 / (1u64 << 53) as f64)
    }

    /// A standard normal number.
    pub fn normal(&mut self) -> f64 {
        normal::quantile(self.uniform())
    }

    /// Exponential with mean 1.
    pub fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    /// Gamma with this shape and scale 1 (Marsaglia & Tsang 2000); 0 for a shape that is none, the shape itself beyond 10¹⁵,
    /// where the spread is below the digits.
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape.is_nan() || shape <= 0.0 {
            return 0.0;
        }
        if shape > SHAPE_LARGE {
            return shape;
        }
        if shape < 1.0 {
            let boost = self.uniform().powf(1.0 / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let z = self.normal();
            let v = (1.0 + c * z).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * z * z + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// A number from Beta(a, b); a and b above 0.
    pub fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (one, other) = (self.gamma(a), self.gamma(b));
        if one + other > 0.0 {
            one / (one + other)
        } else {
            f64::from(u8::from(self.uniform() * (a + b) < a))
        }
    }

    /// Poisson: by multiplication for small means, by gamma halving (Ahrens & Dieter 1974) for large ones, by the normal
    /// distribution beyond ten million; 0 for a mean that is none.
    pub fn poisson(&mut self, mean: f64) -> u64 {
        if mean == f64::INFINITY {
            return u64::MAX;
        }
        if mean > MEAN_LARGE {
            return (mean + mean.sqrt() * self.normal()).round() as u64;
        }
        let (mut left, mut count) = (mean, 0u64);
        while left > 30.0 {
            let jump = (left * 0.875).floor();
            let time = self.gamma(jump);
            if time > left {
                let share = left / time;
                return count + (1..jump as u64).filter(|_| self.uniform() < share).count() as u64;
            }
            count += jump as u64;
            left -= time;
        }
        // As many as exponential waits fit into what is left: their sum is the product of the uniform numbers behind them.
        let least = if left > 0.0 { (-left).exp() } else { 1.0 };
        let mut product = self.uniform();
        while product > least {
            count += 1;
            product *= self.uniform();
        }
        count
    }
}

/// The `index`-th of a sequence of points that fills the unit cube evenly (Halton 1960), turned by an amount that the seed
/// fixes (Cranley & Patterson 1976). A few hundred of them give the ends of an interval as a few thousand draws would.
pub(crate) fn even<const N: usize>(seed: u64, index: usize) -> [f64; N] {
    const BASES: [u64; 8] = [2, 3, 5, 7, 11, 13, 17, 19];
    let mut turn = Draws::new(seed, u64::MAX);
    std::array::from_fn(|axis| {
        let base = BASES[axis % BASES.len()];
        let (mut rest, mut place, mut size) = (index as u64 + 1, 0.0, 1.0);
        while rest > 0 {
            size /= base as f64;
            place += size * (rest % base) as f64;
            rest /= base;
        }
        (place + turn.uniform()).fract().clamp(1e-12, 1.0 - 1e-12)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_and_variance(draw: impl Fn(&mut Draws) -> f64) -> (f64, f64) {
        let mut draws = Draws::new(3, 1);
        let values: Vec<f64> = (0..100_000).map(|_| draw(&mut draws)).collect();
        let mean = values.iter().sum::<f64>() / 1e5;
        (
            mean,
            values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 1e5,
        )
    }

    #[test]
    fn moments_are_right() {
        type Draw<'a> = &'a dyn Fn(&mut Draws) -> f64;
        let table: [(Draw<'_>, f64, f64); 7] = [
            (&Draws::uniform, 0.5, 1.0 / 12.0),
            (&Draws::normal, 0.0, 1.0),
            (&Draws::exponential, 1.0, 1.0),
            (&|draws| draws.gamma(0.3), 0.3, 0.3),
            (&|draws| draws.gamma(7.5), 7.5, 7.5),
            (&|draws| draws.beta(2.0, 3.0), 0.4, 0.04),
            (&|draws| draws.poisson(140.0) as f64, 140.0, 140.0),
        ];
        for (index, (draw, mean, variance)) in table.into_iter().enumerate() {
            let found = mean_and_variance(draw);
            assert!(
                (found.0 - mean).abs() < 6.0 * (variance / 1e5_f64).sqrt(),
                "{index}: {found:?}"
            );
            assert!((found.1 / variance - 1.0).abs() < 0.04, "{index}: {found:?}");
        }
    }

    #[test]
    fn even_points_are_even_on_every_axis_and_in_every_corner() {
        let points: Vec<[f64; 4]> = (0..500).map(|index| even(7, index)).collect();
        for axis in 0..4 {
            let below = |share: f64| points.iter().filter(|point| point[axis] < share).count() as f64 / 500.0;
            assert!(
                [0.05, 0.5, 0.95]
                    .iter()
                    .all(|share| (below(*share) - share).abs() < 0.012),
                "{axis}"
            );
        }
        let corner = points.iter().filter(|point| point.iter().all(|u| *u < 0.5)).count();
        assert!((24..40).contains(&corner), "{corner}");
    }

    #[test]
    fn shapes_and_means_that_are_none_end_too() {
        let mut draws = Draws::new(1, 1);
        for strange in [f64::NAN, f64::NEG_INFINITY, -1e9, -0.5, 0.0] {
            assert_eq!((draws.gamma(strange), draws.poisson(strange)), (0.0, 0));
        }
        assert_eq!(draws.gamma(f64::INFINITY), f64::INFINITY);
        assert!((draws.poisson(1e12) as f64 / 1e12 - 1.0).abs() < 1e-4);
        assert!(draws.poisson(f64::INFINITY) > 0 && draws.gamma(1e-300) >= 0.0);
    }

    #[test]
    fn streams_differ_and_repeat() {
        assert_eq!(Draws::new(1, 2).bits(), Draws::new(1, 2).bits());
        assert_ne!(Draws::new(1, 2).bits(), Draws::new(2, 1).bits());
    }
}
