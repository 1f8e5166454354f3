"""Implementations of the Gaussian negative log-likelihood, right and wrong."""

import numpy as np

from lossref.mutants.record import of


def right_value(prediction, target, variance):
    score = (prediction - target) / np.sqrt(variance)
    return (np.log(variance) + score * score) / 2


def right_gradient(prediction, target, variance):
    r = prediction - target
    return r / variance, (1 - r * (r / variance)) / variance / 2


def torch_floor_value(prediction, target, variance):
    return right_value(prediction, target, np.maximum(variance, 1e-6))


def torch_floor_gradient(prediction, target, variance):
    return right_gradient(prediction, target, np.maximum(variance, 1e-6))


def with_constant_value(prediction, target, variance):
    return right_value(prediction, target, variance) + np.log(2 * np.pi) / 2


def deviation_value(prediction, target, variance):
    return np.log(variance) + ((prediction - target) / variance) ** 2 / 2


def deviation_gradient(prediction, target, variance):
    z = (prediction - target) / variance
    return z / variance, (1 - z * z) / variance


def log_variance_value(prediction, target, variance):
    return (variance + (prediction - target) ** 2 * np.exp(-variance)) / 2


def log_variance_gradient(prediction, target, variance):
    r = prediction - target
    return r * np.exp(-variance), (1 - r * r * np.exp(-variance)) / 2


def no_logarithm_value(prediction, target, variance):
    return (prediction - target) ** 2 / variance / 2


def no_logarithm_gradient(prediction, target, variance):
    r = prediction - target
    return r / variance, -((r / variance) ** 2) / 2


def one_power_gradient(prediction, target, variance):
    r = prediction - target
    return r / variance, (1 / variance - r * r / variance) / 2


def log_eps_value(prediction, target, variance):
    return (np.log(variance + 1e-8) + (prediction - target) ** 2 / (variance + 1e-8)) / 2


row = of("gaussian_nll")
MUTANTS = (
    row("right", "deviations", "the square of r / sqrt v", right_value, right_gradient, True),
    row("textbook", "torch_floor", "the variance is floored at 1e-6, as in torch, whose slope goes through as if it were not",
        torch_floor_value, torch_floor_gradient, True),
    row("textbook", "with_constant", "log(2 pi) / 2 is added: the whole density, as libraries have it for an option", with_constant_value),
    row("textbook", "deviation", "the variance taken for a standard deviation", deviation_value, deviation_gradient, True),
    row("textbook", "log_variance", "the variance taken for its own logarithm", log_variance_value, log_variance_gradient, True),
    row("textbook", "no_logarithm", "a weighted square: nothing keeps the variance small", no_logarithm_value, no_logarithm_gradient,
        True),
    row("textbook", "log_eps", "1e-8 added to the variance", log_eps_value),
    row("broken", "one_power", "one power of v too few in the slope of the variance", gradient=one_power_gradient),
)
