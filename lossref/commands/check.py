"""lossref check: judge somebody's implementations."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.progress import Progress

from lossref import catalog, golden
from lossref.commands import BROKE, CONFORMS, DIFFERS, Commands, UsageError, command, print_json
from lossref.formats import FORMATS
from lossref.golden import SHIPPED_FORMATS, GoldenError
from lossref.judge.grades import LEVELS, MEANING
from lossref.judge.verdict import judge
from lossref.report import data, text
from lossref.targets import TargetError, resolve
from lossref.targets.target import ADAPTERS

DESCRIPTION = f"""\
Judge a target's losses by the golden vectors and show its worst answers, passing or not.

TARGET is an adapter ({", ".join(ADAPTERS)}) or module:attribute to import: a mapping or
module from loss names to functions (or to objects with value, gradient or value_and_gradient),
or one function, with --loss. Functions are called by keyword with NumPy batches.

levels:
""" + "\n".join(f"  {level:3} {meaning}" for level, meaning in MEANING.items())


def add(commands: Commands) -> None:
    parser = command(commands, "check", "judge an implementation", DESCRIPTION)
    parser.add_argument("target", metavar="TARGET")
    parser.add_argument("--loss", action="append", metavar="LOSS", help="only this loss (may be repeated)")
    parser.add_argument("--format", choices=SHIPPED_FORMATS, default="float64", help="of inputs and answers (float64)")
    parser.add_argument("--level", choices=LEVELS, default="C", help="the least grade that conforms (C)")
    parser.add_argument("--strict", action="store_true", help="count range edges and infinite and NaN inputs too")
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
        target = resolve(given.target, wanted[0] if len(wanted) == 1 else None)
        lacking = [f"{name}: {target.lacks[name]}" for name in wanted if name in target.lacks]
        if lacking:
            raise UsageError(f"{target.title} lacks {'; '.join(lacking)}")
        names = [name for name in catalog.names() if name in target.implementations and name in (wanted or catalog.names())]
        verdicts = []
        with Progress(console=Console(stderr=True), transient=True) as progress:
            for name in progress.track(names, description=f"judging {target.title}"):
                loss = catalog.get(name)
                verdicts.append(judge(loss, target.implementations[name], golden.read(loss, form), form))
    except (TargetError, GoldenError) as error:
        raise UsageError(error) from None
    report = data.run(target, verdicts, given.format, given.level, given.strict, given.worst)
    if wanted:
        report["lacks"] = {}
    print_json(report) if given.json else text.show_run(text.console(), report)
    return BROKE if report["broke"] else CONFORMS if report["conforms"] else DIFFERS
