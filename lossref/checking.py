"""lossref.check: the command `lossref check` for what is at hand in Python, and its report as an object."""

from __future__ import annotations

import inspect
import io
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

from rich.console import Console

from lossref import catalog
from lossref.arrays import shown
from lossref.conventions import declaring
from lossref.conventions.grammar import sentences
from lossref.formats import FORMATS, JUDGED
from lossref.golden.source import Source, of_options, wide
from lossref.implementations import python, resolve, tensors
from lossref.implementations.resolve import format_of
from lossref.judge.measure import DEFAULT_LEVEL, LEVELS
from lossref.judge.peer import judged_beside
from lossref.judge.verdict import without_absent
from lossref.library import Library
from lossref.report import finding, screen
from lossref.spec import Loss

WIDTH = 120  # of a report that no terminal limits


@dataclass(frozen=True)
class Report:
    """What a check found; `print(report)` shows it as on a terminal, and a notebook shows it in colours."""

    data: dict[str, Any]  # what `lossref check --json` prints

    @property
    def conforms(self) -> bool:
        """Whether everything that was judged meets the level."""
        return bool(self.data["conforms"])

    @property
    def grades(self) -> dict[str, dict[str, str]]:
        """The grade of each part of each loss: {"huber": {"value": "B", "gradient": "A+"}}."""
        return {entry["loss"]: {part: found["grade"] for part, found in entry["parts"].items()} for entry in self.data["losses"]}

    def __str__(self) -> str:
        console = Console(file=io.StringIO(), width=WIDTH, highlight=False, markup=False, emoji=False, color_system=None)
        screen.show_run(console, self.data, named=True)
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue().rstrip()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        console = Console(record=True, file=io.StringIO(), width=WIDTH, highlight=False, markup=False, emoji=False)
        screen.show_run(console, self.data, named=True)
        return console.export_html(inline_styles=True, code_format='<pre style="line-height:1.3">{code}</pre>')


def check(
    implementation: Any,
    loss: str | Loss | None = None,
    *,
    format: str | None = None,
    level: str = DEFAULT_LEVEL,
    strict: bool = False,
    conventions: str | Sequence[str] = (),
    limits: str | Sequence[str] = (),
    framework: str | None = None,
    device: str = "",
    worst: int = 1,
    same_bits: bool = False,
    accept_conventions: bool = False,
    fresh: str | int | None = None,
    count: int | None = None,
    sizes: Sequence[int] = (),
    stored: str = "",
) -> Report:
    """Judge an implementation of a loss by the golden vectors, as `lossref check` does.

        lossref.check(torch.nn.BCEWithLogitsLoss())
        lossref.check(lambda logits, target: ..., "sigmoid_cross_entropy").conforms

    `implementation` is a function, an object with value, gradient, value_and_gradient or call, a torch module or its class, a function
    of torch or jax tensors, or a name as on the command line ("scipy", "mine.py:f"). `loss` says which loss it is, by our name or
    another library's, or is a record of one's own; it may be left out where the implementation's own name says it. `framework` is
    "numpy", "torch", "jax" or "jit" (jax, compiled) where it is not to be told from the object or from what its module imports.
    `format` is float64 where the implementation computes in it; short formats, which the golden set has not, are asked
    with fresh questions. `conventions` and `limits` are sentences of `lossref check --help`, without the name of the loss; what a program
    (`"cmd:..."`) declares of itself counts if it is accepted. `device` is where tensors of torch or jax are put. Each example is asked in a
    batch, some again and alone, and most among thousands: the worst answer is graded, and other bits are a remark, or a failure where
    the `same_bits` are wanted.

    With a seed, `fresh` questions are asked in place of the golden ones, about `count` of them (100), drawn and certified now; with `sizes`
    rows of so many numbers. `stored` is a format shorter than `format`: inputs are numbers of it, given as such, as where bfloat16 is
    stored and float32 is computed.

    In the lines that reproduce an answer f is the object.

    Raises ImplementationError (a sentence) for what cannot be asked, KeyError for an unknown loss, ValueError for an unknown level,
    format or framework and for a seed, count or sizes that are none, ConventionError for a sentence that says nothing, GoldenError for
    golden data that is not what its manifest says, for fresh questions without python-flint and for losses that have no wide rows.
    """
    known = (
        ("level", level, LEVELS),
        ("format", format, (None, *JUDGED)),
        ("framework", framework, (None, "numpy", *tensors.FRAMEWORKS)),
    )
    for name, given, allowed in known:
        if not isinstance(given, str | None) or given not in allowed:
            raise ValueError(f"{name} must be one of {', '.join(filter(None, allowed))}, and is {shown(given)}")
    if not isinstance(device, str):
        raise ValueError(f"device must be a text, and is {shown(device)}")
    if isinstance(worst, bool) or not isinstance(worst, int) or worst < 0:
        raise ValueError(f"worst must be a whole number of at least 0, and is {shown(worst)}")
    source = of_options(fresh, count, sizes, format, stored)
    declared, stated = sentences("conventions", conventions), sentences("limits", limits)
    library = _library(implementation, loss, framework, device)
    own = catalog.find(loss) if isinstance(loss, Loss) else None
    wanted = [catalog.named(loss)] if isinstance(loss, str) and len(library.implementations) > 1 else list(library.implementations)
    losses = [own] if own else [catalog.get(name) for name in wanted]
    try:
        if declared or stated:
            if len(losses) > 1:
                raise ValueError(f"conventions and limits are of one loss, and {library.title} has {len(losses)}: say which with loss")
            (judged,) = losses
            library = declaring.limited(library, [f"{judged.name}: {sentence}" for sentence in stated], [], own)
            library = declaring.declaring(library, [f"{judged.name}: {sentence}" for sentence in declared], [], False)
        if not accept_conventions:
            library = declaring.accepted(library, [loss.name for loss in losses], "accept_conventions=True")
        return _judged(library, losses, format_of(format, library), level, strict, worst, same_bits, source)
    finally:
        library.close()


