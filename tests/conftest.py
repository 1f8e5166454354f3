"""What all tests share: a test that takes `loss` runs once for each loss, one that takes `form` once for each shipped format."""

import pytest

from lossref import catalog, golden
from lossref.formats import FORMATS


def pytest_generate_tests(metafunc):
    if "loss" in metafunc.fixturenames:
        metafunc.parametrize("loss", [catalog.get(name) for name in catalog.names()], ids=lambda loss: loss.name)
    if "form" in metafunc.fixturenames:
        metafunc.parametrize("form", [FORMATS[name] for name in golden.SHIPPED_FORMATS], ids=lambda form: form.name)


@pytest.fixture
def listed():
    """Fail with all misses, worst first; pass when there are none."""

    def check(misses, heading="misses, worst first"):
        if misses:
            lines = [str(miss) for miss in misses[:40]]
            pytest.fail(f"{len(misses)} {heading}:\n  " + "\n  ".join(lines), pytrace=False)

    return check
