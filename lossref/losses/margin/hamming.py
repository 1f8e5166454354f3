"""Hamming loss: the share of labels that are wrong.

    L(f, y) = 1/K |{j: f_j != y_j}|

prediction  f, the predicted number of each of K labels along the last axis, any real: 0 and 1, or a class
target      y, the true number of each label, any real
Equality is exact: the predictions are what somebody decided on, not scores. With K = 1 it is `zero_one`. The slope is 0 wherever there
is one (at f_j = y_j the loss jumps, and has none); this code returns 0 everywhere, so nothing can be trained on it.
"""

import numpy as np

from lossref.laws import even_in_residual, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss


def value(prediction, target):
    wrong = np.where(np.not_equal(prediction, target), 1.0, 0.0)
    return wrong.sum(axis=-1) / wrong.shape[-1]


def gradient(prediction, target):
    return np.zeros(np.broadcast_shapes(np.shape(prediction), np.shape(target)))


def definition(m, prediction, target):
    return m.lift(sum(1 for f, y in zip(prediction, target, strict=True) if f < y or f > y)) / len(prediction)


LOSS = Loss(
    name="hamming",
    arguments={"prediction": Real("k"), "target": Real("k")},
    target=NUMBER,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, symmetric, even_in_residual),
    hard=(
        Hard("labels", "ordinary", "labels 0 and 1, some of them wrong: right ones of 0 count as much as those of 1",
             lambda d: {"prediction": d.vector(lambda: float(d.integer(0, 1))), "target": d.vector(lambda: float(d.integer(0, 1)))}, 16),
        Hard("one_wrong", "ordinary", "one label wrong of many: the example is not wrong as a whole",
             lambda d: {"target": (y := tuple(float(d.integer(0, 1)) for _ in range(d.size + 1))), "prediction": (1 - y[0], *y[1:])}, 12),
        Hard("neighbours", "cancellation", "one to four ulps apart: unequal, whatever a tolerance says",
             lambda d: {"target": (y := d.vector(lambda: d.uniform(1, 1000))),
                        "prediction": tuple(d.format.step(x, (-1, 1, -2, 4)[j % 4]) for j, x in enumerate(y))}, 16),
        Hard("tiny_difference", "tail", "numbers near 0: an absolute tolerance calls them equal",
             lambda d: {name: d.vector(lambda: d.sign() * d.scaled(-60, -15)) for name in ("prediction", "target")}, 16),
        Hard("right", "tail", "the same numbers, of any size: exactly 0",
             lambda d: {"prediction": (y := d.vector(lambda: d.sign() * d.scaled(-60, 60))), "target": y}, 12),
    ),
    known=(
        Known({"prediction": (1.0, 0.0, 1.0, 1.0), "target": (1.0, 1.0, 1.0, 0.0)}, "0.5", "two of four"),
        Known({"prediction": (2.0, 3.0), "target": (2.0, 3.0)}, "0", "right"),
        Known({"prediction": (1.0,), "target": (2.0,)}, "1", "wrong", ("0",)),
        Known({"prediction": (-np.inf, 1.0), "target": (2.0, 0.5)}, "1", "no number is infinite", ("0", "0")),
    ),
    source="R. E. Schapire and Y. Singer, BoosTexter, 2000; R. W. Hamming, Error Detecting and Error Correcting Codes, 1950",
)
