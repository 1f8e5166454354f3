"""Somebody's loss of tensors, read off its signature: the option that each parameter is, what is fixed, and how it is spelled in source."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lossref import options
from lossref.conventions import limits
from lossref.conventions.limits import Limit
from lossref.formats import Format
from lossref.implementations import layouts
from lossref.implementations.layouts import Layout
from lossref.implementations.source import keywords
from lossref.library import ImplementationError
from lossref.options import CLASS, DEFAULTS, WEIGHTS
from lossref.spec import Loss, Values

SYNONYMS = {"smoothing": "label_smoothing", "smooth": "label_smoothing", "beta": "delta"}  # where a loss has such an option
NEUTRAL = {"label_smoothing": 0.0}  # what somebody's own default may be another than
HANDLED = frozenset({"reduction", "denominator", "empty", "target_form", "upstream"})


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody's loss: the object, its source, the option that each parameter is, options that are fixed, and its way with a batch."""

    loss: Loss
    made: Callable[[Mapping[str, Any], Format], Callable[..., Any]]  # the function of tensors, with some options set, for a format
    written: Callable[[Mapping[str, str], Sequence[str]], str]  # the same called, as an expression
    parameters: Mapping[str, str]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    layout: Layout = layouts.ROWS
    reduction: str = "none"  # what it does where nobody can tell it
    divides: str = "weights"  # what its mean divides by under sample weights
    forms: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()

    @property
    def reduces_as_told(self) -> bool:
        return "reduction" in self.parameters.values()

    def options(self, given: Mapping[str, Any], none: Any) -> dict[str, Any]:
        """What its parameters are set to: what is asked, what a loss has by default, and nothing reduced where nothing is to be."""
        usual = {**NEUTRAL, **self.loss.defaults, "reduction": none}
        chosen = {**usual, **{name: x for name, x in given.items() if x is not None}}
        return {parameter: chosen[option] for parameter, option in self.parameters.items() if option in chosen}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question to somebody's loss, on tensors and as source."""

    member: Member
    form: Format
    shapes: Mapping[str, tuple[int, ...]]
    is_call: bool

    def call(self, given: Values) -> Any:
        member = self.member
        function = member.made(member.options(given, "none"), self.form)
        found = function(*(member.layout.of(given[name], self.shapes[name]) for name in member.loss.arguments))
        reduced = self.is_call and given.get("reduction", "none") != "none"
        return found.reshape(() if reduced else (-1,))

    def text(self, sources: Mapping[str, str]) -> str:
        member = self.member
        chosen = member.options(sources, '"none"')
        tensors = [member.layout.text(sources[name], self.shapes[name]) for name in member.loss.arguments]
        return member.written({name: x if isinstance(x, str) else repr(x) for name, x in chosen.items()}, tensors)


def read(loss: Loss, found: Any, source: str, preset: Mapping[str, Any], compiler: Any) -> Member:
    """Somebody's object by its signature, or by what it was made with; nothing is asked of it yet."""
    is_class = inspect.isclass(found)
    if not callable(found):
        raise ImplementationError(f"{source} is neither a function nor a class nor an object that can be called")
    if preset and not is_class:
        raise ImplementationError(f"{source} is no class: leave out the brackets")
    is_function = inspect.isroutine(found) or hasattr(found, "__wrapped__")  # what is compiled already is no routine
    there = _parameters(found, loss, is_function) if is_class or is_function else {}
    if stray := [name for name in preset if name not in there]:
        raise ImplementationError(f"{source} has no parameter {stray[0]}, only {', '.join(there) or 'none'}")
    known = {name: option for name, p in there.items() if name not in preset and (option := _option(loss, name, p.default))}
    needed = [name for name, p in there.items() if p.default is p.empty and name not in known and name not in preset]
    if needed:
        how = f"{source.rpartition('.')[2]}({needed[0]}=...)" if is_class else f"a default for {needed[0]}"
        raise ImplementationError(f"{source} needs {' and '.join(needed)}, which is no option of {loss.name}: give {how}")
    had = preset if is_class else {} if is_function else {name: getattr(found, name) for name in _attributes(found)}
    fixed = {option: x for name, x in had.items() if (option := _option(loss, name, x)) and x is not None}

    compiled: dict[str, Callable[..., Any]] = {}

    def plain(chosen: Mapping[str, Any], form: Format) -> Callable[..., Any]:
        if is_function:
            return lambda *tensors: found(*tensors, **chosen)
        instance: Callable[..., Any] = _fitted(found(**preset, **chosen) if is_class else found, form)
        return instance

    def made(chosen: Mapping[str, Any], form: Format) -> Callable[..., Any]:
        if compiler is None:
            return plain(chosen, form)
        if (setting := f"{form.name} {chosen}") not in compiled:  # once for each: it is compiled anew for each shape alone
            compiled[setting] = compiler(plain(chosen, form))
        return compiled[setting]

    def written(chosen: Mapping[str, str], tensors: Sequence[str]) -> str:
        set_so = keywords({**{name: repr(x).replace("'", '"') for name, x in preset.items()}, **chosen})
        called = f"{source}({set_so})" if is_class else source
        if compiler is not None:
            called = f"jax.jit({f'lambda *x: {source}(*x, {set_so})' if is_function and set_so else called})"
            return f"{called}({', '.join(tensors)})"
        return f"{called}({', '.join([*tensors, *([set_so] if is_function and set_so else [])])})"

    return Member(loss=loss, made=made, written=written, parameters=known, fixed=fixed, limits=limits.of(found, loss))


def _parameters(found: Any, loss: Loss, is_function: bool) -> dict[str, inspect.Parameter]:
    """The parameters by name that can be set by keyword; of a function not the first, which are the arguments of the loss."""
    try:
        there = list(inspect.signature(found).parameters.values())
    except (TypeError, ValueError):
        return {}
    rest = there[len(loss.arguments) :] if is_function else there
    return {p.name: p for p in rest if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}


def _attributes(found: Any) -> list[str]:
    named = {*DEFAULTS, *SYNONYMS, *dir(type(found)), "weight"} - {"mask"}
    return [name for name in {**dict.fromkeys(vars(found)), **dict.fromkeys(named)} if not name.startswith("_") and _has(found, name)]


def _has(found: Any, name: str) -> bool:
    x = getattr(found, name, None)
    return x is not None and not callable(x)


def _option(loss: Loss, name: str, default: Any) -> str:
    """The option of ours that a parameter of somebody's is; none where it is something else."""
    if name == "weight":
        return "class_weight" if loss.target in (CLASS, WEIGHTS) else "sample_weight"
    if name in SYNONYMS and not isinstance(default, str):
        name = SYNONYMS[name]
    refused = options.refusals(loss)
    known = {*loss.parameters, *(option for option in DEFAULTS if option not in refused and option not in HANDLED - {"reduction"})}
    return name if name in known else ""


def _fitted(instance: Any, form: Format) -> Any:
    """A module whose own tensors are of a format, as it would be for a model in it."""
    if not any(True for kind in ("parameters", "buffers") for _ in getattr(instance, kind, tuple)()):
        return instance
    return instance.double() if form.name == "float64" else instance.float()
