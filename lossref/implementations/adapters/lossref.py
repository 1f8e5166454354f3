"""Our own float64 code, judged like everybody's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import lossref
from lossref import catalog
from lossref.bits import BY_NUMPY
from lossref.implementations.source import keywords, sources
from lossref.library import Implementation, Library
from lossref.spec import PARTS, Loss, Question


def library() -> Library:
    implementations = {name: implementation(catalog.get(name)) for name in catalog.names()}
    return Library(name="lossref", title=f"lossref {lossref.__version__}", implementations=implementations, formats=BY_NUMPY)


def implementation(loss: Loss) -> Implementation:
    def part_of(part: str) -> Callable[..., Any]:
        def asked(**named: Any) -> Any:
            # Computed in float64; rounding the answer to the format asked about is the caller's last step.
            dtype, found = named[loss.first].dtype, getattr(lossref, part)(loss, **named)
            return tuple(np.asarray(x).astype(dtype) for x in found) if isinstance(found, tuple) else np.asarray(found).astype(dtype)

        return asked

    def line(part: str, question: Question) -> str:
        return f'import numpy as np; import lossref; print(lossref.{part}("{loss.name}", {keywords(sources(question))}))'

    return Implementation(parts={part: part_of(part) for part in PARTS if getattr(loss, part)}, line=line)
