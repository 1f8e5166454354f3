"""Keras: the classes of keras.losses and the functions of keras.ops, on the first backend that is installed.

KERAS_BACKEND chooses another one. Even with floatx float64 Keras computes every mean in float32, unless on TensorFlow. Its
`sum_over_batch_size` divides by the number of examples, under a mask by the number that is kept; `mean_with_sample_weight` by the
sum of the weights. Examples are called one by one, as the printed line does.
"""

from lossref.implementations.engines import keras_like
from lossref.implementations.engines.keras_like import BACKEND, ON_JAX, keras
from lossref.implementations.engines.tensors import implementation
from lossref.implementations.engines.written import all_written, implements, library_of, title
from lossref.library import Library

# keras.config.epsilon: a fuzz factor of 1e-7; what kl_divergence clips is in its example.
CLIPPED = ("clip probabilities to [1e-07, 1 - 1e-07], gradient zero outside",)
BOTH_CLIPPED = tuple(f"clip {name} to [1e-07, 1], gradient zero outside" for name in ("probabilities", "target"))
# "The Sharp Bits" of JAX, subnormal numbers: flushed to zero on CPUs. Said of what it makes another function of in both formats.
FLUSHED = ("flush subnormal numbers to zero",) if ON_JAX else ()
FLATTER = ("at a kink the flatter slope",) if ON_JAX else ()  # jax.nn.relu: "under differentiation, we take" 0 at 0


@implements()
def squared_error(prediction, target, reduction=None, sample_weight=None):
    return keras.losses.MeanSquaredError(reduction=reduction)(target, prediction, sample_weight=sample_weight)


@implements()
def absolute_error(prediction, target, reduction=None, sample_weight=None):
    return keras.losses.MeanAbsoluteError(reduction=reduction)(target, prediction, sample_weight=sample_weight)


@implements()
def huber(prediction, target, delta, reduction=None, sample_weight=None):
    return keras.losses.Huber(delta=delta, reduction=reduction)(target, prediction, sample_weight=sample_weight)


@implements()
def log_cosh(prediction, target, reduction=None, sample_weight=None):
    return keras.losses.LogCosh(reduction=reduction)(target, prediction, sample_weight=sample_weight)


# The formula of MeanAbsolutePercentageError: loss = 100 * mean(abs((y_true - y_pred) / y_true)); of zeros a comment says: epsilon
@implements(documented=("factor 100", "floor is 1e-07"))
def absolute_percentage_error(prediction, target, reduction=None, sample_weight=None):
    return keras.losses.MeanAbsolutePercentageError(reduction=reduction)(target, prediction, sample_weight=sample_weight)


# MeanSquaredLogarithmicError: "Negative values and 0 values will be replaced with keras.config.epsilon()", of both
@implements(
    documented=tuple(f"clip {name} to [1e-07, inf], gradient zero outside" for name in ("prediction", "target")),
)
def squared_logarithmic_error(prediction, target, reduction=None, sample_weight=None):
    return keras.losses.MeanSquaredLogarithmicError(reduction=reduction)(target, prediction, sample_weight=sample_weight)


@implements(forms={"binary": ()})
def hinge(prediction, target, reduction=None, sample_weight=None):
    return keras.losses.Hinge(reduction=reduction)(target, prediction, sample_weight=sample_weight)


@implements(forms={"binary": ()})
def squared_hinge(prediction, target, reduction=None, sample_weight=None):
    return keras.losses.SquaredHinge(reduction=reduction)(target, prediction, sample_weight=sample_weight)


@implements(documented=CLIPPED)
def binary_cross_entropy(probabilities, target, reduction=None, sample_weight=None, label_smoothing=0.0):
    return keras.losses.BinaryCrossentropy(label_smoothing=label_smoothing, reduction=reduction)(
        target, probabilities, sample_weight=sample_weight
    )


@implements(documented=FLUSHED)
def sigmoid_cross_entropy(logits, target, reduction=None, sample_weight=None, label_smoothing=0.0):
    return keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=label_smoothing, reduction=reduction)(
        target, logits, sample_weight=sample_weight
    )


