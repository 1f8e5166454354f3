"""Lengths, angles and differences of vectors along the last axis, in float64 NumPy, of any size and next to any axis.

Vectors are scaled by powers of two before they are squared. Where an entry of a direction is next to 1, what it lacks is made of the
other entries: sums of products, or 2 by 2 determinants, never 1 less a rounded number.
"""

from __future__ import annotations

import numpy as np

from lossref.float64.kernels import Array, exact_sum, two_product


def scaled(x: Array) -> tuple[Array, Array]:
    """Vectors with their largest entry in [1/2, 1), and the exponent of the power of two that leads back; NaN if one is infinite."""
    largest = np.abs(x).max(axis=-1, keepdims=True)
    exponent = np.frexp(largest)[1]
    return np.where(np.isinf(largest), np.nan, np.ldexp(x, -exponent)), exponent


def norm(x: Array) -> Array:
    """The Euclidean length; the axis is kept, with one entry."""
    y, exponent = scaled(x)
    return np.ldexp(np.sqrt(exact_sum(y * y))[..., None], exponent)


def cosine(a: Array, b: Array, at_zero: Array = 0.0) -> tuple[Array, Array, Array, Array]:
    """The cosine as two numbers, the first one of -1, 0 and 1, and its slopes in a and in b.

    Next to 1 the second number is -sin^2 / (1 + cos): what is lost in the cosine is kept in the sine. `at_zero` stands for the cosine
    of a vector of zeros, with slopes of 0.
    """
    (a, a_exponent), (b, b_exponent) = scaled(a), scaled(b)
    size = norm(a) * norm(b)
    safe = np.where(size == 0, 1.0, size)
    rough = exact_sum(a * b)[..., None] / safe
    in_a, in_b = across(a, b) / safe, across(b, a) / safe
    sine = norm(in_a * norm(a))
    whole = np.where(np.abs(rough) < 0.5, 0.0, np.sign(rough))
    rest = np.where(whole == 0, rough, -whole * (sine * sine / (1.0 + np.abs(rough))))
    rest = np.where(size == 0, np.asarray(at_zero)[..., None], rest)
    return whole[..., 0], rest[..., 0], np.ldexp(in_a, -a_exponent), np.ldexp(in_b, -b_exponent)


def across(a: Array, b: Array) -> Array:
    """The part of b at right angles to a, exactly 0 where they are parallel."""
    # First b less the multiple of a that takes away its entry at the largest of a: determinants, their roundings put back.
    leader = is_leader(a)
    top, other = _at(leader, a), _at(leader, b)
    (plus, plus_low), (minus, minus_low) = two_product(top, b), two_product(a, other)
    reduced = ((plus - minus) + np.nan_to_num(plus_low - minus_low)) / np.where(top == 0, 1.0, top)
    unit = a / np.where(top == 0, 1.0, norm(a))
    return reduced - unit * exact_sum(reduced * unit)[..., None]


def compared(x: Array, y: Array, apart: Array) -> tuple[Array, Array, Array, Array]:
    """The directions of two vectors (0 for a vector of zeros), their difference, and |x| - |y|.

    `apart` is x - y, from where it has more digits than x and y leave to it.
    """
    (joined, exponent), k = scaled(np.concatenate([x, y, apart], axis=-1)), x.shape[-1]
    x, y, apart = joined[..., :k], joined[..., k : 2 * k], joined[..., 2 * k :]
    of_x, of_y = norm(x), norm(y)
    u, v = (z / np.where(length == 0, 1.0, length) for z, length in ((x, of_x), (y, of_y)))
    gap = exact_sum(apart * ((x + y) / np.where(of_x + of_y == 0, 1.0, of_x + of_y)))[..., None]
    # u - v = (x - y - u (|x| - |y|)) / |y|, and with x and y exchanged.
    shorter, longer = np.where(of_x <= of_y, u, v), np.maximum(of_x, of_y)
    safe = np.where(longer == 0, 1.0, longer)
    turn = np.where(longer > 2.0 * np.minimum(of_x, of_y), u - v, (apart - shorter * gap) / safe)
    # Where entries of both are next to 1, (u_j^2 - v_j^2) / (u_j + v_j).
    leader = is_leader(x)
    uj, vj, sj, gj = (_at(leader, z) for z in (u, v, shorter, apart))
    top = exact_sum((gj * shorter - sj * apart) / safe * (uj * v + vj * u))[..., None] / np.where(uj * vj > 0.25, uj + vj, 1.0)
    return u, v, np.where(leader & (uj * vj > 0.25), top, turn), np.ldexp(gap, exponent)[..., 0]


def is_leader(x: Array) -> Array:
    """Where the largest entry is, or one of them."""
    return np.arange(x.shape[-1]) == np.abs(x).argmax(axis=-1)[..., None]


def _at(leader: Array, x: Array) -> Array:
    return np.where(leader, x, 0.0).sum(axis=-1, keepdims=True)
