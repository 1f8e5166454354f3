"""Answers in a short format are those of float64 rounded once; what a format has not is NaN, its largest number, or a sentence."""

import math

import numpy as np
import pytest

import lossref
from lossref.bits import dtype, narrowed, widened
from lossref.formats import FORMATS, JUDGED, RESIDUAL_STEPS
from lossref.golden.source import Source
from lossref.implementations import resolve
from lossref.judge.measure import Truth, measure, meets
from lossref.judge.verdict import judge

SHORT = [name for name in JUDGED if FORMATS[name].width < 64]
every_short_format = pytest.mark.parametrize("name", SHORT)


@every_short_format
def test_an_answer_is_an_array_of_its_format_rounded_once(name):
    x = np.geomspace(1e-3, 500, 97) * np.where(np.arange(97) % 2, 1, -1)
    for loss in ("softplus", "huber", "log_cosh"):
        arguments = (x,) if loss == "softplus" else (x, 0.0)
        for part in (lossref.value, lossref.gradient, lossref.hessian):
            found = part(loss, *arguments, dtype=name)
            wanted = [FORMATS[name].nearest(y) for y in part(loss, *arguments).tolist()]
            wanted = [math.nan if math.isinf(y) and FORMATS[name].specials == "fn" else y for y in wanted]
            assert found.dtype == dtype(name)
            np.testing.assert_array_equal(widened(found), wanted)


@every_short_format
def test_several_slopes_a_single_number_and_both_parts_come_in_the_format(name):
    slopes = lossref.gradient("triplet_margin", [[3.0, 1.0]], [[2.0, 2.0]], [[4.0, 5.0]], dtype=name)
    assert [x.dtype for x in slopes] == [dtype(name)] * 3
    value, gradient = lossref.value_and_gradient("huber", 3.0, 0.0, dtype=name)
    assert (value.dtype, gradient.dtype, float(value), float(gradient)) == (dtype(name), dtype(name), 2.5, 1.0)
    assert lossref.loss.softmax_cross_entropy([1.0, 2.0], 1, dtype=name).dtype == dtype(name)


@pytest.mark.parametrize("given", ["float80", "", None, np.float32, 3])
def test_another_dtype_is_named_with_those_there_are(given):
    with pytest.raises(ValueError, match="dtype must be one of float64, float32, float16, bfloat16, float8_e5m2, float8_e4m3fn"):
        lossref.value("huber", 1.0, 0.0, dtype=given)


@pytest.mark.whole
@pytest.mark.parametrize("name", ["bfloat16", "float16", "float8_e5m2", "float8_e4m3fn"])
@pytest.mark.sampled
def test_our_own_code_conforms_in_every_format(loss, name):
    """Some fresh questions of each region and flag: no answer is below B, and nearly all are correctly rounded where it is not next to the
    middle of two numbers, which float64 cannot tell from the middle."""
    vectors = Source("formats", 16).vectors(loss, FORMATS[name])
    verdict = judge(loss, resolve("lossref").implementations[loss.name], vectors, FORMATS[name])
    assert not verdict.broke
    for part, found in verdict.parts.items():
        assert meets(found.headline(), "B"), part
        right = [o.grade == "A+" or is_next_to_a_middle(o.vector.answer.part(part)) for o in found.outcomes]
        assert sum(right) >= 0.9 * len(right), part


def is_next_to_a_middle(parts):
    return any(2 * abs(x) == RESIDUAL_STEPS for of in parts.values() for x in of.residual or ())


@pytest.mark.parametrize(
    ("exact", "got", "is_right"),
    [
        (math.inf, math.inf, True), (math.inf, math.nan, True), (math.inf, 448.0, True), (math.inf, -448.0, False),
        (math.inf, 416.0, False), (-math.inf, -448.0, True), (-math.inf, 448.0, False), (-math.inf, math.nan, True),
        (math.nan, 448.0, False), (math.nan, math.nan, True),
    ],
)  # fmt: skip
def test_beyond_a_format_without_infinities_it_may_saturate_or_be_nan(exact, got, is_right):
    truth = Truth(exact, exact, None, 0, 0)
    assert measure(got, truth, FORMATS["float8_e4m3fn"]).is_exact == is_right


def test_where_there_are_infinities_the_largest_number_is_none():
    assert not measure(57344.0, Truth(math.inf, math.inf, None, 0, 0), FORMATS["float8_e5m2"]).is_exact


@pytest.mark.parametrize("name", ["bfloat16", "float8_e5m2", "float8_e4m3fn"])
def test_arrays_of_formats_that_numpy_lacks_are_read_exactly(name):
    form = FORMATS[name]
    numbers = [form.decode(f"{bits:x}") for bits in range(1, 1 << form.width - 1, max(1, (1 << form.width) // 200))]
    numbers = [x for x in numbers if math.isfinite(x) and abs(x) < 1e30]
    wide = lossref.value("squared_error", narrowed(numbers, name), np.zeros(len(numbers)))
    np.testing.assert_array_equal(wide, np.square(numbers))


def test_how_nearly_probabilities_sum_to_1_follows_from_the_format_they_came_in():
    row = [0.40625, 0.375, 0.1875]
    assert lossref.value("entropy", narrowed(row, "float8_e4m3fn")) > 1
    with pytest.raises(ValueError, match="must sum to 1"):
        lossref.value("entropy", row)
    with pytest.raises(ValueError, match="must sum to 1"):
        lossref.value("entropy", narrowed(row, "bfloat16"))


def test_questions_in_8_bits_hold_numbers_of_the_format_alone():
    for name in ("float8_e4m3fn", "float8_e5m2"):
        for loss in ("huber", "softmax_cross_entropy", "triplet_margin"):
            for question in Source("held", 60).questions(lossref.catalog.get(loss), FORMATS[name]):
                for x in (*question.inputs.values(), *question.options.values()):
                    for y in np.ravel(np.asarray(x, object)):
                        assert not isinstance(y, float) or math.isnan(y) or FORMATS[name].holds(y), question
