"""Put a verified golden set in the place of another: whoever reads meanwhile, or after it was cut, has the old or the new one, whole.

The files of a set keep their names, so no system swaps them in one step. But a folder is: the new set stands within the old one's
folder, and by one renaming it becomes the set that is read (`lossref.golden.read`). From there its files take their places one by one,
the manifest last; where that is cut, the next installation goes on with it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from lossref import files
from lossref.golden.read import INSTALLING, MANIFEST, SCHEMA, GoldenError, a_manifest, forget, placed, whole_file


def install(new: Path, where: Path) -> None:
    """Move the files of a set from `new`, a folder in `where`; what the old manifest lists and the new one does not is removed."""
    for path in (new, *sorted(new.rglob("*"))):
        if path.is_dir():
            files.settle(path)
    with files.locked(where):
        _finish(where)
        os.rename(new, where / INSTALLING)
        files.settle(where)
        _finish(where)
    forget()


def mend(where: Path) -> None:
    """Go on with an installation that was cut; there may be none."""
    with files.locked(where):
        _finish(where)
    forget()


def replaceable(where: Path) -> None:
    """GoldenError where what stands in a folder could not be replaced: told before the work is done."""
    for path in (MANIFEST, SCHEMA, *sorted(placed(where))):
        place = where / path
        if place.is_symlink() or (place.exists() and not place.is_file()):
            raise GoldenError(f"{place} is no regular file, and nothing else is replaced: write a set to a folder of its own with --to")
        if place.parent.exists() and not os.access(place.parent, os.W_OK):
            raise GoldenError(f"{place} cannot be written: its folder may only be read")


def _finish(where: Path) -> None:
    new = where / INSTALLING
    if (new / MANIFEST).exists():
        kept = a_manifest(whole_file(new / MANIFEST), new)["files"]
        # Before the manifest that lists them is replaced: afterwards nobody would know of them.
        for path in (path for path in placed(where) if path not in kept):
            (where / path).unlink(missing_ok=True)
        fresh = [path.relative_to(new) for path in new.rglob("*") if path.is_file()]
        for relative in sorted(fresh, key=lambda p: (p.name == MANIFEST, p)):
            (where / relative).parent.mkdir(parents=True, exist_ok=True)
            os.replace(new / relative, where / relative)
        for place in {where, *((where / relative).parent for relative in fresh)}:
            files.settle(place)
    shutil.rmtree(new, ignore_errors=True)
