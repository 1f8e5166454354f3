"""lossref golden: generate, verify and compare the golden set."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from pathlib import Path

from lossref import catalog, files, golden
from lossref.catalog import DefinitionError
from lossref.commands import CONFORMS, DIFFERS, Commands, UsageError, catalogued, command, judging, print_json
from lossref.exact import balls
from lossref.formats import FORMATS
from lossref.golden import SHIPPED_FORMATS, GoldenError, roots, write
from lossref.golden.read import MANIFEST
from lossref.golden.source import GOLDEN
from lossref.golden.verify import differences, verify
from lossref.output import say

GENERATE = """\
Recompute golden files, byte for byte: all, or those of some losses. They are written where the command is
called, if that is a checkout of lossref, else into the golden folder in use.

  lossref golden generate --loss huber
  lossref golden generate --definition mine_loss.py --to data      a loss of your own, certified
"""


def add(commands: Commands) -> None:
    parser = commands.add_parser("golden", help="generate, verify and compare the golden data")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    action = command(actions, "generate", "recompute golden files, byte for byte", GENERATE)
    action.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (all processors)")
    action.add_argument("--loss", action="append", metavar="LOSS", help="only the files of this loss (may be repeated)")
    action.add_argument("--definition", type=Path, metavar="FILE", help="a loss of your own; its files are written to --to")
    action.add_argument("--to", "--out", dest="to", type=Path, metavar="DIR", help="where to write")
    action.set_defaults(run=run_generate)
    action = command(actions, "verify", "check schema, digests and ids; recomputes nothing unless asked")
    action.add_argument("--recompute", action="store_true", help="also compute every answer again and compare bytes")
    action.add_argument("--loss", action="append", metavar="LOSS", help="with --recompute: only this loss (may be repeated)")
    action.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes for --recompute")
    action.add_argument("folder", nargs="?", type=Path, help="a golden folder (the one in use)")
    action.set_defaults(run=run_verify)
    action = command(actions, "diff", "compare two golden folders and name the version step that the change needs")
    action.add_argument("old", type=Path)
    action.add_argument("new", type=Path, nargs="?", help="a golden folder (the one in use)")
    action.set_defaults(run=run_diff)


def run_generate(given: argparse.Namespace) -> int:
    _needs_flint(given.jobs)
    only = [catalogued(name) for name in given.loss or []]
    if given.definition and (only or given.to is None):
        raise UsageError("--definition is of a loss of your own: say where its files go with --to, and leave out --loss")
    where = given.to or _here()
    with judging.progress("certifying") as advance:
        try:
            write.check_processor()
            if given.definition:
                return _own(given, advance)
            total = write.generate(where, given.jobs, advance, only)
        except (GoldenError, OSError, DefinitionError) as error:
            raise UsageError(error) from None
    _report(given, where, total, "generated")
    if doubt := _doubt(**golden.manifest(where)):
        print(f"lossref: {where}: {doubt}", file=sys.stderr)
    return CONFORMS


def _own(given: argparse.Namespace, advance: write.Progress) -> int:
    """The golden files of a loss of the user's own, each whole or not there."""
    loss = catalog.load(given.definition)
    files.make_folder(given.to)
    places = {name: given.to / f"{loss.name}.{name}.jsonl" for name in SHIPPED_FORMATS}
    for path in places.values():
        files.attempt(path)
    written = []
    for name, path in places.items():
        found = GOLDEN.vectors(loss, FORMATS[name], advance)
        files.write(path, write.content(loss, found, FORMATS[name]))
        written.append({"file": str(path), "vectors": len(found)})
    if given.json:
        print_json(written)
    else:
        say("".join(f"{entry['file']}: {entry['vectors']} vectors, certified\n" for entry in written), end="")
    return CONFORMS


def run_verify(given: argparse.Namespace) -> int:
    folder = given.folder or golden.folder()
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder, and golden data stands in one")
    try:
        total = verify(folder)
    except GoldenError as error:
        raise UsageError(error, DIFFERS) from None
    only = [catalogued(name) for name in given.loss or []]
    if given.recompute:
        _needs_flint(given.jobs)
        for path in write.stale_files(folder, given.jobs, only):
            raise UsageError(f"{path} is stale: recomputing it gives other bytes", DIFFERS)
    _report(given, folder, total, "recomputed, all bytes equal" if given.recompute else "verified")
    return CONFORMS


def run_diff(given: argparse.Namespace) -> int:
    try:
        changes = list(differences(given.old, given.new or golden.folder()))
    except GoldenError as error:
        raise UsageError(error) from None
    counts = Counter(kind for kind, _, _ in changes)
    step = "major" if counts["answer"] or counts["removed"] else "minor" if counts["field"] else "patch" if changes else "none"
    if given.json:
        print_json({"step": step, "changes": [dict(zip(("kind", "file", "id"), c, strict=True)) for c in changes]})
    else:
        for kind, path, identifier in changes:
            say(f"{kind:8} {path} {identifier}")
        say(f"version step needed: {step}")
    return DIFFERS if changes else CONFORMS


def _here() -> Path:
    """The golden folder of the checkout that the command is called in, or else the one in use."""
    here = next((folder for folder in (Path.cwd(), *Path.cwd().parents) if (folder / "lossref" / "losses").is_dir()), None)
    return here / "golden" if here and (here / "golden" / MANIFEST).is_file() else golden.folder()


def _doubt(version: str, root: str, **_: object) -> str:
    """What whoever generated a set is to do about its version, if anything."""
    if complaint := roots.complaint(version, root):
        return f"{complaint}. Nobody will read it: a set that differs is another version, so raise VERSION in lossref/golden/read.py"
    if version in (*roots.ROOTS, roots.UNVERSIONED):
        return ""
    return f"golden set {version} is not pinned yet: with its release, write its root into lossref/golden/roots.py"


def _needs_flint(jobs: int) -> None:
    if jobs < 1:
        raise UsageError(f"--jobs must be 1 or more, and is {jobs}")
    if not balls.INSTALLED:
        raise UsageError(balls.MISSING)


def _report(given: argparse.Namespace, folder: Path, total: int, what: str) -> None:
    manifest = golden.manifest(folder)
    if given.json:
        print_json({"folder": str(folder), "files": len(manifest["files"]), "vectors": total, "root": manifest["root"]})
    else:
        say(f"{folder}: {len(manifest['files'])} files, {total} vectors {what}; set {manifest['version']}, root {manifest['root']}")
