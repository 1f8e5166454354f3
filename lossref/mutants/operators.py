"""Operators that spoil right code for single examples: each makes wrong implementations of every loss that it fits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lossref.mutants.spoiling import (
    SLIGHTLY,
    Mutation,
    Operator,
    Right,
    Variants,
    answered,
    arrays,
    both,
    bounded,
    each,
    given_to,
    is_used,
    labels,
    only,
    real,
    slightly_wrong,
    turned,
    unbounded,
    without,
)  # fmt: skip
from lossref.spec import Loss

HALF = {np.dtype(np.float64): np.float32, np.dtype(np.float32): np.float16}
REGIONS: dict[str, Callable[[Any], Any]] = {
    "above 30": lambda x: x > 30, "below -30": lambda x: x < -30, "beyond 700": lambda x: abs(x) > 700,
    "beyond 1e15": lambda x: abs(x) > 1e15, "1e18 to 1e100": lambda x: (abs(x) > 1e18) & (abs(x) < 1e100),
    "above 0": lambda x: x > 0, "below 0": lambda x: x < 0, "at 0": lambda x: x == 0,
    "within 1e-6 of 0": lambda x: abs(x) < 1e-6, "1e-3 to 1e-2": lambda x: (abs(x) > 1e-3) & (abs(x) < 1e-2),
    "5 to 8": lambda x: (abs(x) > 5) & (abs(x) < 8), "16 to 20": lambda x: (abs(x) > 16) & (abs(x) < 20),
    "29 to 37": lambda x: (x > 29) & (x < 37), "-37 to -29": lambda x: (x > -37) & (x < -29),
}  # fmt: skip


def regions(loss: Loss, name: str) -> dict[str, Callable[[Any], Any]]:
    """Where an argument may be, by what one calls it."""
    if name in unbounded(loss):
        return REGIONS
    low, high = loss.arguments[name].low, loss.arguments[name].high
    near: dict[str, Callable[[Any], Any]] = {}
    if low > -np.inf:
        near |= {f"within {x:g} of {low:g}": lambda y, x=x: y - low < x for x in (1e-8, 1e-3)}
    if high < np.inf:
        near |= {f"within {x:g} of {high:g}": lambda y, x=x: high - y < x for x in (1e-8, 1e-3)}
    return near


def clipped(loss: Loss, part: str) -> Variants:
    for bound in (5, 30, 88, 700, 1e15, 1e30, 1e100):
        if names := unbounded(loss):
            yield f"at {bound:g}", given_to(names, lambda x, b=bound: np.clip(x, -b, b))
    for eps in (1e-3, 1e-7, 1e-12, 1e-15):
        for name in bounded(loss):
            space = loss.arguments[name]
            yield f"{name} by {eps:g}", given_to([name], lambda x, e=eps, s=space: np.clip(x, s.low + e, s.high - e))


def _eps(loss: Loss, part: str) -> Variants:
    for eps in (1e-7, 1e-12, 1e-16):
        for name in bounded(loss):
            yield f"{eps:g} to {name}", given_to([name], lambda x, e=eps: x + e)


def _narrow(loss: Loss, part: str) -> Variants:
    for name in real(loss):
        yield name, given_to([name], lambda x: x.astype(HALF[x.dtype]))
        for after in (8, 32):
            if loss.arguments[name].rank and not loss.arguments[name].sums_to_one:  # which rows of half the width seldom do
                yield f"{name} in rows beyond {after}", _wide_only(loss, after, given_to([name], lambda x: x.astype(HALF[x.dtype])))
    yield "the answer", answered(lambda y: y.astype(HALF[y.dtype]))


def _flushed(loss: Loss, part: str) -> Variants:
    for limit in (1e-8, 1e-15, 1e-30):
        yield f"answers below {limit:g}", answered(lambda y, t=limit: np.where(np.abs(y) < t, 0, y))
        for name in unbounded(loss):
            yield f"{name} below {limit:g}", given_to([name], lambda x, t=limit: np.where(np.abs(x) < t, 0, x))


def _capped(loss: Loss, part: str) -> Variants:
    for limit in (100, 1e4, 1e15, 1e30):
        yield f"at {limit:g}", answered(lambda y, t=limit: np.clip(y, -t, t))


def _factor(loss: Loss, part: str) -> Variants:
    for factor in (2, 0.5, -1, SLIGHTLY, 1 + 1e-9):
        yield f"{factor}", answered(lambda y, f=factor: y * f)


def _through(loss: Loss, part: str) -> Variants:
    yield "1 - (1 - y)", answered(lambda y: 1 - (1 - y))
    yield "(y + 1000) - 1000", answered(lambda y: (y + 1000) - 1000)
    yield "log(exp(y))", answered(lambda y: np.log(np.exp(y)))
    yield "y + 1e-8", answered(lambda y: y + 1e-8)
    for name in bounded(loss):
        if loss.arguments[name].high == 1:
            yield f"1 - (1 - {name})", given_to([name], lambda x: 1 - (1 - x))
            yield f"log of 1e-7 + {name}", given_to([name], lambda x: np.exp(np.log(x + 1e-7)))
    for name in unbounded(loss):
        yield f"({name} + 1000) - 1000", given_to([name], lambda x: (x + 1000) - 1000)
        if loss.arguments[name].rank:
            yield f"{name} less the largest of the batch", given_to([name], lambda x: (x - x.max()) + x.max() if x.size else x)
            yield f"{name} less the largest of the row before", given_to([name], _shifted_by_the_row_before)


def _shifted_by_the_row_before(x: Any) -> Any:
    top = np.roll(x.max(axis=-1, keepdims=True), 1, axis=0)
    return (x - top) + top


def _region(loss: Loss, part: str) -> Variants:
    for name in real(loss):
        for label, test in regions(loss, name).items():
            yield f"{name} {label}", only(each(name, test), slightly_wrong)
            yield f"{name} {label}, sign", only(each(name, test), turned)


def _choice(loss: Loss, part: str) -> Variants:
    """Wrong for one label alone, and for one label on one side."""
    first = loss.first
    for name, space in loss.arguments.items():
        hard = (0.0, 1.0) if name == "target" and space.is_edge(0.0) and space.is_edge(1.0) else ()
        for choice in space.choices[:8] or hard:
            label = each(name, lambda x, c=choice: x == c)
            yield f"{name} {choice:g}", only(label, slightly_wrong)
            if first in unbounded(loss):
                for side, test in REGIONS.items():
                    yield f"{name} {choice:g}, {first} {side}", only(both(label, each(first, test)), slightly_wrong)
                yield f"{name} {choice:g}, 0 at {first} 0", only(both(label, each(first, REGIONS["at 0"])), answered(lambda y: y * 0))
        if hard:
            yield f"{name} near {hard} rounded", given_to([name], lambda x: np.where(abs(x - np.round(x)) < 1e-3, np.round(x), x))
            yield f"{name} rounded", given_to([name], np.round)
        if space.label_of:
            for c in (0, 1, 2, 3, 4, 7, 8):
                yield f"{name} {c}", only(each(name, lambda x, c=c: x == c), slightly_wrong)


def _wide_only(loss: Loss, after: int, mutation: Mutation) -> Mutation:
    name = next(name for name in real(loss) if loss.arguments[name].rank)
    return only(lambda given: np.full(len(given[name]), given[name].shape[-1] > after), mutation)


def _width(loss: Loss, part: str) -> Variants:
    """Wrong for rows of some widths alone; or entries far back are not what they are, or not there."""
    for name in (name for name in real(loss) if loss.arguments[name].rank):
        for low, high in ((1, 1), (2, 2), (3, 3), (6, 7), (8, 8), (9, 30), (31, 31), (32, 32), (33, 63), (64, 64), (65, 10**9)):
            def inside(given: dict[str, Any], n: str = name, a: int = low, b: int = high) -> Any:
                return np.full(len(given[n]), a <= given[n].shape[-1] <= b)

            yield f"{name} of {low} to {high}", only(inside, slightly_wrong)
        for after in (1, 2, 7, 8, 31, 32, 63):
            yield f"{name} beyond entry {after}", given_to([name], lambda x, k=after: _later(x, k))
        if not loss.arguments[name].sums_to_one:
            yield f"remainder of 8 entries of {name} left out", given_to([name], _without_a_remainder)
        break


def _later(x: Any, after: int) -> Any:
    return np.concatenate([x[..., :after], x[..., after:] * SLIGHTLY], axis=-1)


def _without_a_remainder(x: Any) -> Any:
    width = x.shape[-1]
    return np.where(np.arange(width) < width - width % 8, x, x.min() - 50) if width > 8 and x.size else x


def _class(loss: Loss, part: str) -> Variants:
    for name in labels(loss):
        for after in (0, 1, 2, 8, 31, 62):
            yield f"{name} after {after}", given_to([name], lambda y, k=after: np.where(y > k, y - 1, y))


def _parameter(loss: Loss, part: str) -> Variants:
    for name, parameter in loss.parameters.items():
        yield f"{name} constant", without(name)
        yield f"{name} in half the width", lambda right, given, n=name: right(**given | ({n: _half(given[n])} if n in given else {}))
        used = is_used(name, parameter)
        yield f"{name} right only when neutral", only(used, slightly_wrong)
        for argument in real(loss):
            for label, test in regions(loss, argument).items():
                yield f"{name} right only when neutral, {argument} {label}", only(both(each(argument, test), used), slightly_wrong)


def _half(x: float) -> float:
    return float(np.clip(np.float32(x), np.finfo(np.float16).smallest_subnormal, 65504).astype(np.float16))


def _slopes(loss: Loss, part: str) -> Variants:
    if part == "value":
        return
    names = loss.differentiable if part == "gradient" else loss.differentiable[:1]
    for k, name in enumerate(names):
        for bound in (20, 88, 709) if name in unbounded(loss) else ():
            yield f"0 where {name} is beyond {bound}", _zeroed(k, name, lambda x, b=bound: abs(x) > b)
        yield f"0 in {name}", _zeroed(k, name, lambda x: np.ones(x.shape, bool))
        if loss.arguments[name].rank:
            yield f"last entry of {name} left out", _zeroed(k, name, lambda x: np.arange(x.shape[-1]) == x.shape[-1] - 1 + 0 * x)
            yield f"entry 2 of {name} left out", _zeroed(k, name, lambda x: np.arange(x.shape[-1]) == 2 + 0 * x)
            yield f"all but the largest entry of {name} left out", _zeroed(k, name, lambda x: x != x.max(-1, keepdims=True))
        yield f"beside a kink in {name}", _outside_the_interval(k, name)
    if len(names) == 2:
        def swapped(right: Right, given: dict[str, Any]) -> Any:
            a, b = right(**given)
            return (b, a) if a.shape == b.shape else (a, b)

        yield "swapped", swapped


def _zeroed(k: int, name: str, test: Callable[[Any], Any]) -> Mutation:
    def mutation(right: Right, given: dict[str, Any]) -> Any:
        found = list(arrays(right(**given)))
        found[k] = np.where(test(given[name]), 0, found[k]).astype(found[k].dtype)
        return tuple(found)

    return mutation


def _outside_the_interval(k: int, name: str) -> Mutation:
    """Where the slopes on both sides differ, as far beyond one of them as the other lies before it."""

    def mutation(right: Right, given: dict[str, Any]) -> Any:
        found = list(arrays(right(**given)))
        up, down = (arrays(right(**{**given, name: np.nextafter(given[name], end)}))[k] for end in (np.inf, -np.inf))
        found[k] = np.where(abs(up - down) > 0.1 * abs(up), 2 * up - down, found[k]).astype(found[k].dtype)
        return tuple(found)

    return mutation


def _rows(loss: Loss, part: str) -> Variants:
    for after in (1, 2, 4, 7, 32):
        yield f"after {after}", only(lambda given, k=after: np.arange(len(given[loss.first])) >= k, slightly_wrong)
    yield "divided by their number", lambda right, given: answered(lambda y: y / max(len(given[loss.first]), 1))(right, given)
    yield "the first row for all", given_to(list(loss.arguments), lambda x: np.broadcast_to(x[:1], x.shape))


OPERATORS = (
    Operator("inputs clipped", clipped), Operator("eps added", _eps), Operator("half the width inside", _narrow),
    Operator("small numbers flushed", _flushed), Operator("large answers capped", _capped), Operator("a factor", _factor),
    Operator("a rounding detour", _through), Operator("wrong in one region", _region), Operator("wrong for one label", _choice),
    Operator("wrong for some widths", _width), Operator("classes off by one", _class), Operator("a parameter", _parameter),
    Operator("slopes lost", _slopes), Operator("rows mixed up", _rows),
)  # fmt: skip
