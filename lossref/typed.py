"""Python functions of losses, made from their records: with a signature of their own, a docstring, a gradient and a Hessian."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any

from lossref import ask, options
from lossref.float64 import evaluate
from lossref.float64.layout import LAST
from lossref.spec import Loss

RAISES = """Raises TypeError for arguments that are missing or unknown, ValueError for shapes that do not fit, for a point outside the
domain and for an option that is not allowed; NaN gives NaN."""
PARTS: dict[str, tuple[Callable[..., Any], str]] = {
    "gradient": (evaluate.gradient, "The gradient of {name} in {differentiable}, shaped like its argument."),
    "value_and_gradient": (evaluate.value_and_gradient, "The value of {name} and its gradient in {differentiable}."),
    "hessian": (evaluate.hessian, "The diagonal of the second derivative of {name} in {first}, shaped like it."),
    "oracle": (ask.oracle, "The exact value and gradient of {name}, to as many digits as asked for: a `lossref.Answer`."),
}


def function(loss: Loss) -> Callable[..., Any]:
    """The value of a loss as a function; the other parts, and its exact answers, are functions among its attributes."""
    chosen = "" if loss.is_function else "What the options do with a batch is explained by `help(lossref.options.Options)`.\n"
    found = _calling(loss, loss.name, evaluate.value, f"{loss.documentation}\n\n{chosen}{RAISES}")
    for part, (of, about) in PARTS.items():
        if part != "hessian" or loss.hessian is not None:
            words = about.format(name=loss.name, differentiable=" and ".join(loss.differentiable), first=loss.first)
            same = f"Arguments and options are those of `{loss.name}`."
            vars(found)[part] = _calling(loss, f"{loss.name}.{part}", of, f"{words}\n\n{same}\n{RAISES}")
    return found


def signature(loss: Loss) -> Signature:
    """Arguments, parameters with their defaults, and the options that mean something for the loss."""
    refused = options.refusals(loss)
    if "label_smoothing" in refused:
        refused["smoothing"] = refused["label_smoothing"]
    rows = {"class_axis": LAST} if any(space.rank == 1 for space in loss.arguments.values()) else {}
    call = {} if loss.is_function else {name: x for name, x in options.DEFAULTS.items() if name not in refused}
    return Signature(
        [
            *(Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in loss.arguments),
            *(Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=x) for name, x in loss.defaults.items()),
            *(Parameter(name, Parameter.KEYWORD_ONLY, default=x) for name, x in (call | rows).items()),
        ]
    )


def _calling(loss: Loss, name: str, of: Callable[..., Any], about: str) -> Callable[..., Any]:
    """A function of a loss's own signature that asks another one, and takes what that one has of its own by keyword."""
    own = signature(loss)
    extra = [p for p in inspect.signature(of).parameters.values() if p.kind is Parameter.KEYWORD_ONLY and p.name != "class_axis"]
    more = [p.replace(annotation=Parameter.empty) for p in extra]
    own = own.replace(parameters=[*own.parameters.values(), *more])

    def call(*arguments: Any, **named: Any) -> Any:
        try:
            bound = own.bind(*arguments, **named)
        except TypeError as error:
            raise TypeError(f"{name}: {error}") from None
        return of(loss, **bound.arguments)

    call.__name__, call.__qualname__, call.__module__, call.__doc__ = name.split(".")[-1], name, "lossref.loss", about
    vars(call)["__signature__"] = own
    return call
