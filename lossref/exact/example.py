"""The exact answer to one example: certified, or by mpmath alone; the limit; or NaN.

Every number is settled over enclosures and rounded once. A certified answer is settled over Arb balls, and mpmath at twice the
precision, with its margins, must meet each ball.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from lossref import bits
from lossref.exact.balls import Balls
from lossref.exact.evaluate import Branch, branches
from lossref.exact.floats import Floats
from lossref.exact.limits import limits
from lossref.exact.numbers import Number
from lossref.exact.program import Scope
from lossref.exact.settle import AllowanceOverflowError, Correct, Ends, above, correct, ends_of, meet, settle
from lossref.exact.systems import Base
from lossref.exact.traced import DisagreementError, answered
from lossref.formats import FLOAT64, Format, Rounded
from lossref.spec import Answer, Loss, Part, Values
from lossref.values import flat


def ends_among(numbers: Sequence[Rounded]) -> tuple[float, float]:
    """The least and the greatest of rounded numbers."""
    return bits.as_float(min(numbers)), bits.as_float(max(numbers))


def of_example(
    loss: Loss, values: Values, form: Format, proved: bool, *, scope: Scope = "all", keep: bool = True, capped: bool = False
) -> Answer:
    """The answer to one example, or its value at least; of a loss that is asked only once no recording need be kept."""
    if not are_finite(loss, values):
        return _limit(loss, values, form, proved)
    return _settled(loss, values, form, proved, scope, keep, capped)


def are_finite(loss: Loss, values: Values) -> bool:
    """Whether all arguments are, of one example or of a batch."""
    return all(math.isfinite(x) for name in loss.arguments for x in flat(values[name]))


def _limit(loss: Loss, values: Values, form: Format, proved: bool) -> Answer:
    """At NaN everything is NaN; at infinity it is the limit, where there is one."""
    widths = {name: len(flat(values[name])) for name in loss.differentiable}
    nan = Correct(math.nan)
    pieces = [[nan] * (1 + sum(widths.values()))]
    if not any(math.isnan(x) for name in loss.arguments for x in flat(values[name])):
        systems = (Balls, Floats) if proved else (Floats,)
        pieces, *others = (limits(loss, values, system, lambda base, n: correct(base, n, form), nan) for system in systems)
        if any(repr(pieces) != repr(other) for other in others):  # repr: NaN is NaN
            raise DisagreementError(f"{loss.name} at {dict(values)}: Arb and mpmath give other limits")
    columns = list(zip(*pieces, strict=True))
    gradient, start = {}, 1
    for name, width in widths.items():
        own = columns[start : start + width]
        is_one = all(len({repr(x) for x in column}) == 1 for column in own)
        ends = tuple(ends_among([x.rounded for x in column]) for column in own)
        gradient[name] = part([column[0] for column in own] if is_one else None, [0.0] * width, (0.0,), None if is_one else ends)
        start += width
    return Answer(part(columns[0][:1], [0.0], (0.0,)), gradient)


def _settled(loss: Loss, values: Values, form: Format, proved: bool, scope: Scope, keep: bool, capped: bool) -> Answer:
    """The answer of a loss at finite numbers, over one number system; if a proof is wanted over both, recorded if that can be."""
    if proved and not capped and (traced := answered(loss, values, form, scope, keep=keep)) is not None:
        return traced
    settled: list[tuple[int, list[list[Ends]]]] = []  # where the numbers were; their allowances may take many more bits

    def compute(base: Base) -> Answer | None:
        found = list(branches(loss, values, base, form))
        exactly = list(branches(loss, values, base)) if found[0].exact_ties else []  # those that meet at the point itself
        rounded = [[correct(base, n, form) for n in branch.numbers] for branch in found]
        meeting = [[correct(base, n, form) for n in [branch.value, *branch.gradient]] for branch in exactly]
        if any(x is None for row in rounded + meeting for x in row):
            return None
        settled.append((base.precision, [[ends_of(base, n) for n in branch.numbers] for branch in found]))
        allowed = [[_above(base, n, capped) for n in _sensitivities(branch)] for branch in found]
        if any(x is None for row in allowed for x in row):
            return None
        allowances = [max((x for x in column if x is not None), key=bits.order) for column in zip(*allowed, strict=True)]
        return _assembled(loss, values, [[x for x in row if x] for row in rounded], meeting, allowances)

    found = settle(Balls if proved else Floats, compute)
    if proved:
        precision, ends = settled[0]
        _confirm(loss, values, form, ends, 2 * precision)
    return found


def _above(base: Base, n: Number, capped: bool) -> float | None:
    try:
        return above(base, n)
    except AllowanceOverflowError:
        if not capped:
            raise
        return bits.as_float(FLOAT64.largest)


def _confirm(loss: Loss, values: Values, form: Format, ours: list[list[Ends]], precision: int) -> None:
    """Every number again over mpmath with margins: its enclosure must meet the ball."""

    def compute(base: Base) -> list[list[Ends]]:
        return [[ends_of(base, n) for n in branch.numbers] for branch in branches(loss, values, base, form, allowed=False)]

    theirs = settle(Floats, compute, start=precision)
    if [len(row) for row in ours] != [len(row) for row in theirs] or not all(
        meet(a, b) for row, other in zip(ours, theirs, strict=True) for a, b in zip(row, other, strict=True)
    ):
        raise DisagreementError(f"{loss.name} at {dict(values)}: Arb and mpmath disagree at {precision // 2} bits")


def _assembled(
    loss: Loss, values: Values, answers: Sequence[Sequence[Correct]], meeting: Sequence[Any], allowances: Sequence[float]
) -> Answer:
    """One answer of what all branches say; `meeting` has value and slopes of those that meet at the point itself."""
    width = sum(len(flat(values[name])) for name in loss.differentiable)
    columns = list(zip(*(row[1 : width + 1] for row in answers), strict=True))
    intervals = [ends_among([g.rounded for g in column]) for column in columns]
    is_smooth = all(bits.order(low) == bits.order(high) for low, high in intervals)
    is_met = any(row != meeting[0] for row in meeting)  # a kink at the point itself, or a place where the loss jumps
    gradient, start = {}, 0
    for name in loss.differentiable:
        own = slice(start, start + len(flat(values[name])))
        start = own.stop
        sizes = allowances[width + 2 : 2 * width + 2][own]
        gradient[name] = part(
            None if is_met else answers[0][1 : width + 1][own],
            allowances[1 : width + 1][own],
            (max(sizes, key=bits.order),),
            None if is_smooth else tuple(intervals[own]),
        )
    hessian = {}
    if all(row == answers[0] for row in answers):
        bends = answers[0][width + 1 :]
        hessian[loss.first] = part(bends, [0.0] * len(bends), (max(allowances[2 * width + 2 :], key=bits.order),))
    return Answer(part(answers[0][:1], allowances[:1], (allowances[width + 1],)), gradient, hessian)


def part(
    found: Sequence[Correct] | None, K: Sequence[float], S: tuple[float, ...], interval: tuple[tuple[float, float], ...] | None = None
) -> Part:
    """The components of one part, as floats of the format."""
    rounded = None if found is None else tuple(bits.as_float(c.rounded) for c in found)
    return Part(rounded, None if found is None else tuple(c.residual for c in found), tuple(K), S, interval)


def _sensitivities(branch: Branch) -> list[Number]:
    s = branch.sensitivity
    assert s is not None
    return [s.value_allowance, *s.gradient_allowance, s.value_size, *s.gradient_sizes, *s.hessian_sizes]

