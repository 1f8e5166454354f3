"""What the README says is so: PyTorch's answer, its counts, grades and links; and the table of our own accuracy.

Its commands and Python blocks are held by tests/test_guides.py, with those of the guides.
"""

import doctest
import importlib.util
import re
from pathlib import Path

import pytest

from lossref import catalog, cli
from lossref.commands import BAD_USE, BROKE, CONFORMS, DIFFERS
from lossref.judge.measure import MEANING, meets

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def script(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_pytorch_answers_is_as_printed():
    """Also of what the finding shows, which tests/test_adapters.py has from a check."""
    pytest.importorskip("torch")
    examples = doctest.DocTestParser().get_examples(README)
    assert len(examples) == 3
    test = doctest.DocTest(examples, {}, "README", None, None, None)
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0


def test_the_first_two_blocks_are_those_that_ci_runs():
    first, second, *_ = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    assert first == "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/lossref check scipy\n"
    assert second == "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest\n"


def test_links_lead_somewhere():
    links = re.findall(r"\]\(([^)]*)\)", README)
    guides = {f"docs/guides/{path.name}" for path in (ROOT / "docs" / "guides").glob("*.md")}
    assert guides | {"docs/tail.svg", "docs/report.png"} <= set(links)
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_a_hurried_reader_is_done_soon():
    assert README.count("\n") <= 165


def test_counts_of_the_gradient_check_are_those_of_the_example(capsys):
    script(ROOT / "examples" / "what_gradient_checks_miss.py").main()
    points, passed, wrong = (int(x) for x in re.findall(r"(?:^|: +)(\d{4,})", capsys.readouterr().out, re.MULTILINE))
    assert points == passed
    assert f"{wrong:,} of {points:,} points" in re.sub(r"\s+", " ", README)
    assert f"passes all {passed:,}" in re.sub(r"\s+", " ", README)


def test_grades_are_explained_in_the_words_of_the_code():
    stated = [*MEANING.items()]
    for text in (README, (ROOT / "docs" / "grades.md").read_text(encoding="utf-8")):
        assert re.findall(r"^\| ([A-F]\+?) \| (.*) \|$", text, re.MULTILINE) == stated


def test_exit_statuses_are_those_of_the_command_line():
    """Those that commands return, and those that `lossref --help` explains."""
    page = (ROOT / "docs" / "grades.md").read_text(encoding="utf-8")
    stated = [int(k) for row in re.findall(r"^\| (\d[\d, ]*) \|", page, re.MULTILINE) for k in row.split(",")]
    explained = re.findall(r"\b\d+(?= \w)", cli.EPILOG.partition("try:")[0])
    assert sorted(stated) == sorted(int(k) for k in explained if k != "128")
    assert {CONFORMS, DIFFERS, BAD_USE, BROKE, cli.CLOSED_PIPE} <= set(stated)


@pytest.mark.whole
def test_accuracy_table_is_what_this_machine_measures(listed):
    """Same rows; grades of B or better; and no worst error above the one stated by more than what processors differ by, in a third."""
    table = script(ROOT / "scripts" / "accuracy_table.py")
    page = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
    stated = re.search(f"{table.START}(.*?){table.END}", page, re.DOTALL).group(1).strip().splitlines()[2:]
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in stated]
    assert [row[0] for row in rows] == [f"`{name}`" for name in catalog.names()]
    rows, measured = rows[::3], table.rows(catalog.names()[::3])
    assert [row[-1] for row in rows] == [row[-1] for row in measured]
    misses = []
    for said, found in zip(rows, measured, strict=True):
        for a, b in zip(said[1:-1], found[1:-1], strict=True):
            if a == b == "-":
                continue
            (grade, error), (_, now) = a.split(", "), b.split(", ")
            if not meets(grade, "B") or not float(now) <= 1.5 * float(error) + 0.5:
                misses.append((said[0], a, b))
    listed(misses)
