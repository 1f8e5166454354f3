"""What a check prints: the verdict first, what fits on a screen, whole words, one line a root cause, commands that can be pasted."""

import io
import json
import shlex
import sys
import types
from dataclasses import replace
from functools import partial
from importlib.util import find_spec

import numpy as np
import pytest
from rich.console import Console

import lossref
from lossref import catalog, golden
from lossref.cli import main
from lossref.formats import FLOAT64
from lossref.implementations import resolve
from lossref.judge.verdict import judge
from lossref.report import finding, screen

NARROW = ("squared_error", "huber", "sigmoid_cross_entropy", "logistic", "tanh", "softmax", "absolute_error")


def in_float32(name, **given):
    """Our own value, computed in float32."""
    rounded = {key: np.asarray(x, np.float32) if np.asarray(x).dtype.kind == "f" else x for key, x in given.items()}
    return np.asarray(resolve("lossref").implementations[name].parts["value"](**rounded), np.float64)


@pytest.fixture
def strangers(monkeypatch):
    module = types.ModuleType("strangers")
    module.narrow = {name: partial(in_float32, name) for name in NARROW}
    module.few = {"tanh": partial(in_float32, "tanh"), "hinge": partial(lossref.value, "hinge")}
    monkeypatch.setitem(sys.modules, "strangers", module)


def printed(capsys, *arguments):
    main(["check", *arguments])
    return capsys.readouterr().out


def as_data(capsys, *arguments):
    return json.loads(printed(capsys, *arguments, "--json"))


def shown(report, width, **options):
    """The lines on a terminal of a width; of a pipe for 0."""
    console = Console(file=io.StringIO(), width=width or 1000, force_terminal=bool(width), color_system=None, highlight=False)
    screen.show_run(console, report, "lossref check it", **options)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 100, 200])
@pytest.mark.usefixtures("strangers")
def test_no_line_is_wider_than_the_terminal_and_no_word_is_broken(capsys, width):
    report = as_data(capsys, "strangers:narrow")
    lines, piped = shown(report, width), shown(report, 0)
    assert max(map(len, lines)) <= width
    assert " ".join(lines).split() == " ".join(piped).split()


@pytest.mark.usefixtures("strangers")
def test_what_is_piped_is_not_wrapped(capsys):
    lines = printed(capsys, "strangers:narrow").splitlines()
    assert max(map(len, lines)) > 80
    assert {line.split()[0] for line in lines[4 : 4 + len(NARROW)]} == set(NARROW)


@pytest.mark.usefixtures("strangers")
def test_one_root_cause_is_one_line(capsys):
    out = printed(capsys, "strangers:narrow")
    told = [line for line in out.splitlines() if "float32 arithmetic on the way" in line]
    assert len(told) == 1
    assert told[0].startswith(f"{len(NARROW)} losses")


@pytest.mark.parametrize(("arguments", "whole"), [((), False), (("--all",), True), (("--loss", "tanh"), True)])
@pytest.mark.usefixtures("strangers")
def test_many_failing_losses_are_condensed_unless_asked_for(capsys, arguments, whole):
    out = printed(capsys, "strangers:narrow", *arguments)
    assert ("  try     " in out) == whole
    assert ("lossref why ID" in out) != ("--all" in arguments)


@pytest.mark.usefixtures("strangers")
def test_few_failing_losses_are_reported_whole_the_verdict_first(capsys):
    first, *rest = printed(capsys, "strangers:few").splitlines()
    assert first == "strangers:few differs at level B in float64: 1 of 2 losses falls below it"
    assert sum(line.startswith("  try     ") for line in rest) == 1
    assert any("ulps from the exact answer" in line for line in rest)


@pytest.mark.whole
def test_the_last_line_is_a_command_that_passes(capsys):
    last = printed(capsys, "scipy", "--format=float64").splitlines()[-1]
    command = shlex.split(last.partition(": ")[2])
    assert command == ["lossref", "check", "scipy", "--format=float64", "--level", "D"]
    assert main(command[1:]) == 0


@pytest.mark.usefixtures("strangers")
def test_why_knows_the_ids_that_are_shown_those_of_calls_among_them(capsys):
    parts = as_data(capsys, "lossref", "--loss", "softmax_cross_entropy", "--strict", "--worst", "1")["losses"][0]["parts"]
    calls = [v.id for v in golden.read(catalog.get("softmax_cross_entropy"), FLOAT64) if v.question.is_call]
    for identifier in (calls[0], calls[-1][:8], *(part["worst"][0]["id"] for part in parts.values())):
        assert main(["why", identifier]) == 0
        assert capsys.readouterr().out.startswith(identifier)


@pytest.mark.skipif(not find_spec("torch"), reason="torch is no requirement of the tests")
@pytest.mark.parametrize("width", [80, 200])
def test_a_check_of_torch_fits_on_a_screen(capsys, width):
    report = as_data(capsys, "torch", "--worst", "1")
    assert sum(not entry["conforms"] for entry in report["losses"]) > 10
    assert len(shown(report, width)) <= 60


def test_a_composition_decides_nothing_unless_there_is_nothing_else():
    library = resolve("lossref")
    huber = library.implementations["huber"]
    doubled = replace(huber, parts={"value": lambda **given: 2 * huber.parts["value"](**given)})

    def judged(name, implementation):
        return judge(catalog.get(name), implementation, golden.read(catalog.get(name), FLOAT64), FLOAT64)

    right, failing = judged("hinge", library.implementations["hinge"]), judged("huber", doubled)
    composed = replace(failing, composed="2 * huber")

    def conforms(*found):
        return finding.run(library, found, "float64", "B", False, 1)["conforms"]

    assert not conforms(right, failing)
    assert conforms(right, composed)
    assert not conforms(composed)
    lines = shown(finding.run(library, [right, composed], "float64", "B", False, 1), 100)
    assert lines[0].endswith("conforms at level B in float64: hinge")
    assert "part of its verdict" in lines[lines.index(next(line for line in lines if line.startswith("huber"))) - 1]


def test_a_recorded_run_prints_what_the_live_check_prints(capsys, tmp_path):
    """All but the command that it ends with."""
    losses = ("--loss", "log_softmax", "--loss", "softplus")
    live = printed(capsys, "scipy", *losses, "--record", str(tmp_path / "run"))
    main(["judge", str(tmp_path / "run"), *losses])
    recorded = capsys.readouterr().out
    assert live.splitlines()[:-1] == recorded.splitlines()[:-1]
    assert "lossref judge" in recorded.splitlines()[-1]
