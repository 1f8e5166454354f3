"""Certified answers: every number of a point settled over Arb balls, then confirmed by mpmath at twice the precision."""

from __future__ import annotations

from collections.abc import Callable

from lossref.exact.answers import Certified, answer_over
from lossref.exact.balls import Balls
from lossref.exact.base import Base
from lossref.exact.evaluate import branches
from lossref.exact.floats import Floats
from lossref.exact.numbers import Operand, System
from lossref.exact.settle import Ends, correct, ends_of, meet, settle
from lossref.formats import Format
from lossref.spec import Loss, Values


class DisagreementError(ArithmeticError):
    """mpmath and Arb enclose different numbers: one of them, or this code, is wrong."""


def nearest(formula: Callable[[System], Operand], form: Format) -> float:
    """The correctly rounded value of a closed form."""
    return float(settle(Balls, lambda base: correct(base, base.lift(formula(base)), form)).rounded)


def certify(loss: Loss, values: Values, form: Format) -> Certified:
    """The certified answer; raises UnsettledError, DisagreementError, AllowanceOverflowError or NoValueError, never guesses."""
    precision, ends, answer = answer_over(Balls, loss, values, form)
    _vote(loss, values, form, ends, 2 * precision)
    return answer


def _vote(loss: Loss, values: Values, form: Format, ours: list[list[Ends]], precision: int) -> None:
    """Every number again over mpmath with margins: its enclosure must meet the ball."""

    def compute(base: Base) -> list[list[Ends]]:
        return [[ends_of(base, n) for n in branch.numbers] for branch in branches(loss, values, base, form)]

    theirs = settle(Floats, compute, start=precision)
    if [len(row) for row in ours] != [len(row) for row in theirs] or not all(
        meet(a, b) for row, other in zip(ours, theirs, strict=True) for a, b in zip(row, other, strict=True)
    ):
        raise DisagreementError(f"{loss.name} at {dict(values)}: Arb and mpmath disagree at {precision // 2} bits")


