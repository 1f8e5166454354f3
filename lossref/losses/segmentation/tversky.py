"""Tversky loss of a map of probabilities: a soft overlap in which false alarms and misses have weights of their own.

    L(p, t) = 1 - (TP + a) / (TP + alpha FP + beta FN + b),      TP = sum p t,      FP = sum p (1 - t),      FN = sum t (1 - p)

probabilities  p, that of each pixel to belong to the object, in [0, 1]; one map is one example, and sums are over all pixels
target         t, 1 where the object is and 0 elsewhere, or soft labels in [0, 1]
alpha          weight of false positives, at least 0; 1/2 by default
beta           weight of false negatives, at least 0; 1/2 by default
smooth_nr      a, at least 0; 0 by default
smooth_dr      b, above 0; 1e-7 by default
With alpha = beta = 1/2 it is `dice` of 2 a and 2 b, with alpha = beta = 1 `jaccard`. a and b are 0 and 1e-7 in Keras, 0 and 1e-8 in
kornia, 1e-5 in MONAI, 1 in optax. Keras documents alpha as here, and multiplies false negatives by it.
"""

from lossref.families.maps import overlaps, pixels
from lossref.float64.overlap import apart, apart_slopes
from lossref.laws import of_equal_value
from lossref.options import PROBABILITY
from lossref.spaces import NonNegative, Positive, Unit
from lossref.spec import Hard, Known, Loss, Parameter


def value(probabilities, target, alpha=0.5, beta=0.5, smooth_nr=0.0, smooth_dr=1e-7):
    return apart(probabilities, target, alpha, beta, smooth_nr, smooth_dr)


def gradient(probabilities, target, alpha=0.5, beta=0.5, smooth_nr=0.0, smooth_dr=1e-7):
    return apart_slopes(probabilities, target, alpha, beta, smooth_nr, smooth_dr)


def definition(m, probabilities, target, alpha, beta, smooth_nr, smooth_dr):
    pairs = [pair for rows in zip(probabilities, target, strict=True) for pair in zip(*rows, strict=True)]
    shared, alarms, missed = m.sum(p * t for p, t in pairs), m.sum(p * (1 - t) for p, t in pairs), m.sum(t * (1 - p) for p, t in pairs)
    return 1 - (shared + smooth_nr) / (shared + alpha * alarms + beta * missed + smooth_dr)


LOSS = Loss(
    name="tversky",
    arguments={"probabilities": Unit("h", "w"), "target": Unit("h", "w")},
    parameters={"alpha": Parameter(space=NonNegative(), default=0.5, grid=(0.5, 0.3, 0.7, 1.0, 0.0)),
                "beta": Parameter(space=NonNegative(), default=0.5, grid=(0.5, 0.7, 0.3, 1.0)),
                "smooth_nr": Parameter(space=NonNegative(), default=0.0, grid=(0.0, 1e-5, 1.0)),
                "smooth_dr": Parameter(space=Positive(), default=1e-7, grid=(1e-7, 1e-5, 1.0))},
    target=PROBABILITY,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(
        of_equal_value("L(t, p; beta, alpha) = L(p, t; alpha, beta)", lambda probabilities, target, alpha, beta, **_: {
            "probabilities": target, "target": probabilities, "alpha": beta, "beta": alpha}),
    ),
    hard=(
        *overlaps("probabilities", "target", 0.5),
        Hard("weights", "ordinary", "false alarms and misses, and weights far apart: exchanged they show",
             lambda d: {"probabilities": pixels(d, lambda: d.uniform(0, 1)), "alpha": d.cycle(0.3, 0.9, 0.1, 0.0),
                        "beta": d.cycle(0.7, 0.1, 0.9, 1.0)}, 8),
    ),
    known=(
        Known({"probabilities": ((1.0, 1.0),), "target": ((1.0, 0.0),), "alpha": 1.0, "beta": 0.0, "smooth_dr": 2.0**-20},
              lambda m: 1 - 1 / (2 + m.lift(1) / 2**20), "a false alarm at full weight"),
        Known({"probabilities": ((1.0, 0.0),), "target": ((1.0, 1.0),), "alpha": 1.0, "beta": 0.0, "smooth_nr": 1.0, "smooth_dr": 1.0}, "0",
              "a miss that costs nothing"),
        Known({"probabilities": ((0.5, 0.5),), "target": ((1.0, 0.0),), "alpha": 0.5, "beta": 0.5, "smooth_nr": 1.0, "smooth_dr": 1.0},
              "0.25", "1 - 3/2 over 2", ("-0.3125", "0.1875")),
    ),
    source="S. S. M. Salehi et al., Tversky loss function for image segmentation using 3D fully convolutional deep networks, 2017",
)
