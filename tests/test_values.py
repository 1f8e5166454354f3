"""Nested numbers are walked row after row, at any depth, and put back into the same nest."""

import pytest

from lossref.values import filled, flat, mapped, places, plain, replaced, shape

NESTS = [0.5, (), (1,), (1, 2, 3), ((1, 2), (3, 4), (5, 6)), (((1,), (2,)), ((3,), (4,)))]


@pytest.mark.parametrize("x", NESTS, ids=str)
def test_numbers_places_and_the_nest_belong_together(x):
    numbers = flat(x)
    assert filled(x, iter(numbers)) == x
    assert len(list(places(shape(x)))) == len(numbers)
    for place, number in zip(places(shape(x)), numbers, strict=True):
        found = x
        for i in place:
            found = found[i]
        assert found == number
        changed = replaced(x, place, "new")
        assert [a for a, b in zip(numbers, flat(changed), strict=True) if a != b] == [number]
        assert shape(changed) == shape(x)
    assert mapped(lambda y: 2 * y, x) == filled(x, iter([2 * y for y in numbers]))


def test_lists_are_tuples_and_mappings_their_values():
    assert plain([[1, 2], [3]]) == ((1, 2), (3,))
    assert flat({"a": (1, 2), "b": [3, {"c": 4}]}) == [1, 2, 3, 4]
    assert (shape([[1, 2], [3, 4], [5, 6]]), shape(1), shape([])) == ((3, 2), (), (0,))


def test_rows_of_different_lengths_have_no_shape():
    with pytest.raises(ValueError, match=r"rows of different shapes: \(1,\) and \(2,\)"):
        shape([[1, 2], [3]])
