"""Sigmoid and softmax cross-entropy behind a clip of the probabilities at 1e-6.

Where the text sums over a batch and divides by its size, the code here keeps one loss an example.
"""

import numpy as np

from lossref.folklore.record import Folklore


def forward_of_clipped_sigmoid(logits, target):
    predict = 1 / (1 + np.exp(-logits))
    predict = np.clip(predict, 1e-6, 1 - 1e-6)
    return -(target * np.log(predict) + (1 - target) * np.log(1 - predict))


def backward_of_clipped_sigmoid(logits, target):
    predict = 1 / (1 + np.exp(-logits))
    predict = np.clip(predict, 1e-6, 1 - 1e-6)
    return predict - target


def forward_of_clipped_softmax(logits, target):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    predict = e / np.sum(e, axis=-1, keepdims=True)
    predict = np.clip(predict, 1e-6, 1 - 1e-6)
    return -np.log(np.take_along_axis(predict, target[..., None], axis=-1)[..., 0])


def backward_of_clipped_softmax(logits, target):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    predict = e / np.sum(e, axis=-1, keepdims=True)
    predict = np.clip(predict, 1e-6, 1 - 1e-6)
    return predict - (np.arange(logits.shape[-1]) == target[..., None])


FOLKLORE = (
    Folklore(
        id="F22",
        rows=("S1-11",),
        printed=True,
        kind="hard",
        claim="clip the sigmoid to [1e-6, 1 - 1e-6], then take logs: on the wrong side",
        fault="From |z| = 13.8 on, the clip caps the loss at 13.8.",
        loss="sigmoid_cross_entropy",
        code=forward_of_clipped_sigmoid,
        question=({"logits": 1000.0, "target": 0.0},),
    ),
    Folklore(
        id="F23",
        rows=("S1-11",),
        printed=True,
        kind="hard",
        claim="clip the sigmoid to [1e-6, 1 - 1e-6], then take logs: on the right side",
        fault="No loss gets below 1e-6, however right the prediction.",
        loss="sigmoid_cross_entropy",
        code=forward_of_clipped_sigmoid,
        question=({"logits": 40.0, "target": 1.0},),
    ),
    Folklore(
        id="F24",
        rows=("S1-12",),
        printed=True,
        kind="hard",
        claim="return clipped sigmoid minus label as the gradient",
        fault="No slope gets below 1e-6, and its own loss is flat.",
        loss="sigmoid_cross_entropy",
        part="gradient",
        code=backward_of_clipped_sigmoid,
        question=({"logits": 40.0, "target": 1.0},),
    ),
    Folklore(
        id="F25",
        rows=("S1-14",),
        printed=True,
        kind="hard",
        claim="clip the softmax to [1e-6, 1 - 1e-6], then take the logarithm",
        fault="The clip caps at 13.8 a loss that is the logits' gap.",
        loss="softmax_cross_entropy",
        code=forward_of_clipped_softmax,
        question=({"logits": (1000.0, 0.0, 0.0), "target": 1},),
    ),
    Folklore(
        id="F26",
        rows=("S1-14",),
        printed=True,
        kind="hard",
        claim="return clipped softmax minus label as the gradient",
        fault="Clipped rows no longer sum to 1, nor gradients to 0.",
        loss="softmax_cross_entropy",
        part="gradient",
        code=backward_of_clipped_softmax,
        question=({"logits": (1000.0, 0.0, 0.0), "target": 1},),
    ),
    Folklore(
        id="F27",
        rows=("S1-14",),
        printed=True,
        kind="hard",
        claim="clip the softmax to [1e-6, 1 - 1e-6]: with 2,000,000 equally likely classes",
        fault="A fair share of 5e-7 is below the clip at 1e-6.",
        loss="softmax_cross_entropy",
        code=forward_of_clipped_softmax,
        inputs={"logits": np.broadcast_to(0.0, (1, 2_000_000)), "target": np.array([0])},
        closed_form=lambda m: m.log(2_000_000),
        right='lossref.value("softmax_cross_entropy", logits=np.zeros(2_000_000), target=0)',
    ),
)
