"""A set is the version that it claims to be, or nobody reads it: the root of each version is known to the package."""

import hashlib
import json
import re
import shutil

import pytest

from lossref import catalog, golden
from lossref.cli import main
from lossref.golden import write
from lossref.golden.read import MANIFEST, VERSION, forget, root_hash
from lossref.golden.roots import ROOTS, UNVERSIONED


def test_the_set_that_is_shipped_is_pinned():
    assert ROOTS[VERSION] == root_hash(golden.manifest(golden.folder()))


@pytest.fixture
def forged(tmp_path, monkeypatch):
    """What the set has of one loss, with an answer changed and every digest put right; it is in use."""
    where = tmp_path / "golden"
    shutil.copytree(golden.folder(), where, ignore=lambda _, names: {x for x in names if x.endswith(".jsonl") and x[:6] != "hinge."})
    files = {path: entry for path, entry in golden.manifest(golden.folder())["files"].items() if path.startswith("margin/hinge.")}
    path = where / "margin" / "hinge.float64.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"residual":[0]', b'"residual":[1]', 1))
    restamp(where, files=files)
    monkeypatch.setattr(golden.read, "__defaults__", (where,))
    yield where
    forget()


def restamp(where, **changed):
    content = json.loads((where / MANIFEST).read_text()) | changed
    for path, entry in content["files"].items():
        entry["sha256"] = hashlib.sha256((where / path).read_bytes()).hexdigest()
    (where / MANIFEST).write_text(json.dumps(content | {"root": root_hash(content)}))
    forget()


COMMANDS = {"verify": ("golden verify {}", 1), "diff": ("golden diff {}", 2), "check": ("check lossref --loss hinge", 2)}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.whole
def test_a_forged_set_is_refused(forged, capsys, command):
    typed, status = COMMANDS[command]
    assert main(typed.format(forged).split()) == status
    said = capsys.readouterr().err
    assert f"it claims to be golden set {VERSION}, whose root is {ROOTS[VERSION][:12]}" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("said", ["does not match its digest", "not the number its header", "the root hash does not follow"])
@pytest.mark.whole
def test_a_pinned_root_vouches_for_no_other_bytes(tmp_path, capsys, said):
    where = tmp_path / "golden"
    shutil.copytree(golden.folder(), where)
    path, text = where / "margin" / "hinge.float64.jsonl", (where / MANIFEST).read_text()
    if "digest" in said:
        path.write_bytes(path.read_bytes().replace(b'"residual":[0]', b'"residual":[1]', 1))
    elif "number" in said:
        (where / MANIFEST).write_text(re.sub(r'("vectors": )(\d+)', lambda m: f"{m[1]}{int(m[2]) + 1}", text, count=1))
    else:
        (where / MANIFEST).write_text(text.replace(ROOTS[VERSION], ROOTS["2.0.1"]))
    assert main(["golden", "verify", str(where)]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("version", [UNVERSIONED, "9.0.0"])
@pytest.mark.whole
def test_a_set_that_claims_no_version_that_is_known_is_its_owners(forged, capsys, version):
    restamp(forged, version=version)
    assert main(["golden", "verify", str(forged)]) == 0
    assert golden.read(catalog.get("hinge"), write.FORMATS["float64"], forged)


SAID = {"2.0.1": "raise VERSION in lossref/golden/read.py", "9.0.0": "golden set 9.0.0 is not pinned yet", UNVERSIONED: ""}


@pytest.mark.parametrize("version", SAID)
@pytest.mark.whole
def test_generating_says_what_is_to_be_done_about_the_version(tmp_path, monkeypatch, capsys, version):
    monkeypatch.setattr(write, "VERSION", version)
    everything = ("hinge", "squared_error") if version == UNVERSIONED else ("hinge",)
    monkeypatch.setattr(catalog, "names", lambda: ("hinge",))
    assert main(["golden", "generate", "--to", str(tmp_path), "--jobs", "1"]) == 0
    if version == UNVERSIONED:  # the same folder, in a package that has another loss too
        monkeypatch.setattr(catalog, "names", lambda: everything)
        capsys.readouterr()
        assert main(["golden", "generate", "--to", str(tmp_path), "--jobs", "1", "--loss", "hinge"]) == 0
    said = capsys.readouterr().err
    assert SAID[version] in said
    assert bool(said) is bool(SAID[version])
    assert json.loads((tmp_path / MANIFEST).read_text())["version"] == version
