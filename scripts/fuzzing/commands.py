"""Commands of the command line, drawn from its own parser: good and bad options, files of every kind, streams and terminals."""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from fuzzing import readers, world
from fuzzing.bad import TEXTS, misspelt
from fuzzing.world import FoundError
from lossref import catalog, cli

FORCED = "FORCE_COLOR"  # makes a terminal of everything: how far it is is shown then
STATUSES = (0, 1, 2, 3)
CHANGED = (
    "sys.path",
    "warnings.filters",
    "threads",
)  # by what strangers' modules are imported from, by SciPy's import, by spinners that end
LOSSES = ("squared_error", "hinge", "sigmoid_cross_entropy", "softmax_cross_entropy", "l2_penalty")
DEFINITION = """from lossref.spaces import Real
from lossref.spec import Loss
LOSS = Loss(arguments={"prediction": Real(), "target": Real()}, definition=lambda m, prediction, target: m.abs(prediction - target))
"""
MODULE = """def f(prediction, target):
    return (prediction - target) ** 2

class Broken:
    value = property(lambda self: 1 / 0)

broken = Broken()
"""


def folder_of_files(where: Path) -> Path:
    """Files of every kind, by names that say which."""
    folder = where / "files"
    if folder.is_dir():
        return folder
    folder.mkdir()
    questions, answers = readers.a_run()
    contents: dict[str, bytes] = {
        "run": questions + answers,
        "questions": questions,
        "answers": answers,
        "cut": (questions + answers)[:-200],
        "waivers.toml": readers.WAIVERS,
        "empty": b"",
        "binary": bytes(range(256)) * 8,
        "long": b"x" * 3_000_000,
        "latin": "é\n".encode("latin-1"),
        "list.json": b"[]",
        "text.json": b'"x"',
        "deep.json": b"[" * 100_000,
        "object.json": b'{"type":"hello"}\n',
        "bom": b"\xef\xbb\xbf{}",
        "lines": b"\n" * 1000,
        "mine.py": MODULE.encode(),
        "mine_loss.py": DEFINITION.encode(),
        "bad.py": b"import nothing_like_this\n",
        "syntax.py": b"def f(:\n",
        "raises.py": b"raise KeyError(3)\n",
        "exits.py": b"raise SystemExit\n",
        "empty.py": b"",
        "no_loss.py": b"LOSS = 3\n",
        "latin.py": "x = 'é'\n".encode("latin-1"),
        "nul.py": b"\0",
        "adapter.py": (Path(world.HOME) / "templates" / "adapter.py").read_bytes(),
        "quiet.py": b"import sys\nsys.stdin.read()\n",
        "MANIFEST.json": b"{}",
    }
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    (folder / "folder").mkdir()
    (folder / "loop").symlink_to("loop")
    (folder / "gone").symlink_to("nowhere")
    return folder


@cache
def commands() -> tuple[tuple[tuple[str, ...], argparse.ArgumentParser], ...]:
    """Each command of the parser with its words, the leaves of the tree."""
    return tuple(_leaves((), cli.parser()))


def _leaves(words: tuple[str, ...], parser: argparse.ArgumentParser) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for action in below:
        for name, inner in action.choices.items():
            yield from _leaves((*words, name), inner)
    if not below:
        yield words, parser


