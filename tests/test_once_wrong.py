"""What was once wrong, hung or was refused, a line each, beside the general tests of each kind: A1 to A25 of what users tried."""

import math
import re
from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from lossref import catalog, functions, golden, gradient, hessian, oracle, value
from lossref.exact import balls, traced
from lossref.exact.balls import INSTALLED
from lossref.exact.recordings import Recordings
from lossref.float64 import options as float64_options
from lossref.float64 import wide
from lossref.formats import FLOAT64
from lossref.spaces import Real
from lossref.spec import Loss

ROWS = np.array([0.1, 0.2, 0.7], np.float32)
HALF = ROWS.astype(np.float16)
THIRDS = [Fraction(1, 3), 1]


def once(*lines):
    """The cases of one line: its number, the call, and what it gives."""
    return [pytest.param(call, right, id=f"{line}-{k}") for k, (line, call, right) in enumerate(lines)]


def own(definition):
    return Loss(name="own", arguments={"x": Real(), "y": Real()}, differentiable=("x", "y"), definition=definition)


ANSWERS = once(
    ("A1 == compares", lambda: float(oracle(own(lambda m, x, y: x if y == 1 else 2 * x), 3, 1).value), 3.0),
    ("A2 a term that overflows in a mean", lambda: value("exponential", [-1e308, 0.0], [1, 1], reduction="mean"), math.inf),
    ("A2 a huge input", lambda: float(oracle("sigmoid", -1e300).value), 0.0),
    ("A3 a far tail", lambda: mpmath.nstr(oracle("sigmoid_cross_entropy", 12000, 1).value, 8), "2.9256149e-5212"),
    ("A3 beside other rows", lambda: float(oracle("sigmoid_cross_entropy", [12000, 0], [1, 1], reduction="sum").value), math.log(2)),
    ("A3 a gap of logits", lambda: mpmath.nstr(oracle("softmax_cross_entropy", [12000, 0], 0).gradient[1], 8), "2.9256149e-5212"),
    ("A4 masked", lambda: float(oracle("softmax_cross_entropy", [1, -math.inf], 0).value), 0.0),
    ("A4 masked", lambda: float(oracle("softmax_cross_entropy", [0, 0, -math.inf], 0).value), math.log(2)),
    ("A4 a margin", lambda: float(oracle("hinge", -math.inf, 1).gradient), -1.0),
    ("A4 a residual", lambda: float(oracle("squared_error", math.inf, 0).gradient), math.inf),
    ("A4 a logit", lambda: float(oracle("sigmoid_cross_entropy", -math.inf, 1).value), math.inf),
    ("A5 weights", lambda: value("squared_error", [1e-170] * 2, [0, 0], sample_weight=[1e100] * 2, reduction="sum"), 2e-240),
    ("A6 a denominator", lambda: gradient("huber", [2e-310], [0.0], delta=1e-310, denominator=1e-310, reduction="mean")[0], 1.0),
    ("A8 float64 code alone", lambda: value("exponential", [-800.0] * 2000, [1] * 2000, reduction="mean"), math.inf),
    ("A9 a norm at 0 is a kink",
     lambda: [tuple(map(float, ends)) for ends in oracle(own(lambda m, x, y: m.sqrt(x * x + y * y)), 0, 0).interval],
     [(-1.0, 1.0), (-1.0, 1.0)]),
    ("A13 as many digits as asked",
     lambda: str(oracle("sigmoid_cross_entropy", 0.3, 1, digits=30).value), "0.554355244468527123539225596948"),
    ("A13 in arithmetic", lambda: str(oracle("sigmoid_cross_entropy", 0.3, 1, digits=30).value * 1), "0.554355244468527123539225596948"),
    ("A13 a subnormal float", lambda: float(oracle("exponential", 744.4400719213812, 1).value), 5e-324),
    ("A14 NumPy's integers", lambda: oracle("huber", np.float64(1), np.int8(0), digits=np.int64(20)).digits, 20),
    ("A14 long doubles", lambda: float(oracle("huber", np.longdouble(0.5), 0).value), 0.125),
    ("A14 fractions in options", lambda: float(oracle("huber", [3, 0], [0, 0], sample_weight=THIRDS, reduction="sum").value), 2.5 / 3),
    ("A15 float32 rows", lambda: value("categorical_cross_entropy", ROWS.astype(float), [0, 1, 0]), -math.log(np.float32(0.2))),
    ("A15 float16 rows", lambda: float(oracle("categorical_cross_entropy", HALF, [0, 1, 0]).value), -math.log(np.float16(0.2))),
    ("A18 two axes", lambda: float(oracle("huber", np.ones((2, 2)), np.zeros((2, 2)), reduction="mean").value), 0.5),
    ("A18 an example with a reduction", lambda: float(oracle("huber", 1, 0, reduction="mean").value), 0.5),
    ("A18 weights of some axes",
     lambda: float(oracle("huber", np.ones((3, 2)), np.zeros((3, 2)), sample_weight=[1, 3], reduction="sum").value), 6.0),
    ("A19 one positive weight a class",
     lambda: float(oracle("sigmoid_cross_entropy", np.zeros((2, 3)), np.ones((2, 3)), pos_weight=[1, 2, 3], reduction="sum").value),
     12 * math.log(2)),
    ("A19 float64 too",
     lambda: value("sigmoid_cross_entropy", np.zeros((2, 3)), np.ones((2, 3)), pos_weight=[1, 2, 3], reduction="sum"), 12 * math.log(2)),
    ("A21 two infinities", lambda: functions.logsumexp([math.inf, math.inf]), math.inf),
    ("A22 a column and a row", lambda: functions.xlogy(np.ones((3, 1)), np.ones((1, 4))).shape, (3, 4)),
    ("A22 labels that are whole numbers", lambda: value("softmax_cross_entropy", [0.0, 0.0], 1.0), math.log(2)),
    ("A22 and in a call", lambda: value("softmax_cross_entropy", [[0.0, 0.0]], np.array([1.0]), reduction="sum"), math.log(2)),
    ("A22 classes along another axis",
     lambda: value("softmax_cross_entropy", np.zeros((2, 3, 4)), np.zeros((2, 4), int), class_axis=1).shape, (2, 4)),
    ("A22 and their slopes",
     lambda: gradient("softmax_cross_entropy", np.zeros((2, 3, 4)), np.zeros((2, 4), int), class_axis=1).shape, (2, 3, 4)),
    ("A24 weights", lambda: hessian("squared_error", [1.0, 2.0], [0, 1], reduction="sum", sample_weight=[1, 3]).tolist(), [2.0, 6.0]),
    ("A24 the oracle too",
     lambda: [float(h) for h in oracle("squared_error", [1, 2], [0, 1], reduction="sum", sample_weight=[1, 3], hessian=True).hessian],
     [2.0, 6.0]),
    ("A24 label forms", lambda: hessian("sigmoid_cross_entropy", [0.0], [-1], target_form="sign").tolist(), [0.25]),
    ("A25 weights below 0", lambda: value("squared_error", [1.0, 2.0], [0, 0], sample_weight=[-1, 2], reduction="mean"), 7.0),
    ("A25 the oracle too", lambda: float(oracle("squared_error", [1, 2], [0, 0], sample_weight=[-1, 2], reduction="mean").value), 7.0),
    ("A25 scores for log-probabilities", lambda: value("negative_log_likelihood", [2.5, -1.0], 0), -2.5),
    ("A25 the oracle too", lambda: float(oracle("negative_log_likelihood", [2.5, -1], 0).value), -2.5),
    ("A25 functions outside their domain", lambda: math.isnan(functions.xlogy(1.0, -2.0)) and math.isnan(functions.log1mexp(0.5)), True),
)  # fmt: skip


