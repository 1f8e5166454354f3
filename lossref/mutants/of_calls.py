"""Operators that spoil whole calls: options ignored, mixed up, right only for one value, or only where another is neutral."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np

from lossref.mutants.operators import clipped, regions
from lossref.mutants.spoiling import (
    Mutation,
    Operator,
    Right,
    Test,
    Variants,
    answered,
    arrays,
    both,
    each,
    is_used,
    labels,
    only,
    real,
    slightly_wrong,
    without,
)  # fmt: skip
from lossref.options import NAMES, refusals
from lossref.spec import Loss

NUMBERS = ("sample_weight", "class_weight", "pos_weight", "upstream", "label_smoothing")
PER_EXAMPLE = ("sample_weight", "mask", "upstream")


def _names(loss: Loss, part: str) -> list[str]:
    """The options that act on a part; the form of a target is what the target is, and no option that one could ignore."""
    refused = {*refusals(loss), "reduction", "target_form", "upstream" if part == "value" else "empty"}
    refused |= {"smoothing"} if "label_smoothing" in refused else set()
    return [name for name in NAMES if name not in refused]


def put(name: str, change: Callable[[Any], Any]) -> Mutation:
    return lambda right, given: right(**given | {name: change(given[name])}) if name in given else right(**given)


def _set(*names: str) -> Test:
    """Whether all of these are given."""
    return lambda given: np.asarray(all(given.get(name) is not None for name in names))


def _option(loss: Loss, part: str) -> Variants:
    names = _names(loss, part)
    for name in names:
        if name != "ignore_index":  # whose labels are none without it
            yield f"{name} ignored", without(name)
        yield f"{name} right only when neutral", only(_set(name), slightly_wrong)
    for name in (name for name in NUMBERS if name in names):
        for width in (np.float16, np.float32):
            yield f"{name} in {width.__name__}", put(name, lambda x, w=width: _through(x, w))
        yield f"{name} below 1/2 taken for 0", put(name, lambda x: np.where(np.abs(x) < 0.5, 0.0, x)[()])
        yield f"{name} above 1 taken for 1", put(name, lambda x: np.where(np.abs(x) > 1, np.sign(x), x)[()])
    for name, constant in {"label_smoothing": 0.125, "pos_weight": 3.0}.items():
        if name in names:
            yield f"{name} always {constant}", put(name, lambda x, c=constant: c)
    if "upstream" in names:
        yield "upstream without its sign", put("upstream", np.abs)
        yield "upstream of the first example for all", put("upstream", lambda x: np.full(np.shape(x), np.ravel(x)[0]) if np.size(x) else x)
    yield "mask taken for all but the last", put("mask", lambda x: np.arange(np.size(x)).reshape(np.shape(x)) != np.size(x) - 1)
    yield "mask turned", put("mask", np.logical_not)
    if "class_weight" in names:
        yield "class_weight from the other end", put("class_weight", lambda x: x[::-1])
        yield "class_weight of class 2 taken for 1", put("class_weight", lambda x: np.where(np.arange(len(x)) == 2, 1.0, x))
    for side, test in {"positive": lambda x: x > 0, "negative": lambda x: x < 0}.items():
        for name in (name for name in names if name in ("pos_weight", "sample_weight", "label_smoothing")):
            yield f"{name} ignored where {loss.first} is {side}", only(both(each(loss.first, test), _set(name)), without(name))
    for name, parameter in loss.parameters.items():
        yield f"{name} constant", without(name)
        yield f"{name} right only when neutral", only(is_used(name, parameter), slightly_wrong)


def _through(x: Any, width: Any) -> Any:
    most = float(np.finfo(width).max)
    return np.clip(x, -most, most).astype(width).astype(np.float64)[()]


def _mean(loss: Loss, part: str) -> Variants:
    for name in ("count", "kept", "weights", "batch"):
        def by(right: Right, given: dict[str, Any], name: str = name) -> Any:
            return right(**given | ({"denominator": name} if given.get("reduction") == "mean" else {}))

        yield f"always by {name}", by
    yield "the sum in its place", lambda right, given: right(**given | ({"reduction": "sum"} if given.get("reduction") == "mean" else {}))
    for rows in (1, 2, 4, 8, 32):
        yield f"of the means of chunks of {rows}", _by_chunks(loss, part, rows)
    for rows in (0, 1, 2, 3, 4, 5, 7, 8, 16, 32):
        more = only(lambda given, n=rows: np.asarray(len(given[loss.first]) > n), slightly_wrong)
        yield f"wrong by a little from {rows + 1} rows on", more
        yield f"wrong by a little for {rows} rows", only(lambda given, n=rows: np.asarray(len(given[loss.first]) == n), slightly_wrong)


def _by_chunks(loss: Loss, part: str, rows: int) -> Mutation:
    def mutation(right: Right, given: dict[str, Any]) -> Any:
        count = len(given[loss.first])
        if given.get("reduction") != "mean" or count <= rows:
            return right(**given)
        per_row = {name for name, x in given.items() if name in (*loss.arguments, *PER_EXAMPLE) and np.shape(x)[:1] == (count,)}
        chunks = [slice(i, i + rows) for i in range(0, count, rows)]
        found = [arrays(right(**{name: x[c] if name in per_row else x for name, x in given.items()})) for c in chunks]
        together: Callable[..., Any] = np.mean if part == "value" else np.concatenate
        share = 1 if part == "value" else len(chunks)
        return tuple(np.asarray(together(xs, axis=0) / share, xs[0].dtype) for xs in zip(*found, strict=True))

    return mutation


def _ignored(loss: Loss, part: str) -> Variants:
    if "ignore_index" not in _names(loss, part):
        return
    tests = {"always -100": lambda i: i == -100, "negative alone": lambda i: i < 0, "inside the range alone": lambda i: i >= 0,
             "never 0": lambda i: i != 0, "never -1": lambda i: i != -1, "not beyond the classes": lambda i: i < 3}  # fmt: skip
    for label, holds in tests.items():
        # Where it is not taken for one, the examples count with the label that is nearest to it.
        def mutation(right: Right, given: dict[str, Any], holds: Callable[[int], bool] = holds) -> Any:
            index = given.get("ignore_index")
            if index is None or holds(index):
                return right(**given)
            most = given[loss.first].shape[-1] - 1
            kept = {name: x for name, x in given.items() if name != "ignore_index"}
            return right(**kept | {"target": np.clip(given["target"], 0, most)})

        yield label, mutation
    yield "every label of it, in the denominator too", lambda right, given: right(
        **given | ({"denominator": "count"} if given.get("ignore_index") is not None and given.get("reduction") == "mean" else {})
    )


def _width(loss: Loss, part: str) -> Variants:
    """Wrong by a little in calls whose examples have not the width that most have."""
    if loss.arguments[loss.first].rank == 1:
        for low, high in ((2, 2), (4, 4), (5, 5), (6, 10**9)):
            def inside(given: dict[str, Any], a: int = low, b: int = high) -> Any:
                return np.asarray(a <= given[loss.first].shape[-1] <= b)

            yield f"{loss.first} of {low} to {high}", only(inside, slightly_wrong)


def _pairs(loss: Loss, part: str) -> Variants:
    """One option is lost where another is given."""
    names = [name for name in _names(loss, part) if name != "empty"]
    for one, other in permutations(names, 2):
        if one != "ignore_index" and {one, other} != {"smoothing", "label_smoothing"}:
            yield f"{one} ignored beside {other}", only(_set(one, other), without(one))


def _hidden(loss: Loss, part: str) -> Variants:
    """Wrong by a little in one region, and only where an option is not neutral."""
    names = [name for name in (*_names(loss, part), "target_form") if name not in ("empty", "smoothing", *refusals(loss))]
    for option in names:
        there = _set(option)
        for argument in real(loss):
            for label, test in regions(loss, argument).items():
                yield f"{argument} {label}, with {option}", only(both(each(argument, test), there), slightly_wrong)
        for name in labels(loss):
            for c in (0, 1, 2):
                yield f"{name} {c}, with {option}", only(both(each(name, lambda y, c=c: y == c), there), slightly_wrong)
        if part != "value":
            first = each(loss.first, lambda x: abs(x) > 20)
            yield f"0 beyond 20, with {option}", only(both(first, there), answered(lambda y: y * 0))


CALL_OPERATORS = (
    Operator("inputs clipped", clipped), Operator("wrong for some widths", _width),
    Operator("an option", _option), Operator("the mean", _mean), Operator("ignored labels", _ignored), Operator("two options", _pairs),
    Operator("hidden behind an option", _hidden),
)  # fmt: skip
