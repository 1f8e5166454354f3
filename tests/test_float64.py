"""Whole calls in float64: sums without a rounding on the way, terms out of reach, Hessians, several gradients, losses of one's own."""

import random
import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import lossref
from lossref import catalog
from lossref.float64.wide import Wide, exact_sum, narrow, over, times, total
from lossref.formats import FLOAT64
from lossref.options import NUMBER, PROBABILITY
from lossref.spaces import Real, Unit, Vector
from lossref.spec import Loss


def rounded(x):
    return float(FLOAT64.round(x))


def anything(source, low=-1074, high=1023):
    return source.choice((-1, 1)) * (1 + source.random()) * 2.0 ** source.randint(low, high)


def test_sums_and_products_are_those_of_rationals():
    source = random.Random(1)
    for low, high in ((-1074, 1023), (-3, 3), (1000, 1023), (-1074, -1000)):
        terms = [anything(source, low, high) for _ in range(200)]
        weights = [abs(anything(source)) for _ in terms]
        exact = sum(Fraction(x) * Fraction(w) for x, w in zip(terms, weights, strict=True))
        assert total(Wide(np.array(terms)), Wide(np.array(weights))) == exact
        assert exact_sum(Wide(np.array(terms), np.full(200, -5000))) == sum(map(Fraction, terms)) / 2**5000
        with np.errstate(all="ignore"):
            found = narrow(over(times(Wide(np.array(terms)), Wide(np.array(weights))), Fraction(3, 7)))
        wanted = [rounded(Fraction(x) * Fraction(w) * 7 / 3) for x, w in zip(terms, weights, strict=True)]
        np.testing.assert_allclose(found, wanted, rtol=1e-15, atol=1e-323)
    assert total(Wide(np.array([np.inf, 1.0])), Wide(np.array(1.0))) == np.inf
    with np.errstate(all="ignore"):
        assert np.isnan(total(Wide(np.array([np.inf, -np.inf])), Wide(np.array(1.0))))
    assert total(Wide(np.zeros(0)), Wide(np.array(1.0))) == 0


