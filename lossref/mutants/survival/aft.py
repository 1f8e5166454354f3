"""Implementations of accelerated failure time with a logistic distribution, right and wrong."""

import math
from decimal import Decimal, localcontext

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, sigmoid_slope, sloppy, softplus
from lossref.mutants.record import of

DIGITS, FAR = 350, 5000  # beyond which an exponential is nothing in any format


def decimal_softplus(x):
    return max(x, Decimal(0)) if abs(x) > FAR else (1 + x.exp()).ln()


def decimal_sigmoid(x):
    return Decimal(x > 0) if abs(x) > FAR else 1 / (1 + (-x).exp())


def exactly(of_one):
    """Computed in 350 decimal digits from both ends, in scales; rounded once."""

    def of_all(f, y, c, w, b):
        found = []
        with localcontext(prec=DIGITS):
            scale = Decimal(float(b))
            for mean, time, known, span in zip(f, y, c, w, strict=True):
                x, start = Decimal(float(mean)), Decimal(float(time))
                z, u = (start.ln() - x) / scale, ((start + Decimal(float(span))).ln() - x) / scale
                found.append(float(of_one(z, u, int(known), scale)))
        return np.array(found, f.dtype)

    return of_all


def decimal_value(z, u, known, scale):
    earlier, later = decimal_softplus(-z), decimal_softplus(z)
    return (earlier + later, later, earlier, 0)[known] if known < 3 else later + decimal_softplus(-u) - (1 - (z - u).exp()).ln()


def decimal_slope(z, u, known, scale):
    earlier, later = decimal_sigmoid(-z), decimal_sigmoid(z)
    return (earlier - later, -later, earlier, decimal_sigmoid(-u) - later)[known] / scale


def ends(f, y, w, b):
    return (np.log(y) - f) / b, (np.log(y + w) - f) / b


def by_case(c, *several):
    return np.select([c == k for k in range(4)], several).astype(several[0].dtype)


def printed_value(f, y, c, w, b):
    z, u = ends(f, y, w, b)
    return by_case(c, softplus(z) + softplus(-z), softplus(z), softplus(-z), -np.log(sigmoid(u) - sigmoid(z)))


def printed_slope(f, y, c, w, b):
    z, u = ends(f, y, w, b)
    return by_case(c, sigmoid(-z) - sigmoid(z), -sigmoid(z), sigmoid(-z), sigmoid(-u) - sigmoid(z)) / b


def floored(f, y, c, w, b):
    z, u = ends(f, y, w, b)
    likelihood = by_case(c, sigmoid_slope(z), sigmoid(-z), sigmoid(z), sigmoid(u) - sigmoid(z))
    return -np.log(np.maximum(likelihood, 1e-12)).astype(f.dtype)


def normal(f, y, c, w, b):
    z, u = ends(f, y, w, b)
    below, there = (np.array([math.erfc(-x / math.sqrt(2)) / 2 for x in np.clip(t, -9, 9)], f.dtype) for t in (z, u))
    return by_case(c, z * z / 2 + math.log(2 * math.pi) / 2, -np.log(1 - below), -np.log(below), -np.log(there - below))


def of_time(f, y, c, w, b):
    return loss(f, y, c, w, b) + np.where(c == 0, np.log(y * b), 0)


loss, slope = exactly(decimal_value), exactly(decimal_slope)
row = of("aft")
MUTANTS = (
    row("right", "decimal", "both ends in 350 digits", loss, slope, True),
    row("textbook", "printed", "a difference of two distribution functions: of a narrow interval, or a far one, nothing is left",
        printed_value, printed_slope, True),
    row("textbook", "floored", "a likelihood of at least 1e-12, as in XGBoost", floored),
    row("textbook", "clipped_slope", "slopes within 15, as in XGBoost",
        gradient=lambda *given: np.clip(slope(*given), -15, 15), passes_gradcheck=True),
    row("textbook", "of_time", "the density of the time, not of its logarithm", of_time),
    row("textbook", "normal", "a normal distribution", normal),
    row("textbook", "events_alone", "who was lost from sight is left out", lambda f, y, c, w, b: np.where(c == 0, loss(f, y, c, w, b), 0)),
    row("broken", "turned", "earlier and later are exchanged",
        lambda f, y, c, w, b: loss(f, y, by_case(c, c, c + 1, c - 1, c), w, b),
        lambda f, y, c, w, b: slope(f, y, by_case(c, c, c + 1, c - 1, c), w, b), True),
    row("broken", "interval_is_event", "an interval is taken for an event at its start",
        lambda f, y, c, w, b: loss(f, y, np.where(c == 3, 0, c), w, b),
        lambda f, y, c, w, b: slope(f, y, np.where(c == 3, 0, c), w, b), True),
    row("broken", "scale_forgotten", "the slope in z, not in the prediction", gradient=lambda f, y, c, w, b: slope(f, y, c, w, b) * b,
        passes_gradcheck=True),
    row("broken", "of_time_itself", "the prediction is compared with the time, not with its logarithm",
        lambda f, y, c, w, b: loss(np.exp(f) - y + np.log(y), y, c, w, b)),
    row("broken", "flushed", "losses below 1e-6 become 0", flushed(loss, 1e-6)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
)
