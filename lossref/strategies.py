"""Hypothesis strategies for the inputs of losses: whole examples, logits, probabilities; with the numbers that are hard.

Everything drawn is a NumPy array or scalar of the format asked for, labels are Python integers, parameters Python floats.
NumPy has no bfloat16: its numbers come as float32, which they cast from exactly. Smaller vectors and rounder numbers come
first when a failure is shrunk. Needs hypothesis (pip install 'lossref[testing]'); importing this raises ModuleNotFoundError
without it.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from lossref import catalog
from lossref.arrays import judged, shown
from lossref.bits import BY_NUMPY, as_float, as_fraction
from lossref.formats import Format
from lossref.spaces import Simplex, Space, Vector
from lossref.spec import Loss

try:
    from hypothesis import strategies as st
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(f"lossref.strategies needs hypothesis ({error}); try: pip install 'lossref[testing]'") from None

MIDDLE = 800.0  # beyond it every exponential of float64 is 0 or infinite
TYPED = 120.0  # whole numbers that people type; float32's exponentials end within them
SMALL = 1e-3


def logits(min_classes: int = 2, max_classes: int = 5, *, format: str = "float64") -> st.SearchStrategy[Any]:
    """A vector of any real numbers: moderate, huge, tiny and subnormal ones, ties, and small differences on large offsets.

    Raises ValueError for an unknown format and for sizes that are none.
    """
    return _arrays(_vectors(Vector(), judged("format", format), *_sizes("min_classes", min_classes, max_classes)), format)


def probabilities(min_classes: int = 2, max_classes: int = 5, *, format: str = "float64") -> st.SearchStrategy[Any]:
    """A vector of probabilities that sum to 1 up to their rounding: zeros, ones, ties and tiny ones among them.

    Raises ValueError for an unknown format and for sizes that are none.
    """
    return _arrays(_vectors(Simplex(), judged("format", format), *_sizes("min_classes", min_classes, max_classes)), format)


def arguments_for(
    loss: str | Loss, *, format: str = "float64", batch: int | None = None, min_classes: int = 1, max_classes: int = 5
) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments and parameters of a loss by name: of one example, or of a batch of so many.

    They cover the whole format, parameters where they are tested. Raises KeyError for an unknown loss, TypeError for what is no loss,
    ValueError for an unknown format and for sizes that are none.
    """
    record, form = catalog.find(loss), judged("format", format)
    if batch is not None:
        _sizes("batch", batch, batch, 0)
    return _examples(record, format, form, batch, *_sizes("min_classes", min_classes, max_classes))


@st.composite
def _examples(draw: Any, loss: Loss, format: str, form: Format, batch: int | None, least: int, most: int) -> dict[str, Any]:
    axes = dict.fromkeys(axis for space in loss.arguments.values() for axis in space.axes)
    sizes = {axis: draw(st.integers(least, most)) for axis in axes}
    drawn: dict[str, Any] = {}
    for name, space in loss.arguments.items():
        one = _element(loss, space, form, sizes)
        x = draw(one) if batch is None else draw(st.lists(one, min_size=batch, max_size=batch))
        if space.label_of is not None:
            drawn[name] = x if batch is None and not space.axes else np.array(x, np.int64)
        else:
            drawn[name] = np.array(x, _stored(format))[()]
    return drawn | {name: draw(st.sampled_from(parameter.grid)) for name, parameter in loss.parameters.items()}


def _element(loss: Loss, space: Space, form: Format, sizes: dict[str, int]) -> st.SearchStrategy[Any]:
    """One element of a space, as plain numbers."""
    lengths, found = [sizes[axis] for axis in space.axes], _one(loss, space, form, sizes)
    if space.axes and not space.is_discrete:
        last = lengths.pop()
        found = _vectors(space, form, last, last)
    for length in reversed(lengths):
        found = st.lists(found, min_size=length, max_size=length)
    return found


def _one(loss: Loss, space: Space, form: Format, sizes: dict[str, int]) -> st.SearchStrategy[Any]:
    if space.label_of is not None:
        return st.integers(0, sizes[loss.arguments[space.label_of].axes[-1]] - 1)
    return st.sampled_from(space.choices) if space.choices else _numbers(space, form)


