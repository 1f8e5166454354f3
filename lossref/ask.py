"""The oracle that users import: exact value and gradient of a loss at one point, to as many digits as asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

import mpmath
import numpy as np
from mpmath.libmp import from_man_exp

from lossref import catalog, options
from lossref.digits import kept
from lossref.exact.balls import INSTALLED, MISSING, Balls
from lossref.exact.evaluate import branches
from lossref.exact.floats import Floats
from lossref.exact.limits import limits
from lossref.exact.numbers import NoAnswerError, Number
from lossref.exact.reduce import whole
from lossref.exact.settle import settle
from lossref.exact.systems import Base
from lossref.float64.evaluate import bind, value_and_gradient
from lossref.formats import FORMATS
from lossref.options import Options
from lossref.spaces import lengths
from lossref.spec import Loss, Values
from lossref.values import filled, flat, mapped, shape

GUARD_BITS = 8  # beyond the digits asked for


@dataclass(frozen=True)
class Answer:
    """The exact answer of one question, as mpmath numbers right to `digits` digits, which they show and compute with.

    `float(answer.value)` is the nearest float64, and `answer.value.rounded("float16")` the nearest number of another format.

    `gradient` is one number, or nested tuples shaped like the argument that it is taken in; where a loss is differentiable in
    several arguments, a mapping from each to its own. It is None at a kink, where `interval` holds the least and the greatest one-sided
    derivative of each component, flat, and None with no interval where the loss jumps. `certified` says whether the digits are
    proved (Arb enclosures) or rest on mpmath's own accuracy; `enclosure` then has (low, high) for the value and for each gradient
    component, flat.
    """

    loss: str
    digits: int
    value: Any
    gradient: Any
    interval: tuple[tuple[Any, Any], ...] | None
    certified: bool
    enclosure: tuple[tuple[Any, Any], ...] | None = None

    def __post_init__(self) -> None:
        for name in ("value", "gradient", "interval", "enclosure"):
            object.__setattr__(self, name, kept(getattr(self, name), self.digits))


def oracle(loss: str | Loss, *arguments: Any, digits: int = 50, certified: bool = False, **named: Any) -> Answer:
    """Exact value and gradient of a loss at one point, or of one call of a batch, to `digits` digits.

    `loss` is a name of `lossref list`, or a record of one's own. Arguments are given as to `lossref.value`, for one example: numbers,
    Fraction or Decimal (taken exactly) or strings (the nearest float64). With options for batches (`lossref.options.Options`)
    arguments have one entry an example; for reduction none the answer's value is a tuple, and its gradient has a row for each
    example. `certified=True` needs python-flint and adds an enclosure that is proved to hold the truth. NaN gives NaN; an infinite
    input gives the limit, with all else held fixed, and NaN where there is none. Raises KeyError for an unknown loss, and
    ValueError for a point outside the domain, for a limit that the rule does not tell, and for more digits than can be settled.
    """
    record = catalog.find(loss)
    if not isinstance(digits, int) or isinstance(digits, bool) or digits < 1:
        raise ValueError(f"digits must be a whole number of at least 1, and is {digits!r}")
    given, chosen = options.split(named)
    bound = bind(record, arguments, given)
    if chosen:
        plain = {name: x.tolist() if isinstance(x, np.ndarray) else x for name, x in chosen.items()}
        return _of_a_batch(record, bound, Options(**plain), digits, certified)
    values = {name: _exactly(record, name, x) for name, x in bound.items()}
    _check_domain(record, values)
    if any(isinstance(y, float) for y in flat(values)):
        return _special(record, values, digits)
    return _settled(record, values, digits, certified)


def fraction(x: Any) -> Fraction:
    """An mpmath number with all its digits."""
    sign, mantissa, exponent, _ = x._mpf_
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent) * (-1 if sign else 1)


def _settled(loss: Loss, values: Values, digits: int, certified: bool) -> Answer:
    """The answer at exact finite numbers."""
    bits = math.ceil(digits * math.log2(10)) + GUARD_BITS
    if certified and not INSTALLED:
        raise ValueError(f"certified=True: {MISSING}")

    def compute(base: Base) -> tuple[list[list[Any]], bool, tuple[tuple[Any, Any], ...]] | None:
        found = list(branches(loss, values, base))
        width = 1 + len(found[0].gradient)
        rounded = [[_to_bits(base, n, bits) for n in branch.numbers[:width]] for branch in found]
        if any(x is None for row in rounded for x in row):
            return None
        return rounded, bool(found[0].exact_ties), tuple(_enclosure(base, n) for n in found[0].numbers[:width])

    try:
        rows, tied, enclosure = settle(Balls if certified else Floats, compute)
    except NoAnswerError as error:
        raise ValueError(f"{loss.name}: {digits} digits cannot be settled here: {error}") from None
    interval = tuple((min(column), max(column)) for column in zip(*(row[1:] for row in rows), strict=True))
    kink = tied and any(low != high for low, high in interval)
    jumps = tied and any(row[0] != rows[0][0] for row in rows)
    gradient = None if kink or jumps else _shaped(loss, rows[0][1:], values)
    return Answer(loss.name, digits, rows[0][0], gradient, interval if kink else None, certified, enclosure if certified else None)


def _shaped(loss: Loss, numbers: Sequence[Any], values: Values) -> Any:
    """Numbers in the shape of the argument that the gradient is taken in, or of each of several."""
    remaining = iter(numbers)
    found = {name: filled(values[name], remaining) for name in loss.differentiable}
    return found if len(found) > 1 else found[loss.differentiable[0]]


def _of_a_batch(loss: Loss, bound: Mapping[str, Any], asked: Options, digits: int, certified: bool) -> Answer:
    """The answer of a call: its terms are exact, and reduced exactly."""
    kind = catalog.get(loss.soft_target) if asked.target_form == "soft" and loss.soft_target else loss
    values = {name: _exactly(kind, name, x) for name, x in bound.items()}
    options.check(loss, asked)
    if loss.value is not None:  # it says what is not allowed
        value_and_gradient(loss, **{name: _array(x) for name, x in values.items()}, **vars(asked))
    first = values[loss.first]
    if not isinstance(first, tuple) or len(shape(first)) <= loss.arguments[loss.first].rank:
        raise ValueError(f"{loss.name}: in a batch {loss.first} must have one entry an example")
    if several := next((name for name in loss.parameters if isinstance(values[name], tuple)), None):
        raise ValueError(f"{loss.name}: the oracle of a batch takes one number for {several}")
    if not first:
        raise ValueError(f"{loss.name}: the oracle needs at least one example")
    if np.ndim(asked.pos_weight or 0) or not np.isfinite(np.asarray(asked.upstream or 0.0, float)).all():
        raise ValueError(f"{loss.name}: the oracle of a batch takes one pos_weight and finite upstream gradients")
    call = whole(loss, values, asked)
    if call is None:
        nothing, zeros = _mpf(options.EMPTY[asked.empty]), {name: mapped(lambda _: _mpf(0.0), values[name]) for name in loss.differentiable}
        return Answer(loss.name, digits, nothing, _shaped(loss, flat(zeros), values), None, certified)
    if any(y != y for y in flat(call.values)):
        raise ValueError(f"{loss.name}: the oracle of a batch takes NaN only where a mask or a weight of 0 hides it")
    for i in (i for i, counts in enumerate(call.counted) if counts):
        _check_domain(call.upstream, {name: x[i] if name in loss.arguments else x for name, x in call.values.items()})
    answered = _special if any(isinstance(y, float) for y in flat(call.values)) else partial(_settled, certified=certified)
    sloped, *terms = (answered(one, call.values, digits) for one in (call.upstream, *call.terms))
    value = tuple(term.value for term in terms) if asked.reduction == "none" else terms[0].value
    proved = (*(e for term in terms for e in (term.enclosure or ())[:1]), *(sloped.enclosure or ())[1:])
    return replace(sloped, value=value, enclosure=proved or None)


def _array(x: Any) -> Any:
    """Exact numbers as a NumPy array, of float32 if that holds them all: it is what they may have been rounded to."""

    def listed(x: Any) -> Any:
        try:
            return [listed(y) for y in x] if isinstance(x, tuple) else x if isinstance(x, int) else float(x)
        except OverflowError:
            raise ValueError("the oracle of a batch takes numbers up to the largest of float64") from None

    numbers = flat(x)
    if all(isinstance(y, int) for y in numbers):
        return np.array(listed(x))
    single = all(isinstance(y, float) or FORMATS["float32"].holds(y) for y in numbers)
    return np.array(listed(x), np.float32 if single else np.float64)


def _exactly(loss: Loss, name: str, x: Any) -> Any:
    """A Fraction, an integer label, NaN or an infinity as a float, or a tuple of these."""
    if isinstance(x, np.ndarray):
        x = x.tolist()
    if isinstance(x, (list, tuple)):
        return tuple(_exactly(loss, name, y) for y in x)
    try:
        if isinstance(x, str):
            x = float(x)
        if not isinstance(x, (int, Fraction)) and str(x).lower().strip("+-") in ("inf", "infinity", "nan"):
            return float(x)
        if hasattr(x, "_mpf_"):
            x = fraction(x)
        exact = Fraction(x.item() if isinstance(x, np.generic) else x)
    except (TypeError, ValueError):
        raise ValueError(f"{loss.name}: {name} must be numbers, and holds {x!r}") from None
    space = loss.arguments.get(name)
    if space is not None and space.label_of is not None:
        if exact.denominator != 1:
            raise ValueError(f"{loss.name}: {name} must be {space.description}, and is {x}")
        return int(exact)
    return exact


def _check_domain(loss: Loss, values: Values) -> None:
    """The domain of the float64 code, decided on exact numbers."""
    for name, x in values.items():
        space = loss.spaces[name]
        if len(_shape(x)) != space.rank or not flat(x):
            raise ValueError(f"{loss.name}: {name} must be one example, {space.description}; the oracle takes no batches")
    try:
        lengths(loss.arguments, {name: _shape(values[name]) for name in loss.arguments})
    except ValueError as error:
        raise ValueError(f"{loss.name}: {error}") from None
    for name, x in values.items():
        space, numbers = loss.spaces[name], flat(x)
        if any(y != y for y in numbers):
            continue
        # Numbers that float32 holds may be float32 probabilities, which miss the sum 1 by float32's rounding.
        single = all(FORMATS["float32"].holds(y) for y in numbers)
        classes = _shape(values[space.label_of])[-1] if space.label_of else 0
        if not space.holds(x, precision=24 if single else 53, classes=classes):
            raise ValueError(f"{loss.name}: {name} must be {space.description}, and is {_shown(x)}")


def _shape(x: Any) -> tuple[int, ...]:
    try:
        return shape(x)
    except ValueError:
        return (0,) * 9  # rows of different lengths are no example of any space


def _shown(x: Any) -> str:
    if isinstance(x, tuple):
        return f"[{', '.join(map(_shown, x))}]"
    try:
        return str(x if isinstance(x, int) else float(x))
    except OverflowError:
        return f"{'-' if x < 0 else ''}a number above 2**1024"


def _special(loss: Loss, values: Values, digits: int) -> Answer:
    """NaN, or the limit at this infinite point."""
    pieces = [[_mpf(math.nan)] * (1 + sum(len(flat(values[name])) for name in loss.differentiable))]
    if not any(y != y for y in flat(values)):
        bits = math.ceil(digits * math.log2(10)) + GUARD_BITS
        system = Balls if INSTALLED else Floats
        try:
            pieces = limits(loss, values, system, lambda base, n: _to_bits(base, n, bits), _mpf(math.nan))
        except NoAnswerError as error:
            raise ValueError(f"{loss.name}: the limit at this infinite point is not known: {error}") from None
    columns = [[*column] for column in zip(*pieces, strict=True)]
    is_one = all(len(set(map(repr, column))) == 1 for column in columns[1:])
    interval = None if is_one else tuple((min(column), max(column)) for column in columns[1:])
    gradient = _shaped(loss, [column[0] for column in columns[1:]], values) if is_one else None
    return Answer(loss.name, digits, columns[0][0], gradient, interval, False)


def _to_bits(base: Base, n: Number, bits: int) -> Any:
    """The nearest number of so many significant bits, as an mpf of full length; None while the ends differ."""
    x = n.data
    if isinstance(x, float):
        return _mpf(x)
    if isinstance(x, Fraction):
        return _rational(x, bits)
    low, high = base.ends(base.near(x))
    ends = {_shortened(*end, bits) for end in (low, high)}
    return _mpf(ends.pop()) if len(ends) == 1 else None


def _rational(x: Fraction, bits: int) -> Any:
    if x == 0:
        return _mpf(0.0)
    shift = bits - x.numerator.bit_length() + x.denominator.bit_length()
    return _mpf((round(x * Fraction(2) ** shift), -shift))


def _shortened(mantissa: int, exponent: int, bits: int) -> tuple[int, int]:
    excess = mantissa.bit_length() - bits
    if excess > 0:
        mantissa, exponent = round(Fraction(mantissa, 1 << excess)), exponent + excess
    zeros = (mantissa & -mantissa).bit_length() - 1 if mantissa else 0
    return mantissa >> zeros, exponent + zeros if mantissa else 0


def _enclosure(base: Base, n: Number) -> tuple[Any, Any]:
    if isinstance(n.data, float):
        return _mpf(n.data), _mpf(n.data)
    low, high = base.ends(base.near(n.data))
    return _mpf(low), _mpf(high)


def _mpf(x: float | tuple[int, int]) -> Any:
    """An mpmath number of the user's context with all its digits, whatever its precision is set to."""
    return mpmath.mp.mpf(x) if isinstance(x, float) else mpmath.mp.make_mpf(from_man_exp(*x))
