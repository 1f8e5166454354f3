"""The exact answer to a call: its slopes are those of its examples' shares, and its value is the sum of theirs, rounded once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from lossref import bits
from lossref.exact import margins, traced
from lossref.exact.balls import Balls
from lossref.exact.evaluate import branches
from lossref.exact.example import are_finite, of_example, part
from lossref.exact.floats import Floats
from lossref.exact.margins import Near
from lossref.exact.numbers import NoAnswerError, Number
from lossref.exact.program import Found, Program
from lossref.exact.recordings import given
from lossref.exact.reduce import SHARE, Share, Whole, shares, whole
from lossref.exact.rounding import ulp
from lossref.exact.settle import above, correct, settle
from lossref.exact.systems import Base
from lossref.exact.tape import HandedOverError
from lossref.formats import Format
from lossref.options import EMPTY, Options
from lossref.spec import Answer, Loss, Part, Values
from lossref.values import flat


def of_call(loss: Loss, values: Values, asked: Options, form: Format, proved: bool) -> Answer:
    """The answer to a call with a batch."""
    reduced = whole(loss, values, asked)
    if reduced is None:  # a mean over nothing has the value that the option `empty` names, and slopes of 0
        return Answer(Part((EMPTY[asked.empty],), (0,), (0.0,), (0.0,)), left_out(loss, values).gradient)
    if are_finite(loss, reduced.values):
        try:
            if (found := _of_shares(loss, shares(loss, values, asked), form, proved, is_reduced=asked.reduction != "none")) is not None:
                return found
        except NoAnswerError:
            pass  # a share's own value is not needed: it may be too near a middle where the sum is not
    return _as_one(reduced, form, proved)


def _of_shares(loss: Loss, made_of: Sequence[Share], form: Format, proved: bool, *, is_reduced: bool) -> Answer | None:
    """The answer to a call by its examples' shares; None where one of them jumps, whose slopes on either side are not told."""
    sloped = [_of_share(share, share.slope, form, proved) for share in made_of]
    if any(not x.is_judged for answer in sloped for x in answer.gradient.values()):
        return None
    if is_reduced:
        value = _sum([_Term(share, form, proved) for share in made_of if share.value], form, proved)
    else:
        each = zip(made_of, sloped, strict=True)
        valued = [own if share.value == share.slope else _of_share(share, share.value, form, proved) for share, own in each]
        value = _appended([answer.value for answer in valued])
    return Answer(value, *_derivatives(loss, sloped))


def _as_one(reduced: Whole, form: Format, proved: bool) -> Answer:
    """A call as one function of the batch: at infinite inputs, where it goes to a limit, and where its shares do not tell the answer."""
    sloped = of_example(reduced.upstream, reduced.values, form, proved, keep=False)
    terms = [
        sloped if term is reduced.upstream else of_example(term, reduced.values, form, proved, scope="value", keep=False)
        for term in reduced.terms
    ]
    return Answer(_appended([term.value for term in terms]), sloped.gradient, sloped.hessian)


def _of_share(share: Share, factor: Fraction, form: Format, proved: bool) -> Answer:
    """The answer to one share."""
    return of_example(share.loss, {**share.values, SHARE: factor}, form, proved) if factor else left_out(share.loss, share.values)


def left_out(loss: Loss, values: Values) -> Answer:
    """What adds nothing: zeros, of one example or of all of a batch."""
    zeros = {name: _zeros(len(flat(values[name]))) for name in loss.differentiable}
    return Answer(_zeros(1), zeros, {loss.first: zeros[loss.first]})


def _zeros(width: int) -> Part:
    return Part((0.0,) * width, (0,) * width, (0.0,) * width, (0.0,))


def _derivatives(loss: Loss, answers: Sequence[Answer]) -> tuple[dict[str, Part], dict[str, Part]]:
    """Gradient and Hessian of all examples: where one is at a kink all slopes are intervals, and where one has no bends none has."""
    columns = {name: [answer.gradient[name] for answer in answers] for name in loss.differentiable}
    slopes = [x for column in columns.values() for x in column]
    is_met, is_smooth = any(x.rounded is None for x in slopes), not any(x.interval for x in slopes)
    gradient = {}
    for name, parts in columns.items():
        found = _appended(parts)
        ends = None if is_smooth else tuple(pair for x in parts for pair in x.interval or ((y, y) for y in x.rounded or ()))
        gradient[name] = replace(found, S=(max(found.S),), interval=ends)
        if is_met:
            gradient[name] = replace(gradient[name], rounded=None, residual=None)
    if not all(answer.hessian for answer in answers):
        return gradient, {}
    bends = _appended([answer.hessian[loss.first] for answer in answers])
    return gradient, {loss.first: replace(bends, S=(max(bends.S),))}