@implements(composed="binary_crossentropy of labels 0 and 1 from -1 and 1", forms={"binary": ()}, documented=FLUSHED)
def logistic(prediction, target, reduction=None, sample_weight=None, target_form="sign"):
    return keras.losses.BinaryCrossentropy(from_logits=True, reduction=reduction)(
        (target + 1) / 2 if target_form == "sign" else target, prediction, sample_weight=sample_weight
    )


# A comment of keras.ops.categorical_crossentropy: scaled "so that the class probas of each sample sum to 1"
@implements(documented=("divide probabilities by their sum", *CLIPPED))
def categorical_cross_entropy(probabilities, target, reduction=None, sample_weight=None, label_smoothing=0.0):
    return keras.losses.CategoricalCrossentropy(label_smoothing=label_smoothing, reduction=reduction)(
        target, probabilities, sample_weight=sample_weight
    )


@implements()
def soft_target_cross_entropy(logits, target, reduction=None, sample_weight=None, label_smoothing=0.0):
    return keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=label_smoothing, reduction=reduction)(
        target, logits, sample_weight=sample_weight
    )


@implements(forms=dict.fromkeys(("one_hot", "soft"), (soft_target_cross_entropy.function,))
)
def softmax_cross_entropy(logits, target, reduction=None, sample_weight=None, ignore_index=None):
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=ignore_index, reduction=reduction)(
        target, logits, sample_weight=sample_weight
    )


@implements()
def sigmoid_focal_cross_entropy(logits, target, gamma, alpha, reduction=None, sample_weight=None, label_smoothing=0.0):
    return keras.losses.BinaryFocalCrossentropy(
        apply_class_balancing=True, alpha=alpha, gamma=gamma, from_logits=True, label_smoothing=label_smoothing, reduction=reduction
    )(target, logits, sample_weight=sample_weight)


@implements(documented=BOTH_CLIPPED)
def kl_divergence(probabilities, target, reduction=None, sample_weight=None):
    return keras.losses.KLDivergence(reduction=reduction)(target, probabilities, sample_weight=sample_weight)


# "alpha: coefficient controlling incidence of false positives": the code multiplies false negatives by it. Its epsilon is smooth_dr's 1e-7.
@implements()
def tversky(probabilities, target, alpha, beta, reduction=None, sample_weight=None):
    return keras.losses.Tversky(alpha=alpha, beta=beta, axis=(1, 2), reduction=reduction)(
        target, probabilities, sample_weight=sample_weight
    )


@implements()
def poisson_from_rate(rate, target, reduction=None, sample_weight=None):
    return keras.losses.Poisson(reduction=reduction)(target, rate, sample_weight=sample_weight)


@implements()
def l2_penalty(weights, strength):
    return keras.ops.stack([keras.regularizers.L2(strength / 2)(row) for row in weights])


@implements(documented=FLUSHED)
def sigmoid(x):
    return keras.ops.sigmoid(x)


@implements(documented=FLUSHED)
def log_sigmoid(x):
    return keras.ops.log_sigmoid(x)


@implements(documented=FLUSHED)
def softplus(x):
    return keras.ops.softplus(x)


@implements(documented=FLATTER)
def relu(x):
    return keras.ops.relu(x)


@implements(documented=FLUSHED)
def tanh(x):
    return keras.ops.tanh(x)


@implements(documented=FLUSHED)
def logsumexp(x):
    return keras.ops.logsumexp(x, axis=1)


@implements()
def softmax(x, index):
    return keras.ops.take_along_axis(keras.ops.softmax(x, axis=1), index[:, None], axis=1)[:, 0]


@implements()
def log_softmax(x, index):
    return keras.ops.take_along_axis(keras.ops.log_softmax(x, axis=1), index[:, None], axis=1)[:, 0]


# An index into probabilities; keras.config.epsilon as in CategoricalCrossentropy.
@implements(
    forms=dict.fromkeys(("one_hot", "soft"), (categorical_cross_entropy.function,)),
    documented=("divide probabilities by their sum", *CLIPPED),
)
def sparse_categorical_cross_entropy(probabilities, target, reduction=None, sample_weight=None, ignore_index=None):
    return keras.losses.SparseCategoricalCrossentropy(ignore_class=ignore_index, reduction=reduction)(
        target, probabilities, sample_weight=sample_weight
    )


