"""The engine of every library that differentiates: value, gradients, Hessian and the printed line follow from one function a loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from lossref.formats import FORMATS, Format
from lossref.implementations.engines.choice import by_example, choosing, refusal
from lossref.implementations.engines.written import Written
from lossref.implementations.source import Function, bracketed, sources, written_out
from lossref.library import Implementation, Tiling
from lossref.spec import PARTS, Loss, Question

Text = Callable[[Mapping[str, str]], str]  # an expression, with other sources for some names


@dataclass(frozen=True, kw_only=True)
class Differentiation:
    """A way to values and slopes, in functions of tensors by name; each has a twin that writes source.

    `value(call, tensors)` is that of a call, `pull(total, tensors)` gives the gradient of a number in each tensor, `bend(total, tensor)`
    the diagonal of the second derivative in one. What is None cannot be asked.
    """

    value: Callable[[Callable[..., Any], Mapping[str, Any]], Any] = lambda call, tensors: call(**tensors)
    valued: Callable[[Text, Mapping[str, str]], str] = lambda call, tensors: f"print({call({})})"
    pull: Callable[[Callable[..., Any], Mapping[str, Any]], Sequence[Any]] | None = None
    pulled: Callable[[Text, Mapping[str, str]], str] | None = None
    bend: Callable[[Callable[[Any], Any], Any], Any] | None = None
    bent: Callable[[Text, str, str, int], str] | None = None


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a library is spoken to, in code and in source.

    `begin(format, part)` starts a line; `tensor(array)` and `spelled(nested, format)` make tensors, `array(tensor)` goes back.
    `reductions` are those of `choose`, and `empty` is the mean over nothing. `masked(x, mask)` puts a mask on the first argument.
    Examples are asked `alone` where every length of a batch is another program, and numbers are given as `columns` where losses reduce
    rows. `never` says why no function of the library takes a question. Everything happens inside of `setting(format)`.
    """

    begin: Callable[[Format, str], str]
    tensor: Callable[[Any], Any]
    spelled: Callable[[Any, Format], str]
    array: Callable[[Any], Any]
    reductions: Mapping[str, Any]
    differentiation: Differentiation
    empty: str = "nan"
    masked: Function | None = None
    alone: bool = False
    columns: bool = False
    never: Callable[[Question], str] = lambda question: ""
    setting: Callable[[Format], AbstractContextManager[Any]] = lambda form: nullcontext()

    @property
    def served(self) -> frozenset[str]:
        """Options that the engine takes care of, whatever the function."""
        return frozenset({"upstream"} | ({"mask"} if self.masked else set()))


class Callee(Protocol):
    """What answers a question: of tensors and options by name, and as an expression of their sources."""

    def call(self, given: Mapping[str, Any]) -> Any: ...

    def text(self, sources: Mapping[str, str]) -> str: ...


Find = Callable[[Mapping[str, Any], str], Callee]  # for what is asked, by name, and the part; LacksError where nothing answers


def implementation(found: Written, dialect: Dialect) -> Implementation:
    """The parts of a loss that an adapter's functions give."""
    refuses = refusal(found, dialect.reductions, dialect.empty, dialect.served)
    made = differentiated(
        found.loss,
        choosing(found, dialect.reductions, dialect.served),
        lambda question: refuses(question) or dialect.never(question),
        replace(dialect, alone=dialect.alone or found.alone),
        columns=dialect.columns and not found.loss.is_function and not found.loss.arguments[found.loss.first].rank,
        parts=found.parts,
    )
    return replace(made, composed=found.composed, conventions=found.conventions)


