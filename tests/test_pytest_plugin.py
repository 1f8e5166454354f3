"""The pytest plugin in a stranger's folder: what is collected, what a failure says, and that nobody else notices it."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

import pytest_lossref
from lossref.judge.measure import DEFAULT_LEVEL, LEVELS

MINE = """
import numpy as np

class Sigmoid:
    def value(self, logits, target):
        p = 1 / (1 + np.exp(-logits))
        return -target * np.log(p) - (1 - target) * np.log(1 - p)

    def gradient(self, logits, target):
        return 1 / (1 + np.exp(-logits)) - target

def squared(prediction, target):
    prediction -= target
    return prediction**2

drawn = np.random.default_rng(0)
losses = {
    "sigmoid_cross_entropy": Sigmoid(),
    "squared_error": squared,
    "hinge": lambda prediction, target: np.maximum(0, 1 - prediction * target),
    "absolute_error": lambda prediction, target: abs(prediction - target) * (1 + 1e-16 * drawn.integers(0, 9, len(target))),
}
"""


@pytest.fixture
def run(tmp_path):
    """Run pytest in an empty folder with a stranger's losses; its output and exit status."""
    (tmp_path / "mine.py").write_text(MINE)

    def ran(*arguments):
        command = [sys.executable, "-m", "pytest", "-p", "pytest_lossref", "-p", "no:cacheprovider", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    ran.folder = tmp_path
    return ran


def conformance(*more):
    return ("--pyargs", "lossref.conformance", "--lossref-implementation", "mine:losses", *more)


def test_one_item_a_loss_and_property(run):
    status, out = run(*conformance("--collect-only", "-q"))
    assert status == 0
    assert [line.partition("::")[2] for line in out.splitlines() if "::" in line] == [
        f"{loss}[{of}-float64]"
        for loss, parts in (("sigmoid_cross_entropy", ("value", "gradient")), ("hinge", ("value",)),
                            ("absolute_error", ("value",)), ("squared_error", ("value",)))
        for of in (*parts, "inputs_unchanged", "deterministic")
    ]


def test_failure_is_the_report_of_the_check_and_shows_no_code_of_ours(run):
    status, out = run(*conformance("-k", "sigmoid"))
    assert status == 1
    assert "2 failed, 2 passed" in out
    for words in (
        "mine:losses differs at level B in float64: sigmoid_cross_entropy falls below it",
        "inputs  logits 37.0, target 1.0",
        "exact   8.533047625744066e-17    0x1.898471fca6055p-54    3c9898471fca6055",
        "why     logits people type: from 37 on (float32: 17) 1 + exp(-|z|) rounds to 1, the loss is not 0",
        "cause   known-bad formula F36 returns the same",
    ):
        assert words in out
    assert "runtest" not in out
    assert "Traceback" not in out


def test_laws_are_held_to(run):
    status, out = run(*conformance("-k", "inputs_unchanged or deterministic"))
    assert status == 1
    assert "squared_error value: changed its input prediction in place" in out
    assert "for the same arrays: first at" in out
    assert "2 failed, 6 passed" in out


@pytest.mark.whole
def test_level_format_and_loss_are_chosen(run):
    assert run(*conformance("-k", "sigmoid and gradient"))[0] == 1
    assert run(*conformance("-k", "sigmoid and gradient", "--lossref-level", "C"))[0] == 0
    status, out = run(*conformance("--lossref-loss", "hinge", "--lossref-format", "float32,float64", "-v"))
    assert status == 0
    assert "\nlossref.conformance::hinge[value-float32] PASSED" in out
    assert "6 passed" in out


def test_single_item_is_run_by_its_name(run):
    status, out = run("--pyargs", "lossref.conformance::hinge[value-float64]", "--lossref-implementation", "mine:losses")
    assert (status, "1 passed" in out) == (0, True)


@pytest.mark.whole
def test_workers_and_junit(run):
    status, out = run(*conformance("-n", "2", "--junitxml", "found.xml"))
    assert status == 1
    assert "6 failed, 7 passed" in out
    cases = list(ElementTree.parse(run.folder / "found.xml").iter("testcase"))
    assert {case.get("classname") for case in cases} == {"lossref.conformance"}
    failed = sorted(case.get("name") for case in cases if case.find("failure") is not None)
    assert failed == [
        "absolute_error[deterministic-float64]",
        "absolute_error[value-float64]",
        "sigmoid_cross_entropy[gradient-float64]",
        "sigmoid_cross_entropy[value-float64]",
        "squared_error[inputs_unchanged-float64]",
        "squared_error[value-float64]",
    ]


USES = [
    ((), "lossref.conformance needs --lossref-implementation"),
    (("--lossref-implementation", "mine:nothing"), "module 'mine' has no attribute 'nothing'"),
    (("--lossref-implementation", "mine:losses", "--lossref-loss", "huber"), "mine:losses lacks huber: not there"),
    (("--lossref-implementation", "mine:losses", "--lossref-loss", "hubert"), "no loss is called 'hubert'"),
    (("--lossref-implementation", "mine:losses", "--lossref-format", "int8"), "--lossref-format must be of float64, float32"),
]


@pytest.mark.parametrize(("options", "sentence"), USES, ids=[use[1] for use in USES])
def test_wrong_use_is_one_line(run, options, sentence):
    status, out = run("--pyargs", "lossref.conformance", *options)
    assert status == 4
    assert [line for line in out.splitlines() if line] == [next(line for line in out.splitlines() if sentence in line)]


def test_it_is_collected_under_other_names_for_test_files(run):
    (run.folder / "pytest.ini").write_text("[pytest]\npython_files = check_*.py\n")
    assert run(*conformance("--lossref-loss", "hinge"))[0] == 0


def test_assertions_in_a_test_file_show_the_bug_and_none_of_our_frames(run):
    (run.folder / "test_mine.py").write_text(
        "import numpy as np\nfrom mine import Sigmoid\nfrom lossref.testing import assert_matches\n\n"
        "def test_slope():\n    z = np.array([0.5, 40.0])\n"
        "    assert_matches(None, Sigmoid().gradient(z, 1.0), 'sigmoid_cross_entropy', logits=z, target=1.0)\n"
    )
    status, out = run("test_mine.py")
    assert status == 1
    assert "E         inputs  logits 40.0, target 1.0" in out
    assert "__tracebackhide__" not in out
    assert "mismatch.py" not in out


def test_other_runs_load_nothing(run):
    (run.folder / "test_other.py").write_text(
        "import sys\n\ndef test_nothing_is_loaded():\n    assert not {'numpy', 'lossref', 'rich'} & sys.modules.keys()\n"
    )
    status, out = run("-p", "no:hypothesispytest", "-W", "error", "test_other.py")
    assert status == 0, out


def test_levels_are_those_of_the_judge():
    assert (pytest_lossref.LEVELS, pytest_lossref.DEFAULT_LEVEL) == (LEVELS, DEFAULT_LEVEL)
