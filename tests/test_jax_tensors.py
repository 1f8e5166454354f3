"""Losses of JAX arrays as strangers write them, operation by operation and compiled."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
import strangers

pytestmark = pytest.mark.skipif(not find_spec("jax"), reason="JAX is not installed here")

THEIRS = '''
import jax
import jax.numpy as jnp


def at_ties(logits, target):
    """Right but at 0, where the slopes of maximum and abs are those of other pieces."""
    return jnp.mean(jnp.maximum(logits, 0) - logits * target + jnp.log1p(jnp.exp(-jnp.abs(logits))))


def one_example(logits, target):
    return -jax.nn.log_softmax(logits)[target]


def huber_loss(x, y, delta=1.0):
    r = jnp.abs(x - y)
    return jnp.where(r <= delta, r**2 / 2, delta * (r - delta / 2))


@jax.jit
def squared(x, y):
    return (x - y) ** 2
'''
CASES = {
    "a mean, wrong at a tie": ("mine_jax.py:at_ties --as sigmoid_binary_cross_entropy", "B", "F"),
    "one example at a time": ("mine_jax.py:one_example --as softmax_cross_entropy", "C", "C"),
    "the name says it, with an option": ("mine_jax.py:huber_loss", "B", "A"),
    "compiled by its author": ("mine_jax.py:squared --as squared_error", "B", "A+"),
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    with strangers.folder(tmp_path, monkeypatch, {"mine_jax.py": THEIRS}):
        yield


@pytest.mark.parametrize("door", ["jax", "jit"])
@pytest.mark.parametrize("name", CASES)
def test_a_strangers_loss_is_judged_by_one_short_command(name, door, capsys):
    typed, value, gradient = CASES[name]
    found = strangers.report(capsys, f"{door}:{typed}")
    assert {part: found["parts"][part]["grade"] for part in found["parts"]} == {"value": value, "gradient": gradient}, found["remarks"]
