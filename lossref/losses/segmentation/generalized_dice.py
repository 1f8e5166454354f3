"""Generalised Dice loss of maps of several classes: each class counts by the square of how rare it is among the labels.

    L(p, t) = 1 - (2 sum_c w_c sum p t + a) / (sum_c w_c (sum p + sum t) + b),      w_c = 1 / ((sum t)^2 + e)

probabilities  p, for each class a row of probabilities of pixels to belong to it, in [0, 1]; one set of maps is one example
target         t, 1 where the class is and 0 elsewhere, or soft labels in [0, 1]
smooth_nr      a, at least 0; 1e-5 by default
smooth_dr      b, above 0; 1e-5 by default
eps            e, above 0; 1e-7 by default
Sums are over the pixels of a class. The paper has neither of a, b and e, and then nothing to say of a class that no pixel has. MONAI
gives such a class the largest weight of the others and has a = b = 1e-5. optax has e = 1e-7 but averages the Dice losses of the
classes, each times its weight: another loss. The weights have no slope in p.
"""

import numpy as np

from lossref.families.maps import overlaps
from lossref.float64.doubled import doubled, each, minus, over, plus, times, total
from lossref.float64.kernels import two_difference
from lossref.laws import of_equal_value
from lossref.options import PROBABILITY
from lossref.spaces import NonNegative, Positive, Unit
from lossref.spec import Hard, Known, Loss, Parameter


def value(probabilities, target, smooth_nr=1e-5, smooth_dr=1e-5, eps=1e-7):
    p, t, weights = _weighted(probabilities, target, eps)
    # What is in one map and not in the other, of one sign.
    missed = plus(total(times(p, two_difference(1.0, t[0]))), total(times(t, two_difference(1.0, p[0]))))
    top = plus(total(times(weights, missed)), two_difference(np.asarray(smooth_dr, float), smooth_nr))
    return over(top, _whole(p, t, weights, smooth_dr))[0]


def gradient(probabilities, target, smooth_nr=1e-5, smooth_dr=1e-5, eps=1e-7):
    p, t, weights = _weighted(probabilities, target, eps)
    whole = each(lambda y: y[..., None, None], _whole(p, t, weights, smooth_dr))
    shared = plus(total(times(weights, each(lambda y: 2.0 * y, total(times(p, t))))), doubled(smooth_nr))
    slope = minus(each(lambda y: y[..., None, None], shared), each(lambda y: 2.0 * y, times(t, whole)))
    return over(times(over(slope, whole), each(lambda y: y[..., None], weights)), whole)[0]


def _weighted(probabilities, target, eps):
    """Both maps, and the weight of each class."""
    p, t = (doubled(x) for x in np.broadcast_arrays(np.asarray(probabilities, float), target))
    size = total(t)
    return p, t, over(doubled(1.0), plus(times(size, size), doubled(np.asarray(eps, float)[..., None])))


def _whole(p, t, weights, smooth_dr):
    return plus(total(times(weights, plus(total(p), total(t)))), doubled(smooth_dr))


def definition(m, probabilities, target, smooth_nr, smooth_dr, eps):
    weights = [1 / (m.sum(row) ** 2 + eps) for row in target]
    shared = [m.sum(p * t for p, t in zip(*rows, strict=True)) for rows in zip(probabilities, target, strict=True)]
    both = [m.sum(p + t for p, t in zip(*rows, strict=True)) for rows in zip(probabilities, target, strict=True)]
    top = 2 * m.sum(w * x for w, x in zip(weights, shared, strict=True)) + smooth_nr
    return 1 - top / (m.sum(w * x for w, x in zip(weights, both, strict=True)) + smooth_dr)


LOSS = Loss(
    name="generalized_dice",
    arguments={"probabilities": Unit("c", "d"), "target": Unit("c", "d")},
    parameters={"smooth_nr": Parameter(space=NonNegative(), default=1e-5, grid=(1e-5, 0.0, 1.0)),
                "smooth_dr": Parameter(space=Positive(), default=1e-5, grid=(1e-5, 1e-7, 1.0)),
                "eps": Parameter(space=Positive(), default=1e-7, grid=(1e-7, 1e-3, 1.0))},
    target=PROBABILITY,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(of_equal_value("L of classes in another order is L", lambda probabilities, target, **_: {
        "probabilities": probabilities[::-1], "target": target[::-1]}),),
    hard=(
        *overlaps("probabilities", "target", 1.0),
        Hard("rare_class", "ordinary", "classes of one pixel and of eight: the rare one counts 64 times as much",
             lambda d: {"target": ((1.0, *(0.0,) * 8), (0.0, *(1.0,) * 8)),
                        "probabilities": tuple(tuple(d.uniform(0, 1) for _ in range(9)) for _ in range(2))}, 6),
        Hard("absent_class", "tail", "a class that no pixel has: its weight is 1 / e, large and finite, and false alarms of it decide",
             lambda d: {"target": ((1.0, 1.0), (0.0, 0.0)), "probabilities": ((d.uniform(0, 1), d.uniform(0, 1)),
                                                                             (d.scaled(-40, -1), d.scaled(-40, -1)))}, 10),
        Hard("soft_class", "tail", "soft labels whose sum is about the root of e: it shows",
             lambda d: {"target": ((2.0 ** -(1 + d.index), 0.0), (0.5, 1.0))}, 20),
    ),
    known=(
        Known({"probabilities": ((0.5, 0.5),) * 2, "target": ((1.0, 1.0), (0.0, 0.0)), "smooth_nr": 1.0, "smooth_dr": 1.0, "eps": 1.0},
              lambda m: m.lift(6) / 13, "1 - 1.4 / 2.6", ("-0.11242603550295858", "-0.11242603550295858",
                                                         "0.20710059171597633", "0.20710059171597633")),
        Known({"probabilities": ((1.0, 0.0), (0.0, 1.0)), "target": ((1.0, 0.0), (0.0, 1.0)), "smooth_nr": 1.0, "smooth_dr": 1.0},
              "0", "right"),
    ),
    source="C. H. Sudre et al., Generalised Dice overlap as a deep learning loss function for highly unbalanced segmentations, 2017",
)
