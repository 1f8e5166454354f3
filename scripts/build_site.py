"""Make the site: a page a loss, a library, a piece of folklore and a fault; guides, reference, API. Warnings and broken links are errors.

    python scripts/build_site.py [--to build/site] [--sources FOLDER]      # needs pip install -e '.[site]'

Sphinx makes the pages of Markdown. What is written by hand lies in docs/; the rest is made here of the catalogue, the committed reports
and the mutants' folklore, each number where it is known already.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from library_reports import faults

from lossref import catalog, census
from lossref.judge.measure import LEVELS
from lossref.mutants import folklore
from lossref.mutants.judging import LENIENT, Finding, examine
from lossref.mutants.record import TEXTS, Mutant
from lossref.report import folklore as facts_of
from lossref.report import mathml, page, picture
from lossref.report.finding import profile
from lossref.report.text import joined
from lossref.spec import PARTS, Loss

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = {"glossary": "GLOSSARY.md", "changes": "CHANGES.md", "contributing": "CONTRIBUTING.md"}
CHINESE, PUNCTUATION = "\\u4e00-\\u9fff", "\\u3000-\\u303f\\uff00-\\uffef\\u201c\\u201d"
BROKEN = re.compile(rf"(?<=[{CHINESE}])\n *(?=[{CHINESE}{PUNCTUATION}])|(?<=[{PUNCTUATION}])\n *(?=[\w{PUNCTUATION}])")
VERSION = re.compile(r"(?<=\n\n)(.*), (float\d+)\.(?= Needs: )")  # the first line of a fault's page
ARGUMENT = re.compile(r"\S+  +\S|  +\S")  # of a docstring: a name and what it is, or more of that
LINK = re.compile(r"\]\(([^):#]+)\.md")  # to another page
MARKUP = re.compile(r"([*_<\[\]|\\])")
MINUS = re.compile(r"(?<!\S)-(?=[\w(])")  # of a number, from which no line parts it
SIGN = re.compile(r"(?<=\S) ([-+*/=]) (?=\S)")
WRONG = "This is wrong: "  # says each page of folklore, whose title is what texts say
API = ("value", "gradient", "hessian", "value_and_gradient", "oracle", "check", "sweep")
Report = Mapping[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, default=ROOT / "build" / "site", metavar="FOLDER", help="where the site is put (build/site)")
    parser.add_argument("--sources", type=Path, metavar="FOLDER", help="keep the pages' sources there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as beside:
        sources = given.sources or Path(beside) / "sources"
        write_sources(sources)
        made = Path(beside) / "site"
        command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", sources, made]
        if subprocess.run(command, check=False).returncode:
            sys.exit("the site was not made: what is wrong stands above")
        shutil.rmtree(given.to, ignore_errors=True)
        shutil.copytree(made, given.to, ignore=shutil.ignore_patterns(".doctrees", ".buildinfo"))
    print(given.to)


def write_sources(folder: Path) -> None:
    """Every page as Markdown, the configuration, and the pictures that are files."""
    for name, text in pages(committed(), folklore()).items():
        path = folder / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_set(text, name.endswith("-zh")) if name.startswith("lessons/") else text, encoding="utf-8")
    shutil.copy(ROOT / "docs" / "site" / "conf.py", folder)
    shutil.copytree(ROOT / "docs" / "site" / "static", folder / "static", dirs_exist_ok=True)
    for kind, place in (("reference", "docs"), ("lessons", "docs/lessons")):
        for drawing in (ROOT / place).glob("*.svg"):
            shutil.copy(drawing, folder / kind / drawing.name)


def committed() -> list[Report]:
    """The reports in the order of the libraries' names."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "reports").glob("*.json"))]


