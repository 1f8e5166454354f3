"""Implementations of sigmoid cross entropy, right and wrong.

Where a text sums over a batch and divides by its size, the code here keeps one loss an example.
"""

from functools import partial

import numpy as np

from lossref.mutants.calls import BATCH_FAULTS, SIGN_FAULTS, sigmoid_cross_entropy, whole
from lossref.mutants.formulas import beyond, flushed, narrow, sigmoid, sloppy, softplus, within, without_zeros
from lossref.mutants.record import MEAN, Mutant, Reading, of


def sigmoid_ce(z, y):
    weighted = without_zeros(1 - y, (1 - y) * softplus(z)) + without_zeros(y, y * softplus(-z))
    return np.where((y == 0) | (y == 1), softplus((1 - 2 * y) * z), weighted)


def sigmoid_ce_gradient(z, y):
    return (1 - y) * sigmoid(z) - y * sigmoid(-z)


def clipped_sigmoid_ce(eps, z, y):
    p = np.clip(sigmoid(z), eps, 1 - eps)
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def clipped_sigmoid_ce_gradient(eps, z, y):
    return np.clip(sigmoid(z), eps, 1 - eps) - y


def sigmoid_ce_by_side(z, y):
    # The weight of the class that the logit speaks against, times |z|, and the tail.
    against = np.where(z > 0, 1 - y, y)
    return without_zeros(against, against * np.abs(z)) + np.log1p(np.exp(-np.abs(z)))


def sigmoid_ce_gradient_by_side(z, y):
    tail = np.exp(-np.abs(z))
    return np.where(z > 0, (1 - y) - y * tail, (1 - y) * tail - y) / (1 + tail)


def forward_of_clipped_sigmoid(logits, target):
    predict = 1 / (1 + np.exp(-logits))
    predict = np.clip(predict, 1e-6, 1 - 1e-6)
    return -(target * np.log(predict) + (1 - target) * np.log(1 - predict))


def backward_of_clipped_sigmoid(logits, target):
    predict = 1 / (1 + np.exp(-logits))
    predict = np.clip(predict, 1e-6, 1 - 1e-6)
    return predict - target


def cross_entropy_of_rounded_sigmoid(logits, target):
    a = 1 / (1 + np.exp(-logits))
    return -(target * np.log(a) + (1 - target) * np.log(1 - a))


def chain_rule(logits, target):
    a = 1 / (1 + np.exp(-logits))
    slope_in_a = -target / a + (1 - target) / (1 - a)
    return slope_in_a * (a * (1 - a))


def product_of_sums(x, y, w):
    a = 1 / (1 + np.exp(-w * x))
    slope_in_a = -np.mean(y / a - (1 - y) / (1 - a))
    slope_of_a = np.sum(a * (1 - a) * x)
    return slope_in_a * slope_of_a


def logarithm_of_tanh(x, target):
    a = np.tanh(x)
    return -(target * np.log(a) + (1 - target) * np.log(1 - a))


def loss_and_decay(logits, label, weights, weight_decay=1e-5):
    predict = 1 / (1 + np.exp(-logits))
    loss = -(label * np.log(predict) + (1 - label) * np.log(1 - predict))
    decay = weight_decay * weights  # added to the gradients of the weights
    return loss, decay


def mean_of_block(logits, label):
    predict = 1 / (1 + np.exp(-logits))
    predict = np.clip(predict, 1e-6, 1 - 1e-6)
    loss = -(label * np.log(predict) + (1 - label) * np.log(1 - predict))
    return np.sum(loss) / logits.shape[0]


