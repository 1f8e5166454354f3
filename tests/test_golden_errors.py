"""A missing file, a changed bit, an unknown field: each is one line that names the file."""

import hashlib
import json
import shutil
import sys
from pathlib import Path

import pytest

from lossref import catalog, golden
from lossref.cli import main
from lossref.golden import roots
from lossref.golden.read import forget, root_hash
from lossref.golden.roots import UNVERSIONED

FILE = "regression/huber.float64.jsonl"
FEW = ("margin/hinge.float32", "margin/hinge.float64", "regression/huber.float64", "regression/squared_error.float32")


@pytest.fixture
def copy(tmp_path):
    """A set of a few of the shipped files: what is tested is the reading, and the whole set takes seconds to verify."""
    return few(tmp_path / "golden")


def few(where):
    shutil.copytree(golden.folder(), where, ignore=lambda folder, names: {name for name in names if is_left_out(folder, name)})
    content = json.loads((where / "MANIFEST.json").read_text())
    content["files"] = {path: entry for path, entry in content["files"].items() if path.removesuffix(".jsonl") in FEW}
    content["version"] = UNVERSIONED
    content["root"] = root_hash(content)
    (where / "MANIFEST.json").write_text(json.dumps(content))
    forget()
    return where


def is_left_out(folder, name):
    return name.endswith(".jsonl") and not any(f"{folder}/{name}".endswith(f"/{path}.jsonl") for path in FEW)


