"""The pytest plugin's door: its options, and the suite made only when asked for, so that nobody else's run loads lossref.

It stands outside the package because importing any module of it imports NumPy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

SUITE = "lossref.conformance"
LEVELS = ("A+", "A", "B", "C", "D", "F")  # a test holds them to lossref.judge.measure
DEFAULT_LEVEL = "B"  # and this


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("lossref", "lossref: pytest --pyargs lossref.conformance --lossref-implementation my.module:losses")
    group.addoption("--lossref-implementation", metavar="NAME", help="module:attribute, or a library's name, as for `lossref check`")
    group.addoption("--lossref-definition", metavar="FILE", help="judge by the loss of your own that this file defines")
    group.addoption("--lossref-level", choices=LEVELS, default=DEFAULT_LEVEL, help=f"the least grade that passes ({DEFAULT_LEVEL})")
    group.addoption("--lossref-format", action="append", metavar="FORMAT", help="float64 (unless said otherwise) or float32, or both")
    group.addoption("--lossref-loss", action="append", metavar="LOSS", help="only this loss (may be repeated, or several with commas)")


def pytest_configure(config: pytest.Config) -> None:
    if any(argument.partition("::")[0] == SUITE for argument in config.args):
        from lossref import pytest_plugin

        pytest_plugin.configure(config)


def pytest_pycollect_makemodule(module_path: Path, parent: Any) -> Any:
    if module_path.parts[-2:] != ("lossref", "conformance.py"):
        return None
    from lossref import pytest_plugin

    return pytest_plugin.suite(module_path, parent)
