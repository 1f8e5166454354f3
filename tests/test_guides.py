"""README and the pages of docs: what they tell to type can be typed, their Python runs and answers as they say, the files named exist."""

import ast
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import mpmath
import pytest

from lossref import census, cli, golden
from lossref.mutants import folklore

ROOT = Path(__file__).parent.parent
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
PAGES = [ROOT / "README.md", *GUIDES, *sorted((ROOT / "docs").glob("*.md"))]
NUMBER = r"-?\d+(?:\.\d*)?(?:e-?\d+)?"

every_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
every_guide = pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)


def blocks(path, language):
    """The fenced blocks of a page in a language, those in lists too, from top to bottom."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(block) for _, block in found]


@every_page
def test_commands_are_understood(path):
    """A line to type is whole; within a sentence a command may be named alone."""
    lines = [line.strip() for block in blocks(path, "sh") for line in block.splitlines()]
    named = [" ".join(words.split()) for words in re.findall(r"`(lossref [^`]*)`", path.read_text(encoding="utf-8"))]
    for line in [line for line in lines if line.startswith("lossref ")] + named:
        words = shlex.split(line, comments=True)[1:]
        words = words[: words.index(">")] if ">" in words else words
        parser = cli.parser(words[0])
        if "--help" not in words and (len(words) > 1 or line not in named):
            _, rest = parser.parse_known_args(words)
            assert not rest or words[0] == "eval", line


@every_guide
def test_a_comment_stands_on_a_line_of_its_own(path):
    """Behind a command it is broken with it where the page is narrow. Commands may be long, programs and comments may not."""
    lines = [line for language in ("sh", "python") for block in blocks(path, language) for line in block.splitlines()]
    assert [line for line in lines if re.search(r"\S +# ", line)] == []
    assert [line for line in lines if len(line) > 90 and not line.startswith(("lossref ", "pytest "))] == []


@every_page
def test_options_of_pytest_are_those_that_there_are(path):
    there = set(re.findall(r'"(--lossref-[\w-]+)"', (ROOT / "pytest_lossref.py").read_text(encoding="utf-8")))
    assert set(re.findall(r"--lossref-[\w-]+", path.read_text(encoding="utf-8"))) <= there


@every_page
def test_files_that_are_named_exist(path):
    folders = "golden|examples|lossref|docs|reports|scripts|benchmarks"
    for name in re.findall(rf"[` ]((?:{folders})/[\w./-]*)`", path.read_text(encoding="utf-8")):
        assert (ROOT / name).exists(), name


@every_guide
def test_a_guide_opens_with_one_sentence_that_says_what_it_is_for(path):
    title, empty, sentence, after = path.read_text(encoding="utf-8").splitlines()[:4]
    assert title.startswith("# ")
    assert (empty, after) == ("", "")
    assert re.fullmatch(r"[A-Z][^.]*\.", sentence)


def steps(block):
    """The statements of a block, each with what a comment behind or below it says that it answers: a number or a bracket, up to a colon."""
    lines = [*block.splitlines(), ""]
    for statement in ast.parse(block).body:
        end = statement.end_lineno
        comment = lines[end - 1].encode()[statement.end_col_offset :].decode() or lines[end]
        stated = re.fullmatch(r" *# ([-\d(\[].*?)(?:: .*)?", comment) if isinstance(statement, ast.Expr) else None
        yield statement, stated[1] if stated else None


@pytest.mark.parametrize("path", [path for path in PAGES if blocks(path, "python")], ids=lambda path: path.stem)
def test_python_runs_and_answers_as_printed(path):
    """A page's blocks are one program, read from top to bottom."""
    names = {}
    for block in blocks(path, "python"):
        for package in {"torch", "jax"} & set(re.findall(r"^import (\w+)", block, re.MULTILINE)):
            pytest.importorskip(package)
        for statement, stated in steps(block):
            if stated is None:
                exec(compile(ast.Module([statement], []), path.name, "exec"), names)
                continue
            with mpmath.workdps(30):
                found = eval(compile(ast.Expression(statement.value), path.name, "eval"), names)
                printed = re.findall(NUMBER, re.sub(r"mpf|np\.float64|float64", "", str(found)))
            said = re.findall(NUMBER, stated)
            assert [*map(float, printed)] == pytest.approx([*map(float, said)], rel=1e-8, abs=0), stated
            assert {text for text in said if len(text) > 24} <= set(printed), stated


def test_answers_are_stated():
    """The mechanism above finds them: so many of each page."""
    found = {path.stem: sum(stated is not None for b in blocks(path, "python") for _, stated in steps(b)) for path in PAGES}
    assert {name: count for name, count in found.items() if count} == {"README": 5, "ask": 8}
    assert sum(len(blocks(path, "python")) for path in PAGES) >= 10


@every_page
def test_vectors_that_are_named_exist(path):
    for identifier in re.findall(r"\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{12}\b", path.read_text(encoding="utf-8")):
        question = golden.find(identifier).question
        usual = (question.loss, question.inputs) == ("sigmoid_cross_entropy", {"logits": 40.0, "target": 1.0})
        assert usual or f"`{question.loss}`" in path.read_text(encoding="utf-8")


@every_page
def test_counts_are_those_of_the_code(path):
    text = " ".join(path.read_text(encoding="utf-8").split())
    (made,) = set(re.findall(r"^\| all \| (\d+) \|", (ROOT / "docs" / "power.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(\d+) (?:of them, each|known-bad|wrong formulas)", text)) <= {str(len(folklore()))}
    assert set(re.findall(r"(\d+) libraries", text)) <= {str(sum(bool(library.losses) for library in census.libraries().values()))}
    assert set(re.findall(r"spoilt in ([\d,]+) ways", text)) <= {f"{int(made):,}"}


def test_the_worked_example_prints_what_its_page_says():
    pytest.importorskip("torch")
    done = subprocess.run([sys.executable, ROOT / "examples" / "fused_softmax_cross_entropy.py"], capture_output=True, text=True)
    (said,) = re.findall(r"it prints\n\n((?: {4}.*\n)+)", (ROOT / "docs" / "kernels.md").read_text(encoding="utf-8"))
    assert done.stdout == textwrap.dedent(said)


def test_verdicts_on_speed_are_those_of_their_rows():
    """Each row's verdict follows from its figures, and what is met is counted."""
    text = (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in row.split("|")] for row in re.findall(r"^\|(.*\| (?:met|missed)) \|$", text, re.MULTILINE)]
    for *cells, goal, verdict in rows:
        measured = cells[5:] if len(cells) > 6 else cells[3:] if len(cells) == 4 else cells[1:2]  # by each peer; of a call; of all else
        worst = max(float(re.match(r"[\d.]+", cell)[0]) for cell in measured if cell != "-")
        assert (worst <= float(goal)) == (verdict == "met"), cells
    met, goals = map(int, re.search(r"^(\d+) of (\d+) goals met", text, re.MULTILINE).groups())
    assert (sum(row[-1] == "met" for row in rows), len(rows)) == (met, goals)
