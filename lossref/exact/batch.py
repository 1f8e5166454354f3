"""Whole calls, exactly: the reduction of exact terms as one function of the batch, written apart from `lossref.batches`.

A weighted and smoothed class index costs sum_k w_k t_k L(k); a positive weight makes p y L(1) + (1 - y) L(0). Numbers among
the options are exact data: they have no slope and no allowance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from lossref.batches import Options
from lossref.exact.numbers import Number, System
from lossref.formats import Format
from lossref.spaces import Weights
from lossref.spec import Loss, Values

if TYPE_CHECKING:
    from lossref.exact.answers import Certified


@dataclass(frozen=True)
class Whole:
    """A call as losses of the whole batch: its values (several for reduction none), the one to differentiate, the inputs.

    `counted` says which examples have a say in it.
    """

    terms: tuple[Loss, ...]
    upstream: Loss
    values: Values
    counted: tuple[bool, ...]


@dataclass(frozen=True)
class CertifiedCall:
    """The value (several for reduction none) with its allowances and sizes, and the gradient with the upstream applied.

    A mean over nothing has no terms: both lists are empty then.
    """

    values: tuple[Certified, ...]
    gradient: Certified | None


def whole(loss: Loss, batch: Values, options: Options) -> Whole | None:
    """The call as functions of its batch, tuples with one entry an example; None for a mean over nothing."""
    loss, given = _own_form(loss, batch, options)
    values = _hidden(loss, given, options)
    count = len(values[loss.differentiable])
    if options.reduction == "mean" and _denominator(loss, values, options) == 0:
        return None
    upstream = _each(1.0 if options.upstream is None else options.upstream, count)
    alone = [[float(j == i) for j in range(count)] for i in range(count)]
    terms = alone if options.reduction == "none" else [[1.0] * count]
    counted = _counted(loss, given, options)
    return Whole(tuple(_summed(loss, options, factors) for factors in terms), _summed(loss, options, upstream), values, counted)


def certify_call(loss: Loss, batch: Values, options: Options, form: Format) -> CertifiedCall:
    """The certified value and gradient of a call; errors as for `certify`."""
    from lossref.exact.certify import certify

    call = whole(loss, batch, options)
    if call is None:
        return CertifiedCall((), None)
    return CertifiedCall(tuple(certify(term, call.values, form) for term in call.terms), certify(call.upstream, call.values, form))


def _summed(loss: Loss, options: Options, factors: list[float]) -> Loss:
    """One loss of the whole batch: the sum of factor times weight times term, over the denominator."""

    def definition(m: System, **values: Any) -> Number:
        total = m.lift(0)
        for i, factor in enumerate(factors):
            weight = _weight(loss, values, options, i)
            if factor and weight:
                example = {name: x[i] if name in loss.arguments else x for name, x in values.items()}
                total = total + Fraction(factor) * weight * _term(m, loss, example, options)
        if options.reduction == "mean":
            return total / _denominator(loss, values, options)
        return total

    return replace(loss, definition=definition)


def _term(m: System, loss: Loss, example: Mapping[str, Any], options: Options) -> Any:
    """One example's loss: class weights, smoothing and the positive weight are part of it."""
    if len(loss.arguments) == 1:
        return loss.definition(m, **example)
    name = tuple(loss.arguments)[1]
    space, target = loss.arguments[name], example[name]
    amount = Fraction(options.label_smoothing)

    def at(y: Any) -> Any:
        return loss.definition(m, **{**example, name: y})

    def spread(t: Any, classes: int) -> Any:
        """The smoothed share of one class."""
        if options.smoothing == "all":
            return (1 - amount) * t + amount / classes
        return (1 - amount) * t + amount * (1 - t) / max(classes - 1, 1)

    if space.label_of:
        classes = len(example[loss.differentiable])
        shares = [spread(m.lift(int(k == target)), classes) for k in range(classes)]
        return m.sum(share * _class_weight(options, k) * at(k) for k, share in enumerate(shares) if amount or k == target)
    if space.rank:
        shares = [spread(t, len(target)) if amount else t for t in target]
        return at([_class_weight(options, k) * t for k, t in enumerate(shares)])
    if (space.low, space.high) == (0.0, 1.0):
        y = spread(target, 2) if amount else target
        if options.pos_weight is not None:
            return Fraction(options.pos_weight) * y * at(m.lift(1)) + (1 - y) * at(m.lift(0))
        return at(y)
    return at(target)


