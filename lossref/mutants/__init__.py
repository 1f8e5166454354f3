"""Wrong implementations as runnable code, and right ones beside them: one file a loss, found in the folder of its family."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from lossref.mutants.record import Mutant

__all__ = ["Mutant", "folklore", "mutants", "of_loss"]


@cache
def mutants() -> tuple[Mutant, ...]:
    """All of them, family by family."""
    return tuple(mutant for name in _modules() for mutant in of_loss(name))


@cache
def of_loss(name: str) -> tuple[Mutant, ...]:
    """Those of one loss; none of a loss of somebody's own."""
    found: tuple[Mutant, ...] = import_module(_modules()[name]).MUTANTS if name in _modules() else ()
    return found


@cache
def folklore() -> tuple[Mutant, ...]:
    """Those that are told of in print, by their ids."""
    return tuple(sorted((mutant for mutant in mutants() if mutant.id), key=lambda mutant: mutant.id))


@cache
def _modules() -> dict[str, str]:
    files = sorted(Path(__file__).parent.glob("*/[!_]*.py"))
    return {file.stem: f"{__name__}.{file.parent.name}.{file.stem}" for file in files}
