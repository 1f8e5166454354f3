"""Generalised intersection over union (GIoU) of two boxes, as a loss: boxes that share nothing still pull at each other.

    L = 1 - I / (U + e) + (H - U) / (H + e)

corner           one corner of the predicted box, along the last axis: x, y in the plane, any real
opposite         the corner opposite to it, any real
target_corner    one corner of the true box, any real
target_opposite  the corner opposite to it, any real
eps              e, above 0; 1e-7 by default
I is the volume of what both boxes share, U that of both together, H that of their hull, the smallest box around both: in the plane
areas, along one axis lengths. The paper has no eps, and nothing to say of two boxes without volume: here they cost 1, or 2 where
their hull is large. A box may be given by either pair of its corners, as in the paper; libraries want the lower one, x1, y1, first.
Where ends of both boxes meet, the loss has a corner.
"""

from lossref.families.boxes import moved_or_mirrored
from lossref.float64.boxes import apart, apart_slopes, boxes, faces, gap, gap_slopes, in_corners
from lossref.float64.doubled import plus
from lossref.laws import nonnegative, symmetric
from lossref.spaces import Corner, Positive
from lossref.spec import Known, Loss, Parameter


def value(corner, opposite, target_corner, target_opposite, eps=1e-7):
    b = boxes(corner, opposite, target_corner, target_opposite, eps)
    return apart(b) + gap(b)


def gradient(corner, opposite, target_corner, target_opposite, eps=1e-7):
    b = boxes(corner, opposite, target_corner, target_opposite, eps)
    of = faces(b)
    return in_corners(b, *(plus(apart_slopes(b, of, k), slope) for k, slope in enumerate(gap_slopes(b, of))))


def definition(m, corner, opposite, target_corner, target_opposite, eps):
    first, other, shared, hull = 1, 1, 1, 1
    for a, b, c, d in zip(corner, opposite, target_corner, target_opposite, strict=True):  # of equal ends min and max take the first: both
        low, high, t_low, t_high = m.min(a, b), m.max(b, a), m.min(c, d), m.max(d, c)
        first, other = first * (high - low), other * (t_high - t_low)
        shared = shared * m.max(0, m.min(high, t_high) - m.max(low, t_low))
        hull = hull * (m.max(t_high, high) - m.min(t_low, low))
    both = first + other - shared
    return 1 - shared / (both + eps) + (hull - both) / (hull + eps)


LOSS = Loss(
    name="giou",
    arguments={"corner": Corner(), "opposite": Corner(), "target_corner": Corner(), "target_opposite": Corner()},
    differentiable=("corner", "opposite"),
    parameters={"eps": Parameter(space=Positive(), default=1e-7, grid=(1e-7, 1e-3, 1.0, 2.0**-23))},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(
        nonnegative,
        symmetric,
        *moved_or_mirrored,
    ),
    known=(
        Known({"corner": (0.0, 0.0), "opposite": (2.0, 2.0), "target_corner": (1.0, 1.0), "target_opposite": (3.0, 3.0), "eps": 1.0},
              "1.075", "1 - 1/8 + 2/10", ("-0.07125", "-0.07125", "-0.209375", "-0.209375")),
        Known({"corner": (2.0,), "opposite": (0.0,), "target_corner": (3.0,), "target_opposite": (7.0,), "eps": 1.0}, "1.125",
              "1 + 1/8, along one axis", ("-0.125", "0.015625")),
    ),
    source="H. Rezatofighi et al., Generalized Intersection over Union: A Metric and A Loss for Bounding Box Regression, 2019, algorithm 2",
)
