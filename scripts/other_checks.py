"""How much wrong code other ways of checking notice: that of lossref/mutants/, and what `lossref power` makes; on points that people take.

  python scripts/other_checks.py               prints the table; needs torch
  python scripts/other_checks.py --markdown    writes it into docs/power.md
  python scripts/other_checks.py --one-in 12   asks more of what `lossref power` makes
A check notices code where it fails, or the code raises, in any of the batches that `usual` makes.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.progress import track
from rich.table import Table

from lossref import catalog, files, golden
from lossref.formats import FLOAT64, FORMATS
from lossref.implementations import resolve
from lossref.implementations.adapters.lossref import implementation
from lossref.judge.measure import meets
from lossref.judge.verdict import judge
from lossref.library import Implementation, Tiling
from lossref.mutants import mutants, power
from lossref.options import refusals
from lossref.spaces import Space
from lossref.spec import Loss, Question
from lossref.values import plain

DOCUMENT = Path(__file__).parent.parent / "docs" / "power.md"
START, END = "<!-- other checks: written by scripts/other_checks.py -->", "<!-- other checks: end -->"
ROWS, FEW_ROWS, WIDTH = 100, 20, 10  # of a comparison; of a gradient check, as its documentation does it; classes and components
WIDTHS = {"n": 4, "h": 5, "w": 5}
PAIRS = 20  # so many times fewer examples where each is a batch itself
OURS = resolve("lossref").implementations
Given = Mapping[str, Any]


@dataclass(frozen=True)
class Code:
    """A piece of code, wrong or right, that is checked; the table has a column for each kind."""

    kind: str
    loss: str
    implementation: Implementation


def written() -> list[Code]:
    """Those that are written out, each with the value and the gradient that it has."""
    kinds = {"textbook": "textbook faults", "broken": "slips and traps", "right": "right code"}
    return [Code(named, m.loss, m.implementation()) for kind, named in kinds.items() for m in mutants() if m.judged and m.kind == kind]


def generated(step: int) -> Iterator[Code]:
    """One in so many of the wrong values and gradients that operators make of our own code; what is wrong nowhere is left out."""
    for k, name in enumerate(catalog.names()):
        loss, ours = catalog.get(name), OURS[name]
        start = k % step
        pieces = islice(power.spoilt(loss, implementation), start, None, step)
        judged = power.measured(loss, implementation, golden.read(loss, FLOAT64), FLOAT64, start, step)
        for each, wrong in zip(pieces, judged, strict=True):
            if each.part != "hessian" and wrong.is_shown:
                spoilt = partial(each.answer, ours.parts[each.part])
                yield Code("made by operators", name, replace(ours, parts={each.part: spoilt}, takes=each.takes))


# The points.


def usual(loss: Loss, rows: int) -> Iterator[dict[str, Any]]:
    """Batches that a careful person would try: standard normal inputs, defaults and one other setting of the parameters; each option
    of a call that the loss has, once, at a usual value."""
    rows = rows // PAIRS if any("n" in space.axes for space in loss.arguments.values()) else rows
    draw = np.random.default_rng(2026)
    arguments = {name: _drawn(space, name == "target", rows, draw) for name, space in loss.arguments.items()}
    yield arguments
    if loss.parameters:
        yield arguments | {name: parameter.grid[1 % len(parameter.grid)] for name, parameter in loss.parameters.items() if parameter.grid}
    if not loss.is_called:
        return
    calls: dict[str, dict[str, Any]] = {
        "reduction": {},
        "sample_weight": {"sample_weight": draw.uniform(0, 1, rows)},
        "mask": {"mask": draw.uniform(0, 1, rows) < 0.8},
        "class_weight": {"class_weight": draw.uniform(0, 1, WIDTH)},
        "pos_weight": {"pos_weight": 3.0},
        "label_smoothing": {"label_smoothing": 0.1},
        "ignore_index": {"ignore_index": -100},
        "upstream": {"reduction": "none", "upstream": draw.standard_normal(rows)},
    }
    for name in calls.keys() - refusals(loss).keys():
        given = arguments | {"reduction": "mean"} | calls[name]
        if name == "ignore_index":
            given["target"] = np.where(draw.uniform(0, 1, rows) < 0.1, -100, given["target"])
        yield given


def _drawn(space: Space, is_target: bool, rows: int, draw: np.random.Generator) -> Any:
    """A standard normal number, brought into the space in the usual way; of labels that may be soft every other one is hard."""
    if space.label_of:
        return draw.integers(0, WIDTH, rows)
    shape = (rows, *(WIDTHS.get(axis, WIDTH) for axis in space.axes))
    x, is_hard = draw.standard_normal(shape), np.arange(rows).reshape(-1, *(1,) * space.rank) % 2 == 0
    if space.choices:
        return np.where(x > 0, max(space.choices), min(space.choices))
    if space.kind in ("simplex", "weights", "log_probabilities"):
        shares = np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)
        if space.kind == "weights":
            return np.where(is_hard, np.eye(shape[-1])[x.argmax(axis=-1)], shares)
        return np.log(shares) if space.kind == "log_probabilities" else shares
    if space.kind == "unit":
        return np.where(is_hard, x > 0, 1 / (1 + np.exp(-x))) if is_target else 1 / (1 + np.exp(-x))
    if space.kind == "cosines":
        return np.tanh(x)
    return space.high - np.exp(x) if space.high < np.inf else space.low + np.exp(x) if space.low > -np.inf else x


def _taken(code: Code, loss: Loss, rows: int) -> Iterator[dict[str, Any]]:
    """The batches whose options the code has."""
    for given in usual(loss, rows):
        options = {name: plain(x.tolist()) if isinstance(x, np.ndarray) else x for name, x in given.items() if name not in loss.arguments}
        if not code.implementation.takes(Question(loss.name, "float64", {}, options, "ordinary", "")):
            yield given


def right(loss: Loss, part: str, given: Given) -> Any:
    """Our own float64 code; of single examples bare, for a difference quotient leaves the simplex."""
    if "reduction" in given:
        return OURS[loss.name].parts[part](**given)
    found = getattr(loss, part)(**given)
    if part == "value":
        return np.broadcast_to(found, given[loss.first].shape[:1])
    several = found if isinstance(found, tuple) else (found,)
    wide = tuple(np.broadcast_to(x, given[name].shape) for name, x in zip(loss.differentiable, several, strict=True))
    return wide if isinstance(found, tuple) else wide[0]


# The checks: whether each notices anything.

Compare = Callable[[Any, Any], object]


def compared(code: Code, loss: Loss, form: str, compare: Compare) -> bool:
    """Value and gradient compared with those of right code at the same inputs, rounded to the format; of other types as numbers of it."""
    for given in _taken(code, loss, ROWS):
        narrow = {name: x.astype(form) if getattr(x, "dtype", None) == np.float64 else x for name, x in given.items()}
        for part, function in code.implementation.parts.items():
            if part == "hessian" or (part == "value" and "upstream" in given):
                continue
            expected = OURS[loss.name].parts[part](**narrow)
            for y, exact in zip(_several(function(**narrow)), _several(expected), strict=True):
                compare(np.asarray(y, form), np.asarray(exact))
    return False


def _several(found: Any) -> tuple[Any, ...]:
    return found if isinstance(found, tuple) else (found,)


def _tensors_close(y: Any, exact: Any) -> None:
    torch.testing.assert_close(torch.tensor(y), torch.tensor(exact))


def _roughly(y: Any, exact: Any) -> None:
    np.testing.assert_allclose(y, exact, rtol=1e-2, atol=1e-2)


def gradient_checked(code: Code, loss: Loss) -> bool:
    """The code as a function of autograd: its value and its gradient; right code stands for the part that it has not."""
    for given in _taken(code, loss, FEW_ROWS):
        if "upstream" in given:
            continue
        function = _function(code, loss, given)
        torch.autograd.gradcheck(function, tuple(torch.tensor(given[name], requires_grad=True) for name in loss.differentiable))
    return False


def _function(code: Code, loss: Loss, given: Given) -> Callable[..., Any]:
    def part(name: str, tensors: Iterable[torch.Tensor]) -> Any:
        at = {**given, **{argument: x.detach().numpy() for argument, x in zip(loss.differentiable, tensors, strict=True)}}
        own = code.implementation.parts.get(name)
        return own(**at) if own else right(loss, name, at)

    class Own(torch.autograd.Function):  # type: ignore[misc]  # mypy does not look into torch
        @staticmethod
        def forward(context: Any, *tensors: torch.Tensor) -> torch.Tensor:
            context.save_for_backward(*tensors)
            return torch.tensor(np.asarray(part("value", tensors), np.float64))

        @staticmethod
        def backward(context: Any, after: torch.Tensor) -> Any:
            slopes = (torch.tensor(np.asarray(x, np.float64)) for x in _several(part("gradient", context.saved_tensors)))
            return tuple(x * after.reshape(*after.shape, *(1,) * (x.ndim - after.ndim)) for x in slopes)

    applied: Callable[..., Any] = Own.apply
    return applied


def golden_checked(code: Code, loss: Loss) -> bool:
    """Below level B on the golden vectors of either format, or broken."""
    for form in (FLOAT64, FORMATS["float32"]):
        vectors = golden.read(loss, form)
        alone = replace(code.implementation, tiling=Tiling(0, 0))
        for chosen, asked in ((vectors[::6], alone), (vectors, code.implementation)):  # what is flagged on some is flagged on all
            verdict = judge(loss, asked, chosen, form)
            if verdict.broke or not all(meets(found.headline(), "B") for found in verdict.parts.values()):
                return True
    return False


CHECKS: dict[str, Callable[[Code, Loss], bool]] = {
    "a kernel benchmark's `allclose`, atol = rtol = 1e-2, float32": lambda code, loss: compared(code, loss, "float32", _roughly),
    "`torch.testing.assert_close`, float32": lambda code, loss: compared(code, loss, "float32", _tensors_close),
    "`torch.testing.assert_close`, float64": lambda code, loss: compared(code, loss, "float64", _tensors_close),
    "`numpy.testing.assert_allclose`, float64": lambda code, loss: compared(code, loss, "float64", np.testing.assert_allclose),
    "`torch.autograd.gradcheck`, float64": gradient_checked,
    "`lossref check`, level B": golden_checked,
}


def noticed(code: Code, check: Callable[[Code, Loss], bool]) -> bool:
    """Whether a check fails, in whatever way: wrong code may raise anything."""
    try:
        with np.errstate(all="ignore"):
            return check(code, catalog.get(code.loss))
    except Exception:
        return True


def measured(codes: Iterable[Code]) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """How many pieces there are of each kind, and by check how many of them it notices."""
    totals, found = Counter[str](), {name: Counter[str]() for name in CHECKS}
    for code in codes:
        totals[code.kind] += 1
        for name, check in CHECKS.items():
            found[name][code.kind] += noticed(code, check)
    return totals, found


def rows(totals: Counter[str], found: Mapping[str, Counter[str]]) -> list[tuple[str, ...]]:
    """The head, and a row for each check."""
    head = ("check, with its defaults", *(f"{kind}, of {count}" for kind, count in totals.items()))
    return [head, *((name, *(str(counts[kind]) for kind in totals)) for name, counts in found.items())]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--markdown", action="store_true", help=f"write the table into {DOCUMENT.name}, and print nothing")
    parser.add_argument("--one-in", type=int, default=24, metavar="N", help="of what operators make, one piece in so many (24)")
    given = parser.parse_args()
    codes = [*written(), *generated(given.one_in)]
    head, *body = rows(*measured(track(codes, console=Console(stderr=True), description="checking")))
    if given.markdown:
        lines = [head, ("---",) * len(head), *body]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        old = DOCUMENT.read_text(encoding="utf-8")
        files.write(DOCUMENT, re.sub(f"{START}.*?{END}", lambda _: f"{START}\n{table}\n{END}", old, flags=re.DOTALL))
        return 0
    shown = Table(*head)
    for line in body:
        shown.add_row(*line)
    Console().print(shown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
