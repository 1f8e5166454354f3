"""Losses of single numbers on large arrays: their float64 code, recorded once as NumPy operations and replayed in blocks.

What takes the time of a plain formula on a large array is not arithmetic but the arrays between its operations. The functions of a loss
are called once on symbols, which write down every operation; equal ones become one, and value and gradient share what they have in common.
A block at a time fits in a processor's cache, and the operations write into scratch that is used again. They are the same operations on
the same numbers: the answers have the same bits.

A function that looks at its numbers (`if x.any()`), indexes them, or uses what is not written down here is not recorded, and is called as
it is. A block whose answers are not all finite is given to the careful code, and so is a call with an argument outside its domain or NaN.
Where the code asks whether numbers are finite, or beyond what ordinary ones reach, the plan takes it that they are, or are not; each
block is asked once, and is given to the careful code where that is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref.float64.replay import Key, Operation, Plan, as_mask, bits_of_both, bits_of_one, handed_on, is_at_most, is_finite, placed
from lossref.spaces import Space

Array = NDArray[Any]
LEAST = 512  # numbers for which what is recorded may pay for it: that takes as long as a hundred calls of so many
SAMPLE = 2  # numbers that a symbol carries along, which say of what type its results are
SEE_THE_SIGN_OF_ZERO = {np.copysign, np.signbit, np.arctan2, np.nextafter, np.spacing}  # an argument's -0 counts for 0
FAR = 500.0  # a number that is compared with a larger one is taken to lie below
NEUTRAL = {np.multiply: ("float", 1.0, 1.0), np.divide: ("float", 1.0, 1.0), np.bitwise_or: ("bool", False, 1.0)}  # they change nothing
ZERO = ("float", 0.0, 1.0)
SWALLOW_NAN = {  # they give an ordinary number, or a truth value, for a NaN
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal, np.isnan, np.isfinite, np.isinf, np.fmax, np.fmin,
    np.power, np.float_power, np.hypot,
}  # fmt: skip


class UnrecordableError(Exception):
    """What a function does that cannot be replayed."""


class SwallowedError(Exception):
    """A product that may be NaN where the code has 0, in the hands of what would hide that."""


class Symbol(np.lib.mixins.NDArrayOperatorsMixin):
    """An array that is not there yet: what is done to it is written down."""

    def __init__(self, recording: Recording, node: int, sample: Array) -> None:
        self.recording, self.node, self.sample = recording, node, sample

    @property
    def shape(self) -> tuple[int, ...]:
        return self.sample.shape

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **named: Any) -> Any:
        if method != "__call__" or named or ufunc.nout != 1 or ufunc in SEE_THE_SIGN_OF_ZERO:
            raise UnrecordableError
        return self.recording.node(ufunc, inputs)

    def __array_function__(self, function: Any, types: Any, arguments: Sequence[Any], named: Mapping[str, Any]) -> Any:
        if function is np.shape:
            return self.shape
        if named:
            raise UnrecordableError
        if function is np.where and len(arguments) == 3:
            return self.recording.chosen(*arguments)
        if function is np.clip and len(arguments) == 3:
            return np.minimum(np.maximum(arguments[0], arguments[1]), arguments[2])
        if function in (np.zeros_like, np.ones_like):
            return function(self.sample)
        if function is np.broadcast_arrays:  # they are of one shape, or numbers
            return list(arguments)
        if function in (np.isposinf, np.isneginf):
            return self.recording.finite(arguments[0], np.False_)
        if function is np.nan_to_num:
            return self.recording.finite(arguments[0], arguments[0])
        raise UnrecordableError

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise UnrecordableError

    def __bool__(self) -> bool:
        raise UnrecordableError




@dataclass
class Recording:
    """Operations in their order, each on earlier ones; those of equal names and inputs are one.

    Where it `shortens`, products stand for what the code makes 0 where a factor is 0: `soft` are those, and all that is made of them. And
    quotients stand for what the code chooses where the divisor is 0: they `must_show` in an answer then, by not being finite.
    """

    shortens: bool = True
    soft: set[int] = field(default_factory=set)
    must_show: set[int] = field(default_factory=set)
    nodes: list[Operation] = field(default_factory=list)
    known: dict[tuple[Any, tuple[Key, ...]], Symbol] = field(default_factory=dict)
    asked: dict[tuple[Any, tuple[Key, ...]], int] = field(default_factory=dict)  # what must be true of a block, by its node

    def argument(self, sample: Array) -> Symbol:
        self.nodes.append((None, (), sample.dtype))
        return Symbol(self, len(self.nodes) - 1, sample)

    def node(self, done: Any, inputs: Sequence[Any], result: Callable[..., Any] | None = None) -> Any:
        keys = tuple(map(_key, inputs))
        if done is np.absolute and isinstance(keys[0], int) and self.nodes[keys[0]][0] is np.negative:
            keys = self.nodes[keys[0]][1]
        if done in (np.isinf, np.isfinite):
            return self.finite(inputs[0], np.bool_(done is np.isfinite))
        if done is np.greater and isinstance(keys[0], int) and isinstance(keys[1], tuple) and FAR < keys[1][1] < math.inf:
            return self._asked(is_at_most, keys, np.False_)
        for at in (1,) if done is np.divide else (0, 1):
            if done in NEUTRAL and keys[at] == NEUTRAL[done]:
                return inputs[1 - at]
        is_soft = any(key in self.soft for key in keys)
        if is_soft and done in SWALLOW_NAN:
            raise SwallowedError
        if (done, keys) not in self.known:
            sample = (result or done)(*(x.sample if isinstance(x, Symbol) else x for x in inputs))
            if sample.dtype not in (np.float64, np.bool_):
                raise UnrecordableError
            self.nodes.append((done, keys, sample.dtype))
            self.known[done, keys] = Symbol(self, len(self.nodes) - 1, sample)
            if is_soft:
                self.soft.add(len(self.nodes) - 1)
        return self.known[done, keys]

    def finite(self, x: Any, answer: Any) -> Any:
        """The answer where every number is finite, which each block is asked."""
        return self._asked(is_finite, (_key(x),), answer)

    def _asked(self, question: Callable[..., bool], keys: tuple[Key, ...], answer: Any) -> Any:
        if (question, keys) not in self.asked:
            self.asked[question, keys] = len(self.nodes)
            self.nodes.append((question, keys, np.dtype(np.bool_)))
        return answer

    def _zeros(self, truth: int) -> set[Key]:
        """What is 0, some of it, where this is true; nothing where it is not of that kind."""
        done, keys, _ = self.nodes[truth]
        if done is np.equal and _is_zero(keys[1]):
            return {keys[0]}
        either = [self._zeros(key) for key in keys if isinstance(key, int)] if done is np.bitwise_or else []
        return either[0] | either[1] if len(either) == 2 and all(either) else set()

    def chosen(self, where: Any, one: Any, other: Any) -> Any:
        """np.where. `where(x == 0, 0, x y)` is x y: where that is no NaN it is 0 anyhow, and a NaN shows in the answers; and
        `where(x == 0, z, y / x)` is y / x, which is not finite where x is 0."""
        if not isinstance(where, Symbol):
            key = _key(where)
            return one if isinstance(key, tuple) and key[1] else other
        zeros = self._zeros(where.node)
        if self.shortens and zeros and isinstance(other, Symbol):
            done, terms, _ = self.nodes[other.node]
            if done is np.multiply and zeros <= set(terms) and _is_zero(_key(one)):
                self.soft.add(other.node)
                return other
            if done is np.divide and zeros == {terms[1]}:
                self.must_show.add(other.node)
                return other
        one, other = (x if isinstance(x, Symbol) else _number(x) for x in (one, other))
        if any(isinstance(x, bool) or (isinstance(x, Symbol) and x.sample.dtype != np.float64) for x in (one, other)):
            return (where & one) | (~where & other)
        # Of two numbers the one where a mask is set, by their bits: np.where guesses the next truth value, and takes four times as long.
        mask = self.node(as_mask, (where,), _sampled)
        if _key(other) == ZERO:
            return self.node(bits_of_both, (mask, one), _sampled)
        apart = self.node(bits_of_one, sorted((one, other), key=lambda x: str(_key(x))), _sampled)
        return self.node(bits_of_one, (self.node(bits_of_both, (mask, apart), _sampled), other), _sampled)


def _sampled(*_: Any) -> Array:
    """A sample of numbers that are made of bits: what they are nobody asks of a sample."""
    return np.ones(SAMPLE)


def _number(x: Any) -> Any:
    """The number of `_key` as it is chosen: a truth value or a float."""
    key = _key(x)
    assert isinstance(key, tuple)
    return key[1] if key[0] == "bool" else float(key[1])


def _key(x: Any) -> Key:
    """The node of a symbol, or the number that an array of one shape with it holds everywhere."""
    if isinstance(x, Symbol):
        return x.node
    if isinstance(x, np.ndarray) and x.ndim:
        if x.shape != (SAMPLE,) or not (x == x[0]).all():
            raise UnrecordableError
        x = x[0]
    number = x.item() if isinstance(x, (np.generic, np.ndarray)) else x
    if not isinstance(number, (bool, int, float)):
        raise UnrecordableError
    return type(number).__name__, number, math.copysign(1, number)


def _is_zero(key: Key) -> bool:
    return isinstance(key, tuple) and key[1] == 0


def planned(
    function: Callable[..., Any], arguments: Mapping[str, Array], parameters: Mapping[str, Any], *, shortens: bool = True
) -> Plan | None:
    """A function as a plan; None where it cannot be recorded."""
    recording = Recording(shortens=shortens)
    symbols = {name: recording.argument(x) for name, x in arguments.items()}
    try:
        with np.errstate(all="ignore"):
            found = function(**symbols, **parameters)
        everywhere = partial(np.asarray, dtype=np.float64)
        answers = [x if isinstance(x, Symbol) else recording.node(np.positive, (x,), everywhere) for x in _leaves(found)]
    except SwallowedError:
        return planned(function, arguments, parameters, shortens=False)
    except (UnrecordableError, AttributeError, TypeError):  # what a symbol has not, an array has
        return None
    if any(x.sample.dtype != np.float64 for x in answers) or len({x.node for x in answers} - set(range(len(arguments)))) < len(answers):
        return None
    nodes = [x.node for x in answers]
    if not recording.must_show <= handed_on(recording.nodes, nodes):
        return planned(function, arguments, parameters, shortens=False)
    return placed(recording.nodes, nodes, set(recording.asked.values()), len(arguments), SWALLOW_NAN)


def _leaves(found: Any) -> list[Any]:
    return [y for x in found for y in _leaves(x)] if isinstance(found, tuple) else [found]


def doubles(x: Array, space: Space, shows_nan: bool) -> Array | None:
    """Numbers of a space as a row of float64; None where some may not be in it, be NaN unless that shows, or not be held exactly."""
    is_small = space.choices or (not space.takes_all and math.isfinite(space.low) and math.isfinite(space.high))
    if x.dtype.char not in "d?efbBhHiI" and not (is_small and x.dtype.kind in "iu"):  # which may hold integers beyond 2**53
        return None
    row = np.ascontiguousarray(x, np.float64).reshape(-1)
    return row if (shows_nan and space.takes_all) or space.contains_all(row) else None


@lru_cache(maxsize=256)
def plan_of(function: Callable[..., Any], arguments: tuple[str, ...], parameters: tuple[tuple[str, Space, float], ...]) -> Plan | None:
    """The plan of a function for parameters of these values; None where there is none, or where one lies outside its space."""
    if not all(math.isfinite(x) and space.contains(np.asarray(x), precision=53) for _, space, x in parameters):
        return None
    return planned(function, {name: np.full(SAMPLE, 0.5) for name in arguments}, {name: np.asarray(x) for name, _, x in parameters})
