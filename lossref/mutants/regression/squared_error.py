"""Implementations of squared error, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import MEAN, Mutant, of


def half_the_mean(y, a):
    m = y.shape[0]
    return np.sum((a - y) ** 2) / (2 * m)


row = of("squared_error")
MUTANTS = (
    row("right", "power", "one rounded difference, squared", lambda f, y: (f - y) ** 2, lambda f, y: (f - y) + (f - y), True),
    row("right", "distance", "the square of |r|, and twice |r| with the sign of r",
        lambda f, y: np.abs(f - y) * np.abs(y - f), lambda f, y: np.copysign(2 * np.abs(y - f), f - y), True),
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
    Mutant(
        "squared_error", "half_the_mean", "textbook", "This is half the mean that it is named after.",
        value=half_the_mean,
        id="F45", sources=("S0-17", "S0-24", "S0-37", "S4-14"), fails="rule", judged=False,
        claim="mean squared loss 1/(2m) sum (a - y)^2",
        question=tuple({"prediction": a, "target": y} for a, y in ((1.0, 1.0), (2.0, 2.0), (3.0, 5.0))),
        inputs={"y": np.array([1.0, 2.0, 5.0]), "a": np.array([1.0, 2.0, 3.0])},
        compare=MEAN,
    ),
)
