"""Families of hard points of vectors: logits with a label, with weights or alone, distributions, log-probabilities, cosines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from lossref.families.scalars import DECADES, approach, decade, logit
from lossref.spec import Hard, Values
from lossref.stream import Stream

Rest = Callable[[Stream], Values]  # what stands beside a vector, drawn after it


def _one_hot(y: int, size: int, weight: float = 1.0) -> tuple[float, ...]:
    return tuple(weight * (j == y) for j in range(size))


def _logarithms(d: Stream, probabilities: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(_logarithm(d, p) for p in probabilities)


def _logarithm(d: Stream, p: float) -> float:
    return d.exactly(lambda m: m.log(m.lift(p)))


def ahead(d: Stream) -> float:
    """A lead of more than the precision, whose exponential the format still holds."""
    return d.uniform(-1, 1) + d.uniform(d.saturation, d.underflow - 12)


def _exponents(x: str, rest: Rest, reach: float = 1.2) -> tuple[Hard, ...]:
    """Numbers whose exponentials are added."""
    return (
        Hard("overflow", "tail", "beyond log of the largest number: exp without a shift is inf / inf",
             lambda d: {x: d.vector(lambda: d.uniform(d.underflow, reach * d.underflow)), **rest(d)}, 12),
        Hard("underflow", "tail", "far below: exp without a shift is 0, its logarithm -inf, its share 0 / 0",
             lambda d: {x: d.vector(lambda: -d.uniform(d.underflow, reach * d.underflow)), **rest(d)}, 12),
        Hard("offset", "cancellation", "a large common offset: an entry minus logsumexp keeps only the offset's digits",
             lambda d: {x: d.vector(lambda: d.number(1000.0 * 4 ** (d.index % 4) + d.uniform(-3, 3))), **rest(d)}, 14),
        Hard("log_probabilities", "cancellation", "log-probabilities: logsumexp is nearly 0, a small difference of larger numbers",
             lambda d: {x: _logarithms(d, d.simplex()), **rest(d)}, 16),
        Hard("ties", "ordinary", "equal entries share exactly", lambda d: {x: (d.uniform(-9, 9),) * d.size, **rest(d)}, 6),
    )


def vector(x: str) -> tuple[Hard, ...]:
    """A vector alone."""
    return (
        *_exponents(x, lambda d: {}, 2.0),
        Hard("leader", "tail", "one entry leads by more than the precision: the others' slopes are small, not 0",
             lambda d: {x: (ahead(d), *d.vector(lambda: d.uniform(-1, 1)))}, 12),
        Hard("small_value", "tail", "a leader at 0: what is left of the value is the others' sum, which 1 + rounds away",
             lambda d: {x: (0.0, *d.vector(lambda: -d.uniform(d.saturation, d.underflow - 12)))}, 12),
        Hard("decades", "tail", "entries of every size whose square the format holds: a cap shows",
             lambda d: {x: d.vector(lambda: decade(d))}, DECADES),
        Hard("large", "tail", "large entries: squares are right to a rounding or two, whatever the size",
             lambda d: {x: d.vector(lambda: d.sign() * d.scaled(10, 40))}, 12),
        Hard("small", "tail", "tiny entries: squares stay positive, an absolute tolerance sees only 0",
             lambda d: {x: d.vector(lambda: d.sign() * d.scaled(-30, -15))}, 12),
        Hard("uneven", "tail", "one large entry and many small ones: each keeps its own slope",
             lambda d: {x: (d.sign() * d.scaled(10, 30), *(d.sign() * d.scaled(-30, -10) for _ in range(d.size)))}, 16),
        Hard("zeros", "ordinary", "zeros alone, where a norm has its corner", lambda d: {x: (0.0,) * d.size}, 4),
    )


def scores(z: str, y: str) -> tuple[Hard, ...]:
    """Logits and the index of a class, or of the entry that is asked for."""
    return (
        *_exponents(z, lambda d: {y: d.label()}),
        *_labelled(z, lambda label, size, weight=1.0: {y: label}),
        Hard("leading", "cancellation", "an entry far ahead: it rounds to 1, and p (1 - p) to 0 where the slope is not",
             lambda d: {z: (ahead(d), *d.vector(lambda: d.uniform(-1, 1))), y: 0}, 14),
        Hard("trailing", "tail", "an entry far behind: its share is small, not 0, to the last subnormal",
             lambda d: {z: (d.uniform(-1, 1) - d.uniform(d.saturation, d.underflow - 12), *d.vector(lambda: d.uniform(-1, 1))), y: 0}, 12),
    )


def off_alike(d: Stream, off: float, by: float) -> Values:
    """Predictions of grades that are all off by so much, but for so little."""
    y = tuple(float(d.integer(0, 4)) for _ in range(3 + d.index % 3))
    return {"target": y, "prediction": tuple(d.number(x + off + by * d.uniform(-1, 1)) for x in y)}


def almost_alike(d: Stream) -> Values:
    """Residuals that are all but equal."""
    return {"target": (0.0,) * 4, "prediction": tuple(d.number(8.0 + 2.0 ** -(2 + 2 * d.index) * d.uniform(-1, 1)) for _ in range(4))}


def one_off(d: Stream) -> Values:
    """One large residual among four."""
    return {"target": (0.0,) * 4, "prediction": tuple(d.uniform(-1, 1) + 30.0 * (j == d.index % 4) for j in range(4))}


def residuals(f: str, y: str) -> tuple[Hard, ...]:
    """Two samples whose differences count together."""

    def of(d: Stream, residual: Callable[[], float]) -> Values:
        return {y: (z := d.vector(lambda: d.uniform(-4, 4))), f: tuple(d.number(x + residual()) for x in z)}

    return (
        Hard("small_residuals", "tail", "tiny residuals: squares vanish, an absolute tolerance sees only 0",
             lambda d: {y: (0.0,) * d.size, f: d.vector(lambda: d.sign() * d.scaled(-90, -15))}, 8),
        Hard("large_residuals", "tail", "residuals whose squares overflow: a cap shows",
             lambda d: of(d, lambda: d.sign() * d.scaled(10, 90)), 8),
        Hard("uneven_residuals", "tail", "residuals of every size: the large ones decide, the small ones keep their own slopes",
             lambda d: {y: (0.0,) * d.size, f: d.vector(lambda: d.sign() * d.scaled(-60, 60))}, 12),
        Hard("almost_perfect", "cancellation", "predictions some ulps off their targets: differences are exact, their digits are all there",
             lambda d: {y: (z := d.vector(lambda: d.uniform(1, 1000))), f: tuple(d.format.step(x, d.integer(3, 1000)) for x in z)}, 12),
        Hard("corner", "kink", "all residuals 0, and one or two ulps beside it, each another ulp: a norm has its corner there, and |r|",
             lambda d: {y: (z := tuple(d.sign() * d.magnitude(k) for k in range(d.size))), f: tuple(map(d.nudged, z))}, 10),
        Hard("one_wrong", "kink", "one residual among perfect predictions: of the others |r| has a corner",
             lambda d: {y: (z := d.vector(lambda: d.uniform(-4, 4))), f: (d.number(z[0] + d.sign() * d.scaled(-20, 20)), *z[1:])}, 8),
        Hard("many", "ordinary", "33 residuals or 64: a sum must keep its small terms",
             lambda d: {y: (z := tuple(d.uniform(-4, 4) for _ in range((33, 64)[d.index]))), f: tuple(d.uniform(-4, 4) for _ in z)}, 2),
    )


def logits(z: str, y: str) -> tuple[Hard, ...]:
    """Several logits, each with the probability of its own label: rows of what is hard about one."""

    def row(hard: Hard, d: Stream) -> Values:
        points = [hard.draw(d) for _ in range(d.size)]
        return {name: tuple(point[name] for point in points) for name in (z, y)}

    return tuple(replace(hard, draw=partial(row, hard)) for hard in logit(z, y))


def weighted(z: str, t: str) -> tuple[Hard, ...]:
    """Logits and a weight for every class."""
    return (
        *_exponents(z, lambda d: {t: d.simplex()}),
        *_labelled(z, lambda label, size, weight=1.0: {t: _one_hot(label, size, weight)}),
        Hard("soft", "ordinary", "targets that sum to 1 up to rounding",
             lambda d: {z: d.vector(lambda: d.uniform(-4, 4)), t: d.simplex()}, 6),
        Hard("counts", "ordinary", "counts: the gradient is S p - t, not p - t",
             lambda d: {z: d.vector(lambda: d.uniform(-4, 4)), t: d.vector(lambda: float(d.integer(0, 9)))}, 6),
        Hard("almost_one_hot", "tail", "smoothed by a hair: small weights on classes that trail far behind",
             lambda d: {z: (d.uniform(20, 300), *(d.uniform(-9, 9) for _ in range(d.size))),
                        t: (1.0, *(d.scaled(-60, -20) for _ in range(d.size)))}, 8),
        Hard("matched", "cancellation", "targets proportional to exp z, nearly: the gradient is a small difference of either sign",
             lambda d: {t: (p := d.simplex()), z: _logarithms(d, p)}, 6),
    )


def _labelled(z: str, truth: Callable[..., Values]) -> tuple[Hard, ...]:
    """Logits of which one is the target's; `truth` makes the target of a label, the number of classes and a weight."""

    def led(d: Stream, gap: float, weight: float = 1.0) -> Values:
        """Logits around 0 whose target, a random class, lies `gap` above the others' level."""
        y = d.label()
        logits = tuple(d.number(d.uniform(-1, 1) + gap * (j == y)) for j in range(d.size))
        return {z: logits, **truth(y, d.size, weight)}

    return (
        Hard("sure_and_right", "tail", "the target leads by more than the precision: the loss is the others' tails, not 0",
             lambda d: led(d, d.uniform(d.saturation, d.underflow - 12), d.cycle(1.0, 3.0)), 14),
        Hard("round_gap", "tail", "gaps people type: from 37 on (float32: 17) 1 + exp(-gap) rounds to 1, the loss is not 0",
             lambda d: {z: (d.cycle(17.0, 20.0, 37.0, 40.0, 100.0), 0.0), **truth(0, 2)}, 5),
        Hard("approach", "tail", "step by step to where exp(-gap) rounds away: a threshold beyond which code gives up shows",
             lambda d: led(d, d.cycle(1.0, -1.0) * approach(d)), 24),
        Hard("sure_and_wrong", "tail", "the target trails far behind: log of its probability is -inf, the loss is the gap",
             lambda d: led(d, -d.uniform(d.saturation, 2 * d.underflow)), 10),
        Hard("offset_gap", "cancellation", "offset and a leading target: the small loss drowns in the large logits",
             lambda d: {z: (d.number(2000.0 + d.uniform(5, 30)), *(2000.0 + j for j in range(d.size))), **truth(0, d.size + 1)}, 8),
    )


