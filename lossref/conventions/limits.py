"""What an implementation does not take, said in words: labels that are not hard, too few classes, logits beyond a bound.

Questions outside of a limit are declined, counted and named beside the grade. `parse` reads a sentence, and the limit prints it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from lossref.bits import order, parsed, unflushed
from lossref.conventions.formula import ConventionError
from lossref.spec import Loss, Question
from lossref.values import flat

NUMBER = r"[-+]?(?:inf|[0-9]*\.?[0-9]+(?:e[-+]?[0-9]{1,3})?)"
HARD = frozenset({0.0, 1.0, -1.0})
GRAMMAR: Mapping[str, tuple[str, Callable[..., Callable[[Loss, Question], bool]]]] = {  # as help has it -> the pattern, and the test
    "labels are hard": (r"labels are hard", lambda: _is_hard),
    "targets are one-hot": (r"targets are one-hot", lambda: _is_one_hot),
    "at least N classes": (r"at least ([0-9]{1,6}) class(?:es)?", lambda n: lambda loss, q: _classes(loss, q) >= int(n)),
    "at most N classes": (r"at most ([0-9]{1,6}) class(?:es)?", lambda n: lambda loss, q: _classes(loss, q) <= int(n)),
    "exactly N classes": (r"exactly ([0-9]{1,6}) class(?:es)?", lambda n: lambda loss, q: _classes(loss, q) == int(n)),
    "ARGUMENT within [LOW, HIGH]": (
        rf"(\w+) (?:are )?within \[({NUMBER}), ({NUMBER})\]",
        lambda name, low, high: lambda loss, q: _within(q, name, parsed(low), parsed(high)),
    ),
    "ARGUMENT are finite": (r"(\w+) (?:are|is) finite", lambda name: lambda loss, q: all(map(math.isfinite, _numbers(q, name)))),
}


@dataclass(frozen=True)
class Limit:
    """A sentence about a loss, and whether a question keeps to it.

    A limit `of_labels` or classes makes another loss of it, which may have no question at all in a region; one of magnitudes does not, so
    that a region of which it leaves nothing fails.
    """

    sentence: str
    keeps: Callable[[Question], bool]
    of_labels: bool


def parse(text: str, loss: Loss) -> Limit:
    """The limit that a sentence states of a loss; ConventionError says what can be said instead."""
    plain = " ".join(str(text)[:300].split())
    for form, (pattern, make) in GRAMMAR.items():
        if match := re.fullmatch(pattern, plain):
            allowed = [name for name, space in loss.arguments.items() if not space.label_of]
            if form.startswith("ARGUMENT") and match[1] not in allowed:
                raise ConventionError(f"{loss.name}: {plain!r} limits {match[1]}, and its arguments are {', '.join(allowed)}")
            return Limit(plain, partial(make(*match.groups()), loss), not form.startswith("ARGUMENT"))
    raise ConventionError(f"{plain!r} is no limit; what can be said: {'; '.join(GRAMMAR)}")


def of(member: Any, loss: Loss) -> tuple[Limit, ...]:
    """The limits that an object of somebody's has in its attribute `limits`: one sentence, or several."""
    said = getattr(member, "limits", ())
    return tuple(parse(sentence, loss) for sentence in ((said,) if isinstance(said, str) else tuple(said)))


def _numbers(question: Question, name: str) -> list[Any]:
    return flat(question.inputs[name])


def _within(question: Question, name: str, low: float, high: float) -> bool:
    return all(order(low) <= order(x) <= order(high) or math.isnan(x) for x in _numbers(question, name))


def _is_hard(loss: Loss, question: Question) -> bool:
    """Whether each label is 0, 1 or -1, or a class index."""
    return all(isinstance(x, int) or unflushed(x) in HARD or math.isnan(x) for x in _numbers(question, "target"))


def _is_one_hot(loss: Loss, question: Question) -> bool:
    """Whether each row of weights has one 1 and else 0; an index counts as one."""
    target = question.inputs["target"]
    rows = target if question.is_call else (target,)
    return all(not isinstance(row, tuple) or sorted(map(unflushed, flat(row))) == [0.0] * (len(row) - 1) + [1.0] for row in rows)


def _classes(loss: Loss, question: Question) -> int:
    """The length of the last axis of the prediction; 1 where it is one number."""
    x = question.inputs[loss.first]
    first = x[0] if question.is_call and x else x
    while isinstance(first, tuple) and first and isinstance(first[0], tuple):
        first = first[0]
    return len(first) if isinstance(first, tuple) else 1
