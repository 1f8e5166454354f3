"""Who is asked over a pipe is sent questions, and neither ids nor answers; the report says how it was asked."""

import json
import sys

import pytest

import lossref
from lossref import catalog, golden
from lossref.__main__ import main
from lossref.formats import FLOAT64
from lossref.report.screen import ASKED, MEMORISED

SAID = {**ASKED, "blind": MEMORISED}  # of golden questions
KEYS = {"type", "sequence", "loss", "part", "format", "inputs", "options"}


def test_a_question_has_neither_an_id_nor_an_answer(tmp_path, capsys):
    path = tmp_path / "run"
    assert main(["check", "lossref", "--loss", "huber", "--level", "D", "--record", str(path)]) == 0
    runs = [line for line in path.read_text().splitlines() if json.loads(line)["type"] == "run"]
    assert {key for line in runs for key in json.loads(line)} == KEYS
    vectors = golden.read(catalog.get("huber"), FLOAT64)
    assert len(vectors) > 100
    assert not [v.id for v in vectors if any(v.id in line for line in runs)]
    assert [json.loads(line)["sequence"] for line in runs] == list(range(1, len(runs) + 1))


@pytest.mark.whole
@pytest.mark.parametrize("how", ["in-process", "blind"])
def test_the_report_says_how_it_was_asked(how, capsys):
    more = ["--isolated"] if how == "blind" else []
    assert main(["check", "lossref", "--loss", "hinge", *more]) == 0
    assert [sentence in capsys.readouterr().out for sentence in [SAID[how]]] == [True]
    assert main(["check", "lossref", "--loss", "hinge", "--json", *more]) == 0
    assert json.loads(capsys.readouterr().out)["asked"] == how


def test_in_python_too():
    assert SAID["in-process"] in str(lossref.check("lossref", "hinge"))
    assert SAID["blind"] in str(lossref.check(f"cmd:{sys.executable} -m lossref serve lossref", "hinge"))
