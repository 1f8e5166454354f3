"""lossref calls: judge whole calls, with reductions, weights, masks, label forms and upstream gradients."""

from __future__ import annotations

import argparse
from typing import Any

from rich.table import Table
from rich.text import Text

from lossref import callvectors, catalog
from lossref.callpoints import losses
from lossref.commands import CONFORMS, DIFFERS, Commands, UsageError, command, print_json
from lossref.formats import FORMATS
from lossref.golden import SHIPPED_FORMATS, GoldenError
from lossref.judge.asking import APART
from lossref.judge.callconventions import GRAMMAR, parse_declaration
from lossref.judge.calls import PARTS, CallOutcome, CallVerdict, judge_calls
from lossref.judge.conventions import ConventionError
from lossref.judge.grades import LEVELS, meets
from lossref.report import data, text
from lossref.targets import Target, TargetError, resolve

DESCRIPTION = f"""\
Judge a target's calls of whole batches by the golden calls: every option alone, every two together,
and the degenerate ones. TARGET is an adapter that makes calls (torch, lossref), or your own object
whose call(**arrays, **options) returns value and gradient. Options are those of lossref.batches.Options;
calls with options that a library has not are left out, and counted.

A convention says what a library does whatever it is asked; its calls are judged by that:
{"".join(f"  LOSS: {form}{chr(10)}" for form in GRAMMAR)}  LOSS: factor NUMBER
"""


def add(commands: Commands) -> None:
    parser = command(commands, "calls", "judge whole calls: reductions, weights, masks, smoothing", DESCRIPTION)
    parser.add_argument("target", metavar="TARGET")
    parser.add_argument("--loss", metavar="LOSS", help="only this loss")
    parser.add_argument("--format", choices=SHIPPED_FORMATS, default="float64", help="of inputs and answers (float64)")
    parser.add_argument("--level", choices=LEVELS, default="C", help="the least grade that conforms (C)")
    parser.add_argument("--strict", action="store_true", help="count the ends of the format, and weights of 0 on NaN, too")
    parser.add_argument(
        "--convention", action="append", metavar="'LOSS: SENTENCE'", help="judge calls of LOSS as this says (may be repeated)"
    )
    parser.add_argument("--worst", type=int, default=3, metavar="N", help="calls to show for each loss (3)")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    form = FORMATS[given.format]
    if given.worst < 0:
        raise UsageError(f"--worst must be 0 or more, and is {given.worst}")
    try:
        target = resolve(given.target, given.loss)
        declared = [parse_declaration(text) for text in given.convention or []]
        names = [name for name in losses() if given.loss in (None, name) and _calls(target, name)]
        if not names:
            raise UsageError(f"{target.title} makes no calls of {given.loss or 'any loss that has golden calls'}")
        if stray := next((loss for loss, _ in declared if loss not in names), None):
            raise UsageError(f"a convention is declared for {stray!r}, whose calls are not judged in this run")
        verdicts = []
        for name in names:
            calls = target.implementations[name].calls
            assert calls is not None
            own = [convention for loss, convention in declared if loss == name]
            verdicts.append(judge_calls(calls.make, callvectors.read(catalog.get(name), form), form, calls.accepts, own))
        for needless in (d.needless for verdict in verdicts for d in verdict.declarations if d.needless):
            raise UsageError(needless)
    except (TargetError, GoldenError, ConventionError) as error:
        raise UsageError(error) from None
    entries = [_entry(target, verdict, given) for verdict in verdicts]
    conforms = all(entry["conforms"] for entry in entries)
    if given.json:
        print_json({"target": target.name, "title": target.title, "format": given.format, "level": given.level, "losses": entries})
    else:
        _show(target, entries, given, conforms)
    return CONFORMS if conforms else DIFFERS


def _composed(target: Target, name: str) -> str:
    implementation = target.implementations[name]
    assert implementation.calls is not None
    return "; ".join(filter(None, (implementation.composed, implementation.calls.composed)))


def _calls(target: Target, name: str) -> bool:
    return name in target.implementations and target.implementations[name].calls is not None


def _entry(target: Target, verdict: CallVerdict, given: argparse.Namespace) -> dict[str, Any]:
    grades = {part: verdict.headline(part, given.strict) for part in PARTS}
    failing = [o for o in verdict.worst(given.strict) if not meets(o.grade, given.level)]
    return {
        "loss": verdict.loss,
        "composed": _composed(target, verdict.loss),
        **grades,
        **{region: verdict.apart(region) for region in APART},
        "calls": len({o.vector.id for o in verdict.outcomes}),
        "refused": verdict.refused,
        "conventions": [data.declaration(d, given.level) for d in verdict.declarations],
        "conforms": any(grades.values()) and all(meets(grade, given.level) for grade in grades.values() if grade),
        "worst": [_outcome(target, o, given.format) for o in failing[: given.worst]],
    }


def _outcome(target: Target, found: CallOutcome, form: str) -> dict[str, Any]:
    vector = found.vector
    calls = target.implementations[vector.loss].calls
    assert calls is not None
    exact = vector.value if found.part == "value" else vector.gradient
    return {
        "id": vector.id,
        "part": found.part,
        "grade": found.grade,
        "flag": vector.flag,
        "reason": vector.reason,
        "options": _spelled(vector.options),
        "got": found.raised or [data.number(y) for y in found.got],
        "exact": [data.number(y) for y in exact],
        "line": calls.line(vector.batch, vector.options, FORMATS[form]),
    }


def _spelled(options: Any) -> dict[str, Any]:
    return {name: list(x) if isinstance(x, tuple) else x for name, x in options.items()}


def _show(target: Target, entries: list[dict[str, Any]], given: argparse.Namespace, conforms: bool) -> None:
    screen = text.console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("calls of", *PARTS, *APART, "made", "left out"):
        table.add_column(column)
    for entry in entries:
        grades = [Text(entry[part] or "-", text.COLOURS.get(entry[part], "")) for part in (*PARTS, *APART)]
        table.add_row(entry["loss"], *grades, str(entry["calls"]), str(entry["refused"]))
    screen.print(table)
    for entry in entries:
        if entry["composed"]:
            screen.print(Text(f"{entry['loss']} is composed: {entry['composed']}", "dim"), soft_wrap=True)
        for sentence in text.declared(entry, given.level):
            screen.print(Text(sentence, "dim"), soft_wrap=True)
    for entry in entries:
        for wrong in entry["worst"]:
            screen.print(Text(f"\n{entry['loss']} {wrong['part']}  {wrong['grade']}  {wrong['flag']}  {wrong['id']}", "bold"))
            for name in ("options", "got", "exact"):
                screen.print(Text(f"  {name:8}{_short(wrong[name])}"), soft_wrap=True)
            screen.print(Text(f"  why     {wrong['reason']}"), soft_wrap=True)
            screen.print(Text(f"  try     python -c '{wrong['line']}'"), soft_wrap=True)
    verb = "conform" if conforms else "differ"
    screen.print(Text(f"\nCalls of {target.title} {verb} at level {given.level} in {given.format}.", "bold"), soft_wrap=True)


def _short(x: Any) -> str:
    if isinstance(x, dict):
        return ", ".join(f"{name} {value}" for name, value in x.items())
    if isinstance(x, list):
        return ", ".join(map(str, x[:6])) + (f", ... {len(x)} in all" if len(x) > 6 else "")
    return str(x)
