"""optax and the functions of JAX that losses are made of, on the CPU, operation by operation; gradients by jax.grad.

XLA's CPU code flushes subnormal numbers to zero. Examples are called one by one, as the printed line does. optax reduces nothing
itself: sums and means are jnp.sum, jnp.mean and jnp.average, whose mean over nothing is NaN.
"""

import jax
import jax.numpy as jnp
import optax

from lossref.implementations.adapters._undocumented import undirected
from lossref.implementations.engines import jax_like, tensors
from lossref.implementations.engines.written import all_written, implements, library_of, title
from lossref.library import Library
from lossref.values import flat

IMPORTS = "import jax; import jax.numpy as jnp; import optax"
# "The Sharp Bits" of JAX, subnormal numbers: flushed to zero on CPUs. Said of what it makes another function of in both formats.
FLUSHED = ("flush subnormal numbers to zero",)


def _none(loss):
    return loss


def _sum(loss, mask=None):
    return jnp.sum(loss, where=mask)


def _mean(loss, mask=None):
    return jnp.mean(loss, where=mask)


def _average(loss, sample_weight):
    return jnp.average(loss, weights=sample_weight)


def _weighs_nothing(question):
    return "" if any(question.options.get("sample_weight", (1,))) else "jnp.average needs some weight"


@implements("squared_error")
def squared_error(prediction, target):
    return optax.squared_error(prediction, target)


@implements("l2_loss")
def half_squared_error(prediction, target):
    return optax.l2_loss(prediction, target)


@implements("huber_loss")
def huber(prediction, target, delta):
    return optax.huber_loss(prediction, target, delta=delta)


@implements("log_cosh")
def log_cosh(prediction, target):
    return optax.log_cosh(prediction, target)


@implements("hinge_loss")
def hinge(prediction, target):
    return optax.hinge_loss(prediction, target)


@implements("perceptron_loss", documented=FLUSHED)
def perceptron(prediction, target):
    return optax.losses.perceptron_loss(prediction, target)


@implements("multiclass_hinge_loss")
def multiclass_hinge(scores, target):
    return optax.losses.multiclass_hinge_loss(scores, target)


@implements("sigmoid_binary_cross_entropy", documented=FLUSHED)
def sigmoid_cross_entropy(logits, target):
    return optax.sigmoid_binary_cross_entropy(logits, target)


@implements(composed="sigmoid_binary_cross_entropy of labels 0 and 1 from -1 and 1", forms={"binary": ()}, documented=FLUSHED)
def logistic(prediction, target, target_form="sign"):
    return optax.sigmoid_binary_cross_entropy(prediction, (target + 1) / 2 if target_form == "sign" else target)


@implements("softmax_cross_entropy")
def soft_target_cross_entropy(logits, target, label_smoothing=0.0, mask=None):
    return optax.softmax_cross_entropy(logits, optax.smooth_labels(target, label_smoothing) if label_smoothing else target, where=mask)


ROWS = soft_target_cross_entropy.function


def _safe_softmax_cross_entropy(logits, target):
    return optax.safe_softmax_cross_entropy(logits, target)


@implements("softmax_cross_entropy_with_integer_labels", forms={"one_hot": (_safe_softmax_cross_entropy, ROWS), "soft": (ROWS,)})
def softmax_cross_entropy(logits, target, mask=None):
    return optax.softmax_cross_entropy_with_integer_labels(logits, target, where=mask)


@implements("kl_divergence")
def kl_divergence_from_log_probabilities(log_probabilities, target, mask=None):
    return optax.kl_divergence(log_probabilities, target, where=None if mask is None else mask[:, None])


@implements("sigmoid_focal_loss")
def sigmoid_focal_cross_entropy(logits, target, alpha, gamma):
    return optax.losses.sigmoid_focal_loss(logits, target, alpha=alpha, gamma=gamma)


# eps = 1e-6 "to ensure numerical stability in the distance calculation": added to the sums of squares
@implements("triplet_margin_loss", documented=("add 1e-06 inside sqrt",))
def triplet_margin(anchor, positive, negative, margin):
    return optax.losses.triplet_margin_loss(anchor, positive, negative, margin=margin)


# epsilon, the "minimum norm for terms in the denominator", is 0 unless it is given
@implements("cosine_distance", never=undirected)
def cosine_distance(first, second):
    return optax.cosine_distance(first, second)


# Of both views, one after the other.
@implements("ntxent", never=undirected)
def ntxent(first, second, temperature):
    return optax.losses.ntxent(jnp.concatenate((first[0], second[0])), jnp.tile(jnp.arange(first.shape[1]), 2), temperature)[None]


