"""The functions on their own: the golden answers of their entries, any axis, any rank, integers, and never NaN at finite input."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lossref
from lossref import catalog, functions, golden
from lossref.formats import FLOAT64

ELEMENTWISE = ("sigmoid", "log_sigmoid", "softplus", "tanh", "relu", "log1mexp", "logit", "log1p", "expm1")
VECTORS = ("softmax", "log_softmax", "logsumexp", "logmeanexp")
numbers = st.floats(allow_nan=False, allow_infinity=False)
vectors = st.lists(st.one_of(numbers, st.floats(-800, 800)), min_size=1, max_size=6)
few = settings(max_examples=200, deadline=None, derandomize=True)


def test_every_function_of_the_catalog_is_here():
    names = {name for name in catalog.names() if catalog.get(name).family == "function"}
    assert names == {*ELEMENTWISE, *VECTORS, "xlogy", "xlog1py"}
    assert all(callable(getattr(functions, name)) for name in names)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise_functions_give_what_their_entry_gives(name):
    x = np.array([v.question.inputs["x"] for v in golden.read(catalog.get(name), FLOAT64)])
    np.testing.assert_array_equal(getattr(functions, name)(x), lossref.value(name, x))
    np.testing.assert_array_equal(getattr(functions, f"{name}_derivative")(x), lossref.gradient(name, x))


def test_all_components_agree_with_the_component_asked_for(listed):
    """softmax and log_softmax of whole vectors: each component within an ulp of the entry that the golden data judges."""
    misses = []
    for name in ("softmax", "log_softmax"):
        for v in golden.read(catalog.get(name), FLOAT64):
            x, index = v.question.inputs["x"], v.question.inputs["index"]
            got, wanted = getattr(functions, name)(x)[index], lossref.value(name, x, index)
            if not (got == wanted or abs(got - wanted) <= np.spacing(abs(wanted)) or np.isnan([got, wanted]).all()):
                misses.append((name, x, index, got, wanted))
    listed(misses)


def jacobian_times(x, v):
    """Exactly: the sum over j of J_ij v_j, and the size of its terms, from the oracle's Jacobian."""
    rows = [[Fraction(*map(int, _ratio(g))) for g in lossref.oracle("softmax", x, i, digits=60).gradient] for i in range(len(x))]
    terms = [[j * Fraction(y) for j, y in zip(row, v, strict=True)] for row in rows]
    return [(sum(row), sum(map(abs, row))) for row in terms]


def _ratio(x):
    sign, mantissa, exponent, _ = x._mpf_
    mantissa = -mantissa if sign else mantissa
    return (mantissa * 2**exponent, 1) if exponent >= 0 else (mantissa, 2**-exponent)


def test_jacobian_products_are_right_to_a_few_roundings_of_their_terms(listed):
    rng, misses = np.random.default_rng(7), []
    for scale in (1, 10, 40, 200):
        for n in (2, 3, 6):
            x, v = rng.normal(size=n) * scale, rng.normal(size=n)
            for product in (functions.softmax_jvp, functions.softmax_vjp):
                for got, (exact, size) in zip(product(x, v), jacobian_times(x.tolist(), v), strict=True):
                    if abs(Fraction(got) - exact) > 16 * size / 2**53:
                        misses.append((product.__name__, scale, x, v, got, float(exact)))
    listed(misses)


def test_a_shared_v_gives_zero_and_a_lone_component_a_row():
    x = np.array([3.0, 1.0, -300.0])
    np.testing.assert_array_equal(functions.softmax_jvp(x, [5.0] * 3), 0)
    for i in range(3):
        np.testing.assert_allclose(functions.softmax_vjp(x, np.eye(3)[i]), functions.softmax_jacobian(x)[i], rtol=1e-14, atol=0)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmax_jvp"])
