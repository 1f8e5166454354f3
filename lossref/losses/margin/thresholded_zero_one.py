"""Zero-one loss with a threshold: 1 for a prediction that is too far off, 0 for a close one.

    L(f, y) = 1  if |f - y| > T,    0  if |f - y| < T,    B  if |f - y| = T

prediction    f, any real
target        y, any real
threshold     T, above 0; 1/2 by default
at_threshold  B, what a prediction exactly T away costs: 1 (by default) or 0
The difference is that of the numbers given, not of the decimals they came from: 0.3 - 0.1 is below 0.2 in float64. The
slope is 0 wherever there is one (at |f - y| = T the loss jumps, and has none); this code returns 0 everywhere.
"""

import numpy as np

from lossref.float64.kernels import two_difference
from lossref.laws import even_in_residual, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import Bit, Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(prediction, target, threshold=0.5, at_threshold=1.0):
    # What the subtraction rounds away decides where the rounded distance equals the threshold.
    difference, lost = two_difference(prediction, target)
    excess = np.abs(difference) - threshold
    excess = np.where(excess == 0, np.sign(difference) * lost, excess)
    return np.where(excess == 0, at_threshold, np.where(excess > 0, 1.0, 0.0))


def gradient(prediction, target, threshold=0.5, at_threshold=1.0):
    return np.zeros_like(np.subtract(prediction, target) + threshold)


def definition(m, prediction, target, threshold, at_threshold):
    distance = abs(prediction - target)
    return m.lift(1) if distance > threshold else m.lift(0) if distance < threshold else m.lift(at_threshold)


LOSS = Loss(
    name="thresholded_zero_one",
    arguments={"prediction": Real(), "target": Real()},
    parameters={
        "threshold": Parameter(space=Positive(), default=0.5, grid=(0.5, 0.125, 3.0, 1000.0, 2.0**-10)),
        "at_threshold": Parameter(space=Bit(), default=1.0, grid=(1.0, 0.0)),
    },
    target=NUMBER,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, symmetric, even_in_residual),
    hard=(
        Hard("threshold", "tail", "exactly at the threshold, on either side: the boundary's own cost",
             lambda d: {"target": 0.0, "prediction": d.cycle(1, -1) * (t := (0.5, 1.0, 3.0)[d.index % 3]), "threshold": t}, 12),
        Hard("beside_threshold", "cancellation", "one or two ulps beside the threshold: a tolerance decides wrongly",
             lambda d: {"target": 0.0, "threshold": (t := (0.5, 1.0, 3.0)[d.index % 3]),
                        "prediction": d.sign() * d.format.step(t, (-1, 1, -2, 2)[d.index % 4])}, 20),
        Hard("around_threshold", "cancellation", "off the threshold by 2^-1 to 2^-12 of it: a threshold elsewhere shows",
             lambda d: {"target": 0.0, "threshold": (t := (0.5, 0.125, 8.0)[d.index % 3]),
                        "prediction": d.sign() * d.number(t * (1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index)))}, 12),
        Hard("tiny", "tail", "tiny numbers and a tiny threshold: an absolute tolerance has no place",
             lambda d: {"target": 0.0, "prediction": d.sign() * d.scaled(-40, -30), "threshold": 2.0**-35}, 10),
    ),
    known=(
        Known({"prediction": 0.5, "target": 1.0, "threshold": 0.5}, "1", "exactly at the threshold"),
        Known({"prediction": 0.5, "target": 1.0, "threshold": 0.5, "at_threshold": 0.0}, "0", "exactly at the threshold"),
        Known({"prediction": 0.3, "target": 0.1, "threshold": 0.2}, "0", "0.3 - 0.1 < 0.2 in float64", "0"),
        Known({"prediction": np.inf, "target": 1.0, "threshold": 0.5}, "1", "beyond every threshold", "0"),
        Known({"prediction": 0.5, "target": 1.0}, "1", "the boundary is an error", row="R14", region="tail"),
    ),
    source="Li Hang, Statistical Learning Methods, section 1.3.2, 2012 (the threshold as in textbooks after it)",
)
