"""A call has what its examples have: values, slopes, bends, intervals and parameters, weighted and divided by hand in exact arithmetic.

It is answered by its examples; as one function of its batch, which shares no addition with that, it has the same bits.
"""

import math
from contextlib import suppress
from fractions import Fraction

import pytest
from asking import parts

from lossref import catalog, golden, options
from lossref.exact.answer import answer
from lossref.exact.example import are_finite, of_example
from lossref.exact.reduce import whole
from lossref.exact.settle import AllowanceOverflowError
from lossref.formats import FLOAT64, RESIDUAL_STEPS
from lossref.options import EMPTY, Options
from lossref.values import flat

pytestmark = pytest.mark.sampled

WIDEST = 24  # numbers in a call, beyond which one function of them all takes seconds to record
BY_HAND = {"reduction", "denominator", "sample_weight", "mask", "upstream"}


def calls(loss, form=FLOAT64):
    """Every other golden call whose options act on weights alone: the answers to their examples, the weights and the denominator.

    A call whose example overflows alone, its value or an allowance, and not in the call with its weight, is left out.
    """
    asked = [v for v in golden.read(loss, form) if v.question.is_call and v.question.call.keys() <= BY_HAND]
    for v in [v for v in asked if v.question.flag != "left_out"][::2]:
        weights, denominator = combined(v.question)
        with suppress(AllowanceOverflowError):
            alone = list(examples(loss, v.question, weights))
            finite = all(map(math.isfinite, flat(v.question.inputs)))
            if not finite or all(math.isfinite(a.value.rounded[0]) for a in alone if a):
                yield v, alone, weights, denominator


def combined(question):
    """The weight of each example, and what the sum is divided by."""
    call, count = question.call, len(next(iter(question.inputs.values())))
    kept = call.get("mask", (True,) * count)
    weights = [Fraction(w) * keep for w, keep in zip(call.get("sample_weight", (1.0,) * count), kept, strict=True)]
    if call["reduction"] != "mean":
        return weights, Fraction(1)
    named = {"weights": sum(weights), "kept": sum(kept), "count": count, "batch": count}
    chosen = call.get("denominator", "weights")
    return weights, Fraction(named.get(chosen, chosen))


def examples(loss, question, weights):
    """The answer to each example alone; None for one that does not count, which may hold anything."""
    for i, weight in enumerate(weights):
        inputs = {name: x[i] for name, x in question.inputs.items()}
        yield answer(loss, inputs, question.parameters, question.form) if weight else None


def upstream(question, i):
    given = question.call.get("upstream", 1.0)
    return Fraction(given[i] if isinstance(given, tuple) else given)


class Sum:
    """A sum of exact numbers, each known to half a step of its residual; `exact` is a float where one of them is infinite."""

    def __init__(self):
        self.exact, self.room = Fraction(0), Fraction(0)

    def add(self, factor, part, i, form):
        x = part.exact(i, form)
        if isinstance(x, float) or isinstance(self.exact, float):
            self.exact = float(self.exact) + float(factor) * x if factor else self.exact
        else:
            self.exact += factor * x
            self.room += abs(factor) * step(part, i, form)
        return self

    def is_said_by(self, part, i, form):
        x = part.exact(i, form)
        if isinstance(self.exact, float) or isinstance(x, float):
            overflows = isinstance(self.exact, Fraction) and form.round(self.exact) == x
            return self.exact == x or overflows
        return abs(self.exact - x) <= self.room + step(part, i, form)


def step(part, i, form):
    return form.ulp(Fraction(part.rounded[i])) / RESIDUAL_STEPS / 2


