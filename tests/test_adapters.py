"""Adapters hand a library exactly what they were given, good code passes through them, and what they show reproduces.

Libraries that are not installed are skipped: one command each tests them in an environment that has them (`pip install
-e '.[test,optax]'; pytest tests/test_adapters.py`). `KERAS_BACKEND` chooses the backend of Keras.
"""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from libraries import MISSING, installed

from lossref import catalog
from lossref.cli import main
from lossref.formats import JUDGED
from lossref.golden import SHIPPED_FORMATS
from lossref.implementations.engines import tensors
from lossref.implementations.engines.written import Written
from lossref.implementations.resolve import ADAPTERS, PACKAGES, resolve
from lossref.spaces import Label, Real, Vector
from lossref.spec import PARTS, Loss, Parameter, Question

# Keras 3.15 calls NumPy 2 in a way that it warns of, on PyTorch tensors.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning")

FORMATS = ("float64", "float32")
ONE_FORMAT = {"xgboost": "float32"}  # a library that computes in one format only
TENSORS = ("torch", "torch_func", "kornia", "pytorch_metric_learning", "segmentation_models_pytorch", "timm", "torchvision", "optax", "rax")
SHORT = dict.fromkeys(("lossref", *TENSORS), JUDGED)


def adapter(name):
    return importlib.import_module(f"lossref.implementations.adapters.{name}")


def awkward(dtype):
    """Numbers that a conversion through another format, text or a default would change."""
    tiny, huge = np.finfo(dtype).smallest_subnormal, np.finfo(dtype).max
    return np.array([0.1, -0.0, tiny, -huge, np.nextafter(np.array(1, dtype), 2, dtype=dtype), np.inf, np.nan], dtype=dtype)


def same(a, b):
    a, b = np.asarray(a), np.asarray(b)
    assert a.dtype == b.dtype
    assert a.shape == b.shape
    np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(np.signbit(a), np.signbit(b))


@pytest.mark.parametrize("name", installed(ADAPTERS))
def test_library_builds_and_names_losses_of_the_catalogue(name):
    library = resolve(name)
    assert library.name == name
    assert library.title.strip()
    assert library.implementations
    assert {*library.implementations, *library.reasons} <= set(catalog.names())
    assert not {*library.implementations} & {*library.reasons}
    for implementation in library.implementations.values():
        assert implementation.parts
        assert set(implementation.parts) <= {"value", "gradient", "hessian"}


@pytest.mark.parametrize("name", installed(ADAPTERS))
def test_a_library_says_which_formats_it_computes_in(name):
    assert resolve(name).formats == ((ONE_FORMAT[name],) if name in ONE_FORMAT else SHORT.get(name, SHIPPED_FORMATS))


DIALECTS = {"torch": "torch_like", "optax": "jax_like", "keras": "keras_like"}


def dialect(name):
    engine = importlib.import_module(f"lossref.implementations.engines.{DIALECTS[name]}")
    return engine.dialect(*{"torch": ("",), "optax": ("", {}), "keras": ()}[name])


def probed(function, space):
    """A record of a function that is no loss, of numbers or of rows of them."""
    record = Loss(
        arguments={"x": space, "y": space, "index": Label("x")},
        parameters={"delta": Parameter(space=Real(), default=1.0, grid=(1.0,))},
        definition=lambda m, **_: 0,
    )
    record.definition.__module__ = "lossref.losses.function.probe"  # of which nothing is reduced
    found = Written(function=function)
    vars(found)["loss"] = record
    return found


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("name", installed(DIALECTS))
def test_what_goes_in_comes_out(name, dtype):
    """A probe in a loss's place sees the arrays as they were given; the identity is its own answer and has slope 1."""
    seen = []

    def probe(x, y, index, delta):
        seen.append((x, y, index, delta))
        return x

    vector = awkward(dtype)
    for space, shaped in ((Real(), vector), (Vector(), vector.reshape(-1, 1).repeat(2, axis=1))):
        seen.clear()
        arrays = {"x": shaped, "y": -shaped, "index": np.arange(len(shaped))}
        parts = tensors.implementation(probed(probe, space), dialect(name)).parts
        same(parts["value"](**{k: v.copy() for k, v in arrays.items()}, delta=0.1), shaped)
        xs, ys, indices, deltas = zip(*seen, strict=True)
        same(np.concatenate([np.asarray(x) for x in xs]), shaped)
        same(np.concatenate([np.asarray(y) for y in ys]), -shaped)
        np.testing.assert_array_equal(np.concatenate([np.asarray(i) for i in indices]), arrays["index"])
        assert {*deltas} == {0.1}
        if "gradient" in parts:
            same(parts["gradient"](**{k: v.copy() for k, v in arrays.items()}, delta=0.1), np.ones_like(shaped))


