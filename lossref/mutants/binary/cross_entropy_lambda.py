"""Implementations of cross_entropy_lambda, right and wrong."""

from decimal import Decimal, localcontext

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, sloppy, softplus, within, without_zeros
from lossref.mutants.record import of

DIGITS = 350


def decimal_parts(f, w):
    """The rate, its slope, and the probability of the event."""
    rate = (1 + f.exp()).ln() if f < 5000 else f
    expected = w * rate
    return rate, 1 / (1 + (-f).exp()) if f > -5000 else f.exp(), 1 - (-expected).exp(), expected


def exactly(of_one):
    """Computed in 350 decimal digits, rounded once."""

    def of_all(f, y, w):
        with localcontext(prec=DIGITS):
            return np.array([of_one(*(Decimal(float(x)) for x in one)) for one in zip(f, y, w, strict=True)], f.dtype)

    return of_all


def decimal_value(f, y, w):
    *_, p, expected = decimal_parts(f, w)
    missed = -(p.ln() if p else w.ln() + f) if y else Decimal(0)
    return float(y * missed + (1 - y) * expected)


def decimal_slope(f, y, w):
    _, s, p, _ = decimal_parts(f, w)
    return float(w * s * (1 - y) - (y * w * s * (1 - p) / p if p else y))


def printed_value(f, y, w):
    expected = w * softplus(f)
    return -y * np.log(1 - np.exp(-expected)) + (1 - y) * expected


def printed_slope(f, y, w):
    p = 1 - np.exp(-w * softplus(f))
    return w * sigmoid(f) * (p - y) / p


def of_expected(y, x):
    return without_zeros(y, -y * np.log(-np.expm1(-x))) + without_zeros(1 - y, (1 - y) * x)


def clipped(f, y, w):
    p = 1 - np.exp(-w * softplus(f))
    return (-y * np.log(np.maximum(p, 1e-12)) - (1 - y) * np.log(np.maximum(1 - p, 1e-12))).astype(f.dtype)


def weighted(f, y, w):
    return w * (softplus(f) - y * f)


def weighted_slope(f, y, w):
    return w * (sigmoid(f) - y)


loss, slope = exactly(decimal_value), exactly(decimal_slope)
row = of("cross_entropy_lambda")
MUTANTS = (
    row("right", "decimal", "350 digits", loss, slope, True),
    row("textbook", "as_printed", "1 - exp(-w h) rounds to 0 and to 1", printed_value, printed_slope, True),
    row("textbook", "clipped", "logarithms of at least 1e-12, as in LightGBM", clipped),
    row("textbook", "weighted", "sigmoid cross-entropy times a weight", weighted, weighted_slope, True),
    row("textbook", "without_exposure", "the exposure is forgotten", lambda f, y, w: loss(f, y, 1 + 0 * w),
        lambda f, y, w: slope(f, y, 1 + 0 * w), True),
    row("textbook", "of_the_rate", "the slope in the rate, not in f", gradient=lambda f, y, w: slope(f, y, w) / sigmoid(f)),
    row("broken", "rate_is_exp", "the rate is exp f", lambda f, y, w: of_expected(y, w * np.exp(f))),
    row("broken", "label_rounded", "the label is rounded", lambda f, y, w: loss(f, np.round(y), w)),
    row("broken", "within_30", "f is clipped at 30", within(loss, 30), within(slope, 30), True),
    row("broken", "flushed", "losses below 1e-6 become 0", flushed(loss, 1e-6)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
)
