"""Recorded runs: judged later they give the bytes of the live run, also after other vectors came; a baseline shows what got worse."""

import json
import re
import shlex
import subprocess
import sys
import types

import numpy as np
import pytest
from typed import run

import lossref
from lossref import catalog, golden
from lossref.formats import FLOAT64
from lossref.implementations import recorded
from lossref.strictjson import JsonError

SERVE = [sys.executable, "-m", "lossref", "serve", "scipy"]
LIVE = ("check", f"cmd:{shlex.join(SERVE)}", "--loss", "huber", "--loss", "softmax_cross_entropy")
CHOSEN = LIVE[2:]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A live run's report and record; questions, and what a program far away answered to them."""
    folder = tmp_path_factory.mktemp("runs")
    with (folder / "vectors").open("w") as file:
        subprocess.run([sys.executable, "-m", "lossref", "vectors", "huber", "softmax_cross_entropy"], stdout=file, check=True)
    with (folder / "vectors").open() as questions, (folder / "results").open("w") as answers:
        subprocess.run(SERVE, stdin=questions, stdout=answers, check=True)
    return folder


@pytest.mark.parametrize("output", [["--json"], []])
@pytest.mark.whole
def test_live_recorded_and_offline_reports_are_the_same_bytes(files, capsys, output):
    live = run(capsys, *LIVE, *output, "--record", files / "run")
    assert live[:2] == run(capsys, "judge", files / "run", *CHOSEN, *output)[:2]
    assert live[:2] == run(capsys, "judge", files / "vectors", files / "results", *CHOSEN, *output)[:2]


@pytest.mark.whole
def test_python_code_is_recorded_from_a_process_of_its_own(files, capsys):
    live = run(capsys, "check", "scipy", *CHOSEN, "--json", "--record", files / "other")
    assert json.loads(live[1])["title"].startswith("scipy")
    judged = run(capsys, "judge", files / "other", *CHOSEN, "--json")
    assert (judged[0], "--accept-conventions" in judged[2]) == (2, True)  # whoever judges it need not be who made it
    assert live[:2] == run(capsys, "judge", files / "other", *CHOSEN, "--json", "--accept-conventions")[:2]


@pytest.mark.whole
def test_a_broken_run_is_recorded_too(files, tmp_path, capsys):
    program = tmp_path / "program.py"
    program.write_text("import os, sys\ninput()\nprint(open('hello').read().strip(), flush=True)\ninput()\nos.abort()\n")
    hello = (files / "results").read_text().splitlines()[0]
    (tmp_path / "hello").write_text(hello)
    command = f"cmd:{sys.executable} -c 'import os; os.chdir(\"{tmp_path}\"); exec(open(\"program.py\").read())'"
    live = run(capsys, "check", command, "--loss", "huber", "--json", "--record", tmp_path / "run")
    assert live[0] == 3
    assert "signal SIGABRT" in live[1]
    assert live[:2] == run(capsys, "judge", tmp_path / "run", "--loss", "huber", "--json")[:2]


def test_a_run_is_judged_after_the_golden_set_changed(files):
    """Vectors that nobody asked are left out, and batches that were not asked so are put together from their rows."""
    recording = recorded.read([files / "vectors", files / "results"])
    loss, library = catalog.get("huber"), recording.library()
    vectors = golden.read(loss, FLOAT64)
    for part in library.implementations["huber"].parts:
        for question in recorded.questions(loss, [part], vectors[::3], FLOAT64):
            answer = recording.answer(question)
            is_call = "reduction" in question["options"]
            assert answer["type"] == "result" or (is_call and answer["type"] == "unsupported")
            if not is_call:
                assert len(answer["answer"]) == len(question["inputs"]["prediction"])
    assert recording.asked(library, [*vectors, golden.read(catalog.get("hinge"), FLOAT64)[0]]) == vectors


def lines(path):
    return path.read_text().splitlines()


