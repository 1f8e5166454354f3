"""Whoever ends the process, answers sometimes, answers nothing or cannot be judged does not pass: each cheat ends in 1, 2 or 3."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import lossref
from lossref.__main__ import main
from lossref.testing import assert_call_matches, assert_matches

LOSSREF = [sys.executable, "-m", "lossref"]
FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot run a command below one that waits")
ENDS = """
import atexit, ctypes, os, signal, sys, threading, time
import lossref

def right(prediction, target):
    return lossref.value("squared_error", prediction, target)

def os_exit(prediction, target):
    os._exit(0)

def libc_exit(prediction, target):
    ctypes.CDLL(None)._exit(0)

def libc_exit_in_order(prediction, target):
    ctypes.CDLL(None).exit(0)

def of_a_thread(prediction, target):
    threading.Thread(target=lambda: os._exit(0)).start()
    time.sleep(60)

def crash(prediction, target):
    os.kill(os.getpid(), signal.SIGSEGV)

def wrong_and_at_the_end(prediction, target):
    atexit.register(os._exit, 0)
    return right(prediction, target) + 1

def leave(prediction, target):
    sys.exit(0)

def hang(prediction, target):
    print("hangs", file=sys.stderr, flush=True)
    time.sleep(600)
"""
EARLY = {"os_exit": 3, "libc_exit": 3, "libc_exit_in_order": 3, "of_a_thread": 3, "crash": 3, "wrong_and_at_the_end": 1, "leave": 3}


@pytest.fixture
def ends(tmp_path):
    (tmp_path / "ends.py").write_text(ENDS)
    return tmp_path / "ends.py"


def checked(file, name, *more):
    command = [*LOSSREF, "check", f"{file}:{name}", "--loss", "squared_error", "--level", "D", *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@FORKS
@pytest.mark.parametrize("name", EARLY)
@pytest.mark.whole
def test_ending_the_process_is_no_success(ends, name):
    done = checked(ends, name)
    assert done.returncode == EARLY[name]
    assert ("conforms" in done.stdout) is False
    assert ("no verdict: the code that was checked ended the process" in done.stderr) == (name not in ("leave", "wrong_and_at_the_end"))


@pytest.mark.whole
def test_ending_the_process_is_no_success_where_it_is_isolated(ends):
    assert checked(ends, "os_exit", "--isolated").returncode == 3


@FORKS
def test_ending_the_process_while_it_is_imported_is_no_success(tmp_path):
    (tmp_path / "gone.py").write_text("import os\nos._exit(0)\n")
    assert checked(tmp_path / "gone.py", "f").returncode == 3


@pytest.mark.whole
def test_whoever_is_right_has_the_status_of_the_verdict(ends):
    assert checked(ends, "right").returncode == 0
    assert checked(ends, "right", "--nonsense").returncode == 2
    assert checked(ends, "absent").returncode == 2


def by_default():
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)


@FORKS
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"])
@pytest.mark.parametrize("whole_group", [False, True])
@pytest.mark.whole
def test_signals_end_the_process_that_judges_too(ends, name, whole_group):
    """Whether they come to the process that waits alone, or to both."""
    if name == "SIGKILL" and not sys.platform.startswith("linux"):
        pytest.skip("only Linux tells a process that its parent was killed")
    command = [*LOSSREF, "check", f"{ends}:hang", "--loss", "squared_error"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=by_default) as running:
        assert running.stderr.readline() == "hangs\n"
        started = time.monotonic()
        (os.killpg if whole_group else os.kill)(running.pid, number := getattr(signal, name))
        error = running.stderr.read()  # ends once nobody is left that could write
    assert time.monotonic() - started < 30
    assert running.returncode in (128 + number, -number)
    assert "Traceback" not in error


def sometimes(every):
    calls = []

    def gradient(prediction, target):
        calls.append(1)
        return lossref.gradient("squared_error", prediction, target) if len(calls) % every == 1 else None

    return gradient


def right(prediction, target):
    return lossref.value("squared_error", prediction, target)


def only(region):
    """An answer for inputs of these regions, and a refusal of all others."""

    def value(prediction, target):
        if not region(np.abs(prediction)).all():
            raise lossref.NotSupported("beyond me")
        return right(prediction, target)

    return value


class Gives:
    """An implementation of these parts."""

    def __init__(self, **parts):
        vars(self).update(parts)


CHEATS = {
    "a gradient at times": lambda: Gives(value=right, gradient=sometimes(33)),
    "a gradient at every second call": lambda: Gives(value=right, gradient=sometimes(2)),
    "a gradient once": lambda: Gives(value=right, gradient=sometimes(10**9)),
    "None": lambda: Gives(value=lambda prediction, target: None),
    "empty": lambda: Gives(value=lambda prediction, target: np.zeros(0)),
    "an empty list": lambda: Gives(value=lambda prediction, target: []),
    "no gradient for some": lambda: Gives(value=right, gradient=lambda prediction, target: None if prediction[0] > 1 else target),
    "range alone": lambda: Gives(value=only(lambda x: x > 1e150)),
    "nothing": lambda: Gives(value=only(lambda x: x < -1)),
    "text": lambda: Gives(value=lambda prediction, target: np.full(len(target), "0.0")),
    "complex": lambda: Gives(value=lambda prediction, target: right(prediction, target) + 0j),
    "objects": lambda: Gives(value=lambda prediction, target: right(prediction, target).astype(object)),
    "always equal": lambda: Gives(value=lambda prediction, target: type("Equal", (), {"__eq__": lambda a, b: True, "shape": (2,)})()),
    "not a number": lambda: Gives(value=lambda prediction, target: np.full(len(target), np.nan)),
}


@pytest.mark.parametrize("name", CHEATS)
def test_what_gives_no_answers_does_not_conform(name, monkeypatch):
    assert not lossref.check(CHEATS[name](), "squared_error", level="D").conforms
    module = type(sys)("cheats")
    module.cheat = CHEATS[name]()
    monkeypatch.setitem(sys.modules, "cheats", module)
    assert main(["check", "cheats:cheat", "--loss", "squared_error", "--level", "D"]) in (1, 3)


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1", "0", "1e400", "x"])
@pytest.mark.parametrize("command", ["check cmd:true", "check scipy", "smoke cmd:true"])
def test_a_time_that_is_none_is_bad_use(capsys, command, seconds):
    try:
        status = main([*command.split(), "--timeout", seconds])
    except SystemExit as error:
        status = error.code
    assert status == 2
    assert "--timeout" in capsys.readouterr().err


NOTHING = {
    "both None": (None, None, "squared_error", {"prediction": [3.0], "target": [1.0]}, "both None"),
    "an allowance that overflows": ([123.0], None, "squared_error", {"prediction": [1e200], "target": [0.0]}, "1 of 1 numbers fail"),
    "among others": ([123.0, 1.0], None, "squared_error", {"prediction": [1e200, 1.0], "target": [0.0, 0.0]}, "1 of 2 numbers fail"),
    "a jump": (None, [123.0], "zero_one", {"prediction": [2.0], "target": [2.0]}, "nothing is judged"),
}


@pytest.mark.parametrize("name", NOTHING)
def test_an_assertion_of_nothing_fails(name):
    """Where an allowance overflows the largest number takes its place: what is far from the answer, or finite in place of it, fails."""
    value, gradient, loss, given, words = NOTHING[name]
    with pytest.raises(AssertionError, match=words):
        assert_matches(value, gradient, loss, **given)
    with pytest.raises(AssertionError):
        assert_call_matches(None if value is None else sum(value), gradient, loss, reduction="sum", **given)


def test_a_declaration_that_leaves_some_undecided_does_not_conform(monkeypatch):
    """What it is judged as has no answer there, so nothing says that it is right."""
    from lossref.judge import verdict

    monkeypatch.setattr(verdict, "declared", lambda loss, conventions, vectors, form: list(vectors)[1:])
    found = lossref.check(right, "squared_error")
    assert found.data["losses"][0]["undecided"] == 1
    assert not found.conforms
    assert json.dumps(found.data)
