"""Conventions of whole calls: what a library does with a batch whatever it is asked, and the exact calls that follow."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lossref import callvectors
from lossref.batches import DENOMINATORS, EMPTY, Options
from lossref.callvectors import CallVector
from lossref.formats import Format
from lossref.judge import grammar
from lossref.judge.conventions import Convention, ConventionError
from lossref.spec import Loss


@dataclass(frozen=True)
class CallConvention:
    """Options that a library has always set so, or a function that it computes on each example; by its sentence."""

    sentence: str
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)  # the sentence says them
    of_one: Convention | None = None

    def loss(self, loss: Loss, form: Format) -> Loss:
        """The loss of one example."""
        if self.of_one is None:
            return loss
        if problem := self.of_one.misfit(loss):
            raise ConventionError(f"{loss.name}: {self.sentence!r} does not fit: {problem}")
        return replace(loss, definition=self.of_one.definition(loss.definition, "value", form))


def _choice(option: str) -> Callable[[str], dict[str, Any]]:
    return lambda text: {option: text if text.isalpha() else float(text)}


# As --help has it -> the pattern, and the options that are set
GRAMMAR: Mapping[str, tuple[str, Callable[[str], dict[str, Any]]]] = {
    f"mean over {' | '.join(DENOMINATORS)} | NUMBER": (rf"mean over ({'|'.join(DENOMINATORS)}|\d+(?:\.\d+)?)", _choice("denominator")),
    f"nothing gives {' | '.join(EMPTY)}": (rf"nothing gives ({'|'.join(EMPTY)})", _choice("empty")),
    "smoothing over all | others": (r"smoothing over (all|others)", _choice("smoothing")),
}


def parse_declaration(text: str) -> tuple[str, CallConvention]:
    """`LOSS: SENTENCE`; ConventionError says what can be said instead."""
    loss, colon, sentence = text.partition(":")
    if not colon:
        raise ConventionError(f"a convention is declared as LOSS: SENTENCE, not {text!r}")
    plain = " ".join(sentence.split())
    for pattern, make in GRAMMAR.values():
        if match := re.fullmatch(pattern, plain, re.ASCII):
            return loss.strip(), CallConvention(plain, make(match[1]))
    try:
        convention = grammar.parse(plain)
    except ConventionError:
        raise ConventionError(f"{plain!r} is no convention of calls; what can be said: {'; '.join(GRAMMAR)}; factor NUMBER") from None
    kind = type(convention)
    if convention.splits or kind.inputs is not Convention.inputs or kind.answer is not Convention.answer:
        raise ConventionError(f"{plain!r} is a convention of single examples: declare it to `lossref check`")
    return loss.strip(), CallConvention(plain, of_one=convention)


def declared_calls(loss: Loss, conventions: Sequence[CallConvention], vectors: Sequence[CallVector], form: Format) -> list[CallVector]:
    """The calls with the exact answers of what is declared."""
    changes: dict[str, Any] = {}
    of_one = any(convention.of_one for convention in conventions)
    for convention in conventions:
        if clash := sorted(changes.keys() & convention.options.keys()):
            raise ConventionError(f"{loss.name}: two conventions set {clash[0]}")
        changes |= convention.options
        loss = convention.loss(loss, form)
    if not conventions:
        return list(vectors)
    try:
        return [
            callvectors.certified(loss, v, Options(**{**v.options, **changes}), form) if of_one or _acts(changes, v) else v for v in vectors
        ]
    except ModuleNotFoundError as error:
        raise ConventionError(f"declared conventions need python-flint ({error}); try: pip install 'lossref[golden]'") from None


def _acts(changes: Mapping[str, Any], vector: CallVector) -> bool:
    """Whether a call sees any of the changes: a mean its denominator, smoothed labels how they are smoothed."""
    mean = vector.options["reduction"] == "mean"
    return (mean and not {"denominator", "empty"}.isdisjoint(changes)) or ("label_smoothing" in vector.options and "smoothing" in changes)
