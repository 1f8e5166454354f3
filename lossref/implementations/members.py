"""Somebody's loss of tensors, read off its signature: the option that each parameter is, what is fixed, and how it is spelled in source."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from lossref import options
from lossref.conventions import limits
from lossref.conventions.limits import Limit
from lossref.formats import Format
from lossref.implementations import layouts, targets
from lossref.implementations.layouts import Layout
from lossref.implementations.source import keywords
from lossref.implementations.targets import Target
from lossref.library import ImplementationError
from lossref.options import CLASS, DEFAULTS, REDUCTIONS, WEIGHTS
from lossref.spec import Loss, Values

SYNONYMS: Mapping[str, tuple[tuple[str, ...], ...]] = {  # guesses, of which the first counts whose options a loss has; asking checks them
    "smooth": (("smooth_nr", "smooth_dr"), ("label_smoothing",)),
    "eps": (("smooth_nr", "smooth_dr"),),
    "epsilon": (("smooth_nr", "smooth_dr"), ("label_smoothing",)),
    "smoothing": (("label_smoothing",),),
    "beta": (("delta",),),
    "m": (("margin",),),
    "s": (("scale",),),
    "tau": (("temperature",),),
}
NEUTRAL = {"label_smoothing": 0.0, "pos_weight": 1.0, "ignore_index": -100}  # what somebody's own default may be another than
FITTED = {"float64": "double", "float32": "float"}  # what a module with tensors of its own is put through for a model in a format
CLASSES = ("num_classes", "n_classes", "num_class", "nclass", "classes", "n_class", "class_num", "cls_num")
HANDLED = frozenset({"reduction", "denominator", "empty", "target_form", "upstream"})


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody's loss: the object, its source, the option that each parameter is, options that are fixed, and its way with a batch."""

    loss: Loss
    made: Callable[[Mapping[str, Any], Format], Callable[..., Any]]  # the function of tensors, with some options set, for a format
    written: Callable[[Mapping[str, str], Sequence[str], Format], str]  # the same called, as an expression
    parameters: Mapping[str, tuple[str, ...]]  # several options where one number stands for them all
    guessed: frozenset[str] = frozenset()  # the parameters whose names are not those of the options
    unset: frozenset[str] = frozenset()  # the parameters that are None where nobody sets them
    classes: int = 0  # how many it was made for
    place: str | int | None = None  # of the loss in what it returns
    target: Target = targets.PLAIN
    words: tuple[str, ...] = REDUCTIONS  # the reductions that it can be told
    formats: tuple[str, ...] = ()  # those that it computes in, where not in all
    fixed: Mapping[str, Any] = field(default_factory=dict)
    layout: Layout = layouts.ROWS
    reduction: str = "none"  # what it does where nobody can tell it
    divides: Mapping[str, str] = field(default_factory=dict)  # what its mean divides by under weights of each kind
    forms: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()

    @property
    def there(self) -> frozenset[str]:
        """The options that it has parameters for."""
        return frozenset(option for found in self.parameters.values() for option in found)

    @property
    def reduces_as_told(self) -> bool:
        return "reduction" in self.there

    def without(self, parameter: str) -> Member:
        """The same with a parameter left as it is."""
        return replace(self, parameters={name: found for name, found in self.parameters.items() if name != parameter})

    def options(self, given: Mapping[str, Any], none: Any) -> dict[str, Any]:
        """What its parameters are set to: what is asked, what a loss has by default, and nothing reduced where nothing is to be."""
        usual = {**NEUTRAL, **self.loss.defaults, "reduction": none}
        chosen = {**usual, **{name: x for name, x in given.items() if x is not None}}
        asked = {parameter: found[0] for parameter, found in self.parameters.items() if found[0] in chosen}
        own = {name for name, option in asked.items() if option in NEUTRAL and option not in given and name in self.unset}
        return {name: chosen[option] for name, option in asked.items() if name not in own}

    def answer(self, given: Values, none: Any, form: Format, tensors: Sequence[Any]) -> Any:
        """What it returns, or the part of it that is the loss."""
        found = self.made(self.options(given, none), form)(*tensors)
        return found if self.place is None else found[self.place]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question to somebody's loss, on tensors and as source."""

    member: Member
    form: Format
    shapes: Mapping[str, tuple[int, ...]]
    is_call: bool

    def call(self, given: Values) -> Any:
        member = self.member
        tensors = [member.layout.of(given[name], self.shapes[name]) for name in member.loss.arguments]
        found = member.answer(given, "none", self.form, tensors)
        reduced = self.is_call and given.get("reduction", "none") != "none"
        return found.reshape(() if reduced else (-1,))

    def text(self, sources: Mapping[str, str]) -> str:
        member = self.member
        chosen = member.options(sources, '"none"')
        tensors = [member.layout.text(sources[name], self.shapes[name]) for name in member.loss.arguments]
        called = member.written({name: x if isinstance(x, str) else repr(x) for name, x in chosen.items()}, tensors, self.form)
        return called if member.place is None else f"{called}[{json.dumps(member.place)}]"