def _numbers(space: Space, form: Format) -> st.SearchStrategy[float]:
    """Anywhere in a space, of moderate size, around 0, next to its ends, and the format's own landmarks."""
    largest = float(form.largest)
    low, high = max(space.low, -largest), min(space.high, largest)
    middle = st.floats(max(low, -MIDDLE), min(high, MIDDLE))
    around_0 = [st.floats(max(low, -SMALL), min(high, SMALL))] if low <= SMALL and high >= -SMALL else []
    ints = (math.ceil(max(low, -TYPED)), math.floor(min(high, TYPED)))
    typed = [st.integers(*ints).map(float) for _ in range(3)]  # often: a hundred examples must meet a hard label at a large logit
    tiny = [form.step(0.0, 1), float(form.least_normal), float(form.unit), 1.0, form.step(1.0, 1), form.step(1.0, -1), largest]
    ends = [x for end, inwards in ((low, 1), (high, -1)) for x in (end, form.step(end, inwards)) if abs(end) < largest]
    landmarks = [x for x in (*tiny, *(-x for x in tiny), low, high) if low <= x <= high]

    hard = [st.floats(low, high), st.sampled_from(landmarks), *([st.sampled_from(ends)] if ends else [])]
    return st.one_of(middle, *typed, *around_0, *hard).map(form.nearest).filter(lambda x: _is_inside(space, x))


def _is_inside(space: Space, x: float) -> bool:
    return space.low <= x <= space.high and not (space.low_is_open and x == space.low)


def _vectors(space: Space, form: Format, least: int, most: int) -> st.SearchStrategy[tuple[float, ...]]:
    if space.sums_to_one:
        return _shares(form, least, most) if form.name in BY_NUMPY else _parts(form, least, most)
    one = _numbers(space, form)
    free = st.lists(one, min_size=least, max_size=most)
    tied = st.lists(one, min_size=1, max_size=2).flatmap(lambda pool: st.lists(st.sampled_from(pool), min_size=least, max_size=most))
    offset = st.tuples(one, st.lists(st.integers(-3, 3), min_size=least, max_size=most)).map(
        lambda drawn: [form.step(drawn[0], ulps) for ulps in drawn[1]]
    )
    return st.one_of(free, tied, offset.filter(lambda xs: all(_is_inside(space, x) for x in xs))).map(tuple)


def _shares(form: Format, least: int, most: int) -> st.SearchStrategy[tuple[float, ...]]:
    weights = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1.0, 1e-300, 1e-17, 1e-5]))

    def shares(drawn: list[float]) -> tuple[float, ...]:
        total = sum(map(Fraction, drawn))
        return tuple(as_float(form.round(as_fraction(w) / total)) for w in drawn) if total else (1.0, *(0.0 for _ in drawn[1:]))

    def sums_to_1(found: tuple[float, ...]) -> bool:
        return Simplex().holds(tuple(map(Fraction, found)), precision=form.precision)

    return st.lists(weights, min_size=least, max_size=most).map(shares).filter(sums_to_1)


def _parts(form: Format, least: int, most: int) -> st.SearchStrategy[tuple[float, ...]]:
    """Shares in whole parts of 1 and tiny ones beside them: what comes in another format is to sum to 1 by the rounding of that one."""
    whole = 1 << form.precision

    def parts(drawn: list[float]) -> tuple[float, ...]:
        counts = [int(Fraction(w) / total * whole) for w in drawn] if (total := sum(map(Fraction, drawn))) else [0 for _ in drawn]
        counts[counts.index(max(counts))] += whole - sum(counts)
        return tuple(n / whole if n else form.nearest(w) if w < 2.0**-40 else 0.0 for n, w in zip(counts, drawn, strict=True))

    weights = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1.0, 1e-30, 1e-17, 1e-5]))
    return st.lists(weights, min_size=least, max_size=most).map(parts)


def _arrays(vectors: st.SearchStrategy[tuple[float, ...]], format: str) -> st.SearchStrategy[Any]:
    return vectors.map(lambda x: np.array(x, _stored(format)))


def _stored(format: str) -> str:
    return format if format in BY_NUMPY else "float32"


def _sizes(name: str, least: Any, most: Any, lowest: int = 1) -> tuple[int, int]:
    """The ends of a range of sizes; ValueError for what is none."""
    if not all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) for n in (least, most)) or not lowest <= least <= most:
        ends = f"{shown(least)} and max_classes {shown(most)}" if name == "min_classes" else shown(least)
        raise ValueError(f"{name} must be a whole number of at least {lowest}, and no more than max_classes, and is {ends}")
    return int(least), int(most)
