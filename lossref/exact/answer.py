"""The one way from a question to its exact answer: certified, or by mpmath alone; the limit; or NaN.

Every number is settled over enclosures and rounded once. A certified answer is settled over Arb balls, and mpmath at twice the
precision, with its margins, must meet each ball.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from lossref import bits, options
from lossref.exact import balls
from lossref.exact.balls import Balls
from lossref.exact.evaluate import Branch, branches
from lossref.exact.floats import Floats
from lossref.exact.limits import limits
from lossref.exact.numbers import Number, Operand, System
from lossref.exact.program import Scope
from lossref.exact.reduce import Whole, whole
from lossref.exact.settle import AllowanceOverflowError, Correct, Ends, above, correct, ends_of, meet, settle
from lossref.exact.systems import Base
from lossref.exact.traced import DisagreementError, answered
from lossref.formats import FLOAT64, Format, Rounded
from lossref.options import EMPTY, Options
from lossref.spec import Answer, Loss, Part, Values
from lossref.values import flat, mapped


def nearest(formula: Callable[[System], Operand], form: Format) -> float:
    """The correctly rounded value of a closed form."""
    return bits.as_float(settle(balls.strongest(), lambda base: correct(base, base.lift(formula(base)), form)).rounded)


def answer(loss: Loss, inputs: Values, chosen: Values, form: Format, *, proved: bool | None = None, capped: bool = False) -> Answer:
    """The exact answer to a question, by its inputs and options, with what judging allows around it; proved where python-flint is
    installed, unless `proved` says otherwise. An allowance that overflows is the largest number where they are `capped`.

    Raises NoAnswerError where there is none, with a sentence, and never guesses: beyond the cap of the precision, where an
    allowance overflows, at a point that has no value, at an infinite input whose limit the rule does not tell. Raises DisagreementError
    where Arb and mpmath differ, and ModuleNotFoundError where a proof is wanted and python-flint is not installed.
    """
    proved = balls.INSTALLED if proved is None else proved
    parameters, call = options.split(chosen)
    values = {name: _lifted(x) for name, x in {**loss.defaults, **parameters, **inputs}.items()}
    if not call:
        return _alone(loss, values, form, proved, keep=True, capped=capped)
    asked = Options(**call)
    reduced = whole(loss, values, asked)
    return _nothing(loss, inputs, asked) if reduced is None else _of_a_call(loss, reduced, form, proved)


def _lifted(x: Any) -> Any:
    """The same numbers, with a float that the processor may take for 0 as a fraction."""
    return bits.unflushed(x) if isinstance(x, float) else mapped(bits.unflushed, x) if any(map(bits.is_subnormal, flat(x))) else x


def ends_among(numbers: Sequence[Rounded]) -> tuple[float, float]:
    """The least and the greatest of rounded numbers."""
    return bits.as_float(min(numbers)), bits.as_float(max(numbers))


def _alone(
    loss: Loss, values: Values, form: Format, proved: bool, *, scope: Scope = "all", keep: bool = False, capped: bool = False
) -> Answer:
    """The answer to one example, or its value at least; of a loss that is asked only once, a call, no recording is kept."""
    numbers = [x for name in loss.arguments for x in flat(values[name])]
    if not all(map(math.isfinite, numbers)):
        return _limit(loss, values, form, proved)
    return _settled(loss, values, form, proved, scope, keep, capped)


def _of_a_call(loss: Loss, reduced: Whole, form: Format, proved: bool) -> Answer:
    """The answer to a call: of each of its values, and the gradient of what comes after in all of them."""
    sloped = _alone(reduced.upstream, reduced.values, form, proved)
    terms = [
        (sloped if term is reduced.upstream else _alone(term, reduced.values, form, proved, scope="value")).value for term in reduced.terms
    ]
    columns: dict[str, Any] = {name: tuple(getattr(term, name)[0] for term in terms) for name in ("rounded", "residual", "K", "S")}
    return Answer(Part(**columns), sloped.gradient, sloped.hessian)


def _nothing(loss: Loss, inputs: Values, asked: Options) -> Answer:
    """A mean over nothing has the value that the option `empty` names, and slopes of 0."""

    def zeros(name: str) -> Part:
        width = len(flat(inputs[name]))
        return Part((0.0,) * width, (0,) * width, (0.0,) * width, (0.0,))

    return Answer(Part((EMPTY[asked.empty],), (0,), (0.0,), (0.0,)), {name: zeros(name) for name in loss.differentiable})


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

