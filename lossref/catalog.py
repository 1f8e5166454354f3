"""The folder `losses/` is the list of losses, and a file anywhere is a loss of one's own; nothing else imports one."""

from __future__ import annotations

import difflib
import hashlib
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from lossref import census
from lossref.arrays import shown
from lossref.options import CLASS, NONE, NUMBER, PROBABILITY, SIGN, WEIGHTS
from lossref.spaces import Space
from lossref.spec import Hard, Known, Loss, Parameter

_FOLDER = Path(__file__).parent / "losses"


class DefinitionError(Exception):
    """A file that is no loss, or a definition that cannot be evaluated; one sentence that names the line."""


@cache
def names() -> tuple[str, ...]:
    """All losses, family by family."""
    return tuple(_modules())


def get(name: str) -> Loss:
    """The loss of that name; KeyError suggests the nearest names, and what other libraries call one."""
    _check_name(name)
    return _of_file(name)


def _check_name(name: object) -> None:
    if not isinstance(name, str):
        raise TypeError(f"loss must be a name, and is {shown(name)}")


@cache
def _of_file(name: str) -> Loss:
    if name not in _modules():
        raise KeyError(f"no loss is called {shown(name)}; {suggestion(name)}")
    loss: Loss = import_module(_modules()[name]).LOSS
    if loss.name != name:
        raise ImportError(f"{_modules()[name]} defines {loss.name!r}; a loss and its file carry one name")
    return loss


def find(loss: str | Loss) -> Loss:
    """The loss of a name, or a record as it is; one without a name is called like the file that it was written in."""
    if isinstance(loss, str):
        return get(loss)
    if not isinstance(loss, Loss):
        raise TypeError(f"loss must be a name of `lossref list` or a record of one's own, and is {shown(loss)}")
    return loss if loss.name else replace(loss, name=loss.definition.__module__.rpartition(".")[2])


def named(name: str, library: str = "") -> str:
    """The loss that somebody means by a name, ours or another library's; KeyError where it is none, or several.

    Names are compared without case, underscores and an ending "loss": `nn.MSELoss` is torch's mse_loss, our squared_error. In `library`
    its own names come first, then ours; those of other libraries count where there is nothing to remark on them.
    """
    _check_name(name)
    plain, remarked = _elsewhere()
    known = {**remarked, **plain}.get(_bare(name), {})
    if library in known:
        return known[library]
    if name in _modules():
        return name
    found = {*plain.get(_bare(name), {}).values()}
    if len(found) == 1:
        return found.pop()
    if found:
        means = " and ".join(f"{loss} in {', '.join(of for of in known if known[of] == loss)}" for loss in dict.fromkeys(known.values()))
        raise KeyError(f"{name!r} means {means}: say which by our name")
    raise KeyError(f"no loss is called {shown(name)}; {suggestion(name)}")


def suggestion(name: str) -> str:
    """What somebody may have meant by a name that no loss has."""
    _check_name(name)
    plain, remarked = _elsewhere()
    elsewhere = {**remarked, **plain}
    if known := elsewhere.get(_bare(name)):
        return " and ".join(f"{library} calls {loss} so" for library, loss in known.items())
    near = difflib.get_close_matches(name, names(), n=3)
    bare = _bare(name)
    alike = [other for other in elsewhere if len(bare) > 3 and (bare in other or (len(other) > 3 and other in bare))]
    alike += difflib.get_close_matches(bare, elsewhere, n=2)
    near += [loss for other in alike for loss in elsewhere[other].values()]
    return f"did you mean {', '.join(dict.fromkeys(near))}?" if near else "`lossref list` has them all"


@cache
def _elsewhere() -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """What other libraries call our losses: each bare name, by library; first the plain names, then those with a remark."""
    plain: dict[str, dict[str, str]] = {}
    remarked: dict[str, dict[str, str]] = {}
    for library, shipped in census.libraries().items():
        for text, stands_for in (*shipped.losses.items(), *shipped.besides.items()):
            name, _, variant = text.partition("(")
            for meant in stands_for:
                if " " not in name.strip() and meant.loss in names():
                    (remarked if meant.remark or variant else plain).setdefault(_bare(name), {}).setdefault(library, meant.loss)
    return plain, remarked


