"""Where the vectors that a check judges by come from: golden files, or questions that are drawn and certified now."""

from __future__ import annotations

import hashlib
import math
import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import Any

from lossref import catalog, floating, questions, widths
from lossref.arrays import shown
from lossref.exact import balls
from lossref.formats import FORMATS, JUDGED, Format
from lossref.golden import write
from lossref.golden.read import SHIPPED_FORMATS, GoldenError, find, read
from lossref.golden.workers import in_processes, may_spawn
from lossref.spec import Loss, Question, Vector
from lossref.values import flat

SEED = "0"  # of a format that the golden set has not, where nobody gave one
COUNT = 100  # fresh questions of a loss: all of some thirty losses take a few seconds on two processors
LONGEST_SEED = 200  # characters
FEW, SEVERAL = 12, 32  # numbers of a question, where a loss takes several vectors, or has kinks


@dataclass(frozen=True)
class Source:
    """The golden vectors; with a `seed` questions drawn anew, about `count` a loss; with `sizes` wide rows of these lengths; with
    `calls` whole calls alone.

    `stored` is a format that is shorter than that of the answers: questions are drawn in it, and arrays given in it.

    The vectors of a loss of somebody's own are certified now, whatever their source. The same seed gives the same questions on
    every machine; without one wide rows are those of the seed "".
    """

    seed: str | None = None
    count: int | None = COUNT  # None for all
    sizes: tuple[int, ...] = ()
    calls: bool = False
    stored: str = ""

    @property
    def is_golden(self) -> bool:
        return self.seed is None and not self.sizes

    @property
    def words(self) -> str:
        """The options of a command that say so; nothing of the golden vectors."""
        sizes = [f"--sizes={','.join(map(str, self.sizes))}"] if self.sizes else []
        stored = [f"--stored={self.stored}"] if self.stored else []
        return shlex.join([*([f"--fresh={self.seed}"] if self.seed is not None else []), *sizes, *stored])

    @property
    def title(self) -> str:
        """What is asked, in words."""
        stored = f", inputs in {self.stored}" if self.stored else ""
        if self.sizes:
            seed = f", seed {self.seed!r}" if self.seed is not None else ""
            return f"wide rows of {', '.join(f'{size:,}' for size in self.sizes)} numbers{seed}{stored}"
        return "the golden vectors" if self.seed is None else f"fresh questions, seed {self.seed!r}, about {self.count} a loss{stored}"

    @property
    def facts(self) -> dict[str, Any] | None:
        """The same as data for a report; None of the golden vectors."""
        if self.is_golden:
            return None
        return {"seed": self.seed, "count": None if self.sizes else self.count, "sizes": list(self.sizes)} | (
            {"stored": self.stored} if self.stored else {}
        )

    def within(self, form: str | None) -> Source:
        """The source for a format: fresh questions where the golden set has not the format."""
        return of_options(form=form) if self.is_golden else self

    def questions(self, loss: Loss, form: Format) -> list[Question]:
        """What is asked of a loss, each question with its reason, and with the options that draw it again."""
        if self.is_golden:
            return [questions.explained(loss, q) for q in questions.generate(loss, form) if q.is_call or not self.calls]
        answered, form = form, FORMATS[self.stored or form.name]
        if self.sizes:
            asked = list(widths.generate(loss, form, f"fresh/{_digest(self.seed or '')}", self.sizes))
        else:
            seed = _digest(self.seed or "")
            asked = [q for q in questions.generate(loss, form, f"fresh/{seed}") if q.is_call or not self.calls]
            most = _most(loss, form, asked)
            asked = [q for q in asked if (q.is_call and form.width > 8) or _numbers(loss, q) <= most]
            asked = asked if self.count is None else _chosen(asked, self.count, seed)
        shown = (questions.explained(loss, question) for question in asked)
        return [replace(question, format=answered.name, stored=self.stored, drawn=self.words) for question in shown]

    def vectors(self, loss: Loss, form: Format, progress: write.Progress | None = None) -> list[Vector]:
        """The vectors of a loss; DefinitionError is raised where no point of a loss of somebody's own has an answer."""
        is_own = catalog.is_own(loss)
        if self.is_golden and not is_own:
            return [v for v in read(loss, form) if v.question.is_call or not self.calls]
        if not (is_own or balls.INSTALLED):
            raise GoldenError(f"fresh questions are certified: {balls.MISSING}")
        if not self.is_golden:
            write.check_processor()
        with catalog.sentences(catalog.file_of(loss)) if is_own else nullcontext():
            found = write.answered(loss, self.questions(loss, form), form, progress=progress)
            if self.stored:  # what answers in the format of its inputs is judged in it
                found += replace(self, stored="").vectors(loss, FORMATS[self.stored])
        if self.sizes:  # value and gradient: a library differentiates once more for each number of a Hessian's diagonal
            found = [replace(vector, answer=replace(vector.answer, hessian={})) for vector in found]
        if is_own and not (found or self.sizes or self.calls):
            raise catalog.DefinitionError(f"{catalog.file_of(loss)}: no point of its arguments has an answer that settles")
        return found

    def find(self, identifier: str, losses: Sequence[Loss] = (), form: str = "float64") -> Vector:
        """The vector of these losses, or of the catalogue, whose id starts so; GoldenError if none or several do. All are drawn for it,
        in the formats of the golden set, or in the one that it has not.
        """
        if self.is_golden:
            return find(identifier)
        whole = replace(self, count=None, calls=False)
        known = {loss.name: loss for loss in losses or map(catalog.get, catalog.names())}
        forms = [(whole, name) for name in (SHIPPED_FORMATS if form in SHIPPED_FORMATS else (form,))]
        forms += [(replace(whole, stored=""), self.stored)] if self.stored else []
        drawn = (q for loss in known.values() for of, name in forms for q in of.questions(loss, FORMATS[name]))
        found = [question for question in drawn if question.id.startswith(identifier.lower())] if identifier else []
        if len(found) != 1:
            problem = "no question has an id that starts with" if not found else f"{len(found)} questions have ids that start with"
            raise GoldenError(f"{problem} {identifier!r} among those of {self.words}")
        (vector,) = write.answered(known[found[0].loss], found, found[0].form)
        return vector