@pytest.mark.parametrize(("call", "right"), ANSWERS)
def test_it_is_answered(call, right):
    found = call()
    assert found == right or found == pytest.approx(right, rel=1e-15, abs=0)


REFUSED = once(
    ("A2 beyond every format", lambda: oracle("sigmoid", Decimal("1e99999999")), "x must be 0 or between 2**-20000 and 2**20000 in size"),
    ("A10 pos_weight",
     lambda: value("sigmoid_focal_cross_entropy", [1.0], [1], pos_weight=2.0), "takes no pos_weight: it is not affine in its target"),
    ("A10 an embedding", lambda: value("triplet_margin", [[1.0]], [[1.0]], [[1.0]], label_smoothing=0.1), "takes no label_smoothing"),
    ("A16 a long row",
     lambda: oracle("kl_divergence", [0.5] * 10_000, [0.1] * 10_000), "probabilities must sum to 1 along the last axis, and sum to 5000.0"),
    ("A16 float64 too",
     lambda: value("kl_divergence", [0.5] * 10_000, [0.1] * 10_000), "probabilities must sum to 1 along the last axis, and sum to 5000.0"),
    ("A20 shapes",
     lambda: value("negative_log_likelihood", -np.ones(10), [0, 1, 2], reduction="mean"), "target must have the leading axes of"),
    ("A20 shapes",
     lambda: oracle("negative_log_likelihood", -np.ones((10, 3)), np.zeros((10, 2), int), reduction="mean"),
     "target must have the leading axes of"),
    ("A20 no entries",
     lambda: value("negative_log_likelihood", np.zeros((3, 0)), np.zeros(3, int), reduction="mean"), "a vector without components has no"),
    ("A22 labels that are no whole numbers", lambda: value("softmax_cross_entropy", [0.0, 0.0], 0.5), "target must be integers"),
    ("A25 weights that cancel",
     lambda: value("squared_error", [1.0, 2.0], [0, 0], sample_weight=[-1, 1], reduction="mean"), "sum to 0 without being 0"),
    ("A25 the oracle too",
     lambda: oracle("squared_error", [1, 2], [0, 0], sample_weight=[-1, 1], reduction="mean"), "sum to 0 without being 0"),
)  # fmt: skip


