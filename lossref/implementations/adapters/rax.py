"""Rax on the CPU, losses of lists to rank, operation by operation; gradients by jax.grad.

XLA's CPU code flushes subnormal numbers to zero. A list is an example; `reduce_fn` is the sum over its pairs or items, or None.
"""

import jax
import jax.numpy as jnp
import rax

from lossref.formats import JUDGED
from lossref.implementations.engines import jax_like, tensors
from lossref.implementations.engines.written import all_written, implements, library_of, title
from lossref.library import Library

IMPORTS = "import jax; import jax.numpy as jnp; import rax"


def _tied(question):
    """Whether two items have one rank: it sorts by labels, and orders ties at random or as they come."""
    rank = question.inputs["rank"]
    return "" if len({*rank}) == len(rank) else "it breaks ties, where here all that are tied are left to be drawn"


@implements(never=_tied)
def listmle(scores, rank):
    return rax.listmle_loss(scores, -rank, reduce_fn=None)


@implements()
def soft_target_cross_entropy(logits, target):
    return rax.softmax_loss(logits, target, reduce_fn=None)


@implements()
def poly_cross_entropy(logits, target, epsilon):
    return rax.poly1_softmax_loss(logits, jax.nn.one_hot(target, logits.shape[1], dtype=logits.dtype), epsilon=epsilon, reduce_fn=None)


# "l(s, y) = sum_i sum_j I{y_i > y_j} max(0, 1 - (s_i - s_j))", which is then reduced; its default is the mean over all pairs
@implements(alone=True)
def pairwise_hinge(scores, target):
    return rax.pairwise_hinge_loss(scores[0], target[0], reduce_fn=jnp.sum)[None]


@implements(alone=True)
def pairwise_logistic(scores, target):
    return rax.pairwise_logistic_loss(scores[0], target[0], reduce_fn=jnp.sum)[None]


@implements()
def sigmoid_cross_entropy(logits, target):
    return rax.pointwise_sigmoid_loss(logits, target, reduce_fn=None)


@implements()
def squared_error(prediction, target):
    return rax.pointwise_mse_loss(prediction, target, reduce_fn=None)


OTHERS = {
    "unique_softmax_loss": "of each graded item among those of lower grade; not here yet",
    "pairwise_soft_zero_one_loss": "a sigmoid of each lead; not here yet",
    "pairwise_mse_loss": "of differences of scores and of labels; not here yet",
    "pairwise_qr_loss": "quantiles of differences; not here yet",
}


def library(device: str = "") -> Library:
    return library_of(
        "rax",
        f"{title('rax')} on {title('jax')}",
        all_written(globals()),
        lambda found: tensors.implementation(found, jax_like.dialect(IMPORTS, {}, device)),
        others=OTHERS,
        reasons={},
        formats=JUDGED,
    )
