"""What a call does with a batch: label forms, smoothing, class weights, masks, reductions, the upstream gradient.

Each option is one small function of arrays. `prepare` composes them into rows and a weight for each; `reduce_values` and
`scale_gradients` do the rest. Losses know nothing of this.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lossref import catalog
from lossref.formats import FLOAT64
from lossref.kernels import one_hot, two_product
from lossref.spec import Loss

Array = NDArray[Any]
REDUCTIONS = ("none", "sum", "mean")
DENOMINATORS = ("weights", "kept", "count", "batch")
EMPTY = {"nan": math.nan, "zero": 0.0}


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is done with a batch. All are off by default; a value that is not allowed raises ValueError.

    reduction       none, sum or mean
    denominator     of the mean: `weights` (the sum of the weights of what is kept, for class indices each times the weight of
                    its class; the number kept without weights), `kept` (all that no mask and no index leaves out), `count`
                    (all examples), `batch` (the length of the first axis), or a number
    empty           the mean where the denominator is 0: `nan` or `zero`
    sample_weight   one for each example, at least 0; 0 hides NaN and infinity
    class_weight    one for each class, at least 0
    pos_weight      of the term of label 1, at least 0
    label_smoothing a in [0, 1]: (1 - a) t + a / K, or (1 - a) y + a / 2 for one probability
    smoothing       over `all` classes, as above, or over the `others`: (1 - a) t + a (1 - t) / (K - 1), K = 2 for one probability
    ignore_index    examples with this class index are left out
    mask            true where an example is kept
    target_form     index, one_hot or soft for classes; probability or sign, sign or binary for two labels
    upstream        gradient of what comes after, with the shape of the value
    """

    reduction: Literal["none", "sum", "mean"] = "none"
    denominator: Any = "weights"
    empty: Literal["nan", "zero"] = "nan"
    sample_weight: Any = None
    class_weight: Any = None
    pos_weight: Any = None
    label_smoothing: float = 0.0
    smoothing: Literal["all", "others"] = "all"
    ignore_index: int | None = None
    mask: Any = None
    target_form: str | None = None
    upstream: Any = None

    def __post_init__(self) -> None:
        _one_of("reduction", self.reduction, REDUCTIONS)
        _one_of("empty", self.empty, tuple(EMPTY))
        _one_of("smoothing", self.smoothing, ("all", "others"))
        if isinstance(self.denominator, str):
            _one_of("denominator", self.denominator, DENOMINATORS)
        elif not isinstance(self.denominator, Real) or not 0 < float(self.denominator) < math.inf:
            raise ValueError(f"denominator must be a number above 0 or one of {', '.join(DENOMINATORS)}, and is {self.denominator!r}")
        if not isinstance(self.label_smoothing, Real) or not 0 <= float(self.label_smoothing) <= 1:
            raise ValueError(f"label_smoothing must be a number in [0, 1], and is {self.label_smoothing!r}")
        for name in ("sample_weight", "class_weight", "pos_weight"):
            if (x := getattr(self, name)) is not None and not ((y := np.asarray(x, float)) >= 0).all() & np.isfinite(y).all():
                raise ValueError(f"{name} must be at least 0 everywhere and finite, and is {np.asarray(x).tolist()}")


NAMES = tuple(field.name for field in fields(Options))


@dataclass(frozen=True)
class Rows:
    """A prepared batch: the loss to evaluate, its arguments one row an example, and what each row counts for."""

    loss: Loss
    values: Mapping[str, Any]
    shape: tuple[int, ...]
    kept: Array
    weights: Array
    normalisers: Array

    @property
    def active(self) -> Array:
        """The rows that are evaluated: what is left out, or weighs 0, may hold anything."""
        return np.asarray(self.kept & (self.weights != 0))


def prepare(loss: Loss, values: Mapping[str, Any], options: Options) -> Rows:
    """Encode the target, and collect a weight for each example; ValueError for an option that the loss has no use for."""
    arrays, shape = _flattened(loss, values)
    kept = np.ones(math.prod(shape), bool)
    if options.mask is not None:
        kept &= _spread("mask", options.mask, shape).astype(bool)
    weights = np.ones(kept.size) if options.sample_weight is None else _spread("sample_weight", options.sample_weight, shape)
    encode = _encoder(loss)
    loss, target, kept, factor, normaliser = encode(loss, arrays, kept, weights != 0, options)
    if len(loss.arguments) > 1:
        arrays[tuple(loss.arguments)[1]] = target
    return Rows(loss, arrays, shape, kept, weights * factor, weights * normaliser)


