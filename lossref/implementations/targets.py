"""How somebody's loss wants its labels, where not as ours has them: as whole numbers, in one-hot rows, or as 0 and 1 for -1 and 1."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lossref.library import NotSupported
from lossref.options import CLASS, PROBABILITY, SIGN
from lossref.spec import Loss, Values
from lossref.values import mapped


@dataclass(frozen=True)
class Target:
    """A way to write labels, as nested numbers; `limit` is the sentence about what cannot be written so."""

    name: str
    write: Callable[[Any, int], Any]  # labels, and how many classes there are
    limit: str = ""

    def of(self, loss: Loss, inputs: Values) -> dict[str, Any]:
        """The arguments of single examples or of batches, their labels written so."""
        if self is PLAIN:
            return dict(inputs)
        axes = np.shape(inputs[loss.first])
        return {**inputs, "target": self.write(inputs["target"], axes[-1] if axes else 0)}


def _whole(label: Any) -> Any:
    if not math.isfinite(label):
        raise NotSupported("a label that is no whole number")
    return int(label)


def _row(index: Any, classes: int) -> Any:
    if not 0 <= index < classes:
        raise NotSupported("an index that is no class")
    return tuple(float(k == index) for k in range(classes))


PLAIN = Target("as they are", lambda labels, classes: labels)
WHOLE = Target("whole numbers", lambda labels, classes: mapped(_whole, labels), "labels are hard")
ROWS = Target("one-hot rows", lambda labels, classes: mapped(lambda x: _row(x, classes) if isinstance(x, int) else x, labels))
FLOATING = Target("floating-point numbers", lambda labels, classes: mapped(float, labels))
BINARY = Target("0 and 1 for -1 and 1", lambda labels, classes: mapped(lambda x: (x + 1) / 2, labels))
WHOLE_BINARY = Target("the whole numbers 0 and 1 for -1 and 1", lambda labels, classes: mapped(lambda x: _whole((x + 1) / 2), labels))


def fitting(loss: Loss) -> Iterator[Target]:
    """The ways in which the labels of a loss may be wanted, its own first."""
    yield PLAIN
    yield from {PROBABILITY: (WHOLE,), CLASS: (ROWS, FLOATING), SIGN: (WHOLE, BINARY, WHOLE_BINARY)}.get(loss.target, ())
