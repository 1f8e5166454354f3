"""Softmax and its Jacobian, gone wrong. The code returns, of each row x, the component that `index` names."""

import numpy as np

from lossref.folklore.record import ALONE, Folklore, Reading


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


FOLKLORE = (
    Folklore(
        id="F10",
        rows=("S0-51",),
        printed=True,
        kind="ordinary",
        claim="dy_i/da_i = y_i (1 y_i), printed so: the minus is lost",
        fault="Without the minus of 1 - y the diagonal is y squared.",
        loss="softmax",
        part="gradient",
        code=square_for_jacobian_diagonal,
        question=({"x": (0.0, 0.0, 0.0, 0.0), "index": 0},),
        compare=Reading("{}[0]", lambda slopes: slopes[0, 0]),
        picked=lambda slopes: slopes[0, 0],
    ),
    Folklore(
        id="F17",
        rows=("S0-80",),
        printed=True,
        kind="ordinary",
        claim="softmax is a neuron's input over the sum of all inputs",
        fault="The exponentials are missing; shares may be negative.",
        loss="softmax",
        code=share_of_scores,
        question=_components(3.0, 1.0, -3.0),
    ),
    Folklore(
        id="F18",
        rows=("S3-06", "S1-05"),
        printed=True,
        kind="hard",
        claim="softmax(z) = [exp(z_i) / sum(exp(z_j))], typed as it stands",
        fault="From 710 on exp is infinite, and inf / inf is NaN.",
        loss="softmax",
        code=softmax_without_shift,
        question=_components(1000.0, 0.0),
    ),
    Folklore(
        id="F19",
        rows=("S1-07",),
        printed=False,
        kind="hard",
        claim="the shift is needed for x > 0 only",
        fault="If every exponential underflows, 0 / 0 is NaN.",
        loss="softmax",
        code=softmax_without_shift,
        question=_components(-1000.0, -1001.0),
    ),
    Folklore(
        id="F43",
        rows=("S0-82", "S1-13"),
        printed=False,
        kind="shape",
        claim="softmax over axis 0 of a batch: F.softmax(x, dim=0) for dim=1",
        fault="Each class is shared among the samples of the batch.",
        loss="softmax",
        code=softmax_over_the_batch,
        question=_components(3.0, 1.0, -3.0),
        inputs={"x": np.array([[3.0, 1.0, -3.0], [2.0, 8.0, 1.0]])},
        picked=lambda rows: rows[0],
        judged=False,
    ),
    Folklore(
        id="F59",
        rows=("S1-13",),
        printed=False,
        kind="shape",
        claim="softmax with axis=1, given input of shape (batch, time, classes)",
        fault="The last axis holds the classes, and axis 1 the time.",
        loss="softmax",
        code=softmax_over_axis_1,
        question=({"x": (0.0, 1.0, 2.0, 3.0), "index": 0},),
        inputs={"x": np.arange(8.0).reshape(1, 2, 4)},
        compare=ALONE,
        picked=lambda shares: shares[0, 0, 0],
        judged=False,
    ),
)