def smooth(target: Array, options: Options, classes: int) -> Array:
    """(1 - a) t + a / K, or with a (1 - t) / (K - 1) in place of a / K."""
    amount = options.label_smoothing
    spread = amount / classes if options.smoothing == "all" else amount * ((1 - target) / max(classes - 1, 1))
    return np.asarray((1 - amount) * target + spread)


def positive_weight(target: Array, weight: float) -> tuple[Array, Array]:
    """Weights and labels whose cross-entropy is p y L(1) + (1 - y) L(0): p y + 1 - y, and p y of it."""
    total = weight * target + (1 - target)
    return total, np.divide(weight * target, total, out=np.array(target, float), where=total != 0)


def exact_total(terms: Array, weights: Array, beyond: Mapping[int, Fraction]) -> Fraction | float:
    """The sum of weights times terms, rounded once, so in any order; infinite or NaN as a float.

    `beyond` has the exact terms that overflow, by their place.
    """
    with np.errstate(all="ignore"):
        places = list(beyond)
        far = sum((Fraction(w) * x for w, x in zip(weights[places].tolist(), beyond.values(), strict=True)), Fraction(0))
        terms, weights = np.delete(terms, places), np.delete(weights, places)
        products = weights * terms
        if not np.isfinite(terms).all():
            return float(terms[~np.isfinite(terms)].sum())
        lost = np.zeros(0) if (weights == 1).all() else two_product(weights, terms)[1]
        if not far and np.isfinite(products).all() and np.isfinite(lost).all():
            try:
                return Fraction(math.fsum(np.concatenate([products, lost])))
            except OverflowError:
                pass
    return sum((Fraction(w) * Fraction(x) for w, x in zip(weights.tolist(), terms.tolist(), strict=True)), far)


def reduce_values(rows: Rows, terms: Array, options: Options, beyond: Mapping[int, Fraction]) -> Any:
    """The value of the call, from the value of each active row; `beyond` as in `exact_total`."""
    weights = rows.weights[rows.active]
    if options.reduction == "none":
        found = np.zeros(rows.kept.size)
        found[rows.active] = weights * terms
        for i, exact in beyond.items():
            found[np.flatnonzero(rows.active)[i]] = _rounded(Fraction(weights[i]) * exact)
        return found.reshape(rows.shape)[()]
    total = exact_total(terms, weights, beyond)
    bottom = Fraction(1) if options.reduction == "sum" else denominator(rows, options)
    if bottom == 0:
        return np.float64(EMPTY[options.empty])
    return np.float64(total if isinstance(total, float) else _rounded(total / bottom))


def scale_gradients(rows: Rows, slopes: Array, options: Options, shape: tuple[int, ...], beyond: Mapping[int, Array]) -> Any:
    """The gradient of the call in the first argument, from the gradient of each active row; `beyond` has exact rows."""
    bottom = denominator(rows, options) if options.reduction == "mean" else Fraction(1)
    upstream = np.asarray(1.0 if options.upstream is None else options.upstream, float)
    wanted = rows.shape if options.reduction == "none" else ()
    if upstream.shape not in ((), wanted):
        raise ValueError(f"upstream must have the shape of the value, {wanted}, and has {upstream.shape}")
    found = np.zeros((rows.kept.size, *slopes.shape[1:]))
    if bottom != 0:
        weights, upstream = rows.weights[rows.active], np.broadcast_to(upstream, rows.shape).reshape(-1)[rows.active]
        factors = _factors(weights, upstream, bottom)
        columns = factors.reshape(-1, *(1,) * (slopes.ndim - 1))
        with np.errstate(all="ignore"):
            scaled = np.where(columns == 0, 0.0, columns * slopes)
        for i, exact in beyond.items():
            factor = Fraction(weights[i]) * Fraction(upstream[i]) / bottom if math.isfinite(upstream[i]) else float(upstream[i])
            scaled[i] = np.reshape([_rounded(factor * g) for g in exact], scaled[i].shape)
        found[rows.active] = scaled
    return found.reshape(shape)[()]