@pytest.mark.parametrize("name", installed(["xgboost"]))
def test_xgboost_holds_what_it_is_given(name, monkeypatch):
    found, real = [], adapter(name).xgb.DMatrix

    def recorded(*arguments, **options):
        found.append(real(*arguments, **options))
        return found[-1]

    monkeypatch.setattr(adapter(name).xgb, "DMatrix", recorded)
    parts = resolve(name).implementations["half_squared_error"].parts
    margins, labels = awkward("float32")[:5], np.array([0.1, 1e-40, 3e38, -0.0, 7], dtype=np.float32)
    parts["hessian"](prediction=margins, target=labels)
    same(np.concatenate([data.get_label() for data in found]), labels)
    same(np.concatenate([data.get_base_margin() for data in found]), margins)


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("name", installed(["lightgbm"]))
def test_lightgbm_holds_what_it_is_given(name, dtype, monkeypatch):
    found, real = [], adapter(name).lgb.Dataset

    def recorded(*arguments, **options):
        found.append(real(*arguments, **options))
        return found[-1]

    monkeypatch.setattr(adapter(name).lgb, "Dataset", recorded)
    scores = np.array([0.1, -0.0, np.finfo(dtype).smallest_subnormal, -1e18, 3], dtype=dtype)
    labels = np.array([0.1, 1e-30, 3e18, -0.0, 7], dtype=np.float32).astype(dtype)
    squared_error = resolve(name).implementations["squared_error"]

    def takes(y):
        return not squared_error.takes(Question("squared_error", dtype, {"prediction": 1.0, "target": y}, {}, "ordinary", ""))

    assert all(takes(float(y)) for y in labels)
    assert not any(takes(y) for y in (0.1, 2.0**127))
    squared_error.parts["value"](prediction=scores, target=labels)
    same(np.concatenate([data.get_label() for data in found]).astype(dtype), labels)
    same(np.concatenate([data.get_init_score() for data in found]).astype(dtype), scores)


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("name", installed(["onnx"]))
def test_onnx_evaluates_what_it_is_given(name, dtype, monkeypatch):
    seen, real = [], adapter(name).ReferenceEvaluator

    class Recorder(real):
        def run(self, names, inputs):
            seen.append(inputs)
            return super().run(names, inputs)

    monkeypatch.setattr(adapter(name), "ReferenceEvaluator", Recorder)
    x, index = awkward(dtype)[:, None].repeat(2, axis=1), np.zeros(7, np.int64)
    resolve(name).implementations["negative_log_likelihood"].parts["value"](log_probabilities=x, target=index)
    same(seen[0]["l"], x)
    same(seen[0]["y"], index)


GOOD = {  # correct code, which no adapter may spoil
    "lossref": ["squared_error", "softmax_cross_entropy"],
    "scipy": ["binary_cross_entropy", "sigmoid", "kl_divergence"],
    "sklearn": ["half_squared_error", "hinge", "zero_one"],
    "torch": ["squared_error", "absolute_error", "log_sigmoid"],
    "torch_func": ["squared_error", "absolute_error", "entropy"],
    "optax": ["squared_error", "half_squared_error"],
    "keras": ["l2_penalty", "relu"],
    "onnx": ["sigmoid", "softplus", "negative_log_likelihood"],
    "xgboost": ["half_squared_error", "hinge"],
    "lightgbm": ["squared_error", "absolute_error", "huber"],
    "kornia": ["kl_divergence"],
    "catboost": ["huber", "expectile", "poisson"],
    "rax": ["squared_error"],
}


