"""A question with its exact answer as a row of JSON, and back."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from lossref import options
from lossref.formats import FLOAT64, Format
from lossref.spec import Answer, Part, Question, Vector, decoded, encoded


def row(vector: Vector) -> dict[str, Any]:
    """The fields of a row, in their order."""
    question, answer, form = vector.question, vector.answer, vector.question.form
    return {
        "id": question.id,
        "region": question.region,
        "flag": question.flag,
        "inputs": encoded(question.inputs, form),
        "options": encoded(question.options, form),
        "value": _part(answer.value, form),
        "gradient": {name: _part(found, form) for name, found in answer.gradient.items()},
        "hessian": {name: _part(found, form) for name, found in answer.hessian.items()},
    }


def vector(header: Mapping[str, Any], found: Mapping[str, Any], form: Format) -> Vector:
    """The vector that a row holds."""
    question = Question(
        loss=header["loss"],
        format=form.name,
        inputs={name: decoded(x, form) for name, x in found["inputs"].items()},
        options={name: _option(name, x, form) for name, x in found["options"].items()},
        region=found["region"],
        flag=found["flag"],
        reason=header["flags"][found["flag"]],
    )
    object.__setattr__(question, "id", found["id"])  # the digest has vouched for it, and hashing thousands takes time
    slopes, bends = ({name: _read(x, form) for name, x in found[part].items()} for part in ("gradient", "hessian"))
    return Vector(question, Answer(_read(found["value"], form), slopes, bends))


def _option(name: str, x: Any, form: Format) -> Any:
    is_word = name in options.TEXTS and not (name == "denominator" and x not in options.DENOMINATORS)
    return x if is_word else decoded(x, form)


def _part(found: Part, form: Format) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "rounded": found.rounded and [form.encode(x) for x in found.rounded],
        "residual": found.residual and list(found.residual),
        "K": [FLOAT64.encode(k) for k in found.K],
        "S": [FLOAT64.encode(s) for s in found.S],
    }
    if found.interval is not None:
        fields["interval"] = [[form.encode(low), form.encode(high)] for low, high in found.interval]
    return fields


def _read(found: Mapping[str, Any], form: Format) -> Part:
    rounded, interval = found["rounded"], found.get("interval")
    return Part(
        rounded=None if rounded is None else _floats(rounded, form),
        residual=None if rounded is None else tuple(found["residual"]),
        K=_floats(found["K"], FLOAT64),
        S=_floats(found["S"], FLOAT64),
        interval=None if interval is None else tuple((form.decode(low), form.decode(high)) for low, high in interval),
    )


def _floats(digits: list[str], form: Format) -> tuple[float, ...]:
    """The numbers of many bit strings: those of float64 at once, as they are most of a file."""
    if form is not FLOAT64:
        return tuple(map(form.decode, digits))
    return struct.unpack(f">{len(digits)}d", bytes.fromhex("".join(digits)))
