"""The folder `losses/` is the list of losses; nothing else imports one."""

from __future__ import annotations

import difflib
from functools import cache
from importlib import import_module
from pathlib import Path

from lossref.spec import Loss

_FOLDER = Path(__file__).parent / "losses"


@cache
def names() -> tuple[str, ...]:
    """All losses, family by family."""
    return tuple(_modules())


@cache
def get(name: str) -> Loss:
    """The loss of that name; KeyError suggests the nearest names."""
    if name not in _modules():
        near = difflib.get_close_matches(name, names(), n=3)
        raise KeyError(f"no loss is called {name!r}; " + (f"did you mean {', '.join(near)}?" if near else "`lossref list` has them all"))
    loss: Loss = import_module(_modules()[name]).LOSS
    if loss.name != name:
        raise ImportError(f"{_modules()[name]} defines {loss.name!r}; a loss and its file carry one name")
    return loss


@cache
def _modules() -> dict[str, str]:
    files = sorted(_FOLDER.glob("*/[!_]*.py"))
    return {file.stem: f"lossref.losses.{file.parent.name}.{file.stem}" for file in files}
