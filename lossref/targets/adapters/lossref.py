"""Our own float64 code, judged like everybody's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import lossref
from lossref import catalog
from lossref.calls import bind, evaluate
from lossref.formats import Format
from lossref.spec import Loss, Values
from lossref.targets.target import Calls, Implementation, Target, literal, spelled_call


def target() -> Target:
    implementations = {name: _implementation(catalog.get(name)) for name in catalog.names()}
    return Target(name="lossref", title=f"lossref {lossref.__version__}", implementations=implementations)


def _implementation(loss: Loss) -> Implementation:
    def part_of(part: str) -> Callable[..., Any]:
        def call(**arrays: Any) -> Any:
            # Computed in float64; rounding the answer to the format asked about is the caller's last step.
            return evaluate(loss, part, bind(loss, (), arrays)).astype(arrays[loss.differentiable].dtype)

        return call

    def line(part: str, arguments: Values, parameters: Values, form: Format) -> str:
        spelled = [f"{name}={literal(x, form)}" for name, x in arguments.items()]
        spelled += [f"{name}={x!r}" for name, x in parameters.items()]
        return f'import numpy as np; import lossref; print(lossref.{part}("{loss.name}", {", ".join(spelled)}))'

    def made(**named: Any) -> tuple[Any, Any]:
        dtype = named[loss.differentiable].dtype
        found = lossref.value_and_gradient(loss.name, **named)
        return np.asarray(found[0]).astype(dtype), np.asarray(found[1]).astype(dtype)

    def call_line(batch: Values, options: Mapping[str, Any], form: Format) -> str:
        spelled = spelled_call(batch, options, form)
        return f'import numpy as np; import lossref; print(lossref.value_and_gradient("{loss.name}", {spelled}))'

    parts = ["value", "gradient", *(["hessian"] if loss.hessian else [])]
    return Implementation(
        parts={part: part_of(part) for part in parts}, line=line, calls=Calls(make=made, line=call_line)
    )
