"""A grammar of arguments: good ones of a loss in every array kind and layout, odd ones, and bad ones."""

from __future__ import annotations

import array
import math
import random
from collections import deque
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

from fuzzing.world import FLINT, GMPY2, JAX, TORCH
from lossref import options
from lossref.options import FORMS
from lossref.spaces import Space
from lossref.spec import Loss

Nested = Any  # a number, or lists of them
NUMBERS = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.25, -7.5, 40.0, -745.0, 1e-3, 0.1, 1e300, -1e-310, 5e-324, 1e16, 700.0)
MILD = tuple(x for x in NUMBERS if x == 0 or 1e-9 < abs(x) < 100)  # where time is not the question: scripts/hunt.py asks that
SPECIAL = (math.nan, math.inf, -math.inf)
LARGE, SMALL = np.longdouble(10) ** 300 * np.longdouble(10) ** 300, np.longdouble(10) ** -300 * np.longdouble(10) ** -300
SHAPES: tuple[tuple[int, ...], ...] = ((), (), (1,), (3,), (2, 2), (3, 1), (0,))


def good(chance: random.Random, loss: Loss, batch: tuple[int, ...], mild: bool = False) -> dict[str, Nested]:
    """Arguments of a loss as nested lists of Python numbers, inside its domain for the most part."""
    axes = {axis for space in loss.arguments.values() for axis in space.axes}
    sizes = {axis: chance.choice((1, 2, 3, 3, 4)) for axis in sorted(axes)}
    found = {}
    for name, space in loss.arguments.items():
        inner = tuple(sizes[axis] for axis in space.axes)
        classes = sizes[loss.arguments[space.label_of].axes[-1]] if space.label_of else 0
        found[name] = nested(batch, lambda s=space, i=inner, c=classes: _example(chance, s, i, c, MILD if mild else NUMBERS))  # type: ignore[misc]
    return found


def nested(shape: tuple[int, ...], one: Callable[[], Nested]) -> Nested:
    return [nested(shape[1:], one) for _ in range(shape[0])] if shape else one()


def _example(chance: random.Random, space: Space, shape: tuple[int, ...], classes: int, numbers: tuple[float, ...]) -> Nested:
    if space.sums_to_one and shape:
        return nested(shape[:-1], lambda: _shares(chance, shape[-1]))
    return nested(shape, lambda: _number(chance, space, classes, numbers))


def _shares(chance: random.Random, count: int) -> list[float]:
    cuts = sorted(chance.choice((0.0, 0.25, 0.5, 0.625, 1.0)) for _ in range(count - 1))
    return [b - a for a, b in zip([0.0, *cuts], [*cuts, 1.0], strict=True)]


def _number(chance: random.Random, space: Space, classes: int, numbers: tuple[float, ...]) -> float | int:
    if classes:
        return chance.randrange(classes)
    if space.choices:
        return chance.choice(space.choices)
    if chance.random() < 0.02 and (numbers is NUMBERS or space.rank < 2):
        return chance.choice(SPECIAL)
    inside = [x for x in numbers if space.low <= x <= space.high and not (space.low_is_open and x == space.low)]
    return chance.choice(inside or [space.high])


def dressed(chance: random.Random, x: Nested) -> Any:
    """The same numbers as another kind of array, or in another layout; whoever reads them gets the numbers of `np.array(x)`."""
    dress = chance.choice(DRESSES)
    try:
        return dress(chance, x)
    except (TypeError, ValueError, OverflowError, ArithmeticError, RuntimeError):
        return np.array(x)  # what that kind does not hold


def _array(chance: random.Random, x: Nested) -> Any:
    return np.array(x)


def _fortran(chance: random.Random, x: Nested) -> Any:
    return np.asfortranarray(np.array(x)) if isinstance(x, list) else np.array(x)


def _reversed(chance: random.Random, x: Nested) -> Any:
    y = np.array(x)
    return np.flip(np.flip(y).copy())


def _strided(chance: random.Random, x: Nested) -> Any:
    y = np.array(x)
    wide = np.zeros((*y.shape, 2), y.dtype)
    wide[..., 1] = y
    return wide[..., 1]


def _read_only(chance: random.Random, x: Nested) -> Any:
    y = np.array(x)
    y.flags.writeable = False
    return y


def _broadcast(chance: random.Random, x: Nested) -> Any:
    y = np.array(x)
    return np.broadcast_to(y[:1], y.shape) if y.ndim and y.shape[0] and (y == y[:1]).all() else np.broadcast_to(y, y.shape)


def _of_type(chance: random.Random, x: Nested) -> Any:
    """Of another dtype, if that holds the same numbers."""
    y = np.array(x)
    dtype = chance.choice(("float16", "float32", "longdouble", ">f8", ">f4", "<f8", "int8", "uint8", "int64", "uint64", "bool", ">i4"))
    with np.errstate(all="ignore"):
        other = y.astype(dtype)
        same = dtype[0] == "l" or (np.abs(y) < 2.0**53).all()
        same = same and np.array_equal(other.astype(np.float64), y.astype(np.float64), equal_nan=True)
    return other if same else y


