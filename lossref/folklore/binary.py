"""Binary cross-entropy, of probabilities and of logits, gone wrong.

Where a text sums over a batch and divides by its size, the code here keeps one loss an example.
"""

import numpy as np

from lossref.folklore.record import Folklore


def with_importance(probabilities, target, importance=0.5, strength=1.0):
    cross_entropy = -(target * np.log(probabilities) + (1 - target) * np.log(1 - probabilities))
    return cross_entropy + strength * importance * (1 - importance)


def without_brackets(probabilities, target):
    return -target * np.log(probabilities) + (1 - target) * np.log(1 - probabilities)


def clamped_logarithm(probabilities, target):
    log_yes = np.maximum(np.log(probabilities), -100)
    log_no = np.maximum(np.log1p(-probabilities), -100)
    return -(target * log_yes + (1 - target) * log_no)


def cross_entropy_of_rounded_sigmoid(logits, target):
    a = 1 / (1 + np.exp(-logits))
    return -(target * np.log(a) + (1 - target) * np.log(1 - a))


def chain_rule(logits, target):
    a = 1 / (1 + np.exp(-logits))
    slope_in_a = -target / a + (1 - target) / (1 - a)
    return slope_in_a * (a * (1 - a))


def logarithm_of_tanh(x, target):
    a = np.tanh(x)
    return -(target * np.log(a) + (1 - target) * np.log(1 - a))


FOLKLORE = (
    Folklore(
        id="F06",
        rows=("S0-45",),
        printed=True,
        kind="ordinary",
        claim="BCE loss = cross-entropy + lambda x (1 - x), with x the sample's importance",
        fault="The second term does not even see the prediction.",
        loss="binary_cross_entropy",
        code=with_importance,
        question=({"probabilities": 0.75, "target": 1.0},),
    ),
    Folklore(
        id="F12",
        rows=("S0-36",),
        printed=True,
        kind="ordinary",
        claim="log loss = -1/m sum y log a + (1 - y) log(1 - a), without brackets",
        fault="The minus reaches only the first of the two terms.",
        loss="binary_cross_entropy",
        code=without_brackets,
        question=({"probabilities": 0.5, "target": 0.0},),
    ),
    Folklore(
        id="F36",
        rows=("S0-25", "S0-60"),
        printed=False,
        kind="hard",
        claim="sigmoid first, then -log(1 - a)",
        fault="From z = 37 on, a rounds to 1, and log(1 - a) is -inf.",
        loss="sigmoid_cross_entropy",
        code=cross_entropy_of_rounded_sigmoid,
        question=({"logits": 40.0, "target": 0.0},),
    ),
    Folklore(
        id="F37",
        rows=("S0-60", "S4-09"),
        printed=False,
        kind="hard",
        claim="multiply dL/da by sigma'(z), as the chain rule says",
        fault="Where a rounds to 1 that is infinity times 0.",
        loss="sigmoid_cross_entropy",
        part="gradient",
        code=chain_rule,
        question=({"logits": 40.0, "target": 0.0},),
    ),
    Folklore(
        id="F42",
        rows=("S0-62",),
        printed=False,
        kind="hard",
        claim="clamp the logarithm at -100, as PyTorch documents for its BCELoss",
        fault="An impossible target costs 100, and not infinity.",
        loss="binary_cross_entropy",
        code=clamped_logarithm,
        question=({"probabilities": 0.0, "target": 1.0},),
    ),
    Folklore(
        id="F47",
        rows=("S3-09",),
        printed=True,
        kind="rule",
        claim="cross-entropy may follow sigmoid, tanh and so on",
        fault="tanh is no probability; (1 + tanh)/2 would be.",
        loss="sigmoid_cross_entropy",
        code=logarithm_of_tanh,
        # (1 + tanh x) / 2 is the sigmoid of 2 x.
        question=({"logits": -1.0, "target": 1.0},),
        inputs={"x": np.array([-0.5]), "target": np.array([1.0])},
        judged=False,
    ),
)
