"""An adapter's functions as records: each a loss in a library's own calls, its parameters the options that the library has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from typing import Any

from lossref import catalog, census, options
from lossref.conventions.formula import Convention
from lossref.conventions.grammar import parse
from lossref.golden import SHIPPED_FORMATS
from lossref.implementations.source import Function
from lossref.library import Implementation, LacksError, Library
from lossref.spec import PARTS, Loss, Question


@dataclass(frozen=True, kw_only=True)
class Written:
    """The loss that a function is named after, and what its code does not show; where an option has a default, it is the library's.

    `function` returns one expression that `gives` the value (or another part);
    `gradient` and `hessian` are functions too, where nothing differentiates. `otherwise` are functions for options that it lacks: of
    those that have all that is asked the one that uses most is called, and a parameter without a default must be asked for.
    `forms` maps each further form of the target to the functions that take it; none means these. `reductions` replaces those
    of the library. Functions are `alone` where they take one example at a time. `never` says why a question is none for this
    library. `parts` are those that the library differentiates to.
    """

    function: Function
    gives: str = "value"
    gradient: Function | None = None
    hessian: Function | None = None
    otherwise: tuple[Function, ...] = ()
    forms: Mapping[str, tuple[Function, ...]] = field(default_factory=dict)
    reductions: Mapping[str, Any] | None = None
    alone: bool = False
    parts: tuple[str, ...] = PARTS
    never: Callable[[Question], str] = lambda question: ""
    composed: str = ""
    documented: tuple[str, ...] = ()

    @property
    def conventions(self) -> tuple[Convention, ...]:
        """What the library's documentation says that it computes in place of the formula."""
        return tuple(map(parse, self.documented))

    @property
    def name(self) -> str:
        return self.function.__name__

    @cached_property
    def loss(self) -> Loss:
        return catalog.get(self.name)

    def by(self, part: str) -> Function | None:
        """The function that gives a part by itself."""
        return {"gradient": self.gradient, "hessian": self.hessian, self.gives: self.function}.get(part)

    def candidates(self, form: str | None, part: str) -> tuple[Function, ...]:
        """The functions that may give a part, with the target in a form."""
        own = self.by(part)
        usual = (self.function, *self.otherwise) if own in (None, self.function) else (own,)
        if form is None or form in options.forms(self.loss)[:1]:
            return usual
        if form not in self.forms:
            raise LacksError(f"it takes no target of the form {form}")
        return self.forms[form] or usual


def implements(**facts: Any) -> Callable[[Function], Written]:
    """Record the loss that a function is named after, with the facts of `Written`."""
    return lambda function: Written(function=function, **facts)


def title(package: str) -> str:
    """A package with its version."""
    return f"{package} {version(package)}"


def all_written(names: Mapping[str, Any]) -> tuple[Written, ...]:
    """The losses that the functions of a module implement."""
    return tuple(x for x in names.values() if isinstance(x, Written))


def library_of(
    name: str,
    title: str,
    found: Iterable[Written],
    make: Callable[[Written], Implementation],
    *,
    reasons: Mapping[str, str],
    others: Mapping[str, str] | None = None,
    formats: tuple[str, ...] = SHIPPED_FORMATS,
) -> Library:
    """A library of what is written. `others` says of losses that it ships, by its own names, why what seems to judge them does not."""
    implementations = {written.name: make(written) for written in found}

    def judged_as(stands_for: Sequence[census.Named]) -> str:
        known = [x.loss for x in stands_for if x.loss in catalog.names()]
        missing = f"{known[0]}: not asked of {name} yet" if known else "not in the catalogue yet"
        return next((x for x in known if x in implementations), missing)

    return Library(
        name=name,
        title=title,
        implementations=implementations,
        offers={loss: (others or {}).get(loss) or judged_as(stands_for) for loss, stands_for in census.libraries()[name].losses.items()},
        reasons=reasons,
        formats=formats,
    )
