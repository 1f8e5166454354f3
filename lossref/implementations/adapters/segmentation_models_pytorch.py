"""segmentation-models-pytorch on the CPU: its losses of logits and of maps, differentiated by PyTorch."""

import segmentation_models_pytorch as smp

from lossref.implementations.adapters._undocumented import fractional
from lossref.implementations.engines import torch_like
from lossref.implementations.engines.written import implements
from lossref.library import Library
from lossref.values import flat

IMPORTS = "import torch; import segmentation_models_pytorch as smp"


@implements()
def sigmoid_cross_entropy(logits, target, reduction="none", pos_weight=None):
    return smp.losses.SoftBCEWithLogitsLoss(reduction=reduction, pos_weight=pos_weight)(logits, target)


def _smoothed(logits, target, reduction, label_smoothing):
    return (
        smp.losses.SoftCrossEntropyLoss(reduction="none", smooth_factor=label_smoothing)(logits, target)[:, 0]
        if reduction == "none"
        else smp.losses.SoftCrossEntropyLoss(reduction=reduction, smooth_factor=label_smoothing)(logits, target)
    )


# The default smooth_factor, None, raises: 0 is no smoothing. Unreduced, it keeps the axis of the classes.
@implements(otherwise=(_smoothed,))
def softmax_cross_entropy(logits, target, reduction="none"):
    return (
        smp.losses.SoftCrossEntropyLoss(reduction="none", smooth_factor=0.0)(logits, target)[:, 0]
        if reduction == "none"
        else smp.losses.SoftCrossEntropyLoss(reduction=reduction, smooth_factor=0.0)(logits, target)
    )


@implements(never=fractional)
def sigmoid_focal_cross_entropy(logits, target, alpha, gamma, reduction="none"):
    return smp.losses.FocalLoss("binary", alpha=alpha, gamma=gamma, reduction=reduction)(logits, target)


def _otherwise(question):
    """What is another function there, which is made of |p - t|: a kink where p is t, and a sum of minima for labels between 0 and 1."""
    smooth = {{**question.inputs, **question.options}[name] for name in ("smooth_nr", "smooth_dr")}
    pixels = [*zip(flat(question.inputs["probabilities"]), flat(question.inputs["target"]), strict=True)]
    if len(smooth) > 1 or not any(t for _, t in pixels):
        return "it has one smoothing term, and 0 for a target without an object"
    return "" if all(t in (0, 1) and p != t for p, t in pixels) else "its intersection is made of |p - t|: labels 0 and 1, none met"


# A batch is one example there: each is asked alone. Its smoothing term stands beside half of both sums.
@implements(alone=True, never=_otherwise)
def dice(probabilities, target, smooth_nr):
    return smp.losses.DiceLoss("binary", from_logits=False, smooth=smooth_nr / 2)(probabilities, target)


def library(device: str = "") -> Library:
    return torch_like.library("segmentation-models-pytorch", IMPORTS, globals(), device=device)
