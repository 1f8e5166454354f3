"""Means over a batch that divide by the wrong number, or sum over the wrong axis."""

import numpy as np

from lossref.folklore.record import ALONE, MEAN, Folklore, Reading


def softmax_cross_entropy_loss(y, y_hat):
    n = y.shape
    return -np.sum(y * np.log(y_hat + 1e-12)) / n


def cross_entropy(y, y_hat):
    m = y.shape[0]
    return -np.sum(y * np.log(y_hat + 1e-7)) / m


def derivative_summed(y, y_hat):
    n = y.shape[0]
    return -np.sum(y / y_hat - (1 - y) / (1 - y_hat)) / n * np.ones(n)


def half_the_mean(y, a):
    m = y.shape[0]
    return np.sum((a - y) ** 2) / (2 * m)


def mean_of_block(logits, label):
    predict = 1 / (1 + np.exp(-logits))
    predict = np.clip(predict, 1e-6, 1 - 1e-6)
    loss = -(label * np.log(predict) + (1 - label) * np.log(1 - predict))
    return np.sum(loss) / logits.shape[0]


_Y, _Y_HAT = (0.0, 1.0, 0.0, 0.0), (0.1, 0.7, 0.1, 0.1)
_SAMPLE = {"probabilities": _Y_HAT, "target": _Y}

FOLKLORE = (
    Folklore(
        id="F32",
        rows=("S3-10",),
        printed=True,
        kind="shape",
        claim="n = y.shape, and the sum divided by n: one sample",
        fault="n is a tuple: an array comes back, divided by classes.",
        loss="categorical_cross_entropy",
        code=softmax_cross_entropy_loss,
        question=(_SAMPLE,),
        inputs={"y": np.array(_Y), "y_hat": np.array(_Y_HAT)},
        compare=ALONE,
        judged=False,
    ),
    Folklore(
        id="F33",
        rows=("S3-10",),
        printed=True,
        kind="shape",
        claim="n = y.shape, and the sum divided by n: a batch of two",
        fault="Two numbers come back: sum / batch and sum / classes.",
        loss="categorical_cross_entropy",
        code=softmax_cross_entropy_loss,
        question=(_SAMPLE, _SAMPLE),
        inputs={"y": np.array([_Y, _Y]), "y_hat": np.array([_Y_HAT, _Y_HAT])},
        compare=MEAN,
        judged=False,
    ),
    Folklore(
        id="F34",
        rows=("S0-46", "S0-48"),
        printed=True,
        kind="shape",
        claim="m = y.shape[0] is the batch size, shapes need only match",
        fault="One sample of 3 classes is taken for a batch of 3.",
        loss="categorical_cross_entropy",
        code=cross_entropy,
        question=({"probabilities": (0.5, 0.25, 0.25), "target": (1.0, 0.0, 0.0)},),
        inputs={"y": np.array([1.0, 0.0, 0.0]), "y_hat": np.array([0.5, 0.25, 0.25])},
        compare=ALONE,
        judged=False,
    ),
    Folklore(
        id="F39",
        rows=("S0-75",),
        printed=True,
        kind="ordinary",
        claim="dL/dp = -1/n sum_i (y_i/p_i - (1 - y_i)/(1 - p_i))",
        fault="The slope in p_i is of its own sample, without a sum.",
        loss="binary_cross_entropy",
        part="gradient",
        code=derivative_summed,
        question=({"probabilities": 0.5, "target": 1.0}, {"probabilities": 0.25, "target": 0.0}),
        inputs={"y": np.array([1.0, 0.0]), "y_hat": np.array([0.5, 0.25])},
        compare=Reading("{} / 2", lambda slopes: slopes / 2),
        judged=False,
    ),
    Folklore(
        id="F45",
        rows=("S0-17", "S0-24", "S0-37", "S4-14"),
        printed=False,
        kind="rule",
        claim="mean squared loss 1/(2m) sum (a - y)^2",
        fault="This is half the mean that it is named after.",
        loss="squared_error",
        code=half_the_mean,
        question=tuple({"prediction": a, "target": y} for a, y in ((1.0, 1.0), (2.0, 2.0), (3.0, 5.0))),
        inputs={"y": np.array([1.0, 2.0, 5.0]), "a": np.array([1.0, 2.0, 3.0])},
        compare=MEAN,
        judged=False,
    ),
    Folklore(
        id="F57",
        rows=("S1-11",),
        printed=False,
        kind="shape",
        claim="the sum over a (batch, classes) block by the batch size, for the mean",
        fault="With 3 outputs a sample it is 3 times the mean.",
        loss="sigmoid_cross_entropy",
        code=mean_of_block,
        question=({"logits": 0.0, "target": 1.0},) * 6,
        inputs={"logits": np.zeros((2, 3)), "label": np.ones((2, 3))},
        compare=MEAN,
        judged=False,
    ),
    Folklore(
        id="F58",
        rows=("S3-10",),
        printed=False,
        kind="shape",
        claim="a function named softmax_cross_entropy_loss, given logits",
        fault="There is no softmax in it: log of a negative number.",
        loss="softmax_cross_entropy",
        code=softmax_cross_entropy_loss,
        question=({"logits": (-1.0, 2.0), "target": 0},),
        inputs={"y": np.array([1.0, 0.0]), "y_hat": np.array([-1.0, 2.0])},
        compare=ALONE,
        judged=False,
    ),
)
