"""Is this an equal-tailed Jeffreys interval? Checked by the beta distribution's own integral, not by another quantile.

The integral is taken numerically (Gauss-Legendre after the substitution p = sin² t, under which the Jeffreys prior is flat),
so it shares no formula with the product.
"""

from math import asin, cos, exp, lgamma, log, pi, sin, sqrt

POINTS = 400


def _nodes(n):
    nodes = []
    for k in range(1, n + 1):
        x = cos(pi * (k - 0.25) / (n + 0.5))
        for _ in range(50):
            p0, p1 = 1.0, x
            for j in range(2, n + 1):
                p0, p1 = p1, ((2 * j - 1) * x * p1 - (j - 1) * p0) / j
            slope = n * (x * p1 - p0) / (x * x - 1)
            step = p1 / slope
            x -= step
            if abs(step) < 1e-15:
                break
        nodes.append((x, 2 / ((1 - x * x) * slope * slope)))
    return nodes


NODES = _nodes(POINTS)


def tail_below(p, count, n):
    """P(rate < p) under Beta(count + ½, n − count + ½)."""
    if p <= 0:
        return 0.0
    if p >= 1:
        return 1.0
    end = asin(sqrt(p))
    constant = lgamma(n + 1) - lgamma(count + 0.5) - lgamma(n - count + 0.5) + log(2)
    total = 0.0
    for node, weight in NODES:
        t = end * (node + 1) / 2
        total += weight * exp(constant + 2 * count * log(sin(t)) + 2 * (n - count) * log(cos(t)))
    return total * end / 2


def fault(low, high, count, n, level):
    """What is wrong with the interval, or None. At no or all successes the side that touches the edge may lie on it."""
    side = (1 - level) / 2
    faults = []
    if not (count == 0 and low == 0) and abs(tail_below(low, count, n) - side) > 1e-6:
        faults.append(f"{tail_below(low, count, n):.6f} lies below {low}, not {side:.6f}")
    if not (count == n and high == 1) and abs(1 - tail_below(high, count, n) - side) > 1e-6:
        faults.append(f"{1 - tail_below(high, count, n):.6f} lies above {high}, not {side:.6f}")
    return "; ".join(faults) or None
