"""What many tests ask: the certified answer at a point of a loss of the catalogue, and its numbers in the order of its parts."""

from fractions import Fraction

import mpmath

from lossref import catalog
from lossref.exact.answer import answer
from lossref.formats import FLOAT64, RESIDUAL_STEPS
from lossref.values import flat


def certified(name, form=FLOAT64, **given):
    """The answer to one example; what is no argument is a parameter, or an option of a call."""
    loss = catalog.get(name)
    inputs = {key: given.pop(key) for key in loss.arguments}
    return answer(loss, inputs, given, form)


def longest(loss):
    """How long axes may be for answers to come fast: five entries, or fewer where an example has more than 15 numbers by that.

    A certified answer costs the square of the numbers.
    """
    return max(length for length in range(1, 6) if sum(length**space.rank for space in loss.arguments.values()) <= 15)


def again(loss, vector, *, proved=True):
    """A golden vector answered anew."""
    question = vector.question
    return answer(loss, question.inputs, question.options, question.form, proved=proved)


def given(question):
    """Arguments, parameters and what a call does, by name."""
    return {**question.inputs, **question.options}


def parts(found):
    """Every part of an answer: the value, then the slopes and the bends of each argument."""
    return [found.value, *found.gradient.values(), *found.hessian.values()]


def slopes(found):
    """The gradient by row, of one argument after the other; None at a kink and where the loss jumps."""
    rows = [part.rounded for part in found.gradient.values()]
    return None if None in rows else [x for row in rows for x in row]


def intervals(found):
    """The intervals of one-sided derivatives, of one argument after the other; None where there are none."""
    rows = [part.interval for part in found.gradient.values()]
    return None if None in rows else [ends for row in rows for ends in row]


def bends(found):
    """The Hessian's diagonal; None where there is none."""
    return [x for part in found.hessian.values() for x in part.rounded] or None


def components(found):
    """The value and the slopes of an answer of `oracle`, flat."""
    return flat((found.value, () if found.gradient is None else found.gradient))


def stands_for(part, i, x):
    """Whether a golden component is the 30 digits: what its residual stands for has two ends, and all digits are compared."""
    truth = part.exact(i, FLOAT64)
    if isinstance(truth, float):
        return x == truth
    with mpmath.workprec(400):
        step = mpmath.mpf(float(FLOAT64.ulp(Fraction(part.rounded[i])))) / RESIDUAL_STEPS
        return abs(x - mpmath.mpf(truth.numerator) / truth.denominator) <= step / 2 + abs(x) / mpmath.mpf(10) ** 30
