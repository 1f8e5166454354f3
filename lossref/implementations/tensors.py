"""`torch:`, `jax:` and `jit:` (jax, compiled) before module:attribute: losses of tensors, differentiated by their library.

A function, a class, an instance, or a class called with plain arguments. Its options are the parameters of its signature (of a class those
of its constructor); an instance has those that it was made with. What it does with a batch is found out by asking.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from lossref import catalog, floating, options
from lossref.conventions.formula import Convention
from lossref.conventions.habits import Always, ClassWeights, Fixed
from lossref.formats import FORMATS
from lossref.implementations import layouts, members, targets
from lossref.implementations.engines.choice import divides_alike, divides_by_nothing
from lossref.implementations.engines.tensors import Dialect, differentiated
from lossref.implementations.members import HANDLED, Asked, Member
from lossref.implementations.probe import found_out
from lossref.implementations.python import AbsentError, imported
from lossref.implementations.source import is_usual
from lossref.judge.ask import array
from lossref.library import Implementation, ImplementationError, LacksError, Library
from lossref.spec import Loss, Question
from lossref.values import flat

FRAMEWORKS = {"torch": "torch", "jax": "jax", "jit": "jax"}  # what stands before a module, and the library that it speaks of


def library(framework: str, name: str, loss: str | Loss | None, device: str = "") -> Library:
    """The losses of tensors that `module`, `module:attribute` or `file.py:attribute` holds; `device` is where its tensors are.

    AbsentError where there is no such thing, ImplementationError with a sentence for what cannot be asked.
    """
    place, _, attribute = name.partition(":")
    attribute, bracket, arguments = attribute.partition("(")
    before = floating.state()
    module, start, _ = imported(place)
    changed = floating.loaded(before, f"importing {place}")
    speak = _dialect(framework, start, device)
    path = ".".join(filter(None, (module.__name__, attribute)))
    found: Any = module
    for step in filter(None, attribute.split(".")):
        if not hasattr(found, step):
            raise AbsentError(f"{place} has no {attribute}")
        found = getattr(found, step)
    there = _members(framework, found, path) if isinstance(found, ModuleType) else {_named(framework, attribute, loss): (found, path)}
    if not there:
        raise ImplementationError(f"{name} holds none of the losses under a name that is known: {', '.join(catalog.names())}")
    preset = _preset(name, bracket + arguments) if bracket else {}
    implementations, reasons, formats = {}, {}, set()
    for key, (member, source) in there.items():
        record = loss if isinstance(loss, Loss) else catalog.get(key)
        before = floating.state()
        try:
            asked = found_out(members.read(record, member, source, preset, _compiler(framework)), speak)
        except ImplementationError as error:
            if len(there) == 1:
                raise
            reasons[key] = str(error)
            continue
        finally:
            changed += floating.since(before, f"trying out {source}")
        formats.add(asked.formats)
        implementations[key] = replace(_implementation(asked, speak), peer=partial(_peer, FRAMEWORKS[framework], record, source))
    title = f"{framework}:{name}"
    computes_in = next(iter(formats)) if len(formats) == 1 else ()
    return Library(name=title, title=title, implementations=implementations, reasons=reasons, formats=computes_in, floating=tuple(changed))


def of_object(framework: str, found: Any, loss: Loss, device: str = "") -> Library:
    """The same for an object that is at hand, which reports call f."""
    title = getattr(found, "__name__", type(found).__name__)
    speak, before = _dialect(framework, "", device), floating.state()
    asked = found_out(members.read(loss, found, "f", {}, _compiler(framework)), speak)
    home = getattr(found, "__module__", type(found).__module__)
    peer = partial(_peer, FRAMEWORKS[framework], loss, f"{home}.{title}")
    made = replace(_implementation(asked, speak), peer=peer, is_shell=True)
    changed = tuple(floating.loaded(before, f"trying out {title}"))
    return Library(name=title, title=title, implementations={loss.name: made}, formats=asked.formats, floating=changed)


def _peer(package: str, loss: Loss, source: str) -> tuple[str, Implementation] | None:
    """What torch, or optax beside jax, ships for a loss, if this is not it already; nothing where it is not installed."""
    if source.startswith(f"{package}."):
        return None
    name = {"torch": "torch", "jax": "optax"}[package]
    try:
        shipped: Library = import_module(f"lossref.implementations.adapters.{name}").library()
    except (ImportError, ImplementationError):
        return None
    named = [offer for offer, judged in shipped.offers.items() if judged == loss.name]
    found = shipped.implementations.get(loss.name)
    return (f"{name}'s own {named[0]}", found) if found and named else None


def _dialect(framework: str, start: str, device: str) -> Dialect:
    package = FRAMEWORKS[framework]
    try:
        engine = import_module(f"lossref.implementations.engines.{package}_like")
    except ModuleNotFoundError as error:
        raise ImplementationError(f"{package} is not installed here ({error}); try: pip install {package}") from None
    found: Dialect = engine.of_ones_own(start, device)
    return found


def _compiler(framework: str) -> Any:
    return import_module("jax").jit if framework == "jit" else None


def _members(framework: str, module: ModuleType, path: str) -> dict[str, tuple[Any, str]]:
    """What a module holds under names that losses have, here or in other libraries; of several of one loss a class."""
    found: dict[str, tuple[Any, str]] = {}
    for name, x in vars(module).items():
        if name.startswith("_") or not callable(x):
            continue
        try:
            key = catalog.named(name, FRAMEWORKS[framework])
        except KeyError:
            continue
        if key not in found or inspect.isclass(x):
            found[key] = (x, f"{path}.{name}")
    return found


def _named(framework: str, attribute: str, loss: str | Loss | None) -> str:
    if isinstance(loss, Loss):
        return loss.name
    try:
        return catalog.named(loss or attribute, FRAMEWORKS[framework])
    except KeyError as error:
        raise ImplementationError(f"{error.args[0]}" if loss else f"say which loss {attribute} is with --as: {error.args[0]}") from None


def _preset(name: str, call: str) -> dict[str, Any]:
    """The keywords of a call with plain arguments."""
    try:
        parsed = ast.parse(f"f{call}", mode="eval").body
        assert isinstance(parsed, ast.Call)
        assert not parsed.args
        return {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in parsed.keywords}
    except (SyntaxError, ValueError, AssertionError):
        raise ImplementationError(f"{name}: between the brackets stand keywords with plain values, such as (gamma=2.0)") from None


def _implementation(member: Member, speak: Dialect) -> Implementation:
    loss = member.loss

    def find(named: Mapping[str, Any], part: str) -> Asked:
        _refuse(member, named)
        is_call = "reduction" in named
        shapes = {name: np.shape(named[name]) for name in loss.arguments}
        if not is_call and len(shapes[loss.first]) == loss.arguments[loss.first].rank:  # one example, of a question
            shapes = {name: (1, *shape) for name, shape in shapes.items()}
        form = getattr(named[loss.first], "dtype", None)
        return Asked(member=member, form=FORMATS[form.name if form else "float64"], shapes=shapes, is_call=is_call)

    def takes(question: Question) -> str:
        try:
            _refuse(member, {**question.inputs, **question.options})
        except LacksError as error:
            return str(error)
        left_out = member.fixed.get("ignore_index") in flat(question.inputs["target"]) if "ignore_index" in member.fixed else False
        is_mean = member.reduction == "mean" and not question.is_call
        return "nobody says what its mean over nothing is" if divides_by_nothing(question) or (left_out and is_mean) else ""

    alone = member.layout is layouts.ALONE or (member.reduction != "none" and not member.reduces_as_told)
    made = differentiated(loss, find, takes, replace(speak, alone=speak.alone or alone), parts=("value", "gradient"))

    def as_wanted(function: Callable[..., Any]) -> Callable[..., Any]:
        """The same with the labels as they are wanted."""

        def asked(**named: Any) -> Any:
            inputs = {name: named[name] for name in loss.arguments}
            labels = member.target.of(loss, {**inputs, "target": named["target"].tolist()})["target"]
            return function(**{**named, "target": array(labels, FORMATS[named[loss.first].dtype.name])})

        return asked if member.target is not targets.PLAIN else function

    return replace(
        made,
        parts={part: as_wanted(function) for part, function in made.parts.items()},
        line=lambda part, question: made.line(part, replace(question, inputs=member.target.of(loss, question.inputs))),
        limits=member.limits,
        conventions=tuple(_declared(member)),
    )


def _declared(member: Member) -> Iterator[Convention]:
    """What it is judged as: the function with its parameters, its smoothing and its weights."""
    for name, x in member.fixed.items():
        if name in member.loss.parameters:
            yield Fixed(name, Fraction(repr(float(x))))
    if smoothing := member.fixed.get("label_smoothing", 0):
        yield Always("label_smoothing", float(smoothing))
    if (positive := member.fixed.get("pos_weight", 1)) != 1:
        yield Always("pos_weight", float(positive))
    if (ignored := member.fixed.get("ignore_index", -1)) >= 0:
        yield Always("ignore_index", ignored)
    if weights := member.fixed.get("class_weight"):
        over = member.divides.get("class_weight", "weights")
        yield ClassWeights(tuple(map(float, weights)), member.reduction == "mean" and over == "weights")
        if over == "count":
            yield Always("denominator", over)


def _refuse(member: Member, named: Mapping[str, Any]) -> None:
    """Raise LacksError for an option that it has not, or that is fixed to something else."""
    loss, there = member.loss, member.there
    asked = [name for name, x in named.items() if name not in loss.arguments and not is_usual(loss, name, x)]
    for name in asked:
        if name not in HANDLED and name not in there and name not in member.fixed:
            raise LacksError(f"it has no option {name}")
    for name, x in member.fixed.items():
        if name in asked and name not in loss.parameters and name != "reduction" and not _same(named[name], x):
            raise LacksError(f"its {name} is fixed")
    for together in (found for found in member.parameters.values() if len(found) > 1):
        if len({named.get(name, loss.defaults[name]) for name in together}) > 1:
            raise LacksError(f"its {' and '.join(together)} are one number")
    wanted = named.get("reduction")
    if wanted is not None and wanted not in (member.words if member.reduces_as_told else (member.reduction,)):
        raise LacksError(f"it has no reduction {wanted}")
    if wanted is not None and member.layout in (layouts.ALONE, layouts.WHOLE):
        raise LacksError(f"it takes {member.layout.name}")
    weighed = {**named, **{name: member.fixed[name] for name in ("class_weight", "ignore_index") if name in member.fixed}}
    ways = {member.divides.get(name, "weights") for name in asked if name in ("sample_weight", "class_weight")} or {"weights"}
    if wanted == "mean" and not all(divides_alike(way, loss, weighed) for way in ways):
        by = " and ".join("the number of examples" if way == "count" else "the sum of the weights" for way in sorted(ways))
        raise LacksError(f"its mean divides by {by}")
    form = named.get("target_form")
    if wanted == "mean" and "class_weight" in asked and form not in (None, *options.forms(loss)[:1]):
        raise LacksError(f"nobody says what its weighted mean over labels of the form {form} divides by")
    if form is not None and form not in (*options.forms(loss)[:1], *member.forms):
        raise LacksError(f"it takes no target of the form {form}")


def _same(a: Any, b: Any) -> bool:
    try:
        return bool(np.array_equal(np.asarray(a, float), np.asarray(b, float)))
    except (TypeError, ValueError):
        return bool(a == b)
