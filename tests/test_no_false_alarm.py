"""Right code is never flagged: by other roads it is B, within an ulp A, correctly rounded A+; grades switch where they are defined to."""

import math
from fractions import Fraction
from functools import lru_cache
from itertools import cycle

import numpy as np
import pytest
import variants

from lossref import catalog, golden
from lossref.bits import as_fraction
from lossref.implementations import resolve
from lossref.judge.ask import asked_of, batches
from lossref.judge.measure import meets
from lossref.judge.outcome import Finding, Outcome, has_answer, outcome, truths
from lossref.laws import nonnegative
from lossref.spec import APART, PARTS
from lossref.stream import Stream

OURS = resolve("lossref")
ULPS = (Fraction(1, 2), 1, 2, 3, 4)


@lru_cache(4)  # one loss after the other
def vectors(name, form):
    return golden.read(catalog.get(name), form)


def answered(loss, variant, chosen, form):
    """(vector, part, numbers) of all that a variant answers."""
    for batch in batches(chosen):
        arrays, options = asked_of(batch)
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
    counted = [v for v in vectors(loss.name, form) if v.region not in APART][:: 4 if form.width == 64 else 8]
    true, found, misses = {}, {}, []
    for name, variant in variants.VARIANTS.items():
        for vector, part, got in answered(loss, variant, counted, form):
            if (told := true.get((vector.id, part))) is None:
                told = true[vector.id, part] = tuple(truths(vector, part, form))
            is_bent = part == "value" and nonnegative in loss.laws and is_at_minimum(told)
            if variant is variants.inputs_moved and (is_flat(told) or is_bent):
                continue
            if (key := (vector.id, part, got)) not in found:  # most roads give the same bits
                found[key] = Outcome(vector, part, got)
            if not meets(found[key].grade, "B"):
                misses.append(f"{name}: {shown(found[key])}")
    listed(misses)


def is_flat(told):
    """Whether to first order no input moves some number, or all: at a minimum, at a jump, in infinity. There nothing is allowed for it."""
    return any(not t.allowance or not math.isfinite(t.rounded or 0.0) for t in told)


def is_at_minimum(told):
    """Whether rounding the inputs moves a value, which is at least 0, by more than itself: then the second order decides, not the first."""
    return any(t.exact is not None and t.allowance > abs(t.exact) for t in told)


def shown(wrong):
    worst = Finding(wrong, wrong.worst_component)
    question = wrong.vector.question
    return f"{worst.label} {worst.got!r} at {dict(question.inputs)} {dict(question.options)}: {wrong.grade}, E2 {worst.error.E2:.3g}"


def asked(loss, form, of):
    """(vector, part, stream) of what is judged, range and special inputs too: of one in so many vectors, in narrow formats of fewer."""
    for vector in vectors(loss.name, form)[:: of if form.width == 64 else 2 * of]:
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
    for vector, part, stream in asked(loss, form, of=1):
        got = [between(interval, stream) if rounded is None else rounded for rounded, _, interval, _ in components(vector, part)]
        if (judged := outcome(vector, part, got)).grade != "A+":
            misses.append(shown(judged))
    listed(misses)


@pytest.mark.sampled
def test_every_slope_between_the_ends_of_a_kink_is_right(loss, form, listed):
    misses = []
    for vector, part, stream in asked(loss, form, of=1):
        found = list(components(vector, part))
        if any(interval is None for _, _, interval, _ in found):
            continue
        level = "A+" if any(rounded is None for rounded, *_ in found) else "B"  # beside a kink the bits are known, and others excused
        for _ in range(3):
            judged = outcome(vector, part, [between(interval, stream) for _, _, interval, _ in found])
            if not meets(judged.grade, level):
                misses.append(shown(judged))
    listed(misses)


def spoilt(rounded, exact, ulps, stream, form):
    """A number of the format within so many ulps of an exact one; and its error in ulps."""
    ulp, most = form.ulp(exact), math.ceil(ulps)
    k = stream.integer(-most, most)
    while (error := abs(as_fraction(y := form.step(rounded, k)) - exact) / ulp) > ulps:
        k -= 1 if k > 0 else -1
    return y, error


@pytest.mark.sampled
def test_an_answer_within_so_many_ulps_has_the_grade_of_its_errors(loss, form, listed):
    misses = []
    for (vector, part, stream), ulps in zip(asked(loss, form, of=1), cycle(ULPS), strict=False):
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
        if (judged := outcome(vector, part, got)).grade != expected:
            misses.append(f"{expected} is right for {float(max(errors)):.3g} ulps: {shown(judged)}")
    listed(misses)


def beside(exact, end, form, *, outwards):
    """The number of the format next to an end, on the side of the exact number or on the other."""
    y = form.nearest(end)
    away = 1 if end > exact else -1
    is_outside = away * as_fraction(y) > away * end
    return y if is_outside == outwards else form.step(y, away if outwards else -away)


@pytest.mark.sampled
def test_level_b_ends_where_its_definition_says(loss, form, listed):
    """The farthest number that eight times half an ulp and half of K allow is B, and the next one beyond is not."""
    misses = []
    for vector, part, stream in asked(loss, form, of=3):
        found = list(components(vector, part))
        k = stream.integer(0, len(found) - 1)
        got = [rounded for rounded, *_ in found]
        _, exact, interval, K = found[k]
        if None in got or interval or not isinstance(exact, Fraction):
            continue
        allowed = int(stream.sign()) * 4 * (form.ulp(exact) + K)
        if abs(exact) + abs(allowed) > form.largest / 2:
            continue
        for distance, is_b in ((allowed, True), (allowed * (1 + Fraction(1, 2**40)), False)):
            got[k] = beside(exact, exact + distance, form, outwards=not is_b)
            if meets((judged := outcome(vector, part, got)).grade, "B") != is_b:
                misses.append(f"{'B' if is_b else 'less than B'} is right: {shown(judged)}")
    listed(misses)
