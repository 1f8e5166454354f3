"""What of a library answers a question: the function and the reduction that have all that is asked, or why none has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter
from typing import Any

import numpy as np

from lossref.implementations.engines.written import Written
from lossref.implementations.source import Function, is_usual, parameters, written_out
from lossref.library import LacksError
from lossref.options import CLASS, DEFAULTS
from lossref.spec import Loss, Question, Values

SERVED = frozenset({"reduction", "denominator", "empty", "target_form"})  # options that choose a function or a word
LEFT_OUT = frozenset({"mask", "ignore_index"})  # options that leave examples out
HIDDEN = "hidden"  # the flag of calls in which a weight or mask of 0 stands over NaN or infinity
DIVISORS = {"kept": "the number that is kept", "weights": "the sum of the weights", "count": "the number of examples"}


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What answers a question: a function, with words of ours and the library's, and perhaps another function that reduces."""

    function: Function
    words: Mapping[str, Any]
    reduce: Function | None

    def call(self, given: Values) -> Any:
        """The answer of the library; of what is given each function takes what it has parameters for."""
        found = self.function(**_own(self.function, {**given, **self.words}))
        return found if self.reduce is None else self.reduce(found, **_own(self.reduce, given))

    def text(self, sources: Mapping[str, str]) -> str:
        """The same as an expression."""
        called = written_out(self.function, {**sources, **{name: repr(x) for name, x in self.words.items()}})
        return called if self.reduce is None else written_out(self.reduce, {**sources, "loss": called})


def choosing(found: Written, reductions: Mapping[str, Any], served: frozenset[str] = frozenset()) -> Callable[[Values, str], Chosen]:
    """`choose` for one question after another: what has all that is asked is found once for the same names and the same numbers and words
    among the options, which most examples share."""
    known: dict[tuple[str, ...], Chosen] = {}

    def chosen(named: Values, part: str) -> Chosen:
        options = {name: x for name, x in named.items() if name not in found.loss.arguments}
        if not all(isinstance(x, (str, int, float)) for x in options.values()):
            return choose(found, reductions, named, part, served)
        key = (part, *named, repr(options))
        if key not in known:
            known[key] = choose(found, reductions, named, part, served)
        return known[key]

    return chosen


def choose(found: Written, reductions: Mapping[str, Any], named: Values, part: str, served: frozenset[str] = frozenset()) -> Chosen:
    """What has all that is asked; LacksError says what is missing.

    `reductions` maps `none`, `sum` and what a mean divides by to a word for it in the library, or to a function of the unreduced
    losses; slopes that have functions of their own are unreduced. `served` are options that somebody else takes care of.
    """
    loss, is_call = found.loss, "reduction" in named
    is_slope = found.by(part) not in (None, found.function)
    asked = {name for name, x in named.items() if name not in loss.arguments and not is_usual(loss, name, x)} - SERVED - served
    if is_slope and named.get("reduction", "none") != "none":
        raise LacksError(f"it gives no {part} of a {named['reduction']}")
    if is_call and not is_slope:
        asked |= {"reduction"}
        reduces = [f for f in (found.function, *found.otherwise) if "reduction" in parameters(f)]
        if not reduces and not any(map(callable, reductions.values())):
            raise LacksError("it has no option reduction")
    candidates = found.candidates(named.get("target_form"), part)
    fewest = ["reduction"] * 9
    for word in _words(found.reductions or reductions, loss, named):
        reduce, known = (word, {}) if callable(word) else (None, word)
        known = {**loss.defaults, **known, **{name: named[name] for name in loss.parameters if name in named}}
        has = {*parameters(reduce), "reduction"} if reduce else set()
        # Whoever divides must know what is left out: a function of its own makes it 0, and the mean counts it.
        uncounted = asked & LEFT_OUT - has if reduce and named.get("reduction") == "mean" else set()
        able = []
        for function in candidates:
            lacking = sorted(uncounted | (asked - has - {*parameters(function)}))
            lacking += sorted(_needed(function, reduce) - {"loss", *loss.arguments, *named, *known})
            fewest = min(fewest, lacking, key=len)
            able += [] if lacking else [function]
        if able:
            best = max(able, key=lambda function: len(asked & {*parameters(function)}))
            return Chosen(function=best, words=known, reduce=reduce)
    raise LacksError(f"it has no option {fewest[0]}")


