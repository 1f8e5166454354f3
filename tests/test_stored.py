"""Inputs stored in a short format and answers in a longer one: each part is judged in the format in which it comes."""

import json

import numpy as np
import pytest
from jsonschema import validate
from test_report_schema import RULES
from typed import run

import lossref
from lossref import bits, catalog
from lossref.formats import FORMATS
from lossref.golden.source import of_options

FEW = [("bfloat16", "float32"), ("float8_e5m2", "bfloat16")]  # CI asks for the others
MORE = [("float16", "float64"), ("float8_e4m3fn", "float32"), ("float32", "float64")]
PAIRS = [*FEW, *(pytest.param(*pair, marks=pytest.mark.whole) for pair in MORE)]
LOSS = "sigmoid_cross_entropy"
MIXED = """import torch
from torch.nn import functional


def stable(logits, target):
    z, y = logits.float(), target.float()
    return y * functional.softplus(-z) + (1 - y) * functional.softplus(z)


def lossy(logits, target):
    return functional.binary_cross_entropy_with_logits(logits.float(), target.float(), reduction="none")
"""


def long(logits, target, dtype=np.float64):
    """Right to the last digits, in float64."""
    return lossref.value(LOSS, bits.widened(logits), bits.widened(target)).astype(dtype)


@pytest.mark.parametrize(("stored", "longer"), PAIRS, ids=str)
def test_questions_are_numbers_of_the_short_format_and_arrays_have_its_bits(stored, longer):
    given = set()

    def seen(logits, target):
        given.update((logits.dtype, target.dtype))
        return long(logits, target)

    found = lossref.check(seen, LOSS, stored=stored, format=longer)
    assert (found.conforms, given, found.data["format"]) == (True, {bits.dtype(stored)}, longer)
    for question in of_options(form=longer, stored=stored).questions(catalog.get(LOSS), FORMATS[longer]):
        assert (question.format, question.stored) == (longer, stored)
        assert all(FORMATS[stored].holds(x) for name in question.inputs for x in np.ravel(question.inputs[name]) if x == x)


@pytest.mark.parametrize(
    "stored", ["bfloat16", *(pytest.param(name, marks=pytest.mark.whole) for name in ("float16", "float8_e4m3fn", "float8_e5m2"))]
)
def test_what_float32_loses_is_found_in_inputs_of_any_format(stored):
    def forgets(logits, target):
        z, y = bits.widened(logits).astype(np.float32), bits.widened(target).astype(np.float32)
        return np.log(np.float32(1) + np.exp(-np.abs(z))) + np.maximum(z, 0) - z * y

    found = lossref.check(forgets, LOSS, stored=stored, format="float32")
    assert found.grades[LOSS]["value"] == "C"
    assert found.data["lost"] > 0
    assert lossref.check(lambda logits, target: long(logits, target, np.float32), LOSS, stored=stored, format="float32").conforms


def test_a_part_in_the_format_of_its_inputs_is_judged_in_it_and_that_is_said(tmp_path, monkeypatch):
    pytest.importorskip("torch")
    (tmp_path / "mixed_formats.py").write_text(MIXED)
    monkeypatch.chdir(tmp_path)
    found = lossref.check("torch:mixed_formats.py:stable", LOSS, stored="bfloat16", format="float32")
    (entry,) = found.data["losses"]
    assert found.conforms
    assert {part: of["grade"] for part, of in entry["parts"].items()}.keys() == {"value", "gradient"}
    assert [r for r in entry["remarks"] if "judged in" in r] == ["gradient: is judged in bfloat16, in which it comes"]
    found = lossref.check("torch:mixed_formats.py:lossy", LOSS, stored="bfloat16", format="float32")
    (entry,) = found.data["losses"]
    digits = {part: {len(wrong["got"]["bits"]) for wrong in of["worst"]} for part, of in entry["parts"].items()}
    assert digits == {"value": {8}, "gradient": {4}}  # each shown in its own format


def test_a_value_that_is_rounded_too_soon_is_judged_as_what_it_is():
    found = lossref.check(lambda logits, target: long(logits, target, logits.dtype), LOSS, stored="bfloat16", format="float32")
    assert found.conforms
    assert "value: is judged in bfloat16, in which it comes" in found.data["losses"][0]["remarks"]


def test_the_report_says_so_and_its_ids_are_found(capsys, tmp_path, monkeypatch):
    (tmp_path / "too_small.py").write_text(
        "import numpy as np\n\n\ndef f(logits, target):\n    z = logits.astype(np.float32)\n"
        "    return np.log(1 + np.exp(-np.abs(z))) + np.maximum(z, 0) - z * target.astype(np.float32)\n"
    )
    monkeypatch.chdir(tmp_path)
    status, out, _ = run(capsys, "check", "too_small.py:f", "--loss", LOSS, "--stored", "bfloat16", "--json")
    found = json.loads(out)
    validate(found, RULES)
    assert (status, found["format"], found["fresh"]["stored"]) == (1, "float32", "bfloat16")
    worst = found["losses"][0]["parts"]["value"]["worst"][0]
    status, out, _ = run(capsys, "check", "too_small.py:f", "--loss", LOSS, "--stored", "bfloat16")
    assert "inputs in bfloat16" in out
    status, told, _ = run(capsys, "why", worst["id"], "--fresh=0", "--stored=bfloat16", "--loss", LOSS)
    assert (status, worst["reason"] in told) == (0, True)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("mine.py:f", "--stored", "float32"), "--stored must be a format shorter than float32"),
        (("mine.py:f", "--stored", "bfloat16", "--format", "float16"), "--stored must be a format shorter than float16"),
        (("cmd:cat", "--stored", "bfloat16"), "leave out --stored"),
        (("scipy", "--stored", "bfloat16", "--isolated"), "leave out --stored"),
        (("scipy", "--stored", "bfloat16", "--record", "run.jsonl"), "leave out --stored"),
    ],
    ids=str,
)
def test_what_cannot_be_stored_is_one_sentence(capsys, tmp_path, monkeypatch, typed, said):
    monkeypatch.chdir(tmp_path)
    status, _, err = run(capsys, "check", *typed)
    assert (status, err.count("\n"), said in err) == (2, 1, True)
    assert not (tmp_path / "run.jsonl").exists()
