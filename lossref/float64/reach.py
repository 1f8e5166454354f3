"""Rows whose loss overflows or is tiny, as the loss of smaller or larger inputs: a weight or a mean may bring them back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref.float64.parts import Array, Parts, computed
from lossref.float64.wide import Wide
from lossref.laws import Homogeneous
from lossref.spec import Loss

TINY = 2.0**-900  # what is smaller may have lost digits on the way
SMALLER, LARGER = (-300, -600, -900), (900, 600, 300)  # powers of two that bring a loss of degree up to 3 back


def recovered(loss: Loss, part: str, values: Mapping[str, Any], parts: Parts) -> dict[tuple[str, str], Wide]:
    """The parts of each row, by the loss's law of powers where it has one: L(x) is L(2**k x) / 2**(k degree)."""
    found = {key: Wide(y) for key, y in parts.items()}
    law = next((law for law in loss.laws if isinstance(law, Homogeneous)), None)
    if law is None:
        return found
    degrees = {(of, name): law.degree_of(of, name) for of, name in found}
    for powers in (SMALLER, LARGER):
        for power in powers:
            may_be = {key: x for key, x in found.items() if degrees[key] and _may_be_lost(x)}
            lost = {key: _is_lost(x, power * degrees[key]) for key, x in may_be.items()}
            if not any(which.any() for which in lost.values()):
                break
            rows, inputs = _inputs(law, values, lost, power)
            if rows.size:
                again = computed(loss, part, inputs, inputs, "nan")
                for key, which in lost.items():
                    found[key] = _replaced(found[key], rows, which[rows] & np.isfinite(again[key]), again[key], -power * degrees[key])
    return found


def _may_be_lost(x: Wide) -> bool:
    """Whether any mantissa is tiny or not finite: two passes over the numbers tell, and mostly none is."""
    least, greatest = x.extent
    return not (least >= TINY and greatest < np.inf)


def _is_lost(x: Wide, power: int) -> NDArray[np.bool_]:
    """The numbers for which an answer times 2**power is to be tried."""
    return ~np.isfinite(x.mantissa) if power < 0 else np.equal(x.exponent, 0) & (np.abs(x.mantissa) < TINY)


def _inputs(
    law: Homogeneous, values: Mapping[str, Any], lost: Mapping[Any, NDArray[np.bool_]], power: int
) -> tuple[NDArray[np.int64], dict[str, Any]]:
    """The rows in which any number is lost and no input overflows, and their inputs with 2**power in what the law scales."""
    rows = np.flatnonzero(np.logical_or.reduce([which.any(axis=tuple(range(1, which.ndim))) for which in lost.values()]))
    inputs = {name: x[rows] if np.ndim(x) else x for name, x in values.items()}
    inputs |= {name: np.multiply(inputs[name], 2.0**power, dtype=np.float64) for name in law.scaled}
    finite = np.ones(rows.size, np.bool_)
    for x in inputs.values():
        finite &= np.isfinite(x).all(axis=tuple(range(1, np.ndim(x))))
    return rows[finite], {name: x[finite] if np.ndim(x) else x for name, x in inputs.items()}


def _replaced(x: Wide, rows: NDArray[np.int64], which: NDArray[np.bool_], by: Array, exponent: int) -> Wide:
    """The same numbers with some in some of the rows put in another way."""
    mantissas, exponents = x.mantissa.copy(), np.broadcast_to(x.exponent, x.mantissa.shape).astype(np.int32)
    mantissas[rows] = np.where(which, by, mantissas[rows])
    exponents[rows] = np.where(which, exponent, exponents[rows])
    return Wide(mantissas, exponents)
