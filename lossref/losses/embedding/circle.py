"""Circle loss of one anchor: each cosine within its class is to exceed every other, and is pulled by how far it is off.

    L(p, n) = log(1 + sum_j exp(g a_j (n_j - m)) sum_i exp(-g b_i (p_i - 1 + m)))
    a_j = max(0, n_j + m),      b_i = max(0, 1 + m - p_i)

positive  p, the cosines of the anchor to those of its class, in [-1, 1]
negative  n, its cosines to the others, in [-1, 1]
gamma     g, the scale, above 0; 80 by default
margin    m, at least 0; 0.4 by default
The weights a and b have slopes here, as in Keras; the paper and pytorch-metric-learning take them for constants. So every exponent is
g times a difference of two squares, n_j^2 - m^2 or (1 - p_i)^2 - m^2, and 0 where n_j is below -m. At n_j = -m it has a corner: this
code returns 0 there. What belongs to an anchor and what does not is chosen before: neither is empty.
"""

import numpy as np

from lossref.float64.doubled import doubled, each, minus, plus, times
from lossref.float64.kernels import sum_of_others
from lossref.float64.pairs import between_squares, log_of_sum, logistic, logistic_curvature, logistic_slope
from lossref.laws import nonnegative
from lossref.spaces import Cosines, NonNegative, Positive
from lossref.spec import Hard, Known, Loss, Parameter


def value(positive, negative, gamma=80.0, margin=0.4):
    return logistic(*_parts(positive, negative, gamma, margin)[0])[..., 0]


def gradient(positive, negative, gamma=80.0, margin=0.4):
    behind, shares, off, twice, _ = _parts(positive, negative, gamma, margin)
    first, second = (np.sign(x) * logistic_slope(*behind, weight=twice * q * np.abs(x)) for q, (x, _) in zip(shares, off, strict=True))
    return -first, second


def hessian(positive, negative, gamma=80.0, margin=0.4):
    # s' (q e')^2 + s q ((1 - q) e'^2 + e''), of the share q of an exponent e: terms of one sign, the squares in two parts.
    behind, (share, _), (off, _), twice, (is_in, _) = _parts(positive, negative, gamma, margin)
    bend = plus(times(times(doubled(twice), doubled(sum_of_others(share))), times(off, off)), doubled(1.0 * is_in))[0]
    return logistic_curvature(*behind, weight=share * twice * off[0]) + logistic_slope(*behind, weight=twice * share * bend)


def _parts(positive, negative, gamma, margin):
    """The logarithm of both sums' product, in two parts; each one's share of its sum; 1 - p and n, or 0 beyond the corner; 2 g; and where
    they are not beyond it."""
    g, m = (np.asarray(x, float)[..., None] for x in (gamma, margin))
    off = minus(doubled(1.0), doubled(positive)), doubled(negative)
    (top, more, share), (other_top, other_more, other_share) = (log_of_sum(between_squares(x, g, m)) for x in off)
    behind, low = each(lambda y: y[..., None], plus(plus(top, other_top), plus(doubled(more), doubled(other_more))))
    is_in = [x[0] > -m for x in off]
    kept = [each(lambda y, inside=inside: np.where(inside, y, 0.0), x) for inside, x in zip(is_in, off, strict=True)]
    return (behind, np.where(np.isfinite(behind), low, 0.0)), (share, other_share), kept, 2.0 * g, is_in


def definition(m, positive, negative, gamma, margin):
    theirs = m.sum(m.exp(gamma * m.max(0, n + margin) * (n - margin)) for n in negative)
    ours = m.sum(m.exp(-gamma * m.max(0, 1 + margin - p) * (p - 1 + margin)) for p in positive)
    return m.log(1 + theirs * ours)


LOSS = Loss(
    name="circle",
    arguments={"positive": Cosines("p"), "negative": Cosines("n")},
    differentiable=("positive", "negative"),
    parameters={
        "gamma": Parameter(space=Positive(), default=80.0, grid=(80.0, 256.0, 1.0, 0.3)),
        "margin": Parameter(space=NonNegative(), default=0.4, grid=(0.4, 0.25, 0.0)),
    },
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative,),
    hard=(
        Hard("cosines", "ordinary", "cosines as in training: its class around 0.8, the others around 0",
             lambda d: {"positive": (d.uniform(0.5, 1), d.uniform(0.5, 1)), "negative": (d.uniform(-0.5, 0.6), d.uniform(-0.5, 0.6))}, 10),
        Hard("right", "tail", "all right: exponents down to g (-m^2 - m^2) leave a tail, not 0",
             lambda d: {"positive": (1.0, d.uniform(0.9, 1)), "negative": (0.0, d.uniform(-0.1, 0.1)), "margin": 0.5,
                        "gamma": d.number(2 * d.uniform(d.saturation, d.underflow - 12))}, 12),
        Hard("wrong", "tail", "all wrong: exp overflows, the loss does not",
             lambda d: {"positive": (-d.uniform(0.5, 1), 0.0), "negative": (d.uniform(0.5, 1), 0.9), "gamma": d.cycle(256.0, 1000.0)}, 8),
        Hard("corner", "kink", "n = -m, and one or two ulps beside it: any slope of the interval is right",
             lambda d: {"positive": (0.75, 0.5), "negative": (-d.nudged(0.5), 0.25), "margin": 0.5, "gamma": 2.0}, 10),
        Hard("optimum", "cancellation", "next to the optimum p = 1, n = 0: slopes are small, and squares cancel to -m^2",
             lambda d: {"positive": (1 - 2.0 ** -(1 + 3 * d.index), 0.9), "negative": (2.0 ** -(1 + 3 * d.index), 0.1)}, 8),
        Hard("at_margin", "cancellation", "n next to m, p next to 1 - m: exponents are small differences of squares",
             lambda d: {"margin": 0.25, "positive": (d.number(0.75 + d.sign() * 2.0 ** -(2 + 4 * d.index)),),
                        "negative": (d.number(0.25 + d.sign() * 2.0 ** -(2 + 4 * d.index)),)}, 8),
    ),
    known=(
        Known({"positive": (0.75,), "negative": (0.25,), "margin": 0.25}, lambda m: m.log(2), "at both margins", ("-20", "20")),
        Known({"positive": (1.0,), "negative": (0.0,), "margin": 0.5, "gamma": 2.0}, lambda m: m.log(1 + m.exp(-1)), "best", ("0",) * 2),
        Known({"positive": (0.5,), "negative": (-1.0,), "margin": 0.5}, lambda m: m.log(2), "beyond the corner", ("-40", "0")),
    ),
    source="Y. Sun et al., Circle Loss: A Unified Perspective of Pair Similarity Optimization, 2020, equations 4 to 8; Keras, Circle",
)
