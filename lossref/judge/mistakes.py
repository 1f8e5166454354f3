"""The usual mistakes of a whole batch: what turns the exact answers of some ordinary examples into those that came back."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lossref.float64.evaluate import evaluate
from lossref.formats import Format
from lossref.options import NONE, SIGN
from lossref.spec import Loss, Vector

Rows = np.ndarray[Any, np.dtype[np.float64]]  # an answer a row


def of_batch(loss: Loss, part: str, vectors: Sequence[Vector], got: Rows, exact: Rows, form: Format) -> str:
    """The first mistake that turns the exact answers of single examples into what came back."""
    count = len(exact)

    def same(a: Any, b: Any = got) -> bool:
        with np.errstate(all="ignore"):
            return bool(np.allclose(b, a, rtol=2.0 ** -(form.precision // 2), atol=0, equal_nan=False))

    def own(part: str, change: Callable[[str, Any], Any] = lambda name, x: x) -> Any:
        columns = {name: np.array([v.question.inputs[name] for v in vectors]) for name in loss.arguments}
        changed = {name: change(name, x) for name, x in columns.items()}
        found = evaluate(loss, part, {**changed, **vectors[0].question.parameters})
        parts = found if isinstance(found, tuple) else (found,)
        return np.concatenate([np.reshape(x, (count, -1)) for x in parts], axis=1)

    def otherwise(name: str, x: Any) -> Any:
        return x if name != "target" else -x if loss.target == SIGN else 1 - x

    mistakes: list[tuple[Callable[[], Any], str]] = [
        (lambda: -exact, "the sign is the opposite"),
        (lambda: exact.mean(axis=0), "each is the mean of the batch: answers are not reduced, one for each example"),
        (lambda: exact.sum(axis=0), "each is the sum of the batch: answers are not reduced, one for each example"),
        (lambda: exact / count, "each is divided by the number of examples: answers are not reduced"),
        (lambda: exact[::-1], "the answers are in the reverse order of the examples"),
        (lambda: exact * 2, "each is twice the exact answer"),
        (lambda: exact / 2, "each is half the exact answer: a factor 1/2 belongs to another loss"),
        (lambda: exact / math.log(2), "each is in bits: the logarithm is the natural one"),
        (lambda: exact / math.log(10), "each has the logarithm to base 10: it is the natural one"),
    ]
    if loss.value is not None:
        mistakes.append((lambda: own("value"), "these are values"))
    if loss.gradient is not None:
        mistakes.append((lambda: own("gradient"), "these are gradients"))
    if getattr(loss, part) is not None:
        if loss.target != NONE:
            mistakes.append((lambda: own(part, otherwise), "right for the other label: is 0 taken for 1?"))
        if "logits" in loss.arguments:
            sentence = "right if the logits went through a sigmoid first"
            mistakes.append((lambda: own(part, lambda name, x: 1 / (1 + np.exp(-x)) if name == "logits" else x), sentence))
    with np.errstate(all="ignore"):
        turned = got.astype(form.name).byteswap().astype(float)
    if same(exact, turned):
        return "the bytes are in the wrong order: the most significant digits come first"
    for make, sentence in mistakes:
        try:
            if same(make()):
                return sentence
        except (ValueError, IndexError):
            continue
    if np.isnan(got).any():
        return "NaN at ordinary inputs"
    with np.errstate(all="ignore"):
        return f"relative error up to {np.nanmax(np.abs(got - exact) / np.abs(exact)):.1e} at ordinary inputs"
