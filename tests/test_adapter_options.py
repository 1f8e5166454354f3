"""Which questions a library takes: those that its documentation promises an answer to, by the options that it has, and no others."""

import pytest
from libraries import CALLING, installed

from lossref import catalog, golden
from lossref.conventions.grammar import parse
from lossref.formats import FLOAT64
from lossref.implementations.engines.choice import divides_alike
from lossref.implementations.resolve import ADAPTERS, resolve
from lossref.spec import Question

LOG_SPACE = "kl_divergence_from_log_probabilities"
WEIGHED, MASK, MEAN = {"sample_weight": (0.5, 2.0, 0.0, 3.0)}, {"mask": (True, False, True, True)}, {"reduction": "mean"}
NONE, CLASSES, NOBODY = {"reduction": "none"}, {"class_weight": (1.0, 2.0, 3.0)}, {"sample_weight": (0.0,) * 4}
REFUSED = [
    # what no torch function has, a mean over nothing that is 0, and weighted means that divide by other things than documented
    ("torch", "squared_error", MEAN | MASK, "it has no option mask"),
    ("torch", "squared_error", MEAN | {"empty": "zero"}, "its mean over nothing is nan"),
    ("torch", "huber", MEAN | WEIGHED, "its mean divides by the number of examples"),
    ("torch", "squared_error", MEAN | WEIGHED | {"denominator": "count"}, "its mean divides by the sum of the weights"),
    ("torch", "squared_error", MEAN | {"denominator": 8.0}, "its mean divides by the sum of the weights"),
    ("torch", "binary_cross_entropy", MEAN | WEIGHED, "its mean divides by the number of examples"),
    ("torch", "binary_cross_entropy", MEAN | {"label_smoothing": 0.125}, "it has no option label_smoothing"),
    ("torch", "logistic", NONE | WEIGHED, "it has no option sample_weight"),
    ("torch", "softmax_cross_entropy", MEAN | {"target_form": "one_hot"}, "it takes no target of the form one_hot"),
    ("torch", "softmax_cross_entropy", MEAN | CLASSES | {"denominator": "kept"}, "its mean divides by the sum of the weights"),
    ("torch", "softmax_cross_entropy", MEAN | {"ignore_index": -100, "denominator": "count"}, "its mean divides by"),
    ("torch", "softmax_cross_entropy", MEAN | {"label_smoothing": 0.125, "smoothing": "others"}, "it has no option smoothing"),
    ("torch", "negative_log_likelihood", MEAN | {"label_smoothing": 0.125}, "it has no option label_smoothing"),
    ("torch", "soft_target_cross_entropy", MEAN | {"denominator": "count", "ignore_index": -100}, "it has no option ignore_index"),
    ("torch", "entropy", NONE, "it has no option reduction"),
    ("torch", "cosine_embedding", MEAN | {"at_zero": 0.25}, "it has no option at_zero"),
    ("torch_func", LOG_SPACE, MEAN | {"label_smoothing": 0.125}, "it has no option label_smoothing"),
    ("sklearn", "hinge", NONE, "it has no reduction none"),
    ("sklearn", "squared_error", {"reduction": "sum"}, "it has no reduction sum"),
    ("sklearn", "squared_error", MEAN | NOBODY, "weights of a mean that sum to 0"),
    ("sklearn", "squared_error", MEAN | WEIGHED | {"denominator": "count"}, "its mean divides by the sum of the weights"),
    ("sklearn", "sigmoid_cross_entropy", NONE | {"upstream": 2.0}, "it has no option upstream"),
    ("sklearn", "binary_cross_entropy", MEAN | {"pos_weight": 3.0}, "it has no option pos_weight"),
    ("onnx", "softmax_cross_entropy", MEAN | {"upstream": 2.0}, "it has no option upstream"),
    ("onnx", "softmax_cross_entropy", MEAN | {"label_smoothing": 0.125}, "it has no option label_smoothing"),
    ("onnx", "softmax_cross_entropy", MEAN | WEIGHED, "it has no option sample_weight"),
    ("onnx", "negative_log_likelihood", MEAN | {"ignore_index": -100, "denominator": "count"}, "its mean divides by"),
    ("scipy", "huber", NONE, "it has no option reduction"),
    ("optax", "softmax_cross_entropy", MEAN | CLASSES, "it has no option class_weight"),
    ("optax", "softmax_cross_entropy", MEAN | {"ignore_index": -100}, "it has no option ignore_index"),
    ("optax", "softmax_cross_entropy", MEAN | {"label_smoothing": 0.1}, "it has no option label_smoothing"),
    ("optax", "softmax_cross_entropy", {"reduction": "sum"} | WEIGHED, "it has no option sample_weight"),
    ("optax", "softmax_cross_entropy", MEAN | MASK | {"denominator": "count"}, "its mean divides by"),
    ("optax", "softmax_cross_entropy", MEAN | {"empty": "zero"}, "its mean over nothing is nan"),
    ("optax", "hinge", NONE | {"target_form": "binary"}, "it takes no target of the form binary"),
    ("optax", "hinge", NONE | MASK, "it has no option mask"),
    ("optax", "sigmoid_cross_entropy", NONE | {"pos_weight": 2.0}, "it has no option pos_weight"),
    ("optax", "squared_error", MEAN | NOBODY, "jnp.average needs some weight"),
    ("keras", "softmax_cross_entropy", MEAN | CLASSES, "it has no option class_weight"),
    ("keras", "softmax_cross_entropy", MEAN | {"label_smoothing": 0.1}, "it has no option label_smoothing"),
    ("keras", "softmax_cross_entropy", MEAN | {"denominator": 8.0}, "its mean divides by"),
    ("keras", "softmax_cross_entropy", MEAN | {"denominator": "count", "ignore_index": -100}, "its mean divides by"),
    ("keras", "softmax_cross_entropy", MEAN | {"mask": (False,) * 4}, "its mean over nothing is zero"),
    ("keras", "softmax_cross_entropy", MEAN | NOBODY | {"denominator": "weights"}, "its mean over nothing is zero"),
    ("keras", "sigmoid_cross_entropy", MEAN | {"pos_weight": 2.0}, "it has no option pos_weight"),
    ("keras", "sigmoid_cross_entropy", MEAN | {"target_form": "sign"}, "it takes no target of the form sign"),
    ("keras", "hinge", MEAN | {"label_smoothing": 0.1}, "it has no option label_smoothing"),
]
TAKEN = [
    ("torch", "huber", MEAN | WEIGHED | {"denominator": "count"}),
    ("torch", "huber", MEAN | {"delta": 2.0}),
    ("torch", "squared_error", MEAN | WEIGHED),
    ("torch", "squared_error", MEAN | {"empty": "nan", "mask": None, "label_smoothing": 0.0, "smoothing": "all", "denominator": "batch"}),
    ("torch", "binary_cross_entropy", MEAN | WEIGHED | {"denominator": "kept", "upstream": -2.0}),
    ("torch", "sigmoid_cross_entropy", {"reduction": "sum", "pos_weight": 3.0} | WEIGHED),
    ("torch", "softmax_cross_entropy", MEAN | CLASSES | {"ignore_index": -100, "label_smoothing": 0.125}),
    ("torch", "softmax_cross_entropy", MEAN | CLASSES | {"target_form": "soft", "denominator": "count"}),
    ("torch", "softmax_cross_entropy", MEAN | {"target_form": "index"}),
    ("torch", "soft_target_cross_entropy", MEAN | CLASSES | {"denominator": "count"}),
    ("torch", "soft_target_cross_entropy", MEAN | CLASSES),
    ("torch", "cosine_embedding", MEAN | {"margin": 0.5, "at_zero": 0.0}),
    ("torch_func", "negative_log_likelihood", MEAN | {"ignore_index": -100, "denominator": "kept"}),
    ("sklearn", "hinge", MEAN | WEIGHED | {"target_form": "binary"}),
    ("sklearn", "binary_cross_entropy", {"reduction": "sum", "target_form": "sign"} | WEIGHED),
    ("sklearn", "softmax_cross_entropy", NONE | WEIGHED),
    ("onnx", "softmax_cross_entropy", MEAN | CLASSES | {"ignore_index": -100}),
    ("onnx", "negative_log_likelihood", MEAN | {"denominator": "count"}),
    ("optax", "softmax_cross_entropy", NONE | MASK),
    ("optax", "softmax_cross_entropy", NONE | {"target_form": "soft", "label_smoothing": 0.1}),
    ("optax", "softmax_cross_entropy", MEAN | WEIGHED),
    ("keras", "softmax_cross_entropy", MEAN | {"ignore_index": -100}),
    ("keras", "softmax_cross_entropy", MEAN | {"target_form": "one_hot", "label_smoothing": 0.1}),
    ("keras", "softmax_cross_entropy", MEAN | WEIGHED | {"denominator": "count"}),
    ("keras", "softmax_cross_entropy", MEAN | WEIGHED | {"denominator": "weights"}),
    ("keras", "softmax_cross_entropy", MEAN | {"empty": "zero", "mask": (False,) * 4}),
    ("keras", "hinge", {"reduction": "sum", "target_form": "binary"} | MASK),
    ("keras", "hinge", NONE | NOBODY),
]


