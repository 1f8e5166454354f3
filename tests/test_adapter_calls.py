"""Adapters make whole calls as the library does, take those that it documents and no others, and show lines that reproduce them.

Libraries that are not installed are skipped, as in test_adapters. Sums and means of optax are composed of functions of JAX: they are
held here to what they say.
"""

import re
import subprocess
import sys
from functools import cache, partial

import numpy as np
import pytest
from libraries import CALLING, ON_TORCH, installed

from lossref import catalog, golden
from lossref.formats import FLOAT64, FORMATS
from lossref.implementations.resolve import resolve
from lossref.judge.ask import asked_of
from lossref.judge.measure import meets
from lossref.judge.verdict import judge
from lossref.library import NotSupported
from lossref.options import REDUCTIONS
from lossref.spec import PARTS

pytestmark = [  # Keras 3.15 calls NumPy 2 in a way that it warns of, on PyTorch tensors; torch.func bends some losses slowly, and says so
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:There is a performance drop:UserWarning"),
]

LOG_SPACE = "kl_divergence_from_log_probabilities"
BOTH_IN_LOG_SPACE = "kl_divergence_of_log_probabilities"


@cache
def called(name, form=FLOAT64):
    """Each loss of a library that makes calls, with the golden calls that it takes."""
    found = {}
    for loss, implementation in resolve(name).implementations.items():
        calls = [v for v in golden.read(catalog.get(loss), form) if v.question.is_call]
        if taken := [v for v in calls if not implementation.takes(v.question)]:
            found[loss] = taken
    return found


def answer(name, vector, part):
    """What an adapter gives for a part of a call; None where it gives no such part."""
    implementation = resolve(name).implementations[vector.question.loss]
    arrays, options = asked_of([vector])
    if part not in implementation.parts:
        return None
    try:
        with np.errstate(all="ignore"):  # a mean over nothing
            return implementation.parts[part](**arrays, **options)
    except NotSupported:
        return None


def same(a, b):
    a, b = np.asarray(a), np.asarray(b)
    np.testing.assert_array_equal(a, b)
    assert (a.shape, a.dtype) == (b.shape, b.dtype)
    np.testing.assert_array_equal(np.signbit(a), np.signbit(b))


def torch_value(loss, tensors, reduction):
    """The value as somebody writes it who knows torch and not this project."""
    import torch
    from torch import nn

    modules = {
        "squared_error": nn.MSELoss, "absolute_error": nn.L1Loss, "huber": nn.HuberLoss, "smooth_l1": nn.SmoothL1Loss,
        "logistic": nn.SoftMarginLoss, "multi_margin": nn.MultiMarginLoss, "hinge_embedding": nn.HingeEmbeddingLoss,
        "margin_ranking": nn.MarginRankingLoss, "multilabel_soft_margin": nn.MultiLabelSoftMarginLoss,
        "poisson": nn.PoissonNLLLoss, "poisson_from_rate": partial(nn.PoissonNLLLoss, log_input=False, eps=0),
        "binary_cross_entropy": nn.BCELoss, "sigmoid_cross_entropy": nn.BCEWithLogitsLoss, "negative_log_likelihood": nn.NLLLoss,
        "softmax_cross_entropy": nn.CrossEntropyLoss, "soft_target_cross_entropy": nn.CrossEntropyLoss,
        "gaussian_nll": nn.GaussianNLLLoss, "triplet_margin": nn.TripletMarginLoss, "cosine_embedding": nn.CosineEmbeddingLoss,
    }  # fmt: skip
    if loss == "half_squared_error":
        return 0.5 * nn.MSELoss(reduction=reduction)(*tensors)
    if loss == LOG_SPACE:
        return nn.KLDivLoss(reduction="batchmean" if reduction == "mean" else reduction)(*tensors)
    if loss == BOTH_IN_LOG_SPACE:
        return nn.KLDivLoss(reduction="batchmean" if reduction == "mean" else reduction, log_target=True)(*tensors)
    if loss == "multilabel_margin":
        scores, target = tensors
        held = [[k for k, y in enumerate(row) if y == 1] for row in target.tolist()]
        padded = torch.tensor([[*row, *[-1] * (scores.shape[1] - len(row))] for row in held])
        return nn.MultiLabelMarginLoss(reduction=reduction)(scores, padded)
    return modules[loss](reduction=reduction)(*tensors)


def by_hand_torch(loss, arrays, reduction):
    import torch

    tensors = [torch.tensor(x, requires_grad=name in catalog.get(loss).differentiable) for name, x in arrays.items()]
    value = torch_value(loss, tensors, reduction)
    value.sum().backward()
    return value.detach().numpy(), [x.grad.numpy() for x in tensors if x.requires_grad]


def by_hand_torch_func(loss, arrays, reduction):
    """Not the numbers of plain autograd: torch.func takes some losses apart into other operations."""
    import torch

    moved = catalog.get(loss).differentiable

    def call(*given):
        named = dict(zip(moved, given, strict=True))
        return torch_value(loss, [named.get(name, torch.tensor(x)) for name, x in arrays.items()], reduction)

    value, back = torch.func.vjp(call, *(torch.tensor(arrays[name]) for name in moved))
    return value.numpy(), [x.numpy() for x in back(torch.ones_like(value))]


