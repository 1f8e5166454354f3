"""The digests of exact answers that are committed: of every loss that can be swept, and those of a sample made anew."""

import pytest
import write_sweeps

from lossref import catalog
from lossref.sweeps.run import committed

QUICK = ("softplus", "zero_one")


def test_every_loss_of_single_numbers_is_there():
    known = {title.partition(" along ")[0] for title in committed()}
    scalar = {name for name in catalog.names() if not any(space.axes for space in catalog.get(name).arguments.values())}
    assert known == scalar
    assert all(len(exact) == 64 for exact in committed().values())


@pytest.mark.parametrize("name", QUICK)
def test_some_are_made_anew(name):
    tasks = [task for task in write_sweeps.tasks() if task["loss"] == name and task["format"] in ("bfloat16", "float8_e5m2")]
    for title, exact in map(write_sweeps.digest, tasks[-2:]):
        assert committed()[title] == exact, title
