"""Python code of strangers as a library: functions, or objects with methods, one or a mapping or module of them.

The parameters of a signature say which options are taken: questions with others are left out.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from lossref import catalog, floating
from lossref.conventions import limits
from lossref.implementations.source import Function, is_usual, keywords, sources
from lossref.library import Implementation, ImplementationError, LacksError, Library, first_line, where
from lossref.spec import PARTS, Loss, Question, Values


class AbsentError(Exception):
    """Nothing of that name is there."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """A function of somebody's, how it is spelled, and which of the parts that it returns is meant; or what makes calls."""

    function: Function
    source: str
    place: int | None = None
    makes_calls: bool = False

    def lacks(self, loss: Loss, named: Values) -> str:
        """Why it cannot be asked, if its signature says so."""
        known, takes_any = _signature(self.function)
        asked = (name for name, x in named.items() if name not in loss.arguments and not is_usual(loss, name, x))
        lacking = [] if takes_any else [name for name in asked if name not in known]
        return f"it has no option {lacking[0]}" if lacking else ""

    def given(self, loss: Loss, named: Mapping[str, Any]) -> dict[str, Any]:
        """What it is called with: what it has no parameter for is as usual, and left out; a single example is not reduced."""
        known, takes_any = _signature(self.function)
        reduces = "reduction" in known or (self.makes_calls and takes_any)
        own = {name: x for name, x in named.items() if name in loss.arguments or takes_any or name in known}
        return own | {"reduction": "none"} if reduces and "reduction" not in named else own


def library(name: str, loss: str | Loss | None) -> Library:
    """The losses that `module`, `module:attribute` or `file.py:attribute` holds; AbsentError where there is no such thing."""
    before = floating.state()
    module, start, attribute = imported(name)
    changed = tuple(floating.loaded(before, f"importing {module.__name__}"))
    found: Any = module
    for step in filter(None, attribute.split(".")):
        try:
            found = getattr(found, step)
        except AttributeError as error:
            raise AbsentError(error) from None
    path = ".".join(filter(None, (module.__name__, attribute)))
    if isinstance(found, (Mapping, ModuleType)):
        names = [loss.name] if isinstance(loss, Loss) else catalog.names()
        index = '["{}"]' if isinstance(found, Mapping) else ".{}"
        members = found if isinstance(found, Mapping) else {key: getattr(found, key) for key in names if hasattr(found, key)}
        chosen = {key: (members[key], path + index.format(key)) for key in names if key in members}
        if not chosen:
            raise ImplementationError(f"{name} holds none of the losses: {', '.join(names)}")
    elif loss is None:
        raise ImplementationError(f"{name} is one function or object: say which loss it is with --loss")
    else:
        chosen = {loss.name if isinstance(loss, Loss) else loss: (found, path)}
    try:
        records = {key: loss if isinstance(loss, Loss) else catalog.get(key) for key in chosen}
    except KeyError as error:
        raise ImplementationError(error.args[0]) from None
    implementations = {key: _implementation(name, records[key], member, start, source) for key, (member, source) in chosen.items()}
    return Library(name=name, title=name, implementations=implementations, floating=changed)


def of_object(member: Any, loss: Loss) -> Library:
    """The library of one loss that an object at hand is, which reports call f."""
    title = getattr(member, "__name__", type(member).__name__)
    found = _implementation(title, loss, member, "", "f")
    told = tuple(floating.already(floating.state()))
    return Library(name=title, title=title, implementations={loss.name: replace(found, is_shell=True)}, floating=told)


