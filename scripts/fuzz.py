"""Feed broken input to all that lossref takes: files and messages, public functions, commands, hostile programs.

Whatever it is, it ends soon, in an answer or in one sentence, and leaves the process and the arguments as they were. A case is named by
kind, seed and number: each finding is printed as the line that runs it again. Ends with 1 where there is one.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from fuzzing import calls, commands, programs, readers
from fuzzing.world import LateError
from rich.console import Console
from rich.progress import track

CEILING = 3 << 30  # bytes of address space, where nothing that is loaded needs more
KINDS: dict[str, tuple[Callable[[int, int, Path], tuple[str, str]], float]] = {  # what runs a case, and the seconds that it has
    "inputs": (readers.fuzz, readers.PER_INPUT),
    "calls": (calls.fuzz, 20.0),
    "commands": (commands.fuzz, 60.0),
    "programs": (programs.fuzz, programs.SECONDS + 30.0),
}


def limited(ceiling: int) -> None:
    """A time for each case and a ceiling of memory, where the system has them."""

    def late(number: int, frame: FrameType | None) -> None:
        raise LateError("it took longer than it may")

    if hasattr(signal, "SIGALRM"):
        import resource

        signal.signal(signal.SIGALRM, late)
        signal.signal(signal.SIGPROF, late)
        if ceiling:
            resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))


def timed(seconds: float) -> None:
    """So many seconds of the processor, and three times as many of the clock: others may be working too."""
    if hasattr(signal, "SIGALRM"):
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_REAL, 3 * seconds)


def run(kind: str, seed: int, number: int, where: Path) -> tuple[str, str]:
    """One case in its time: what was asked, and how it ended."""
    case, seconds = KINDS[kind]
    faulthandler.dump_traceback_later(6 * seconds, exit=True)  # for what never comes back to Python
    timed(seconds)
    try:
        return case(seed, number, where)
    finally:
        timed(0)
        faulthandler.cancel_dump_traceback_later()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=KINDS, default="inputs", help="what is fuzzed (inputs: files and messages)")
    parser.add_argument("--count", "--inputs", type=int, default=10_000, metavar="N", help="how many cases (10000)")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--seconds", type=float, metavar="T", help="stop after so long")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="run this case alone, and show its traceback")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    warnings.filterwarnings("ignore", "Warning: converting a masked element to nan")  # the fuzzer does, of what it draws
    limited(CEILING if not (given.kind == "calls" and "jax" in sys.modules) else 0)  # which reserves more than it uses
    numbers = range(given.count) if given.only is None else [given.only]
    screen, counts, found, start = Console(stderr=True), Counter[tuple[str, str]](), list[dict[str, str]](), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for number in track(
            numbers, f"fuzzing {given.kind}", console=screen, transient=True, disable=not screen.is_terminal, auto_refresh=False
        ):
            if given.seconds and time.monotonic() - start > given.seconds:
                break
            try:
                counts[run(given.kind, given.seed, number, Path(folder))] += 1
            except (Exception, LateError) as error:
                again = f"python scripts/fuzz.py --kind {given.kind} --seed {given.seed} --only {number}"
                found.append({"again": again, "problem": f"{type(error).__name__}: {ascii(str(error))[:900]}"})
                if not given.json:
                    print(f"{again}: {found[-1]['problem']}", flush=True)
                if given.only is not None:
                    raise
    _report(given.json, counts, found, time.monotonic() - start)
    return 1 if found else 0


def _report(as_json: bool, counts: Counter[tuple[str, str]], found: list[dict[str, str]], seconds: float) -> None:
    ended = [{"what": what, "ended": how, "count": count} for (what, how), count in sorted(counts.items())]
    total = sum(counts.values()) + len(found)
    if as_json:
        print(json.dumps({"cases": total, "seconds": round(seconds), "ended": ended, "findings": found, "peak_mib": _peak()}, indent=1))
        return
    for entry in ended:
        print(f"{entry['what']:24} {entry['ended']:20} {entry['count']:8}")
    print(f"{total} cases in {seconds:.0f} s, {len(found)} findings; at most {_peak()} MiB of memory")


def _peak() -> int:
    if not hasattr(signal, "SIGALRM"):
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


if __name__ == "__main__":
    sys.exit(main())