def _factors(weights: Array, upstream: Array, bottom: Fraction) -> Array:
    """weight times upstream over the denominator; exactly where a step on the way overflows or underflows."""
    with np.errstate(all="ignore"):
        products = weights * upstream
        factors = products / float(FLOAT64.round(bottom))
    magnitude = np.abs(products)
    for i in np.flatnonzero(((magnitude > 2.0**1000) | (magnitude < 2.0**-900) | (bottom > 2**1000)) & np.isfinite(upstream)):
        factors[i] = _rounded(Fraction(weights[i]) * Fraction(upstream[i]) / bottom)
    return np.asarray(factors)


def _rounded(x: Fraction | float) -> float:
    return float(FLOAT64.round(x)) if isinstance(x, Fraction) else x


def denominator(rows: Rows, options: Options) -> Fraction:
    """What the mean is divided by, exactly."""
    if options.denominator == "weights":
        return sum(map(Fraction, rows.normalisers[rows.kept].tolist()), Fraction(0))
    if options.denominator == "kept":
        return Fraction(int(rows.kept.sum()))
    if options.denominator == "count":
        return Fraction(rows.kept.size)
    if options.denominator == "batch":
        return Fraction(rows.shape[0] if rows.shape else 1)
    return Fraction(options.denominator)


Encoded = tuple[Loss, Array, Array, Any, Any]  # loss, target, what is kept, factor of each weight, factor in the denominator


def _encoder(loss: Loss) -> Callable[[Loss, dict[str, Any], Array, Array, Options], Encoded]:
    """The encoding of the loss's kind of target."""
    spaces = tuple(loss.arguments.values())
    target = spaces[1] if len(spaces) > 1 else None
    if target is not None and target.label_of:
        return _encode_index
    if target is not None and target.rank:
        return _encode_vector
    if target is not None and target.values == (-1.0, 1.0):
        return _encode_sign
    if target is not None and (target.low, target.high) == (0.0, 1.0):
        return _encode_probability
    return _encode_nothing


def _encode_index(loss: Loss, arrays: dict[str, Any], kept: Array, counts: Array, options: Options) -> Encoded:
    name = tuple(loss.arguments)[1]
    _refuse(loss, options, "pos_weight")
    _forms(loss, options, "index", "one_hot", "soft")
    target, classes = arrays[name], arrays[loss.differentiable].shape[-1]
    if options.target_form in ("one_hot", "soft"):
        _refuse(loss, options, "ignore_index")
        soft = _soft(loss, "target_form soft") if options.target_form == "soft" else loss
        if target.ndim != 2 or target.shape[-1] != classes:
            raise ValueError(f"{loss.name}: {name} must have one entry a class in target_form {options.target_form}")
        if options.target_form == "soft":
            return _encode_vector(soft, arrays, kept, counts, options)
        if not (np.isin(target, (0, 1)).all() and (target.sum(axis=-1) == 1).all()):
            raise ValueError(f"{loss.name}: {name} must be rows with a single 1 in target_form one_hot")
        target = target.argmax(axis=-1)
    if options.ignore_index is not None:
        kept = kept & (target != options.ignore_index)
    wrong = kept & counts & ~((target >= 0) & (target < classes))
    if wrong.any():
        raise ValueError(f"{loss.name}: {name} must be {loss.arguments[name].description}, and is {target[wrong][0]}")
    target = np.where(kept & counts, target, 0)
    weight = _class_weight(options, classes)
    if options.label_smoothing:
        soft = _soft(loss, "label_smoothing")
        return soft, weight * smooth(one_hot(target, classes), options, classes), kept, 1.0, weight[target]
    return loss, target, kept, weight[target], weight[target]


def _encode_vector(loss: Loss, arrays: dict[str, Any], kept: Array, counts: Array, options: Options) -> Encoded:
    _refuse(loss, options, "pos_weight", "ignore_index")
    target = np.asarray(arrays[tuple(loss.arguments)[1]], float)
    if options.label_smoothing:
        target = smooth(target, options, target.shape[-1])
    if options.class_weight is not None:
        if loss.arguments[tuple(loss.arguments)[1]].sums_to_one:
            raise ValueError(f"{loss.name} takes no class_weight: its target is a distribution")
        target = _class_weight(options, target.shape[-1]) * target
    return loss, target, kept, 1.0, 1.0


