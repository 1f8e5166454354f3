"""pytorch-metric-learning on the CPU: its losses of embeddings, differentiated by PyTorch."""

import torch
from pytorch_metric_learning import distances, losses

from lossref.implementations.adapters._undocumented import undirected
from lossref.implementations.engines import torch_like
from lossref.implementations.engines.written import implements
from lossref.library import Library

IMPORTS = "import torch; from pytorch_metric_learning import distances, losses"


# Both views of each example are one class: of both, one after the other.
@implements(alone=True, never=undirected)
def ntxent(first, second, temperature):
    return losses.NTXentLoss(temperature=temperature)(
        torch.cat((first[0], second[0])), torch.arange(first.shape[1], device=first.device).repeat(2)
    )


# Both embeddings of each class, one after the other; products without the normalisation that is the default there.
@implements(alone=True)
def n_pairs(anchor, positive):
    return losses.NPairsLoss(distance=distances.DotProductSimilarity(normalize_embeddings=False))(
        torch.cat((anchor[0], positive[0])), torch.arange(anchor.shape[1], device=anchor.device).repeat(2)
    )


# One triplet, by its places in the batch; the distance without the normalisation that is the default there.
@implements(alone=True)
def triplet_margin(anchor, positive, negative, margin):
    return losses.TripletMarginLoss(margin=margin, distance=distances.LpDistance(normalize_embeddings=False))(
        torch.cat((anchor, positive, negative)), indices_tuple=(torch.tensor([0]), torch.tensor([1]), torch.tensor([2]))
    )


def _one_of_each(question):
    """Whether the anchor has one of its class and one other."""
    is_one = max(len(question.inputs[name]) for name in ("positive", "negative")) == 1
    return "of one pair of its class and one other it says 0: it takes a batch with so few for one without pairs" if is_one else ""


# One anchor, 1, and all others as numbers: their products, without the normalisation that is the default there, are the cosines. It is
# made of them because a loss that rounds to 0 is the anchor times 0 there.
@implements(alone=True, never=_one_of_each)
def supervised_contrastive(positive, negative, temperature):
    return losses.SupConLoss(temperature, distance=distances.DotProductSimilarity(normalize_embeddings=False))(
        1 + 0 * positive[:, :1] + 0 * negative[:, :1], positive.new_zeros(1), None,
        torch.cat((positive[0], negative[0]))[:, None], torch.cat((0 * positive[0], 0 * negative[0] + 1)).detach(),
    )  # fmt: skip


OTHERS = {
    "ArcFaceLoss": "of embeddings and its own matrix of classes, not of cosines; not judged separately yet",
    "CosFaceLoss": "of embeddings and its own matrix of classes, not of cosines; not judged separately yet",
    "CircleLoss": "of all pairs of a batch, with weights that are constants to its slopes; circle's weights have slopes",
    "ContrastiveLoss": "of all pairs of a batch with a margin for each kind of pair, without a square; not judged separately yet",
}


def library(device: str = "") -> Library:
    return torch_like.library("pytorch-metric-learning", IMPORTS, globals(), OTHERS, device=device)
