"""What the README says is so: its Python answers, its vector ids, its counts; and the table of our own accuracy."""

import ast
import importlib.util
import re
from pathlib import Path

import mpmath
import pytest

import lossref
from lossref import catalog, golden
from lossref.judge.measure import MEANING, meets

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def script(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_python_answers_are_as_printed():
    (block,) = (b for b in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "lossref.oracle(" in b)
    lines = [line for line in block.splitlines() if line.startswith("lossref.")]
    assert len(lines) == 5
    for line in lines:
        expression, comment = line.split("#")
        stated = re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", comment.split(": ")[-1] if "float64" in comment else comment)
        with mpmath.workdps(30):
            found = eval(compile(ast.parse(expression.strip(), mode="eval"), "README", "eval"), {"lossref": lossref})
            printed = re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", re.sub(r"mpf|np\.float64", "", str(found)))
        assert list(map(float, printed)) == pytest.approx(list(map(float, stated)), rel=1e-8, abs=0), line


def test_python_blocks_run():
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(blocks) == 4
    for block in blocks:
        exec(block, {})
    assert "functions.sigmoid(-745)                        # 5e-324" in README
    assert lossref.functions.sigmoid(-745) == 5e-324


def test_vectors_named_exist():
    ids = set(re.findall(r"\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{12}\b", README))
    assert ids
    for identifier in ids:
        vector = golden.find(identifier)
        question = vector.question
        assert (question.loss, question.inputs) == ("sigmoid_cross_entropy", {"logits": 40.0, "target": 1.0})


def test_counts_of_the_gradient_check_are_those_of_the_example(capsys):
    script(ROOT / "examples" / "what_gradient_checks_miss.py").main()
    points, passed, wrong = (int(x) for x in re.findall(r"(?:^|: +)(\d{4,})", capsys.readouterr().out, re.MULTILINE))
    assert points == passed
    assert f"{wrong:,} of {points:,} points" in re.sub(r"\s+", " ", README)
    assert f"passes all {passed:,}" in re.sub(r"\s+", " ", README)


def test_grades_are_explained_in_the_words_of_the_code():
    for grade, meaning in MEANING.items():
        assert f"| {grade} | {meaning} |" in README


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
