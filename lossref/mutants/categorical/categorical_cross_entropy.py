"""Implementations of categorical cross entropy, right and wrong.

Where a text sums over a batch and divides by its size, the code here keeps one loss an example.
"""

import numpy as np

from lossref.mutants.formulas import flushed, narrow, normalised, onehot, sloppy, soft_ce, soft_ce_gradient, take, without_zeros
from lossref.mutants.record import ALONE, MEAN, Mutant, in_order, of


def categorical_ce(p, t):
    return -without_zeros(t, t * np.log(p)).sum(axis=1)


def categorical_ce_gradient(p, t):
    return without_zeros(t, -t / p)


def minus_log_by_sides(p):
    # Next to 1 the logarithm of the exact complement; elsewhere 2 artanh, which has the smaller argument than log.
    complement = 1 - p
    return np.where(p > 0.5, -np.log1p(-complement), np.where(p > 0.1, 2 * np.arctanh(complement / (1 + p)), -np.log(p)))


def roles_swapped(probabilities, target):
    return -np.sum(probabilities * np.log(target), axis=-1)


def binary_derivative(probabilities, target):
    return (probabilities - target) / (probabilities * (1 - probabilities) + 1e-7)


def logarithm_expanded(probabilities, target):
    every_logarithm = np.sum(np.log(probabilities), axis=-1, keepdims=True)
    return -np.sum(target * every_logarithm, axis=-1)


def slope_of_expanded_logarithm(probabilities, target):
    every_slope = np.sum(1 / probabilities, axis=-1, keepdims=True)
    return -np.sum(target * every_slope, axis=-1, keepdims=True) * np.ones_like(probabilities)


def binary_terms_in_every_class(probabilities, target):
    return -np.sum(target * np.log(probabilities) + (1 - target) * np.log(1 - probabilities), axis=-1)


def epsilon_of_1e_7(probabilities, target):
    return -np.sum(target * np.log(probabilities + 1e-7), axis=-1)


def epsilon_of_1e_12(probabilities, target):
    return -np.sum(target * np.log(probabilities + 1e-12), axis=-1)


def softmax_cross_entropy_loss(y, y_hat):
    n = y.shape
    return -np.sum(y * np.log(y_hat + 1e-12)) / n


def cross_entropy(y, y_hat):
    m = y.shape[0]
    return -np.sum(y * np.log(y_hat + 1e-7)) / m


def unguarded_cross_entropy(probabilities, target):
    return -np.sum(target * np.log(probabilities), axis=-1)


