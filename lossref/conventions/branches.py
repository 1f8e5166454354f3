"""Conventions of code that computes another formula beyond a point that it names: thresholds, turned angles, clipped probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal

from lossref.bits import as_fraction
from lossref.conventions.formula import Bound, Convention, Definition, spelled
from lossref.exact.numbers import Number, System
from lossref.formats import Format
from lossref.options import CLASS, PROBABILITY
from lossref.spec import Loss


@dataclass(frozen=True)
class Itself(Convention):
    """A function of one number that is that number beyond `at`, rounded to the format: torch's softplus above its threshold."""

    argument: str
    side: Literal["above", "below"]
    at: Fraction

    @property
    def sentence(self) -> str:
        return f"{self.argument} itself {self.side} {spelled(self.at)}"

    @property
    def kind(self) -> str:
        return f"itself {self.side}"

    def misfit(self, loss: Loss) -> str:
        space = loss.arguments.get(self.argument)
        is_of_one_number = len(loss.arguments) == 1 and space is not None and not space.axes and not space.is_discrete
        return "" if is_of_one_number else f"it is no function of one number {self.argument}"

    def definition(self, inner: Definition, part: str, form: Format) -> Definition:
        at = as_fraction(form.nearest(self.at))
        side = 1 if self.side == "above" else -1

        def branched(m: System, **values: Any) -> Number:
            x = m.lift(values[self.argument])  # code compares what it was given, so that the exact order decides
            return x if m.sign(side * (x - at)) > 0 else inner(m, **values)

        return branched


@dataclass(frozen=True)
class AngularMargin(Convention):
    """What ArcFace's code has for the cosine c of the target where adding the margin no longer lowers it.

    `linear` is c - m sin m past an angle of pi - m; `easy` is c itself past a right angle.
    """

    rule: Literal["linear", "easy"]
    kind: ClassVar[str] = "angular margin"
    stage: ClassVar[int] = 1  # inside of a clip of the cosines

    @property
    def sentence(self) -> str:
        return "the cosine itself past a right angle" if self.rule == "easy" else "the cosine less m sin m past an angle of pi - m"

    def misfit(self, loss: Loss) -> str:
        margin, first = loss.parameters.get("margin"), loss.arguments[loss.first]
        is_angular = first.kind == "cosines" and margin is not None and margin.space.kind == "angle" and "scale" in loss.parameters
        return "" if is_angular else "it has no margin that is added to an angle"

    def definition(self, inner: Definition, part: str, form: Format) -> Definition:
        def branched(m: System, cosines: Any, target: int, margin: Any, scale: Any) -> Number:
            c = cosines[target]
            if m.sign(c if self.rule == "easy" else c + m.cos(margin)) > 0:
                return m.lift(inner(m, cosines=cosines, target=target, margin=margin, scale=scale))
            less = m.lift(0) if self.rule == "easy" else margin * m.sin(margin)
            logits = [scale * (x - less if j == target else x) for j, x in enumerate(cosines)]
            return m.lift(m.log(m.sum(m.exp(z) for z in logits)) - logits[target])

        return branched


@dataclass(frozen=True)
class ClipShare(Convention):
    """The probability that the library's own sigmoid, or softmax at the target, makes of logits, cut to [low, high] before the logarithm.

    The gradient outside is 0, the derivative of the cut.
    """

    function: Literal["sigmoid", "softmax"]
    low: Bound
    high: Bound
    kind: ClassVar[str] = "clip share"
    cuts: ClassVar[bool] = True

    @property
    def sentence(self) -> str:
        return f"clip {self.function} to [{self.low}, {self.high}]"

    def misfit(self, loss: Loss) -> str:
        space, kind = loss.arguments[loss.first], PROBABILITY if self.function == "sigmoid" else CLASS
        is_of_logits = loss.first == "logits" and loss.target == kind and space.rank == (self.function == "softmax")
        return "" if is_of_logits else f"it takes no {self.function} of logits for the probability of one label"

    def definition(self, inner: Definition, part: str, form: Format) -> Definition:
        low, high = self.low.of(form), self.high.of(form)

        def of_sigmoid(m: System, logits: Any, **others: Any) -> Number:
            z = m.lift(logits)  # the sigmoid is cut where its argument is
            z = m.min(z, m.log(high) - m.log(1 - high)) if high < 1 else z
            z = m.max(z, m.log(low) - m.log(1 - low)) if low > 0 else z
            return m.lift(inner(m, logits=z, **others))

        def of_softmax(m: System, logits: Any, target: int, **others: Any) -> Number:
            share = m.exp(logits[target]) / m.sum(m.exp(z) for z in logits)
            if low < share < high:
                return m.lift(inner(m, logits=logits, target=target, **others))
            share = m.lift(low if share <= low else high)  # two classes have the same: what is cut sees nothing else
            return m.lift(inner(m, logits=[m.log(share), m.log(1 - share)], target=0, **others))

        return of_sigmoid if self.function == "sigmoid" else of_softmax
