"""assert_matches: right answers pass, wrong ones fail with a message from which the bug can be named."""

import re

import numpy as np
import pytest

import lossref
from lossref import golden
from lossref.formats import FLOAT64
from lossref.testing import assert_gradient_matches, assert_matches

Z = np.array([-2.0, 0.25, 3.0, 40.0, -50.0, 1000.0])
Y = np.array([0.0, 1.0, 0.0, 1.0, 0.0, 0.0])


def sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


def fails(value, gradient, loss="sigmoid_cross_entropy", **arguments):
    with pytest.raises(AssertionError) as caught:
        assert_matches(value, gradient, loss, **(arguments or {"logits": Z, "target": Y}))
    return str(caught.value)


@pytest.mark.sampled
def test_our_own_answers_pass_at_golden_points(loss):
    examples = [v for v in golden.read(loss, FLOAT64) if v.region != "special" and not v.question.is_call]
    for v in examples[::24]:
        given = {name: np.array(x) for name, x in v.question.inputs.items()} | dict(v.question.options)
        assert_matches(lossref.value(loss.name, **given), lossref.gradient(loss.name, **given), loss.name, **given)


def test_message_names_counts_inputs_bits_errors_and_the_reason():
    text = fails(None, sigmoid(Z) - Y)
    assert text.startswith("sigmoid_cross_entropy gradient: grade C, and level B is asked for")
    assert "1 of 6 numbers fail in float64: 1 0, and the answer is not; 5 fine" in text
    for line in (
        "sigmoid_cross_entropy gradient  C lost  ordinary, example 3",
        "  error   5.5e+15 ulps from the exact answer; 2.7e+14 times what rounding the inputs does; "
        "0.019 times what rounding the terms does",
        "  inputs  logits 40.0, target 1.0",
        "  bits    logits 4044000000000000, target 3ff0000000000000",
        "  exact   -4.248354255291589e-18   -0x1.39792499b1a24p-58   bc539792499b1a24",
        "  cause   terms of size 2 were added or subtracted: next to them all below 2.2e-16 is rounded away",
    ):
        assert line in text.splitlines()
    assert re.search(r"why     golden vector [0-9a-f]{12}, the nearest, at logits 40, target 1, is there because: ", text)


def test_ask_line_gives_the_exact_answer():
    line = next(line for line in fails(None, sigmoid(Z) - Y).splitlines() if line.startswith("  try"))
    assert float(eval(line.removeprefix("  try"), {"lossref": lossref})) == -4.248354255291589e-18


def test_classes_are_counted_apart():
    answers = lossref.gradient("sigmoid_cross_entropy", Z, Y)
    answers[:5] = np.nan, np.inf, -answers[2], 0, 2 * answers[4]
    counts = fails(None, answers).splitlines()[1]
    assert "5 of 6" in counts
    for kind in ("NaN for a number", "infinite for a finite number", "wrong sign", "0, and the answer is not", "beyond the level"):
        assert f"1 {kind}" in counts


EXACT = lossref.gradient("sigmoid_cross_entropy", Z[:4], Y[:4])
PATTERNS = [
    ("sign", -EXACT, "the sign is flipped"),
    ("half", EXACT / 2, "a factor 1/2 too many"),
    ("twice", EXACT * 2, "a factor 1/2 is missing"),
    ("batch", EXACT / 4, "divided by the batch size"),
    ("sum", EXACT * 4, "a sum where each was asked for"),
    ("base", EXACT / np.log(2), "a logarithm to base 2"),
    ("constant", EXACT + 0.5, "a constant added or dropped"),
    ("narrow", EXACT.astype(np.float32), "computed in, or cast to, float32"),
    ("clip", np.where(np.abs(EXACT) < 1e-6, -1e-7, EXACT), "a clip or an added eps"),
]


@pytest.mark.parametrize(("wrong", "sentence"), [p[1:] for p in PATTERNS], ids=[p[0] for p in PATTERNS])
def test_what_all_failures_share_is_said(wrong, sentence):
    said = [line for line in fails(None, wrong, logits=Z[:4], target=Y[:4]).splitlines()[:4] if line.startswith("  cause")]
    assert len(said) == 1
    assert sentence in said[0]


def test_known_bad_formula_is_named():
    with np.errstate(all="ignore"):
        p = sigmoid(Z)
        text = fails(-Y * np.log(p) - (1 - Y) * np.log(1 - p), None)
    assert "known-bad formula F36 returns the same (sigmoid first, then -log(1 - a))" in text


def test_rounding_is_not_taken_for_a_known_bad_formula():
    assert "known-bad" not in fails(None, sigmoid(np.array([9.0])) - 1, logits=[9.0], target=[1.0])


def test_worst_number_comes_first_and_three_are_shown():
    exact = lossref.gradient("sigmoid_cross_entropy", Z, Y)
    text = fails(None, exact * (1 + 1e-10 * np.array([1, 3, 2, 5, 4, 6])))
    shown = [line.split("example ")[1][0] for line in text.splitlines() if ", example " in line]
    assert shown == ["5", "1", "2"]
    assert text.endswith("and 3 more")


def test_level_decides():
    assert_matches(None, sigmoid(Z) - Y, "sigmoid_cross_entropy", logits=Z, target=Y, level="C")
    with pytest.raises(ValueError, match="level must be one of"):
        assert_matches(0.0, None, "sigmoid_cross_entropy", logits=0.0, target=0.0, level="E")


