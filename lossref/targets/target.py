"""A target: named implementations of losses, called by keyword with batches, and how to reproduce one answer."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from lossref import catalog
from lossref.formats import Format
from lossref.spec import Values

if TYPE_CHECKING:
    from lossref.judge.conventions import Convention

ADAPTERS = tuple(sorted(path.stem for path in (Path(__file__).parent / "adapters").glob("[!_]*.py")))
METHODS = ("value", "gradient", "hessian", "value_and_gradient")


class TargetError(Exception):
    """A target that cannot be found or read; the message is for the person who typed it."""


class TargetBrokeError(Exception):
    """A target that raised, or returned something that is not an answer, on inputs that it must take."""


class TargetFailedError(Exception):
    """What went wrong with one call of a target, as the sentence that the verdict shows."""


class NotSupportedError(Exception):
    """A target does not take these inputs or parameters, for the reason given: they are left out and counted."""


@dataclass(frozen=True, kw_only=True)
class Calls:
    """How a target makes whole calls: `make(**arrays, **options)` gives value and gradient.

    `accepts` refuses options that it has not; `line(batch, options, format)` is Python that prints both by the target alone.
    `composed` says how a call is put together, where the library ships only pieces of it.
    """

    make: Callable[..., tuple[Any, Any]]
    line: Callable[[Values, Mapping[str, Any], Format], str]
    accepts: Callable[[Mapping[str, Any]], bool] = lambda options: True
    composed: str = ""


@dataclass(frozen=True, kw_only=True)
class Implementation:
    """One loss of a target.

    `parts` maps "value", "gradient", "hessian" to functions of NumPy batches; a part that is absent is not judged.
    `line(part, arguments, parameters, format)` is Python, or a shell command if `is_shell`, that prints the answer for one
    vector by the target alone.
    `composed` says how, where the library ships only pieces of the loss; `accepts` refuses inputs that it never takes,
    for the reason `refusal`; `documented` are the sentences (`lossref check --help` has their grammar) of what its
    documentation says that it computes in place of the formula, `conventions` what it is judged as.
    """

    parts: Mapping[str, Callable[..., Any]]
    line: Callable[[str, Values, Values, Format], str]
    composed: str = ""
    accepts: Callable[[Values], bool] = lambda values: True
    refusal: str = ""
    documented: tuple[str, ...] = ()
    conventions: tuple[Convention, ...] = ()
    calls: Calls | None = None
    is_shell: bool = False


@dataclass(frozen=True, kw_only=True)
class Target:
    """A library or somebody's code.

    `reasons` says why a loss is missing, where there is more to say than that. `offers` maps each loss that the library
    ships, by its own name, to the loss of ours that judges it, or to a short reason why none does yet. `close` ends
    what was started to ask it.
    """

    name: str
    title: str
    implementations: Mapping[str, Implementation]
    reasons: Mapping[str, str] = field(default_factory=dict)
    offers: Mapping[str, str] = field(default_factory=dict)
    close: Callable[[], None] = lambda: None

    @property
    def lacks(self) -> dict[str, str]:
        """Each loss that is missing, and why."""
        return {name: self.reasons.get(name, "not there") for name in catalog.names() if name not in self.implementations}


def resolve(name: str, loss: str | None = None) -> Target:
    """The target that a user typed: an adapter's name, `cmd:COMMAND`, `module` or `module:attribute`.

    `loss` says which loss a single function is. Raises TargetError with a sentence.
    """
    if name.startswith("cmd:"):
        from lossref.targets import process

        return process.target(name.removeprefix("cmd:"))
    if name in ADAPTERS:
        try:
            adapter = importlib.import_module(f"lossref.targets.adapters.{name}")
        except ModuleNotFoundError as error:
            raise TargetError(f"{name} is not installed here ({error}); try: pip install {_package(name)}") from None
        target: Target = adapter.target()
        return target
    return _from_path(name, loss)


def title(package: str) -> str:
    return f"{package} {version(package)}"


def numbers(x: Any) -> str:
    """A batch that holds one argument, as the source of a list."""
    rows = x if isinstance(x, tuple) else (x,)
    spelled = ", ".join(repr(y) if np.isfinite(y) else f'float("{y}")' for y in rows)
    return f"[[{spelled}]]" if isinstance(x, tuple) else f"[{spelled}]"


def literal(x: Any, form: Format) -> str:
    """The same as the source of a NumPy array."""
    return f"np.array({numbers(x)}{'' if isinstance(x, int) or form.name == 'float64' else f', dtype=np.{form.name}'})"


def _package(name: str) -> str:
    return {"sklearn": "scikit-learn"}.get(name, name)


def _from_path(name: str, loss: str | None) -> Target:
    module_name, _, attribute = name.partition(":")
    if "" not in sys.path:
        sys.path.insert(0, "")  # the user's own folder, as `python -m` has it
    try:
        with redirect_stdout(sys.stderr):  # what a module prints is not our report
            found: Any = importlib.import_module(module_name)
            for step in filter(None, attribute.split(".")):
                found = getattr(found, step)
    except (ImportError, AttributeError, ValueError) as error:
        known = ", ".join(ADAPTERS)
        raise TargetError(f"{name!r} is neither an adapter ({known}) nor a module:attribute to import: {error}") from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a stranger's module may do anything while it is imported
        raise TargetError(f"importing {module_name} raised {type(error).__name__}: {error}") from None
    start = f"import numpy as np; import {module_name}; "
    path = ".".join(filter(None, (module_name, attribute)))
    if isinstance(found, (Mapping, ModuleType)):
        members = found if isinstance(found, Mapping) else _public(found)
        index = '["{}"]' if isinstance(found, Mapping) else ".{}"
        chosen = {key: (members[key], path + index.format(key)) for key in catalog.names() if key in members}
        if not chosen:
            raise TargetError(f"{name} holds none of the losses: {', '.join(catalog.names())}")
    elif loss is None:
        raise TargetError(f"{name} is one function or object: say which loss it is with --loss")
    else:
        chosen = {loss: (found, path)}
    implementations = {key: _implementation(name, member, start, source) for key, (member, source) in chosen.items()}
    return Target(name=name, title=name, implementations=implementations)


def _public(module: ModuleType) -> dict[str, Any]:
    return {name: getattr(module, name) for name in catalog.names() if hasattr(module, name)}


def _implementation(name: str, member: Any, start: str, source: str) -> Implementation:
    try:
        methods = {part: getattr(member, part) for part in METHODS if callable(getattr(member, part, None))}
    except Exception as error:  # a property may raise anything
        raise TargetError(f"{name}: reading {source} raised {type(error).__name__}: {error}") from None
    if not methods and callable(getattr(member, "call", None)):
        calls = {}
    elif not methods:
        if not callable(member):
            raise TargetError(f"{name}: {source} is neither a function nor has a value, gradient or value_and_gradient")
        methods, calls = {"value": member}, {"value": source}
    else:
        calls = {part: f"{source}.{part}" for part in methods}
    if both := methods.pop("value_and_gradient", None):
        for k, part in enumerate(("value", "gradient")):
            if part not in methods:
                methods[part] = _item(both, k)
                calls[part] = calls["value_and_gradient"]

    def line(part: str, arguments: Values, parameters: Values, form: Format) -> str:
        spelled = [f"{key}={literal(x, form)}" for key, x in arguments.items()]
        spelled += [f"{key}={x!r}" for key, x in parameters.items()]
        return f"{start}print({calls[part]}({', '.join(spelled)}))"

    def call_line(batch: Values, options: Mapping[str, Any], form: Format) -> str:
        return f"{start}print({source}.call({spelled_call(batch, options, form)}))"

    make = getattr(member, "call", None)
    return Implementation(parts=methods, line=line, calls=Calls(make=make, line=call_line) if callable(make) else None)


def spelled_call(batch: Values, options: Mapping[str, Any], form: Format) -> str:
    """Arrays and options by keyword, as source."""
    return ", ".join([f"{key}={array(x, form)}" for key, x in batch.items()] + [f"{key}={_option(x)}" for key, x in options.items()])


def array(x: Any, form: Format) -> str:
    """Nested tuples as the source of a NumPy array in the format, or of whole numbers."""
    kind = "" if isinstance(flattened(x)[0], int) or form.name == "float64" else f", dtype=np.{form.name}"
    return f"np.array({listed(x)}{kind})"


def _option(x: Any) -> str:
    return f"np.array({listed(x)})" if isinstance(x, tuple) else repr(x).replace("'", '"')


def listed(x: Any) -> str:
    """Nested tuples as the source of nested lists."""
    if isinstance(x, tuple):
        return f"[{', '.join(map(listed, x))}]"
    return repr(x) if isinstance(x, (bool, int)) or np.isfinite(x) else f'float("{x}")'


def flattened(x: Any) -> list[Any]:
    return [z for y in x for z in flattened(y)] if isinstance(x, tuple) else [x]


def _item(function: Callable[..., Any], k: int) -> Callable[..., Any]:
    return lambda **arrays: function(**arrays)[k]