@pytest.mark.parametrize("axis", [0, 1, 2, -2, (0, 2), (-1, 0), None])
def test_any_axis(name, axis):
    x = np.random.default_rng(1).normal(size=(2, 3, 4))
    extra = (np.cos(x),) if name == "softmax_jvp" else ()
    got = getattr(functions, name)(x, *extra, axis=axis)
    assert got.shape == x.shape
    axes = tuple(range(3)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    kept = [a for a in range(3) if a not in [b % 3 for b in axes]]
    for corner in np.ndindex(*(x.shape[a] for a in kept)):
        place = [slice(None)] * 3
        for a, i in zip(kept, corner, strict=True):
            place[a] = i
        alone = [z[tuple(place)].ravel() for z in (x, *extra)]
        np.testing.assert_array_equal(got[tuple(place)].ravel(), getattr(functions, name)(*alone))
    if name == "softmax":
        np.testing.assert_allclose(got.sum(axis=axes), 1, rtol=1e-15)
        np.testing.assert_allclose(np.exp(functions.logsumexp(x, axis=axis)), np.exp(x).sum(axis=axes), rtol=1e-14)


def test_integers_and_booleans_are_numbers():
    for dtype in (np.int64, np.uint8, np.int8, np.float32):
        assert functions.sigmoid(np.array([2], dtype))[0] == functions.sigmoid(2.0)
        np.testing.assert_array_equal(functions.softmax(np.array([3, 1], dtype)), functions.softmax([3.0, 1.0]))
    assert functions.sigmoid(True) == functions.sigmoid(1.0)
    assert functions.relu(np.int64(-3)) == 0
    assert functions.relu(7).dtype == np.float64


@few
@given(numbers)
def test_no_nan_at_a_finite_number(x):
    for name in ELEMENTWISE:
        inside = {"log1mexp": -abs(x), "log1p": abs(x), "logit": 1 / (1 + abs(x))}
        y = inside.get(name, x)
        assert not np.isnan(getattr(functions, name)(y))
        assert not np.isnan(getattr(functions, f"{name}_derivative")(y))
    assert not np.isnan(functions.xlogy(x, abs(x)))


@few
@given(vectors)
def test_no_nan_at_a_finite_vector(x):
    for name in VECTORS:
        assert not np.isnan(getattr(functions, name)(x)).any()
    assert not np.isnan(functions.softmax_jacobian(x)).any()
    for v in (np.ones(len(x)), x, -np.sort(x), 1.7e308 * (-1) ** np.arange(len(x))):
        assert not np.isnan(functions.softmax_jvp(x, v)).any()
    assert abs(functions.softmax(x).sum() - 1) <= 1e-15


def test_the_slope_of_relu_at_zero_is_a_choice():
    assert functions.relu_derivative([-1.0, 0.0, 1.0]).tolist() == [0, 0, 1]
    assert functions.relu_derivative([-1.0, 0.0, 1.0], at_zero=0.5).tolist() == [0, 0.5, 1]
    with pytest.raises(ValueError, match=r"at_zero must be a slope in \[0, 1\], and is 2"):
        functions.relu_derivative(0.0, at_zero=2)


def test_xlogy_in_both_arguments():
    assert functions.xlogy_derivatives(3, 2) == (np.log(2), 1.5)
    assert functions.xlogy_derivatives(-3, 2) == (np.log(2), -1.5)
    assert functions.xlogy_derivatives(1.0, -0.0) == (-np.inf, np.inf)
    assert functions.xlogy_derivatives(0.0, 0.0) == (-np.inf, 0)
    assert np.isnan(functions.xlogy_derivatives(0.0, np.nan)).all()


def test_one_hot():
    assert functions.one_hot([2, 0], 3).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert functions.one_hot([2, 0], 3, axis=0).tolist() == [[0, 1], [0, 0], [1, 0]]
    assert functions.one_hot(1, 2).tolist() == [0, 1]
    assert functions.one_hot(np.zeros((0,), int), 2).shape == functions.one_hot([], 2).shape == (0, 2)


def test_empty_batches_and_edges():
    for name in ("softmax", "log_softmax"):
        assert getattr(functions, name)(np.ones((0, 2))).shape == (0, 2)
    assert functions.logsumexp(np.ones((0, 2))).shape == (0,)
    assert functions.logsumexp([-np.inf, -np.inf]) == -np.inf
    assert functions.logsumexp([np.inf, np.inf]) == np.inf


def test_a_column_and_a_row_make_a_table():
    x, y = np.array([[0.0], [1.0], [2.0]]), np.array([[1.0, 2.0, 3.0, 4.0]])
    np.testing.assert_array_equal(functions.xlogy(x, y), functions.xlogy(*np.broadcast_arrays(x, y)))
    assert not np.signbit(functions.log_softmax([3.0])[0])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: functions.softmax(1.0), "a single number was given"),
        (lambda: functions.softmax([]), "x is empty along axis -1"),
        (lambda: functions.softmax([1.0], axis=1), "x has 1 axes, and axis 1 is none of them"),
        (lambda: functions.softmax(["a"]), "x must be real numbers"),
        (lambda: functions.softmax_jvp([1.0, 2.0], [1.0]), "v must have the shape of x"),
        (lambda: functions.one_hot([3], 3), "labels must lie from 0 to 2"),
        (lambda: functions.one_hot([-1], 3), "labels must lie from 0 to 2"),
        (lambda: functions.one_hot([1.0], 3), "labels must be integers"),
        (lambda: functions.one_hot([1], 2.5), "classes must be an integer of at least 1, and is 2.5"),
        (lambda: functions.softmax([[1.0]], axis=()), "axis must be an integer, several, or None"),
        (lambda: functions.softmax([[1.0]], axis="x"), "axis must be an integer, several, or None"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