def _subclass(chance: random.Random, x: Nested) -> Any:
    return np.array(x).view(Plain)


def _tensor(chance: random.Random, x: Nested) -> Any:
    if TORCH is None:
        return np.array(x)
    y = TORCH.tensor(x, dtype=None if np.array(x).dtype.kind in "iub" else TORCH.float64)
    if y.is_floating_point():
        kind = chance.choice((TORCH.float64, TORCH.float32, TORCH.float16, TORCH.bfloat16))
        y = y.to(kind) if TORCH.equal(y.to(kind).double(), y) else y
        kind = chance.randrange(4)
        if kind == 1:
            y = y.requires_grad_()
        elif kind == 2:
            y = TORCH.nn.Parameter(y) * 1
        elif kind == 3 and y.ndim:
            y = y.flip(0).flip(0)
    return y


def _jax(chance: random.Random, x: Nested) -> Any:
    if JAX is None:
        return np.array(x)
    y = np.array(x)
    return JAX.numpy.asarray(y) if y.dtype.kind in "b" else _jax_of(chance, y)


def _jax_of(chance: random.Random, y: np.ndarray[Any, Any]) -> Any:
    if y.dtype.kind in "iu":
        return JAX.numpy.asarray(y.astype(np.int32))
    kind = chance.choice(("float32", "bfloat16", "float16"))
    with np.errstate(all="ignore"):
        narrow = y.astype(np.float32)
    if not np.array_equal(narrow.astype(np.float64), y, equal_nan=True):
        return y
    found = JAX.numpy.asarray(narrow).astype(kind)
    return found if np.array_equal(np.asarray(found.astype("float32")), narrow, equal_nan=True) else JAX.numpy.asarray(narrow)


def _tuples(chance: random.Random, x: Nested) -> Any:
    return tuple(_tuples(chance, y) for y in x) if isinstance(x, list) else x


def _scalars(chance: random.Random, x: Nested) -> Any:
    return [_scalars(chance, y) for y in x] if isinstance(x, list) else np.float64(x) if isinstance(x, float) else np.int64(x)


DRESSES: tuple[Callable[[random.Random, Nested], Any], ...] = (
    _array, _array, lambda c, x: x, _fortran, _reversed, _strided, _read_only, _broadcast, _of_type, _of_type, _of_type, _subclass, _tensor,
    _tensor, _jax, _tuples, _scalars, lambda c, x: Giving(np.array(x)), lambda c, x: Lent(np.array(x)),
    lambda c, x: memoryview(np.ascontiguousarray(np.array(x))) if isinstance(x, list) and x else x,
    lambda c, x: array.array("d", x), lambda c, x: np.array(x)[()],
)  # fmt: skip


def odd(chance: random.Random, x: Nested) -> Any:
    """Something in place of an argument: other kinds of numbers, or what is none."""
    if chance.random() < 0.35:
        kind = chance.choice(KINDS)
        try:
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
    Fraction, Decimal, str, bytes, complex, np.complex64, np.datetime64, mpmath.mpf, mpmath.mpc, mpmath.mpi, np.longdouble, np.float16, repr,
    lambda x: np.float64(x).tobytes(), lambda x: Fraction(x) + Fraction(1, 3), lambda x: Decimal(x) / 3, lambda x: mpmath.mpf(x) / 3,
    lambda x: Loose(x), lambda x: [x], lambda x: {x: x}, lambda x: {x}, lambda x: np.array(x, object), lambda x: np.timedelta64(int(x), "s"),
    lambda x: np.str_(x), lambda x: np.ma.masked_array(x, True), lambda x: int(x) << 2000, lambda x: x * Fraction(10**400),
]  # fmt: skip
if FLINT:
    KINDS += [FLINT.arb, FLINT.fmpz, FLINT.fmpq, FLINT.acb, lambda x: FLINT.arb(x) / 3, lambda x: FLINT.fmpq(1, 3)]
if GMPY2:
    KINDS += [GMPY2.mpfr, GMPY2.mpz, GMPY2.mpq, GMPY2.mpc]