def test_values_are_weighted_sums(loss, form, listed):
    misses, seen = [], 0
    for v, alone, weights, denominator in calls(loss, form):
        terms = [[(w, a)] for w, a in zip(weights, alone, strict=True)]
        if v.question.options["reduction"] != "none":
            terms = [[pair for row in terms for pair in row]]
        assert len(v.answer.value) == len(terms)
        for i, row in enumerate(terms):
            total = Sum()
            for weight, found in row:
                if found is not None:
                    total.add(weight / denominator, found.value, 0, form)
            seen += 1
            misses += [] if total.is_said_by(v.answer.value, i, form) else [(v.id, v.question.options, i, float(total.exact))]
    assert seen >= 12 or not loss.is_called
    listed(misses)


@pytest.mark.parametrize("which", ["gradient", "hessian"])
def test_slopes_and_bends_are_those_of_each_example(loss, listed, which):
    misses, seen = [], 0
    for v, alone, weights, denominator in calls(loss):
        for name, part in v.answer.part(which).items():
            if part.rounded is None:
                continue
            seen += 1
            width = len(part) // len(weights)
            for i, (weight, found) in enumerate(zip(weights, alone, strict=True)):
                factor = weight * upstream(v.question, i) / denominator
                own = found and found.part(which)[name]
                for j in range(width):
                    total = Sum() if own is None or own.rounded is None else Sum().add(factor, own, j, FLOAT64)
                    if own is not None and own.rounded is None and factor:  # a kink that is not met in the call is none in it
                        misses.append((v.id, v.question.options, name, i, "an example at a kink, a call with a gradient"))
                    elif not total.is_said_by(part, i * width + j, FLOAT64):
                        misses.append((v.id, v.question.options, name, i, j, float(total.exact), part.rounded[i * width + j]))
    assert seen > 7 or not loss.is_called or not catalog_has(loss, which)
    listed(misses)


def catalog_has(loss, which):
    """Whether the loss has such an answer at all: one with a corner has Hessians away from it only."""
    return any(v.answer.part(which) for v in golden.read(loss, FLOAT64) if v.region == "ordinary")


def test_intervals_are_those_of_each_example(loss, listed):
    """At a kink and beside it: the ends of an example's interval times its factor, exchanged where that is negative."""
    misses = []
    for v, alone, weights, denominator in calls(loss):
        factors = [w * upstream(v.question, i) / denominator for i, w in enumerate(weights)]
        for name, part in v.answer.gradient.items():
            width = len(part) // len(weights)
            open_ones = [f and any(p.interval for p in a.gradient.values()) for f, a in zip(factors, alone, strict=True) if a is not None]
            if part.interval is None:
                misses += [(v.id, name, "an example has an interval, the call none")] if any(open_ones) and part.is_judged else []
                continue
            for i, (factor, found) in enumerate(zip(factors, alone, strict=True)):
                for j in range(width):
                    ends = scaled_ends(found, name, j, factor)
                    got = part.interval[i * width + j]
                    if not all(beside(a, b) for a, b in zip(got, ends, strict=True)):
                        misses.append((v.id, v.question.options, name, i, j, got, [float(x) for x in ends]))
    listed(misses)


def scaled_ends(found, name, j, factor):
    if found is None or not factor:
        return (Fraction(0), Fraction(0))
    own = found.gradient[name]
    ends = own.interval[j] if own.interval else (own.rounded[j], own.rounded[j])
    return sorted(factor * Fraction(x) for x in ends)


def beside(got, exact):
    """Rounded once in the call, and once before in the example, whose half an ulp is up to a whole one after the factor."""
    return abs(Fraction(got) - exact) <= FLOAT64.ulp(exact) * 3 / 2


def test_calls_at_kinks_have_intervals(listed):
    """Of hinge, in a mean and alone, with slopes that lie inside the interval of each example and none that is cut short."""
    loss = catalog.get("hinge")
    found = [v for v in golden.read(loss, FLOAT64) if v.question.is_call and v.region == "kink"]
    assert {v.question.options["reduction"] for v in found} == {"none", "mean"}
    count = len(found[0].question.inputs["prediction"])
    for v in found:
        size = 1 / count if v.question.options["reduction"] == "mean" else 1
        targets = v.question.inputs["target"]
        wanted = [(min(0, -y * size), max(0, -y * size)) for y in targets]
        listed([(v.id, got, ends) for got, ends in zip(v.answer.gradient["prediction"].interval, wanted, strict=True) if got != ends])


