"""Implementations of giou, right and wrong."""

import numpy as np

from lossref.float64.boxes import apart, apart_slopes, boxes, faces, gap, gap_slopes, in_corners
from lossref.float64.doubled import plus
from lossref.mutants.boxes import distance, iou, iou_slopes, of_sides, others, usual, volume
from lossref.mutants.record import of


def loss(s, eps):
    return iou(s, eps) + (volume(s.hull) - s.both()) / (volume(s.hull) + eps)


def slope(s, eps):
    whole, hull = (s.both() + eps)[..., None], (volume(s.hull) + eps)[..., None]
    in_first, in_shared = iou_slopes(s, eps)
    return s.backward(in_first - others(s.first) / hull, in_shared + others(s.shared) / hull, whole / hull / hull * others(s.hull))


printed, printed_slope = of_sides(loss), of_sides(slope)


def mirrored(a, b, c, d, eps):
    whole = boxes(-a, -b, -c, -d, eps)
    return (apart(whole) + gap(whole)).astype(a.dtype)


def mirrored_slope(a, b, c, d, eps):
    whole = boxes(-a, -b, -c, -d, eps)
    of = faces(whole)
    outwards = [plus(apart_slopes(whole, of, k), slope) for k, slope in enumerate(gap_slopes(whole, of))]
    return tuple((-x).astype(a.dtype) for x in in_corners(whole, *outwards))


row = of("giou")
MUTANTS = (
    row("right", "mirrored", "of mirrored boxes, volume by volume and without cancellation", mirrored, mirrored_slope, True),
    row("framework", "printed", "the value as printed: where it cancels, rounded corners change it as much", printed),
    *usual(row, loss, printed, printed_slope),
    row("textbook", "over_union", "the gap over the union, not over the hull",
        of_sides(lambda s, eps: iou(s, eps) + (volume(s.hull) - s.both()) / (s.both() + eps))),
    row("textbook", "distance", "the distance of the centres, as in DIoU", of_sides(lambda s, eps: iou(s, eps) + distance(s, eps))),
    row("textbook", "index", "the index, which is to be large, for a loss", lambda *given: 1 - printed(*given),
        lambda *given: tuple(-x for x in printed_slope(*given)), True),
    row("textbook", "hull_detached", "the hull is taken for a number",
        gradient=of_sides(lambda s, eps: s.backward(
            (in_slopes := iou_slopes(s, eps))[0] - others(s.first) / (volume(s.hull) + eps)[..., None],
            in_slopes[1] + others(s.shared) / (volume(s.hull) + eps)[..., None], 0))),
    row("broken", "inclusive", "sides of whole pixels: one is added to each",
        lambda a, b, c, d, eps: printed(np.minimum(a, b), np.maximum(a, b) + 1, np.minimum(c, d), np.maximum(c, d) + 1, eps)),
)
