"""Targets of each kind in the form that a loss takes: label forms, ignored classes, smoothing, and weights of classes.

Each option is one small function of arrays; an encoder composes those that mean something for its kind.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref import catalog
from lossref.arrays import doubles
from lossref.bits import below_zero
from lossref.float64.arguments import class_indices
from lossref.float64.kernels import one_hot
from lossref.options import CLASS, NONE, NUMBER, PROBABILITY, SIGN, WEIGHTS, Options
from lossref.spec import Loss

Array = NDArray[Any]


@dataclass(frozen=True)
class Given:
    """A batch with one leading axis for all examples, the shape that this axis had, which examples are kept, and which weigh anything."""

    loss: Loss
    arrays: dict[str, Array]
    shape: tuple[int, ...]
    kept: Array
    weighty: Array
    options: Options

    def target(self) -> Array:
        return np.asarray(self.arrays["target"], float)


@dataclass(frozen=True)
class Encoded:
    """The loss to evaluate and its target for each row; which rows are kept; what a row counts for, in the sum and in its denominator.

    `slope` is the derivative of the target in the one that was given. `complement` is 1 less a target that is a probability, where more
    digits of it are known than the target has: an argument of its own then.
    """

    loss: Loss
    target: Array | None
    kept: Array
    factor: Any = 1.0
    normaliser: Any = 1.0
    slope: Any = 1.0
    complement: Array | None = None


def encode(given: Given) -> Encoded:
    """The encoding of the loss's kind of target; ValueError for labels that are none."""
    return _ENCODERS[given.loss.target](given)


def smooth(target: Array, options: Options, classes: int) -> Array:
    """(1 - a) t + a / K, or with a (1 - t) / (K - 1) in place of a / K."""
    amount = float(options.label_smoothing)
    share = amount / classes if options.smoothing == "all" else amount * ((1 - target) / max(classes - 1, 1))
    return np.asarray((1 - amount) * target + share)


def smooth_slope(options: Options, classes: int) -> float:
    """The derivative of a smoothed target in the target."""
    amount = float(options.label_smoothing)
    return (1 - amount) - (0.0 if options.smoothing == "all" else amount / max(classes - 1, 1))


def positive_weight(target: Array, complement: Array, weight: Array) -> tuple[Array, Array, Array]:
    """Weights and labels whose cross-entropy is p y L(1) + (1 - y) L(0): p y + 1 - y, p y of it, and 1 - y of it."""
    whole = weight * target + complement
    shares = ((weight * target, target), (complement, complement))
    yes, no = (np.divide(x, whole, out=np.array(unweighted, float), where=whole != 0) for x, unweighted in shares)
    return whole, yes, no


def spread(name: str, x: Any, shape: tuple[int, ...]) -> Array:
    """One number for each example, as float64."""
    array = doubles(name, x)
    try:
        return np.broadcast_to(array, shape).reshape(-1).astype(float, copy=False)
    except ValueError:
        raise ValueError(f"{name} must have the shape of the batch, {shape}, and has {array.shape}") from None


def _class(given: Given) -> Encoded:
    loss, options, kept, target = given.loss, given.options, given.kept, given.arrays["target"]
    space = loss.arguments["target"]
    classes, description = given.arrays[str(space.label_of)].shape[-1], space.description
    if options.target_form in ("one_hot", "soft"):
        if options.ignore_index is not None:
            raise ValueError(f"{loss.name} takes no ignore_index in target_form {options.target_form}: its target is no class index")
        if target.ndim != 2 or target.shape[-1] != classes:
            raise ValueError(f"{loss.name}: target must have one entry a class in target_form {options.target_form}")
        if options.target_form == "soft":
            return _weights(replace(given, loss=catalog.get(loss.soft_target)))
        right = np.isin(target, (0, 1)).all(axis=-1) & (target.sum(axis=-1) == 1)
        if not right[kept & given.weighty].all():
            raise ValueError(f"{loss.name}: target must be rows with a single 1 in target_form one_hot")
        target = target.argmax(axis=-1)
    target = class_indices(loss, "target", target)
    if options.ignore_index is not None:
        kept = kept & (target != options.ignore_index)
    wrong = kept & given.weighty & ~((target >= 0) & (target < classes))
    if wrong.any():
        raise ValueError(f"{loss.name}: target must be {description}, and is {target[wrong][0]}")
    target = np.where(kept & given.weighty, target, 0)
    weight = _class_weight(options, classes, bool(options.label_smoothing))
    counts = 1.0 if options.class_weight is None else weight[target]
    if options.label_smoothing:
        soft = weight * smooth(one_hot(target, classes), options, classes)
        return Encoded(catalog.get(loss.soft_target), soft, kept, normaliser=counts)
    return Encoded(loss, target, kept, factor=counts, normaliser=counts)


