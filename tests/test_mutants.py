"""Wrong implementations are caught at level B, right ones never flagged; and what usual gradient checks say of them is as they claim."""

import os
from pathlib import Path

import numpy as np
import pytest

import lossref
from lossref import catalog, golden
from lossref.formats import FLOAT64
from lossref.judge.measure import meets
from lossref.judge.verdict import judge
from lossref.mutants import mutants, of_loss

FOLDERS = [Path(lossref.__file__).parent / name for name in ("losses", "mutants")]
JUDGED = [mutant for mutant in mutants() if mutant.judged]
RIGHT = [mutant for mutant in JUDGED if mutant.kind == "right"]
FRAMEWORK = [mutant for mutant in JUDGED if mutant.kind == "framework"]
WRONG = [mutant for mutant in JUDGED if mutant.is_wrong]


def name_of(mutant):
    return f"{mutant.loss}-{mutant.name}"


def grades(mutant, form, step=1):
    """The headline grade of each part that the mutant has, on all golden vectors or on every one of some."""
    loss = catalog.get(mutant.loss)
    verdict = judge(loss, mutant.implementation(), golden.read(loss, form)[::step], form)
    assert not verdict.broke, verdict.broke
    return {part: found.headline() for part, found in verdict.parts.items()}


def is_flagged(found):
    return not all(meets(grade, "B") for grade in found.values())


def test_there_are_enough_mutants_of_every_loss(loss):
    found = [mutant for mutant in of_loss(loss.name) if mutant.judged]
    assert sum(mutant.is_wrong for mutant in found) >= 4
    assert any(mutant.kind == "right" for mutant in found)
    assert all(mutant.why and mutant.formulas for mutant in found)


def test_a_file_has_the_mutants_of_the_loss_that_it_is_called_after(loss):
    assert {mutant.loss for mutant in of_loss(loss.name)} == {loss.name}
    assert len({mutant.name for mutant in of_loss(loss.name)}) == len(of_loss(loss.name))


def test_the_files_stand_in_the_same_folders_as_the_losses():
    names = {path.relative_to(folder) for folder in FOLDERS for path in folder.glob("*/*.py")}
    assert all((folder / name).is_file() for folder in FOLDERS for name in names)


@pytest.mark.sampled
def test_every_mutant_is_caught_at_level_b(loss, form, listed):
    """Each in one format by turns; in both where the whole suite is asked for."""
    missed, first = [], form is FLOAT64
    for k, wrong in enumerate(mutant for mutant in of_loss(loss.name) if mutant.judged and mutant.is_wrong):
        turn = (k + first) % 2 or os.environ.get("LOSSREF_WHOLE_SUITE")
        if turn and not is_flagged(grades(wrong, form, step=6)):  # what is flagged on some vectors is flagged on all
            found = grades(wrong, form)
            missed += [] if is_flagged(found) else [f"{wrong.name}: {wrong.why}: graded {found}"]
    listed(missed)


@pytest.mark.sampled
@pytest.mark.whole
def test_right_implementations_are_never_flagged(loss, form, listed):
    found = {right.name: grades(right, form, step=2 if form is FLOAT64 else 4) for right in RIGHT if right.loss == loss.name}
    listed([(name, of_each) for name, of_each in found.items() if is_flagged(of_each)])


@pytest.mark.sampled(sorted({mutant.loss for mutant in FRAMEWORK}))
def test_what_frameworks_ship_loses_tails_but_no_more(loss, listed):
    found = {framework.name: grades(framework, FLOAT64) for framework in FRAMEWORK if framework.loss == loss.name}
    listed([(name, of_each) for name, of_each in found.items() if is_flagged(of_each) and not {"C", "D"} & set(of_each.values())])


def moderate(loss):
    """200 moderate points; every axis of an example has length 3."""
    rng = np.random.default_rng(2)
    arrays = {}
    for name, space in loss.arguments.items():
        shape = (200, *(3 for _ in space.axes))
        if space.label_of:
            arrays[name] = rng.integers(0, 3, shape)
        elif space.choices:
            arrays[name] = rng.choice(space.choices, shape)
        else:  # a little inside of finite ends
            low = space.low + 0.1 if np.isfinite(space.low) else -3
            high = space.high - 0.1 if np.isfinite(space.high) else 3
            arrays[name] = rng.uniform(low, high, shape)
        if space.sums_to_one:
            arrays[name] /= arrays[name].sum(axis=-1, keepdims=True)
    return arrays


def passes_gradient_check(mutant, loss):
    """The usual check: central differences of the mutant's own value (or of the right one)."""
    arrays, parts, h = moderate(loss), mutant.implementation().parts, 1e-6
    value, slopes = parts.get("value", loss.value), parts["gradient"](**arrays)
    for name, mine in zip(loss.differentiable, slopes if isinstance(slopes, tuple) else (slopes,), strict=True):
        for i in np.ndindex(arrays[name].shape[1:]):
            step = np.zeros_like(arrays[name])
            step[:, *i] = h
            up, down = (np.asarray(value(**{**arrays, name: arrays[name] + s * step}), float) for s in (1, -1))
            numeric = (up - down) / (2 * h)
            if not np.all(np.abs(mine[:, *i] - numeric) <= 1e-5 + 1e-3 * np.abs(numeric)):
                return False
    return True


@pytest.mark.sampled
def test_a_gradient_check_passes_those_that_claim_it(loss, listed):
    with np.errstate(all="ignore"):
        found = [(m, "gradient" in m.formulas and passes_gradient_check(m, loss)) for m in of_loss(loss.name) if m.judged]
    listed([f"{mutant.name}: {passes}" for mutant, passes in found if passes != mutant.passes_gradcheck])


def test_a_gradient_check_passes_most_wrong_gradients():
    wrong = [mutant for mutant in WRONG if "gradient" in mutant.formulas]
    assert sum(mutant.passes_gradcheck for mutant in wrong) > len(wrong) / 2
