"""The conformance suite as pytest items: one a loss, property and format; a failure is the report of `lossref check`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from lossref import catalog, golden
from lossref.catalog import DefinitionError
from lossref.exact import balls
from lossref.formats import FORMATS
from lossref.golden import SHIPPED_FORMATS, write
from lossref.implementations import resolve
from lossref.judge.ask import CHANGED, Asked, ask, asked_of, batches
from lossref.judge.measure import meets
from lossref.judge.verdict import Finding, has_answer, judge
from lossref.library import ImplementationError, Library, NotSupported
from lossref.report import finding, mismatch, screen
from lossref.spec import APART, PARTS, Loss, Vector

SUITE = "lossref.conformance"
LAWS = {
    "inputs_unchanged": "the arrays that a function is given are as they were after the call",
    "deterministic": "two calls with the same arrays return the same bits",
}
WORST = 5  # vectors that a report shows


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for."""

    library: Library
    level: str
    formats: tuple[str, ...]
    losses: tuple[Loss, ...]
    own: Loss | None = None

    def vectors(self, loss: Loss, form: str) -> list[Vector]:
        """The golden vectors of a loss; those of somebody's own are certified now."""
        return golden.read(loss, FORMATS[form]) if self.own is None else write.vectors(loss, FORMATS[form], proved=balls.INSTALLED)


KEY = pytest.StashKey[Wanted]()


def configure(config: pytest.Config) -> None:
    """Read the options; raises pytest.UsageError with a sentence."""
    name = config.getoption("lossref_implementation")
    if not name:
        raise pytest.UsageError(f"{SUITE} needs --lossref-implementation: module:attribute with your losses, or a library's name")
    formats = _listed(config, "lossref_format") or ("float64",)
    names = _listed(config, "lossref_loss")
    for form in formats:
        if form not in SHIPPED_FORMATS:
            raise pytest.UsageError(f"--lossref-format must be of {', '.join(SHIPPED_FORMATS)}, and is {form!r}")
    try:
        own = catalog.load(path) if (path := config.getoption("lossref_definition")) else None
        losses = (own,) if own else tuple(map(catalog.get, names))
        library = resolve(name, own or (names[0] if len(names) == 1 else None))
    except KeyError as error:
        raise pytest.UsageError(error.args[0]) from None
    except (ImplementationError, DefinitionError) as error:
        raise pytest.UsageError(str(error)) from None
    for loss in losses:
        if loss.name not in library.implementations:
            raise pytest.UsageError(f"{library.title} lacks {loss.name}: {library.lacks.get(loss.name, 'not there')}")
    chosen = losses or tuple(catalog.get(key) for key in catalog.names() if key in library.implementations)
    config.stash[KEY] = Wanted(library, config.getoption("lossref_level"), formats, chosen, own)


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
        examine = _broken_law if self.of in LAWS else _report
        if complaint := examine(wanted, self.loss, self.of, self.form):
            pytest.fail(complaint, pytrace=False)


def _report(wanted: Wanted, loss: Loss, part: str, form: str) -> str:
    """What `lossref check` prints of one part, or nothing where it conforms."""
    implementation = wanted.library.implementations[loss.name]
    alone = replace(implementation, parts={part: implementation.parts[part]})
    verdict = judge(loss, alone, wanted.vectors(loss, form), FORMATS[form])
    if not verdict.broke and part not in verdict.parts:
        pytest.skip(f"no golden vector of {loss.name} has a {part}")
    if not verdict.broke and meets(verdict.parts[part].headline(), wanted.level):
        return ""
    report = finding.run(wanted.library, [verdict], form, wanted.level, False, WORST) | {"lacks": {}}
    console = Console(file=io.StringIO(), width=120, highlight=False, color_system=None)
    screen.show_run(console, report)
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue().strip()
    if verdict.broke:
        return shown
    outcomes = [o for o in verdict.parts[part].outcomes if o.vector.region not in APART and o.got is not None]
    failing = [f for o in outcomes for f in (Finding(o, i) for i in range(len(o.errors))) if not meets(f.grade, wanted.level)]
    return "\n".join([shown, *(f"  cause   {sentence}" for sentence in mismatch.common(failing, loss, FORMATS[form], 1))])


def _broken_law(wanted: Wanted, loss: Loss, law: str, form: str) -> str:
    """How a function breaks a law, or nothing."""
    implementation = wanted.library.implementations[loss.name]
    vectors = [v for v in wanted.vectors(loss, form) if v.region not in APART and not implementation.takes(v.question)]
    for part, function in implementation.parts.items():
        for batch in batches([v for v in vectors if has_answer(v, part)]):
            try:
                answers = [ask(loss, part, function, *asked_of(batch, FORMATS[form]), FORMATS[form], Asked()) for _ in range(2)]
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


def _listed(config: pytest.Config, option: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for given in config.getoption(option) or () for word in given.split(",") if word))
