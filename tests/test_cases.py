"""Losses as their authors type them: the right twin passes at level B, the wrong one fails, and the report names the cause."""

from __future__ import annotations

import numpy as np
import pytest

import lossref


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


class Booster:
    """Gradient and Hessian of a boosted model, each a product or difference of one sign."""

    def gradient(self, logits, target):
        return np.where(target == 1, -sigmoid(-logits), (1 - target) * sigmoid(logits) - target * sigmoid(-logits))

    def hessian(self, logits, target):
        return sigmoid(logits) * sigmoid(-logits)


class BoosterOfTexts:
    def gradient(self, logits, target):
        return 1 / (1 + np.exp(-logits)) - target

    def hessian(self, logits, target):
        p = 1 / (1 + np.exp(-logits))
        return p * (1 - p)


class WeightedMean:
    """A mean over the weights of the classes, or over their number."""

    def __init__(self, by_count):
        self.by_count = by_count

    def call(self, logits, target, reduction="none", class_weight=None):
        losses = lossref.value("softmax_cross_entropy", logits, target)
        weights = np.ones(len(losses)) if class_weight is None else np.asarray(class_weight)[target]
        if reduction == "none":
            return weights * losses, None
        total = (weights * losses).sum()
        return total / (1 if reduction == "sum" else len(losses) if self.by_count else weights.sum()), None


class PosWeight:
    """The weight of label 1 on its whole term, or on the logarithm of the stable formula alone."""

    def __init__(self, whole):
        self.whole = whole

    def call(self, logits, target, reduction="none", pos_weight=1.0):
        if self.whole:
            losses = lossref.value("sigmoid_cross_entropy", logits, target, pos_weight=pos_weight)
        else:
            weight = 1 + (pos_weight - 1) * target
            losses = np.maximum(logits, 0) - logits * target + weight * np.log1p(np.exp(-np.abs(logits)))
        return {"none": losses, "sum": losses.sum(), "mean": losses.mean()}[reduction], None


def arcface(eps):
    def value(cosines, target, margin=0.5, scale=64.0):
        return lossref.value("arcface", np.clip(cosines, eps - 1, 1 - eps), target, margin=margin, scale=scale)

    return value


def clipped(low):
    def value(probabilities, target):
        low_, high = np.float32(low), np.float32(1) - np.float32(low)
        p = np.clip(probabilities, low_, high) if low else probabilities
        return lossref.value("binary_cross_entropy", p, target).astype(probabilities.dtype)

    return value


CASES = {  # the right one, the wrong one, the loss, the format, and what the cause says
    "p - y and p (1 - p) of a booster": (Booster(), BoosterOfTexts(), "sigmoid_cross_entropy", "float64", "its terms are rounded"),
    "a weighted mean divided by N": (WeightedMean(False), WeightedMean(True), "softmax_cross_entropy", "float64", "number of all examples"),
    "pos_weight without the linear part": (PosWeight(True), PosWeight(False), "sigmoid_cross_entropy", "float64", "misses the linear part"),
    "a clamped angle": (arcface(0), arcface(1e-7), "arcface", "float64", "clip cosines to [-0.9999999, 0.9999999]"),
    "a clip at 1 - 1e-6 in float32": (clipped(0), clipped(1e-6), "binary_cross_entropy", "float32", "clip probabilities to [1e-6, 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_right_twin_passes_and_the_wrong_one_is_told_its_cause(name):
    right, wrong, loss, form, cause = CASES[name]
    good, bad = lossref.check(right, loss, format=form), lossref.check(wrong, loss, format=form)
    assert good.conforms, good
    assert not bad.conforms, bad
    (entry,) = bad.data["losses"]
    assert cause in entry["cause"], entry["cause"]