@pytest.mark.parametrize(("call", "words"), REFUSED)
def test_it_is_refused_in_one_line(call, words):
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        call()
    assert len(str(caught.value)) < 200
    assert "\n" not in str(caught.value)


def test_a7_softmax_times_a_huge_vector_keeps_its_small_slopes():
    x, v = [0.0, -624.0, 0.5], [1.5e308, -1.7e308, 1.5e308]
    with mpmath.workprec(4000):
        powers = [mpmath.exp(z) for z in x]
        shares = [e / sum(powers) for e in powers]
        mean = sum(p * mpmath.mpf(y) for p, y in zip(shares, v, strict=True))
        exact = [p * (mpmath.mpf(y) - mean) for p, y in zip(shares, v, strict=True)]
        found = map(mpmath.mpf, functions.softmax_jvp(x, v).tolist())
        assert all(abs(a - b) <= abs(b) * 2.0**-42 for a, b in zip(found, exact, strict=True))


def test_a11_a_thousand_logits_cost_a_thousand_times_one(monkeypatch):
    """Linear, by counting what the tape holds and not by the clock."""
    sizes = []
    for n in (250, 500, 1000):
        monkeypatch.setattr(traced, "RECORDINGS", Recordings())
        oracle("softmax_cross_entropy", [k / n for k in range(n)], 0)
        sizes.append(traced.RECORDINGS._size)
    assert sizes[2] < 2.1 * sizes[1] < 4.5 * sizes[0]


@pytest.mark.skipif(not INSTALLED, reason="without python-flint there is mpmath alone")
@pytest.mark.parametrize("point", [(0.3, 0.5), (40, 1), (12000, 1)])
def test_a12_the_unproved_way_is_that_of_the_proof(point, monkeypatch):
    """Where python-flint is installed nothing is computed over mpmath's enclosures, asked for a proof or not."""
    proved = oracle("sigmoid_cross_entropy", *point, certified=True)
    monkeypatch.setattr(balls, "Floats", None)
    plain = oracle("sigmoid_cross_entropy", *point)
    assert (plain.value, plain.gradient, plain.certified) == (proved.value, proved.gradient, False)


def test_a23_a_mean_makes_no_fraction_a_row(monkeypatch):
    """By counting fractions, not by the clock: ten times the rows take as many."""
    counts = []
    for rows in (400, 4000):
        made = []

        class Counted(Fraction):
            def __new__(cls, *arguments, made=made):
                made.append(1)
                return Fraction.__new__(Fraction, *arguments)

        with monkeypatch.context() as m:
            for module in (float64_options, wide):
                m.setattr(module, "Fraction", Counted)
            value("squared_error", np.linspace(-3, 3, rows), np.ones(rows), reduction="mean", sample_weight=np.linspace(1, 2, rows))
        counts.append(len(made))
    assert 0 < counts[1] <= 2 * counts[0]


def test_a17_corners_of_parameters_are_golden_points():
    """They were found by chance alone, by one seed in many."""
    deltas = {v.question.options.get("delta") for v in golden.read(catalog.get("huber"), FLOAT64)} - {None}
    assert min(deltas) < 2.0**-1022
    assert max(deltas) > 2.0**500
    assert 100.0 in {v.question.options.get("gamma") for v in golden.read(catalog.get("sigmoid_focal_cross_entropy"), FLOAT64)}
