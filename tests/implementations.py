"""A corpus of implementations of the eight losses, right and wrong, for tests and for the calibration of the grades.

good       correct and componentwise stable, by another road than lossref's own code: graded B or better
framework  what the large libraries compute: correct, but tails may be lost, so grade C is expected and no mutant
textbook   wrong code that is written down as it stands: naive formulas, clips, added eps, conventions mixed up
broken     wrong code that is a slip or a trap: tails flushed, a sign turned beyond some logit, a few digits missing

The first two are here, the mutants in `mutants.py`. All compute in the format of their inputs.
"""

import numpy as np
from mutants import (
    MUTANTS,
    Implementation,
    bce,
    bce_gradient,
    kl,
    kl_gradient,
    of,
    onehot,
    sigmoid,
    sigmoid_ce,
    sigmoid_ce_gradient,
    softmax,
    softmax_ce,
    softmax_ce_gradient,
    take,
    without_zeros,
)

__all__ = ["IMPLEMENTATIONS", "Implementation"]

row = of("squared_error", "prediction", "target")
SQUARED_ERROR = (
    row("good", "power", "one rounded difference, squared", lambda f, y: (f - y) ** 2, lambda f, y: (f - y) + (f - y), True),
    row("good", "distance", "the square of |r|, and twice |r| with the sign of r",
        lambda f, y: np.abs(f - y) * np.abs(y - f), lambda f, y: np.copysign(2 * np.abs(y - f), f - y), True),
)

row = of("absolute_error", "prediction", "target")
ABSOLUTE_ERROR = (
    row("good", "larger", "the larger of r and -r; twice a step function, less 1",
        lambda f, y: np.maximum(f - y, y - f), lambda f, y: 2 * np.heaviside(f - y, 0.5) - 1, True),
    row("good", "ordered", "the larger less the smaller; r / |r| taken from the sign bit",
        lambda f, y: np.maximum(f, y) - np.minimum(f, y),
        lambda f, y: np.where(np.abs(f - y) > 0, np.copysign(1, f - y).astype(f.dtype), f - y), True),
)

row = of("huber", "prediction", "target", "delta")
HUBER = (
    row("good", "branches", "square and line as printed, each in its own half",
        lambda f, y, d=1.0: np.where(np.abs(f - y) <= d, (f - y) ** 2 / 2, d * (np.abs(f - y) - d / 2)),
        lambda f, y, d=1.0: np.where(np.abs(f - y) <= d, f - y, d * np.sign(f - y)), True),
    row("good", "envelope", "half the square of the part within delta plus delta times the excess, two terms of one sign",
        lambda f, y, d=1.0: np.minimum(np.abs(f - y), d) ** 2 / 2 + d * np.maximum(np.abs(f - y) - d, 0),
        lambda f, y, d=1.0: np.copysign(np.minimum(np.abs(f - y), d), f - y), True),
)

row = of("hinge", "prediction", "target")
HINGE = (
    row("good", "branches", "0 from the margin on, the exact line before it",
        lambda f, y: np.where(y * f >= 1, 0, 1 - y * f), lambda f, y: -y * np.heaviside(1 - y * f, 0), True),
    row("good", "shortfall", "y (y - f) is 1 - y f because y^2 = 1",
        lambda f, y: np.maximum(y * (y - f), 0), lambda f, y: np.where(y * (y - f) > 0, -y, 0), True),
)

row = of("binary_cross_entropy", "probabilities", "target")
BINARY_CROSS_ENTROPY = (
    row("good", "log1p", "both logarithms of exact numbers; a hard label cancels a factor of the slope", bce, bce_gradient, True),
    row("good", "halves", "each logarithm from the side where its argument is exact; the gradient term by term",
        lambda p, y: -without_zeros(y, y * np.where(p < 0.5, np.log(p), np.log1p(-(1 - p))))
        - without_zeros(1 - y, (1 - y) * np.where(p < 0.5, np.log1p(-p), np.log(1 - p))),
        lambda p, y: without_zeros(1 - y, (1 - y) / (1 - p)) - without_zeros(y, y / p), True),
    row("framework", "log_of_difference", "log(1 - p) is 0 for tiny p",
        lambda p, y: -(without_zeros(y, y * np.log(p)) + without_zeros(1 - y, (1 - y) * np.log(1 - p))), bce_gradient, True),
)