def distribution(p: str) -> tuple[Hard, ...]:
    """A distribution alone."""
    return (
        _rare(p, lambda d: {}),
        Hard("almost_certain", "tail", "one probability next to 1: an entropy is small, not 0", lambda d: {p: d.almost_certain()}, 10),
        Hard("zero", "tail", "a probability of 0: 0 log 0 is 0, not NaN, and its slope is infinite",
             lambda d: {p: (0.5, 0.0, 0.5) if d.index == 0 else _one_hot(0, d.size)}, 4),
        Hard("even", "ordinary", "equal probabilities: the most there is, log n", lambda d: {p: d.normalised((1.0,) * d.size)}, 8),
        Hard("flat", "tail", "probabilities around 1/e: the slope of p log p passes through 0 and keeps its sign",
             lambda d: {p: (x := d.number(0.36787944117144233 * (1 + d.cycle(1, -1) * 2.0 ** -(2 + d.index))), 1 - x)}, 16),
    )


def _rare(q: str, rest: Rest) -> Hard:
    return Hard("rare", "tail", "probabilities of the model far below every clip and every added eps",
                lambda d: {q: d.simplex(lambda: d.scaled(-60, 0)), **rest(d)}, 24)


def _predicted(q: str, t: str) -> tuple[Hard, ...]:
    """A model's distribution, and a true one or weights."""
    targets = ((0.25, 0.0, 0.75), (0.25, 0.5, 0.25), (0.0, 1.0, 0.0), (0.5, 0.0, 0.5))
    return (
        _rare(q, lambda d: {t: d.simplex()}),
        Hard("one_hot", "ordinary", "a one-hot target: the other classes cost nothing and have no slope",
             lambda d: {q: d.simplex(), t: _one_hot(d.label(), d.size)}, 12),
        Hard("sure_and_right", "tail", "a probability next to 1: its logarithm is tiny, not 0, and never negative as a loss",
             lambda d: {q: d.almost_certain(), t: (1.0, 0.0)}, 10),
        Hard("impossible", "tail", "the model excludes a class: free if the target does too, else infinity, whatever is clipped or added",
             lambda d: {q: (0.5, 0.0, 0.5), t: targets[d.index % 4]}, 12),
    )


