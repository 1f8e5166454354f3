"""The pytest plugin takes what the command line takes, by the same names, and decides the same."""

import argparse
import io
import sys
from contextlib import redirect_stderr, redirect_stdout

import pytest

import pytest_lossref
from lossref.cli import main
from lossref.commands import check

MINE = """
import numpy as np, lossref

class Losing:
    def value(self, prediction, target):
        r = prediction - target
        return np.where(np.abs(r) < 1e-4, 0.0, r**2)

    def gradient(self, prediction, target):
        return lossref.gradient("squared_error", prediction=prediction, target=target)

def hinge(prediction, target):
    if np.any(np.abs(prediction) > 1e100):
        raise lossref.NotSupported("large predictions")
    return np.maximum(0.0, 1 - prediction * target)

def half(prediction, target):
    return (prediction - target) ** 2 / 2

class Right(Losing):
    def value(self, prediction, target):
        return lossref.value("squared_error", prediction=prediction, target=target)

right = {"squared_error": Right()}
losses = {"squared_error": Losing(), "hinge": hinge}
halved = {"squared_error": half}
"""
SHOWN = {"all", "worst", "json", "junit"}  # how a report is shown: pytest has its own ways
ELSEWHERE = {"help", "isolated", "timeout", "trace", "record", "write_waivers"}  # of processes and files that the command line makes


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run pytest in a stranger's folder, in this process: its exit status and output."""
    (tmp_path / "mine.py").write_text(MINE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))

    def ran(*arguments, of="mine:losses"):
        command = ["-p", "pytest_lossref", "-p", "no:cacheprovider", "-rxfEs", "--rootdir", str(tmp_path), "--pyargs"]
        chosen = ["lossref.conformance", "--lossref-implementation", of, *map(str, arguments)]
        shown = io.StringIO()
        with redirect_stdout(shown), redirect_stderr(shown):
            status = pytest.main([*command, *chosen])
        sys.modules.pop("mine", None)
        return int(status), shown.getvalue()

    ran.folder = tmp_path
    yield ran
    sys.modules.pop("mine", None)


def test_every_option_of_a_check_is_there():
    commands = argparse.ArgumentParser().add_subparsers()
    check.add(commands)
    parser = pytest.Parser(_ispytest=True)
    pytest_lossref.pytest_addoption(parser)
    ours = {name.removeprefix("--lossref-") for option in parser.getgroup("lossref").options for name in option.names()}
    actions = commands.choices["check"]._actions
    theirs = {name.removeprefix("--") for action in actions for name in action.option_strings if name.startswith("--")}
    assert {name.replace("-", "_") for name in theirs - ours} == SHOWN | ELSEWHERE
    assert ours - theirs == {"implementation"}


def test_a_short_format_is_asked_fresh_questions(run):
    status, out = run("--lossref-format", "float16", of="mine:halved")
    assert (status, "fresh questions, seed '0'" in out) == (1, True)
    assert "golden set" not in out


def test_a_loss_that_is_not_there_in_the_format_is_skipped(run):
    lacking = """
from lossref.library import NoFormatError

def no_kernel(prediction, target):
    raise NoFormatError("there is no such kernel")

lacking = {"squared_error": Right(), "hinge": no_kernel}
"""
    (run.folder / "mine.py").write_text(MINE + lacking)
    status, out = run("--lossref-format", "float16", of="mine:lacking")
    assert (status, "there is no such kernel" in out, "skipped" in out, "failed" in out) == (0, True, True, False)


def waivers(run, *more):
    """A file of waivers for what fails, filled in."""
    assert main(["check", "mine:losses", "--write-waivers", "draft.toml", "--today", "2030-01-01", *more]) == 1
    text = (run.folder / "draft.toml").read_text().replace("TODO: where that is discussed", "https://example.org/7")
    (run.folder / "known.toml").write_text(text.replace("TODO: why this is tolerated", "rounds twice"))
    return "--lossref-waivers", "known.toml", "--lossref-today", "2030-01-01"


@pytest.mark.whole
def test_what_is_waived_is_expected_to_fail(run):
    assert run("-k", "squared_error and value")[0] == 1
    known = waivers(run)
    status, out = run(*known)
    assert (status, "6 passed, 1 xfailed" in out) == (0, True)
    assert "XFAIL lossref.conformance::squared_error[value-float64]" in out
    assert "waived until 2030-04-01: rounds twice (https://example.org/7)" in out.replace("\n", "")
    assert run("-k", "squared_error and value", "-n", "2", *known)[0] == 0


