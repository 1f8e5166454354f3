"""Soft Dice loss of a map of probabilities: 1 less twice what it shares with the true map, over what the two have.

    L(p, t) = 1 - (2 sum p t + a) / (sum p + sum t + b),      sums over all pixels

probabilities  p, that of each pixel to belong to the object, in [0, 1]; one map is one example
target         t, 1 where the object is and 0 elsewhere, or soft labels in [0, 1]
smooth_nr      a, at least 0; 1 by default
smooth_dr      b, above 0; 1 by default
Two empty maps cost 1 - a / b: 0 in MONAI (a = b = 1e-5) and optax (a = b = 2), 1 in Keras (a = 0, b = 1e-7) and kornia (a = 0,
b = 1e-8); b = 0 has no limit there. segmentation-models has no a and a denominator of at least 1e-7; V-Net squares its terms.
"""

import numpy as np

from lossref.families.maps import overlaps
from lossref.float64.overlap import apart, apart_slopes
from lossref.laws import symmetric
from lossref.options import PROBABILITY
from lossref.spaces import NonNegative, Positive, Unit
from lossref.spec import Known, Loss, Parameter


def value(probabilities, target, smooth_nr=1.0, smooth_dr=1.0):
    return apart(probabilities, target, 0.5, 0.5, np.multiply(0.5, smooth_nr), np.multiply(0.5, smooth_dr))


def gradient(probabilities, target, smooth_nr=1.0, smooth_dr=1.0):
    return apart_slopes(probabilities, target, 0.5, 0.5, np.multiply(0.5, smooth_nr), np.multiply(0.5, smooth_dr))


def definition(m, probabilities, target, smooth_nr, smooth_dr):
    pixels = [pixel for rows in zip(probabilities, target, strict=True) for pixel in zip(*rows, strict=True)]
    return 1 - (2 * m.sum(p * t for p, t in pixels) + smooth_nr) / (m.sum(p + t for p, t in pixels) + smooth_dr)


LOSS = Loss(
    name="dice",
    arguments={"probabilities": Unit("h", "w"), "target": Unit("h", "w")},
    parameters={"smooth_nr": Parameter(space=NonNegative(), default=1.0, grid=(1.0, 0.0, 1e-5, 2.0)),
                "smooth_dr": Parameter(space=Positive(), default=1.0, grid=(1.0, 1e-7, 1e-5, 2.0))},
    target=PROBABILITY,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(symmetric,),
    hard=overlaps("probabilities", "target", 1.0),
    known=(
        Known({"probabilities": ((1.0, 0.0),) * 2, "target": ((1.0, 0.0),) * 2}, "0", "right", ("-0.2", "0.2", "-0.2", "0.2")),
        Known({"probabilities": ((0.5, 0.5),) * 2, "target": ((1.0, 0.0),) * 2}, "0.4", "1 - 3/5", ("-0.28", "0.12", "-0.28", "0.12")),
        Known({"probabilities": ((0.0,),), "target": ((0.0,),), "smooth_nr": 0.0, "smooth_dr": 2.0**-20}, "1", "nothing, and no a"),
    ),
    source="M. Drozdzal et al., The Importance of Skip Connections in Biomedical Image Segmentation, 2016",
)
