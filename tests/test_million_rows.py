"""A reduction over a million rows: exact answers in seconds, ours right in every format, and others' sums told apart."""

import numpy as np
import pytest

import lossref
from lossref.testing import assert_call_matches

ROWS = 1_000_000


@pytest.fixture(scope="module")
def rows():
    """A thousand different examples, each a thousand times."""
    few = np.float16([(-1) ** k * (k * 37 % 1000) / 256 for k in range(1000)])
    return np.tile(few, ROWS // 1000)


def asserted(total, rows, form):
    x = rows.astype(form)
    assert_call_matches(form(total), None, "huber", prediction=x, target=np.zeros_like(x), reduction="mean")


@pytest.mark.whole
@pytest.mark.parametrize("kind", [np.float64, np.float32, np.float16])
def test_ours_is_right(rows, kind):
    asserted(lossref.value("huber", rows.astype(kind), np.zeros(ROWS), reduction="mean", dtype=np.dtype(kind).name), rows, kind)


@pytest.mark.whole
def test_a_pairwise_sum_passes_in_float32_and_overflows_in_float16(rows):
    each = lossref.value("huber", rows, 0.0)
    asserted(np.mean(each.astype(np.float32)), rows, np.float32)
    with np.errstate(over="ignore"), pytest.raises(AssertionError, match=r"grade F.*\n.*infinite for a finite number"):
        asserted(np.mean(each.astype(np.float16), dtype=np.float16), rows, np.float16)


def test_a_sum_term_after_term_is_f_in_float32_and_is_called_so(rows):
    each = lossref.value("huber", rows, 0.0).astype(np.float32)
    with pytest.raises(AssertionError, match="adding 1000000 float32 numbers one after the other") as raised:
        asserted(np.cumsum(each)[-1] / np.float32(ROWS), rows, np.float32)
    assert "grade F" in str(raised.value)
