"""lossref golden: generate, verify and compare the golden set."""

from __future__ import annotations

import argparse
import os
from collections import Counter
from pathlib import Path
from types import ModuleType

from rich.console import Console
from rich.progress import Progress

from lossref import golden
from lossref.commands import CONFORMS, DIFFERS, Commands, UsageError, command, print_json
from lossref.golden import GoldenError


def add(commands: Commands) -> None:
    parser = commands.add_parser("golden", help="generate, verify and compare the golden data")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    action = command(actions, "generate", "recompute every golden file, byte for byte")
    action.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (all processors)")
    action.add_argument("--out", type=Path, metavar="DIR", help="where to write (the golden folder in use)")
    action.set_defaults(run=generate)
    action = command(actions, "verify", "check schema, digests and ids; recomputes nothing unless asked")
    action.add_argument("--recompute", action="store_true", help="also compute every answer again and compare bytes")
    action.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes for --recompute")
    action.add_argument("folder", nargs="?", type=Path, help="a golden folder (the one in use)")
    action.set_defaults(run=verify)
    action = command(actions, "diff", "compare two golden folders and name the version step that the change needs")
    action.add_argument("old", type=Path)
    action.add_argument("new", type=Path, nargs="?", help="a golden folder (the one in use)")
    action.set_defaults(run=diff)


def generate(given: argparse.Namespace) -> int:
    writer = _writer(given.jobs)
    screen = Console(stderr=True)
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task("certifying", total=None)
        try:
            total = writer.generate(
                given.out or golden.folder(), given.jobs, lambda done, all_: progress.update(task, completed=done, total=all_)
            )
        except (GoldenError, OSError) as error:
            raise UsageError(error) from None
    _report(given, given.out or golden.folder(), total, "generated")
    return CONFORMS


def verify(given: argparse.Namespace) -> int:
    folder = given.folder or golden.folder()
    try:
        total = golden.verify(folder)
    except GoldenError as error:
        raise UsageError(error, DIFFERS) from None
    if given.recompute:
        for path in _writer(given.jobs).stale_files(folder, given.jobs):
            raise UsageError(f"{path} is stale: recomputing the set gives other bytes", DIFFERS)
    _report(given, folder, total, "recomputed, all bytes equal" if given.recompute else "verified")
    return CONFORMS


def diff(given: argparse.Namespace) -> int:
    try:
        changes = list(golden.differences(given.old, given.new or golden.folder()))
    except GoldenError as error:
        raise UsageError(error) from None
    counts = Counter(kind for kind, _, _ in changes)
    step = "major" if counts["answer"] or counts["removed"] else "minor" if counts["field"] else "patch" if changes else "none"
    if given.json:
        print_json({"step": step, "changes": [dict(zip(("kind", "file", "id"), c, strict=True)) for c in changes]})
    else:
        for kind, path, identifier in changes:
            print(f"{kind:8} {path} {identifier}")
        print(f"version step needed: {step}")
    return DIFFERS if changes else CONFORMS


def _writer(jobs: int) -> ModuleType:
    """The module that computes golden data, once what it needs is known to be there."""
    if jobs < 1:
        raise UsageError(f"--jobs must be 1 or more, and is {jobs}")
    try:
        from lossref import generate
    except ImportError as error:
        raise UsageError(f"computing golden data needs python-flint ({error}): pip install 'lossref[golden]'") from None
    return generate


def _report(given: argparse.Namespace, folder: Path, total: int, what: str) -> None:
    manifest = golden.manifest(folder)
    if given.json:
        print_json({"folder": str(folder), "files": len(manifest["files"]), "vectors": total, "root": manifest["root"]})
    else:
        files = len(manifest["files"])
        print(f"{folder}: {files} files, {total} vectors {what}; set {manifest['version']}, root {manifest['root']}")
