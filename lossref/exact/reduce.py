"""Whole calls, exactly: the reduction of exact terms as one function of the batch, written apart from the float64 code.

A weighted and smoothed class index costs sum_k w_k t_k L(k); a positive weight makes p y L(1) + (1 - y) L(0). Numbers among
the options are exact data: they have no slope and no allowance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import repeat
from typing import Any

from lossref.bits import as_fraction
from lossref.exact.numbers import Number, System
from lossref.options import CANCELLING, CLASS, PROBABILITY, WEIGHTS, Options
from lossref.spaces import Real, Weights
from lossref.spec import Loss, Parameter, Values
from lossref.values import filled, mapped


@dataclass(frozen=True)
class Whole:
    """A call as losses of the whole batch: its values (several for reduction none), the one to differentiate, the inputs.

    `counted` says which examples have a say in it.
    """

    terms: tuple[Loss, ...]
    upstream: Loss
    values: Values
    counted: tuple[bool, ...]


def whole(loss: Loss, batch: Values, options: Options) -> Whole | None:
    """The call as functions of its batch, tuples with one entry an example; None for a mean over nothing."""
    loss, given = _own_form(loss, batch, options)
    values = _hidden(loss, given, options)
    count = len(values[loss.first])
    if options.reduction == "mean" and _denominator(loss, values, options) == 0:
        return None
    upstream = [as_fraction(x) for x in _each(1.0 if options.upstream is None else options.upstream, count)]
    alone = [[Fraction(j == i) for j in range(count)] for i in range(count)]
    terms = alone if options.reduction == "none" else [[Fraction(1)] * count]
    summed = {tuple(factors): _summed(loss, options, factors) for factors in (*terms, upstream)}  # one and the same, where it is
    return Whole(tuple(summed[tuple(x)] for x in terms), summed[tuple(upstream)], values, _counted(loss, given, options))


SHARE = "its share"  # the parameter of `share`: no argument of a definition is called so
OF_A_ROW = ("class_weight", "label_smoothing", "smoothing", "target_form")  # options that act on each example alike
KEPT: dict[tuple[int, str], tuple[Loss, Loss]] = {}  # the shares of a loss, with it, so that its id stays its own
MANY = 256


@dataclass(frozen=True)
class Share:
    """One example of a call: its share as a loss, the numbers it has, and the factors of value and slopes; 0 of what is left out."""

    loss: Loss
    values: Values
    value: Fraction
    slope: Fraction


def shares(loss: Loss, batch: Values, options: Options) -> list[Share]:
    """The shares of which a call is the sum. Those of equal options have one and the same loss."""
    kind, given = _own_form(loss, batch, options)
    values = _hidden(kind, given, options)
    count = len(values[kind.first])
    bottom = _denominator(kind, values, options) if options.reduction == "mean" else 1
    upstream = _each(1.0 if options.upstream is None else options.upstream, count)
    found = []
    for i in range(count):
        example = {name: x[i] if name in kind.arguments or isinstance(x, (list, tuple)) else x for name, x in values.items()}
        positive = options.pos_weight if options.pos_weight is None else _each(options.pos_weight, i + 1)[i]
        factor = _weight(values, options, i) / bottom
        found.append(Share(_share(loss, replace(options, pos_weight=positive)), example, factor, factor * as_fraction(upstream[i])))
    return found


def _share(loss: Loss, options: Options) -> Loss:
    """The same loss for the same options that act on each example, so that what is recorded of it is found again."""
    key = id(loss), repr([getattr(options, name) for name in (*OF_A_ROW, "pos_weight")])
    owner, found = KEPT.get(key, (None, loss))
    if owner is not loss:
        if len(KEPT) >= MANY:
            KEPT.clear()
        found = share(loss, options)
        KEPT[key] = loss, found
    return found


def share(loss: Loss, options: Options, soft: Loss | None = None) -> Loss:
    """One example's share in a call, as a loss: its term times a parameter, which holds its weight over the denominator.

    A call is the sum of such; recorded once, it is run at each example. `own` has the example for it. Where labels are smoothed, `soft` is
    the loss that takes a weight for each class, whose definition is linear in the number of classes where a sum over them is not.
    """
    kind, _ = _own_form(loss, dict.fromkeys(loss.arguments, ()), options)

    def definition(m: System, **values: Any) -> Any:
        factor, example = values.pop(SHARE), values
        if soft is None or kind.target != CLASS or not options.label_smoothing:
            return factor * _term(m, kind, example, options, 0)
        hard = [m.lift(int(k == example["target"])) for k in range(len(example[kind.first]))]
        return factor * _term(m, soft, {**example, "target": hard}, options, 0)

    parameters = {**kind.parameters, SHARE: Parameter(space=Real(), default=1.0, grid=())}
    return replace(kind, definition=definition, parameters=parameters)


def own(loss: Loss, example: Values, options: Options) -> Values:
    """One example with its label in the loss's own form."""
    _, values = _own_form(loss, {name: (x,) for name, x in example.items()}, options)
    return {name: x[0] for name, x in values.items()}


