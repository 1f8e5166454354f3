"""Write lossref/sweeps/digests.json: SHA-256 of the exact answers at every input of the short formats, of every loss of single numbers.

    python scripts/write_sweeps.py                    all of them, on all processors
    python scripts/write_sweeps.py --check --one-in 8     whether a sample is what is committed

Of a loss each line of 16 bits is there along its first argument, at both labels where it has hard ones, and all pairs of two arguments in
8 bits; of a few also that of float32.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from joblib import Parallel, delayed

from lossref import catalog, files
from lossref.options import PROBABILITY, SIGN
from lossref.sweeps.line import PREFERRED, SweepError
from lossref.sweeps.run import DIGESTS, committed, sweep

Task = dict[str, Any]
IN_FLOAT32 = ("sigmoid_cross_entropy",)  # which takes minutes each


def tasks() -> Iterator[Task]:
    """The sweeps whose digests are committed."""
    for name in catalog.names():
        loss = catalog.get(name)
        if any(space.axes for space in loss.arguments.values()):
            continue
        seconds = [other for other, space in loss.arguments.items() if other != loss.first and not space.is_discrete]
        labels = [x for x in PREFERRED if loss.target in (PROBABILITY, SIGN) and x in (0, 1, -1) and _holds(loss, x)]
        for form in ("bfloat16", "float16"):
            yield from ({"loss": name, "format": form, "fixed": fixed} for fixed in [{"target": x} for x in labels] or [{}])
        for form in ("float8_e4m3fn", "float8_e5m2"):
            yield {"loss": name, "format": form, "across": seconds[0] if seconds else ""}
    yield from ({"loss": name, "format": "float32"} for name in IN_FLOAT32)


def _holds(loss: Any, x: float) -> bool:
    return bool(loss.arguments["target"].holds(x, precision=8))


def digest(task: Task) -> tuple[str, str]:
    """The title of a sweep and its digest; none where a format does not hold a parameter's default."""
    try:
        found = sweep(**task)
    except SweepError:
        return "", ""
    return found["title"], found["exact"]


def main(typed: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with what is committed, and write nothing")
    parser.add_argument("--one-in", type=int, default=1, metavar="N", help="with --check: one of so many")
    parser.add_argument("--from", dest="start", type=int, default=0, metavar="K", help="with --one-in: which of them is the first (0)")
    given = parser.parse_args(typed)
    wanted = list(tasks())[given.start % given.one_in :: given.one_in] if given.check else list(tasks())
    found = dict(Parallel(n_jobs=os.cpu_count())(delayed(digest)(task) for task in wanted))
    found.pop("", None)
    if given.check:
        stale = [title for title, exact in found.items() if committed().get(title) != exact]
        print("\n".join([f"not as committed: {title}" for title in stale] or [f"{len(found)} sweeps are as committed"]))
        return 1 if stale else 0
    files.write(DIGESTS, (json.dumps(found, indent=0, sort_keys=True) + "\n").encode("ascii"))
    print(f"{len(found)} digests in {DIGESTS}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
