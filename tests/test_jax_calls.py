"""Whole calls of optax and Keras are what the libraries do when called by hand, and each prints as a line of its own.

A library that is not installed is skipped, as in test_adapters. Sums and means of optax are composed of functions of JAX:
they are held here to what they say, and judged once a report can say that they are composed.
"""

import importlib
import json
import re
import subprocess
import sys
from functools import cache
from importlib.util import find_spec

import numpy as np
import pytest

from lossref import callvectors, catalog
from lossref.formats import FORMATS
from lossref.judge.calls import arrays_of, judge_calls
from lossref.judge.grades import meets
from lossref.targets import resolve

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning")

ABSENT = {name: f"{name} is not installed" for name in ("optax", "keras") if not find_spec(name)}
if not any(map(find_spec, ("jax", "torch", "tensorflow"))):
    ABSENT.setdefault("keras", "keras has no backend here")
DTYPES = ("float64", "float32")
REDUCTIONS = ("none", "sum", "mean")
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?|nan|-?inf")
NAMED = {"none": None, "sum": "sum", "mean": "sum_over_batch_size"}  # in Keras
OPTAX = {
    "squared_error": "squared_error", "half_squared_error": "l2_loss", "huber": "huber_loss", "hinge": "hinge_loss",
    "perceptron": "losses.perceptron_loss", "sigmoid_cross_entropy": "sigmoid_binary_cross_entropy",
    "softmax_cross_entropy": "softmax_cross_entropy_with_integer_labels", "soft_target_cross_entropy": "softmax_cross_entropy",
    "logistic": None, "kl_divergence": None,  # composed
}  # fmt: skip
KERAS = {
    "squared_error": ("MeanSquaredError", {}),
    "absolute_error": ("MeanAbsoluteError", {}),
    "huber": ("Huber", {}),
    "hinge": ("Hinge", {}),
    "binary_cross_entropy": ("BinaryCrossentropy", {}),
    "sigmoid_cross_entropy": ("BinaryCrossentropy", {"from_logits": True}),
    "categorical_cross_entropy": ("CategoricalCrossentropy", {}),
    "softmax_cross_entropy": ("SparseCategoricalCrossentropy", {"from_logits": True}),
    "soft_target_cross_entropy": ("CategoricalCrossentropy", {"from_logits": True}),
    "kl_divergence": ("KLDivergence", {}),
    "logistic": None,  # composed
}
CALLED = [(library, loss) for library, losses in (("optax", OPTAX), ("keras", KERAS)) for loss in losses]


def each(cases):
    return [pytest.param(*case, marks=pytest.mark.skipif(case[0] in ABSENT, reason=ABSENT.get(case[0], ""))) for case in cases]


def backend():
    return importlib.import_module("lossref.targets.adapters._keras_backend")


@cache
def calls(library, loss):
    return resolve(library).implementations[loss].calls


@cache
def vectors(loss, dtype):
    return callvectors.read(catalog.get(loss), FORMATS[dtype])


def is_of_numbers(loss):
    return catalog.get(loss).arguments[catalog.get(loss).differentiable].rank == 0


def options_of(vector):
    return {name: np.array(x) if isinstance(x, tuple) else x for name, x in vector.options.items()}


def by_hand(library, loss, reduction, arrays):
    """The library's own function of a plain batch."""
    first, target = arrays.values()
    double = first.dtype == np.float64
    if library == "optax":
        import jax
        import jax.numpy as jnp
        import optax

        with jax.enable_x64(double):
            found = optax
            for step in OPTAX[loss].split("."):
                found = getattr(found, step)
            each_one = found(jnp.asarray(first), jnp.asarray(target))
            return np.asarray({"none": lambda x: x, "sum": jnp.sum, "mean": jnp.mean}[reduction](each_one))
    keras, (name, settings) = backend().keras, KERAS[loss]
    with backend().precision(arrays):
        shaped = (x[:, None] if first.ndim == 1 else x.astype("int32") if x.dtype == np.int64 else x for x in (target, first))
        call = getattr(keras.losses, name)(reduction=NAMED[reduction], **settings)
        return keras.ops.convert_to_numpy(call(*(keras.ops.convert_to_tensor(x, dtype=x.dtype.name) for x in shaped)))


