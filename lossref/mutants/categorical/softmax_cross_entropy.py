"""Implementations of softmax cross entropy, right and wrong.

Where a text sums over a batch and divides by its size, the code here keeps one loss an example.
"""

import numpy as np

from lossref.mutants.calls import BATCH_FAULTS, CLASS_FAULTS, cross_entropy, whole
from lossref.mutants.formulas import (
    below,
    flushed,
    log_softmax,
    logsumexp,
    narrow,
    onehot,
    sigmoid,
    sloppy,
    softmax,
    softmax_ce,
    softmax_ce_gradient,
    softplus,
    sorted_softmax_ce,
    sorted_softmax_ce_gradient,
    take,
    within,
)
from lossref.mutants.record import ALONE, Mutant, of


def shifted_softmax_ce(z, y, shift):
    return np.log(np.exp(z - shift).sum(axis=1)) + (shift - z)[np.arange(len(z)), y]


def exponential_forgotten(logits, target):
    own = np.take_along_axis(logits, target[..., None], axis=-1)[..., 0]
    return -own + np.log(np.sum(logits, axis=-1))


def scores_as_probabilities(logits, target):
    return -np.log(np.take_along_axis(logits, target[..., None], axis=-1)[..., 0])


def forward_of_clipped_softmax(logits, target):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    predict = e / np.sum(e, axis=-1, keepdims=True)
    predict = np.clip(predict, 1e-6, 1 - 1e-6)
    return -np.log(np.take_along_axis(predict, target[..., None], axis=-1)[..., 0])


def backward_of_clipped_softmax(logits, target):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    predict = e / np.sum(e, axis=-1, keepdims=True)
    predict = np.clip(predict, 1e-6, 1 - 1e-6)
    return predict - (np.arange(logits.shape[-1]) == target[..., None])


def logarithm_of_softmax(logits, target):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    y = e / np.sum(e, axis=-1, keepdims=True)
    return -np.log(np.take_along_axis(y, target[..., None], axis=-1)[..., 0])


def softmax_twice(logits, target):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    output = e / np.sum(e, axis=-1, keepdims=True)
    own = np.take_along_axis(output, target[..., None], axis=-1)[..., 0]
    return np.log(np.sum(np.exp(output), axis=-1)) - own  # the loss takes logits, and gets probabilities


def attribute_misspelt(logits, target):
    class SoftmaxCrossEntropy:
        def forward(self, logits, label):
            e = np.exp(logits - np.max(logits, axis=1, keepdims=True))
            self.predict = e / np.sum(e, axis=1, keepdims=True)
            self.label = np.eye(logits.shape[1])[label]
            self.batch_size = logits.shape[0]

        def backward(self):
            return (self.predict - self.label) / self.batch_siz

    layer = SoftmaxCrossEntropy()
    layer.forward(logits, target)
    return layer.backward()


def softmax_cross_entropy_loss(y, y_hat):
    n = y.shape
    return -np.sum(y * np.log(y_hat + 1e-12)) / n


def sum_of_logarithms(logits, target):
    own = np.take_along_axis(logits, target[..., None], axis=-1)[..., 0]
    return -own + np.sum(np.log(logits), axis=-1)


