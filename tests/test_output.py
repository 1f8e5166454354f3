"""Standard output is our reports': whatever strangers' code writes there, by Python or by C, then or later, is on standard error."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import strangers

import lossref
from lossref.cli import main

SOURCE = """
import atexit, ctypes, os, sys, threading
libc = ctypes.CDLL(None)

def write(when):
    {write}

def f(prediction, target):
    write("a call")
    return abs(prediction - target)

write("an import")
if __name__ != "never_ends":
    atexit.register(write, "the end")
"""
WRITES = {
    "print": "print(when)",
    "the first standard output": "sys.__stdout__.write(when); sys.__stdout__.flush()",
    "the descriptor": "os.write(1, when.encode())",
    "C, kept in its buffer": "libc.printf(b'%s', when.encode())",
    "C, at once": "libc.puts(when.encode()); libc.fflush(None)",
    "a program": "os.system(f'echo {when}')",
    "a thread": "threading.Thread(target=print, args=(when,)).start() if when != 'the end' else print(when)",
}
WAYS = {"in process": "check mine.py:f --loss absolute_error", "isolated": "check mine.py:f --loss absolute_error --isolated"}


@pytest.mark.skipif(os.name != "posix", reason="the C library has another name")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("how", WRITES)
@pytest.mark.whole
def test_the_report_stands_alone(tmp_path, how, way):
    if (how, way) == ("a program", "isolated"):
        pytest.skip("it takes its time, and the way of it is that of the descriptor")
    (tmp_path / "mine.py").write_text(SOURCE.format(write=WRITES[how]))
    done = lossref_there(tmp_path, *WAYS[way].split(), "--json", "--worst", "0")
    assert json.loads(done.stdout)["schema"]
    if way == "in process":
        assert all(when in done.stderr for when in ("an import", "a call", "the end")), done.stderr


@pytest.mark.parametrize("how", ["print", "the descriptor", "C, kept in its buffer"])
@pytest.mark.whole
def test_serving_writes_messages_and_nothing_else(tmp_path, how):
    (tmp_path / "mine.py").write_text(SOURCE.format(write=WRITES[how]))
    asked = lossref_there(tmp_path, "vectors", "absolute_error", "--part", "value").stdout
    done = lossref_there(tmp_path, "serve", "mine.py:f", "--loss", "absolute_error", input=asked)
    assert all("type" in json.loads(line) for line in done.stdout.splitlines())
    assert len(done.stdout.splitlines()) == len(asked.splitlines()) - 2  # to bye and to the end of a file nothing is said


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_lead_nowhere(tmp_path, closed):
    """A file that is opened later would take the number of a closed stream, and be written to."""
    (tmp_path / "mine.py").write_text(SOURCE.format(write=WRITES["the descriptor"]))
    command = f"{sys.executable} -m lossref check mine.py:f --loss absolute_error --level D --junit found.xml {closed}"
    done = subprocess.run(command, shell=True, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert (tmp_path / "found.xml").read_text().startswith("<?xml")
    assert ("a call" in done.stderr) is ("2>&-" not in closed)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no such device")
@pytest.mark.parametrize("command", ["list", "check scipy --loss huber --json", "golden verify", "vectors"])
@pytest.mark.whole
def test_a_full_disk_under_standard_output_is_one_line(command):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "lossref", *command.split()], stdout=full, stderr=subprocess.PIPE, text=True, env=environment()
        )
    assert (done.returncode, done.stderr.count("\n"), "No space left" in done.stderr) == (2, 1, True)


def test_called_from_python_prints_are_told_apart_too(tmp_path, monkeypatch, capsys):
    """Here pytest has standard output, and gives it back."""
    before = sys.stdout
    with strangers.folder(tmp_path, monkeypatch, {"never_ends.py": SOURCE.format(write=WRITES["print"])}):
        main(["check", "never_ends.py:f", "--loss", "absolute_error", "--json", "--worst", "0"])
    out, err = capsys.readouterr()
    assert json.loads(out)["schema"]
    assert "an import" in err
    assert "a call" in err
    assert sys.stdout is before


def test_commands_say_what_is_a_report_by_the_one_function_for_it():
    """A bare print in a command would come out on standard error."""
    for path in (Path(lossref.__file__).parent / "commands").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
                assert [word.arg for word in node.keywords] == ["file"], f"{path.name} line {node.lineno}"


def lossref_there(folder, *typed, **more):
    return subprocess.run([sys.executable, "-m", "lossref", *typed], cwd=folder, env=environment(), capture_output=True, text=True, **more)


def environment():
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def test_what_the_stream_has_not_is_escaped(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "lossref", "init-adapter", "python", "--to", "caf\u00e9"],
        cwd=tmp_path, env=environment() | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert "caf\\xe9" in done.stdout
