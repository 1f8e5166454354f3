"""Implementations of Dice, right and wrong."""

import numpy as np

from lossref.mutants.record import of

PIXELS = (-2, -1)


def total(x):
    return x.sum(axis=PIXELS)


def each(x):
    """A number an example, beside its pixels."""
    return np.asarray(x)[..., None, None]


def whole(p, t, b):
    return total(p) + total(t) + b


def apart_value(probabilities, target, smooth_nr, smooth_dr):
    p, t = probabilities, target
    return (total(p * (1 - t)) + total(t * (1 - p)) + (smooth_dr - smooth_nr)) / whole(p, t, smooth_dr)


def pairs_gradient(probabilities, target, smooth_nr, smooth_dr):
    # 2 sum_i p_i (t_i - t_j) + a - 2 t_j (sum t + b), whose first part is 0 for pixels of equal labels.
    p, t = (x.reshape(len(x), -1) for x in (probabilities, target))
    both = (p[:, None, :] * (t[:, None, :] - t[:, :, None])).sum(axis=-1)
    top = 2 * both + (smooth_nr - 2 * t * (t.sum(axis=-1, keepdims=True) + smooth_dr))
    return top.reshape(probabilities.shape) / each(whole(probabilities, target, smooth_dr)) ** 2


def printed_value(probabilities, target, smooth_nr, smooth_dr):
    return 1 - (2 * total(probabilities * target) + smooth_nr) / whole(probabilities, target, smooth_dr)


def quotient_gradient(probabilities, target, smooth_nr, smooth_dr):
    top, bottom = 2 * total(probabilities * target) + smooth_nr, whole(probabilities, target, smooth_dr)
    return each(top / bottom / bottom) - 2 * target / each(bottom)


def unsmoothed_value(probabilities, target, smooth_nr, smooth_dr):
    return 1 - 2 * total(probabilities * target) / (total(probabilities) + total(target))


def unsmoothed_gradient(probabilities, target, smooth_nr, smooth_dr):
    return quotient_gradient(probabilities, target, 0, 0)


def epsilon_value(probabilities, target, smooth_nr, smooth_dr):
    return printed_value(probabilities, target, 0, 1e-7)


def epsilon_gradient(probabilities, target, smooth_nr, smooth_dr):
    return quotient_gradient(probabilities, target, 0, 1e-7)


def squared_value(probabilities, target, smooth_nr, smooth_dr):
    return 1 - (2 * total(probabilities * target) + smooth_nr) / whole(probabilities**2, target**2, smooth_dr)


def squared_gradient(probabilities, target, smooth_nr, smooth_dr):
    top, bottom = 2 * total(probabilities * target) + smooth_nr, whole(probabilities**2, target**2, smooth_dr)
    return 2 * probabilities * each(top / bottom / bottom) - 2 * target / each(bottom)


def doubled_value(probabilities, target, smooth_nr, smooth_dr):
    return printed_value(probabilities, target, 2 * smooth_nr, 2 * smooth_dr)


def doubled_gradient(probabilities, target, smooth_nr, smooth_dr):
    return quotient_gradient(probabilities, target, 2 * smooth_nr, 2 * smooth_dr)


def jaccard_value(probabilities, target, smooth_nr, smooth_dr):
    shared = total(probabilities * target)
    return 1 - (shared + smooth_nr) / (whole(probabilities, target, smooth_dr) - shared)


def thresholded_value(probabilities, target, smooth_nr, smooth_dr):
    return printed_value((probabilities > 0.5).astype(probabilities.dtype), target, smooth_nr, smooth_dr)


def of_rows_value(probabilities, target, smooth_nr, smooth_dr):
    top = 2 * (probabilities * target).sum(axis=-1) + smooth_nr
    return (1 - top / (probabilities.sum(axis=-1) + target.sum(axis=-1) + smooth_dr)).mean(axis=-1)


def of_batch_value(probabilities, target, smooth_nr, smooth_dr):
    shared, both = (probabilities * target).sum(), probabilities.sum() + target.sum()
    return np.full(len(probabilities), 1 - (2 * shared + smooth_nr) / (both + smooth_dr), probabilities.dtype)


def constant_denominator_gradient(probabilities, target, smooth_nr, smooth_dr):
    return -2 * target / each(whole(probabilities, target, smooth_dr))


row = of("dice")
MUTANTS = (
    row("right", "apart", "what is in one map and not in the other, of one sign; the slope from differences of labels",
        apart_value, pairs_gradient, True),
    row("framework", "printed", "1 less the quotient, as printed: nothing is left of a loss below 1e-16",
        printed_value, quotient_gradient, True),
    row("textbook", "unsmoothed", "no smoothing terms: 0 / 0 for two empty maps", unsmoothed_value, unsmoothed_gradient, True),
    row("textbook", "epsilon", "1e-7 in the denominator alone, as in Keras: two empty maps, a perfect answer, cost 1",
        epsilon_value, epsilon_gradient, True),
    row("textbook", "squared", "squares in the denominator, as in V-Net", squared_value, squared_gradient, True),
    row("textbook", "doubled", "smoothing terms beside sum p t, before it is doubled, as in optax", doubled_value, doubled_gradient, True),
    row("textbook", "jaccard", "over the union, which counts once what is shared: the Jaccard index", jaccard_value),
    row("textbook", "thresholded", "the score of a map of 0 and 1: probabilities are rounded first", thresholded_value),
    row("textbook", "constant_denominator", "the slope of the numerator alone: pixels outside of the object have none",
        gradient=constant_denominator_gradient),
    row("broken", "of_rows", "one axis is forgotten: a loss for each row of the map, and their mean", of_rows_value),
    row("broken", "of_batch", "the axis of the batch is summed too: one loss of all maps", of_batch_value),
)
