"""docs/lessons: every long number of a lesson is printed by the example that it names, and both languages have the same."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LESSONS = sorted((ROOT / "docs" / "lessons").glob("*.md"))
NUMBER = re.compile(r"[-+]?\d*\.?\d+(?:e[-+]?\d+)?")
DIGITS = 4  # from so many on a number is none of the text's own


def numbers(text):
    found = NUMBER.findall(text)
    return {x for x in found if sum(map(str.isdigit, re.sub("e.*|^[-+]?0*[.]?0*", "", x))) >= DIGITS}


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_numbers_are_those_that_the_example_prints(path):
    text = path.read_text(encoding="utf-8")
    (example,) = set(re.findall(r"`python (examples/\w+\.py)`", text))
    printed = subprocess.run([sys.executable, ROOT / example], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    told = numbers(text)
    assert told
    assert told <= numbers(printed)


def test_both_languages_have_the_same_numbers():
    english = [path for path in LESSONS if not path.stem.endswith("-zh")]
    assert len(LESSONS) == 2 * len(english) == 6
    for path in english:
        other = path.with_name(f"{path.stem}-zh.md")
        assert numbers(path.read_text(encoding="utf-8")) == numbers(other.read_text(encoding="utf-8"))
