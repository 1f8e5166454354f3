"""The expression that an adapter's function returns, written out, gives what the function gives, and names nothing of the adapter."""

from lossref.implementations.source import written_out

SCALE = 3


def _halved(number):
    return number / 2


def _both(parameters, number):
    return [parameters["offset"] + _halved(number) for _ in range(2)]


def _weighted(number, weight=None):
    return max([number], default=weight)


def with_weight(x, weight):
    return _weighted(x, weight)


def without_weight(x):
    return _weighted(x)


def asked(x, y):
    return _both({"offset": SCALE}, x + y)


def test_functions_and_constants_of_its_module_are_written_in():
    expression = written_out(asked, {"x": "3", "y": "-4"})
    assert expression == '[{"offset": 3}["offset"] + (3 + -4) / 2 for _ in range(2)]'
    assert eval(expression, {}) == asked(3, -4) == [2.5, 2.5]  # our own expression


def test_what_a_function_of_its_module_is_not_given_is_at_its_default():
    assert written_out(with_weight, {"x": "3", "weight": "2"}) == "max([3], default=2)"
    assert written_out(without_weight, {"x": "3"}) == "max([3])"