def sigmoid_ce_by_side(z, y):
    # The weight of the class that the logit speaks against, times |z|, and the tail.
    against = np.where(z > 0, 1 - y, y)
    return without_zeros(against, against * np.abs(z)) + np.log1p(np.exp(-np.abs(z)))


def sigmoid_ce_gradient_by_side(z, y):
    tail = np.exp(-np.abs(z))
    return np.where(z > 0, (1 - y) - y * tail, (1 - y) * tail - y) / (1 + tail)


row = of("sigmoid_cross_entropy", "logits", "target")
SIGMOID_CROSS_ENTROPY = (
    row("good", "by_label", "softplus((1 - 2 y) z) for hard labels, two terms of one sign for soft ones",
        sigmoid_ce, sigmoid_ce_gradient, True),
    row("good", "by_side", "|z| times the weight of the class it speaks against, plus the tail log1p(exp(-|z|))",
        sigmoid_ce_by_side, sigmoid_ce_gradient_by_side, True),
    row("framework", "max_form", "max(z, 0) - z y + log1p(exp(-|z|)) and sigmoid(z) - y: right to eps, tails lost for y = 1",
        lambda z, y: np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))), lambda z, y: sigmoid(z) - y, True),
    row("framework", "older_torch", "(1 - y) z + m + log(exp(-m) + exp(-z - m)), m = max(-z, 0)",
        lambda z, y: (1 - y) * z + (m := np.maximum(-z, 0)) + np.log(np.exp(-m) + np.exp(-z - m))),
)


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


def logsumexp(z):
    top = z.max(axis=1)
    return top + np.log(np.exp(z - top[:, None]).sum(axis=1))


def log_softmax(z):
    shifted = z - z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


row = of("softmax_cross_entropy", "logits", "target")
SOFTMAX_CROSS_ENTROPY = (
    row("good", "from_target", "log1p of the others relative to the target where it leads, else its lag plus a logarithm",
        softmax_ce, softmax_ce_gradient, True),
    row("good", "sorted", "the lag behind the largest logit plus log1p of the others, added in ascending order",
        sorted_softmax_ce, sorted_softmax_ce_gradient, True),
    row("framework", "logsumexp", "logsumexp minus the target's logit cancels; softmax - 1 loses the target's tail",
        lambda z, y: logsumexp(z) - take(z, y), lambda z, y: softmax(z) - onehot(z, y), True),
    row("framework", "log_softmax", "a gathered log-softmax; log loses a sum next to 1",
        lambda z, y: -take(log_softmax(z), y), lambda z, y: np.exp(log_softmax(z)) - onehot(z, y), True),
)


def kl_by_artanh(q, t):
    # log(t / q) is 2 artanh((t - q) / (t + q)) where the two are close.
    half = (t - q) / (t + q)
    ratio = np.where(np.abs(half) < 0.25, 2 * np.arctanh(half), np.where(q == 0, np.inf, -np.log(q / t)))
    return without_zeros(t, t * ratio).sum(axis=1)


row = of("kl_divergence", "probabilities", "target")
KL_DIVERGENCE = (
    row("good", "log1p", "log1p((t - q) / q) for close probabilities, log(t / q) elsewhere", kl, kl_gradient, True),
    row("good", "artanh", "the logarithm of a ratio near 1 as an inverse hyperbolic tangent",
        kl_by_artanh, lambda q, t: np.divide(-t, q, out=np.zeros_like(q), where=t != 0), True),
    row("framework", "difference_of_logs", "t (log t - log q), 0 for t = 0: right as far as rounded inputs allow",
        lambda q, t: without_zeros(t, t * (np.log(t) - np.log(q))).sum(axis=1), kl_gradient, True),
    row("framework", "entropies", "the cross-entropy less the entropy",
        lambda q, t: without_zeros(t, -t * np.log(q)).sum(axis=1) - without_zeros(t, -t * np.log(t)).sum(axis=1)),
)

IMPLEMENTATIONS: tuple[Implementation, ...] = (
    *SQUARED_ERROR, *ABSOLUTE_ERROR, *HUBER, *HINGE, *BINARY_CROSS_ENTROPY, *SIGMOID_CROSS_ENTROPY, *SOFTMAX_CROSS_ENTROPY,
    *KL_DIVERGENCE, *MUTANTS,
)
