"""Sparsemax loss of two classes: a hinge whose corner is a parabola, and the loss that makes sparsemax probabilities right.

    L(f, y) = 0  if y f >= 1,    (1 - y f)^2 / 4  if -1 < y f < 1,    -y f  if y f <= -1

prediction  f, a score, any real
target      y, -1 or 1 (not 0 or 1)
It is max(0, x) made smooth as log(1 + exp x) is, for x = -y f, but 0 and x itself from -1 and 1 on. The gradient is continuous,
-y (1 - y f) / 2 between the ends; only the second derivative jumps, between 0 and 1/2. `huber`'s parabola lies around 0, this at 1.
"""

import numpy as np

from lossref.laws import convex, even_in_both, nonnegative
from lossref.options import SIGN
from lossref.spaces import Real, Sign
from lossref.spec import Hard, Known, Loss


def value(prediction, target):
    margin = np.multiply(target, prediction)
    short = np.clip(1.0 - margin, 0.0, 2.0)
    return np.where(margin <= -1, -margin, 0.25 * short * short)


def gradient(prediction, target):
    return np.multiply(-0.5, target) * np.clip(1.0 - np.multiply(target, prediction), 0.0, 2.0)


def hessian(prediction, target):
    return np.where(np.abs(prediction) < 1, 0.5, 0.0) + np.zeros_like(target)


def definition(m, prediction, target):
    margin = target * prediction
    return m.lift(0) if margin >= 1 else -margin if margin <= -1 else (1 - margin) ** 2 / 4


LOSS = Loss(
    name="sparsemax",
    arguments={"prediction": Real(), "target": Sign()},
    target=SIGN,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, even_in_both),
    hard=(
        Hard("line_begins", "kink", "y f = -1 and one or two ulps beside it: parabola and line must meet",
             lambda d: {"target": (s := d.cycle(1.0, -1.0)), "prediction": -s * d.nudged(1.0)}, 10),
        Hard("around_line", "tail", "y f off -1 by 2^-1 to 2^-16, both ways: a line that begins elsewhere shows",
             lambda d: {"target": (s := d.cycle(1.0, 1.0, -1.0, -1.0)),
                        "prediction": -s * d.number(1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index))}, 16),
        Hard("parabola", "ordinary", "scores on the parabola, of either label",
             lambda d: {"prediction": d.uniform(-1, 1), "target": d.cycle(1.0, -1.0)}, 10),
    ),
    known=(
        Known({"prediction": 2.0, "target": 1.0}, "0", "beyond the margin", "0"),
        Known({"prediction": 0.0, "target": 1.0}, "0.25", "undecided", "-0.5"),
        Known({"prediction": 0.5, "target": -1.0}, "0.5625", "(3/2)^2 / 4", "0.75"),
        Known({"prediction": -3.0, "target": 1.0}, "3", "on the line", "-1"),
        Known({"prediction": np.inf, "target": 1.0}, "0", "for ever beyond the margin", "0"),
        Known({"prediction": np.inf, "target": -1.0}, "inf", "for ever on the wrong side", "1"),
    ),
    source="M. Blondel, A. F. T. Martins and V. Niculae, Learning with Fenchel-Young Losses, 2020",
)
