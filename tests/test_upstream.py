"""reports/upstream: each page's line prints, in a process that knows nothing of us, what the page says; and the exact answer is ours."""

import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

import lossref

FOLDER = Path(__file__).parent.parent / "reports" / "upstream"
PAGES = sorted(path.stem for path in FOLDER.glob("*.md") if path.stem != "README")


def blocks(name, language):
    return re.findall(rf"^```{language}\n(.*?)\n```$", (FOLDER / f"{name}.md").read_text(), re.DOTALL | re.MULTILINE)


def test_all_are_listed_by_their_titles():
    titles = [(FOLDER / f"{name}.md").read_text().partition("\n")[0].removeprefix("# ") for name in PAGES]
    assert len(PAGES) >= 10
    assert re.findall(r"^- \[(.*)\]\((.*)\.md\)$", (FOLDER / "README.md").read_text(), re.MULTILINE) == [*zip(titles, PAGES, strict=True)]


@pytest.mark.parametrize("name", PAGES)
def test_the_exact_answer_is_the_oracle_s(name):
    pytest.importorskip("flint")
    text = (FOLDER / f"{name}.md").read_text()
    told = re.search(r"Exactly, rounded to float64: value (\S+?)(?:, gradient (.+))?\. Asked with", text)
    asked = blocks(name, "python")[1]
    found = eval(asked, {"lossref": lossref})

    def rounded(x):
        if isinstance(x, dict):
            return {name: rounded(part) for name, part in x.items()}
        return tuple(map(rounded, x)) if isinstance(x, tuple) else float(x)

    assert rounded(found.value) == float(told[1])
    if told[2]:
        assert rounded(found.gradient) == eval(told[2])


@pytest.mark.parametrize("name", PAGES)
def test_its_line_prints_what_the_page_says(name):
    needs = dict(one.split("==") for one in re.search("Needs: (.*)", (FOLDER / f"{name}.md").read_text())[1].split())
    for package, wanted in needs.items():
        try:
            there = version(package).partition("+")[0]
        except PackageNotFoundError:
            pytest.skip(f"{package} is not installed")
        if there != wanted:
            pytest.skip(f"{package} is {there}, and the page is of {wanted}")

    def run(code):
        return subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True)

    lines = blocks(name, "python")[0]
    done = run(lines)
    if done.returncode and (alone := run("\n".join(re.findall(r"^(?:import|from) .*", lines, re.MULTILINE)))).returncode:
        pytest.skip(f"what it imports does not load here: {alone.stderr.strip().splitlines()[-1]}")
    assert done.stdout.strip() == blocks(name, "text")[0], done.stderr
