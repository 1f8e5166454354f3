"""Zero-one loss: 1 for a wrong prediction, 0 for a right one.

    L(f, y) = 0  if f = y,  1  otherwise

prediction  f, the predicted class as a number, any real
target      y, the true class as a number, any real
Equality is exact: the prediction is a class that somebody decided on, not a score. The slope is 0 wherever there is one
(at f = y the loss jumps, and has none); this code returns 0 everywhere, so nothing can be trained on it.
"""

import numpy as np

from lossref.laws import even_in_residual, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss


def value(prediction, target):
    return np.where(np.not_equal(prediction, target), 1.0, 0.0)


def gradient(prediction, target):
    return np.zeros_like(np.subtract(prediction, target))


def definition(m, prediction, target):
    return m.lift(1 if prediction < target or prediction > target else 0)


LOSS = Loss(
    name="zero_one",
    arguments={"prediction": Real(), "target": Real()},
    target=NUMBER,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, symmetric, even_in_residual),
    hard=(
        Hard("classes", "ordinary", "small whole numbers, as classes are numbered: right and wrong ones",
             lambda d: {"prediction": float(d.integer(0, 2)), "target": float(d.integer(0, 2))}, 12),
        Hard("opposite", "ordinary", "labels -1 and 1: the sign decides, not the size",
             lambda d: {"prediction": d.cycle(1.0, -1.0), "target": d.cycle(1.0, 1.0, -1.0, -1.0)}, 4),
        Hard("neighbours", "cancellation", "one to four ulps apart: unequal, whatever a tolerance says",
             lambda d: {"target": (y := d.cycle(d.uniform(1, 1000), 1.0, d.uniform(0.5, 1))),
                        "prediction": d.format.step(y, (-1, 1, -2, 4)[d.index % 4])}, 20),
        Hard("large_neighbours", "cancellation", "large numbers one ulp apart: their difference is far above any absolute tolerance",
             lambda d: {"target": (y := d.scaled(30, 60)), "prediction": d.format.step(y, (1, -1)[d.index % 2])}, 8),
        Hard("tiny_difference", "tail", "two numbers near 0: an absolute tolerance calls them equal",
             lambda d: {"prediction": d.sign() * d.scaled(-60, -15), "target": d.sign() * d.scaled(-60, -15)}, 16),
        Hard("right", "tail", "the same number, of any size: exactly 0",
             lambda d: {"prediction": (y := d.sign() * d.scaled(-60, 60)), "target": y}, 12),
    ),
    known=(
        Known({"prediction": 2.0, "target": 2.0}, "0", "right"),
        Known({"prediction": 1.0, "target": 2.0}, "1", "wrong", "0"),
        Known({"prediction": -np.inf, "target": 2.0}, "1", "no number is infinite", "0"),
        Known({"prediction": (2.0, 1.0, 2.0), "target": (2.0, 1.0, 0.0), "reduction": "mean"}, "0.33333333333333333",
              "one of three wrong", row="R14"),
        Known({"prediction": (2.0, 1.0, 1.0), "target": (2.0, 1.0, 0.0), "reduction": "mean"}, "0.33333333333333333",
              "one of three wrong", row="R14"),
    ),
    source="V. Vapnik, The Nature of Statistical Learning Theory, section 1.3, 1995",
)
