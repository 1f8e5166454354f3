"""scripts/release.py: what stands in the way of a release is named, each thing in a sentence."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import release

import lossref
from lossref import golden

ROOT = Path(__file__).parent.parent
NAMES = ("pyproject.toml", "LICENSE", "CHANGES.md", "golden")


def git(folder, *words):
    subprocess.run(["git", "-C", folder, "-c", "user.name=x", "-c", "user.email=x@example.org", *words], check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path):
    """What a release looks at, as it is just before one."""
    for name in NAMES:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tmp_path / name)
    changes = tmp_path / "CHANGES.md"
    version = golden.manifest(tmp_path / "golden")["version"]
    heading = f"## {lossref.__version__}, golden set {version}"
    changes.write_text("\n".join(heading if line.startswith("## Unreleased") else line for line in changes.read_text().splitlines()))
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "before")
    return tmp_path


def told(checkout, *more):
    command = [sys.executable, ROOT / "scripts" / "release.py", "--root", checkout, *more]
    done = subprocess.run(command, capture_output=True, text=True)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def test_nothing_is_in_the_way_of_a_clean_tree(checkout):
    assert told(checkout, "--since", "HEAD") == (0, f"nothing is in the way of lossref {lossref.__version__}\n")


def test_everything_that_is_in_the_way_is_named(checkout):
    (checkout / "LICENSE").unlink()
    (checkout / "CHANGES.md").write_text("## Unreleased\n")
    path = checkout / "golden" / "regression" / "huber.float64.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n")
    status, said = told(checkout, "--since", "HEAD")
    assert status == 1
    for sentence in (
        "files are not committed", "the licence LICENSE is missing", "CHANGES.md begins with 'Unreleased'",
        "the golden set is not what its manifest says",
    ):  # fmt: skip
        assert said.count(sentence) == 1, said


def test_an_answer_that_changed_needs_its_line():
    found = [
        {"kind": kind, "file": f"regression/{name}.float64.jsonl", "id": "0"}
        for kind, name in (("answer", "huber"), ("removed", "pseudo_huber"), ("added", "lq"), ("answer", "fair"))
    ]
    assert release.unnamed(found, "pseudo_huber and fair have other answers") == ["huber"]
    assert release.unnamed(found, "") == ["fair", "huber", "pseudo_huber"]
