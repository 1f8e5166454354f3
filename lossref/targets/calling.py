"""Whole calls as data: what a library's mean divides by, and one function for each reduction that the library has.

As in `source`, a function returns one expression of the library's own calls: it is called to judge, and its source with
the arrays written in is the line that reproduces an answer.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lossref import batches
from lossref.formats import Format
from lossref.spec import Values
from lossref.targets.source import written_out
from lossref.targets.target import Calls, array

Function = Callable[..., Any]
HANDLED = {"reduction", "denominator", "empty", "target_form"}  # what is no parameter of most functions, but chosen otherwise


def divides_alike(used: str, options: Mapping[str, Any], by_class: bool = False) -> bool:
    """Whether a mean that divides by `used` (weights, kept or count) divides by what the options ask for.

    Without weights those three are one number, or two where something is left out. `by_class` says that a class index
    brings the weight of its class into the sum of weights; a row of class weights brings none.
    """
    if options["reduction"] != "mean":
        return True
    by_class = by_class and "class_weight" in options and options.get("target_form") != "soft"
    weighted = by_class or "sample_weight" in options
    left_out = "mask" in options or "ignore_index" in options
    place = {"weights": 0, "kept": weighted, "count": weighted + left_out, "batch": weighted + left_out}
    return place.get(options.get("denominator", "weights")) == place[used]


def split(named: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The batch, and the options of the call."""
    options = {name: x for name, x in named.items() if name in batches.NAMES}
    return {name: x for name, x in named.items() if name not in options}, options


def fitting(found: Function | tuple[Function, ...], options: Mapping[str, Any]) -> Function | None:
    """The first function that has a parameter for each option asked for."""
    asked = options.keys() - HANDLED
    candidates = found if isinstance(found, tuple) else (found,)
    return next((function for function in candidates if asked <= set(inspect.signature(function).parameters)), None)


def numpy_calls(
    imports: str,
    reductions: Mapping[str, Function | tuple[Function, ...]],
    *,
    divides: str = "weights",
    by_class: bool = False,
    forms: Mapping[str | None, Mapping[str, Any]] | None = None,
    never: Callable[[Mapping[str, Any]], bool] = lambda options: False,
) -> Calls:
    """Calls of functions of NumPy arrays, by reduction, that return a value, or a value and a gradient.

    A parameter that a function has is an option that the library has; of several functions the first that has all options
    is called. `forms` maps each form of the target that it takes to arguments that say so; `never` is what it refuses besides.
    """
    forms = {None: {}} if forms is None else forms

    def chosen(batch: Values, options: Mapping[str, Any]) -> tuple[Function, dict[str, Any], dict[str, Any]]:
        function = fitting(reductions[options["reduction"]], options)
        assert function is not None
        parameters = inspect.signature(function).parameters
        defaults = {name: parameter.default for name, parameter in parameters.items() if name not in batch}
        own = {name: x for name, x in options.items() if name in parameters}
        return (
            function,
            {name: x for name, x in batch.items() if name in parameters},
            defaults | dict(forms[options.get("target_form")]) | own,
        )

    def accepts(options: Mapping[str, Any]) -> bool:
        if options.get("target_form") not in forms or options.get("empty", "nan") != "nan" or never(options):
            return False
        return divides_alike(divides, options, by_class) and fitting(reductions.get(options["reduction"], ()), options) is not None

    def make(**named: Any) -> tuple[Any, Any]:
        batch, options = split(named)
        function, arrays, others = chosen(batch, options)
        dtype = next(iter(batch.values())).dtype
        weights = {name: np.asarray(x, dtype) for name, x in others.items() if name.endswith("_weight") and x is not None}
        found = function(**arrays, **others | weights)
        return found if isinstance(found, tuple) else (found, None)

    def line(batch: Values, options: Mapping[str, Any], form: Format) -> str:
        function, arrays, others = chosen(batch, options)
        sources = {name: array(x, form) for name, x in arrays.items()}
        sources |= {name: array(x, form) if isinstance(x, tuple) else repr(x) for name, x in others.items()}
        return f"import numpy as np; {imports}; print({written_out(function, sources)})"

    return Calls(make=make, line=line, accepts=accepts)
