"""Z-loss: the penalty that keeps the normaliser of a softmax near 1, added to cross-entropy where language models are trained.

    L(z) = s log(sum_j exp z_j)^2,      dL/dz_j = 2 s log(sum_k exp z_k) p_j,      p = softmax(z)

logits    z, one for each class along the last axis, any real
strength  s, above 0; 1e-4 by default, as in PaLM
It is 0 where the exponentials of the logits sum to 1, so that they are log-probabilities; there the logarithm is a small difference
of larger numbers. Liger calls s lse_square_scale; in its cross-entropy the penalty has no class weights, and its mean is over the
examples that count.
"""

import numpy as np

from lossref.float64.doubled import brief_exponential, doubled, plus, total
from lossref.float64.doubled import logarithm as logarithm_of
from lossref.float64.kernels import exact_sum, leader_and_tails, two_difference, weighted_tails
from lossref.laws import nonnegative
from lossref.spaces import Positive, Vector
from lossref.spec import Known, Loss, Parameter


def value(logits, strength=1e-4):
    logarithm = _normaliser(logits)[0]
    return strength * logarithm * logarithm


def gradient(logits, strength=1e-4):
    logarithm, leader, lag, rest = _normaliser(logits)
    twice = np.asarray(2.0 * np.asarray(strength) * logarithm)[..., None]
    tails = np.where(leader, np.abs(twice), np.where(lag == np.inf, 0.0, weighted_tails(lag, np.abs(twice))))
    return np.sign(twice) * tails / (1.0 + rest)[..., None]


def _normaliser(logits):
    leader, tails, lag = leader_and_tails(logits)
    rest, top = exact_sum(tails), np.max(logits, axis=-1)
    # Where the two terms may cancel they have more digits: what is lost would be all of a square.
    whole = total(brief_exponential(two_difference(np.asarray(logits, float), np.asarray(top)[..., None])))
    logarithm = np.where(np.abs(top) < rest / 4, top + np.log1p(rest), plus(doubled(top), logarithm_of(whole))[0])
    return np.where(np.isinf(top), top, logarithm), leader, lag, rest


def definition(m, logits, strength):
    return strength * m.log(m.sum(m.exp(z) for z in logits)) ** 2


LOSS = Loss(
    name="z_loss",
    arguments={"logits": Vector()},
    parameters={"strength": Parameter(space=Positive(), default=1e-4, grid=(1e-4, 1.0, 1e-5, 0.01))},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative,),
    known=(
        Known({"logits": (0.0, 0.0), "strength": 1.0}, lambda m: m.log(2) ** 2, "two equal logits", ("0.69314718055994531",) * 2),
        Known({"logits": (-7.0,), "strength": 1.0}, "49", "one logit", ("-14",)),
        Known({"logits": (0.0, -np.inf)}, "0", "a class that is certain", ("0", "0")),
        Known({"logits": (0.0, np.inf)}, "inf", "a logit above all", ("0", "inf")),
    ),
    source="A. Chowdhery et al., PaLM: Scaling Language Modeling with Pathways, 2022, section 5",
)