BAD = {
    "no hello": (lambda q, a: (q, a[1:]), "no hello of a program"),
    "no answers": (lambda q, a: (q, a[:1]), "no answers"),
    "another run": (lambda q, a: (q[:2], a), "an answer to sequence 2, which was not asked"),
    "two runs": (lambda q, a: (q + q, a), "sequence 1 stands twice"),
    "cut off": (lambda q, a: (q, [*a[:2], a[2][:50]]), "results line 3: not the JSON that is wanted"),
    "a float": (lambda q, a: (q, [a[0], '{"type":"result","sequence":1,"answer":[1.5]}']), "1.5 stands where no such number may stand"),
    "a key twice": (lambda q, a: (q, [a[0], '{"type":"result","type":"result","sequence":1,"answer":[]}']), "key 'type' stands twice"),
    "empty": (lambda q, a: ([], []), "no hello of a program"),
    "another type": (lambda q, a: (q, ['{"type":"ping"}']), "a message of type 'ping' where hello or run or bye"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_run_is_one_line(files, tmp_path, capsys, name):
    spoil, words = BAD[name]
    questions, answers = spoil(lines(files / "vectors")[:-1], lines(files / "results"))
    for path, content in (("vectors", recorded.ended(questions)), ("results", answers)):
        (tmp_path / path).write_text("".join(f"{line}\n" for line in content))
    status, _, err = run(capsys, "judge", tmp_path / "vectors", tmp_path / "results")
    assert (status, err.count("\n")) == (2, 1)
    assert words in err


def test_other_bad_use_is_one_line(files, tmp_path, capsys):
    assert "cannot be read" in run(capsys, "judge", tmp_path / "none")[2]
    assert "the run has no float32, only float64" in run(capsys, "judge", files / "vectors", files / "results", "--format", "float32")[2]
    assert "no loss is called" in run(capsys, "vectors", "of_mine")[2]
    contradiction = ("--as-mathematics", "--convention", "huber: factor 2")
    assert "leave out --convention" in run(capsys, "judge", files / "vectors", files / "results", *contradiction)[2]
    with pytest.raises(JsonError, match="no hello"):
        recorded.read([])


def test_a_baseline_fails_only_on_what_got_worse(tmp_path, capsys, monkeypatch):
    """A loss that is D both times passes; one answer that loses digits since does not."""
    strangers = types.ModuleType("strangers")
    monkeypatch.setitem(sys.modules, "strangers", strangers)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "poor.py").write_text("def squared_error(prediction, target):\n    return (prediction - target) ** 2 * (1 + 1e-9)\n")
    assert run(capsys, "check", "poor", "--record", tmp_path / "run")[0] == 1
    strangers.squared_error = lambda prediction, target: (prediction - target) ** 2 * (1 + 1e-9)
    status, out, _ = run(capsys, "check", "strangers", "--baseline", tmp_path / "run")
    assert status == 0
    assert "0 got worse and 0 better. This says nothing of conformance." in out
    strangers.squared_error = lambda prediction, target: lossref.value("squared_error", prediction, target)
    assert " 0 got worse and 1" in run(capsys, "check", "strangers", "--baseline", tmp_path / "run")[1]

    def worse(prediction, target):
        found = (prediction - target) ** 2 * (1 + 1e-9)
        return np.where(prediction == 3, -found, found)

    strangers.squared_error = worse
    status, out, _ = run(capsys, "check", "strangers", "--baseline", tmp_path / "run", "--json")
    found = json.loads(out)
    assert status == 1
    assert {(entry["inputs"]["prediction"], entry["was"]) for entry in found["worse"]} == {(3.0, "D")}


@pytest.fixture
def old_run(tmp_path, capsys, monkeypatch):
    """A module of one's own, replaced between runs, and the record of its first run."""
    monkeypatch.chdir(tmp_path)
    source = "def huber(prediction, target, delta):\n    return lossref.value('huber', prediction, target, delta=delta) / 2\n"
    (tmp_path / "halves.py").write_text("import lossref\n" + source)
    run(capsys, "check", "halves", "--record", tmp_path / "run")
    strangers = types.ModuleType("strangers")
    monkeypatch.setitem(sys.modules, "strangers", strangers)
    return strangers, tmp_path / "run"


def test_answers_that_are_gone_are_worse(old_run, capsys):
    strangers, record = old_run
    strangers.hinge = lambda prediction, target: lossref.value("hinge", prediction, target)
    status, out, _ = run(capsys, "check", "strangers", "--baseline", record)
    assert status == 1
    assert re.search(r"huber value: (\d+) of \1 answers are gone", out)
    status, _, err = run(capsys, "check", "strangers", "--loss", "hinge", "--baseline", record)
    assert (status, "has no answer of these losses in float64" in err) == (2, True)


@pytest.mark.whole
def test_a_baseline_is_judged_by_the_same_conventions(old_run, capsys):
    """A bug that the undeclared function would hide: the half is declared, and some answers are three times that."""
    strangers, record = old_run

    def huber(prediction, target, delta):
        found = lossref.value("huber", prediction, target, delta=delta) / 2
        return np.where(np.abs(prediction - target) < 4, 3 * found, found)

    strangers.huber = huber
    arguments = ("check", "strangers", "--baseline", record, "--convention", "huber: factor 1/2", "--json")
    status, out, _ = run(capsys, *arguments)
    assert (status, bool(json.loads(out)["worse"])) == (1, True)
    strangers.huber = lambda prediction, target, delta: lossref.value("huber", prediction, target, delta=delta) / 2
    assert run(capsys, *arguments)[0] == 0


def test_a_failed_run_judged_by_a_larger_set_keeps_its_wrong_answers(tmp_path, capsys):
    """A vector that nobody asked must not take the others of its batch with it."""
    loss = catalog.get("squared_error")
    vectors = golden.read(loss, FLOAT64)
    ordinary = [v for v in vectors if v.region == "ordinary"]
    lines = [{"type": "hello", "protocol": 2, "name": "mine", "language": "C", "version": "1", "formats": ["float64"],
              "losses": {"squared_error": {"parts": ["value"]}}}]  # fmt: skip
    smaller = [v for v in vectors if v is not ordinary[0]]
    for sequence, question in enumerate(recorded.questions(loss, ["value"], smaller, FLOAT64), start=1):
        count = len(question["inputs"]["prediction"])
        wrong = {"type": "result", "sequence": sequence, "answer": [FLOAT64.encode(-100.0)] * count}
        failed = {"type": "error", "sequence": sequence, "message": "no"}
        lines += [{**question, "sequence": sequence}, failed if sequence > 2 and count < 5 else wrong]
    lines += [{**lines[1], "sequence": 10**6}, {"type": "error", "sequence": 10**6, "message": "no"}]
    (tmp_path / "run").write_text("".join(f"{line}\n" for line in recorded.ended(map(json.dumps, lines))))
    (entry,) = json.loads(run(capsys, "judge", tmp_path / "run", "--json")[1])["losses"]
    assert entry["broke"] or entry["parts"]["value"]["regions"]["ordinary"] == "F"


def test_all_questions_of_a_loss_are_printed_calls_too(files):
    """Each golden vector stands in a question of each part that it has, and each call alone; the first call of a part twice."""
    wanted = {v.id for v in golden.read(catalog.get("huber"), FLOAT64)}
    runs = [run for run in map(json.loads, lines(files / "vectors")) if run.get("loss") == "huber"]
    assert {identifier for run in runs for identifier in recorded._ids(run)} == wanted
    calls = [run for run in runs if "reduction" in run["options"]]
    parts = {run["part"] for run in calls}
    assert len({(run["part"], recorded._ids(run)[0]) for run in calls}) == len(calls) - len(parts) > 0


def test_a_call_can_be_asked_by_its_id(capsys):
    call = next(v for v in golden.read(catalog.get("huber"), FLOAT64) if v.question.is_call and "sample_weight" in v.question.options)
    _, question, _, _ = run(capsys, "vectors", "--id", call.id, "--part", "value")[1].splitlines()
    assert recorded._ids(json.loads(question)) == [call.id]


@pytest.mark.parametrize("identifier", ["92748ec56cdd"])
def test_one_vector_can_be_asked(capsys, identifier):
    greeting, question, bye, _ = run(capsys, "vectors", "--id", identifier, "--part", "gradient")[1].splitlines()
    assert json.loads(question)["inputs"] == {"logits": ["4044000000000000"], "target": ["3ff0000000000000"]}
    assert (json.loads(greeting)["type"], json.loads(bye)["type"]) == ("hello", "bye")
