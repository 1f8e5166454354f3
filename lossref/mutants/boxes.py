"""Losses of two boxes as they are printed, and ways to go wrong in them; slopes go through sides as in every framework."""

import numpy as np

from lossref.mutants.formulas import flushed


class Sides:
    """The sides of the predicted box, of the true one, of what both share and of their hull, along the last axis."""

    def __init__(self, corner, opposite, target_corner, target_opposite, clipped=True):
        self.low, self.high = np.minimum(corner, opposite), np.maximum(corner, opposite)
        self.t_low, self.t_high = np.minimum(target_corner, target_opposite), np.maximum(target_corner, target_opposite)
        self.is_turned = corner > opposite
        self.first, self.other = self.high - self.low, self.t_high - self.t_low
        self.meets = np.minimum(self.high, self.t_high) - np.maximum(self.low, self.t_low)
        self.shared = np.maximum(0, self.meets) if clipped else self.meets
        self.hull = np.maximum(self.high, self.t_high) - np.minimum(self.low, self.t_low)
        self.way = ((self.low - self.t_low) + (self.high - self.t_high)) / 2

    def both(self):
        return volume(self.first) + volume(self.other) - volume(self.shared)

    def backward(self, in_first, in_shared, in_hull, in_centre=0):
        """Slopes in both corners, from those in the sides and in the centre, as each minimum and maximum passes them on."""
        met = self.meets >= 0
        low = -in_first - in_shared * (met & (self.low > self.t_low)) - in_hull * (self.low <= self.t_low) + in_centre / 2
        high = in_first + in_shared * (met & (self.high < self.t_high)) + in_hull * (self.high >= self.t_high) + in_centre / 2
        return np.where(self.is_turned, high, low), np.where(self.is_turned, low, high)


def volume(sides):
    return sides.prod(axis=-1)


def others(sides):
    """For each axis the product of the other sides."""
    axes = range(sides.shape[-1])
    return np.stack([np.delete(sides, k, axis=-1).prod(axis=-1) for k in axes], axis=-1)


def of_sides(formula):
    """A formula of sides and eps as one of corners and eps; a number for each pair of boxes is a column in it where slopes are asked."""
    return lambda a, b, c, d, eps: formula(Sides(a, b, c, d), eps)


def iou(s, eps):
    return 1 - volume(s.shared) / (s.both() + eps)


def square(x):
    return (x**2).sum(axis=-1)


def distance(s, eps):
    """The last term of DIoU: the square of the distance of the centres, over that of the hull's diagonal."""
    return square(s.way) / (square(s.hull) + eps)


def iou_slopes(s, eps):
    """Slopes of the intersection over the union in the sides."""
    whole, share = (s.both() + eps)[..., None], volume(s.shared)[..., None]
    return share / whole / whole * others(s.first), -(1 + share / whole) / whole * others(s.shared)


def usual(row, loss, printed, printed_slope):
    """What goes wrong in any loss of two boxes and eps."""
    return (
        row("textbook", "iou", "1 less the intersection over the union: boxes apart have no slope",
            of_sides(iou), of_sides(lambda s, eps: s.backward(*iou_slopes(s, eps), 0)), True),
        row("textbook", "unclipped", "sides of what is shared may be below 0: boxes apart along both axes share something",
            lambda a, b, c, d, eps: loss(Sides(a, b, c, d, clipped=False), eps)),
        row("textbook", "no_eps", "no eps: 0 / 0 for boxes without volume", lambda a, b, c, d, eps: printed(a, b, c, d, 0)),
        row("textbook", "fixed_eps", "eps is 1e-7, whatever is asked",
            lambda a, b, c, d, eps: printed(a, b, c, d, a.dtype.type(1e-7)),
            lambda a, b, c, d, eps: printed_slope(a, b, c, d, a.dtype.type(1e-7)), True),
        row("textbook", "lower_first", "the first corner is taken for the lower one",
            lambda a, b, c, d, eps: printed(a, np.maximum(a, b), c, d, eps)),
        row("broken", "capped", "the loss ends at 1", lambda *given: np.minimum(printed(*given), 1)),
        row("broken", "flushed", "losses below 1e-4 become 0", flushed(printed, 1e-4)),
    )