def drawn(chance: random.Random, files: Path) -> list[str]:
    """The words of one command."""
    if chance.random() < 0.03:
        return [
            chance.choice((*TEXTS, "--version", "--help", "check", "golden", "nothing", "--", "-x")) for _ in range(chance.randrange(3))
        ]
    words, parser = chance.choice(commands())
    typed, wrong = list(words), chance.random() < 0.6
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction):
            if chance.random() < 0.01:
                typed.append("--help")
        elif not action.option_strings:
            count = {"*": (0, 1, 2), "+": (1, 1, 2), "?": (0, 1)}.get(str(action.nargs), (1, 1, 1, 1, 0 if wrong else 1))
            typed += [_value(chance, action, files, wrong and chance.random() < 0.5) for _ in range(chance.choice(count))]
        elif chance.random() < (0.45 if action.dest in ("loss", "json") else 0.12):
            name = chance.choice(action.option_strings)
            name = misspelt(chance, name) if wrong and chance.random() < 0.05 else name
            value = [] if action.nargs == 0 else [_value(chance, action, files, wrong and chance.random() < 0.5)]
            typed += [f"{name}={value[0]}"] if value and chance.random() < 0.3 else [name, *value]
    if words == ("eval",):
        for name in chance.choice((("prediction", "target"), ("logits", "target"), ("x",))):
            typed += [
                f"--{name}",
                chance.choice(("1", "0", "-40,0", "1,2;3,4", "nan", "-inf", "1e400", "x", "", "1,,2", "0.1", "[1, 2]", "9" * 500)),
            ]
    return _tamed(chance, words, [word.replace("\0", "") for word in typed])


def _value(chance: random.Random, action: argparse.Action, files: Path, wrong: bool) -> str:
    """A value for an option or a positional."""
    if action.choices and not (wrong and chance.random() < 0.5):
        return str(chance.choice(list(action.choices)))
    dest = action.dest
    kinds: Mapping[str, Callable[[], str]] = {
        "loss": lambda: chance.choice(
            (*LOSSES, chance.choice(catalog.names()), misspelt(chance, "hinge"), "MSELoss", str(files / "mine_loss.py"))
        ),
        "implementation": lambda: chance.choice(_implementations(files)),
        "library": lambda: chance.choice(("scipy", "torch", "lossref", "nothing", "sklearn")),
        "program": lambda: chance.choice(_implementations(files)),
        "language": lambda: chance.choice(("c", "python", "Rust", "cobol", "")),
        "id": lambda: chance.choice(("0", "abc", "92748ec56cdd", "zz", "", "F3", "f1")),
        "convention": lambda: _sentence(chance),
        "limit": lambda: _sentence(chance),
        "worst": lambda: chance.choice(("0", "1", "9" * 30, "-1", "x")),
        "digits": lambda: chance.choice(("1", "30", "0", "-4", "x", "9" * 30)),
        "timeout": lambda: chance.choice(("1", "0.5", "nan", "inf", "-1", "1e308", "x")),
        "seconds": lambda: chance.choice(("0.5", "1e-9", "nan", "inf", "0", "x")),
        "steps": lambda: chance.choice(("1", "3", "0", "-1", "x")),
        "seed": lambda: chance.choice(("0", "-3", "9" * 30, "x")),
        "jobs": lambda: chance.choice(("1", "2", "0", "-1", "x")),
        "today": lambda: chance.choice(("2030-01-01", "0000-00-00", "x", "")),
        "device": lambda: chance.choice(("cpu", "cuda", "x", "")),
        "junit": lambda: _place(chance),
        "record": lambda: _place(chance),
        "write_waivers": lambda: _place(chance),
        "to": lambda: _place(chance),
    }
    if wrong and dest not in ("junit", "record", "write_waivers", "to"):
        return chance.choice((*TEXTS, str(files / "binary"), "-1", "--", "x" * 200)).encode("utf-8", "replace").decode()
    return kinds.get(dest, lambda: _file(chance, files))()


def _implementations(files: Path) -> tuple[str, ...]:
    run = f"cmd:{sys.executable}"
    return (
        "scipy",
        "lossref",
        f"{files}/mine.py:f",
        f"{files}/mine.py:broken",
        f"{files}/mine.py:nothing",
        f"{files}/bad.py:f",
        f"{files}/syntax.py:f",
        f"{files}/raises.py",
        f"{files}/exits.py:f",
        f"{files}/empty.py",
        f"{files}/latin.py:f",
        f"{files}/nul.py:f",
        "nowhere",
        "numpy:exp",
        "torch:",
        "jit:x",
        ":",
        "a:b:c",
        "",
        "é",
        "math:",
        "cmd:",
        "cmd:true",
        "cmd:false",
        "cmd:nothing-like-this",
        "cmd:cat",
        "cmd:'",
        f"{run} {files}/adapter.py",
        f"{run} {files}/quiet.py",
        f"{run} -c 'print(1)'",
        str(files),
        f"{files}/folder",
        "..",
        "torch:mine.py:f(",
        "examples.implementations:textbook",
        "sklern",
    )


