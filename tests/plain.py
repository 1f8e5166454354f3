"""Definitions over plain mpmath at a high precision, with slopes by differences: no enclosures, no derivatives, nothing of lossref's."""

import math
from dataclasses import dataclass

import mpmath
from mpmath import mp

from lossref.values import filled, flat, mapped


class Plain:
    """The number system of a definition: mpmath's numbers as they are."""

    exp, log, sqrt, cos, sin, power = (staticmethod(getattr(mp, name)) for name in ("exp", "log", "sqrt", "cos", "sin", "power"))
    arctan, sign = staticmethod(mp.atan), staticmethod(mp.sign)
    abs, min = staticmethod(abs), staticmethod(min)
    max = staticmethod(lambda *numbers: mp.mpf(max(numbers)))  # of one number too
    lift = staticmethod(mp.mpmathify)
    ranked = staticmethod(lambda numbers: sorted(numbers, reverse=True))

    @staticmethod
    def sum(terms):
        return sum(terms, mp.mpf(0))


@dataclass(frozen=True)
class Found:
    """A value, and in each component the difference quotients to the left and to the right; None across a jump and outside the domain."""

    value: mpmath.mpf
    left: list
    right: list


def evaluated(loss, values, bits):
    """Value and difference quotients, over a step of 2**-(bits / 5) times the least number.

    At so many bits, and at more for the tiny and the huge; no quotients of a value so huge that the difference is below its last bits.
    """
    sizes = [math.frexp(x)[1] for name in loss.arguments for x in flat(values[name]) if isinstance(x, float) and x]
    exponent = min([0, *sizes]) - bits // 5
    with mp.workprec(-5 * exponent + 2 * max([0, *sizes])):
        step = mp.ldexp(1, exponent)
        numbers = {name: [mp.mpmathify(x) for x in flat(values[name])] for name in loss.differentiable}

        def at(moved):
            try:
                y = loss.definition(Plain(), **{n: filled(x, iter(moved[n])) if n in moved else lifted(x) for n, x in values.items()})
            except ZeroDivisionError:
                return None
            return y if mp.isfinite(y) and not isinstance(y, mp.mpc) else None

        here, left, right = at(numbers), [], []
        is_huge = here is not None and mp.mag(here) > -3 * exponent

        def quotient(name, i, way):
            own = numbers[name]
            there = None if is_huge else at({**numbers, name: [*own[:i], own[i] + way, *own[i + 1 :]]})
            jumps = there is None or here is None or abs(there - here) > mp.ldexp(max(1, abs(here)), -100)
            return None if jumps else (there - here) / way

        def slope(name, i, way):
            """A slope of 0 that is reached as a root of the step, and not in proportion to it, is not seen by quotients."""
            found = quotient(name, i, way)
            if not found or abs(found) >= 2**-16:
                return found
            nearer = quotient(name, i, way / 2)
            return None if nearer is None or 0.501 < nearer / found < 0.999 else found

        for name, own in numbers.items():
            for i in range(len(own)):
                left.append(slope(name, i, -step))
                right.append(slope(name, i, step))
        return Found(here, left, right)


def lifted(x):
    return mapped(lambda y: mp.mpmathify(y) if isinstance(y, float) else y, x)


def disagreements(answer, found, *, digits, tiny, upstream=None):
    """Which numbers of an answer of the oracle are further from the plain ones than its digits say, beside what is below `tiny`.

    Of a call what is differentiated stands for its values: their sum, each times what comes after it.
    """
    with mp.workprec(4000):
        def far(a, b):
            return abs(a - b) > abs(b) * mp.mpf(10) ** -digits + tiny

        values = flat(answer.value)
        after = flat(1.0 if upstream is None else upstream)
        after = after * len(values) if len(after) == 1 else after
        value = sum((u * y for u, y in zip(after, values, strict=True)), mp.mpf(0))
        misses = [] if found.value is None or not far(found.value, value) else [("value", value, found.value)]
        if answer.gradient is None and answer.interval is None:  # a jump
            return misses
        slopes = answer.interval or [(g, g) for g in flat(answer.gradient)]
        for i, ((low, high), *sides) in enumerate(zip(slopes, found.left, found.right, strict=True)):
            for side in sides:
                if side is None:
                    continue
                if mp.isinf(low) or mp.isinf(high):  # infinite there, and steep beside it
                    wrong = low == high and not (abs(side) > 100 and mp.sign(side) == mp.sign(low))
                else:
                    wrong = (side < low and far(side, low)) or (side > high and far(side, high))
                misses += [(f"slope {i}", low, high, side)] if wrong else []
        return misses
