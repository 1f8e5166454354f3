"""What exact answers cost: goals beside what one run on this machine measures. Ratios within a run mean more than its seconds.

Complete answers have value, slopes, Hessian, K and S, and are confirmed over mpmath. The jets are the way without recordings. What is done
with mpmath by hand are closed forms of value and slopes at 50 digits, without any bound on their error.

    python benchmarks/oracle.py [--wide 1000]
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest import mock

from measuring import Report, console, machine
from mpmath import mp

from lossref import catalog, oracle
from lossref.exact import answer, example
from lossref.exact.traced import answered
from lossref.formats import FLOAT64
from lossref.spec import Values

Point = dict[str, Any]


def sigmoid_cross_entropy(logits: Any, target: Any) -> tuple[Any, Any]:
    e = mp.exp(logits)
    return mp.log(1 + e) - target * logits, e / (1 + e) - target


def huber(prediction: Any, target: Any, delta: Any) -> tuple[Any, Any]:
    r = prediction - target
    if abs(r) <= delta:
        return r * r / 2, r
    return delta * (abs(r) - delta / 2), delta if r > 0 else -delta


def softmax_cross_entropy(logits: Any, target: int) -> tuple[Any, Any]:
    powers = [mp.exp(z) for z in logits]
    total = sum(powers[1:], powers[0])
    slopes = [e / total for e in powers]
    slopes[target] -= 1
    return mp.log(total) - logits[target], slopes


def kl_divergence(probabilities: Any, target: Any) -> tuple[Any, Any]:
    pairs = list(zip(probabilities, target, strict=True))
    return sum(t * (mp.log(t) - mp.log(q)) for q, t in pairs), [-t / q for q, t in pairs]


def simplex(source: random.Random, n: int) -> tuple[float, ...]:
    x = [source.expovariate(1) for _ in range(n)]
    return tuple(y / sum(x) for y in x)


CASES: dict[str, tuple[Callable[..., Any], Callable[[random.Random], Point]]] = {
    "sigmoid_cross_entropy": (
        sigmoid_cross_entropy, lambda r: {"logits": r.gauss(0, 3), "target": r.choice((0.0, 1.0, r.random()))}
    ),
    "huber": (huber, lambda r: {"prediction": r.gauss(0, 2), "target": r.gauss(0, 1), "delta": r.choice((1.0, 0.1))}),
    "softmax_cross_entropy n=3": (
        softmax_cross_entropy, lambda r: {"logits": tuple(r.gauss(0, 5) for _ in range(3)), "target": r.randrange(3)}
    ),
    "softmax_cross_entropy n=10": (
        softmax_cross_entropy, lambda r: {"logits": tuple(r.gauss(0, 5) for _ in range(10)), "target": r.randrange(10)}
    ),
    "kl_divergence n=10": (kl_divergence, lambda r: {"probabilities": simplex(r, 10), "target": simplex(r, 10)}),
}  # fmt: skip


def seconds_each(call: Callable[[Point], object], points: Sequence[Point], seconds: float) -> float:
    """Seconds a point, after everything has been met once."""
    for point in points:
        call(point)
    done, start = 0, time.perf_counter()
    while (passed := time.perf_counter() - start) < seconds:
        for point in points[: 1 if passed == 0 else None]:
            call(point)
            done += 1
    return passed / done


def by_hand(closed: Callable[..., Any], point: Point) -> object:
    """The closed form at 50 digits."""
    with mp.workdps(50):
        return closed(**{name: _given(x) for name, x in point.items()})


def _given(x: Any) -> Any:
    return [mp.mpf(y) for y in x] if isinstance(x, tuple) else x if isinstance(x, int) else mp.mpf(x)


@contextmanager
def without_recordings() -> Iterator[None]:
    with mock.patch.object(example, "answered", return_value=None):
        yield


def by_jets(name: str, values: Values) -> object:
    """The certified answer, within `without_recordings`."""
    loss = catalog.get(name)
    return answer.answer(loss, {n: values[n] for n in loss.arguments}, {n: values[n] for n in loss.parameters}, FLOAT64)


def by_recording(name: str, values: Values) -> object:
    return answered(catalog.get(name), values, FLOAT64)


def proved_digits(name: str, values: Values) -> object:
    return oracle(name, digits=50, certified=True, **values)


def complete(report: Report, seconds: float, count: int) -> None:
    for title, (closed, draw) in CASES.items():
        name, source = title.split()[0], random.Random(1)
        loss = catalog.get(name)
        points = [p for p in (draw(source) for _ in range(count)) if answered(loss, p, FLOAT64) is not None]
        with without_recordings():
            jets = seconds_each(partial(by_jets, name), points[: max(3, count // 20)], seconds)
        recorded = seconds_each(partial(by_recording, name), points, seconds)
        plain = seconds_each(partial(by_hand, closed), points, seconds)
        beside = f"{recorded * 1e6:.0f} us, {recorded / plain:.1f} times as long as mpmath by hand"
        report.add(f"complete answer, {title}", f"{recorded / jets:.3f} of the jets' time", beside, measured=recorded / jets, goal=0.05)


def fifty_digits(report: Report, seconds: float, count: int) -> None:
    for title, (closed, draw) in CASES.items():
        name, source = title.split()[0], random.Random(1)
        points = [draw(source) for _ in range(count)]
        proved = seconds_each(partial(proved_digits, name), points, seconds)
        plain = seconds_each(partial(by_hand, closed), points, seconds)
        found, times = f"{proved / plain:.1f} of mpmath's time", f"{proved * 1e6:.0f} us, {plain * 1e6:.0f} by hand"
        report.add(f"50 digits proved, {title}", found, times, measured=proved / plain, goal=1.5)


def wide(report: Report, sizes: Sequence[int]) -> None:
    loss = catalog.get("softmax_cross_entropy")
    for n in sizes:
        source = random.Random(n)
        points = [{"logits": tuple(source.gauss(0, 5) for _ in range(n)), "target": n // 2} for _ in range(2)]
        ways: list[tuple[str, float | None, Callable[[Point], object]]] = [
            ("plain", 0.05 if n == 1_000 else None, lambda p: oracle("softmax_cross_entropy", **p)),
            ("complete and certified", 20.0 if n == 128_256 else None, lambda p: answered(loss, p, FLOAT64)),
        ]
        for what, goal, call in ways:
            times = []
            for point in points:
                start = time.perf_counter()
                call(point)
                times.append(time.perf_counter() - start)
            first, again = times
            report.add(f"softmax of {n:,} logits, {what}", f"{first:.3f} s", f"again {again:.3f} s", measured=first, goal=goal)


def main() -> Report:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=0.5, help="time for each figure")
    parser.add_argument("--points", type=int, default=100, help="points a loss")
    parser.add_argument("--wide", type=int, nargs="*", default=[1_000, 128_256], help="numbers of logits")
    given = parser.parse_args()
    console.print(machine())
    report = Report("Exact answers", ("what", "measured", "beside"))
    complete(report, given.seconds, given.points)
    fifty_digits(report, given.seconds, given.points)
    wide(report, given.wide)
    report.show()
    return report


if __name__ == "__main__":
    main()
