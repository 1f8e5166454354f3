"""What all tests share: a test that takes `loss` runs once for each loss, one that takes `form` once for each shipped format.

Of those that are marked `sampled` three losses are asked (of the names that the mark holds, or of all), others for each property, and
those that are marked `whole` are left out: unless LOSSREF_WHOLE_SUITE is set. LOSSREF_WHOLE_SUITE=1::2 asks every other loss, from the
second on for one property and from the first for another.
"""

import pytest
import share

from lossref import catalog, golden
from lossref.formats import FORMATS

SAMPLED = 3  # losses: the catalogue may grow, and the time that a newcomer waits may not


def pytest_generate_tests(metafunc):
    if "loss" in metafunc.fixturenames:
        names = catalog.names()
        if mark := metafunc.definition.get_closest_marker("sampled"):
            names = mark.args[0] if mark.args else names
            first, every = share.asked() or (0, -(-len(names) // SAMPLED))
            names = names[(sum(metafunc.function.__name__.encode()) + first) % every :: every]
        metafunc.parametrize("loss", [catalog.get(name) for name in names], ids=lambda loss: loss.name)
    if "form" in metafunc.fixturenames:
        metafunc.parametrize("form", [FORMATS[name] for name in golden.SHIPPED_FORMATS], ids=lambda form: form.name)


def pytest_collection_modifyitems(config, items):
    if share.asked():
        return
    left_out = [item for item in items if item.get_closest_marker("whole")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not item.get_closest_marker("whole")]


@pytest.fixture
def listed():
    """Fail with all misses, worst first; pass when there are none."""

    def check(misses, heading="misses, worst first"):
        if misses:
            lines = [str(miss) for miss in misses[:40]]
            pytest.fail(f"{len(misses)} {heading}:\n  " + "\n  ".join(lines), pytrace=False)

    return check
