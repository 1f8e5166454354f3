"""The fuzzer, in small: whatever is asked ends in an answer or in one sentence, and the fuzzer finds what is undone."""

import random
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest
from fuzzing import calls, commands, programs, readers, world

from lossref import arrays, cli, options
from lossref.float64 import evaluate
from lossref.implementations import wire
from lossref.judge import waivers

read = import_module("lossref.golden.read")  # whose name in its package is that of its function
SAMPLES = {"inputs": (readers.fuzz, 1500), "calls": (calls.fuzz, 250), "commands": (commands.fuzz, 25)}


def found(case, numbers, where):
    """The first problem that a case finds, as its message."""
    for number in numbers:
        try:
            case(2026, number, where)
        except Exception as error:
            return f"{type(error).__name__}: {error}, case {number}"
    return ""


@pytest.mark.whole
@pytest.mark.parametrize("kind", SAMPLES)
def test_a_sample_is_without_a_finding(tmp_path, kind):
    case, count = SAMPLES[kind]
    problem = found(case, range(count), tmp_path)
    assert not problem, f"python scripts/fuzz.py --kind {kind} --seed 2026 --only {problem.rpartition(' ')[2]}: {problem[:2000]}"


@pytest.mark.parametrize(("module", "name", "undone"), [
    (read, "strictly", lambda data, place: readers.json.loads(data)),
    (read, "parse", lambda data, form: [read.rows.vector({}, readers.json.loads(line), form) for line in data.splitlines()]),
    (wire, "_problem", lambda kind, message: ""),
    (waivers, "_known", lambda place, table: table["loss"]),
])  # fmt: skip
def test_the_fuzzer_of_inputs_finds_what_is_undone(tmp_path, monkeypatch, module, name, undone):
    monkeypatch.setattr(module, name, undone)
    assert found(readers.fuzz, range(1500), tmp_path)


def _writes(loss, name, x):
    array = np.asarray(x)
    if array.flags.writeable and array.size and array.dtype.kind == "f":
        array[...] = 1.0
    return arrays.plain(name, x)


def _shares(loss, name, x):
    random.random()
    return arrays.plain(f"{loss.name}: {name}", x)


@pytest.mark.parametrize(("module", "name", "undone"), [
    (evaluate, "real_numbers", lambda loss, name, x: np.asarray(x)),
    (evaluate, "real_numbers", lambda loss, name, x: np.asarray(x, float)),
    (evaluate, "real_numbers", _writes),
    (evaluate, "real_numbers", _shares),
    (evaluate, "is_moved", lambda axis: axis != -1),
    (options, "number", lambda name, x, *allowed: x),
])  # fmt: skip
def test_the_fuzzer_of_calls_finds_what_is_undone(tmp_path, monkeypatch, module, name, undone):
    monkeypatch.setattr(module, name, undone)
    assert found(calls.fuzz, range(1000), tmp_path)


@pytest.mark.parametrize(
    "run", [lambda typed: 5, lambda typed: 1 / 0, lambda typed: print("Traceback") or 0, lambda typed: print("x") or 2]
)
@pytest.mark.whole
def test_the_fuzzer_of_commands_finds_what_is_undone(tmp_path, monkeypatch, run):
    monkeypatch.setattr(cli, "_run", run)
    assert found(commands.fuzz, range(3), tmp_path)


def test_a_hostile_program_that_conforms_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "_run", lambda typed, folder: (0, ""))
    assert "exit 0" in found(programs.fuzz, range(1), tmp_path)


@pytest.mark.parametrize("name", ["wrong", "no JSON", "short", "a factor", "error"])
@pytest.mark.whole
def test_a_hostile_program_ends_in_a_refusal(tmp_path, monkeypatch, name):
    monkeypatch.setattr(programs, "drawn", lambda chance: ("lines", name, "program"))
    assert programs.fuzz(2026, 0, tmp_path)[1] in ("exit 1", "exit 2", "exit 3")


@pytest.mark.parametrize("case", [calls, commands, programs])
def test_a_case_is_the_same_each_time(tmp_path, case):
    files = commands.folder_of_files(tmp_path)

    def shown(number):
        chance = random.Random(number)
        if case is commands:
            return commands.drawn(chance, files)
        return programs.drawn(chance) if case is programs else str(calls.drawn(chance)).replace("0x", "").partition(" at ")[0]

    assert [shown(number) for number in range(30)] == [shown(number) for number in range(30)]


@pytest.mark.parametrize("change", ["np.errstate", "the decimal context", "os.environ", "random"])
def test_a_changed_state_is_found(monkeypatch, change):
    states = iter([{change: 1}, {change: 2}])
    monkeypatch.setattr(world, "state", lambda: next(states))
    with pytest.raises(world.FoundError, match=change), world.kept():
        pass


def test_the_bytes_of_a_mutated_text_are_the_same_each_time():
    line = readers.MESSAGES[-1]
    assert [readers.mutated(line, random.Random(k)) for k in range(50)] == [readers.mutated(line, random.Random(k)) for k in range(50)]


def test_an_outcome_of_a_thread_and_of_a_child_is_compared():
    assert world.in_threads(lambda: 1.5) == [world.outcome(lambda: 1.5)[0]] * 4
    assert world.in_a_child(lambda: SimpleNamespace(x=1) and 1.5) == repr(world.outcome(lambda: 1.5)[0])