row = of("sigmoid_cross_entropy")
MUTANTS = (
    row("right", "by_label", "softplus((1 - 2 y) z) for hard labels, two terms of one sign for soft ones",
        sigmoid_ce, sigmoid_ce_gradient, True),
    row("right", "by_side", "|z| times the weight of the class it speaks against, plus the tail log1p(exp(-|z|))",
        sigmoid_ce_by_side, sigmoid_ce_gradient_by_side, True),
    row("framework", "max_form", "max(z, 0) - z y + log1p(exp(-|z|)) and sigmoid(z) - y: right to eps, tails lost for y = 1",
        lambda z, y: np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))), lambda z, y: sigmoid(z) - y, True),
    row("framework", "older_torch", "(1 - y) z + m + log(exp(-m) + exp(-z - m)), m = max(-z, 0)",
        lambda z, y: (1 - y) * z + (m := np.maximum(-z, 0)) + np.log(np.exp(-m) + np.exp(-z - m))),
    row("textbook", "naive", "log(1 + exp z) - y z overflows, and its gradient is inf / inf",
        lambda z, y: np.log(1 + np.exp(z)) - y * z, lambda z, y: np.exp(z) / (1 + np.exp(z)) - y, True),
    row("textbook", "log_of_sigmoid", "the logarithm of a probability that has rounded to 0 or 1",
        lambda z, y: -y * np.log(sigmoid(z)) - (1 - y) * np.log(1 - sigmoid(z))),
    *(row("textbook", f"clipped_{eps:g}", f"the probability is clipped at {eps:g}",
          partial(clipped_sigmoid_ce, eps), partial(clipped_sigmoid_ce_gradient, eps), True) for eps in (1e-7, 1e-12, 1e-15)),
    row("textbook", "plus_eps", "log(p + 1e-12)",
        lambda z, y: -y * np.log(sigmoid(z) + 1e-12) - (1 - y) * np.log(1 - sigmoid(z) + 1e-12), sigmoid_ce_gradient, True),
    row("textbook", "threshold_20", "softplus(z) is z beyond 20, as torch's is, and then z - y z is 0",
        lambda z, y: np.where(z > 20, z, softplus(z)) - y * z),
    *(row("textbook", f"within_{reach}", f"the logit is clipped at {reach} first",
          within(sigmoid_ce, reach), within(sigmoid_ce_gradient, reach), True) for reach in (30, 80)),
    row("textbook", "complement", "1 - sigmoid(-z) loses the tail of sigmoid(z)",
        gradient=lambda z, y: 1 - sigmoid(-z) - y, passes_gradcheck=True),
    row("textbook", "labels_signed", "0 and 1 are taken for labels -1 and 1",
        lambda z, y: softplus(-y * z), lambda z, y: -y * sigmoid(-y * z), True),
    row("textbook", "only_positives", "the term of the class 0 is missing",
        lambda z, y: y * softplus(-z), lambda z, y: -y * sigmoid(-z), True),
    row("broken", "hard_zero", "beyond 15 the logarithm's term is dropped",
        lambda z, y: np.where(np.abs(z) > 15, np.maximum(z, 0) - z * y, sigmoid_ce(z, y)), sigmoid_ce_gradient, True),
    row("broken", "flushed", "losses and slopes below 1e-12 become 0",
        flushed(sigmoid_ce, 1e-12), flushed(sigmoid_ce_gradient, 1e-12), True),
    row("broken", "flat_tail", "no gradient beyond |z| = 20", gradient=beyond(sigmoid_ce_gradient, 20, 0), passes_gradcheck=True),
    row("broken", "turned_tail", "the gradient's sign is wrong beyond |z| = 25",
        gradient=beyond(sigmoid_ce_gradient, 25, -1), passes_gradcheck=True),
    row("broken", "steep_tail", "the gradient is 100 times too large beyond |z| = 25",
        gradient=beyond(sigmoid_ce_gradient, 25, 100), passes_gradcheck=True),
    row("broken", "narrow", "the gradient is computed in half the width",
        gradient=narrow(sigmoid_ce_gradient), passes_gradcheck=True),
    row("broken", "sloppy", "the gradient has 9 right digits of 16",
        gradient=sloppy(sigmoid_ce_gradient, 0.6), passes_gradcheck=True),
    *whole("sigmoid_cross_entropy", sigmoid_cross_entropy, BATCH_FAULTS | SIGN_FAULTS),
    Mutant(
        "sigmoid_cross_entropy", "clipped_6", "textbook", "From |z| = 13.8 on, the clip caps the loss at 13.8.",
        value=forward_of_clipped_sigmoid,
        id="F22", sources=("S1-11",), printed=True, fails="hard",
        claim="clip the sigmoid to [1e-6, 1 - 1e-6], then take logs: on the wrong side",
        question=({"logits": 1000.0, "target": 0.0},),
    ),
    Mutant(
        "sigmoid_cross_entropy", "clipped_6_right", "textbook", "No loss gets below 1e-6, however right the prediction.",
        value=forward_of_clipped_sigmoid,
        id="F23", sources=("S1-11",), printed=True, fails="hard",
        claim="clip the sigmoid to [1e-6, 1 - 1e-6], then take logs: on the right side",
        question=({"logits": 40.0, "target": 1.0},),
    ),
    Mutant(
        "sigmoid_cross_entropy", "clipped_6_slope", "textbook", "No slope gets below 1e-6, and its own loss is flat.",
        gradient=backward_of_clipped_sigmoid, passes_gradcheck=True,
        id="F24", sources=("S1-12",), printed=True, fails="hard", part="gradient",
        claim="return clipped sigmoid minus label as the gradient",
        question=({"logits": 40.0, "target": 1.0},),
    ),
    Mutant(
        "sigmoid_cross_entropy", "rounded_sigmoid", "textbook", "From z = 37 on, a rounds to 1, and log(1 - a) is -inf.",
        value=cross_entropy_of_rounded_sigmoid,
        id="F36", sources=("S0-25", "S0-60"), fails="hard",
        claim="sigmoid first, then -log(1 - a)",
        question=({"logits": 40.0, "target": 0.0},),
    ),
    Mutant(
        "sigmoid_cross_entropy", "chain_rule", "textbook", "Where a rounds to 1 that is infinity times 0.",
        gradient=chain_rule, passes_gradcheck=True,
        id="F37", sources=("S0-60", "S4-09"), fails="hard", part="gradient",
        claim="multiply dL/da by sigma'(z), as the chain rule says",
        question=({"logits": 40.0, "target": 0.0},),
    ),
    Mutant(
        "sigmoid_cross_entropy", "product_of_sums", "textbook", "The products are to be summed, not the factors.",
        gradient=product_of_sums,
        id="F40", sources=("S0-76",), part="gradient", judged=False,
        claim="dL/dw = dL/dp times dp/dw, for a batch",
        question=({"logits": 0.0, "target": 1.0}, {"logits": 0.0, "target": 0.0}),
        inputs={"x": np.array([1.0, -2.0]), "y": np.array([1.0, 0.0]), "w": 0.0},
        compare=Reading("({} * [1.0, -2.0]).mean()", lambda slopes: (slopes * [1, -2]).mean()),
    ),
    Mutant(
        "sigmoid_cross_entropy", "of_tanh", "textbook", "tanh is no probability; (1 + tanh)/2 would be.",
        value=logarithm_of_tanh,
        id="F47", sources=("S3-09",), printed=True, fails="rule", judged=False,
        claim="cross-entropy may follow sigmoid, tanh and so on",
        question=({"logits": -1.0, "target": 1.0},),  # (1 + tanh x) / 2 is the sigmoid of 2 x
        inputs={"x": np.array([-0.5]), "target": np.array([1.0])},
    ),
    Mutant(
        "sigmoid_cross_entropy", "decay_left_out", "textbook", "The loss reported is not the one being minimised.",
        value=loss_and_decay,
        id="F51", sources=("S1-09",), printed=True, fails="rule", judged=False,
        claim="weight_decay=1e-5 is added to the gradients, the loss is returned without",
        inputs={"logits": np.array([0.5]), "label": np.array([1.0]), "weights": np.array([2.0, -3.0]), "weight_decay": 1e-5},
        picked=lambda both: both[0],
        closed_form=lambda m: m.log(1 + 1 / m.exp(m.lift(0.5))) + m.lift(1e-5) * (2**2 + 3**2) / 2,
        right='lossref.value("sigmoid_cross_entropy", logits=0.5, target=1.0)'
        ' + lossref.value("l2_penalty", weights=[2.0, -3.0], strength=1e-5)',
    ),
    Mutant(
        "sigmoid_cross_entropy", "mean_of_block", "textbook", "With 3 outputs a sample it is 3 times the mean.",
        value=mean_of_block,
        id="F57", sources=("S1-11",), fails="shape", judged=False,
        claim="the sum over a (batch, classes) block by the batch size, for the mean",
        question=({"logits": 0.0, "target": 1.0},) * 6,
        inputs={"logits": np.zeros((2, 3)), "label": np.ones((2, 3))},
        compare=MEAN,
    ),
)
