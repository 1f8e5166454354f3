"""Any library behind the messages of protocol.md: what `lossref serve` does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from lossref import catalog, options, spaces, strictjson, values
from lossref.arrays import listed
from lossref.bits import BY_NUMPY
from lossref.formats import FORMATS, JUDGED
from lossref.implementations import wire
from lossref.judge.ask import Asked, ask
from lossref.library import Implementation, LacksError, Library, NotSupported
from lossref.spec import Loss, Question


def serve(library: Library, own: Loss | None, command: str, questions: IO[bytes], answers: IO[str]) -> None:
    """Answer until bye or the end of the questions; JsonError for a line that is no question.

    The library's losses are of the catalogue, or a user's own; `command` is how a user starts this.
    """
    losses = {name: own or catalog.get(name) for name in library.implementations}
    for number, text in enumerate(strictjson.capped(questions), start=1):
        message = wire.read(text, f"line {number}", "greeting", "run", "bye")
        if message["type"] == "bye":
            return
        reply = _hello(library, losses, command) if message["type"] == "hello" else _reply(library, losses, message)
        print(wire.line(reply), file=answers, flush=True)


def _hello(library: Library, losses: Mapping[str, Loss], command: str) -> dict[str, Any]:
    return {
        "type": "hello",
        "protocol": wire.VERSION,
        "name": library.name,
        "language": "Python",
        "version": library.title.removeprefix(library.name).strip() or wire.UNVERSIONED,
        "command": command,
        "formats": _formats(library),
        "losses": {name: _facts(losses[name], found) for name, found in library.implementations.items()},
    }


def _formats(library: Library) -> list[str]:
    """Those that it computes in and NumPy has arrays of."""
    return [name for name in library.formats or JUDGED if name in BY_NUMPY or find_spec("ml_dtypes")]


def _facts(loss: Loss, found: Implementation) -> dict[str, Any]:
    """All options that mean something for the loss: whether one is taken is known once it is asked."""
    refused = options.NAMES if loss.is_function else options.refusals(loss)
    chosen = [*loss.parameters, *(name for name in options.NAMES if name not in refused)]
    said = {
        "conventions": [convention.sentence for convention in found.conventions],
        "limits": [limit.sentence for limit in found.limits],
        "composed": found.composed,
    }
    return {"parts": list(found.parts), "options": chosen} | {key: x for key, x in said.items() if x}


def _reply(library: Library, losses: Mapping[str, Loss], run: Mapping[str, Any]) -> dict[str, Any]:
    answered = {"sequence": run["sequence"]}
    if run["format"] not in _formats(library):
        return {"type": "unsupported", **answered, "reason": f"there is no {run['format']} here"}
    implementation = library.implementations.get(run["loss"])
    function = implementation.parts.get(run["part"]) if implementation else None
    if implementation is None or function is None:
        return {"type": "unsupported", **answered, "reason": f"{library.title} has no {run['part']} of {run['loss']}"}
    loss, form = losses[run["loss"]], FORMATS[run["format"]]
    try:
        arrays, chosen = _given(loss, run)
        asked = list(_questions(loss, run["format"], arrays, chosen))
        reasons = [implementation.takes(question) for question in asked]
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        return {"type": "error", **answered, "message": f"{loss.name} cannot be asked this: {error}"[:2000]}
    if any(reasons):
        said = next(filter(None, reasons))[:2000]
        if all(reasons):
            return {"type": "unsupported", **answered, "reason": said, "option": True}
        return {"type": "error", **answered, "message": said}  # examples are asked one by one then
    try:
        found = ask(loss, run["part"], function, arrays, chosen, form, Asked())
    except NotSupported as error:
        lacks = {"option": True} if isinstance(error, LacksError) else {}
        return {"type": "unsupported", **answered, "reason": str(error)[:2000], **lacks}
    if isinstance(found, str):
        return {"type": "error", **answered, "message": found[:2000]}
    return {"type": "result", **answered, "answer": _spelled(found, loss, form.name)}


def _given(loss: Loss, run: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arrays and the options of a question; ValueError where they are none of the loss."""
    inputs, chosen = wire.inputs_of(run)
    if inputs.keys() != loss.arguments.keys():
        raise ValueError(f"its inputs are {', '.join(loss.arguments)}, and not {', '.join(inputs)}")
    parameters, call = options.split(chosen)
    if stray := next((name for name in parameters if name not in loss.parameters), None):
        raise ValueError(f"it has no option {stray[:64]}")
    options.check(loss, options.Options(**call))
    own = {name: space for name, space in loss.arguments.items() if name != "target" or "target_form" not in call}
    arrays = {name: _fitting(name, own.get(name), inputs[name]) for name in loss.arguments}
    if len({len(x) for x in arrays.values()}) > 1:
        raise ValueError(f"its inputs have {' and '.join(str(len(x)) for x in arrays.values())} examples")
    spaces.lengths(own, {name: arrays[name].shape[1:] for name in own})
    return arrays, loss.defaults | chosen


def _fitting(name: str, space: spaces.Space | None, x: Any) -> Any:
    """An input as an array of its kind; one of no examples says neither its kind nor how long its axes are."""
    if space is None:
        return x
    if not len(x):
        return np.zeros((0, *(1,) * space.rank), np.int64 if space.label_of else x.dtype)
    if (x.dtype.kind == "i") is not (space.label_of is not None):
        raise ValueError(f"{name} must be {space.description}, for each example")
    return x


def _questions(loss: Loss, form: str, arrays: Mapping[str, Any], chosen: Mapping[str, Any]) -> Iterator[Question]:
    """Each question that a batch puts: one for each example, or one for a whole call."""
    inputs = {name: values.plain(listed(name, x)) for name, x in arrays.items()}
    plain = {name: values.plain(listed(name, x)) if isinstance(x, np.ndarray) else x for name, x in chosen.items()}
    if "reduction" in chosen:
        yield Question(loss.name, form, inputs, plain, "reduction", "")
        return
    for row in zip(*inputs.values(), strict=True):
        yield Question(loss.name, form, dict(zip(inputs, row, strict=True)), plain, "ordinary", "")


def _spelled(found: list[NDArray[Any]], loss: Loss, form: str) -> Any:
    """An array in the format, a single number as a list of one; several by the arguments that they are gradients in."""
    spelled = [wire.spelled(np.atleast_1d(x).astype(form)) for x in found]
    return dict(zip(loss.differentiable, spelled, strict=True)) if len(spelled) > 1 else spelled[0]
