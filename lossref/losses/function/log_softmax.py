"""One component of the logarithm of the softmax.

    f_i(x) = log(exp x_i / sum_j exp x_j),      df_i/dx_j = [i = j] - p_j,      p = softmax(x)

x      a vector along the last axis, any real
index  i, the component that is asked for, counted from 0
It is minus the loss `softmax_cross_entropy`. `lossref.functions.log_softmax` gives all components at once, along any axis.
"""

import numpy as np

from lossref.float64.softmax import log_loss_of_logits
from lossref.laws import concave, shift_invariant
from lossref.spaces import Label, Vector
from lossref.spec import Hard, Known, Loss


def value(x, index):
    return -log_loss_of_logits(x, index)[0]


def gradient(x, index):
    return -log_loss_of_logits(x, index)[1]


def definition(m, x, index):
    return x[index] - m.log(m.sum(m.exp(y) for y in x))


LOSS = Loss(
    name="log_softmax",
    arguments={"x": Vector(), "index": Label("x")},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(concave, shift_invariant),
    hard=(
        Hard("trailing", "tail", "a component far behind: its share underflows, the logarithm is the lag",
             lambda d: {"x": (-d.uniform(d.saturation, 2 * d.underflow), *d.vector(lambda: d.uniform(-1, 1))), "index": 0}, 10),
        Hard("normalised", "cancellation", "log-probabilities come back unchanged, nearly: logsumexp is nearly 0",
             lambda d: {"x": tuple(d.exactly(lambda m, p=p: m.log(m.lift(p))) for p in d.simplex()), "index": d.label()}, 8),
    ),
    known=(
        Known({"x": (3.0, 3.0), "index": 0}, lambda m: -m.log(2), "two equal entries", ("0.5", "-0.5")),
        Known({"x": (7.0,), "index": 0}, "0", "one entry", ("0",)),
        Known({"x": (0.0, -np.inf), "index": 0}, "0", "the other has no share", ("0", "0")),
        Known({"x": (0.0, -np.inf), "index": 1}, "-inf", "no share", ("-1", "1")),
        Known({"x": (0.0, -800.0), "index": 0}, "0", "finite entries: no NaN, no infinity", row="R02", region="tail"),
        Known({"x": (0.0, -800.0), "index": 1}, "-800", "finite entries: no NaN, no infinity", row="R02", region="tail"),
    ),
    source="P. Blanchard, D. J. Higham and N. J. Higham, Accurately Computing the Log-Sum-Exp and Softmax Functions, 2021",
)
