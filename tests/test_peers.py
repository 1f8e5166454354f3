"""The libraries' own test cases: what their authors expect, or compute in their own tests, is what we say.

Of each case that a loss of the catalogue can be asked, value and slope are compared on the ordinary points of those tests; what cannot
be asked has its reason here. Facts are read from the installed library: its cases, no code of it.
"""

from collections import Counter

import numpy as np
import pytest

from lossref import catalog, gradient, value

RTOL = {"float64": 1e-9, "float32": 2e-5, "float16": 5e-3}


def differs(ours, theirs):
    """How two answers differ, relative to the larger numbers among them; nothing where they agree to what the format holds."""
    ours, theirs = np.asarray(ours, float), np.asarray(theirs)
    scale = max(np.max(np.abs(theirs[np.isfinite(theirs)]), initial=0.0).item(), 1e-3)
    if ours.shape != theirs.shape or not np.allclose(ours, theirs, rtol=0, atol=scale * RTOL[theirs.dtype.name], equal_nan=True):
        return f"{ours!r:.90} for {theirs!r:.90}"
    return ""


# scikit-learn: the specific values of its losses, many of them extreme.

SKLEARN = {
    "HalfSquaredError": "half_squared_error", "AbsoluteError": "absolute_error", "PinballLoss": "quantile", "HuberLoss": "huber",
    "HalfPoissonLoss": "poisson", "HalfGammaLoss": "gamma", "HalfTweedieLoss": "tweedie", "HalfBinomialLoss": "sigmoid_cross_entropy",
    "HalfMultinomialLoss": "softmax_cross_entropy", "ExponentialLoss": "exponential",
}  # fmt: skip


def by_sklearn(case):
    """A case of theirs as arguments of ours."""
    theirs, target, raw, *expected = case
    name = SKLEARN.get(type(theirs).__name__, "")
    parameters = {"quantile": {"tau": "quantile"}, "huber": {"delta": "delta"}, "tweedie": {"power": "power"}}.get(name, {})
    options = {ours: getattr(theirs.closs, attribute) for ours, attribute in parameters.items()}
    if name == "softmax_cross_entropy":
        target = int(target)
    if name == "exponential":
        target = 2 * target - 1  # labels of 0 and 1 there
    return name, (raw, target), options, expected


def test_scikit_learns_specific_values(listed):
    cases = pytest.importorskip("sklearn._loss.tests.test_loss").test_loss_on_specific_values.pytestmark[0].args[1]
    missed, asked = [], Counter()
    for case in cases:
        name, arguments, options, expected = by_sklearn(case)
        soft = name == "exponential" and abs(arguments[1]) != 1  # a label between is another loss of ours
        if not name or soft or not 1 <= options.get("power", 1) <= 2:  # of other powers sklearn's constant is another
            asked["not", name] += 1
            continue
        asked["asked", name] += 1
        for part, theirs in zip((value, gradient), expected, strict=False):
            if theirs is not None and (said := differs(part(name, *arguments, **options), np.asarray(theirs, float))):
                missed.append((name, part.__name__, arguments, options, said))
    listed(missed)
    assert sum(n for (which, _), n in asked.items() if which == "asked") >= 0.8 * len(cases), asked


# ONNX: the cases of its operators' nodes.


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of the cases of other operators
def test_onnx_node_cases(listed):
    node = pytest.importorskip("onnx.backend.test.case.node")
    helper = pytest.importorskip("onnx").helper
    operators = {"SoftmaxCrossEntropyLoss": "softmax_cross_entropy", "NegativeLogLikelihoodLoss": "negative_log_likelihood"}
    missed, count = [], 0
    for case in node.collect_testcases():
        loss = operators.get(case.model.graph.node[0].op_type)
        if loss is None or len(case.model.graph.node) > 1:  # the same again, in other operators
            continue
        options = {a.name: helper.get_attribute_value(a) for a in case.model.graph.node[0].attribute}
        options["reduction"] = options.get("reduction", b"mean").decode()
        for (x, target, *weight), (expected, *_) in case.data_sets:
            named = options | ({"class_weight": weight[0]} if weight else {})
            count += 1
            if said := differs(value(loss, x, target, class_axis=1, **named), expected):
                missed.append((case.name, said))
    listed(missed)
    assert count >= 50


# PyTorch: the sample inputs of its operators, with its own answers and slopes in float64.

TORCH = {
    "mse_loss": "squared_error", "l1_loss": "absolute_error", "smooth_l1_loss": "smooth_l1", "huber_loss": "huber",
    "soft_margin_loss": "logistic", "binary_cross_entropy": "binary_cross_entropy",
    "binary_cross_entropy_with_logits": "sigmoid_cross_entropy", "cross_entropy": "softmax_cross_entropy",
    "nll_loss": "negative_log_likelihood", "kl_div": "kl_divergence_from_log_probabilities", "gaussian_nll_loss": "gaussian_nll",
    "poisson_nll_loss": "poisson", "triplet_margin_loss": "triplet_margin", "cosine_embedding_loss": "cosine_embedding",
    "hinge_embedding_loss": "hinge_embedding", "margin_ranking_loss": "margin_ranking", "multi_margin_loss": "multi_margin",
    "multilabel_margin_loss": "multilabel_margin", "multilabel_soft_margin_loss": "multilabel_soft_margin", "ctc_loss": "ctc",
}  # fmt: skip
NOT_ASKED = {
    "full": "the constant that no slope sees",
    "swap": "the nearer of two distances",
}
UNDOCUMENTED = "target must be -1 or 1"  # as the documentation of the three says too, whose samples have any numbers


