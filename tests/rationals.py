"""Numbers of the exact layer and of mpmath as fractions, and the two number systems that tests run over."""

from fractions import Fraction

from lossref.exact.balls import Balls
from lossref.exact.floats import Floats

SYSTEMS = {"Arb": Balls, "mpmath": Floats}


def bounds(base, number):
    """Both ends of a number as exact rationals."""
    x = number.data
    return (x, x) if isinstance(x, Fraction) else ends(base, base.near(x))


def ends(base, enclosure):
    return tuple(mantissa * Fraction(2) ** exponent for mantissa, exponent in base.ends(enclosure))


def exact(x):
    """An mpmath number as a fraction."""
    sign, mantissa, exponent, _ = x._mpf_
    return (-1) ** sign * int(mantissa) * Fraction(2) ** exponent


def some_rational(source):
    return Fraction(source.randint(-40, 40), source.choice((1, 2, 3, 7, 10, 2**20)))
