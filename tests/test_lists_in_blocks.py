"""Losses of pairs take a list in blocks: memory stays small, and the answer is the one that a single block gives."""

import tracemalloc

import numpy as np
import pytest

import lossref
from lossref import catalog, widths
from lossref.float64 import lists

PAIRED = [name for name in catalog.names() if widths.takes_pairs(catalog.get(name))]
PARTS = ("value", "gradient", "hessian")


def batch(name, items):
    draw, (_, *marks) = np.random.default_rng(7), catalog.get(name).arguments.values()

    def marked(space):
        return draw.integers(0, items, (2, items)) if space.kind == "rank" else draw.integers(0, 2, (2, items)).astype(float)

    return draw.normal(size=(2, items)), *map(marked, marks)


def test_some_losses_take_pairs():
    assert {"pairwise_logistic", "multilabel_margin", "label_ranking"} <= set(PAIRED)


@pytest.mark.parametrize("name", PAIRED)
@pytest.mark.parametrize("pairs", [1, 37, 1000])
def test_blocks_give_what_one_block_gives(name, pairs, monkeypatch):
    loss, given = catalog.get(name), batch(name, 29)
    parts = [part for part in PARTS if getattr(loss, part)]
    whole = [getattr(lossref, part)(name, *given) for part in parts]
    monkeypatch.setattr(lists, "PAIRS", pairs)
    for part, expected in zip(parts, whole, strict=True):
        found = getattr(lossref, part)(name, *given)
        # A slope's sum is in one block; a value is a sum of positive sums, each rounded once.
        assert np.array_equal(found, expected) if part != "value" else np.allclose(found, expected, rtol=2.0**-52, atol=0), part


@pytest.mark.whole
@pytest.mark.parametrize("name", PAIRED)
def test_memory_does_not_grow_with_the_square(name):
    given = batch(name, 1500)  # 4.5 million pairs, of 36 MB for each number of a pair
    tracemalloc.start()
    lossref.value_and_gradient(name, *given)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 60 << 20, f"{most >> 20} MiB"


@pytest.mark.parametrize("name", PAIRED)
def test_a_row_is_summed_alike_alone_and_among_many(name, monkeypatch):
    monkeypatch.setattr(lists, "PAIRS", 100)
    given = batch(name, 29)
    for k in range(2):
        alone = lossref.value(name, *(x[k : k + 1] for x in given))
        assert alone[0] == lossref.value(name, *(np.concatenate([x] * 5) for x in given))[k]
