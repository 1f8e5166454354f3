"""Which known-bad formula returns the same wrong numbers: the most telling cause there is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from lossref import golden
from lossref.formats import Format
from lossref.judge.ask import array
from lossref.judge.outcome import Finding
from lossref.mutants import of_loss
from lossref.spec import Loss
from lossref.values import shape

ENOUGH = 64  # failing numbers that are compared


def same_as(failing: Sequence[Finding], loss: Loss, form: Format) -> list[str]:
    """The one known-bad formula that returns the same wrong numbers: it accounts for 99% of each error.

    Where several do, the points do not tell their faults apart, nor from rounding.
    """
    failing = [f for f in failing if not f.vector.question.is_call]
    if not failing or form.name not in golden.SHIPPED_FORMATS:
        return []
    first = failing[0].vector.question
    kind = _kind(failing[0])
    alike = [f for f in failing if _kind(f) == kind][:ENOUGH]
    batch = {name: array([f.vector.question.inputs[name] for f in alike], form) for name in loss.arguments}
    matching = []
    for record in of_loss(loss.name):
        if not record.id or not record.judged or record.part != failing[0].part:
            continue
        implementation = record.implementation()
        if implementation.takes(first):
            continue
        try:
            with np.errstate(all="ignore"):
                returned = implementation.parts[record.part](**batch, **first.options)
                found = np.asarray(returned, np.float64).reshape(len(alike), -1)
            same = all(_accounts(row[f.i], f) for row, f in zip(found, alike, strict=True))
        except Exception:  # a known-bad formula may raise anything
            continue
        if same:
            matching.append(record)
    if len(matching) != 1:
        return []
    (record,) = matching
    return [f"known-bad formula {record.id} returns the same ({record.claim}): {record.why}"]


def _kind(f: Finding) -> tuple[Any, ...]:
    """Findings of one kind were asked in one batch: the shapes of their inputs, and their options."""
    question = f.vector.question
    return (*map(shape, question.inputs.values()), *question.options.items())


def _accounts(bad: float, f: Finding) -> bool:
    exact = f.truth.exact if f.truth.exact is not None else f.truth.interval and f.truth.interval[0]
    if not math.isfinite(bad) or not math.isfinite(f.got) or exact is None or not math.isfinite(exact):
        return bool(bad == f.got or (math.isnan(bad) and math.isnan(f.got)))
    return abs(Fraction(float(bad)) - Fraction(f.got)) <= abs(Fraction(f.got) - Fraction(exact)) / 100
