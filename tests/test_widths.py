"""Wide rows: what is hard lies at the borders of blocks, one node stands for equal numbers, and a fault of wide rows alone is found."""

import json

import numpy as np
import pytest

import lossref
from lossref import catalog, widths
from lossref.__main__ import main
from lossref.exact import answer, example, record, traced
from lossref.exact.recordings import Recordings
from lossref.formats import FLOAT64, FORMATS
from lossref.golden.source import of_options
from lossref.golden.write import certified
from lossref.implementations.source import listed
from lossref.judge.measure import measure
from lossref.judge.outcome import outcome
from lossref.questions import generate
from lossref.values import flat, shape

WIDE = [name for name in catalog.names() if not widths.refusal(catalog.get(name), widths.MOST)]


def questions(name, size, form=FLOAT64):
    return of_options(sizes=(size,)).questions(catalog.get(name), form)


@pytest.mark.whole
@pytest.mark.sampled(WIDE)
def test_equal_numbers_recorded_once_give_the_answer_that_each_by_itself_gives(loss, monkeypatch):
    """K and S among it, with nothing kept of the other way."""
    first, *_, last = questions(loss.name, 500)
    for question in (first, last):
        assert record.alike([x for x in flat(question.inputs) if isinstance(x, float)])
        answers = []
        for many in (record.MANY, 10**9):
            monkeypatch.setattr(record, "MANY", many)
            monkeypatch.setattr(traced, "RECORDINGS", Recordings())
            answers.append(certified(loss, question))
            monkeypatch.undo()
        assert answers[0] is not None
        assert answers[0] == answers[1]


@pytest.mark.whole
@pytest.mark.sampled(WIDE)
def test_equal_numbers_recorded_once_have_the_allowances_that_jets_find(loss, monkeypatch):
    """The jets know nothing of equal numbers; a short row is wide here, for they take the square of it."""
    narrow = next(q for q in generate(loss, FLOAT64) if q.flag == "ordinary" and shape(q.inputs[loss.first])[0] in (3, 4, 5))
    inputs = {}
    for argument, x in narrow.inputs.items():
        space = loss.arguments[argument]
        inputs[argument] = x * 4 if space.rank else x
        if space.sums_to_one:
            inputs[argument] = tuple(y / 4 for y in inputs[argument])
    monkeypatch.setattr(record, "MANY", 8)
    monkeypatch.setattr(record, "REPEATED", 2)
    monkeypatch.setattr(traced, "RECORDINGS", Recordings())
    ours = answer.answer(loss, inputs, narrow.options, FLOAT64)
    monkeypatch.setattr(example, "answered", lambda *asked, **how: None)
    assert ours == answer.answer(loss, inputs, narrow.options, FLOAT64)


@pytest.mark.parametrize("name", ["pairwise_logistic", "pairwise_hinge", "multilabel_margin", "label_ranking"])
def test_what_takes_all_pairs_of_a_row_is_asked_short_rows(name):
    loss = catalog.get(name)
    assert not widths.refusal(loss, widths.NARROW)
    assert "in pairs" in widths.refusal(loss, widths.NARROW + 1)


