"""The wrong implementations of `implementations.py`, with the record, the way to make one, and the formulas they spoil.

The formulas here that end in no adjective are right; each mutant changes one thing. Some err by a rule that holds in every
format: `sloppy` is off by a power of its eps, `narrow` computes in half its width.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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


row = of("squared_error", "prediction", "target")
SQUARED_ERROR = (
    row("textbook", "half", "carries a factor 1/2 that the definition has not",
        lambda f, y: (f - y) ** 2 / 2, lambda f, y: f - y, True),
    row("textbook", "half_gradient", "the gradient forgets the factor 2", gradient=lambda f, y: f - y),
    row("textbook", "expanded", "f^2 - 2 f y + y^2 cancels when f is close to y", lambda f, y: f * f - 2 * f * y + y * y),
    row("textbook", "swapped", "differentiates in the target instead of the prediction", gradient=lambda f, y: 2 * (y - f)),
    row("textbook", "batch_mean", "the mean over the batch where each example's loss is wanted",
        lambda f, y: np.full_like(f, np.mean((f - y) ** 2)), lambda f, y: 2 * (f - y) / len(f)),
    row("textbook", "finite_differences", "a central difference with step 1e-6 in place of the gradient",
        gradient=lambda f, y: ((f + 1e-6 - y) ** 2 - (f - 1e-6 - y) ** 2) / 2e-6, passes_gradcheck=True),
    row("broken", "flushed", "losses below 1e-12 and slopes below 1e-6 become 0",
        flushed(lambda f, y: (f - y) ** 2, 1e-12), flushed(lambda f, y: 2 * (f - y), 1e-6), True),
    row("broken", "sloppy", "the gradient has 12 right digits of 16",
        gradient=sloppy(lambda f, y: 2 * (f - y), 0.75), passes_gradcheck=True),
)

row = of("absolute_error", "prediction", "target")
ABSOLUTE_ERROR = (
    row("textbook", "smoothed", "sqrt(r^2 + 1e-12) rounds off the corner",
        lambda f, y: np.sqrt((f - y) ** 2 + 1e-12), lambda f, y: (f - y) / np.sqrt((f - y) ** 2 + 1e-12), True),
    row("textbook", "guarded_slope", "r / (|r| + 1e-8): the slope of a tiny residual is not 1",
        gradient=lambda f, y: (f - y) / (np.abs(f - y) + 1e-8), passes_gradcheck=True),
    row("textbook", "half", "carries a factor 1/2", lambda f, y: np.abs(f - y) / 2, lambda f, y: np.sign(f - y) / 2, True),
    row("textbook", "squared", "the squared error", lambda f, y: (f - y) ** 2, lambda f, y: 2 * (f - y), True),
    row("textbook", "swapped", "the slope in the target", gradient=lambda f, y: np.sign(y - f)),
    row("broken", "signed", "the absolute value is forgotten", lambda f, y: f - y, lambda f, y: np.ones_like(f), True),
    row("broken", "of_absolutes", "||f| - |y||: both signs are lost first", lambda f, y: np.abs(np.abs(f) - np.abs(y))),
    row("broken", "dead_zone", "residuals below 1e-7 have slope 0",
        gradient=lambda f, y: np.where(np.abs(f - y) < 1e-7, 0, np.sign(f - y)), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(lambda f, y: np.abs(f - y), 0.6)),
)


def clipped_residual(f, y, d=1.0):
    return np.clip(f - y, -d, d)


row = of("huber", "prediction", "target", "delta")
HUBER = (
    row("textbook", "no_half", "r^2 without the factor 1/2 inside the threshold",
        lambda f, y, d=1.0: np.where(np.abs(f - y) <= d, (f - y) ** 2, d * (np.abs(f - y) - d / 2)),
        lambda f, y, d=1.0: np.where(np.abs(f - y) <= d, 2 * (f - y), d * np.sign(f - y)), True),
    row("textbook", "pseudo", "the pseudo-Huber loss, smooth at the threshold",
        lambda f, y, d=1.0: d**2 * (np.sqrt(1 + ((f - y) / d) ** 2) - 1),
        lambda f, y, d=1.0: (f - y) / np.sqrt(1 + ((f - y) / d) ** 2), True),
    row("textbook", "smooth_l1", "divided by delta, as smooth L1 is: the same only for delta = 1",
        lambda f, y, d=1.0: np.where(np.abs(f - y) <= d, (f - y) ** 2 / (2 * d), np.abs(f - y) - d / 2),
        lambda f, y, d=1.0: clipped_residual(f, y, d) / d, True),
    row("textbook", "slope_by_parts", "delta + (q - delta) rounds a tiny q = min(|r|, delta) to 0",
        gradient=lambda f, y, d=1.0: np.sign(f - y) * (d + (np.minimum(np.abs(f - y), d) - d)), passes_gradcheck=True),
    row("broken", "threshold_moved", "the threshold is 0.1 % too far",
        lambda f, y, d=1.0: np.where(np.abs(f - y) <= 1.001 * d, (f - y) ** 2 / 2, d * (np.abs(f - y) - d / 2)),
        lambda f, y, d=1.0: np.where(np.abs(f - y) <= 1.001 * d, f - y, d * np.sign(f - y)), True),
    row("broken", "ignores_delta", "delta is always 1",
        lambda f, y, d=1.0: np.where(np.abs(f - y) <= 1, (f - y) ** 2 / 2, np.abs(f - y) - 0.5),
        lambda f, y, d=1.0: np.clip(f - y, -1, 1), True),
    row("broken", "unclipped", "the slope grows beyond delta", gradient=lambda f, y, d=1.0: f - y),
    row("broken", "flushed", "slopes below 1e-8 become 0", gradient=flushed(clipped_residual, 1e-8), passes_gradcheck=True),
    row("broken", "sloppy", "the gradient has 9 right digits of 16",
        gradient=sloppy(clipped_residual, 0.6), passes_gradcheck=True),
)

row = of("hinge", "prediction", "target")
HINGE = (
    row("textbook", "squared", "the squared hinge",
        lambda f, y: np.maximum(0, 1 - y * f) ** 2, lambda f, y: -2 * y * np.maximum(0, 1 - y * f), True),
    row("textbook", "perceptron", "a margin of 0",
        lambda f, y: np.maximum(0, -y * f), lambda f, y: np.where(y * f < 0, -y, 0), True),
    row("textbook", "smooth", "softplus(1 - y f) in place of the corner",
        lambda f, y: softplus(1 - y * f), lambda f, y: -y * sigmoid(1 - y * f), True),
    row("textbook", "labels_0_1", "labels -1 and 1 are mapped as if they were 0 and 1",
        lambda f, y: np.maximum(0, 1 - (2 * y - 1) * f), lambda f, y: np.where((2 * y - 1) * f < 1, 1 - 2 * y, 0), True),
    row("broken", "margin_2", "a margin of 2",
        lambda f, y: np.maximum(0, 2 - y * f), lambda f, y: np.where(y * f < 2, -y, 0), True),
    row("broken", "label_missing", "the gradient forgets the label",
        gradient=lambda f, y: np.where(y * f < 1, -np.ones_like(y), 0)),
    row("broken", "never_flat", "the gradient goes on beyond the margin", gradient=lambda f, y: -y),
    row("broken", "clipped_score", "the score is clipped at 20 first",
        lambda f, y: np.maximum(0, 1 - y * np.clip(f, -20, 20)),
        lambda f, y: np.where((y * f < 1) & (np.abs(f) < 20), -y, 0), True),
    row("broken", "flushed", "losses below 1e-4 and their slopes become 0", flushed(lambda f, y: np.maximum(0, 1 - y * f), 1e-4),
        lambda f, y: np.where(y * f < 1 - 1e-4, -y, 0), True),
)


def bce(p, y):
    return -(without_zeros(y, y * np.log(p)) + without_zeros(1 - y, (1 - y) * np.log1p(-p)))


def bce_gradient(p, y):
    return np.where(y == 0, 1 / (1 - p), np.where(y == 1, -1 / p, (p - y) / (p * (1 - p))))


def clipped_bce(eps, p, y):
    return bce(np.clip(p, eps, 1 - eps), y)


def clipped_bce_gradient(eps, p, y):
    return np.where((p < eps) | (p > 1 - eps), 0, bce_gradient(p, y))


row = of("binary_cross_entropy", "probabilities", "target")
BINARY_CROSS_ENTROPY = (
    *(row("textbook", f"clipped_{eps:g}", f"p is clipped at {eps:g}",
          partial(clipped_bce, eps), partial(clipped_bce_gradient, eps), True) for eps in (1e-7, 1e-12, 1e-15)),
    row("textbook", "plus_eps", "log(p + 1e-7) and log(1 - p + 1e-7): bounded, and negative for a certain right answer",
        lambda p, y: -(y * np.log(p + 1e-7) + (1 - y) * np.log(1 - p + 1e-7)),
        lambda p, y: (1 - y) / (1 - p + 1e-7) - y / (p + 1e-7), True),
    row("textbook", "clamped", "logarithms are clamped at -100 and p (1 - p) at 1e-12, as in PyTorch",
        lambda p, y: -(y * np.maximum(np.log(p), -100) + (1 - y) * np.maximum(np.log1p(-p), -100)),
        lambda p, y: (p - y) / np.maximum(p * (1 - p), 1e-12), True),
    row("textbook", "zero_log_zero", "0 log 0 is evaluated, and 0/0 in the gradient",
        lambda p, y: -(y * np.log(p) + (1 - y) * np.log1p(-p)), lambda p, y: (p - y) / (p * (1 - p)), True),
    row("textbook", "only_positives", "the term (1 - y) log(1 - p) is missing",
        lambda p, y: -without_zeros(y, y * np.log(p)), lambda p, y: -without_zeros(y, y / p), True),
    row("textbook", "lost_brackets", "the sign of the second term is wrong",
        lambda p, y: -without_zeros(y, y * np.log(p)) + without_zeros(1 - y, (1 - y) * np.log1p(-p))),
    row("textbook", "swapped", "prediction and target change places", lambda p, y: bce(y, p)),
    row("textbook", "base_2", "the logarithm to base 2", lambda p, y: bce(p, y) / np.log(p.dtype.type(2))),
    row("textbook", "mean_of_classes", "the mean over the two classes in place of the sum",
        lambda p, y: bce(p, y) / 2, lambda p, y: bce_gradient(p, y) / 2, True),
    row("textbook", "slope_of_logit", "the gradient in the logit, p - y", gradient=lambda p, y: p - y),
    row("textbook", "guarded_slope", "p (1 - p) + 1e-8 in the denominator",
        gradient=lambda p, y: (p - y) / (p * (1 - p) + 1e-8), passes_gradcheck=True),
    row("broken", "through_logit", "log(p / (1 - p)) loses p near 1 and is infinite at the ends",
        lambda p, y: softplus(np.log(p / (1 - p))) - y * np.log(p / (1 - p))),
    row("broken", "sloppy", "the gradient has 12 right digits of 16", gradient=sloppy(bce_gradient, 0.75), passes_gradcheck=True),
)


def sigmoid_ce(z, y):
    weighted = without_zeros(1 - y, (1 - y) * softplus(z)) + without_zeros(y, y * softplus(-z))
    return np.where((y == 0) | (y == 1), softplus((1 - 2 * y) * z), weighted)


def sigmoid_ce_gradient(z, y):
    return (1 - y) * sigmoid(z) - y * sigmoid(-z)


def clipped_sigmoid_ce(eps, z, y):
    p = np.clip(sigmoid(z), eps, 1 - eps)
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def clipped_sigmoid_ce_gradient(eps, z, y):
    return np.clip(sigmoid(z), eps, 1 - eps) - y


row = of("sigmoid_cross_entropy", "logits", "target")
SIGMOID_CROSS_ENTROPY = (
    row("textbook", "naive", "log(1 + exp z) - y z overflows, and its gradient is inf / inf",
        lambda z, y: np.log(1 + np.exp(z)) - y * z, lambda z, y: np.exp(z) / (1 + np.exp(z)) - y, True),
    row("textbook", "log_of_sigmoid", "the logarithm of a probability that has rounded to 0 or 1",
        lambda z, y: -y * np.log(sigmoid(z)) - (1 - y) * np.log(1 - sigmoid(z))),
    *(row("textbook", f"clipped_{eps:g}", f"the probability is clipped at {eps:g}",
          partial(clipped_sigmoid_ce, eps), partial(clipped_sigmoid_ce_gradient, eps), True) for eps in (1e-7, 1e-12, 1e-15)),
    row("textbook", "plus_eps", "log(p + 1e-12)",
        lambda z, y: -y * np.log(sigmoid(z) + 1e-12) - (1 - y) * np.log(1 - sigmoid(z) + 1e-12), sigmoid_ce_gradient, True),
    row("textbook", "threshold_20", "softplus(z) is z beyond 20, as torch's is, and then z - y z is 0",
        lambda z, y: np.where(z > 20, z, softplus(z)) - y * z),
    *(row("textbook", f"within_{reach}", f"the logit is clipped at {reach} first",
          within(sigmoid_ce, reach), within(sigmoid_ce_gradient, reach), True) for reach in (30, 80)),
    row("textbook", "complement", "1 - sigmoid(-z) loses the tail of sigmoid(z)",
        gradient=lambda z, y: 1 - sigmoid(-z) - y, passes_gradcheck=True),
    row("textbook", "labels_signed", "0 and 1 are taken for labels -1 and 1",
        lambda z, y: softplus(-y * z), lambda z, y: -y * sigmoid(-y * z), True),
    row("textbook", "only_positives", "the term of the class 0 is missing",
        lambda z, y: y * softplus(-z), lambda z, y: -y * sigmoid(-z), True),
    row("broken", "hard_zero", "beyond 15 the logarithm's term is dropped",
        lambda z, y: np.where(np.abs(z) > 15, np.maximum(z, 0) - z * y, sigmoid_ce(z, y)), sigmoid_ce_gradient, True),
    row("broken", "flushed", "losses and slopes below 1e-12 become 0",
        flushed(sigmoid_ce, 1e-12), flushed(sigmoid_ce_gradient, 1e-12), True),
    row("broken", "flat_tail", "no gradient beyond |z| = 20", gradient=beyond(sigmoid_ce_gradient, 20, 0), passes_gradcheck=True),
    row("broken", "turned_tail", "the gradient's sign is wrong beyond |z| = 25",
        gradient=beyond(sigmoid_ce_gradient, 25, -1), passes_gradcheck=True),
    row("broken", "steep_tail", "the gradient is 100 times too large beyond |z| = 25",
        gradient=beyond(sigmoid_ce_gradient, 25, 100), passes_gradcheck=True),
    row("broken", "narrow", "the gradient is computed in half the width",
        gradient=narrow(sigmoid_ce_gradient), passes_gradcheck=True),
    row("broken", "sloppy", "the gradient has 9 right digits of 16",
        gradient=sloppy(sigmoid_ce_gradient, 0.6), passes_gradcheck=True),
)


def softmax_ce(z, y):
    # log1p of the others relative to the target where it leads; else its lag, to which log adds without cancelling.
    ahead, top = z - take(z, y)[:, None], z.max(axis=1)
    leads = np.log1p(np.where(onehot(z, y), 0, np.exp(ahead)).sum(axis=1))
    return np.where(take(z, y) == top, leads, top - take(z, y) + np.log(np.exp(z - top[:, None]).sum(axis=1)))


def softmax_ce_gradient(z, y):
    # The target's slope is minus the sum of the others, never p - 1.
    others = np.where(onehot(z, y), 0, softmax(z))
    return others - onehot(z, y) * others.sum(axis=1, keepdims=True)


def shifted_softmax_ce(z, y, shift):
    return np.log(np.exp(z - shift).sum(axis=1)) + (shift - z)[np.arange(len(z)), y]


row = of("softmax_cross_entropy", "logits", "target")
SOFTMAX_CROSS_ENTROPY = (
    row("textbook", "no_shift", "exp without a shift: inf / inf",
        lambda z, y: np.log(np.exp(z).sum(axis=1)) - take(z, y),
        lambda z, y: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True) - onehot(z, y), True),
    row("textbook", "log_of_softmax", "log of a probability that has rounded to 0", lambda z, y: -np.log(take(softmax(z), y))),
    row("textbook", "clipped_7", "probabilities are clipped at 1e-7, as in Keras",
        lambda z, y: -np.log(np.clip(take(softmax(z), y), 1e-7, 1 - 1e-7)), softmax_ce_gradient, True),
    row("textbook", "plus_eps", "log(p + 1e-12)", lambda z, y: -np.log(take(softmax(z), y) + 1e-12)),
    row("textbook", "mean_of_classes", "divided by the number of classes",
        lambda z, y: softmax_ce(z, y) / z.shape[1], lambda z, y: softmax_ce_gradient(z, y) / z.shape[1], True),
    row("textbook", "log_mean_exp", "the mean of the exponentials in place of their sum",
        lambda z, y: softmax_ce(z, y) - np.log(z.dtype.type(z.shape[1])), softmax_ce_gradient, True),
    row("textbook", "all_or_nothing", "the largest logit less the target's", lambda z, y: z.max(axis=1) - take(z, y)),
    row("textbook", "softmax_twice", "the softmax of a softmax", lambda z, y: softmax_ce(softmax(z), y)),
    row("textbook", "binary_terms", "a sigmoid cross-entropy for each class, summed",
        lambda z, y: softplus(z).sum(axis=1) - take(z, y), lambda z, y: sigmoid(z) - onehot(z, y), True),
    row("textbook", "smoothed_labels", "labels are smoothed by 1e-6",
        lambda z, y: softmax_ce(z, y) + 1e-6 * (take(z, y) - z.mean(axis=1)),
        lambda z, y: softmax_ce_gradient(z, y) + 1e-6 * (onehot(z, y) - z.dtype.type(1 / z.shape[1])), True),
    row("textbook", "base_2", "the logarithm to base 2", lambda z, y: softmax_ce(z, y) / np.log(z.dtype.type(2))),
    row("textbook", "target_missing", "the gradient forgets the target", gradient=lambda z, y: softmax(z)),
    row("textbook", "target_only", "only the target's logit has a slope",
        gradient=lambda z, y: onehot(z, y) * softmax_ce_gradient(z, y)),
    row("broken", "batch_axis", "the softmax runs over the batch",
        lambda z, y: -np.log(take(softmax(z.T).T, y)), lambda z, y: softmax(z.T).T - onehot(z, y)),
    row("broken", "shared_shift", "one shift, the batch's largest logit", lambda z, y: shifted_softmax_ce(z, y, z.max())),
    row("broken", "absolute_shift", "the shift is the largest |z|: negative logits underflow",
        lambda z, y: shifted_softmax_ce(z, y, np.abs(z).max(axis=1, keepdims=True))),
    row("broken", "off_by_one", "classes are counted from 1",
        lambda z, y: softmax_ce(z, (y - 1) % z.shape[1]), lambda z, y: softmax_ce_gradient(z, (y - 1) % z.shape[1]), True),
    row("broken", "within_30", "logits are clipped at 30 first", within(softmax_ce, 30), within(softmax_ce_gradient, 30), True),
    row("broken", "flushed", "losses and slopes below 1e-12 become 0",
        flushed(softmax_ce, 1e-12), flushed(softmax_ce_gradient, 1e-12), True),
    row("broken", "turned_tail", "slopes below 1e-8 have the wrong sign",
        gradient=below(softmax_ce_gradient, 1e-8, -1), passes_gradcheck=True),
    row("broken", "steep_tail", "slopes below 1e-8 are 100 times too large",
        gradient=below(softmax_ce_gradient, 1e-8, 100), passes_gradcheck=True),
    row("broken", "narrow", "the gradient is computed in half the width",
        gradient=narrow(softmax_ce_gradient), passes_gradcheck=True),
    row("broken", "sloppy", "the gradient has 12 right digits of 16",
        gradient=sloppy(softmax_ce_gradient, 0.75), passes_gradcheck=True),
)


def kl(q, t):
    # log1p of the exact difference where t / q is near 1.
    near = np.abs(t - q) < q / 2
    return without_zeros(t, t * np.where(near, np.log1p((t - q) / q), np.log(t / q))).sum(axis=1)


def kl_gradient(q, t):
    return without_zeros(t, -t / q)


row = of("kl_divergence", "probabilities", "target")
KL_DIVERGENCE = (
    row("textbook", "reversed", "the divergence turned round", lambda q, t: kl(t, q), lambda q, t: 1 + np.log(q / t), True),
    row("textbook", "plus_eps", "1e-10 is added to both",
        lambda q, t: (t * np.log((t + 1e-10) / (q + 1e-10))).sum(axis=1), lambda q, t: -t / (q + 1e-10), True),
    row("textbook", "clipped", "both are clipped at 1e-7, as in Keras",
        lambda q, t: kl(np.clip(q, 1e-7, 1), np.clip(t, 1e-7, 1)),
        lambda q, t: np.where(q < 1e-7, 0, kl_gradient(q, np.clip(t, 1e-7, 1))), True),
    row("textbook", "zero_log_zero", "0 log 0 is evaluated", lambda q, t: (t * np.log(t / q)).sum(axis=1), kl_gradient, True),
    row("textbook", "generalised", "scipy's kl_div, t log(t / q) - t + q: the same value for distributions, another gradient",
        lambda q, t: kl(q, t) + (q - t).sum(axis=1), lambda q, t: 1 - t / q, True),
    row("textbook", "cross_entropy", "the target's entropy is missing",
        lambda q, t: -without_zeros(t, t * np.log(q)).sum(axis=1), kl_gradient, True),
    row("textbook", "log_space", "the probabilities are taken for logarithms",
        lambda q, t: without_zeros(t, t * (np.log(t) - q)).sum(axis=1), lambda q, t: -t, True),
    row("textbook", "mean_of_classes", "the mean over the classes in place of the sum",
        lambda q, t: kl(q, t) / q.shape[1], lambda q, t: kl_gradient(q, t) / q.shape[1], True),
    row("textbook", "chi_squared", "the second-order term (t - q)^2 / (2 q) alone",
        lambda q, t: ((t - q) ** 2 / (2 * q)).sum(axis=1)),
    row("textbook", "base_2", "the logarithm to base 2", lambda q, t: kl(q, t) / np.log(q.dtype.type(2))),
    row("textbook", "projected", "the gradient's mean is taken off, as on the simplex",
        gradient=lambda q, t: kl_gradient(q, t) - kl_gradient(q, t).mean(axis=1, keepdims=True)),
    row("textbook", "guarded_slope", "q + 1e-8 in the denominator", gradient=lambda q, t: -t / (q + 1e-8), passes_gradcheck=True),
    row("broken", "minus_lost", "the gradient's sign is wrong", gradient=lambda q, t: -kl_gradient(q, t)),
    row("broken", "flushed", "slopes below 1e-12 become 0", gradient=flushed(kl_gradient, 1e-12), passes_gradcheck=True),
    row("broken", "turned_tail", "the slope's sign is wrong where q < 1e-6",
        gradient=lambda q, t: np.where(q < 1e-6, -1, 1).astype(q.dtype) * kl_gradient(q, t), passes_gradcheck=True),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(kl_gradient, 0.6), passes_gradcheck=True),
)

MUTANTS = (
    *SQUARED_ERROR, *ABSOLUTE_ERROR, *HUBER, *HINGE, *BINARY_CROSS_ENTROPY, *SIGMOID_CROSS_ENTROPY, *SOFTMAX_CROSS_ENTROPY,
    *KL_DIVERGENCE,
)
