"""Distance-IoU (DIoU) of two boxes: what they share, and how far their centres are apart beside the box around both.

    L = 1 - I / (U + e) + r^2 / (c^2 + e)

corner           one corner of the predicted box, along the last axis: x, y in the plane, any real
opposite         the corner opposite to it, any real
target_corner    one corner of the true box, any real
target_opposite  the corner opposite to it, any real
eps              e, above 0; 1e-7 by default
I is the volume (in the plane the area) of what both boxes share and U that of both together; r is the distance of their centres, and
c the diagonal of their hull, the smallest box around both. e is added to volumes and to a square alike, as torchvision does; the
paper has none. A box may be given by either pair of its corners; libraries want the lower one, x1, y1, first. Where ends of both
boxes meet, the loss has a corner.
"""

from lossref.families.boxes import moved_or_mirrored
from lossref.float64.boxes import apart, apart_slopes, boxes, centres_apart, centres_apart_slopes, faces, in_corners
from lossref.float64.doubled import plus
from lossref.laws import nonnegative, symmetric
from lossref.spaces import Corner, Positive
from lossref.spec import Known, Loss, Parameter


def value(corner, opposite, target_corner, target_opposite, eps=1e-7):
    b = boxes(corner, opposite, target_corner, target_opposite, eps)
    return apart(b) + centres_apart(b, eps)


def gradient(corner, opposite, target_corner, target_opposite, eps=1e-7):
    b = boxes(corner, opposite, target_corner, target_opposite, eps)
    of = faces(b)
    return in_corners(b, *(plus(apart_slopes(b, of, k), slope) for k, slope in enumerate(centres_apart_slopes(b, eps))))


def definition(m, corner, opposite, target_corner, target_opposite, eps):
    first, other, shared, distance, diagonal = 1, 1, 1, 0, 0
    for a, b, c, d in zip(corner, opposite, target_corner, target_opposite, strict=True):  # of equal ends min and max take the first: both
        low, high, t_low, t_high = m.min(a, b), m.max(b, a), m.min(c, d), m.max(d, c)
        first, other = first * (high - low), other * (t_high - t_low)
        shared = shared * m.max(0, m.min(high, t_high) - m.max(low, t_low))
        distance = distance + ((low + high) / 2 - (t_low + t_high) / 2) ** 2
        diagonal = diagonal + (m.max(t_high, high) - m.min(t_low, low)) ** 2
    return 1 - shared / (first + other - shared + eps) + distance / (diagonal + eps)


LOSS = Loss(
    name="diou",
    arguments={"corner": Corner(), "opposite": Corner(), "target_corner": Corner(), "target_opposite": Corner()},
    differentiable=("corner", "opposite"),
    parameters={"eps": Parameter(space=Positive(), default=1e-7, grid=(1e-7, 1e-3, 1.0, 2.0**-23))},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, symmetric, *moved_or_mirrored),
    known=(
        Known({"corner": (0.0, 0.0), "opposite": (2.0, 2.0), "target_corner": (1.0, 1.0), "target_opposite": (3.0, 3.0), "eps": 2.0},
              lambda m: 1 - m.lift(1) / 9 + m.lift(2) / 20, "1 - 1/9 + 2/20"),
        Known({"corner": (2.0,), "opposite": (0.0,), "target_corner": (3.0,), "target_opposite": (7.0,), "eps": 1.0}, "1.32",
              "1 + 4^2 / (7^2 + 1), along one axis", ("-0.08", "0.0096")),
    ),
    source="Z. Zheng et al., Distance-IoU Loss: Faster and Better Learning for Bounding Box Regression, 2020",
)