def complaint(where, capsys):
    assert main(["golden", "verify", str(where)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


@pytest.mark.whole
def test_the_shipped_set_verifies_row_by_row(capsys, monkeypatch):
    monkeypatch.setattr(roots, "ROOTS", {})
    assert main(["golden", "verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["vectors"] > 1000


def test_the_few_files_verify(copy, capsys):
    assert main(["golden", "verify", str(copy)]) == 0
    assert f": {len(FEW)} files, " in capsys.readouterr().out


def test_any_deleted_file_is_named(copy, capsys):
    for path in sorted(p for p in copy.rglob("*.json*")):
        content = path.read_bytes()
        path.unlink()
        assert path.name in complaint(copy, capsys)
        path.write_bytes(content)


@pytest.mark.parametrize("seed", [*range(12), *(pytest.param(seed, marks=pytest.mark.whole) for seed in range(12, 40))])
def test_any_flipped_bit_is_named(copy, capsys, seed):
    files = sorted(copy.rglob("*.json*"))
    path = files[seed % len(files)]
    data = bytearray(path.read_bytes())
    place = int.from_bytes(hashlib.sha256(f"flip {seed}".encode()).digest()[:8]) % (8 * len(data))
    data[place // 8] ^= 1 << place % 8
    path.write_bytes(data)
    assert path.name in complaint(copy, capsys) or path.name in ("schema.json", "MANIFEST.json")


def edited(path, change):
    """Change the second line of a golden file and put the manifest right, so that only the change is wrong."""
    lines = path.read_text().splitlines()
    row = json.loads(lines[1])
    change(row)
    lines[1] = json.dumps(row, separators=(",", ":"))
    path.write_text("\n".join(lines) + "\n")
    manifest = path.parent.parent / "MANIFEST.json"
    content = json.loads(manifest.read_text())
    content["files"][FILE]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    content["root"] = root_hash(content)
    manifest.write_text(json.dumps(content))


def test_unknown_field_is_named_before_the_digest(copy, capsys):
    path = copy / FILE
    lines = path.read_text().splitlines()
    lines[1] = lines[1][:-1] + ',"tolerance":1}'
    path.write_text("\n".join(lines) + "\n")
    message = complaint(copy, capsys)
    assert "unknown field 'tolerance'" in message
    assert "huber.float64.jsonl line 2" in message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda row: row["value"].update(rounded=["0x1p0"]), "value"),
        (lambda row: row["value"].update(rounded="3ff0000000000000"), "value"),
        (lambda row: row["value"].update(rounded=[1.0]), "1.0 stands where no such number may stand"),
        (lambda row: row["value"].update(rounded=[1]), "value"),
        (lambda row: row["value"].update(tolerance=[1]), "value"),
        (lambda row: row["gradient"]["prediction"].pop("K"), "gradient"),
        (lambda row: row.pop("gradient"), "gradient"),
        (lambda row: row.update(region="odd"), "region"),
        (lambda row: row["options"].update(reduction="product"), "options"),
        (lambda row: row["inputs"].update(prediction="3ff0000000000000"), "is not the hash of its inputs"),
    ],
)
def test_what_the_schema_forbids_is_named(copy, capsys, change, words):
    edited(copy / FILE, change)
    message = complaint(copy, capsys)
    assert words in message
    assert "huber.float64.jsonl line 2" in message


def test_unlisted_file_and_wrong_root_are_named(copy, capsys):
    (copy / "regression" / "extra.jsonl").write_text("{}\n")
    assert "extra.jsonl" in complaint(copy, capsys)
    (copy / "regression" / "extra.jsonl").unlink()
    manifest = json.loads((copy / "MANIFEST.json").read_text())
    manifest["root"] = "0" * 64
    (copy / "MANIFEST.json").write_text(json.dumps(manifest))
    assert "root hash" in complaint(copy, capsys)


def test_reading_a_corrupted_file_fails_in_a_check_too(copy, monkeypatch, capsys):
    path = copy / FILE
    path.write_bytes(path.read_bytes().replace(b'"region":"tail"', b'"region":"kink"', 1))
    monkeypatch.setattr(sys.modules["lossref.golden.read"], "folder", lambda: copy)
    forget()
    assert main(["check", "lossref", "--loss", "huber"]) == 2
    assert "huber.float64.jsonl" in capsys.readouterr().err
    forget()


def test_diff_names_the_version_step(copy, tmp_path, capsys):
    other = few(tmp_path / "other")
    assert main(["golden", "diff", str(other), str(copy)]) == 0
    edited(copy / FILE, lambda row: row["value"].update(rounded=["3ff0000000000000"]))
    forget()
    assert main(["golden", "diff", str(other), str(copy)]) == 1
    out = capsys.readouterr().out
    assert "answer" in out
    assert "major" in out


@pytest.mark.parametrize("content", ["[1]", '{"files": 3}', '{"files": {}}', "{", "null"])
@pytest.mark.parametrize("command", ["verify", "diff"])
def test_a_manifest_that_is_none_is_named(copy, capsys, content, command):
    (copy / "MANIFEST.json").write_text(content)
    assert main(["golden", command, str(copy)]) in (1, 2)
    err = capsys.readouterr().err
    assert "MANIFEST.json" in err
    assert err.count("\n") == 1


@pytest.fixture
def few_losses(monkeypatch):
    """As if the catalogue held one loss: what is tested is the writing, not the answers."""
    monkeypatch.setattr(catalog, "names", lambda: ("hinge",))


def test_generating_leaves_strangers_files_alone(tmp_path, few_losses):
    (tmp_path / "sub").mkdir()
    (tmp_path / "data.jsonl").write_text("mine")
    (tmp_path / "sub" / "p.jsonl").write_text("mine")
    assert main(["golden", "generate", "--out", str(tmp_path), "--jobs", "2"]) == 0
    assert (tmp_path / "data.jsonl").read_text() == (tmp_path / "sub" / "p.jsonl").read_text() == "mine"


def test_recomputing_looks_at_the_manifest_too(copy, capsys, few_losses):
    for path in ("margin/hinge.float32.jsonl",):
        (copy / path).unlink()
        content = json.loads((copy / "MANIFEST.json").read_text())
        del content["files"][path]
        content["root"] = root_hash(content)
        (copy / "MANIFEST.json").write_text(json.dumps(content))
    assert main(["golden", "verify", str(copy)]) == 0  # a smaller set is a set
    assert main(["golden", "verify", "--recompute", "--jobs", "2", str(copy)]) == 1
    assert "hinge.float32.jsonl is stale" in capsys.readouterr().err


def test_generating_into_a_bad_place_leaves_nothing(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    assert main(["golden", "generate", "--out", str(tmp_path / "file"), "--jobs", "1"]) == 2
    assert (tmp_path / "file").read_text() == "in the way"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]
    assert "file" in capsys.readouterr().err


def test_a_folder_whose_name_no_system_takes_is_a_sentence():
    with pytest.raises(golden.GoldenError, match="cannot be read: embedded null"):
        golden.manifest(Path("\0"))