def predicted_weights(q: str, t: str) -> tuple[Hard, ...]:
    """A model's distribution and a weight for every class."""
    return (
        *_predicted(q, t),
        Hard("rare_weight", "tail", "weights over many decades: a small slope is a slope",
             lambda d: {q: d.simplex(), t: d.vector(lambda: d.scaled(-60, 0))}, 8),
        Hard("rare_target", "tail", "a one-hot target that the model all but excludes",
             lambda d: {q: d.simplex(lambda: d.scaled(-100, 0)), t: _one_hot(d.label(), d.size)}, 8),
        Hard("certain", "tail", "p = t = one-hot: 0 log 0 is 0, not NaN; the target's slope is -1, not 0",
             lambda d: {q: _one_hot(0, d.size), t: _one_hot(0, d.size, d.cycle(1.0, 2.0))}, 4),
    )


def predicted_label(q: str, y: str) -> tuple[Hard, ...]:
    """A model's distribution and the index of a class."""
    return (
        _rare(q, lambda d: {y: d.label()}),
        Hard("sure_and_right", "tail", "a probability next to 1: its logarithm is tiny, not 0, and never negative as a loss",
             lambda d: {q: d.almost_certain(), y: 0}, 10),
        Hard("rare_target", "tail", "a target that the model all but excludes, down to where its reciprocal overflows",
             lambda d: {q: d.normalised((d.magnitude(-8 * d.index), *d.vector(lambda: d.uniform(0.5, 1)))), y: 0}, 16),
        Hard("impossible", "tail", "the model excludes a class: what that costs is what the formula says, whatever is clipped or added",
             lambda d: {q: (0.5, 0.0, 0.5), y: (1, 0, 1, 2)[d.index]}, 4),
        Hard("certain", "tail", "a one-hot row and its label: nothing is lost", lambda d: {q: _one_hot(0, d.size), y: 0}, 3),
        Hard("last_class", "ordinary", "the first and the last class: indices counted from 1 or from the end show",
             lambda d: {q: d.simplex(), y: (0, d.size - 1)[d.index % 2]}, 8),
    )


