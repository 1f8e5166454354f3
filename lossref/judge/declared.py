"""The vectors of a loss with the answers of the function that a target declares, certified at the same inputs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lossref.exact.numbers import NoValueError
from lossref.exact.settle import UnsettledError
from lossref.formats import Format
from lossref.golden import Vector
from lossref.judge.conventions import Convention, ConventionError
from lossref.spec import Loss, Values

if TYPE_CHECKING:
    from lossref.exact.answers import Certified


def declared(loss: Loss, conventions: Sequence[Convention], vectors: Iterable[Vector], form: Format) -> list[Vector]:
    """The vectors with the answers of the declared function; those that have no certain one are left out."""
    for k, convention in enumerate(conventions):
        if problem := convention.misfit(loss):
            raise ConventionError(f"{loss.name}: {convention.sentence!r} does not fit: {problem}")
        if clash := next((c for c in conventions[:k] if c.kind == convention.kind), None):
            raise ConventionError(f"{loss.name}: {clash.sentence!r} and {convention.sentence!r} cannot both be declared")
    return [found for v in vectors if (found := _redone(loss, conventions, v, form) if conventions else v)]


def _redone(loss: Loss, conventions: Sequence[Convention], v: Vector, form: Format) -> Vector | None:
    if v.region == "special":  # NaN stays NaN; a limit is known for the undeclared function only
        return v if math.isnan(v.value) or all(c.keeps_limits for c in conventions) else None
    narrow = np.size(v.arguments[loss.differentiable]) <= min(c.widest for c in conventions)
    answer = _certified(loss, conventions, {**v.arguments, **v.parameters}, form) if narrow else None
    if answer is None:
        return None
    parts = {"gradient": answer.gradient, "hessian": answer.hessian}
    rounded: dict[str, Any] = {name: part and tuple(float(c.rounded) for c in part) for name, part in parts.items()}
    rests: dict[str, Any] = {f"{name}_rest": part and tuple(c.rest for c in part) for name, part in parts.items()}
    value = float(answer.value.rounded)
    subnormal = any(0 < abs(x) < form.least_normal for x in (value, *(rounded["gradient"] or ())))
    facts: dict[str, Any] = {
        "region": "range" if subnormal or v.region == "range" else "kink" if answer.box else v.region,
        "value": value,
        "value_rest": answer.value.rest,
        "box": answer.box and tuple((float(low), float(high)) for low, high in answer.box),
        "value_K": float(answer.value_allowance),
        "gradient_K": tuple(map(float, answer.gradient_allowance)),
        "value_S": float(answer.value_size),
        "gradient_S": float(answer.gradient_size),
        "hessian_S": float(answer.hessian_size),
    }
    return replace(v, **rounded, **rests, **facts)


def _certified(loss: Loss, conventions: Sequence[Convention], values: Values, form: Format) -> Certified | None:
    """The declared answer: a certificate for the value, and one for each part that is not its derivative; None if undecided."""
    try:
        from lossref.exact.answers import AllowanceOverflowError
        from lossref.exact.certify import certify
    except ModuleNotFoundError as error:
        raise ConventionError(f"declared conventions need python-flint ({error}); try: pip install 'lossref[golden]'") from None
    chosen = sorted(conventions, key=lambda c: c.stage)
    for convention in chosen:
        values = convention.inputs(values, form)
    found = {}
    for part in {"value"}.union(*(c.splits for c in chosen)):
        definition = loss.definition
        for convention in reversed(chosen):
            definition = convention.definition(definition, part, form)
        try:
            found[part] = certify(replace(loss, definition=definition), values, form)
        except (UnsettledError, AllowanceOverflowError, NoValueError):
            return None
    value, slope = found["value"], found.get("gradient", found["value"])
    bend = found.get("hessian", slope)
    answer = replace(slope, value=value.value, value_allowance=value.value_allowance, value_size=value.value_size)
    answer = replace(answer, hessian=bend.hessian, hessian_size=bend.hessian_size)
    if any(math.isinf(end) for ends in answer.box or () for end in ends):
        answer = replace(answer, box=None)  # beside a clamped logarithm of 0: not every slope up to infinity is right
    for convention in chosen:
        answer = convention.answer(answer, form)
    return answer
