"""Numbers so far apart that their difference overflows, or a step on the way to it: value and slopes are those of the oracle."""

import itertools
import math

import numpy as np
import pytest

import lossref
from lossref import catalog, functions
from lossref.formats import FLOAT64
from lossref.values import flat

RELATIVE = 10 * 2.0**-53
LARGEST = float(FLOAT64.largest)
PAIRS = [
    (4.2e307, LARGEST), (-LARGEST, LARGEST), (LARGEST, math.nextafter(LARGEST, 0)), (-9e307, 9e307), (2.0**1023, -(2.0**1023)),
    (LARGEST, 5e-324), (1.0, -LARGEST), (1e292, -LARGEST), (LARGEST, LARGEST), (-LARGEST, -4.2e307),
]  # fmt: skip
ROWS = [*PAIRS, *((*pair, x) for pair, x in zip(PAIRS, itertools.cycle((0.0, LARGEST, -LARGEST, 1e300)), strict=False))]
COSINES = [(0.75, -1.0), (0.5, -0.25, 1.0), (5e-324, 0.0)]


def cases():
    for row in ROWS:
        for k in range(len(row)):
            yield "softmax_cross_entropy", {"logits": row, "target": k}
            yield "log_softmax", {"x": row, "index": k}
            yield "softmax", {"x": row, "index": k}
        for weight in (1.0, 1e-10, 1e-300):
            yield "soft_target_cross_entropy", {"logits": row, "target": (weight, *(0.0,) * (len(row) - 2), weight)}
        yield "logsumexp", {"x": row}
        for target in (-1.0, 1.0):
            yield "cosine_embedding", {"first": row, "second": row[::-1], "target": target, "margin": 0.5}
    for cosines, scale, name in itertools.product(COSINES, (LARGEST, 9e307, 5e-324), ("arcface", "am_softmax")):
        yield name, {"cosines": cosines, "target": 0, "scale": scale}
    for x, y in PAIRS:
        yield "absolute_error", {"prediction": x, "target": y}
        for threshold in (LARGEST, 1.0, 5e-324):
            yield "thresholded_zero_one", {"prediction": x, "target": y, "threshold": threshold}
        for loss, label in itertools.product(("hinge", "perceptron", "logistic"), (-1.0, 1.0)):
            yield loss, {catalog.get(loss).first: x, "target": label}


@pytest.mark.parametrize(("name", "given"), list(cases()), ids=str)
def test_far_numbers_are_answered_like_near_ones(name, given):
    """Judging has no allowances here, where K overflows: both are held to ten ulps, an infinity where the exact number overflows."""
    wanted = lossref.oracle(name, **given)
    value, gradient = lossref.value_and_gradient(name, **given)
    np.testing.assert_allclose(value, float(wanted.value), rtol=RELATIVE, atol=5e-324)
    if wanted.gradient is not None:  # not at a kink
        slopes = gradient if isinstance(gradient, tuple) else (gradient,)
        exact = [float(x) for x in flat(tuple(wanted.gradient.values()) if isinstance(wanted.gradient, dict) else wanted.gradient)]
        np.testing.assert_allclose(flat([x.tolist() for x in slopes]), exact, rtol=RELATIVE, atol=5e-324)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_functions_of_far_numbers_are_their_entries(row):
    """Each is held to the oracle's entry: those the losses do not call have code of their own."""
    shares = [float(lossref.oracle("softmax", row, k).value) for k in range(len(row))]
    np.testing.assert_allclose(functions.softmax(row), shares, rtol=1e-15)
    logarithms = [float(lossref.oracle("log_softmax", row, k).value) for k in range(len(row))]
    np.testing.assert_allclose(functions.log_softmax(row), logarithms, rtol=1e-15)
    np.testing.assert_allclose(functions.logsumexp(row), float(lossref.oracle("logsumexp", row).value), rtol=1e-15)
    assert np.isfinite(functions.softmax_jvp(row, row[::-1])).all()
    assert np.isfinite(functions.softmax_jacobian(row)).all()