FORMULAS = {  # value and slope of one example
    "squared_error": lambda f, y, delta: ((f - y) ** 2, 2 * (f - y)),
    "half_squared_error": lambda f, y, delta: ((f - y) ** 2 / 2, f - y),
    "absolute_error": lambda f, y, delta: (abs(f - y), (f > y) - (f < y)),
    "perceptron": lambda f, y, delta: (max(0, -y * f), -y if y * f < 0 else 0),
    "huber": lambda f, y, delta: (
        (f - y) ** 2 / 2 if abs(f - y) <= delta else delta * (abs(f - y) - delta / 2), max(-delta, min(delta, f - y))
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMULAS)
def test_whatever_has_a_law_of_powers_is_right_at_any_size(name, listed):
    source, wrong = random.Random(name), []
    for _ in range(300):
        reach = source.choice([(-1074, 1023), (-600, -480), (480, 600), (-20, 20)])
        f = [anything(source, *reach) for _ in range(source.randint(1, 4))]
        y = [source.choice((-1.0, 1.0)) if name == "perceptron" else source.choice((anything(source, *reach), 0.0, x)) for x in f]
        options = {"reduction": "mean", "sample_weight": [abs(anything(source)) for _ in f], "upstream": anything(source)}
        options |= {"delta": abs(anything(source, *reach))} if name == "huber" else {}
        options |= {"denominator": abs(anything(source))} if source.random() < 0.5 else {}
        value, slopes = lossref.value_and_gradient(name, f, y, **options)
        weights = list(map(Fraction, options["sample_weight"]))
        divisor = Fraction(options.get("denominator", 0)) or sum(weights)
        exact = [FORMULAS[name](Fraction(a), Fraction(b), Fraction(options.get("delta", 1))) for a, b in zip(f, y, strict=True)]
        wanted = [sum(w * x[0] for w, x in zip(weights, exact, strict=True)) / divisor]
        wanted += [w * x[1] * Fraction(options["upstream"]) / divisor for w, x in zip(weights, exact, strict=True)]
        for got, x in zip([value, *slopes], wanted, strict=True):
            if got != rounded(x) and not abs(Fraction(float(FLOAT64.largest) if np.isinf(got) else got) - x) <= 4 * FLOAT64.ulp(x):
                wrong.append((f, y, options, got, rounded(x)))
    listed(wrong)


def test_numbers_out_of_reach_on_the_way_are_no_trouble():
    assert lossref.value("exponential", [-1e308, 0.0], [1, 1], reduction="mean") == np.inf
    assert lossref.value("squared_error", [1e-170] * 2, [0, 0], sample_weight=[1e100] * 2, reduction="sum") == 2e-240
    assert lossref.gradient("huber", [1.0], [0.0], delta=1e-310, denominator=1e-310, reduction="mean") == [1]
    assert lossref.value("half_squared_error", np.full(1000, 1e200), np.zeros(1000), reduction="mean", sample_weight=1e-200) == np.inf
    assert lossref.value("squared_error", [1.0], [0.0], reduction="mean", denominator=10**400) == 0
    weights = np.array([1.0, 2.0, 4.0])
    logits, target = np.zeros((2, 3)), np.ones((2, 3))
    assert (lossref.value("sigmoid_cross_entropy", logits, target, pos_weight=[1, 2, 4]) == weights * np.log(2)).all()
    with pytest.raises(ValueError, match=re.escape("pos_weight must have the shape of the batch, (2, 3), and has (2,)")):
        lossref.value("sigmoid_cross_entropy", logits, target, pos_weight=[1, 2])
    assert lossref.functions.softmax([4.2e307, 1.7976931348623157e308]).tolist() == [0, 1]
    np.testing.assert_allclose(
        lossref.functions.softmax_jvp([0.0, 1336.0], [1e308, 0.0]), [6.06138928975046e-273, -6.06138928975046e-273], 1e-14
    )


@pytest.mark.parametrize(("options", "words"), [
    ({"mask": [0.1, 1]}, "mask must be true or false for each example (or 1 or 0), and is [0.1, 1]"),
    ({"mask": [np.nan, 1]}, "mask must be true or false"),
    ({"sample_weight": ["1", "2"]}, "sample_weight must be real numbers, and is ['1', '2']"),
    ({"sample_weight": [[1], [1, 2]]}, "sample_weight must be real numbers"),
    ({"upstream": 1j}, "upstream must be real numbers, and is 1j"),
    ({"ignore_index": [1]}, "ignore_index must be a whole number, and is [1]"),
    ({"class_weight": np.ones(2)}, "hinge takes no class_weight: its target has no classes"),
], ids=str)  # fmt: skip
def test_what_is_no_mask_and_no_weight_is_refused(options, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        lossref.value("hinge", [1.0, 2.0], [1, 1], reduction="mean", **options)


def test_shapes_that_do_not_fit_a_call_are_named():
    with pytest.raises(ValueError, match="target must have the leading axes of log_probabilities"):
        lossref.value("negative_log_likelihood", -np.ones(10), [0, 1, 2], reduction="mean")
    with pytest.raises(ValueError, match="one-hot rows become indices by argmax"):
        lossref.value("softmax_cross_entropy", np.zeros((2, 3)), np.eye(3, dtype=int)[:2], reduction="mean")
    with pytest.raises(ValueError, match="class indices become such rows by"):
        lossref.value("soft_target_cross_entropy", np.zeros((3, 3)), [0, 1, 2], reduction="mean")


def test_weights_of_classes_may_be_below_zero_where_an_index_chooses_one():
    logits, target, weights = [[1.0, 2.0, 3.0], [0.0, 1.0, -1.0]], [0, 1], [-1.0, 3.0, 0.5]
    alone = lossref.value("softmax_cross_entropy", logits, target)
    for function in (lossref.value, lambda *given, **options: float(lossref.oracle(*given, **options).value)):
        mean = function("softmax_cross_entropy", logits, target, reduction="mean", class_weight=weights)
        np.testing.assert_allclose(mean, (3 * alone[1] - alone[0]) / 2, rtol=1e-15)
        with pytest.raises(ValueError, match="class_weight must be at least 0 where targets are soft or smoothed"):
            function("softmax_cross_entropy", logits, target, reduction="mean", class_weight=weights, label_smoothing=0.1)


def test_the_hessian_of_a_call_has_the_factors_of_its_gradient():
    f, y, weights = [0.5, -3.0, 2.0], [0.0, 1.0, 1.0], [1.0, 0.0, 3.0]
    alone = lossref.hessian("sigmoid_cross_entropy", f, y)
    call = {"reduction": "mean", "sample_weight": weights, "upstream": -2.0}
    assert (lossref.hessian("sigmoid_cross_entropy", f, y, **call) == alone * weights * -0.5).all()
    doubled = lossref.hessian("sigmoid_cross_entropy", f, y, reduction="none", pos_weight=2.0, upstream=[1.0, 4.0, 0.0])
    assert (doubled == alone * [1, 8, 0]).all()
    assert lossref.hessian("squared_error", [1.0], [2.0], reduction="mean", mask=[False]) == [0]
    logits, target = [[1.0, 2.0, 4.0]] * 2, [0, 2]
    soft = lossref.hessian("soft_target_cross_entropy", logits, [[0.5 + 1 / 6, 1 / 6, 1 / 6], [1 / 6, 1 / 6, 0.5 + 1 / 6]], reduction="sum")
    np.testing.assert_allclose(lossref.hessian("softmax_cross_entropy", logits, target, reduction="sum", label_smoothing=0.5), soft, 1e-14)
    with pytest.raises(ValueError, match="hinge has no hessian"):
        lossref.hessian("hinge", [1.0], [1.0], reduction="sum")


def scaled_distance(m, prediction, target, scale):
    return (prediction - target) ** 2 / scale


OWN = Loss(
    name="scaled_distance",
    arguments={"prediction": Real("h", "w"), "target": Real("h", "w"), "scale": Vector("w")},
    definition=scaled_distance,
    differentiable=("prediction", "scale"),
    target=NUMBER,
    value=lambda prediction, target, scale: ((prediction - target) ** 2 / scale[..., None, :]).sum(axis=(-2, -1)),
    gradient=lambda prediction, target, scale: (
        2 * (prediction - target) / scale[..., None, :], (-((prediction - target) ** 2) / scale[..., None, :] ** 2).sum(axis=-2)
    ),
)  # fmt: skip


def maps(*shape):
    rng = np.random.default_rng(2)
    return rng.normal(size=(*shape, 2, 3)), rng.normal(size=(*shape, 2, 3)), rng.uniform(1, 2, (*shape, 3))


def test_a_loss_of_maps_and_several_slopes():
    f, y, s = maps(5)
    value, (in_f, in_s) = lossref.value_and_gradient(OWN, f, y, s)
    assert (value.shape, in_f.shape, in_s.shape) == ((5,), (5, 2, 3), (5, 3))
    np.testing.assert_array_equal(lossref.gradient(OWN, f, y, s)[1], in_s)
    mean, (of_f, of_s) = lossref.value_and_gradient(OWN, f, y, s, reduction="mean", sample_weight=[1, 0, 2, 1, 0])
    assert mean == pytest.approx((value[0] + 2 * value[2] + value[3]) / 4, rel=1e-12, abs=0)
    np.testing.assert_array_equal(of_f, in_f * np.reshape([0.25, 0, 0.5, 0.25, 0], (5, 1, 1)))
    np.testing.assert_array_equal(of_s, in_s * np.reshape([0.25, 0, 0.5, 0.25, 0], (5, 1)))
    f[1, 1, 2] = np.nan
    value, (in_f, in_s) = lossref.value_and_gradient(OWN, f, y, s)
    for x in (value, in_f, in_s):
        assert np.isnan(x[1]).all()
        assert np.isfinite(np.delete(x, 1, axis=0)).all()
    many = [np.concatenate([x] * 4000) for x in maps(5)]
    np.testing.assert_array_equal(lossref.gradient(OWN, *many)[1][-5:], lossref.gradient(OWN, *maps(5))[1])


def test_axes_of_one_name_are_equally_long_and_leading_axes_broadcast():
    f, y, s = maps(5)
    np.testing.assert_array_equal(lossref.value(OWN, f, y[0], s[0]), lossref.value(OWN, f, np.stack([y[0]] * 5), np.stack([s[0]] * 5)))
    assert lossref.gradient(OWN, f[0], y, s[0])[1].shape == (5, 3)
    words = "scaled_distance: these shapes do not fit together: prediction has 3 along w, and scale has 2"
    with pytest.raises(ValueError, match=re.escape(words)):
        lossref.value(OWN, f, y, s[:, :2])
    with pytest.raises(ValueError, match=re.escape("an array of shape (3,) was given")):
        lossref.value(OWN, s[0], y, s)


def test_a_loss_without_float64_code_says_who_answers():
    own = Loss(arguments={"prediction": Real(), "target": Real()}, definition=scaled_distance, name="mine")
    for call in (lossref.value, lossref.gradient, lossref.hessian, lossref.value_and_gradient):
        with pytest.raises(ValueError, match=r"mine has no float64 code; lossref\.oracle answers it"):
            call(own, 1.0, 2.0)


def test_the_slope_in_a_target_goes_through_what_an_option_makes_of_it():
    entropy = Loss(
        name="cubes",
        arguments={"prediction": Real(), "target": Unit()},
        definition=lambda m, prediction, target: prediction * target**3,
        differentiable=("prediction", "target"),
        target=PROBABILITY,
        value=lambda prediction, target: prediction * target**3,
        gradient=lambda prediction, target: (target**3, 3 * prediction * target**2),
    )
    call = {"label_smoothing": 0.25, "smoothing": "others", "reduction": "sum"}
    _, (_, slope) = lossref.value_and_gradient(entropy, [2.0], [0.25], **call)
    ends = [lossref.value(entropy, [2.0], [0.25 + step], **call) for step in (-1e-6, 1e-6)]
    assert slope[0] == pytest.approx((ends[1] - ends[0]) / 2e-6, rel=1e-8, abs=0)


def test_large_arrays_stay_those_of_the_caller():
    """They are not copied for code of the package; somebody's own may change what it is given."""
    x = np.linspace(-3, 3, 50_000)
    kept = x.copy()
    for name in ("relu", "softmax_cross_entropy", "squared_error"):
        given = (x.reshape(-1, 100), np.zeros(500, int)) if "softmax" in name else (x,) if name == "relu" else (x, x)
        for part in ("value", "gradient"):
            found = getattr(lossref, part)(name, *given)
            assert found.flags.writeable
            assert not np.shares_memory(found, x)
    assert x.flags.writeable

    def own(prediction, target):
        prediction -= target
        return prediction * prediction

    loss = replace(catalog.get("squared_error"), name="own", value=own, gradient=None, hessian=None, value_and_gradient=None)
    assert np.array_equal(lossref.value(loss, x, 1.0 + 0 * x), (x - 1) ** 2)
    assert np.array_equal(x, kept)
