"""lossref check: judge somebody's implementations; lossref calls: whole calls alone; lossref judge: a recorded run."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lossref import catalog, files
from lossref.catalog import DefinitionError
from lossref.commands import BROKE, CONFORMS, DIFFERS, Commands, UsageError, catalogued, check_timeout, command, judging, print_json
from lossref.conventions import declaring, limits
from lossref.conventions.formula import ConventionError
from lossref.conventions.grammar import GRAMMAR
from lossref.formats import JUDGED
from lossref.golden import GoldenError
from lossref.golden.source import Source, wide
from lossref.implementations import process, recorded, resolve
from lossref.implementations.resolve import ADAPTERS, format_of
from lossref.judge import baseline, drafts, waivers
from lossref.judge.measure import DEFAULT_LEVEL, LEVELS, MEANING
from lossref.judge.verdict import Verdict, without_absent
from lossref.judge.waivers import WaiverError
from lossref.library import ImplementationError, Library
from lossref.report import finding, junit, screen, text
from lossref.report.console import standard_output
from lossref.spec import Loss, Vector
from lossref.strictjson import JsonError

DESCRIPTION = f"""\
Judge losses by the golden vectors, single examples and whole calls with the options that there are, and
show the worst answers, passing or not.

IMPLEMENTATION is a library ({", ".join(ADAPTERS)}),
module:attribute or FILE.py:attribute to import (a mapping or module from loss names to functions, or to
objects with value, gradient, value_and_gradient or call; or one function, with --loss), or cmd:COMMAND,
a program in any language (`lossref init-adapter`). Functions are called by keyword with NumPy batches;
the parameters of a function say which options of a call it takes.

Losses of tensors stand behind torch:, jax: or jit: (jax, compiled); gradients are the library's own:
  lossref check torch:torch.nn:BCEWithLogitsLoss
  lossref check torch:mine.py:FocalLoss --as sigmoid_focal_loss
  lossref check 'torch:mine.py:FocalLoss(gamma=1.5)' --as sigmoid_focal_loss --device cuda
A function, a class, an instance or a class with keywords; its options are the parameters of its signature.
Whether it reduces, and how it wants a batch laid out (rows, columns, maps with classes along axis 1, one
example a call), is found out by asking. --as takes our names of losses and those of other libraries.

A loss of your own is judged by its definition, a file with LOSS = Loss(arguments=..., definition=...):
  lossref check mine.py:f --definition mine_loss.py

levels:
{"".join(f"  {level:3} {meaning}{chr(10)}" for level, meaning in MEANING.items())}
A convention says that an implementation computes another function on purpose, and that function is what
it is judged by, as strictly. What can be declared (NUMBER is 1e-7, 1/2, or eps, the format's epsilon,
in a clip or a logarithm; HIGH may be 1 - NUMBER):
{"".join(f"  LOSS: {form}{chr(10)}" for form in GRAMMAR)}
A limit says what an implementation does not take: questions beyond it are declined, counted and named.
{"".join(f"  LOSS: {form}{chr(10)}" for form in limits.GRAMMAR)}
A waiver leaves known failures out of the grade. Each table [[waiver]] of its file has a reason, a
link, a last day (expires = 2030-12-31), and either vectors = ["ID", ...] or a flag, loss and part.
--write-waivers drafts such a file of what fails now, for 90 days, without the reasons and the links.

--fresh SEED judges by questions that nobody knows: the same families drawn anew with the seed, any text, and
certified now, so that whoever knows the golden answers by heart fails. --sizes asks wide rows, of losses of vectors,
with what is hard at the borders of blocks of 32, 128 and 1024; with --fresh the seed is theirs.

--format float16, bfloat16, float8_e5m2 or float8_e4m3fn, which the golden set has not, asks fresh questions that are
numbers of the format, with the seed 0 unless --fresh says another; what a library has not in the format is left out.
float8_e4m3fn has no infinity: beyond it NaN and its largest number are both right. --device cuda puts the tensors of
PyTorch or JAX on a GPU: what its kernels answer there is judged like all else.

--stored bfloat16 gives inputs in that format and judges answers in float32, or in --format: what is stored short and
computed long. A part that comes back in the format of its inputs, as gradients of PyTorch do, is judged in that.

