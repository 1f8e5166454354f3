"""lossref check: judge somebody's implementations; lossref judge: the same for a recorded run."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from lossref import catalog, golden, recorded
from lossref.commands import BROKE, CONFORMS, DIFFERS, Commands, UsageError, command, print_json, write_beside
from lossref.formats import FORMATS
from lossref.golden import SHIPPED_FORMATS, GoldenError, Vector
from lossref.judge import baseline, waivers
from lossref.judge.conventions import Convention, ConventionError
from lossref.judge.grades import LEVELS, MEANING
from lossref.judge.grammar import GRAMMAR, parse, parse_declaration
from lossref.judge.verdict import Verdict, judge
from lossref.judge.waivers import WaiverError
from lossref.report import data, text
from lossref.strictjson import JsonError
from lossref.targets import Target, TargetError, process, resolve
from lossref.targets.target import ADAPTERS

DESCRIPTION = f"""\
Judge a target's losses by the golden vectors and show its worst answers, passing or not.

TARGET is an adapter ({", ".join(ADAPTERS)}),
module:attribute to import (a mapping or module from loss names to functions, or to objects with
value, gradient or value_and_gradient; or one function, with --loss), or cmd:COMMAND, a program in
any language (`lossref init-adapter`). Functions are called by keyword with NumPy batches.

