"""PyTorch on the CPU, or on a device that is named: torch.nn.functional, gradients and Hessian diagonals by its own autograd."""

import inspect
import math

import torch
from torch.nn import functional as F

from lossref.formats import JUDGED
from lossref.implementations.adapters._undocumented import undirected
from lossref.implementations.engines import tensors, torch_like
from lossref.implementations.engines.torch_like import WEIGHTS
from lossref.implementations.engines.written import all_written, implements, library_of
from lossref.library import Library
from lossref.values import flat, shape

IMPORTS = "import torch; from torch.nn import functional as F"
# Versions before 2.7 have no weights in mse_loss, l1_loss and huber_loss.
WEIGHS = "weight" in inspect.signature(F.mse_loss).parameters
# Autograd mechanics, gradients for non-differentiable functions: of a convex one "the sub-gradient of minimum norm"
FLATTER = ("at a kink the flatter slope",)


def _squared_error_weighted(prediction, target, sample_weight, reduction="none"):
    return F.mse_loss(prediction, target, reduction=reduction, weight=sample_weight)


def _absolute_error_weighted(prediction, target, sample_weight, reduction="none"):
    return F.l1_loss(prediction, target, reduction=reduction, weight=sample_weight)


def _huber_weighted(prediction, target, sample_weight, delta, reduction="none"):
    return F.huber_loss(prediction, target, reduction=reduction, weight=sample_weight, delta=delta)


# The weighted means of mse_loss and l1_loss divide by the sum of the weights, though documented like huber_loss, which does not.
@implements(reductions=WEIGHTS, otherwise=(_squared_error_weighted,) if WEIGHS else ())
def squared_error(prediction, target, reduction="none"):
    return F.mse_loss(prediction, target, reduction=reduction)


@implements(composed="half of mse_loss")
def half_squared_error(prediction, target, reduction="none"):
    return F.mse_loss(prediction, target, reduction=reduction) / 2


@implements(reductions=WEIGHTS, otherwise=(_absolute_error_weighted,) if WEIGHS else (), documented=FLATTER)
def absolute_error(prediction, target, reduction="none"):
    return F.l1_loss(prediction, target, reduction=reduction)


@implements(otherwise=(_huber_weighted,) if WEIGHS else ())
def huber(prediction, target, delta, reduction="none"):
    return F.huber_loss(prediction, target, reduction=reduction, delta=delta)


@implements()
def smooth_l1(prediction, target, beta, reduction="none"):
    return F.smooth_l1_loss(prediction, target, reduction=reduction, beta=beta)


@implements()
def logistic(prediction, target, reduction="none"):
    return F.soft_margin_loss(prediction, target, reduction=reduction)


# BCELoss: "clamps its log function outputs to be greater than or equal to -100"; its backward pass, EPSILON = 1e-12 in float32
@implements(documented=("clamp log at -100, gradient denominator at least 9.999999960041972e-13",))
def binary_cross_entropy(probabilities, target, reduction="none", sample_weight=None):
    return F.binary_cross_entropy(probabilities, target, reduction=reduction, weight=sample_weight)


@implements()
def sigmoid_cross_entropy(logits, target, reduction="none", sample_weight=None, pos_weight=None):
    return F.binary_cross_entropy_with_logits(logits, target, reduction=reduction, weight=sample_weight, pos_weight=pos_weight)


@implements()
def multilabel_soft_margin(logits, target, reduction="none"):
    return F.multilabel_soft_margin_loss(logits, target, reduction=reduction)


@implements(reductions=WEIGHTS, forms={"soft": ()})
def softmax_cross_entropy(logits, target, reduction="none", class_weight=None, label_smoothing=0.0, ignore_index=-100):
    return F.cross_entropy(
        logits, target, reduction=reduction, weight=class_weight, label_smoothing=label_smoothing, ignore_index=ignore_index
    )


if hasattr(F, "linear_cross_entropy"):  # from 2.13 on
    # Of a batch, which shares the weights.
    @implements(alone=True)
    def linear_cross_entropy(hidden, weight, bias, target):
        return F.linear_cross_entropy(hidden[0], weight[0], target[0], linear_bias=bias[0])


