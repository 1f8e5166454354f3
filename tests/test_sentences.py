"""What is wrong with an argument is said in one sentence that names it, whatever anybody's object does; nothing passes in silence."""

from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import pytest

import lossref
from lossref import catalog, functions, testing
from lossref.options import Options

BCE = "binary_cross_entropy"


class Raising:
    def __array__(self, dtype=None, copy=None):
        raise LookupError("two\nlines")


class Unequal:
    def __eq__(self, other):
        raise RuntimeError("eq")

    __hash__ = None


LOOPED = [1.0]
LOOPED.append(LOOPED)
NUMBERS = [
    "1.0",
    None,
    object(),
    {1.0},
    {"a": 1.0},
    (x for x in [1.0]),
    1j,
    b"1",
    [1.0, [2.0]],
    [None],
    10**400,
    [10**400],
    np.array(["1"]),
    np.array([1j]),
    np.zeros(2, "M8[s]"),
    np.zeros(2, [("a", "f8")]),
    np.ma.masked_array([1.0, 2.0], [True, False]),
    np.ma.masked,
    [np.ma.masked_array([1.0], [True])],
    [[np.ma.masked, 1.0], [2.0, 3.0]],
    [[np.ma.masked_array([1.0, 2.0], [True, False])]],
    np.zeros((1,) * 30),
    LOOPED,
    Raising(),
    [Raising()],
    Unequal(),
    np.array([None]),
    Decimal("sNaN"),
]


@pytest.mark.parametrize("given", NUMBERS, ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("asked", ["value", "sigmoid", "softmax", "oracle"])
def test_an_argument_that_is_no_number_is_named(asked, given):
    ask = {
        "value": lambda: lossref.value("squared_error", given, 1.0),
        "sigmoid": lambda: functions.sigmoid(given),
        "softmax": lambda: functions.softmax(given),
        "oracle": lambda: lossref.oracle("squared_error", given, 1.0),
    }[asked]
    if asked == "oracle" and (isinstance(given, str | int) or str(given).startswith(("['1", "[10"))):  # which are numbers there
        pytest.skip("the oracle takes it, or says how large numbers are")
    with pytest.raises(ValueError, match="prediction" if asked in ("value", "oracle") else "x") as found:
        ask()
    said = str(found.value)
    assert said.isprintable()
    assert not [words for words in ("setting an array", "inhomogeneous", "0x") if words in said]


@pytest.mark.parametrize(
    "given", [*NUMBERS[:-1], Decimal("NaN"), [0.1, "x"], [-1.0], [float("nan")], ["1", "2"], mpmath.mpf(1)], ids=lambda x: type(x).__name__
)
@pytest.mark.parametrize("name", ["sample_weight", "class_weight", "pos_weight", "mask"])
def test_a_weight_or_a_mask_that_is_none_is_named(name, given):
    if given is None or (name in ("sample_weight", "class_weight") and type(given) is list and repr(given) == "[-1.0]"):
        pytest.skip("allowed")
    with pytest.raises(ValueError, match=f"^{name} must "):
        Options(**{name: given})


@pytest.mark.parametrize(
    "mask", [[0.1, 1.0], [float("nan"), 1.0], [1.0, 0.0], np.array([1.0, 0.0], np.float32), [2, 0], "yes", ["yes", ""]]
)
def test_a_mask_is_truth_values_or_ones_and_zeros(mask):
    with pytest.raises(ValueError, match="mask must be true or false for each example"):
        lossref.value("squared_error", [1.0, 2.0], [0.0, 0.0], mask=mask)


@pytest.mark.parametrize("mask", [[True, False], np.array([1, 0], np.uint8), [1, 0]])
def test_a_mask_of_truth_values_and_of_integers_is_one(mask):
    assert lossref.value("squared_error", [1.0, 2.0], [0.0, 0.0], mask=mask, reduction="sum") == lossref.value("squared_error", 1.0, 0.0)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("denominator", 0),
        ("denominator", float("inf")),
        ("denominator", -Fraction(1, 3)),
        ("denominator", np.zeros(3)),
        ("denominator", Unequal()),
        ("ignore_index", [1]),
        ("ignore_index", 0.0),
        ("ignore_index", True),
        ("ignore_index", Unequal()),
        ("label_smoothing", "0.1"),
        ("label_smoothing", [0.1]),
        ("label_smoothing", float("nan")),
        ("reduction", np.array(["mean", "sum"])),
        ("reduction", Unequal()),
        ("target_form", 3),
        ("empty", None),
    ],
)
def test_an_option_that_is_not_allowed_is_named(name, given):
    with pytest.raises(ValueError, match=f"{name} must "):
        lossref.value("softmax_cross_entropy", [[1.0, 2.0]], [0], **{name: given})


