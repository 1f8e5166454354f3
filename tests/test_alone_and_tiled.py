"""One example alone, everything in its batch, and most among thousands of others: the worst of the answers is graded."""

import numpy as np
import pytest

import lossref
from lossref import catalog, golden
from lossref.formats import FLOAT64
from lossref.implementations.process import TILING
from lossref.judge.answers import answers, shuffled
from lossref.judge.ask import Asked
from lossref.library import NotSupported, Tiling

LOSS = catalog.get("squared_error")


def right(prediction, target):
    return lossref.value("squared_error", prediction, target)


def once(wrong):
    """Right but in one call."""
    seen = set()

    def function(prediction, target):
        found, key = right(prediction, target), prediction.tobytes()
        again, _ = key in seen, seen.add(key)
        return wrong(found) if again else found

    return function


def where(condition, wrong=lambda found: found * 2):
    def function(prediction, target):
        found = right(prediction, target)
        chosen = condition(len(found))
        return np.where(chosen, wrong(found), found)

    return function


CHEATS = {
    "wrong beyond row 64": where(lambda n: np.arange(n) >= 64),
    "wrong beyond row 256": where(lambda n: np.arange(n) >= 256),
    "wrong beyond row 4,000": where(lambda n: np.arange(n) >= 4000),
    "wrong in the last of an odd number of rows": where(lambda n: (np.arange(n) == n - 1) & (n % 2 == 1) & (n > 1)),
    "wrong alone": where(lambda n: np.full(n, n == 1)),
    "wrong at the second call": once(lambda found: found * 2),
    "not a number among many": where(lambda n: np.arange(n) == 100, lambda found: found * np.nan),
}
BREAKING = {
    "one number for a batch of one": (lambda prediction, target: right(*np.squeeze([prediction, target])), "asked alone"),
    "no axis for a batch of one": (lambda prediction, target: right(prediction, target).squeeze(), "asked alone"),
    "too few for many": (lambda prediction, target: right(prediction, target)[:4000], "4,099"),
    "raises at the second call": (once(lambda found: found[:0]), "asked the same again"),
    "gives nothing for many": (lambda prediction, target: right(prediction, target) if len(prediction) < 99 else None, "gave no value"),
}


@pytest.mark.parametrize("name", CHEATS)
def test_the_worst_answer_is_graded(name):
    found = lossref.check(CHEATS[name], "squared_error", level="D")
    assert not found.conforms
    assert found.grades["squared_error"]["value"] == "F"


@pytest.mark.parametrize("name", BREAKING)
def test_what_fails_in_other_company_breaks(name):
    function, words = BREAKING[name]
    found = lossref.check(function, "squared_error", level="D")
    assert not found.conforms
    assert words in found.data["losses"][0]["broke"]


def test_the_report_says_how_it_was_asked():
    (entry,) = lossref.check(CHEATS["wrong beyond row 4,000"], "squared_error").data["losses"]
    assert entry["parts"]["value"]["worst"][0]["when"].startswith("asked for 4,099 rows, at row 4,0")
    (entry,) = lossref.check(CHEATS["wrong alone"], "squared_error").data["losses"]
    assert entry["parts"]["value"]["worst"][0]["when"] == "asked alone"


@pytest.mark.parametrize("name", ["rounded otherwise among many", "rounded otherwise alone", "steady"])
def test_other_bits_are_a_remark_and_a_failure_where_the_same_are_wanted(name):
    """An ulp that honest code differs by between the lanes of a vector and its remainder costs A+, and nothing else."""
    chosen = {"rounded otherwise among many": lambda n: np.full(n, n > 64), "rounded otherwise alone": lambda n: np.full(n, n == 1)}
    function = where(chosen[name], lambda found: np.nextafter(found, 0)) if name in chosen else right
    loose, exact = (lossref.check(function, "squared_error", same_bits=wanted) for wanted in (False, True))
    assert loose.conforms
    assert exact.conforms == (name == "steady")
    said = [remark for remark in exact.data["losses"][0]["remarks"] if "other bits" in remark]
    assert len(said) == (name != "steady")


def test_the_bits_of_nan_are_no_difference():
    def negative(prediction, target):
        found = right(prediction, target)
        return np.where(np.isnan(found), -np.nan if len(found) > 64 else np.nan, found)

    assert lossref.check(negative, "squared_error", same_bits=True).conforms


def test_declining_many_rows_is_counted_and_named():
    def small(prediction, target):
        if len(prediction) > 1000:
            raise NotSupported("at most 1,000 rows")
        return right(prediction, target)

    (entry,) = lossref.check(small, "squared_error").data["losses"]
    assert entry["declined"] == {"at most 1,000 rows (asked for 4,099 rows)": 1}
    assert entry["conforms"]


def test_every_vector_is_asked_and_all_that_fit_together_are_tiled():
    asked = []

    def listening(prediction, target):
        asked.append(np.column_stack([prediction, target]))
        return right(prediction, target)

    vectors = [v for v in golden.read(LOSS, FLOAT64) if not v.question.is_call and v.region not in ("range", "special")]
    found = list(answers(LOSS, "value", listening, vectors, Asked(), Tiling()))
    assert {v.id for v, _ in found} == {v.id for v in vectors}
    rows = {tuple(v.question.inputs.values()) for v in vectors}
    assert {tuple(row) for row in max(asked, key=len).tolist()} == rows
    assert len(max(asked, key=len)) == 4099
    assert sum(len(batch) == 1 for batch in asked) >= len({v.region for v in vectors})


def test_the_order_of_the_rows_is_the_same_everywhere_and_none_is_missing():
    assert sorted(shuffled(4099)) == list(range(4099))
    assert shuffled(4099)[:5].tolist() == [1146, 286, 3520, 403, 3748]
    assert TILING == Tiling(257, 0)


def test_slow_code_is_asked_for_few_rows(monkeypatch):
    """Some two milliseconds a row would be eight seconds for the whole."""
    monkeypatch.setattr("lossref.judge.answers.PATIENCE", 0.0)
    asked = []

    def slow(prediction, target):
        asked.append(len(prediction))
        return right(prediction, target)

    (entry,) = lossref.check(slow, "squared_error").data["losses"]
    assert max(asked) < 4099
    assert "value: is slow, and was asked for 131 rows at a time and not for 4,099" in entry["remarks"]
