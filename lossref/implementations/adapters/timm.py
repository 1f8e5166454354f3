"""timm on the CPU: the losses of timm.loss, differentiated by PyTorch."""

import timm
import timm.loss

from lossref.implementations.engines import torch_like
from lossref.implementations.engines.written import implements
from lossref.library import Library

IMPORTS = "import torch, timm.loss"
MEANS = {"count": "mean"}


@implements()
def sigmoid_cross_entropy(logits, target, reduction="none", pos_weight=None):
    return timm.loss.BinaryCrossEntropy(smoothing=0, reduction=reduction, pos_weight=pos_weight)(logits, target)


def _smoothed(logits, target, label_smoothing):
    return timm.loss.LabelSmoothingCrossEntropy(smoothing=label_smoothing)(logits, target)


def _mean(logits, target, reduction):
    return timm.loss.LabelSmoothingCrossEntropy(smoothing=0.0)(logits, target)


def _smoothed_mean(logits, target, label_smoothing, reduction):
    return timm.loss.LabelSmoothingCrossEntropy(smoothing=label_smoothing)(logits, target)


# Both give means only: the loss of one example is that of a batch of its own.
@implements(alone=True, reductions=MEANS, otherwise=(_smoothed, _mean, _smoothed_mean))
def softmax_cross_entropy(logits, target):
    return timm.loss.LabelSmoothingCrossEntropy(smoothing=0.0)(logits, target)


def _soft_target_mean(logits, target, reduction):
    return timm.loss.SoftTargetCrossEntropy()(logits, target)


@implements(alone=True, reductions=MEANS, otherwise=(_soft_target_mean,))
def soft_target_cross_entropy(logits, target):
    return timm.loss.SoftTargetCrossEntropy()(logits, target)


def _zlpr_mean(logits, target, reduction):
    return timm.loss.ZlprLoss()(logits, target)


@implements(alone=True, reductions=MEANS, otherwise=(_zlpr_mean,))
def zlpr(logits, target):
    return timm.loss.ZlprLoss()(logits, target)


def _in_float32(question):
    return "" if question.format == "float32" else "timm's PolyLoss computes in float32: judge it with --format float32"


@implements(never=_in_float32)
def poly_binary_cross_entropy(logits, target, epsilon, reduction="none"):
    return timm.loss.PolyBinaryCrossEntropy(epsilon=epsilon, reduction=reduction)(logits, target)


def library(device: str = "") -> Library:
    return torch_like.library("timm", IMPORTS, globals(), device=device)