def losses(names):
    return [word for name in names for word in ("--loss", name)]


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("name", installed(GOOD))
def test_good_code_is_found_good(capsys, name, dtype):
    if ONE_FORMAT.get(name, dtype) != dtype:
        pytest.skip(f"{name} computes in {ONE_FORMAT[name]} only")
    assert main(["check", name, *losses(GOOD[name]), "--level", "B", "--format", dtype, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["losses"]
    assert {entry["loss"] for entry in found} == set(GOOD[name])


REPRODUCED = {
    "scipy": ["softmax_cross_entropy", "cross_entropy", "logistic", "entropy"],
    "sklearn": ["sigmoid_cross_entropy", "binary_cross_entropy", "softmax_cross_entropy", "exponential"],
    "torch": ["softmax_cross_entropy", "logistic", "huber", "entropy"],
    "torch_func": ["softmax_cross_entropy", "sigmoid_cross_entropy", "kl_divergence_from_log_probabilities", "entropy"],
    "optax": ["softmax_cross_entropy", "log1mexp", "huber", "l2_penalty"],
    "keras": ["softmax_cross_entropy", "binary_cross_entropy", "l2_penalty"],
    "onnx": ["softmax_cross_entropy", "log_softmax", "logsumexp", "softmax"],
    "xgboost": ["sigmoid_cross_entropy", "softmax_cross_entropy"],
    "lightgbm": ["sigmoid_cross_entropy", "softmax_cross_entropy", "squared_error"],
    "torchvision": ["sigmoid_focal_cross_entropy"],
    "catboost": ["sigmoid_cross_entropy", "log_cosh", "quantile"],
    "kornia": ["sigmoid_focal_cross_entropy", "pseudo_huber"],
    "timm": ["sigmoid_cross_entropy", "softmax_cross_entropy", "soft_target_cross_entropy"],
    "segmentation_models_pytorch": ["sigmoid_cross_entropy", "softmax_cross_entropy", "sigmoid_focal_cross_entropy", "dice"],
    "pytorch_metric_learning": ["n_pairs", "ntxent", "triplet_margin"],
    "rax": ["sigmoid_cross_entropy", "listmle", "poly_cross_entropy"],
}


def is_printed_first(loss, label):
    """Whether a number, `gradient[first][0]` say, is the first that a line prints."""
    return label.rpartition("[")[2] in (*PARTS, "0]") and ("][" not in label or f"[{catalog.get(loss).first}]" in label)


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("name", installed(REPRODUCED))
def test_lines_shown_print_what_was_got_without_us(capsys, name, dtype):
    if ONE_FORMAT.get(name, dtype) != dtype:
        pytest.skip(f"{name} computes in {ONE_FORMAT[name]} only")
    main(["check", name, *losses(REPRODUCED[name]), "--worst", "2", "--format", dtype, "--json"])
    found = json.loads(capsys.readouterr().out)
    bugs = [w for e in found["losses"] for p in e["parts"].values() for w in p["worst"] if is_printed_first(e["loss"], w["label"])]
    assert len(bugs) >= 3
    lines = [bug["line"] for bug in bugs]
    assert not any("lossref" in line or "'" in line for line in lines)
    script = '\nprint("next")\n'.join(lines)
    printed = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True).stdout
    answers = [answer.split("(")[-1] for answer in printed.split("next\n")]
    firsts = [re.search(r"-?inf|nan|-?\d+\.?\d*(e[-+]?\d+)?", answer).group() for answer in answers]
    assert len(firsts) == len(bugs)
    for text, bug in zip(firsts, bugs, strict=True):
        # torch prints four decimals, or four digits where it chooses an exponent
        got = float(bug["got"]["decimal"])
        assert float(text) == pytest.approx(got, rel=1e-3, abs=1e-4 * ("e" not in text and "tensor" in printed), nan_ok=True)


FINDINGS = [
    # library, format, loss, part, inputs, got, exact
    ("optax", "float64", "sigmoid", "gradient", {"x": 37.0}, 0.0, 8.533047625744065e-17),
    ("optax", "float64", "softmax_cross_entropy", "value", {"logits": [40.0, 0.0], "target": 0}, 0.0, 4.248354255291589e-18),
    ("onnx", "float64", "softmax_cross_entropy", "value", {"logits": [40.0, 0.0], "target": 0}, 0.0, 4.248354255291589e-18),
    ("torch", "float64", "sigmoid_cross_entropy", "gradient", {"logits": 40.0, "target": 1.0}, 0.0, -4.248354255291589e-18),
    ("torch_func", "float64", "sigmoid_cross_entropy", "gradient", {"logits": -40.0, "target": 0.0}, 0.0, 4.248354255291589e-18),
    ("xgboost", "float32", "sigmoid_cross_entropy", "gradient", {"logits": 20.0, "target": 1.0}, 0.0, -2.06115369216775e-09),
    ("lightgbm", "float64", "sigmoid_cross_entropy", "value", {"logits": 1000.0, "target": 0.0}, 27.631021115928547, 1000.0),
]


@pytest.mark.parametrize(
    "finding", [pytest.param(f, marks=pytest.mark.skipif(f[0] in MISSING, reason=f"{f[0]} is not installed")) for f in FINDINGS]
)
def test_finding_is_shown(capsys, finding):
    name, dtype, loss, part, inputs, got, exact = finding
    main(["check", name, "--loss", loss, "--format", dtype, "--worst", "400", "--json"])
    (entry,) = json.loads(capsys.readouterr().out)["losses"]
    bug = next(w for w in entry["parts"][part]["worst"] if w["inputs"] == inputs)
    assert bug["got"]["decimal"] == got
    assert bug["exact"]["decimal"] == exact


@pytest.mark.parametrize("name", installed(["torch", "torch_func"]))
def test_hessian_diagonals_are_those_of_the_library(name):
    import torch

    found = resolve(name).implementations["softmax_cross_entropy"].parts["hessian"]
    logits, target = np.array([[0.5, -2.0, 1.0], [3.0, 0.0, -1.0]]), np.array([2, 0])

    def whole(reduction):
        call = torch.nn.functional.cross_entropy
        matrix = torch.autograd.functional.hessian(
            lambda x: call(x, torch.tensor(target), reduction=reduction).sum(), torch.tensor(logits)
        )
        return matrix.reshape(6, 6).diagonal().numpy().reshape(2, 3)

    np.testing.assert_allclose(found(logits=logits.copy(), target=target), whole("none"), rtol=1e-14)
    np.testing.assert_allclose(found(logits=logits.copy(), target=target, reduction="mean"), whole("mean"), rtol=1e-14)
    bend = resolve(name).implementations["huber"].parts["hessian"]
    assert bend(prediction=np.array([0.5, 3.0, -3.0]), target=np.zeros(3), delta=1.0).tolist() == [1, 0, 0]


@pytest.mark.parametrize("name", installed(["torch", "torch_func", "optax"]))
def test_every_differentiable_argument_has_its_gradient(name):
    a, p, n = np.array([[0.0, 0.0]]), np.array([[3.0, 4.0]]), np.array([[0.0, 1.0]])
    found = resolve(name).implementations["triplet_margin"].parts["gradient"]
    for options in ({}, {"reduction": "mean"}, {"reduction": "none", "upstream": np.array([1.0])}):
        slopes = found(anchor=a.copy(), positive=p.copy(), negative=n.copy(), margin=1.0, **options)
        for got, wanted in zip(slopes, ([[-0.6, 0.2]], [[0.6, 0.8]], [[0.0, -1.0]]), strict=True):
            np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-5)  # an eps of 1e-6 is in each difference