def _own_form(loss: Loss, batch: Values, options: Options) -> tuple[Loss, dict[str, Any]]:
    """Labels in the loss's own form; soft rows for a class index make the loss one of weights."""
    values = dict(batch)
    if options.target_form is None:
        return loss, values
    name = tuple(loss.arguments)[1]
    if options.target_form == "soft":
        linear = replace(loss, arguments={**loss.arguments, name: Weights()}, definition=_linear(loss, name))
        return linear, values
    labels: list[Any] = list(values[name])
    if options.target_form == "one_hot":
        labels = [row.index(1.0) for row in labels]
    if options.target_form == "sign" and loss.arguments[name].low == 0:
        labels = [(y + 1) / 2 for y in labels]
    if options.target_form == "binary":
        labels = [2 * y - 1 for y in labels]
    return loss, values | {name: tuple(labels)}


def _hidden(loss: Loss, values: Values, options: Options) -> Values:
    """What is left out may hold anything, NaN too: a 0 stands for it, which no term looks at."""

    def blank(space: Any, x: Any) -> Any:
        return tuple(0.0 for _ in x) if isinstance(x, tuple) else space.values[0] if space.values else 0.0

    counted = _counted(loss, values, options)
    return {
        name: tuple(y if counts or space.label_of else blank(space, y) for y, counts in zip(values[name], counted, strict=True))
        for name, space in loss.arguments.items()
    } | {name: x for name, x in values.items() if name not in loss.arguments}


def _counted(loss: Loss, values: Values, options: Options) -> tuple[bool, ...]:
    return tuple(bool(_weight(loss, values, options, i)) for i in range(len(values[loss.differentiable])))


def _linear(loss: Loss, name: str) -> Any:
    def definition(m: System, **example: Any) -> Any:
        return m.sum(t * loss.definition(m, **{**example, name: k}) for k, t in enumerate(example[name]))

    return definition


def _is_kept(options: Options, i: int, target: Any) -> bool:
    masked = options.mask is not None and not _each(options.mask, i + 1)[i]
    return not masked and (options.ignore_index is None or target != options.ignore_index)


def _weight(loss: Loss, values: Values, options: Options, i: int) -> Fraction:
    target = values[tuple(loss.arguments)[-1]][i]
    if not _is_kept(options, i, target):
        return Fraction(0)
    return Fraction(1) if options.sample_weight is None else Fraction(_each(options.sample_weight, i + 1)[i])


def _class_weight(options: Options, k: int) -> Fraction:
    return Fraction(1) if options.class_weight is None else Fraction(options.class_weight[k])


def _denominator(loss: Loss, values: Values, options: Options) -> Fraction:
    targets = values[tuple(loss.arguments)[-1]]
    kept = [i for i, y in enumerate(targets) if _is_kept(options, i, y)]
    if options.denominator == "weights":
        labelled = bool(loss.arguments[tuple(loss.arguments)[-1]].label_of)
        weights = {i: _weight(loss, values, options, i) for i in kept}
        return sum((w * (_class_weight(options, targets[i]) if labelled else 1) for i, w in weights.items() if w), Fraction(0))
    named = {"kept": len(kept), "count": len(targets), "batch": len(targets)}
    return Fraction(named.get(options.denominator, options.denominator))


def _each(x: Any, count: int) -> list[Any]:
    """One entry an example."""
    if isinstance(x, (list, tuple)) and len(x) != 1:
        return list(x)
    return [x[0] if isinstance(x, (list, tuple)) else x] * count
