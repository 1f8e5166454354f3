"""Negative log-likelihood of log-probabilities, with an integer target.

    L(l, y) = -l_y,      dL/dl_j = -[j = y]

log_probabilities  l, logarithms of probabilities along the last axis, each at most 0 (not probabilities, not scores)
target             y, the index of the true class, counted from 0
Nothing is normalised: that exp l sums to 1 is the caller's business. A probability of 0 is -inf here and costs infinity.
"""

import numpy as np

from lossref.laws import convex, nonnegative
from lossref.options import CLASS
from lossref.spaces import Label, LogProbabilities
from lossref.spec import Known, Loss


def value(log_probabilities, target):
    return np.where(_truth(log_probabilities, target), np.negative(log_probabilities), 0.0).sum(axis=-1)


def gradient(log_probabilities, target):
    return np.where(_truth(log_probabilities, target), -1.0, np.zeros_like(log_probabilities))


def _truth(log_probabilities, target):
    return np.arange(np.shape(log_probabilities)[-1]) == np.asarray(target)[..., None]


def definition(m, log_probabilities, target):
    return -log_probabilities[target]


LOSS = Loss(
    name="negative_log_likelihood",
    arguments={"log_probabilities": LogProbabilities(), "target": Label("log_probabilities")},
    target=CLASS,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex),
    known=(
        Known({"log_probabilities": (-0.25, -1.5), "target": 1}, "1.5", "minus the entry", ("0", "-1")),
        Known({"log_probabilities": (0.0, -np.inf), "target": 0}, "0", "an impossible other class", ("-1", "0")),
        Known({"log_probabilities": (0.0, -np.inf), "target": 1}, "inf", "an impossible target", ("0", "-1")),
    ),
    source="R. A. Fisher, On the Mathematical Foundations of Theoretical Statistics, 1922",
)
