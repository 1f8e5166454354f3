"""Softmax cross-entropy of logits, and its derivative, gone wrong.

Where a text sums over a batch and divides by its size, the code here keeps one loss an example.
"""

import numpy as np

from lossref.folklore.record import Folklore


def minus_lost(logits, target):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    y = e / np.sum(e, axis=-1, keepdims=True)
    return y * target


def share_minus_target(logits, target):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    y = e / np.sum(e, axis=-1, keepdims=True)
    return y - target


def exponential_forgotten(logits, target):
    own = np.take_along_axis(logits, target[..., None], axis=-1)[..., 0]
    return -own + np.log(np.sum(logits, axis=-1))


def scores_as_probabilities(logits, target):
    return -np.log(np.take_along_axis(logits, target[..., None], axis=-1)[..., 0])


def sum_of_logarithms(logits, target):
    own = np.take_along_axis(logits, target[..., None], axis=-1)[..., 0]
    return -own + np.sum(np.log(logits), axis=-1)


def logarithm_of_softmax(logits, target):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    y = e / np.sum(e, axis=-1, keepdims=True)
    return -np.log(np.take_along_axis(y, target[..., None], axis=-1)[..., 0])


def softmax_twice(logits, target):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    output = e / np.sum(e, axis=-1, keepdims=True)
    own = np.take_along_axis(output, target[..., None], axis=-1)[..., 0]
    return np.log(np.sum(np.exp(output), axis=-1)) - own  # the loss takes logits, and gets probabilities


def attribute_misspelt(logits, target):
    class SoftmaxCrossEntropy:
        def forward(self, logits, label):
            e = np.exp(logits - np.max(logits, axis=1, keepdims=True))
            self.predict = e / np.sum(e, axis=1, keepdims=True)
            self.label = np.eye(logits.shape[1])[label]
            self.batch_size = logits.shape[0]

        def backward(self):
            return (self.predict - self.label) / self.batch_siz

    layer = SoftmaxCrossEntropy()
    layer.forward(logits, target)
    return layer.backward()


FOLKLORE = (
    Folklore(
        id="F09",
        rows=("S0-52",),
        printed=True,
        kind="ordinary",
        claim="dL/da_i = y_i t_i, printed so: the minus is lost",
        fault="Without the minus of y - t it is a product.",
        loss="soft_target_cross_entropy",
        part="gradient",
        code=minus_lost,
        question=({"logits": (0.0, 0.0), "target": (1.0, 0.0)},),
    ),
    Folklore(
        id="F11",
        rows=("S0-52", "S2-14"),
        printed=False,
        kind="rule",
        claim="the gradient is p - t, whatever the targets sum to",
        fault="The gradient is p sum(t) - t; here sum(t) is 8.",
        loss="soft_target_cross_entropy",
        part="gradient",
        code=share_minus_target,
        question=({"logits": (1.0, 2.0, 3.0), "target": (1.0, 2.0, 5.0)},),
    ),
    Folklore(
        id="F15",
        rows=("S2-07",),
        printed=True,
        kind="ordinary",
        claim="cross-entropy is minus the target's probability plus the log of the sum",
        fault="The sum is to be of exponentials: log sum exp x.",
        loss="softmax_cross_entropy",
        code=exponential_forgotten,
        question=({"logits": (0.1, 0.2, 0.3), "target": 1},),
    ),
    Folklore(
        id="F16",
        rows=("S2-08",),
        printed=False,
        kind="ordinary",
        claim="0.1, 0.2, 0.3 are the probabilities of person, dog, cat",
        fault="They sum to 0.6: scores, which softmax comes before.",
        loss="softmax_cross_entropy",
        code=scores_as_probabilities,
        question=({"logits": (0.1, 0.2, 0.3), "target": 1},),
    ),
    Folklore(
        id="F38",
        rows=("S0-50", "S3-06"),
        printed=False,
        kind="hard",
        claim="softmax first, then its logarithm",
        fault="A share that underflows to 0 makes the loss infinite.",
        loss="softmax_cross_entropy",
        code=logarithm_of_softmax,
        question=({"logits": (0.0, -800.0), "target": 1},),
    ),
    Folklore(
        id="F41",
        rows=("S0-62",),
        printed=False,
        kind="ordinary",
        claim="softmax the output, then call CrossEntropyLoss on it",
        fault="That loss applies softmax itself: it is done twice.",
        loss="softmax_cross_entropy",
        code=softmax_twice,
        question=({"logits": (40.0, 0.0), "target": 1},),
    ),
    Folklore(
        id="F55",
        rows=("S1-15",),
        printed=True,
        kind="rule",
        claim="backward divides by self.batch_siz",
        fault="There is no such attribute: it is batch_size.",
        loss="softmax_cross_entropy",
        part="gradient",
        code=attribute_misspelt,
        question=({"logits": (1.0, 2.0), "target": 0},),
        judged=False,
    ),
    Folklore(
        id="F60",
        rows=("S2-07",),
        printed=True,
        kind="ordinary",
        claim="cross-entropy is minus the target's probability plus the sum of the logs",
        fault="It is the log of a sum, and of exponentials.",
        loss="softmax_cross_entropy",
        code=sum_of_logarithms,
        question=({"logits": (0.1, 0.2, 0.3), "target": 1},),
    ),
)
