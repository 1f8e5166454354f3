"""Cross-entropy of linear scores, a classifier's last layer and its loss in one, of a batch that shares the layer.

    L(X, W, b, y) = 1/n sum_i [log(sum_j exp z_ij) - z_{i y_i}],      z_ij = sum_d X_id W_jd + b_j

hidden  X, n rows of d features, any real numbers; one example is such a batch
weight  W, a row of d for each of k classes
bias    b, a number for each class; zeros where a layer has none
target  y, the index of the true class of each row, counted from 0
The slopes in W and b are sums over the batch, that in X is each row's own. Libraries fuse both steps so that the scores, n k numbers,
need never be there at once; `softmax_cross_entropy` is the loss of scores that are.
"""

from lossref.float64.linear import linear_cross, linear_slopes
from lossref.laws import convex, mirror, nonnegative
from lossref.spaces import Label, Real
from lossref.spec import Hard, Known, Loss
from lossref.values import mapped


def value(hidden, weight, bias, target):
    return linear_cross(hidden, weight, bias, target)


def gradient(hidden, weight, bias, target):
    return linear_slopes(hidden, weight, bias, target)


def _layer(d, of_weight=lambda d: d.uniform(-2, 2), of_hidden=lambda d: d.uniform(-2, 2), bias=0.0):
    """Three rows of two features, and three classes."""
    hidden, weight = (tuple(tuple(number(d) for _ in range(2)) for _ in range(3)) for number in (of_hidden, of_weight))
    return {"hidden": hidden, "weight": weight, "bias": (bias, bias, 0.0), "target": tuple(d.integer(0, 2) for _ in range(3))}


def definition(m, hidden, weight, bias, target):
    scores = [[m.sum(x * w for x, w in zip(row, of, strict=True)) + b for of, b in zip(weight, bias, strict=True)] for row in hidden]
    losses = (m.log(m.sum(m.exp(z) for z in row)) - row[y] for row, y in zip(scores, target, strict=True))
    return m.sum(losses) / len(hidden)


LOSS = Loss(
    name="linear_cross_entropy",
    arguments={"hidden": Real("n", "d"), "weight": Real("k", "d"), "bias": Real("k"), "target": Label("bias", "n")},
    differentiable=("hidden", "weight", "bias"),
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(
        nonnegative,
        convex,
        mirror("L(X, W, b + 1, y) = L(X, W, b, y)", lambda bias, **_: {"bias": mapped(lambda x: x + 1, bias)}, 1),
    ),
    hard=(
        Hard("confident", "tail", "scores far apart: exp without a shift overflows, and small slopes are not 0",
             lambda d: _layer(d, lambda d: d.sign() * d.uniform(d.saturation, d.underflow / 5)), 10),
        Hard("alike", "cancellation", "classes of nearly the same weights: scores cancel, and so do the slopes in a row",
             lambda d: _layer(d, lambda d: d.number(3 + d.uniform(-1, 1) * 2.0 ** -(4 + 5 * (d.index % 4)))), 10),
        Hard("bias_decides", "tail", "scores that only the bias tells apart",
             lambda d: _layer(d, of_hidden=lambda d: d.scaled(-60, -30), bias=d.sign() * d.uniform(1, d.saturation)), 6),
        Hard("cancelling_features", "cancellation", "features whose products cancel in a score: a dot product in short numbers loses it",
             lambda d: _layer(d, lambda d: d.number(1000 + d.uniform(-1, 1)), lambda d: d.sign() * 1000.0), 8),
    ),
    known=(
        Known({"hidden": ((1.0, 2.0),), "weight": ((3.0, -1.0), (-1.0, 1.0)), "bias": (0.0, 0.0), "target": (0,)},
              lambda m: m.log(2), "equal scores", ("-2", "1", "-0.5", "-1", "0.5", "1", "-0.5", "0.5")),
        Known({"hidden": ((1.0,), (2.0,)), "weight": ((5.0,),), "bias": (1.0,), "target": (0, 0)}, "0", "one class is certain",
              ("0", "0", "0", "0")),
    ),
    source="E. Wijmans et al., Cut Your Losses in Large-Vocabulary Language Models, 2024",
)
