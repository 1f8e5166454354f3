"""Losses of a residual: prediction less target."""

import numpy as np

from corpus.record import flushed, narrow, of, sloppy

row = of("squared_error", "prediction", "target")
SQUARED_ERROR = (
    row("good", "power", "one rounded difference, squared", lambda f, y: (f - y) ** 2, lambda f, y: (f - y) + (f - y), True),
    row("good", "distance", "the square of |r|, and twice |r| with the sign of r",
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
)

row = of("half_squared_error", "prediction", "target")
HALF_SQUARED_ERROR = (
    row("good", "triangle", "the area under the slope: a triangle as high as it is wide",
        lambda f, y: (f - y) * ((f - y) / 2), lambda f, y: np.copysign(np.abs(y - f), f - y), True),
    row("good", "doubled", "an eighth of the square of the doubled residual; a doubled residual halved",
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
)

row = of("absolute_error", "prediction", "target")
ABSOLUTE_ERROR = (
    row("good", "larger", "the larger of r and -r; twice a step function, less 1",
        lambda f, y: np.maximum(f - y, y - f), lambda f, y: 2 * np.heaviside(f - y, 0.5) - 1, True),
    row("good", "ordered", "the larger less the smaller; r / |r| taken from the sign bit",
        lambda f, y: np.maximum(f, y) - np.minimum(f, y),
        lambda f, y: np.where(np.abs(f - y) > 0, np.copysign(1, f - y).astype(f.dtype), f - y), True),
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
    row("good", "branches", "square and line as printed, each in its own half",
        lambda f, y, d=1.0: np.where(np.abs(f - y) <= d, (f - y) ** 2 / 2, d * (np.abs(f - y) - d / 2)),
        lambda f, y, d=1.0: np.where(np.abs(f - y) <= d, f - y, d * np.sign(f - y)), True),
    row("good", "envelope", "half the square of the part within delta plus delta times the excess, two terms of one sign",
        lambda f, y, d=1.0: np.minimum(np.abs(f - y), d) ** 2 / 2 + d * np.maximum(np.abs(f - y) - d, 0),
        lambda f, y, d=1.0: np.copysign(np.minimum(np.abs(f - y), d), f - y), True),
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

RECORDS = (*SQUARED_ERROR, *HALF_SQUARED_ERROR, *ABSOLUTE_ERROR, *HUBER)
