"""Wrong implementations are caught at level B, correct ones never flagged; and what usual gradient checks say of them."""

import numpy as np
import pytest
from corpus import IMPLEMENTATIONS

from lossref import catalog, golden
from lossref.formats import FORMATS
from lossref.judge.grades import meets
from lossref.judge.verdict import judge
from lossref.targets import Implementation

CORRECT = [i for i in IMPLEMENTATIONS if i.kind == "good"]
FRAMEWORK = [i for i in IMPLEMENTATIONS if i.kind == "framework"]
WRONG = [i for i in IMPLEMENTATIONS if i.kind in ("textbook", "broken")]


def name_of(implementation):
    return f"{implementation.loss}-{implementation.name}"


def grades(implementation, form):
    """The headline grade of each part that the implementation offers."""
    loss = catalog.get(implementation.loss)
    parts = {part: f for part in ("value", "gradient") if (f := getattr(implementation, part))}
    verdict = judge(loss, Implementation(parts=parts, line=lambda *_: ""), golden.read(loss, form), form)
    assert not verdict.broke, verdict.broke
    return {part: found.headline() for part, found in verdict.parts.items()}


def test_there_are_enough_mutants_of_every_loss(loss):
    assert len(WRONG) >= 40
    assert len({name_of(i) for i in IMPLEMENTATIONS}) == len(IMPLEMENTATIONS)
    assert sum(i.loss == loss.name for i in WRONG) >= 4
    assert any(i.loss == loss.name for i in CORRECT)
    assert all(i.why for i in WRONG)


@pytest.mark.parametrize("wrong", WRONG, ids=name_of)
@pytest.mark.parametrize("format_name", golden.SHIPPED_FORMATS)
def test_every_mutant_is_caught_at_level_b(wrong, format_name):
    found = grades(wrong, FORMATS[format_name])
    assert not all(meets(g, "B") for g in found.values()), f"{wrong.why}: graded {found}"


@pytest.mark.parametrize("correct", CORRECT, ids=name_of)
@pytest.mark.parametrize("format_name", golden.SHIPPED_FORMATS)
def test_correct_implementations_are_never_flagged(correct, format_name):
    found = grades(correct, FORMATS[format_name])
    assert all(meets(g, "B") for g in found.values()), found


@pytest.mark.parametrize("framework", FRAMEWORK, ids=name_of)
def test_what_frameworks_ship_loses_tails_but_no_more(framework):
    found = grades(framework, FORMATS["float64"])
    assert "C" in found.values() or all(meets(g, "B") for g in found.values())


def passes_gradient_check(implementation, loss):
    """The usual check: central differences of the implementation's own value (or of the right one) at 200 moderate points."""
    rng = np.random.default_rng(2)
    arrays = {}
    for name, space in loss.arguments.items():
        shape = (200, 3) if space.rank else (200,)
        if space.label_of:
            arrays[name] = rng.integers(0, 3, 200)
        elif space.values:
            arrays[name] = rng.choice(space.values, 200)
        else:  # a little inside of finite ends
            low = space.low + 0.1 if np.isfinite(space.low) else -3
            high = space.high - 0.1 if np.isfinite(space.high) else 3
            arrays[name] = rng.uniform(low, high, shape)
        if space.sums_to_one:
            arrays[name] /= arrays[name].sum(axis=1, keepdims=True)
    value = implementation.value or loss.value
    first, h = loss.differentiable, 1e-6
    slope = implementation.gradient(**arrays)
    for i in range(arrays[first].shape[1] if arrays[first].ndim > 1 else 1):
        step = np.zeros_like(arrays[first])
        step[..., i] = h
        if arrays[first].ndim == 1:
            step[:] = h
        up, down = (np.asarray(value(**{**arrays, first: arrays[first] + s * step}), float) for s in (1, -1))
        numeric = (up - down) / (2 * h)
        mine = slope[:, i] if arrays[first].ndim > 1 else slope
        if not np.all(np.abs(mine - numeric) <= 1e-5 + 1e-3 * np.abs(numeric)):
            return False
    return True


def test_a_gradient_check_passes_many_of_them():
    with np.errstate(all="ignore"):
        fooled = [i for i in WRONG if i.gradient and passes_gradient_check(i, catalog.get(i.loss))]
    print(f"{len(fooled)} of {sum(bool(i.gradient) for i in WRONG)} wrong gradients pass:", [name_of(i) for i in fooled])
    assert len(fooled) >= 12
