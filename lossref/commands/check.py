"""lossref check: judge somebody's implementations."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from lossref import catalog, golden
from lossref.commands import BROKE, CONFORMS, DIFFERS, Commands, UsageError, command, print_json
from lossref.formats import FORMATS
from lossref.golden import SHIPPED_FORMATS, GoldenError
from lossref.judge import waivers
from lossref.judge.conventions import Convention, ConventionError
from lossref.judge.grades import LEVELS, MEANING
from lossref.judge.grammar import GRAMMAR, parse, parse_declaration
from lossref.judge.verdict import judge
from lossref.judge.waivers import WaiverError
from lossref.report import data, text
from lossref.targets import Target, TargetError, resolve
from lossref.targets.target import ADAPTERS

DESCRIPTION = f"""\
Judge a target's losses by the golden vectors and show its worst answers, passing or not.

TARGET is an adapter ({", ".join(ADAPTERS)}) or module:attribute to import: a mapping or
module from loss names to functions (or to objects with value, gradient or value_and_gradient),
or one function, with --loss. Functions are called by keyword with NumPy batches.

levels:
{"".join(f"  {level:3} {meaning}{chr(10)}" for level, meaning in MEANING.items())}
A convention says that a target computes another function on purpose, and that function is what it
is judged by, as strictly. What can be declared (NUMBER is 1e-7, 1/2, or eps, the format's epsilon,
in a clip or a logarithm; HIGH may be 1 - NUMBER):
{"".join(f"  LOSS: {form}{chr(10)}" for form in GRAMMAR)}
A waiver leaves known failures out of the grade. Each table [[waiver]] of its file has a reason, a
link, a last day (expires = 2030-12-31), and either vectors = ["ID", ...] or a flag, loss and part.
"""


def add(commands: Commands) -> None:
    parser = command(commands, "check", "judge an implementation", DESCRIPTION)
    parser.add_argument("target", metavar="TARGET")
    parser.add_argument("--loss", action="append", metavar="LOSS", help="only this loss (may be repeated)")
    parser.add_argument("--format", choices=SHIPPED_FORMATS, default="float64", help="of inputs and answers (float64)")
    parser.add_argument("--level", choices=LEVELS, default="C", help="the least grade that conforms (C)")
    parser.add_argument("--strict", action="store_true", help="count range edges and infinite and NaN inputs too")
    parser.add_argument(
        "--convention", action="append", metavar="'LOSS: SENTENCE'", help="judge LOSS as the function that this says (may be repeated)"
    )
    parser.add_argument("--as-documented", action="store_true", help="judge each loss as the function that its library documents")
    parser.add_argument("--waivers", type=Path, metavar="FILE", help="TOML file of known failures to leave out of the grade")
    parser.add_argument("--today", metavar="DATE", help="the day that expiry dates of waivers are compared with (the system's)")
    parser.add_argument("--worst", type=int, default=5, metavar="N", help="vectors to show for each value or gradient (5)")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    wanted = given.loss or []
    for name in wanted:
        if name not in catalog.names():
            raise UsageError(f"no loss is called {name!r}; `lossref list` shows them all")
    if given.worst < 0:
        raise UsageError(f"--worst must be 0 or more, and is {given.worst}")
    form = FORMATS[given.format]
    try:
        waived = waivers.read(given.waivers, _day(given.today)) if given.waivers else []
        target = resolve(given.target, wanted[0] if len(wanted) == 1 else None)
        lacking = [f"{name}: {target.lacks[name]}" for name in wanted if name in target.lacks]
        if lacking:
            raise UsageError(f"{target.title} lacks {'; '.join(lacking)}")
        target = _declaring(target, [parse_declaration(declared) for declared in given.convention or []], wanted)
        if given.as_documented:
            target = _as_documented(target, wanted)
        names = [name for name in catalog.names() if name in target.implementations and name in (wanted or catalog.names())]
        verdicts = []
        screen = Console(stderr=True)
        with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
            for name in progress.track(names, description=f"judging {target.title}"):
                loss = catalog.get(name)
                verdicts.append(judge(loss, target.implementations[name], golden.read(loss, form), form))
        for needless in (d.needless for verdict in verdicts for d in verdict.declarations if d.needless):
            raise UsageError(needless)
        verdicts = waivers.apply(waived, verdicts, given.format, given.level, given.strict, wanted)
    except (TargetError, GoldenError, ConventionError, WaiverError) as error:
        raise UsageError(error) from None
    report = data.run(target, verdicts, given.format, given.level, given.strict, given.worst)
    if wanted:
        report["lacks"] = {}
    print_json(report) if given.json else text.show_run(text.console(), report)
    return BROKE if report["broke"] else CONFORMS if report["conforms"] else DIFFERS


def _declaring(target: Target, declared: Sequence[tuple[str, Convention]], wanted: Sequence[str]) -> Target:
    """The target with the conventions that the user declares added to its own."""
    implementations = dict(target.implementations)
    for loss, convention in declared:
        if loss not in implementations or (wanted and loss not in wanted):
            raise UsageError(f"{convention.sentence!r} is declared for {loss!r}, which is not judged in this run")
        found = implementations[loss]
        implementations[loss] = replace(found, conventions=(*found.conventions, convention))
    return replace(target, implementations=implementations)


def _as_documented(target: Target, wanted: Sequence[str]) -> Target:
    documented = {name: found.documented for name, found in target.implementations.items() if name in (wanted or [name])}
    if not any(documented.values()):
        raise UsageError(f"{target.title} has no documented conventions of these losses")
    return _declaring(target, [(name, parse(text)) for name, texts in documented.items() for text in texts], wanted)


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError:
        raise UsageError(f"--today must be a day such as 2030-12-31, not {text!r}") from None
