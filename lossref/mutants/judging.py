"""A piece of folklore judged: what its code returns beside the exact answer, what the check says, which comparisons let it pass."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from lossref import catalog, golden
from lossref.exact import balls
from lossref.exact.answer import answer
from lossref.exact.example import part
from lossref.exact.settle import correct, settle
from lossref.formats import FLOAT64, Rounded
from lossref.judge.measure import PASSABLE
from lossref.judge.verdict import Verdict, judge
from lossref.mutants.record import Mutant
from lossref.spec import Values

RELATIVE = Fraction(1, 10**7)  # what caught means at the smallest input; nothing absolute is forgiven
LENIENT = {"np.allclose": (1e-5, 1e-8), "gradient check": (1e-3, 1e-5)}  # relative and absolute tolerance


@dataclass(frozen=True)
class Finding:
    """A record judged: the code's answer (None if it raised), the exact one (rationals, infinities), the check's verdict.

    `wrong` says how its worst component, at `place`, is off, and is empty for a right answer; `raised` names an exception.
    """

    record: Mutant
    got: Any
    exact: Any
    wrong: str
    place: tuple[int, ...]
    verdict: Verdict | None
    raised: str = ""

    @cached_property
    def nearest(self) -> Any:
        """The exact answer in float64."""
        return np.vectorize(lambda x: float(FLOAT64.nearest(x)), otypes=[float])(self.exact)

    @property
    def grade(self) -> str | None:
        """The check's grade; None for a fault in the call."""
        if self.verdict is None:
            return None
        return "broke" if self.verdict.broke else self.verdict.parts[self.record.part].headline()

    @property
    def caught(self) -> bool:
        """Wrong at its smallest input, and below B on the golden vectors where a check can call it."""
        return bool(self.wrong) and self.grade not in PASSABLE

    def passes(self, tolerance: str) -> bool:
        """Whether a customary comparison accepts the answer at the smallest input."""
        relative, absolute = LENIENT[tolerance]
        try:
            return self.got is not None and bool(np.allclose(self.got, self.nearest, rtol=relative, atol=absolute))
        except ValueError:  # shapes that do not even broadcast
            return False


def examine(record: Mutant) -> Finding:
    """Call the code at its smallest input and on the golden vectors, and compare; proved where python-flint is installed."""
    exact: Any = np.asarray(record.compare.take(_exact(record)), dtype=object)
    loss = catalog.get(record.loss)
    verdict = judge(loss, record.implementation(), golden.read(loss, FLOAT64), FLOAT64) if record.judged else None
    try:
        with np.errstate(all="ignore"):
            got = np.asarray(record.picked(record.code(**record.given)), dtype=np.float64)
    except Exception as error:  # a known-bad formula may raise anything
        name = type(error).__name__
        return Finding(record, None, exact, f"it raises {name}: {error}", (), verdict, name)
    if got.shape != exact.shape:
        return Finding(record, got, exact, f"it has shape {got.shape}, where {exact.shape} is right", (), verdict)
    place = max(np.ndindex(got.shape), key=lambda i: _error(float(got[i]), exact[i]))
    return Finding(record, got, exact, _complaint(float(got[place]), exact[place]), place, verdict)


def _exact(record: Mutant) -> Any:
    """The exact answers to the question, (examples,) or (examples, components)."""
    if (formula := record.closed_form) is not None:
        found = settle(balls.strongest(), lambda base: correct(base, base.lift(formula(base)), FLOAT64))
        return np.array([part([found], [0.0], (0.0,)).exact(0, FLOAT64)], dtype=object)
    loss = catalog.get(record.loss)

    def exact(point: Values) -> Any:
        inputs = {name: point[name] for name in loss.arguments}
        found = answer(loss, inputs, {name: x for name, x in point.items() if name not in inputs}, FLOAT64)
        whole = found.value if record.part == "value" else found.gradient[loss.first]
        numbers = [whole.exact(i, FLOAT64) for i in range(len(whole))]
        return numbers if record.part == "gradient" and loss.arguments[loss.first].rank else numbers[0]

    return np.array([exact(point) for point in record.question], dtype=object)


def _error(got: float, exact: Rounded) -> float:
    """Relative; infinite where only one of the two is finite, or where the exact answer is 0 and the other is not."""
    if got == exact:
        return 0.0
    if isinstance(exact, float) or not math.isfinite(got) or exact == 0:
        return math.inf
    return float(min(abs(Fraction(got) - exact) / abs(exact), Fraction(FLOAT64.largest)))


def _complaint(got: float, exact: Rounded) -> str:
    if (error := _error(got, exact)) <= RELATIVE:
        return ""
    if math.isnan(got):
        return "it is NaN"
    if math.isfinite(got) == isinstance(exact, float):
        return "it is finite where the answer is infinite" if math.isfinite(got) else "it is infinite where the answer is not"
    return f"it is {got:.6g}, and the answer in float64 is 0" if exact == 0 else f"the relative error is {error:.2g}"