def differentiated(
    loss: Loss, find: Find, takes: Callable[[Question], str], dialect: Dialect, *, columns: bool = False, parts: Sequence[str] = PARTS
) -> Implementation:
    """The parts of a loss by what is found to answer each question and by the library's own differentiation."""
    way = dialect.differentiation

    def prepared(part: str, named: Mapping[str, Any]) -> tuple[dict[str, Any], Callable[..., Any], Any]:
        """The arguments as tensors, the call as a function of them, and the upstream gradient as a tensor."""
        chosen, dtype = find(named, part), named[loss.first].dtype
        arrays = {name: x[:, None] if columns else x for name, x in named.items() if name in loss.arguments}
        tensors = {name: dialect.tensor(x) for name, x in arrays.items()}
        kinds = {"mask": np.bool_, **({"upstream": np.float32} if dtype.itemsize == 1 else {})}  # nothing is computed in 8 bits
        others = {name: x for name, x in named.items() if name not in tensors and x is not None}
        for name, x in others.items():
            if name == "mask" or name == "upstream" or name.endswith("_weight"):
                others[name] = dialect.tensor(np.asarray(x, kinds.get(name, dtype)))

        def call(**arguments: Any) -> Any:
            given = tensors | arguments
            if dialect.masked and "mask" in others:
                given[loss.first] = dialect.masked(given[loss.first], others["mask"])
            return chosen.call(given | others)

        return tensors, call, others.get("upstream")

    def form_of(named: Mapping[str, Any]) -> Format:
        return FORMATS[named[loss.first].dtype.name]

    def total_of(call: Callable[..., Any], upstream: Any) -> Callable[..., Any]:
        return lambda **arguments: (call(**arguments) if upstream is None else call(**arguments) * upstream).sum()

    def moved(tensors: Mapping[str, Any]) -> dict[str, Any]:
        return {name: tensors[name] for name in loss.differentiable}

    def value(**named: Any) -> Any:
        with dialect.setting(form_of(named)):
            tensors, call, _ = prepared("value", named)
            return dialect.array(way.value(call, moved(tensors)))

    def gradient(**named: Any) -> Any:
        assert way.pull is not None
        with dialect.setting(form_of(named)):
            tensors, call, upstream = prepared("gradient", named)
            slopes = way.pull(total_of(call, upstream), moved(tensors))
            arrays = [dialect.array(slope).reshape(named[name].shape) for name, slope in zip(loss.differentiable, slopes, strict=True)]
            return arrays[0] if len(arrays) == 1 else tuple(arrays)

    def hessian(**named: Any) -> Any:
        assert way.bend is not None
        with dialect.setting(form_of(named)):
            tensors, call, upstream = prepared("hessian", named)
            total = total_of(call, upstream)
            return dialect.array(way.bend(lambda x: total(**{loss.first: x}), tensors[loss.first])).reshape(named[loss.first].shape)

    def line(part: str, question: Question) -> str:
        chosen = find({**question.inputs, **question.options}, part)
        written = sources(question, dialect.spelled, columns)

        def call(others: Mapping[str, str]) -> str:
            given = {**written, **others}
            if dialect.masked and "mask" in given:
                given[loss.first] = written_out(dialect.masked, {"x": given[loss.first], "mask": given["mask"]})
            return chosen.text(given)

        def total(others: Mapping[str, str]) -> str:
            if "upstream" in written:
                return f"({call(others)} * {written['upstream']}).sum()"
            return call(others) if question.options.get("reduction", "none") != "none" else f"{bracketed(call(others))}.sum()"

        begin, tensors = dialect.begin(question.given, part), moved(written)
        if part == "value":
            return f"{begin}; {way.valued(call, tensors)}"
        assert way.pulled is not None
        if part == "gradient":
            return f"{begin}; {way.pulled(total, tensors)}"
        assert way.bent is not None
        return f"{begin}; {way.bent(total, loss.first, tensors[loss.first], loss.arguments[loss.first].rank)}"

    there = {"value": value, "gradient": gradient if way.pull else None, "hessian": hessian if way.bend and loss.hessian else None}
    asked = {part: function for part, function in there.items() if function and part in parts}
    if dialect.alone:
        asked = {part: by_example(loss, function) for part, function in asked.items()}
    return Implementation(parts=asked, line=line, takes=takes, tiling=Tiling(0, 0) if dialect.alone else Tiling())


def by_place(function: Callable[..., Any], tensors: Mapping[str, Any]) -> Callable[..., Any]:
    """A function of tensors by name as one of them in their order."""
    return lambda *moved: function(**dict(zip(tensors, moved, strict=True)))


def places(tensors: Mapping[str, Any]) -> str:
    """The source of an argument that says which places to differentiate, where the first alone is not all."""
    return f", {tuple(range(len(tensors)))}" if len(tensors) > 1 else ""


def itself(tensors: Mapping[str, Any]) -> dict[str, str]:
    """Each tensor as a name in source."""
    return {name: name for name in tensors}