def _tree(question):
    inputs = question.inputs
    if not all(math.isfinite(x) for name in ("logits", "head") for x in flat(inputs[name])):
        return "a product with an identity matrix is NaN where an entry is not finite"
    return "" if len(shape(inputs["head"])) > 1 or len(inputs["head"]) > 1 else "PyTorch wants a frequent class beside its clusters"


# With identity weights the hidden vector has the logits, the head's first. The target's group is a cluster; to it any other group is
# like a frequent class, and stands before it.
@implements(alone=True, never=_tree)
def adaptive_softmax(logits, head, group, target):
    return -torch.func.functional_call(
        torch.nn.AdaptiveLogSoftmaxWithLoss(
            head.numel() + logits.numel(), head.numel() - 1 + _members(group, target).sum(), [head.numel() - 1], div_value=1
        ),
        {
            "head.weight": _identity(head, logits)[torch.argsort(torch.arange(head.numel(), device=head.device) == group[0, target])],
            "tail.0.0.weight": _identity(head, logits),
            "tail.0.1.weight": _identity(head, logits)[head.numel():][_members(group, target)],
        },
        (torch.cat((head, logits), 1), head.numel() - 1 + _members(group, target)[:target].sum()[None]),
    ).output  # fmt: skip


def _identity(head, logits):
    return torch.eye(head.numel() + logits.numel(), dtype=logits.dtype, device=logits.device)


def _members(group, target):
    return group[0] == group[0, target]


@implements()
def soft_target_cross_entropy(logits, target, reduction="none", class_weight=None, label_smoothing=0.0):
    return F.cross_entropy(logits, target, reduction=reduction, weight=class_weight, label_smoothing=label_smoothing)


@implements(reductions=WEIGHTS)
def negative_log_likelihood(log_probabilities, target, reduction="none", class_weight=None, ignore_index=-100):
    return F.nll_loss(log_probabilities, target, reduction=reduction, weight=class_weight, ignore_index=ignore_index)


# weight[y] multiplies the loss of an example, and the mean divides by their number. Its derivative has none itself.
@implements(parts=("value", "gradient"))
def multi_margin(scores, target, margin, power, reduction="none", class_weight=None):
    return F.multi_margin_loss(scores, target, p=power, margin=margin, weight=class_weight, reduction=reduction)


# It takes the indices of the labels that hold, in order, and -1 after the last. Its derivative has none itself.
@implements(parts=("value", "gradient"))
def multilabel_margin(scores, target, reduction="none"):
    return F.multilabel_margin_loss(
        scores,
        (torch.where(target > 0, torch.arange(scores.shape[1], device=scores.device), scores.shape[1]).sort(1).values + 1)
        % (scores.shape[1] + 1)
        - 1,
        reduction=reduction,
    )


# Of one sequence, whose labels it wants without blanks. Its slopes are none of its own: exp l less the share of the alignments is the
# slope in the logits that log_softmax made the log-probabilities of.
@implements(alone=True, parts=("value",))
def ctc(log_probabilities, target, blank):
    return F.ctc_loss(
        log_probabilities.transpose(0, 1), target[target != blank], (log_probabilities.shape[1],), ((target != blank).sum(),),
        blank=blank[0], reduction="none",
    )  # fmt: skip


@implements()
def hinge_embedding(prediction, target, margin, reduction="none"):
    return F.hinge_embedding_loss(prediction, target, margin=margin, reduction=reduction)


@implements()
def margin_ranking(first, second, target, margin, reduction="none"):
    return F.margin_ranking_loss(first, second, target, margin=margin, reduction=reduction)


def _kl_divergence_reduced(log_probabilities, target, reduction):
    return F.kl_div(log_probabilities, target, reduction=reduction)


# Its unreduced answer is one number a class; the divergence of one example is a batch of its own.
@implements(alone=True, otherwise=(_kl_divergence_reduced,), reductions={"sum": "sum", "count": "batchmean"})
def kl_divergence_from_log_probabilities(log_probabilities, target):
    return F.kl_div(log_probabilities, target, reduction="batchmean")


def _kl_divergence_of_logarithms_reduced(log_probabilities, log_target, reduction):
    return F.kl_div(log_probabilities, log_target, reduction=reduction, log_target=True)


