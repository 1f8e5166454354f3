"""PyTorch's losses: each one a function that returns one expression of torch.nn.functional; unreduced, and as whole calls."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-incomplete-defs

import torch
from torch.nn import functional as F  # noqa: N812, it is F everywhere

IMPORTS = "import torch; from torch.nn import functional as F"


def squared_error(prediction, target):
    return F.mse_loss(prediction, target, reduction="none")


def absolute_error(prediction, target):
    return F.l1_loss(prediction, target, reduction="none")


def huber(prediction, target, delta):
    return F.huber_loss(prediction, target, reduction="none", delta=delta)


def binary_cross_entropy(probabilities, target):
    return F.binary_cross_entropy(probabilities, target, reduction="none")


def sigmoid_cross_entropy(logits, target):
    return F.binary_cross_entropy_with_logits(logits, target, reduction="none")


def softmax_cross_entropy(logits, target):
    return F.cross_entropy(logits, target, reduction="none")


def kl_divergence(probabilities, target):
    return F.kl_div(probabilities.log(), target, reduction="none").sum(1)


def soft_target_cross_entropy(logits, target):
    return F.cross_entropy(logits, target, reduction="none")


def negative_log_likelihood(log_probabilities, target):
    return F.nll_loss(log_probabilities, target, reduction="none")


def logistic(prediction, target):
    return F.soft_margin_loss(prediction, target, reduction="none")


def sigmoid(x):
    return torch.sigmoid(x)


def log_sigmoid(x):
    return F.logsigmoid(x)


def softplus(x):
    return F.softplus(x)


def relu(x):
    return torch.relu(x)


def tanh(x):
    return torch.tanh(x)


def xlogy(x, y):
    return torch.special.xlogy(x, y)


def logsumexp(x):
    return torch.logsumexp(x, 1)


def softmax(x, index):
    return torch.softmax(x, 1).gather(1, index[:, None])[:, 0]


def log_softmax(x, index):
    return torch.log_softmax(x, 1).gather(1, index[:, None])[:, 0]


def half_squared_error(prediction, target):
    return F.mse_loss(prediction, target, reduction="none") / 2


def entropy(probabilities, base):
    return torch.special.entr(probabilities).sum(1) / (1 if base == 1 else torch.tensor(base, dtype=probabilities.dtype).log())


def squared_error_call(prediction, target, reduction):
    return F.mse_loss(prediction, target, reduction=reduction)


def squared_error_weighted(prediction, target, reduction, sample_weight):
    return F.mse_loss(prediction, target, reduction=reduction, weight=sample_weight)


def half_squared_error_call(prediction, target, reduction):
    return F.mse_loss(prediction, target, reduction=reduction) / 2


def absolute_error_call(prediction, target, reduction):
    return F.l1_loss(prediction, target, reduction=reduction)


def absolute_error_weighted(prediction, target, reduction, sample_weight):
    return F.l1_loss(prediction, target, reduction=reduction, weight=sample_weight)


def huber_call(prediction, target, reduction):
    return F.huber_loss(prediction, target, reduction=reduction)


def huber_weighted(prediction, target, reduction, sample_weight):
    return F.huber_loss(prediction, target, reduction=reduction, weight=sample_weight)


def logistic_call(prediction, target, reduction):
    return F.soft_margin_loss(prediction, target, reduction=reduction)


def binary_cross_entropy_call(probabilities, target, reduction):
    return F.binary_cross_entropy(probabilities, target, reduction=reduction)


def binary_cross_entropy_weighted(probabilities, target, reduction, sample_weight):
    return F.binary_cross_entropy(probabilities, target, reduction=reduction, weight=sample_weight)


def sigmoid_cross_entropy_call(logits, target, reduction, sample_weight=None, pos_weight=None):
    return F.binary_cross_entropy_with_logits(logits, target, reduction=reduction, weight=sample_weight, pos_weight=pos_weight)


def softmax_cross_entropy_call(logits, target, reduction, class_weight=None, label_smoothing=0.0, ignore_index=-100):
    return F.cross_entropy(
        logits, target, reduction=reduction, weight=class_weight, label_smoothing=label_smoothing, ignore_index=ignore_index
    )


def soft_target_cross_entropy_call(logits, target, reduction, class_weight=None, label_smoothing=0.0):
    return F.cross_entropy(logits, target, reduction=reduction, weight=class_weight, label_smoothing=label_smoothing)


def negative_log_likelihood_call(log_probabilities, target, reduction, class_weight=None, ignore_index=-100):
    return F.nll_loss(log_probabilities, target, reduction=reduction, weight=class_weight, ignore_index=ignore_index)


def kl_divergence_each(probabilities, target):
    return F.kl_div(probabilities.log(), target, reduction="none").sum(1)


def kl_divergence_sum(probabilities, target):
    return F.kl_div(probabilities.log(), target, reduction="sum")


def kl_divergence_mean(probabilities, target):
    return F.kl_div(probabilities.log(), target, reduction="batchmean")
