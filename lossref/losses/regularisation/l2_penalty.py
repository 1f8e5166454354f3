"""L2 penalty, or weight decay: what structural risk adds to the loss.

    L(w) = (s / 2) sum_j w_j^2,      dL/dw_j = s w_j

weights   w, the parameters that are penalised, along the last axis
strength  s (often called lambda), above 0; 1 by default
With the factor 1/2 the gradient is s w, what optimisers call weight decay; without it (Keras, ridge regression) it is 2 s w.
"""

import numpy as np

from lossref.float64.kernels import exact_sum
from lossref.laws import convex, homogeneous, nonnegative
from lossref.spaces import Positive, Vector
from lossref.spec import Hard, Known, Loss, Parameter


def value(weights, strength=1.0):
    # Scaled before it is squared: the square alone may overflow or vanish where s times it does not.
    w = np.asarray(weights, float)
    return exact_sum((0.5 * np.asarray(strength)[..., None] * w) * w)


def gradient(weights, strength=1.0):
    return np.asarray(strength)[..., None] * weights


def hessian(weights, strength=1.0):
    return np.asarray(strength)[..., None] * np.ones_like(weights)


def definition(m, weights, strength):
    return strength / 2 * m.sum(w**2 for w in weights)


LOSS = Loss(
    name="l2_penalty",
    arguments={"weights": Vector()},
    parameters={"strength": Parameter(space=Positive(), default=1.0, grid=(1.0, 1e-5, 0.01, 100.0))},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, homogeneous(2, "weights")),
    hard=(
        Hard("small", "tail", "tiny weights and a tiny strength: the penalty is positive, an absolute tolerance sees only 0",
             lambda d: {"weights": d.vector(lambda: d.sign() * d.scaled(-30, -15)), "strength": d.cycle(1.0, 1e-5, 1e-8)}, 16),
        Hard("decay", "ordinary", "strengths people type",
             lambda d: {"weights": d.vector(lambda: d.uniform(-1, 1)), "strength": d.cycle(1e-5, 1e-4, 5e-4, 0.01)}, 12),
    ),
    known=(
        Known({"weights": (3.0, 4.0)}, "12.5", "5^2 / 2", ("3", "4")),
        Known({"weights": (1.0, np.inf)}, "inf", "an infinite weight", ("1", "inf")),
        # The text's 6.5e-5 is for the decimal 1e-5, not for the float64 number.
        Known({"weights": (2.0, -3.0), "strength": 1e-5}, "6.5000000000000005e-5", "(s / 2) |w|^2 in the loss and s w in the gradient",
              ("2.0000000000000002e-5", "-3.0000000000000002e-5"), row="R17"),
    ),
    source="A. E. Hoerl and R. W. Kennard, Ridge Regression, 1970",
)
