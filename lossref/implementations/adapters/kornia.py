"""Kornia on the CPU: the losses of kornia.losses, differentiated by PyTorch."""

import kornia

from lossref.implementations.adapters._undocumented import fractional
from lossref.implementations.engines import torch_like
from lossref.implementations.engines.written import implements
from lossref.library import Library

IMPORTS = "import torch, kornia"


def _one(question):
    """Its robust losses have no scale."""
    is_one = all(question.options.get(name, 1.0) == 1 for name in ("delta", "scale"))
    return "" if is_one else "Kornia's robust losses have a scale of 1"


@implements(never=_one)
def pseudo_huber(prediction, target, reduction="none"):
    return kornia.losses.charbonnier_loss(prediction, target, reduction=reduction)


@implements(never=_one)
def cauchy(prediction, target, reduction="none"):
    return kornia.losses.cauchy_loss(prediction, target, reduction=reduction)


@implements(never=_one)
def geman_mcclure(prediction, target, reduction="none"):
    return kornia.losses.geman_mcclure_loss(prediction, target, reduction=reduction)


@implements(never=_one)
def welsch(prediction, target, reduction="none"):
    return kornia.losses.welsch_loss(prediction, target, reduction=reduction)


# Each logit is a channel of its own.
@implements(never=fractional)
def sigmoid_focal_cross_entropy(logits, target, alpha, gamma, reduction="none"):
    return (
        kornia.losses.binary_focal_loss_with_logits(logits[None], target[None], alpha=alpha, gamma=gamma)[0]
        if reduction == "none"
        else kornia.losses.binary_focal_loss_with_logits(logits[None], target[None], alpha=alpha, gamma=gamma, reduction=reduction)
    )


# A distribution is a heatmap of one row, and a batch the channels of one image.
@implements()
def kl_divergence(probabilities, target, reduction="none"):
    return (
        kornia.losses.kl_div_loss_2d(probabilities[None, :, None], target[None, :, None], reduction="none")[0]
        if reduction == "none"
        else kornia.losses.kl_div_loss_2d(probabilities[None, :, None], target[None, :, None], reduction=reduction)
    )


OTHERS = {
    "dice_loss": "of the softmax of logits over classes, not of a map of probabilities; not judged separately yet",
}


def library(device: str = "") -> Library:
    return torch_like.library("kornia", IMPORTS, globals(), OTHERS, device=device)
