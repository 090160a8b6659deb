//! Small dense linear systems, by elimination with pivoting.
//!
//! A few dozen channels, controls or features: nothing here deserves a linear algebra library.

/// LU factors of a square matrix, rows exchanged for size.
pub(crate) struct Factors {
    rows: Vec<Vec<f64>>,
    order: Vec<usize>,
}

/// Factorises; `None` when the matrix is singular to machine precision.
pub(crate) fn factorise(mut rows: Vec<Vec<f64>>) -> Option<Factors> {
    let n = rows.len();
    let size = rows.iter().flatten().fold(0.0_f64, |most, entry| most.max(entry.abs()));
    let mut order: Vec<usize> = (0..n).collect();
    for column in 0..n {
        let pivot = (column..n).max_by(|&i, &j| rows[i][column].abs().total_cmp(&rows[j][column].abs()))?;
        let largest = rows[pivot][column].abs();
        if largest.is_nan() || largest <= 1e-14 * size {
            return None;
        }
        rows.swap(column, pivot);
        order.swap(column, pivot);
        let (upper, lower) = rows.split_at_mut(column + 1);
        let top = &upper[column];
        for row in lower {
            let factor = row[column] / top[column];
            row[column] = factor;
            if factor != 0.0 {
                for k in column + 1..n {
                    row[k] -= factor * top[k];
                }
            }
        }
    }
    Some(Factors { rows, order })
}

impl Factors {
    /// ln of the determinant's size.
    pub fn ln_size(&self) -> f64 {
        (0..self.rows.len()).map(|i| self.rows[i][i].abs().ln()).sum()
    }

    /// x with A·x = right.
    pub fn solve(&self, right: &[f64]) -> Vec<f64> {
        let n = self.rows.len();
        let mut x: Vec<f64> = self.order.iter().map(|&index| right[index]).collect();
        for i in 0..n {
            let sum: f64 = (0..i).map(|k| self.rows[i][k] * x[k]).sum();
            x[i] -= sum;
        }
        for i in (0..n).rev() {
            let sum: f64 = (i + 1..n).map(|k| self.rows[i][k] * x[k]).sum();
            x[i] = (x[i] - sum) / self.rows[i][i];
        }
        x
    }
}

impl Factors {
    /// The inverse: what [`Factors::solve`] finds for each unit vector, as columns, in the same order of sums.
    pub fn inverse(&self) -> Vec<Vec<f64>> {
        let n = self.rows.len();
        let mut x = vec![vec![0.0; n]; n];
        x.iter_mut().zip(&self.order).for_each(|(row, &index)| row[index] = 1.0);
        let mut sums = vec![0.0; n];
        let mut add = |x: &[Vec<f64>], factors: &[f64], rows: std::ops::Range<usize>| {
            sums.fill(0.0);
            for (factor, row) in factors[rows.clone()].iter().zip(&x[rows]) {
                sums.iter_mut().zip(row).for_each(|(sum, entry)| *sum += factor * entry);
            }
            sums.clone()
        };
        for i in 0..n {
            let sums = add(&x, &self.rows[i], 0..i);
            x[i].iter_mut().zip(sums).for_each(|(entry, sum)| *entry -= sum);
        }
        for i in (0..n).rev() {
            let sums = add(&x, &self.rows[i], i + 1..n);
            let whole = self.rows[i][i];
            x[i].iter_mut()
                .zip(sums)
                .for_each(|(entry, sum)| *entry = (*entry - sum) / whole);
        }
        x
    }
}

/// x with A·x = right; `None` when A is singular.
pub(crate) fn solve(rows: Vec<Vec<f64>>, right: Vec<f64>) -> Option<Vec<f64>> {
    Some(factorise(rows)?.solve(&right))
}

/// The lower triangular L with L·Lᵀ = matrix, in rows of arrays or of vectors; `None` unless it is positive definite.
pub(crate) fn cholesky<R, M>(matrix: &M) -> Option<M>
where
    R: AsRef<[f64]> + AsMut<[f64]>,
    M: Clone + AsRef<[R]> + AsMut<[R]>,
{
    let mut whole = matrix.clone();
    let lower = whole.as_mut();
    for i in 0..lower.len() {
        let (above, row) = lower.split_at_mut(i);
        let row = row[0].as_mut();
        let scale = row[i].abs();
        for j in 0..=i {
            let sum: f64 = match above.get(j) {
                Some(other) => (0..j).map(|k| row[k] * other.as_ref()[k]).sum(),
                None => (0..j).map(|k| row[k] * row[k]).sum(),
            };
            let rest = row[j] - sum;
            if i == j {
                if !rest.is_finite() || rest <= 1e-12 * scale {
                    return None;
                }
                row[i] = rest.sqrt();
            } else {
                row[j] = rest / above[j].as_ref()[j];
            }
        }
        row[i + 1..].fill(0.0);
    }
    Some(whole)
}

/// The x with Lᵀ·x = z: a draw with covariance (L·Lᵀ)⁻¹ when z is standard normal.
pub(crate) fn solve_transposed<R, M, V>(lower: &M, z: &V) -> V
where
    R: AsRef<[f64]>,
    M: AsRef<[R]>,
    V: Clone + AsMut<[f64]>,
{
    let lower = lower.as_ref();
    let mut whole = z.clone();
    let x = whole.as_mut();
    for i in (0..x.len()).rev() {
        let sum: f64 = (i + 1..x.len()).map(|k| lower[k].as_ref()[i] * x[k]).sum();
        x[i] = (x[i] - sum) / lower[i].as_ref()[i];
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_and_refuses() {
        let x = solve(
            vec![vec![0.0, 2.0, 1.0], vec![1.0, 1.0, 0.0], vec![3.0, 0.0, -1.0]],
            vec![7.0, 3.0, 0.0],
        )
        .unwrap();
        for (found, wanted) in x.iter().zip([1.0, 2.0, 3.0]) {
            assert!((found - wanted).abs() < 1e-14);
        }
        assert!(solve(vec![vec![1.0, 2.0], vec![2.0, 4.0]], vec![1.0, 2.0]).is_none());
        let factors = factorise(vec![vec![0.0, 2.0, 1.0], vec![1.0, 1.0, 0.0], vec![3.0, 0.0, -1.0]]).unwrap();
        let inverse = factors.inverse();
        for column in 0..3 {
            let mut unit = vec![0.0; 3];
            unit[column] = 1.0;
            let found: Vec<f64> = inverse.iter().map(|row| row[column]).collect();
            assert_eq!(found, factors.solve(&unit));
        }
    }
}
