"""What no documentation says is asked of no library: here told by NumPy, example by example and in whole calls."""

import numpy as np
import pytest

from lossref import catalog, golden
from lossref.formats import FLOAT64
from lossref.implementations.adapters._undocumented import undirected


@pytest.mark.parametrize("name", ["cosine_embedding", "cosine_distance", "ntxent"])
def test_a_vector_of_zeros_has_no_direction(name):
    loss = catalog.get(name)
    vectors = [argument for argument, space in loss.arguments.items() if space.rank]
    told = set()
    for question in (v.question for v in golden.read(loss, FLOAT64)):
        has = any((np.asarray(question.inputs[argument]) == 0).all(axis=-1).any() for argument in vectors)
        assert bool(undirected(question)) == has, question.id
        told.add((has, question.is_call))
    assert told >= {(True, False), (False, False)}
