"""The files to copy into a CI service: their commands run as they stand, pass with right code, and fail with what is new."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import lossref

CI = Path(__file__).parent.parent / "examples" / "ci"
FILES = ("lossref.yml", "gitlab.yml", "README.md")
LOSING = """
import numpy as np

def squared_error(prediction, target):
    return np.where(np.abs(prediction - target) < {least}, 0.0, (prediction - target) ** 2)

table = {{"squared_error": squared_error}}
"""


def commands(name):
    """The command lines of a file: `- run: ...`, the entries of a script, the indented lines of a page."""
    mark = {"lossref.yml": r"^ +- run: (.+)$", "gitlab.yml": r"^    - (.+)$", "README.md": r"^    ([^ #].*?)(?: +#.*)?$"}[name]
    return re.findall(mark, (CI / name).read_text(), re.MULTILINE)


@pytest.fixture
def run(tmp_path):
    """Run a command line in a stranger's repository; its exit status and output."""
    (tmp_path / "mypackage").mkdir()
    code = tmp_path / "mypackage" / "losses.py"
    code.write_text(LOSING.format(least="1e-6"))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path]), "PYTHONDONTWRITEBYTECODE": "1"}

    def ran(line):
        program, *arguments = shlex.split(line)
        command = [sys.executable, "-m", program, *arguments, *(["-p", "pytest_lossref"] if program == "pytest" else [])]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    ran.code, ran.folder = code, tmp_path
    return ran


def prepared(run):
    """What the page says to keep beside the code: waivers, filled in, and a recorded run."""
    draft, check, record, compare, conformance = commands("README.md")
    assert run(draft)[0] == 1
    waivers = run.folder / "lossref-waivers.toml"
    assert run(check)[0] == 2
    text = waivers.read_text().replace("TODO: where that is discussed", "https://example.org/7")
    waivers.write_text(text.replace("TODO: why this is tolerated", "rounds twice"))
    assert run(record)[0] == 1
    return check, compare, conformance


@pytest.mark.whole
def test_what_the_page_says_works_and_notices_what_is_new(run):
    lines = prepared(run)
    assert [run(line)[0] for line in lines] == [0, 0, 0]
    run.code.write_text(LOSING.format(least="1e-3"))
    assert [run(line)[0] for line in lines] == [1, 1, 1]


@pytest.mark.whole
@pytest.mark.parametrize("name", ["lossref.yml", "gitlab.yml"])
def test_the_job_runs_and_leaves_junit(run, name):
    prepared(run)
    installs, mine, check = commands(name)
    assert (installs, mine) == (f"pip install lossref=={lossref.__version__}", "pip install .")
    assert (CI / name).read_text().count("lossref.xml") >= 2
    status, out = run(check)
    assert status == 0, out
    assert ElementTree.parse(run.folder / "lossref.xml").getroot().get("failures") == "0"
    run.code.write_text(LOSING.format(least="1e-3"))
    assert run(check)[0] == 1
    assert int(ElementTree.parse(run.folder / "lossref.xml").getroot().get("failures")) >= 1


def test_every_command_of_the_files_is_read():
    for name in FILES:
        lines = [line for line in (CI / name).read_text().splitlines() if re.search(r"\b(lossref check|pytest --)", line)]
        assert len(lines) == sum(not line.startswith("pip ") for line in commands(name))
