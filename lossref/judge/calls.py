"""The verdict on whole calls: each golden call made, its value and gradient measured like single answers, one grade a part."""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from lossref import catalog, golden
from lossref.callvectors import CallVector
from lossref.formats import Format
from lossref.judge.asking import CHANGED, unfit
from lossref.judge.callconventions import CallConvention, declared_calls
from lossref.judge.errors import Error, Truth, measure
from lossref.judge.grades import LEVELS, grade, meets, worst
from lossref.judge.verdict import Declaration
from lossref.spec import Loss

REGION = "reduction"
PARTS = ("value", "gradient")
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
    declarations: tuple[Declaration, ...] = ()

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
    call: Call,
    vectors: Sequence[CallVector],
    form: Format,
    accepts: Callable[[Mapping[str, Any]], bool] = lambda options: True,
    conventions: Sequence[CallConvention] = (),
) -> CallVerdict:
    """Make every call whose options are accepted, and grade value and gradient by what is declared."""
    loss = catalog.get(vectors[0].loss)
    made = [vector for vector in vectors if accepts(vector.options)]
    expected = declared_calls(loss, conventions, made, form)
    outcomes = [outcome for vector in expected for outcome in _outcomes(call, vector, form)]
    answered = {o.part for o in outcomes if not o.raised.startswith(RAISED)}
    if "value" in answered:  # a target without gradients lacks one where it raised, too
        outcomes = [o for o in outcomes if o.part in answered]
    known = {(): made, tuple(conventions): expected}
    declarations = tuple(_declaration(loss, tuple(conventions), k, known, outcomes, form) for k in range(len(conventions)))
    return CallVerdict(loss.name, tuple(outcomes), len(vectors) - len(made), declarations)


def _declaration(
    loss: Loss,
    conventions: tuple[CallConvention, ...],
    k: int,
    known: dict[tuple[CallConvention, ...], list[CallVector]],
    outcomes: Sequence[CallOutcome],
    form: Format,
) -> Declaration:
    """What a convention costs by itself, and whether the target needs it beside the others; `known` keeps the exact answers."""
    made, sentence = known[()], conventions[k].sentence
    alone, others = conventions[k : k + 1], conventions[:k] + conventions[k + 1 :]
    for chosen in (alone, others):
        if chosen not in known:
            known[chosen] = declared_calls(loss, chosen, made, form)
    shifts = tuple(worst([_measured(true, part, getattr(moved, part), form).grade for part in PARTS])
                   for moved, true in zip(known[alone], made, strict=True))  # fmt: skip
    rest = {v.id: v for v in known[others]}
    without = [(o, _measured(rest[o.vector.id], o.part, o.got, form)) for o in outcomes if not o.raised]
    helps = any(LEVELS.index(o.grade) < LEVELS.index(other.grade) and not meets(other.grade, "B") for o, other in without)
    return Declaration(sentence, shifts, "" if helps else f"{loss.name}: {sentence!r} is declared and not needed")


def arrays_of(vector: CallVector, form: Format) -> dict[str, Any]:
    """The batch as arrays: class indices as int64, numbers in the format."""
    return {name: np.array(x, dtype=np.int64 if isinstance(x[0], int) else form.name) for name, x in vector.batch.items()}


def _outcomes(call: Call, vector: CallVector, form: Format) -> list[CallOutcome]:
    arrays = arrays_of(vector, form)
    first = next(iter(arrays.values())).shape
    shapes = {"value": first[:1] if vector.options["reduction"] == "none" else (), "gradient": first}
    options = {name: np.array(x) if isinstance(x, tuple) else x for name, x in vector.options.items()}
    before = {name: x.tobytes() for name, x in arrays.items()}
    raised, answers = "", {}
    try:
        with np.errstate(all="ignore"), redirect_stdout(sys.stderr), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a target prints or warns is not our report
            returned = zip(PARTS, call(**arrays, **options), strict=True)
            answers = {part: np.asarray(x) for part, x in returned if part == "value" or x is not None}
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever a stranger's code raises is its verdict
        raised = f"{RAISED}{type(error).__name__}: {error}"
    if changed := [name for name, x in arrays.items() if x.tobytes() != before[name]]:
        raised = raised or f"{CHANGED} {changed[0]} in place"
    found = []
    for part in PARTS if raised else answers:
        complaint = raised or unfit(answers[part], shapes[part])
        if complaint:
            found.append(CallOutcome(vector, part, (), (BROKE,) * len(getattr(vector, part)), complaint))
            continue
        found.append(_measured(vector, part, answers[part].astype(np.float64).ravel().tolist(), form))
    return found


def _measured(vector: CallVector, part: str, got: Sequence[float], form: Format) -> CallOutcome:
    errors = (measure(y, t, form) for y, t in zip(got, _truths(vector, part, form), strict=True))
    return CallOutcome(vector, part, tuple(got), tuple(errors))


def _truths(vector: CallVector, part: str, form: Format) -> list[Truth]:
    def exact(x: float, rest: int) -> Any:
        return golden.exact(x, rest, form) if math.isfinite(x) else x

    if part == "value":
        columns = zip(vector.value, vector.value_rest, vector.value_K, vector.value_S, strict=True)
    else:
        sizes = (vector.gradient_S,) * len(vector.gradient)
        columns = zip(vector.gradient, vector.gradient_rest, vector.gradient_K, sizes, strict=True)
    return [Truth(exact(x, rest), x, None, Fraction(k), Fraction(s)) for x, rest, k, s in columns]