def pages(reports: Iterable[Report], records: Iterable[Mutant]) -> dict[str, str]:
    """The Markdown of each page by its name: those of reports and of folklore for what is given, all others."""
    found = {f"losses/{name}": loss_page(catalog.get(name), reports) for name in catalog.names()}
    found |= {f"libraries/{_slug(report['library'])}": library_page(report) for report in reports}
    found |= {f"folklore/{record.id}": folklore_page(examine(record)) for record in records}
    places = written()
    for name, source in places.items():
        text = linked(source.read_text(encoding="utf-8"), source, name, places)
        found[name] = VERSION.sub(r"A fault of \1, in \2, ready to be reported.", text, count=1)
    found["reference/api"] = api_page()
    found["index"] = (ROOT / "docs" / "site" / "index.md").read_text(encoding="utf-8")
    for kind, words in json.loads((ROOT / "docs" / "site" / "sections.json").read_text(encoding="utf-8")).items():
        inside = [name.removeprefix(f"{kind}/") for name in found if name.startswith(f"{kind}/")]
        if order := words.get("order"):
            inside.sort(key=order.index)
        found[f"{kind}/index"] = section_page(words, inside, found, kind)
    return found


def written() -> dict[str, Path]:
    """The pages that are written by hand, and where they lie."""
    places = {f"reference/{name}": ROOT / source for name, source in REFERENCE.items()}
    for kind, folder in (("reference", "docs"), ("guides", "docs/guides"), ("lessons", "docs/lessons"), ("upstream", "reports/upstream")):
        found = sorted((ROOT / folder).glob("*.md"))
        places |= {f"{kind}/{path.stem}": path for path in found if path.stem != "README"}
    return places


def linked(text: str, source: Path, name: str, places: Mapping[str, Path]) -> str:
    """The text of a page, with its links between files, which GitHub follows, as links between pages of the site."""
    pages = {path: page for page, path in places.items()}

    def to_page(link: re.Match[str]) -> str:
        target = (source.parent / f"{link[1]}.md").resolve()
        if target not in pages:
            raise ValueError(f"{source} links {link[1]}.md, which is no page of the site")
        return f"]({os.path.relpath(pages[target], Path(name).parent)}.md"

    return LINK.sub(to_page, text)


def section_page(words: Mapping[str, str], inside: Iterable[str], found: Mapping[str, str], kind: str) -> str:
    """The list of a section's pages, with the first sentence of each."""
    lines = [f"# {words['title']}", "", words["sentence"], "", "```{toctree}", ":hidden:", ":maxdepth: 1", "", *inside, "```", ""]
    family = ""
    for name in inside:
        title, sentence = _opening(found[f"{kind}/{name}"])
        if kind == "losses" and family != (family := catalog.get(name).family):
            lines += ["", f"## {_sentence(family.replace('_', ' '))}", ""]
        lines.append(f"- [{title}]({name}.md){': ' + sentence.removeprefix(WRONG) if sentence and sentence != title else ''}")
    return "\n".join(lines) + "\n"


def loss_page(loss: Loss, reports: Iterable[Report]) -> str:
    """One loss: what it is, its formula and arguments, how libraries do, where it is hard, and a stable form."""
    sentence, formulas, conventions = mathml.parts(loss.documentation)
    lines = [f"# {loss.name}", "", sentence, "", mathml.block(formulas), "", *_conventions(conventions), "## Arguments", ""]
    lines += [f"- `{name}`: {space.description}" for name, space in loss.arguments.items()]
    lines += [f"- `{name}`: {of.space.description}, {of.default} by default" for name, of in loss.parameters.items()]
    rows = [(report, row) for report in reports for row in report["formats"].get("float64", []) if row["loss"] == loss.name]
    if rows:
        lines += ["", "## What libraries get right", ""]
        lines += ["[Grades](../reference/grades.md) of value/gradient/Hessian in float64, as each library documents the loss.", ""]
        lines += ["| library | grades | by the formula | answers lost |", "| --- | --- | --- | ---: |"]
        for report, row in rows:
            lines.append(f"| {_to_library(report)} | {_grades(row, 'grade')} | {_grades(row, 'mathematics')} | {_lost(row)} |")
        lines += ["", *_pictures(rows), *_worst(rows)]
    if loss.hard:
        lines += ["", "## Where it is hard", "", *(f"- {hard.reason}" for hard in loss.hard)]
    if names := census.elsewhere(loss.name):
        lines += ["", "## Its names elsewhere", "", *(f"- {library}: {name}" for library, name in names.items())]
    if loss.value:
        code = "\n\n".join(page.source(getattr(loss, part)) for part in PARTS if getattr(loss, part))
        lines += ["", "## A stable form, in NumPy", "", *_fenced(code, "python")]
    judged = "torch" if any(report["library"].startswith("torch ") for report, _ in rows) else "lossref"
    lines += ["", f"    lossref show {loss.name}", f"    lossref check {judged} --loss {loss.name}"]
    return "\n".join(lines) + "\n"