@pytest.mark.parametrize("denominator", [np.float32(2), Decimal(2), Fraction(2), np.int8(2), 2, 10**400])
def test_a_denominator_is_a_number_of_any_kind(denominator):
    found = lossref.oracle("squared_error", [1.0, 2.0], [0.0, 0.0], reduction="mean", denominator=denominator)
    assert float(found.value) == lossref.value("squared_error", [1.0, 2.0], [0.0, 0.0], reduction="mean", denominator=denominator)


@pytest.mark.parametrize("options", [{"reduction": "sum"}, {"sample_weight": [1.0, 1.0]}, {"ignore_index": 0}, {"mask": [True, False]}])
@pytest.mark.parametrize("ask", [lossref.value, lossref.gradient, lossref.oracle])
def test_a_target_shorter_than_the_prediction_is_named(ask, options):
    with pytest.raises(ValueError, match="target must have the leading axes of logits"):
        ask("softmax_cross_entropy", [[1.0, 2.0], [3.0, 4.0]], [0], **options)


def test_a_whole_call_whose_probabilities_are_0_and_1_is_answered():
    asked = {"target": [0.0, 1.0, 1.0], "reduction": "sum", "upstream": 2.0}
    exact = lossref.oracle(BCE, [0.0, 1.0, 0.5], **asked)
    assert float(exact.value) == lossref.value(BCE, [0.0, 1.0, 0.5], **asked)


@pytest.mark.parametrize("options", [{}, {"reduction": "sum"}])
def test_a_call_of_impossible_labels_is_infinite(options):
    found = lossref.oracle(BCE, [0.0, 1.0], [1.0, 0.0], **options)
    assert all(mpmath.isinf(x) for x in np.ravel(np.array(found.value, object)))


def test_an_empty_batch_has_nothing_to_judge():
    with pytest.raises(AssertionError, match="squared_error: nothing is judged, for the batch is empty"):
        testing.assert_matches(np.zeros(0), np.zeros(0), "squared_error", prediction=np.zeros(0), target=np.zeros(0))


@pytest.mark.parametrize("axis", [None, True, 1.5, "1", [1], np.zeros(3), Unequal()])
@pytest.mark.parametrize("ask", [lossref.value, lossref.oracle])
def test_a_class_axis_that_is_none_is_named(ask, axis):
    with pytest.raises(ValueError, match="class_axis must be a whole number"):
        ask("softmax_cross_entropy", [[1.0, 2.0]], [0], class_axis=axis)


@pytest.mark.parametrize("digits", [0, -1, True, 2.5, "20", None, 10**30, Unequal(), [3]])
def test_digits_that_are_none_are_named(digits):
    with pytest.raises(ValueError, match="digits must be a whole number from 1 to"):
        lossref.oracle("relu", 0.5, digits=digits)


@pytest.mark.parametrize("asked", [3, None, ["hinge"], np.zeros(3), type(catalog.get("hinge")), Unequal()])
@pytest.mark.parametrize("ask", [lossref.value, lossref.oracle, catalog.find, catalog.get])
def test_what_is_no_loss_is_named(ask, asked):
    with pytest.raises(TypeError, match=r"^loss must be a name"):
        ask(asked)


@pytest.mark.parametrize("convention", [3, None, [3], {"factor 1/2"}, Unequal()])
@pytest.mark.parametrize(
    "ask",
    [
        lambda said: lossref.oracle("hinge", 1.0, 1.0, convention=said),
        lambda said: testing.assert_matches(0.0, None, "hinge", prediction=1.0, target=1.0, convention=said),
        lambda said: lossref.check(lambda **given: 0.0, "hinge", conventions=said),
    ],
)
def test_conventions_that_are_no_sentences_are_named(ask, convention):
    with pytest.raises(ValueError, match=r"conventions? must be a sentence or a list of sentences"):
        ask(convention)


@pytest.mark.parametrize("handling", ["raise", "call", "warn"])
@pytest.mark.parametrize(
    "ask",
    [
        lambda: lossref.value_and_gradient("softmax_cross_entropy", [[-800.0, 5e-324]], [0], reduction="mean", sample_weight=[1e-320]),
        lambda: Options(upstream=np.longdouble(1e-300) * np.longdouble(1e-300)),
        lambda: functions.xlogy_derivatives(1e300, 5e-324),
        lambda: lossref.oracle(BCE, [5e-324], [0.5], reduction="sum", pos_weight=[1e-300]),
    ],
)
def test_nothing_is_raised_under_any_error_handling_of_numpy(ask, handling):
    with np.errstate(all=handling, call=lambda *given: pytest.fail("NumPy called")):
        ask()


@pytest.mark.parametrize("asked", [None, 3, "float65", ["float32"]])
def test_a_number_is_rounded_to_formats_that_there_are(asked):
    with pytest.raises(ValueError, match="form must be one of"):
        lossref.oracle("relu", 0.5).value.rounded(asked)
