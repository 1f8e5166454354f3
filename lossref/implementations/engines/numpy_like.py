"""The engine of every library of functions of NumPy arrays: nothing differentiates, so that a slope is a function too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lossref.implementations.engines.choice import by_example, choose, refusal
from lossref.implementations.engines.written import Written
from lossref.implementations.source import sources
from lossref.library import Implementation
from lossref.spec import PARTS, Question

REDUCTIONS = {"none": "none", "sum": "sum", "weights": "mean"}


def implementation(
    found: Written,
    imports: str,
    reductions: Mapping[str, Any] = REDUCTIONS,
    never: Callable[[Question], str] = lambda question: "",
) -> Implementation:
    """The parts of a loss that functions give; `imports` starts a line, after NumPy. A mean over nothing is NaN.

    `never` says why no function of the library takes a question.
    """
    loss, refuses = found.loss, refusal(found, reductions, "nan")

    def part_of(part: str) -> Callable[..., Any]:
        def asked(**named: Any) -> Any:
            dtype = named[loss.first].dtype
            weights = {name: np.asarray(x, dtype) for name, x in named.items() if name.endswith("_weight") and x is not None}
            return choose(found, reductions, named, part).call(named | weights)

        def alone(**named: Any) -> Any:
            first = named[loss.first]
            rows = by_example(loss, lambda **example: np.ravel(asked(**example)))(**named)
            return rows.astype(first.dtype).reshape(first.shape[:1] if part == "value" else first.shape)

        return lambda **named: alone(**named) if found.alone and "reduction" not in named else asked(**named)

    def line(part: str, question: Question) -> str:
        chosen = choose(found, reductions, {**question.inputs, **question.options}, part)
        return f"import numpy as np; {imports}; print({chosen.text(sources(question))})"

    return Implementation(
        parts={part: part_of(part) for part in PARTS if found.by(part)},
        line=line,
        takes=lambda question: refuses(question) or never(question),
        composed=found.composed,
        conventions=found.conventions,
    )
