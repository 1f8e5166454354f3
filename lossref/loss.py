"""Every loss of the catalogue as a function: `from lossref import loss; loss.huber(3.0, 0.0, delta=2.0, reduction="mean")`.

Each has its `gradient`, its `value_and_gradient`, its `hessian` where it has one, and its exact answers by `oracle`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from lossref import catalog, typed

__all__ = list(catalog.names())


def __getattr__(name: str) -> Callable[..., Any]:
    if name not in catalog.names():
        raise AttributeError(f"no loss is called {name!r}; {catalog.suggestion(name)}")
    return _function(name)


def __dir__() -> list[str]:
    return sorted(catalog.names())


@cache
def _function(name: str) -> Callable[..., Any]:
    return typed.function(catalog.get(name))