def by_hand_sklearn(loss, arrays, reduction):
    from sklearn import metrics
    from sklearn._loss import loss as losses

    x, y = arrays.values()
    of_metrics = {
        ("squared_error", "mean"): lambda: metrics.mean_squared_error(y, x),
        ("absolute_error", "mean"): lambda: metrics.mean_absolute_error(y, x),
        ("hinge", "mean"): lambda: metrics.hinge_loss(y, x),
        ("multiclass_hinge", "mean"): lambda: metrics.hinge_loss(y, x, labels=range(x.shape[1])),
        ("quantile", "mean"): lambda: metrics.mean_pinball_loss(y, x),
        ("absolute_percentage_error", "mean"): lambda: metrics.mean_absolute_percentage_error(y, x),
        ("squared_logarithmic_error", "mean"): lambda: metrics.mean_squared_log_error(y, x),
        ("inverse_gaussian", "mean"): lambda: metrics.mean_tweedie_deviance(y, x, power=3),
        ("label_ranking", "mean"): lambda: metrics.label_ranking_loss(y, x),
        ("coverage", "mean"): lambda: metrics.coverage_error(y, x),
        ("binary_cross_entropy", "mean"): lambda: metrics.log_loss(y, x),
        ("binary_cross_entropy", "sum"): lambda: metrics.log_loss(y, x, normalize=False),
        ("sparse_categorical_cross_entropy", "mean"): lambda: metrics.log_loss(y, x, labels=range(x.shape[1])),
        ("sparse_categorical_cross_entropy", "sum"): lambda: metrics.log_loss(y, x, labels=range(x.shape[1]), normalize=False),
    }
    if (loss, reduction) in of_metrics:
        return of_metrics[loss, reduction](), None
    found = {
        "absolute_error": losses.AbsoluteError, "half_squared_error": losses.HalfSquaredError,
        "huber": lambda: losses.HuberLoss(delta=1.0), "exponential": losses.ExponentialLoss, "quantile": losses.PinballLoss,
        "poisson": losses.HalfPoissonLoss, "gamma": losses.HalfGammaLoss, "tweedie": losses.HalfTweedieLoss,
        "sigmoid_cross_entropy": losses.HalfBinomialLoss, "softmax_cross_entropy": lambda: losses.HalfMultinomialLoss(n_classes=3),
    }[loss]()  # fmt: skip
    y = ((y == 1) if loss == "exponential" else y).astype(x.dtype)
    if reduction == "mean":
        return np.average(found.loss(y, x)), None
    value, slope = found.loss_gradient(y, x)
    return value, [slope]


def by_hand_onnx(loss, arrays, reduction):
    from onnx import helper, reference

    operator = {"softmax_cross_entropy": "SoftmaxCrossEntropyLoss", "negative_log_likelihood": "NegativeLogLikelihoodLoss"}[loss]
    node = helper.make_node(operator, inputs=["a", "b"], outputs=["c"], reduction=reduction)
    return reference.ReferenceEvaluator(node).run(["c"], dict(zip("ab", arrays.values(), strict=True)))[0], None


BY_HAND = {"torch": by_hand_torch, "torch_func": by_hand_torch_func, "sklearn": by_hand_sklearn, "onnx": by_hand_onnx}


@pytest.mark.parametrize("name", installed(BY_HAND))
def test_a_plain_call_is_the_library_called_by_hand(name, form):
    seen = set()
    for loss, taken in called(name, form).items():
        for vector in (v for v in taken if v.question.flag == "plain"):
            arrays, reduction = asked_of([vector])[0], vector.question.options["reduction"]
            wanted, slopes = BY_HAND[name](loss, {k: x.copy() for k, x in arrays.items()}, reduction)
            same(answer(name, vector, "value"), wanted)
            gradient = answer(name, vector, "gradient")
            assert (gradient is None) == (slopes is None)
            for got, slope in zip(gradient if isinstance(gradient, tuple) else (gradient,), slopes or (None,), strict=True):
                assert slope is None or same(got, slope) is None
            seen.add((loss, reduction))
    assert {loss for loss, _ in seen} == set(called(name, form))
    assert {reduction for _, reduction in seen} == set(REDUCTIONS)


GOOD = {
    "onnx": ("softmax_cross_entropy", "negative_log_likelihood"),
    "optax": ("squared_error", "soft_target_cross_entropy"),
    "sklearn": ("binary_cross_entropy", "hinge", "squared_error"),
    "torch": ("softmax_cross_entropy", "soft_target_cross_entropy", "negative_log_likelihood", LOG_SPACE),
    "torch_func": ("softmax_cross_entropy", "soft_target_cross_entropy", "negative_log_likelihood", LOG_SPACE),
}
# An eps of 1e-6 or 1e-12 is in what they compute.
BESIDE = ("triplet_margin", "cosine_embedding")