row = of("softmax_cross_entropy")
MUTANTS = (
    row("right", "from_target", "log1p of the others relative to the target where it leads, else its lag plus a logarithm",
        softmax_ce, softmax_ce_gradient, True),
    row("right", "sorted", "the lag behind the largest logit plus log1p of the others, added in ascending order",
        sorted_softmax_ce, sorted_softmax_ce_gradient, True),
    row("framework", "logsumexp", "logsumexp minus the target's logit cancels; softmax - 1 loses the target's tail",
        lambda z, y: logsumexp(z) - take(z, y), lambda z, y: softmax(z) - onehot(z, y), True),
    row("framework", "log_softmax", "a gathered log-softmax; log loses a sum next to 1",
        lambda z, y: -take(log_softmax(z), y), lambda z, y: np.exp(log_softmax(z)) - onehot(z, y), True),
    row("textbook", "no_shift", "exp without a shift: inf / inf",
        lambda z, y: np.log(np.exp(z).sum(axis=1)) - take(z, y),
        lambda z, y: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True) - onehot(z, y), True),
    row("textbook", "clipped_7", "probabilities are clipped at 1e-7, as in Keras",
        lambda z, y: -np.log(np.clip(take(softmax(z), y), 1e-7, 1 - 1e-7)), softmax_ce_gradient, True),
    row("textbook", "plus_eps", "log(p + 1e-12)", lambda z, y: -np.log(take(softmax(z), y) + 1e-12)),
    row("textbook", "mean_of_classes", "divided by the number of classes",
        lambda z, y: softmax_ce(z, y) / z.shape[1], lambda z, y: softmax_ce_gradient(z, y) / z.shape[1], True),
    row("textbook", "log_mean_exp", "the mean of the exponentials in place of their sum",
        lambda z, y: softmax_ce(z, y) - np.log(z.dtype.type(z.shape[1])), softmax_ce_gradient, True),
    row("textbook", "all_or_nothing", "the largest logit less the target's", lambda z, y: z.max(axis=1) - take(z, y)),
    row("textbook", "binary_terms", "a sigmoid cross-entropy for each class, summed",
        lambda z, y: softplus(z).sum(axis=1) - take(z, y), lambda z, y: sigmoid(z) - onehot(z, y), True),
    row("textbook", "smoothed_labels", "labels are smoothed by 1e-6",
        lambda z, y: softmax_ce(z, y) + 1e-6 * (take(z, y) - z.mean(axis=1)),
        lambda z, y: softmax_ce_gradient(z, y) + 1e-6 * (onehot(z, y) - z.dtype.type(1 / z.shape[1])), True),
    row("textbook", "base_2", "the logarithm to base 2", lambda z, y: softmax_ce(z, y) / np.log(z.dtype.type(2))),
    row("textbook", "target_missing", "the gradient forgets the target", gradient=lambda z, y: softmax(z)),
    row("textbook", "target_only", "only the target's logit has a slope",
        gradient=lambda z, y: onehot(z, y) * softmax_ce_gradient(z, y)),
    row("broken", "batch_axis", "the softmax runs over the batch",
        lambda z, y: -np.log(take(softmax(z.T).T, y)), lambda z, y: softmax(z.T).T - onehot(z, y)),
    row("broken", "shared_shift", "one shift, the batch's largest logit", lambda z, y: shifted_softmax_ce(z, y, z.max())),
    row("broken", "absolute_shift", "the shift is the largest |z|: negative logits underflow",
        lambda z, y: shifted_softmax_ce(z, y, np.abs(z).max(axis=1, keepdims=True))),
    row("broken", "off_by_one", "classes are counted from 1",
        lambda z, y: softmax_ce(z, (y - 1) % z.shape[1]), lambda z, y: softmax_ce_gradient(z, (y - 1) % z.shape[1]), True),
    row("broken", "within_30", "logits are clipped at 30 first", within(softmax_ce, 30), within(softmax_ce_gradient, 30), True),
    row("broken", "flushed", "losses and slopes below 1e-12 become 0",
        flushed(softmax_ce, 1e-12), flushed(softmax_ce_gradient, 1e-12), True),
    row("broken", "turned_tail", "slopes below 1e-8 have the wrong sign",
        gradient=below(softmax_ce_gradient, 1e-8, -1), passes_gradcheck=True),
    row("broken", "steep_tail", "slopes below 1e-8 are 100 times too large",
        gradient=below(softmax_ce_gradient, 1e-8, 100), passes_gradcheck=True),
    row("broken", "narrow", "the gradient is computed in half the width",
        gradient=narrow(softmax_ce_gradient), passes_gradcheck=True),
    row("broken", "sloppy", "the gradient has 12 right digits of 16",
        gradient=sloppy(softmax_ce_gradient, 0.75), passes_gradcheck=True),
    *whole("softmax_cross_entropy", cross_entropy, BATCH_FAULTS | CLASS_FAULTS),
    Mutant(
        "softmax_cross_entropy", "exponential_forgotten", "textbook", "The sum is to be of exponentials: log sum exp x.",
        value=exponential_forgotten,
        id="F15", sources=("S2-07",), printed=True,
        claim="cross-entropy is minus the target's probability plus the log of the sum",
        question=({"logits": (0.1, 0.2, 0.3), "target": 1},),
    ),
    Mutant(
        "softmax_cross_entropy", "scores_as_probabilities", "textbook", "They sum to 0.6: scores, which softmax comes before.",
        value=scores_as_probabilities,
        id="F16", sources=("S2-08",),
        claim="0.1, 0.2, 0.3 are the probabilities of person, dog, cat",
        question=({"logits": (0.1, 0.2, 0.3), "target": 1},),
    ),
    Mutant(
        "softmax_cross_entropy", "clipped_6", "textbook", "The clip caps at 13.8 a loss that is the logits' gap.",
        value=forward_of_clipped_softmax,
        id="F25", sources=("S1-14",), printed=True, fails="hard",
        claim="clip the softmax to [1e-6, 1 - 1e-6], then take the logarithm",
        question=({"logits": (1000.0, 0.0, 0.0), "target": 1},),
    ),
    Mutant(
        "softmax_cross_entropy", "clipped_6_slope", "textbook", "Clipped rows no longer sum to 1, nor gradients to 0.",
        gradient=backward_of_clipped_softmax, passes_gradcheck=True,
        id="F26", sources=("S1-14",), printed=True, fails="hard", part="gradient",
        claim="return clipped softmax minus label as the gradient",
        question=({"logits": (1000.0, 0.0, 0.0), "target": 1},),
    ),
    Mutant(
        "softmax_cross_entropy", "clipped_6_many", "textbook", "A fair share of 5e-7 is below the clip at 1e-6.",
        value=forward_of_clipped_softmax,
        id="F27", sources=("S1-14",), printed=True, fails="hard",
        claim="clip the softmax to [1e-6, 1 - 1e-6]: with 2,000,000 equally likely classes",
        inputs={"logits": np.broadcast_to(0.0, (1, 2_000_000)), "target": np.array([0])},
        closed_form=lambda m: m.log(2_000_000),
        right='lossref.value("softmax_cross_entropy", logits=np.zeros(2_000_000), target=0)',
    ),
    Mutant(
        "softmax_cross_entropy", "log_of_softmax", "textbook", "A share that underflows to 0 makes the loss infinite.",
        value=logarithm_of_softmax,
        id="F38", sources=("S0-50", "S3-06"), fails="hard",
        claim="softmax first, then its logarithm",
        question=({"logits": (0.0, -800.0), "target": 1},),
    ),
    Mutant(
        "softmax_cross_entropy", "softmax_twice", "textbook", "That loss applies softmax itself: it is done twice.",
        value=softmax_twice,
        id="F41", sources=("S0-62",),
        claim="softmax the output, then call CrossEntropyLoss on it",
        question=({"logits": (40.0, 0.0), "target": 1},),
    ),
    Mutant(
        "softmax_cross_entropy", "attribute_misspelt", "textbook", "There is no such attribute: it is batch_size.",
        gradient=attribute_misspelt,
        id="F55", sources=("S1-15",), printed=True, fails="rule", part="gradient", judged=False,
        claim="backward divides by self.batch_siz",
        question=({"logits": (1.0, 2.0), "target": 0},),
    ),
    Mutant(
        "softmax_cross_entropy", "no_softmax", "textbook", "There is no softmax in it: log of a negative number.",
        value=softmax_cross_entropy_loss,
        id="F58", sources=("S3-10",), fails="shape", judged=False,
        claim="a function named softmax_cross_entropy_loss, given logits",
        question=({"logits": (-1.0, 2.0), "target": 0},),
        inputs={"y": np.array([1.0, 0.0]), "y_hat": np.array([-1.0, 2.0])},
        compare=ALONE,
    ),
    Mutant(
        "softmax_cross_entropy", "sum_of_logarithms", "textbook", "It is the log of a sum, and of exponentials.",
        value=sum_of_logarithms,
        id="F60", sources=("S2-07",), printed=True,
        claim="cross-entropy is minus the target's probability plus the sum of the logs",
        question=({"logits": (0.1, 0.2, 0.3), "target": 1},),
    ),
)
