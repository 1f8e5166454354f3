"""Implementations of SupCon for one anchor, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, logsumexp, narrow, sloppy, soft_ce, soft_ce_gradient, softmax, wide
from lossref.mutants.record import of


def all_of(p, n, T):
    """The cosines over the temperature, and 1 for those of the class."""
    z = (np.concatenate((p, n), axis=1) / p.dtype.type(T)).astype(p.dtype)
    return z, (np.arange(z.shape[1]) < p.shape[1]).astype(p.dtype) + 0 * z


def loss(p, n, T):
    return soft_ce(*all_of(p, n, T)) / p.dtype.type(p.shape[1])


def slope(p, n, T):
    found = soft_ce_gradient(*all_of(p, n, T)) / p.dtype.type(p.shape[1]) / p.dtype.type(T)
    return found[:, : p.shape[1]], found[:, p.shape[1] :]


def printed(p, n, T):
    z, _ = all_of(p, n, T)
    return logsumexp(z) - z[:, : p.shape[1]].mean(axis=1)


def printed_slope(p, n, T):
    shares, width = softmax(all_of(p, n, T)[0]), p.dtype.type
    return (shares[:, : p.shape[1]] - 1 / width(p.shape[1])) / width(T), shares[:, p.shape[1] :] / width(T)


def inside(p, n, T):
    z, _ = all_of(p, n, T)
    return logsumexp(z) - logsumexp(z[:, : p.shape[1]]) + np.log(p.dtype.type(p.shape[1]))


def one_each(p, n, T):
    """For each of the class a softmax of it and the others alone."""
    parts = [np.concatenate((p[:, i : i + 1], n), axis=1) / p.dtype.type(T) for i in range(p.shape[1])]
    return np.mean([logsumexp(z) - z[:, 0] for z in parts], axis=0)


def naive(p, n, T):
    powers = np.exp(all_of(p, n, T)[0])
    return -np.log(powers[:, : p.shape[1]] / powers.sum(axis=1, keepdims=True)).mean(axis=1)


row = of("supervised_contrastive")
MUTANTS = (
    row("right", "wide", "softmax cross-entropy with a weight for each of the class, in more digits than the inputs have",
        wide(loss), wide(slope), True),
    row("framework", "printed", "log-sum-exp less the mean; shares less 1 / P: tails and small slopes are lost",
        printed, printed_slope, True),
    row("textbook", "naive", "log of a divided softmax", naive),
    row("textbook", "inside", "the mean is inside the logarithm, the form that its authors call worse", inside),
    row("textbook", "sum", "the sum over the class, not its mean",
        lambda p, n, T: loss(p, n, T) * p.shape[1], lambda p, n, T: tuple(x * p.shape[1] for x in slope(p, n, T)), True),
    row("textbook", "one_each", "the others of the class are left out of the denominator, as in decoupled losses", one_each),
    row("textbook", "two_temperatures", "times T / 0.07, as in the authors' code", lambda p, n, T: loss(p, n, T) * (T / 0.07),
        lambda p, n, T: tuple(x * (T / 0.07) for x in slope(p, n, T)), True),
    row("textbook", "with_eps", "1e-6 inside the logarithm", lambda p, n, T: printed(p, n, T) + 1e-6),
    row("textbook", "slope_without_T", "the slope in cosines over T", gradient=lambda p, n, T: tuple(x * T for x in slope(p, n, T))),
    row("textbook", "pull_alone", "the denominator is taken for a constant",
        gradient=lambda p, n, T: (np.full_like(p, -1 / (p.shape[1] * T)), 0 * n)),
    row("broken", "turned", "what is of its class is to be apart", lambda p, n, T: loss(n, p, T)),
    row("broken", "ignores_temperature", "a temperature of 0.1, whatever is asked",
        lambda p, n, T: loss(p, n, 0.1), lambda p, n, T: slope(p, n, 0.1), True),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(loss, 0.6)),
    row("broken", "narrow", "the value is computed in half the width", narrow(loss)),
)
