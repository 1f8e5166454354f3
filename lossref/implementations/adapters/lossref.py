"""Our own float64 code, judged like everybody's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lossref
from lossref import catalog
from lossref.formats import FLOAT64, JUDGED
from lossref.implementations.source import keywords, sources
from lossref.library import Implementation, Library
from lossref.spec import PARTS, Loss, Question


def library() -> Library:
    implementations = {name: implementation(catalog.get(name)) for name in catalog.names()}
    return Library(name="lossref", title=f"lossref {lossref.__version__}", implementations=implementations, formats=JUDGED)


def implementation(loss: Loss) -> Implementation:
    def part_of(part: str) -> Callable[..., Any]:
        def asked(**named: Any) -> Any:
            return getattr(lossref, part)(loss, **named, dtype=named[loss.first].dtype.name)

        return asked

    def line(part: str, question: Question) -> str:
        form = "" if question.form is FLOAT64 else f', dtype="{question.format}"'
        return f'import numpy as np; import lossref; print(lossref.{part}("{loss.name}", {keywords(sources(question))}{form}))'

    return Implementation(parts={part: part_of(part) for part in PARTS if getattr(loss, part)}, line=line)
