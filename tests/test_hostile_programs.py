"""Hostile runs, messages and programs: a verdict or one line, in their time limit, in bounded memory, nothing left behind."""

import io
import os
import shlex
import sys
import threading
import time
import types
from pathlib import Path

import numpy as np
import pytest
from fuzzing import readers as fuzz
from typed import run

from lossref import strictjson
from lossref.__main__ import main as typed
from lossref.implementations import process, recorded, wire
from lossref.library import FailedError
from lossref.strictjson import JsonError

HELLO = {"type": "hello", "protocol": 2, "name": "mine", "language": "C", "version": "1", "formats": ["float64"],
         "losses": {"squared_error": {"parts": ["value"]}}}  # fmt: skip


def good_run():
    questions, answers = fuzz.a_run()
    return questions + answers


RUNS = {
    "truncated": lambda: good_run()[:-40],
    "deep": lambda: good_run() + b'{"type":' * 10**5,
    "a key twice": lambda: good_run() + b'{"type":"bye","type":"bye"}',
    "NaN": lambda: good_run() + b'{"type":"bye","x":NaN}',
    "1e400": lambda: good_run() + b'{"type":"bye","x":1e400}',
    "no UTF-8": lambda: good_run() + b"\xff\xfe",
    "a byte order mark": lambda: b"\xef\xbb\xbf" + good_run(),
    "a line separator": lambda: good_run() + "\u2028".encode(),
    "a long line": lambda: good_run() + b"x" * (strictjson.LINE_LIMIT + 1),
    "many lists": lambda: good_run() + b"[" + b"[]," * 10**7 + b"[]]",
    "a sequence above 2**53": lambda: good_run() + b'{"type":"error","sequence":9007199254740993,"message":""}',
    "a negative sequence": lambda: good_run() + b'{"type":"error","sequence":-1,"message":""}',
    "a label above 2**63": lambda: good_run().replace(b'"target":["', b'"target":[99999999999999999999,"', 1),
    "no inputs": lambda: good_run()
    + b'{"type":"run","sequence":99,"loss":"hinge","part":"value","format":"float32","inputs":{},"options":{}}',
    "mixed lists": lambda: good_run() + b'{"type":"result","sequence":1,"answer":["00000000",["00000000"]]}',
}


@pytest.mark.parametrize("name", RUNS)
def test_a_hostile_run_is_one_line(tmp_path, capsys, name):
    (tmp_path / "run").write_bytes(RUNS[name]())
    status, out, err = run(capsys, "judge", tmp_path / "run")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err[:-1].isprintable()
    assert "/run line " in err
    assert len(err) < 1000


def test_a_key_twice_among_many_is_found_at_once():
    keys = ",".join(f'"{k}":0' for k in range(10**5))
    start = time.process_time()  # of this process alone: a busy machine does not count
    with pytest.raises(JsonError, match="key '99999' stands twice"):
        strictjson.loads("{" + keys + ',"99999":0}', "here")
    assert time.process_time() - start < 5


