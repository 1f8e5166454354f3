"""Recordings that are kept: found by what they hold for, made where there is none, the least recently used forgotten first."""

from __future__ import annotations

import hashlib
from array import array
from collections import OrderedDict
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeVar

from lossref.exact.balls import one_at_a_time
from lossref.exact.program import ElsewhereError, Program, Scope
from lossref.exact.record import alike
from lossref.exact.tape import HandedOverError
from lossref.spec import Loss, Values
from lossref.uncollected import uncollected
from lossref.values import flat, plain, shape

PATHS = 16  # recordings kept of one definition at one shape
NODES = 1_000_000  # recorded operations that are kept in all
UNFIT = 64  # what is remembered of definitions that cannot be recorded

T = TypeVar("T")


class Recordings:
    """Programs by loss, shape, labels and exact zeros, the least recently used forgotten first."""

    def __init__(self, nodes: int = NODES) -> None:
        self.nodes = nodes
        self._kept: OrderedDict[Any, tuple[Loss, list[Program]]] = OrderedDict()
        self._unfit: dict[Any, Loss] = {}
        self._size = 0

    def find(self, loss: Loss, key: Any, values: Values, scope: Scope, run: Callable[[Program], T], *, keep: bool = True) -> T:
        """What `run` makes of the first program that holds at these values, recorded now if none does."""
        with one_at_a_time:  # Arb's lock, which is held while a program runs anyway
            whole = (id(loss), scope, key)
            if self._unfit.get(whole) is loss:
                raise HandedOverError("a definition that cannot be recorded")
            owner, programs = self._kept.get(whole, (None, []))
            if owner is loss:
                self._kept.move_to_end(whole)
                for k, program in enumerate(programs):
                    try:
                        found = run(program)
                    except ElsewhereError:
                        continue
                    programs.insert(0, programs.pop(k))
                    return found
            program = self._recorded(whole, loss, values, scope)
            try:
                found = run(program)
            except ElsewhereError:
                raise HandedOverError("a recording that does not hold where it was made") from None
            if keep:
                self._keep(whole, loss, program)
            return found

    def _recorded(self, whole: Any, loss: Loss, values: Values, scope: Scope) -> Program:
        try:
            with uncollected():
                return Program(loss, values, scope)
        except ArithmeticError as error:
            raise HandedOverError(str(error)) from error
        except Exception as error:  # whatever is wrong with it, or special about it, the jets say so
            if len(self._unfit) >= UNFIT:
                self._unfit.clear()
            self._unfit[whole] = loss
            raise HandedOverError("a definition that cannot be recorded") from error

    def _keep(self, whole: Any, loss: Loss, program: Program) -> None:
        owner, programs = self._kept.get(whole, (loss, []))
        if owner is not loss:
            self._forget(whole)
            programs = []
        self._kept[whole] = (loss, [program, *programs][:PATHS])
        self._size += program.size - sum(p.size for p in programs[PATHS - 1 :])
        while self._size > self.nodes and self._kept:
            self._forget(next(iter(self._kept)))

    def _forget(self, whole: Any) -> None:
        _, programs = self._kept.pop(whole)
        self._size -= sum(program.size for program in programs)


def given(loss: Loss, values: Values) -> tuple[list[float | Fraction], Any]:
    """The numbers that a program runs on, and what else belongs to the recording: shapes, labels, exact zeros, edges."""
    inputs: list[float | Fraction] = []
    key: list[Any] = []
    for name in (*loss.arguments, *loss.parameters):
        x, space = values[name], loss.arguments.get(name)
        if space is not None and space.is_discrete:
            key.append(plain(x))
            continue
        special = (0, *space.ends) if space is not None and space.ends_are_exact else (0,)
        if type(x) is float or type(x) is Fraction:
            key.append(x if x in special else None)
            inputs.append(x)
            continue
        numbers = flat(x)
        if not all(isinstance(y, (float, Fraction)) for y in numbers):
            raise HandedOverError("whole numbers among the real ones")
        key.append((shape(x), frozenset(special).isdisjoint(numbers) or tuple((i, y) for i, y in enumerate(numbers) if y in special)))
        inputs += numbers
    equal = alike(inputs)
    return inputs, (*key, hashlib.sha256(array("q", equal).tobytes()).digest() if equal else None)
