"""A cheap guess of how wrong answers are, by our own float64 code: it says which are worth certifying, and no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref.bits import is_floating, widened
from lossref.formats import Format
from lossref.spec import Loss

Rows = NDArray[np.float64]
NUDGE = 2.0**-26  # of a number, by which it is moved to see what its rounding does


def guess(loss: Loss, part: str, arrays: Mapping[str, Any], parameters: Mapping[str, float], got: Rows, form: Format) -> Rows:
    """About E2 of the worst number of each row; 0 where there is no float64 code to compare with."""
    function = getattr(loss, part)
    if function is None:
        return np.zeros(len(got))
    given = {name: widened(x) if is_floating(x.dtype) else x for name, x in arrays.items()}

    def ours(moved: Mapping[str, Any]) -> Rows:
        found = function(**{**given, **moved}, **parameters)
        several = found if isinstance(found, tuple) else (found,)
        return np.concatenate([np.asarray(y, np.float64).reshape(len(got), -1) for y in several], axis=1)

    with np.errstate(all="ignore"):
        right = ours({})
        allowance = sum((np.nan_to_num(np.abs(ours(moved) - right)) for moved in _nudged(loss, given)), np.zeros_like(right))
        roundings = allowance / NUDGE + np.maximum(np.abs(right), float(form.least_normal))
        score = np.abs(got - right) / (float(form.unit) * roundings)
        is_same = (got == right) | (np.isnan(got) & np.isnan(right))
        score = np.where(is_same, 0.0, np.where(np.isnan(score), np.inf, score))
    return np.asarray(score.max(axis=1, initial=0.0))


def _nudged(loss: Loss, given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each real number of all rows moved by itself; what stands at an end of its space is exact."""
    for name, space in loss.arguments.items():
        if space.is_discrete:
            continue
        columns = given[name].reshape(len(given[name]), -1)
        for i in range(columns.shape[1]):
            moved = columns.copy()
            is_edge = np.isin(columns[:, i], space.ends) & space.ends_are_exact
            moved[:, i] *= np.where(is_edge, 1.0, 1 - NUDGE)
            yield {name: moved.reshape(given[name].shape)}
