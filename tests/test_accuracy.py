"""Our float64 code is grade B or better on every golden vector, single examples and calls, range edges and special inputs included."""

from functools import cache

import pytest

from lossref import catalog, golden
from lossref.formats import FLOAT64, FORMATS
from lossref.implementations import resolve
from lossref.judge.measure import meets
from lossref.judge.verdict import judge

LIBRARY = resolve("lossref")

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


def examples(loss, form):
    return [v for v in golden.read(loss, form) if not v.question.is_call]


@cache
def verdict_on(name, form):
    loss = catalog.get(name)
    return judge(loss, LIBRARY.implementations[name], golden.read(loss, FORMATS[form]), FORMATS[form])


@pytest.mark.parametrize("part", ["value", "gradient", "hessian"])
@pytest.mark.sampled
def test_grade_b_everywhere(loss, part, form, listed):
    verdict = verdict_on(loss.name, form.name)
    assert not verdict.broke
    assert not verdict.refused
    assert set(verdict.parts) == {"value", "gradient", *(["hessian"] if loss.hessian else [])}
    if part in verdict.parts:
        found = verdict.parts[part]
        print(f"{loss.name} {part} {form.name}: worst E1 {found.E1:.3g}")
        listed([o for o in found.worst_outcomes(strict=True) if not meets(o.grade, "B")])


@pytest.mark.parametrize(("name", "part"), ATTAINABLE, ids="-".join)
def test_worst_error_in_ulps(name, part):
    loss = catalog.get(name)
    verdict = judge(loss, LIBRARY.implementations[name], examples(loss, FLOAT64), FLOAT64)
    assert ATTAINABLE[name, part] >= verdict.parts[part].E1


def test_hard_labels_keep_the_slope_to_two_ulps():
    loss = catalog.get("sigmoid_cross_entropy")
    hard = [v for v in examples(loss, FLOAT64) if v.question.inputs["target"] in (0.0, 1.0) and v.region != "special"]
    verdict = judge(loss, LIBRARY.implementations[loss.name], hard, FLOAT64)
    assert len(hard) > 40
    assert verdict.parts["gradient"].E1 <= 2