def _sentence(chance: random.Random) -> str:
    loss = chance.choice(("squared_error", "hinge", "nothing", ""))
    said = chance.choice(
        ("factor 1/2", "clip logits to [-30, 30], gradient through", "|prediction| <= 80", "target in [0, 1]", "nonsense", "factor 1/0", "")
    )
    return f"{loss}: {said}" if chance.random() < 0.8 else said


def _place(chance: random.Random) -> str:
    """Where something is to be written: only ever inside the folder that the command runs in."""
    return chance.choice(("new", "new.xml", "there", "folder", "nowhere/new", "folder/new", "gone", "", ".", "x" * 300, "é"))


def _file(chance: random.Random, files: Path) -> str:
    return str(files / chance.choice([*sorted(path.name for path in files.iterdir()), "nowhere", "nowhere/x"]))


def _tamed(chance: random.Random, words: tuple[str, ...], typed: list[str]) -> list[str]:
    """Nothing that takes minutes, and nothing that writes outside the folder."""
    loss = ["--loss", chance.choice(LOSSES)]
    if words[:1] in (("check",), ("calls",)) and not any(word.startswith(("--loss", "--as", "--definition")) for word in typed):
        typed += loss
    if words == ("search",) and not any(word.startswith(("--seconds", "--steps")) for word in typed):
        typed += ["--seconds", "0.5"]
    if words == ("why",) and any(word.startswith(("--fresh", "--sizes", "--format")) for word in typed):
        typed += loss  # of all it draws every question there is
    if words == ("power",):  # its choice would be written into the package
        typed = [word for word in typed if word != "--choose"] + [*loss, "--one-in", "50"]
    if words == ("golden", "generate"):
        typed += ["--to", "new", *([] if any(word.startswith(("--loss", "--definition")) for word in typed) else loss)]
    if words == ("golden", "verify"):
        typed = [word for word in typed if word != "--recompute"]
    if words == ("vectors",) and (len(typed) < 2 or any(word.startswith(("--fresh", "--sizes")) for word in typed)):
        typed.append("hinge")
    if words == ("sweep",):  # of float32 it takes minutes
        typed += ["--format", "float8_e5m2", "--jobs", "1"]
    if words == ("golden", "install"):
        return ["golden", "verify"]
    if words == ("folklore", "run"):
        return [*typed, "--nothing"]
    return typed


def fuzz(seed: int, number: int, where: Path) -> tuple[str, str]:
    """One command, in this process or in one of its own."""
    chance = random.Random(f"{seed} commands {number}")
    files = folder_of_files(where)
    typed = drawn(chance, files)
    work = where / f"work{number}"
    (work / "folder").mkdir(parents=True)
    (work / "there").write_text("old")
    (work / "gone").symlink_to("nowhere")
    environment = {"COLUMNS": chance.choice(("1", "20", "80", "0", "x", "500")), "TERM": chance.choice(("dumb", "xterm", ""))}
    environment |= chance.choice(({}, {"NO_COLOR": "1"}, {FORCED: "1"}))
    here = os.getcwd()
    os.chdir(work)
    try:
        run = _in_its_own if chance.random() < 0.03 else _in_process
        status, out, err = run(chance, typed, environment)
        _judge(typed, status, out, err, environment, run is _in_its_own)
    except (FoundError, world.LateError) as error:
        raise type(error)(f"{error} | lossref {' '.join(typed)!a:.600}") from error
    finally:
        os.chdir(here)
    return " ".join(word for word in typed[:2] if re.fullmatch("[a-z-]+", word)).partition(" ")[0], f"exit {status}"


