"""lossref folklore: the wrong formulas that texts and others print or invite, each run beside the exact answer."""

from __future__ import annotations

import argparse
import difflib
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from rich.table import Table
from rich.text import Text

from lossref.commands import CONFORMS, DIFFERS, Commands, UsageError, command, judging, print_json
from lossref.exact import balls
from lossref.golden import GoldenError
from lossref.judge.measure import MEANING
from lossref.mutants import folklore
from lossref.mutants.judging import LENIENT, Finding, examine
from lossref.mutants.record import FAILS, TEXTS, Mutant
from lossref.output import say
from lossref.report import folklore as report
from lossref.report import text
from lossref.report.console import standard_output

UNPROVED = "The exact answers are mpmath's, unproved: pip install 'lossref[golden]' for proofs."
PRINTED_NUMBER = "F14 is a printed number, not code: text 2 (row S2-03) has 0.6 for a mean absolute error of 2/3."


def add(commands: Commands) -> None:
    parser = commands.add_parser("folklore", help="wrong formulas from texts, each run beside the exact answer")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    action = command(actions, "list", "name every one: the text it is from, the loss it gets wrong, what it claims")
    action.set_defaults(run=run_list)
    action = command(actions, "show", "one of them: its code, what that returns, the exact answer, and the right call")
    action.add_argument("id", metavar="ID", help="such as F23")
    action.set_defaults(run=run_show)
    action = command(actions, "run", "all of them: what each returns, what is exact, and which comparisons would pass it")
    action.set_defaults(run=run_all)


def run_list(given: argparse.Namespace) -> int:
    if given.json:
        print_json([report.described(record) for record in folklore()])
        return CONFORMS
    table = _table("id", "rows", "loss", "claim")
    for record in folklore():
        rows = " ".join(record.sources)
        table.add_row(record.id, Text(rows if record.printed else f"({rows})"), record.loss, Text(record.claim))
    table.columns[1].max_width = 13
    legend = ["The row of a text, or what else has it; in brackets where that does not print the formula, but invites it.", *TEXTS.values()]
    _print(table, *(Text(line, "dim") for line in (*legend, PRINTED_NUMBER)))
    return CONFORMS


def run_show(given: argparse.Namespace) -> int:
    record = _found(given.id)
    (finding,) = _examined([record])
    if given.json:
        print_json(report.facts(finding) | {"code": report.code(record), "worst_vector": report.worst_vector(finding)})
        return CONFORMS
    title = Text(f"{record.id}  {record.claim}", "bold")
    _print(title, _grid([("fault", f"{record.why} ({FAILS[record.fails]})"), *_texts(record)]))
    say(f"\n{textwrap.indent(report.code(record), '    ')}\n")
    _print(_grid(_answers(finding)), *(Text(line, "dim") for line in _unproved()))
    return CONFORMS


def run_all(given: argparse.Namespace) -> int:
    findings = _examined(folklore())
    caught = sum(finding.caught for finding in findings)
    passed = {name: sum(finding.passes(name) for finding in findings) for name in LENIENT}
    if given.json:
        counts = {"caught": caught, "of": len(findings), "passes": passed, "note": PRINTED_NUMBER}
        print_json(counts | {"folklore": [report.facts(finding) for finding in findings]})
        return CONFORMS if caught == len(findings) else DIFFERS
    table = _table("\nid", "\nwhat is wrong", "\ngot", "\nexact", "\ncaught", "\ngrade", "allclose\npasses", "gradcheck\npasses")
    for finding in findings:
        grade = Text("-") if finding.grade is None else Text(finding.grade, text.COLOURS.get(finding.grade, "bold red"))
        said: Sequence[Text] = [Text(x) for x in (finding.record.id, finding.record.why.rstrip("."), *_brief(finding))]
        passes = [_yes(finding.passes(name), "bold yellow", "dim") for name in LENIENT]
        table.add_row(*said, _yes(finding.caught, "green", "bold red"), grade, *passes)
    tolerances = "; ".join(f"{name}: {_tolerances(name)}" for name in LENIENT)
    notes = f"Got and exact are those of the worst component, at the smallest input. No grade: the fault is in the call.\n{tolerances}"
    checked = sum(finding.grade is not None for finding in findings)
    how = f"all at their smallest input, the {checked} that a check can call below B on the golden vectors too"
    passing = f"np.allclose would have passed {passed['np.allclose']} of them, a gradient check {passed['gradient check']}"
    closing = f"\n{caught} of {len(findings)} caught ({how}); {passing}."
    _print(table, Text("\n".join((*_unproved(), notes, PRINTED_NUMBER)), "dim"), Text(closing, "bold"))
    return CONFORMS if caught == len(findings) else DIFFERS


