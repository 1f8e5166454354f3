"""What the oracle is given, exactly: whatever holds numbers as fractions, batches as rows of examples, and the domain they lie in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from lossref import arrays
from lossref.bits import BY_NUMPY, as_float, as_fraction, narrowed, parsed, written
from lossref.formats import FORMATS
from lossref.spaces import lengths
from lossref.spec import Loss, Values
from lossref.values import filled, flat, mapped, shape

LARGEST_EXPONENT = 20_000  # of two: every number of binary128, and of long doubles, lies between


def fraction(x: Any) -> Fraction:
    """An mpmath number with all its digits."""
    sign, mantissa, exponent, length = x._mpf_
    if mantissa and abs(exponent + length) > LARGEST_EXPONENT:
        raise OverflowError
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent) * (-1 if sign else 1)


def exactly(loss: Loss, name: str, x: Any) -> Any:
    """A Fraction, an integer label, NaN or an infinity as a float, or a tuple of these."""
    return mapped(lambda y: _number(loss, name, y), arrays.listed(f"{loss.name}: {name}", x))


def _number(loss: Loss, name: str, x: Any) -> Any:
    try:
        if isinstance(x, str):
            x = parsed(x)
        if not isinstance(x, (int, Fraction)) and str(x).lower().strip("+-") in ("inf", "infinity", "nan"):
            return float(x)
        if hasattr(x, "_mpf_"):
            x = fraction(x)
        if isinstance(x, Decimal) and x and abs(x.adjusted()) * math.log2(10) > LARGEST_EXPONENT:
            raise OverflowError
        exact = Fraction(*map(int, x.as_integer_ratio())) if hasattr(x, "as_integer_ratio") and type(x) is not float else as_fraction(x)
        if exact and abs(exact.numerator.bit_length() - exact.denominator.bit_length()) > LARGEST_EXPONENT:
            raise OverflowError
    except OverflowError:
        raise ValueError(f"{loss.name}: {name} must be 0 or between 2**-{LARGEST_EXPONENT} and 2**{LARGEST_EXPONENT} in size") from None
    except Exception:  # anybody's number may raise anything
        raise ValueError(f"{loss.name}: {name} must be numbers, and holds {arrays.shown(x)}") from None
    space = loss.arguments.get(name)
    if space is not None and space.label_of is not None:
        if exact.denominator != 1:
            raise ValueError(f"{loss.name}: {name} must be {space.description}, and is {_shown(exact)}")
        return int(exact)
    return exact


def axes(name: str, x: Any) -> tuple[int, ...]:
    """The length of each axis; ValueError for rows of different lengths."""
    try:
        return shape(x)
    except ValueError as error:
        raise ValueError(f"{name} has {error}") from None


def batch(loss: Loss, values: Values) -> tuple[int, ...]:
    """The leading axes of all arguments, broadcast, as `lossref.value` has them; ValueError where they do not fit."""
    leading = {}
    for name, space in loss.arguments.items():
        found = axes(f"{loss.name}: {name}", values[name])
        if len(found) < space.rank:
            raise ValueError(f"{loss.name}: {name} is {space.description}; an example of shape {found} was given")
        leading[name] = found[: len(found) - space.rank]
    try:
        whole = np.broadcast_shapes(*leading.values())
    except ValueError:
        whole = ()
    if whole not in leading.values():
        shapes = ", ".join(f"{name} {axes(name, values[name])}" for name in loss.arguments)
        raise ValueError(f"{loss.name}: these shapes do not fit together: {shapes}")
    return whole


def check_parameters(loss: Loss, values: Values, whole: tuple[int, ...]) -> None:
    """ValueError for a parameter that is neither one number nor one for each example."""
    for name in loss.parameters:
        found = axes(f"{loss.name}: {name}", values[name])
        try:
            fits = np.broadcast_shapes(found, whole) == whole
        except ValueError:
            fits = False
        if not fits:
            raise ValueError(f"{loss.name}: {name} must be one number, or one an example: {whole}, and has shape {found}")


def rows(x: Any, leading: int, wanted: tuple[int, ...]) -> tuple[Any, ...]:
    """The examples of a batch one after the other: what lies below so many leading axes, broadcast to those wanted."""
    table = np.empty(shape(x)[:leading], object)
    for place in np.ndindex(table.shape):
        example = x
        for i in place:
            example = example[i]
        table[place] = example
    return tuple(np.broadcast_to(table, wanted).reshape(-1))


def table(numbers: Any, wanted: tuple[int, ...]) -> Any:
    """The reverse: nested tuples of a shape, from one entry an example; of no axes the one entry."""
    if not wanted:
        return next(iter(numbers))
    remaining = iter(numbers)
    return filled(np.zeros(wanted).tolist(), remaining)


def as_array(name: str, x: Any, given: Any) -> Any:
    """Exact numbers as a NumPy array of the format that they were given in."""

    def listed(x: Any) -> Any:
        try:
            return [listed(y) for y in x] if isinstance(x, tuple) else x if isinstance(x, int) else as_float(x)
        except OverflowError:
            raise ValueError(f"{name} must be of float64's range: the oracle of a batch takes nothing larger") from None

    if all(isinstance(y, int) for y in flat(x)):
        return np.array(listed(x))
    kind = arrays.kind(given)
    return narrowed(listed(x), kind if kind in BY_NUMPY else "float64")


def check_domain(loss: Loss, values: Values, given: Mapping[str, Any]) -> None:
    """The domain of the float64 code, decided on exact numbers; `given` has what they were read from."""
    for name, x in values.items():
        space = loss.spaces[name]
        if len(axes(f"{loss.name}: {name}", x)) != space.rank or not flat(x):
            raise ValueError(f"{loss.name}: {name} must be one example, {space.description}, and has shape {axes(name, x)}")
    try:
        lengths(loss.arguments, {name: shape(values[name]) for name in loss.arguments})
    except ValueError as error:
        raise ValueError(f"{loss.name}: {error}") from None
    for name, x in values.items():
        space, numbers = loss.spaces[name], flat(x)
        if any(y != y for y in numbers):
            continue
        classes = shape(values[space.label_of])[-1] if space.label_of else 0
        bits = precision(given[name], numbers) if space.sums_to_one else 0
        if not space.holds(x, precision=bits, classes=classes):
            if space.sums_to_one and all(space.low <= y <= space.high for y in numbers):
                sums = [as_float(sum(row)) for row in ((x,) if space.rank == 1 else x)]
                worst = max(sums, key=lambda total: abs(total - 1))
                raise ValueError(f"{loss.name}: {name} must sum to 1 along the last axis, and sum to {worst!r}")
            raise ValueError(f"{loss.name}: {name} must be {space.description}, and is {_shown(x)}")


def precision(given: Any, numbers: list[Any]) -> int:
    """Significant bits of the format that numbers came in: rounded probabilities miss the sum 1 by their own rounding.

    What came as float64, or as Python numbers, may have been float32 before, if float32 holds it.
    """
    if (kind := arrays.kind(given)) in FORMATS and kind != "float64":
        return FORMATS[kind].precision
    return FORMATS["float32" if all(isinstance(y, float) or FORMATS["float32"].holds(y) for y in numbers) else "float64"].precision


def _shown(x: Any) -> str:
    if isinstance(x, tuple):
        shown = [_shown(y) for y in x[:8]]
        return f"[{', '.join(shown)}{', ...' if len(x) > 8 else ''}]"
    try:
        return str(x if isinstance(x, int) else written(as_float(x)))
    except OverflowError:
        return f"{'-' if x < 0 else ''}a number above 2**1024"
