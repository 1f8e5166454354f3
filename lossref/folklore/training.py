"""Gradients and objectives of whole models, gone wrong."""

import numpy as np

from lossref.folklore.record import Folklore, Reading


def product_of_sums(x, y, w):
    a = 1 / (1 + np.exp(-w * x))
    slope_in_a = -np.mean(y / a - (1 - y) / (1 - a))
    slope_of_a = np.sum(a * (1 - a) * x)
    return slope_in_a * slope_of_a


def loss_and_decay(logits, label, weights, weight_decay=1e-5):
    predict = 1 / (1 + np.exp(-logits))
    loss = -(label * np.log(predict) + (1 - label) * np.log(1 - predict))
    decay = weight_decay * weights  # added to the gradients of the weights
    return loss, decay


def quadratic_cost_derivative(logits, target):
    a = 1 / (1 + np.exp(-logits))
    return a - target


FOLKLORE = (
    Folklore(
        id="F40",
        rows=("S0-76",),
        printed=False,
        kind="ordinary",
        claim="dL/dw = dL/dp times dp/dw, for a batch",
        fault="The products are to be summed, not the factors.",
        loss="sigmoid_cross_entropy",
        part="gradient",
        code=product_of_sums,
        question=({"logits": 0.0, "target": 1.0}, {"logits": 0.0, "target": 0.0}),
        inputs={"x": np.array([1.0, -2.0]), "y": np.array([1.0, 0.0]), "w": 0.0},
        compare=Reading("({} * [1.0, -2.0]).mean()", lambda slopes: (slopes * [1, -2]).mean()),
        judged=False,
    ),
    Folklore(
        id="F51",
        rows=("S1-09",),
        printed=True,
        kind="rule",
        claim="weight_decay=1e-5 is added to the gradients, the loss is returned without",
        fault="The loss reported is not the one being minimised.",
        loss="sigmoid_cross_entropy",
        code=loss_and_decay,
        inputs={"logits": np.array([0.5]), "label": np.array([1.0]), "weights": np.array([2.0, -3.0]), "weight_decay": 1e-5},
        picked=lambda both: both[0],
        closed_form=lambda m: m.log(1 + 1 / m.exp(m.lift(0.5))) + m.lift(1e-5) * (2**2 + 3**2) / 2,
        right='lossref.value("sigmoid_cross_entropy", logits=0.5, target=1.0)'
        ' + lossref.value("l2_penalty", weights=[2.0, -3.0], strength=1e-5)',
        judged=False,
    ),
    Folklore(
        id="F56",
        rows=("S4-05", "S4-06"),
        printed=False,
        kind="ordinary",
        claim="the quadratic cost of a sigmoid neuron has the gradient a - y",
        fault="The chain rule's sigma'(z) is missing.",
        loss="half_squared_error",
        part="gradient",
        code=quadratic_cost_derivative,
        inputs={"logits": np.array([4.0]), "target": np.array([0.0])},
        closed_form=lambda m: m.exp(4) ** 2 / (1 + m.exp(4)) ** 3,  # s(4) times s(4) s(-4)
        right='lossref.gradient("half_squared_error", lossref.value("sigmoid", 4.0), 0.0) * lossref.gradient("sigmoid", 4.0)',
        judged=False,
    ),
)
