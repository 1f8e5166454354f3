"""torchvision on the CPU: the losses of torchvision.ops, differentiated by PyTorch."""

import torchvision

from lossref.implementations.adapters._undocumented import fractional
from lossref.implementations.engines import tensors, torch_like
from lossref.implementations.engines.written import all_written, implements, library_of
from lossref.library import Library

IMPORTS = "import torch, torchvision"


@implements(never=fractional)
def sigmoid_focal_cross_entropy(logits, target, alpha, gamma, reduction="none"):
    return torchvision.ops.sigmoid_focal_loss(logits, target, alpha=alpha, gamma=gamma, reduction=reduction)


def library() -> Library:
    dialect = torch_like.dialect(IMPORTS)
    return library_of(
        "torchvision",
        f"torchvision {torchvision.__version__}",
        all_written(globals()),
        lambda found: tensors.implementation(found, dialect),
        reasons={},
    )
