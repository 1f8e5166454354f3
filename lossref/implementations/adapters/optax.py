"""optax and the functions of JAX that losses are made of, on the CPU, operation by operation; gradients by jax.grad.

XLA's CPU code flushes subnormal numbers to zero. Examples are called one by one, as the printed line does. optax reduces nothing
itself: sums and means are jnp.sum, jnp.mean and jnp.average, whose mean over nothing is NaN.
"""

import jax
import jax.numpy as jnp
import optax

from lossref.formats import JUDGED
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


@implements()
def squared_error(prediction, target):
    return optax.squared_error(prediction, target)


@implements()
def half_squared_error(prediction, target):
    return optax.l2_loss(prediction, target)


@implements()
def huber(prediction, target, delta):
    return optax.huber_loss(prediction, target, delta=delta)


@implements()
def log_cosh(prediction, target):
    return optax.log_cosh(prediction, target)


@implements()
def hinge(prediction, target):
    return optax.hinge_loss(prediction, target)


@implements(documented=FLUSHED)
def perceptron(prediction, target):
    return optax.losses.perceptron_loss(prediction, target)


@implements()
def multiclass_hinge(scores, target):
    return optax.losses.multiclass_hinge_loss(scores, target)


@implements()
def multiclass_perceptron(scores, target):
    return optax.losses.multiclass_perceptron_loss(scores, target)


@implements(forms={"binary": ()})
def sparsemax(prediction, target):
    return optax.losses.sparsemax_loss(prediction, target > 0)


@implements()
def multiclass_sparsemax(logits, target):
    return optax.losses.multiclass_sparsemax_loss(logits, target)


@implements(documented=FLUSHED)
def sigmoid_cross_entropy(logits, target):
    return optax.sigmoid_binary_cross_entropy(logits, target)


@implements(composed="sigmoid_binary_cross_entropy of labels 0 and 1 from -1 and 1", forms={"binary": ()}, documented=FLUSHED)
def logistic(prediction, target, target_form="sign"):
    return optax.sigmoid_binary_cross_entropy(prediction, (target + 1) / 2 if target_form == "sign" else target)


@implements()
def soft_target_cross_entropy(logits, target, label_smoothing=0.0, mask=None):
    return optax.softmax_cross_entropy(logits, optax.smooth_labels(target, label_smoothing) if label_smoothing else target, where=mask)


ROWS = soft_target_cross_entropy.function


def _safe_softmax_cross_entropy(logits, target):
    return optax.safe_softmax_cross_entropy(logits, target)


@implements(forms={"one_hot": (_safe_softmax_cross_entropy, ROWS), "soft": (ROWS,)})
def softmax_cross_entropy(logits, target, mask=None):
    return optax.softmax_cross_entropy_with_integer_labels(logits, target, where=mask)


def _poly_cross_entropy_rows(logits, target, epsilon, mask=None):
    return optax.losses.poly_loss_cross_entropy(logits, target, epsilon=epsilon, where=None if mask is None else mask[:, None])


@implements(forms={"one_hot": (_poly_cross_entropy_rows,)})
def poly_cross_entropy(logits, target, epsilon, mask=None):
    return optax.losses.poly_loss_cross_entropy(
        logits, jax.nn.one_hot(target, logits.shape[1], dtype=logits.dtype), epsilon=epsilon, where=None if mask is None else mask[:, None]
    )


@implements()
def kl_divergence_from_log_probabilities(log_probabilities, target, mask=None):
    return optax.kl_divergence(log_probabilities, target, where=None if mask is None else mask[:, None])


@implements()
def kl_divergence_of_log_probabilities(log_probabilities, log_target, mask=None):
    return optax.losses.kl_divergence_with_log_targets(log_probabilities, log_target, where=None if mask is None else mask[:, None])


@implements()
def sigmoid_focal_cross_entropy(logits, target, alpha, gamma):
    return optax.losses.sigmoid_focal_loss(logits, target, alpha=alpha, gamma=gamma)


# eps = 1e-6 "to ensure numerical stability in the distance calculation": added to the sums of squares
@implements(documented=("add 1e-06 inside sqrt",))
def triplet_margin(anchor, positive, negative, margin):
    return optax.losses.triplet_margin_loss(anchor, positive, negative, margin=margin)


# epsilon, the "minimum norm for terms in the denominator", is 0 unless it is given
@implements(never=undirected)
def cosine_distance(first, second):
    return optax.cosine_distance(first, second)


# Of both views, one after the other.
@implements(never=undirected)
def ntxent(first, second, temperature):
    return optax.losses.ntxent(jnp.concatenate((first[0], second[0])), jnp.tile(jnp.arange(first.shape[1]), 2), temperature)[None]


def _no_map(question):
    parameters = question.parameters
    if any(x != x for x in flat(question.inputs["probabilities"])):
        return "it raises where the probabilities of a pixel do not sum to 1, NaN among them"
    alike = parameters.get("smooth_nr", 1) == parameters.get("smooth_dr", 1)
    return "" if alike else "its numerator and its denominator have one smoothing term"


# Of two classes, the object and what is around it, the loss of the first. Its smooth stands beside sum p t, before that is doubled.
@implements(never=_no_map)
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


@implements(documented=FLUSHED)
def log1p(x):
    return jnp.log1p(x)


@implements(documented=FLUSHED)
def expm1(x):
    return jnp.expm1(x)


@implements()
def logit(x):
    return jax.scipy.special.logit(x)


@implements(documented=FLUSHED)
def xlog1py(x, y):
    return jax.scipy.special.xlog1py(x, y)


@implements()
def logmeanexp(x):
    return jax.nn.logmeanexp(x, axis=1)


OTHERS = {
    "safe_softmax_cross_entropy": "softmax_cross_entropy with another answer at logits of -inf; not judged separately yet",
    "cosine_similarity": "1 less cosine_distance; not judged separately",
    "ranking_softmax_loss": "soft_target_cross_entropy of a list; not judged separately",
    "multiclass_generalized_dice_loss": "a mean of the classes' Dice losses by their weights, not generalized_dice; not judged separately",
    "ctc_loss": "of logits, which it normalises: ctc takes log-probabilities as they are",
    "ctc_loss_with_forward_probs": "of logits, which it normalises: ctc takes log-probabilities as they are",
    "binary_dice_loss": "dice_loss of one class, judged as dice; not judged separately",
}  # fmt: skip


def library(device: str = "") -> Library:
    reductions = {"none": _none, "sum": _sum, "kept": _mean, "weights": _average}
    dialect = jax_like.dialect(IMPORTS, reductions, device, never=_weighs_nothing)
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
        formats=JUDGED,
    )
