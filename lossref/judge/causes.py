"""What usually causes a wrong answer: read off the failing numbers and the nearest golden vector."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from lossref import golden
from lossref.bits import LEAST_NORMAL, Shown, as_float, as_fraction, is_subnormal, order
from lossref.formats import FORMATS, Format
from lossref.golden import GoldenError
from lossref.judge.outcome import Finding
from lossref.spec import APART, Loss, Vector
from lossref.values import flat

LOG_2 = Fraction(25_469, 36_744)  # to ten digits, which is more than a ratio is compared to
FACTORS = {
    Fraction(-1): "minus the exact one: the sign is flipped",
    Fraction(2): "twice the exact one: a factor 1/2 is missing",
    Fraction(1, 2): "half the exact one: a factor 1/2 too many",
    1 / LOG_2: "the exact one over log 2: a logarithm to base 2",
    LOG_2: "log 2 times the exact one: a logarithm to base 2 on the other side",
}
EPS = (*(10.0**-k for k in range(2, 17)), 1e-30, 1e-45, *(2.0**-k for k in (7, 10, 23, 24, 52, 53)))
CLOSE = Fraction(1, 10**5)
NAN = 1000.0  # far from every number, and near to itself
ENOUGH = 3  # failing numbers from which a pattern is told


def of_all(failing: Sequence[Finding], form: Format, examples: int) -> list[str]:
    """Sentences about what all failing numbers have in common; the most telling first."""
    if not failing:  # a region can be worse than each of its numbers
        return []
    finite = [(as_fraction(c.got), c.truth.exact) for c in failing if math.isfinite(c.got) and isinstance(c.truth.exact, Fraction)]
    pairs = [(got, exact) for got, exact in finite if exact]
    patterns: list[str] = []
    if len(pairs) == len(failing):
        patterns += _ratio(pairs, examples)
    if len(finite) == len(failing) and not patterns:
        patterns += _clipped(finite, form)
    if len(finite) == len(failing) >= ENOUGH and not patterns:
        patterns += [*_shift(finite), *_narrow(finite, form)]
    return patterns


def of_loss(failing: Sequence[Sequence[Finding]], form: Format) -> str:
    """The one sentence to tell of a loss, from the failing numbers of each of its parts, the worst part and number first.

    It names no numbers of this loss where other losses can have the same cause.
    """
    every = [f for numbers in failing for f in numbers]
    if narrow := _narrower(every, form):
        return narrow
    if all(f.grade == "C" for f in every):
        return "its terms are rounded, and an answer small beside them is lost"
    for numbers in failing:
        if found := of_all(numbers, form, 0):
            return found[0]
    return of_one(failing[0][0], form)


def of_one(found: Finding, form: Format) -> str:
    """A sentence derived from one number: its kind, and the size of the terms that its formula adds."""
    truth, got = found.truth, found.got
    if is_uncertain(found):
        return "NaN from a finite input: inf - inf, 0 * inf or 0 / 0 on the way"
    finite = not isinstance(truth.exact, float)
    if math.isnan(got):
        return "inf - inf, 0 * inf or 0 / 0 on the way: something overflowed, or was the logarithm of 0" if finite else ""
    if math.isinf(got):
        return "an exp or a square overflowed, or a logarithm of 0 was taken, on the way to a finite answer" if finite else ""
    if not finite:
        return "NaN in an argument is to give NaN" if math.isnan(float(truth.exact or 0)) else "a clip or an added eps keeps it finite"
    if found.grade == "C":
        size, step = (Shown(as_float(x)) for x in (truth.size, form.unit * max(truth.size, form.least_normal)))
        return f"terms of size {size:.3g} were added or subtracted: next to them all below {step:.2g} is rounded away"
    return ""


def is_uncertain(found: Finding) -> bool:
    """Whether no exact answer is certain here, so that any number is right."""
    return found.truth.interval == (-math.inf, math.inf)


def nearest(found: Finding, loss: Loss, form: Format) -> Vector | None:
    """The golden vector of one example whose inputs and exact answer are most like these; None where the set cannot be read."""
    shipped = form if form.name in golden.SHIPPED_FORMATS else FORMATS["float32"]
    question = found.vector.question
    if question.is_call:
        return None
    try:
        vectors = [v for v in golden.read(loss, shipped) if not v.question.is_call]
    except GoldenError:
        return None
    here = _features(loss, question.inputs, _size_of(found.truth.exact))
    if not _is_extreme(flat(question.inputs), form):
        vectors = [v for v in vectors if v.region not in APART]

    def distance(v: Vector) -> float:
        part = v.answer.value if found.part == "value" else v.answer.gradient[found.place[0] or loss.first]
        i = min(found.i, len(part) - 1)
        there = _features(loss, v.question.inputs, _size_of(part.rounded[i] if part.rounded else None))
        return sum(min(4.0, abs(a - b)) if math.isfinite(a - b) else 4.0 * (a != b) for a, b in zip(here, there, strict=True))

    return min(vectors, key=distance, default=None)


def _features(loss: Loss, values: Any, answer: float) -> list[float]:
    """Numbers to compare points by: linear near 0 and logarithmic far off, a vector by its ends and its label's component."""
    found = [answer]
    for name, space in loss.arguments.items():
        x = values[name]
        if space.label_of:
            scores, k = values[space.label_of], x.index(max(x)) if isinstance(x, tuple) else x  # a row is a label in another form
            while scores and isinstance(scores[0], tuple):  # of several rows the first one's
                scores = scores[0]
            found.append(_scaled(scores[k]) if 0 <= k < len(scores) else 0.0)
        else:
            ends = (max(flat(x), key=order), min(flat(x), key=order)) if isinstance(x, tuple) else (x,)
            found += [NAN if math.isnan(y) else _scaled(y) for y in ends]
    return found


