"""Negative log-likelihood of log-probabilities, with an integer target.

    L(l, y) = -l_y,      dL/dl_j = -[j = y]

log_probabilities  l, logarithms of probabilities along the last axis, each at most 0 (not probabilities, not scores)
target             y, the index of the true class, counted from 0
Nothing is normalised: that exp l sums to 1 is the caller's business. A probability of 0 is -inf here and costs infinity.
"""

import numpy as np

from lossref.identities import convex, nonnegative
from lossref.spaces import Label, LogProbabilities
from lossref.spec import Hard, Loss, Witness


def _truth(log_probabilities, target):
    return np.arange(np.shape(log_probabilities)[-1]) == np.asarray(target)[..., None]


def value(log_probabilities, target):
    return np.where(_truth(log_probabilities, target), np.negative(log_probabilities), 0.0).sum(axis=-1)


def gradient(log_probabilities, target):
    return np.where(_truth(log_probabilities, target), -1.0, np.zeros_like(log_probabilities))


def definition(m, log_probabilities, target):
    return -log_probabilities[target]


def _of(d, y, truth, *others):
    """Log-probabilities with the given one at the target, the others in turn."""
    return {"log_probabilities": tuple(truth if j == y else others[j % len(others)] for j in range(d.size)), "target": y}


LOSS = Loss(
    name="negative_log_likelihood",
    arguments={"log_probabilities": LogProbabilities(), "target": Label("log_probabilities")},
    value=value,
    gradient=gradient,
    definition=definition,
    identities=(nonnegative, convex),
    hard=(
        Hard("sure_and_right", "tail", "a log-probability next to 0: the loss is that tiny number, not 0",
             lambda d: _of(d, d.label(), -d.scaled(-60, -15), -d.uniform(20, 50)), 16),
        Hard("impossible", "tail", "a target far below every clip: the loss is its log-probability, whatever exp of it is",
             lambda d: _of(d, d.label(), -d.uniform(50, 20 * d.underflow), -d.uniform(0.1, 2)), 16),
        Hard("round_trip", "tail", "exp and log again: the way through a probability loses every digit",
             lambda d: _of(d, d.label(), -d.uniform(d.saturation, 1.5 * d.underflow), -d.scaled(-50, -40)), 10),
        Hard("certain", "ordinary", "a log-probability of exactly 0 costs nothing",
             lambda d: _of(d, d.label(), 0.0, -d.uniform(1, 9)), 6),
        Hard("last_class", "ordinary", "the first and the last class: indices counted from 1 or from the end show",
             lambda d: {"log_probabilities": tuple(-1.0 - j for j in range(d.size)), "target": d.cycle(0, d.size - 1)}, 8),
    ),
    witnesses=(
        Witness({"log_probabilities": (-0.25, -1.5), "target": 1}, "1.5", "minus the entry", ("0", "-1")),
        Witness({"log_probabilities": (0.0, -np.inf), "target": 0}, "0", "an impossible other class", ("-1", "0")),
        Witness({"log_probabilities": (0.0, -np.inf), "target": 1}, "inf", "an impossible target", ("0", "-1")),
    ),
    source="R. A. Fisher, On the Mathematical Foundations of Theoretical Statistics, 1922",
    also_known_as={"torch": "nll_loss", "onnx": "NegativeLogLikelihoodLoss"},
)
