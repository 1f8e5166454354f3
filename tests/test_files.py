"""Whatever writes a file: whole or not at all, where links lead, with its mode; and nothing but a regular file is ever replaced."""

import errno
import os
import stat
import subprocess
import sys
import threading

import pytest

from lossref import files
from lossref.cli import main
from lossref.commands import judging
from lossref.golden import write

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the system has no links, modes and pipes of this kind")
OWN = """from lossref.spaces import Real
from lossref.spec import Loss


def definition(m, prediction, target):
    return prediction - target


LOSS = Loss(arguments={"prediction": Real(), "target": Real()}, definition=definition)
"""
CHECK = "check scipy --loss huber --level A+"
WRITERS = {  # the file that a command writes, in a folder
    "record": ("run", f"{CHECK} --record {{folder}}/run"),
    "junit": ("found.xml", f"{CHECK} --junit {{folder}}/found.xml"),
    "init-adapter": ("adapter.c", "init-adapter c --force --to {folder}"),
    "generate": ("own.float32.jsonl", "golden generate --definition own.py --to {folder}"),
}
SLOW = {"record"}  # starts a process of its own: CI asks for it
SOON = [pytest.param(name, marks=pytest.mark.whole) if name in SLOW else name for name in WRITERS]
FRESH = WRITERS | {"write-waivers": ("w.toml", f"{CHECK} --write-waivers {{folder}}/w.toml")}  # which replaces nothing
OLD = "old\n" * 100


