"""The conformance suite as pytest items: one a loss, property and format; a failure is the report of `lossref check`.

A loss is judged once, whole, as on the command line; its items tell of its parts. What is waived is an expected failure.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from lossref import catalog
from lossref.catalog import DefinitionError
from lossref.conventions import declaring
from lossref.conventions.formula import ConventionError
from lossref.formats import FORMATS, JUDGED
from lossref.golden import GoldenError
from lossref.golden.source import GOLDEN, OptionError, Source, of_options, sizes_typed, wide
from lossref.implementations import recorded, resolve
from lossref.implementations.recorded import Recording
from lossref.implementations.resolve import format_of
from lossref.judge import baseline, waivers
from lossref.judge.ask import CHANGED, Asked, ask, asked_of, batches
from lossref.judge.measure import meets
from lossref.judge.outcome import Finding, has_answer
from lossref.judge.peer import judged_beside
from lossref.judge.verdict import Verdict
from lossref.judge.waivers import Waiver, WaiverError
from lossref.library import ImplementationError, Library, NotSupported
from lossref.report import finding, mismatch, screen, text
from lossref.spec import APART, PARTS, Loss, Vector
from lossref.strictjson import JsonError

SUITE = "lossref.conformance"
LAWS = {
    "inputs_unchanged": "the arrays that a function is given are as they were after the call",
    "deterministic": "two calls with the same arrays return the same bits",
}
WORST = 5  # vectors that a report shows
Errors = (ImplementationError, DefinitionError, ConventionError, WaiverError, GoldenError, JsonError, OptionError)


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for, and what was found out of it."""

    library: Library
    level: str
    formats: tuple[str, ...]
    losses: tuple[Loss, ...]
    own: Loss | None = None
    strict: bool = False
    complete: bool = False
    strict_declarations: bool = False
    same_bits: bool = False
    waivers: Sequence[Waiver] = ()
    baseline: str = ""
    older: Recording | None = None  # what the baseline holds
    source: Source = GOLDEN
    known: dict[Any, Any] = field(default_factory=dict)

    def vectors(self, loss: Loss, form: str) -> list[Vector]:
        """The vectors of a loss, read or certified once."""
        found: list[Vector] = self._once(f"{loss.name} vectors", form, lambda: self.source.within(form).vectors(loss, FORMATS[form]))
        return found

    def verdict(self, loss: Loss, form: str) -> Verdict:
        """The verdict on a loss, less what is waived; WaiverError where a waiver of it waives nothing."""

        def judged() -> Verdict:
            implementation = self.library.implementations[loss.name]
            found = judged_beside(loss, implementation, self.vectors(loss, form), FORMATS[form])
            return waivers.apply(self.waivers, [found], form, self.level, self.strict, [loss.name])[0]

        found: Verdict = self._once(loss.name, form, judged)
        return found

    def before(self, loss: Loss, form: str) -> list[Verdict]:
        """The verdict on what the baseline holds of a loss."""

        def judged() -> Verdict | None:
            assert self.older is not None
            older = self.older.library(self.own)
            there = loss.name in older.implementations
            return self.older.judged(older, loss, self.library, self.vectors(loss, form), form) if there else None

        found = self._once(f"{loss.name} before", form, judged)
        return [found] if found else []

    def is_composed(self, loss: Loss) -> bool:
        """Whether a loss is no part of the library's verdict."""
        implementations = self.library.implementations
        return bool(implementations[loss.name].composed) and not all(implementations[other.name].composed for other in self.losses)

    def _once(self, what: str, form: str, function: Callable[[], Any]) -> Any:
        if (what, form) not in self.known:
            self.known[what, form] = function()
        return self.known[what, form]


KEY = pytest.StashKey[Wanted]()


def configure(config: pytest.Config) -> None:
    """Read the options; raises pytest.UsageError with a sentence."""
    try:
        config.stash[KEY] = _wanted(config)
    except KeyError as error:
        raise pytest.UsageError(error.args[0]) from None
    except Errors as error:
        raise pytest.UsageError(str(error)) from None


