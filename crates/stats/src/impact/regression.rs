//! Ordinary least squares, by the normal equations of standardised columns.

use crate::{Estimate, linear, special::student};

/// A fitted regression; the first column given is whatever the caller put there, usually ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Regression {
    /// One per column of the rows, in their order.
    pub coefficients: Vec<f64>,
    /// Residual standard deviation with n − columns degrees of freedom.
    pub deviation: f64,
    /// (XᵀX)⁻¹.
    inverse: Vec<Vec<f64>>,
    /// How many rows it rests on.
    rows: usize,
}

/// Regresses y on rows of x. `None` when there are not more rows than columns or the columns say the same.
pub fn regress(rows: &[Vec<f64>], y: &[f64]) -> Option<Regression> {
    let columns = rows.first()?.len();
    if rows.len() != y.len() || rows.len() <= columns || rows.iter().any(|row| row.len() != columns) {
        return None;
    }
    if rows.iter().flatten().chain(y).any(|value| !value.is_finite()) {
        return None;
    }
    // Columns in units of their own size, so that years and millions don't make the equations look singular.
    let size = |column: usize| rows.iter().map(|row| row[column].powi(2)).sum::<f64>().sqrt();
    let sizes: Vec<f64> = (0..columns).map(size).collect();
    if sizes.contains(&0.0) {
        return None;
    }
    let scaled = |row: &Vec<f64>, column: usize| row[column] / sizes[column];
    let square: Vec<Vec<f64>> = (0..columns)
        .map(|i| {
            (0..columns)
                .map(|j| rows.iter().map(|row| scaled(row, i) * scaled(row, j)).sum())
                .collect()
        })
        .collect();
    let factors = linear::factorise(square)?;
    let right: Vec<f64> = (0..columns)
        .map(|i| rows.iter().zip(y).map(|(row, y)| scaled(row, i) * y).sum())
        .collect();
    let solve = |right: &[f64]| -> Vec<f64> {
        factors
            .solve(right)
            .iter()
            .zip(&sizes)
            .map(|(value, size)| value / size)
            .collect()
    };
    let mut coefficients = solve(&right);
    // One step of refinement: the normal equations square the condition number.
    let rest = |coefficients: &[f64], row: &[f64], y: f64| y - dot(row, coefficients);
    let missed: Vec<f64> = (0..columns)
        .map(|i| {
            rows.iter()
                .zip(y)
                .map(|(row, &y)| scaled(row, i) * rest(&coefficients, row, y))
                .sum()
        })
        .collect();
    solve(&missed)
        .iter()
        .zip(&mut coefficients)
        .for_each(|(step, coefficient)| *coefficient += step);
    let squares: f64 = rows
        .iter()
        .zip(y)
        .map(|(row, &y)| rest(&coefficients, row, y).powi(2))
        .sum();
    let inverse = (0..columns)
        .map(|i| {
            let mut unit = vec![0.0; columns];
            unit[i] = 1.0 / sizes[i];
            solve(&unit)
        })
        .collect();
    Some(Regression {
        coefficients,
        deviation: (squares / (rows.len() - columns) as f64).sqrt(),
        inverse,
        rows: rows.len(),
    })
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

impl Regression {
    /// The fitted value at these regressors.
    pub fn predict(&self, row: &[f64]) -> f64 {
        dot(row, &self.coefficients)
    }

    /// Standard error of a coefficient.
    pub fn error(&self, column: usize) -> f64 {
        self.deviation * self.inverse[column][column].max(0.0).sqrt()
    }

    /// A coefficient with its interval, by Student's t.
    pub fn estimate(&self, column: usize, level: f64) -> Estimate {
        let (value, n) = (self.coefficients[column], self.rows);
        let half = student::two_sided(level, (n - self.coefficients.len()) as f64) * self.error(column);
        Estimate {
            value,
            low: value - half,
            high: value + half,
            n: n as u64,
            level,
        }
    }

    /// Standard error of the mean of new observations at these rows about its prediction: noise and coefficients.
    pub fn error_of_mean(&self, rows: &[Vec<f64>]) -> f64 {
        let count = rows.len() as f64;
        let columns = self.coefficients.len();
        let mean: Vec<f64> = (0..columns)
            .map(|c| rows.iter().map(|row| row[c]).sum::<f64>() / count)
            .collect();
        let spread: f64 = (0..columns).map(|i| mean[i] * dot(&self.inverse[i], &mean)).sum();
        self.deviation * (1.0 / count + spread.max(0.0)).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Anscombe's first quartet: slope 0.500091, standard error 0.117906, nine degrees of freedom.
    #[test]
    fn a_slope_has_the_interval_of_the_textbook() {
        let x = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0];
        let y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
        let rows: Vec<Vec<f64>> = x.iter().map(|&x| vec![1.0, x]).collect();
        let slope = regress(&rows, &y).unwrap().estimate(1, 0.9);
        assert!((slope.value - 0.500_091).abs() < 1e-6);
        let half = 1.833_113 * 0.117_906;
        assert!((slope.high - slope.value - half).abs() < 1e-5 && (slope.value - slope.low - half).abs() < 1e-5);
        assert_eq!(slope.n, 11);
    }
}
