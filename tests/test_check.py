"""`lossref check`: known facts about real libraries are found, each with a line that reproduces it with that library alone."""

import json
import re
import subprocess
import sys
from importlib.util import find_spec

import pytest

from lossref import catalog, golden
from lossref.cli import main
from lossref.judge.measure import meets

# torch is no requirement of the tests; CI runs this file in an environment that has it.
LIBRARIES = [name for name in ("scipy", "sklearn", "torch") if find_spec(name)]


def report(capsys, *arguments):
    status = main(["check", *arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


def shown(found, loss, part, inputs):
    """The bug report of one input among the worst vectors."""
    entry = next(e for e in found["losses"] if e["loss"] == loss)
    return next(w for w in entry["parts"][part]["worst"] if w["inputs"] == inputs)


FACTS = [
    # target, format, loss, part, inputs, got, exact
    ("torch", "float64", "sigmoid_cross_entropy", "value", {"logits": -37.0, "target": 0.0}, 0.0, 8.533047625744066e-17),
    ("torch", "float64", "sigmoid_cross_entropy", "gradient", {"logits": 40.0, "target": 1.0}, 0.0, -4.248354255291589e-18),
    ("torch", "float64", "softmax_cross_entropy", "value", {"logits": [40.0, 0.0], "target": 0}, 0.0, 4.248354255291589e-18),
    ("torch", "float64", "softmax_cross_entropy", "gradient", {"logits": [40.0, 0.0], "target": 0}, 0.0, -4.248354255291589e-18),
    ("torch", "float32", "sigmoid_cross_entropy", "value", {"logits": -15.0, "target": 0.0}, 0.0, 3.059022617435403e-07),
    ("sklearn", "float64", "sigmoid_cross_entropy", "value", {"logits": 37.0, "target": 1.0}, 0.0, 8.533047625744066e-17),
    ("scipy", "float64", "softmax_cross_entropy", "value", {"logits": [40.0, 0.0], "target": 0}, 0.0, 4.248354255291589e-18),
]


@pytest.mark.parametrize("fact", [f for f in FACTS if f[0] in LIBRARIES], ids=lambda f: "-".join(f[:4]))
def test_known_fault_is_shown_and_its_line_reproduces_it(capsys, fact):
    target, form, loss, part, inputs, got, exact = fact
    arguments = (target, "--loss", loss, "--format", form)
    _, found = report(capsys, *arguments, "--worst", "99")
    bug = shown(found, loss, part, inputs)
    assert bug["lost"]
    assert bug["got"]["decimal"] == got
    assert bug["exact"]["decimal"] == exact
    assert bug["reason"]
    status, strict = report(capsys, *arguments, "--worst", "99", "--level", "B")
    assert status == 1
    assert not next(e for e in strict["losses"] if e["loss"] == loss)["parts"][part]["conforms"]
    assert shown(strict, loss, part, inputs)
    assert "lossref" not in bug["line"]
    printed = subprocess.run([sys.executable, "-c", bug["line"]], capture_output=True, text=True, check=True).stdout
    first = re.search(r"-?\d+\.?\d*(e[+-]?\d+)?", printed.replace("[", " "))
    assert first is not None
    assert float(first.group()) == got


def test_sklearn_gradient_of_the_same_loss_is_right(capsys):
    _, found = report(capsys, "sklearn", "--loss", "sigmoid_cross_entropy")
    parts = found["losses"][0]["parts"]
    assert parts["gradient"]["grade"] == "B"
    assert parts["gradient"]["lost"] == 0
    assert parts["value"]["grade"] == "C"


def is_printed_first(bug):
    """Of several gradients, that in the first argument; of several components, the first."""
    argument = re.search(r"\[([a-z_]+)\]", bug["label"])
    return not re.search(r"\[[1-9]|, [1-9]", bug["label"]) and (not argument or argument.group(1) == next(iter(bug["inputs"])))


@pytest.mark.parametrize("target", LIBRARIES)
@pytest.mark.whole
def test_every_line_shown_runs_and_prints_what_was_got(capsys, target):
    _, found = report(capsys, target, "--worst", "2")
    bugs = [w for e in found["losses"] for p in e["parts"].values() for w in p["worst"]]
    bugs = [w for w in bugs if "reduction" not in w["inputs"] and is_printed_first(w)]
    assert len(bugs) >= 4
    script = "\nprint('next')\n".join(bug["line"] for bug in bugs)
    printed = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True).stdout
    for lines, bug in zip(printed.split("next"), bugs, strict=True):
        text = re.search(r"(?<!\w)([-\d.]+(e[-+]?\d+)?|nan|-?inf)", lines).group()
        # torch prints four decimals, or four digits where it chooses an exponent
        assert float(text) == pytest.approx(float(bug["got"]["decimal"]), rel=1e-3, abs=1e-4 * ("e" not in text), nan_ok=True)


@pytest.mark.whole
def test_our_own_code_conforms_at_b(capsys):
    """By the command, at some losses; that every loss is graded so in both formats has a file of its own."""
    some = catalog.names()[::8]
    for form in ("float64", "float32"):
        status, found = report(capsys, "lossref", "--level", "B", "--strict", "--format", form, *(f"--loss={name}" for name in some))
        assert status == 0
        assert [e["loss"] for e in found["losses"]] == list(some)
        assert not any(e["refused"] for e in found["losses"])


def test_examples_are_caught(capsys):
    for name in ("textbook", "clipped"):
        status, found = report(capsys, f"examples.implementations:{name}", "--loss", "sigmoid_cross_entropy")
        assert status == 1
        assert found["losses"][0]["parts"]["value"]["grade"] in ("D", "F")
        assert "gradient" not in found["losses"][0]["parts"]


def test_text_shows_a_line_a_loss_then_bug_reports(capsys):
    assert main(["check", "scipy"]) == 1
    text = capsys.readouterr().out
    for word in ("lost", "grade", "got", "exact", "error", "why", "try     python -c", "Composed by us"):
        assert word in text
    assert "differs at level B" in text
    assert "answers are lost. The best level that passes is D: lossref check scipy --level D" in text
    assert main(["check", "scipy", "--level", "D"]) == 0
    assert "conforms at level D" in capsys.readouterr().out
    assert all(line.count("'") == 2 for line in text.splitlines() if line.startswith("  try"))


@pytest.mark.skipif(not find_spec("torch"), reason="torch is no requirement of the tests")
@pytest.mark.parametrize("format_name", golden.SHIPPED_FORMATS)
def test_torch_is_judged_as_it_is_until_it_is_declared(capsys, format_name):
    """Its 1e-12 is a float32 number in every format: declared as the decimal 1e-12, float64 gradients differ by 4e-9.

    A gradient with a denominator of its own promises no Hessian, and none is judged.
    """

    def grades(*convention):
        main(["check", "torch", "--loss", "binary_cross_entropy", "--format", format_name, "--json", *convention])
        (entry,) = json.loads(capsys.readouterr().out)["losses"]
        return {part: found["grade"] for part, found in entry["parts"].items()}

    assert grades("--as-mathematics") == {"value": "F", "gradient": "F", "hessian": "F"}
    exactly = grades("--convention", "binary_cross_entropy: clamp log at -100, gradient denominator at least 9.999999960041972e-13")
    assert meets(exactly["value"], "B")
    assert meets(exactly["gradient"], "B")
    assert "hessian" not in exactly
    nearly = grades("--convention", "binary_cross_entropy: clamp log at -100, gradient denominator at least 1e-12")
    assert meets(nearly["gradient"], "B") == (format_name == "float32")