def _in_process(chance: random.Random, typed: list[str], environment: Mapping[str, str]) -> tuple[Any, str, str]:
    encoding = chance.choice(("utf-8", "utf-8", "ascii", "latin-1"))
    written = io.TextIOWrapper(io.BytesIO(), encoding), io.TextIOWrapper(io.BytesIO(), encoding, "backslashreplace")
    questions, _ = readers.a_run()
    said = chance.choice((b"", questions, b"{}\n", b"\xff\n", b"x" * 100_000, b"[" * 10_000, questions[:300]))
    status: Any = None
    with world.kept("the command", CHANGED), _streams(io.TextIOWrapper(io.BytesIO(said)), *written, environment):
        try:
            status = cli.main(typed)
        except SystemExit as error:
            status = error.code
        except Exception as error:
            raise FoundError(f"{type(error).__name__}: {error}{world.place(error)}") from error
    for stream in written:
        with suppress(ValueError):
            stream.flush()
    out, err = (stream.buffer.getvalue().decode(encoding, "replace") for stream in written)
    return status, out, err


@contextmanager
def _streams(given: Any, out: Any, err: Any, environment: Mapping[str, str]) -> Iterator[None]:
    before, kept = (sys.stdin, sys.stdout, sys.stderr), dict(os.environ)
    sys.stdin, sys.stdout, sys.stderr = given, out, err
    os.environ.update(environment)
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
        os.environ.clear()
        os.environ.update(kept)


def _in_its_own(chance: random.Random, typed: list[str], environment: Mapping[str, str]) -> tuple[Any, str, str]:
    """In a process, some of whose streams are closed."""
    closed = chance.choice(("", "<&-", ">&-", "2>&-", "<&- >&- 2>&-", "</dev/null"))
    more = {"PYTHONIOENCODING": chance.choice(("utf-8", "ascii", "latin-1"))} | dict(environment)
    command = ["sh", "-c", f'exec "$0" -m lossref "$@" {closed}', sys.executable, *typed]
    given = subprocess.run(
        command, capture_output=True, env={**os.environ, **more}, timeout=60, check=False, input=None if "<" in closed else b""
    )
    return given.returncode, given.stdout.decode("utf-8", "replace"), given.stderr.decode("utf-8", "replace")


def _judge(typed: list[str], status: Any, out: str, err: str, environment: Mapping[str, str], is_apart: bool) -> None:
    """A documented status, no traceback, of a bad use one line, and JSON where it is asked for."""
    if (0 if status is None else status) not in STATUSES:
        raise FoundError(f"exit status {status!r}: {err[-300:]}")
    if "Traceback" in out or "Traceback" in err:
        raise FoundError(f"a traceback: {err[-600:]}")
    if status == 2:
        usage = re.match(r"usage: .*?(?=^lossref)", err, re.DOTALL | re.MULTILINE)
        said = err[usage.end() if usage else 0 :]
        said = (
            re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", said).strip("\n").split("\n")[-1] + "\n"
            if said and (FORCED in environment or "--trace" in typed)
            else said
        )
        if not re.fullmatch(r"lossref[^\n]*\n", said) and not (is_apart and not said):
            raise FoundError(f"bad use is not one line: {said!r:.400}")
        if not said.rstrip("\n").isprintable() or len(said) > 4000:
            raise FoundError(f"bad use is no printable line: {said!r:.400}")
        if out and typed[0] != "serve":  # which has answered what came before
            raise FoundError(f"output beside bad use: {out!r:.200} with {said!r:.200}")
    elif "--json" in typed and typed[0] not in ("vectors", "serve") and out and not {"--help", "-h"} & {*typed}:
        try:
            json.loads(out)
        except ValueError as error:
            raise FoundError(f"--json is no JSON ({error}): {out!r:.200}") from error
