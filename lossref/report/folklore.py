"""A known-bad formula and what it gets wrong as plain data: what --json prints and what the pages are made of."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from decimal import Context, Decimal
from typing import Any

import numpy as np

from lossref.formats import FLOAT64, Rounded
from lossref.judge import outcome
from lossref.mutants.judging import LENIENT, Finding
from lossref.mutants.record import Mutant
from lossref.report.finding import described as described_number
from lossref.report.finding import number

MANY = 8  # numbers of an input that are written out


def described(record: Mutant) -> dict[str, Any]:
    return {
        "id": record.id,
        "rows": list(record.sources),
        "printed": record.printed,
        "kind": record.fails,
        "loss": record.loss,
        "part": record.part,
        "claim": record.claim,
        "fault": record.why,
    }


def facts(finding: Finding) -> dict[str, Any]:
    """All that judging found, as JSON has it; the answer to one example is not a list of one."""
    record, got, exact, nearest = finding.record, finding.got, finding.exact, finding.nearest
    if exact.shape[:1] == (1,) and (got is None or got.shape == exact.shape):
        got, exact, nearest = None if got is None else got[0], exact[0], nearest[0]
    return described(record) | {
        "inputs": _inputs(record),
        "got": finding.raised if got is None else _plain(got, number),
        "exact": _plain(nearest, number),
        "exact_digits": _plain(exact, _digits),
        "wrong": finding.wrong,
        "grade": finding.grade,
        "caught": finding.caught,
        "passes": {name: finding.passes(name) for name in LENIENT},
        "right": record.right_call,
    }


def worst_vector(found: Finding) -> dict[str, Any] | None:
    """The worst golden vector of the check, if it judged any."""
    if found.verdict is None or found.verdict.broke:
        return None
    worst = found.verdict.parts[found.record.part].worst_outcomes()[0]
    facts = described_number(outcome.Finding(worst, worst.worst_component), FLOAT64)
    exact, got = facts["exact"], facts["got"]
    return {
        **{name: facts[name] for name in ("id", "region", "reason", "inputs", "label")},
        "got": got if isinstance(got, str) else got["decimal"],
        "exact": [end["decimal"] for end in exact] if isinstance(exact, list) else exact["decimal"],
    }


def _inputs(record: Mutant) -> dict[str, Any]:
    """The smallest counterexample as the code is given it, or the one example that its batch holds."""
    if record.inputs is None and len(record.question) == 1:
        return {name: list(x) if isinstance(x, tuple) else x for name, x in record.question[0].items()}
    given = record.given.items()
    return {name: _plain(x, number) if np.size(x) <= MANY else f"{np.size(x)} times {np.ravel(x)[0]}" for name, x in given}


def _plain(numbers: Any, shown: Callable[[Any], Any]) -> Any:
    """Lists of numbers, or one number."""
    if np.ndim(numbers):
        return [_plain(row, shown) for row in numbers]
    return shown(numbers.item() if isinstance(numbers, (np.ndarray, np.generic)) else numbers)


def _digits(x: Rounded) -> str:
    """17 significant digits of an exact answer."""
    digits = Context(prec=17)
    return str(x) if isinstance(x, float) else f"{digits.divide(Decimal(x.numerator), Decimal(x.denominator)):g}"


def code(record: Mutant) -> str:
    return inspect.getsource(record.code).rstrip()
