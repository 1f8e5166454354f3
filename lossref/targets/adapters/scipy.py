"""SciPy: one loss of its own (huber), and the pieces that the field composes losses from."""

import numpy as np
from scipy import special

from lossref.targets.source import numpy_implementation
from lossref.targets.target import Target, title

IMPORTS = "from scipy import special"


def huber(prediction, target, delta):
    return special.huber(delta, prediction - target)


def binary_cross_entropy(probabilities, target):
    return -special.xlogy(target, probabilities) - special.xlog1py(1 - target, -probabilities)


def sigmoid_cross_entropy(logits, target):
    return -target * special.log_expit(logits) - (1 - target) * special.log_expit(-logits)


def sigmoid_cross_entropy_gradient(logits, target):
    return special.expit(logits) - target


def softmax_cross_entropy(logits, target):
    return special.logsumexp(logits, axis=1) - np.take_along_axis(logits, target[:, None], axis=1)[:, 0]


def softmax_cross_entropy_gradient(logits, target):
    return special.softmax(logits, axis=1) - (np.arange(logits.shape[1]) == target[:, None])


def kl_divergence(probabilities, target):
    return special.rel_entr(target, probabilities).sum(axis=1)


def target() -> Target:
    sigmoid, softmax = "log_expit; gradient expit minus target", "logsumexp minus a logit; gradient softmax minus one-hot"
    return Target(
        name="scipy",
        title=title("scipy"),
        implementations={
            "huber": numpy_implementation(IMPORTS, value=huber),
            "binary_cross_entropy": numpy_implementation(IMPORTS, composed="xlogy, xlog1py", value=binary_cross_entropy),
            "sigmoid_cross_entropy": numpy_implementation(
                IMPORTS, composed=sigmoid, value=sigmoid_cross_entropy, gradient=sigmoid_cross_entropy_gradient
            ),
            "softmax_cross_entropy": numpy_implementation(
                IMPORTS, composed=softmax, value=softmax_cross_entropy, gradient=softmax_cross_entropy_gradient
            ),
            "kl_divergence": numpy_implementation(IMPORTS, composed="sum of rel_entr", value=kl_divergence),
        },
        lacks={
            "squared_error": "SciPy ships no squared error",
            "absolute_error": "SciPy ships no absolute error",
            "hinge": "SciPy ships no hinge loss",
        },
    )