The report of --json is described by lossref/report/report.schema.json, a JSON Schema with a version.
That of --junit has a case for each part of each loss; what is waived is skipped, with the reason.
"""
CALLS = """\
Judge whole calls alone: every reduction, every option, every two together, parameters, kinks and
degenerate batches. All else is as for `lossref check`, which judges single examples too.
"""
JUDGE = """\
Judge a recorded run: one file that `lossref check --record` wrote, or the questions that
`lossref vectors` wrote and what a program answered to them. The verdict is that of a live check.
"""
WIDE = 1000  # where no window limits it, nothing is wrapped
WORST = 5  # reports for each part, where all are wanted
WAIVING = ("--write-waivers", "--waivers")
Errors = (ImplementationError, GoldenError, ConventionError, WaiverError, JsonError, DefinitionError)
Select = Callable[[list[Vector]], list[Vector]]


def add(parsers: Commands) -> None:
    for name, summary, description in (
        ("check", "judge an implementation", DESCRIPTION),
        ("calls", "judge whole calls alone: reductions, weights, masks, smoothing", CALLS),
    ):
        parser = command(parsers, name, summary, description)
        parser.add_argument("implementation", metavar="IMPLEMENTATION")
        parser.add_argument("--format", choices=JUDGED, help="of inputs and answers (float64, unless a library has none)")
        parser.add_argument("--isolated", action="store_true", help="ask Python code in a process of its own: a hang is a verdict then")
        parser.add_argument("--timeout", type=float, default=process.TIMEOUT, metavar="S", help="seconds for an answer of a process (10)")
        parser.add_argument("--trace", action="store_true", help="show every line to and from a process")
        parser.add_argument("--device", default="", metavar="NAME", help="where tensors of torch or jax are put, such as cuda")
        judging.add_source(parser, stored=True)
        parser.add_argument("--record", type=Path, metavar="FILE", help="write the run, for `lossref judge` (asks Python code isolated)")
        _judging(parser)
        parser.set_defaults(run=run, calls=name == "calls")
    parser = command(parsers, "judge", "judge a recorded run", JUDGE)
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="a recorded run, or its questions and its answers")
    parser.add_argument("--format", choices=JUDGED, help="of a run in several formats")
    judging.add_source(parser)
    _judging(parser)
    parser.set_defaults(run=run_recorded, calls=False)


def _judging(parser: argparse.ArgumentParser) -> None:
    """What check, calls and judge have in common."""
    parser.add_argument("--definition", type=Path, metavar="FILE", help="judge by the loss of your own that this file defines")
    parser.add_argument(
        "--loss", "--as", action="append", metavar="LOSS",
        help="only this loss (may be repeated); of a single function which loss it is, by our name or another library's",
    )
    parser.add_argument("--level", choices=LEVELS, default=DEFAULT_LEVEL, help=f"the least grade that conforms ({DEFAULT_LEVEL})")
    parser.add_argument("--strict", action="store_true", help="count range edges and infinite and NaN inputs too")
    parser.add_argument(
        "--convention", action="append", metavar="'LOSS: SENTENCE'", help="judge LOSS as the function that this says (may be repeated)"
    )
    parser.add_argument(
        "--accept-conventions", action="store_true", help="judge a program, or a recorded run, by what it declares of itself"
    )
    parser.add_argument("--as-mathematics", action="store_true", help="judge by the formula alone, whatever is documented or declared")
    parser.add_argument("--strict-declarations", action="store_true", help="fail where a convention is declared that moves nothing")
    parser.add_argument(
        "--limit", action="append", metavar="'LOSS: SENTENCE'", help="ask LOSS nothing beyond what this says (may be repeated)"
    )
    parser.add_argument("--complete", action="store_true", help="differ where anything is declined that was asked")
    parser.add_argument("--same-bits", action="store_true", help="differ where equal inputs get other bits: again, alone, or among many")
    parser.add_argument("--waivers", type=Path, metavar="FILE", help="TOML file of known failures to leave out of the grade")
    parser.add_argument("--write-waivers", type=Path, metavar="FILE", help="draft waivers of what fails now, in a new file")
    parser.add_argument("--today", metavar="DATE", help="the day that expiry dates of waivers are compared with (the system's)")
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="an older recorded run: fail only on what is worse than in it")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the report as JUnit XML too, for the pages of a CI service")
    parser.add_argument("--all", action="store_true", help="show every loss whole, and list all that is declared, left out or not there")
    parser.add_argument("--worst", type=int, metavar="N", help=f"reports for each part shown whole (1; {WORST} with --all or --json)")


def run(given: argparse.Namespace) -> int:
    check_timeout(given.timeout)
    source = _check_given(given)
    said: list[str] = []
    try:
        own = _own(given)
        with judging.status(f"importing {given.implementation} ..."):
            library = _resolve(given, own, said)
        try:
            status = _report(given, library, own, format_of(given.format, library), source, lambda vectors: vectors)
        finally:
            library.close()
        if given.record:  # of a run that was cut nothing is kept: the older recording, if any, is whole
            files.write(given.record, recorded.of_run(given.implementation, said, source))
        return status
    except Errors as error:
        raise UsageError(error) from None


def run_recorded(given: argparse.Namespace) -> int:
    source = _check_given(given)
    try:
        own = _own(given)
        recording = recorded.read(given.files)
        form = given.format or next(iter(sorted(recording.formats, reverse=True)))
        if form not in recording.formats:
            raise UsageError(f"the run has no {form}, only {', '.join(sorted(recording.formats))}")
        library = recording.library(own)
        source = recording.source if given.fresh is None and given.sizes is None else source
        return _report(given, library, own, form, source, lambda vectors: recording.asked(library, vectors), recording.losses)
    except Errors as error:
        raise UsageError(error) from None


def _check_given(given: argparse.Namespace) -> Source:
    """Where the vectors come from. What could not be used after the work is refused before it; names become ours, and the day a day."""
    framework = getattr(given, "implementation", "").partition(":")[0]
    given.loss = [catalogued(name, framework) for name in given.loss or []]
    if given.worst is None:
        given.worst = WORST if given.all or given.json else 1
    if given.worst < 0:
        raise UsageError(f"--worst must be 0 or more, and is {given.worst}")
    try:
        given.today = waivers.day(given.today)
    except ValueError as error:
        raise UsageError(f"--today {error}") from None
    for option in ("record", "junit", "write_waivers"):
        if path := getattr(given, option, None):
            files.attempt(path, f"--{option.replace('_', '-')}")
    if given.write_waivers and given.write_waivers.exists():
        raise UsageError(f"--write-waivers {given.write_waivers} is there already, and nothing overwrites it")
    if given.write_waivers and given.definition:
        raise UsageError("waivers name golden vectors, and a loss of your own has none: leave out --write-waivers")
    source = judging.source(given)
    if not source.is_golden and (given.waivers or given.write_waivers):
        raise UsageError(f"waivers name golden vectors, and what {source.words} draws is none: leave out {WAIVING[bool(given.waivers)]}")
    if given.calls and source.sizes:
        raise UsageError("--sizes asks single examples, and calls whole calls alone: leave out --sizes, or use check")
    if source.stored and (given.implementation.startswith("cmd:") or given.isolated or given.record):
        raise UsageError("a program is given numbers in the format of its answers, and a recorded run is one: leave out --stored")
    return source


def _own(given: argparse.Namespace) -> Loss | None:
    """The loss of the user's own that is to be judged by, if any."""
    if given.definition is None:
        return None
    if given.loss:
        raise UsageError("--definition says which loss is judged: leave out --loss")
    return catalog.load(given.definition)


