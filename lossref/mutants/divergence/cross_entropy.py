"""Implementations of cross entropy, right and wrong."""

import numpy as np

from lossref.mutants.formulas import bits, flushed, kl, narrow, nats, sloppy, without_zeros
from lossref.mutants.record import Mutant, Reading, of


def ce(q, t, base=1.0):
    return -without_zeros(t, t * np.log(q)).sum(axis=1) / nats(base)


def ce_gradient(q, t, base=1.0):
    return without_zeros(t, -t / q) / nats(base)


def divergence_for_cross_entropy(probabilities, target):
    return np.sum(target * np.log(target / probabilities), axis=-1)


def slope_without_division(probabilities, target):
    return -np.asarray(target)  # of each dq; along q = (s, 1 - s) the change is (1, -1)


row = of("cross_entropy")
MUTANTS = (
    row("right", "complement", "log1p of the exact complement next to 1; t / log b over q",
        lambda q, t, b: -without_zeros(t, t * np.where(q > 0.5, np.log1p(-(1 - q)), np.log(q))).sum(axis=1) / nats(b),
        lambda q, t, b: -np.divide(t / nats(b), q, out=np.zeros_like(q), where=t != 0), True),
    row("right", "bits", "from the logarithm to base 2; 1 / q times a negative weight",
        lambda q, t, b: without_zeros(t, -t * np.log2(q)).sum(axis=1) / bits(b),
        lambda q, t, b: without_zeros(t, (1 / q) * (-t / nats(b))), True),
    row("textbook", "nats", "the base is ignored", lambda q, t, b: ce(q, t), lambda q, t, b: ce_gradient(q, t), True),
    row("textbook", "bits_always", "the logarithm is to base 2, whatever is asked for",
        lambda q, t, b: ce(q, t, 2), lambda q, t, b: ce_gradient(q, t, 2), True),
    row("textbook", "base_multiplied", "times log b where a division is due", lambda q, t, b: ce(q, t) * nats(b),
        lambda q, t, b: ce_gradient(q, t) * nats(b), True),
    row("textbook", "base_1_literally", "base 1 divides by log 1, which is 0",
        lambda q, t, b: ce(q, t) / np.log(q.dtype.type(b)), lambda q, t, b: ce_gradient(q, t) / np.log(q.dtype.type(b))),
    row("textbook", "slope_in_nats", "the gradient forgets the base",
        gradient=lambda q, t, b: ce_gradient(q, t), passes_gradcheck=True),
    row("textbook", "clipped_7", "both are clipped at 1e-7",
        lambda q, t, b: ce(np.clip(q, 1e-7, 1), np.clip(t, 1e-7, 1), b),
        lambda q, t, b: np.where(q < 1e-7, 0, ce_gradient(q, np.clip(t, 1e-7, 1), b)), True),
    row("textbook", "plus_eps", "log(q + 1e-12)",
        lambda q, t, b: -(t * np.log(q + 1e-12)).sum(axis=1) / nats(b), lambda q, t, b: -t / (q + 1e-12) / nats(b), True),
    row("textbook", "zero_log_zero", "0 log 0 is evaluated, and 0/0 in the gradient",
        lambda q, t, b: -(t * np.log(q)).sum(axis=1) / nats(b), lambda q, t, b: -t / q / nats(b), True),
    row("textbook", "swapped", "which distribution is the model's is mixed up",
        lambda q, t, b: ce(t, q, b), lambda q, t, b: -np.log(t) / nats(b), True),
    row("textbook", "divergence", "the target's entropy is taken off",
        lambda q, t, b: kl(q, t) / nats(b), ce_gradient, True),
    row("textbook", "entropy_of_target", "the target's own entropy", lambda q, t, b: ce(t, t, b)),
    row("textbook", "slope_of_logits", "the gradient in the logits, q - t", gradient=lambda q, t, b: (q - t) / nats(b)),
    row("textbook", "mean_of_classes", "the mean over the classes in place of the sum",
        lambda q, t, b: ce(q, t, b) / q.shape[1], lambda q, t, b: ce_gradient(q, t, b) / q.shape[1], True),
    row("broken", "minus_lost", "the gradient's sign is wrong", gradient=lambda q, t, b: -ce_gradient(q, t, b)),
    row("broken", "flushed", "losses and slopes below 1e-12 become 0", flushed(ce, 1e-12), flushed(ce_gradient, 1e-12), True),
    row("broken", "turned_tail", "the slope's sign is wrong where q < 1e-6",
        gradient=lambda q, t, b: np.where(q < 1e-6, -1, 1).astype(q.dtype) * ce_gradient(q, t, b), passes_gradcheck=True),
    row("broken", "narrow", "computed in half the width", narrow(ce), narrow(ce_gradient)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(ce, 0.6), sloppy(ce_gradient, 0.6), True),
    Mutant(
        "cross_entropy", "divergence_as_printed", "textbook", "The target's entropy is missing: this is KL.",
        value=divergence_for_cross_entropy,
        id="F01", sources=("S0-05", "S0-79"), printed=True,
        claim="if the two distributions are identical, the cross-entropy is 0",
        question=({"probabilities": (0.5, 0.5), "target": (0.5, 0.5)},),
    ),
    Mutant(
        "cross_entropy", "no_division", "textbook", "The derivative of log q is 1/q, and it is missing.",
        gradient=slope_without_division,
        id="F03", sources=("S0-28",), printed=True, part="gradient",
        claim="the derivative of the cross-entropy is dH = -sum p dq",
        question=({"probabilities": (0.75, 0.25), "target": (0.75, 0.25)},),
        compare=Reading("{} @ [1.0, -1.0]", lambda slopes: slopes[0] @ [1, -1]),
        picked=lambda slopes: slopes[0] @ [1, -1],
    ),
)