@pytest.mark.parametrize("size", [64, 1000, 4097, 128_256])
def test_the_borders_of_blocks_have_numbers_of_their_own(size):
    found = widths.places(size)
    wanted = {0, size - 1, *(k for block in (32, 128, 1024) for k in (block - 1, block, size // block * block - 1, size // block * block))}
    assert {k for k in wanted if 0 <= k < size} <= set(found)
    assert found == sorted(set(found))
    assert set(found) <= set(range(size))
    row = questions("logsumexp", size)[0].inputs["x"]
    repeated = [row[k] for k in range(size) if k not in found]
    assert len(set(repeated)) <= widths.PERIOD
    assert {row[k] for k in found}.isdisjoint(repeated)


@pytest.mark.sampled(WIDE)
def test_each_row_is_of_its_size_and_in_its_domain(loss, form):
    asked = questions(loss.name, 1000, form)
    assert {q.flag for q in asked} >= {"wide_row", "wide_tails"}
    for question in asked:
        assert question.reason == widths.REASONS[question.flag]
        for argument, space in loss.arguments.items():
            x = question.inputs[argument]
            assert shape(x) == ((1000,) if space.rank else ())
            assert space.contains(np.asarray(x), precision=form.precision, classes=1000).all(), (question.flag, argument)


def right(logits):
    largest = logits.max(axis=-1, keepdims=True)
    return np.log(np.exp(logits - largest).sum(axis=-1)) + largest[:, 0]


def whole_blocks(x, block):
    """Without what is left beyond the last whole block, where there is one."""
    return x[:, : x.shape[1] // block * block] if x.shape[1] > block else x


def forgotten_maximum(x):
    largest = whole_blocks(x, 1024).max(axis=-1, keepdims=True)
    return np.log(np.exp(x - largest).sum(axis=-1)) + largest[:, 0]


def forgotten_rest(x):
    return right(whole_blocks(x, 128))


def first_of_a_block_twice(x):
    return right(np.concatenate([x, x[:, 1024:1025]], axis=1))


def narrow_sum(x):
    """Of wide rows alone."""
    largest = x.max(axis=-1, keepdims=True)
    terms = np.exp(x - largest)
    return np.log((terms.astype(np.float32) if x.shape[1] > 256 else terms).sum(axis=-1).astype(float)) + largest[:, 0]


def test_right_code_passes():
    assert lossref.check(lambda x: right(x), "logsumexp", sizes=[1500], level="C").conforms


@pytest.mark.parametrize("wrong", [forgotten_maximum, forgotten_rest, first_of_a_block_twice, narrow_sum])
@pytest.mark.whole
def test_a_fault_of_wide_rows_alone_is_found(wrong):
    def asked(x):
        return wrong(x)

    assert lossref.check(asked, "logsumexp", level="C").conforms
    report = lossref.check(asked, "logsumexp", sizes=[1500], level="C")
    assert not report.conforms


@pytest.mark.whole
def test_thousands_of_logits_are_judged_for_value_and_gradient():
    report = lossref.check("lossref", "softmax_cross_entropy", sizes=[8_200])
    assert report.conforms
    assert report.grades["softmax_cross_entropy"].keys() == {"value", "gradient"}
    assert report.data["fresh"] == {"seed": None, "count": None, "sizes": [8_200]}


def test_each_number_is_measured_by_its_own_truth():
    vector = certified(catalog.get("softmax"), questions("softmax", 500)[0])
    for got in ([0.0] * 500, list(vector.answer.gradient["x"].rounded), [1e-3, -1e-3] * 250):
        found = outcome(vector, "gradient", got)
        assert found.errors == tuple(measure(y, truth, FLOAT64) for y, truth in zip(got, found.truths, strict=True))
        assert [truth.rounded for truth in found.truths] == list(vector.answer.gradient["x"].rounded)


def test_the_line_that_reproduces_a_row_is_short_and_says_every_number():
    for question in questions("softmax_cross_entropy", 8_200):
        row = question.inputs["logits"]
        written = listed(row)
        assert len(written) < 8_000
        assert tuple(eval(written)) == row


def test_a_seed_draws_other_rows():
    loss, form = catalog.get("logsumexp"), FORMATS["float32"]
    rows = {q.id for seed in (None, "7", "8") for q in of_options(seed, None, (100,)).questions(loss, form)}
    assert len(rows) == 3 * len(questions("logsumexp", 100, form))


def test_a_row_is_found_by_its_id(capsys):
    question = questions("softmax", 100)[-1]
    assert main(["why", question.id, "--sizes", "100", "--loss", "softmax", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["inputs"]["x"] == list(question.inputs["x"])


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (("check", "lossref", "--loss", "dice", "--sizes", "1000"), "--sizes asks losses of one vector axis, which dice is not"),
        (("check", "lossref", "--loss", "triplet_margin", "--sizes", "1000"), "triplet_margin is asked rows of at most 128 numbers"),
        (("check", "lossref", "--sizes", "1000,many"), "--sizes must be whole numbers of 64 to 262144, and are [1000, 'many']"),
        (("check", "lossref", "--sizes", "1000", "--count", "3"), "--count says how many questions --fresh draws"),
        (("calls", "lossref", "--sizes", "1000"), "--sizes asks single examples, and calls whole calls alone"),
    ],
)
def test_what_is_not_asked_is_refused_in_a_sentence(typed, sentence, capsys):
    assert main(list(typed)) == 2
    assert sentence in capsys.readouterr().err
