"""The script that counts what other checks notice: each notices plain faults, passes what it is known to pass, and right code."""

import numpy as np
import pytest

pytest.importorskip("torch")

from lossref.library import Implementation
from scripts import other_checks


def code(loss, **parts):
    return other_checks.Code("made up", loss, Implementation(parts=parts, line=lambda *_: ""))


def flushed(x):
    """Right at ordinary inputs; nothing is left of its tail."""
    return np.where(x < -30, 0, np.logaddexp(0, x)).astype(x.dtype)


SIGMOID = {"value": lambda x: np.logaddexp(0, x), "gradient": lambda x: 1 / (1 + np.exp(-x))}
FAULTS = {
    "right": (SIGMOID, [False] * 6),
    "flushed": ({"value": flushed}, [False] * 5 + [True]),
    "a gradient a thousandth off": ({"gradient": lambda x: 1.001 / (1 + np.exp(-x))}, [False, True, True, True, False, True]),
    "twice the loss, and its gradient": ({part: lambda x, f=f: 2 * f(x) for part, f in SIGMOID.items()}, [True] * 4 + [False, True]),
    "another function": ({"value": lambda x: np.sin(x)}, [True] * 6),
    "it raises": ({"gradient": lambda x: x[:, None] @ None}, [True] * 6),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_check_notices_what_it_is_known_to(fault):
    parts, expected = FAULTS[fault]
    found = [other_checks.noticed(code("softplus", **parts), check) for check in other_checks.CHECKS.values()]
    assert found == expected


def test_the_table_counts_by_kind_and_check():
    totals, found = other_checks.measured([code("softplus", value=flushed), code("relu", value=lambda x: np.maximum(x, 0))])
    head, *body = other_checks.rows(totals, found)
    assert head[1:] == ("made up, of 2",)
    assert [line[1] for line in body] == ["0"] * 5 + ["1"]


def test_the_points_lie_in_the_domain_and_are_not_drawn_anew(loss):
    pairs = zip(other_checks.usual(loss, 20), other_checks.usual(loss, 20), strict=True)
    for given, again in pairs:
        for name, space in loss.arguments.items():
            np.testing.assert_array_equal(given[name], again[name])
            kept = given[name] if "ignore_index" not in given or not space.label_of else given[name][given[name] != -100]
            assert space.contains(kept, precision=53, classes=other_checks.WIDTH).all()