def _weights(given: Given) -> Encoded:
    target, slope = given.target(), 1.0
    classes = target.shape[-1]
    if given.options.label_smoothing:
        target, slope = smooth(target, given.options, classes), smooth_slope(given.options, classes)
    if given.options.class_weight is None:
        return Encoded(given.loss, target, given.kept, slope=slope)
    weight = _class_weight(given.options, classes, True)
    return Encoded(given.loss, weight * target, given.kept, slope=weight * slope)


def _probability(given: Given) -> Encoded:
    target, slope = given.target(), 1.0
    if given.options.target_form == "sign":
        target, slope = _two_labels(given, target, -1, 1) / 2 + 0.5, 0.5
    complement = 1 - target
    if given.options.label_smoothing:
        target, complement = (smooth(x, given.options, 2) for x in (target, complement))
        slope = slope * smooth_slope(given.options, 2)
    if given.options.pos_weight is None:
        return Encoded(given.loss, target, given.kept, slope=slope, complement=complement)
    if "target" in given.loss.differentiable:
        raise ValueError(f"{given.loss.name} takes no pos_weight: it is differentiated in its target, where that is no plain factor")
    factor, target, complement = positive_weight(target, complement, spread("pos_weight", given.options.pos_weight, given.shape))
    return Encoded(given.loss, target, given.kept, factor=factor, complement=complement)


def _sign(given: Given) -> Encoded:
    if given.options.target_form != "binary":
        return _as_given(given)
    return Encoded(given.loss, 2 * _two_labels(given, given.target(), 0, 1) - 1, given.kept)


def _as_given(given: Given) -> Encoded:
    return Encoded(given.loss, given.arrays.get("target"), given.kept)


def _class_weight(options: Options, classes: int, in_target: bool) -> Array:
    """One for each class; those that go into a target of weights for all classes are as that is."""
    if options.class_weight is None:
        return np.ones(classes)
    weight = doubles("class_weight", options.class_weight)
    if weight.shape != (classes,):
        raise ValueError(f"class_weight must have one entry for each of {classes} classes, and has shape {weight.shape}")
    if in_target and below_zero(weight).any():
        raise ValueError(f"class_weight must be at least 0 where targets are soft or smoothed, and is {reprlib.repr(weight.tolist())}")
    return weight


def _two_labels(given: Given, target: Array, low: int, high: int) -> Array:
    """Labels that are one of two numbers in every example that counts, and the higher one elsewhere."""
    counts = (given.kept & given.weighty).reshape(-1, *(1,) * (target.ndim - 1))
    wrong = counts & ~np.isin(target, (low, high))
    if wrong.any():
        form = f"{given.loss.name}: in target_form {given.options.target_form}"
        raise ValueError(f"{form} a target must be {low} or {high}, and is {target[wrong][0]}")
    return np.where(counts, target, high)


_ENCODERS: Mapping[str, Callable[[Given], Encoded]] = {
    CLASS: _class,
    WEIGHTS: _weights,
    PROBABILITY: _probability,
    SIGN: _sign,
    NUMBER: _as_given,
    NONE: _as_given,
}
