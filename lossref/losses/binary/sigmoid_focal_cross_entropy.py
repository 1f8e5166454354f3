"""Sigmoid focal cross-entropy: cross-entropy of a logit, weighted down where the prediction is right.

    L(z, y) = a_t (1 - p_t)^gamma (-y log s(z) - (1 - y) log s(-z)),      s(z) = 1 / (1 + exp(-z))
    p_t = y s(z) + (1 - y) s(-z),      a_t = y alpha + (1 - y) (1 - alpha)

logits  z, log-odds of class 1, any real
target  y, probability of class 1, in [0, 1]
gamma   how fast what is right stops counting, at least 0; 2 by default
alpha   the weight of class 1, in [0, 1]; 0.25 by default
Lin et al. have hard labels; soft ones mix p_t and a_t as fvcore and torchvision do, so that the loss is not affine in y. Libraries can
leave a_t out: that is twice the loss at alpha = 1/2. CatBoost and segmentation-models have other forms for soft labels.
"""

import numpy as np

from lossref.float64.doubled import doubled, either, minus, over, plus, times
from lossref.float64.kernels import as_array, power
from lossref.laws import mirror, nonnegative
from lossref.options import PROBABILITY
from lossref.spaces import NonNegative, Real, Unit
from lossref.spec import Hard, Known, Loss, Parameter


def value(logits, target, gamma=2.0, alpha=0.25):
    return value_and_gradient(logits, target, gamma, alpha)[0]


def gradient(logits, target, gamma=2.0, alpha=0.25):
    return value_and_gradient(logits, target, gamma, alpha)[1]


def value_and_gradient(logits, target, gamma=2.0, alpha=0.25):
    # With t = exp(-|z|) and w and v the probabilities of the less and the more likely class, cross-entropy is log(1 + t) + w |z|
    # and 1 - p_t is (w + v t) / (1 + t). The slope is taken in |z|, of numbers in two parts: at its steepest few roundings are allowed.
    side, y, x = np.where(np.greater(logits, 0), 1.0, -1.0), as_array(target), np.abs(logits)
    t, one, yes, no = np.exp(-x), doubled(1.0), doubled(y), minus(doubled(1.0), doubled(y))
    w, v = either(side > 0, no, yes), either(side > 0, yes, no)
    cross = np.log1p(t) + np.where(w[0] == 0, 0.0, w[0] * x)
    share = plus(times(yes, doubled(alpha)), times(no, minus(one, doubled(alpha))))
    weight = times(share, doubled(power(gamma, *_miss(x, t, w[0], v[0], side * (1.0 - 2.0 * y)))))
    tail = times(v, doubled(t))
    bend = times(times(doubled(gamma), minus(w, v)), times(over(doubled(t), plus(w, tail)), doubled(cross)))
    turn = plus(either(t == 0, doubled(0.0), bend), minus(w, tail))
    return weight[0] * cross, side * over(times(weight, turn), plus(one, doubled(t)))[0]


def _miss(x, t, w, v, lean):
    """1 - p_t as exp(a) 2^b; in the middle it is (1 + c) / 2 with c = (1 - 2 y) tanh(z / 2)."""
    rise = -np.expm1(-x)
    c = lean * (rise / (2.0 - rise))
    mantissa, twos = np.frexp(np.maximum(w + v * t, 2.0**-1074))
    tails = np.where(c > 0, np.log1p(-v * rise), np.log(mantissa)) - np.log1p(t)
    middle = np.abs(c) < 0.5
    return np.where(middle, np.log1p(c), tails), np.where(middle, -1.0, np.where(c > 0, 0.0, twos))


def definition(m, logits, target, gamma, alpha):
    yes, no = 1 / (1 + m.exp(-logits)), 1 / (1 + m.exp(logits))
    wrong = target * no + (1 - target) * yes
    weight = target * alpha + (1 - target) * (1 - alpha)
    return weight * m.exp(gamma * m.log(wrong)) * (m.log(1 + m.exp(logits)) - target * logits)


LOSS = Loss(
    name="sigmoid_focal_cross_entropy",
    arguments={"logits": Real(), "target": Unit()},
    parameters={"gamma": Parameter(space=NonNegative(), default=2.0, grid=(2.0, 0.0, 1.0, 5.0, 0.5)),
                "alpha": Parameter(space=Unit(), default=0.25, grid=(0.25, 0.5, 0.9))},
    target=PROBABILITY,
    value=value,
    gradient=gradient,
    value_and_gradient=value_and_gradient,
    definition=definition,
    laws=(nonnegative, mirror(
        "L(-z, 1 - y) = L(z, y) with 1 - alpha for alpha",
        lambda logits, target, alpha=0.25, **_: {"logits": -logits, "target": 1 - target, "alpha": 1 - alpha}, -1)),
    hard=(
        Hard("root", "tail", "gamma below 1: the slope of the power is infinite at p_t = 1, that of the loss is not; 0^0 is 1",
             lambda d: {"target": (y := d.cycle(0.0, 1.0)), "logits": (2 * y - 1) * d.uniform(5, d.underflow),
                        "gamma": d.cycle(0.5, 0.1, 0.0, 0.75, 0.0)}, 15),
        Hard("steep", "cancellation", "a large gamma next to z = 0: the power multiplies the relative error of 1 - p_t",
             lambda d: {"logits": d.sign() * d.scaled(-20, -1), "target": d.cycle(0.0, 1.0, 0.25), "gamma": d.cycle(5.0, 8.0, 100.0)}, 12),
        Hard("soft_and_right", "tail", "a soft label next to a hard one, and a logit beyond it: 1 - p_t is what the label lacks",
             lambda d: {"target": d.scaled(-40, -4), "logits": -d.uniform(10, 60)}, 10),
    ),
    known=(
        Known({"logits": 0.0, "target": 1.0}, lambda m: m.log(2) / 16, "(1/2)^2 log 2, times 1/4"),
        Known({"logits": 0.0, "target": 1.0, "gamma": 0.0, "alpha": 0.5}, lambda m: m.log(2) / 2, "half a cross-entropy", "-0.25"),
        Known({"logits": np.inf, "target": 1.0}, "0", "certain and right", "0"),
        Known({"logits": -np.inf, "target": 1.0}, "inf", "certain and wrong", "-0.25"),
        Known({"logits": np.inf, "target": 0.5}, "inf", "certain of what is half true", "0.0625"),
    ),
    source="T.-Y. Lin, P. Goyal, R. Girshick, K. He and P. Dollar, Focal Loss for Dense Object Detection, 2017",
)
