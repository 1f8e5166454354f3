"""The golden vectors look where losses break: every region, every reason, every size and parameter."""

import math

from subtraction import subtracts

from lossref import catalog, golden
from lossref.formats import FLOAT64
from lossref.points import reasons


def test_every_hard_point_is_there(loss, form, listed):
    flags = {v.flag for v in golden.read(loss, form)}
    listed(sorted({hard.flag for hard in loss.hard} - flags), "hard points without a vector")
    assert flags <= set(reasons(loss))


def test_tails_and_cancellation_in_plenty(loss, form):
    regions = [v.region for v in golden.read(loss, form)]
    assert regions.count("tail") >= 20
    assert regions.count("cancellation") >= 12 or not subtracts(loss)
    assert regions.count("ordinary") >= 20


def test_kinks_have_boxes_on_and_beside_them(loss, form):
    boxed = [v for v in golden.read(loss, form) if v.box]
    if any(v.gradient is None for v in boxed):
        assert sum(v.gradient is None for v in boxed) >= 1
        assert sum(v.gradient is not None for v in boxed) >= 4
        assert {v.region for v in boxed} <= {"kink", "range"}  # beside 0 lie subnormal numbers


def test_losses_with_corners_have_boxes_and_smooth_ones_have_none():
    cornered = {name for name in catalog.names() if any(v.gradient is None for v in golden.read(catalog.get(name), FLOAT64))}
    assert {"hinge", "absolute_error"} <= cornered
    assert not {"huber", "squared_error", "softmax_cross_entropy"} & cornered


def test_vector_losses_come_in_several_sizes(loss, form):
    if loss.arguments[loss.differentiable].rank:
        sizes = {len(v.arguments[loss.differentiable]) for v in golden.read(loss, form)}
        assert {1, 2, 3, 5, 64} <= sizes


def test_parameters_leave_their_defaults_in_every_region(loss, form):
    for name, parameter in loss.parameters.items():
        for region in ("option", "tail", "cancellation"):
            found = [v.parameters[name] for v in golden.read(loss, form) if v.region == region]
            others = set(found) - {parameter.default}
            assert len(others) >= min(2, len(parameter.grid) - 1) or not found, (name, region)


def test_nothing_stored_overflows(loss, form, listed):
    def fields(v):
        return (v.value_K, *v.gradient_K, v.value_S, v.gradient_S, v.hessian_S)

    listed([v.id for v in golden.read(loss, form) if not all(math.isfinite(x) for x in fields(v))])


def test_nan_and_infinity_are_special(loss, form, listed):
    vectors = golden.read(loss, form)
    assert any(v.flag == "nan" for v in vectors)
    listed([v.id for v in vectors if math.isnan(v.value) and v.region != "special"], "NaN answers at ordinary inputs")
