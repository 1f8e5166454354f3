"""Right formulas that several files share, for batches in the format of their inputs, and ways to spoil one.

A formula that ends in no adjective is right. Some spoilers err by a rule that holds in every format: `sloppy` is off by a
power of its eps, `narrow` computes in half its width.
"""

import math

import numpy as np

WIDER = {np.float64: np.longdouble, np.float32: np.float64}
HALF_WIDTH = {"float64": np.float32, "float32": np.float16}


def flat(f, *others):
    """A slope of 0 wherever there is one."""
    return np.zeros_like(f)


def without_zeros(weight, term):
    """The term, and 0 wherever its weight is 0."""
    return np.where(weight == 0, 0, term)


def sigmoid(x):
    tail = np.exp(-np.abs(x))
    return np.where(x < 0, tail, 1) / (1 + tail)


def sigmoid_slope(x):
    return sigmoid(x) * sigmoid(-x)


def softplus(x):
    return np.logaddexp(0, x)


def log1p_by_artanh(t):
    return 2 * np.arctanh(t / (2 + t))


def take(z, y):
    """The column that the target picks."""
    return np.take_along_axis(z, y[:, None], axis=1)[:, 0]


def onehot(z, y):
    return np.arange(z.shape[1]) == y[:, None]


def softmax(z):
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def share(x, i):
    return take(softmax(x), i)


def share_slope(x, i):
    return share(x, i)[:, None] * -softmax_ce_gradient(x, i)


def pairs(x):
    """Every share as 1 / sum_i exp(x_i - x_j)."""
    return 1 / np.exp(x[:, :, None] - x[:, None, :]).sum(axis=1)


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


def softmax_ce_gradient_divided_once(z, y):
    # What powers and their sum err by alike cancels.
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    others = np.where(onehot(z, y), 0, powers)
    return np.where(onehot(z, y), -others.sum(axis=1, keepdims=True), powers) / powers.sum(axis=1, keepdims=True)


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


def soft_ce(z, t):
    # Sums of one sign: each class's lag behind the largest logit, and S times the logarithm.
    top, rest = sorted_parts(z)
    return without_zeros(t, t * (top[:, None] - z)).sum(axis=1) + t.sum(axis=1) * np.log1p(rest)


def soft_ce_gradient(z, t):
    # sum_i (t_i p_j - t_j p_i), where the terms i = j are 0: neither 1 - p nor S - t. Divided once, as above.
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return (powers * sums_of_others(t) - t * sums_of_others(powers)) / powers.sum(axis=1, keepdims=True)


def sums_of_others(x):
    """In each column the sum of all others of its row."""
    return np.where(np.eye(x.shape[1], dtype=bool), 0, x[:, None, :]).sum(axis=2)


def normalised(t):
    return t / t.sum(axis=1, keepdims=True)


def kl(q, t):
    # log1p of the exact difference where t / q is near 1.
    near = np.abs(t - q) < q / 2
    return without_zeros(t, t * np.where(near, np.log1p((t - q) / q), np.log(t / q))).sum(axis=1)


def nats(base):
    """How many nats one unit of the logarithm is; base 1 stands for e."""
    return math.log(base) if base > 1 else 1.0


def bits(base):
    return math.log2(base if base > 1 else math.e)


def turned(c, margin):
    """The cosine of an angle made larger by a margin."""
    return c * math.cos(margin) - np.sqrt((1 - c) * (1 + c)) * math.sin(margin)


def unit_sized(x):
    """Divided by the power of two that its largest entry has."""
    exponent = np.frexp(np.abs(x).max(axis=-1, keepdims=True))[1]
    return np.ldexp(x, -exponent), exponent


def length(x):
    return np.sqrt((x * x).sum(axis=-1, keepdims=True))


def determinants(a, b):
    """a_j b_k - a_k b_j for all j and k."""
    return a[..., :, None] * b[..., None, :] - a[..., None, :] * b[..., :, None]


def cosine_of(a, b, at_zero):
    """The cosine of two vectors, 1 - |cosine| by Lagrange's identity, and the slopes of the cosine in both."""
    (a, i), (b, k) = unit_sized(a), unit_sized(b)
    size = length(a) * length(b)
    safe = np.where(size == 0, 1, size)
    pairs = determinants(a, b) / safe[..., None]
    rough = (a * b).sum(axis=-1) / safe[..., 0]
    short = (pairs * pairs).sum(axis=(-1, -2)) / 2 / (1 + np.abs(rough))
    in_a = -(pairs * a[..., None, :]).sum(axis=-1) / np.where(size == 0, 1, length(a)) ** 2
    in_b = (pairs * b[..., None, :]).sum(axis=-1) / np.where(size == 0, 1, length(b)) ** 2
    zero = size[..., 0] == 0
    return np.where(zero, at_zero, rough), np.where(zero, 1 - np.abs(at_zero), short), np.ldexp(in_a, -i), np.ldexp(in_b, -k)


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


def wide(formula):
    """Computed in more digits than the inputs have, rounded once."""

    def better(*arguments):
        width = arguments[0].dtype.type
        cast = [x.astype(WIDER[width]) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x for x in arguments]
        answer = formula(*cast)
        return tuple(x.astype(width) for x in answer) if isinstance(answer, tuple) else answer.astype(width)

    return better


def within(formula, reach):
    """With the first argument clipped."""
    return lambda x, *others: formula(np.clip(x, -reach, reach), *others)


def beyond(formula, reach, factor):
    """Times a factor where the first argument is beyond reach."""
    return lambda x, *others: np.where(np.abs(x) > reach, factor, 1).astype(x.dtype) * formula(x, *others)