def _resolve(given: argparse.Namespace, own: Loss | None, said: list[str]) -> Library:
    """The library; its lines are traced, and its messages collected in `said`."""
    wanted = given.loss or []
    loss = own or (wanted[0] if len(wanted) == 1 else None)
    name = given.implementation
    if not (name.startswith("cmd:") or given.isolated or given.record):
        return resolve(name, loss, given.device)
    single = ["--definition", str(given.definition)] if own else ["--loss", wanted[0]] if loss else []
    serve = [sys.executable, "-m", "lossref", "serve", name, *single]
    started = name.removeprefix("cmd:") if name.startswith("cmd:") else shlex.join(serve)

    def trace(direction: str, line: str) -> None:
        if given.trace:
            print(direction, line, file=sys.stderr)

    found = process.library(started, given.timeout, trace, said.append, own)
    return found if name.startswith("cmd:") else replace(found, declares={})  # our own words, or the user's


def _report(
    given: argparse.Namespace, library: Library, own: Loss | None, form: str, source: Source, select: Select, only: Collection[str] = ()
) -> int:
    """Judge the selected vectors of all losses that are wanted, or of `only` some, print the report, and say how it went."""
    wanted = [own.name] if own else given.loss or []
    waived = waivers.read(given.waivers, given.today) if given.waivers else []
    lacking = [f"{name}: {library.lacks.get(name, 'not there')}" for name in wanted if name not in library.implementations]
    if lacking:
        raise UsageError(f"{library.title} lacks {'; '.join(lacking)}")
    library = declaring.limited(library, given.limit or [], wanted, own)
    library = declaring.declaring(library, given.convention or [], wanted, given.as_mathematics)
    library = library if given.accept_conventions else declaring.accepted(library, wanted)
    there = [name for name in catalog.names() if name in library.implementations and name in (wanted or only or [name])]
    losses = wide([own] if own else [catalog.get(name) for name in there], source, bool(own or wanted))
    vectors = [(loss, select(found)) for loss, found in judging.vectors(source, losses, form)]
    if given.calls:  # a loss whose calls are all left out makes none
        vectors = [(loss, found) for loss, found in vectors if not all(_refusals(library, loss, found))]
    elif any(found for _, found in vectors) and all(reason for loss, found in vectors for reason in _refusals(library, loss, found)):
        ((reason, _),) = Counter(reason for loss, found in vectors for reason in _refusals(library, loss, found)).most_common(1)
        raise UsageError(f"{library.title} takes none of the vectors in {form}: {reason}")
    verdicts = judging.judged(library, [(loss, found) for loss, found in vectors if found], form)
    library, verdicts = without_absent(library, verdicts) if not wanted else (library, verdicts)
    if not verdicts:
        absent = next((f"computes none of these losses in {form}: {library.reasons[loss.name]}" for loss, found in vectors if found), "")
        nothing = "makes no calls of these losses" if given.calls else absent or f"was asked none of {source.title} in {form}"
        raise UsageError(f"{library.title} {nothing}")
    verdicts = waivers.apply(waived, verdicts, form, given.level, given.strict, wanted)
    if given.write_waivers:
        _draft(given, library.title, verdicts, form)
    if given.baseline:
        return _compared(given, library, own, verdicts, form, source)
    forgiven = {"complete": given.complete, "strict_declarations": given.strict_declarations, "same_bits": given.same_bits}
    report = finding.run(library, verdicts, form, given.level, given.strict, given.worst, **forgiven, source=source)
    if wanted:
        report["lacks"] = {}
    if given.junit:
        files.write(given.junit, junit.of_runs([report]))
    _print(given, report)
    return BROKE if report["broke"] else CONFORMS if report["conforms"] else DIFFERS


