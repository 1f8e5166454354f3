"""Pseudo-Huber loss: half the squared error near 0, a line of slope delta far off, and smooth between them.

    L(f, y) = delta^2 (sqrt(1 + (r / delta)^2) - 1),      r = f - y

prediction  f, any real
target      y, any real
delta       the size of residual at which the square turns into a line, above 0; 1 by default
As printed the loss of a residual below 1e-8 delta is 0, and a residual above 1e154 delta overflows; the loss is r^2 / (1 + sqrt(...)).
Without delta^2 and the -1 it is the Charbonnier loss. The second derivative is (1 + (r / delta)^2)^(-3/2).
"""

import numpy as np

from lossref.families.scalars import robust
from lossref.float64.doubled import doubled, either, over, plus, root, times
from lossref.float64.kernels import finite_residual
from lossref.laws import convex, even_in_residual, homogeneous, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(prediction, target, delta=1.0):
    whole, r, share, hypotenuse = _parts(prediction, target, delta)
    return np.minimum(np.abs(r) / whole, delta) * (np.abs(r) / (np.abs(share[0]) + hypotenuse[0])) / whole


def gradient(prediction, target, delta=1.0):
    whole, r, _, hypotenuse = _parts(prediction, target, delta)
    return np.clip(r / whole, -np.asarray(delta), delta) / hypotenuse[0]


def hessian(prediction, target, delta=1.0):
    _, _, share, hypotenuse = _parts(prediction, target, delta)
    cosine = over(share, hypotenuse)
    return np.abs(times(cosine, times(cosine, cosine))[0])


def _parts(prediction, target, delta):
    """A factor that keeps the residual r finite, r times it, and delta, with the sign of r perhaps, and sqrt(r^2 + delta^2) in units of
    the larger of |r| and delta."""
    whole, r, scale = finite_residual(prediction, target, delta)
    scale = doubled(scale)
    is_far, is_endless = np.abs(r[0]) > scale[0], np.isinf(r[0])
    smaller, larger = either(is_far, scale, r), either(is_far, r, scale)
    t = over(either(is_endless, doubled(0.0), smaller), either(is_endless, doubled(1.0), larger))
    return whole, r[0], either(is_far, t, doubled(1.0)), root(plus(doubled(1.0), times(t, t)))


def definition(m, prediction, target, delta):
    return delta**2 * (m.sqrt(1 + ((prediction - target) / delta) ** 2) - 1)


LOSS = Loss(
    name="pseudo_huber",
    arguments={"prediction": Real(), "target": Real()},
    parameters={"delta": Parameter(space=Positive(), default=1.0, grid=(1.0, 2.0**-10, 0.1, 1000.0))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, symmetric, even_in_residual, homogeneous(2, "prediction", "target", "delta")),
    hard=(
        *robust("prediction", "target", "delta", "sqrt(1 + u) - 1 is 0 or has few digits, the loss is r^2 / 2", "turns into a line",
                "(r / delta)^2 overflows, and the second derivative is (delta / |r|)^3"),
        Hard("delta_ends", "range", "a subnormal delta, or one whose square is near the largest number, and residuals on either side",
             lambda d: {"target": 0.0, "delta": (x := d.magnitude((-d.format.bias - 8, d.format.bias // 2 - 4)[d.index % 2])),
                        "prediction": d.sign() * d.number(x * (0.25, 0.25, 4.0, 4.0)[d.index % 4])}, 8),
    ),
    known=(
        Known({"prediction": 0.75, "target": 0.0, "delta": 1.0}, "0.25", "sqrt(1 + 9/16) = 5/4", "0.6"),
        Known({"prediction": 0.0, "target": 4.0, "delta": 3.0}, "6", "9 (5/3 - 1)", "-2.4"),
        Known({"prediction": np.inf, "target": 1.0, "delta": 1.0}, "inf", "the line has slope delta for ever", "1"),
        Known({"prediction": -np.inf, "target": 1.0, "delta": 2.0}, "inf", "the line has slope delta for ever", "-2"),
    ),
    source="P. Charbonnier and others, Deterministic Edge-Preserving Regularization in Computed Imaging, 1997",
)
