"""The fuzzer, in small: broken inputs to every reader end in answers or in single lines, and it finds what is undone."""

import ast
import json
import random
from importlib import import_module
from pathlib import Path

import pytest

import lossref
from lossref.implementations import wire
from lossref.judge import waivers
from scripts import fuzz

read = import_module("lossref.golden.read")  # whose name in its package is that of its function


def test_a_sample_of_broken_inputs_ends_in_answers_or_in_single_lines(tmp_path):
    for number in range(1500):
        try:
            fuzz.fuzz(2026, number, tmp_path)
        except Exception as error:
            pytest.fail(f"python scripts/fuzz.py --seed 2026 --only {number}: {type(error).__name__}: {error}")


@pytest.mark.parametrize(("module", "name", "undone"), [
    (read, "strictly", lambda data, place: json.loads(data)),
    (read, "parse", lambda data, form: [read.rows.vector({}, json.loads(line), form) for line in data.splitlines()]),
    (wire, "_problem", lambda kind, message: ""),
    (waivers, "_known", lambda place, table: table["loss"]),
])  # fmt: skip
def test_the_fuzzer_finds_what_is_undone(tmp_path, monkeypatch, module, name, undone):
    monkeypatch.setattr(module, name, undone)
    assert any(breaks(number, tmp_path) for number in range(1500))


def breaks(number, where):
    try:
        fuzz.fuzz(2026, number, where)
    except Exception:
        return True
    return False


def test_a_case_is_the_same_each_time():
    line = fuzz.MESSAGES[-1]
    assert [fuzz.mutated(line, random.Random(k)) for k in range(50)] == [fuzz.mutated(line, random.Random(k)) for k in range(50)]


def test_no_archive_and_no_pickle_is_read():
    unsafe = {"pickle", "zipfile", "tarfile", "shelve", "marshal", "gzip", "bz2", "lzma", "zlib", "joblib", "dill"}
    for path in Path(lossref.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.partition(".")[0] for name in names} & unsafe, path
            assert not (isinstance(node, ast.Attribute) and ast.unparse(node) in ("np.load", "numpy.load", "torch.load")), path


