"""Multi-similarity loss of one anchor: those of its class are to be more similar to it than a base, and all others less.

    L(p, n) = 1/a log(1 + sum_i exp(-a (p_i - l))) + 1/b log(1 + sum_j exp(b (n_j - l)))

positive  p, the similarities of the anchor to those of its class, any real: cosines lie in [-1, 1]
negative  n, its similarities to the others
alpha     a, above 0; 2 by default
beta      b, above 0; 50 by default
base      l, any real; 0.5 by default
The paper mines pairs first and takes the mean over all anchors; what is mined away is not among these. Both logarithms have a 1 beside
their sums, so that pairs which are right cost next to nothing. `zlpr` is the same with a = b = 1 and l = 0.
"""

import numpy as np

from lossref.float64.kernels import exact_sum, leader_and_tails, sum_of_others
from lossref.float64.pairs import behind_the_farthest
from lossref.float64.softmax import log_loss_of_logits
from lossref.laws import nonnegative
from lossref.spaces import Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(positive, negative, alpha=2.0, beta=50.0, base=0.5):
    return _side(positive, -1.0, alpha, base)[0] + _side(negative, 1.0, beta, base)[0]


def gradient(positive, negative, alpha=2.0, beta=50.0, base=0.5):
    return _side(positive, -1.0, alpha, base)[1], _side(negative, 1.0, beta, base)[1]


def hessian(positive, negative, alpha=2.0, beta=50.0, base=0.5):
    leader, tails, _ = leader_and_tails(*behind_the_farthest(positive, -1.0, alpha, base)[1:])
    powers = np.where(leader, 1.0, tails)
    total = exact_sum(powers)[..., None]
    return (np.asarray(alpha, float)[..., None] * (powers / total) * (sum_of_others(powers) / total))[..., 1:]


def _side(similarity, sign, scale, base):
    """What one side costs, and its slopes."""
    top, logits, low = behind_the_farthest(similarity, sign, scale, base)
    more = log_loss_of_logits(logits, logits.argmax(axis=-1), low)[0] / scale
    cost = np.where(np.isinf(top), top, top + more)  # two of them leave no share, but the loss has a limit
    return cost, sign * log_loss_of_logits(logits, 0, low)[1][..., 1:]


def _around(d, ahead):
    """Similarities on the right side of a base of 1/2, by what makes an exponent so large."""
    return {"positive": (d.number(0.5 + ahead / 2), d.number(0.5 + d.uniform(1, 1.5) * ahead / 2)),
            "negative": (d.number(0.5 - ahead / 50), d.number(0.5 - d.uniform(1, 1.5) * ahead / 50)),
            "alpha": 2.0, "beta": 50.0, "base": 0.5}


def definition(m, positive, negative, alpha, beta, base):
    ours = m.sum(m.exp(-alpha * (p - base)) for p in positive)
    theirs = m.sum(m.exp(beta * (n - base)) for n in negative)
    return m.log(1 + ours) / alpha + m.log(1 + theirs) / beta


LOSS = Loss(
    name="multi_similarity",
    arguments={"positive": Real("p"), "negative": Real("n")},
    differentiable=("positive", "negative"),
    parameters={
        "alpha": Parameter(space=Positive(), default=2.0, grid=(2.0, 1.0, 0.1, 10.0)),
        "beta": Parameter(space=Positive(), default=50.0, grid=(50.0, 1.0, 40.0, 0.3)),
        "base": Parameter(space=Real(), default=0.5, grid=(0.5, 0.0, 1.0, 0.7)),
    },
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative,),
    hard=(
        Hard("cosines", "ordinary", "cosines as in training: its class around 0.7, the others around 0",
             lambda d: {"positive": (d.uniform(0.4, 1), d.uniform(0.4, 1)), "negative": (d.uniform(-0.5, 0.6), d.uniform(-0.5, 0.6))}, 8),
        Hard("right", "tail", "all on the right side by more than the precision: what is left is tails, not 0",
             lambda d: _around(d, d.uniform(d.saturation, d.underflow / 1.5 - 12)), 12),
        Hard("wrong", "tail", "all on the wrong side: exp overflows, the loss does not",
             lambda d: _around(d, -d.uniform(20, 2 * d.underflow)), 8),
        Hard("at_base", "cancellation", "similarities next to the base: their differences are small, and exact",
             lambda d: {name: (d.number(0.5 + d.sign() * 2.0 ** -(2 + 4 * d.index)), 0.5) for name in ("positive", "negative")}, 8),
        Hard("approach", "tail", "step by step to where exp of a difference rounds away",
             lambda d: _around(d, d.saturation * (0.25 + 0.075 * d.index)), 12),
    ),
    known=(
        Known({"positive": (0.5,), "negative": (0.5,)}, lambda m: m.log(2) * 13 / 25, "log 2 / 2 + log 2 / 50", ("-0.5", "0.5")),
        Known({"positive": (0.5, 0.5, 0.5), "negative": (0.5,), "alpha": 1.0, "beta": 1.0}, lambda m: m.log(8), "log 4 + log 2",
              ("-0.25", "-0.25", "-0.25", "0.5")),
        Known({"positive": (np.inf,), "negative": (-np.inf,)}, "0", "right for ever", ("0", "0")),
        Known({"positive": (-np.inf,), "negative": (0.0,)}, "inf", "one for ever apart from its class", ("-1", "1.3887943864771144e-11")),
    ),
    source="X. Wang, X. Han, W. Huang, D. Dong and M. R. Scott, Multi-Similarity Loss with General Pair Weighting, 2019, equation 15",
)
