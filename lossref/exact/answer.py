"""The one way from a question to its exact answer: of one example, or of a call, which is made of its examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lossref import bits, options
from lossref.exact import balls
from lossref.exact.calls import of_call
from lossref.exact.example import of_example
from lossref.exact.numbers import Operand, System
from lossref.exact.settle import correct, settle
from lossref.formats import Format
from lossref.options import Options
from lossref.spec import Answer, Loss, Values
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
        return of_example(loss, values, form, proved, capped=capped)
    return of_call(loss, values, Options(**call), form, proved)


def _lifted(x: Any) -> Any:
    """The same numbers, with a float that the processor may take for 0 as a fraction."""
    return bits.unflushed(x) if isinstance(x, float) else mapped(bits.unflushed, x) if any(map(bits.is_subnormal, flat(x))) else x
