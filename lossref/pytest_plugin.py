"""The conformance suite as pytest items: one a loss, property and format; a failure is the report of `lossref check`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from lossref import catalog, golden
from lossref.formats import FORMATS
from lossref.golden import SHIPPED_FORMATS
from lossref.judge import causes, live
from lossref.judge.asking import APART, CHANGED, Asked, ask, batch_of, batches
from lossref.judge.grades import meets
from lossref.judge.verdict import PARTS, has_answer, judge
from lossref.report import data, text
from lossref.targets import NotSupportedError, Target, TargetError, resolve

SUITE = "lossref.conformance"
LAWS = {
    "inputs_unchanged": "the arrays that a function is given are as they were after the call",
    "deterministic": "two calls with the same arrays return the same bits",
}
WORST = 5  # vectors that a report shows


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for."""

    target: Target
    level: str
    formats: tuple[str, ...]
    losses: tuple[str, ...]


KEY = pytest.StashKey[Wanted]()


def configure(config: pytest.Config) -> None:
    """Read the options; raises pytest.UsageError with a sentence."""
    name = config.getoption("lossref_target")
    if not name:
        raise pytest.UsageError(f"{SUITE} needs --lossref-target: module:attribute with your losses, or a library's name")
    formats = _listed(config, "lossref_format") or ("float64",)
    losses = _listed(config, "lossref_loss")
    for form in formats:
        if form not in SHIPPED_FORMATS:
            raise pytest.UsageError(f"--lossref-format must be of {', '.join(SHIPPED_FORMATS)}, and is {form!r}")
    for loss in losses:
        if loss not in catalog.names():
            raise pytest.UsageError(f"no loss is called {loss!r}; `lossref list` shows them all")
    try:
        target = resolve(name, losses[0] if len(losses) == 1 else None)
    except TargetError as error:
        raise pytest.UsageError(str(error)) from None
    for loss in losses:
        if loss in target.lacks:
            raise pytest.UsageError(f"{target.title} lacks {loss}: {target.lacks[loss]}")
    chosen = tuple(key for key in catalog.names() if key in target.implementations and key in (losses or catalog.names()))
    config.stash[KEY] = Wanted(target, config.getoption("lossref_level"), formats, chosen)


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
            parts = [part for part in PARTS if part in wanted.target.implementations[loss].parts]
            for form in wanted.formats:
                for of in (*parts, *(LAWS if parts else ())):
                    yield Conformance.from_parent(self, name=f"{loss}[{of}-{form}]", loss=loss, of=of, form=form)


class Conformance(pytest.Item):
    """One property of one loss in one format."""

    def __init__(self, *, loss: str, of: str, form: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.loss, self.of, self.form = loss, of, form

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, self.name

    def runtest(self) -> None:
        wanted = self.config.stash[KEY]
        examine = _broken_law if self.of in LAWS else _report
        if complaint := examine(wanted, self.loss, self.of, self.form):
            pytest.fail(complaint, pytrace=False)


def _report(wanted: Wanted, loss: str, part: str, form: str) -> str:
    """What `lossref check` prints of one part, or nothing where it conforms."""
    record, implementation = catalog.get(loss), wanted.target.implementations[loss]
    alone = replace(implementation, parts={part: implementation.parts[part]})
    verdict = judge(record, alone, golden.read(record, FORMATS[form]), FORMATS[form])
    if not verdict.broke and part not in verdict.parts:
        pytest.skip(f"no golden vector of {loss} has a {part}")
    if not verdict.broke and meets(verdict.parts[part].headline(), wanted.level):
        return ""
    report = data.run(wanted.target, [verdict], form, wanted.level, False, WORST) | {"lacks": {}}
    screen = Console(file=io.StringIO(), width=120, highlight=False, color_system=None)
    text.show_run(screen, report)
    assert isinstance(screen.file, io.StringIO)
    shown = screen.file.getvalue().strip()
    if verdict.broke:
        return shown
    outcomes = [o for o in verdict.parts[part].outcomes if o.vector.region not in APART and o.got is not None]
    failing = [c for o in outcomes for c in live.of_outcome(o, FORMATS[form]) if not meets(c.grade, wanted.level)]
    return "\n".join([shown, *(f"  cause   {sentence}" for sentence in causes.of_all(failing, record, FORMATS[form], 1))])


def _broken_law(wanted: Wanted, loss: str, law: str, form: str) -> str:
    """How a function breaks a law, or nothing."""
    record, implementation = catalog.get(loss), wanted.target.implementations[loss]
    vectors = [v for v in golden.read(record, FORMATS[form]) if v.region not in APART and implementation.accepts(v.arguments)]
    for part, function in implementation.parts.items():
        for batch in batches([v for v in vectors if has_answer(v, part)]):
            given = {name: batch_of([v.arguments[name] for v in batch], FORMATS[form]) for name in record.arguments}
            copies = [{name: x.copy() for name, x in given.items()} for _ in range(2)]
            try:
                answers = [ask(record, part, function, copy, batch[0].parameters, FORMATS[form], Asked()) for copy in copies]
            except NotSupportedError:
                continue
            complaint = next((answer for answer in answers if isinstance(answer, str)), "")
            if complaint and complaint.startswith(CHANGED) == (law == "inputs_unchanged"):
                return f"{loss} {part}: {complaint}: first at vector {batch[0].id}"
            if law == "deterministic" and not complaint and answers[0].tobytes() != answers[1].tobytes():
                place = next(i for i, (a, b) in enumerate(zip(*answers, strict=True)) if a.tobytes() != b.tobytes())
                got = " and ".join(str(answer[place].tolist()) for answer in answers)
                return f"{loss} {part} returns {got} for the same arrays: first at {dict(batch[place].arguments)}"
    return ""


def _listed(config: pytest.Config, option: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for given in config.getoption(option) or () for word in given.split(",") if word))