def _no_map(question):
    parameters = question.parameters
    if any(x != x for x in flat(question.inputs["probabilities"])):
        return "it raises where the probabilities of a pixel do not sum to 1, NaN among them"
    alike = parameters.get("smooth_nr", 1) == parameters.get("smooth_dr", 1)
    return "" if alike else "its numerator and its denominator have one smoothing term"


# Of two classes, the object and what is around it, the loss of the first. Its smooth stands beside sum p t, before that is doubled.
@implements("dice_loss", never=_no_map)
def dice(probabilities, target, smooth_nr, smooth_dr):
    return optax.losses.dice_loss(
        jnp.stack((probabilities, 1 - probabilities), axis=-1), jnp.stack((target, 1 - target), axis=-1),
        smooth=(smooth_nr + smooth_dr) / 4, apply_softmax=False, reduction="none", axis=(1, 2),
    )[:, 0]  # fmt: skip


@implements(composed="dice_loss with alpha = beta = 1", never=_no_map)
def jaccard(probabilities, target, smooth_nr, smooth_dr):
    return optax.losses.dice_loss(
        jnp.stack((probabilities, 1 - probabilities), axis=-1), jnp.stack((target, 1 - target), axis=-1),
        smooth=(smooth_nr + smooth_dr) / 2, alpha=1.0, beta=1.0, apply_softmax=False, reduction="none", axis=(1, 2),
    )[:, 0]  # fmt: skip


@implements(composed="strength times the sum of l2_loss")
def l2_penalty(weights, strength):
    return strength * optax.l2_loss(weights).sum(axis=1)


@implements(composed="a sum of jax.scipy.special.entr")
def entropy(probabilities, base):
    return jax.scipy.special.entr(probabilities).sum(axis=1) / (1 if base == 1 else jnp.log(base))


@implements(documented=FLUSHED)
def xlogy(x, y):
    return jax.scipy.special.xlogy(x, y)


@implements(documented=FLUSHED)
def sigmoid(x):
    return jax.nn.sigmoid(x)


@implements(documented=FLUSHED)
def log_sigmoid(x):
    return jax.nn.log_sigmoid(x)


@implements(documented=FLUSHED)
def softplus(x):
    return jax.nn.softplus(x)


@implements(documented=FLUSHED)
def log1mexp(x):
    return jax.nn.log1mexp(0 - x)  # it is stated for -x; not of -0.0: there the slope has the other sign


@implements(documented=("at a kink the flatter slope",))  # jax.nn.relu: "under differentiation, we take" 0 at 0
def relu(x):
    return jax.nn.relu(x)


@implements(documented=FLUSHED)
def tanh(x):
    return jnp.tanh(x)


@implements(documented=FLUSHED)
def logsumexp(x):
    return jax.nn.logsumexp(x, axis=1)


@implements()
def softmax(x, index):
    return jnp.take_along_axis(jax.nn.softmax(x, axis=1), index[:, None], axis=1)[:, 0]


@implements()
def log_softmax(x, index):
    return jnp.take_along_axis(jax.nn.log_softmax(x, axis=1), index[:, None], axis=1)[:, 0]


OTHERS = {
    "safe_softmax_cross_entropy": "softmax_cross_entropy with another answer at logits of -inf; not judged separately yet",
    "cosine_similarity": "1 less cosine_distance; not judged separately",
    "kl_divergence_with_log_targets": "kl_divergence_from_log_probabilities of logarithms on both sides; not judged separately yet",
    "binary_dice_loss": "dice of logits: of probabilities it raises, for they must sum to 1 along one class; not judged separately yet",
    **dict.fromkeys(
        (
            "generalized_kl_divergence", "multiclass_perceptron_loss", "ranking_softmax_loss",
            "poly_loss_cross_entropy", "sparsemax_loss", "multiclass_sparsemax_loss", "make_fenchel_young_loss",
            "multiclass_generalized_dice_loss", "ctc_loss", "ctc_loss_with_forward_probs",
        ),
        "not in the catalogue yet",
    ),
}  # fmt: skip


def library() -> Library:
    dialect = jax_like.dialect(IMPORTS, {"none": _none, "sum": _sum, "kept": _mean, "weights": _average}, never=_weighs_nothing)
    return library_of(
        "optax",
        f"{title('optax')} on {title('jax')}",
        all_written(globals()),
        lambda found: tensors.implementation(found, dialect),
        others=OTHERS,
        reasons={
            "kl_divergence": "optax takes logarithms: kl_divergence_from_log_probabilities",
            "absolute_error": "optax ships no absolute error",
            **dict.fromkeys(("binary_cross_entropy", "categorical_cross_entropy"), "optax takes logits only"),
        },
    )
