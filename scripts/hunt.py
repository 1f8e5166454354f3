"""Ask every public function for answers to extreme numbers: whatever is finite must end, within seconds and a stated memory.

Calls are drawn over all losses and all of `lossref.functions`, every option and parameter at both ends of its domain, magnitudes over the
whole range of each format, mixed within one vector, long vectors, many rows, and integers, fractions and decimals of any size. Each runs in
a worker whose processor time and memory the system limits. A finding is a call that exceeds either, or ends in an exception that no
docstring names. A call is named by seed and number, and `--only NUMBER` runs it again, here and without limits.
"""

from __future__ import annotations

import argparse
import inspect
import json
import math
import multiprocessing
import reprlib
import signal
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from multiprocessing.connection import Connection
from typing import Any, TypeVar

import mpmath
import numpy as np
from rich.console import Console
from rich.progress import track

import lossref
from lossref import catalog, functions, options, widths
from lossref.formats import FORMATS
from lossref.spaces import Space
from lossref.spec import Loss
from lossref.stream import Stream
from lossref.values import mapped

T = TypeVar("T")
DOCUMENTED = (KeyError, TypeError, ValueError)
SECONDS = {"oracle": 10.0}  # of the processor, for at most FEW numbers
QUICK = 2.0  # seconds of float64 code, for at most MANY numbers
FEW, MANY = 30, 100_000
PAIRS = 10 * MANY  # of a list whose numbers are taken in pairs
THINGS = 32  # of a batch that is one example: the cost grows with their square, and where they are alike with their cube
MEMORY = 2 << 30  # bytes of address space beyond those of an idle worker
PATIENCE = 20  # a worker that waits for so many times its limit waits for ever
START_METHOD = "spawn"
PARTS = ("value", "gradient", "value_and_gradient", "hessian")
DIGITS = (1, 2, 15, 17, 50, 50, 50, 100, 1000, 5000, 10_000, 10_001, 10**9)
HUGE: tuple[Any, ...] = (
    10**400, -(10**400), 10**5000, 10**20_000, 2**1_000_000,
    Fraction(1, 10**400), Fraction(10**6000, 3), Fraction(3, 10**30_000), 2**53 + 1,
    Decimal("1e99999999"), Decimal("-1e-99999999"), Decimal("0e99999999"), Decimal("1e6000"), Decimal("1e-6020"), Decimal("1e400"),
    Decimal("Infinity"), Decimal("NaN"), mpmath.mpf((0, 1, 10**12, 1)), mpmath.mpf((1, 1, -(10**12), 1)), mpmath.mpf("1e-5000"),
    mpmath.mpf("inf"), "1e400", "-1e-400", "1e99999999", "1" * 6000, "nan", np.longdouble("1e4000"), True,
)  # fmt: skip
DIVISORS: tuple[Any, ...] = (5e-324, 1.7e308, 1, 10**400, Fraction(1, 10**400), Fraction(10**9, 7))
CONVENTIONS = (
    "clip logits to [-30, 30]", "clip probabilities to [1e-7, 1 - 1e-7]", "factor 1/2", "log base 2", "add eps inside log", "factor 1e308",
    "clip logits to [-1e308, 1e308]", "clamp log at -100",
)  # fmt: skip


@dataclass(frozen=True)
class Call:
    """A call of a public function, and the seconds of the processor that it may take."""

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    named: Mapping[str, Any]
    seconds: float

    @property
    def text(self) -> str:
        """What to type, long arguments shortened."""
        given = [*map(_shown, self.arguments), *(f"{name}={_shown(x)}" for name, x in self.named.items())]
        return f"{self.name}({', '.join(given)})"


def _shown(x: Any) -> str:
    try:
        return reprlib.repr(x).replace("\n", " ")
    except ValueError:
        return f"a {type(x).__name__} with too many digits to show"


