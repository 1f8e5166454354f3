"""The verdict on whole calls: each golden call made, its value and gradient measured like single answers, one grade a part."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from lossref import golden
from lossref.callvectors import CallVector
from lossref.formats import Format
from lossref.judge.errors import Error, Truth, measure
from lossref.judge.grades import LEVELS, grade

REGION = "reduction"
RAISED = "raised "
BROKE = Error(math.inf, math.inf, math.inf, False, True, True, False)
Call = Callable[..., tuple[Any, Any]]  # (value, gradient) from arrays and options by keyword; a gradient of None is not judged


@dataclass(frozen=True)
class CallOutcome:
    """What a target returned for one part of one call; `raised` says how it failed to answer."""

    vector: CallVector
    part: str
    got: tuple[float, ...]
    errors: tuple[Error, ...]
    raised: str = ""

    @property
    def grade(self) -> str:
        return grade(self.errors, REGION)


@dataclass(frozen=True)
class CallVerdict:
    """All outcomes of one loss's calls."""

    loss: str
    outcomes: tuple[CallOutcome, ...]
    refused: int = 0

    def headline(self, part: str, strict: bool = False) -> str | None:
        """The worst grade of a part, None where no call gave it; the ends of the format count only if strict."""
        counted = (o for o in self.outcomes if o.part == part and (strict or o.vector.region == REGION))
        return max((o.grade for o in counted), key=LEVELS.index, default=None)

    def apart(self, region: str) -> str | None:
        """The worst grade of a region beside the headline."""
        return max((o.grade for o in self.outcomes if o.vector.region == region), key=LEVELS.index, default=None)

    def worst(self, strict: bool = False) -> list[CallOutcome]:
        """What is not exact, the worst first."""
        counted = (o for o in self.outcomes if strict or o.vector.region == REGION)
        wrong = [o for o in counted if not all(e.is_exact for e in o.errors)]
        return sorted(wrong, key=lambda o: (-LEVELS.index(o.grade), -max(e.E2 for e in o.errors)))


def judge_calls(
    call: Call, vectors: Sequence[CallVector], form: Format, accepts: Callable[[Mapping[str, Any]], bool] = lambda options: True
) -> CallVerdict:
    """Make every call whose options are accepted, and grade value and gradient."""
    made = [vector for vector in vectors if accepts(vector.options)]
    outcomes = [outcome for vector in made for outcome in _outcomes(call, vector, form)]
    answered = {o.part for o in outcomes if not o.raised.startswith(RAISED)}
    if "value" in answered:  # a target without gradients lacks one where it raised, too
        outcomes = [o for o in outcomes if o.part in answered]
    return CallVerdict(vectors[0].loss, tuple(outcomes), len(vectors) - len(made))


def arrays_of(vector: CallVector, form: Format) -> dict[str, Any]:
    """The batch as arrays: class indices as int64, numbers in the format."""
    return {name: np.array(x, dtype=np.int64 if isinstance(x[0], int) else form.name) for name, x in vector.batch.items()}


def _outcomes(call: Call, vector: CallVector, form: Format) -> list[CallOutcome]:
    truths = {
        "value": _truths(vector.value, vector.value_rest, vector.value_K, vector.value_S, form),
        "gradient": _truths(
            vector.gradient, vector.gradient_rest, vector.gradient_K, (vector.gradient_S,) * len(vector.gradient), form
        ),
    }
    arrays = arrays_of(vector, form)
    first = next(iter(arrays.values())).shape
    shapes = {"value": first[:1] if vector.options["reduction"] == "none" else (), "gradient": first}
    options = {name: np.array(x) if isinstance(x, tuple) else x for name, x in vector.options.items()}
    raised, answers = "", {}
    try:
        with np.errstate(all="ignore"):
            returned = zip(truths, call(**arrays, **options), strict=True)
            answers = {part: np.asarray(x) for part, x in returned if part == "value" or x is not None}
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever a stranger's code raises is its verdict
        raised = f"{RAISED}{type(error).__name__}: {error}"
    found = []
    for part in truths if raised else answers:
        expected = truths[part]
        complaint = raised or _shape_complaint(answers[part], shapes[part])
        if complaint:
            found.append(CallOutcome(vector, part, (), (BROKE,) * len(expected), complaint))
            continue
        got = tuple(float(y) for y in answers[part].astype(np.float64).ravel())
        found.append(CallOutcome(vector, part, got, tuple(measure(y, t, form) for y, t in zip(got, expected, strict=True))))
    return found


def _shape_complaint(answer: Any, shape: tuple[int, ...]) -> str:
    return "" if answer.shape == shape else f"returned shape {answer.shape} where {shape} is wanted"


def _truths(
    rounded: Sequence[float], rests: Sequence[int], allowances: Sequence[float], sizes: Sequence[float], form: Format
) -> list[Truth]:
    def exact(x: float, rest: int) -> Any:
        return golden.exact(x, rest, form) if math.isfinite(x) else x

    columns = zip(rounded, rests, allowances, sizes, strict=True)
    return [Truth(exact(x, rest), x, None, Fraction(k), Fraction(s)) for x, rest, k, s in columns]
