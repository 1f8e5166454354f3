"""Soft Jaccard loss of a map of probabilities: 1 less what it shares with the true map over what is in either (IoU loss).

    L(p, t) = 1 - (sum p t + a) / (sum p + sum t - sum p t + b),      sums over all pixels

probabilities  p, that of each pixel to belong to the object, in [0, 1]; one map is one example
target         t, 1 where the object is and 0 elsewhere, or soft labels in [0, 1]
smooth_nr      a, at least 0; 1 by default
smooth_dr      b, above 0; 1 by default
Of hard maps, with a = b = 0, J and Dice's D obey 1 - D = (1 - J) / (1 + J). MONAI has a = b = 1e-5, segmentation-models no a and a
denominator of at least 1e-7. Equal soft maps cost something, for p^2 is less than p.
"""

from lossref.families.maps import overlaps
from lossref.float64.overlap import apart, apart_slopes
from lossref.laws import symmetric
from lossref.options import PROBABILITY
from lossref.spaces import NonNegative, Positive, Unit
from lossref.spec import Known, Loss, Parameter


def value(probabilities, target, smooth_nr=1.0, smooth_dr=1.0):
    return apart(probabilities, target, 1.0, 1.0, smooth_nr, smooth_dr)


def gradient(probabilities, target, smooth_nr=1.0, smooth_dr=1.0):
    return apart_slopes(probabilities, target, 1.0, 1.0, smooth_nr, smooth_dr)


def definition(m, probabilities, target, smooth_nr, smooth_dr):
    pixels = [pixel for rows in zip(probabilities, target, strict=True) for pixel in zip(*rows, strict=True)]
    return 1 - (m.sum(p * t for p, t in pixels) + smooth_nr) / (m.sum(t + p * (1 - t) for p, t in pixels) + smooth_dr)


LOSS = Loss(
    name="jaccard",
    arguments={"probabilities": Unit("h", "w"), "target": Unit("h", "w")},
    parameters={"smooth_nr": Parameter(space=NonNegative(), default=1.0, grid=(1.0, 0.0, 1e-5, 2.0)),
                "smooth_dr": Parameter(space=Positive(), default=1.0, grid=(1.0, 1e-7, 1e-5, 2.0))},
    target=PROBABILITY,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(symmetric,),
    hard=overlaps("probabilities", "target", 0.5),
    known=(
        Known({"probabilities": ((1.0, 0.0),) * 2, "target": ((1.0, 0.0),) * 2}, "0", "right"),
        Known({"probabilities": ((0.5, 0.5),) * 2, "target": ((1.0, 0.0),) * 2}, "0.5", "1 - 2/4", ("-0.25", "0.125", "-0.25", "0.125")),
        Known({"probabilities": ((0.0,),), "target": ((0.0,),), "smooth_nr": 0.0, "smooth_dr": 2.0**-20}, "1", "nothing, and no a"),
    ),
    source="M. A. Rahman and Y. Wang, Optimizing Intersection-Over-Union in Deep Neural Networks for Image Segmentation, 2016",
)