def _judged(
    library: Library, losses: Sequence[Loss], format: str, level: str, strict: bool, worst: int, same_bits: bool, source: Source
) -> Report:
    asked = [(loss, source.vectors(loss, FORMATS[format])) for loss in wide(losses, source)]
    verdicts = [judged_beside(loss, library.implementations[loss.name], found, FORMATS[format]) for loss, found in asked]
    library, verdicts = without_absent(library, verdicts) if len(losses) > 1 else (library, verdicts)
    data = finding.run(library, verdicts, format, level, strict, worst, same_bits=same_bits, source=source)
    return Report(data if len(losses) > 1 else data | {"lacks": {}})


def _library(implementation: Any, loss: str | Loss | None, framework: str | None, device: str) -> Library:
    """What an object is, as a library of one loss; a name may be of many."""
    if isinstance(implementation, str):
        return resolve(implementation, loss, device)
    speaks = framework or _framework(implementation)
    package = tensors.FRAMEWORKS.get(speaks, "")
    if isinstance(loss, Loss):
        record = catalog.find(loss)
    else:
        own = getattr(implementation, "__name__", type(implementation).__name__)
        record = catalog.get(catalog.named(loss or own, package))
    if speaks in tensors.FRAMEWORKS:
        return tensors.of_object(speaks, implementation, record, device)
    return python.of_object(implementation, record)


def _framework(implementation: Any) -> str:
    """The library that an object is of, by its classes or by what its module imports; numpy where there is no sign of another."""
    while isinstance(implementation, partial):
        implementation = implementation.func
    kind = implementation if inspect.isclass(implementation) else type(implementation)
    ancestors = {base.__module__.partition(".")[0] for base in kind.__mro__}
    if "torch" in ancestors:
        return "torch"
    home = getattr(implementation, "__module__", None) or kind.__module__
    function = inspect.unwrap(implementation)
    known = getattr(function, "__globals__", None) or vars(sys.modules.get(str(home), sys))
    named = inspect.getclosurevars(function) if inspect.isfunction(function) else None
    used = _packages([*named.nonlocals.values(), *named.globals.values()]) if named else set()
    used = used or _packages(known.values())  # code that names none may be of any that its module imports
    return next((name for name in ("torch", "jax") if name in used | {str(home).partition(".")[0]}), "numpy")


def _packages(objects: Iterable[Any]) -> set[str]:
    """The packages of numbers that modules, functions and classes belong to."""
    names = {x.__name__ if isinstance(x, ModuleType) else getattr(x, "__module__", None) or "" for x in objects}
    return {str(name).partition(".")[0] for name in names} & {"torch", "jax", "numpy"}