def _wanted(config: pytest.Config) -> Wanted:
    def option(name: str) -> Any:
        return config.getoption(f"lossref_{name}")

    name = option("implementation")
    if not name:
        raise pytest.UsageError(f"{SUITE} needs --lossref-implementation: module:attribute with your losses, or a library's name")
    framework = name.partition(":")[0]
    names = [catalog.named(said, framework) for said in _listed(option("loss"))]
    own = catalog.load(option("definition")) if option("definition") else None
    library = resolve(name, own or (names[0] if len(names) == 1 else None), option("device"))
    losses = (own,) if own else tuple(map(catalog.get, names))
    for loss in losses:
        if loss.name not in library.implementations:
            raise pytest.UsageError(f"{library.title} lacks {loss.name}: {library.lacks.get(loss.name, 'not there')}")
    judged = losses or tuple(catalog.get(key) for key in catalog.names() if key in library.implementations)
    library = declaring.limited(library, option("limit"), [loss.name for loss in losses], own)
    library = declaring.declaring(library, option("convention"), [loss.name for loss in losses], option("as_mathematics"))
    if not option("accept_conventions"):
        library = declaring.accepted(library, [loss.name for loss in losses], "--lossref-accept-conventions")
    there = library.formats or JUDGED
    stored = option("stored")
    formats = _listed(option("format")) or (format_of("float32" if stored else None, library),)
    for form in formats:
        if form not in there:
            raise pytest.UsageError(f"--lossref-format must be of {', '.join(there)}, and is {form!r}")
    try:
        waived = waivers.read(Path(option("waivers")), waivers.day(option("today"))) if option("waivers") else []
    except ValueError as error:
        raise pytest.UsageError(f"--lossref-today {error}") from None
    if not losses:  # whoever asks for all is told what waits for a loss that is not there
        absent = [key for key in catalog.names() if key not in library.implementations]
        for form in formats if absent else ():
            waivers.apply(waived, [], form, option("level"), option("strict"), absent)
    older = recorded.read([Path(option("baseline"))]) if option("baseline") else None
    shortest = min(formats, key=lambda form: FORMATS[form].width) if stored else None
    source = of_options(option("fresh"), option("count"), sizes_typed(option("sizes")), shortest, stored)
    judged = tuple(wide(judged, source, bool(losses)))
    if not source.is_golden and waived:
        raise pytest.UsageError(f"waivers name golden vectors, and {source.title} are none: leave out --lossref-waivers")
    if older and older.source.facts != source.facts:
        asked = f"{older.source.title}, and this run {source.title}"
        raise pytest.UsageError(f"{option('baseline')} was asked {asked}: record it with the same")
    flags = {flag: option(flag) for flag in ("level", "strict", "complete", "strict_declarations", "same_bits")}
    flags |= {"baseline": option("baseline") or "", "older": older, "source": source}
    return Wanted(library, formats=formats, losses=judged, own=own, waivers=waived, **flags)


def suite(path: Path, parent: Any) -> Suite:
    return Suite.from_parent(parent, path=path, name=SUITE, nodeid=SUITE)


class Suite(pytest.File):
    """The file lossref/conformance.py, under the name that --pyargs knows it by."""

    def collect(self) -> Iterator[pytest.Item]:
        if KEY not in self.config.stash:
            try:
                configure(self.config)
            except pytest.UsageError as error:
                raise self.CollectError(str(error)) from None
        wanted = self.config.stash[KEY]
        for loss in wanted.losses:
            parts = [part for part in PARTS if part in wanted.library.implementations[loss.name].parts]
            for form in wanted.formats:
                for of in (*parts, *(LAWS if parts else ())):
                    yield Conformance.from_parent(self, name=f"{loss.name}[{of}-{form}]", loss=loss, of=of, form=form)


