"""Formats that the golden set has not: fresh questions in the format itself, exact answers rounded to it, arrays by their bits."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest
from typed import run

import lossref
from lossref import bits, catalog
from lossref.formats import FORMATS, JUDGED
from lossref.golden import SHIPPED_FORMATS
from lossref.golden.source import Source
from lossref.implementations.resolve import resolve
from lossref.judge.verdict import judge
from lossref.library import Implementation, LacksError, NoFormatError
from lossref.values import flat

ROUNDED = """import lossref

def f(prediction, target, delta):
    wide = prediction.astype(float), target.astype(float)
    return lossref.value("huber", *wide, delta=delta).astype(prediction.dtype)
"""
SHORT = [name for name in JUDGED if name not in SHIPPED_FORMATS]


OF_8_BITS = [pytest.param(name, marks=pytest.mark.whole) for name in SHORT if FORMATS[name].width == 8]


@pytest.fixture(params=SHORT)
def short(request):
    return FORMATS[request.param]


@pytest.fixture(params=[*(name for name in SHORT if FORMATS[name].width > 8), *OF_8_BITS])
def format_asked(request):
    """A short format of 16 bits; CI asks for those of 8 bits too."""
    return FORMATS[request.param]


def test_every_number_becomes_its_own_bits_and_comes_back(short):
    numbers = [short.decode(f"{word:x}") for word in range(1 << short.width)]
    narrow = bits.narrowed(numbers, short.name)
    words = narrow.view(f"u{short.width // 8}")
    assert [word for word, x in enumerate(numbers) if x == x and words[word] != word] == []
    wide = bits.widened(narrow)
    assert np.array_equal(wide, numbers, equal_nan=True)
    assert (np.signbit(wide) == np.signbit(numbers))[wide == wide].all()


@pytest.mark.sampled
def test_every_number_of_a_question_is_one_of_the_format(loss, short, listed):
    def numbers(x):
        return [] if x is None or isinstance(x, (str, int)) else [y for y in flat(x) if isinstance(y, float)]

    asked = Source("any").questions(loss, short)
    named = [(q.flag, name, y) for q in asked for name, x in {**q.inputs, **q.options}.items() for y in numbers(x)]
    assert named
    outside = [
        (q.flag, name, q.parameters[name])
        for q in asked
        for name in loss.parameters.keys() & q.options.keys()
        if not loss.spaces[name].contains(np.array(q.parameters[name]), precision=53).all()
    ]
    listed([*outside, *((flag, name, y) for flag, name, y in named if y == y and not short.holds(y))])


@pytest.mark.whole
@pytest.mark.sampled
def test_our_own_float64_answers_rounded_once_are_b(loss, listed):
    vectors = Source("ours", 12).vectors(loss, FORMATS["float16"])
    verdict = judge(loss, resolve("lossref").implementations[loss.name], vectors, FORMATS["float16"])
    assert not verdict.broke
    listed([(part, found.headline()) for part, found in verdict.parts.items() if found.headline() not in ("A+", "A", "B")])


def test_a_tail_that_is_lost_in_a_short_format_is_found(format_asked):
    """As float64 answers it and as the format's own arithmetic does: 1 + exp(-|z|) is 1 from a logit of 9 or so on.

    In float8_e5m2 a logit of 3 or more stands for so many others that nothing is lost beside them.
    """

    def in_float64(logits, target):
        z = bits.widened(logits)
        return np.maximum(z, 0) - z * bits.widened(target) + np.log1p(np.exp(-np.abs(z)))

    def in_the_format(logits, target):
        one = logits.dtype.type(1)
        return np.maximum(logits, 0) - logits * target + np.log(one + np.exp(-np.abs(logits)))

    asked = {"loss": "sigmoid_cross_entropy", "format": format_asked.name}
    right = lossref.check(lambda logits, target: in_float64(logits, target), **asked)
    assert (right.conforms, right.data["format"], right.data["fresh"]["seed"]) == (True, format_asked.name, "0")
    wrong = lossref.check(lambda logits, target: in_the_format(logits, target), **asked)
    assert (wrong.grades["sigmoid_cross_entropy"]["value"] not in ("A+", "A", "B")) == (format_asked.precision > 3)


def test_the_command_asks_fresh_questions_and_says_so(capsys, format_asked, tmp_path, monkeypatch):
    (tmp_path / "rounded.py").write_text(ROUNDED)
    monkeypatch.chdir(tmp_path)
    status, out, _ = run(capsys, "check", "rounded.py:f", "--loss", "huber", "--format", format_asked.name, "--count", "20", "--json")
    found = json.loads(out)
    assert (status, found["format"], found["fresh"]["seed"]) == (0, format_asked.name, "0")


def test_a_recorded_run_of_a_format_is_judged_by_what_it_was_asked(capsys, format_asked, tmp_path, monkeypatch):
    (tmp_path / "rounded.py").write_text(ROUNDED)
    monkeypatch.chdir(tmp_path)
    asked = ("--loss", "huber", "--format", format_asked.name, "--fresh", "7", "--count", "10")
    live, out, _ = run(capsys, "check", "rounded.py:f", *asked, "--record", "run.jsonl", "--json")
    status, shown, _ = run(capsys, "judge", "run.jsonl", "--format", format_asked.name, "--json")
    parts = [json.loads(text)["losses"][0]["parts"] for text in (out, shown)]
    assert (live, status, parts[1]) == (0, 0, parts[0])


def test_the_id_of_a_finding_is_found_by_the_words_that_the_report_shows(capsys, format_asked):
    asked = ("check", "examples.implementations:textbook", "--loss", "sigmoid_cross_entropy", "--format", format_asked.name)
    status, out, _ = run(capsys, *asked)
    assert (status, f"lossref why ID --fresh=0 --format={format_asked.name}" in out) == (1, True)
    _, out, _ = run(capsys, *asked, "--json")
    worst = json.loads(out)["losses"][0]["parts"]["value"]["worst"][0]
    status, shown, _ = run(capsys, "why", worst["id"], "--fresh=0", f"--format={format_asked.name}", "--loss", "sigmoid_cross_entropy")
    assert (status, worst["reason"] in shown) == (0, True)


def test_a_line_of_a_short_format_prints_what_is_judged(format_asked):
    (vector, *_), printed = Source("0").vectors(catalog.get("huber"), format_asked), []
    exec(resolve("lossref").implementations["huber"].line("value", vector.question), {"print": printed.extend})
    assert [format_asked.nearest(float(x)) for x in printed] == list(vector.answer.value.rounded)


def test_a_library_without_the_format_is_one_sentence(capsys, format_asked):
    status, _, err = run(capsys, "check", "sklearn", "--format", format_asked.name)
    assert (status, err.count("\n"), f"and not in {format_asked.name}" in err) == (2, 1, True)


def test_without_ml_dtypes_bfloat16_is_one_sentence(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    status, _, err = run(capsys, "check", "math:exp", "--loss", "huber", "--format", "bfloat16")
    assert (status, err.count("\n"), "pip install ml_dtypes" in err) == (2, 1, True)


def test_what_a_library_has_not_in_a_format_is_left_out(short):
    def lacking(**named):
        raise LacksError("torch has no such kernel")

    loss = catalog.get("huber")
    vectors = Source("0", 20).vectors(loss, short)
    ours = resolve("lossref").implementations["huber"]
    found = judge(loss, Implementation(parts={**ours.parts, "gradient": lacking}, line=ours.line), vectors, short)
    assert not found.broke
    assert found.parts["value"].headline() == "A+"


def test_tensors_have_the_bits_of_the_arrays(short):
    pytest.importorskip("torch")
    from lossref.implementations.engines import torch_like

    words = np.arange(1 << 16, dtype=np.uint16)
    given = words.view(bits.dtype(short.name))
    back = torch_like.array(torch_like.tensor(given))
    assert back.dtype == given.dtype
    assert (back.view(np.uint16) == words).all()


@pytest.mark.parametrize("how", ["no kernel", "no question"])
def test_a_loss_that_a_library_has_not_in_the_format_breaks_nothing(capsys, monkeypatch, how):
    library = resolve("sklearn")
    ours, there = resolve("lossref").implementations, library.implementations["huber"]

    def lacking(**named):
        raise NoFormatError("the library has no such kernel")

    absent = replace(there, parts={"value": lacking}) if how == "no kernel" else replace(there, takes=lambda question: "float32 alone")
    made = replace(library, implementations={"huber": absent, "half_squared_error": ours["half_squared_error"]}, formats=())
    monkeypatch.setattr("lossref.commands.check.resolve", lambda *_: made)
    status, out, _ = run(capsys, "check", "mine", "--format", "float16", "--count", "10", "--json")
    found = json.loads(out)
    assert (status, [entry["loss"] for entry in found["losses"]]) == (0, ["half_squared_error"])
    assert found["lacks"]["huber"] in ("the library has no such kernel", "float32 alone")
    status, out, _ = run(capsys, "check", "mine", "--format", "float16", "--count", "10", "--loss", "huber")
    assert status in (2, 3)  # whoever names it is format_asked
