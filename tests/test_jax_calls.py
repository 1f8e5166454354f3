"""Whole calls of optax and Keras are what the libraries do when called by hand.

A library that is not installed is skipped, as in test_adapters.
"""

from importlib.util import find_spec

import numpy as np
import pytest

from lossref import catalog, golden
from lossref.formats import FLOAT64
from lossref.implementations.resolve import resolve
from lossref.judge.ask import asked_of
from lossref.options import REDUCTIONS

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning")

ABSENT = {name: f"{name} is not installed" for name in ("optax", "keras") if not find_spec(name)}
if not any(map(find_spec, ("jax", "torch", "tensorflow"))):
    ABSENT.setdefault("keras", "keras has no backend here")
NAMED = {"none": None, "sum": "sum", "mean": "sum_over_batch_size"}  # in Keras
OPTAX = {
    "squared_error": "squared_error", "half_squared_error": "l2_loss", "huber": "huber_loss", "hinge": "hinge_loss",
    "perceptron": "losses.perceptron_loss", "sigmoid_cross_entropy": "sigmoid_binary_cross_entropy",
    "softmax_cross_entropy": "softmax_cross_entropy_with_integer_labels", "soft_target_cross_entropy": "softmax_cross_entropy",
    "triplet_margin": "losses.triplet_margin_loss", "kl_divergence_from_log_probabilities": "kl_divergence",
    "cosine_distance": "cosine_distance", "log_cosh": "log_cosh", "multiclass_hinge": "losses.multiclass_hinge_loss",
    "multiclass_perceptron": "losses.multiclass_perceptron_loss", "multiclass_sparsemax": "losses.multiclass_sparsemax_loss",
    # composed, with parameters that have other defaults, or with arguments that are laid out otherwise
    "dice": None, "jaccard": None, "kl_divergence_of_log_probabilities": None, "poly_cross_entropy": None, "sparsemax": None,
    "logistic": None, "sigmoid_focal_cross_entropy": None, "l2_penalty": None, "entropy": None,
}  # fmt: skip
KERAS = {
    "squared_error": ("MeanSquaredError", {}),
    "absolute_error": ("MeanAbsoluteError", {}),
    "huber": ("Huber", {}),
    "hinge": ("Hinge", {}),
    "binary_cross_entropy": ("BinaryCrossentropy", {}),
    "sigmoid_cross_entropy": ("BinaryCrossentropy", {"from_logits": True}),
    "sigmoid_focal_cross_entropy": ("BinaryFocalCrossentropy", {"from_logits": True, "apply_class_balancing": True}),
    "categorical_cross_entropy": ("CategoricalCrossentropy", {}),
    "softmax_cross_entropy": ("SparseCategoricalCrossentropy", {"from_logits": True}),
    "soft_target_cross_entropy": ("CategoricalCrossentropy", {"from_logits": True}),
    "kl_divergence": ("KLDivergence", {}),
    "absolute_percentage_error": ("MeanAbsolutePercentageError", {}),
    "log_cosh": ("LogCosh", {}),
    "poisson_from_rate": ("Poisson", {}),
    "sparse_categorical_cross_entropy": ("SparseCategoricalCrossentropy", {}),
    "squared_hinge": ("SquaredHinge", {}),
    "squared_logarithmic_error": ("MeanSquaredLogarithmicError", {}),
    # composed, or with arguments that are laid out otherwise
    "categorical_focal_cross_entropy": None, "categorical_hinge": None, "tversky": None, "generalized_cross_entropy": None,
    "logistic": None,
}  # fmt: skip
CALLED = [(library, loss) for library, losses in (("optax", OPTAX), ("keras", KERAS)) for loss in losses]


def each(cases):
    return [pytest.param(*case, marks=pytest.mark.skipif(case[0] in ABSENT, reason=ABSENT.get(case[0], ""))) for case in cases]


def by_hand(library, loss, reduction, arrays, form):
    """The library's own function of a plain batch."""
    if library == "optax":
        import jax
        import jax.numpy as jnp
        import optax

        with jax.enable_x64(form.name == "float64"):
            found = optax
            for step in OPTAX[loss].split("."):
                found = getattr(found, step)
            each_one = found(*map(jnp.asarray, arrays.values()))
            return np.asarray({"none": lambda x: x, "sum": jnp.sum, "mean": jnp.mean}[reduction](each_one))
    from lossref.implementations.engines.keras_like import keras, setting

    (first, target), (name, settings) = arrays.values(), KERAS[loss]
    with setting(form):
        shaped = (x[:, None] if first.ndim == 1 else x.astype("int32") if x.dtype == np.int64 else x for x in (target, first))
        call = getattr(keras.losses, name)(reduction=NAMED[reduction], **settings)
        return keras.ops.convert_to_numpy(call(*(keras.ops.convert_to_tensor(x, dtype=x.dtype.name) for x in shaped)))


def test_every_loss_that_is_called_is_listed_here():
    for library, losses in (("optax", OPTAX), ("keras", KERAS)):
        if library not in ABSENT:
            made = {
                name
                for name, found in resolve(library).implementations.items()
                if any(v.question.is_call and not found.takes(v.question) for v in golden.read(catalog.get(name), FLOAT64))
            }
            assert made == set(losses)


@pytest.mark.parametrize(("library", "name"), each(c for c in CALLED if {"optax": OPTAX, "keras": KERAS}[c[0]][c[1]]))
def test_a_plain_call_is_the_library_called_by_hand(library, name, form):
    plain = {v.question.options["reduction"]: v for v in golden.read(catalog.get(name), form) if v.question.flag == "plain"}
    assert set(plain) == set(REDUCTIONS)
    for reduction, vector in plain.items():
        arrays, options = asked_of([vector])
        value = resolve(library).implementations[name].parts["value"](**arrays, **options)
        wanted = by_hand(library, name, reduction, arrays, form)
        assert (value.dtype, value.shape) == (wanted.dtype, wanted.shape)
        assert value.dtype == form.name or library == "keras"  # which returns float32 on PyTorch and NumPy
        np.testing.assert_array_equal(value, wanted)
