"""The hunt, in small: extreme numbers to every public function end in answers or documented errors, soon, in little memory."""

import numpy as np
import pytest

import lossref
from scripts import hunt

CALLS = 250


@pytest.mark.whole
def test_a_sample_of_extreme_calls_ends(listed):
    found = [row for row in hunt.hunted(2026, range(CALLS)) if row["finding"]]
    listed([f"python scripts/hunt.py --seed 2026 --only {row['number']}: {row['ended']}: {row['call']}" for row in found])


def test_a_call_is_the_same_each_time():
    assert [hunt.drawn(7, k).text for k in range(40)] == [hunt.drawn(7, k).text for k in range(40)]
    assert [hunt.drawn(7, k).text for k in range(40)] != [hunt.drawn(8, k).text for k in range(40)]


def endless():
    while True:
        pass


def at_a_lower_level():
    return 3 ** (3**19)  # one operation of C that takes minutes and never asks Python


def greedy():
    return bytearray(hunt.MEMORY * 2)


def undocumented():
    raise ZeroDivisionError("nobody said so")


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # where this process has threads
@pytest.mark.parametrize(("function", "ending"), [
    (endless, "more than 0.5 s of the processor"), (at_a_lower_level, "more than 0.5 s of the processor"),
    (greedy, "MemoryError: "), (undocumented, "ZeroDivisionError: nobody said so"), (list, "answer"),
])  # fmt: skip
def test_the_hunt_finds_what_does_not_end(monkeypatch, function, ending):
    """In a worker that is forked, so that it draws what this test draws."""
    monkeypatch.setattr(hunt, "drawn", lambda seed, number: hunt.Call("own", function, (), {}, 0.5))
    monkeypatch.setattr(hunt, "START_METHOD", "fork")
    (row,) = hunt.hunted(0, [1])
    assert row["ended"] == ending
    assert row["finding"] == (ending != "answer")


def test_no_example_at_all_ends(loss):
    shapes = {name: (0, *(2 for _ in space.axes)) for name, space in loss.arguments.items()}
    arguments = {name: np.zeros(shape, np.int64 if loss.arguments[name].label_of else float) for name, shape in shapes.items()}
    value, gradient = lossref.value_and_gradient(loss, **arguments)
    assert value.shape == (0,)
    assert all(np.size(slopes) == 0 for slopes in (gradient if isinstance(gradient, tuple) else (gradient,)))