def predicted_distribution(q: str, t: str) -> tuple[Hard, ...]:
    """A model's distribution and a true one."""

    def close(d: Stream, distance: float) -> Values:
        """They differ by a relative distance."""
        model = d.simplex()
        return {q: model, t: d.normalised([p * (1 + distance * d.uniform(-1, 1)) for p in model])}

    return (
        *_predicted(q, t),
        Hard("rare_target", "tail", "target probabilities over many decades: small terms count, of both signs",
             lambda d: {q: d.simplex(), t: d.simplex(lambda: d.scaled(-60, 0))}, 14),
        Hard("zero_target", "tail", "a target of 0: 0 log 0 is 0, not NaN, whatever the model says there",
             lambda d: {q: d.simplex(), t: _one_hot(0, d.size)}, 8),
        Hard("close", "cancellation", "nearly equal distributions: terms cancel to the square of their distance",
             lambda d: close(d, 2.0 ** -(3 + d.index)), 24),
        Hard("equal", "cancellation", "equal distributions: a divergence is exactly 0, a cross-entropy is the entropy, not 0",
             lambda d: {q: (p := d.simplex()), t: p}, 8),
    )


def log_probabilities(x: str, y: str) -> tuple[Hard, ...]:
    """Logarithms of probabilities and the index of a class."""

    def of(d: Stream, label: int, truth: float, other: float) -> Values:
        return {x: tuple(truth if j == label else other for j in range(d.size)), y: label}

    return (
        Hard("sure_and_right", "tail", "a log-probability next to 0: the loss is that tiny number, not 0",
             lambda d: of(d, d.label(), -d.scaled(-60, -15), -d.uniform(20, 50)), 16),
        Hard("impossible", "tail", "a target far below every clip: the loss is its log-probability, whatever exp of it is",
             lambda d: of(d, d.label(), -d.uniform(50, 20 * d.underflow), -d.uniform(0.1, 2)), 16),
        Hard("round_trip", "tail", "exp and log again: the way through a probability loses every digit",
             lambda d: of(d, d.label(), -d.uniform(d.saturation, 1.5 * d.underflow), -d.scaled(-50, -40)), 10),
        Hard("certain", "ordinary", "a log-probability of exactly 0 costs nothing",
             lambda d: of(d, d.label(), 0.0, -d.uniform(1, 9)), 6),
        Hard("last_class", "ordinary", "the first and the last class: indices counted from 1 or from the end show",
             lambda d: {x: tuple(-1.0 - j for j in range(d.size)), y: d.cycle(0, d.size - 1)}, 8),
    )