def shipped(name):
    """What the installed library has, by the names that its adapter lists."""
    if name == "torch":
        from torch import nn

        found = vars(nn.functional).items()
        return {k for k, v in found if re.search(r"_loss$|cross_entropy|^kl_div$", k) and callable(v)} | {"AdaptiveLogSoftmaxWithLoss"}
    if name == "optax":
        from optax import losses

        helpers = {"smooth_labels", "convex_kl_divergence"}  # the second is the old name of generalized_kl_divergence
        return {f for f in dir(losses) if not f.startswith("_") and callable(getattr(losses, f))} - helpers
    if name == "keras":
        from keras import losses

        classes = {k: v for k, v in vars(losses).items() if isinstance(v, type) and issubclass(v, losses.Loss)}
        return set(classes) - {"Loss"}
    if name == "sklearn":
        from sklearn import metrics
        from sklearn._loss import loss

        losses = {k for k, v in vars(loss).items() if isinstance(v, type) and issubclass(v, loss.BaseLoss)}
        ends = ("_loss", "_error", "_deviance")
        ours = {k for k in metrics.__all__ if k.endswith(ends) and not k.startswith("d2_")}
        return (losses | ours) - {k for k in losses if k.endswith("ArrayAPI")} - {"BaseLoss"}
    if name == "scipy":
        from scipy import special

        return {f"special.{f}" for f in ("huber", "pseudo_huber", "kl_div", "rel_entr", "entr") if hasattr(special, f)}
    if name == "onnx":
        from onnx import defs

        return {schema.name for schema in defs.get_all_schemas() if schema.name.endswith("Loss")}
    return None


