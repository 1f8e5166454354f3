"""One textbook fault, one grade: what are one another by an identity allow the same normwise error, within a factor of 4.

S belongs to a spelling, so definitions are spelled alike: a slope s (1 - s) that is lost where s is 1 costs a sigmoid what it costs
a softmax of two scores, and a tanh.
"""

import pytest

from lossref import catalog
from lossref.exact.answer import answer
from lossref.formats import FLOAT64

WITHIN = 4
EVERYWHERE = (-700.0, -300.0, -40.0, -5.0, -0.5, 0.5, 3.0, 5.0, 20.0, 40.0, 300.0, 700.0)
LEFT, RIGHT = EVERYWHERE[:5], EVERYWHERE[5:]


def function(name, inputs, of="x", times=(1, 1), **parameters):
    """A loss as a function of z: how z goes in, what the slope is taken in, and what value and slope are to be multiplied by."""
    return name, inputs, of, times, parameters


SIGMOID = function("sigmoid", lambda z: {"x": z})
LOGISTIC = function("logistic", lambda z: {"prediction": z, "target": 1.0}, "prediction")
BINARY = function("sigmoid_cross_entropy", lambda z: {"logits": z, "target": 1.0}, "logits")
SQUARE = function("squared_error", lambda z: {"prediction": z, "target": 0.25}, "prediction")
PAIRS = {  # two functions, and where they are compared
    "sigmoid, softmax of two": (SIGMOID, function("softmax", lambda z: {"x": (z, 0.0), "index": 0}), EVERYWHERE),
    "sigmoid, tanh where both saturate": (SIGMOID, function("tanh", lambda z: {"x": z / 2}, times=(1, 0.25)), RIGHT),
    "logistic, softplus": (LOGISTIC, function("softplus", lambda z: {"x": -z}), EVERYWHERE),
    "logistic, log_sigmoid": (LOGISTIC, function("log_sigmoid", lambda z: {"x": z}), EVERYWHERE),
    "logistic, logsumexp of two": (LOGISTIC, function("logsumexp", lambda z: {"x": (-z, 0.0)}), LEFT),  # where the first slope is larger
    "logistic of the other label": (
        LOGISTIC, function("logistic", lambda z: {"prediction": -z, "target": -1.0}, "prediction"), EVERYWHERE
    ),
    "binary, softmax cross-entropy": (
        BINARY, function("softmax_cross_entropy", lambda z: {"logits": (z, 0.0), "target": 0}, "logits"), EVERYWHERE
    ),
    "binary, soft-target cross-entropy": (
        BINARY, function("soft_target_cross_entropy", lambda z: {"logits": (z, 0.0), "target": (1.0, 0.0)}, "logits"), EVERYWHERE
    ),
    "softmax cross-entropy, log_softmax": (
        function("softmax_cross_entropy", lambda z: {"logits": (z, 0.0), "target": 0}, "logits"),
        function("log_softmax", lambda z: {"x": (z, 0.0), "index": 0}), EVERYWHERE,
    ),
    "squared, half squared error": (
        SQUARE, function("half_squared_error", lambda z: {"prediction": z, "target": 0.25}, "prediction", times=(2, 2)), EVERYWHERE
    ),
    "squared error, huber inside": (
        SQUARE, function("huber", lambda z: {"prediction": z, "target": 0.25}, "prediction", times=(2, 2), delta=1000.0), EVERYWHERE
    ),
    "absolute error, huber outside": (
        function("absolute_error", lambda z: {"prediction": z, "target": 0.0}, "prediction"),
        function("huber", lambda z: {"prediction": z, "target": 0.0}, "prediction", times=(1024, 1024), delta=1 / 1024), EVERYWHERE,
    ),
    "binary, categorical cross-entropy of probabilities": (
        function("binary_cross_entropy", lambda z: {"probabilities": abs(z) / 1024, "target": 1.0}, "probabilities"),
        function("categorical_cross_entropy", lambda z: {"probabilities": (abs(z) / 1024, 1 - abs(z) / 1024), "target": (1.0, 0.0)},
                 "probabilities"), EVERYWHERE,
    ),
    "softmax cross-entropy, am_softmax": (
        function("softmax_cross_entropy", lambda z: {"logits": (z / 1024, 0.0), "target": 0}, "logits"),
        function("am_softmax", lambda z: {"cosines": (z / 1024, 0.0), "target": 0}, "cosines", scale=1.0, margin=2.0**-40), EVERYWHERE,
    ),
}  # fmt: skip


def sizes(described, z):
    """S of the value and of the slope in z."""
    name, inputs, of, times, parameters = described
    loss = catalog.get(name)
    found = answer(loss, inputs(z), {**loss.defaults, **parameters}, FLOAT64)
    return found.value.S[0] * times[0], found.gradient[of].S[0] * times[1]


@pytest.mark.parametrize("pair", PAIRS)
def test_what_is_the_same_function_allows_the_same_error(pair, listed):
    one, other, points = PAIRS[pair]
    misses = []
    for z in points:
        for part, a, b in zip(("value", "slope"), sizes(one, z), sizes(other, z), strict=True):
            if not a <= WITHIN * b or not b <= WITHIN * a:
                misses.append((z, part, a, b))
    listed(misses)
