"""One component of the softmax.

    p_i(x) = exp x_i / sum_j exp x_j,      dp_i/dx_j = p_i ([i = j] - p_j)

x      a vector along the last axis, any real
index  i, the component that is asked for, counted from 0
The gradient is row i of the Jacobian. `lossref.functions.softmax` gives all components at once, along any axis.
"""

import numpy as np

from lossref.identities import nonnegative, shift_invariant
from lossref.kernels import exact_sum, leader_and_tails
from lossref.spaces import Label, Vector
from lossref.spec import Hard, Loss, Witness


def value(x, index):
    leader, tails, _ = leader_and_tails(x)
    asked = np.arange(tails.shape[-1]) == np.asarray(index)[..., None]
    return np.where(asked, tails + leader, 0.0).sum(axis=-1) / (1.0 + exact_sum(tails))


def gradient(x, index):
    # p_i (1 - p_i) with 1 - p_i as the sum of the others; p_i - 1 would cancel where p_i is the leader.
    leader, tails, _ = leader_and_tails(x)
    shares, whole = tails + leader, (1.0 + exact_sum(tails))[..., None]
    asked = np.arange(shares.shape[-1]) == np.asarray(index)[..., None]
    others = np.where(asked, exact_sum(np.where(asked, 0.0, shares))[..., None], -shares)
    return np.where(asked, shares, 0.0).sum(axis=-1)[..., None] / whole * (others / whole)


def definition(m, x, index):
    return m.exp(x[index]) / m.sum(m.exp(y) for y in x)


LOSS = Loss(
    name="softmax",
    arguments={"x": Vector(), "index": Label("x")},
    value=value,
    gradient=gradient,
    definition=definition,
    identities=(nonnegative, shift_invariant),
    hard=(
        Hard("overflow", "tail", "beyond log of the largest number: exp without a shift is inf / inf",
             lambda d: {"x": d.vector(lambda: d.uniform(d.underflow, 1.2 * d.underflow)), "index": d.label()}, 10),
        Hard("underflow", "tail", "far below: exp without a shift is 0 / 0",
             lambda d: {"x": d.vector(lambda: -d.uniform(d.underflow, 1.2 * d.underflow)), "index": d.label()}, 8),
        Hard("trailing", "tail", "a component far behind: small, not 0, to the last subnormal",
             lambda d: {"x": (d.uniform(-1, 1) - d.uniform(d.saturation, d.underflow - 12), *d.vector(lambda: d.uniform(-1, 1))),
                        "index": 0}, 12),
        Hard("leading", "cancellation", "a component far ahead: it rounds to 1, and p (1 - p) to 0 where the slope is not",
             lambda d: {"x": (d.uniform(-1, 1) + d.uniform(d.saturation, d.underflow - 12), *d.vector(lambda: d.uniform(-1, 1))),
                        "index": 0}, 12),
        Hard("offset", "cancellation", "a large common offset: it must cancel exactly",
             lambda d: {"x": d.vector(lambda: d.number(1000.0 * 4 ** (d.index % 4) + d.uniform(-3, 3))), "index": d.label()}, 8),
        Hard("ties", "ordinary", "equal entries share exactly",
             lambda d: {"x": (d.uniform(-9, 9),) * d.size, "index": d.label()}, 6),
    ),
    witnesses=(
        Witness({"x": (3.0, 3.0), "index": 0}, "0.5", "two equal entries", ("0.25", "-0.25")),
        Witness({"x": (7.0,), "index": 0}, "1", "one entry", ("0",)),
        Witness({"x": (0.0, -np.inf), "index": 0}, "1", "the other has no share", ("0", "0")),
        Witness({"x": (0.0, np.inf), "index": 0}, "0", "the other has all", ("0", "0")),
    ),
    source="J. S. Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs, 1990",
    also_known_as={"torch": "softmax", "scipy": "special.softmax", "jax": "nn.softmax", "keras": "softmax"},
)
