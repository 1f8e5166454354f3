"""What the tests of conventions share: implementations made of our own code, their verdicts, and golden vectors of either kind."""

import numpy as np

import lossref
from lossref import catalog, golden
from lossref.exact.answer import answer
from lossref.formats import FLOAT64
from lossref.judge.grammar import parse
from lossref.judge.measure import LEVELS
from lossref.judge.verdict import judge
from lossref.library import Implementation
from lossref.spec import Question, Vector

BINARY, SIGMOID, SOFTMAX, EPS = "binary_cross_entropy", "sigmoid_cross_entropy", "softmax_cross_entropy", 1e-7
TORCH = "clamp log at -100, gradient denominator at least 1e-12"
RULES = ("zero outside", "through", "unclipped")
KERAS, THROUGH, UNCLIPPED = (f"clip probabilities to [1e-7, 1 - 1e-7], gradient {rule}" for rule in RULES)


def ours(part, name=BINARY):
    return lambda **arrays: getattr(lossref, part)(name, **arrays).astype(next(iter(arrays.values())).dtype)


def wide(function):
    """Computed in float64, rounded last: what is tested is the mathematics."""
    return lambda **arrays: np.asarray(function(**arrays), np.float64).astype(next(iter(arrays.values())).dtype)


def scaled(factor, name):
    return {part: lambda part=part, **arrays: ours(part, name)(**arrays) * factor for part in ("value", "gradient")}


def verdict(name, parts, *sentences, form=FLOAT64, of=None):
    conventions = tuple(map(parse, sentences))
    implementation = Implementation(parts=parts, line=lambda *_: "", conventions=conventions)
    found = judge(catalog.get(name), implementation, of or vectors(name, form), form)
    assert not found.broke, found.broke
    return found


def grades(found, strict=False):
    return {part: part_found.headline(strict) for part, part_found in found.parts.items()}


def counted(found):
    """The worst grade of all regions but `special`, which no convention here is about."""
    return max((g for p in found.parts.values() for region, g in p.regions.items() if region != "special"), key=LEVELS.index)


def vectors(name, form=FLOAT64):
    """The single examples; `calls` has the others."""
    return [v for v in golden.read(catalog.get(name), form) if not v.question.is_call]


def calls(name, form=FLOAT64):
    """Those of two options at once would take long: what is declared is computed anew."""
    return [v for v in golden.read(catalog.get(name), form) if v.question.is_call and v.question.flag != "pair"]


def value(v):
    return v.answer.value.rounded[0]


def slope(v):
    """The gradient in the first argument."""
    return next(iter(v.answer.gradient.values()))


def asked(loss, inputs, **options):
    question = Question(loss.name, "float64", inputs, options, "reduction" if options else "ordinary", "plain")
    return Vector(question, answer(loss, inputs, options, FLOAT64))
