"""Whole calls of cross-entropies as people write them, right or with one planted fault."""

from functools import wraps

import numpy as np

from lossref.mutants.formulas import sigmoid, soft_ce, soft_ce_gradient, softplus, without_zeros
from lossref.mutants.record import Mutant

BATCH_FAULTS = {
    "mean_over_all": "the mean divides by what is left out, too",
    "mean_of_chunk_means": "the mean of the means of two chunks",
    "divides_by_zero": "a mean over nothing is 0 / 0, whatever is asked for",
    "upstream_ignored": "the gradient of what comes after is ignored",
    "first_upstream_only": "the gradient of what comes after is its first entry for all",
}
CLASS_FAULTS = {
    "smoothing_unweighted": "the weight of its class is missing from what smoothing gives another class",
    "smoothing_over_others": "smoothing by a / (K - 1) in place of a / K",
    "ignored_rows_leak": "rows that are left out have slopes",
    "class_weight_twice": "weighted by the class twice",
}
SIGN_FAULTS = {"pos_weight_on_the_other": "pos_weight weighs the term of label 0"}


def reduced(terms, weights, bottoms, kept, reduction, denominator, empty, fault):
    """The value, and what each row's gradient is multiplied by; a row of weight 0 counts as kept."""
    count = len(terms)
    if reduction == "none":
        return weights * terms * kept, weights * kept
    if reduction == "sum":
        return (weights * terms * kept).sum(), weights * kept
    bottom = {"weights": (bottoms * kept).sum(), "kept": kept.sum(), "count": count, "batch": count}.get(denominator, denominator)
    if fault == "mean_over_all" and denominator in ("weights", "kept"):
        bottom = bottoms.sum() if denominator == "weights" else count
    if bottom == 0 and fault != "divides_by_zero":
        return {"nan": np.nan, "zero": 0.0}[empty], np.zeros(count)
    if fault == "mean_of_chunk_means" and count > 1:
        chunks = [slice(0, 3), slice(3, None)]
        parts = [((weights * terms * kept)[c].sum() / max((bottoms * kept)[c].sum(), 1e-30)) for c in chunks]
        return np.mean(parts), weights * kept / bottom
    return (weights * terms * kept).sum() / bottom, weights * kept / bottom


def upstreamed(upstream, factors, fault):
    if fault == "upstream_ignored" or upstream is None:
        return factors
    if fault == "first_upstream_only":
        return factors * np.ravel(upstream)[0]
    return factors * upstream


def cross_entropy(logits, target, *, reduction="none", denominator="weights", empty="nan", sample_weight=None, class_weight=None,
                  label_smoothing=0.0, smoothing="all", ignore_index=None, mask=None, target_form=None, upstream=None, fault=""):
    dtype, (count, classes) = logits.dtype, logits.shape
    kept = np.ones(count, bool) if mask is None else np.asarray(mask, bool)
    if target.ndim == 2 and target_form == "one_hot":
        target = target.argmax(axis=1)
    if ignore_index is not None:
        kept = kept & (target != ignore_index)
    sample = np.ones(count, dtype) if sample_weight is None else np.asarray(sample_weight, dtype)
    live = kept & (sample != 0)
    by_class = np.ones(classes, dtype) if class_weight is None else np.asarray(class_weight, dtype)
    if target.ndim == 1:
        target = np.where(live, target, 0)
        hard, bottoms = np.eye(classes, dtype=dtype)[target], sample * by_class[target]
    else:
        hard, bottoms = target.astype(dtype), sample
    others = max(classes - 1, 1)
    spread = label_smoothing / (others if fault == "smoothing_over_others" else classes)
    if smoothing == "others":
        spread = label_smoothing * (1 - hard) / others
    if fault == "smoothing_unweighted" and target.ndim == 1 and label_smoothing:
        shares = (1 - label_smoothing) * hard * by_class + spread
    else:
        shares = ((1 - label_smoothing) * hard + spread if label_smoothing else hard) * by_class
    if fault == "class_weight_twice":
        shares = shares * by_class
    shares = shares.astype(dtype)
    z = np.where(live[:, None], logits, 0)
    value, factors = reduced(soft_ce(z, shares), sample, bottoms, kept, reduction, denominator, empty, fault)
    slopes = np.asarray(upstreamed(upstream, factors, fault))[:, None] * soft_ce_gradient(z, shares)
    if fault == "ignored_rows_leak":
        slopes = slopes + (~kept & (sample != 0))[:, None] * soft_ce_gradient(logits, shares) / count
    return np.asarray(value, dtype), np.asarray(slopes, dtype)


def sigmoid_cross_entropy(logits, target, *, reduction="none", denominator="weights", empty="nan", sample_weight=None,
                          pos_weight=None, label_smoothing=0.0, smoothing="all", mask=None, target_form=None, upstream=None, fault=""):
    dtype, count = logits.dtype, len(logits)
    kept = np.ones(count, bool) if mask is None else np.asarray(mask, bool)
    sample = np.ones(count, dtype) if sample_weight is None else np.asarray(sample_weight, dtype)
    y = (target + 1) / 2 if target_form == "sign" else target
    y = ((1 - label_smoothing) * y + label_smoothing * (0.5 if smoothing == "all" else 1 - y)).astype(dtype)
    positive = dtype.type(1 if pos_weight is None else pos_weight)
    negative = dtype.type(1)
    if fault == "pos_weight_on_the_other":
        positive, negative = negative, positive
    z = np.where(kept & (sample != 0), logits, 0)
    terms = without_zeros(y, positive * y * softplus(-z)) + without_zeros(1 - y, negative * (1 - y) * softplus(z))
    slopes = negative * (1 - y) * sigmoid(z) - positive * y * sigmoid(-z)
    value, factors = reduced(terms, sample, sample, kept, reduction, denominator, empty, fault)
    return np.asarray(value, dtype), np.asarray(upstreamed(upstream, factors, fault) * slopes, dtype)


def whole(loss, call, faults):
    """The records of a call: the right one, and one for each fault."""

    def part(k, fault):
        @wraps(call)
        def answer(**given):
            return call(**given, fault=fault)[k]

        return answer

    def record(kind, name, why, fault=""):
        return Mutant(loss, name, kind, why, part(0, fault), part(1, fault), True)

    right = record("right", "whole_call", "options of a call, each in its place; sums of one sign")
    return (right, *(record("broken", fault, why, fault) for fault, why in faults.items()))
