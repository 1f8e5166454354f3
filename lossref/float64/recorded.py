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
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref.spaces import Space

Array = NDArray[Any]
BLOCK = 1 << 14  # numbers that are worked on at a time
LEAST = 512  # numbers for which what is recorded may pay for it: that takes as long as a hundred calls of so many
SAMPLE = 2  # numbers that a symbol carries along, which say of what type its results are
SEE_THE_SIGN_OF_ZERO = {np.copysign, np.signbit, np.arctan2, np.nextafter, np.spacing}  # an argument's -0 counts for 0
FAR = 500.0  # a number that is compared with a larger one is taken to lie below
NEUTRAL = {np.multiply: ("float", 1.0, 1.0), np.divide: ("float", 1.0, 1.0), np.bitwise_or: ("bool", False, 1.0)}  # they change nothing
SWALLOW_NAN = {  # they give an ordinary number, or a truth value, for a NaN
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal, np.isnan, np.isfinite, np.isinf, np.fmax, np.fmin,
    np.power, np.float_power, np.hypot,
}  # fmt: skip
SLOW_WITH_ONE_NUMBER = {np.maximum, np.minimum}  # which have no vector code for an array and one number



def as_mask(truth: Array, *, out: Array) -> None:
    """For each truth value 64 bits that are all set, or none."""
    np.negative(truth.view(np.int8), out=out.view(np.int64))


def chosen_bits(mask: Array, one: Array, other: Array, *, out: Array) -> None:
    """Of two numbers the one where the mask is set: np.where, which guesses the next truth value, takes four times as long."""
    bits, others = out.view(np.int64), other.view(np.int64)
    np.bitwise_xor(one.view(np.int64), others, out=bits)
    np.bitwise_and(bits, mask.view(np.int64), out=bits)
    np.bitwise_xor(bits, others, out=bits)


NOT_IN_PLACE = {np.sign, chosen_bits}  # the first takes a loop several times slower, the second reads its arguments again


class UnrecordableError(Exception):
    """What a function does that cannot be replayed."""


class SwallowedError(Exception):
    """A product that may be NaN where the code has 0, in the hands of what would hide that."""


@dataclass(frozen=True)
class Constant:
    """One number, the same in every place."""

    number: Any


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


Key = int | tuple[Any, ...]  # a node, or a number with its type: 1 and 1.0 and True are one key of a dictionary


@dataclass
class Recording:
    """Operations in their order, each on earlier ones; those of equal names and inputs are one.

    Where it `shortens`, products stand for what the code makes 0 where a factor is 0: `soft` are those, and all that is made of them.
    """

    shortens: bool = True
    soft: set[int] = field(default_factory=set)
    nodes: list[tuple[Any, tuple[Key, ...], np.dtype[Any]]] = field(default_factory=list)
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

    def chosen(self, where: Any, one: Any, other: Any) -> Any:
        """np.where; `where(x == 0, 0, x y)` is x y: where that is no NaN it is 0 anyhow, and a NaN shows in the answers."""
        if not isinstance(where, Symbol):
            key = _key(where)
            return one if isinstance(key, tuple) and key[1] else other
        done, keys, _ = self.nodes[where.node]
        if done is np.equal and _is_zero(keys[1]) and isinstance(keys[0], int) and _is_zero(_key(one)) and isinstance(other, Symbol):
            factor, factors, _ = self.nodes[other.node]
            if self.shortens and factor is np.multiply and keys[0] in factors:
                self.soft.add(other.node)
                return other
        one, other = (x if isinstance(x, Symbol) else _number(x) for x in (one, other))
        if any(isinstance(x, bool) or (isinstance(x, Symbol) and x.sample.dtype != np.float64) for x in (one, other)):
            return (where & one) | (~where & other)
        mask = self.node(as_mask, (where,), lambda truth: truth * 1.0)
        return self.node(chosen_bits, (mask, one, other), lambda truth, x, y: np.where(truth == 1, x, y))


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


@dataclass(frozen=True, eq=False)
class Plan:
    """Steps (operation, places that it takes, place that it writes) over arguments, answers, scratch and constants, in this order.

    A step that writes nothing asks what must be true of a block. Of some arguments a NaN shows in an answer: nothing on the way hides it.
    """

    steps: tuple[tuple[Any, Callable[[list[Any]], tuple[Any, ...]], int | None], ...]
    shows_nan: tuple[bool, ...]
    answers: int
    floats: int
    truths: int
    constants: tuple[Array, ...]  # single numbers, or where these are slow a block of each


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
    return _placed(recording, [x.node for x in answers], len(arguments))


def _leaves(found: Any) -> list[Any]:
    return [y for x in found for y in _leaves(x)] if isinstance(found, tuple) else [found]


