"""Every acceptance number of the requirements is a golden answer: certified, and flagged with its row."""

from decimal import Decimal
from fractions import Fraction

import pytest

from lossref import catalog, golden
from lossref.acceptance import ROWS, TOPICS
from lossref.formats import FLOAT64

EXPERIMENTS = {"R20", "R22", "R23", "R24", "R25", "R27"}  # no answer of one loss at a point: examples, folklore, frameworks, all rows


def vectors_of(row, form=FLOAT64):
    """The golden vector of each example, parameters at their defaults unless the row sets them."""
    loss = catalog.get(row.loss)
    defaults = {name: parameter.default for name, parameter in loss.parameters.items()}
    found = {repr(sorted({**v.arguments, **v.parameters}.items())): v for v in golden.read(loss, form)}

    def rounded(x):
        return tuple(map(rounded, x)) if isinstance(x, tuple) else x if isinstance(x, int) else form.nearest(x)

    asked = [{name: rounded(x) for name, x in {**defaults, **example}.items()} for example in row.examples]
    return [found[repr(sorted(values.items()))] for values in asked]


def exact_value(vector):
    return golden.exact(vector.value, vector.value_rest, FLOAT64)


def is_what_is_printed(text, exact):
    """Right to half a unit of the last digit printed; a short number (40, 1.75) is the nearest float64 of the answer."""
    digits = Decimal(text).as_tuple()
    if len(digits.digits) < 15:
        return FLOAT64.nearest(Fraction(text)) == FLOAT64.nearest(exact)
    return abs(Fraction(text) - exact) <= Fraction(10) ** digits.exponent / 2


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.id}-{row.loss}")
def test_the_printed_number_is_the_exact_answer(row):
    vectors = vectors_of(row)
    if row.value is not None:
        assert is_what_is_printed(row.value, sum(map(exact_value, vectors)) / row.divisor)
    if row.gradient is not None:
        slopes = [golden.exact(g, r, FLOAT64) for v in vectors for g, r in zip(v.gradient, v.gradient_rest, strict=True)]
        for text, slope in zip(row.gradient, slopes, strict=True):
            assert text is None or is_what_is_printed(text, slope / row.divisor)


def test_rows_are_flagged(form, listed):
    vectors = [(row, v) for row in ROWS for v in vectors_of(row, form)]
    listed([(row.id, v.id, v.flag) for row, v in vectors if v.flag not in TOPICS])
    assert all(row.id in v.reason for row, v in vectors if v.flag == row.id)


def test_no_row_is_left_out():
    rows = {f"R{k:02}" for k in range(1, 28)}
    assert {row.id for row in ROWS} == set(TOPICS) == rows - EXPERIMENTS
    flagged = {v.flag for name in catalog.names() for v in golden.read(catalog.get(name), FLOAT64)}
    assert set(TOPICS) <= flagged


@pytest.mark.parametrize("wrong", ["0.38311921782449303", "0.38311921782449301", "0.38311922"])
def test_a_wrong_last_digit_would_be_noticed(wrong):
    row = next(row for row in ROWS if row.id == "R10")
    total = sum(map(exact_value, vectors_of(row))) / row.divisor
    assert is_what_is_printed(row.value, total)
    assert not is_what_is_printed(wrong, total)
