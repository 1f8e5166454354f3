"""The one-sided derivatives at a kink itself, where an answer has those within reach of its rounded inputs too."""

from __future__ import annotations

import math
from dataclasses import replace

from lossref import options
from lossref.exact import balls
from lossref.exact.evaluate import branches
from lossref.exact.example import ends_among
from lossref.exact.reduce import whole
from lossref.exact.settle import correct, settle
from lossref.exact.systems import Base
from lossref.formats import Format, Rounded
from lossref.options import Options
from lossref.spec import Answer, Loss, Part, Values
from lossref.values import flat


def at_the_point(answer: Answer, loss: Loss, inputs: Values, chosen: Values, form: Format) -> Answer:
    """The answer with the intervals of the inputs as they are: in a batch one example is at a kink, another only near one."""
    if not any(map(_is_met, answer.gradient.values())):
        return answer
    parameters, call = options.split(chosen)
    values: Values = {**loss.defaults, **parameters, **inputs}
    if call and (reduced := whole(loss, values, Options(**call))):
        loss, values = reduced.upstream, reduced.values

    def compute(base: Base) -> list[list[Rounded]] | None:
        found = [[correct(base, n, form) for n in branch.gradient] for branch in branches(loss, values, base)]
        return None if any(x is None for row in found for x in row) else [[x.rounded for x in row if x] for row in found]

    columns = zip(*settle(balls.strongest(), compute), strict=True)
    ends = iter([ends_among(column) for column in columns])
    gradient = {}
    for name, part in answer.gradient.items():
        own = tuple(next(ends) for _ in part.K)
        gradient[name] = replace(part, interval=own) if _is_met(part) else part
    return replace(answer, gradient=gradient)


def _is_met(part: Part) -> bool:
    return part.rounded is None and part.interval is not None and all(map(math.isfinite, flat(part.interval)))
