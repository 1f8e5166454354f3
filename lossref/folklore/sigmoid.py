"""The sigmoid, its derivative and the decision taken from it, gone wrong."""

import numpy as np

from lossref.folklore.record import Folklore, Reading


def sigmoid_of_the_wrong_half(x):
    x = np.array(x)
    p0 = x > 0
    p1 = ~p0
    x[p0] = np.exp(x[p0]) / (1 + np.exp(x[p0]))
    x[p1] = 1 / (1 + np.exp(-x[p1]))
    return x


def sigmoid_in_place(x):
    x = np.array(x)
    p0 = x < 0
    p1 = ~p0
    x[p0] = np.exp(x[p0]) / (1 + np.exp(x[p0]))
    x[p1] = 1 / (1 + np.exp(-x[p1]))
    return x


def nonlin(x, deriv=True):
    if deriv:
        return x * (1 - x)  # right for an x that is the sigmoid's output
    return 1 / (1 + np.exp(-x))


def decision(x):
    return 1 / (1 + np.exp(-x)) > 0.5


FOLKLORE = (
    Folklore(
        id="F20",
        rows=("S1-10",),
        printed=False,
        kind="hard",
        claim="p0 = x 0, printed so: the lost comparison read as >",
        fault="exp(x) is for x < 0: at 1000 it gives inf / inf.",
        loss="sigmoid",
        code=sigmoid_of_the_wrong_half,
        question=({"x": 1000.0},),
    ),
    Folklore(
        id="F21",
        rows=("S1-10",),
        printed=True,
        kind="shape",
        claim="x[p1] = 1 / (1 + exp(-x[p1])), with an x of integers",
        fault="Written into an integer array, every sigmoid is 0.",
        loss="sigmoid",
        code=sigmoid_in_place,
        question=({"x": 2.0},),
        inputs={"x": np.array([2])},
        judged=False,
    ),
    Folklore(
        id="F44",
        rows=("S4-13",),
        printed=False,
        kind="ordinary",
        claim="nonlin(x, deriv=True) returns x (1 - x), called on the input x",
        fault="x (1 - x) takes the sigmoid's output, not its input.",
        loss="sigmoid",
        part="gradient",
        code=nonlin,
        question=({"x": 2.0},),
    ),
    Folklore(
        id="F50",
        rows=("S0-41",),
        printed=False,
        kind="hard",
        claim="positive if the sigmoid is above 0.5",
        fault="For z up to 1.5e-16 the sigmoid is 0.5 in float64.",
        loss="sigmoid",
        code=decision,
        question=({"x": 1e-17},),
        compare=Reading("{} > 0.5", lambda shares: np.array([int(share * 2 > 1) for share in shares], object)),
        right='lossref.oracle("sigmoid", x=1e-17).value > 0.5',
        judged=False,
    ),
)
