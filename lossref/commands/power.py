"""lossref power: how much wrong code the golden set notices, by operator and by loss, and which questions make it notice all."""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from rich.table import Column, Table

from lossref import catalog, files, golden, questions
from lossref.commands import CONFORMS, DIFFERS, Commands, UsageError, catalogued, command, judging, print_json
from lossref.formats import FORMATS, Format
from lossref.golden import SHIPPED_FORMATS, GoldenError
from lossref.golden.read import listed_bytes, relative_path
from lossref.golden.workers import in_processes
from lossref.implementations.adapters.lossref import implementation
from lossref.mutants import cover
from lossref.mutants.power import Wrong, measured
from lossref.output import say
from lossref.report.console import standard_output

DESCRIPTION = """\
Spoil our own code in thousands of ways, one at a time: inputs clipped, tails flushed, a branch point moved, a factor dropped, options
ignored, or right only where another is neutral; value, slopes in each argument and Hessian apart. Each is judged by the golden vectors.
What no vector notices is asked at questions drawn anew, and where the oracle finds it wrong there, it is a survivor: the golden set lacks a
kind of point. What is right everywhere counts for nothing.

  lossref power --loss huber
  lossref power --one-in 20                a sample, as in CI
  lossref power --choose                   choose the questions that notice all of it, for lossref/chosen.json; then golden generate

Exit status 1 where there is a survivor at level B.
"""
HEADINGS = ("", "made", "wrong", "noticed at B", "at C")


def add(commands: Commands) -> None:
    parser = command(commands, "power", "how much wrong code the golden set notices", DESCRIPTION)
    parser.add_argument("--loss", action="append", metavar="LOSS", help="only this loss (may be repeated)")
    parser.add_argument("--format", choices=SHIPPED_FORMATS, default="float64")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (all processors)")
    parser.add_argument("--one-in", type=int, default=1, metavar="N", help="only one in so many pieces of wrong code")
    parser.add_argument("--from", dest="start", type=int, default=0, metavar="K", help="with --one-in: which of them is the first (0)")
    parser.add_argument("--markdown", action="store_true", help="print the tables as Markdown, as they stand in the docs")
    parser.add_argument("--choose", action="store_true", help="choose the questions of the pool that the golden set needs, in both formats")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    for name, least in (("jobs", 1), ("one_in", 1), ("start", 0)):
        if getattr(given, name) < least:
            raise UsageError(f"--{name.replace('_', '-')} must be a whole number, at least {least}, and is {getattr(given, name)}")
    names = [catalogued(name) for name in given.loss or []] or list(catalog.names())
    try:
        return _choose(names, given.jobs) if given.choose else _measure(names, given)
    except GoldenError as error:
        raise UsageError(error) from None


def _measure(names: Sequence[str], given: argparse.Namespace) -> int:
    found: list[Wrong] = []
    names = sorted(names, key=lambda name: -_size(name, FORMATS[given.format]))  # the longest work first: none is alone at the end
    with judging.progress("judging wrong code") as advance:
        work = partial(_of_loss, form=given.format, start=given.start, step=given.one_in)
        for done, several in enumerate(_each(work, names, given.jobs), start=1):
            found += several
            advance(done, len(names))
    found.sort(key=lambda w: w.loss)
    survivors = [w for w in found if w.is_shown and "B" not in w.killed]
    if given.json:
        print_json(_data(given, found, survivors))
    else:
        _show(found, survivors, given.markdown)
    return DIFFERS if survivors else CONFORMS


def _size(name: str, form: Format) -> int:
    """The bytes of a loss's golden file."""
    return len(listed_bytes(relative_path(catalog.get(name), form), golden.folder()))


def _each(work: Callable[[Any], Any], tasks: Sequence[Any], jobs: int) -> Iterator[Any]:
    """What each task comes to, in their order."""
    return map(work, tasks) if jobs == 1 or len(tasks) == 1 else in_processes(work, tasks, jobs)


def _of_loss(name: str, form: str, start: int, step: int) -> list[Wrong]:
    loss = catalog.get(name)
    return list(measured(loss, implementation, golden.read(loss, FORMATS[form]), FORMATS[form], start, step))


