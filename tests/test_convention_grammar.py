"""How conventions are said: each is printed as it is read, and what says nothing, or nothing of a loss, is refused."""

import re

import pytest
from declaring import BINARY, KERAS, SOFTMAX, TORCH, vectors

from lossref import catalog
from lossref.conventions.formula import ConventionError
from lossref.conventions.grammar import GRAMMAR, parse, parse_declaration
from lossref.formats import FLOAT64
from lossref.judge.declared import declared

SENTENCES = (TORCH, KERAS, "clip probabilities to [eps, 1], gradient through", "log base 2", "factor 1/3", "add eps inside log",
             "divide probabilities by their sum", "at a kink the middle slope", "flush subnormal numbers to zero",
             "hessian 1", "hessian times 2.5", "hessian at least 1e-16", "mean over count", "mean over 2.5", "nothing gives zero",
             "smoothing over others", "clip variance to [1e-6, inf], gradient through", "clip logits to [-inf, 80]",
             "add 1e-6 inside sqrt", "add 1e-6 to anchor", "label smoothing 0.1", "delta is 0.5",
             "clip sigmoid to [1e-7, 1 - 1e-7]", "x itself above 20", "the cosine itself past a right angle", "at a jump any slope",
             "the cosine less m sin m past an angle of pi - m", "weight of label 1 3", "ignored class 0", "class weights 1, 2, 0.5",
             "class weights 1, 2 in means")  # fmt: skip


def test_every_form_is_among_them():
    lacking = [form for form, (pattern, _) in GRAMMAR.items() if not any(re.fullmatch(pattern, sentence) for sentence in SENTENCES)]
    assert not lacking


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_convention_is_printed_as_it_is_read(sentence):
    assert parse(parse(sentence).sentence) == parse(sentence)
    assert parse_declaration(f" hinge : {sentence} ") == ("hinge", parse(sentence))


@pytest.mark.parametrize("text", ["clip it", "factor two", "factor 1/0", "factor 1e400", "clamp log", "hessian", "factor 2 or so", "",
                                  "mean over everything", "mean over -1", "mean over 0"])  # fmt: skip
def test_what_is_no_convention_is_refused(text):
    with pytest.raises(ConventionError):
        parse(text)


MISFITS = [
    ("hinge", ["clip probabilities to [0, 1]"], "has no argument probabilities, but prediction and target"),
    ("hinge", ["clip target to [0, 1]"], "target is not a real number"),
    (BINARY, ["divide probabilities by their sum"], "no vector"),
    ("hinge", [TORCH], "only the cross-entropy of one probability"),
    (SOFTMAX, ["mean over count", "mean over kept"], "cannot both be declared"),
    ("absolute_error", ["smoothing over others"], "does not fit: its target has nothing"),
    ("softplus", ["nothing gives zero"], "does not fit: it is a function"),
    (BINARY, ["factor 2", "factor 1/2"], "cannot both be declared"),
    ("triplet_margin", ["add 1e-6 to first"], "has no argument first, but anchor and positive and negative"),
    (BINARY, ["add 1e-7 inside log", "clamp log at -100"], "cannot both be declared"),
]


@pytest.mark.parametrize(("name", "sentences", "words"), MISFITS)
def test_what_does_not_fit_is_refused(name, sentences, words):
    with pytest.raises(ConventionError, match=words):
        declared(catalog.get(name), tuple(map(parse, sentences)), vectors(name), FLOAT64)
