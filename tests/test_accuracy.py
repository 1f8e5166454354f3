"""Our float64 code is grade B or better on every golden vector, range edges and special inputs included."""

import pytest

from lossref import golden
from lossref.judge.grades import meets
from lossref.judge.verdict import judge
from lossref.targets import resolve

TARGET = resolve("lossref")

# What is attainable in plain float64, in ulps of the exact answer: worst E1 outside the range and special columns.
# (Values and slopes that are differences of rounded inputs answer to E2 alone; they are absent here.)
ATTAINABLE = {
    ("squared_error", "value"): 2,
    ("squared_error", "gradient"): 1,
    ("absolute_error", "value"): 1,
    ("absolute_error", "gradient"): 0,
    ("huber", "value"): 2,
    ("huber", "gradient"): 1,
    ("hinge", "value"): 1,
    ("hinge", "gradient"): 0,
    ("binary_cross_entropy", "value"): 2,
    ("binary_cross_entropy", "gradient"): 2,
    ("sigmoid_cross_entropy", "value"): 2,
    ("softmax_cross_entropy", "value"): 2,
    ("kl_divergence", "gradient"): 1,
    **{(name, part): 2 for name in ("sigmoid", "log_sigmoid", "softplus", "tanh", "log1mexp", "exponential", "logistic")
       for part in ("value", "gradient")},
    **{(name, part): 2 for name in ("xlogy", "relu", "negative_log_likelihood", "zero_one", "perceptron", "half_squared_error")
       for part in ("value", "gradient")},
    **{(name, "value"): 2 for name in ("softmax", "log_softmax", "categorical_cross_entropy", "soft_target_cross_entropy")},
}


@pytest.mark.parametrize("part", ["value", "gradient", "hessian"])
def test_grade_b_everywhere(loss, part, form, listed):
    verdict = judge(loss, TARGET.implementations[loss.name], golden.read(loss, form), form)
    assert not verdict.broke
    assert set(verdict.parts) == {"value", "gradient", *(["hessian"] if loss.hessian else [])}
    if part in verdict.parts:
        found = verdict.parts[part]
        print(f"{loss.name} {part} {form.name}: worst E1 {found.E1:.3g}")
        listed([o for o in found.worst_outcomes(strict=True) if not meets(o.grade, "B")])


@pytest.mark.parametrize(("name", "part"), ATTAINABLE, ids="-".join)
def test_worst_error_in_ulps(name, part):
    from lossref import catalog
    from lossref.formats import FLOAT64

    loss = catalog.get(name)
    verdict = judge(loss, TARGET.implementations[name], golden.read(loss, FLOAT64), FLOAT64)
    assert ATTAINABLE[name, part] >= verdict.parts[part].E1


def test_hard_labels_keep_the_slope_to_two_ulps():
    from lossref import catalog
    from lossref.formats import FLOAT64

    loss = catalog.get("sigmoid_cross_entropy")
    hard = [v for v in golden.read(loss, FLOAT64) if v.arguments["target"] in (0.0, 1.0) and v.region != "special"]
    verdict = judge(loss, TARGET.implementations[loss.name], hard, FLOAT64)
    assert len(hard) > 40
    assert verdict.parts["gradient"].E1 <= 2
