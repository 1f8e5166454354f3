"""Margin MSE: a student's scores of a relevant and of an irrelevant passage are to differ by what a teacher's differ by.

    L(p, n, y) = (p - n - y)^2,      dL/dp = 2 (p - n - y) = -dL/dn

positive  p, the student's score of the relevant passage, any real
negative  n, that of the irrelevant one, any real
target    y, the teacher's score of the relevant passage less that of the irrelevant one, any real
Sentence Transformers takes y as it is, or the teacher's two scores. With several irrelevant passages it is the mean over them.
"""

import numpy as np

from lossref.float64.pairs import lead
from lossref.laws import convex, homogeneous, mirror, nonnegative
from lossref.options import NUMBER
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss


def value(positive, negative, target):
    return np.square(_off(positive, negative, target))


def gradient(positive, negative, target):
    slope = 2.0 * _off(positive, negative, target)
    return slope, -slope


def hessian(positive, negative, target):
    return 2.0 + np.zeros_like(_off(positive, negative, target))


def _off(positive, negative, target):
    """p - n - y, rounded once."""
    return lead(1.0, positive, np.negative(negative), np.negative(target))[0]


def definition(m, positive, negative, target):
    return (positive - negative - target) ** 2


LOSS = Loss(
    name="margin_mse",
    arguments={"positive": Real(), "negative": Real(), "target": Real()},
    differentiable=("positive", "negative"),
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, homogeneous(2, "positive", "negative", "target"),
          mirror("L(-n, -p, y) = L(p, n, y)", lambda positive, negative, target: {"positive": -negative, "negative": -positive}, 1)),
    hard=(
        Hard("distilled", "ordinary", "scores of cross-encoders, and a student that is off by some",
             lambda d: {"positive": d.uniform(0, 12), "negative": d.uniform(-12, 4), "target": d.uniform(-2, 20)}, 8),
        Hard("learned", "cancellation", "a student next to its teacher: what is left of three numbers, exactly",
             lambda d: {"negative": (n := d.uniform(-12, 12)), "target": (y := d.uniform(-20, 20)),
                        "positive": d.format.step(d.number(n + y), d.integer(-40, 40))}, 16),
        Hard("alike", "ordinary", "a student that is as its teacher: no loss and no slope",
             lambda d: {"negative": (n := float(d.integer(-9, 9))), "target": (y := float(d.integer(-9, 9))), "positive": n + y}, 4),
        Hard("offset", "cancellation", "scores with a large common offset: only their difference matters",
             lambda d: {"negative": (n := d.scaled(15, 20)), "positive": d.number(n + d.uniform(-3, 3)), "target": d.uniform(-3, 3)}, 12),
        Hard("small_residual", "tail", "tiny scores: an absolute tolerance sees only 0",
             lambda d: {"positive": d.sign() * d.scaled(-60, -15), "negative": 0.0, "target": 0.0}, 12),
        Hard("far", "tail", "scores far off: a square is right to a rounding or two, whatever the size",
             lambda d: {"positive": d.sign() * d.scaled(10, 60)}, 12),
    ),
    known=(
        Known({"positive": 5.0, "negative": 2.0, "target": 3.0}, "0", "as the teacher has it", ("0", "0")),
        Known({"positive": 5.0, "negative": 2.0, "target": 1.0}, "4", "(3 - 1)^2", ("4", "-4")),
        Known({"positive": 2.0, "negative": 5.0, "target": 1.0}, "16", "(-3 - 1)^2", ("-8", "8")),
        Known({"positive": np.inf, "negative": 5.0, "target": 1.0}, "inf", "an infinite score", ("inf", "-inf")),
    ),
    source="S. Hofstaetter et al., Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge Distillation, 2020",
)