def read(loss: Loss, found: Any, source: str, preset: Mapping[str, Any], compiler: Any) -> Member:
    """Somebody's object by its signature, or by what it was made with; nothing is asked of it yet."""
    is_class = inspect.isclass(found)
    if not callable(found):
        raise ImplementationError(f"{source} is neither a function nor a class nor an object that can be called")
    if preset and not is_class:
        raise ImplementationError(f"{source} is no class: leave out the brackets")
    is_function = inspect.isroutine(found) or hasattr(found, "__wrapped__") or isinstance(found, partial)  # compiled ones are no routines
    by_name = _by_name(found, loss, source) if is_function else ()
    there = _parameters(found, 0 if is_class else len(loss.arguments)) if is_class or is_function else {}
    there = {name: p for name, p in there.items() if name not in by_name}
    if isinstance(found, partial):
        preset = found.keywords
    elif stray := [name for name in preset if name not in there]:
        raise ImplementationError(f"{source} has no parameter {stray[0]}, only {', '.join(there) or 'none'}")
    known = {name: found_options for name, p in there.items() if name not in preset and (found_options := _options(loss, name, p.default))}
    needed = [name for name, p in there.items() if p.default is p.empty and name not in known and name not in preset]
    if needed:
        how = f"{source.rpartition('.')[2]}({needed[0]}=...)" if is_class else f"a default for {needed[0]}"
        raise ImplementationError(f"{source} needs {' and '.join(needed)}, which is no option of {loss.name}: give {how}")
    had: Mapping[str, Any] = preset if is_class or is_function else {name: getattr(found, name) for name in _attributes(found)}
    all_set = {option: x for name, x in had.items() if x is not None for option in _options(loss, name, None)}
    fixed = {option: x for option, given in all_set.items() if (x := _plain(loss, source, option, given)) is not None}
    sizes = [x for name, x in had.items() if name in CLASSES and isinstance(x, int)]
    sizes += [len(x) for option, x in fixed.items() if option == "class_weight"]

    compiled: dict[str, Callable[..., Any]] = {}
    holding: set[bool] = set()  # whether what it was made into had tensors of its own

    def plain(chosen: Mapping[str, Any], form: Format) -> Callable[..., Any]:
        if is_function and by_name:
            return lambda *tensors: found(**dict(zip(by_name, tensors, strict=True)), **chosen)
        if is_function:
            return lambda *tensors: found(*tensors, **chosen)
        instance: Any = found(**preset, **chosen) if is_class else found
        holding.add(holds := any(True for kind in ("parameters", "buffers") for _ in getattr(instance, kind, tuple)()))
        fitted: Callable[..., Any] = getattr(instance, FITTED[form.name])() if holds else instance
        return fitted

    def made(chosen: Mapping[str, Any], form: Format) -> Callable[..., Any]:
        if compiler is None:
            return plain(chosen, form)
        if (setting := f"{form.name} {chosen}") not in compiled:  # once for each: it is compiled anew for each shape alone
            compiled[setting] = compiler(plain(chosen, form))
        return compiled[setting]

    def written(chosen: Mapping[str, str], tensors: Sequence[str], form: Format) -> str:
        set_so = keywords({**{name: repr(x).replace("'", '"') for name, x in preset.items() if is_class}, **chosen})
        called = (f"{source}({set_so})" if is_class else source) + f".{FITTED[form.name]}()" * (True in holding)
        if compiler is not None:
            names = by_name or tuple(f"x{k}" for k, _ in enumerate(tensors))
            passed = ", ".join([*(f"{name}={name}" if by_name else name for name in names), *([set_so] if set_so else [])])
            inner = f"lambda {', '.join(names)}: {source}({passed})" if is_function and (set_so or by_name) else called
            called = f"jax.jit({inner})"
            return f"{called}({', '.join(tensors)})"
        given = [f"{name}={x}" for name, x in zip(by_name, tensors, strict=True)] if by_name else tensors
        return f"{called}({', '.join([*given, *([set_so] if is_function and set_so else [])])})"

    return Member(
        loss=loss,
        made=made,
        written=written,
        parameters=known,
        guessed=frozenset(name for name in known if name in SYNONYMS),
        unset=frozenset(name for name in known if there[name].default is None),
        classes=next(iter(sizes), 0),
        fixed=fixed,
        limits=limits.of(found, loss),
    )


