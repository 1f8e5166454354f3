"""Any target behind the messages of lossref/protocol.md: what `lossref serve` does."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from typing import IO, Any

from lossref import catalog, strictjson, wire
from lossref.formats import FORMATS
from lossref.golden import SHIPPED_FORMATS
from lossref.judge.asking import Asked, ask
from lossref.targets.target import Implementation, NotSupportedError, Target


def serve(target: Target, name: str, loss: str | None, questions: IO[bytes], answers: IO[str]) -> None:
    """Answer until bye or the end of the questions; JsonError for a line that is no question."""
    with redirect_stdout(sys.stderr):  # what a target prints is no message
        for number, text in enumerate(strictjson.capped(questions), start=1):
            message = wire.read(text, f"line {number}", "greeting", "run", "bye")
            if message["type"] == "bye":
                return
            reply = _hello(target, name, loss) if message["type"] == "hello" else _reply(target, message)
            print(wire.line(reply), file=answers, flush=True)


def _hello(target: Target, name: str, loss: str | None) -> dict[str, Any]:
    single = ["--loss", loss] if loss else []
    return {
        "type": "hello",
        "protocol": wire.VERSION,
        "name": target.name,
        "language": "Python",
        "version": target.title.removeprefix(target.name).strip() or "-",
        "command": shlex.join(["lossref", "serve", name, *single]),
        "formats": list(SHIPPED_FORMATS),
        "losses": {name: _facts(found) for name, found in target.implementations.items()},
    }


def _facts(found: Implementation) -> dict[str, Any]:
    return {"parts": list(found.parts)} | ({"composed": found.composed} if found.composed else {})


def _reply(target: Target, run: Mapping[str, Any]) -> dict[str, Any]:
    answered = {"sequence": run["sequence"]}
    if run["format"] not in SHIPPED_FORMATS:
        return {"type": "unsupported", **answered, "reason": f"there is no {run['format']} here"}
    implementation = target.implementations.get(run["loss"])
    function = implementation.parts.get(run["part"]) if implementation else None
    if implementation is None or function is None:
        return {"type": "unsupported", **answered, "reason": f"{target.title} has no {run['part']} of {run['loss'][:64]}"}
    loss, form = catalog.get(run["loss"]), FORMATS[run["format"]]
    try:
        inputs, options = wire.inputs_of(run)
        arrays = {name: inputs[name] for name in loss.arguments}
        parameters = {name: options[name] for name in loss.parameters}
        for name, space in loss.arguments.items():
            if (arrays[name].ndim, arrays[name].dtype.kind) != (1 + space.rank, "i" if space.label_of else "f"):
                raise ValueError(f"{name} must be {space.description}, for each example")
        accepted = _accepted(implementation, arrays)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        return {"type": "error", **answered, "message": f"{run['loss']} cannot be asked this: {error}"[:2000]}
    if not all(accepted):
        alone = len(accepted) == 1
        kind, key = ("unsupported", "reason") if alone else ("error", "message")
        return {"type": kind, **answered, key: implementation.refusal or "inputs that it does not take"}
    try:
        found = ask(loss, run["part"], function, arrays, parameters, form, Asked())
    except NotSupportedError as error:
        return {"type": "unsupported", **answered, "reason": str(error)[:2000]}
    if isinstance(found, str):
        return {"type": "error", **answered, "message": found[:2000]}
    answer = wire.spelled(found.astype(form.name))
    return {"type": "result", **answered, "answer": answer}


def _accepted(implementation: Implementation, arrays: Mapping[str, Any]) -> list[bool]:
    rows = zip(*(x.tolist() for x in arrays.values()), strict=True)
    plain = ({name: tuple(x) if isinstance(x, list) else x for name, x in zip(arrays, row, strict=True)} for row in rows)
    return [implementation.accepts(row) for row in plain]
