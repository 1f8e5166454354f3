"""Right code is never flagged: by other roads it is B, within an ulp A, correctly rounded A+; and grades switch where their definitions say."""

import math
from fractions import Fraction

import numpy as np
import pytest
import variants

from lossref import golden
from lossref.bits import as_fraction
from lossref.implementations import resolve
from lossref.judge.ask import asked_of, batches
from lossref.judge.measure import measure, meets
from lossref.judge.outcome import Finding, Outcome, has_answer, outcome, truths
from lossref.spec import APART, PARTS
from lossref.stream import Stream

OURS = resolve("lossref")
ULPS = (Fraction(1, 2), 1, 2, 3, 4)


def answered(loss, variant, vectors, form):
    """(vector, part, numbers) of all that a variant answers."""
    for batch in batches(vectors):
        arrays, options = asked_of(batch, form)
        for part, right in OURS.implementations[loss.name].parts.items():
            wanted = [k for k, v in enumerate(batch) if has_answer(v, part)]
            with np.errstate(all="ignore"):
                found = variant(loss, part, right, arrays | options) if wanted else None
            if found is not None:
                several = found if isinstance(found, tuple) else (found,)
                rows = np.concatenate([np.asarray(x, np.float64).reshape(len(batch), -1) for x in several], axis=1)
                yield from ((batch[k], part, tuple(rows[k].tolist())) for k in wanted)


@pytest.mark.sampled
def test_right_code_by_another_road_is_b(loss, form, listed):
    counted = [v for v in golden.read(loss, form) if v.region not in APART][:: 2 if form.width == 64 else 4]
    true, found, misses = {}, {}, []
    for name, variant in variants.VARIANTS.items():
        for vector, part, got in answered(loss, variant, counted, form):
            told = true.setdefault((vector.id, part), tuple(truths(vector, part, form)))
            if variant is variants.inputs_moved and is_flat(told):
                continue
            if (key := (vector.id, part, got)) not in found:  # most roads give the same bits
                errors = tuple(measure(y, t, form) for y, t in zip(got, told, strict=True))
                found[key] = Outcome(vector, part, got, told, errors)
            if not meets(found[key].grade, "B"):
                misses.append(f"{name}: {shown(found[key])}")
    listed(misses)


def is_flat(told):
    """Whether to first order no input moves some number, or all: at a minimum, at a jump, in infinity. There nothing is allowed for it."""
    return any(not t.allowance or not math.isfinite(t.rounded or 0.0) for t in told)


def shown(wrong):
    worst = Finding(wrong, wrong.worst_component)
    question = wrong.vector.question
    return f"{worst.label} {worst.got!r} at {dict(question.inputs)} {dict(question.options)}: {wrong.grade}, E2 {worst.error.E2:.3g}"


def asked(loss, form):
    """(vector, part, stream) of all that is judged, range and special inputs too."""
    for vector in golden.read(loss, form):
        for part in PARTS:
            if has_answer(vector, part):
                yield vector, part, Stream(f"{vector.id} {part}", form)


def components(vector, part):
    """(rounded, exact, interval, K) of each number of a part; None for what there is not."""
    for found in vector.answer.part(part).values():
        for i in range(len(found)):
            exact = found.exact(i, vector.question.form)
            yield found.rounded and found.rounded[i], exact, found.interval and found.interval[i], as_fraction(found.K[i])


def between(interval, stream):
    """A number between two ends; in sixteenths, the ends themselves among them."""
    low, high = map(as_fraction, interval)
    return stream.number(low + (high - low) * Fraction(stream.integer(0, 16), 16))


@pytest.mark.sampled
def test_correctly_rounded_answers_are_a_plus(loss, form, listed):
    misses = []
    for vector, part, stream in asked(loss, form):
        got = [between(interval, stream) if rounded is None else rounded for rounded, _, interval, _ in components(vector, part)]
        if (judged := outcome(vector, part, got, form)).grade != "A+":
            misses.append(shown(judged))
    listed(misses)


def test_every_slope_between_the_ends_of_a_kink_is_right(loss, form, listed):
    misses = []
    for vector, part, stream in asked(loss, form):
        found = list(components(vector, part))
        if any(interval is None for _, _, interval, _ in found):
            continue
        level = "A+" if any(rounded is None for rounded, *_ in found) else "B"  # beside a kink the bits are known, and others excused
        for _ in range(3):
            judged = outcome(vector, part, [between(interval, stream) for _, _, interval, _ in found], form)
            if not meets(judged.grade, level):
                misses.append(shown(judged))
    listed(misses)


def spoilt(rounded, exact, ulps, stream, form):
    """A number of the format within so many ulps of an exact one; and its error in ulps."""
    ulp, farthest = form.ulp(exact), math.ceil(2 * ulps) + 1
    near = {form.step(rounded, k) for k in range(-farthest, farthest + 1)}
    inside = sorted(y for y in near if abs(as_fraction(y) - exact) <= ulps * ulp)
    y = inside[stream.integer(0, len(inside) - 1)]
    return y, abs(as_fraction(y) - exact) / ulp


@pytest.mark.sampled
@pytest.mark.parametrize("ulps", ULPS, ids=str)
def test_an_answer_within_so_many_ulps_has_the_grade_of_its_errors(loss, form, ulps, listed):
    misses = []
    for vector, part, stream in list(asked(loss, form))[ULPS.index(ulps) :: 3]:
        got, errors, is_rounded = [], [], True
        for rounded, exact, interval, _ in components(vector, part):
            if isinstance(exact, Fraction):
                y, error = spoilt(rounded, exact, ulps, stream, form)
            else:  # no number of ulps is an error of these
                y, error = between(interval, stream) if rounded is None else rounded, Fraction(0)
            got.append(y)
            errors.append(error)
            is_rounded &= rounded is None or y == rounded or y != y
        expected = "A+" if is_rounded else "A" if max(errors) <= 1 else "B"
        if (judged := outcome(vector, part, got, form)).grade != expected:
            misses.append(f"{expected} is right for {float(max(errors)):.3g} ulps: {shown(judged)}")
    listed(misses)


@pytest.mark.sampled
def test_level_b_ends_where_its_definition_says(loss, form, listed):
    """The farthest number that eight times half an ulp and half of K allow is B, and the next one is not."""
    misses = []
    for vector, part, stream in list(asked(loss, form))[::2]:
        found = list(components(vector, part))
        k = stream.integer(0, len(found) - 1)
        got = [rounded for rounded, *_ in found]
        rounded, exact, interval, K = found[k]
        if None in got or interval or not isinstance(exact, Fraction):
            continue
        side = 1 if stream.integer(0, 1) else -1
        end = exact + side * 8 * (form.ulp(exact) + K) / 2
        if abs(end) > form.largest / 2:
            continue
        inside = form.nearest(end)
        inside = form.step(inside, -side) if side * as_fraction(inside) > side * end else inside
        for y, is_b in ((inside, True), (form.step(inside, side), False)):
            got[k] = y
            if meets((judged := outcome(vector, part, got, form)).grade, "B") != is_b:
                misses.append(f"{'B' if is_b else 'less than B'} is right: {shown(judged)}")
    listed(misses)
