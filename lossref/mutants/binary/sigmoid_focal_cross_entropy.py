"""Implementations of sigmoid focal cross entropy, right and wrong."""

import numpy as np

from lossref.mutants.formulas import sigmoid, softplus, without_zeros
from lossref.mutants.record import of


def cross(z, y):
    return without_zeros(1 - y, (1 - y) * softplus(z)) + without_zeros(y, y * softplus(-z))


def miss(z, y):
    """1 - p_t: a sum of two tails, less p_t itself where that is small."""
    wrong, right = y * sigmoid(-z) + (1 - y) * sigmoid(z), y * sigmoid(z) + (1 - y) * sigmoid(-z)
    return np.where(right < 0.25, 1 - right, wrong)


def miss_to(gamma, z, y):
    """(1 - p_t)^gamma; in the middle 1 - p_t is (1 + c) / 2 with a small c."""
    c = (1 - 2 * y) * np.tanh(z / 2)
    return np.where(np.abs(c) < 0.5, np.exp(gamma * np.log1p(c)) * 0.5**gamma, miss(z, y) ** gamma)


def balance(y, alpha):
    return y * alpha + (1 - y) * (1 - alpha)


def right_value(logits, target, gamma, alpha):
    return balance(target, alpha) * cross(logits, target) * miss_to(gamma, logits, target)


def right_gradient(logits, target, gamma, alpha):
    z, y = logits, target
    q = y * sigmoid(-z) + (1 - y) * sigmoid(z)
    # s(z) s(-z) / (1 - p_t), the smaller of the two tails last: its quotient with 1 - p_t is at most 1 / y or 1 / (1 - y).
    small, large = sigmoid(-np.abs(z)), sigmoid(np.abs(z))
    turn = gamma * (1 - 2 * y) * large * without_zeros(small, np.where(q == 0, 1, small / np.where(q == 0, 1, q)) * cross(z, y))
    return balance(y, alpha) * miss_to(gamma, z, y) * (turn + ((1 - y) * sigmoid(z) - y * sigmoid(-z)))


def rounded_value(logits, target, gamma, alpha):
    p = 1 / (1 + np.exp(-logits))
    p_t = p * target + (1 - p) * (1 - target)
    return balance(target, alpha) * cross(logits, target) * (1 - p_t) ** gamma


def clipped_value(logits, target, gamma, alpha):
    p = np.clip(sigmoid(logits), 1e-7, 1 - 1e-7)
    p_t = p * target + (1 - p) * (1 - target)
    return -balance(target, alpha) * (1 - p_t) ** gamma * (target * np.log(p) + (1 - target) * np.log(1 - p))


def exponential_value(logits, target, gamma, alpha):
    bce = cross(logits, target)
    return balance(target, alpha) * bce * (-np.expm1(-bce)) ** gamma


def affine_value(logits, target, gamma, alpha):
    return target * right_value(logits, 1.0 + 0 * target, gamma, alpha) + (1 - target) * right_value(logits, 0.0 * target, gamma, alpha)


def hardened_value(logits, target, gamma, alpha):
    return right_value(logits, np.where(target >= 0.5, 1.0, 0.0).astype(logits.dtype), gamma, alpha)


def alpha_on_both_value(logits, target, gamma, alpha):
    return alpha * cross(logits, target) * miss_to(gamma, logits, target)


def alpha_on_both_gradient(logits, target, gamma, alpha):
    return right_gradient(logits, target, gamma, alpha) * alpha / balance(target, alpha)


def detached_gradient(logits, target, gamma, alpha):
    slope = (1 - target) * sigmoid(logits) - target * sigmoid(-logits)
    return balance(target, alpha) * miss_to(gamma, logits, target) * slope


def turned_round_value(logits, target, gamma, alpha):
    return balance(target, alpha) * cross(logits, target) * miss_to(gamma, -logits, target)


row = of("sigmoid_focal_cross_entropy")
MUTANTS = (
    row("right", "power", "a power of 1 - p_t, which is no difference from 1", right_value, right_gradient, True),
    row("textbook", "rounded", "1 - p_t from a p that has rounded to 1, as in torchvision: 0 from a logit of 37 on (float32: 17)",
        rounded_value),
    row("textbook", "clipped", "probabilities clipped at 1e-7, as in Keras", clipped_value),
    row("textbook", "exponential", "p_t = exp(-cross-entropy), as in segmentation-models: the same for hard labels alone",
        exponential_value),
    row("textbook", "affine", "the two hard losses mixed by the label", affine_value),
    row("textbook", "alpha_on_both", "alpha weighs both classes, so that it balances nothing", alpha_on_both_value, alpha_on_both_gradient,
        True),
    row("textbook", "detached", "the power is taken for a constant", gradient=detached_gradient),
    row("broken", "hardened", "soft labels are rounded to hard ones", hardened_value),
    row("broken", "turned_round", "p_t^gamma: what is right counts", turned_round_value),
)
