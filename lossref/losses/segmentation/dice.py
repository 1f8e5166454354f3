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

from lossref.float64.kernels import exact_sum, over_square, product_in_two, sum_in_two, two_difference
from lossref.laws import symmetric
from lossref.options import PROBABILITY
from lossref.spaces import NonNegative, Positive, Unit
from lossref.spec import Hard, Known, Loss, Parameter
from lossref.values import mapped


def value(probabilities, target, smooth_nr=1.0, smooth_dr=1.0):
    # p (1 - t) + t (1 - p) for p + t - 2 p t: terms of one sign. What rounding takes from them is added, for b - a may be below 0.
    p, t, a, b, twos = _scaled(probabilities, target, smooth_nr, smooth_dr)
    apart = [part for x, y in ((p, t), (t, p)) for part in product_in_two(x, *two_difference(1.0, np.ldexp(y, twos)))]
    return exact_sum(np.concatenate([*apart, b, -a], axis=-1)) / exact_sum(np.concatenate([p, t, b], axis=-1))


def gradient(probabilities, target, smooth_nr=1.0, smooth_dr=1.0):
    # (2 sum p t + a - 2 t_j (sum p + sum t + b)) / (sum p + sum t + b)^2, a difference that may be small, of numbers that may be tiny.
    p, t, a, b, twos = _scaled(probabilities, target, smooth_nr, smooth_dr)
    lift = np.clip(-np.frexp(exact_sum(np.concatenate([p * t, np.ldexp(a, -twos)], axis=-1)))[1], 0, 900)[..., None]
    t_lifted = np.ldexp(2.0 * t, lift)
    shared, shared_low = sum_in_two(np.concatenate([*product_in_two(p, t_lifted), np.ldexp(a, lift - twos)], axis=-1))
    whole, whole_low = sum_in_two(np.concatenate([p, t, b], axis=-1))
    part, part_low = product_in_two(t_lifted, whole, whole_low)
    apart, lost = two_difference(shared, part)
    slopes = over_square(apart, lost + (shared_low - part_low), whole, whole_low)
    return np.ldexp(slopes, -lift).reshape(np.broadcast_shapes(np.shape(probabilities), np.shape(target)))


def _scaled(probabilities, target, smooth_nr, smooth_dr):
    """Pixels in a row, and the smoothing terms; all over a power of two, so that the denominator is in [1/2, 1); its exponent."""
    p, t = (x.reshape(*x.shape[:-2], x.shape[-2] * x.shape[-1]).astype(float) for x in np.broadcast_arrays(probabilities, target))
    a, b = (np.broadcast_to(x, p.shape[:-1])[..., None] for x in (smooth_nr, smooth_dr))
    twos = np.frexp(exact_sum(np.concatenate([p, t, b], axis=-1)))[1][..., None]
    return *(np.ldexp(x, -twos) for x in (p, t, a, b)), twos


def _map(d, number=None):
    draw = number or (lambda: float(d.integer(0, 1)))
    return tuple(tuple(draw() for _ in range(1 + d.index % 3)) for _ in range(min(d.size, 3)))


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
    hard=(
        Hard("almost_right", "cancellation", "pixels next to their labels: 1 less a rounded quotient keeps nothing of a small loss",
             lambda d: {"target": (t := _map(d)), "probabilities": mapped(lambda y: d.number(abs(y - d.scaled(-20, -2) ** 2)), t)}, 16),
        Hard("target_equal", "cancellation", "equal maps: of 0 and 1 they cost exactly 0 for a = b, others do not, for p^2 is less than p",
             lambda d: {"probabilities": (t := _map(d, (lambda: d.uniform(0, 1)) if d.index % 2 else None)), "target": t}, 8),
        Hard("balanced", "cancellation", "labels next to half of 1 - L: the slope is a small difference of either sign",
             lambda d: {"target": (((1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index)) / 4,) * 2,) * 2, "smooth_nr": 1.0, "smooth_dr": 1.0}, 12),
        Hard("empty", "tail", "two empty maps: 0 / 0 but for the smoothing terms, which decide between 0 and 1",
             lambda d: {"probabilities": (x := _map(d, lambda: 0.0)), "target": x}, 8),
        Hard("faint", "tail", "nothing to find, and probabilities of every size: a smoothing term shows where they are as small as it",
             lambda d: {"probabilities": (p := _map(d, lambda: d.magnitude(-2 - 3 * d.index))), "target": mapped(lambda x: 0.0, p)}, 20),
        Hard("missed", "tail", "an object that is all but missed: what is shared is small beside a smoothing term, its slopes are not",
             lambda d: {"target": (t := _map(d)), "probabilities": mapped(lambda y: d.scaled(-60, -8), t)}, 10),
        Hard("many_pixels", "ordinary", "64 pixels: a sum must keep its small terms",
             lambda d: {"probabilities": tuple(tuple(d.uniform(0, 1) for _ in range(8)) for _ in range(8))}, 2),
    ),
    known=(
        Known({"probabilities": ((1.0, 0.0),) * 2, "target": ((1.0, 0.0),) * 2}, "0", "right", ("-0.2", "0.2", "-0.2", "0.2")),
        Known({"probabilities": ((0.5, 0.5),) * 2, "target": ((1.0, 0.0),) * 2}, "0.4", "1 - 3/5", ("-0.28", "0.12", "-0.28", "0.12")),
        Known({"probabilities": ((0.0,),), "target": ((0.0,),), "smooth_nr": 0.0, "smooth_dr": 2.0**-20}, "1", "nothing, and no a"),
    ),
    source="M. Drozdzal et al., The Importance of Skip Connections in Biomedical Image Segmentation, 2016",
)