def _encode_probability(loss: Loss, arrays: dict[str, Any], kept: Array, counts: Array, options: Options) -> Encoded:
    _refuse(loss, options, "class_weight", "ignore_index")
    _forms(loss, options, "probability", "sign")
    target = np.asarray(arrays[tuple(loss.arguments)[1]], float)
    if options.target_form == "sign":
        target = _two_labels(loss, target, kept & counts, -1, 1, "sign") / 2 + 0.5
    target = smooth(target, options, 2)
    if options.pos_weight is None:
        return loss, target, kept, 1.0, 1.0
    factor, target = positive_weight(target, options.pos_weight)
    return loss, target, kept, factor, 1.0


def _encode_sign(loss: Loss, arrays: dict[str, Any], kept: Array, counts: Array, options: Options) -> Encoded:
    _refuse(loss, options, "class_weight", "ignore_index", "pos_weight", "label_smoothing")
    _forms(loss, options, "sign", "binary")
    target = np.asarray(arrays[tuple(loss.arguments)[1]], float)
    if options.target_form == "binary":
        target = 2 * _two_labels(loss, target, kept & counts, 0, 1, "binary") - 1
    return loss, target, kept, 1.0, 1.0


def _encode_nothing(loss: Loss, arrays: dict[str, Any], kept: Array, counts: Array, options: Options) -> Encoded:
    _refuse(loss, options, "class_weight", "ignore_index", "pos_weight", "label_smoothing", "target_form")
    return loss, arrays[tuple(loss.arguments)[-1]], kept, 1.0, 1.0


def _soft(loss: Loss, option: str) -> Loss:
    if not loss.soft_target:
        raise ValueError(f"{loss.name} takes no {option}: its target is one class")
    return catalog.get(loss.soft_target)


def _class_weight(options: Options, classes: int) -> Array:
    if options.class_weight is None:
        return np.ones(classes)
    weight = np.asarray(options.class_weight, float)
    if weight.shape != (classes,):
        raise ValueError(f"class_weight must have one entry for each of {classes} classes, and has shape {weight.shape}")
    return weight


def _two_labels(loss: Loss, target: Array, kept: Array, low: int, high: int, form: str) -> Array:
    if not np.isin(target[kept], (low, high)).all():
        wrong = target[kept][~np.isin(target[kept], (low, high))][0]
        raise ValueError(f"{loss.name}: in target_form {form} a target must be {low} or {high}, and is {wrong}")
    return np.where(kept, target, high)


def _flattened(loss: Loss, values: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Arguments with one leading axis for all examples, parameters as they are; and the shape of the batch."""
    first = np.asarray(values[loss.differentiable])
    rank = loss.arguments[loss.differentiable].rank
    if first.ndim < rank:
        raise ValueError(f"{loss.name}: {loss.differentiable} is {loss.arguments[loss.differentiable].description}")
    shape = first.shape[: first.ndim - rank]
    arrays = {}
    for name, x in values.items():
        array = np.asarray(x)
        if name in loss.arguments:
            if array.shape[: len(shape)] != shape:
                raise ValueError(
                    f"{loss.name}: with options for batches {name} must have the leading axes of {loss.differentiable}, {shape}, "
                    f"and has shape {array.shape}"
                )
            array = array.reshape(-1, *array.shape[len(shape) :])
        elif array.ndim:
            array = _spread(name, array, shape)
        arrays[name] = array
    return arrays, shape


def _spread(name: str, x: Any, shape: tuple[int, ...]) -> Array:
    array = np.asarray(x)
    try:
        return np.broadcast_to(array, shape).reshape(-1).astype(float)
    except ValueError:
        raise ValueError(f"{name} must have the shape of the batch, {shape}, and has {array.shape}") from None


def _one_of(name: str, x: Any, allowed: tuple[str, ...]) -> None:
    if x not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, and is {x!r}")


def _forms(loss: Loss, options: Options, *allowed: str) -> None:
    if options.target_form is not None:
        _one_of(f"{loss.name}: target_form", options.target_form, allowed)


def _refuse(loss: Loss, options: Options, *names: str) -> None:
    for name in names:
        x = getattr(options, name)
        if x is not None and not (name == "label_smoothing" and x == 0):
            raise ValueError(f"{loss.name} takes no {name}: its target has nothing that it could act on")