def question(loss, options):
    """A call of the first golden batch of a loss."""
    base = next(v.question for v in golden.read(catalog.get(loss), FLOAT64) if v.question.is_call)
    return Question(loss, "float64", base.inputs, options, "reduction", "own")


@pytest.mark.parametrize("name", installed((*CALLING, "scipy")))
def test_what_a_library_documents_is_taken_and_nothing_else(name):
    found = resolve(name).implementations
    for library, loss, options, reason in REFUSED:
        assert library != name or reason in found[loss].takes(question(loss, options)), (loss, options)
    for library, loss, options in TAKEN:
        assert library != name or found[loss].takes(question(loss, options)) == "", (loss, options)


@pytest.mark.parametrize("name", installed(["sklearn"]))
def test_one_label_alone_is_none_for_hinge_loss(name):
    asked = Question("hinge", "float64", {"prediction": (0.5, 1.0), "target": (1.0, 1.0)}, MEAN, "reduction", "own")
    assert resolve(name).implementations["hinge"].takes(asked) == "hinge_loss needs examples of both labels"


def test_denominators_are_one_where_nothing_tells_them_apart():
    index, rows = catalog.get("softmax_cross_entropy"), catalog.get("soft_target_cross_entropy")
    for loss, options, groups in [
        (index, {}, "weights kept count batch"),
        (index, {"ignore_index": 0}, "weights kept, count batch"),
        (index, {"sample_weight": 1}, "weights, kept count batch"),
        (index, {"sample_weight": None, "mask": None}, "weights kept count batch"),
        (index, {"class_weight": 1}, "weights, kept count batch"),
        (rows, {"class_weight": 1}, "weights kept count batch"),
        (index, {"class_weight": 1, "target_form": "soft"}, "weights kept count batch"),
        (index, {"class_weight": 1, "mask": 1}, "weights, kept, count batch"),
    ]:
        group = {name: k for k, names in enumerate(groups.split(", ")) for name in names.split()}
        for used in ("weights", "kept", "count"):
            for asked in group:
                found = divides_alike(used, loss, MEAN | {"denominator": asked} | options)
                assert found == (group[used] == group[asked]), (options, used, asked)
    assert not divides_alike("count", index, MEAN | {"denominator": 8.0})


@pytest.mark.parametrize("name", installed(ADAPTERS))
def test_what_is_documented_can_be_said_of_the_loss(name):
    for loss, implementation in resolve(name).implementations.items():
        for convention in implementation.conventions:
            assert parse(convention.sentence) == convention
            assert convention.misfit(catalog.get(loss)) == ""


@pytest.mark.parametrize("name", installed(sorted({*ADAPTERS} - {"lossref"})))
def test_no_library_is_asked_to_hide_nan_or_infinity_under_a_weight_of_0(name):
    """No documentation promises it; ours does."""
    for loss, implementation in resolve(name).implementations.items():
        hidden = [v.question for v in golden.read(catalog.get(loss), FLOAT64) if v.question.flag == "hidden"]
        assert all(map(implementation.takes, hidden))
        assert not any(map(resolve("lossref").implementations[loss].takes, hidden))
