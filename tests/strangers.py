"""Code of strangers in a folder of its own, judged by the command that they would type."""

import json
import re
import shlex
import subprocess
import sys
from contextlib import contextmanager

import pytest

from lossref.cli import main


@contextmanager
def folder(tmp_path, monkeypatch, files):
    """The working directory with these files, by their paths; of their modules none is imported before or after."""
    names = {path.partition("/")[0].removesuffix(".py") for path in files}

    def forget():
        for name in [name for name in sys.modules if name.partition(".")[0] in names]:
            del sys.modules[name]

    for path, source in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(source)
    monkeypatch.chdir(tmp_path)
    forget()
    yield tmp_path
    forget()


def report(capsys, typed):
    """The only loss of the report of a check, as data."""
    main(["check", *shlex.split(typed), "--json", "--worst", "1"])
    (found,) = json.loads(capsys.readouterr().out)["losses"]
    return found


def assert_said_again(found):
    """The line of the worst value and of the worst gradient prints what was got, in a shell that knows nothing of us."""
    for part in ("value", "gradient"):
        worst = found["parts"][part]["worst"][0]
        command = worst["command"].replace("python -c", f"{shlex.quote(sys.executable)} -c", 1)
        said = subprocess.run(shlex.split(command), capture_output=True, text=True, check=True).stdout
        numbers = [float(x) for x in re.findall(r"-?[0-9]+\.?[0-9]*(?:e[-+]?[0-9]+)?|nan|inf", said)]
        got = float(worst["got"]["decimal"])
        assert any(x == pytest.approx(got, rel=1e-3, abs=0, nan_ok=True) for x in numbers), (command, said, got)
