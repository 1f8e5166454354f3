"""Implementations of arcface, right and wrong."""

import math

import numpy as np

from lossref.mutants.formulas import (
    below,
    flushed,
    narrow,
    onehot,
    sloppy,
    softmax,
    softmax_ce,
    softmax_ce_gradient_divided_once,
    take,
    turned,
)
from lossref.mutants.record import of


def turned_slope(c, margin):
    return math.cos(margin) + c * math.sin(margin) / np.sqrt((1 - c) * (1 + c))


def height(c):
    return np.sqrt(1 - c) * np.sqrt(1 + c)


def angle(c):
    """arccos c, from half the angle: exact at both ends, where arccos has no digits to work on."""
    return 2 * np.arctan2(np.sqrt(1 - c), np.sqrt(1 + c))


def rotated(c, margin):
    """exp(i (a + m)), a unit vector turned by the margin."""
    return (c + 1j * height(c)) * complex(math.cos(margin), math.sin(margin))


def chord(c, margin):
    """cos(a + m) as cos a less a chord."""
    return c - 2 * math.sin(margin / 2) * np.sin(angle(c) + margin / 2)


def arc_logits(turn, c, y, margin, scale):
    return scale * np.where(onehot(c, y), turn(c, margin), c)


def arc(turn):
    """The loss with the target's cosine turned so."""
    return lambda c, y, margin, scale: softmax_ce(arc_logits(turn, c, y, margin, scale), y)


def arc_gradient(turn, slope):
    def gradient(c, y, margin, scale):
        of_logits = scale * softmax_ce_gradient_divided_once(arc_logits(turn, c, y, margin, scale), y)
        # The slope of an angle is infinite at its ends, where a single class has none to lose.
        return np.where(of_logits == 0, 0, of_logits * np.where(onehot(c, y), slope(c, margin), 1))

    return gradient


def easy(then, otherwise):
    """One formula where the angle is below pi / 2, another beyond."""
    return lambda c, margin: np.where(c > 0, then(c, margin), otherwise(c, margin))


def up_to_pi(then, otherwise):
    """One formula where angle plus margin is below pi, another beyond."""
    return lambda c, margin: np.where(c > math.cos(math.pi - margin), then(c, margin), otherwise(c, margin))


def one(c, margin):
    return np.ones_like(c)


def curve(kind, name, why, turn, slope, passes_gradcheck=True):
    return row(kind, name, why, arc(turn), arc_gradient(turn, slope), passes_gradcheck)