def _scaled(x: float) -> float:
    """A number below the normal ones counts as the least of these: what is smaller may be flushed on the way."""
    return math.asinh(math.copysign(LEAST_NORMAL, x) if is_subnormal(x) else x)


def _is_extreme(numbers: Sequence[float], form: Format) -> bool:
    """What belongs to the columns beside the grade: infinities, NaN, and numbers whose squares leave the format."""
    low, high = form.least_normal, form.largest
    return any(not math.isfinite(x) or ((y := as_fraction(x)) != 0 and not low <= y * y <= high) for x in numbers)


def _size_of(answer: Fraction | float | None) -> float:
    """Eighths of binary orders of magnitude, signed by nothing: 1e-18 is far from 1."""
    if answer is None or answer == 0:
        return -200.0
    if isinstance(answer, Fraction):
        return (answer.numerator.bit_length() - answer.denominator.bit_length()) / 8
    return math.frexp(answer)[1] / 8 if math.isfinite(answer) else 200.0


def _ratio(pairs: Sequence[tuple[Fraction, Fraction]], examples: int) -> Iterator[str]:
    factors = dict(FACTORS)
    if examples > 2 and len(pairs) >= 2:
        factors[Fraction(examples)] = f"{examples} times the exact one, and there are {examples} examples: a sum where each was asked for"
        factors[Fraction(1, examples)] = f"1/{examples} of the exact one, and there are {examples} examples: divided by the batch size"
    for factor, sentence in factors.items():
        if all(abs(got - factor * exact) <= CLOSE * abs(factor * exact) for got, exact in pairs):
            yield f"{'every failing answer' if len(pairs) > 1 else 'the answer'} is {sentence}"
            return


def _shift(pairs: Sequence[tuple[Fraction, Fraction]]) -> Iterator[str]:
    shifts = [got - exact for got, exact in pairs]
    if min(abs(s) for s in shifts) and max(shifts) - min(shifts) <= CLOSE * abs(shifts[0]) and len({exact for _, exact in pairs}) > 1:
        yield f"every failing answer is the exact one {as_float(shifts[0]):+.6g}: a constant added or dropped"


def _clipped(pairs: Sequence[tuple[Fraction, Fraction]], form: Format) -> Iterator[str]:
    """Answers that are an eps, its logarithm or its reciprocal; or one number where several are wanted."""
    sizes = [Shown(as_float(abs(got))) for got, _ in pairs]
    for eps in EPS:
        blur = max(1e-6, 2 * float(form.unit) / eps)  # 1 - eps has been rounded
        stopped = [y for y in sizes if blur < 0.01 and any(math.isclose(y, e, rel_tol=blur) for e in (eps, -math.log(eps), 1 / eps))]
        if len(stopped) == len(sizes) or len(stopped) >= max(2, len(sizes) / 2):
            of, ends = f"{len(stopped)} of the {len(sizes)}", " and ".join(sorted({f"{y:.6g}" for y in stopped}))
            yield f"{of} failing answers are {ends}: what {eps:.3g}, its logarithm or its reciprocal gives, a clip or an added eps"
            return
    if len({abs(got) for got, _ in pairs}) == 1 and pairs[0][0] and len(pairs) >= ENOUGH and len({exact for _, exact in pairs}) > 1:
        yield f"{sizes[0]:.9g} came back at all {len(pairs)} failing places: something stops it there"


def _narrower(failing: Sequence[Finding], form: Format) -> str:
    """Answers that are numbers of a narrower format, though the exact ones are not: chance makes one such number, not many."""
    for kind in (FORMATS[name] for name in ("bfloat16", "float16", "float32")):
        telling = [f for f in failing if isinstance(f.truth.exact, Fraction) and not kind.holds(f.truth.rounded or 0.0)]
        held = {f.got for f in telling if f.got and math.isfinite(f.got) and kind.holds(f.got)}
        if kind.precision < form.precision and len(held) >= ENOUGH and 2 * sum(f.got in held for f in telling) > len(failing):
            return f"{kind.name} arithmetic on the way: the failing answers are {kind.name} numbers"
    return ""


def _narrow(pairs: Sequence[tuple[Fraction, Fraction]], form: Format) -> Iterator[str]:
    for kind in (FORMATS[name] for name in ("float32", "float16", "bfloat16")):
        if kind.precision < form.precision and all(kind.holds(got) for got, _ in pairs) and any(got for got, _ in pairs):
            if all(abs(got - exact) <= 4 * kind.ulp(exact) for got, exact in pairs):
                yield f"every failing answer is a {kind.name} number: computed in, or cast to, {kind.name} on the way"
            return
