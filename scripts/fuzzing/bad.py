"""What is odd or bad in place of an argument: other kinds of numbers, objects that raise, texts, everything that is none."""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

from fuzzing.arguments import Giving, Lent, Nested
from fuzzing.world import FLINT, GMPY2, JAX, TORCH

LARGE, SMALL = np.longdouble(10) ** 300 * np.longdouble(10) ** 300, np.longdouble(10) ** -300 * np.longdouble(10) ** -300


def odd(chance: random.Random, x: Nested) -> Any:
    """Something in place of an argument: other kinds of numbers, or what is none."""
    if chance.random() < 0.35:
        kind = chance.choice(KINDS)
        try:
            with np.errstate(over="ignore"):  # what is beyond a short kind is infinite there
                return kind(x) if chance.random() < 0.3 else _mapped(kind, x)
        except (TypeError, ValueError, ArithmeticError, NotImplementedError):
            return x
    try:
        return chance.choice(BAD)(x)
    except (TypeError, ValueError, ArithmeticError, RuntimeError):
        return x


def _mapped(kind: Callable[[Any], Any], x: Nested) -> Any:
    return [_mapped(kind, y) for y in x] if isinstance(x, list) else kind(x)


def _some(x: Nested, by: Any) -> Any:
    """One number of many replaced."""
    if not isinstance(x, list) or not x:
        return by
    return [_some(x[0], by), *x[1:]]


KINDS: list[Callable[[Any], Any]] = [
    Fraction,
    Decimal,
    str,
    bytes,
    complex,
    np.complex64,
    np.datetime64,
    mpmath.mpf,
    mpmath.mpc,
    np.longdouble,
    np.float16,
    repr,
    lambda x: np.float64(x).tobytes(),
    lambda x: Fraction(x) + Fraction(1, 3),
    lambda x: Decimal(x) / 3,
    lambda x: mpmath.mpf(x) / 3,
    lambda x: Loose(x),
    lambda x: [x],
    lambda x: {x: x},
    lambda x: {x},
    lambda x: np.array(x, object),
    lambda x: np.timedelta64(int(x), "s"),
    lambda x: np.str_(x),
    lambda x: np.ma.masked_array(x, True),
    lambda x: int(x) << 2000,
    lambda x: x * Fraction(10**400),
]
if FLINT:
    KINDS += [FLINT.arb, FLINT.fmpz, FLINT.fmpq, FLINT.acb, lambda x: FLINT.arb(x) / 3, lambda x: FLINT.fmpq(1, 3)]
if GMPY2:
    KINDS += [GMPY2.mpfr, GMPY2.mpz, GMPY2.mpq, GMPY2.mpc]