def test_a_run_larger_than_the_cap_is_not_read(tmp_path, monkeypatch):
    (tmp_path / "run").write_bytes(good_run())
    for limit, length in (("FILE_LIMIT", len(good_run())), ("MEMORY_LIMIT", strictjson.cost(good_run()))):
        with monkeypatch.context() as patch:
            patch.setattr(strictjson, limit, length // 2)
            with pytest.raises(JsonError, match="in memory, is not read"):
                recorded.read([tmp_path / "run"])


def test_a_run_of_our_own_server_can_be_judged(tmp_path, capsys):
    """Its hello has "lossref" for a name, and is a program's all the same."""
    (tmp_path / "run").write_bytes(fuzz.sealed(good_run(), True))
    assert run(capsys, "judge", tmp_path / "run")[0] == 0


def test_a_hello_of_many_losses_is_read_soon():
    start = time.process_time()  # a busy machine changes nothing
    losses = {f"loss_{k}": {"parts": ["value"]} for k in range(10**5)} | HELLO["losses"]
    hello = wire.read(wire.line({**HELLO, "losses": losses}), "here", "hello")
    assert set(process.described(hello, lambda run: {}).implementations) == {"squared_error"}
    assert time.process_time() - start < 30


QUESTION = {"type": "run", "sequence": 1, "loss": "softmax_cross_entropy", "part": "value", "format": "float32",
            "inputs": {"logits": [["00000000", "3f800000"]] * 2, "target": [0, 1]}, "options": {}}  # fmt: skip
SOFT = {"reduction": "sum", "target_form": "soft"}
ODD_QUESTIONS = {
    "as it should be": ({}, "result"),
    "ragged": ({"inputs": {**QUESTION["inputs"], "target": [0]}}, "error"),
    "ragged vectors": ({"inputs": {"logits": [["00000000"], ["00000000"] * 2], "target": [0, 1]}}, "error"),
    "flat": ({"inputs": {"logits": ["00000000"] * 2, "target": [0, 1]}}, "error"),
    "labels in bits": ({"inputs": {**QUESTION["inputs"], "target": ["00000000"] * 2}}, "error"),
    "vectors of labels": ({"inputs": {**QUESTION["inputs"], "target": [["00000000"]] * 2}}, "error"),
    "far labels": ({"inputs": {**QUESTION["inputs"], "target": [-(2**53), 2**53]}}, "error"),
    "another width": ({"format": "float64"}, "error"),
    "another format": ({"format": "bfloat16"}, "error"),
    "a format of 8 bits": ({"format": "float8_e5m2", "inputs": {"logits": [["00", "3c"]], "target": [0]}}, "result"),
    "an option named like an input": ({"inputs": {"target": ["00000000"]}, "options": {"logits": "3ff0000000000000"}}, "error"),
    "another input": ({"inputs": {"prediction": ["00000000"]}}, "error"),
    "another loss": ({"loss": "of_mine"}, "unsupported"),
    "deep vectors": ({"inputs": {"logits": [[[["00000000"]]]] * 2, "target": [0, 1]}}, "error"),
    "no examples": ({"inputs": {"logits": [], "target": []}}, "result"),
    "an input too many": ({"inputs": {**QUESTION["inputs"], "weight": [0, 1]}}, "error"),
    "an option of nothing": ({"options": {"colour": "00000000"}}, "error"),
    "a call": ({"options": {"reduction": "mean"}}, "result"),
    "a call with an option of another loss": ({"options": {"reduction": "mean", "pos_weight": "3f800000"}}, "error"),
    "a call with an infinite weight": ({"options": {"reduction": "mean", "sample_weight": ["7f800000"] * 2}}, "error"),
    "a call with ragged weights": ({"options": {"reduction": "mean", "sample_weight": [["3f800000"], ["3f800000"] * 2]}}, "error"),
    "a call with weights of another width": ({"options": {"reduction": "mean", "sample_weight": ["3ff0000000000000"] * 2}}, "error"),
    "a call with too many weights": ({"options": {"reduction": "mean", "sample_weight": ["3f800000"] * 3}}, "error"),
    "a call with too long a mask": ({"options": {"reduction": "mean", "mask": [True] * 3}}, "error"),
    "a call with soft labels": ({"inputs": {**QUESTION["inputs"], "target": [["3f000000", "3f000000"]] * 2}, "options": SOFT}, "result"),
    "a call with soft labels that are none": ({"options": SOFT}, "error"),
}


@pytest.mark.parametrize("name", ODD_QUESTIONS)
def test_an_odd_question_to_serve_is_answered(monkeypatch, capsys, name):
    change, kind = ODD_QUESTIONS[name]
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(wire.line({**QUESTION, **change}).encode())))
    status, out, _ = run(capsys, "serve", "lossref")
    assert (status, out.count("\n")) == (0, 1)
    reply = wire.read(out, "the reply", *wire.ANSWERS)
    assert reply["type"] == kind


@pytest.mark.parametrize("line", [b"[", b"\xff", b"[" * 10**6, b'{"type":"run"}', b"x" * (strictjson.LINE_LIMIT + 2), b'{"type":"hello"}'])
def test_what_is_no_question_to_serve_is_one_line(monkeypatch, capsys, line):
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(line)))
    status, out, err = run(capsys, "serve", "lossref")
    assert (status, out, err.count("\n")) == (2, "", 1)


START = """
import json, os, sys, time
input(); print(json.dumps(HELLO), flush=True); input()
"""


@pytest.fixture
def program(tmp_path):
    """Writes a program that says hello, hears one question and misbehaves; gives what to type."""

    def write(then, hello=HELLO):
        path = tmp_path / "program.py"
        path.write_text(START.replace("HELLO", repr(hello)) + then)
        return f"cmd:{shlex.join([sys.executable, '-I', '-S', str(path)])}"

    return write


def asked(command, timeout):
    """What a program fails with, on one example."""
    found = process.library(command.removeprefix("cmd:"), timeout)
    try:
        with pytest.raises(FailedError) as failed:
            found.implementations["squared_error"].parts["value"](prediction=np.ones(3), target=np.ones(3))
        return str(failed.value)
    finally:
        found.close()