def test_every_loss_that_is_called_is_listed_here():
    for library, losses in (("optax", OPTAX), ("keras", KERAS)):
        if library not in ABSENT:
            made = {name for name, found in resolve(library).implementations.items() if found.calls}
            assert made == set(losses)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("library", "name"), each(c for c in CALLED if {"optax": OPTAX, "keras": KERAS}[c[0]][c[1]]))
def test_a_plain_call_is_the_library_called_by_hand(library, name, dtype):
    plain = {v.options["reduction"]: v for v in vectors(name, dtype) if v.flag == "plain"}
    assert set(plain) == set(REDUCTIONS)
    for reduction, vector in plain.items():
        arrays = arrays_of(vector, FORMATS[dtype])
        value, _ = calls(library, name).make(**arrays, reduction=reduction)
        wanted = by_hand(library, name, reduction, arrays)
        assert (value.dtype, value.shape) == (wanted.dtype, wanted.shape)
        assert value.dtype == dtype or library == "keras"  # which returns float32 on PyTorch and NumPy
        np.testing.assert_array_equal(value, wanted)


@pytest.mark.parametrize(("library", "name"), each(CALLED))
def test_calls_are_b_but_where_the_library_is_known_to_differ(library, name, listed):
    """In float64, but for Keras's means: it takes them in float32, over the last axis, and on PyTorch and NumPy over all.

    There its cross-entropy of two classes is textbook code."""
    dtype = "float64" if library == "optax" or (backend().BACKEND == "jax" and not is_of_numbers(name)) else "float32"
    asked = [v for v in vectors(name, dtype) if v.flag not in ("hidden", "overflow", "left_out")]
    verdict = judge_calls(calls(library, name).make, asked, FORMATS[dtype], calls(library, name).accepts)
    assert len({o.vector.id for o in verdict.outcomes}) > 10
    level = "B" if library == "optax" or backend().BACKEND == "jax" else "C"
    listed([(o.part, o.grade, o.vector.options, o.raised, o.got) for o in verdict.outcomes if not meets(o.grade, level)])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("library", ["optax", "keras"])
def test_lines_print_what_was_judged(library, dtype):
    """One call of each kind for each loss, every line in one fresh process that knows nothing of us."""
    if library in ABSENT:
        pytest.skip(ABSENT[library])
    chosen = []
    for loss in (loss for owner, loss in CALLED if owner == library):
        kinds = {v.flag: (loss, v) for v in vectors(loss, dtype) if calls(library, loss).accepts(v.options)}
        masked = [(loss, v) for v in vectors(loss, dtype) if "mask" in v.options and calls(library, loss).accepts(v.options)]
        chosen += [kinds[flag] for flag in ("one", "pair", "upstream", "uneven") if flag in kinds] + masked[:1]
    lines = [calls(library, loss).line(v.batch, v.options, FORMATS[dtype]) for loss, v in chosen]
    assert not any("lossref" in line or "'" in line or "\n" in line for line in lines)
    script = '\nprint("next")\n'.join(['import numpy; numpy.set_printoptions(floatmode="unique")', *lines])
    if "torch" in lines[0]:
        script = f"import torch; torch.set_printoptions(precision=17)\n{script}"
    script += '\nimport sys; assert "lossref" not in sys.modules'
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True)
    printed = done.stdout.split("next\n")[1:]
    assert len(printed) == len(chosen)
    for text, (loss, vector) in zip(printed, chosen, strict=True):
        value, slope = calls(library, loss).make(**arrays_of(vector, FORMATS[dtype]), **options_of(vector))
        got = value.ravel() if slope is None else np.concatenate([value.ravel(), slope.ravel().astype(value.dtype)])
        found = [float(number) for number in NUMBER.findall(re.sub(r"dtype=\S+", "", text))]
        tolerance = 1e-14 if "torch" in script else 0  # torch prints so many digits after the point
        np.testing.assert_allclose(np.array(found, dtype=got.dtype), got, rtol=tolerance, atol=tolerance, err_msg=json.dumps(lines))