def _conventions(text: str) -> Iterator[str]:
    """The arguments in columns, as a docstring has them, and what else it says as a paragraph."""
    lines = text.splitlines()
    columns = [line for line in lines if ARGUMENT.match(line)]
    yield from _fenced("\n".join(columns), "text")
    prose = MINUS.sub("-\u2060", " ".join(line for line in lines if line not in columns)).split("`")
    yield from ("`".join(MARKUP.sub(r"\\\1", words) if k % 2 == 0 else words for k, words in enumerate(prose)), "")


def _pictures(rows: Iterable[tuple[Report, Report]]) -> Iterator[str]:
    """Of each part the errors of the libraries along the inputs, as far as their reports have them."""
    drawn = {part: {report["library"]: row["parts"].get(part, {}).get("profile") for report, row in rows} for part in PARTS}
    drawn = {part: {library: profile for library, profile in found.items() if profile} for part, found in drawn.items()}
    for part, found in drawn.items():
        if found:
            name = "Hessian" if part == "hessian" else part
            yield from (f"### Error of the {name} along the inputs", "", picture.html(picture.of([*found.items()])), "")
    yield from (picture.CAPTION, "") if any(drawn.values()) else ()


def _worst(rows: Iterable[tuple[Report, Report]]) -> Iterator[str]:
    """Of each library the worst part that has a line to show it."""
    title = ["## Lines that show it", "", "Of each library the worst, with a line that needs nothing of lossref.", ""]
    for report, row in rows:
        shown = {part: found for part, found in row["parts"].items() if found["finding"]}
        worst = sorted(shown, key=lambda part: -LEVELS.index(shown[part]["grade"]))[:1]
        for words, line in faults({"formats": {"float64": [{**row, "parts": {part: shown[part] for part in worst}}]}}):
            yield from (*title, f"{report['library']}: {words}", "", *_fenced(_statements(line), "python"))
            title = []


def library_page(report: Report) -> str:
    """One library: its grades, and the lines that show each fault."""
    lines = [f"# {report['library']}", "", f"What {report['library']} gets right of the losses that it has, by the committed report.", ""]
    lines += [f"Made on {report['platform']}; golden set {report['golden']['version']}.", ""]
    lines += ["[Grades](../reference/grades.md) of value/gradient/Hessian, as the library documents each loss.", ""]
    for form, rows in report["formats"].items():
        lines += [f"## {form}", "", "| loss | grades | by the formula | answers lost |", "| --- | --- | --- | ---: |"]
        for row in rows:
            name = f"[{row['loss'].replace('_', '_<wbr>')}](../losses/{row['loss']}.md){' (composed)' if row['composed'] else ''}"
            lines.append(f"| {name} | {_grades(row, 'grade')} | {_grades(row, 'mathematics')} | {_lost(row)} |")
        lines.append("")
    lines += ["## Lines that show it", ""]
    for words, line in faults(report):
        lines += [words, "", *_fenced(_statements(line), "python")]
    return "\n".join(lines) + "\n"