def _bare(name: str) -> str:
    """The last word of a dotted name without case, underscores and an ending "loss"."""
    return re.sub(r"[^a-z0-9]", "", re.split(r"[.:]", name.strip())[-1].lower()).removesuffix("loss")


def load(path: str | Path) -> Loss:
    """The loss that a file of one's own defines, called as it says or like the file; DefinitionError says what is wrong with it."""
    file = Path(path) if isinstance(path, (str, Path)) else Path()
    if file.suffix != ".py" or not file.is_file():
        raise DefinitionError(f"{path if isinstance(path, Path) else shown(path)} is no Python file with a loss in it")
    name = f"lossref_own_{hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:8]}_{file.stem}"
    spec = spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module  # so that the record finds its documentation
    with sentences(file):
        spec.loader.exec_module(module)
    loss = getattr(module, "LOSS", None)
    if not isinstance(loss, Loss):
        raise DefinitionError(f"{path} defines no LOSS = Loss(arguments=..., definition=...); `from lossref.spec import Loss`")
    loss = loss if loss.name else replace(loss, name=file.stem)
    if problem := _problem(loss):
        raise DefinitionError(f"{path}: {problem}")
    return loss


@contextmanager
def sentences(file: str | Path) -> Iterator[None]:
    """Turn whatever the code of a file raises into a DefinitionError that names the line of it."""
    try:
        yield
    except (KeyboardInterrupt, DefinitionError):
        raise
    except BaseException as error:  # a stranger's file may raise anything
        frames = [*traceback.extract_tb(getattr(error.__cause__, "__traceback__", None)), *traceback.extract_tb(error.__traceback__)]
        own = [frame.lineno for frame in frames if Path(frame.filename).name == Path(file).name]
        line = error.lineno if isinstance(error, SyntaxError) else own[-1] if own else None
        said = error.msg if isinstance(error, SyntaxError) else str(error).strip() or "no reason given"
        raise DefinitionError(f"{file}{f' line {line}' if line else ''}: {type(error).__name__}: {said.splitlines()[0]}") from None


def file_of(loss: Loss) -> str:
    """The file that a loss is defined in."""
    module = sys.modules.get(loss.definition.__module__)
    return str(getattr(module, "__file__", None) or loss.name)


def is_own(loss: Loss) -> bool:
    """Whether a loss is not of the catalogue, so that its answers are certified when they are asked for."""
    return loss.name not in names() or get(loss.name) is not loss


def _problem(loss: Loss) -> str:
    """What is wrong with a record of somebody's, if anything."""
    if not loss.name.isidentifier():
        return f"a loss is named by one word, and not {loss.name!r}"
    if not loss.arguments or not all(isinstance(space, Space) for space in loss.arguments.values()):
        return "arguments is a mapping from the name of each argument to its space, such as {'prediction': Real()}"
    if not all(isinstance(parameter, Parameter) and parameter.grid for parameter in loss.parameters.values()):
        return "parameters is a mapping from names to Parameter(space=..., default=..., grid=(...))"
    if not callable(loss.definition):
        return "definition is a function of m and the arguments"
    if stray := [name for name in loss.differentiable if name not in loss.arguments or loss.arguments[name].is_discrete]:
        return f"it cannot be differentiable in {stray[0]!r}: that is no real argument"
    if loss.target not in (CLASS, WEIGHTS, PROBABILITY, SIGN, NUMBER, NONE):
        return f"target is a kind of lossref.options, such as PROBABILITY, and not {loss.target!r}"
    if loss.target != NONE and "target" not in loss.arguments:
        return f"its kind of target is {loss.target!r}, and it has no argument called target"
    if labels := [name for name, space in loss.arguments.items() if space.label_of is not None and space.label_of not in loss.arguments]:
        return f"{labels[0]} is a label of {loss.arguments[labels[0]].label_of!r}, which is no argument"
    if not (all(isinstance(x, Hard) for x in loss.hard) and all(isinstance(x, Known) for x in loss.known)):
        return "hard is a tuple of Hard, and known a tuple of Known"
    return ""


@cache
def _modules() -> dict[str, str]:
    files = sorted(_FOLDER.glob("*/[!_]*.py"))
    return {file.stem: f"lossref.losses.{file.parent.name}.{file.stem}" for file in files}
