"""The record of one implementation, the way to make one, right formulas that many share, and ways to spoil one.

Some spoilers err by a rule that holds in every format: `sloppy` is off by a power of its eps, `narrow` computes in half
its width.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

HALF_WIDTH = {"float64": np.float32, "float32": np.float16}


@dataclass(frozen=True)
class Implementation:
    """One implementation of a loss; `why` says what is wrong with it, or why it is right.

    `passes_gradcheck`: the gradient agrees, to 1e-3 relative or 1e-5 absolute, with central differences (step 1e-6, float64)
    of the record's own value, or of the right one where it has none, at ordinary inputs (|x| <= 3, probabilities from 0.1 to
    0.9): torch.autograd.gradcheck and its like let it through. Without a gradient there is nothing to check: False.
    """

    loss: str
    name: str
    kind: Literal["good", "framework", "textbook", "broken"]
    why: str
    value: Callable[..., Any] | None = None
    gradient: Callable[..., Any] | None = None
    passes_gradcheck: bool = False


def of(loss, *names):
    """The maker of a loss's records: formulas take their arguments in the order of `names`."""

    def by_keyword(formula):
        return formula and (lambda **given: formula(*map(given.__getitem__, names[: len(given)])))

    def row(kind, name, why, value=None, gradient=None, passes_gradcheck=False):
        return Implementation(loss, name, kind, why, by_keyword(value), by_keyword(gradient), passes_gradcheck)

    return row


def sigmoid(x):
    tail = np.exp(-np.abs(x))
    return np.where(x < 0, tail, 1) / (1 + tail)


def softplus(x):
    return np.logaddexp(0, x)


def without_zeros(weight, term):
    """The term, and 0 wherever its weight is 0."""
    return np.where(weight == 0, 0, term)


def take(z, y):
    """The column that the target picks."""
    return np.take_along_axis(z, y[:, None], axis=1)[:, 0]


def onehot(z, y):
    return np.arange(z.shape[1]) == y[:, None]


def softmax(z):
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def logsumexp(z):
    top = z.max(axis=1)
    return top + np.log(np.exp(z - top[:, None]).sum(axis=1))


def log_softmax(z):
    shifted = z - z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def softmax_ce(z, y):
    # log1p of the others relative to the target where it leads; else its lag, to which log adds without cancelling.
    ahead, top = z - take(z, y)[:, None], z.max(axis=1)
    leads = np.log1p(np.where(onehot(z, y), 0, np.exp(ahead)).sum(axis=1))
    return np.where(take(z, y) == top, leads, top - take(z, y) + np.log(np.exp(z - top[:, None]).sum(axis=1)))


def softmax_ce_gradient(z, y):
    # The target's slope is minus the sum of the others, never p - 1.
    others = np.where(onehot(z, y), 0, softmax(z))
    return others - onehot(z, y) * others.sum(axis=1, keepdims=True)


def sorted_parts(z):
    """The largest logit, and the sum of exp of all others relative to it, in ascending order."""
    ordered = np.sort(z, axis=1)
    return ordered[:, -1], np.exp(ordered[:, :-1] - ordered[:, -1:]).sum(axis=1)


def sorted_softmax_ce(z, y):
    top, rest = sorted_parts(z)
    return (top - take(z, y)) + np.log1p(rest)


def sorted_softmax_ce_gradient(z, y):
    top, rest = sorted_parts(z)
    others = np.where(onehot(z, y), 0, np.exp(z - top[:, None]) / (1 + rest)[:, None])
    return others - onehot(z, y) * others.sum(axis=1, keepdims=True)


def sloppy(formula, power):
    """Off by a relative eps ** power: 0.6 leaves 9 digits of 16, 0.75 leaves 12."""
    return lambda *arguments: (answer := formula(*arguments)) * (1 + np.finfo(answer.dtype).eps ** power)


def below(formula, limit, factor):
    """Times a factor where the answer is smaller than a limit."""
    return lambda *arguments: np.where(np.abs(answer := formula(*arguments)) < limit, factor * answer, answer)


def flushed(formula, limit):
    return below(formula, limit, 0)


def narrow(formula):
    """Computed in half the width."""

    def worse(first, *others):
        half = HALF_WIDTH[first.dtype.name]
        cast = [x.astype(half) if isinstance(x, np.ndarray) and x.dtype == first.dtype else x for x in (first, *others)]
        return formula(*cast).astype(first.dtype)

    return worse


def within(formula, reach):
    """With the first argument clipped."""
    return lambda x, *others: formula(np.clip(x, -reach, reach), *others)


def beyond(formula, reach, factor):
    """Times a factor where the first argument is beyond reach."""
    return lambda x, *others: np.where(np.abs(x) > reach, factor, 1).astype(x.dtype) * formula(x, *others)