def _parameters(found: Any, arguments: int = 0) -> dict[str, inspect.Parameter]:
    """The parameters by name that can be set by keyword, but for as many as are given by place first."""
    try:
        there = list(inspect.signature(found).parameters.values())
    except (TypeError, ValueError):
        return {}
    by_place = [p.name for p in there if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)][:arguments]
    left = {*by_place, *(found.keywords if isinstance(found, partial) else ())}
    return {p.name: p for p in there if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY) and p.name not in left}


def _by_name(found: Any, loss: Loss, source: str) -> tuple[str, ...]:
    """The keywords of the arguments of a loss, of a function that takes them by no place."""
    there = _parameters(found)
    if not there or any(p.kind is not p.KEYWORD_ONLY for p in there.values()):
        return ()
    needed = [name for name, p in there.items() if p.default is p.empty]
    if {*loss.arguments} <= {*there}:
        return tuple(loss.arguments)
    if len(needed) == len(loss.arguments):
        return tuple(needed)
    wanted = ", ".join(loss.arguments)
    raise ImplementationError(f"{source} takes {', '.join(there)} by keyword alone: call them {wanted}, or let them be given by place")


def _plain(loss: Loss, source: str, option: str, x: Any) -> Any:
    """What something is made with, as Python numbers, None where it says nothing; ImplementationError for what cannot be judged."""
    found = x.tolist() if hasattr(x, "tolist") else x
    if isinstance(found, list) and len(found) == 1 and option != "class_weight":
        found = found[0]
    if option == "sample_weight":
        if found == 1:
            return None
        raise ImplementationError(f"{source} has weights of examples, which fit one batch alone: make it without them")
    if option in (*loss.parameters, "pos_weight", "label_smoothing") and not isinstance(found, (int, float)):
        raise ImplementationError(f"{source} has {option} = {found}, and {loss.name} has one number there")
    return found


def _attributes(found: Any) -> list[str]:
    named = {*DEFAULTS, *SYNONYMS, *dir(type(found)), "weight"} - {"mask"}
    return [name for name in {**dict.fromkeys(vars(found)), **dict.fromkeys(named)} if not name.startswith("_") and _has(found, name)]


def _has(found: Any, name: str) -> bool:
    x = getattr(found, name, None)
    return x is not None and not callable(x)


def _options(loss: Loss, name: str, default: Any) -> tuple[str, ...]:
    """The options of ours that a parameter of somebody's is, several where it stands for all of them; none where it is something else."""
    if name == "weight":
        return ("class_weight" if loss.target in (CLASS, WEIGHTS) else "sample_weight",)
    refused = options.refusals(loss)
    known = {*loss.parameters, *(option for option in DEFAULTS if option not in refused and option not in HANDLED - {"reduction"})}
    if name in SYNONYMS and not isinstance(default, str):
        return next((found for found in SYNONYMS[name] if {*found} <= known), (name,) if name in known else ())
    return (name,) if name in known else ()