def _draft(given: argparse.Namespace, title: str, verdicts: Sequence[Verdict], form: str) -> None:
    """Write waivers of what fails, and say so beside the report."""
    drafted = drafts.draft(title, verdicts, form, given.level, given.strict, given.today)
    if drafted:
        files.write(given.write_waivers, drafted)
    done = "is a draft: say in it why each is tolerated, and where that is discussed" if drafted else "is not written: nothing fails"
    print(f"lossref: {given.write_waivers} {done}", file=sys.stderr)


def _print(given: argparse.Namespace, report: dict[str, Any]) -> None:
    if given.json:
        print_json(report)
    else:
        screen.show_run(standard_output(WIDE), report, _again(given.typed), given.all, bool(given.loss or given.definition))


def _again(typed: Sequence[str]) -> str:
    """The command as it was typed, without its level and a draft that is written by then."""
    gone = ("--level", "--write-waivers")
    left = [word for k, word in enumerate(typed) if not word.startswith(gone) and (k == 0 or typed[k - 1] not in gone)]
    return shlex.join(["lossref", *left])


def _refusals(library: Library, loss: Loss, vectors: Sequence[Vector]) -> Iterator[str]:
    """Why each vector is not asked, if so."""
    return (library.implementations[loss.name].takes(v.question) for v in vectors)


def _compared(
    given: argparse.Namespace, library: Library, own: Loss | None, verdicts: Sequence[Verdict], form: str, source: Source
) -> int:
    """Only what is worse than in an older run; that says nothing of conformance."""
    recording = recorded.read([given.baseline])
    if recording.source.facts != source.facts:
        those = f"{recording.source.title}, and this run {source.title}"
        raise UsageError(f"--baseline {given.baseline} was asked {those}: record it with the same")
    older = recording.library(own)
    losses = [own] if own else [catalog.get(name) for name in catalog.names() if name in (given.loss or [name])]
    there = [loss for loss in losses if loss.name in older.implementations and loss.name in recording.losses]
    asked = judging.vectors(source, wide(there, source), form)
    before = [found for loss, vectors in asked if (found := recording.judged(older, loss, library, vectors, form))]
    compared = baseline.compare(before, verdicts)
    if not (compared.compared or compared.gone):
        raise UsageError(f"{given.baseline} has no answer of these losses in {form}")
    report = finding.comparison(library, compared, str(given.baseline), form)
    if given.junit:
        files.write(given.junit, junit.of_comparison(report, [(v.loss, part) for v in verdicts for part in v.parts]))
    print_json(report) if given.json else text.show_comparison(standard_output(), report, given.worst)
    return DIFFERS if compared.worse or compared.gone else CONFORMS