def test_calls_take_parameters(listed):
    """Huber's delta away from its default: in the golden calls, and anew, with every delta of the grid."""
    loss = catalog.get("huber")
    deltas = {v.question.options.get("delta", 1.0) for v in golden.read(loss, FLOAT64) if v.question.is_call}
    assert deltas >= set(loss.parameters["delta"].grid)
    batch = {"prediction": (3.0, -0.01, 0.5, -700.0), "target": (0.0, 0.0, 0.25, 1.0)}
    for delta in loss.parameters["delta"].grid:
        for reduction, share in (("sum", 1), ("mean", 4)):
            found = answer(loss, batch, {"reduction": reduction, "delta": delta}, FLOAT64)
            slopes = [max(-delta, min(delta, f - y)) / share for f, y in zip(*batch.values(), strict=True)]
            listed([(delta, x, y) for x, y in zip(found.gradient["prediction"].rounded, slopes, strict=True) if x != y])
            bends = [float(abs(f - y) <= delta) / share for f, y in zip(*batch.values(), strict=True)]
            assert list(found.hessian["prediction"].rounded) == bends


def test_a_mean_over_nothing_is_what_was_asked_for(loss, listed):
    """NaN or 0 with slopes of 0; a mean over all examples of which none is kept is 0."""
    misses, seen = [], set()
    for v in [v for v in golden.read(loss, FLOAT64) if v.question.flag == "left_out"]:
        call = v.question.call
        named = call["reduction"] == "mean" and "denominator" not in call
        wanted = EMPTY[call.get("empty", "nan")] if named else 0.0
        seen.add(repr(wanted))
        slopes = flat([part.rounded for part in v.answer.gradient.values()])
        if repr(v.answer.value.rounded) != repr((wanted,)) or any(slopes):
            misses.append((v.id, call, v.answer.value.rounded, slopes))
        assert all(x == 0 for part in parts(v.answer) for x in part.K)
    assert seen == {"nan", "0.0"} or not loss.is_called
    listed(misses)


def test_a_call_as_one_function_of_its_batch_has_the_same_bits(loss, listed):
    misses, seen = [], 0
    asked = [v for v in golden.read(loss, FLOAT64) if v.question.is_call and len(flat(v.question.inputs)) <= WIDEST]
    for v in asked[:: 4 if len(asked) > 20 else 1]:
        parameters, call = options.split(v.question.options)
        reduced = whole(loss, {**loss.defaults, **parameters, **v.question.inputs}, Options(**call))
        if reduced is None or not are_finite(loss, reduced.values):
            continue
        terms = [of_example(term, reduced.values, FLOAT64, True, keep=False).value for term in reduced.terms]
        sloped = of_example(reduced.upstream, reduced.values, FLOAT64, True, keep=False)
        value = v.answer.value
        theirs = [(term.rounded[0], term.K[0], term.S[0]) for term in terms], sloped.gradient, sloped.hessian
        ours = list(zip(value.rounded, value.K, value.S, strict=True)), v.answer.gradient, v.answer.hessian
        seen += 1
        misses += [] if repr(ours) == repr(theirs) else [f"{v.question.id}: {ours} {theirs}"]
    assert seen > 3 or not loss.is_called
    listed(misses)


@pytest.mark.parametrize("identifier", ["232a9f158a6e", "8b7817d78abf"], ids=["a share near a middle", "a recording that does not hold"])
def test_a_call_has_an_answer_where_a_share_by_its_recording_has_none(identifier):
    v = golden.find(identifier)
    assert answer(catalog.get(v.question.loss), v.question.inputs, v.question.options, v.question.form) == v.answer