ARCFACE_LOSS, ARCFACE_SLOPE = arc(turned), arc_gradient(turned, turned_slope)
row = of("arcface")
MUTANTS = (
    curve("right", "rotation", "a complex number times exp(i m): its real part, and its imaginary part over the sine",
          lambda c, m: rotated(c, m).real, lambda c, m: rotated(c, m).imag / height(c)),
    curve("right", "chord", "the cosine less a chord; the slope as a sum", chord, turned_slope),
    curve("framework", "arccos", "cos(arccos c + m) as printed: next to a right angle the angle rounds more than c does",
          lambda c, m: np.cos(np.arccos(c) + m), lambda c, m: np.sin(np.arccos(c) + m) / height(c)),
    curve("textbook", "additive_margin", "the margin is taken from the cosine, as in CosFace", lambda c, m: c - m, one),
    curve("textbook", "no_margin", "the margin is forgotten", lambda c, m: c, one),
    curve("textbook", "degrees", "the margin is taken for degrees",
          lambda c, m: turned(c, math.radians(m)), lambda c, m: turned_slope(c, math.radians(m))),
    curve("textbook", "margin_subtracted", "the margin makes the angle smaller",
          lambda c, m: turned(c, -m), lambda c, m: turned_slope(c, -m)),
    curve("textbook", "multiplied", "cos(m a), as in SphereFace", lambda c, m: np.cos(m * np.arccos(c)),
          lambda c, m: m * np.sin(m * np.arccos(c)) / np.sqrt(1 - c * c)),
    curve("textbook", "easy_margin", "no margin for angles beyond pi / 2, as libraries have it for an option",
          easy(turned, lambda c, m: c), easy(turned_slope, one)),
    curve("textbook", "linear_past_pi", "past pi a line in the cosine, as in the authors' code",
          up_to_pi(turned, lambda c, m: c - m * math.sin(m)), up_to_pi(turned_slope, one)),
    curve("textbook", "flat_past_pi", "angle plus margin stops at pi",
          up_to_pi(turned, lambda c, m: -one(c, m)), up_to_pi(turned_slope, lambda c, m: 0 * c)),
    curve("textbook", "clipped_cosines", "cosines are clipped at 1 - 1e-7, against an infinite slope",
          lambda c, m: turned(np.clip(c, -1 + 1e-7, 1 - 1e-7), m),
          lambda c, m: np.where(np.abs(c) > 1 - 1e-7, 0, turned_slope(c, m))),
    row("textbook", "constant_slope", "the slope in the cosine is taken for that of an additive margin",
        gradient=arc_gradient(turned, one)),
    row("textbook", "slope_in_the_angle", "sin(a + m), the slope in the angle",
        gradient=arc_gradient(turned, lambda c, m: np.sin(np.arccos(c) + m))),
    row("textbook", "guarded_slope", "1e-6 is added to the sine in the denominator",
        gradient=arc_gradient(turned, lambda c, m: np.sin(angle(c) + m) / (np.sqrt((1 - c) * (1 + c)) + 1e-6)), passes_gradcheck=True),
    row("textbook", "slope_unscaled", "the gradient in the logits, not in the cosines",
        gradient=lambda c, y, m, s: ARCFACE_SLOPE(c, y, m, s) / s),
    row("textbook", "margin_on_all", "every class has its angle made larger",
        lambda c, y, m, s: softmax_ce(s * turned(c, m), y),
        lambda c, y, m, s: s * softmax_ce_gradient_divided_once(s * turned(c, m), y) * turned_slope(c, m), True),
    row("textbook", "target_unscaled", "the target's cosine is not scaled",
        lambda c, y, m, s: softmax_ce(np.where(onehot(c, y), turned(c, m), s * c), y)),
    row("textbook", "log_of_softmax", "log of a probability that has rounded to 0 or 1",
        lambda c, y, m, s: -np.log(take(softmax(arc_logits(turned, c, y, m, s)), y)), ARCFACE_SLOPE, True),
    row("broken", "never_turning", "the slope stays positive past pi",
        gradient=arc_gradient(turned, lambda c, m: np.abs(turned_slope(c, m)))),
    row("broken", "ignores_margin", "the margin is always 0.5", lambda c, y, m, s: ARCFACE_LOSS(c, y, 0.5, s),
        lambda c, y, m, s: ARCFACE_SLOPE(c, y, 0.5, s), True),
    row("broken", "ignores_scale", "the scale is always 64", lambda c, y, m, s: ARCFACE_LOSS(c, y, m, 64.0),
        lambda c, y, m, s: ARCFACE_SLOPE(c, y, m, 64.0), True),
    row("broken", "off_by_one", "classes are counted from 1",
        lambda c, y, m, s: ARCFACE_LOSS(c, (y - 1) % c.shape[1], m, s),
        lambda c, y, m, s: ARCFACE_SLOPE(c, (y - 1) % c.shape[1], m, s), True),
    row("broken", "flushed", "losses and slopes below 1e-12 become 0", flushed(ARCFACE_LOSS, 1e-12), flushed(ARCFACE_SLOPE, 1e-12), True),
    row("broken", "turned_tail", "slopes below 1e-8 have the wrong sign",
        gradient=below(ARCFACE_SLOPE, 1e-8, -1), passes_gradcheck=True),
    row("broken", "narrow", "computed in half the width", narrow(ARCFACE_LOSS), narrow(ARCFACE_SLOPE)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(ARCFACE_LOSS, 0.6), sloppy(ARCFACE_SLOPE, 0.6), True),
)
