"""Right formulas that implementations of preference losses share: gains on a reference, slopes in two answers, the logistic loss."""

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
