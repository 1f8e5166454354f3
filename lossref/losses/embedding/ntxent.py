"""NT-Xent, the contrastive loss of SimCLR: of all embeddings in a batch, each is to point the way of its own other view.

    L(a, b) = 1/(2 n) sum_i log(1 + sum_k exp((c_ik - c_ip) / T)),      c_ik = x_i x_k / (|x_i| |x_k|)

first        a, one view of n things: n vectors of any real numbers; one example is such a batch
second       b, the other view of each
temperature  T, above 0; 0.1 by default
at_zero      what stands for c where a vector is zero and has no direction, in [-1, 1], with slope 0; 0 by default
x are all 2n vectors, p is i's other view, k all but i and p: it is -log of p's share in the softmax of c_ik / T over all but i
itself. The mean is over both views. Libraries add an eps to the lengths; with one pair the loss is 0.
"""

from lossref.float64.contrast import contrast, contrast_slopes
from lossref.laws import homogeneous, mirror, nonnegative, symmetric
from lossref.spaces import Cosine, Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter
from lossref.values import mapped


def value(first, second, temperature=0.1, at_zero=0.0):
    return contrast(first, second, temperature, at_zero)


def gradient(first, second, temperature=0.1, at_zero=0.0):
    return contrast_slopes(first, second, temperature, at_zero)


def _views(d, of, distance):
    """Two vectors that point opposite ways, and beside those named, at a relative distance, the other views."""
    x, y = d.uniform(1, 2), d.uniform(-2, 2)
    first = (x, y), (-2 * x, -2 * y)
    return {"first": first, "second": tuple(tuple(d.number(z * (1 + distance * d.uniform(-1, 1))) for z in first[k]) for k in of)}


def definition(m, first, second, temperature, at_zero):
    x, n = (*first, *second), len(first)
    squares = [m.sum(y**2 for y in view) for view in x]

    def cosine(i, k):
        both = squares[i] * squares[k]
        return at_zero if both == 0 else m.sum(y * z for y, z in zip(x[i], x[k], strict=True)) / m.sqrt(both)

    c = [[0 if i == k else cosine(min(i, k), max(i, k)) for k in range(2 * n)] for i in range(2 * n)]
    odds = (m.sum(m.exp((c[i][k] - c[i][i - n]) / temperature) for k in range(2 * n) if (k - i) % n) for i in range(2 * n))
    return m.sum(m.log(1 + others) for others in odds) / (2 * n)


LOSS = Loss(
    name="ntxent",
    arguments={"first": Real("n", "d"), "second": Real("n", "d")},
    differentiable=("first", "second"),
    parameters={
        "temperature": Parameter(space=Positive(), default=0.1, grid=(0.1, 0.5, 0.07, 2.0)),
        "at_zero": Parameter(space=Cosine(), default=0.0, grid=(0.0, 0.25)),
    },
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(
        nonnegative,
        symmetric,
        homogeneous(0, "first", "second"),
        mirror("L(-a, -b) = L(a, b)",
               lambda first, second, **_: {"first": mapped(lambda x: -x, first), "second": mapped(lambda x: -x, second)}, -1),
    ),
    hard=(
        Hard("one_way", "cancellation", "along one axis but for traces: shares differ in their last bits, and pull and push cancel",
             lambda d: {view: tuple((d.uniform(1, 2), d.sign() * d.scaled(-9 * d.index - 9, -5)) for _ in range(2))
                        for view in ("first", "second")}, 8),
        Hard("trained", "tail", "each view next to the other and apart from all others: the loss is the others' tails, not 0",
             lambda d: _views(d, (0, 1), 2.0 ** -(2 + 3 * d.index)) | {"temperature": d.cycle(0.07, 0.04)}, 10),
        Hard("far_tail", "tail", "a small temperature: exp of c / T overflows without a shift, and shares far below eps are not 0",
             lambda d: _views(d, (0, 1), 0.1) | {"temperature": d.number(2 / d.uniform(d.saturation, d.underflow - 12))}, 8),
        Hard("mistaken", "tail", "each view next to another thing's: the loss is the gap over T, where log of a share is -inf",
             lambda d: _views(d, (1, 0), 0.1) | {"temperature": 2.0 ** -(3 + d.index)}, 6),
        Hard("warm", "cancellation", "a large temperature: all shares are nearly equal, and the slopes small differences",
             lambda d: {"temperature": 2.0 ** (1 + 3 * d.index)}, 6),
        Hard("rivals_close", "cancellation", "another thing next to both views of one: their shares agree in most of their digits",
             lambda d: _views(d, (0, 0), 2.0 ** -(2 + 4 * d.index)), 8),
        Hard("no_direction", "tail", "a vector of zeros among others: the cosine that is chosen, no slope, and no 0 / 0",
             lambda d: {"first": ((d.uniform(-4, 4), d.uniform(-4, 4)), (0.0, 0.0)), "at_zero": d.cycle(0.0, 0.25)}, 6),
    ),
    known=(
        Known({"first": ((1.0, 2.0),), "second": ((3.0, -1.0),)}, "0", "one pair, and nothing else", ("0",) * 4),
        Known({"first": ((1.0, 2.0), (2.0, 4.0)), "second": ((0.5, 1.0), (3.0, 6.0))}, lambda m: m.log(3), "one direction", ("0",) * 8),
        Known({"first": ((3.0, 0.0), (0.0, 2.0)), "second": ((1.0, 0.0), (0.0, 4.0)), "temperature": 1.0},
              lambda m: m.log(1 + 2 * m.exp(-1)), "two things at right angles",
              ("0", "0.070647185872361815", "0.10597077880854272", "0", "0", "0.21194155761708545", "0.052985389404271361", "0")),
        Known({"first": ((1.0,), (-2.0,)), "second": ((3.0,), (-4.0,)), "temperature": 0.5},
              lambda m: m.log(1 + 2 * m.exp(-4)), "opposite things", ("0",) * 4),
    ),
    source="T. Chen, S. Kornblith, M. Norouzi and G. Hinton, A simple framework for contrastive learning of visual representations, 2020",
)
