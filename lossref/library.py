"""What is judged: a library's named implementations of losses, how each is asked, and what may go wrong with it."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lossref import catalog
from lossref.spec import Question

_NOT_THEIRS = {Path(__file__).parent, Path(os.__file__).parent}  # our own code, and Python's
_INSTALLED = {"site-packages", "dist-packages"}


class ImplementationError(Exception):
    """An implementation that cannot be found or read; the message is for the person who typed it."""


class BrokeError(Exception):
    """An implementation that raised, or returned something that is not an answer, on inputs that it must take."""


class FailedError(Exception):
    """What went wrong with one question to an implementation, as the sentence that the verdict shows."""


class NotSupported(Exception):
    """What somebody's code raises to decline an example or a batch, with the reason: it is not judged there, and that is counted."""


class LacksError(NotSupported):
    """An implementation has not an option that is asked for: the question is left out and counted."""


class NoFormatError(LacksError):
    """A library has no code of its own for a format: a loss that it has in no question of the format is not there."""


class NarrowError(NotSupported):
    """An answer in the shorter format of its inputs, where one in a longer format is judged."""


@dataclass(frozen=True)
class Tiling:
    """To how many rows examples are repeated: most of those that fit together in one call, and all others; 0 not to."""

    rows: int = 4099
    others: int = 131


@dataclass(frozen=True, kw_only=True)
class Implementation:
    """One loss of a library.

    `parts` maps "value", "gradient", "hessian" to functions of NumPy batches; a part that is absent is not judged. They are called
    by keyword: arguments as arrays with one entry an example, parameters as Python floats, and what a call does with the batch
    (`lossref.options.Options`: words, numbers, and arrays of weights, masks and upstream gradients). Without a `reduction` among
    them nothing is reduced. A gradient is one array, or one for each argument that the loss is differentiable in.
    `takes(question)` says why a question is left out, and nothing where it is asked. `line(part, question)` is Python, or a
    shell command if `is_shell`, that prints the answer by the library alone.
    `composed` says how, where the library ships only pieces of the loss; `conventions` are what it computes in place of the formula, by
    its documentation, a program's hello or its user, `limits` what it says that it does not take. `peer` gives what the library
    that the code is written in ships for the same loss, by its name. `tiling` says how large a batch may be made.
    """

    parts: Mapping[str, Callable[..., Any]]
    line: Callable[[str, Question], str]
    takes: Callable[[Question], str] = lambda question: ""
    composed: str = ""
    conventions: tuple[Any, ...] = ()
    limits: tuple[Any, ...] = ()
    is_shell: bool = False
    peer: Callable[[], tuple[str, Implementation] | None] = lambda: None
    tiling: Tiling = Tiling()

    def beyond(self, question: Question, of_magnitudes: bool = False) -> str:
        """The limit that a question is beyond, if any; or the limit `of_magnitudes` alone."""
        chosen = [limit for limit in self.limits if not (of_magnitudes and limit.of_labels)]
        return next((f"beyond the limit: {limit.sentence}" for limit in chosen if not limit.keeps(question)), "")


@dataclass(frozen=True, kw_only=True)
class Library:
    """A library, or somebody's own code taken as one: named implementations of losses.

    `reasons` says why a loss is missing, where there is more to say than that. `offers` maps each loss that the library
    ships, by its own name, to the loss of ours that judges it, or to a short reason why none does yet. `formats` are those that
    it computes in, where it has not all of ours, the usual one first. `floating` says what importing and trying it changed of how the
    processor computes. `declares` has by loss the conventions that strangers' code states of itself, and None beside them where it says
    that it composed the loss: whoever runs the check is asked whether they are accepted. A library that is asked `blind` is sent
    questions over a pipe, and nothing else. `close` ends what was started to ask it.
    """

    name: str
    title: str
    implementations: Mapping[str, Implementation]
    reasons: Mapping[str, str] = field(default_factory=dict)
    offers: Mapping[str, str] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    floating: tuple[str, ...] = ()
    declares: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    blind: bool = False
    close: Callable[[], None] = lambda: None

    @property
    def lacks(self) -> dict[str, str]:
        """Each loss of the catalogue that is missing, and why."""
        return {name: self.reasons.get(name, "not there") for name in catalog.names() if name not in self.implementations}


def first_line(error: object) -> str:
    """What an exception or a warning of anybody's says, on one line."""
    try:
        lines = str(error).strip().splitlines()
    except Exception:  # it may raise another when it is printed
        return "what it says cannot be printed"
    return lines[0] if lines else ""


def where(error: BaseException) -> str:
    """Where in somebody's own code an exception was raised: ` (file.py line 12)`, or nothing where it was not in a file of theirs."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _NOT_THEIRS & {*Path(frame.filename).parents}]
    own = [frame for frame in frames if frame.filename.endswith(".py") and not _INSTALLED & set(Path(frame.filename).parts)]
    return f" ({Path(own[-1].filename).name} line {own[-1].lineno})" if own else ""