GOLDEN = Source()


class OptionError(ValueError):
    """An option of a source that says nothing: a sentence that begins with its name."""


def of_options(fresh: object = None, count: object = None, sizes: object = (), form: str | None = None, stored: object = "") -> Source:
    """The source that options name, for a format if there is one; OptionError for what they cannot be."""
    shorter = [name for name in JUDGED if form is None or FORMATS[name].width < FORMATS[form].width]
    if stored and stored not in shorter:
        raise OptionError(f"stored must be a format shorter than {form}, {', '.join(shorter)}, and is {shown(stored)}")
    if fresh is None and not sizes and (stored or form not in (None, *SHIPPED_FORMATS)):
        fresh = SEED
    if count is not None and (fresh is None or sizes):
        raise OptionError("count says how many questions --fresh draws, and nothing else: leave it out")
    if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 1):
        raise OptionError(f"count must be a whole number of at least 1, and is {shown(count)}")
    if not isinstance(sizes, Sequence) or isinstance(sizes, str) or not all(map(_is_size, sizes)):
        raise OptionError(f"sizes must be whole numbers of {widths.LEAST} to {widths.MOST}, and are {shown(sizes)}")
    seed = None if fresh is None else _seed(fresh)
    return Source(seed, COUNT if count is None else count, tuple(dict.fromkeys(sizes)), stored=str(stored or ""))


def of_facts(facts: Mapping[str, Any] | None) -> Source:
    """The source that a report, or a recorded run, names by its facts."""
    return of_options(facts["seed"], facts["count"], facts["sizes"], stored=facts.get("stored")) if facts else GOLDEN