BAD_PROGRAMS = {
    "lines for ever": ("while True: sys.stdout.write('{}\\n' * 10000)", "no message"),
    "one line for ever": ("while True: sys.stdout.write('x' * 2**20)", "an answer to this has at most"),
    "standard error for ever": ("while True: sys.stderr.write('x' * 2**20)", "gave no answer in 1 s"),
    "bytes for ever": ("while True: os.write(1, b'x'); time.sleep(0.001)", "gave no answer in 1 s"),
    "far too many numbers": ("print(json.dumps({'type': 'result', 'sequence': 1, 'answer': ['0' * 16] * 10**6}), flush=True)",
                             "an answer to this has at most"),
    "a child that keeps the pipes": ("os.fork() or (os.setsid(), time.sleep(600)); os._exit(0)", "gave no answer in 1 s"),
    "a child that keeps the pipes, too": ("os.fork() or (os.setsid(), time.sleep(600)); time.sleep(600)", "gave no answer in 1 s"),
}  # fmt: skip


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the programs of this test fork")
@pytest.mark.parametrize("name", BAD_PROGRAMS)
def test_a_program_that_floods_or_holds_on_costs_its_timeout_and_little_memory(program, name):
    then, words = BAD_PROGRAMS[name]
    before = peak()
    timeout = 1.0 if "in 1 s" in words else 60.0  # a busy machine takes longer than a second to have it flooded
    asking = threading.Thread(target=lambda: said.append(asked(program(then), timeout)), daemon=True)
    said = []
    asking.start()
    asking.join(120)  # what holds on does so for ten minutes
    assert said
    assert words in said[0]
    assert peak() - before < 400


def peak():
    """MiB that this process has held at most."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def test_a_program_that_left_before_goodbye_is_still_judged(program, capsys, monkeypatch):
    """Its pipe is broken, which is not the reader of our report leaving: the exit status would be 0."""
    real = process.Process.close

    def late(self):
        self.running.kill()
        self.running.wait()
        real(self)

    monkeypatch.setattr(process.Process, "close", late)
    answers = "\nline = None\nfor line in sys.stdin:\n    m = json.loads(line)\n    print(json.dumps({'type': 'result', "
    answers += "'sequence': m['sequence'], 'answer': ['3ff8000000000000'] * len(m['inputs']['target'])}), flush=True)"
    source = program(answers).replace("input()\n", "")
    path = Path(shlex.split(source)[-1])
    path.write_text(path.read_text().replace("; input()\n", "\n"))
    assert run(capsys, "check", source)[0] == 1


@pytest.mark.parametrize("name", ["[/red]", "[red]x[/red]", "\x1b[31mx", "a\nb", "\u202ex", "\ud800", "\x9b2J", ":smile:"])
def test_a_name_reaches_the_screen_as_it_is_spelled(program, capsys, name):
    hello = {**HELLO, "name": name, "losses": {"squared_error": {"parts": ["value"], "composed": name}}}
    status, out, err = run(capsys, "check", program("os._exit(0)", hello), "--timeout", "5", "--accept-conventions")
    assert (status, err) == (3, "")
    assert strictjson.plain(name) in out
    assert all(line.isprintable() for line in out.split("\n"))
    err = run(capsys, "smoke", program("os._exit(0)", hello))[1]
    assert strictjson.plain(name) in err


def test_a_hello_with_a_bad_convention_is_one_line(program, capsys):
    hello = {**HELLO, "losses": {"squared_error": {"parts": ["value"], "conventions": ["factor \x1b[31m1"]}}}
    for command in ("check", "smoke"):
        status, _, err = run(capsys, command, program("", hello))
        assert (status, err.count("\n")) == (2, 1)
        assert "\x1b" not in err


@pytest.mark.parametrize("where", ["none/run", ".", "file/run"])
def test_a_record_that_cannot_be_written_is_one_line_and_leaves_nothing(tmp_path, capsys, where):
    (tmp_path / "file").write_text("mine")
    status, _, err = run(capsys, "check", "lossref", "--loss", "hinge", "--record", tmp_path / where)
    assert (status, err.count("\n")) == (2, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert not list(tmp_path.parent.glob(f".{tmp_path.name}-*"))


def test_an_interrupted_record_leaves_nothing(tmp_path, capsys, monkeypatch):
    def interrupted(old, new):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    status = typed(["check", "lossref", "--loss", "hinge", "--record", str(tmp_path / "run")])
    assert (status, capsys.readouterr().err) == (130, "lossref: interrupted\n")
    assert list(tmp_path.iterdir()) == []
