"""What a call may do with a batch: the options, and which of them mean something for a loss, in one place for everybody."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from operator import index
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from lossref.arrays import doubles, integer, plain, shown
from lossref.bits import below_zero, unflushed

if TYPE_CHECKING:
    from lossref.spec import Loss

REDUCTIONS = ("none", "sum", "mean")
DENOMINATORS = ("weights", "kept", "count", "batch")
EMPTY = {"nan": math.nan, "zero": 0.0}
SMOOTHINGS = ("all", "others")

# The kinds of target, and the forms that a label of each may be given in, its own first.
TargetKind = Literal["class", "weights", "probability", "sign", "number", "none"]
CLASS: Final = "class"
WEIGHTS: Final = "weights"
PROBABILITY: Final = "probability"
SIGN: Final = "sign"
NUMBER: Final = "number"
NONE: Final = "none"
FORMS: Mapping[str, tuple[str, ...]] = {
    CLASS: ("index", "one_hot", "soft"),
    PROBABILITY: ("probability", "sign"),
    SIGN: ("sign", "binary"),
}


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is done with a batch. All are off by default; a value that is not allowed raises ValueError.

    reduction       none, sum or mean
    denominator     of the mean: `weights` (the sum of the weights of what is kept, for class indices each times the weight of
                    its class; the number kept without weights), `kept` (all that no mask and no index leaves out), `count`
                    (all examples), `batch` (the length of the first axis), or a number
    empty           the mean where the denominator is 0: `nan` or `zero`
    sample_weight   one for each example, finite; 0 hides NaN and infinity, and a mean needs a sum that is not 0 unless all are
    class_weight    one for each class, finite
    pos_weight      of the term of label 1, at least 0
    label_smoothing a in [0, 1]: (1 - a) t + a / K, or (1 - a) y + a / 2 for one probability
    smoothing       over `all` classes, as above, or over the `others`: (1 - a) t + a (1 - t) / (K - 1), K = 2 for one probability
    ignore_index    examples with this class index are left out
    mask            true where an example is kept: truth values, or the integers 1 and 0
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
        _one_of("smoothing", self.smoothing, SMOOTHINGS)
        if isinstance(self.denominator, str):
            _one_of("denominator", self.denominator, DENOMINATORS)
        else:
            known = f"a number above 0 or one of {', '.join(DENOMINATORS)}"
            self._take("denominator", number("denominator", self.denominator, known, 0, math.inf, has_ends=False))
        if self.target_form is not None:
            _one_of("target_form", self.target_form, tuple(dict.fromkeys(form for forms in FORMS.values() for form in forms)))
        self._take("label_smoothing", number("label_smoothing", self.label_smoothing, "a number in [0, 1]", 0, 1))
        if self.ignore_index is not None:
            self._take("ignore_index", integer("ignore_index", self.ignore_index))
        if self.mask is not None and not _are_truth_values(self.mask):
            raise ValueError(f"mask must be true or false for each example (or 1 or 0), and is {shown(self.mask)}")
        for name in ("sample_weight", "class_weight", "pos_weight", "upstream"):
            if (given := getattr(self, name)) is None:
                continue
            x = doubles(name, given)
            is_signed, allowed = (False, "at least 0 everywhere and finite") if name == "pos_weight" else (True, "finite everywhere")
            if name != "upstream" and not (is_signed or not below_zero(x).any()) & np.isfinite(x).all():
                raise ValueError(f"{name} must be {allowed}, and is {reprlib.repr(x.tolist())}")

    def _take(self, name: str, x: Any) -> None:
        object.__setattr__(self, name, x)


NAMES = tuple(field.name for field in fields(Options))
DEFAULTS = {field.name: field.default for field in fields(Options)}
CANCELLING = "the weights of what is kept sum to 0 without being 0, and there is no mean over that"
TEXTS = ("reduction", "denominator", "empty", "smoothing", "target_form")  # those that are words


def split(named: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments and parameters, and what a call does: two mappings of one."""
    return {k: x for k, x in named.items() if k not in NAMES}, {k: x for k, x in named.items() if k in NAMES}


def refusals(loss: Loss) -> dict[str, str]:
    """The options that mean nothing for a loss, each with the reason: all follow from its kind of target."""
    space = loss.target_space
    refused = {}
    if loss.target not in (CLASS, WEIGHTS) or (space is not None and space.sums_to_one):
        what = "its target is a distribution" if space is not None and space.sums_to_one else "its target has no classes"
        refused["class_weight"] = what
    if loss.target != CLASS:
        refused["ignore_index"] = "its target is no class index"
    if loss.target == CLASS and not loss.soft_target:
        refused["label_smoothing"] = "its target is one class"
    elif loss.target not in (CLASS, WEIGHTS, PROBABILITY):
        refused["label_smoothing"] = "its target has nothing that it could act on"
    if loss.target != PROBABILITY:
        refused["pos_weight"] = "its target has nothing that it could act on"
    elif space is not None and space.rank:
        refused["pos_weight"] = "one example has several labels"
    elif not loss.is_affine:
        refused["pos_weight"] = "it is not affine in its target, so that a weight of label 1 alone means nothing"
    if loss.target not in FORMS:
        refused["target_form"] = "its target has one form"
    return refused


def forms(loss: Loss) -> tuple[str, ...]:
    """The forms that a loss takes its target in, its own first."""
    return tuple(form for form in FORMS.get(loss.target, ()) if form != "soft" or loss.soft_target)


def check(loss: Loss, options: Options) -> None:
    """Raise ValueError for an option that the loss has no use for."""
    for name, reason in refusals(loss).items():
        if (x := getattr(options, name)) is not None and not (name == "label_smoothing" and x == 0):
            raise ValueError(f"{loss.name} takes no {name}: {reason}")
    if options.target_form is not None:
        _one_of(f"{loss.name}: target_form", options.target_form, forms(loss))


def number(name: str, x: Any, allowed: str, least: float, most: float, *, has_ends: bool = True) -> Any:
    """A number as it is where Python knows it, exactly otherwise."""
    try:
        found = x if type(x) in (int, float) else index(x) if hasattr(x, "__index__") else Fraction(*map(int, x.as_integer_ratio()))
        fits = least <= unflushed(found) <= most if has_ends else least < unflushed(found) < most
    except Exception:  # anybody's number may raise anything
        fits = False
    if not fits:
        raise ValueError(f"{name} must be {allowed}, and is {shown(x)}")
    return found


def _are_truth_values(mask: Any) -> bool:
    try:
        found = plain("mask", mask)
    except ValueError:
        return False
    return found.dtype.kind in "biu" and bool(np.isin(found, (0, 1)).all())


def _one_of(name: str, x: Any, allowed: tuple[str, ...]) -> None:
    if not isinstance(x, str) or x not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, and is {shown(x)}")
