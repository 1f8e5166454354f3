"""A reproducible stream of numbers of one format: SHA-256 of a counter, exact arithmetic, no library generator."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from lossref.formats import Format

if TYPE_CHECKING:
    from lossref.exact.numbers import Operand, System

Choice = TypeVar("Choice")
Nearest = Callable[[Callable[["System"], "Operand"], Format], float]
SIZES = (2, 3, 1, 5, 4, 2, 3, 8)  # lengths that vectors cycle through
LOG_2 = Fraction(25_469, 36_744)  # to ten digits: it only places points


class Stream:
    """Everything drawn is a number of the format. `index` counts the draws of one reason, so that choices cycle.

    `nearest` rounds closed forms correctly: it is the oracle's, which stands above.
    """

    def __init__(
        self, seed: str, form: Format, index: int = 0, size: int | None = None, *, nearest: Nearest | None = None
    ) -> None:
        self.format, self.index, self._nearest = form, index, nearest
        self.size = size or SIZES[index % len(SIZES)]
        self._seed, self._counter = f"{seed}/{form.name}/{index}", 0

    def integer(self, low: int, high: int) -> int:
        """Uniform in low..high, both included."""
        self._counter += 1
        digest = hashlib.sha256(f"{self._seed}/{self._counter}".encode()).digest()
        return low + int.from_bytes(digest[:16]) % (high - low + 1)

    def uniform(self, low: float, high: float) -> float:
        (a, b), (c, d) = low.as_integer_ratio(), high.as_integer_ratio()
        return self.format.quotient((a * d << 64) + (c * b - a * d) * self.integer(0, 1 << 64), b * d << 64)

    def scaled(self, low: int, high: int) -> float:
        """Positive, with an exponent uniform in low..high, as far as the format goes: log-uniform without a logarithm."""
        widest = self.format.bias - 1
        low, high = (max(-widest, min(widest, end)) for end in (low, high))
        return self.magnitude(self.integer(low, high))

    def magnitude(self, exponent: int) -> float:
        """Uniform in [2 ** exponent, 2 ** (exponent + 1)], subnormal numbers included."""
        return self.format.quotient((1 << 64) + self.integer(0, 1 << 64) << max(exponent, 0), 1 << 64 - min(exponent, 0))

    def sign(self) -> float:
        return float(2 * self.integer(0, 1) - 1)

    def cycle(self, *choices: Choice) -> Choice:
        """The choices in turn, one a draw."""
        return choices[self.index % len(choices)]

    def number(self, x: float | Fraction) -> float:
        """The nearest number of the format."""
        return self.format.nearest(x)

    def exactly(self, formula: Callable[[System], Operand]) -> float:
        """A closed form, correctly rounded: certified like every other answer."""
        if self._nearest is None:
            raise TypeError("this stream rounds no closed forms: it was made without the oracle")
        return self._nearest(formula, self.format)

    def nudged(self, x: float) -> float:
        """x, then its neighbours one and two ulps away, in turn."""
        return self.format.step(self.number(x), (0, -1, 1, -2, 2)[self.index % 5])

    def vector(self, draw: Callable[[], float]) -> tuple[float, ...]:
        return tuple(draw() for _ in range(self.size))

    def label(self) -> int:
        return self.integer(0, self.size - 1)

    def simplex(self, weight: Callable[[], float] | None = None) -> tuple[float, ...]:
        """Probabilities from positive weights (uniform, if none are given), each correctly rounded."""
        return self.normalised([weight() if weight else self.uniform(2**-10, 1) for _ in range(self.size)])

    def normalised(self, weights: Sequence[float]) -> tuple[float, ...]:
        """Weights divided by their exact sum: a sum of floats depends on the version of Python."""
        total = sum(map(Fraction, weights))
        return tuple(self.number(Fraction(w) / total) for w in weights)

    def almost_certain(self) -> tuple[float, float]:
        """Two probabilities, the second from 1/8 down to the ulp of 1 in ten draws."""
        rest = 2.0 ** -(3 + self.index * (self.format.precision - 4) // 9)
        return 1 - rest, rest

    @property
    def saturation(self) -> float:
        """exp(-this) is half an ulp of 1: 36.7 in float64, 16.6 in float32."""
        return float(self.format.precision * LOG_2)

    @property
    def underflow(self) -> float:
        """exp(-this) is the least positive number: 744.4 in float64, 103.3 in float32."""
        return float(-self.format.least_exponent * LOG_2)
