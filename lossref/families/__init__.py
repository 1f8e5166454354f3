"""Hard points by the kinds of a loss's arguments: where everything made of a residual, a margin or logits breaks, said once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lossref.families import boxes, lists, scalars, vectors
from lossref.families import ladders as steps
from lossref.families.general import example, of_argument
from lossref.spaces import Space
from lossref.spec import Hard, Loss

__all__ = ["example", "hard_points", "ladders"]

Family = Callable[..., tuple[Hard, ...]]  # of the names of its arguments
FAMILIES: Mapping[tuple[str, ...], Family] = {  # by the kinds of the first argument and of the target or second one
    ("real",): scalars.scalar,
    ("nonpositive",): scalars.nonpositive,
    ("real", "real"): scalars.residual,
    ("real", "sign"): scalars.margin,
    ("real", "unit"): scalars.logit,
    ("real", "bit"): scalars.logit,
    ("unit", "unit"): scalars.probability,
    ("unit", "bit"): scalars.probability,
    ("vector",): vectors.vector,
    ("vector", "label"): vectors.scores,
    ("vector", "units"): vectors.logits,
    ("vector", "bits"): lists.multilabel,
    ("vector", "grade"): lists.graded,
    ("vector", "weights"): vectors.weighted,
    ("vector", "simplex"): vectors.weighted,
    ("simplex",): vectors.distribution,
    ("simplex", "weights"): vectors.predicted_weights,
    ("simplex", "label"): vectors.predicted_label,
    ("simplex", "simplex"): vectors.predicted_distribution,
    ("log_probabilities", "label"): vectors.log_probabilities,
    ("log_probabilities", "simplex"): vectors.log_probabilities_of,
    ("cosines", "label"): vectors.cosines,
    ("corner", "corner"): boxes.pairs,
}


def hard_points(loss: Loss) -> tuple[Hard, ...]:
    """The hard points of a loss: those of the kinds of its arguments, and its own, which replace any of the same flag."""
    names = tuple(loss.arguments)
    pair = (names[0], "target") if "target" in names[1:] else names[:2]
    family = FAMILIES.get(tuple(kind(loss.arguments[name]) for name in pair))
    found = list(family(*pair)) if family else []
    found += [hard for name in names if not (family and name in pair) for hard in of_argument(loss, name)]
    return tuple({hard.flag: _whole(loss, hard) for hard in (*found, *loss.hard)}.values())


def ladders(loss: Loss) -> tuple[Hard, ...]:
    """Far more points than are certified: those that are worth it are chosen among them."""
    return steps.ladders(loss, hard_points(loss))


def kind(space: Space) -> str:
    """The kind of an argument; an array of numbers is of another kind than one of them."""
    if space.rank == 1:
        return {"real": "vector", "unit": "units", "bit": "bits"}.get(space.kind, space.kind)
    return space.kind if space.rank == 0 else f"{space.kind} of rank {space.rank}"


def _whole(loss: Loss, hard: Hard) -> Hard:
    """The same points, with ordinary numbers for whatever argument they leave open."""
    return Hard(hard.flag, hard.region, hard.reason, lambda d: example(loss, d, hard.draw(d)), hard.count)