@pytest.fixture
def writing(tmp_path, monkeypatch, capsys):
    """Run a writer in a folder of its own; its place, and a function that returns the exit status and the standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    (tmp_path / "own.py").write_text(OWN)
    (tmp_path / "there").mkdir()

    def prepared(writer):
        name, command = FRESH[writer]

        def run():
            capsys.readouterr()
            status = main(command.format(folder="there").split())
            return status, capsys.readouterr().err

        return tmp_path / "there" / name, run

    return prepared


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def left(place):
    """What else stands beside it; a writer of two files has the other one there."""
    return [path.name for path in place.parent.iterdir() if path.name.startswith(".")]


def forbid_work(monkeypatch):
    def work(*given, **more):
        raise AssertionError("the work began")

    monkeypatch.setattr(judging, "judged", work)
    monkeypatch.setattr(write, "vectors", work)


@pytest.mark.parametrize("writer", FRESH)
def test_a_new_file_has_what_the_umask_leaves(writing, writer):
    place, run = writing(writer)
    before = os.umask(0o027)
    try:
        run()
    finally:
        os.umask(before)
    assert mode(place) == 0o640
    assert not left(place)


@pytest.mark.parametrize("writer", SOON)
def test_a_file_keeps_its_mode_and_its_link(writing, writer, tmp_path):
    """The link leads to another folder, where the file is replaced."""
    place, run = writing(writer)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").write_text(OLD)
    (elsewhere / "file").chmod(0o606)
    place.symlink_to("../elsewhere/file")
    run()
    assert place.is_symlink()
    assert (elsewhere / "file").read_text() != OLD
    assert mode(elsewhere / "file") == 0o606
    assert os.listdir(elsewhere) == ["file"]


@pytest.mark.parametrize("writer", FRESH)
def test_a_link_to_nothing_is_written_through(writing, writer, tmp_path):
    place, run = writing(writer)
    place.symlink_to(tmp_path / "new")
    run()
    assert place.is_symlink()
    assert (tmp_path / "new").stat().st_size > 100


@pytest.mark.parametrize("writer", SOON)
@pytest.mark.whole
def test_a_pipe_is_written_to(writing, writer):
    place, run = writing(writer)
    os.mkfifo(place)
    read = []
    reader = threading.Thread(target=lambda: read.append(place.read_bytes()), daemon=True)
    reader.start()
    run()
    reader.join(60)
    assert len(read[0]) > 100
    assert stat.S_ISFIFO(place.stat().st_mode)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no such device")
@pytest.mark.parametrize("writer", SOON)
@pytest.mark.whole
def test_a_device_is_written_to_and_what_it_says_is_a_sentence(writing, writer):
    place, run = writing(writer)
    place.symlink_to("/dev/full")
    status, said = run()
    assert (status, said.count("\n"), "No space left" in said, place.name in said) == (2, 1, True, True)
    assert place.is_symlink()
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("there", ["a folder", "a link round in a circle", "a file that may only be read"])
def test_what_cannot_be_written_is_told_before_the_work(writing, writer, there, monkeypatch):
    place, run = writing(writer)
    if there == "a folder":
        place.mkdir()
    elif there == "a link round in a circle":
        place.symlink_to(place.name)
    else:
        place.write_text(OLD)
        may = os.access
        monkeypatch.setattr(os, "access", lambda path, how: may(path, how) and not (how == os.W_OK and str(path).endswith(place.name)))
    forbid_work(monkeypatch)
    status, said = run()
    assert (status, said.count("\n"), place.name in said) == (2, 1, True)
    assert not left(place)


@pytest.mark.parametrize("option", ["record", "junit", "write-waivers"])
@pytest.mark.parametrize("path", ["nowhere/file", "own.py/file", "/proc/file"])
def test_a_folder_that_takes_no_file_is_told_before_the_work(writing, option, path, monkeypatch, capsys):
    writing("junit")
    forbid_work(monkeypatch)
    assert main([*CHECK.split(), f"--{option}", path]) == 2
    said = capsys.readouterr().err
    assert (said.count("\n"), f"--{option} {path} cannot be written" in said) == (1, True)


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("cut", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), KeyboardInterrupt()], ids=["full", "interrupt"])
def test_a_write_that_is_cut_leaves_the_old_file(writing, writer, cut, monkeypatch):
    place, run = writing(writer)
    place.write_text(OLD)

    def cutting(handle):
        raise cut

    monkeypatch.setattr(os, "fsync", cutting)
    if isinstance(cut, OSError):
        status, said = run()
        assert (status, said.count("\n"), place.parent.name in said) == (2, 1, True)
    else:
        with pytest.raises(KeyboardInterrupt):
            run()
    assert place.read_text() == OLD
    assert not left(place)


def test_a_file_larger_than_is_allowed_leaves_the_old_one(tmp_path):
    (tmp_path / "file").write_text(OLD)
    code = (
        "import resource; from pathlib import Path; from lossref import files; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
        " files.write(Path('file'), 'x' * 100000)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert "file cannot be written: File too large" in done.stderr
    assert (tmp_path / "file").read_text() == OLD
    assert os.listdir(tmp_path) == ["file"]


def test_a_run_that_is_cut_leaves_the_old_recording(writing, monkeypatch):
    place, run = writing("record")
    place.write_text(OLD)

    def cutting(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(judging, "judged", cutting)
    with pytest.raises(KeyboardInterrupt):
        run()
    assert place.read_text() == OLD


BESIDE = "import sys, time; from pathlib import Path; from lossref import files; "
HOLDING = {
    "file": BESIDE + "files._beside(Path(), 0o666); print('there', flush=True); time.sleep(600)",
    "folder": BESIDE + "c = files.folder_within(Path()); (c.__enter__() / 'x').mkdir(); print('there', flush=True); time.sleep(600)",
}


@pytest.mark.parametrize("kind", HOLDING)
def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path, kind):
    kept = [".lossref-notes", ".lossref-0123456789abcde", "lossref-0123456789abcdef"]
    for name in kept:
        (tmp_path / name).touch()
    with subprocess.Popen([sys.executable, "-c", HOLDING[kind]], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE) as running:
        try:
            running.stdout.readline()
            files.write(tmp_path / "file", OLD)
            litter = set(os.listdir(tmp_path)) - {"file", *kept}
        finally:
            running.kill()
    assert len(litter) == 1  # that of a process that lived
    assert litter < set(os.listdir(tmp_path))
    files.write(tmp_path / "file", OLD)
    assert sorted(os.listdir(tmp_path)) == sorted(["file", *kept])


@pytest.mark.skipif(not os.path.exists("/dev/stdout"), reason="the system has no such name")
@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/1", "link"])
@pytest.mark.whole
def test_standard_output_is_written_to_wherever_it_goes(writing, path, tmp_path):
    writing("junit")
    (tmp_path / "link").symlink_to("/dev/stdout")
    with open(tmp_path / "taken", "w") as taken:
        command = [sys.executable, "-m", "lossref", *CHECK.split(), "--worst", "0", "--junit", path]
        subprocess.run(command, stdout=taken, stderr=subprocess.DEVNULL, env=environment())
    text = (tmp_path / "taken").read_text()
    assert text.startswith("<?xml")
    assert "huber" in text.partition("</testsuites>")[2]  # the report follows what was written
    assert (tmp_path / "link").is_symlink()


def test_standard_error_is_written_to_where_it_stands(writing, tmp_path):
    with open(tmp_path / "taken", "w") as taken:
        taken.write("before\n")
        taken.flush()
        code = "import sys; from pathlib import Path; from lossref import files; files.write(Path('/dev/stderr'), 'written\\n')"
        subprocess.run([sys.executable, "-c", code], stderr=taken, env=environment(), check=True)
        taken.write("after\n")
    assert (tmp_path / "taken").read_text() == "before\nwritten\nafter\n"


def environment():
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
