"""torchvision on the CPU: the losses of torchvision.ops, differentiated by PyTorch."""

import numpy as np
import torch
import torchvision

from lossref.families.boxes import NAMES
from lossref.float64.boxes import trade_off as ciou_trade_off
from lossref.formats import FORMATS
from lossref.implementations.adapters._undocumented import fractional
from lossref.implementations.engines import torch_like
from lossref.implementations.engines.written import implements
from lossref.library import Library
from lossref.values import rows

IMPORTS = "import torch, torchvision"


@implements(never=fractional)
def sigmoid_focal_cross_entropy(logits, target, alpha, gamma, reduction="none"):
    return torchvision.ops.sigmoid_focal_loss(logits, target, alpha=alpha, gamma=gamma, reduction=reduction)


def _no_box(question):
    """Why a question is none of boxes as its documentation has them, but for coordinates below 0: anchors have those, too."""
    ends = [[*rows(question.inputs[name])] for name in NAMES]
    if len(ends[0][0]) != 2:
        return "its boxes have two axes"
    met = (a == b for first, second in (ends[:2], ends[2:]) for box in zip(first, second, strict=True) for a, b in zip(*box, strict=True))
    return "its documentation has boxes with x1 < x2 and y1 < y2" if any(met) else ""


# A box is x1, y1, x2, y2 there, the lower corner first; it is made in each function, whose text is the line that reproduces an answer.
@implements(never=_no_box)
def giou(corner, opposite, target_corner, target_opposite, eps, reduction="none"):
    return torchvision.ops.generalized_box_iou_loss(
        torch.cat((torch.minimum(corner, opposite), torch.maximum(corner, opposite)), -1),
        torch.cat((torch.minimum(target_corner, target_opposite), torch.maximum(target_corner, target_opposite)), -1),
        eps=eps, reduction=reduction,
    )  # fmt: skip


@implements(never=_no_box)
def diou(corner, opposite, target_corner, target_opposite, eps, reduction="none"):
    return torchvision.ops.distance_box_iou_loss(
        torch.cat((torch.minimum(corner, opposite), torch.maximum(corner, opposite)), -1),
        torch.cat((torch.minimum(target_corner, target_opposite), torch.maximum(target_corner, target_opposite)), -1),
        eps=eps, reduction=reduction,
    )  # fmt: skip


def _other_trade_off(question):
    """Why a question is none where the trade-off is another one than the boxes', which it makes itself."""
    given = {**question.inputs, **question.options}
    if reason := _no_box(question):
        return reason
    if given.get("eps", 1e-7) != 1e-7:
        return "its documentation does not say what eps is added to: the terms of DIoU have 1e-7 there"
    # What is asked is that number rounded to the format, or one drawn from all of [0, 1].
    own = ciou_trade_off(*(np.asarray(given[name], float) for name in NAMES), eps=1e-7)
    is_own = np.isclose(given["trade_off"], own, rtol=16 * 2.0 ** -FORMATS[question.format].precision, atol=0, equal_nan=True).all()
    return "" if is_own else "it makes the trade-off of the boxes itself"


@implements(never=_other_trade_off)
def ciou(corner, opposite, target_corner, target_opposite, trade_off, eps, reduction="none"):
    return torchvision.ops.complete_box_iou_loss(
        torch.cat((torch.minimum(corner, opposite), torch.maximum(corner, opposite)), -1),
        torch.cat((torch.minimum(target_corner, target_opposite), torch.maximum(target_corner, target_opposite)), -1),
        eps=eps, reduction=reduction,
    )  # fmt: skip


def library(device: str = "") -> Library:
    return torch_like.library("torchvision", IMPORTS, globals(), device=device)