def _implementation(name: str, loss: Loss, member: Any, start: str, source: str) -> Implementation:
    single, call = _methods(name, member, source)
    parts = [part for part in PARTS if part in single or part in call]

    def method(part: str, named: Values) -> Method:
        """What is asked for a part; LacksError where there is none for it."""
        is_call = "reduction" in named
        found = call.get(part) if is_call and call else single.get(part) or call.get(part)
        if found is None:
            raise LacksError(f"it gives no {part} of a call" if is_call else f"it gives no {part} of one example")
        if is_call and not found.makes_calls and "reduction" not in _signature(found.function)[0]:
            raise LacksError("it has no option reduction")
        if reason := found.lacks(loss, named):
            raise LacksError(reason)
        return found

    def asked(part: str) -> Callable[..., Any]:
        def answer(**named: Any) -> Any:
            found = method(part, named)
            returned = found.function(**found.given(loss, named))
            return returned if found.place is None else returned[found.place]

        return answer

    def takes(question: Question) -> str:
        reasons = []
        for part in parts:
            try:
                method(part, {**question.inputs, **question.options})
            except LacksError as error:
                reasons.append(str(error))
            else:
                return ""
        return reasons[0]

    def line(part: str, question: Question) -> str:
        found = method(part, {**question.inputs, **question.options})
        written = {name: '"none"' if source == "none" else source for name, source in found.given(loss, sources(question)).items()}
        return f"{start}print({found.source}({keywords(written)}){'' if found.place is None else f'[{found.place}]'})"

    return Implementation(parts={part: asked(part) for part in parts}, line=line, takes=takes, limits=limits.of(member, loss))


def _methods(name: str, member: Any, source: str) -> tuple[dict[str, Method], dict[str, Method]]:
    """What answers each part of single examples, and what makes calls."""
    try:
        there = [part for part in (*PARTS, "value_and_gradient", "call") if callable(getattr(member, part, None))]
        own = {part: Method(function=getattr(member, part), source=f"{source}.{part}") for part in there}
    except Exception as error:  # a property may raise anything
        raise ImplementationError(f"{name}: reading {source} raised {type(error).__name__}: {error}{where(error)}") from None
    if not own:
        if not callable(member):
            raise ImplementationError(f"{name}: {source} is neither a function nor has a value, gradient, value_and_gradient or call")
        return {"value": Method(function=member, source=source)}, {}
    both, call = own.pop("value_and_gradient", None), own.pop("call", None)
    return _pair(both) | own, _pair(call and replace(call, makes_calls=True))


def _pair(method: Method | None) -> dict[str, Method]:
    """Value and gradient of what returns both."""
    if method is None:
        return {}
    return {part: replace(method, place=k) for k, part in enumerate(PARTS[:2])}


def _signature(function: Function) -> tuple[frozenset[str], bool]:
    """The parameters of a function by name, and whether it takes any; of some functions nobody knows."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return frozenset(), True
    return frozenset(p.name for p in found), any(p.kind is inspect.Parameter.VAR_KEYWORD for p in found)


def imported(name: str) -> tuple[ModuleType, str, str]:
    """A module, how a line imports it, and the attribute that is asked for."""
    place, _, attribute = name.partition(":")
    file = Path(place) if place.endswith(".py") else None
    folder = str(file.parent) if file and file.parent != Path() else ""
    if file and (home := _package(file)):  # its imports may be relative
        folder, place, file = str(home), ".".join(file.resolve().relative_to(home).with_suffix("").parts), None
    if folder not in sys.path:
        sys.path.insert(0, folder)  # the user's own folder, as `python -m` has it
    depth = sys.getrecursionlimit()
    try:
        module = _of_file(file) if file else importlib.import_module(place)
    except (KeyboardInterrupt, AbsentError):
        raise
    except BaseException as error:  # a stranger's module may do anything while it is imported
        absent = isinstance(error, ModuleNotFoundError) and f"{place}.".startswith(f"{error.name}.")
        if not where(error) and (absent or isinstance(error, (TypeError, ValueError))):  # the second for what is no name of a module
            raise AbsentError(error) from None
        raise ImplementationError(f"importing {place} raised {type(error).__name__}: {first_line(error)}{where(error)}") from None
    finally:
        sys.setrecursionlimit(depth)
    reached = f"import sys; sys.path.insert(0, {json.dumps(folder)}); " if folder else ""
    return module, f"import numpy as np; {reached}import {module.__name__}; ", attribute


def _package(file: Path) -> Path | None:
    """The folder from which a file is imported as part of a package, if it is in one."""
    home = folder = file.resolve().parent
    while file.is_file() and (home / "__init__.py").is_file():
        home = home.parent
    return home if home != folder else None


def _of_file(file: Path) -> ModuleType:
    spec = spec_from_file_location(file.stem, file) if file.is_file() else None
    if spec is None or spec.loader is None:
        raise AbsentError(f"there is no file {file}")
    module = module_from_spec(spec)
    sys.modules.setdefault(file.stem, module)  # its classes look for it there
    spec.loader.exec_module(module)
    return module
