"""A recorded run that was cut or edited is refused with a sentence; a baseline says what it lacks."""

import json

import pytest
from typed import run

from lossref.__main__ import main

CHOSEN = ["--loss", "squared_error", "--level", "D"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "run"
    assert main(["check", "lossref", *CHOSEN, "--record", str(path)]) == 0
    return path


def edited(lines):
    """With the first answer turned round."""
    k, message = next((k, message) for k, message in enumerate(map(json.loads, lines)) if message["type"] == "result")
    return [*lines[:k], json.dumps(message | {"answer": message["answer"][::-1]}), *lines[k + 1 :]]


SPOILT = {
    "three lines": lambda lines: lines[:3],
    "no last line": lambda lines: lines[:-1],
    "half": lambda lines: lines[: len(lines) // 2],
    "half, and the last line": lambda lines: [*lines[: len(lines) // 2], lines[-1]],
    "a line less": lambda lines: lines[:9] + lines[10:],
    "an answer edited": edited,
    "two lines exchanged": lambda lines: [*lines[:4], lines[5], lines[4], *lines[6:]],
    "something after the end": lambda lines: [*lines, lines[-2]],
    "two runs": lambda lines: lines + lines,
    "an older one": lambda lines: lines[1:-1],
}


@pytest.mark.parametrize("name", SPOILT)
@pytest.mark.parametrize("door", ["judge", "baseline"])
@pytest.mark.whole
def test_what_is_not_whole_is_refused(whole, tmp_path, capsys, name, door):
    (tmp_path / "spoilt").write_text("\n".join(SPOILT[name](whole.read_text().splitlines())) + "\n")
    asked = ["judge", tmp_path / "spoilt"] if door == "judge" else ["check", "lossref", *CHOSEN, "--baseline", tmp_path / "spoilt"]
    status, out, err = run(capsys, *asked)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "record it anew" in err


@pytest.mark.whole
def test_a_whole_one_is_judged_whatever_ends_its_lines(whole, tmp_path, capsys):
    assert run(capsys, "judge", whole, *CHOSEN)[0] == 0
    (tmp_path / "run").write_bytes(whole.read_bytes().replace(b"\n", b"\r\n"))
    assert run(capsys, "judge", tmp_path / "run", *CHOSEN)[0] == 0


def test_the_first_line_says_what_made_it(whole):
    header = json.loads(whole.read_text().splitlines()[0])
    assert (header["type"], header["format_version"], header["implementation"]) == ("recording", 1, "lossref")
    assert len(header["golden"]) == 64


def test_questions_that_were_cut_are_refused_too(tmp_path, capsys):
    lines = run(capsys, "vectors", "squared_error")[1].splitlines()
    (tmp_path / "questions").write_text("\n".join(lines[:5]))
    (tmp_path / "answers").write_text("")
    status, _, err = run(capsys, "judge", tmp_path / "questions", tmp_path / "answers")
    assert (status, "no last line" in err) == (2, True)


def test_a_question_without_an_answer_breaks(whole, tmp_path, capsys):
    questions = run(capsys, "vectors", "squared_error")[1]
    (tmp_path / "questions").write_text(questions)
    replies = [line for line in whole.read_text().splitlines() if '"type":"result"' in line or '"name":"lossref"' in line]
    (tmp_path / "answers").write_text("\n".join(replies[:-4]))
    assert run(capsys, "judge", tmp_path / "questions", tmp_path / "answers", *CHOSEN)[0] in (1, 3)


def test_a_baseline_says_what_it_lacks(whole, capsys):
    status, out, _ = run(capsys, "check", "lossref", *CHOSEN, "--loss", "huber", "--baseline", whole)
    assert (status, f"{whole} lacks huber" in out) == (0, True)
    assert "lacks" not in run(capsys, "check", "lossref", *CHOSEN, "--baseline", whole)[1]