def test_a_waiver_that_waives_nothing_or_is_over_or_drafted_is_told(run):
    known = waivers(run)
    status, out = run(*known, "--lossref-level", "F")
    assert (status, "no longer matches" in out) == (1, True)
    status, out = run(*known[:3], "2031-01-01")
    assert (status, "known.toml: waiver 1 expired on 2030-04-01: rounds twice" in out) == (4, True)
    status, out = run("--lossref-waivers", "draft.toml", "--lossref-today", "2030-01-01")
    assert (status, "its reason is still that of the draft" in out) == (4, True)
    (run.folder / "known.toml").write_text(
        '[[waiver]]\nflag = "nan"\nloss = "huber"\npart = "value"\nreason = "x"\nlink = "https://x.y"\nexpires = 2030-01-01\n'
    )
    status, out = run(*known)
    assert (status, "value of huber at flag nan does not fail" in out) == (4, True)
    assert run(*known, "--lossref-loss", "hinge")[0] == 0


@pytest.mark.whole
def test_conventions_are_declared(run):
    assert run(of="mine:halved")[0] == 1
    declared = ("--lossref-convention", "squared_error: factor 1/2")
    assert run(*declared, of="mine:halved")[0] == 0
    status, out = run(*declared, "--lossref-as-mathematics", of="mine:halved")
    assert (status, "judges by the formula alone" in out) == (4, True)
    status, out = run("--lossref-convention", "huber: factor 1/2", of="mine:halved")
    assert (status, "is declared for 'huber', which is not judged in this run" in out) == (4, True)
    needless = ("--lossref-loss", "hinge", "--lossref-convention", "hinge: clip prediction to [-inf, inf]")
    assert run(*needless)[0] == 0
    assert run(*needless, "--lossref-strict-declarations")[0] == 1


def test_limits_and_what_is_declined(run):
    assert run("--lossref-loss", "hinge")[0] == 0
    status, out = run("--lossref-loss", "hinge", "--lossref-complete", "-k", "value")
    assert (status, "1 failed" in out) == (1, True)
    status, out = run("--lossref-limit", "hinge: no limit at all")
    assert (status, "'no limit at all' is no limit; what can be said" in out) == (4, True)


@pytest.mark.whole
def test_a_baseline_fails_on_what_got_worse_alone(run):
    main(["check", "mine:losses", "--record", "run.jsonl"])
    assert run("--lossref-baseline", "run.jsonl")[0] == 0
    main(["check", "mine:right", "--record", "run.jsonl"])
    status, out = run("--lossref-baseline", "run.jsonl", "-k", "squared_error and (value or gradient)")
    assert (status, "1 failed, 1 passed" in out) == (1, True)
    assert "of conformance." in out
    assert "  was     " in out
    main(["check", "lossref", "--loss", "huber", "--record", "run.jsonl"])
    status, out = run("--lossref-baseline", "run.jsonl", "-k", "squared_error and value")
    assert (status, "1 skipped" in out) == (0, True)


def test_strict_counts_what_is_beside_the_grade(run):
    (run.folder / "mine.py").write_text(
        "import numpy as np, lossref\n\ndef losses(prediction, target):\n"
        "    return np.nan_to_num(lossref.value('hinge', prediction=prediction, target=target))\n"
    )
    assert run("--lossref-as", "hinge")[0] == 0
    assert run("--lossref-as", "HingeLoss", "--lossref-strict", "-k", "value")[0] == 1


def test_a_name_is_anybodys_and_a_misspelt_one_is_answered(run):
    status, out = run("--lossref-loss", "mse", "--collect-only")
    assert (status, "squared_error[value-float64]" in out) == (0, True)
    status, out = run("--lossref-loss", "hing")
    assert (status, "did you mean hinge" in out) == (4, True)
    status, out = run("--lossref-today", "yesterday", "--lossref-waivers", "none.toml")
    assert (status, "--lossref-today must be a day such as 2030-12-31, not 'yesterday'" in out) == (4, True)


def test_a_composition_is_no_part_of_the_verdict(run):
    status, out = run("-k", "sigmoid_cross_entropy and gradient", of="scipy")
    assert (status, "1 xfailed" in out) == (0, True)
    assert run("--lossref-loss", "sigmoid_cross_entropy", "-k", "gradient", of="scipy")[0] == 1


def test_torch_functions_are_judged(run):
    pytest.importorskip("torch")
    (run.folder / "theirs.py").write_text("import torch\n\nloss = torch.nn.MSELoss()\n")
    status, out = run("--lossref-as", "MSELoss", "--lossref-level", "C", of="torch:theirs:loss")
    assert status == 0, out
    assert "passed" in out


def test_inputs_are_stored_in_a_shorter_format(run):
    status, out = run("--lossref-stored", "bfloat16", of="mine:halved")
    assert (status, "inputs in bfloat16" in out) == (1, True)
    status, out = run("--lossref-stored", "bfloat16", "--lossref-format", "float16", of="mine:halved")
    assert (status, "stored must be a format shorter than float16" in out) == (4, True)