def sizes_typed(given: str | None) -> list[int | str]:
    """Sizes as they are typed, with commas; a word that is none stays one, which is refused."""
    words = given.split(",") if given is not None else []
    return [int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else word for word in words]


def wide(losses: Sequence[Loss], source: Source, named: bool = False) -> list[Loss]:
    """The losses that a source has questions for; GoldenError where there are none, or one that was `named` is not among them."""
    refusals = {loss.name: widths.refusal(loss, max(source.sizes)) for loss in losses} if source.sizes else {}
    found = [loss for loss in losses if not refusals.get(loss.name)]
    if losses and (not found or (named and len(found) < len(losses))):
        raise GoldenError(next(filter(None, refusals.values())))
    return found


def _most(loss: Loss, form: Format, asked: Sequence[Question]) -> float:
    """How many numbers an example of fresh questions has at most, and in 8 bits a call: more would be minutes of work.

    In a short format a kink is nearly always within reach of what rounding does to so many numbers, and what is allowed there is found
    for every two of them, of a loss that compares every two for all of these; in 8 bits nearly every comparison is one.
    """
    if form.name in SHIPPED_FORMATS:
        return math.inf
    if widths.takes_several(loss):
        return widths.NARROW if form.width > 8 else FEW
    if widths.takes_pairs(loss) or (form.width <= 8 and any(question.region == "kink" for question in asked)):
        return SEVERAL
    return math.inf


def _numbers(loss: Loss, question: Question) -> int:
    return sum(len(flat(question.inputs[name])) for name in loss.differentiable)


def _is_size(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and widths.LEAST <= given <= widths.MOST


def _seed(given: object) -> str:
    """Any text or whole number as text."""
    if isinstance(given, bool) or not isinstance(given, (str, int)):
        raise OptionError(f"fresh must be a seed, a text or a whole number, and is {shown(given)}")
    seed = given if isinstance(given, str) else str(given) if abs(given) < 10**LONGEST_SEED else ""
    if not 0 < len(seed) <= LONGEST_SEED or not seed.isprintable():
        raise OptionError(f"fresh must be a seed of 1 to {LONGEST_SEED} printable characters, or a whole number as long")
    return seed


def of_losses(
    source: Source, losses: Sequence[Loss], form: Format, progress: write.Progress = lambda done, total: None
) -> Iterator[list[Vector]]:
    """The vectors of several losses in turn; several that have to be certified in processes that imported nothing else."""
    tasks = [(source, loss.name, form.name) for loss in losses if not (source.is_golden or catalog.is_own(loss))]
    if len(tasks) < 2 and not (tasks and floating.state().facts):
        yield from (source.vectors(loss, form, progress) for loss in losses)
        return
    if not may_spawn():
        for done, loss in enumerate(losses, start=1):
            yield source.vectors(loss, form)
            progress(done, len(tasks))
        return
    for done, found in enumerate(in_processes(_certified, tasks, min(os.cpu_count() or 1, len(tasks)), "spawn"), start=1):
        progress(done, len(tasks))
        yield found


def _certified(task: tuple[Source, str, str]) -> list[Vector]:
    source, name, form = task
    return source.vectors(catalog.get(name), FORMATS[form])


def _digest(seed: str) -> str:
    """A word for any text, so that no seed is a name that questions have among themselves."""
    return hashlib.sha256(seed.encode()).hexdigest()[:16]


def _chosen(asked: Sequence[Question], count: int, seed: str) -> list[Question]:
    """About so many of the questions, in their order: at least one of each region and flag, and which ones the seed decides."""
    groups: dict[tuple[str, str], list[str]] = {}
    for question in asked:
        groups.setdefault((question.region, question.flag), []).append(question.id)
    shuffled = [sorted(ids, key=lambda identifier: hashlib.sha256(f"{seed}/{identifier}".encode()).digest()) for ids in groups.values()]
    turns = [identifier for identifier in chain.from_iterable(zip_longest(*shuffled)) if identifier]
    kept = set(turns[: max(count, len(groups))])
    return [question for question in asked if question.id in kept]
