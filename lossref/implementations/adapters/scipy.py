"""SciPy: two losses of its own (huber, pseudo_huber), and the pieces that the field composes losses from."""

import numpy as np
from scipy import spatial, special, stats

from lossref.implementations.adapters._undocumented import undirected
from lossref.implementations.engines.numpy_like import implementation
from lossref.implementations.engines.written import all_written, implements, library_of, title
from lossref.library import Library

IMPORTS = "from scipy import spatial, special, stats"


@implements()
def huber(prediction, target, delta):
    return special.huber(delta, prediction - target)


@implements()
def pseudo_huber(prediction, target, delta):
    return special.pseudo_huber(delta, prediction - target)


@implements(composed="xlogy, xlog1py")
def binary_cross_entropy(probabilities, target):
    return -special.xlogy(target, probabilities) - special.xlog1py(1 - target, -probabilities)


def _sigmoid_slope(logits, target):
    return special.expit(logits) - target


@implements(gradient=_sigmoid_slope, composed="log_expit; gradient expit minus target")
def sigmoid_cross_entropy(logits, target):
    return -target * special.log_expit(logits) - (1 - target) * special.log_expit(-logits)


def _softmax_slope(logits, target):
    return special.softmax(logits, axis=1) - (np.arange(logits.shape[1]) == target[:, None])


@implements(gradient=_softmax_slope, composed="logsumexp minus a logit; gradient softmax minus one-hot")
def softmax_cross_entropy(logits, target):
    return special.logsumexp(logits, axis=1) - np.take_along_axis(logits, target[:, None], axis=1)[:, 0]


@implements(composed="sum of rel_entr")
def kl_divergence(probabilities, target):
    return special.rel_entr(target, probabilities).sum(axis=1)


@implements(composed="sum of xlogy")
def categorical_cross_entropy(probabilities, target):
    return -special.xlogy(target, probabilities).sum(axis=1)


@implements(composed="sum of rel_entr and entr")
def cross_entropy(probabilities, target, base):
    return (special.rel_entr(target, probabilities) + special.entr(target)).sum(axis=1) / (1 if base == 1 else np.log(base))


def _logistic_slope(prediction, target):
    return -target * special.expit(-target * prediction)


@implements(gradient=_logistic_slope, composed="log_expit; gradient expit")
def logistic(prediction, target):
    return -special.log_expit(target * prediction)


@implements(alone=True, never=undirected)
def cosine_distance(first, second):
    return spatial.distance.cosine(first[0], second[0])


@implements()
def entropy(probabilities, base):
    return stats.entropy(probabilities, base=None if base == 1 else base, axis=1)


@implements()
def sigmoid(x):
    return special.expit(x)


@implements()
def log_sigmoid(x):
    return special.log_expit(x)


@implements()
def softplus(x):
    return special.softplus(x)


@implements()
def xlogy(x, y):
    return special.xlogy(x, y)


@implements()
def logsumexp(x):
    return special.logsumexp(x, axis=1)


@implements()
def softmax(x, index):
    return np.take_along_axis(special.softmax(x, axis=1), index[:, None], axis=1)[:, 0]


@implements()
def log_softmax(x, index):
    return np.take_along_axis(special.log_softmax(x, axis=1), index[:, None], axis=1)[:, 0]


@implements(composed="sum of kl_div")
def generalized_kl(rates, target):
    return special.kl_div(target, rates).sum(axis=1)


@implements(composed="the square of jensenshannon")
def jensen_shannon(probabilities, target):
    return spatial.distance.jensenshannon(probabilities, target, axis=1) ** 2


@implements()
def log1p(x):
    return special.log1p(x)


@implements()
def expm1(x):
    return special.expm1(x)


@implements()
def logit(x):
    return special.logit(x)


@implements()
def xlog1py(x, y):
    return special.xlog1py(x, y)


OTHERS = {
    "special.entr": "its sum over a distribution is entropy, judged as stats.entropy",
}


def library() -> Library:
    there = [found for found in all_written(globals()) if found is not softplus or hasattr(special, "softplus")]
    return library_of(
        "scipy",
        title("scipy"),
        there,
        lambda found: implementation(found, IMPORTS),
        others=OTHERS,
        reasons={
            "squared_error": "SciPy ships no squared error",
            "absolute_error": "SciPy ships no absolute error",
            "hinge": "SciPy ships no hinge loss",
        },
    )
