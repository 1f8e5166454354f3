"""The acceptance rows: answers that the texts this suite was asked for print, or should have printed, as golden vectors.

A row's examples carry its id as their flag. Its number is the sum of the examples' exact values over `divisor`, to the
digits printed; a gradient, where one is printed, is that of the one example, or each example's slope over the divisor.
"""

from __future__ import annotations

from dataclasses import dataclass

from lossref.spec import Region, Values

TOPICS = {
    "R01": "labels: an index and a one-hot row are the same loss",
    "R02": "softmax and log-softmax of finite logits: no NaN, no lost component",
    "R03": "the Jacobian of softmax: p_i (1 - p_i) and -p_i p_j, signs included",
    "R04": "the sigmoid down to the last subnormal, integers included",
    "R05": "tanh and ReLU with their slopes",
    "R06": "categorical cross-entropy of probabilities: 0 log 0 = 0 and no eps",
    "R07": "its gradient -t / p, and nothing for the other classes",
    "R08": "softmax cross-entropy from any finite logits: value and gradient, tails included",
    "R09": "targets that do not sum to 1: S logsumexp(z) - t z, and S p - t",
    "R10": "binary cross-entropy of probabilities, and the mean over four of them",
    "R11": "binary cross-entropy from logits: s(z) - y without cancellation",
    "R12": "entropy, cross-entropy and divergence: H(t, q) = H(t) + KL(t || q), and H(p, p) = H(p), not 0",
    "R13": "absolute and squared error: sum, mean and both with the factor 1/2",
    "R14": "0-1 loss: one of three wrong; with a threshold the boundary is an error",
    "R15": "hinge, perceptron, exponential and logistic loss of one margin",
    "R16": "means: one sample of a vector is not a batch, a block is divided by all its entries",
    "R17": "weight decay: (s / 2) |w|^2 in the loss and s w in the gradient",
    "R18": "the risk of logistic regression: a mean of sigmoid cross-entropies",
    "R19": "a softmax layer: its gradient in the bias is p - y",
    "R21": "three parties, two models, one classification error: cross-entropy and squared error tell them apart",
    "R26": "additive margins: CosFace and ArcFace over the same softmax cross-entropy",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One printed answer of one loss; None where the text prints nothing."""

    id: str
    loss: str
    examples: tuple[Values, ...]
    value: str | None = None
    gradient: tuple[str | None, ...] | None = None
    divisor: int = 1
    region: Region = "ordinary"

    @property
    def reason(self) -> str:
        return f"acceptance row {self.id}, {TOPICS[self.id]}"


def rows_of(loss: str) -> list[Row]:
    return [row for row in ROWS if row.loss == loss]


def _row(
    number: str, loss: str, value: str | None = None, *gradient: str | None, region: Region = "ordinary", **at: object
) -> Row:
    """A row of one example, its inputs given by name."""
    return Row(id=number, loss=loss, examples=(at,), value=value, gradient=gradient or None, region=region)


def _mean(number: str, loss: str, value: str, *gradient: str, divisor: int, **columns: tuple[object, ...]) -> Row:
    """A row of several examples, given as columns, and their sum over a divisor."""
    examples = tuple(dict(zip(columns, example, strict=True)) for example in zip(*columns.values(), strict=True))
    return Row(id=number, loss=loss, examples=examples, value=value, gradient=gradient or None, divisor=divisor)


_TENTHS = (0.1, 0.2, 0.3)
_SHARES = {
    (3.0, 1.0, -3.0): ("0.8788782427321509", "0.11894323591065208", "0.0021785213571970231"),
    (2.0, 8.0, 1.0): ("0.0024703760353368212", "0.99662082340930015", "0.00090880055536303302"),
}
_MODELS = {  # one row a party: (probabilities, true class)
    "first": (((0.3, 0.3, 0.4), 2), ((0.3, 0.4, 0.3), 1), ((0.1, 0.2, 0.7), 0)),
    "second": (((0.1, 0.2, 0.7), 2), ((0.1, 0.7, 0.2), 1), ((0.3, 0.4, 0.3), 0)),
}


def _parties(model: str, cross_entropy: str, squared_error: str) -> tuple[Row, Row]:
    rows = [(p, tuple(float(j == y) for j in range(3))) for p, y in _MODELS[model]]
    probabilities, targets = zip(*rows, strict=True)
    flat = [(p, t) for row in rows for p, t in zip(*row, strict=True)]
    entries, truths = zip(*flat, strict=True)
    return (
        _mean("R21", "categorical_cross_entropy", cross_entropy, divisor=3, probabilities=probabilities, target=targets),
        _mean("R21", "squared_error", squared_error, divisor=3, prediction=entries, target=truths),
    )


_SOFTMAX, _SOFT = "softmax_cross_entropy", "soft_target_cross_entropy"
_LEARNT = ("0.34820742788373485", "-0.42590300703230544", "0.077695579148570588")
_QUARTERS = (0.5, 0.25, 0.125, 0.125)

ROWS = (
    _row("R01", _SOFTMAX, "0.55495691964199065", *_LEARNT, logits=(0.5, 1.0, -1.0), target=1),
    _row("R01", _SOFT, "0.55495691964199065", *_LEARNT, logits=(0.5, 1.0, -1.0), target=(0.0, 1.0, 0.0)),
    _row("R03", "softmax", None, "0.10645127718419735", "-0.10453662216202957", None, x=(3.0, 1.0, -3.0), index=0),
    *(_row("R02", "softmax", share, x=x, index=i) for x, shares in _SHARES.items() for i, share in enumerate(shares)),
    _row("R02", "log_softmax", "0", x=(0.0, -800.0), index=0, region="tail"),
    _row("R02", "log_softmax", "-800", x=(0.0, -800.0), index=1, region="tail"),
    _row("R04", "sigmoid", "4.248354255291589e-18", x=-40.0, region="tail"),
    _row("R04", "sigmoid", "4.47628622567513e-309", x=-710.0, region="tail"),
    _row("R04", "sigmoid", "0.88079707797788244", "0.10499358540350652", x=2.0),
    _row("R05", "tanh", "0.63514895238728732", "0.59658580828133143", x=0.75),
    _row("R05", "relu", "0", x=0.0, region="kink"),
    _row("R06", "categorical_cross_entropy", "0.35667494393873244",
         probabilities=(0.1, 0.7, 0.1, 0.1), target=(0.0, 1.0, 0.0, 0.0)),
    _row("R06", "categorical_cross_entropy", "0", "-1", "0", probabilities=(1.0, 0.0), target=(1.0, 0.0), region="tail"),
    _row("R07", "categorical_cross_entropy", "0.69314718055994531", "-2", "0", "0",
         probabilities=(0.5, 0.25, 0.25), target=(1.0, 0.0, 0.0)),
    _row("R08", _SOFTMAX, "1000", "1", "-1", "0", logits=(1000.0, 0.0, 0.0), target=1, region="tail"),
    _row("R08", _SOFTMAX, "8.496708510583178e-18", "-8.4967085105831779e-18", *["4.248354255291589e-18"] * 2,
         logits=(40.0, 0.0, 0.0), target=0, region="tail"),
    _row("R08", _SOFTMAX, "1.2019428482292441", logits=_TENTHS, target=0),
    _row("R08", _SOFTMAX, "1.1019428482292441", logits=_TENTHS, target=1),
    _row("R08", _SOFTMAX, "1.0019428482292441", logits=_TENTHS, target=2),
    _row("R09", _SOFT, "7.2608477155550424", "-0.27975541463695634", "-0.04217223156161878", "0.32192764619857512",
         logits=(1.0, 2.0, 3.0), target=(1.0, 2.0, 5.0)),
    _row("R09", _SOFT, "0.9076059644443803", logits=(1.0, 2.0, 3.0), target=(0.125, 0.25, 0.625)),
    _mean("R10", "binary_cross_entropy", "0.38311921782449302",
          "-0.27777777777777777", "0.3125", "-0.41666666666666668", "0.5",
          divisor=4, probabilities=(0.9, 0.2, 0.6, 0.5), target=(1.0, 0.0, 1.0, 0.0)),
    _row("R11", "sigmoid_cross_entropy", "40", "1", logits=40.0, target=0.0, region="tail"),
    _row("R11", "sigmoid_cross_entropy", "4.248354255291589e-18", "-4.248354255291589e-18",
         logits=40.0, target=1.0, region="tail"),
    _row("R11", "sigmoid_cross_entropy", "1000", "1", logits=1000.0, target=0.0, region="tail"),
    _row("R12", "entropy", "1.2130075659799043", probabilities=_QUARTERS),
    _row("R12", "entropy", "1.75", probabilities=_QUARTERS, base=2.0),
    _row("R12", "cross_entropy", "0.69314718055994531", probabilities=(0.5, 0.5), target=(0.5, 0.5)),
    _row("R12", "cross_entropy", "1.039720770839918", probabilities=(0.5, 0.25, 0.25), target=(0.5, 0.25, 0.25)),
    _row("R12", "kl_divergence", "0.59178090353290421", probabilities=(0.125, 0.125, 0.75), target=(0.5, 0.25, 0.25)),
    _row("R12", "kl_divergence", "0.56402902379110278", probabilities=(0.5, 0.25, 0.25), target=(0.125, 0.125, 0.75)),
    *(_mean("R13", loss, value, divisor=n, prediction=(1.0, 2.0, 3.0), target=(1.0, 2.0, 5.0)) for loss, n, value in (
        ("absolute_error", 3, "0.66666666666666667"), ("squared_error", 1, "4"), ("squared_error", 3, "1.3333333333333333"),
        ("half_squared_error", 3, "0.66666666666666667"), ("half_squared_error", 1, "2"),
    )),
    *(_mean("R14", "zero_one", "0.33333333333333333", divisor=3, prediction=classes, target=(2.0, 1.0, 0.0))
      for classes in ((2.0, 1.0, 2.0), (2.0, 1.0, 1.0))),
    _row("R14", "thresholded_zero_one", "1", prediction=0.5, target=1.0, threshold=0.5, region="tail"),
    _row("R15", "hinge", "11", "-1", prediction=-10.0, target=1.0),
    _row("R15", "perceptron", "10", "-1", prediction=-10.0, target=1.0),
    _row("R15", "exponential", "22026.465794806717", prediction=-10.0, target=1.0),
    _row("R15", "logistic", "10.000045398899217", "-0.99995460213129757", prediction=-10.0, target=1.0),
    _mean("R16", "sigmoid_cross_entropy", "0.69314718055994531", divisor=6, logits=(0.0,) * 6, target=(1.0,) * 6),
    # The text's 6.5e-5 and 3.0485873517349079 (am_softmax) are for the decimals 1e-5 and 0.35, not for the float64 numbers.
    _row("R17", "l2_penalty", "6.5000000000000005e-5",
         "2.0000000000000002e-5", "-3.0000000000000002e-5", weights=(2.0, -3.0), strength=1e-5),
    _mean("R18", "sigmoid_cross_entropy", "0.79775995806435603", divisor=3, logits=(0.0, 1.0, -0.75), target=(1.0, 0.0, 0.0)),
    _row("R19", _SOFTMAX, "1.1381816024124845", "-0.67959889097338696", "0.15134676736529921", "0.52825212360808775",
         logits=(0.25, -0.5, 0.75), target=0),
    *_parties("first", "1.3783888522474519", "0.80666666666666662"),
    *_parties("second", "0.6391075640678003", "0.34000000000000003"),
    _row("R26", "am_softmax", "3.0485873517349072", cosines=(0.5, 0.25, -0.5), target=0, margin=0.35, scale=30.0),
    _row("R26", "arcface", "14.489819050890551", cosines=(0.5, 0.25, -0.5), target=0, margin=0.5, scale=64.0),
)
