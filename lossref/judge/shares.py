"""The exact answer of one example with the options of its call and what is declared: its share, certified by a kept recording."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from lossref import catalog, questions
from lossref.bits import as_float, as_fraction
from lossref.conventions.formula import Convention, changed
from lossref.conventions.habits import is_bounded
from lossref.exact.answer import answer
from lossref.exact.calls import left_out
from lossref.exact.kinks import at_the_point
from lossref.exact.numbers import NoAnswerError
from lossref.exact.reduce import OF_A_ROW, SHARE, own, share
from lossref.exact.settle import AllowanceOverflowError
from lossref.formats import Format
from lossref.options import DEFAULTS, Options
from lossref.spec import Answer, Loss, Part, Question, Values
from lossref.values import flat, mapped

ANY = (-math.inf, math.inf)  # where no exact answer is certain an answer is held only to being a number
WIDER = 4  # times as many components as a convention is certified for within a second


class Shares:
    """The losses of which a call is the sum, each made once, so that what is recorded of it serves every example."""

    def __init__(self, loss: Loss, conventions: Sequence[Convention], call: Options | None, form: Format) -> None:
        self.loss, self.conventions, self.call, self.form = loss, conventions, call, form
        self._losses: dict[tuple[str, Any], Loss] = {}

    def check_width(self, width: int) -> None:
        """ValueError for an example of more components than can be judged in sensible time under what is declared."""
        for convention in self.conventions:
            if (convention.splits or convention.widest < Convention.widest) and width > WIDER * convention.widest:
                raise ValueError(
                    f"{self.loss.name}: under {convention.sentence!r} examples of up to {WIDER * convention.widest} components are judged, "
                    f"and one of {width} takes too long"
                )

    def answer(
        self, inputs: Values, parameters: Values, extra: Mapping[str, float], is_active: bool, denominator: Fraction, flag: str
    ) -> tuple[Question, Answer]:
        """What is asked of one example, and its exact answer; where none is certain any number is right."""
        question = self._question(inputs, parameters, extra, denominator, flag)
        if not is_active or (self.call is not None and denominator == 0):
            return replace(question, region="ordinary"), left_out(self.loss, inputs)
        weight = as_fraction(extra.get("sample_weight", 1.0)) / denominator
        upstream = as_fraction(extra.get("upstream", 1.0))
        try:
            found = self._answered(question, inputs, parameters, extra.get("pos_weight"), weight, upstream)
        except NoAnswerError as error:
            if not all(map(math.isfinite, flat(inputs))):
                raise ValueError(str(error)) from None
            found = opened(*(len(flat(inputs[name])) for name in self.loss.differentiable), names=self.loss.differentiable)
        if not self.conventions and any(not is_bounded(part) for part in found.gradient.values()):
            names = self.loss.differentiable
            found = Answer(found.value, opened(*(len(flat(inputs[name])) for name in names), names=names).gradient)
        return question, found

    def _question(self, inputs: Values, parameters: Values, extra: Mapping[str, float], denominator: Fraction, flag: str) -> Question:
        """The example as one asks the oracle for it: a call of one where there are options."""
        asked = self.call
        region = questions.of_inputs(self.loss, self.form.name, inputs, {}).region
        if asked is None:
            return Question(self.loss.name, self.form.name, inputs, parameters, region, flag, questions.OWN)
        shown: dict[str, Any] = {"reduction": asked.reduction}
        if asked.reduction == "mean" and denominator:
            bottom = as_float(abs(denominator))
            shown["denominator"] = bottom if as_fraction(bottom) == abs(denominator) else abs(denominator)
        for name in OF_A_ROW:
            if (x := getattr(asked, name)) != DEFAULTS[name]:
                shown[name] = mapped(lambda y: y, x)
        sign = -1 if denominator < 0 else 1
        shown |= {name: x if name == "upstream" else (x,) for name, x in extra.items()}
        if sign < 0:
            shown["sample_weight"] = (-extra.get("sample_weight", 1.0),)
        batch = {name: (x,) for name, x in inputs.items()}
        return Question(self.loss.name, self.form.name, batch, {**parameters, **shown}, region, flag, questions.OWN)

    def _answered(
        self, question: Question, inputs: Values, parameters: Values, positive: float | None, weight: Fraction, upstream: Fraction
    ) -> Answer:
        given: Values = {**inputs, **parameters}
        for convention in self.conventions:
            given = convention.inputs(given, self.form)
        example = {name: given[name] for name in inputs}
        if self.call is not None:
            example = dict(own(self.loss, example, self.call))
        rest = {name: given[name] for name in parameters}
        shares = [{} if self.call is None else {SHARE: factor} for factor in (weight, weight * upstream)]
        losses = [self._of(part, positive) for part in ("value", "gradient")]
        found = self._asked(losses[0], example, {**rest, **shares[0]})
        if losses[0] is not losses[1] or shares[0] != shares[1]:
            found = replace(found, gradient=self._asked(losses[1], example, {**rest, **shares[1]}).gradient)
        if any(convention.narrows for convention in self.conventions):
            found = at_the_point(found, losses[1], example, {**rest, **shares[1]}, self.form)
        for convention in self.conventions:
            found = convention.answer(found, question, self.loss)
        return found

    def _asked(self, loss: Loss, example: Values, chosen: Values) -> Answer:
        try:
            found = answer(loss, example, chosen, self.form)
        except AllowanceOverflowError:  # of golden data these are no vectors, but whoever asks here has an answer all the same
            found = answer(loss, example, chosen, self.form, capped=True)
        if not self.conventions:
            return found
        # Beside a clamped logarithm of 0 not every slope up to infinity is right.
        gradient = {name: part if is_bounded(part) else replace(part, interval=None) for name, part in found.gradient.items()}
        return replace(found, gradient=gradient)

    def _of(self, part: str, positive: float | None) -> Loss:
        """The loss whose part is this one's, under the conventions and with the options."""
        if part == "gradient" and not any(part in c.splits for c in self.conventions):
            part = "value"
        key = (part, positive)
        if key not in self._losses:
            found = changed(self.loss, self.conventions, part, self.form)
            if self.call is not None:
                soft = catalog.get(self.loss.soft_target) if self.loss.soft_target else None
                soft = soft and changed(soft, self.conventions, part, self.form)
                found = share(found, self.call if positive is None else replace(self.call, pos_weight=positive), soft)
            self._losses[key] = found
        return self._losses[key]


def opened(*widths: int, names: Sequence[str] = ()) -> Answer:
    """No certain answer: any number is right."""

    def part(width: int) -> Part:
        return Part(None, None, (0.0,) * width, (0.0,), (ANY,) * width)

    return Answer(part(1), dict(zip(names, map(part, widths), strict=False)))
