"""Where an argument may live, as data: checks, draws and the wording of errors all follow from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Space:
    """A set of numbers (rank 0) or of vectors (rank 1, the last axis).

    Infinite ends belong to a closed side: what a loss does there is its limit. `values` makes the set discrete;
    `label_of` names the vector argument whose components a label counts.
    """

    description: str
    rank: int = 0
    low: float = -math.inf
    high: float = math.inf
    low_is_open: bool = False
    values: tuple[float, ...] = ()
    label_of: str | None = None
    sums_to_one: bool = False
    ends_are_exact: bool = True
    hint: str = ""

    @property
    def is_discrete(self) -> bool:
        """Labels and signs: exact data that no derivative and no allowance sees."""
        return bool(self.values) or self.label_of is not None

    def is_edge(self, x: float | Fraction) -> bool:
        """A finite end of the space where that is exact data (a hard label, a zero of a simplex), not a rounded number."""
        return self.ends_are_exact and x in (self.low, self.high) and x not in (-math.inf, math.inf)

    def holds(self, x: Any, *, precision: int, classes: int = 0) -> bool:
        """Whether one exact element (a Fraction, an integer label, an infinity, or a tuple) lies in the space."""
        numbers = x if isinstance(x, tuple) else (x,)
        if self.label_of is not None:
            return bool(0 <= x < classes)
        if self.values:
            return x in self.values
        inside = all(self.low <= y <= self.high and not (self.low_is_open and y == self.low) for y in numbers)
        if inside and self.sums_to_one:
            return abs(sum(numbers) - 1) <= Fraction(2 * len(numbers), 1 << precision)
        return inside

    def contains(self, x: NDArray[Any], *, precision: int, classes: int = 0) -> NDArray[np.bool_]:
        """Which elements of a batch lie in the space; NaN does, because its answer is NaN."""
        if self.label_of is not None:
            return np.asarray((x >= 0) & (x < classes))
        if self.values:
            return np.asarray(np.isin(x, self.values) | np.isnan(x))
        if self.low == -math.inf and self.high == math.inf:
            return np.ones(x.shape[: x.ndim - self.rank], np.bool_)
        inside: NDArray[np.bool_] = ~((x < self.low) | (x > self.high))
        if self.low_is_open:
            inside &= ~(x == self.low)
        if self.rank == 0:
            return inside
        inside = np.asarray(inside.all(axis=-1))
        if self.sums_to_one:
            total = np.asarray(x, np.float64).sum(axis=-1)
            inside = inside & ~(np.abs(total - 1) > x.shape[-1] * 2.0 ** (1 - precision))
        return np.asarray(inside)


def Real() -> Space:
    return Space(description="any real number")


def Positive() -> Space:
    return Space(description="a number above 0", low=0.0, low_is_open=True)


def NonNegative() -> Space:
    return Space(description="a number of at least 0", low=0.0)


def NonPositive() -> Space:
    return Space(description="a number of at most 0", high=0.0)


def Unit() -> Space:
    return Space(description="a number in [0, 1]", low=0.0, high=1.0)


def Angle() -> Space:
    """The float64 number below pi ends it."""
    return Space(description="an angle above 0 and below pi, in radians", low=0.0, high=3.141592653589793, low_is_open=True)


def LogBase() -> Space:
    return Space(description="1 for the natural logarithm, or a base above 1", low=1.0)


def Sign() -> Space:
    return Space(description="-1 or 1", values=(-1.0, 1.0), hint="labels y of 0 and 1 become these by 2 y - 1")


def Bit() -> Space:
    return Space(description="0 or 1", values=(0.0, 1.0))


def Label(of: str) -> Space:
    """A class index, counted from 0, into the components of another argument."""
    description = f"a class index, an integer from 0 to the number of {of} minus 1"
    return Space(description=description, label_of=of, hint="classes counted from 1 need 1 taken off")


def Vector() -> Space:
    return Space(description="a vector of real numbers along the last axis", rank=1)


def Cosines() -> Space:
    """A cosine of 1 is one that rounded to 1."""
    return Space(description="cosines in [-1, 1] along the last axis", rank=1, low=-1.0, high=1.0, ends_are_exact=False)


def LogProbabilities() -> Space:
    hint = "probabilities become these by log, scores by log-softmax"
    return Space(description="logarithms of probabilities, at most 0, along the last axis", rank=1, high=0.0, hint=hint)


def Weights() -> Space:
    """One-hot rows, soft labels, counts: any sum."""
    return Space(description="weights of at least 0, of any sum, along the last axis", rank=1, low=0.0)


def Simplex() -> Space:
    """Rounded probabilities rarely sum to 1 exactly: n of them may miss it by n * 2**(1 - precision)."""
    description = "probabilities in [0, 1] along the last axis, with sum 1 up to their own rounding"
    return Space(
        description=description, rank=1, low=0.0, high=1.0, sums_to_one=True, hint="scores become probabilities by softmax"
    )