REFUSED = [
    ("optax", "softmax_cross_entropy", {"reduction": "mean", "class_weight": (1.0, 2.0, 3.0)}),
    ("optax", "softmax_cross_entropy", {"reduction": "mean", "ignore_index": -100}),
    ("optax", "softmax_cross_entropy", {"reduction": "mean", "label_smoothing": 0.1}),
    ("optax", "softmax_cross_entropy", {"reduction": "sum", "sample_weight": (1.0, 2.0)}),
    ("optax", "softmax_cross_entropy", {"reduction": "mean", "denominator": "count", "mask": (True, False)}),
    ("optax", "softmax_cross_entropy", {"reduction": "mean", "empty": "zero"}),
    ("optax", "hinge", {"reduction": "none", "target_form": "binary"}),
    ("optax", "hinge", {"reduction": "none", "mask": (True, False)}),
    ("optax", "sigmoid_cross_entropy", {"reduction": "none", "pos_weight": 2.0}),
    ("optax", "squared_error", {"reduction": "mean", "sample_weight": (0.0, 0.0)}),
    ("keras", "softmax_cross_entropy", {"reduction": "mean", "class_weight": (1.0, 2.0, 3.0)}),
    ("keras", "softmax_cross_entropy", {"reduction": "mean", "label_smoothing": 0.1}),
    ("keras", "softmax_cross_entropy", {"reduction": "mean", "denominator": 8.0}),
    ("keras", "softmax_cross_entropy", {"reduction": "mean", "denominator": "count", "ignore_index": -100}),
    ("keras", "softmax_cross_entropy", {"reduction": "mean", "empty": "nan", "mask": (False, False)}),
    ("keras", "softmax_cross_entropy", {"reduction": "mean", "sample_weight": (0.0, 0.0)}),
    ("keras", "sigmoid_cross_entropy", {"reduction": "mean", "pos_weight": 2.0}),
    ("keras", "sigmoid_cross_entropy", {"reduction": "mean", "target_form": "sign"}),
    ("keras", "hinge", {"reduction": "mean", "label_smoothing": 0.1}),
]
ACCEPTED = [
    ("optax", "softmax_cross_entropy", {"reduction": "none", "mask": (True, False)}),
    ("optax", "softmax_cross_entropy", {"reduction": "none", "target_form": "soft", "label_smoothing": 0.1}),
    ("optax", "softmax_cross_entropy", {"reduction": "mean", "sample_weight": (1.0, 2.0)}),
    ("keras", "softmax_cross_entropy", {"reduction": "mean", "ignore_index": -100}),
    ("keras", "softmax_cross_entropy", {"reduction": "mean", "target_form": "one_hot", "label_smoothing": 0.1}),
    ("keras", "softmax_cross_entropy", {"reduction": "mean", "denominator": "count", "sample_weight": (1.0, 0.0)}),
    ("keras", "softmax_cross_entropy", {"reduction": "mean", "denominator": "weights", "sample_weight": (1.0, 0.0)}),
    ("keras", "softmax_cross_entropy", {"reduction": "mean", "empty": "zero", "mask": (False, False)}),
    ("keras", "hinge", {"reduction": "sum", "target_form": "binary", "mask": (True, False)}),
    ("keras", "hinge", {"reduction": "none", "sample_weight": (0.0, 0.0)}),
]


@pytest.mark.parametrize(("library", "name", "options"), each(REFUSED))
def test_options_that_a_library_has_not_are_refused(library, name, options):
    assert not calls(library, name).accepts(options)


@pytest.mark.parametrize(("library", "name", "options"), each(ACCEPTED))
def test_options_that_a_library_has_are_accepted(library, name, options):
    assert calls(library, name).accepts(options)
