"""How somebody's loss of tensors wants its examples, whether it reduces them, and in which forms it takes labels: found out by asking."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from lossref import batches, catalog, options
from lossref.float64.evaluate import value
from lossref.formats import FORMATS, Format
from lossref.implementations import layouts
from lossref.implementations.engines.tensors import Dialect
from lossref.implementations.layouts import Layout
from lossref.implementations.members import HANDLED, Member
from lossref.judge.ask import array
from lossref.library import ImplementationError, where
from lossref.spec import Values

EXAMPLES = 4
CLOSE = 1e-3  # of numbers that are the same up to how well they are computed


def found_out(member: Member, speak: Dialect) -> Member:
    """How it wants its examples, whether it reduces them, and in which forms it takes labels."""
    complaints: list[tuple[Exception, Layout]] = []
    for form in (FORMATS["float64"], FORMATS["float32"]):
        batch = batches.ordinary(member.loss, form, "doors", EXAMPLES)
        for layout in layouts.fitting(member.loss):
            trial = replace(member, layout=layout)
            try:
                reduction = _reduction(trial, speak, batch, form)
            except Exception as error:  # a stranger's code may raise anything
                complaints.append((error, layout))
                continue
            if reduction:
                return _with_forms(replace(trial, reduction=reduction), speak, batch, form)
    if not complaints:
        raise ImplementationError(f"it returns neither one loss an example nor one number for {EXAMPLES} examples of {member.loss.name}")
    first, layout = complaints[0]
    said = next(iter(str(first).strip().splitlines()), "")
    raise ImplementationError(
        f"asked for {EXAMPLES} examples of {member.loss.name} ({layout.described(member.loss)}), it raised "
        f"{type(first).__name__}: {said}{where(first)}"
    )


def _value(member: Member, speak: Dialect, batch: Values, form: Format, **chosen: Any) -> Any:
    """What it returns for a batch, as an array."""
    with speak.setting(form):
        arrays = {name: array(x, form) for name, x in batch.items()}
        given = {name: speak.tensor(x) for name, x in arrays.items()}
        others = {name: speak.tensor(np.asarray(x, form.name)) if name.endswith("_weight") else x for name, x in chosen.items()}
        function = member.made(member.options(others, "none"), form)
        return np.asarray(speak.array(function(*(member.layout.of(x, arrays[name].shape) for name, x in given.items()))))


def _reduction(member: Member, speak: Dialect, batch: Values, form: Format) -> str:
    """none, sum or mean, told by asking for the batch twice over; nothing where it is none of these."""
    if member.layout is layouts.ALONE:
        alone = _value(member, speak, {name: x[:1] for name, x in batch.items()}, form)
        return "none" if alone.size == 1 else ""
    once = _value(member, speak, batch, form)
    if once.size == EXAMPLES and (once.ndim or EXAMPLES == 1):
        return "none"
    if once.size != 1:
        return ""
    twice = _value(member, speak, {name: x + x for name, x in batch.items()}, form)
    return "sum" if abs(float(twice.item()) - 2 * float(once.item())) < abs(float(twice.item()) - float(once.item())) else "mean"


def _with_forms(member: Member, speak: Dialect, batch: Values, form: Format) -> Member:
    """With the forms of labels that it takes rightly, and with what its mean divides by under sample weights."""
    loss = member.loss
    if catalog.is_own(loss):
        return member
    reduction = "mean" if member.reduces_as_told else member.reduction

    def agrees(given: Values, **chosen: Any) -> bool:
        exact = value(loss, **{name: array(x, form) for name, x in given.items()}, reduction=reduction, **chosen)
        ours = {name: x for name, x in chosen.items() if name not in HANDLED}
        try:
            got = _value(member, speak, given, form, **{**ours, "reduction": reduction})
        except Exception:  # it does not take them
            return False
        return got.shape == np.shape(exact) and bool(np.allclose(got, exact, rtol=CLOSE, atol=0))

    if member.layout is not layouts.ALONE:
        others = [f for f in options.forms(loss)[1:] if agrees(batches.in_form(loss, form, "doors", batch, f), target_form=f)]
        member = replace(member, forms=tuple(others))
    if "sample_weight" in member.parameters.values() and reduction == "mean":
        weights = np.arange(1.0, EXAMPLES + 1)
        by_count = not agrees(batch, sample_weight=weights) and agrees(batch, sample_weight=weights, denominator="count")
        member = replace(member, divides="count" if by_count else "weights")
    return member
