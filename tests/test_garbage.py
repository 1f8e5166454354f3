"""Finite garbage is F: among single examples, and among whole calls."""

from dataclasses import replace

import numpy as np
import pytest

from lossref import catalog, golden
from lossref.implementations import resolve
from lossref.judge.verdict import judge

GARBAGE = {"value": lambda y: y * 1e6 - 3, "gradient": lambda y: -7 * y}


@pytest.mark.parametrize("part", GARBAGE)
@pytest.mark.parametrize("name", ["sigmoid_cross_entropy", "softmax_cross_entropy", "squared_error"])
def test_garbage_is_f(name, part, form):
    loss, ours = catalog.get(name), resolve("lossref").implementations[name]

    def garbled(**given):
        return np.asarray(GARBAGE[part](ours.parts[part](**given)))

    vectors = golden.read(loss, form)
    found = judge(loss, replace(ours, parts={part: garbled}), vectors, form).parts[part]
    assert found.headline() == "F"
    assert {found.regions[region] for region in ("ordinary", "reduction")} == {"F"}
    assert set(found.regions.values()) <= {"D", "F"}  # where every slope is tiny beside its terms, minus seven of it leaves half the digits
