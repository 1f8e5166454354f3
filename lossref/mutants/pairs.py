"""Formulas that implementations of preference losses share: gains on a reference, slopes in two answers, and the like."""

from lossref.mutants.formulas import sigmoid, softplus


def gained(c, r, c0, r0):
    """What the chosen answer gains more than the rejected one: neighbours cancel exactly."""
    return (c - c0) - (r - r0)


def lag(c, r, c0, r0, beta):
    return -beta * gained(c, r, c0, r0)


def opposite(slope):
    """Slopes in both answers from that in the chosen one."""
    return lambda *given: (found := slope(*given), -found)


def softly(*given):
    return softplus(lag(*given))


def soft_slope(*given):
    return -given[-1] * sigmoid(lag(*given))


def gains(c, r, c0, r0, beta):
    """beta times what each answer gained on its reference."""
    return beta * (c - c0), beta * (r - r0)


def without_reference(function):
    """What forgets the reference."""
    return lambda c, r, c0, r0, beta: function(c, r, 0, 0, beta)
