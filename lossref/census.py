"""Which losses other libraries ship, by their own names, and which of ours is each: read from their sources, in census.json.

A library has a title, with the version that was read; its `losses`, which are counted; and names `besides`, of functions and aliases.
Each is the loss of ours that asks it, or several; "loss (remark)" where it is not that loss as it stands. A loss may not be here yet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Named:
    """A loss of ours that a name stands for, and what is to be remarked on that."""

    loss: str
    remark: str = ""

    def __str__(self) -> str:
        return f"{self.loss} ({self.remark})" if self.remark else self.loss


@dataclass(frozen=True)
class Shipped:
    """What a library ships: its losses and other names, each with what it stands for."""

    title: str = ""
    losses: Mapping[str, tuple[Named, ...]] = field(default_factory=dict)
    besides: Mapping[str, tuple[Named, ...]] = field(default_factory=dict)


@cache
def libraries() -> dict[str, Shipped]:
    """By the name of the adapter where there is one, else by that of the package."""
    read = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return {
        library: Shipped(facts.get("title", ""), _named(facts.get("losses", {})), _named(facts.get("besides", {})))
        for library, facts in read.items()
    }


def elsewhere(loss: str) -> dict[str, str]:
    """What other libraries call a loss of ours, with remarks, by library."""
    found: dict[str, list[str]] = {}
    for library, shipped in libraries().items():
        for name, stands_for in (*shipped.losses.items(), *shipped.besides.items()):
            found.setdefault(library, []).extend(f"{name} ({x.remark})" if x.remark else name for x in stands_for if x.loss == loss)
    return {library: ", ".join(names) for library, names in found.items() if names}


def _named(entries: Mapping[str, str | list[str]]) -> dict[str, tuple[Named, ...]]:
    def one(text: str) -> Named:
        loss, _, remark = text.partition(" (")
        return Named(loss, remark.removesuffix(")"))

    return {name: tuple(map(one, [x] if isinstance(x, str) else x)) for name, x in entries.items()}
