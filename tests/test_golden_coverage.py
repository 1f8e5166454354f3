"""The golden vectors look where losses break: every region, every reason, every size and parameter, single examples and calls alike."""

import math
from itertools import chain

import pytest
from asking import parts
from subtraction import compares, subtracts

from lossref import catalog, families, golden
from lossref.formats import FLOAT64
from lossref.options import refusals
from lossref.questions import reasons
from lossref.spaces import lengths
from lossref.spec import SPATIAL
from lossref.values import shape

pytestmark = pytest.mark.sampled


def single(loss, form):
    return [v for v in golden.read(loss, form) if not v.question.is_call]


def calls(loss, form):
    return [v for v in golden.read(loss, form) if v.question.is_call]


def has_interval(v):
    return any(part.interval for part in v.answer.gradient.values())


def is_met(v):
    """At the kink itself: there is no gradient."""
    return any(part.rounded is None for part in v.answer.gradient.values())


def test_every_hard_point_is_there(loss, form, listed):
    flags = {v.question.flag for v in golden.read(loss, form)}
    listed(sorted({hard.flag for hard in families.hard_points(loss)} - flags), "hard points without a vector")
    listed(sorted({hard.flag for hard in loss.hard} - flags), "hard points of its own without a vector")
    assert flags <= set(reasons(loss))


def test_tails_and_cancellation_in_plenty(loss, form):
    regions = [v.region for v in single(loss, form)]
    assert regions.count("tail") >= 20
    assert regions.count("cancellation") >= 12 or not subtracts(loss)
    assert regions.count("ordinary") >= 20


def test_kinks_have_intervals_on_and_beside_them(loss, form):
    found = [v for v in single(loss, form) if has_interval(v)]
    if any(is_met(v) for v in found):
        assert sum(is_met(v) for v in found) >= 1
        assert sum(not is_met(v) for v in found) >= 4 or not compares(loss)
        assert {v.region for v in found} <= {"kink", "range"}  # beside 0 lie subnormal numbers


def test_losses_with_corners_have_intervals_and_smooth_ones_have_none():
    def has_corner(name):
        return any(map(is_met, single(catalog.get(name), FLOAT64)))

    assert all(map(has_corner, ("hinge", "absolute_error", "triplet_margin")))
    assert not any(map(has_corner, ("huber", "squared_error", "softmax_cross_entropy")))


def test_losses_with_corners_have_calls_at_them(loss, form):
    if any(has_interval(v) and is_met(v) for v in single(loss, form)):
        met = [v for v in calls(loss, form) if has_interval(v) and is_met(v)]
        assert {v.question.options["reduction"] for v in met} >= {"none", "mean"} or not loss.is_called


def test_every_axis_comes_in_several_lengths(loss, form):
    """Also in 64, where there is one axis; of several, each in lengths that the others have not. Space has three coordinates at most."""
    seen = {}
    for v in single(loss, form):
        found = lengths(loss.arguments, {name: shape(x) for name, x in v.question.inputs.items()})
        for axis, length in found.items():
            seen.setdefault(axis, set()).add(length)
    wanted = {1, 2, 3, 5, 64} if len(seen) == 1 and seen.keys().isdisjoint(SPATIAL) else {1, 2, 3}
    assert all(found >= wanted for found in seen.values()), seen


def test_parameters_leave_their_defaults_in_every_region(loss, form):
    for name, parameter in loss.parameters.items():
        for region in ("option", "tail", "cancellation"):
            found = [v.question.parameters[name] for v in single(loss, form) if v.region == region]
            others = set(found) - {parameter.default}
            assert len(others) >= min(2, len(parameter.grid) - 1) or not found, (name, region)


def test_parameters_leave_their_defaults_in_calls(loss, form):
    for name, parameter in loss.parameters.items() if loss.is_called else ():
        others = {v.question.options.get(name, parameter.default) for v in calls(loss, form)} - {form.nearest(parameter.default)}
        assert len(others) >= len(set(parameter.grid)) - 1, name


def test_every_option_that_means_something_is_asked_alone(loss, form, listed):
    """Away from its default, in a call whose mean is not over nothing."""
    options = {"denominator", "sample_weight", "mask", "upstream", "class_weight", "label_smoothing", "smoothing", "ignore_index"}
    options |= {"target_form", "pos_weight"}
    wanted = {name for name in options - refusals(loss).keys() if name != "smoothing" or "label_smoothing" not in refusals(loss)}
    asked = set(chain.from_iterable(v.question.call for v in calls(loss, form) if v.question.flag == "one"))
    listed(sorted(wanted - asked) if loss.is_called else [], "options without a call")
    assert loss.is_called == bool(calls(loss, form))


def test_calls_of_smooth_losses_have_hessians(loss, form, listed):
    """As single examples have: wherever no kink is near, and the mean is over something."""
    missing = [v.id for v in calls(loss, form) if not v.answer.hessian and not has_interval(v) and v.question.flag != "left_out"]
    listed(missing if not any(is_met(v) for v in single(loss, form)) and not jumps(loss) else [], "calls without a Hessian")


def jumps(loss):
    """Whether some example has neither a slope nor an interval, or a bend that depends on the side."""
    return any(not v.answer.hessian for v in single(loss, FLOAT64) if v.region != "special")


def test_nothing_stored_overflows(loss, form, listed):
    def fields(v):
        return [x for part in parts(v.answer) for x in (*part.K, *part.S)]

    listed([v.id for v in golden.read(loss, form) if not all(math.isfinite(x) for x in fields(v))])


def test_nan_and_infinity_are_special(loss, form, listed):
    vectors = golden.read(loss, form)
    assert any(v.question.flag == "nan" for v in vectors)
    nothing = [v for v in vectors if v.question.flag == "left_out"]  # a mean over nothing is NaN where that is what was asked for
    wrong = [v.id for v in vectors if any(map(math.isnan, v.answer.value.rounded)) and v.region != "special" and v not in nothing]
    listed(wrong, "NaN answers at ordinary inputs")
    listed([v.id for v in nothing if math.isnan(v.answer.value.rounded[0]) != is_nan_asked_for(v)], "means over nothing that are odd")


def is_nan_asked_for(v):
    """Whether the denominator is 0 and the option for that is NaN, its default."""
    call = v.question.call
    return call["reduction"] == "mean" and "denominator" not in call and call.get("empty", "nan") == "nan"