_Y, _Y_HAT = (0.0, 1.0, 0.0, 0.0), (0.1, 0.7, 0.1, 0.1)
_SAMPLE = {"probabilities": _Y_HAT, "target": _Y}
row = of("categorical_cross_entropy")
MUTANTS = (
    row("right", "by_sides", "log1p of the complement next to 1, an inverse hyperbolic tangent in between, log elsewhere",
        lambda p, t: without_zeros(t, t * minus_log_by_sides(p)).sum(axis=1),
        lambda p, t: -np.divide(t, p, out=np.zeros_like(p), where=t != 0), True),
    row("right", "log2", "the logarithm to base 2 times log 2; a weight times a reciprocal",
        lambda p, t: -np.log(p.dtype.type(2)) * without_zeros(t, t * np.log2(p)).sum(axis=1),
        lambda p, t: without_zeros(t, -t * (1 / p)), True),
    row("textbook", "clipped_7", "probabilities are clipped at 1e-7, as in Keras",
        lambda p, t: categorical_ce(np.clip(p, 1e-7, 1 - 1e-7), t),
        lambda p, t: np.where((p < 1e-7) | (p > 1 - 1e-7), 0, categorical_ce_gradient(p, t)), True),
    row("textbook", "normalised_target", "the weights are divided by their sum",
        lambda p, t: categorical_ce(p, normalised(t)), lambda p, t: categorical_ce_gradient(p, normalised(t)), True),
    row("textbook", "largest_weight", "the class of largest weight is taken for a hard target",
        lambda p, t: -np.log(take(p, t.argmax(axis=1))), lambda p, t: -(onehot(p, t.argmax(axis=1)) / p), True),
    row("textbook", "of_logits", "the probabilities are taken for logits: softmax once more",
        lambda p, t: soft_ce(p, t), lambda p, t: soft_ce_gradient(p, t), True),
    row("textbook", "slope_of_logits", "the gradient in the logits, p - t", gradient=lambda p, t: p - t),
    row("textbook", "binary_terms", "the terms -(1 - t) log(1 - p) are added",
        lambda p, t: categorical_ce(p, t) - without_zeros(1 - t, (1 - t) * np.log1p(-p)).sum(axis=1),
        lambda p, t: categorical_ce_gradient(p, t) + without_zeros(1 - t, (1 - t) / (1 - p)), True),
    row("textbook", "mean_of_classes", "the mean over the classes in place of the sum",
        lambda p, t: categorical_ce(p, t) / p.shape[1], lambda p, t: categorical_ce_gradient(p, t) / p.shape[1], True),
    row("textbook", "base_2", "the logarithm to base 2", lambda p, t: -without_zeros(t, t * np.log2(p)).sum(axis=1)),
    row("textbook", "swapped", "prediction and target change places", lambda p, t: -without_zeros(p, p * np.log(t)).sum(axis=1)),
    row("textbook", "guarded_slope", "p + 1e-8 in the denominator", gradient=lambda p, t: -t / (p + 1e-8), passes_gradcheck=True),
    row("textbook", "projected", "the gradient's mean is taken off, as on the simplex",
        gradient=lambda p, t: (g := categorical_ce_gradient(p, t)) - g.mean(axis=1, keepdims=True)),
    row("broken", "minus_lost", "the sum of t log p",
        lambda p, t: -categorical_ce(p, t), lambda p, t: -categorical_ce_gradient(p, t), True),
    row("broken", "flushed", "losses and slopes below 1e-12 become 0",
        flushed(categorical_ce, 1e-12), flushed(categorical_ce_gradient, 1e-12), True),
    row("broken", "turned_tail", "the slope's sign is wrong where p < 1e-6",
        gradient=lambda p, t: np.where(p < 1e-6, -1, 1).astype(p.dtype) * categorical_ce_gradient(p, t), passes_gradcheck=True),
    row("broken", "narrow", "computed in half the width",
        narrow(categorical_ce), narrow(categorical_ce_gradient)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(categorical_ce, 0.6), sloppy(categorical_ce_gradient, 0.6), True),
    Mutant(
        "categorical_cross_entropy", "swapped_as_printed", "textbook", "Label and model are swapped: log of the label.",
        value=roles_swapped,
        id="F02", sources=("S0-04",), printed=True,
        claim="H(P, Q) = -sum p log q, with P the model's output and Q the true labels",
        question=({"probabilities": (0.75, 0.25), "target": (1.0, 0.0)},),
    ),
    Mutant(
        "categorical_cross_entropy", "binary_slope", "textbook", "That is the binary slope: zero labels get one too.",
        gradient=binary_derivative,
        id="F04", sources=("S0-47",), printed=True, part="gradient",
        claim="the derivative of -sum y log p is (p - y) / (p (1 - p) + 1e-7)",
        question=({"probabilities": (0.5, 0.25, 0.25), "target": (1.0, 0.0, 0.0)},),
    ),
    Mutant(
        "categorical_cross_entropy", "binary_slope_certain", "textbook", "At p = 1 its slope is 0 / 1e-7, and the right one -1.",
        gradient=binary_derivative,
        id="F05", sources=("S0-47",), printed=True, fails="hard", part="gradient",
        claim="(p - y) / (p (1 - p) + 1e-7) as the slope, at a right, certain prediction",
        question=({"probabilities": (1.0, 0.0), "target": (1.0, 0.0)},),
    ),
    Mutant(
        "categorical_cross_entropy", "logarithm_expanded", "textbook", "One label meets all logarithms, not only its own.",
        value=logarithm_expanded,
        id="F07", sources=("S0-86",), printed=True,
        claim="-sum y log p = -sum y (log p_1 + ... + log p_n)",
        question=({"probabilities": (0.5, 0.5), "target": (1.0, 0.0)},),
    ),
    Mutant(
        "categorical_cross_entropy", "slope_expanded", "textbook", "The slope in p_i is -y_i/p_i, of one class alone.",
        gradient=slope_of_expanded_logarithm,
        id="F08", sources=("S0-87",), printed=True, part="gradient",
        claim="dC/dp_i = -sum y (1/p_1 + ... + 1/p_n)",
        question=({"probabilities": (0.5, 0.5), "target": (1.0, 0.0)},),
    ),
    Mutant(
        "categorical_cross_entropy", "binary_terms_as_printed", "textbook", "Classes with label 0 add -log(1 - p), and should not.",
        value=binary_terms_in_every_class,
        id="F13", sources=("S0-54",),
        claim="classes with label 0 add to the loss as long as p is not 1",
        question=({"probabilities": (0.5, 0.25, 0.25), "target": (1.0, 0.0, 0.0)},),
    ),
    Mutant(
        "categorical_cross_entropy", "plus_1e_7", "textbook", "log(1 + 1e-7) is above 0, and so the loss below 0.",
        value=epsilon_of_1e_7,
        id="F28", sources=("S0-46", "S0-88"), printed=True, fails="hard",
        claim="add 1e-7 to p so that the logarithm is safe: a right, certain prediction",
        question=({"probabilities": (1.0, 0.0), "target": (1.0, 0.0)},),
    ),
    Mutant(
        "categorical_cross_entropy", "plus_1e_7_wrong", "textbook", "The 1e-7 caps at 16.118 a loss that has no bound.",
        value=epsilon_of_1e_7,
        id="F29", sources=("S0-46", "S0-88"), printed=True, fails="hard",
        claim="add 1e-7 to p so that the logarithm is safe: a wrong, certain prediction",
        question=({"probabilities": (0.0, 1.0), "target": (1.0, 0.0)},),
    ),
    Mutant(
        "categorical_cross_entropy", "plus_eps", "textbook", "The 1e-12 caps at 27.631 a loss that has no bound.",
        value=epsilon_of_1e_12, gradient=in_order("categorical_cross_entropy", lambda p, t: -t / (p + 1e-12)), passes_gradcheck=True,
        id="F30", sources=("S3-10", "S0-88"), printed=True, fails="hard",
        claim="add 1e-12 to p so that the logarithm is safe: a wrong, certain prediction",
        question=({"probabilities": (0.0, 1.0), "target": (1.0, 0.0)},),
    ),
    Mutant(
        "categorical_cross_entropy", "plus_eps_small", "textbook", "Beside p = 1e-13 it is the 1e-12 that is measured.",
        value=epsilon_of_1e_12,
        id="F31", sources=("S0-88",), printed=True, fails="hard",
        claim="log(p + 1e-12) stands for log p and changes nothing",
        question=({"probabilities": (1e-13, 1 - 1e-13), "target": (1.0, 0.0)},),
    ),
    Mutant(
        "categorical_cross_entropy", "over_the_shape", "textbook", "n is a tuple: an array comes back, divided by classes.",
        value=softmax_cross_entropy_loss,
        id="F32", sources=("S3-10",), printed=True, fails="shape", judged=False,
        claim="n = y.shape, and the sum divided by n: one sample",
        question=(_SAMPLE,),
        inputs={"y": np.array(_Y), "y_hat": np.array(_Y_HAT)},
        compare=ALONE,
    ),
    Mutant(
        "categorical_cross_entropy", "over_the_shape_of_two", "textbook", "Two numbers come back: sum / batch and sum / classes.",
        value=softmax_cross_entropy_loss,
        id="F33", sources=("S3-10",), printed=True, fails="shape", judged=False,
        claim="n = y.shape, and the sum divided by n: a batch of two",
        question=(_SAMPLE, _SAMPLE),
        inputs={"y": np.array([_Y, _Y]), "y_hat": np.array([_Y_HAT, _Y_HAT])},
        compare=MEAN,
    ),
    Mutant(
        "categorical_cross_entropy", "sample_as_batch", "textbook", "One sample of 3 classes is taken for a batch of 3.",
        value=cross_entropy,
        id="F34", sources=("S0-46", "S0-48"), printed=True, fails="shape", judged=False,
        claim="m = y.shape[0] is the batch size, shapes need only match",
        question=({"probabilities": (0.5, 0.25, 0.25), "target": (1.0, 0.0, 0.0)},),
        inputs={"y": np.array([1.0, 0.0, 0.0]), "y_hat": np.array([0.5, 0.25, 0.25])},
        compare=ALONE,
    ),
    Mutant(
        "categorical_cross_entropy", "zero_log_zero", "textbook", "0 log 0 is NaN in NumPy, and 0 in the formula.",
        value=unguarded_cross_entropy, gradient=in_order("categorical_cross_entropy", lambda p, t: -t / p), passes_gradcheck=True,
        id="F35", sources=("S3-07",), printed=True, fails="hard",
        claim="cross-entropy is -sum(y_i*log(p_i)), typed as it stands",
        question=({"probabilities": (1.0, 0.0), "target": (1.0, 0.0)},),
    ),
)