BAD: list[Callable[[Any], Any]] = [
    lambda x: None,
    lambda x: "",
    lambda x: "1.5",
    lambda x: "\ud800\n",
    lambda x: b"\xff",
    lambda x: object(),
    lambda x: ...,
    lambda x: NotImplemented,
    lambda x: int,
    lambda x: np,
    lambda x: len,
    lambda x: lambda: 0,
    lambda x: {},
    lambda x: set(),
    lambda x: {1: 2},
    lambda x: (),
    lambda x: [],
    lambda x: [[]],
    lambda x: [[], [1.0]],
    lambda x: [[1.0], [1.0, 2.0]],
    lambda x: [1.0, [2.0]],
    lambda x: [None],
    lambda x: ["a", 1.0],
    lambda x: (y for y in [1.0, 2.0]),
    lambda x: iter([1.0]),
    lambda x: range(3),
    lambda x: deque([1.0]),
    lambda x: {"a": 1.0}.values(),
    lambda x: 10**400,
    lambda x: -(10**400),
    lambda x: [10**400],
    lambda x: 2**64,
    lambda x: 2**63,
    lambda x: [2**64, 1.5],
    lambda x: 2**53 + 1,
    lambda x: Fraction(1, 10**400),
    lambda x: Decimal("sNaN"),
    lambda x: Decimal("1e999999"),
    lambda x: Decimal("-Infinity"),
    lambda x: [Decimal("sNaN")],
    lambda x: mpmath.mpf("1e100000"),
    lambda x: mpmath.inf,
    lambda x: mpmath.nan,
    lambda x: mpmath.matrix([1, 2]),
    lambda x: 1j,
    lambda x: [1j, 1.0],
    lambda x: np.array(x, object),
    lambda x: np.array([None, 1.0]),
    lambda x: np.array(["a"]),
    lambda x: np.array([b"1"]),
    lambda x: np.array("1.0"),
    lambda x: np.zeros(2, [("a", "f8"), ("b", "i4")]),
    lambda x: np.zeros(2, "V8"),
    lambda x: np.array("2001-01-01", "M8[D]"),
    lambda x: np.array([1], "m8[s]"),
    lambda x: np.zeros(3, complex),
    lambda x: np.zeros((1,) * 40),
    lambda x: np.zeros((0, 3)),
    lambda x: np.zeros((3, 0)),
    lambda x: np.rec.array([(1.0, 2.0)]),
    lambda x: np.ma.masked_array([1.0, 2.0], [True, False]),
    lambda x: np.ma.masked,
    lambda x: np.ma.array(x),
    lambda x: np.array(x)[..., None],
    lambda x: [x],
    lambda x: [x, x],
    lambda x: [[x]],
    lambda x: _some(x, None),
    lambda x: _some(x, "1"),
    lambda x: _some(x, 10**400),
    lambda x: _some(x, math.nan),
    lambda x: _some(x, -math.inf),
    lambda x: _some(x, [1.0]),
    lambda x: _some(x, Fraction(1, 3)),
    lambda x: _some(x, object()),
    lambda x: _some(x, -1),
    lambda x: _some(x, 0.5),
    lambda x: _some(x, 1e308),
    lambda x: x[:-1] if isinstance(x, list) else [],
    lambda x: deep(100),
    lambda x: deep(5000),
    lambda x: looped(),
    lambda x: float("nan"),
    lambda x: -1,
    lambda x: 7,
    lambda x: 1e400,
    lambda x: True,
    lambda x: LARGE,
    lambda x: np.array([SMALL]),
    lambda x: [True, False],
    lambda x: np.True_,
    lambda x: slice(1),
    lambda x: Raising("__array__", ValueError("no\nlines")),
    lambda x: Raising("__array__", RecursionError("deep")),
    lambda x: Raising("__float__", OSError(5)),
    lambda x: Raising("__len__", ZeroDivisionError()),
    lambda x: Raising("__eq__", RuntimeError("eq")),
    lambda x: Raising("__getattr__", KeyError(3)),
    lambda x: Raising("__iter__", MemoryError()),
    lambda x: Raising("__repr__", LookupError()),
    lambda x: [Raising("__float__", OverflowError("far"))],
    lambda x: Raising("__str__", LookupError()),
    lambda x: Raising("tolist", TypeError()),
    lambda x: Raising("dtype", IndexError()),
    lambda x: Giving(None),
    lambda x: Giving("text"),
    lambda x: Giving(np.array([None])),
    lambda x: Nonsense(),
    lambda x: Uncertain(x),
    lambda x: Huge(),
    lambda x: Lent(None),
    lambda x: Warning,
    lambda x: ValueError("x"),
    lambda x: np.errstate,
    lambda x: np.nditer([1.0]),
]
if TORCH:
    BAD += [
        lambda x: TORCH.tensor(1j),
        lambda x: TORCH.zeros(2).to_sparse(),
        lambda x: TORCH.zeros(2, device="meta"),
        lambda x: [TORCH.tensor(1.0)],
        lambda x: [TORCH.tensor(1.0, requires_grad=True)],
        lambda x: TORCH.nn.Linear(1, 1),
        lambda x: TORCH.float64,
        lambda x: TORCH.zeros(2, dtype=TORCH.float8_e4m3fn),
        lambda x: [TORCH.zeros(2), 1.0],
    ]
if JAX:
    BAD += [
        lambda x: JAX.ShapeDtypeStruct((2,), "float32"),
        lambda x: JAX.numpy.zeros(2, "float8_e4m3fn"),
        lambda x: JAX.random.key(0),
        lambda x: JAX.jit,
    ]


