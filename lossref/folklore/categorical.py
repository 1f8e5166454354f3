"""Categorical cross-entropy of probabilities, and its derivative, gone wrong.

Where a text sums over a batch and divides by its size, the code here keeps one loss an example.
"""

import numpy as np

from lossref.folklore.record import Folklore


def roles_swapped(probabilities, target):
    return -np.sum(probabilities * np.log(target), axis=-1)


def binary_derivative(probabilities, target):
    return (probabilities - target) / (probabilities * (1 - probabilities) + 1e-7)


def logarithm_expanded(probabilities, target):
    every_logarithm = np.sum(np.log(probabilities), axis=-1, keepdims=True)
    return -np.sum(target * every_logarithm, axis=-1)


def slope_of_expanded_logarithm(probabilities, target):
    every_slope = np.sum(1 / probabilities, axis=-1, keepdims=True)
    return -np.sum(target * every_slope, axis=-1, keepdims=True) * np.ones_like(probabilities)


def binary_terms_in_every_class(probabilities, target):
    return -np.sum(target * np.log(probabilities) + (1 - target) * np.log(1 - probabilities), axis=-1)


def epsilon_of_1e_7(probabilities, target):
    return -np.sum(target * np.log(probabilities + 1e-7), axis=-1)


def epsilon_of_1e_12(probabilities, target):
    return -np.sum(target * np.log(probabilities + 1e-12), axis=-1)


FOLKLORE = (
    Folklore(
        id="F02",
        rows=("S0-04",),
        printed=True,
        kind="ordinary",
        claim="H(P, Q) = -sum p log q, with P the model's output and Q the true labels",
        fault="Label and model are swapped: log of the label.",
        loss="categorical_cross_entropy",
        code=roles_swapped,
        question=({"probabilities": (0.75, 0.25), "target": (1.0, 0.0)},),
    ),
    Folklore(
        id="F04",
        rows=("S0-47",),
        printed=True,
        kind="ordinary",
        claim="the derivative of -sum y log p is (p - y) / (p (1 - p) + 1e-7)",
        fault="That is the binary slope: zero labels get one too.",
        loss="categorical_cross_entropy",
        part="gradient",
        code=binary_derivative,
        question=({"probabilities": (0.5, 0.25, 0.25), "target": (1.0, 0.0, 0.0)},),
    ),
    Folklore(
        id="F05",
        rows=("S0-47",),
        printed=True,
        kind="hard",
        claim="(p - y) / (p (1 - p) + 1e-7) as the slope, at a right, certain prediction",
        fault="At p = 1 its slope is 0 / 1e-7, and the right one -1.",
        loss="categorical_cross_entropy",
        part="gradient",
        code=binary_derivative,
        question=({"probabilities": (1.0, 0.0), "target": (1.0, 0.0)},),
    ),
    Folklore(
        id="F07",
        rows=("S0-86",),
        printed=True,
        kind="ordinary",
        claim="-sum y log p = -sum y (log p_1 + ... + log p_n)",
        fault="One label meets all logarithms, not only its own.",
        loss="categorical_cross_entropy",
        code=logarithm_expanded,
        question=({"probabilities": (0.5, 0.5), "target": (1.0, 0.0)},),
    ),
    Folklore(
        id="F08",
        rows=("S0-87",),
        printed=True,
        kind="ordinary",
        claim="dC/dp_i = -sum y (1/p_1 + ... + 1/p_n)",
        fault="The slope in p_i is -y_i/p_i, of one class alone.",
        loss="categorical_cross_entropy",
        part="gradient",
        code=slope_of_expanded_logarithm,
        question=({"probabilities": (0.5, 0.5), "target": (1.0, 0.0)},),
    ),
    Folklore(
        id="F13",
        rows=("S0-54",),
        printed=False,
        kind="ordinary",
        claim="classes with label 0 add to the loss as long as p is not 1",
        fault="Classes with label 0 add -log(1 - p), and should not.",
        loss="categorical_cross_entropy",
        code=binary_terms_in_every_class,
        question=({"probabilities": (0.5, 0.25, 0.25), "target": (1.0, 0.0, 0.0)},),
    ),
    Folklore(
        id="F28",
        rows=("S0-46", "S0-88"),
        printed=True,
        kind="hard",
        claim="add 1e-7 to p so that the logarithm is safe: a right, certain prediction",
        fault="log(1 + 1e-7) is above 0, and so the loss below 0.",
        loss="categorical_cross_entropy",
        code=epsilon_of_1e_7,
        question=({"probabilities": (1.0, 0.0), "target": (1.0, 0.0)},),
    ),
    Folklore(
        id="F29",
        rows=("S0-46", "S0-88"),
        printed=True,
        kind="hard",
        claim="add 1e-7 to p so that the logarithm is safe: a wrong, certain prediction",
        fault="The 1e-7 caps at 16.118 a loss that has no bound.",
        loss="categorical_cross_entropy",
        code=epsilon_of_1e_7,
        question=({"probabilities": (0.0, 1.0), "target": (1.0, 0.0)},),
    ),
    Folklore(
        id="F30",
        rows=("S3-10", "S0-88"),
        printed=True,
        kind="hard",
        claim="add 1e-12 to p so that the logarithm is safe: a wrong, certain prediction",
        fault="The 1e-12 caps at 27.631 a loss that has no bound.",
        loss="categorical_cross_entropy",
        code=epsilon_of_1e_12,
        question=({"probabilities": (0.0, 1.0), "target": (1.0, 0.0)},),
    ),
    Folklore(
        id="F31",
        rows=("S0-88",),
        printed=True,
        kind="hard",
        claim="log(p + 1e-12) stands for log p and changes nothing",
        fault="Beside p = 1e-13 it is the 1e-12 that is measured.",
        loss="categorical_cross_entropy",
        code=epsilon_of_1e_12,
        question=({"probabilities": (1e-13, 1 - 1e-13), "target": (1.0, 0.0)},),
    ),
)
