"""SciPy: one loss of its own (huber), and the pieces that the field composes losses from."""

import numpy as np
from scipy import special, stats

from lossref.targets.source import numpy_implementation
from lossref.targets.target import Target, title

IMPORTS = "from scipy import special, stats"


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


def categorical_cross_entropy(probabilities, target):
    return -special.xlogy(target, probabilities).sum(axis=1)


def cross_entropy(probabilities, target, base):
    return (special.rel_entr(target, probabilities) + special.entr(target)).sum(axis=1) / (1 if base == 1 else np.log(base))


def logistic(prediction, target):
    return -special.log_expit(target * prediction)


def logistic_gradient(prediction, target):
    return -target * special.expit(-target * prediction)


def entropy(probabilities, base):
    return stats.entropy(probabilities, base=None if base == 1 else base, axis=1)


def sigmoid(x):
    return special.expit(x)


def log_sigmoid(x):
    return special.log_expit(x)


def softplus(x):
    return special.softplus(x)


def xlogy(x, y):
    return special.xlogy(x, y)


def logsumexp(x):
    return special.logsumexp(x, axis=1)


def logsumexp_gradient(x):
    return special.softmax(x, axis=1)


def softmax(x, index):
    return np.take_along_axis(special.softmax(x, axis=1), index[:, None], axis=1)[:, 0]


def log_softmax(x, index):
    return np.take_along_axis(special.log_softmax(x, axis=1), index[:, None], axis=1)[:, 0]


OFFERS = {
    "special.huber": "huber",
    "special.pseudo_huber": "not in the catalogue yet",
    "special.rel_entr": "kl_divergence",
    "special.kl_div": "t log(t / q) - t + q: not in the catalogue yet",
    "special.entr": "its sum over a distribution is entropy, judged as stats.entropy",
    "stats.entropy": "entropy",
}


def target() -> Target:
    sigmoid_parts, softmax_parts = "log_expit; gradient expit minus target", "logsumexp minus a logit; gradient softmax minus one-hot"
    return Target(
        name="scipy",
        title=title("scipy"),
        implementations={
            "huber": numpy_implementation(IMPORTS, value=huber),
            "binary_cross_entropy": numpy_implementation(IMPORTS, composed="xlogy, xlog1py", value=binary_cross_entropy),
            "sigmoid_cross_entropy": numpy_implementation(
                IMPORTS, composed=sigmoid_parts, value=sigmoid_cross_entropy, gradient=sigmoid_cross_entropy_gradient
            ),
            "softmax_cross_entropy": numpy_implementation(
                IMPORTS, composed=softmax_parts, value=softmax_cross_entropy, gradient=softmax_cross_entropy_gradient
            ),
            "kl_divergence": numpy_implementation(IMPORTS, composed="sum of rel_entr", value=kl_divergence),
            "categorical_cross_entropy": numpy_implementation(IMPORTS, composed="sum of xlogy", value=categorical_cross_entropy),
            "cross_entropy": numpy_implementation(IMPORTS, composed="sum of rel_entr and entr", value=cross_entropy),
            "logistic": numpy_implementation(
                IMPORTS, composed="log_expit; gradient expit", value=logistic, gradient=logistic_gradient
            ),
            "logsumexp": numpy_implementation(IMPORTS, composed="gradient softmax", value=logsumexp, gradient=logsumexp_gradient),
            **{f.__name__: numpy_implementation(IMPORTS, value=f) for f in (entropy, sigmoid, log_sigmoid, xlogy, softmax, log_softmax)},
            **({"softplus": numpy_implementation(IMPORTS, value=softplus)} if hasattr(special, "softplus") else {}),
        },
        reasons={
            "squared_error": "SciPy ships no squared error",
            "absolute_error": "SciPy ships no absolute error",
            "hinge": "SciPy ships no hinge loss",
        },
        offers=OFFERS,
    )
