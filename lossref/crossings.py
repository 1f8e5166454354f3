"""Calls whose options are crossed with rungs: every option at odd values, several together, over rows with tails, of many sizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lossref.batches import in_form, rounded
from lossref.families.ladders import RUNGS, odd_parameters, rung
from lossref.formats import Format
from lossref.options import CLASS, FORMS, PROBABILITY, WEIGHTS, forms, refusals
from lossref.spec import Loss, Values
from lossref.stream import Nearest, Stream
from lossref.values import flat, mapped

CROSSED = 240
FLAG = "crossed"
REASON = "options at odd values, several together, over rows that reach into tails: each acts there as everywhere"
COUNTS = (5, 2, 33, 7, 1, 9, 3, 17, 8, 32)  # rows: beside powers of two, too
WIDTHS = (3, 2, 5, 9, 4)
IGNORED = (-100, 0, -1, 1, -7, 255)
AXES = 2  # of an argument, from which on rows are few: certifying takes the square of their numbers, as it does with several arguments


def crossed(loss: Loss, form: Format, seed: str, index: int, nearest: Nearest) -> tuple[Values, dict[str, Any]] | None:
    """The batch and the options of one such call; None where nothing is kept, which is asked apart."""
    d = Stream(f"{seed}/{FLAG}/{loss.name}", form, index, nearest=nearest)
    rank = max(space.rank for space in loss.arguments.values())
    is_dear = rank >= AXES or (rank > 0 and len(loss.differentiable) > 1)
    count = 1 + index % 3 if is_dear else COUNTS[index % len(COUNTS)]
    names = [name for name, space in loss.arguments.items() if not space.is_discrete]
    width, name = WIDTHS[index // 2 % (3 if is_dear else len(WIDTHS))], names[index % len(names)]
    rows = [_row(loss, name, form, f"{seed}/{FLAG}", 53 * index + i, width, nearest) for i in range(count)]
    batch: dict[str, Any] = {name: tuple(rounded(row[name], form) for row in rows) for name in loss.arguments}
    chosen: dict[str, Any] = {"reduction": ("none", "mean", "sum")[index % 3]}
    for option, draw in _draws(loss, form, d, count, len(batch[loss.first][0]) if loss.target in (CLASS, WEIGHTS) else 0, chosen).items():
        if index % 4 == 3 or d.integer(0, 2) == 0:  # all of them together, or some
            chosen[option] = draw()
    if "label_smoothing" in chosen and d.integer(0, 1):
        chosen["smoothing"] = "others"
    if chosen["reduction"] == "mean" and d.integer(0, 1):
        chosen["denominator"] = ("kept", "count", "weights", d.uniform(0.3, 9))[d.integer(0, 3)]
    if "ignore_index" in chosen:
        batch["target"] = tuple(chosen["ignore_index"] if i % 3 == 1 else y for i, y in enumerate(batch["target"]))
    elif len(forms(loss)) > 1 and index % 5 == 4:
        chosen["target_form"] = FORMS[loss.target][1 + d.integer(0, len(forms(loss)) - 2)]
        if chosen["target_form"] == "sign":  # which is of hard labels
            batch["target"] = mapped(lambda y: float(y >= 1 / 2), batch["target"])
        batch = dict(in_form(loss, form, f"{seed}/calls", batch, chosen["target_form"]))
    kept = chosen.get("mask", (True,) * count)
    if not any(k and y != chosen.get("ignore_index") for k, y in zip(kept, batch.get("target", kept), strict=True)):
        return None
    return batch, {**chosen, **odd_parameters(loss, d)}


def _row(loss: Loss, name: str, form: Format, seed: str, index: int, width: int, nearest: Nearest) -> dict[str, Any]:
    """A rung that is no further than the middle of the format: what a batch adds does not overflow."""
    top = form.bias // 8
    while True:
        row = rung(loss, name, Stream(f"{seed}/{loss.name}", form, index, width, nearest=nearest), width, top)
        if all(abs(x) < 2.0**top for x in flat(row[name])):
            return row
        index += RUNGS + 1


def _draws(loss: Loss, form: Format, d: Stream, count: int, classes: int, chosen: Values) -> dict[str, Callable[[], Any]]:
    """What each option that means something is drawn from: no number that a short format holds.

    How the smoothed probability of a hard label rounds is nobody's fault: the amount has half the digits, the weight of label 1 beside it
    keeps the two labels from balancing at a logit of 0, and a loss that is not affine in a probability is not asked so.
    """
    digits = 2.0 ** (form.precision // 2 + 3)
    draws: dict[str, Callable[[], Any]] = {
        "sample_weight": lambda: tuple(d.uniform(0.1, 3) for _ in range(count)),
        "mask": lambda: tuple(d.integer(0, 3) > 0 for _ in range(count)) if count > 1 else (True,),
        "upstream": lambda: d.sign() * d.uniform(0.1, 3),
        "label_smoothing": lambda: round(d.uniform(0.01, 0.4) * digits) / digits,
        "class_weight": lambda: tuple(d.uniform(0.1, 3) for _ in range(classes)),
        "pos_weight": lambda: d.uniform(0.7, 1.4) if "label_smoothing" in chosen else d.uniform(0.1, 9),
        "ignore_index": lambda: IGNORED[d.integer(0, len(IGNORED) - 1)],
    }
    refused = {*refusals(loss), *(("label_smoothing",) if loss.target == PROBABILITY and not loss.is_affine else ())}
    return {name: draw for name, draw in draws.items() if name not in refused}
