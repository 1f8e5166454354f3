"""Lengths, angles and differences of vectors against the certified oracle, of any size and next to any axis."""

from fractions import Fraction

import numpy as np

from lossref.exact.answer import nearest
from lossref.float64 import vectors
from lossref.formats import FLOAT64
from lossref.stream import Stream


def pair(index):
    """Two vectors of some length: ordinary, of any size, with traces beside a leader, nearly parallel, nearly at right angles."""
    d = Stream("kernels/pairs", FLOAT64, index)
    kind = index // 8 % 4
    draw = (lambda: d.uniform(-4, 4), lambda: d.sign() * d.scaled(-500, 500), lambda: d.sign() * d.scaled(-60, 0))[kind % 3]
    a, b = d.vector(draw), d.vector(draw)
    if kind == 3:
        a = d.vector(lambda: d.uniform(-4, 4))
        b = tuple(d.number(d.sign() * x * (1 + d.sign() * d.scaled(-50, -3))) if index % 2 else d.number(2 * x) for x in a)
    return a, b


def squared(m, numbers):
    return m.sum(x * x for x in map(m.lift, numbers))


def in_ulps(got, exact, size=None):
    """The distance from a correctly rounded number in its ulps, or in those of something larger."""
    return abs(got - exact) / float(FLOAT64.ulp(Fraction(exact if size is None else size)))


def test_a_norm_is_right_to_two_ulps_whatever_its_size(listed):
    misses = []
    for k in range(300):
        a, _ = pair(k)
        exact = nearest(lambda m, a=a: m.sqrt(squared(m, a)), FLOAT64)
        got = float(vectors.norm(np.array(a))[0])
        misses += [] if in_ulps(got, exact) <= 2 else [(in_ulps(got, exact), a, got, exact)]
    listed(sorted(misses, reverse=True))
    with np.errstate(over="raise", invalid="raise"):
        assert vectors.norm(np.array([[0.0, 0.0], [3.0, -4.0], [5e-324, 0.0]])).tolist() == [[0.0], [5.0], [5e-324]]


def test_a_cosine_keeps_its_distance_from_1_and_its_slopes(listed):
    """The two numbers are exact to some ulps of what the second stands for, wherever products do not cancel; slopes of their length."""
    misses = []
    for k in range(300):
        a, b = pair(k)

        def cosine(m, a=a, b=b):
            return m.sum(m.lift(x) * y for x, y in zip(a, b, strict=True)) / m.sqrt(squared(m, a) * squared(m, b))

        whole, rest, in_a, _ = (np.asarray(x) for x in vectors.cosine(np.array(a), np.array(b)))
        exact = nearest(lambda m, c=cosine, w=float(whole): c(m) - m.lift(w), FLOAT64)
        assert float(whole) in (-1, 0, 1)
        error = in_ulps(float(rest), exact, None if whole else 1.0)
        misses += [] if error <= 16 else [(error, "c", a, b, float(rest), exact)]
        length = np.linalg.norm(in_a)
        for j, got in enumerate(in_a.tolist()):
            # (b_j - c |b| a_j / |a|) / (|a| |b|)
            slope = nearest(lambda m, j=j, a=a, b=b: (b[j] * squared(m, a) - m.sum(m.lift(x) * y for x, y in zip(a, b, strict=True)) * a[j])
                            / (squared(m, a) * m.sqrt(squared(m, a) * squared(m, b))), FLOAT64)
            error = in_ulps(got, slope, max(length, abs(slope)) or 1.0)
            misses += [] if error <= 16 else [(error, j, a, b, got, slope)]
    listed(sorted(misses, key=lambda m: -m[0]))


def test_a_vector_of_zeros_has_the_cosine_that_was_chosen():
    for a, b in (([0.0, 0.0], [3.0, 4.0]), ([3.0, 4.0], [0.0, 0.0]), ([0.0], [0.0])):
        whole, rest, in_a, in_b = vectors.cosine(np.array(a), np.array(b), 0.25)
        assert (float(whole), float(rest)) == (0.0, 0.25)
        assert not np.any(in_a)
        assert not np.any(in_b)


def test_lengths_and_directions_are_compared_to_some_ulps_of_their_difference(listed):
    """|x| - |y| and the difference of the directions, where x - y is small, as two distances from one anchor are."""
    misses = []
    for k in range(200):
        a, b = pair(k)
        apart = tuple(x - y for x, y in zip(a, b, strict=True))
        if tuple(map(Fraction, apart)) != tuple(Fraction(x) - Fraction(y) for x, y in zip(a, b, strict=True)):
            continue
        x, y, apart = map(np.array, (a, b, apart))
        _, _, turn, gap = vectors.compared(x, y, apart)
        exact = nearest(lambda m, a=a, b=b: m.sqrt(squared(m, a)) - m.sqrt(squared(m, b)), FLOAT64)
        room = float(np.abs(apart).max())  # products of the entries may cancel beside it
        misses += [] if abs(float(gap) - exact) <= 2.0**-50 * max(room, abs(exact)) else [("gap", a, b, float(gap), exact)]
        sizes = vectors.norm(x)[0], vectors.norm(y)[0]
        for j in range(len(a)):
            slope = nearest(lambda m, j=j, a=a, b=b: a[j] / m.sqrt(squared(m, a)) - b[j] / m.sqrt(squared(m, b)), FLOAT64)
            scale = max(abs(slope), room / max(sizes))
            misses += [] if abs(float(turn[j]) - slope) <= 2.0**-49 * scale else [("turn", j, a, b, float(turn[j]), slope)]
    listed(misses)
