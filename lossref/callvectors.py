"""Golden calls: a batch, options, and the exact value and gradient of the whole call; written, and read back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lossref import callpoints, golden
from lossref.batches import EMPTY, Options
from lossref.formats import FLOAT64, Format
from lossref.spec import Loss

if TYPE_CHECKING:
    from lossref.exact.batch import CertifiedCall


@dataclass(frozen=True)
class CallVector:
    """One exact call. `value` has one entry, or one an example for reduction none; the gradient is flat, row after row.

    Rests, K and S as in `golden.Vector`. A mean over nothing has the value that its option `empty` names, and gradient 0.
    """

    id: str
    loss: str
    region: str
    flag: str
    reason: str
    batch: Mapping[str, Any]
    options: Mapping[str, Any]
    value: tuple[float, ...]
    value_rest: tuple[int, ...]
    value_K: tuple[float, ...]
    value_S: tuple[float, ...]
    gradient: tuple[float, ...]
    gradient_rest: tuple[int, ...]
    gradient_K: tuple[float, ...]
    gradient_S: float


def relative_path(loss: Loss, form: Format) -> str:
    return f"{golden.CALLS}/{loss.name}.{form.name}.jsonl"


def read(loss: Loss, form: Format, where: Path | None = None) -> list[CallVector]:
    """All golden calls of a loss in a format."""
    data = golden.listed_bytes(relative_path(loss, form), where or golden.folder())
    return golden.rows_of(data, lambda header, row: _vector(header, row, form))


def content(loss: Loss, form: Format) -> bytes:
    """One golden file of calls."""
    rows = []
    for point in callpoints.generate(loss, form):
        answers = _answers(loss, point.batch, Options(**point.options), form)
        if answers is None:  # the exact answer is beyond the format too, or what it is judged by is
            continue
        inputs, options = _encoded(dict(point.batch), form), _encoded(dict(point.options), form)
        identifier = golden.identify(f"{golden.CALLS}/{loss.name}", form.name, inputs, options)
        region = callpoints.APART.get(point.flag, "reduction")
        rows.append({"id": identifier, "region": region, "flag": point.flag, "inputs": inputs, "options": options} | answers)
    return golden.written(
        f"{golden.CALLS}/{loss.name}",
        golden.CALLS,
        form,
        rows,
        inputs={name: f"for each example: {space.description}" for name, space in loss.arguments.items()},
        options=dict.fromkeys(sorted({key for row in rows for key in row["options"]}), "as in lossref.batches.Options"),
        flags=callpoints.REASONS,
    )


def certified(loss: Loss, vector: CallVector, options: Options, form: Format) -> CallVector:
    """The same call with the exact answers of other options, or of another function of each example."""
    row = _answers(loss, vector.batch, options, form)
    return vector if row is None else replace(vector, **_numbers(row, form))


def _answers(loss: Loss, batch: Mapping[str, Any], options: Options, form: Format) -> dict[str, Any] | None:
    """The exact answers as they are written; None where an allowance overflows."""
    from lossref.exact.answers import AllowanceOverflowError
    from lossref.exact.batch import certify_call

    defaults = {name: parameter.default for name, parameter in loss.parameters.items()}
    try:
        answer = certify_call(loss, {**defaults, **batch}, options, form)
    except AllowanceOverflowError:
        return None
    first = batch[loss.differentiable]
    width = len(first) * (len(first[0]) if isinstance(first[0], tuple) else 1)
    return _row(f"calls/{loss.name} with {options}", width, EMPTY[options.empty], answer, form)


def _row(place: str, width: int, empty: float, answer: CertifiedCall, form: Format) -> dict[str, Any]:
    """`empty` is the mean over nothing, which has no terms."""
    zeros = (Fraction(0),) * width
    values, gradient = answer.values, answer.gradient
    slopes = list(gradient.gradient or ()) if gradient else []
    if gradient and not slopes:
        raise ValueError(f"{place} meets a kink, and has no gradient to store")
    return {
        "value": [form.encode(v.value.rounded) for v in values] or [form.encode(empty)],
        "value_rest": [v.value.rest for v in values] or [0],
        "value_K": [FLOAT64.encode(v.value_allowance) for v in values] or [FLOAT64.encode(0.0)],
        "value_S": [FLOAT64.encode(v.value_size) for v in values] or [FLOAT64.encode(0.0)],
        "gradient": [form.encode(g.rounded) for g in slopes] or [form.encode(z) for z in zeros],
        "gradient_rest": [g.rest for g in slopes] or [0] * width,
        "gradient_K": [FLOAT64.encode(k) for k in (gradient.gradient_allowance if gradient else zeros)],
        "gradient_S": FLOAT64.encode(gradient.gradient_size if gradient else 0.0),
    }


def _encoded(x: Any, form: Format) -> Any:
    if isinstance(x, dict):
        return {name: _encoded(y, form) for name, y in x.items()}
    if isinstance(x, (tuple, list)):
        return [_encoded(y, form) for y in x]
    return form.encode(form.nearest(x) if math.isfinite(x) else x) if isinstance(x, float) else x


def _decoded(x: Any, form: Format) -> Any:
    if isinstance(x, dict):
        return {name: _decoded(y, form) for name, y in x.items()}
    if isinstance(x, list):
        return tuple(_decoded(y, form) for y in x)
    if isinstance(x, str) and len(x) == form.width // 4 and set(x) <= set("0123456789abcdef"):
        return form.decode(x)
    return x


def _vector(header: Mapping[str, Any], row: Mapping[str, Any], form: Format) -> CallVector:
    return CallVector(
        id=row["id"],
        loss=header["loss"].removeprefix(f"{golden.CALLS}/"),
        region=row["region"],
        flag=row["flag"],
        reason=header["flags"][row["flag"]],
        batch=_decoded(row["inputs"], form),
        options=_decoded(row["options"], form),
        **_numbers(row, form),
    )


def _numbers(row: Mapping[str, Any], form: Format) -> dict[str, Any]:
    answers = {name: _decoded(row[name], form) for name in ("value", "value_rest", "gradient", "gradient_rest")}
    return answers | {name: _decoded(row[name], FLOAT64) for name in ("value_K", "value_S", "gradient_K", "gradient_S")}
