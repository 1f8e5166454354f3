"""Implementations of zero one, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flat, narrow
from lossref.mutants.record import of

row = of("zero_one")
MUTANTS = (
    row("right", "ordered", "wrong is less or greater; a slope of 0", lambda f, y: (f < y) | (f > y), flat, True),
    row("right", "sign", "the sign of the difference, squared: a difference is 0 for equal numbers only",
        lambda f, y: np.sign(f - y) ** 2, flat, True),
    row("textbook", "accuracy", "counts what is right", lambda f, y: (f == y).astype(f.dtype), flat, True),
    row("textbook", "isclose", "equal within the tolerances of np.isclose", lambda f, y: ~np.isclose(f, y), flat, True),
    row("textbook", "by_sign", "the signs are compared, as for scores", lambda f, y: np.sign(f) != np.sign(y), flat, True),
    row("textbook", "by_product", "wrong where y f <= 0: right for -1 and 1 only", lambda f, y: y * f <= 0, flat, True),
    row("textbook", "half_a_class", "wrong where |f - y| > 1/2", lambda f, y: np.abs(f - y) > 0.5, flat, True),
    row("textbook", "rounded", "classes are rounded to whole numbers first", lambda f, y: np.rint(f) != np.rint(y), flat, True),
    row("textbook", "distance", "|f - y|: right for labels 0 and 1 only",
        lambda f, y: np.abs(f - y), lambda f, y: np.sign(f - y), True),
    row("textbook", "half_distance", "|f - y| / 2: right for labels -1 and 1 only",
        lambda f, y: np.abs(f - y) / 2, lambda f, y: np.sign(f - y) / 2, True),
    row("textbook", "error_rate", "the batch's error rate where each example's loss is wanted",
        lambda f, y: np.full_like(f, np.mean(f != y)), flat, True),
    row("textbook", "straight_through", "the slope of the identity, as estimators pass it through", gradient=lambda f, y: np.ones_like(f)),
    row("textbook", "surrogate_slope", "the slope of the hinge loss in place of none",
        gradient=lambda f, y: np.where(y * f < 1, -y, 0)),
    row("broken", "eps_tolerance", "equal if no further apart than the eps of the format",
        lambda f, y: np.abs(f - y) > np.finfo(f.dtype).eps, flat, True),
    row("broken", "relative_tolerance", "equal if no further apart than an eps of the target",
        lambda f, y: np.abs(f - y) > np.finfo(f.dtype).eps * np.abs(y), flat, True),
    row("broken", "truncated", "classes are cast to integers", lambda f, y: f.astype(np.int64) != y.astype(np.int64), flat, True),
    row("broken", "narrow", "compared in half the width", narrow(lambda f, y: f != y), flat, True),
)