BAD: list[Callable[[Any], Any]] = [
    lambda x: None, lambda x: "", lambda x: "1.5", lambda x: "\ud800\n", lambda x: b"\xff", lambda x: object(), lambda x: ..., lambda x: NotImplemented,
    lambda x: int, lambda x: np, lambda x: len, lambda x: lambda: 0, lambda x: {}, lambda x: set(), lambda x: {1: 2}, lambda x: (),
    lambda x: [], lambda x: [[]], lambda x: [[], [1.0]], lambda x: [[1.0], [1.0, 2.0]], lambda x: [1.0, [2.0]], lambda x: [None], lambda x: ["a", 1.0],
    lambda x: (y for y in [1.0, 2.0]), lambda x: iter([1.0]), lambda x: range(3), lambda x: deque([1.0]), lambda x: {"a": 1.0}.values(),
    lambda x: 10**400, lambda x: -(10**400), lambda x: [10**400], lambda x: 2**64, lambda x: 2**63, lambda x: [2**64, 1.5], lambda x: 2**53 + 1,
    lambda x: Fraction(1, 10**400), lambda x: Decimal("sNaN"), lambda x: Decimal("1e999999"), lambda x: Decimal("-Infinity"), lambda x: [Decimal("sNaN")],
    lambda x: mpmath.mpf("1e100000"), lambda x: mpmath.inf, lambda x: mpmath.nan, lambda x: mpmath.matrix([1, 2]), lambda x: 1j, lambda x: [1j, 1.0],
    lambda x: np.array(x, object), lambda x: np.array([None, 1.0]), lambda x: np.array(["a"]), lambda x: np.array([b"1"]), lambda x: np.array("1.0"),
    lambda x: np.zeros(2, [("a", "f8"), ("b", "i4")]), lambda x: np.zeros(2, "V8"), lambda x: np.array("2001-01-01", "M8[D]"),
    lambda x: np.array([1], "m8[s]"), lambda x: np.zeros(3, complex), lambda x: np.zeros((1,) * 40), lambda x: np.zeros((0, 3)), lambda x: np.zeros((3, 0)),
    lambda x: np.rec.array([(1.0, 2.0)]), lambda x: np.ma.masked_array([1.0, 2.0], [True, False]), lambda x: np.ma.masked, lambda x: np.ma.array(x),
    lambda x: np.array(x)[..., None], lambda x: [x], lambda x: [x, x], lambda x: [[x]], lambda x: _some(x, None), lambda x: _some(x, "1"),
    lambda x: _some(x, 10**400), lambda x: _some(x, math.nan), lambda x: _some(x, -math.inf), lambda x: _some(x, [1.0]), lambda x: _some(x, Fraction(1, 3)),
    lambda x: _some(x, object()), lambda x: _some(x, -1), lambda x: _some(x, 0.5), lambda x: _some(x, 1e308), lambda x: x[:-1] if isinstance(x, list) else [],
    lambda x: deep(100), lambda x: deep(5000), lambda x: looped(), lambda x: float("nan"), lambda x: -1, lambda x: 7, lambda x: 1e400, lambda x: True,
    lambda x: LARGE, lambda x: np.array([SMALL]), lambda x: [True, False], lambda x: np.True_, lambda x: slice(1),
    lambda x: Raising("__array__", ValueError("no\nlines")), lambda x: Raising("__array__", RecursionError("deep")), lambda x: Raising("__float__", OSError(5)),
    lambda x: Raising("__len__", ZeroDivisionError()), lambda x: Raising("__eq__", RuntimeError("eq")), lambda x: Raising("__getattr__", KeyError(3)),
    lambda x: Raising("__iter__", MemoryError()), lambda x: Raising("__repr__", LookupError()), lambda x: [Raising("__float__", OverflowError("far"))],
    lambda x: Raising("__str__", LookupError()), lambda x: Raising("tolist", TypeError()), lambda x: Raising("dtype", IndexError()),
    lambda x: Giving(None), lambda x: Giving("text"), lambda x: Giving(np.array([None])), lambda x: Nonsense(), lambda x: Uncertain(x),
    lambda x: Huge(), lambda x: Lent(None), lambda x: Warning, lambda x: ValueError("x"), lambda x: np.errstate, lambda x: np.nditer([1.0]),
]  # fmt: skip
if TORCH:
    BAD += [
        lambda x: TORCH.tensor(1j), lambda x: TORCH.zeros(2).to_sparse(), lambda x: TORCH.zeros(2, device="meta"), lambda x: [TORCH.tensor(1.0)],
        lambda x: [TORCH.tensor(1.0, requires_grad=True)],
        lambda x: TORCH.nn.Linear(1, 1), lambda x: TORCH.float64, lambda x: TORCH.zeros(2, dtype=TORCH.float8_e4m3fn), lambda x: [TORCH.zeros(2), 1.0],
    ]  # fmt: skip
if JAX:
    BAD += [lambda x: JAX.ShapeDtypeStruct((2,), "float32"), lambda x: JAX.numpy.zeros(2, "float8_e4m3fn"), lambda x: JAX.random.key(0), lambda x: JAX.jit]


