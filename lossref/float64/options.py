"""What a call does with a batch, in NumPy: rows and a weight for each, masks, reductions, the upstream gradient.

`prepare` makes rows of a batch; `reduced` and `derivative` do the rest. Losses know nothing of this.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from inspect import signature
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref.arrays import doubles
from lossref.bits import as_fraction
from lossref.float64.arguments import check_ranks, leading_shape, real_numbers
from lossref.float64.encode import Encoded, Given, encode, spread
from lossref.float64.wide import BLOCK, PLAIN, Wide, compensated, exact_sum, narrow, over, scaled, times, total
from lossref.formats import FLOAT64
from lossref.options import CANCELLING, EMPTY, Options
from lossref.spec import Loss

Array = NDArray[Any]


@dataclass(frozen=True)
class Rows:
    """A prepared batch: the loss to evaluate, the arguments and weights of each row that counts, and the denominator.

    What is left out, or weighs 0, may hold anything.
    """

    loss: Loss
    values: Mapping[str, Any]
    shape: tuple[int, ...]
    active: Array
    weights: Wide
    denominator: Fraction
    slope: Any


def prepare(loss: Loss, values: Mapping[str, Any], options: Options) -> Rows:
    """Encode the target, and collect a weight for each example; ValueError for what does not fit."""
    arrays, shape = _flattened(loss, values, options)
    count = math.prod(shape)
    kept = np.ones(count, np.bool_) if options.mask is None else spread("mask", options.mask, shape).astype(np.bool_)
    sample = np.asarray(1.0) if options.sample_weight is None else spread("sample_weight", options.sample_weight, shape)
    encoded = encode(Given(loss, arrays, shape, kept, np.broadcast_to(sample != 0, count), options))
    if encoded.target is not None:
        arrays["target"] = encoded.target
    if encoded.complement is not None and loss.value and "complement" in signature(loss.value).parameters:
        arrays["complement"] = encoded.complement
        encoded = replace(encoded, loss=replace(loss, arguments={**loss.arguments, "complement": loss.arguments["target"]}))
    weights = times(Wide(sample), Wide(np.asarray(encoded.factor)))
    active = encoded.kept & (weights.mantissa != 0)
    if not active.all():
        arrays = {name: x[active] if x.ndim else x for name, x in arrays.items()}
        weights = weights.at(active)
    bottom = _denominator(encoded, sample, options, shape) if options.reduction == "mean" else Fraction(1)
    return Rows(encoded.loss, arrays, shape, active, weights, bottom, encoded.slope)


def reduced(rows: Rows, terms: Wide, options: Options, exact: bool) -> Any:
    """The value of the call, from the value of each active row; a sum or a mean is rounded once where it is wanted exactly."""
    if options.reduction == "none":
        return _placed(rows, scaled(rows.weights, terms), rows.shape)
    if rows.denominator == 0:
        return np.float64(EMPTY[options.empty])
    found = total(terms, rows.weights) if exact else compensated(terms, rows.weights)
    return np.float64(found if isinstance(found, float) else float(FLOAT64.round(found / rows.denominator)))


def derivative(rows: Rows, name: str, slopes: Wide, options: Options, shape: tuple[int, ...], exact: bool) -> Any:
    """The gradient or the Hessian's diagonal of the call in one argument, of a shape, from that of each active row."""
    upstream = doubles("upstream", 1.0 if options.upstream is None else options.upstream)
    wanted = rows.shape if options.reduction == "none" else ()
    if upstream.shape not in ((), wanted):
        raise ValueError(f"upstream must have the shape of the value, {wanted}, and has {upstream.shape}")
    if rows.denominator == 0:
        return np.zeros(shape)[()]
    if name == "target":
        slopes = Wide(slopes.mantissa * rows.slope, slopes.exponent)
    whole = as_fraction(float(upstream)) / rows.denominator if not (exact or upstream.ndim) else Fraction(0)
    if 2**-PLAIN < abs(whole) < 2**PLAIN and rows.weights.is_plain and not np.any(slopes.exponent):
        return _placed(rows, _weighted(slopes.mantissa, rows.weights.mantissa, float(whole)), shape)
    factors = times(rows.weights, Wide(upstream.reshape(-1)[rows.active] if upstream.ndim else upstream))
    return _placed(rows, scaled(over(factors, rows.denominator), slopes), shape)


def _weighted(slopes: Array, weights: Array, factor: float) -> Array:
    """Slopes times a weight for each row, or one for all, and a factor: where they are, for a new array costs more than both products."""
    if not weights.ndim:
        return np.multiply(slopes, weights * factor, out=slopes)
    step = max(1, BLOCK * len(slopes) // max(1, slopes.size))
    for some in (slice(start, start + step) for start in range(0, len(slopes), step)):
        slopes[some] *= (weights[some] * factor).reshape(-1, *(1,) * (slopes.ndim - 1))
    return slopes


def _placed(rows: Rows, found: Array, shape: tuple[int, ...]) -> Any:
    """The numbers of the active rows among those of all, 0 elsewhere."""
    if not rows.active.all():
        everywhere = np.zeros((rows.active.size, *found.shape[1:]))
        everywhere[rows.active] = found
        found = everywhere
    return found.reshape(shape)[()]


def _denominator(encoded: Encoded, sample: Array, options: Options, shape: tuple[int, ...]) -> Fraction:
    """What the mean is divided by, exactly."""
    kept = int(encoded.kept.sum())
    if options.denominator == "weights":
        weights = times(Wide(sample), Wide(np.asarray(encoded.normaliser)))
        if not weights.mantissa.ndim:
            return kept * Fraction(float(narrow(weights)))
        kept_weights = weights if encoded.kept.all() else weights.at(encoded.kept)
        whole = exact_sum(kept_weights)
        if whole == 0 and kept_weights.mantissa.any():
            raise ValueError(CANCELLING)
        return whole
    named = {"kept": kept, "count": encoded.kept.size, "batch": shape[0] if shape else 1}
    return Fraction(named.get(options.denominator, options.denominator))


def _flattened(loss: Loss, values: Mapping[str, Any], options: Options) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Arguments with one leading axis for all examples, parameters as they are; and the shape of the batch."""
    arrays = {name: real_numbers(loss, name, x) for name, x in values.items()}
    rows = ("target",) if options.target_form in ("one_hot", "soft") else ()  # of numbers, where the loss has one for all
    check_ranks(loss, {name: arrays[name] for name in loss.arguments if name not in rows}, arrays)
    shape = leading_shape(loss, loss.first, arrays[loss.first])
    for name, x in arrays.items():
        if name in loss.parameters:
            arrays[name] = spread(name, x, shape) if x.ndim else x
            continue
        leading = x.shape[: len(shape)] if name in rows else leading_shape(loss, name, x)
        if 0 in x.shape[len(leading) :]:
            raise ValueError(f"{loss.name}: a vector without components has no {loss.name}")
        if leading != shape:
            raise ValueError(
                f"{loss.name}: with options for batches {name} must have the leading axes of {loss.first}, {shape}, and has shape {x.shape}"
            )
        arrays[name] = x.reshape(math.prod(shape), *x.shape[len(shape) :])
    return arrays, shape
