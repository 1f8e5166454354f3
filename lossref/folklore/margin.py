"""Losses of a margin or of a threshold, gone wrong."""

import numpy as np

from lossref.folklore.record import Folklore


def hinge(prediction, target):
    return np.maximum(0, 1 - target * prediction)


def logistic_without_branch(prediction, target):
    return np.log(1 + np.exp(-target * prediction))


def strictly_beyond(prediction, target, threshold=0.5):
    return np.where(np.abs(target - prediction) > threshold, 1.0, 0.0)


FOLKLORE = (
    Folklore(
        id="F46",
        rows=("S0-35",),
        printed=False,
        kind="rule",
        claim="hinge max(0, 1 - y a), given labels 0 and 1",
        fault="The labels are -1 and 1; with 0 the loss is always 1.",
        loss="hinge",
        code=hinge,
        question=({"prediction": -3.0, "target": -1.0},),
        inputs={"prediction": np.array([-3.0]), "target": np.array([0.0])},
        judged=False,
    ),
    Folklore(
        id="F52",
        rows=("S1-01", "S0-15"),
        printed=False,
        kind="hard",
        claim="log(1 + exp(-m)), typed as it stands: far on the wrong side",
        fault="exp(-m) overflows from m = -710 on; the loss is -m.",
        loss="logistic",
        code=logistic_without_branch,
        question=({"prediction": -1000.0, "target": 1.0},),
    ),
    Folklore(
        id="F53",
        rows=("S0-15",),
        printed=False,
        kind="hard",
        claim="log(1 + exp(-m)), typed as it stands: far on the right side",
        fault="1 + exp(-m) rounds to 1 from m = 37 on, and log to 0.",
        loss="logistic",
        code=logistic_without_branch,
        question=({"prediction": 40.0, "target": 1.0},),
    ),
    Folklore(
        id="F54",
        rows=("S0-13",),
        printed=False,
        kind="rule",
        claim="1 if |Y - f| is above T, else 0, where the text has at least T",
        fault="A difference of just T is an error by the definition.",
        loss="thresholded_zero_one",
        code=strictly_beyond,
        question=({"prediction": 0.5, "target": 1.0, "threshold": 0.5},),
    ),
)
