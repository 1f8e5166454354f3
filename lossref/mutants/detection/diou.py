"""Implementations of diou, right and wrong."""

import numpy as np

from lossref.float64.boxes import apart, apart_slopes, boxes, centres_apart, centres_apart_slopes, faces, in_corners
from lossref.float64.doubled import plus
from lossref.mutants.boxes import distance, iou, iou_slopes, of_sides, square, usual
from lossref.mutants.record import of


def loss(s, eps):
    return iou(s, eps) + distance(s, eps)


def slope(s, eps, hull=1):
    diagonal = (square(s.hull) + eps)[..., None]
    return s.backward(*iou_slopes(s, eps), -2 * hull * s.hull * (square(s.way)[..., None] / diagonal / diagonal), 2 * s.way / diagonal)


def changed(by):
    """The loss with another last term."""
    return of_sides(lambda s, eps: iou(s, eps) + by(s, eps))


printed, printed_slope = of_sides(loss), of_sides(slope)


def mirrored(a, b, c, d, eps):
    whole = boxes(-a, -b, -c, -d, eps)
    return (apart(whole) + centres_apart(whole, eps)).astype(a.dtype)


def mirrored_slope(a, b, c, d, eps):
    whole = boxes(-a, -b, -c, -d, eps)
    outwards = [plus(apart_slopes(whole, faces(whole), k), slope) for k, slope in enumerate(centres_apart_slopes(whole, eps))]
    return tuple((-x).astype(a.dtype) for x in in_corners(whole, *outwards))


row = of("diou")
MUTANTS = (
    row("right", "mirrored", "of mirrored boxes, volume by volume and without cancellation", mirrored, mirrored_slope, True),
    row("framework", "printed", "as printed: nothing is left of a loss of boxes that are nearly right", printed, printed_slope, True),
    *usual(row, loss, printed, printed_slope),
    row("textbook", "rooted", "the distance over the diagonal, not their squares",
        changed(lambda s, eps: np.sqrt(square(s.way)) / (np.sqrt(square(s.hull)) + eps))),
    row("textbook", "corners", "the distance of the lower ends, not of the centres",
        changed(lambda s, eps: square(s.low - s.t_low) / (square(s.hull) + eps))),
    row("textbook", "over_area", "over the area of the hull, not the square of its diagonal",
        changed(lambda s, eps: square(s.way) / (s.hull.prod(axis=-1) + eps))),
    row("textbook", "no_square_eps", "eps beside the union alone", changed(lambda s, eps: square(s.way) / square(s.hull))),
    row("textbook", "hull_detached", "the diagonal is taken for a number", gradient=of_sides(lambda s, eps: slope(s, eps, 0))),
    row("broken", "centres_of_sums", "centres are sums of the ends, not halves of them",
        changed(lambda s, eps: 4 * distance(s, eps))),
)
