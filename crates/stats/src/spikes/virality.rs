//! Structural virality (Goel, Anderson, Hofman & Watts 2015): did one broadcast reach everybody, or did people pass
//! it on?
//!
//! The mean distance between all pairs in a tree of shares: ν = 2 Σ_edges s(n−s) / (n(n−1)), s the size of the subtree
//! below an edge. 2 − 2/n for a broadcast, growing with every hand it passes through.

/// Structural virality of a tree given by each share's parent; `None` for the root. No answer below two shares, or when
/// the parents are not one tree.
pub fn structural_virality(parents: &[Option<usize>]) -> Option<f64> {
    let n = parents.len();
    if n < 2 || parents.iter().filter(|parent| parent.is_none()).count() != 1 {
        return None;
    }
    let mut children = vec![0usize; n];
    for parent in parents.iter().flatten() {
        *children.get_mut(*parent)? += 1;
    }
    let mut size = vec![1.0; n];
    let mut leaves: Vec<usize> = (0..n).filter(|&share| children[share] == 0).collect();
    let (mut sum, mut seen) = (0.0, 0);
    let whole = n as f64;
    while let Some(share) = leaves.pop() {
        seen += 1;
        if let Some(parent) = parents[share] {
            sum += size[share] * (whole - size[share]);
            size[parent] += size[share];
            children[parent] -= 1;
            if children[parent] == 0 {
                leaves.push(parent);
            }
        }
    }
    (seen == n).then(|| 2.0 * sum / (whole * (whole - 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// models.md §3.
    #[test]
    fn small_trees() {
        let star = [None, Some(0), Some(0), Some(0), Some(0)];
        let path = [None, Some(0), Some(1), Some(2), Some(3)];
        let binary = [None, Some(0), Some(0), Some(1), Some(1), Some(2), Some(2)];
        let mixed = [None, Some(0), Some(0), Some(0), Some(1), Some(1), Some(4), Some(6)];
        for (tree, wanted) in [(&star[..], 1.6), (&path, 2.0), (&binary, 2.285714), (&mixed, 2.5)] {
            assert!((structural_virality(tree).unwrap() - wanted).abs() < 1e-6);
        }
        assert!(structural_virality(&[None]).is_none());
        assert!(
            structural_virality(&[None, Some(2), Some(1)]).is_none(),
            "a loop is no tree"
        );
        assert!(structural_virality(&[None, Some(9)]).is_none());
    }
}