def log_probabilities_of(x: str, t: str) -> tuple[Hard, ...]:
    """Logarithms of a model's probabilities and a true distribution."""

    def close(d: Stream, distance: float) -> Values:
        """They differ by a distance, relative to the probabilities."""
        p = d.simplex()
        return {t: p, x: tuple(d.number(_logarithm(d, q) * (1 + distance * d.uniform(-1, 1))) for q in p)}

    return (
        Hard("rare", "tail", "log-probabilities far below every clip: the loss is linear in them, whatever exp of them is",
             lambda d: {x: d.vector(lambda: -d.uniform(50, 20 * d.underflow)), t: d.simplex()}, 24),
        Hard("round_trip", "tail", "exp and log again: the way through a probability loses every digit",
             lambda d: {x: d.vector(lambda: -d.scaled(-50, -20)), t: d.simplex()}, 10),
        Hard("one_hot", "ordinary", "a one-hot target: the other classes cost nothing and have no slope",
             lambda d: {x: d.vector(lambda: -d.uniform(0.1, 9)), t: _one_hot(d.label(), d.size)}, 12),
        Hard("sure_and_right", "tail", "a log-probability next to 0: the loss is that tiny number, not 0",
             lambda d: {x: (-d.scaled(-60, -15), -d.uniform(20, 50)), t: (1.0, 0.0)}, 12),
        Hard("rare_target", "tail", "target probabilities over many decades: a small slope is a slope, a small term counts",
             lambda d: {x: d.vector(lambda: -d.uniform(0.1, 40)), t: d.simplex(lambda: d.scaled(-60, 0))}, 16),
        Hard("zero_target", "tail", "a target of 0 among others: 0 log 0 is 0, not NaN",
             lambda d: {x: tuple(-d.uniform(0.1, 9) for _ in range(3)), t: (0.5, 0.0, 0.5)}, 6),
        Hard("close", "cancellation", "nearly equal distributions: terms cancel to the square of their distance",
             lambda d: close(d, 2.0 ** -(3 + d.index)), 24),
        Hard("equal", "cancellation", "logarithms of the target itself: what is left is their rounding, with its sign",
             lambda d: {t: (p := d.simplex()), x: _logarithms(d, p)}, 8),
        Hard("certain", "ordinary", "a log-probability of exactly 0 costs nothing",
             lambda d: {x: (0.0, *d.vector(lambda: -d.uniform(9, 900))), t: _one_hot(0, d.size + 1)}, 4),
    )


def cosines(c: str, y: str) -> tuple[Hard, ...]:
    """Cosines of angles and the index of a class."""

    def among(d: Stream, truth: float, low: float, high: float) -> Values:
        """A target's cosine among others, none beyond the ends."""
        label = d.label()
        return {c: tuple(d.number(truth if j == label else d.uniform(low, high)) for j in range(d.size)), y: label}

    return (
        Hard("trained", "ordinary", "cosines as in training: the target's at 0.5 to 0.9, the others' around 0",
             lambda d: among(d, d.uniform(0.5, 0.9), -0.2, 0.2), 8),
        Hard("sure_and_right", "tail", "the target leads by as much as there is: scaled, the loss is the others' tails, not 0",
             lambda d: among(d, d.uniform(0.9, 1), -1, -0.9), 14),
        Hard("sure_and_wrong", "tail", "the target's cosine trails: the loss is the gap",
             lambda d: among(d, d.uniform(-1, -0.8), 0.5, 1), 8),
        Hard("nearly_aligned", "tail", "an angle near 0 or pi: 1 - c^2 loses its digits, arccos its slope",
             lambda d: among(d, d.sign() * (1 - 2.0 ** -(4 + 2 * d.index)), -0.3, 0.3), 8),
        Hard("aligned", "tail", "exactly along, or against, the class vector: angles have an infinite slope there, cosines have not",
             lambda d: among(d, d.cycle(1.0, -1.0), -0.3, 0.3), 6),
    )
