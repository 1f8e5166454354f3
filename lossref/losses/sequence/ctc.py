"""Connectionist temporal classification: how unlikely it is that steps, each of one class or of none, spell a row of labels.

    L(l, y) = -log sum_a prod_t exp l_{t a_t},      the sum over all alignments a of y with the steps

log_probabilities  l, a row for each step with a logarithm for each class
target             y, the labels; a blank among them is none, so that rows of several lengths are filled up with blanks
blank              the class that stands for no label, counted from 0 like all; the first one in most libraries
An alignment has one class a step, and spells what is left after a class that repeats the one before it, and then all blanks, are
taken out: y itself. So equal labels in a row need a blank between them, and with too few steps there is no alignment: the loss is
infinite (PyTorch: inf, or 0 if asked for; optax and Keras: about 100000), and this code returns a slope of 0. All steps count.
Nothing is normalised: that each row of exp l sums to 1 is the caller's business. optax and Keras take logits and do it themselves,
and PyTorch's slopes are those of its logits too, exp l less the share of the alignments, whatever l was made of.
"""

import numpy as np

from lossref.float64.alignments import alignment_cost, alignment_slopes
from lossref.laws import of_equal_value
from lossref.spaces import Label, LogProbabilities
from lossref.spec import Hard, Known, Loss


def value(log_probabilities, target, blank):
    return alignment_cost(log_probabilities, target, blank)


def gradient(log_probabilities, target, blank):
    return alignment_slopes(log_probabilities, target, blank)


def _steps(d, steps, classes, of=lambda d: -d.uniform(0.1, 4), **given):
    """As many rows of numbers."""
    return {"log_probabilities": tuple(tuple(of(d) for _ in range(classes)) for _ in range(steps)), "blank": 0, **given}


def _sure(d, spelled, lag):
    """Probabilities next to 1 along one alignment, and far smaller elsewhere."""
    rows = tuple(tuple(-d.scaled(-60, -50) if c == s else -lag - d.uniform(0, 1) for c in range(3)) for s in spelled)
    return {"log_probabilities": rows, "blank": 0, "target": d.cycle((1, 2), (2, 1), (1, 1), (2, 0))}


def definition(m, log_probabilities, target, blank):
    # The forward recursion: a blank before, between and after the labels, of which only what is between two different ones may be skipped.
    states = [blank, *(s for y in target if y != blank for s in (y, blank))]
    before = [[j, *([j - 1] if j > 0 else []), *([j - 2] if j > 1 and s != states[j - 2] else [])] for j, s in enumerate(states)]
    sums = [m.exp(log_probabilities[0][s]) if j < 2 else m.lift(0) for j, s in enumerate(states)]
    for row in log_probabilities[1:]:
        sums = [m.sum(sums[i] for i in before[j]) * m.exp(row[s]) for j, s in enumerate(states)]
    return -m.log(m.sum(sums[-2:]))


LOSS = Loss(
    name="ctc",
    arguments={"log_probabilities": LogProbabilities("t", "k"), "target": Label("log_probabilities", "s"),
               "blank": Label("log_probabilities")},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(
        of_equal_value("L(l, 0 y) = L(l, y) for the blank 0: it is no label", lambda target, blank, **_: {"target": (blank, *target)}),
        of_equal_value("steps and labels in reverse order spell as well",
                       lambda log_probabilities, target, **_: {"log_probabilities": log_probabilities[::-1], "target": target[::-1]}),
    ),
    hard=(
        Hard("repeated", "ordinary", "labels that repeat: a blank stands between them, and may not be skipped",
             lambda d: _steps(d, 3 + d.index % 3, 3, target=d.cycle((1, 1), (2, 2), (1, 1, 1), (2, 1, 1))), 16),
        Hard("several_lengths", "ordinary", "blanks before, between or after labels: they are none, and need not be met",
             lambda d: _steps(d, 4, 3, target=d.cycle((1, 2, 0), (0, 2, 1), (2, 0, 2), (0, 0, 1), (0, 0, 0))), 10),
        Hard("just_long_enough", "tail", "one alignment, or none: the loss is a sum of as many terms, or infinity, whatever is masked",
             lambda d: _steps(d, 2 + d.index % 2, 3, target=d.cycle((1, 2), (1, 2, 1), (1, 1), (1, 1), (2, 2, 1), (2, 2, 1))), 12),
        Hard("many_steps", "ordinary", "eight steps, and many alignments: sums of hundreds of products",
             lambda d: _steps(d, 8, 4, target=d.cycle((1, 2, 3), (3, 3), (2,))), 6),
        Hard("underflow", "tail", "steps so unlikely that a product of probabilities is 0, and its logarithm -inf",
             lambda d: _steps(d, 4, 3, lambda d: -d.uniform(0.2, 1) * d.underflow, target=d.cycle((1, 2), (2,), (1, 1))), 10),
        Hard("sure", "tail", "one alignment next to certain: right, the loss is a small sum; wrong, the gap to what else spells the labels",
             lambda d: _sure(d, (1, 0, 2, 0) if d.index % 2 else (0, 2, 1, 1), d.uniform(d.saturation, d.underflow / 5)), 16),
        Hard("uneven_steps", "cancellation", "alignments that differ by a rounding of their sums: large terms are met by all",
             lambda d: _steps(d, 4, 2, lambda d: d.number(-1000.0 + d.uniform(-3, 3)), target=(1, 0)), 8),
        Hard("ties", "ordinary", "equal steps: shares are how many alignments there are",
             lambda d: _steps(d, 1 + d.index % 5, 3, lambda d: -0.75, target=(1, 2 * (d.index % 2))), 10),
    ),
    known=(
        Known({"log_probabilities": ((-1.0, -2.0),), "target": (1,), "blank": 0}, "2", "one step, one label", ("0", "-1")),
        Known({"log_probabilities": ((-1.0, -2.0),) * 2, "target": (0,), "blank": 0}, "2", "blanks alone", ("-1", "0", "-1", "0")),
        Known({"log_probabilities": ((-2.0, -2.0),) * 2, "target": (1,), "blank": 0}, lambda m: 4 - m.log(3), "aa, a- and -a", (None,) * 4),
        Known({"log_probabilities": ((-1.0, -2.0),) * 3, "target": (1, 1), "blank": 0}, "5", "a-a", ("0", "-1", "-1", "0", "0", "-1")),
        Known({"log_probabilities": ((-1.0, -2.0),) * 2, "target": (1, 1), "blank": 0}, "inf", "too few steps", ("0", "0", "0", "0")),
        Known({"log_probabilities": ((-1.0, -np.inf),), "target": (1,), "blank": 0}, "inf", "an impossible label", ("0", "-1")),
        Known({"log_probabilities": ((-np.inf, 0.0), (-np.inf, 0.0)), "target": (1,), "blank": 0}, "0", "certain", ("0", "-1", "0", "-1")),
        Known({"log_probabilities": ((-1.0,), (-2.0,)), "target": (0,), "blank": 0}, "3", "no class but the blank", ("-1", "-1")),
    ),
    source="A. Graves et al., Connectionist Temporal Classification, 2006, equations 3 to 8",
)
