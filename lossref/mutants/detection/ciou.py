"""Implementations of ciou, right and wrong."""

import numpy as np

from lossref.float64.boxes import apart, apart_slopes, boxes, centres_apart, centres_apart_slopes, faces, in_corners, turn
from lossref.float64.doubled import plus
from lossref.mutants.boxes import Sides, distance, iou, iou_slopes, square
from lossref.mutants.formulas import flushed
from lossref.mutants.record import of


def angle(s):
    return np.arctan(s.other[..., 0] / s.other[..., -1]) - np.arctan(s.first[..., 0] / s.first[..., -1])


def alike(s):
    return 4 / (4 * np.arctan(s.first.dtype.type(1))) ** 2 * angle(s) ** 2


def loss(s, trade_off, eps):
    return iou(s, eps) + distance(s, eps) + trade_off * alike(s)


def slope(s, trade_off, eps, normed=True):
    diagonal = (square(s.hull) + eps)[..., None]
    w, h = s.first[..., 0], s.first[..., -1]
    rate = 8 / (4 * np.arctan(w.dtype.type(1))) ** 2 * trade_off * angle(s) / ((w**2 + h**2) if normed else 1)
    in_first, in_shared = iou_slopes(s, eps)
    in_first[..., 0] -= rate * h
    in_first[..., -1] += rate * w
    return s.backward(in_first, in_shared, -2 * s.hull * (square(s.way)[..., None] / diagonal / diagonal), 2 * s.way / diagonal)


def of_code(s, eps):
    """The trade-off that code makes of the boxes."""
    return alike(s) / (iou(s, eps) + alike(s) + eps)


def changed(by):
    """Value and slopes with another trade-off, or another eps."""

    def spoilt(formula):
        return lambda *given: formula(Sides(*given[:4]), *by(Sides(*given[:4]), *given[4:]))

    return spoilt(loss), spoilt(slope), True


def printed(a, b, c, d, trade_off, eps):
    return loss(Sides(a, b, c, d), trade_off, eps)


def printed_slope(a, b, c, d, trade_off, eps, **how):
    return slope(Sides(a, b, c, d), trade_off, eps, **how)


def mirrored(a, b, c, d, trade_off, eps):
    whole = boxes(-a, -b, -c, -d, eps)
    return (apart(whole) + centres_apart(whole, eps) + trade_off * (turn(whole)[0] / (0.5 * np.pi)) ** 2).astype(a.dtype)


def mirrored_slope(a, b, c, d, trade_off, eps):
    whole = boxes(-a, -b, -c, -d, eps)
    of, (by, slopes) = faces(whole), turn(whole)
    turned = np.where(whole.is_turned, -1.0, 1.0) * ((8.0 * trade_off * by / np.pi**2)[..., None] * slopes)
    low, high = (plus(apart_slopes(whole, of, k), slope) for k, slope in enumerate(centres_apart_slopes(whole, eps)))
    return tuple((sign * turned - x).astype(a.dtype) for x, sign in zip(in_corners(whole, low, high), (1.0, -1.0), strict=True))


row = of("ciou")
MUTANTS = (
    row("right", "mirrored", "of mirrored boxes, volume by volume and without cancellation", mirrored, mirrored_slope, True),
    row("framework", "printed", "the value as printed: where it cancels, rounded corners change it as much", printed),
    row("textbook", "half_an_eps", "eps beside the trade-off alone, as torchvision has it: 1e-7 elsewhere",
        *changed(lambda s, trade_off, eps: (trade_off, s.first.dtype.type(1e-7)))),
    row("textbook", "diou", "no trade-off: distances alone", *changed(lambda s, trade_off, eps: (0 * trade_off, eps))),
    row("textbook", "of_code", "the trade-off of the boxes, whatever is asked",
        *changed(lambda s, trade_off, eps: (of_code(s, eps), eps))[:2]),
    row("textbook", "whole", "a trade-off of 1", *changed(lambda s, trade_off, eps: (1 + 0 * trade_off, eps))),
    row("textbook", "unnormed", "slopes without the division by w^2 + h^2, as the authors' code has them",
        gradient=lambda *given: printed_slope(*given, normed=False)),
    row("textbook", "unclipped", "sides of what is shared may be below 0: boxes apart along both axes share something",
        lambda a, b, c, d, trade_off, eps: loss(Sides(a, b, c, d, clipped=False), trade_off, eps)),
    row("textbook", "lower_first", "the first corner is taken for the lower one",
        lambda a, b, c, d, trade_off, eps: printed(a, np.maximum(a, b), c, d, trade_off, eps)),
    row("broken", "not_squared", "the angle, not its square",
        lambda a, b, c, d, trade_off, eps: printed(a, b, c, d, 0 * trade_off, eps) + trade_off * np.sqrt(alike(Sides(a, b, c, d)))),
    row("broken", "ratios", "ratios themselves, without arctangents",
        lambda a, b, c, d, trade_off, eps: printed(a, b, c, d, 0 * trade_off, eps) + trade_off * (
            (s := Sides(a, b, c, d)).other[..., 0] / s.other[..., -1] - s.first[..., 0] / s.first[..., -1]) ** 2),
    row("broken", "flushed", "losses below 1e-4 become 0", flushed(printed, 1e-4)),
)
