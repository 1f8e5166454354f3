"""Entropy, cross-entropy and divergence of distributions, gone wrong."""

import numpy as np

from lossref.folklore.record import Folklore, Reading


def divergence_for_cross_entropy(probabilities, target):
    return np.sum(target * np.log(target / probabilities), axis=-1)


def slope_without_division(probabilities, target):
    return -np.asarray(target)  # of each dq; along q = (s, 1 - s) the change is (1, -1)


def unguarded_cross_entropy(probabilities, target):
    return -np.sum(target * np.log(probabilities), axis=-1)


def unguarded_divergence(probabilities, target):
    return np.sum(target * np.log(target / probabilities), axis=-1)


def entropy_without_log(probabilities):
    return -np.sum(probabilities, axis=-1)


FOLKLORE = (
    Folklore(
        id="F01",
        rows=("S0-05", "S0-79"),
        printed=True,
        kind="ordinary",
        claim="if the two distributions are identical, the cross-entropy is 0",
        fault="The target's entropy is missing: this is KL.",
        loss="cross_entropy",
        code=divergence_for_cross_entropy,
        question=({"probabilities": (0.5, 0.5), "target": (0.5, 0.5)},),
    ),
    Folklore(
        id="F03",
        rows=("S0-28",),
        printed=True,
        kind="ordinary",
        claim="the derivative of the cross-entropy is dH = -sum p dq",
        fault="The derivative of log q is 1/q, and it is missing.",
        loss="cross_entropy",
        part="gradient",
        code=slope_without_division,
        question=({"probabilities": (0.75, 0.25), "target": (0.75, 0.25)},),
        compare=Reading("{} @ [1.0, -1.0]", lambda slopes: slopes[0] @ [1, -1]),
        picked=lambda slopes: slopes[0] @ [1, -1],
    ),
    Folklore(
        id="F35",
        rows=("S3-07",),
        printed=True,
        kind="hard",
        claim="cross-entropy is -sum(y_i*log(p_i)), typed as it stands",
        fault="0 log 0 is NaN in NumPy, and 0 in the formula.",
        loss="categorical_cross_entropy",
        code=unguarded_cross_entropy,
        question=({"probabilities": (1.0, 0.0), "target": (1.0, 0.0)},),
    ),
    Folklore(
        id="F48",
        rows=("S0-67",),
        printed=False,
        kind="hard",
        claim="the divergence is sum p log(p/q), typed as it stands",
        fault="0 log(0/q) is NaN in NumPy, and 0 in the formula.",
        loss="kl_divergence",
        code=unguarded_divergence,
        question=({"probabilities": (0.5, 0.5), "target": (1.0, 0.0)},),
    ),
    Folklore(
        id="F49",
        rows=("S0-19",),
        printed=True,
        kind="ordinary",
        claim="the entropy is -sum P",
        fault="The log is missing, so every distribution gets -1.",
        loss="entropy",
        code=entropy_without_log,
        question=({"probabilities": (0.5, 0.5)},),
    ),
)
