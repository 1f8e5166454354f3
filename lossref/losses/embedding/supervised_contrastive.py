"""Supervised contrastive loss (SupCon) of one anchor: each of its class is to have a large share among all others.

    L(p, n) = -1/P sum_i log(exp(p_i / T) / D),      D = sum_i exp(p_i / T) + sum_j exp(n_j / T)

positive     p, the cosines of the anchor to the P others of its class, in [-1, 1]
negative     n, its cosines to those of other classes, in [-1, 1]
temperature  T, above 0; 0.1 by default
It is softmax cross-entropy on all cosines over T with 1 / P for each of the class: at best log P, not 0. The mean stands outside of the
logarithm, the form that its authors call better. Their code multiplies by T over a second temperature, which pytorch-metric-learning
does not; that means over the anchors whose loss is not 0. What belongs to an anchor is chosen before: neither is empty.
"""

import numpy as np

from lossref.float64.contrast import LIFT
from lossref.float64.doubled import doubled, each, exponential, minus, over, plus, times, total
from lossref.float64.kernels import two_difference
from lossref.float64.weighted import weighted_cross
from lossref.laws import nonnegative
from lossref.spaces import Cosines, Positive
from lossref.spec import Hard, Known, Loss, Parameter


def value(positive, negative, temperature=0.1):
    (high, low), size = _logits(positive, negative, temperature), np.shape(positive)[-1]
    return weighted_cross(high, np.where(np.arange(high.shape[-1]) < size, 1.0, 0.0), low) / size


def gradient(positive, negative, temperature=0.1):
    # P p_i - 1 is the sum of e_i - e_k over the class less that of the others' e: of a class alike the former is exactly 0.
    powers, size = exponential(_logits(positive, negative, temperature), LIFT), np.shape(positive)[-1]
    ours, theirs = each(lambda x: x[..., :size], powers), each(lambda x: x[..., size:], powers)
    sums = [each(lambda x: x[..., None], total(x)) for x in (ours, theirs)]
    whole = each(lambda x: np.ldexp(x, -LIFT), plus(*sums))
    mantissa, twos = np.frexp(np.asarray(temperature, float)[..., None])

    def over_temperature(share):
        return np.ldexp((share[0] + share[1]) / mantissa, -twos - LIFT)

    gained = minus(minus(times(doubled(float(size)), ours), sums[0]), sums[1])
    return over_temperature(over(gained, times(doubled(float(size)), whole))), over_temperature(over(theirs, whole))


def _logits(positive, negative, temperature):
    """All cosines less the largest, over T, in two parts."""
    ahead = np.broadcast_shapes(np.shape(positive)[:-1], np.shape(negative)[:-1])
    cosines = np.concatenate([np.broadcast_to(x, (*ahead, np.shape(x)[-1])) for x in (positive, negative)], axis=-1)
    return over(two_difference(cosines, cosines.max(axis=-1, keepdims=True)), doubled(np.asarray(temperature, float)[..., None]))


def definition(m, positive, negative, temperature):
    return m.log(m.sum(m.exp(c / temperature) for c in (*positive, *negative))) - m.sum(positive) / (len(positive) * temperature)


LOSS = Loss(
    name="supervised_contrastive",
    arguments={"positive": Cosines("p"), "negative": Cosines("n")},
    differentiable=("positive", "negative"),
    parameters={"temperature": Parameter(space=Positive(), default=0.1, grid=(0.1, 0.07, 0.5, 2.0))},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative,),
    hard=(
        Hard("trained", "ordinary", "cosines as in training: its class around 0.8, the others around 0",
             lambda d: {"positive": (d.uniform(0.6, 1), d.uniform(0.6, 1)), "negative": (d.uniform(-0.3, 0.3), d.uniform(-0.3, 0.3))}, 10),
        Hard("one_of_its_class", "tail", "one of its class, far ahead: the loss is the others' tails, not 0",
             lambda d: {"positive": (d.uniform(0.9, 1),), "negative": (-d.uniform(0.9, 1), -d.uniform(0.9, 1)),
                        "temperature": d.number(1.8 / d.uniform(d.saturation, d.underflow - 12))}, 12),
        Hard("several", "tail", "its class far ahead: the loss is log of how many they are, and the others' slopes are tails",
             lambda d: {"positive": (1.0, 1.0, d.uniform(0.9, 1)), "negative": (-d.uniform(0.9, 1), -1.0),
                        "temperature": d.number(1.8 / d.uniform(d.saturation, d.underflow - 12))}, 10),
        Hard("wrong", "tail", "its class far behind: exp overflows without a shift, and log of a share is -inf",
             lambda d: {"positive": (-d.uniform(0.5, 1), 0.0), "negative": (d.uniform(0.5, 1), 0.9),
                        "temperature": d.cycle(2.0**-8, 2.0**-12, 0.001)}, 9),
        Hard("alike", "cancellation", "its class nearly alike: each share is nearly 1 / P, and what is left of the slopes is small",
             lambda d: {"positive": (x := d.uniform(0.5, 1), d.number(x - 2.0 ** -(2 + 3 * d.index))), "negative": (-d.uniform(0.5, 1),),
                        "temperature": d.cycle(0.1, 0.02)}, 12),
        Hard("warm", "cancellation", "a large temperature: all shares are nearly equal",
             lambda d: {"temperature": 2.0 ** (1 + 3 * d.index)}, 6),
    ),
    known=(
        Known({"positive": (0.5,), "negative": (0.5,)}, lambda m: m.log(2), "one of two", ("-5", "5")),
        Known({"positive": (0.25, 0.25), "negative": (0.25, 0.25), "temperature": 1.0}, lambda m: m.log(4), "four alike",
              ("-0.25", "-0.25", "0.25", "0.25")),
        Known({"positive": (1.0, -1.0), "negative": (1.0,), "temperature": 1.0}, lambda m: m.log(2 + m.exp(-2)) + 1, "the mean is outside",
              (None,) * 3),
    ),
    source="P. Khosla et al., Supervised Contrastive Learning, 2020, equation 2",
)
