"""lossref plot: the errors of implementations of a loss along its inputs, as a picture."""

from __future__ import annotations

import argparse
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lossref import checking, files
from lossref.commands import CONFORMS, Commands, UsageError, catalogued, command, judging, print_json
from lossref.conventions.formula import ConventionError
from lossref.formats import JUDGED
from lossref.golden import GoldenError
from lossref.judge.measure import E2_OF_B
from lossref.library import ImplementationError
from lossref.output import say
from lossref.report.finding import DRAWN_ERRORS, DRAWN_INPUTS
from lossref.spec import PARTS

DESCRIPTION = """\
Draw how far off implementations of a loss are along its inputs, both logarithmic, so that a lost tail is seen at a glance:

  lossref plot softplus --implementation torch --implementation scipy
  lossref plot sigmoid_cross_entropy --implementation mine.py:f --to mine.png

Each point is the worst answer of a stretch of the first argument. Its error is in ulps, widened by what rounding of the inputs moves
the answer; in the shaded band is what level B allows. A correctly rounded answer stands at 0, one that is not finite at the top.
"""
LEAST, MOST = (10.0**order for order in DRAWN_ERRORS)  # ulps
FAR = 10.0**DRAWN_INPUTS
SUFFIXES = (".svg", ".png")
NO_MATPLOTLIB = "lossref plot needs matplotlib: pip install 'lossref[plot]'"
Profiles = Mapping[str, Mapping[str, Sequence[Sequence[Any]]]]  # by implementation and part


def add(commands: Commands) -> None:
    parser = command(commands, "plot", "the errors of implementations along the inputs, as a picture", DESCRIPTION)
    parser.add_argument("loss", metavar="LOSS")
    parser.add_argument(
        "--implementation", action="append", required=True, metavar="IMPLEMENTATION", help="what `lossref check` takes (may be repeated)"
    )
    parser.add_argument("--format", choices=JUDGED, default="float64", help="of inputs and answers (float64)")
    parser.add_argument("--to", type=Path, metavar="FILE", help="an SVG or PNG picture (LOSS.svg)")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    loss = catalogued(given.loss)
    path = given.to or Path(f"{loss}.svg")
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"--to must end in {' or '.join(SUFFIXES)}, and is {path}")
    profiles: dict[str, Any] = {}
    with judging.progress(f"judging {loss}") as advance:
        for k, implementation in enumerate(given.implementation):
            advance(k, len(given.implementation))
            try:
                report = checking.check(implementation, loss, format=given.format).data
            except (ImplementationError, GoldenError, ConventionError) as error:
                raise UsageError(error) from None
            (entry,) = report["losses"]
            if entry["broke"]:
                raise UsageError(f"{implementation} broke: {entry['broke']}")
            profiles[report["title"]] = {part: found["profile"] for part, found in entry["parts"].items()}
    if given.json:
        print_json({"loss": loss, "format": given.format, "profiles": profiles})
        return CONFORMS
    files.write(path, picture(loss, profiles, path.suffix.lower()[1:]))
    say(str(path))
    return CONFORMS


def picture(loss: str, profiles: Profiles, kind: str) -> bytes:
    """The picture as the bytes of a file, the same for the same errors."""
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError(NO_MATPLOTLIB) from None
    parts = [part for part in PARTS if any(part in found for found in profiles.values())]
    figure = Figure(figsize=(7, 0.6 + 2.2 * len(parts)), layout="constrained")
    for axes, part in zip(figure.subplots(len(parts), sharex=True, squeeze=False)[:, 0], parts, strict=True):
        axes.axhspan(LEAST, E2_OF_B / 2, color="#e3f1e7")
        for k, (name, found) in enumerate(profiles.items()):
            points = [(min(max(float(x), -FAR), FAR), min(max(float(error), LEAST), MOST)) for x, error in found.get(part, ())]
            if points:
                axes.plot(*zip(*points, strict=True), "osD^v<>"[k % 7], color=f"C{k}", markersize=4 - min(k, 2), alpha=0.8, label=name)
        axes.set_xscale("symlog", linthresh=1e-6)
        axes.set_xticks([sign * 10.0**k for sign in (-1, 1) for k in (-4, 0, 4, 8)] + [0.0])
        axes.set_xlim(*(edge * 1.5 if abs(edge) == FAR else edge for edge in axes.dataLim.intervalx))
        axes.set_yscale("log")
        axes.set(ylim=(LEAST / 2, 2 * MOST), ylabel=f"{'Hessian' if part == 'hessian' else part}: error in ulps")
        axes.set_yticks([LEAST, 1, 1e4, 1e8, 1e12, 1e16], ["0", "1", "1e4", "1e8", "1e12", "1e16"])
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
    axes.set_xlabel("input: of the first argument the number of largest magnitude")
    figure.suptitle(loss)
    written = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": loss}):
        figure.savefig(written, format=kind, dpi=150, metadata={"Date": None} if kind == "svg" else {"Software": None})
    return written.getvalue()