def folklore_page(found: Finding) -> str:
    """One wrong formula: what is wrong, its error as a picture, the smallest counterexample, what would have passed it."""
    record, facts = found.record, facts_of.facts(found)
    lines = [f"# {_sentence(record.claim)}", "", f"{WRONG}{record.why}", "", *_fenced(facts_of.code(record), "python")]
    inputs = ", ".join(f"{name} = {_plain(x)}" for name, x in facts["inputs"].items())
    got, exact = _plain(facts["got"]), _plain(facts["exact_digits"])
    lines += ["## The smallest counterexample", "", f"At {inputs} it gives {got}; the right answer is {exact}, correctly rounded.", ""]
    lines += ["The right call:", "", *_fenced(record.right_call, "python")]
    if found.verdict and not found.verdict.broke:
        points = profile(found.verdict.parts[record.part].outcomes)
        lines += [f"## Its error along the inputs: grade {found.grade}", "", picture.html(picture.of([(record.id, points)])), ""]
        lines += [picture.CAPTION, ""]
    lines += ["## Whether usual comparisons notice it", "", *_passing(found), "", f"The loss: [{record.loss}](../losses/{record.loss}.md)."]
    if record.sources:
        lines += ["", "## Where it is from", "", "It is printed in" if record.printed else "It is not printed, but invited, in", ""]
        lines += [f"- {_text(place)}" for place in record.sources]
    return "\n".join(lines) + "\n"


def _text(place: str) -> str:
    """A row of a text, such as S3-06, in words."""
    text, _, row = place.partition("-")
    return f"{TEXTS[text]} (row {row})"


def _passing(found: Finding) -> Iterator[str]:
    for name, (relative, absolute) in LENIENT.items():
        verdict = "does not notice" if found.passes(name) else "notices"
        yield f"- {name} with tolerances {relative:g} relative, {absolute:g} absolute: {verdict}"


def api_page() -> str:
    """The functions that users call, from their docstrings."""
    lines = ["# Python functions", "", "What `import lossref` offers, from the docstrings.", ""]
    for name in API:
        lines += ["```{eval-rst}", f".. autofunction:: lossref.{name}", "```", ""]
    return "\n".join(lines)


def _opening(text: str) -> tuple[str, str]:
    """A page's title and its first sentence."""
    title, purpose, *_ = re.split(r"\n\s*\n", text, maxsplit=2)
    return title.removeprefix("# "), re.split(r"(?<=\.) |(?<=。)", " ".join(purpose.split()), maxsplit=1)[0]


def _set(text: str, is_chinese: bool) -> str:
    """A lesson whose formulas are not broken at their signs; in Chinese no space stands where a line of the source ends."""
    joined_lines = BROKEN.sub("", text) if is_chinese else text
    return "\n".join(line if line.startswith("    ") else SIGN.sub("\u00a0\\1\u00a0", line) for line in joined_lines.split("\n"))


def _statements(line: str) -> str:
    """A statement a line, which a phone shows more of."""
    return "\n".join(filter(None, (ast.get_source_segment(line, node) for node in ast.parse(line).body)))


def _sentence(words: str) -> str:
    """A claim or a reason as a sentence begins; the letters of a formula stay as they are."""
    first = words.split()[0]
    return (words[0].upper() if len(first) > 1 and first.replace("-", "").isalpha() else words[0]) + words[1:].rstrip(".")


def _plain(x: Any) -> str:
    """Numbers, some of which are texts, in lists or alone."""
    return f"[{', '.join(map(_plain, x))}]" if isinstance(x, list) else str(x)


def _fenced(text: str, language: str) -> list[str]:
    return [f"```{language}", text, "```", ""] if text else []


def _grades(row: Report, key: str) -> str:
    return joined(row["parts"], key) if row["parts"] else "broke"


def _lost(row: Report) -> str:
    return str(sum(part["lost"] for part in row["parts"].values()) or "")


def _to_library(report: Report) -> str:
    return f"[{report['library']}](../libraries/{_slug(report['library'])}.md)"


def _slug(title: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in title.lower()).strip("-")


if __name__ == "__main__":
    main()
