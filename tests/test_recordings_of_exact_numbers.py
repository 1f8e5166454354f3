"""Recordings say what the jets do of formulas in no order, at points where much of them is known exactly, or cancels."""

import random
from dataclasses import replace

import pytest

from lossref import catalog
from lossref.exact import example
from lossref.exact.numbers import NoAnswerError
from lossref.exact.traced import DisagreementError
from lossref.formats import FLOAT64

SQUARED_ERROR = catalog.get("squared_error")
POINTS = (0.0, 0.25, 1.0, 2.0, 4.0, 9.0, -1.0, 0.1)
FORMULAS, PARTS = 400, 8


def formula(draw, depth):
    """A formula as a function of the number system and two variables."""
    if depth == 0:
        leaf = draw.choice(("x", "y", "x", "y", 0, 1, 2, 3, -1, -2, 0.5))
        return lambda m, x, y: {"x": x, "y": y}.get(leaf, leaf if isinstance(leaf, str) else m.lift(leaf))
    a, b, c = formula(draw, depth - 1), formula(draw, draw.randrange(depth)), formula(draw, draw.randrange(depth))
    return draw.choice((
        lambda *at: a(*at) + b(*at), lambda *at: a(*at) - b(*at), lambda *at: a(*at) * b(*at), lambda *at: a(*at) / b(*at),
        lambda *at: a(*at) ** 2, lambda *at: at[0].exp(a(*at)), lambda *at: at[0].log(a(*at)), lambda *at: at[0].sqrt(a(*at)),
        lambda *at: at[0].sum((a(*at), b(*at), c(*at))),
    ))  # fmt: skip


def answer(loss, values):
    try:
        return repr(example.of_example(loss, values, FLOAT64, True, keep=False))
    except (NoAnswerError, DisagreementError) as error:
        return type(error).__name__


@pytest.mark.parametrize("part", range(PARTS))
def test_recordings_and_jets_agree(part, monkeypatch, listed):
    recorded, misses, told = example.answered, [], 0
    for seed in range(part, FORMULAS, PARTS):
        draw = random.Random(seed)
        found = formula(draw, draw.randrange(2, 6))
        loss = replace(SQUARED_ERROR, definition=lambda m, prediction, target, found=found: m.lift(found(m, prediction, target)))
        values = {name: draw.choice(POINTS) for name in loss.arguments}
        ours = recorded(loss, values, FLOAT64, keep=False)
        told += ours is not None
        monkeypatch.setattr(example, "answered", lambda *_, **__: None)
        theirs = answer(loss, values)
        monkeypatch.setattr(example, "answered", recorded)
        # What is multiplied by 0 is not recorded, and may have no value.
        if ours is not None and theirs not in (repr(ours), "NoValueError"):
            misses.append(f"{seed} at {values}: {ours} by recordings, and {theirs}")
    assert told > FORMULAS / PARTS / 3
    listed(misses)
