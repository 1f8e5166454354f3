"""Implementations of am softmax, right and wrong."""

import numpy as np

from lossref.mutants.formulas import (
    below,
    flushed,
    narrow,
    onehot,
    sigmoid,
    sloppy,
    softmax,
    softmax_ce,
    softmax_ce_gradient_divided_once,
    softplus,
    sorted_softmax_ce,
    take,
    turned,
)
from lossref.mutants.record import of


def am_logits(c, y, margin, scale):
    return scale * np.where(onehot(c, y), c - margin, c)


def am(c, y, margin, scale):
    return softmax_ce(am_logits(c, y, margin, scale), y)


def am_gradient(c, y, margin, scale):
    return scale * softmax_ce_gradient_divided_once(am_logits(c, y, margin, scale), y)


def others_alone(c, y, scale):
    """The other classes' logits, and the logarithm of the sum of their exponentials: -inf where there are none."""
    logits = np.where(onehot(c, y), -np.inf, scale * c)
    return logits, np.logaddexp.reduce(np.sort(logits, axis=1), axis=1)


def am_by_odds(c, y, margin, scale):
    return softplus(others_alone(c, y, scale)[1] - scale * (take(c, y) - margin))


def am_gradient_by_odds(c, y, margin, scale):
    logits, together = others_alone(c, y, scale)
    shares = np.where(onehot(c, y), -1, softmax(logits))
    return scale * sigmoid(together - scale * (take(c, y) - margin))[:, None] * shares


row = of("am_softmax")
MUTANTS = (
    row("right", "odds", "softplus of the log-odds of all others together against the target", am_by_odds, am_gradient_by_odds, True),
    row("right", "sorted", "the lag behind the largest logit plus log1p of the others; one division for the slopes",
        lambda c, y, m, s: sorted_softmax_ce(am_logits(c, y, m, s), y),
        am_gradient, True),
    row("textbook", "no_margin", "the margin is forgotten", lambda c, y, m, s: am(c, y, 0.0, s),
        lambda c, y, m, s: am_gradient(c, y, 0.0, s), True),
    row("textbook", "margin_on_all", "every class has the margin taken off, which changes nothing",
        lambda c, y, m, s: softmax_ce(s * (c - m), y),
        lambda c, y, m, s: s * softmax_ce_gradient_divided_once(s * (c - m), y), True),
    row("textbook", "margin_unscaled", "s c_y - m: the margin is not scaled",
        lambda c, y, m, s: am(c, y, m / s, s), lambda c, y, m, s: am_gradient(c, y, m / s, s), True),
    row("textbook", "margin_added", "c_y + m: the target is favoured", lambda c, y, m, s: am(c, y, -m, s),
        lambda c, y, m, s: am_gradient(c, y, -m, s), True),
    row("textbook", "angular", "the margin is added to the angle, as in ArcFace",
        lambda c, y, m, s: softmax_ce(s * np.where(onehot(c, y), turned(c, m), c), y)),
    row("textbook", "target_unscaled", "the target's cosine is not scaled",
        lambda c, y, m, s: softmax_ce(np.where(onehot(c, y), c - m, s * c), y)),
    row("textbook", "slope_unscaled", "the gradient in the logits, not in the cosines",
        gradient=lambda c, y, m, s: am_gradient(c, y, m, s) / s),
    row("textbook", "temperature", "divided by the scale, as by a temperature",
        lambda c, y, m, s: am(c, y, m, 1 / s), lambda c, y, m, s: am_gradient(c, y, m, 1 / s), True),
    row("textbook", "log_of_softmax", "log of a probability that has rounded to 0 or 1",
        lambda c, y, m, s: -np.log(take(softmax(am_logits(c, y, m, s)), y)), am_gradient, True),
    row("textbook", "clipped_7", "probabilities are clipped at 1e-7, as in Keras",
        lambda c, y, m, s: -np.log(np.clip(take(softmax(am_logits(c, y, m, s)), y), 1e-7, 1 - 1e-7)), am_gradient),
    row("textbook", "p_minus_one", "softmax - 1 loses the target's tail",
        gradient=lambda c, y, m, s: s * (softmax(am_logits(c, y, m, s)) - onehot(c, y)), passes_gradcheck=True),
    row("textbook", "mean_of_classes", "divided by the number of classes",
        lambda c, y, m, s: am(c, y, m, s) / c.shape[1], lambda c, y, m, s: am_gradient(c, y, m, s) / c.shape[1], True),
    row("broken", "ignores_margin", "the margin is always 0.35", lambda c, y, m, s: am(c, y, 0.35, s),
        lambda c, y, m, s: am_gradient(c, y, 0.35, s), True),
    row("broken", "ignores_scale", "the scale is always 30", lambda c, y, m, s: am(c, y, m, 30.0),
        lambda c, y, m, s: am_gradient(c, y, m, 30.0), True),
    row("broken", "off_by_one", "classes are counted from 1", lambda c, y, m, s: am(c, (y - 1) % c.shape[1], m, s),
        lambda c, y, m, s: am_gradient(c, (y - 1) % c.shape[1], m, s), True),
    row("broken", "clipped_cosines", "cosines are clipped at 1 - 1e-3 first",
        lambda c, y, m, s: am(np.clip(c, -0.999, 0.999), y, m, s),
        lambda c, y, m, s: np.where(np.abs(c) > 0.999, 0, am_gradient(c, y, m, s)), True),
    row("broken", "flushed", "losses and slopes below 1e-12 become 0", flushed(am, 1e-12), flushed(am_gradient, 1e-12), True),
    row("broken", "turned_tail", "slopes below 1e-8 have the wrong sign", gradient=below(am_gradient, 1e-8, -1), passes_gradcheck=True),
    row("broken", "narrow", "computed in half the width", narrow(am), narrow(am_gradient)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(am, 0.6), sloppy(am_gradient, 0.6), True),
)
