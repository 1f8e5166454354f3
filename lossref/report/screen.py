"""A check on the screen: the verdict, the losses by grade, a report for each that falls below the level, and how it would pass."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lossref.golden import SHIPPED_FORMATS
from lossref.golden.source import of_facts
from lossref.judge.measure import LEVELS, meets
from lossref.report import text
from lossref.report.finding import waived
from lossref.spec import APART

FEW = 3  # failing losses whose reports are whole, with a line that reproduces each
CAUSES = 7  # short reports, and fewer where the table of losses is long:
SCREEN, AROUND, SHORT = 60, 8, 5  # lines in all, those before and after, and those of a short report in a narrow window
GRADES = len("A+/A+/A+")
COMPONENTS = 2  # of an array in a short report
ASKED = {
    "in-process": "asked in-process: trusts the code that it imports",
    "blind": "asked blind, over a pipe, what no file holds",
}
MEMORISED = "asked blind, over a pipe; the golden questions, whose answers can be memorised"
Entry = Mapping[str, Any]


def show_run(console: Console, report: Mapping[str, Any], again: str = "", everything: bool = False, named: bool = False) -> None:
    """A report as text. `again` is the command that made it; nothing is condensed with `everything`, nor a finding of what was `named`."""
    losses = sorted(report["losses"], key=_rank, reverse=True)
    deciding = [entry for entry in losses if entry["decides"]]
    apart = [entry for entry in losses if not entry["decides"]]
    failing = [entry for entry in deciding if not entry["conforms"]]
    say(console, _verdict(report, deciding, failing), "bold")
    declared = any(entry["conventions"] for entry in losses)
    say(console, f"grades of value/gradient/Hessian; {judged_by(report)}", "dim")
    say(console, MEMORISED if report["asked"] == "blind" and report["golden"] else ASKED[report["asked"]], "dim")
    width = max(len(entry["loss"]) for entry in losses)
    console.print(_table(deciding, declared, width))
    if apart:
        say(console, "Composed by us of pieces that the library ships, and no part of its verdict:", "dim")
        console.print(_table(apart, declared, width, header=False))
    for sentence in report["floating"]:
        say(console, f"{sentence[0].upper()}{sentence[1:]}.", "bold")
    for entry in losses:
        if entry["broke"]:
            say(console, f"{entry['loss']} broke: {entry['broke']}", "bold red")
    if everything or named or len(failing) <= FEW:
        for entry in losses if everything or named else failing:
            show_findings(console, entry, everything or named)
    else:
        found = _by_cause(failing)
        many = max(1, min(CAUSES, (SCREEN - AROUND - len(losses)) // SHORT))
        for cause, entries in found[:many]:
            _show_short(console, cause, entries)
        if others := [entry["loss"] for _, entries in found[many:] for entry in entries]:
            say(console, f"and {', '.join(others)}: add --all, or --loss {others[0]}")
    for note in _notes(report, everything):
        say(console, note, "dim")
    for line in _closing(report, again):
        say(console, line, "bold")


def judged_by(report: Mapping[str, Any]) -> str:
    """Which questions were asked: those of a golden set, or what was drawn."""
    golden = report["golden"]
    return f"golden set {golden['version']}, {golden['root'][:12]}" if golden else of_facts(report["fresh"]).title


def say(console: Console, sentence: str, style: str = "", indent: str = "  ") -> None:
    """A sentence broken between words where a window limits it, and whole where none does."""
    width = console.width if console.is_terminal else 0
    lines = textwrap.wrap(
        sentence, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    ) if width else [sentence]  # fmt: skip
    for line in lines:
        console.print(Text(line, style), soft_wrap=True)


def _rank(entry: Entry) -> tuple[int, int, int]:
    """Larger is worse."""
    if entry["broke"]:
        return len(LEVELS), 0, 0
    ranks = [LEVELS.index(part["grade"]) for part in entry["parts"].values()]
    return max(ranks, default=0), sum(ranks), sum(part["lost"] for part in entry["parts"].values())


def _verdict(report: Mapping[str, Any], deciding: Sequence[Entry], failing: Sequence[Entry]) -> str:
    at = f"at level {report['level']} in {report['format']}"
    if report["conforms"]:
        return f"{report['title']} conforms {at}: {f'{len(deciding)} losses' if len(deciding) > 1 else deciding[0]['loss']}"
    below = f"{len(failing)} of {len(deciding)} losses" if len(deciding) > 1 else failing[0]["loss"]
    return f"{report['title']} differs {at}: {below} {'fall' if len(failing) > 1 else 'falls'} below it"


def _table(entries: Sequence[Entry], declared: bool, width: int, header: bool = True) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold", show_header=header)
    table.add_column("loss", min_width=width, no_wrap=True)
    for column in ("as declared", "by formula") if declared else ("grade",):
        table.add_column(column, min_width=max(GRADES, len(column)), no_wrap=True)
    table.add_column("lost", justify="right", min_width=4, no_wrap=True)
    for column in APART:
        table.add_column(column, min_width=len(column), no_wrap=True)
    for entry in entries:
        parts = entry["parts"]
        lost = str(sum(part["lost"] for part in parts.values()) or "") if parts else ""
        cells = [_grades(parts, "grade"), *([_grades(parts, "mathematics") if entry["conventions"] else Text("")] if declared else [])]
        table.add_row(entry["loss"], *cells, lost, *(_apart(parts, region) for region in APART))
    return table


def _grades(parts: Mapping[str, Any], key: str) -> Text:
    if not parts:
        return Text("broke", text.COLOURS["F"])
    return Text("/").join(text.grade(found) if found != "-" else Text(found) for found in text.joined(parts, key).split("/"))


def _apart(parts: Mapping[str, Any], region: str) -> Text:
    grades = [p["regions"][region] for p in parts.values() if region in p["regions"]]
    return text.grade(max(grades, key=LEVELS.index)) if grades else Text("-")


def show_findings(console: Console, entry: Entry, every_part: bool) -> None:
    """Bug reports, each with a line that reproduces it."""
    for found in entry["parts"].values():
        if every_part or not found["conforms"]:
            for k, wrong in enumerate(found["worst"]):
                title, *rest = text.lines(wrong)
                head = Text(title, "bold")
                head.append(f"  (worst of {found['inexact']} not correctly rounded)" if k == 0 else "", "dim")
                console.print("")
                console.print(head, soft_wrap=not console.is_terminal)
                for line in rest:
                    is_command = line.startswith("  try")  # wrapped by us it could not be pasted
                    console.print(Text(line), soft_wrap=True) if is_command else say(console, line, indent=" " * 10)


def _by_cause(failing: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    """The losses that fall below the level, those of one root cause together and before the others; the worst first."""
    found: dict[str, list[Entry]] = {}
    for entry in failing:
        if not entry["broke"]:
            found.setdefault(entry["cause"] or entry["loss"], []).append(entry)
    return [(entries[0]["cause"], entries) for entries in sorted(found.values(), key=lambda entries: len(entries) == 1)]


def _show_short(console: Console, cause: str, found: Sequence[Entry]) -> None:
    """Two lines a root cause: the losses that have it, and the worst answer."""
    entry = found[0]
    if len(found) > 1:
        lost = sum(part["lost"] for e in found for part in e["parts"].values())
        say(console, f"{len(found)} losses{f', {lost} lost' if lost else ''}: {cause}", "bold")
        say(console, f"  {', '.join(e['loss'] for e in found)}", indent="    ")
    worst = _worst(entry)
    if len(found) == 1:
        beyond = "off by more than any rounding" if worst else "what was declined, is undecided or declared, or changes its bits, may not"
        why = cause or (text.by_inputs(worst) if worst else "") or beyond
        say(console, f"{entry['loss']} {_graded(entry)}: {why}", "bold")
    if worst:
        example = f"{worst['loss']} {worst['label']}" if len(found) > 1 else worst["label"]
        say(console, f"  {example} at {_about(worst['inputs'])}: {_answers(worst)} [{worst['id'][:8]}]", indent="    ")


def _worst(entry: Entry) -> Mapping[str, Any] | None:
    """The worst answer of the worst part, which the cause is that of."""
    below = [part for part in entry["parts"].values() if not part["conforms"] and part["worst"]]
    below.sort(key=lambda part: (-LEVELS.index(part["grade"]), part["digits_left"] or 0))
    return below[0]["worst"][0] if below else None


def _graded(entry: Entry) -> str:
    """`C/D/D, 8 digits left, 4 lost`."""
    left = [part["digits_left"] for part in entry["parts"].values() if part["digits_left"] is not None]
    lost = sum(part["lost"] for part in entry["parts"].values())
    grades = _grades(entry["parts"], "grade").plain
    return ", ".join([grades, *([f"{min(left)} digits left"] if left else []), *([f"{lost} lost"] if lost else [])])


def _about(x: Any) -> str:
    """Inputs to a few digits: `lossref why ID` has them all."""
    if isinstance(x, Mapping):
        return ", ".join(f"{name} {_about(y)}" for name, y in x.items())
    if isinstance(x, (list, tuple)):
        return f"[{', '.join(map(_about, x))}]" if len(x) <= COMPONENTS else f"[{_about(x[0])}, ... {len(x)} in all]"
    return f"{x:.5g}" if isinstance(x, float) else str(x)


def _answers(wrong: Mapping[str, Any]) -> str:
    """What came back and what is right, to as many digits as tell them apart."""
    got, exact = wrong["got"], wrong["exact"]
    if isinstance(got, str) or not isinstance(exact, dict):
        several = [exact] if isinstance(exact, dict) else exact
        ends = exact if isinstance(exact, str) else " to ".join(_about(end["decimal"]) for end in several)
        return f"{got if isinstance(got, str) else _about(got['decimal'])}, exactly {ends}"
    few = [_about(x["decimal"]) for x in (got, exact)]
    return ", exactly ".join(few if few[0] != few[1] else [str(x["decimal"]) for x in (got, exact)])


def _notes(report: Mapping[str, Any], everything: bool) -> Iterator[str]:
    """What the grades do not say: what is declared, waived, composed, refused or missing; a line for each kind, or for each of them all."""
    for entry in report["losses"]:
        for part, found in entry["parts"].items():
            yield from (f"{entry['loss']} {part}: {waived(one)}" for one in found["waived"])
    yield from _of_everything(report) if everything else _condensed(report)


def _condensed(report: Mapping[str, Any]) -> Iterator[str]:
    losses, lacks = report["losses"], len(report["lacks"])
    counts = {
        "declared": sum(len(entry["conventions"]) for entry in losses),
        "remarks": sum(len(entry["remarks"]) for entry in losses),
        "left out": sum(entry["refused"] for entry in losses),
        "undecided": sum(entry["undecided"] for entry in losses),
    }
    alone = losses[0] if len(losses) == 1 else None
    if alone:
        yield from text.declared(alone, report["level"])
        yield from (f"{alone['loss']} {remark}" for remark in alone["remarks"])
    yield from _declined(losses) if alone else _declined_in_all(losses)
    told = []
    if counts["declared"] and not alone:
        told.append(f"{counts['declared']} conventions declared")
    if counts["remarks"] and not alone:
        told.append(f"{counts['remarks']} remarks")
    if counts["left out"]:
        told.append(f"{counts['left out']} questions left out, as not taken")
    if counts["undecided"] and not alone:
        told.append(f"{counts['undecided']} answers undecided under what is declared")
    if lacks:
        told.append(f"judged {len(losses)} of {len(losses) + lacks} losses")
    if any(not entry["conforms"] for entry in losses):
        short = "" if report["format"] in SHIPPED_FORMATS else f" --format={report['format']}"
        told.append(f"[ID]: lossref why ID {of_facts(report['fresh']).words}".rstrip() + short)
    if told:
        yield f"{'; '.join(told)}; --all lists them"


def _declined(losses: Sequence[Entry]) -> Iterator[str]:
    for entry in losses:
        for sentence in entry["limits"]:
            yield f"{entry['loss']} is asked only where {sentence}"
        for reason, count in entry["declined"].items():
            yield f"{entry['loss']} declined {count} of {count + entry['vectors']}: {reason}"
        for region in entry["emptied"]:
            yield f"{entry['loss']}: nothing is left to judge of {region}, for all of it was declined"


def _declined_in_all(losses: Sequence[Entry]) -> Iterator[str]:
    """A line a reason, and one for what has nothing left."""
    counts: dict[str, int] = {}
    for entry in losses:
        for reason, count in entry["declined"].items():
            counts[reason] = counts.get(reason, 0) + count
    for reason, count in counts.items():
        yield f"declined {count} of {count + sum(entry['vectors'] for entry in losses)}: {reason}"
    if emptied := [f"{entry['loss']} ({', '.join(entry['emptied'])})" for entry in losses if entry["emptied"]]:
        yield f"nothing is left to judge, for all of it was declined, in {', '.join(emptied)}"


def _of_everything(report: Mapping[str, Any]) -> Iterator[str]:
    for entry in report["losses"]:
        yield from text.declared(entry, report["level"])
        if entry["composed"]:
            yield f"{entry['loss']} is composed: {entry['composed']}"
        yield from (f"{entry['loss']} {remark}" for remark in entry["remarks"])
    left_out: dict[str, list[str]] = {}
    for entry in report["losses"]:
        for reason, count in entry["refusals"].items():
            left_out.setdefault(reason, []).append(f"{entry['loss']} {count}")
    for reason, losses in left_out.items():
        yield f"left out, for {reason}: {', '.join(losses)}"
    yield from _declined(report["losses"])
    plainly = [loss for loss, reason in report["lacks"].items() if reason == "not there"]
    for loss, reason in report["lacks"].items():
        if loss not in plainly:
            yield f"{loss} is missing: {reason}"
    if plainly:
        yield f"not there: {', '.join(plainly)}"


def _closing(report: Mapping[str, Any], again: str) -> Iterator[str]:
    """How many answers are lost, and the best level that passes, with its command."""
    if report["conforms"]:
        return
    yield from (f"{entry['peer']}." for entry in report["losses"] if entry["peer"] and not entry["conforms"])
    lost, best = report["lost"], report["best_level"]
    found = [f"{lost} answers are lost." if lost > 1 else "1 answer is lost."] if lost else []
    if report["broke"] or best is None:
        found.append("No level passes while something breaks.")
    elif any(e["decides"] and not e["conforms"] and all(p["conforms"] for p in e["parts"].values()) for e in report["losses"]):
        found.append("No level passes while something is declined, undecided, declared, or changes its bits, that may not.")
    elif best == "F":
        found.append("No level passes: some answers are F.")
    elif not meets(best, report["level"]):
        found.append(f"The best level that passes is {best}: {again} --level {best}" if again else f"The best level that passes is {best}.")
    if found:
        yield " ".join(found)
