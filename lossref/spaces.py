"""Where an argument may live, as data: checks, draws and the wording of errors all follow from it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref import values
from lossref.bits import SIGN_BIT, unflushed, word


@dataclass(frozen=True, kw_only=True)
class Space:
    """A set of numbers, or of arrays of them: `axes` names the axes of one example, and axes of one name are equally long.

    Infinite ends belong to a closed side: what a loss does there is its limit. `choices` makes the set discrete;
    `label_of` names the argument along whose last axis a label counts. Of a `kind` are arguments that are hard in the same places.
    """

    description: str
    kind: str
    axes: tuple[str, ...] = ()
    low: float = -math.inf
    high: float = math.inf
    low_is_open: bool = False
    choices: tuple[float, ...] = ()
    label_of: str | None = None
    sums_to_one: bool = False
    ends_are_exact: bool = True
    goes_on: bool = False  # the formula is defined outside too: that is taken, and no question is made of it
    hint: str = ""

    @property
    def rank(self) -> int:
        """How many axes one example has."""
        return len(self.axes)

    @cached_property
    def ends(self) -> tuple[float, float]:
        """Low and high, whole ones as integers: fractions are compared with those ten times as fast."""
        low, high = (int(end) if math.isfinite(end) and end == int(end) else end for end in (self.low, self.high))
        return low, high

    @property
    def is_discrete(self) -> bool:
        """Labels and signs: exact data that no derivative and no allowance sees."""
        return bool(self.choices) or self.label_of is not None

    def is_edge(self, x: float | Fraction) -> bool:
        """A finite end of the space where that is exact data (a hard label, a zero of a simplex), not a rounded number."""
        return self.ends_are_exact and (y := unflushed(x)) in self.ends and y not in (-math.inf, math.inf)

    def holds(self, x: Any, *, precision: int, classes: int = 0) -> bool:
        """Whether one exact element (a Fraction, an integer label, an infinity, or nested tuples) lies in the space."""
        numbers = values.flat(x)
        if self.label_of is not None:
            return all(0 <= y < classes for y in numbers)
        if self.choices:
            return all(y in self.choices for y in numbers)
        if self.takes_all:
            return True
        low, high = self.ends
        inside = all(low <= y <= high and not (self.low_is_open and y == low) for y in numbers)
        if inside and self.sums_to_one:
            rows = [x] if self.rank == 1 else x
            return all(abs(sum(row) - 1) <= Fraction(2 * len(row), 1 << precision) for row in rows)
        return inside

    def contains(self, x: NDArray[Any], *, precision: int, classes: int = 0) -> NDArray[np.bool_]:
        """Which elements of a batch lie in the space; NaN does, because its answer is NaN."""
        inner = tuple(range(x.ndim - self.rank, x.ndim))
        if self.label_of is not None:
            return np.asarray(((x >= 0) & (x < classes)).all(axis=inner))
        x = np.asarray(x, np.float64)
        if self.choices:
            return np.asarray((np.isin(x.view(np.uint64), self._words) | np.isnan(x)).all(axis=inner))
        if self.takes_all:
            return np.ones(x.shape[: x.ndim - self.rank], np.bool_)
        outside = self._outside(x)
        inside = np.asarray((~outside | np.isnan(x) if outside.any() else ~outside).all(axis=inner))
        if self.sums_to_one:
            total = np.asarray(x, np.float64).sum(axis=-1)
            inside = inside & ~(np.abs(total - 1) > x.shape[-1] * 2.0 ** (1 - precision)).any(axis=inner[:-1])
        return np.asarray(inside)

    def contains_all(self, x: NDArray[np.float64]) -> bool:
        """Whether every number of a row lies in a space of single numbers, none of them NaN; as `contains`, without arrays of its size."""
        bits = x.view(np.uint64)
        if self.choices:
            first, last = self._words[[0, -1]]
            if self._words.size == 2 and (first ^ last).bit_count() == 1:  # -1 and 1: all other bits are alike
                return bool((np.bitwise_or.reduce(bits) ^ first | np.bitwise_and.reduce(bits) ^ first) & ~(first ^ last) == 0)
            return bool(reduce(np.bitwise_or, [bits == y for y in self._words]).all())
        if self.low == 0 and not self.low_is_open and np.maximum.reduce(bits) <= word(self.high):  # no -0, no NaN
            return True
        least = np.minimum.reduce(x)
        if least != least or self.takes_all:
            return bool(least == least)
        if self.low == 0:  # bits grow with positive numbers, and those of negative ones are larger still
            ends = np.array([np.minimum.reduce(bits), np.maximum.reduce(bits)]).view(np.float64)
        else:
            ends = x if self.high == 0 else np.array([least, np.maximum.reduce(x)])
        return not self._outside(ends).any()

    @property
    def takes_all(self) -> bool:
        """Whether it is all numbers, or the formula goes on beyond."""
        return not (self.choices or self.label_of) and (self.goes_on or (self.low == -math.inf and self.high == math.inf))

    @cached_property
    def _words(self) -> NDArray[np.uint64]:
        """The bits of the choices; 0 has two."""
        return np.array(sorted({word(y) for c in self.choices for y in (c, *([-c] if c == 0 else []))}), np.uint64)

    def _outside(self, x: NDArray[np.float64]) -> NDArray[np.bool_]:
        """What lies beyond an end, NaN perhaps; at 0 the bits say so, for the processor may take for 0 what is beside it."""
        bits, one = x.view(np.uint64), np.uint64(1)
        if self.low == 0:
            below = bits - one >= np.uint64(SIGN_BIT - 1) if self.low_is_open else bits > np.uint64(SIGN_BIT)
        else:
            below = x <= self.low if self.low_is_open else x < self.low
        above = bits - one < np.uint64(SIGN_BIT - 1) if self.high == 0 else x > self.high
        return np.asarray(below | above)


def lengths(spaces: Mapping[str, Space], shapes: Mapping[str, tuple[int, ...]]) -> dict[str, int]:
    """The length of each named axis, from the shapes of one example; ValueError where two arguments differ in one."""
    found: dict[str, tuple[int, str]] = {}
    for name, space in spaces.items():
        if len(shapes[name]) != space.rank:
            raise ValueError(f"{name} must be {space.description}, and one example has shape {shapes[name]}")
        for axis, length in zip(space.axes, shapes[name], strict=True):
            if found.setdefault(axis, (length, name))[0] != length:
                first, other = found[axis]
                raise ValueError(f"these shapes do not fit together: {other} has {first} along {axis}, and {name} has {length}")
    return {axis: length for axis, (length, _) in found.items()}


def _along(axes: tuple[str, ...]) -> str:
    return {0: "", 1: " along the last axis"}.get(len(axes), f", an array with axes {', '.join(axes)}")


def Real(*axes: str) -> Space:
    """Any real numbers."""
    many = "any real number" if not axes else f"real numbers{_along(axes)}"
    return Space(description=many, kind="real", axes=axes)


def Positive(*axes: str) -> Space:
    many = "a number above 0" if not axes else f"numbers above 0{_along(axes)}"
    return Space(description=many, kind="positive", axes=axes, low=0.0, low_is_open=True)


def AboveMinusOne() -> Space:
    """Where log(1 + x) is."""
    return Space(description="a number above -1", kind="above_minus_one", low=-1.0, low_is_open=True)


def AtLeastMinusOne() -> Space:
    """Where log(1 + x) is, or -infinity."""
    return Space(description="a number of at least -1", kind="at_least_minus_one", low=-1.0)


def NonNegative() -> Space:
    return Space(description="a number of at least 0", kind="nonnegative", low=0.0)


def NonPositive() -> Space:
    return Space(description="a number of at most 0", kind="nonpositive", high=0.0)


def Unit(*axes: str) -> Space:
    many = "a number in [0, 1]" if not axes else f"numbers in [0, 1]{_along(axes)}"
    return Space(description=many, kind="unit", axes=axes, low=0.0, high=1.0)


def Minority() -> Space:
    """Of labels that are wrong; the end is a number of every format."""
    return Space(description="a share from 0 to 7/16", kind="unit", low=0.0, high=0.4375)


def Angle() -> Space:
    """The float64 number below pi ends it."""
    return Space(
        description="an angle above 0 and below pi, in radians", kind="angle", low=0.0, high=3.141592653589793, low_is_open=True
    )


def LogBase() -> Space:
    return Space(description="1 for the natural logarithm, or a base above 1", kind="base", low=1.0)


def CompoundPoissonPower() -> Space:
    """Of the mean, in the variance of a Tweedie distribution of sums of as many gamma variables as a Poisson variable says."""
    return Space(description="a power in [1, 2]: 1 is Poisson's, 2 is the gamma distribution's", kind="power", low=1.0, high=2.0)


def Sign() -> Space:
    return Space(description="-1 or 1", kind="sign", choices=(-1.0, 1.0), hint="labels y of 0 and 1 become these by 2 y - 1")


def Bit(*axes: str) -> Space:
    return Space(description=f"0 or 1{_along(axes)}", kind="bit", axes=axes, choices=(0.0, 1.0))


def Grades() -> Space:
    """How relevant each item of a list is, as collections of queries have it."""
    return Space(description="grades of 0, 1, 2, 3 or 4 along the last axis", kind="grade", axes=("k",), choices=(0.0, 1.0, 2.0, 3.0, 4.0))


def Censoring() -> Space:
    """What is known of a time."""
    description = "0 for an event at the time, 1 after it, 2 before it, 3 within the span after it"
    return Space(description=description, kind="censoring", choices=(0.0, 1.0, 2.0, 3.0))


def Power() -> Space:
    """Of a norm."""
    return Space(description="a power of at least 1", kind="at_least_one", low=1.0)


def OneOrTwo() -> Space:
    """The powers that hinges are raised to."""
    return Space(description="1 or 2", kind="one_or_two", choices=(1.0, 2.0))


def Label(of: str, *axes: str) -> Space:
    """A class index, counted from 0, into the last axis of another argument; or several of them."""
    what = f"class indices{_along(axes)}, integers" if axes else "a class index, an integer"
    description = f"{what} from 0 to the number of {of} minus 1"
    return Space(description=description, kind="label", axes=axes, label_of=of, hint="classes counted from 1 need 1 taken off")


def Ranks(of: str, axis: str = "k") -> Space:
    """Where each item stands when a list is sorted."""
    description = f"ranks along the last axis, integers from 0 to the number of {of} minus 1"
    return Space(description=description, kind="rank", axes=(axis,), label_of=of, hint="ranks counted from 1 need 1 taken off")


def Vector(axis: str = "k") -> Space:
    return Space(description="a vector of real numbers along the last axis", kind="vector", axes=(axis,))


def Corner(axis: str = "x") -> Space:
    return Space(description="a corner of a box, its coordinates along the last axis", kind="corner", axes=(axis,))


def Cosine() -> Space:
    return Space(description="a number in [-1, 1]", kind="cosine", low=-1.0, high=1.0)


def Cosines(*axes: str) -> Space:
    """A cosine of 1 is one that rounded to 1."""
    description = "cosines in [-1, 1] along the last axis"
    return Space(description=description, kind="cosines", axes=axes or ("k",), low=-1.0, high=1.0, ends_are_exact=False)


def LogProbabilities(*axes: str) -> Space:
    """Meant to be at most 0; what is linear in them takes any scores."""
    description = f"logarithms of probabilities{_along(axes or ('k',))}"
    return Space(description=description, kind="log_probabilities", axes=axes or ("k",), high=0.0, goes_on=True)


def Weights() -> Space:
    """One-hot rows, soft labels, counts: any sum."""
    return Space(description="weights of at least 0, of any sum, along the last axis", kind="weights", axes=("k",), low=0.0)


def Simplex() -> Space:
    """Rounded probabilities rarely sum to 1 exactly: n of them may miss it by n * 2**(1 - precision)."""
    description = "probabilities in [0, 1] along the last axis, with sum 1 up to their own rounding"
    hint = "scores become probabilities by softmax"
    return Space(description=description, kind="simplex", axes=("k",), low=0.0, high=1.0, sums_to_one=True, hint=hint)
