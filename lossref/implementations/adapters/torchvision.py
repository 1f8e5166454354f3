"""torchvision on the CPU: the losses of torchvision.ops, differentiated by PyTorch."""

import torchvision

from lossref.implementations.adapters._undocumented import fractional
from lossref.implementations.engines import torch_like
from lossref.implementations.engines.written import implements
from lossref.library import Library

IMPORTS = "import torch, torchvision"


@implements(never=fractional)
def sigmoid_focal_cross_entropy(logits, target, alpha, gamma, reduction="none"):
    return torchvision.ops.sigmoid_focal_loss(logits, target, alpha=alpha, gamma=gamma, reduction=reduction)


def library(device: str = "") -> Library:
    return torch_like.library("torchvision", IMPORTS, globals(), device=device)