class Conformance(pytest.Item):
    """One property of one loss in one format."""

    def __init__(self, *, loss: Loss, of: str, form: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.loss, self.of, self.form = loss, of, form

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, self.name

    def runtest(self) -> None:
        wanted = self.config.stash[KEY]
        try:
            complaint = _broken_law(wanted, self.loss, self.of, self.form) if self.of in LAWS else self._part(wanted)
        except Errors as error:
            complaint = str(error)
        if complaint:
            pytest.fail(complaint, pytrace=False)

    def _part(self, wanted: Wanted) -> str:
        """What is wrong with a part, or nothing; what is waived, or no part of the verdict, is expected to fail."""
        verdict = wanted.verdict(self.loss, self.form)
        if verdict.absent and len(wanted.losses) > 1:
            pytest.skip(verdict.absent)
        if not verdict.broke and self.of not in verdict.parts:
            pytest.skip(f"no golden vector of {self.loss.name} has a {self.of}")
        alone = _alone(verdict, self.of)
        if wanted.older is not None:
            return _worse(wanted, self.loss, alone, self.form)
        report = finding.run(
            wanted.library, [alone], self.form, wanted.level, wanted.strict, WORST, wanted.complete, wanted.strict_declarations,
            wanted.same_bits, wanted.source.within(self.form),
        ) | {"lacks": {}}  # fmt: skip
        if not report["conforms"] and not wanted.is_composed(self.loss):
            return _shown(report, alone, self.loss)
        (entry,) = report["losses"]
        reasons = [finding.waived(one) for part in entry["parts"].values() for one in part["waived"]]
        if not report["conforms"]:
            reasons.insert(0, f"composed by us of pieces that the library ships, and no part of its verdict: {entry['composed']}")
        if reasons:
            pytest.xfail("; ".join(reasons))
        return ""


def _alone(verdict: Verdict, part: str) -> Verdict:
    """One part of a verdict."""
    parts, mathematics = ({part: found[part]} if part in found else {} for found in (verdict.parts, verdict.mathematics))
    emptied = tuple(region for region in verdict.emptied if region.startswith(f"{part} "))
    varied = tuple(sentence for sentence in verdict.varied if sentence.startswith(f"{part}:"))
    return replace(verdict, parts=parts, mathematics=mathematics, emptied=emptied, varied=varied)


def _shown(report: dict[str, Any], verdict: Verdict, loss: Loss) -> str:
    """What `lossref check` prints of one part."""
    console = _console()
    screen.show_run(console, report)
    shown = _printed(console)
    outcomes = [o for found in verdict.parts.values() for o in found.outcomes if o.vector.region not in APART and o.got is not None]
    failing = [f for o in outcomes for f in (Finding(o, i) for i in range(len(o.errors))) if not meets(f.grade, report["level"])]
    causes = mismatch.common(failing, loss, FORMATS[report["format"]], 1) if failing else []
    return "\n".join([shown, *(f"  cause   {sentence}" for sentence in causes)])


def _worse(wanted: Wanted, loss: Loss, verdict: Verdict, form: str) -> str:
    """What `lossref check --baseline` prints of one part that got worse, or nothing."""
    (part,) = verdict.parts or ("",)
    compared = baseline.compare([_alone(before, part) if part else before for before in wanted.before(loss, form)], [verdict])
    if not (compared.compared or compared.gone):
        pytest.skip(f"{wanted.baseline} has no answer of the {part} of {loss.name} in {form}")
    if not (compared.worse or compared.gone):
        return ""
    console = _console()
    text.show_comparison(console, finding.comparison(wanted.library, compared, wanted.baseline, form), WORST)
    return _printed(console)


def _console() -> Console:
    return Console(file=io.StringIO(), width=120, highlight=False, color_system=None)


def _printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().strip()


def _broken_law(wanted: Wanted, loss: Loss, law: str, form: str) -> str:
    """How a function breaks a law, or nothing."""
    implementation = wanted.library.implementations[loss.name]
    vectors = [v for v in wanted.vectors(loss, form) if v.region not in APART and not implementation.takes(v.question)]
    for part, function in implementation.parts.items():
        for batch in batches([v for v in vectors if has_answer(v, part)]):
            try:
                answers = [ask(loss, part, function, *asked_of(batch), FORMATS[form], Asked()) for _ in range(2)]
            except NotSupported:
                continue
            complaint = next((answer for answer in answers if isinstance(answer, str)), "")
            if complaint and complaint.startswith(CHANGED) == (law == "inputs_unchanged"):
                return f"{loss.name} {part}: {complaint}: first at vector {batch[0].id}"
            first, second = answers
            if law == "deterministic" and not (isinstance(first, str) or isinstance(second, str)):
                for a, b in zip(first, second, strict=True):
                    if a.tobytes() != b.tobytes():
                        place = next(i for i, (x, y) in enumerate(zip(np.ravel(a), np.ravel(b), strict=True)) if x.tobytes() != y.tobytes())
                        got = f"{np.ravel(a)[place].item()!r} and {np.ravel(b)[place].item()!r}"
                        return f"{loss.name} {part} returns {got} for the same arrays: first at vector {batch[0].id}"
    return ""


def _listed(given: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for said in given or () for word in said.split(",") if word))
