"""Implementations of softmax, right and wrong.

The code of texts returns, of each row x, the component that `index` names.
"""

import numpy as np

from lossref.mutants.formulas import (
    below,
    flushed,
    narrow,
    onehot,
    pairs,
    share,
    share_slope,
    sigmoid,
    sigmoid_slope,
    sloppy,
    softmax,
    softmax_ce_gradient,
    take,
    within,
)
from lossref.mutants.record import ALONE, Mutant, Reading, in_order, of


def share_slope_by_pairs(x, i):
    shares, asked = pairs(x), onehot(x, i)
    others = np.where(asked, 0, shares)
    return take(shares, i)[:, None] * (asked * others.sum(axis=1, keepdims=True) - others)


def square_for_jacobian_diagonal(x, index):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    y = e / np.sum(e, axis=-1, keepdims=True)
    own = np.take_along_axis(y, index[..., None], axis=-1)
    is_own = np.arange(y.shape[-1]) == index[..., None]
    return np.where(is_own, own * (1 * own), -own * y)


def share_of_scores(x, index):
    share = x / np.sum(x, axis=-1, keepdims=True)
    return np.take_along_axis(share, index[..., None], axis=-1)[..., 0]


def softmax_without_shift(x, index):
    share = np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True)
    return np.take_along_axis(share, index[..., None], axis=-1)[..., 0]


def softmax_over_the_batch(x):
    e = np.exp(x - np.max(x, axis=0, keepdims=True))
    return e / np.sum(e, axis=0, keepdims=True)


def softmax_over_axis_1(x):
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def _components(*x):
    return tuple({"x": x, "index": k} for k in range(len(x)))


row = of("softmax")
MUTANTS = (
    row("right", "times_slope", "shifted by the largest; the share times the slope of its logarithm", share, share_slope, True),
    row("right", "pairs", "1 over a sum of exp of differences; minus products, and the sum of the others on the diagonal",
        lambda x, i: take(pairs(x), i), share_slope_by_pairs, True),
    row("textbook", "one_minus", "p (1 - p) is 0 for a share that rounds to 1",
        gradient=lambda x, i: share(x, i)[:, None] * (onehot(x, i) - softmax(x)), passes_gradcheck=True),
    row("textbook", "of_the_logarithm", "[i = j] - p_j, the gradient of log-softmax", gradient=lambda x, i: -softmax_ce_gradient(x, i)),
    row("textbook", "of_the_loss", "p - onehot, the gradient of the cross-entropy", gradient=softmax_ce_gradient),
    row("textbook", "diagonal", "p (1 - p) on the diagonal and nothing else", gradient=lambda x, i: onehot(x, i) * share_slope(x, i)),
    row("textbook", "of_all", "p (1 - p) for every entry, as of independent sigmoids",
        gradient=lambda x, i: softmax(x) * (1 - softmax(x))),
    row("textbook", "sigmoids", "a sigmoid of one entry",
        lambda x, i: sigmoid(take(x, i)), lambda x, i: onehot(x, i) * sigmoid_slope(x), True),
    row("textbook", "softmin", "of -x", lambda x, i: share(-x, i), lambda x, i: -share_slope(-x, i), True),
    row("textbook", "clipped_7", "clipped at 1e-7", lambda x, i: np.clip(share(x, i), 1e-7, 1 - 1e-7), share_slope, True),
    row("textbook", "plus_eps", "1e-6 is added to the sum",
        lambda x, i: take((e := np.exp(x - x.max(axis=1, keepdims=True))) / (e.sum(axis=1, keepdims=True) + 1e-6), i), share_slope, True),
    row("textbook", "hard", "1 for the largest entry, 0 else", lambda x, i: (x.argmax(axis=1) == i).astype(x.dtype),
        lambda x, i: np.zeros_like(x), True),
    row("broken", "batch_axis", "the sum runs over the batch", lambda x, i: take(softmax(x.T).T, i)),
    row("broken", "off_by_one", "components are counted from 1",
        lambda x, i: share(x, (i - 1) % x.shape[1]), lambda x, i: share_slope(x, (i - 1) % x.shape[1]), True),
    row("broken", "turned", "the gradient's sign is wrong", gradient=lambda x, i: -share_slope(x, i)),
    row("broken", "within_30", "entries are clipped at 30 first", within(share, 30), within(share_slope, 30), True),
    row("broken", "flushed", "shares and slopes below 1e-12 become 0", flushed(share, 1e-12), flushed(share_slope, 1e-12), True),
    row("broken", "turned_tail", "slopes below 1e-8 have the wrong sign", gradient=below(share_slope, 1e-8, -1), passes_gradcheck=True),
    row("broken", "narrow", "the gradient is computed in half the width", gradient=narrow(share_slope), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(share, 0.6), sloppy(share_slope, 0.6), True),
    Mutant(
        "softmax", "diagonal_squared", "textbook", "Without the minus of 1 - y the diagonal is y squared.",
        gradient=square_for_jacobian_diagonal,
        id="F10", sources=("S0-51",), printed=True, part="gradient",
        claim="dy_i/da_i = y_i (1 y_i), printed so: the minus is lost",
        question=({"x": (0.0, 0.0, 0.0, 0.0), "index": 0},),
        compare=Reading("{}[0]", lambda slopes: slopes[0, 0]),
        picked=lambda slopes: slopes[0, 0],
    ),
    Mutant(
        "softmax", "scores_shared", "textbook", "The exponentials are missing; shares may be negative.",
        value=share_of_scores,
        id="F17", sources=("S0-80",), printed=True,
        claim="softmax is a neuron's input over the sum of all inputs",
        question=_components(3.0, 1.0, -3.0),
    ),
    Mutant(
        "softmax", "no_shift", "textbook", "From 710 on exp is infinite, and inf / inf is NaN.",
        value=softmax_without_shift, gradient=in_order("softmax", share_slope), passes_gradcheck=True,
        id="F18", sources=("S3-06", "S1-05"), printed=True, fails="hard",
        claim="softmax(z) = [exp(z_i) / sum(exp(z_j))], typed as it stands",
        question=_components(1000.0, 0.0),
    ),
    Mutant(
        "softmax", "no_shift_low", "textbook", "If every exponential underflows, 0 / 0 is NaN.",
        value=softmax_without_shift,
        id="F19", sources=("S1-07",), fails="hard",
        claim="the shift is needed for x > 0 only",
        question=_components(-1000.0, -1001.0),
    ),
    Mutant(
        "softmax", "axis_0", "textbook", "Each class is shared among the samples of the batch.",
        value=softmax_over_the_batch,
        id="F43", sources=("S0-82", "S1-13"), fails="shape", judged=False,
        claim="softmax over axis 0 of a batch: F.softmax(x, dim=0) for dim=1",
        question=_components(3.0, 1.0, -3.0),
        inputs={"x": np.array([[3.0, 1.0, -3.0], [2.0, 8.0, 1.0]])},
        picked=lambda rows: rows[0],
    ),
    Mutant(
        "softmax", "axis_1", "textbook", "The last axis holds the classes, and axis 1 the time.",
        value=softmax_over_axis_1,
        id="F59", sources=("S1-13",), fails="shape", judged=False,
        claim="softmax with axis=1, given input of shape (batch, time, classes)",
        question=({"x": (0.0, 1.0, 2.0, 3.0), "index": 0},),
        inputs={"x": np.arange(8.0).reshape(1, 2, 4)},
        compare=ALONE,
        picked=lambda shares: shares[0, 0, 0],
    ),
)