def by_torch(name, sample):
    """A sample as arguments of ours and options, or why it cannot be asked."""
    loss, x, others, given = TORCH[name], sample.input, list(sample.args), {k: v for k, v in sample.kwargs.items() if v is not None}
    given.pop("eps", None)
    for option, reason in NOT_ASKED.items():
        if given.pop(option, False):
            return loss, None, reason
    options = {"reduction": given.pop("reduction", "mean")}
    if given.pop("log_target", False):
        loss = "kl_divergence_of_log_probabilities"
    if loss == "multi_margin" and "p" in given:
        given["power"] = given.pop("p")
    if loss == "multilabel_margin" and x.ndim:  # indices of the labels that hold, up to the first that is -1
        named = (np.eye(x.shape[-1] + 1)[numbers(others[0])] * np.cumprod(numbers(others[0]) >= 0, -1)[..., None]).sum(-2)[..., :-1]
        if named.max() > 1:
            return loss, None, "a label that is named twice counts twice"
        others[0] = named
    if (weight := given.pop("weight", None)) is not None:
        classes = loss in ("softmax_cross_entropy", "negative_log_likelihood", "multi_margin")
        options |= {"class_weight": weight} if classes else {"sample_weight": weight}
        if not classes or loss == "multi_margin":
            options["denominator"] = "count"
    if loss == "poisson" and not given.pop("log_input", True):
        loss = "poisson_from_rate"
    if loss == "softmax_cross_entropy" and others[0].is_floating_point():
        loss = "soft_target_cross_entropy"
    if options["reduction"] == "batchmean" and x.ndim > 1:
        options["reduction"] = "mean"
    elif loss.startswith("kl_divergence") and options["reduction"] != "sum":
        return loss, None, "one number a class, not a divergence"
    rank = catalog.get(loss).arguments[catalog.get(loss).first].rank if loss in catalog.names() else 0
    if rank and x.ndim > rank:
        options["class_axis"] = 1
    if loss == "gaussian_nll":  # whose arguments are broadcast there, a variance of each row among them
        y, variance = map(numbers, others)
        x, *others = np.broadcast_arrays(numbers(x), y, variance[..., None] if variance.shape == x.shape[:-1] else variance)
    return loss, (x, *others), {**options, **given}


def without_eps(loss):
    """Its formula, where a small number is added to keep something finite."""
    return {"eps": 0.0} if loss in ("poisson_from_rate", "triplet_margin") else {}


def numbers(x):
    return x.detach().numpy() if hasattr(x, "detach") else x


def test_pytorchs_sample_inputs(listed):
    torch = pytest.importorskip("torch")
    pytest.importorskip("expecttest")  # which those cases are written with
    database = pytest.importorskip("torch.testing._internal.common_methods_invocations").op_db
    missed, count, reasons = [], Counter(), Counter()
    for operator in database:
        name = operator.name.removeprefix("nn.functional.")
        if name not in TORCH or not operator.name.startswith("nn.functional.") or TORCH[name] not in catalog.names():
            continue
        for sample in operator.sample_inputs("cpu", torch.float64, requires_grad=True):
            loss, arguments, options = by_torch(name, sample)
            if arguments is None:
                reasons[name, options] += 1
                continue
            plain, named = [*map(numbers, arguments)], {k: numbers(v) for k, v in options.items()}
            try:
                ours = value(loss, *plain, **named)
            except (ValueError, TypeError) as error:
                reasons[name, str(error)[:60]] += 1
                continue
            count[name] += 1
            theirs = operator.op(sample.input, *sample.args, **sample.kwargs | without_eps(loss))
            (slope,) = torch.autograd.grad(theirs.sum(), sample.input)
            ours_slope = gradient(loss, *plain, **named)
            ours_slope = ours_slope[0] if isinstance(ours_slope, tuple) else ours_slope
            for got, wanted in ((ours, theirs), (ours_slope, slope)):
                if said := differs(got, wanted.detach().numpy()):
                    missed.append((name, [np.shape(x) for x in plain], sample.kwargs, said))
    listed(missed)
    known = (NOT_ASKED["full"], UNDOCUMENTED)  # the first has no slope, and torch's own approximation
    missing = sum(n for (_, reason), n in reasons.items() if not any(why in reason for why in known))
    assert sum(count.values()) >= 0.9 * (sum(count.values()) + missing), (dict(count), dict(reasons))