def _categorical_focal_rows(logits, target, gamma, alpha, reduction=None, sample_weight=None):
    return keras.losses.CategoricalFocalCrossentropy(alpha=alpha, gamma=gamma, from_logits=True, reduction=reduction)(
        target, logits, sample_weight=sample_weight
    )


@implements(forms={"one_hot": (_categorical_focal_rows,)}, documented=("clip softmax to [1e-07, 1 - 1e-07]",))
def categorical_focal_cross_entropy(logits, target, gamma, alpha, reduction=None, sample_weight=None):
    return keras.losses.CategoricalFocalCrossentropy(alpha=alpha, gamma=gamma, from_logits=True, reduction=reduction)(
        keras.ops.one_hot(target, logits.shape[1]), logits, sample_weight=sample_weight
    )


def _categorical_hinge_rows(scores, target, reduction=None, sample_weight=None):
    return keras.losses.CategoricalHinge(reduction=reduction)(target, scores, sample_weight=sample_weight)


@implements(forms={"one_hot": (_categorical_hinge_rows,)})
def categorical_hinge(scores, target, reduction=None, sample_weight=None):
    return keras.losses.CategoricalHinge(reduction=reduction)(
        keras.ops.one_hot(target, scores.shape[1]), scores, sample_weight=sample_weight
    )


def _within(question):
    row = question.inputs["logits"]
    several = len(row[0] if isinstance(row[0], tuple) else row) > 1
    if question.options.get("mask") is not None:
        return "a mask of logits is not one of their softmax"
    return "" if several and 0 < question.options.get("q", 0.7) < 1 else "Keras wants two classes, and a q strictly between 0 and 1"


@implements(composed="of the softmax of logits", never=_within)
def generalized_cross_entropy(logits, target, q, reduction=None, sample_weight=None):
    return keras.losses.CategoricalGeneralizedCrossEntropy(q=q, reduction=reduction)(
        target, keras.ops.softmax(logits, axis=1), sample_weight=sample_weight
    )


# Circle calls this function with a batch as its own references. Here an anchor is the number 1, so that its products with the references
# are the cosines. Keras cuts distances 1 - s off at 0, where any slope between those of either side is right: half at a cosine of 1.
@implements(documented=tuple(f"clip {name} to [-inf, 1], gradient zero outside" for name in ("positive", "negative")))
def circle(positive, negative, gamma, margin):
    return keras.losses.circle(
        keras.ops.ones(1),
        keras.ops.ones((1, 1), dtype=positive.dtype),
        ref_labels=keras.ops.arange(positive.shape[1] + negative.shape[1]) < positive.shape[1],
        ref_embeddings=keras.ops.transpose(keras.ops.concatenate([positive, negative], axis=1)),
        remove_diagonal=False,
        gamma=gamma,
        margin=margin,
    )


OTHERS = {
    "CTC": "of logits, which it normalises: ctc takes log-probabilities as they are",
    "CategoricalFocalCrossentropy": "of probabilities; judged of logits",
    "CosineSimilarity": "cosine_distance less 1; not judged separately",
    "Dice": "dice with a smooth_nr of 0 and keras.config.epsilon() for smooth_dr, which it has no options for; not judged separately yet",
}  # fmt: skip


def library() -> Library:
    dialect = keras_like.dialect()
    return library_of(
        "keras",
        f"{title('keras')} on {title(BACKEND)}",
        all_written(globals()),
        lambda found: implementation(found, dialect),
        others=OTHERS,
        reasons={
            "half_squared_error": "Keras ships the squared error without the factor 1/2",
            "negative_log_likelihood": "Keras takes probabilities or logits, not their logarithms",
            "perceptron": "Keras ships no perceptron loss",
            "multiclass_hinge": "Keras has a rival with a score of 0 besides: categorical_hinge",
        },
    )
