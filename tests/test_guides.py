"""docs/guides: what they tell to type can be typed, what they tell to run gives what they say, and the files that they name exist."""

import re
import shlex
from pathlib import Path

import pytest

import lossref
from lossref import cli

ROOT = Path(__file__).parent.parent
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))


def typed(path):
    text = path.read_text()
    lines = [line.strip() for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    return [line for line in lines + re.findall(r"`(lossref [^`]*)`", text) if line.startswith("lossref ")]


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_commands_are_understood(path):
    for line in typed(path):
        words = shlex.split(line.partition(" > ")[0])[1:]
        if "--help" not in words:
            _, rest = cli.parser(words[0]).parse_known_args(words)
            assert not rest or words[0] == "eval", line


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_files_that_are_named_exist(path):
    for name in re.findall(r"`((?:golden|examples|lossref|docs)/[\w./-]*)`", path.read_text()):
        assert (ROOT / name).exists(), name


def test_answers_are_those_that_are_said():
    text = (ROOT / "docs" / "guides" / "ask.md").read_text()
    lines = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1].splitlines()
    first, second, third = (eval(line, {"lossref": lossref}) for line in lines if line.startswith("lossref."))
    assert str(first) in text
    assert second == ((-1, 0),)
    assert [float(x) for x in third] == pytest.approx([-4.248354255291589e-18, 4.248354255291589e-18], rel=1e-15)