def drawn(seed: int, number: int) -> Call:
    """One call, the same wherever and whenever it is drawn."""
    form = FORMATS[("float64", "float32", "float16", "float64")[number % 4]]
    s = Stream(f"hunt {seed}", form, number)
    if chance(s, 8):
        return _of_a_function(s)
    loss = catalog.get(choice(s, catalog.names()))
    if chance(s, 3):
        return _of_the_oracle(s, loss)
    part = choice(s, PARTS)
    leading = choice(s, [(), (), (1,), (3,), (3,), (2, 2), (0,), (1000,), (MANY // 8,), (MANY,)])
    arrays = _arguments(s, loss, leading, MANY)
    given = (part, loss.name, *(_kept(s, x) for x in arrays.values()))
    named = {**_parameters(s, loss, leading), **(_options(s, loss, leading, arrays) if chance(s, 2) else {})}
    return Call(f"lossref.{part}", getattr(lossref, part), given[1:], named, QUICK)


def choice(s: Stream, of: Sequence[T]) -> T:
    return of[s.integer(0, len(of) - 1)]


def chance(s: Stream, one_in: int) -> bool:
    return s.integer(1, one_in) == 1


def extreme(s: Stream) -> float:
    """A number of the format, of any sign and magnitude."""
    least, largest = math.ldexp(1.0, s.format.least_exponent), float(s.format.largest)
    kind = s.integer(0, 15)
    if kind < 5:
        after_one, least_normal = s.format.step(1.0, 1), float(s.format.least_normal)
        return s.sign() * choice(s, [0.0, least, largest, 1.0, after_one, largest / 2, least_normal])
    if kind < 7:
        return s.uniform(-800, 800)
    if kind == 7 and chance(s, 4):
        return choice(s, [math.inf, -math.inf, math.nan])
    return s.sign() * s.magnitude(s.integer(s.format.least_exponent, s.format.bias - 1))


def finite(s: Stream) -> float:
    return x if math.isfinite(x := extreme(s)) else 0.0


def inside(s: Stream, space: Space, classes: int = 0) -> float:
    """A number of a space: at its ends, a least step from them, anywhere between."""
    if space.label_of:
        return s.integer(0, classes - 1)
    if space.choices:
        return float(choice(s, space.choices))
    low, high = space.low, space.high
    if math.isinf(low) and math.isinf(high):
        return extreme(s)
    if math.isinf(low) or math.isinf(high):
        away = abs(extreme(s))
        return low + away if math.isfinite(low) else high - away
    near = abs(finite(s))
    while near > high - low:
        near /= 2.0**200
    return choice(s, [low, high, low + near, high - near, s.uniform(low, high)])


def _numbers(s: Stream, space: Space, shape: tuple[int, ...], classes: int) -> Any:
    """An array of a space: some dozens of numbers are drawn and repeated, out of step with the rows; one in 30 heeds no domain."""
    count = math.prod(shape)
    if space.sums_to_one and not chance(s, 30):
        width = shape[-1] if shape else 1
        row = np.zeros(width)
        some = min(width, 8)
        weights = [abs(finite(s)) for _ in range(some)]
        row[:some] = s.normalised(weights if any(weights) else [1.0] * some)
        return np.broadcast_to(np.roll(row, s.integer(0, width - 1)), shape).copy()
    strays = chance(s, 30)
    pool = [extreme(s) if strays else inside(s, space, classes) for _ in range(min(count, 37))] or [0]
    return np.resize(np.array(pool, np.int64 if all(isinstance(x, int) for x in pool) else np.float64), shape)


def _arguments(s: Stream, loss: Loss, leading: tuple[int, ...], most: int) -> dict[str, Any]:
    """The arguments of a loss as arrays of at most so many numbers each."""
    rows = max(1, math.prod(leading))
    room = max(1, math.isqrt(PAIRS * most // MANY // rows) if widths.takes_pairs(loss) else most // rows)
    wide = min(choice(s, [1, 2, 3, 5, 8, 8, 33, 1000, room]), room)
    names = sorted({axis for space in loss.arguments.values() for axis in space.axes})
    rank = max(space.rank for space in loss.arguments.values())
    lengths = {axis: min(wide, max(1, int(room ** (1 / max(rank, 1)))), THINGS if axis == "n" else most) for axis in names}
    found = {}
    for name, space in loss.arguments.items():
        shape = (*leading, *(lengths[axis] for axis in space.axes))
        found[name] = _numbers(s, space, shape, lengths[loss.arguments[space.label_of].axes[-1]] if space.label_of else 0)
    return found


def _kept(s: Stream, x: Any) -> Any:
    """An array as a caller may hold it; once in 20 with an odd number in it."""
    kind = choice(s, [s.format.name, "float64", "list"])
    if kind != "list" and np.asarray(x).dtype.kind == "f":
        with np.errstate(all="ignore"):
            x = x.astype(kind)
    elif np.size(x) <= 1000:
        x = x.tolist()
        if chance(s, 20):
            odd, at, k = choice(s, HUGE), s.integer(0, max(0, _count(x) - 1)), iter(range(10**9))
            return mapped(lambda y: odd if next(k) == at else y, _tuples(x))
    return x


def _count(x: Any) -> int:
    return sum(map(_count, x)) if isinstance(x, (list, tuple)) else 1


def _tuples(x: Any) -> Any:
    return tuple(map(_tuples, x)) if isinstance(x, list) else x


def _parameters(s: Stream, loss: Loss, leading: tuple[int, ...]) -> dict[str, Any]:
    """Some parameters, at both ends of their domains; once in eight one an example."""
    found = {}
    for name, parameter in loss.parameters.items():
        if chance(s, 2):
            found[name] = _numbers(s, parameter.space, leading if chance(s, 8) else (), 0)[()]
            found[name] = float(found[name]) if np.ndim(found[name]) == 0 else found[name]
            if chance(s, 20):
                found[name] = choice(s, HUGE)
    return found


def _options(s: Stream, loss: Loss, leading: tuple[int, ...], arrays: Mapping[str, Any]) -> dict[str, Any]:
    """Options that mean something for the loss, each with one chance in three."""
    refused = options.refusals(loss)
    classes = arrays[loss.first].shape[-1] if arrays[loss.first].ndim else 1

    def each(draw: Callable[[], float]) -> Any:
        return np.resize(np.array([draw() for _ in range(23)]), leading) if leading and not chance(s, 4) else draw()

    def weight() -> float:
        return abs(finite(s))

    reduction = choice(s, options.REDUCTIONS)
    draws: dict[str, Callable[[], Any]] = {
        "denominator": lambda: choice(s, [*options.DENOMINATORS, *DIVISORS, weight()]),
        "empty": lambda: choice(s, tuple(options.EMPTY)),
        "sample_weight": lambda: each(lambda: finite(s) if chance(s, 4) else weight()),
        "class_weight": lambda: np.resize(np.array([weight() for _ in range(min(classes, 23))]), classes),
        "pos_weight": lambda: each(weight),
        "label_smoothing": lambda: inside(s, Space(description="", kind="", low=0.0, high=1.0)),
        "smoothing": lambda: choice(s, options.SMOOTHINGS),
        "ignore_index": lambda: choice(s, [0, 1, -100, 10**30, 2**63]),
        "mask": lambda: np.resize(np.array([chance(s, 2) for _ in range(23)]), leading),
        "target_form": lambda: choice(s, options.forms(loss) or ("index",)),
        "upstream": lambda: each(lambda: extreme(s)) if reduction == "none" else extreme(s),
    }
    chosen = {name: draw() for name, draw in draws.items() if chance(s, 3) and (name not in refused or chance(s, 50))}
    return {"reduction": reduction, **chosen}


def _of_the_oracle(s: Stream, loss: Loss) -> Call:
    """The oracle, of few numbers: a row of them, or some rows."""
    leading = choice(s, [(), (), (), (1,), (3,), (2, 2), (0,)])
    arrays = _arguments(s, loss, leading, FEW)
    given = tuple(_kept(s, x) for x in arrays.values())
    named = {**_parameters(s, loss, leading), **(_options(s, loss, leading, arrays) if leading and chance(s, 2) else {})}
    extras = {"digits": choice(s, DIGITS), "certified": chance(s, 2), "hessian": True, "convention": choice(s, CONVENTIONS)}
    named |= {name: x for name, x in extras.items() if chance(s, 8 if name == "convention" else 3)}
    return Call("lossref.oracle", lossref.oracle, (loss.name, *given), named, SECONDS["oracle"])


def _of_a_function(s: Stream) -> Call:
    """One of `lossref.functions`."""
    name = choice(s, FUNCTIONS)
    taken = inspect.signature(getattr(functions, name)).parameters
    shape = choice(s, [(), (1,), (3,), (2, 5), (0,), (4, 0), (1000,), (3, 1000)] + ([] if "jacobian" in name else [(MANY,), (1000, 100)]))
    count = sum(x.annotation == "ArrayLike" for x in taken.values())
    given = [_kept(s, _numbers(s, Space(description="", kind=""), shape, 0)) for _ in range(count)]
    named: dict[str, Any] = {}
    if "labels" in taken:
        given = [_kept(s, np.resize(np.array([s.integer(0, 4) for _ in range(9)]), (9,))), choice(s, [5, 6, 1, 10_000, -1, 10**30])]
    if "axis" in taken and chance(s, 2):
        named["axis"] = choice(s, [0, 1, -1, None, (0, 1), 10**30, -2])
    if "at_zero" in taken and chance(s, 2):
        named["at_zero"] = inside(s, Space(description="", kind="", low=0.0, high=1.0))
    return Call(f"lossref.functions.{name}", getattr(functions, name), tuple(given), named, QUICK)


FUNCTIONS = sorted(
    name for name, x in vars(functions).items() if inspect.isfunction(x) and x.__module__ == functions.__name__ and not name.startswith("_")
)


def ended(call: Call) -> str:
    """Run a call: `answer`, or the type of the exception; one that is not documented with its message."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            call.function(*call.arguments, **call.named)
        except DOCUMENTED as error:
            return type(error).__name__
        except Exception as error:
            return f"{type(error).__name__}: {str(error)[:300]}"
    return "answer"


def work(seed: int, asked: Connection) -> None:
    """A worker: calls by number, until there are no more. The system ends it where a call takes too long."""
    import resource

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    lossref.oracle("hinge", [0.5], [1.0], reduction="mean")  # imports what all need
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + MEMORY,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while (number := asked.recv()) is not None:
        call = drawn(seed, number)
        signal.setitimer(signal.ITIMER_PROF, call.seconds)
        start = time.process_time()
        how = ended(call)
        signal.setitimer(signal.ITIMER_PROF, 0)
        asked.send((how, time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10))


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * 4096


class Worker:
    """A process that runs calls one after the other, and another after one that did not come back."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.context: Any = multiprocessing.get_context(START_METHOD)
        self.start()

    def start(self) -> None:
        self.asked, theirs = self.context.Pipe()
        self.process = self.context.Process(target=work, args=(self.seed, theirs), daemon=True)
        self.process.start()
        theirs.close()

    def run(self, number: int) -> tuple[str, float, int]:
        """How a call ended, its seconds of the processor, and the most memory that the worker ever held."""
        seconds = drawn(self.seed, number).seconds
        try:
            self.asked.send(number)
            if self.asked.poll(PATIENCE * seconds + 60):
                how: tuple[str, float, int] = self.asked.recv()
                return how
            how = f"it waits for ever: {PATIENCE * seconds + 60:g} s", seconds, 0
        except (EOFError, ConnectionError):
            self.process.join()
            late = self.process.exitcode == -signal.SIGPROF
            how = f"more than {seconds:g} s of the processor" if late else f"the process ended with {self.process.exitcode}", seconds, 0
        self.stop()
        self.start()
        return how

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.asked.close()


def hunted(seed: int, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Each call, how it ended, and whether that is a finding."""
    worker = Worker(seed)
    try:
        for number in numbers:
            how, seconds, memory = worker.run(number)
            call = drawn(seed, number)
            known = how == "answer" or how in {error.__name__ for error in DOCUMENTED}
            told = {"number": number, "call": call.text, "name": call.name, "ended": how}
            yield {**told, "seconds": seconds, "memory": memory, "finding": not known}
    finally:
        worker.stop()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000, metavar="N", help="how many calls (1000)")
    parser.add_argument("--start", type=int, default=0, metavar="N", help="the number of the first (0)")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--json", action="store_true", help="a line of JSON for each finding, and one for all")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="run this call alone, here, and show its traceback")
    given = parser.parse_args(arguments)
    if given.only is not None:
        call = drawn(given.seed, given.only)
        print(call.text, flush=True)
        start = time.process_time()
        print(reprlib.repr(call.function(*call.arguments, **call.named)), f"after {time.process_time() - start:.2f} s")
        return 0
    screen, counts, findings, slowest, memory = Console(stderr=True), Counter[tuple[str, str]](), 0, (0.0, ""), 0
    numbers = range(given.start, given.start + given.count)
    found = track(hunted(given.seed, numbers), "hunting", len(numbers), console=screen, transient=True, disable=not screen.is_terminal)
    for row in found:
        counts[row["name"], row["ended"] if not row["finding"] else "finding"] += 1
        slowest, memory = max(slowest, (row["seconds"], f"--only {row['number']}: {row['call']}")), max(memory, row["memory"])
        if row["finding"]:
            findings += 1
            line = f"--seed {given.seed} --only {row['number']}: {row['ended']}\n    {row['call']}"
            print(json.dumps(row) if given.json else line, flush=True)
    if given.json:
        whole = {"calls": given.count, "findings": findings, "slowest": slowest[0], "call": slowest[1], "memory": memory}
        print(json.dumps({**whole, "counts": {f"{name}: {how}": n for (name, how), n in sorted(counts.items())}}))
    else:
        print("\n".join(f"{name:40} {how:12} {count:8}" for (name, how), count in sorted(counts.items())))
        print(f"{given.count} calls, {findings} findings; the slowest took {slowest[0]:.2f} s; at most {memory >> 20} MiB of memory")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