def test_any_slope_of_a_kink_passes_and_others_do_not():
    assert_matches(None, np.array([-1.0, -0.3, 0.0]), "hinge", prediction=np.ones(3), target=np.ones(3))
    assert "any slope from -1.0" in fails(None, [0.5], "hinge", prediction=[1.0], target=[1.0])


def test_narrow_formats_are_judged_in_their_own_ulps():
    for dtype in (np.float32, np.float16):
        z, y = Z[:4].astype(dtype), Y[:4].astype(dtype)
        exact = lossref.gradient("sigmoid_cross_entropy", z, y)
        assert_matches(None, exact.astype(dtype), "sigmoid_cross_entropy", logits=z, target=y, level="A")
        assert_matches(None, exact, "sigmoid_cross_entropy", logits=z, target=y, level="A")  # a wider answer
        assert "numbers fail in " + np.dtype(dtype).name in fails(None, exact + np.finfo(dtype).eps * 9, logits=z, target=y)


def test_tensors_of_other_libraries_are_read_without_importing_them():
    class Tensor:
        dtype = "torch.bfloat16"
        __array__ = None  # NumPy cannot hold it

        def __init__(self, numbers):
            self.numbers = np.array(numbers, np.float32)

        def detach(self):
            return self

        cpu = detach

        def float(self):
            return self.numbers

    z, y = Tensor([9.0]), Tensor([1.0])
    text = fails(None, Tensor([0.0]), logits=z, target=y)
    assert "1 of 1 numbers fail in bfloat16" in text
    assert "logits 4110, target 3f80" in text


def test_dlpack_alone_is_enough():
    class Exported:
        def __init__(self, x):
            self.x, self.dtype = x, f"array_api.{x.dtype.name}"

        def __dlpack__(self, **options):
            return self.x.__dlpack__(**options)

        def __dlpack_device__(self):
            return self.x.__dlpack_device__()

    z = Z.astype(np.float32)
    assert "fail in float32" in fails(None, Exported(z), logits=Exported(z), target=Exported(Y.astype(np.float32)))


WRONG_CALLS = [
    (ValueError, "delta must be a number above 0", "huber", {"prediction": 1.0, "target": 0.0, "delta": -1.0}),
    (ValueError, "delta must be a number above 0", "huber", {"prediction": 1.0, "target": 0.0, "delta": np.inf}),
    (ValueError, "target must be a number in", "sigmoid_cross_entropy", {"logits": Z, "target": Y + 1}),
    (ValueError, "logits is float32 and target is float64", "sigmoid_cross_entropy", {"logits": Z.astype(np.float32), "target": Y}),
    (ValueError, "which is not a number of float32", "sigmoid_cross_entropy", {"logits": Z.astype(np.float32), "target": 0.1}),
    (TypeError, "logits must be real numbers", "sigmoid_cross_entropy", {"logits": "a", "target": 0.0}),
    (TypeError, "needs target", "sigmoid_cross_entropy", {"logits": Z}),
    (KeyError, "no loss is called", "sigmoid_cross_entrpy", {"logits": Z, "target": Y}),
]


@pytest.mark.parametrize(("error", "sentence", "name", "arguments"), WRONG_CALLS, ids=[f"{c[2]}-{c[1]}" for c in WRONG_CALLS])
def test_wrong_calls_get_a_sentence(error, sentence, name, arguments):
    with pytest.raises(error, match=re.escape(sentence)):
        assert_matches(np.zeros(6), None, name, **arguments)


def test_reduced_answers_get_a_sentence():
    assert "the value has shape (), and (6,) is wanted: one loss an example, unreduced" in fails(1.0, None)


def test_nan_is_wanted_for_nan_and_never_for_a_number():
    assert_matches(np.nan, np.nan, "sigmoid_cross_entropy", logits=np.nan, target=1.0)
    assert "1 beyond the level" in fails(0.0, None, logits=np.nan, target=1.0)
    beyond = {"prediction": 1e200, "target": 0.0}  # its allowances overflow
    assert "1 NaN for a number" in fails(np.nan, None, "squared_error", **beyond)


def test_gradient_functions_are_judged_on_golden_vectors():
    assert_gradient_matches(lambda **given: lossref.gradient("sigmoid_cross_entropy", **given), "sigmoid_cross_entropy")
    with pytest.raises(AssertionError, match="11 0, and the answer is not") as caught:
        assert_gradient_matches(lambda logits, target: sigmoid(logits) - target, "sigmoid_cross_entropy")
    assert re.search(r"[0-9a-f]{12}\n(.*\n){5}  why     \w", str(caught.value))
    with pytest.raises(AssertionError, match="raised ZeroDivisionError"):
        assert_gradient_matches(lambda logits, target: 1 / 0, "sigmoid_cross_entropy")


def test_gradient_functions_are_judged_on_fresh_vectors_in_float16_too():
    def slope(logits, target):
        return lossref.gradient("sigmoid_cross_entropy", logits, target).astype(np.float16)

    assert_gradient_matches(slope, "sigmoid_cross_entropy", vectors="another", format="float16")
    with pytest.raises(ValueError, match="golden vectors are shipped in"):
        assert_gradient_matches(slope, "sigmoid_cross_entropy", format="float16")


@pytest.mark.sampled
def test_every_loss_can_be_asked(loss):
    """A NaN for each golden point that is a number is found, whatever the arguments are."""
    q = next(v.question for v in golden.read(loss, FLOAT64) if v.region == "ordinary")
    text = fails(np.nan, None, loss.name, **q.inputs, **q.options)
    assert f"{loss.name} value: grade F" in text
