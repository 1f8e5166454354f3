"""Public functions called with whatever is drawn, and what must hold around each call."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

from fuzzing import world
from fuzzing.asked import Call
from fuzzing.drawing import drawn
from fuzzing.world import FoundError, LateError


def fuzz(seed: int, number: int, where: Path) -> tuple[str, str]:
    """Draw one call, make it in two worlds, in some cases in threads or a child too, and say how it ended."""

    def fresh() -> Call:
        return drawn(random.Random(f"{seed} calls {number}"))

    chance = random.Random(f"{seed} worlds {number}")
    call, again = fresh(), fresh()
    try:
        _around(chance, call, again)
    except (FoundError, LateError) as error:
        raise type(error)(f"{error} | {call}") from error
    first, ended = call_in(chance, fresh())
    compared: list[tuple[str, Any]] = []
    if chance.random() < 0.03:
        together = fresh()
        compared += [("in a thread", x) for x in world.in_threads(together)] if _is_reusable(together) else []
    elif chance.random() < 0.005 and hasattr(os, "fork"):
        compared += [("in a child", world.in_a_child(fresh()))]
    for place, found in compared:
        if call.is_told_apart and found not in (first, repr(first)):
            raise FoundError(f"{place} the outcome is another: {found!r:.200} for {first!r:.200} | {call}")
    whose = call.name.removeprefix("lossref.") if call.name.startswith("lossref.") else call.name.partition(".")[0]
    return whose, type(ended).__name__ if ended else "answered"


def _around(chance: random.Random, call: Call, again: Call) -> None:
    """One call in an unusual world, and in another one."""
    before = world.digest([call.positional, call.named])
    with world.kept(), world.unusual(chance), world.kept():
        first, error = world.outcome(call)
    if error is not None:
        world.sentence(error, call.declared, call.words)
    if world.digest([call.positional, call.named]) != before:
        raise FoundError("the call changed its arguments")
    second, _ = call_in(chance, again)
    if call.is_told_apart and first != second:
        raise FoundError(f"the outcome is another in another world: {first!r:.300} and then {second!r:.300}")
    if call.plain is not None:
        wanted, refused = world.outcome(call.plain)
        if wanted != first and not (refused and error):
            raise FoundError(f"plain arrays give {wanted!r:.300}, and these {first!r:.300}")


def call_in(chance: random.Random, call: Call) -> tuple[Any, BaseException | None]:
    with world.unusual(chance):
        return world.outcome(call)


def _is_reusable(call: Call) -> bool:
    """Whether no argument is used up by a call."""
    return not any(hasattr(type(x), "__next__") for x in (*call.positional, *call.named.values()))
