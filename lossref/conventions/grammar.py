"""How a convention is said: one sentence for each kind, read here and printed by the convention itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from lossref.arrays import shown
from lossref.bits import as_float, unflushed
from lossref.conventions.branches import AngularMargin, ClipShare, Itself
from lossref.conventions.formula import AddInside, AddTo, Bound, ClampLog, Clip, Convention, ConventionError, DivideBySum, Factor
from lossref.conventions.habits import Always, ClassWeights, Fixed, Flush, Hessian, HessianFloor, Jump, Kink
from lossref.options import DENOMINATORS, EMPTY, SMOOTHINGS

LONGEST = 300  # characters of a sentence: the patterns look at each pair of its digits at worst
NUMBER = r"[-+]?[0-9]*\.?[0-9]+(?:e[-+]?[0-9]{1,3})?(?:/[0-9]+)?"
BOUND = rf"(?:(?:1 - )?(?:eps|{NUMBER})|[-+]?inf)"
GRAMMAR: Mapping[str, tuple[str, Callable[..., Convention]]] = {  # as --help has it -> the pattern, and what it makes
    "clip ARGUMENT to [LOW, HIGH], gradient zero outside | through | unclipped": (
        rf"clip (?!sigmoid |softmax )(\w+) to \[({BOUND}), ({BOUND})\](?:, gradient (zero outside|through|unclipped))?",
        lambda name, low, high, gradient: Clip(name, _bound(low), _bound(high), gradient or "zero outside"),
    ),
    "clip sigmoid | softmax to [LOW, HIGH]": (
        rf"clip (sigmoid|softmax) to \[({BOUND}), ({BOUND})\]",
        lambda function, low, high: ClipShare(function, _bound(low), _bound(high)),
    ),
    "divide ARGUMENT by their sum": (r"divide (\w+) by their sum", DivideBySum),
    "clamp log at NUMBER, gradient denominator at least NUMBER": (
        rf"clamp log at ({NUMBER})(?:, gradient denominator at least ({NUMBER}))?",
        lambda at, least: ClampLog(_number(at), _number(least) if least else None),
    ),
    "add NUMBER inside log | sqrt": (rf"add (eps|{NUMBER}) inside (log|sqrt)", lambda eps, inside: AddInside(_bound(eps), inside)),
    "add NUMBER to ARGUMENT": (rf"add (eps|{NUMBER}) to (\w+)", lambda eps, name: AddTo(_bound(eps), name)),
    "ARGUMENT itself above | below NUMBER": (
        rf"(\w+) itself (above|below) ({NUMBER})",
        lambda name, side, at: Itself(name, side, _number(at)),
    ),
    "the cosine itself past a right angle": (r"the cosine itself past a right angle", lambda: AngularMargin("easy")),
    "the cosine less m sin m past an angle of pi - m": (
        r"the cosine less m sin m past an angle of pi - m",
        lambda: AngularMargin("linear"),
    ),
    "factor NUMBER": (rf"factor ({NUMBER})", lambda x: Factor(_number(x))),
    "log base NUMBER": (rf"log base ({NUMBER})", lambda x: Factor(base=_number(x))),
    "at a kink the lower | upper | middle | flatter | steeper slope": (r"at a kink the (lower|upper|middle|flatter|steeper) slope", Kink),
    "at a jump any slope": (r"at a jump any slope", Jump),
    "flush subnormal inputs | answers | numbers to zero": (r"flush subnormal (inputs|answers|numbers) to zero", Flush),
    "hessian NUMBER": (rf"hessian ({NUMBER})", lambda x: Hessian("constant", _number(x))),
    "hessian times NUMBER": (rf"hessian times ({NUMBER})", lambda x: Hessian("factor", _number(x))),
    "hessian at least NUMBER": (rf"hessian at least ({NUMBER})", lambda x: HessianFloor(_number(x))),
    f"mean over {' | '.join(DENOMINATORS)} | NUMBER": (
        rf"mean over ({'|'.join(DENOMINATORS)}|{NUMBER})",
        lambda over: Always("denominator", over if over in DENOMINATORS else _above_zero(over)),
    ),
    f"nothing gives {' | '.join(EMPTY)}": (rf"nothing gives ({'|'.join(EMPTY)})", lambda value: Always("empty", value)),
    "label smoothing NUMBER": (rf"label smoothing ({NUMBER})", lambda x: Always("label_smoothing", as_float(_number(x)))),
    "weight of label 1 NUMBER": (rf"weight of label 1 ({NUMBER})", lambda x: Always("pos_weight", as_float(_number(x)))),
    "ignored class INDEX": (r"ignored class ([0-9]{1,6})", lambda x: Always("ignore_index", int(x))),
    "class weights NUMBER, NUMBER ... in means": (
        rf"class weights ({NUMBER}(?:, {NUMBER})*)( in means)?",
        lambda found, in_means: ClassWeights(tuple(as_float(_number(x)) for x in found.split(", ")), bool(in_means)),
    ),
    "PARAMETER is NUMBER": (rf"(\w+) is ({NUMBER})", lambda name, x: Fixed(name, _number(x))),
    f"smoothing over {' | '.join(SMOOTHINGS)}": (rf"smoothing over ({'|'.join(SMOOTHINGS)})", lambda over: Always("smoothing", over)),
}


def sentences(name: str, given: Any) -> tuple[str, ...]:
    """One sentence, or several, as a tuple; ValueError for what is neither."""
    found = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, (list, tuple)) else (None,)
    if not all(isinstance(sentence, str) for sentence in found):
        raise ValueError(f"{name} must be a sentence or a list of sentences, and is {shown(given)}")
    return found


def parse(text: str) -> Convention:
    """The convention that a sentence states; ConventionError says what can be said instead."""
    if len(text) > LONGEST:
        raise ConventionError(f"{text[:60]!r}... is no convention: it has {len(text)} characters, and none has more than {LONGEST}")
    plain = " ".join(text.split())
    for pattern, make in GRAMMAR.values():
        if match := re.fullmatch(pattern, plain):
            return make(*match.groups())
    raise ConventionError(f"{plain!r} is no convention; what can be said: {'; '.join(GRAMMAR)}")


def parse_declaration(text: str) -> tuple[str, Convention]:
    """`LOSS: SENTENCE`."""
    loss, colon, sentence = text.partition(":")
    if not colon:
        raise ConventionError(f"a convention is declared as LOSS: SENTENCE, not {text[:LONGEST]!r}")
    return loss.strip(), parse(sentence)


def _bound(text: str) -> Bound:
    if text.endswith("inf"):
        return Bound(float(text))
    amount = text.removeprefix("1 - ")
    return Bound(None if amount == "eps" else _number(amount), amount != text)


def _number(text: str) -> Fraction:
    try:
        if abs(x := Fraction(text)) < 2**64:
            return x
    except (ValueError, ZeroDivisionError):
        pass
    raise ConventionError(f"{text!r} is no number that a convention has")


def _above_zero(text: str) -> float:
    if unflushed(x := as_float(_number(text))) > 0:
        return x
    raise ConventionError(f"a mean is over a number above 0, not {text}")