@pytest.mark.parametrize("name", installed([name for name in ADAPTERS if name != "lossref"]))
def test_coverage_counts_every_loss_of_the_library(capsys, name):
    library = resolve(name)
    own = {re.sub(r" ?\(.*", "", offer) for offer in library.offers}
    there = shipped(name)
    if there is not None:
        assert there <= own
        assert {offer for offer in own - there if "_loss=" not in offer} <= {
            # reached otherwise than by a public function that is called a loss
            "Hinge", "SquaredHinge", "ModifiedHuber", "EpsilonInsensitive", "SquaredEpsilonInsensitive", "stats.entropy",
            "spatial.distance.cosine", "spatial.distance.jensenshannon", "paired_cosine_distances",
        }  # fmt: skip
    for found in library.offers.values():
        assert found in library.implementations or " " in found
    assert main(["coverage", name, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    judged = [offer for offer in report["offers"] if offer["judged_as"]]
    assert report["judged"] == len(judged) > 0
    assert report["of"] == len(report["offers"]) == len(library.offers)
    assert all(bool(offer["judged_as"]) != bool(offer["reason"]) for offer in report["offers"])
    assert main(["coverage", name]) == 0
    text = capsys.readouterr().out
    assert text.rstrip().endswith(f"{len(judged)} of the {len(library.offers)} losses of {report['title']} can be judged.")


@pytest.mark.parametrize("name", installed([name for name in ADAPTERS if name not in ("lossref", "torch_func")]))
def test_a_loss_that_is_said_to_be_judged_is_called_by_the_adapter(name, listed):
    folder = Path(adapter(name).__file__).parent
    source = "".join(path.read_text() for path in (folder / f"{name}.py", folder / f"_{name}_compiled.py") if path.is_file())
    library = resolve(name)
    judged = {offer: loss for offer, loss in library.offers.items() if loss in library.implementations}
    listed([(offer, loss) for offer, loss in judged.items() if re.split(r"[.:]", re.sub(r"[ (].*", "", offer))[-1] not in source])


def test_coverage_of_what_keeps_no_list_is_refused(capsys):
    for name, words in (("lossref", "no list"), ("nothing_of_the_kind", "neither an adapter")):
        assert main(["coverage", name]) == 2
        assert words in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(MISSING))
def test_absent_library_is_named_with_its_package(capsys, name):
    package = PACKAGES.get(name, name.replace("_", "-"))
    assert main(["check", name]) == 2
    assert re.search(rf"(is not installed here|has no backend here).*pip install ({package}|jax)", capsys.readouterr().err)
