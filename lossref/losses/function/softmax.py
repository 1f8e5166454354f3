"""One component of the softmax.

    p_i(x) = exp x_i / sum_j exp x_j,      dp_i/dx_j = p_i ([i = j] - p_j)

x      a vector along the last axis, any real
index  i, the component that is asked for, counted from 0
The gradient is row i of the Jacobian. `lossref.functions.softmax` gives all components at once, along any axis.
"""

import numpy as np

from lossref.float64.kernels import exact_sum, leader_and_tails, over_square, product_in_two, sum_in_two
from lossref.laws import nonnegative, shift_invariant
from lossref.spaces import Label, Vector
from lossref.spec import Known, Loss


def value(x, index):
    leader, tails, _ = leader_and_tails(x)
    asked = np.arange(tails.shape[-1]) == np.asarray(index)[..., None]
    return np.where(asked, tails + leader, 0.0).sum(axis=-1) / (1.0 + exact_sum(tails))


def gradient(x, index):
    # p_i (1 - p_i) with 1 - p_i as the sum of the others; p_i - 1 would cancel where p_i is the leader. Where p_i is a half no rounding
    # of the inputs moves the slope, and few of ours may.
    leader, tails, _ = leader_and_tails(x)
    shares = tails + leader
    asked = np.arange(shares.shape[-1]) == np.asarray(index)[..., None]
    others, lost = sum_in_two(np.where(asked, 0.0, shares))
    mine = np.where(asked, shares, 0.0).sum(axis=-1)[..., None]
    top = product_in_two(mine, np.where(asked, others, -shares), np.where(asked, lost, 0.0))
    return over_square(*top, *sum_in_two(shares))


def definition(m, x, index):
    return m.exp(x[index]) / m.sum(m.exp(y) for y in x)


LOSS = Loss(
    name="softmax",
    arguments={"x": Vector(), "index": Label("x")},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, shift_invariant),
    known=(
        Known({"x": (3.0, 3.0), "index": 0}, "0.5", "two equal entries", ("0.25", "-0.25")),
        Known({"x": (7.0,), "index": 0}, "1", "one entry", ("0",)),
        Known({"x": (0.0, -np.inf), "index": 0}, "1", "the other has no share", ("0", "0")),
        Known({"x": (0.0, np.inf), "index": 0}, "0", "the other has all", ("0", "0")),
        Known({"x": (3.0, 1.0, -3.0), "index": 0}, None, "a row of the Jacobian: p_i (1 - p_i) and -p_i p_j",
              ("0.10645127718419735", "-0.10453662216202957", None), row="R03"),
        Known({"x": (3.0, 1.0, -3.0), "index": 0}, "0.8788782427321509", "no component is lost", row="R02"),
        Known({"x": (3.0, 1.0, -3.0), "index": 1}, "0.11894323591065208", "no component is lost", row="R02"),
        Known({"x": (3.0, 1.0, -3.0), "index": 2}, "0.0021785213571970231", "no component is lost", row="R02"),
        Known({"x": (2.0, 8.0, 1.0), "index": 0}, "0.0024703760353368212", "no component is lost", row="R02"),
        Known({"x": (2.0, 8.0, 1.0), "index": 1}, "0.99662082340930015", "no component is lost", row="R02"),
        Known({"x": (2.0, 8.0, 1.0), "index": 2}, "0.00090880055536303302", "no component is lost", row="R02"),
    ),
    source="J. S. Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs, 1990",
)