def _appended(parts: Sequence[Part]) -> Part:
    """The components of one part after those of the other."""
    columns = {name: tuple(y for x in parts for y in getattr(x, name) or ()) for name in ("rounded", "residual", "K", "S")}
    return Part(**columns)


class _Term:
    """The value of one share, over one number system after the other: by the recording that holds there, or by the jets."""

    def __init__(self, share: Share, form: Format, proved: bool) -> None:
        self.loss, self.values, self.form = share.loss, {**share.values, SHARE: share.value}, form
        self._program: Program | None = None
        self._by_jets = not proved
        self._inputs: list[float | Fraction] = []

    def over(self, base: Base) -> list[tuple[Number, Number, Number]]:
        """The value, its K and S; of each branch at a kink."""
        self._program = None
        if not self._by_jets and base.precision <= traced.LIMIT:
            try:
                return [self._recorded(base)]
            except HandedOverError:
                self._by_jets = True
        found = branches(self.loss, self.values, base, self.form, order=1)
        return [(branch.value, s.value_allowance, s.value_size) for branch in found if (s := branch.sensitivity)]

    def near(self, base: Base) -> Near | float:
        """The value over mpmath; an infinity is one."""
        if self._program is not None:
            return self._program.margins(self._inputs, base.precision)[0]
        value = base.near(next(branches(self.loss, self.values, base, self.form, order=1, allowed=False)).value.data)
        return value if isinstance(value, float) else margins.of(value, base.precision)

    def _recorded(self, base: Base) -> tuple[Number, Number, Number]:
        self._inputs, key = given(self.loss, self.values)
        ulps = [ulp(x, self.form) for x in self._inputs]

        def run(program: Program) -> tuple[Program, Found]:
            return program, program.balls(self._inputs, ulps, base.precision)

        program, found = traced.RECORDINGS.find(self.loss, key, self.values, "all", run)
        numbers = found.numbers[0], found.allowances[0], found.value_size[0]
        if not all(x.is_finite() for x in numbers):
            raise HandedOverError("an infinity")
        self._program = program
        value, allowance, size = (Number(base, x) for x in numbers)
        return value, allowance, size


def _sum(terms: Sequence[_Term], form: Format, proved: bool) -> Part:
    """The value of a call: the enclosures are added, and the sum is rounded."""
    if not terms:
        return _zeros(1)

    def compute(base: Base) -> Part | None:
        rows = [term.over(base) for term in terms]
        value = base.sum(row[0][0] for row in rows)
        found, allowed = correct(base, value, form), [_largest(base, [[branch[k] for branch in row] for row in rows]) for k in (1, 2)]
        if found is None or None in allowed:
            return None
        if proved and not settle(Floats, partial(_is_confirmed, terms, base.near(value.data)), start=2 * base.precision):
            raise traced.DisagreementError(f"{terms[0].loss.name}: Arb and mpmath disagree at {base.precision} bits")
        return part([found], [allowed[0] or 0.0], (allowed[1] or 0.0,))

    return settle(Balls if proved else Floats, compute)


def _is_confirmed(terms: Sequence[_Term], ours: Any, base: Base) -> bool:
    """Whether the sum over mpmath meets the ball, or is the same infinity."""
    theirs = [term.near(base) for term in terms]
    infinite = {x for x in theirs if isinstance(x, float)}
    if infinite or isinstance(ours, float):
        return infinite == {ours}
    return traced.meets(ours, margins.total([x for x in theirs if isinstance(x, Near)]))


def _largest(base: Base, rows: Sequence[Sequence[Number]]) -> float | None:
    """The float64 above the largest sum in which one example is on one of its branches and all others are where they are."""
    firsts = [row[0] for row in rows]
    moved = [(own, number) for own, row in enumerate(rows) for number in row[1:]]
    sums = [base.sum(firsts), *(base.sum([*firsts[:own], number, *firsts[own + 1 :]]) for own, number in moved)]
    found = [above(base, n) for n in sums]
    return None if None in found else max((x for x in found if x is not None), key=bits.order)