levels:
{"".join(f"  {level:3} {meaning}{chr(10)}" for level, meaning in MEANING.items())}
A convention says that a target computes another function on purpose, and that function is what it
is judged by, as strictly. What can be declared (NUMBER is 1e-7, 1/2, or eps, the format's epsilon,
in a clip or a logarithm; HIGH may be 1 - NUMBER):
{"".join(f"  LOSS: {form}{chr(10)}" for form in GRAMMAR)}
A waiver leaves known failures out of the grade. Each table [[waiver]] of its file has a reason, a
link, a last day (expires = 2030-12-31), and either vectors = ["ID", ...] or a flag, loss and part.
"""
JUDGE = """\
Judge a recorded run: one file that `lossref check --record` wrote, or the questions that
`lossref vectors` wrote and what a program answered to them. The verdict is that of a live check.
"""
Errors = (TargetError, GoldenError, ConventionError, WaiverError, JsonError)


def add(commands: Commands) -> None:
    parser = command(commands, "check", "judge an implementation", DESCRIPTION)
    parser.add_argument("target", metavar="TARGET")
    parser.add_argument("--format", choices=SHIPPED_FORMATS, default="float64", help="of inputs and answers (float64)")
    parser.add_argument("--isolated", action="store_true", help="ask Python code in a process of its own: a crash or a hang is a verdict")
    parser.add_argument("--timeout", type=float, default=process.TIMEOUT, metavar="S", help="seconds for an answer of a process (10)")
    parser.add_argument("--trace", action="store_true", help="show every line to and from a process")
    parser.add_argument("--record", type=Path, metavar="FILE", help="write the run, for `lossref judge` (asks Python code isolated)")
    _judging(parser)
    parser.set_defaults(run=run)
    parser = command(commands, "judge", "judge a recorded run", JUDGE)
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="a recorded run, or its questions and its answers")
    parser.add_argument("--format", choices=SHIPPED_FORMATS, help="of a run in several formats")
    _judging(parser)
    parser.set_defaults(run=run_recorded)


def _judging(parser: argparse.ArgumentParser) -> None:
    """What check and judge have in common."""
    parser.add_argument("--loss", action="append", metavar="LOSS", help="only this loss (may be repeated)")
    parser.add_argument("--level", choices=LEVELS, default="C", help="the least grade that conforms (C)")
    parser.add_argument("--strict", action="store_true", help="count range edges and infinite and NaN inputs too")
    parser.add_argument(
        "--convention", action="append", metavar="'LOSS: SENTENCE'", help="judge LOSS as the function that this says (may be repeated)"
    )
    parser.add_argument("--as-documented", action="store_true", help="judge each loss as the function that its library documents")
    parser.add_argument("--waivers", type=Path, metavar="FILE", help="TOML file of known failures to leave out of the grade")
    parser.add_argument("--today", metavar="DATE", help="the day that expiry dates of waivers are compared with (the system's)")
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="an older recorded run: fail only on what is worse than in it")
    parser.add_argument("--worst", type=int, default=5, metavar="N", help="vectors to show for each value or gradient (5)")


def run(given: argparse.Namespace) -> int:
    if given.as_documented and (given.isolated or given.record or given.target.startswith("cmd:")):
        raise UsageError("--as-documented asks an adapter of ours in this process: leave out --isolated, --record and cmd:")
    if given.timeout <= 0:
        raise UsageError(f"--timeout must be above 0 seconds, and is {given.timeout:g}")
    _check_names(given)
    said: list[str] = []
    try:
        target = _resolve(given, said)
        try:
            return _report(given, target, given.format, lambda vectors: vectors)
        finally:
            target.close()
            if given.record:
                write_beside(given.record, "".join(f"{line}\n" for line in said))
    except Errors as error:
        raise UsageError(error) from None


def run_recorded(given: argparse.Namespace) -> int:
    _check_names(given)
    try:
        recording = recorded.read(given.files)
        form = given.format or next(iter(sorted(recording.formats, reverse=True)))
        if form not in recording.formats:
            raise UsageError(f"the run has no {form}, only {', '.join(sorted(recording.formats))}")
        return _report(given, recording.target(), form, recording.asked)
    except Errors as error:
        raise UsageError(error) from None


def _check_names(given: argparse.Namespace) -> None:
    for name in given.loss or []:
        if name not in catalog.names():
            raise UsageError(f"no loss is called {name!r}; `lossref list` shows them all")
    if given.worst < 0:
        raise UsageError(f"--worst must be 0 or more, and is {given.worst}")


def _resolve(given: argparse.Namespace, said: list[str]) -> Target:
    """The target; its lines are traced, and its messages collected in `said`."""
    wanted = given.loss or []
    loss = wanted[0] if len(wanted) == 1 else None
    if not (given.target.startswith("cmd:") or given.isolated or given.record):
        return resolve(given.target, loss)
    serve = [sys.executable, "-m", "lossref", "serve", given.target, *(["--loss", loss] if loss else [])]
    started = given.target.removeprefix("cmd:") if given.target.startswith("cmd:") else shlex.join(serve)

    def trace(direction: str, line: str) -> None:
        if given.trace:
            print(direction, line, file=sys.stderr)

    return process.target(started, given.timeout, trace, said.append)


def _report(given: argparse.Namespace, target: Target, form: str, select: Callable[[list[Vector]], list[Vector]]) -> int:
    """Judge the selected vectors of all losses that are wanted, print the report, and say how it went."""
    wanted = given.loss or []
    waived = waivers.read(given.waivers, _day(given.today)) if given.waivers else []
    lacking = [f"{name}: {target.lacks[name]}" for name in wanted if name in target.lacks]
    if lacking:
        raise UsageError(f"{target.title} lacks {'; '.join(lacking)}")
    target = _declaring(target, [parse_declaration(declared) for declared in given.convention or []], wanted)
    if given.as_documented:
        target = _as_documented(target, wanted)
    vectors = {name: select(golden.read(catalog.get(name), FORMATS[form])) for name in target.implementations if name in (wanted or [name])}
    verdicts = judged(target, {name: vectors[name] for name in catalog.names() if vectors.get(name)}, form)
    if not verdicts:
        raise UsageError(f"{target.title} was asked none of the golden vectors in {form}")
    verdicts = waivers.apply(waived, verdicts, form, given.level, given.strict, wanted)
    if given.baseline:
        return _compared(given, target, verdicts, form)
    report = data.run(target, verdicts, form, given.level, given.strict, given.worst)
    if wanted:
        report["lacks"] = {}
    print_json(report) if given.json else text.show_run(text.console(), report)
    return BROKE if report["broke"] else CONFORMS if report["conforms"] else DIFFERS


def judged(target: Target, vectors: dict[str, list[Vector]], form: str) -> list[Verdict]:
    """A verdict a loss, with a progress bar on a terminal; a needless declaration is an error."""
    verdicts = []
    screen = Console(stderr=True)
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
        for name, chosen in progress.track(vectors.items(), description=f"judging {escape(target.title)}"):
            verdicts.append(judge(catalog.get(name), target.implementations[name], chosen, FORMATS[form]))
    for needless in (d.needless for verdict in verdicts for d in verdict.declarations if d.needless):
        raise UsageError(needless)
    return verdicts


def _compared(given: argparse.Namespace, target: Target, verdicts: Sequence[Verdict], form: str) -> int:
    """Only what is worse than in an older run; that says nothing of conformance."""
    recording = recorded.read([given.baseline])
    older = recording.target()
    scope = [name for name in catalog.names() if name in older.implementations and name in (given.loss or [name])]
    before = []
    for name in scope:
        conventions = target.implementations[name].conventions if name in target.implementations else ()
        chosen = recording.asked(golden.read(catalog.get(name), FORMATS[form]))
        if chosen:
            before.append(judge(catalog.get(name), replace(older.implementations[name], conventions=conventions), chosen, FORMATS[form]))
    found = baseline.compare(before, verdicts)
    if not (found.compared or found.gone):
        raise UsageError(f"{given.baseline} has no answer of these losses in {form}")
    worse: list[dict[str, Any]] = [
        {"loss": o.vector.loss, "part": o.part, "was": was, **data.outcome(target, o, form)} for o, was in found.worse
    ]
    report = {"baseline": str(given.baseline), "title": target.title, "format": form, "compared": found.compared,
              "better": found.better, "gone": list(found.gone), "worse": worse}  # fmt: skip
    print_json(report) if given.json else text.show_comparison(text.console(), report, given.worst)
    return DIFFERS if worse or found.gone else CONFORMS


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
