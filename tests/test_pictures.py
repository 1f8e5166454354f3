"""The pictures of docs/ that Matplotlib draws are those that their commands draw today, and are read on a light page and on a dark one."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"
DRAWN_BY = {
    "growth.svg": ("benchmarks/growth.py",),
    "lessons/learning-curves.svg": ("examples/one_neuron.py",),
    "lessons/learning-curves-zh.svg": ("examples/one_neuron.py", "--chinese"),
}


def words(drawing):
    return sorted(re.findall(r">([^<]+)</(?:text|tspan)>", drawing))


def curves(drawing):
    """The points of each line, at a scale and a place that hang on Matplotlib's layout."""
    paths = [re.findall(r"-?[0-9.]+", path) for path in re.findall(r'<path d="(M [^z"]*)" clip-path[^>]*stroke-width: 1.5', drawing)]
    return [list(zip(map(float, path[::2]), map(float, path[1::2]), strict=True)) for path in paths]


@pytest.mark.parametrize("name", DRAWN_BY)
def test_a_picture_is_the_one_that_is_drawn(name, tmp_path):
    """The same words, and every point to a pixel."""
    pytest.importorskip("matplotlib")
    command = [sys.executable, *DRAWN_BY[name], "--plot", tmp_path / "drawn.svg"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=DOCS.parent)
    assert (done.returncode, done.stderr) == (0, "")
    drawn, kept = (path.read_text(encoding="utf-8") for path in (tmp_path / "drawn.svg", DOCS / name))
    assert words(drawn) == words(kept)
    assert len(curves(drawn)) == len(curves(kept)) >= 4
    for there, here in zip(curves(drawn), curves(kept), strict=True):
        assert [x for point in there for x in point] == pytest.approx([x for point in here for x in point], abs=1)


@pytest.mark.parametrize("name", DRAWN_BY)
def test_a_picture_has_no_ground_of_its_own(name):
    assert not re.search(r"fill: (?:#ffffff|white)", (DOCS / name).read_text(encoding="utf-8"))
