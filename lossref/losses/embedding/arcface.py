"""ArcFace: softmax cross-entropy of scaled cosines, the target's angle made larger by a margin.

    L(c, y) = log(sum_j exp z_j) - z_y,      z_y = s cos(arccos(c_y) + m),      z_j = s c_j  for j != y

cosines  c, of the angles between an embedding and the vector of each class, along the last axis, in [-1, 1]
target   y, the index of the true class, counted from 0
margin   m, an angle in radians, above 0 and below pi; 0.5 by default
scale    s, above 0; 64 by default
Past an angle of pi - m the slope of the cosine turns round and drives the embedding away from its class (libraries switch
to curves of their own there). At exact alignment, c_y = 1, the slope in c_y is -infinity, at c_y = -1 +infinity.
"""

import numpy as np

from lossref.float64.doubled import doubled, minus, over, plus, root, times
from lossref.float64.softmax import log_loss_of_logits
from lossref.laws import nonnegative
from lossref.options import CLASS
from lossref.spaces import Angle, Cosines, Label, Positive
from lossref.spec import Hard, Known, Loss, Parameter


def value(cosines, target, margin=0.5, scale=64.0):
    return value_and_gradient(cosines, target, margin, scale)[0]


def gradient(cosines, target, margin=0.5, scale=64.0):
    return value_and_gradient(cosines, target, margin, scale)[1]


def value_and_gradient(cosines, target, margin=0.5, scale=64.0):
    # cos(a + m) = c cos m - sin a sin m, with sin a from (1 - c)(1 + c), which keeps its digits at both ends.
    c, scale = np.asarray(cosines, float), np.asarray(scale)[..., None]
    cosine, sine = np.cos(margin)[..., None], np.sin(margin)[..., None]
    truth = np.arange(c.shape[-1]) == np.asarray(target)[..., None]
    across = root(times(minus(doubled(1.0), doubled(c)), plus(doubled(1.0), doubled(c))))
    loss, slopes = log_loss_of_logits(scale * np.where(truth, c * cosine - across[0] * sine, c), target)
    edge = -np.copysign(np.inf, c) if c.shape[-1] > 1 else 0.0
    turn = plus(doubled(cosine), over(times(doubled(c), doubled(sine)), across))[0]
    return loss, scale * np.where(truth, np.where(across[0] == 0, edge, slopes * turn), slopes)


def _around(d, truth, others=(-0.3, 0.3)):
    """A target's cosine, the first one, among others around 0."""
    return {"cosines": (d.number(truth), *(d.uniform(*others) for _ in range(d.size))), "target": 0}


def definition(m, cosines, target, margin, scale):
    if len(cosines) == 1:  # log(exp z) - z is exactly 0, which no enclosure of z can show
        return m.lift(0)
    c = cosines[target]
    turned = c * m.cos(margin) - m.sqrt(1 - c**2) * m.sin(margin)
    logits = [scale * (turned if j == target else x) for j, x in enumerate(cosines)]
    return m.log(m.sum(m.exp(z) for z in logits)) - logits[target]


LOSS = Loss(
    name="arcface",
    arguments={"cosines": Cosines(), "target": Label("cosines")},
    parameters={
        "margin": Parameter(space=Angle(), default=0.5, grid=(0.5, 0.25, 1.0)),
        "scale": Parameter(space=Positive(), default=64.0, grid=(64.0, 30.0, 1.0)),
    },
    target=CLASS,
    value=value,
    gradient=gradient,
    value_and_gradient=value_and_gradient,
    definition=definition,
    laws=(nonnegative,),
    hard=(
        Hard("sure_and_right", "tail", "the scaled target leads by more than the precision: the loss is the others' tails, not 0",
             lambda d: {**_around(d, d.uniform(0.9, 0.99), (-1, -0.8)), "scale": d.cycle(64.0, 100.0, 30.0)}, 8),
        Hard("nearly_aligned", "tail", "an angle near 0 or pi: 1 - c^2 loses its digits, arccos its slope",
             lambda d: {**_around(d, d.sign() * (1 - 2.0 ** -(4 + 2 * d.index))), "margin": d.cycle(0.5, 0.25, 1.0)}, 8),
        Hard("aligned", "tail", "exactly along, or against, the class vector: the slope is infinite, not NaN and not 0",
             lambda d: {**_around(d, d.cycle(1.0, -1.0)), "margin": d.cycle(0.5, 0.5, 0.25)}, 6),
        Hard("past_pi", "tail", "angle plus margin beyond pi: the slope has turned round; other curves and clamps show",
             lambda d: {**_around(d, d.uniform(-0.999, -0.9)), "scale": d.cycle(64.0, 1.0, 10.0)}, 8),
        Hard("turning", "cancellation", "angle plus margin next to pi: the slope passes through 0 and keeps its sign",
             lambda d: {**_around(d, d.exactly(lambda m: -m.cos(d.cycle(0.5, 0.25, 1.0))) * (1 + d.sign() * 2.0 ** -(5 + 2 * d.index))),
                        "margin": d.cycle(0.5, 0.25, 1.0), "scale": d.cycle(64.0, 1.0, 10.0, 64.0)}, 8),
        Hard("right_angle", "cancellation", "angle plus margin next to pi / 2: the target's logit is a small difference",
             lambda d: {**_around(d, d.exactly(lambda m: m.sin(d.cycle(0.5, 0.25, 1.0))) * (1 + d.sign() * 2.0 ** -(5 + 4 * d.index))),
                        "margin": d.cycle(0.5, 0.25, 1.0)}, 8),
        Hard("trained", "ordinary", "cosines as in training: the target's at 0.5 to 0.9, the others' around 0",
             lambda d: _around(d, d.uniform(0.5, 0.9), (-0.2, 0.2)), 4),
    ),
    known=(
        Known({"cosines": (0.5,), "target": 0}, "0", "one class is certain"),
        Known({"cosines": (0.0, 0.0), "target": 0, "scale": 1.0}, lambda m: m.log(1 + m.exp(m.sin(m.lift(0.5)))), "a right angle"),
        Known({"cosines": (0.5, 0.25, -0.5), "target": 0}, "14.489819050890551", "an additive margin", row="R26"),
    ),
    source="J. Deng, J. Guo, N. Xue and S. Zafeiriou, ArcFace: Additive Angular Margin Loss for Deep Face Recognition, 2019",
)