def _placed(recording: Recording, answers: Sequence[int], arguments: int) -> Plan:
    """A place for each operation that an answer needs: scratch is used again once its last reader is done, in place where it may be."""
    questions = set(recording.asked.values())
    needed = set(answers) | questions
    for node in range(len(recording.nodes) - 1, -1, -1):
        if node in needed:
            needed.update(key for key in recording.nodes[node][1] if isinstance(key, int))
    last = {key: node for node in sorted(needed) for key in recording.nodes[node][1] if isinstance(key, int)}
    place: dict[int, int] = {node: node for node in range(arguments)}
    place |= {node: arguments + k for k, node in enumerate(answers)}
    scratch: dict[str, list[int]] = {"d": [], "?": []}
    free: dict[str, list[int]] = {"d": [], "?": []}
    steps = []
    for node in sorted(needed - set(range(arguments))):
        done, keys, kind = recording.nodes[node]
        over = {key for key in keys if isinstance(key, int) and last[key] == node and key >= arguments and key not in answers}
        mixed = any(recording.nodes[key][2] != kind for key in keys if isinstance(key, int))  # in place they are copied first
        in_place = done not in NOT_IN_PLACE and not mixed
        released = [(recording.nodes[key][2].char, place[key]) for key in over]
        for name, where in released if in_place else ():
            free[name].append(where)
        if node not in place and node not in questions:
            if not free[kind.char]:
                where = -1 - sum(map(len, scratch.values()))  # counted below, floats before truths
                scratch[kind.char].append(where)
                free[kind.char].append(where)
            place[node] = free[kind.char].pop()
        for name, where in () if in_place else released:
            free[name].append(where)
        steps.append((done, tuple(place[key] if isinstance(key, int) else key for key in keys), place.get(node)))
    order: dict[Any, int] = {where: arguments + len(answers) + k for k, where in enumerate((*scratch["d"], *scratch["?"]))}
    constants: dict[tuple[Any, bool], int] = {}
    before, moved = arguments + len(answers) + len(order), []
    for done, takes, to in steps:
        is_slow = done in SLOW_WITH_ONE_NUMBER
        places = (
            constants.setdefault((x, is_slow), before + len(constants)) if isinstance(x, tuple) else order.get(x, x) for x in takes
        )
        moved.append((done, _taker(*places), order.get(to, to)))
    hides = any(recording.nodes[node][0] in SWALLOW_NAN for node in needed)
    shows_nan = tuple(node in needed and not hides for node in range(arguments))
    numbers = tuple(np.full(BLOCK, x, np.float64) if is_slow else np.asarray(x) for (_, x, _), is_slow in constants)
    return Plan(tuple(moved), shows_nan, len(answers), len(scratch["d"]), len(scratch["?"]), numbers)


def _taker(*places: int) -> Callable[[list[Any]], tuple[Any, ...]]:
    """What takes the arrays of some places from a list of all."""
    return itemgetter(*places) if len(places) > 1 else lambda arrays: (arrays[places[0]],)


def is_finite(x: Array) -> bool:
    """Whether all are, and their sum is."""
    return math.isfinite(np.add.reduce(x))


def is_at_most(x: Array, most: float) -> bool:
    return bool(np.maximum.reduce(x) <= most)


_kept = threading.local()  # scratch that the next call uses again


def replayed(
    plan: Plan, arguments: Sequence[Array], careful: Callable[[int, int], Sequence[Array]], out: Sequence[Array] = ()
) -> list[Array]:
    """The answers, block by block, written to `out` where there is one.

    `careful` answers from one place to another where some answer of a block is not finite.
    """
    size = arguments[0].size
    block = min(BLOCK, size)
    answers = list(out) or [np.empty(size) for _ in range(plan.answers)]
    whole, rest = [*arguments, *answers], _scratch(plan, block)
    for start in range(0, size, block):
        end = min(start + block, size)
        if end - start < block:
            rest = _scratch(plan, end - start)
        places = [x[start:end] for x in whole] + rest
        is_usual = True
        for done, taken, to in plan.steps:
            if to is None:
                if not (is_usual := done(*taken(places))):
                    break
            else:
                done(*taken(places), out=places[to])
        # A sum is finite if all are; finite numbers whose sum overflows are answered again, by other code and no worse.
        if not is_usual or not all(map(math.isfinite, map(np.add.reduce, places[len(arguments) : len(whole)]))):
            for y, right in zip(answers, careful(start, end), strict=True):
                y[start:end] = right
    return answers


def _scratch(plan: Plan, size: int) -> list[Array]:
    """What a plan's steps work on beside arguments and answers: scratch, and constants; made once for calls that are alike."""
    if getattr(_kept, "of", None) != (plan, size):
        floats, truths = getattr(_kept, "arrays", ([], []))
        floats += [np.empty(BLOCK) for _ in range(plan.floats - len(floats))]
        truths += [np.empty(BLOCK, np.bool_) for _ in range(plan.truths - len(truths))]
        own = [x[:size] for x in (*floats[: plan.floats], *truths[: plan.truths])]
        _kept.arrays, _kept.of = (floats, truths), (plan, size)
        _kept.views = own + [x[:size] if x.ndim else x for x in plan.constants]
    views: list[Array] = _kept.views
    return views


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
