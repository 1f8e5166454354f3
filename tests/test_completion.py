"""A shell that asks how a line may go on is told: commands, options, choices, losses and libraries."""

import os
import subprocess
import sys

import pytest

from lossref import catalog


def told(line, folder):
    pytest.importorskip("argcomplete")
    answer = folder / "answer"
    asked = {"_ARGCOMPLETE": "1", "COMP_LINE": line, "COMP_POINT": str(len(line)), "_ARGCOMPLETE_IFS": "\n"}
    asked |= {"_ARGCOMPLETE_STDOUT_FILENAME": str(answer)}
    done = subprocess.run([sys.executable, "-m", "lossref"], env={**os.environ, **asked}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {word.strip() for word in answer.read_text().splitlines()}


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("lossref sw", {"sweep"}),
        ("lossref show hub", {name for name in catalog.names() if name.startswith("hub")}),
        ("lossref check sci", {"scipy"}),
        ("lossref check scipy --format bf", {"bfloat16"}),
        ("lossref report --ht", {"--html"}),
    ],
)
def test_a_line_goes_on(line, wanted, tmp_path):
    assert told(line, tmp_path) == wanted
