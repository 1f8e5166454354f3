"""A golden set takes another's place in one step: killed before or after any step, readers have the old or the new one, whole."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lossref import catalog, files, golden
from lossref.formats import FORMATS
from lossref.golden import GoldenError, write
from lossref.golden.install import install, mend
from lossref.golden.read import MANIFEST, SCHEMA, forget, listed_bytes, manifest
from lossref.golden.verify import consistent

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
STEPS = ("rename", "replace", "unlink", "rmdir", "mkdir", "fsync")  # of the system, that change a folder or make it last
OLD = {"margin/hinge.float32.jsonl": 0, "margin/hinge.float64.jsonl": 0, "regression/huber.float64.jsonl": 0}
NEW = {"margin/hinge.float32.jsonl": 1, "regression/huber.float64.jsonl": 0, "function/log_sigmoid.float64.jsonl": 0}


def a_set(where, wanted):
    """A set of a few files, of which so many last vectors are left out; its root."""
    entries = {}
    for path, less in wanted.items():
        header, *rows = (golden.folder() / path).read_bytes().splitlines(keepends=True)
        header = json.dumps(json.loads(header) | {"vectors": len(rows) - less}, separators=(",", ":"))
        data = header.encode() + b"\n" + b"".join(rows[: len(rows) - less])
        (where / path).parent.mkdir(parents=True, exist_ok=True)
        (where / path).write_bytes(data)
        entries[path] = write._entry(data)
    schema = (golden.folder() / SCHEMA).read_bytes()
    (where / SCHEMA).write_bytes(schema)
    (where / MANIFEST).write_bytes(write._manifest(entries, schema))
    return json.loads((where / MANIFEST).read_bytes())["root"]


def killed(where, number, work):
    """Do the work in a process that is killed before its step of this number; whether there was such a step."""
    child = os.fork()
    if child == 0:
        left = [number]

        def counted(step):
            def stepping(*given, **more):
                if not left[0]:
                    os.kill(os.getpid(), 9)
                left[0] -= 1
                return step(*given, **more)

            return stepping

        for name in STEPS:
            setattr(os, name, counted(getattr(os, name)))
        work(where)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9


def installing(where):
    with files.folder_within(where) as new:
        shutil.copytree(where.parent / "new", new, dirs_exist_ok=True)
        install(new, where)


def read(where):
    """The root of the set that a reader has now, every file of it as the manifest says."""
    forget()
    for path in manifest(where)["files"]:
        listed_bytes(path, where)
    consistent(where)
    return manifest(where)["root"]


def tried(folder):
    """Kill an installation before each of its steps, and what goes on with it too; what was read after each."""
    old, new = a_set(folder / "old", OLD), a_set(folder / "new", NEW)
    name = {old: "old", new: "new"}
    found = []
    for number in range(1000):
        where = folder / "golden"
        shutil.rmtree(where, ignore_errors=True)
        shutil.copytree(folder / "old", where)
        if not killed(where, number, installing):
            break
        cut = name[read(where)]
        shutil.rmtree(folder / "other", ignore_errors=True)
        shutil.copytree(where, folder / "other")
        assert not killed(folder / "other", 1000, installing)  # as if nothing had been cut
        assert read(folder / "other") == new
        for again in range(number % 7, 1000, 5):
            if not killed(where, again, mend):
                break
            assert name[read(where)] == cut
        files.sweep(where)
        kept = folder / cut
        same = {p.relative_to(kept): p.read_bytes() for p in kept.rglob("*.*") if p.is_file()}
        there = {p.relative_to(where): p.read_bytes() for p in where.rglob("*") if p.is_file()}
        assert there == same, (number, there.keys() ^ same.keys())
        found.append(cut)
    return found


@pytest.mark.whole
def test_killed_before_any_step_it_is_the_old_set_or_the_new_one(tmp_path):
    """In a process of its own: one that has threads, as these tests' has, does not fork well."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, __file__, tmp_path], capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found == sorted(found, reverse=True)  # old until a step, then new
    assert len(found) > 20
    assert found.count("new") > 8


@pytest.fixture
def where(tmp_path):
    a_set(tmp_path / "golden", OLD)
    a_set(tmp_path / "new", NEW)
    forget()
    return tmp_path / "golden"


def test_a_reader_that_knows_the_old_manifest_is_refused_with_a_sentence(where):
    """It began before the installation: what it reads afterwards is another set's, and it hears so."""
    loss, form = catalog.get("hinge"), FORMATS["float32"]
    assert golden.read(loss, form, where)
    shutil.copytree(where.parent / "new", where / ".installing")
    with pytest.raises(GoldenError, match=r"hinge\.float32\.jsonl does not match its digest in MANIFEST\.json"):
        golden.read(loss, form, where)


@pytest.mark.parametrize("what", ["a link", "a folder"])
def test_what_is_no_regular_file_is_refused_before_the_work(where, what, monkeypatch):
    place = where / "margin/hinge.float64.jsonl"
    place.rename(where / "kept")
    place.symlink_to("../kept") if what == "a link" else place.mkdir()
    monkeypatch.setattr(write, "contents", None)
    with pytest.raises(GoldenError, match=r"hinge\.float64\.jsonl is no regular file"):
        write.generate(where, only=["hinge"])
    assert place.is_symlink() if what == "a link" else place.is_dir()


if __name__ == "__main__":
    print(json.dumps(tried(Path(sys.argv[1]))))