@implements(alone=True,
    otherwise=(_kl_divergence_of_logarithms_reduced,),
    reductions={"sum": "sum", "count": "batchmean"},
)
def kl_divergence_of_log_probabilities(log_probabilities, log_target):
    return F.kl_div(log_probabilities, log_target, reduction="batchmean", log_target=True)


# GaussianNLLLoss: eps, 1e-6, is the "value used to clamp var", and "the gradients are unaffected by it"
@implements(documented=("clip variance to [1e-06, inf], gradient through",))
def gaussian_nll(prediction, target, variance, reduction="none"):
    return F.gaussian_nll_loss(prediction, target, variance, reduction=reduction)


@implements()
def poisson(log_rate, target, reduction="none"):
    return F.poisson_nll_loss(log_rate, target, reduction=reduction)


def _no_rate(question):
    return "" if all(flat(question.inputs["rate"])) else "its eps, 0 here, is there to avoid the logarithm of 0"


# PoissonNLLLoss(log_input=False): "input - target * log(input + eps)", eps = 1e-8; with eps=0 it is the formula
@implements(never=_no_rate)
def poisson_from_rate(rate, target, reduction="none"):
    return F.poisson_nll_loss(rate, target, log_input=False, eps=0, reduction=reduction)


# PairwiseDistance, by which TripletMarginLoss is stated: |x1 - x2 + eps e|, e the vector of ones, eps = 1e-6
@implements(documented=("add 1e-06 to anchor",))
def triplet_margin(anchor, positive, negative, margin, reduction="none"):
    return F.triplet_margin_loss(anchor, positive, negative, margin=margin, reduction=reduction)


@implements(never=undirected)
def cosine_embedding(first, second, target, margin, reduction="none"):
    return F.cosine_embedding_loss(first, second, target, margin=margin, reduction=reduction)


# cosine_similarity is x1 . x2 / (max(|x1|, eps) max(|x2|, eps)) with eps = 1e-8, which is said to avoid a division by zero
@implements(composed="1 less cosine_similarity")
def cosine_distance(first, second):
    return 1 - F.cosine_similarity(first, second)


@implements(composed="a sum of special.entr")
def entropy(probabilities, base):
    return torch.special.entr(probabilities).sum(1) / (1 if base == 1 else torch.tensor(base, dtype=probabilities.dtype).log())


@implements()
def sigmoid(x):
    return torch.sigmoid(x)


@implements()
def log_sigmoid(x):
    return F.logsigmoid(x)


# Softplus: "For numerical stability the implementation reverts to the linear function when input x beta > threshold", 20
@implements(documented=("x itself above 20",))
def softplus(x):
    return F.softplus(x)


@implements(documented=FLATTER)
def relu(x):
    return torch.relu(x)


@implements()
def tanh(x):
    return torch.tanh(x)


# The same: where several gradients are possible "by continuity", one is picked arbitrarily
@implements(documented=("at a jump any slope",))
def xlogy(x, y):
    return torch.special.xlogy(x, y)


@implements()
def logsumexp(x):
    return torch.logsumexp(x, 1)


@implements()
def softmax(x, index):
    return torch.softmax(x, 1).gather(1, index[:, None])[:, 0]


@implements()
def log_softmax(x, index):
    return torch.log_softmax(x, 1).gather(1, index[:, None])[:, 0]


@implements()
def log1p(x):
    return torch.log1p(x)


@implements()
def expm1(x):
    return torch.expm1(x)


@implements()
def logit(x):
    return torch.logit(x)


# As of xlogy: where several gradients are possible "by continuity", one is picked arbitrarily
@implements(documented=("at a jump any slope",))
def xlog1py(x, y):
    return torch.special.xlog1py(x, y)


OTHERS = {
    "triplet_margin_with_distance_loss": "triplet_margin with distances of one's own; not judged separately",
}  # fmt: skip


def library(device: str = "") -> Library:
    dialect = torch_like.dialect(IMPORTS, device)
    return library_of(
        "torch",
        f"torch {torch.__version__}",
        all_written(globals()),
        lambda found: tensors.implementation(found, dialect),
        others=OTHERS,
        reasons={
            "kl_divergence": "torch takes logarithms: kl_divergence_from_log_probabilities",
            "hinge": "torch ships no two-class hinge max(0, 1 - y f): hinge_embedding is another function",
        },
        formats=JUDGED,
    )
