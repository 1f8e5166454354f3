"""Implementations of half squared error, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, narrow, sloppy
from lossref.mutants.record import Mutant, of


def quadratic_cost_derivative(logits, target):
    a = 1 / (1 + np.exp(-logits))
    return a - target


row = of("half_squared_error")
MUTANTS = (
    row("right", "triangle", "the area under the slope: a triangle as high as it is wide",
        lambda f, y: (f - y) * ((f - y) / 2), lambda f, y: np.copysign(np.abs(y - f), f - y), True),
    row("right", "doubled", "an eighth of the square of the doubled residual; a doubled residual halved",
        lambda f, y: np.square((f - y) + (f - y)) / 8, lambda f, y: ((f - y) + (f - y)) / 2, True),
    row("textbook", "no_half", "the squared error, without the factor 1/2",
        lambda f, y: (f - y) ** 2, lambda f, y: 2 * (f - y), True),
    row("textbook", "slope_doubled", "the gradient of the squared error", gradient=lambda f, y: 2 * (f - y)),
    row("textbook", "slope_halved", "the factor 1/2 is applied to the gradient too", gradient=lambda f, y: (f - y) / 2),
    row("textbook", "expanded", "f^2 / 2 - f y + y^2 / 2 cancels when f is close to y",
        lambda f, y: f * f / 2 - f * y + y * y / 2, lambda f, y: f - y, True),
    row("textbook", "swapped", "differentiates in the target instead of the prediction", gradient=lambda f, y: y - f),
    row("textbook", "batch_mean", "the mean over the batch where each example's loss is wanted",
        lambda f, y: np.full_like(f, np.mean((f - y) ** 2) / 2), lambda f, y: (f - y) / len(f)),
    row("textbook", "finite_differences", "a central difference with step 1e-6 in place of the gradient",
        gradient=lambda f, y: ((f + 1e-6 - y) ** 2 - (f - 1e-6 - y) ** 2) / 4e-6, passes_gradcheck=True),
    row("broken", "clipped_slope", "the gradient is clipped at 100, as trainers do",
        gradient=lambda f, y: np.clip(f - y, -100, 100), passes_gradcheck=True),
    row("broken", "difference_of_squares", "(f^2 - y^2) / 2: right for y = 0, and so is its slope",
        lambda f, y: (f * f - y * y) / 2, lambda f, y: f, True),
    row("broken", "flushed", "losses below 1e-12 and slopes below 1e-6 become 0",
        flushed(lambda f, y: (f - y) ** 2 / 2, 1e-12), flushed(lambda f, y: f - y, 1e-6), True),
    row("broken", "narrow", "the residual is computed in half the width", gradient=narrow(lambda f, y: f - y), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(lambda f, y: (f - y) ** 2 / 2, 0.6)),
    Mutant(
        "half_squared_error", "chain_rule_missing", "textbook", "The chain rule's sigma'(z) is missing.",
        gradient=quadratic_cost_derivative,
        id="F56", sources=("S4-05", "S4-06"), part="gradient", judged=False,
        claim="the quadratic cost of a sigmoid neuron has the gradient a - y",
        inputs={"logits": np.array([4.0]), "target": np.array([0.0])},
        closed_form=lambda m: m.exp(4) ** 2 / (1 + m.exp(4)) ** 3,  # s(4) times s(4) s(-4)
        right='lossref.gradient("half_squared_error", lossref.value("sigmoid", 4.0), 0.0) * lossref.gradient("sigmoid", 4.0)',
    ),
)