def _unproved() -> list[str]:
    return [] if balls.INSTALLED else [UNPROVED]


def _found(given: str) -> Mutant:
    known = {record.id: record for record in folklore()}
    identifier = given.upper()
    if identifier == "F14":
        raise UsageError(PRINTED_NUMBER)
    if identifier not in known:
        near = difflib.get_close_matches(identifier, known, n=3)
        hint = f"did you mean {', '.join(near)}?" if near else "`lossref folklore list` shows them all"
        raise UsageError(f"no folklore is called {given!r}; {hint}")
    return known[identifier]


def _examined(records: Iterable[Mutant]) -> list[Finding]:
    wanted, found = list(records), []
    with judging.progress("judging folklore") as advance:
        try:
            for done, record in enumerate(wanted):
                advance(done, len(wanted))
                found.append(examine(record))
        except GoldenError as error:
            raise UsageError(error) from None
    return found


def _texts(record: Mutant) -> Iterator[tuple[str, str]]:
    """What each text is about and the rows in it, or what else has the formula, and whether it prints it."""
    how = "it prints this" if record.printed else "it invites this"
    for title, sources in groupby(record.sources, key=lambda source: TEXTS.get(source.partition("-")[0], "")):
        found = " and ".join(sources)
        yield "from", f"{title} ({found}; {how})" if title else f"{found} ({how})"


def _answers(finding: Finding) -> Iterator[tuple[str, str]]:
    """The lines under the code: the counterexample, who notices, and what to call instead."""
    record, facts = finding.record, report.facts(finding)
    yield "loss", f"{record.loss} {record.part}"
    yield "input", _spelled(facts["inputs"])
    yield "got", _joined(facts["got"])
    yield "exact", _joined(facts["exact_digits"])
    yield "caught", f"{'yes' if finding.caught else 'no'}: {finding.wrong or 'it is right to 1e-7'}"
    for name in LENIENT:
        yield name, f"{'passes it' if finding.passes(name) else 'catches it too'} ({_tolerances(name)})"
    if finding.verdict is not None:
        meaning = MEANING.get(facts["grade"], finding.verdict.broke)
        yield "grade", f"{facts['grade']} on {finding.verdict.vectors} golden vectors: {meaning}"
    if worst := report.worst_vector(finding):
        inputs = _spelled(worst["inputs"])
        yield "worst vector", f"{worst['id']}: {inputs}: {worst['label']} {worst['got']}, exact {_joined(worst['exact'])}"
    yield "right", record.right_call


def _brief(finding: Finding) -> tuple[str, str]:
    """Got and exact in a few digits: the worst component of a vector, with its index."""
    got, exact, place = finding.got, finding.nearest, finding.place
    if got is None:
        return finding.raised, _several(exact)
    if got.shape != exact.shape:
        return _several(got), _several(exact)
    index = "".join(f"[{i}] " for i, n in zip(place, got.shape, strict=True) if n > 1)
    return f"{index}{got[place]:.6g}", f"{index}{exact[place]:.6g}"


def _several(numbers: Any) -> str:
    return f"[{', '.join(f'{x:.3g}' for x in np.ravel(numbers))}]" if np.ndim(numbers) else f"{numbers:.6g}"


def _tolerances(name: str) -> str:
    return "rtol {:.0e}, atol {:.0e}".format(*LENIENT[name]).replace("e-0", "e-")


def _yes(x: bool, colour: str, other: str) -> Text:
    return Text("yes", colour) if x else Text("no", other)


def _spelled(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_joined(x)}" for name, x in values.items())


def _joined(x: Any) -> str:
    return f"[{', '.join(map(_joined, x))}]" if isinstance(x, list) else str(x)


def _table(*header: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for title in header:
        table.add_column(title, overflow="fold")
    return table


def _grid(rows: Iterable[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for name, said in rows:
        grid.add_row(name, Text(said))
    return grid


def _print(*what: Any) -> None:
    screen = standard_output()
    for part in what:
        screen.print(part)
