"""A report as JUnit XML, which the pages of CI services read: a suite a loss, a case a part of it, a failure its bug reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from lossref.golden.source import of_facts
from lossref.report import text
from lossref.report.finding import waived

NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
KINDS = {"failure": "failures", "error": "errors", "skipped": "skipped"}  # a case's child, and the attribute that counts it
Entry = Mapping[str, Any]


def of_runs(reports: Sequence[Mapping[str, Any]]) -> str:
    """Whole checks. A case that is waived, or composed by us, is skipped with the reason; what was declined is a property, counted."""
    root = Element("testsuites", name=_plain(f"lossref: {', '.join(report['title'] for report in reports)}"))
    for report in reports:
        golden = report["golden"]
        asked = {"golden set": f"{golden['version']} {golden['root'][:12]}"} if golden else {"asked": of_facts(report["fresh"]).title}
        facts = {**asked, "format": report["format"], "level": report["level"]}
        facts |= {"floating": "; ".join(report["floating"])} if report["floating"] else {}
        for entry in report["losses"]:
            name = entry["loss"] if len(reports) == 1 else f"{report['title']} {report['format']}: {entry['loss']}"
            suite = SubElement(root, "testsuite", name=_plain(name))
            _properties(suite, {**facts, **_left_out(entry)})
            for case, kind, message, lines in _cases(report, entry):
                _case(suite, f"{case} {report['format']}", kind, message, lines)
    return _document(root)


def of_comparison(report: Mapping[str, Any], asked: Iterable[tuple[str, str]]) -> str:
    """A comparison with an older run: a case each part of each loss that was `asked` now, failing where answers got worse."""
    root = Element("testsuites", name=_plain(f"lossref: {report['title']}"))
    suites: dict[str, Element] = {}
    for loss, part in asked:
        if loss not in suites:
            suites[loss] = SubElement(root, "testsuite", name=loss)
        worse = [wrong for wrong in report["worse"] if (wrong["loss"], wrong["part"]) == (loss, part)]
        lines = [line for wrong in worse for line in (*text.lines(wrong), f"  was     {wrong['was']}")]
        message = f"{len(worse)} answers are worse than in {report['baseline']}" if worse else ""
        _case(suites[loss], f"{part} {report['format']}", "failure" if worse else "", message, lines)
    gone, older = report["gone"], SubElement(root, "testsuite", name="baseline")
    _properties(older, {name: str(report[name]) for name in ("baseline", "compared", "better")})
    _case(older, f"nothing is gone {report['format']}", "failure" if gone else "", "; ".join(gone), gone)
    return _document(root)


def _cases(report: Mapping[str, Any], entry: Entry) -> Iterator[tuple[str, str, str, Sequence[str]]]:
    """(name, kind, message, text) for each case of a loss; the kind of one that passes is empty."""
    if entry["broke"]:
        yield "answers", "error" if entry["decides"] else "skipped", f"broke: {entry['broke']}", ()
        return
    for part, found in entry["parts"].items():
        lines = [line for wrong in found["worst"] for line in text.lines(wrong)]
        regions = ", ".join(f"{region} {grade}" for region, grade in found["regions"].items())
        lost = f", {found['lost']} lost" if found["lost"] else ""
        message = f"{found['grade']}{lost}, where level {report['level']} is asked for ({regions})"
        if found["conforms"]:
            yield part, "", "", ()
        elif entry["decides"]:
            yield part, "failure", message, [*lines, *([f"  cause   {entry['cause']}"] if entry["cause"] else [])]
        else:
            yield part, "skipped", f"no part of the library's verdict: {entry['composed']}: {message}", lines
        yield from ((f"{part} waived {k}", "skipped", waived(one), ()) for k, one in enumerate(found["waived"], start=1))
    if entry["decides"] and not entry["conforms"] and all(found["conforms"] for found in entry["parts"].values()):
        why = [*(f"nothing is left of {name}: all was declined" for name in entry["emptied"]), *entry["declined"], *entry["remarks"]]
        yield "declined or declared", "failure", "something is declined, or declared in vain, that may not be", why


def _left_out(entry: Entry) -> dict[str, str]:
    """How many vectors were judged, and how many were not, by the reason."""
    counts = {"vectors judged": entry["vectors"]}
    counts |= {f"declined: {reason}": count for reason, count in entry["declined"].items()}
    counts |= {f"left out: {reason}": count for reason, count in entry["refusals"].items()}
    declared = {f"declared {k}": found["sentence"] for k, found in enumerate(entry["conventions"], start=1)}
    return {name: str(count) for name, count in counts.items()} | declared


def _properties(suite: Element, facts: Mapping[str, str]) -> None:
    properties = SubElement(suite, "properties")
    for name, value in facts.items():
        SubElement(properties, "property", name=_plain(name), value=_plain(value))


def _case(suite: Element, name: str, kind: str, message: str, lines: Sequence[str]) -> None:
    case = SubElement(suite, "testcase", classname=f"lossref.{suite.get('name')}", name=_plain(name), time="0")
    if kind:
        child = SubElement(case, kind, message=_plain(message))
        child.text = _plain("\n".join(lines)) or None


def _document(root: Element) -> str:
    """The text of a document, each suite and the whole with its counts."""
    for element in (root, *root):
        cases = list(element.iter("testcase"))
        element.set("tests", str(len(cases)))
        for kind, name in KINDS.items():
            element.set(name, str(sum(case.find(kind) is not None for case in cases)))
    ElementTree.indent(root, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _plain(said: str) -> str:
    """Text with what XML cannot hold spelled out: messages of strangers' code may have any character."""
    return NO_XML.sub(lambda found: ascii(found.group())[1:-1], said)
