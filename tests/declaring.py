"""What the tests of conventions share: implementations made of our own code, their verdicts, and golden vectors of either kind."""

import numpy as np

import lossref
from lossref import catalog, golden
from lossref.conventions.grammar import parse
from lossref.exact.answer import answer
from lossref.formats import FLOAT64
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


def rounded_like(name, function):
    """Computed in float64 and rounded to the format of that argument; several gradients alike."""

    def of(**arrays):
        found = function(**arrays)
        return tuple(x.astype(arrays[name].dtype) for x in found) if isinstance(found, tuple) else found.astype(arrays[name].dtype)

    return of


def in_format(x, eps):
    return float(x.dtype.type(eps))


def with_another_axis(part):
    """|x|^2 + eps is the square of a longer vector: one with sqrt(eps) for its last entry."""

    def longer(anchor, positive, negative, margin):
        column, root = np.ones((len(anchor), 1)), np.sqrt(in_format(anchor, 1e-6))
        vectors = [np.hstack([np.float64(x), at * column]) for x, at in ((anchor, root), (positive, 0), (negative, 0))]
        found = getattr(lossref, part)("triplet_margin", *vectors, margin=margin)
        return tuple(slopes[:, :-1] for slopes in found) if part == "gradient" else found

    return rounded_like("anchor", longer)


def shifted(part):
    def of(anchor, positive, negative, margin):
        moved = np.float64(anchor) + in_format(anchor, 1e-6)
        return getattr(lossref, part)("triplet_margin", moved, np.float64(positive), np.float64(negative), margin=margin)

    return rounded_like("anchor", of)


def floored(part):
    """The gradient does not see that the variance was raised."""

    def of(prediction, target, variance):
        raised = np.maximum(np.float64(variance), in_format(variance, 1e-6))
        return getattr(lossref, part)("gaussian_nll", np.float64(prediction), np.float64(target), variance=raised)

    return rounded_like("variance", of)


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
