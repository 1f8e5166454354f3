"""How this thread's processor computes with floats: what is below the normal numbers, and the direction of rounding.

A library may change that for good, by a call or by being imported: code linked with -ffast-math does. Lossref's own answers and grades
are right all the same (`lossref.bits`); what it changes is what the code under test computes, so that a report says since when.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal

# Variables, which no compiler multiplies in advance.
SMALL, SMALLER, LARGE, SUBNORMAL = 2.0**-1000, 2.0**-50, 2.0**100, struct.unpack("<d", struct.pack("<Q", 1 << 51))[0]
ONE, MORE = 1.0, 0.75 * 2.0**-52  # the next number after 1 is nearer to their sum than 1
DIRECTIONS: dict[tuple[bool, bool], Literal["to nearest", "upward", "downward", "toward zero"]] = {
    (True, True): "to nearest",
    (True, False): "upward",
    (False, True): "downward",
    (False, False): "toward zero",
}


@dataclass(frozen=True)
class State:
    """What the processor does to numbers below the normal ones, and which way it rounds."""

    flushes_results: bool = False
    flushes_operands: bool = False
    rounding: Literal["to nearest", "upward", "downward", "toward zero"] = "to nearest"

    @property
    def facts(self) -> tuple[str, ...]:
        """In words what differs from how processors compute unless they are told otherwise."""
        flushed = [what for what, is_so in (("results", self.flushes_results), ("operands", self.flushes_operands)) if is_so]
        words = [f"the processor flushes subnormal {' and '.join(flushed)} to zero"] if flushed else []
        return (*words, *([f"the processor rounds {self.rounding}"] if self.rounding != "to nearest" else []))


USUAL = State()


def state() -> State:
    """That of this thread, now."""
    return State(struct.pack("<d", SMALL * SMALLER) == bytes(8), SUBNORMAL * LARGE == 0.0, rounding())


def rounding() -> Literal["to nearest", "upward", "downward", "toward zero"]:
    """The direction in which this thread rounds, now."""
    return DIRECTIONS[ONE + MORE > ONE, -ONE - MORE < -ONE]


def already(before: State) -> list[str]:
    """In words what was otherwise than usual before a check."""
    return [f"{fact} since before this check" for fact in before.facts]


def loaded(before: State, event: str) -> list[str]:
    """What was otherwise than usual before somebody's code was loaded, and what has become so since."""
    return already(before) + since(before, event)


def since(before: State, event: str) -> list[str]:
    """In words what has become otherwise than it was, with what happened in between."""
    now = state()
    if now == before:
        return []
    if now == USUAL:
        return [f"the processor computes as usual again since {event}"]
    return [f"{fact} since {event}" for fact in now.facts if fact not in before.facts]
