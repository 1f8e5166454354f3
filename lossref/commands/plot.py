"""lossref plot: the errors of implementations of a loss along its inputs, as a picture."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lossref import checking, files
from lossref.commands import CONFORMS, Commands, UsageError, catalogued, command, judging, print_json
from lossref.conventions.formula import ConventionError
from lossref.formats import JUDGED
from lossref.golden import GoldenError
from lossref.library import ImplementationError
from lossref.output import say
from lossref.spec import PARTS

DESCRIPTION = """\
Draw how far off implementations of a loss are along its inputs, both logarithmic, so that a lost tail is seen at a glance:

  lossref plot softplus --implementation torch --implementation scipy
  lossref plot sigmoid_cross_entropy --implementation mine.py:f --to mine.png

Each point is the worst answer of a stretch of the first argument. Its error is in ulps, widened by what rounding of the inputs moves
the answer; in the shaded band is what level B allows. A correctly rounded answer stands at 0, one that is not finite at the top.
"""
SUFFIXES = (".svg", ".png")
NOT_INSTALLED = "lossref plot needs jinja2, and matplotlib for a .png: pip install 'lossref[plot]'"
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
    files.write(path, drawn(loss, profiles, path.suffix.lower()[1:]))
    say(str(path))
    return CONFORMS


def drawn(title: str, profiles: Profiles, kind: str) -> bytes:
    """The picture as the bytes of a file, the same for the same errors: all parts, what each implementation has for each."""
    try:
        from lossref.report import picture

        named = {part: "Hessian" if part == "hessian" else part for part in PARTS}
        found = [(f"{named[part]}, {name}", parts[part]) for part in PARTS for name, parts in profiles.items() if part in parts]
        strips = picture.of(found)
        return picture.svg(title, strips).encode() if kind == "svg" else picture.png(title, strips)
    except ModuleNotFoundError as error:
        if error.name not in ("jinja2", "matplotlib"):
            raise
        raise UsageError(NOT_INSTALLED) from None