@pytest.mark.parametrize("name", installed(GOOD))
def test_good_calls_are_found_good(name, listed):
    """Ordinary calls of every loss are B, and so are all calls of losses that divide and weigh as they document.

    Hessians apart: those of cross-entropies lose digits alone as they do in calls.
    """
    missed = []
    for loss, taken in called(name).items():
        if loss in BESIDE:
            continue
        asked = [v for v in taken if v.region == "reduction" and (loss in GOOD[name] or v.question.flag in ("plain", "single", "upstream"))]
        asked = [v for v in asked if v.question.flag != "left_out" and (loss in GOOD[name] or "sample_weight" not in v.question.options)]
        verdict = judge(catalog.get(loss), resolve(name).implementations[loss], asked, FLOAT64)
        assert "value" in verdict.parts
        outcomes = [o for part, found in verdict.parts.items() if part != "hessian" for o in found.outcomes]
        missed += [(loss, o.part, o.grade, dict(o.vector.question.options), o.got) for o in outcomes if not meets(o.grade, "B")]
    listed(missed)


NUMBER = re.compile(r"(?<![\w.])-?(?:inf|nan|\d+\.?\d*(?:e[-+]?\d+)?)(?![\w(])")
PRINT_ALL = """
import sys
import numpy
numpy.set_printoptions(precision=17, floatmode="unique")
if sys.argv[1:] == ["torch"]:
    import torch
    torch.set_printoptions(precision=17)
"""


def tensors_of(name):
    """Whose tensors are printed: those of PyTorch to a number of decimals."""
    if name == "keras":
        from lossref.implementations.engines.keras_like import BACKEND

        return BACKEND
    return "torch" if name in ON_TORCH else name


@pytest.mark.parametrize("name", installed(CALLING))
def test_the_line_of_a_call_prints_what_the_call_gave(name, form):
    """For each loss the plain call, one with a mask, and the one with the most options: every part, in one fresh process."""
    lines, answers = [], []
    for loss, taken in called(name, form).items():
        finite = [v for v in taken if v.question.flag not in ("hidden", "overflow")]
        masked = [v for v in finite if "mask" in v.question.options]
        for vector in (finite[0], *masked[:1], max(finite, key=lambda v: len(v.question.options))):
            for part in PARTS:
                if (found := answer(name, vector, part)) is not None:
                    lines.append(resolve(name).implementations[loss].line(part, vector.question))
                    answers.append(np.concatenate([np.ravel(x) for x in (found if isinstance(found, tuple) else (found,))]))
    assert not any("lossref" in line or "'" in line or "\n" in line for line in lines)
    script = PRINT_ALL + '\nprint("next")\n'.join(lines) + '\nassert "lossref" not in sys.modules'
    command = [sys.executable, "-W", "ignore", "-c", script, tensors_of(name)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("next\n")
    for text, line, found in zip(printed, lines, answers, strict=True):
        numbers = [float(x) for x in NUMBER.findall(re.sub(r"dtype=\S+|grad_fn=\S+", "", text))]
        # torch prints a number of decimals, which ends above the last bits of what is small
        np.testing.assert_allclose(np.array(numbers, found.dtype), found, rtol=1e-14, atol=1e-16, err_msg=line)


@pytest.mark.parametrize("name", installed(["optax", "keras"]))
def test_calls_are_b_but_where_the_library_is_known_to_differ(name, listed):
    """In float64, but for Keras's means: it takes them in float32, over the last axis, and on PyTorch and NumPy over all.

    There its cross-entropy of two classes is textbook code, and its Poisson has an eps beside the rate. The rows of crossed calls
    reach into the tails of a loss: where single examples lose digits, these may lose half, and no more."""
    on_jax = tensors_of(name) in ("optax", "jax")
    missed = []
    for loss in called(name):
        if loss in (*BESIDE, "sigmoid_focal_cross_entropy", "poisson_from_rate"):
            continue
        rank = catalog.get(loss).arguments[catalog.get(loss).first].rank
        form = FLOAT64 if name == "optax" or (on_jax and rank) else FORMATS["float32"]
        asked = [v for v in called(name, form)[loss] if v.question.flag not in ("hidden", "overflow", "left_out", "kinks")]
        asked = [v for v in asked if name != "optax" or v.question.options.get("delta", 0) <= 1]  # its slope has an error of eps delta
        verdict = judge(catalog.get(loss), resolve(name).implementations[loss], asked, form)
        outcomes = [o for found in verdict.parts.values() for o in found.outcomes]
        assert len({o.vector.id for o in outcomes}) > 9
        level = "B" if on_jax else "C"
        singles = [v for v in golden.read(catalog.get(loss), form) if not v.question.is_call]
        alone = judge(catalog.get(loss), resolve(name).implementations[loss], singles, form).parts

        loses = any(not meets(part.headline(), level) for part in alone.values())

        def wanted(o, level=level, loses=loses):
            return "D" if loses and o.vector.question.flag == "crossed" else level

        outcomes = [o for o in outcomes if (loss, o.part) != ("categorical_cross_entropy", "gradient")]  # of a sum
        missed += [(loss, o.part, o.grade, o.vector.question.options, o.got) for o in outcomes if not meets(o.grade, wanted(o))]
    listed(missed)
