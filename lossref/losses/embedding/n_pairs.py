"""N-pairs loss: of n classes with one pair each, every anchor is to agree with its own positive, and with no other's.

    L(a, p) = 1/n sum_i log(1 + sum_{k != i} exp(a_i p_k - a_i p_i))

anchor    a, one embedding of each of n classes: n vectors of any real numbers; one example is such a batch
positive  p, another embedding of each
It is the softmax cross-entropy of all dot products with those of the pairs for its truth. Vectors are not normalised, and nothing
bounds the products: the penalty of their squared lengths that the paper adds (`l2_penalty`) is left out. One pair alone costs 0.
"""

import numpy as np

from lossref.float64.contrast import LIFT, by_rows, lifted_shares
from lossref.float64.doubled import doubled, each, minus, times, total
from lossref.float64.kernels import exact_sum, two_difference
from lossref.float64.softmax import log_loss_of_logits
from lossref.float64.vectors import scaled
from lossref.laws import mirror, nonnegative
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss
from lossref.values import mapped


def value(anchor, positive):
    high, low = _logits(anchor, positive)
    return exact_sum(log_loss_of_logits(high, np.arange(high.shape[-1]), low)[0] / high.shape[-1])


def gradient(anchor, positive):
    a, p = (np.asarray(x, float) for x in np.broadcast_arrays(anchor, positive))
    share = np.frexp(np.where(np.eye(a.shape[-2], dtype=bool), 0.0, lifted_shares(_logits(a, p))[0]))
    def slopes(rows):
        push, pull = each(lambda x: x[..., rows, :, None], share), each(lambda x: np.swapaxes(x[..., :, rows], -1, -2)[..., None], share)
        apart = two_difference(p[..., None, :, :], p[..., rows, None, :])  # of k and i: what agrees in both cancels exactly
        return _sum((push, apart[0]), (push, apart[1])), _sum((pull, a[..., None, :, :]), (push, -a[..., rows, None, :]))

    return tuple(x / a.shape[-2] for x in by_rows(slopes, a))


def _sum(*products):  # a subnormal share would lose digits that long vectors bring back
    return exact_sum(np.swapaxes(np.concatenate([np.ldexp(share * x, twos - LIFT) for (share, twos), x in products], axis=-2), -1, -2))


def _logits(anchor, positive):
    """The products of each row, less the largest, in two parts."""
    (a, of_a), shape = scaled(anchor), np.shape(positive)
    flat, of_p = scaled(np.reshape(positive, (*shape[:-2], 1, shape[-2] * shape[-1])))
    products = by_rows(lambda rows: total(times(doubled(a[..., rows, None, :]), doubled(flat.reshape(shape)[..., None, :, :]))), a)
    top = each(lambda x: np.take_along_axis(x, products[0].argmax(axis=-1)[..., None], axis=-1), products)
    return each(lambda x: np.ldexp(x, of_a + of_p), minus(products, top))


def _pairs(d, ahead):
    """Two anchors along the axes, whose positives are so far ahead along them."""
    return {"anchor": ((1.0, 0.0), (0.0, 1.0)),
            "positive": ((ahead, d.uniform(-1, 1)), (d.uniform(-1, 1), d.number(ahead * d.uniform(1, 2))))}


def definition(m, anchor, positive):
    products = [[m.sum(x * y for x, y in zip(a, p, strict=True)) for p in positive] for a in anchor]
    odds = (m.sum(m.exp(z - row[i]) for k, z in enumerate(row) if k != i) for i, row in enumerate(products))
    return m.sum(m.log(1 + others) for others in odds) / len(anchor)


LOSS = Loss(
    name="n_pairs",
    arguments={"anchor": Real("n", "d"), "positive": Real("n", "d")},
    differentiable=("anchor", "positive"),
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, mirror("L(-a, -p) = L(a, p)", lambda **both: {name: mapped(lambda x: -x, z) for name, z in both.items()}, -1)),
    hard=(
        Hard("trained", "tail", "each pair agrees by more than the precision: the loss is the others' tails, not 0",
             lambda d: _pairs(d, d.uniform(d.saturation, d.underflow / 2 - 12)), 12),
        Hard("mistaken", "tail", "each anchor disagrees with its own positive: exp overflows, the loss does not",
             lambda d: _pairs(d, -d.uniform(20, 2 * d.underflow)), 8),
        Hard("long", "tail", "long vectors: products differ by thousands, and the least share is 0 or subnormal",
             lambda d: {name: tuple((d.sign() * d.uniform(10, 40), d.sign() * d.uniform(10, 40)) for _ in range(2))
                        for name in ("anchor", "positive")}, 10),
        Hard("alike", "cancellation", "positives next to each other: products agree in most of their digits, and so do slopes",
             lambda d: {"anchor": ((d.uniform(1, 2), d.uniform(1, 2)), (d.uniform(1, 2), d.uniform(1, 2))),
                        "positive": ((1.5, 0.75), (d.number(1.5 + (x := 2.0 ** -(2 + 3 * d.index))), d.number(0.75 - x)))}, 10),
        Hard("at_right_angles", "cancellation", "products are sums that cancel: what is left is a small logit",
             lambda d: {"anchor": ((x := d.uniform(1, 2), y := d.uniform(1, 2)), (1.0, 1.0)),
                        "positive": ((y, d.number(-x * (1 + 2.0 ** -(2 + 3 * d.index)))), (0.5, -0.5))}, 10),
    ),
    known=(
        Known({"anchor": ((1.0, 2.0),), "positive": ((3.0, -1.0),)}, "0", "one pair, and nothing else", ("0",) * 4),
        Known({"anchor": ((0.0, 0.0), (0.0, 0.0)), "positive": ((1.0, 0.0), (0.0, 1.0))}, lambda m: m.log(2), "no anchor points anywhere",
              ("-0.25", "0.25", "0.25", "-0.25", "0", "0", "0", "0")),
        Known({"anchor": ((1.0,), (-1.0,)), "positive": ((2.0,), (-2.0,))}, lambda m: m.log(1 + m.exp(-4)), "two that agree"),
    ),
    source="K. Sohn, Improved Deep Metric Learning with Multi-class N-pair Loss Objective, 2016",
)