def _choose(names: Sequence[str], jobs: int) -> int:
    tasks = [(name, form) for name in names for form in SHIPPED_FORMATS]
    chosen = {name: dict(of) for name, of in questions.chosen().items() if name in catalog.names()}
    with judging.progress("choosing questions") as advance:
        for done, ((name, form), of_each) in enumerate(zip(tasks, _each(_chosen, tasks, jobs), strict=True), start=1):
            chosen.setdefault(name, {})[form] = of_each
            lines = [f' "{loss}": {json.dumps(chosen[loss], sort_keys=True)}' for loss in sorted(chosen)]
            files.write(questions.CHOSEN, ("{\n" + ",\n".join(lines) + "\n}\n").encode("ascii"))
            advance(done, len(tasks))
    count = sum(len(indices) for of in chosen.values() for flags in of.values() for indices in flags.values())
    say(f"{count} questions are chosen in {questions.CHOSEN}; now run: lossref golden generate")
    return CONFORMS


def _chosen(task: tuple[str, str]) -> dict[str, list[int]]:
    loss, form = catalog.get(task[0]), FORMATS[task[1]]
    return cover.chosen(loss, implementation, golden.read(loss, form), form)


def _rows(found: Sequence[Wrong], of: Callable[[Wrong], str]) -> list[tuple[str, int, int, int, int]]:
    """What was made, is wrong, and is noticed, for each that `of` says, and all together."""
    made = Counter[str]()
    wrong, at_b, at_c = Counter[str](), Counter[str](), Counter[str]()
    for w in found:
        for name in {of(w), "all"}:
            made[name] += 1
            wrong[name] += w.is_shown
            at_b[name] += "B" in w.killed
            at_c[name] += "C" in w.killed
    return [(name, made[name], wrong[name], at_b[name], at_c[name]) for name in sorted(made, key=lambda name: (name == "all", name))]


def _data(given: argparse.Namespace, found: Sequence[Wrong], survivors: Sequence[Wrong]) -> dict[str, Any]:
    named = ("name", "made", "wrong", "noticed_at_B", "noticed_at_C")
    return {
        "format": given.format,
        "operators": [dict(zip(named, row, strict=True)) for row in _rows(found, lambda w: w.operator)],
        "losses": [dict(zip(named, row, strict=True)) for row in _rows(found, lambda w: w.loss)],
        "survivors": [{"loss": w.loss, "part": w.part, "argument": w.argument, "operator": w.operator, "variant": w.variant,
                       "inputs": w.witness and w.witness.inputs, "options": w.witness and w.witness.options} for w in survivors],
    }  # fmt: skip


def _show(found: Sequence[Wrong], survivors: Sequence[Wrong], is_markdown: bool) -> None:
    console = standard_output()
    for title, of in (("operator", lambda w: w.operator), ("loss", lambda w: w.loss)):
        rows = [(row[0], *map(str, row[1:3]), *(_share(n, row[2]) for n in row[3:])) for row in _rows(found, of)]
        if is_markdown:
            say("\n".join(f"| {' | '.join(row)} |" for row in ((title, *HEADINGS[1:]), ("---", *["---:"] * 4), *rows)) + "\n")
            continue
        table = Table(Column(title, overflow="fold"), box=None, pad_edge=False, header_style="bold")
        for heading in HEADINGS[1:]:
            table.add_column(heading, justify="right", overflow="fold")
        for row in rows:
            table.add_row(*row)
        console.print(table, "")
    for w in survivors:
        where = f"{w.part}{f'[{w.argument}]' if w.argument else ''}"
        at = w.witness and {**w.witness.inputs, **w.witness.options}
        console.print(f"survives: {w.loss} {where}: {w.operator}, {w.variant}\n  wrong at {at}", soft_wrap=True, markup=False)
    _, made, wrong, at_b, at_c = _rows(found, lambda w: "all")[0]
    noticed = f"{_share(at_b, wrong)} at B and {_share(at_c, wrong)} at C"
    say(f"{made} pieces of code made, {wrong} of them wrong: the golden set notices {noticed}")


def _share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.4g} %)" if whole else "0"
