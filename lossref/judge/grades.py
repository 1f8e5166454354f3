"""Grades: what a set of errors is worth. The thresholds are calibrated by scripts/calibrate.py."""

from __future__ import annotations

from collections.abc import Sequence

from lossref.judge.errors import E2_OF_B, Error

LEVELS = ("A+", "A", "B", "C", "D", "F")  # best first
MEANING = {
    "A+": "every bit is that of the correctly rounded answer",
    "A": "within one ulp of the exact answer everywhere",
    "B": "componentwise stable: as good as the rounding of the inputs allows, no tail lost",
    "C": "normwise stable: as good as the printed formula, each step rounded; tails may be lost",
    "D": "finite, right sign and half the digits on ordinary inputs only",
    "F": "NaN or infinity for a finite answer, or wrong on ordinary inputs",
}
E1_OF_A, E3_OF_C = 1, 16
ORDINARY = ("ordinary", "option")


def grade(errors: Sequence[Error], region: str) -> str:
    """The grade of a part of a loss in one region."""
    if all(e.is_exact for e in errors):
        return "A+"
    if all(e.E1 <= E1_OF_A for e in errors):
        return "A"
    if all(e.E2 <= E2_OF_B for e in errors):  # nothing is lost then
        return "B"
    if all(e.E3 <= E3_OF_C for e in errors):
        return "C"
    if any(e.is_absurd and e.E3 > E3_OF_C for e in errors):
        return "F"
    return "D" if region not in ORDINARY or all(e.half_right for e in errors) else "F"


def worst(grades: Sequence[str]) -> str:
    return max(grades, key=LEVELS.index)


def meets(achieved: str, level: str) -> bool:
    return LEVELS.index(achieved) <= LEVELS.index(level)