TEXTS = (
    "",
    "mean",
    "None",
    "Mean",
    "weights",
    "nan",
    "float32",
    "float65",
    "A+",
    "B",
    "C",
    "F",
    "golden",
    "1",
    "index",
    "\n",
    "é",
    "numpy",
    "torch",
    "factor 1/2",
    "clip logits to [-30, 30], gradient through",
    "log base 2",
    "at a kink the lower slope",
    "clip",
    "factor 1/0",
    "hinge: factor 1/2",
    "[",
    "\ud800",
)
OTHER: tuple[Callable[[], Any], ...] = (
    lambda: None,
    lambda: True,
    lambda: 0,
    lambda: -1,
    lambda: 5,
    lambda: 2**70,
    lambda: 10**400,
    lambda: 0.5,
    lambda: 1.5,
    lambda: math.nan,
    lambda: math.inf,
    list,
    lambda: [1],
    dict,
    lambda: (),
    lambda: object(),
    lambda: np.zeros(3),
    lambda: np.float32(0.5),
    lambda: np.int8(3),
    lambda: 1j,
    lambda: b"mean",
    lambda: ["mean"],
    lambda: {"mean"},
    lambda: Fraction(1, 2),
    lambda: Decimal("0.5"),
    lambda: Decimal("sNaN"),
    lambda: mpmath.mpf(0.5),
    lambda: [0.1, None],
    lambda: ["1", "2"],
    lambda: [math.nan],
    lambda: [0.1],
    lambda: -0.5,
    lambda: range(2),
    lambda: Uncertain(1),
    lambda: Raising("__eq__", RuntimeError("eq")),
    lambda: Raising("__hash__", RuntimeError("hash")),
    lambda: np.ma.masked_array([1.0, 2.0], [True, False]),
    lambda: (x for x in [1.0]),
    lambda: int,
    lambda: 1e-320,
    lambda: "x" * 5000,
    lambda: np.str_("mean"),
    lambda: np.array("mean"),
    lambda: np.array([1, 2], object),
    lambda: deep(3000),
    lambda: Nonsense(),
)


def anything(chance: random.Random) -> Any:
    """A value for an option of any name."""
    return chance.choice(TEXTS) if chance.random() < 0.4 else chance.choice(OTHER)()


def misspelt(chance: random.Random, name: str) -> str:
    k = chance.randrange(len(name) + 1)
    return chance.choice(
        (name[:k] + name[k + 1 :], name[:k] + "x" + name[k:], name.upper(), "class_axis", "self", "loss", "digits", "", name + " ")
    )


def deep(levels: int) -> Any:
    x: Any = 1.0
    for _ in range(levels):
        x = [x]
    return x


def looped() -> Any:
    x: list[Any] = [1.0]
    x.append(x)
    return x


class Loose(float):
    """A number that is equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1


class Nonsense:
    """An object whose answers make no sense, but that raises nothing."""

    dtype = shape = ndim = size = "nonsense"

    def __len__(self) -> int:
        return 1  # each item is itself: of two NumPy would read 2 ** 64

    def __getitem__(self, k: Any) -> Any:
        if k != 0:
            raise IndexError
        return self

    def __float__(self) -> float:
        return math.nan

    def __eq__(self, other: object) -> Any:
        return "neither"

    def __hash__(self) -> int:
        return 0

    def tolist(self) -> Any:
        return self

    def detach(self) -> Any:
        return self

    def cpu(self) -> None:
        return None


class Uncertain:
    """An object that has no truth value, like an array."""

    def __init__(self, x: Any) -> None:
        self.x = x

    def __eq__(self, other: object) -> Any:
        return np.array([True, False])

    def __hash__(self) -> int:
        return 2

    def __bool__(self) -> bool:
        raise ValueError("The truth value is ambiguous")


class Huge:
    """A sequence that says that it is long."""

    def __len__(self) -> int:
        return 2**62

    def __getitem__(self, k: int) -> float:
        return 1.0


def Raising(method: str, error: BaseException) -> Any:
    """An object that raises when it is asked one thing."""

    def fails(self: Any, *arguments: Any, **named: Any) -> Any:
        if method == "__getattr__" and arguments[0].startswith("__array"):
            raise AttributeError(arguments[0])
        raise error
    members: dict[str, Any] = {method: property(fails) if method in ("dtype", "tolist") else fails}
    return type("Raising", (), members | ({"__hash__": object.__hash__} if method == "__eq__" else {}))()
