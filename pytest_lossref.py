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
    group.addoption("--lossref-device", default="", metavar="NAME", help="where tensors of torch or jax are put, such as cuda")
    group.addoption("--lossref-level", choices=LEVELS, default=DEFAULT_LEVEL, help=f"the least grade that passes ({DEFAULT_LEVEL})")
    group.addoption("--lossref-format", action="append", metavar="FORMAT", help="float64 (unless said otherwise) or float32, or both")
    group.addoption(
        "--lossref-loss", "--lossref-as", action="append", metavar="LOSS",
        help="only this loss (may be repeated, or several with commas); of a single function which loss it is",
    )
    group.addoption("--lossref-strict", action="store_true", help="count range edges and infinite and NaN inputs too")
    group.addoption(
        "--lossref-convention", action="append", default=[], metavar="'LOSS: SENTENCE'",
        help="judge LOSS as the function that this says (may be repeated); `lossref check --help` has all that can be said",
    )
    group.addoption("--lossref-as-mathematics", action="store_true", help="judge by the formula alone, whatever is declared")
    group.addoption("--lossref-accept-conventions", action="store_true", help="judge a program by what it declares of itself")
    group.addoption("--lossref-same-bits", action="store_true", help="fail where equal inputs get other bits: again, alone, among many")
    group.addoption("--lossref-strict-declarations", action="store_true", help="fail where a convention is declared that moves nothing")
    group.addoption(
        "--lossref-limit", action="append", default=[], metavar="'LOSS: SENTENCE'",
        help="ask LOSS nothing beyond what this says (may be repeated)",
    )
    group.addoption("--lossref-complete", action="store_true", help="fail where anything is declined that was asked")
    group.addoption("--lossref-fresh", metavar="SEED", help="questions drawn and certified now, in place of the golden ones")
    group.addoption("--lossref-count", type=int, metavar="N", help="about so many fresh questions a loss")
    group.addoption("--lossref-sizes", metavar="N,N", help="rows of so many numbers, certified now, in place of the golden vectors")
    group.addoption("--lossref-stored", metavar="FORMAT", help="give inputs in this shorter format, and judge answers in --lossref-format")
    group.addoption("--lossref-waivers", metavar="FILE", help="TOML file of known failures, which are expected then")
    group.addoption("--lossref-today", metavar="DATE", help="the day that expiry dates of waivers are compared with (the system's)")
    group.addoption("--lossref-baseline", metavar="FILE", help="an older recorded run: fail only on what is worse than in it")


def pytest_configure(config: pytest.Config) -> None:
    if any(argument.partition("::")[0] == SUITE for argument in config.args):
        from lossref import pytest_plugin

        pytest_plugin.configure(config)


def pytest_pycollect_makemodule(module_path: Path, parent: Any) -> Any:
    if module_path.parts[-2:] != ("lossref", "conformance.py"):
        return None
    from lossref import pytest_plugin

    return pytest_plugin.suite(module_path, parent)
