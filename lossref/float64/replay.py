"""Operations on blocks of numbers, placed in scratch and done block by block; and each block asked whether it is an ordinary one."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Key = int | tuple[Any, ...]  # an operation, or a number with its type: 1 and 1.0 and True are one key of a dictionary
Operation = tuple[Any, tuple[Key, ...], np.dtype[Any]]  # what is done, to what, and the type of the result
BLOCK = 1 << 14  # numbers that are worked on at a time
NOT_IN_PLACE = {np.sign}  # on its own argument it takes a loop several times slower
SLOW_WITH_ONE_NUMBER = {np.maximum, np.minimum}  # which have no vector code for an array and one number
HAND_ON = {  # of these a number that is not finite makes one that is not finite, whatever the others are
    np.add: (0, 1), np.subtract: (0, 1), np.multiply: (0, 1), np.divide: (0,), np.negative: (0,), np.absolute: (0,), np.square: (0,),
}  # fmt: skip
_kept = threading.local()  # scratch that the next call uses again


def as_mask(truth: Array, *, out: Array) -> None:
    """For each truth value 64 bits that are all set, or none."""
    np.negative(truth.view(np.int8), out=out.view(np.int64))


def bits_of_both(one: Array, other: Array, *, out: Array) -> None:
    """The bits that are set in both."""
    np.bitwise_and(one.view(np.int64), other.view(np.int64), out=out.view(np.int64))


def bits_of_one(one: Array, other: Array, *, out: Array) -> None:
    """The bits that are set in one of them alone."""
    np.bitwise_xor(one.view(np.int64), other.view(np.int64), out=out.view(np.int64))


def is_finite(x: Array) -> bool:
    """Whether all are, and their sum is."""
    return math.isfinite(np.add.reduce(x))


def is_at_most(x: Array, most: float) -> bool:
    return bool(np.maximum.reduce(x) <= most)


@dataclass(frozen=True, eq=False)
class Plan:
    """Steps (operation, places that it takes, place that it writes) over arguments, answers, scratch and constants, in this order.

    A step that writes nothing asks what must be true of a block. Of some arguments a NaN shows in an answer: nothing on the way hides it.
    """

    steps: tuple[tuple[Any, Callable[[list[Any]], tuple[Any, ...]], int | None], ...]
    guards: tuple[int, ...]  # the places of the answers of which not all are finite wherever something was not
    shows_nan: tuple[bool, ...]
    floats: int
    truths: int
    constants: tuple[Array, ...]  # single numbers, or where these are slow a block of each


def placed(nodes: Sequence[Operation], answers: list[int], questions: set[int], arguments: int, hides_nan: set[Any]) -> Plan:
    """A place for each operation that an answer needs: scratch is used again once its last reader is done, in place where it may be.

    What is no answer and no question, nor needed for one, is left out.
    """
    guarded = [node for k, node in enumerate(answers) if not _is_safe(nodes, node, handed_on(nodes, answers[:k] + answers[k + 1 :]))]
    shown = handed_on(nodes, guarded)
    asked = {node for node in questions if not (nodes[node][0] is is_finite and nodes[node][1][0] in shown)}
    needed = set(answers) | asked
    for node in range(len(nodes) - 1, -1, -1):
        if node in needed:
            needed.update(key for key in nodes[node][1] if isinstance(key, int))
    last = {key: node for node in sorted(needed) for key in nodes[node][1] if isinstance(key, int)}
    place: dict[int, int] = {node: node for node in range(arguments)}
    place |= {node: arguments + k for k, node in enumerate(answers)}
    scratch: dict[str, list[int]] = {"d": [], "?": []}
    free: dict[str, list[int]] = {"d": [], "?": []}
    steps = []
    for node in sorted(needed - set(range(arguments))):
        done, keys, kind = nodes[node]
        over = {key for key in keys if isinstance(key, int) and last[key] == node and key >= arguments and key not in answers}
        mixed = any(nodes[key][2] != kind for key in keys if isinstance(key, int))  # in place they are copied first
        in_place = done not in NOT_IN_PLACE and not mixed
        released = [(nodes[key][2].char, place[key]) for key in over]
        for name, where in released if in_place else ():
            free[name].append(where)
        if node not in place and node not in asked:
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
    hides = any(nodes[node][0] in hides_nan for node in needed)
    shows_nan = tuple(node in needed and not hides for node in range(arguments))
    numbers = tuple(np.full(BLOCK, x, np.float64) if is_slow else np.asarray(x) for (_, x, _), is_slow in constants)
    guards = tuple(place[node] for node in guarded)
    return Plan(tuple(moved), guards, shows_nan, len(scratch["d"]), len(scratch["?"]), numbers)


def handed_on(nodes: Sequence[Operation], answers: Sequence[int]) -> set[int]:
    """The operations that make one of these answers other than finite wherever they are so themselves."""
    found = set(answers)
    for node in range(len(nodes) - 1, -1, -1):
        done, keys, _ = nodes[node]
        if node in found:
            found.update(key for k in HAND_ON.get(done, ()) if isinstance(key := keys[k], int))
    return found


def _is_safe(nodes: Sequence[Operation], node: int, shown: set[int]) -> bool:
    """Whether it is finite where the others are: a sign, or a number between two ends, of what would show in another answer."""
    ends = set()
    while nodes[node][0] in (np.minimum, np.maximum):
        done, keys, _ = nodes[node]
        inner = [key for key in keys if isinstance(key, int)]
        if len(inner) != 1:
            return False
        ends.add(done)
        node = inner[0]
    if len(ends) == 2:
        return node in shown
    done, keys, _ = nodes[node]
    return not ends and done is np.sign and keys[0] in shown


def _taker(*places: int) -> Callable[[list[Any]], tuple[Any, ...]]:
    """What takes the arrays of some places from a list of all."""
    return itemgetter(*places) if len(places) > 1 else lambda arrays: (arrays[places[0]],)


def replay(
    plan: Plan, arguments: Sequence[Array], answers: Sequence[Array], careful: Callable[[int, int], Sequence[Array]]
) -> None:
    """Write the answers, block by block; `careful` answers from one place to another where some answer of a block is not finite."""
    size = arguments[0].size
    block = min(BLOCK, size)
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
        if not (is_usual and all(is_finite(places[guard]) for guard in plan.guards)):
            for y, right in zip(answers, careful(start, end), strict=True):
                y[start:end] = right


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