def _words(reductions: Mapping[str, Any], loss: Loss, named: Values) -> list[Any]:
    """Functions that reduce as is asked, or the word for it as an option, the best first; for one example perhaps no word."""
    wanted = named.get("reduction")
    means = [name for name in DIVISORS if name in reductions]
    if wanted == "mean" and means:
        wanted = [name for name in means if divides_alike(name, loss, named)]
        if not wanted:
            raise LacksError(f"its mean divides by {' or '.join(DIVISORS[name] for name in means)}")
    elif wanted is not None and wanted not in reductions:
        raise LacksError(f"it has no reduction {wanted}")
    found = [reductions[name] for name in (wanted if isinstance(wanted, list) else [wanted or "none"]) if name in reductions]
    words = [word if callable(word) else {"reduction": word} for word in found]
    return words if "reduction" in named else [word for word in words if not callable(word)] or [{}]


def divides_alike(used: str, loss: Loss, named: Values) -> bool:
    """Whether a mean that divides by `used` (weights, kept or count) divides by what the options ask for.

    Without weights those three are one number, or two where something is left out. A class index brings the weight of its
    class into the sum of weights; a row of class weights brings none.
    """
    given = {name for name in named if not is_usual(loss, name, named[name])}
    by_class = "class_weight" in given and loss.target == CLASS and named.get("target_form") != "soft"
    weighted = by_class or "sample_weight" in given
    left_out = bool(given & LEFT_OUT)
    place = {"weights": 0, "kept": weighted, "count": weighted + left_out, "batch": weighted + left_out}
    return place.get(named.get("denominator", "weights")) == place[used]


def divides_by_nothing(question: Question) -> bool:
    """Whether what the mean divides by is 0."""
    call = question.call
    if call.get("reduction") != "mean" or call.get("denominator", "weights") not in ("weights", "kept"):
        return False
    kept = np.ones(len(next(iter(question.inputs.values()))), bool) if call.get("mask") is None else np.asarray(call["mask"])
    if call.get("ignore_index") is not None:
        kept = kept & (np.asarray(question.inputs["target"]) != call["ignore_index"])
    weighs = call.get("denominator", "weights") == "weights" and call.get("sample_weight") is not None
    return not np.any(kept * np.asarray(call["sample_weight"] if weighs else 1))


def _needed(function: Function, reduce: Function | None) -> set[str]:
    found = {**parameters(function), **(parameters(reduce) if reduce else {})}
    return {name for name, parameter in found.items() if parameter.default is Parameter.empty}


def _own(function: Function, named: Values) -> dict[str, Any]:
    return {name: named[name] for name in parameters(function) if name in named}


def refusal(found: Written, reductions: Mapping[str, Any], empty: str, served: frozenset[str] = frozenset()) -> Callable[[Question], str]:
    """What says of a question why it is left out; `empty` is the library's mean over nothing."""
    chosen = choosing(found, reductions, served)

    def takes(question: Question) -> str:
        if question.flag == HIDDEN:
            return "no documentation promises that a weight or mask of 0 hides NaN or infinity"
        try:
            chosen({**question.inputs, **question.options}, found.gives)
        except LacksError as error:
            return str(error)
        wanted = question.options.get("empty", DEFAULTS["empty"])
        if wanted != empty and (wanted != DEFAULTS["empty"] or divides_by_nothing(question)):
            return f"its mean over nothing is {empty}"
        return found.never(question)

    return takes


def by_example(loss: Loss, function: Function) -> Function:
    """A part asked for one example at a time, where the examples are no call."""

    def asked(**named: Any) -> Any:
        if "reduction" in named:
            return function(**named)
        count = len(named[loss.first])
        rows = [function(**{name: x[i : i + 1] if name in loss.arguments else x for name, x in named.items()}) for i in range(count)]
        if isinstance(rows[0], tuple):
            return tuple(np.concatenate(column) for column in zip(*rows, strict=True))
        return np.concatenate([np.atleast_1d(row) for row in rows])  # an answer to one example may have no axis

    return asked
