"""A cross-entropy call and a sigmoid cross-entropy call as people write them, right but for one planted fault, or none."""

import numpy as np


def reduced(terms, weights, bottoms, kept, reduction, denominator, empty, fault):
    """The value, and what each row's gradient is multiplied by; a row of weight 0 counts as kept."""
    count = len(terms)
    if reduction == "none":
        return weights * terms * kept, weights * kept
    if reduction == "sum":
        return (weights * terms * kept).sum(), weights * kept
    bottom = {"weights": (bottoms * kept).sum(), "kept": kept.sum(), "count": count, "batch": count}.get(denominator, denominator)
    if fault == "mean over all" and denominator in ("weights", "kept"):
        bottom = bottoms.sum() if denominator == "weights" else count
    if bottom == 0 and fault != "divides by zero":
        return {"nan": np.nan, "zero": 0.0}[empty], np.zeros(count)
    if fault == "mean of chunk means" and count > 1:
        chunks = [slice(0, 3), slice(3, None)]
        parts = [((weights * terms * kept)[c].sum() / max((bottoms * kept)[c].sum(), 1e-30)) for c in chunks]
        return np.mean(parts), weights * kept / bottom
    return (weights * terms * kept).sum() / bottom, weights * kept / bottom


def upstreamed(upstream, factors, reduction, fault):
    if fault == "upstream ignored" or upstream is None:
        return factors
    if fault == "only the first upstream entry":
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
    spread = label_smoothing / (classes - 1 if fault == "smoothing over K - 1" else classes)
    if smoothing == "others":
        spread = label_smoothing * (1 - hard) / (classes - 1)
    if fault == "weights not smoothed" and target.ndim == 1 and label_smoothing:
        shares = (1 - label_smoothing) * hard * by_class + spread
    else:
        shares = ((1 - label_smoothing) * hard + spread if label_smoothing else hard) * by_class
    if fault == "class weight twice":
        shares = shares * by_class
    z = np.where(live[:, None], logits, 0)
    shifted = z - z.max(axis=1, keepdims=True)
    total = np.exp(shifted).sum(axis=1, keepdims=True)
    terms = (shares * (np.log(total) - shifted)).sum(axis=1)
    slopes = shares.sum(axis=1, keepdims=True) * np.exp(shifted) / total - shares
    value, factors = reduced(terms, sample, bottoms, kept, reduction, denominator, empty, fault)
    factors = upstreamed(upstream, factors, reduction, fault)
    slopes = np.asarray(factors)[:, None] * slopes
    if fault == "ignored rows leak":
        slopes = slopes + (~kept & (sample != 0))[:, None] * np.exp(shifted) / total / count
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
    if fault == "pos_weight on the wrong term":
        positive, negative = negative, positive
    z = np.where(kept & (sample != 0), logits, 0)
    tail = np.exp(-np.abs(z))
    sigmoid = np.where(z < 0, tail, 1) / (1 + tail)
    terms = positive * y * (np.maximum(-z, 0) + np.log1p(tail)) + negative * (1 - y) * (np.maximum(z, 0) + np.log1p(tail))
    slopes = negative * (1 - y) * sigmoid - positive * y * (1 - sigmoid)
    value, factors = reduced(terms, sample, sample, kept, reduction, denominator, empty, fault)
    return np.asarray(value, dtype), np.asarray(upstreamed(upstream, factors, reduction, fault) * slopes, dtype)


FAULTS = {
    cross_entropy: (
        "mean over all", "weights not smoothed", "smoothing over K - 1", "ignored rows leak", "mean of chunk means",
        "upstream ignored", "only the first upstream entry", "divides by zero", "class weight twice",
    ),
    sigmoid_cross_entropy: (
        "mean over all", "mean of chunk means", "upstream ignored", "only the first upstream entry", "divides by zero",
        "pos_weight on the wrong term",
    ),
}