def option(chance: random.Random, name: str, loss: Loss, shape: tuple[int, ...], classes: int) -> Any:
    """A value of an option that fits, for the most part."""

    def an_example(*numbers: float) -> Any:
        return dressed(chance, nested(shape, lambda: chance.choice(numbers)))

    good: dict[str, Callable[[], Any]] = {
        "reduction": lambda: chance.choice(options.REDUCTIONS), "empty": lambda: chance.choice(("nan", "zero")),
        "denominator": lambda: chance.choice((*options.DENOMINATORS, 3, 0.5, Fraction(1, 3), np.float32(2), 1e-300)),
        "sample_weight": lambda: an_example(0.0, 1.0, 0.25, 3.0), "class_weight": lambda: dressed(chance, [chance.choice((0.0, 1.0, 2.5)) for _ in range(classes)]),
        "pos_weight": lambda: an_example(0.0, 1.0, 2.5), "label_smoothing": lambda: chance.choice((0.0, 0.1, 0.25, 1.0, Fraction(1, 3))),
        "smoothing": lambda: chance.choice(options.SMOOTHINGS), "ignore_index": lambda: chance.choice((0, 1, -100, np.int64(2))),
        "mask": lambda: an_example(True, False), "target_form": lambda: chance.choice(FORMS.get(loss.target, ("index",))),
        "upstream": lambda: chance.choice((2.0, an_example(0.0, 1.0, -2.5))),
    }  # fmt: skip
    return good[name]()


TEXTS = ("", "mean", "None", "Mean", "weights", "nan", "float32", "float65", "A+", "B", "C", "F", "golden", "1", "index", "\n", "é", "numpy", "torch", "factor 1/2",
         "clip logits to [-30, 30], gradient through", "log base 2", "at a kink the lower slope", "clip", "factor 1/0", "hinge: factor 1/2", "[", "\ud800")  # fmt: skip
OTHER: tuple[Callable[[], Any], ...] = (
    lambda: None, lambda: True, lambda: 0, lambda: -1, lambda: 5, lambda: 2**70, lambda: 10**400, lambda: 0.5, lambda: 1.5, lambda: math.nan, lambda: math.inf,
    list, lambda: [1], dict, lambda: (), lambda: object(), lambda: np.zeros(3), lambda: np.float32(0.5), lambda: np.int8(3), lambda: 1j, lambda: b"mean",
    lambda: ["mean"], lambda: {"mean"}, lambda: Fraction(1, 2), lambda: Decimal("0.5"), lambda: Decimal("sNaN"), lambda: mpmath.mpf(0.5), lambda: [0.1, None],
    lambda: ["1", "2"], lambda: [math.nan], lambda: [0.1], lambda: -0.5, lambda: range(2), lambda: Uncertain(1), lambda: Raising("__eq__", RuntimeError("eq")),
    lambda: Raising("__hash__", RuntimeError("hash")), lambda: np.ma.masked_array([1.0, 2.0], [True, False]), lambda: (x for x in [1.0]), lambda: int,
    lambda: 1e-320, lambda: "x" * 5000, lambda: np.str_("mean"), lambda: np.array("mean"), lambda: np.array([1, 2], object), lambda: deep(3000), lambda: Nonsense(),
)  # fmt: skip


def anything(chance: random.Random) -> Any:
    """A value for an option of any name."""
    return chance.choice(TEXTS) if chance.random() < 0.4 else chance.choice(OTHER)()


def misspelt(chance: random.Random, name: str) -> str:
    k = chance.randrange(len(name) + 1)
    return chance.choice((name[:k] + name[k + 1 :], name[:k] + "x" + name[k:], name.upper(), "class_axis", "self", "loss", "digits", "", name + " "))


def deep(levels: int) -> Any:
    x: Any = 1.0
    for _ in range(levels):
        x = [x]
    return x


def looped() -> Any:
    x: list[Any] = [1.0]
    x.append(x)
    return x


class Plain(np.ndarray[Any, Any]):
    """A subclass of arrays that does nothing else."""


class Giving:
    """An object that gives an array when it is asked for one."""

    def __init__(self, x: Any) -> None:
        self.x = x

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.x if self.x is None or isinstance(self.x, str) else np.asarray(self.x, dtype)


class Lent:
    """An object that speaks DLPack alone."""

    def __init__(self, x: Any) -> None:
        self.x = x

    def __dlpack__(self, **given: Any) -> Any:
        return self.x.__dlpack__(**given)

    def __dlpack_device__(self) -> Any:
        return self.x.__dlpack_device__()


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
        return 3

    def __getitem__(self, k: Any) -> Any:
        if k not in (0, 1, 2):
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
    if method == "__eq__":
        members["__hash__"] = object.__hash__
    return type("Raising", (), members)()


def described(x: Any) -> str:
    """An argument in a few words, whatever its own representation does."""
    try:
        return f"{type(x).__name__}:{repr(x).replace(chr(10), ' ')[:80]}"
    except Exception:
        return type(x).__name__
