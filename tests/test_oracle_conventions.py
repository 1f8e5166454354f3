"""The oracle answers as a declared function: the same numbers as implementations that declare it are judged by."""

import re

import mpmath
import pytest
from asking import components, given

from lossref import golden, oracle
from lossref.catalog import get
from lossref.conventions.grammar import parse
from lossref.exact.balls import INSTALLED
from lossref.formats import FLOAT64
from lossref.judge.declared import declared

DECLARED = [
    ("binary_cross_entropy", ["clip probabilities to [1e-7, 1 - 1e-7]"]),
    ("binary_cross_entropy", ["clip probabilities to [1e-7, 1 - 1e-7], gradient through"]),
    ("binary_cross_entropy", ["clip probabilities to [1e-7, 1 - 1e-7], gradient unclipped"]),
    ("binary_cross_entropy", ["clamp log at -100, gradient denominator at least 1e-12"]),
    ("categorical_cross_entropy", ["divide probabilities by their sum", "clip probabilities to [eps, 1 - eps]"]),
    ("sigmoid_cross_entropy", ["factor 1/2", "clip logits to [-30, 30]"]),
    ("gaussian_nll", ["clip variance to [1e-6, inf], gradient through"]),
    ("squared_error", ["factor 1/2", "mean over weights"]),
    ("softmax_cross_entropy", ["log base 2", "smoothing over others"]),
    ("triplet_margin", ["add 1e-6 to anchor"]),
]


@pytest.mark.whole
@pytest.mark.parametrize(("name", "sentences"), DECLARED, ids=lambda x: x if isinstance(x, str) else "+".join(x))
def test_it_is_what_implementations_are_judged_by(name, sentences, listed):
    loss, conventions = get(name), [parse(sentence) for sentence in sentences]
    vectors = [v for v in golden.read(loss, FLOAT64) if v.region not in ("special", "range")][::4]
    misses, seen = [], 0
    for v in declared(loss, conventions, vectors, FLOAT64):
        stored = [v.answer.value, *v.answer.gradient.values()]
        found = oracle(name, convention=sentences, digits=30, **given(v.question))
        if any(part.rounded is None for part in stored):
            assert found.gradient is None or v.region == "kink"  # within reach of one, or at it
            continue
        wanted = [x for part in stored for x in part.rounded]
        seen += 1
        same = repr([float(x) for x in components(found)]) == repr(wanted)  # NaN is NaN
        misses += [] if same else [(v.question.inputs, v.question.options, found, wanted)]
    assert seen > 10
    listed(misses)


def test_the_hessian_is_the_declared_one():
    found = oracle("logistic", 0.3, 1, hessian=True, convention="hessian at least 1")
    assert float(found.hessian) == 1.0
    assert found.gradient == oracle("logistic", 0.3, 1).gradient


@pytest.mark.skipif(not INSTALLED, reason="needs python-flint")
def test_enclosures_are_those_of_the_declared_value_and_slopes():
    found = oracle("binary_cross_entropy", 1e-9, 1, certified=True, convention="clip probabilities to [1e-7, 1 - 1e-7], gradient through")
    for x, ends in zip((found.value, found.gradient), found.enclosure, strict=True):
        assert max(abs(end - x) for end in ends) <= abs(x) * mpmath.mpf(10) ** -49
    assert float(found.gradient) == -1e7


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("clip logits", "convention: 'clip logits' is no convention; what can be said: clip ARGUMENT to"),
        ("clip probabilities to [0, 1]", "convention: sigmoid_cross_entropy: 'clip probabilities to [0, 1]"),
        ("at a kink the lower slope", "is about rounded answers, which are judged; the oracle has exact ones"),
        ("flush subnormal inputs to zero", "is about rounded answers"),
    ],
)
def test_what_it_cannot_be_is_a_sentence(sentence, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        oracle("sigmoid_cross_entropy", 0.5, 1, convention=sentence)