def _summed(loss: Loss, options: Options, factors: list[Fraction]) -> Loss:
    """One loss of the whole batch: the sum of factor times weight times term, over the denominator."""

    def definition(m: System, **values: Any) -> Number:
        total = m.lift(0)
        for i, factor in enumerate(factors):
            weight = _weight(values, options, i)
            if factor and weight:
                example = {name: x[i] if name in loss.arguments or isinstance(x, (list, tuple)) else x for name, x in values.items()}
                total = total + factor * weight * _term(m, loss, example, options, i)
        if options.reduction == "mean":
            return total / _denominator(loss, values, options)
        return total

    return replace(loss, definition=definition)


def _term(m: System, loss: Loss, example: Mapping[str, Any], options: Options, i: int) -> Any:
    """One example's loss: class weights, smoothing and the positive weight are part of it."""
    if loss.target not in (CLASS, WEIGHTS, PROBABILITY):
        return loss.definition(m, **example)
    target, amount = example["target"], as_fraction(options.label_smoothing)

    def at(y: Any) -> Any:
        return loss.definition(m, **{**example, "target": y})

    def spread(t: Any, classes: int) -> Any:
        """The smoothed share of one class."""
        if options.smoothing == "all":
            return (1 - amount) * t + amount / classes
        return (1 - amount) * t + amount * (1 - t) / max(classes - 1, 1)

    if loss.target == CLASS:
        classes = len(example[loss.first])
        shares = [spread(m.lift(int(k == target)), classes) for k in range(classes)]
        return m.sum(share * _class_weight(options, k) * at(k) for k, share in enumerate(shares) if amount or k == target)
    if loss.target == WEIGHTS:
        shares = [spread(t, len(target)) if amount else t for t in target]
        return at([_class_weight(options, k) * t for k, t in enumerate(shares)])
    y = mapped(lambda t: spread(t, 2), target) if amount else target
    if options.pos_weight is not None:
        return as_fraction(_each(options.pos_weight, i + 1)[i]) * y * at(m.lift(1)) + (1 - y) * at(m.lift(0))
    return at(y)


def _own_form(loss: Loss, batch: Values, options: Options) -> tuple[Loss, dict[str, Any]]:
    """Labels in the loss's own form; soft rows for a class index make the loss one of weights."""
    values = dict(batch)
    if options.target_form is None:
        return loss, values
    if options.target_form == "soft":
        arguments = {**loss.arguments, "target": Weights()}
        return replace(loss, arguments=arguments, target=WEIGHTS, definition=_linear(loss)), values
    labels: list[Any] = list(values["target"])
    if options.target_form == "one_hot":
        labels = [row.index(1) for row in labels]
    if options.target_form == "sign" and loss.target == PROBABILITY:
        labels = [mapped(lambda t: (t + 1) / 2, y) for y in labels]
    if options.target_form == "binary":
        labels = [2 * y - 1 for y in labels]
    return loss, values | {"target": tuple(labels)}


def _hidden(loss: Loss, values: Values, options: Options) -> Values:
    """What is left out may hold anything, NaN too: a 0 stands for it, which no term looks at."""
    counted = _counted(loss, values, options)
    shown = dict(values)
    for name, space in loss.arguments.items():
        blank = space.choices[0] if space.choices else 0.0
        rows = zip(values[name], counted, strict=True)
        shown[name] = tuple(y if counts or space.label_of else filled(y, repeat(blank)) for y, counts in rows)
    return shown


def _counted(loss: Loss, values: Values, options: Options) -> tuple[bool, ...]:
    return tuple(bool(_weight(values, options, i)) for i in range(len(values[loss.first])))


def _linear(loss: Loss) -> Any:
    def definition(m: System, **example: Any) -> Any:
        return m.sum(t * loss.definition(m, **{**example, "target": k}) for k, t in enumerate(example["target"]))

    return definition


def _is_kept(values: Values, options: Options, i: int) -> bool:
    masked = options.mask is not None and not _each(options.mask, i + 1)[i]
    return not masked and (options.ignore_index is None or values["target"][i] != options.ignore_index)


def _weight(values: Values, options: Options, i: int) -> Fraction:
    if not _is_kept(values, options, i):
        return Fraction(0)
    return Fraction(1) if options.sample_weight is None else as_fraction(_each(options.sample_weight, i + 1)[i])


def _class_weight(options: Options, k: int) -> Fraction:
    return Fraction(1) if options.class_weight is None else as_fraction(options.class_weight[k])


def _denominator(loss: Loss, values: Values, options: Options) -> Fraction:
    count = len(values[loss.first])
    kept = [i for i in range(count) if _is_kept(values, options, i)]
    if options.denominator == "weights":
        weights = {i: _weight(values, options, i) for i in kept}
        by_class = loss.target == CLASS
        shares = [w * (_class_weight(options, values["target"][i]) if by_class else 1) for i, w in weights.items() if w]
        if any(shares) and sum(shares) == 0:
            raise ValueError(CANCELLING)
        return sum(shares, Fraction(0))
    named = {"kept": len(kept), "count": count, "batch": count}
    return as_fraction(named.get(options.denominator, options.denominator))


def _each(x: Any, count: int) -> list[Any]:
    """One entry an example."""
    if isinstance(x, (list, tuple)) and len(x) != 1:
        return list(x)
    return [x[0] if isinstance(x, (list, tuple)) else x] * count
