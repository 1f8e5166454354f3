"""lossref search: hunt for the largest error of an implementation of one loss, and make what is found simple."""

from __future__ import annotations

import argparse
import shlex
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from lossref import catalog
from lossref.catalog import DefinitionError
from lossref.commands import CONFORMS, DIFFERS, LONGEST, Commands, UsageError, catalogued, command, judging, print_json
from lossref.conventions import declaring
from lossref.conventions.formula import ConventionError
from lossref.formats import FORMATS, JUDGED
from lossref.implementations import resolve
from lossref.implementations.resolve import format_of
from lossref.judge.measure import DEFAULT_LEVEL, LEVELS, meets
from lossref.library import ImplementationError, Library
from lossref.report import searched
from lossref.report.console import standard_output
from lossref.search.examine import Examiner
from lossref.search.hunt import Hunt, in_turn
from lossref.search.minimise import minimised
from lossref.spec import Loss

DESCRIPTION = """\
Hunt for the largest error of an implementation of one loss, at points that no golden vector has, and make
what is found simple: few numbers, defaults, zeros, decimals that a person types.

  lossref search torch --loss softplus
  lossref search mine.py:f --loss sigmoid_cross_entropy --part gradient --format float32
  lossref search mine.py:f --definition mine_loss.py --seconds 60

IMPLEMENTATION is what `lossref check` takes. The search begins at the loss's hard points, drawn anew by the
seed, and climbs from the worst answers known: a number stepped by some ulps, scaled, rounded, tied to another
one, a label changed, a parameter moved. Our float64 code guesses which answers look worst; what is reported is
certified, and graded as in a check. A library that documents a convention is searched twice, as documented,
which decides, and by the formula.

A simplest answer has the grade of the worst one: it shows the same fault, and not how large it gets.

The steps follow from the seed alone, and time says only how many are taken: --steps takes so many exactly.
A quarter of the seconds is kept for making things simple. Ctrl-C ends the search and shows what it has.

exit status: 0 nothing falls below the level, 1 something does, 2 bad use
"""
SECONDS = 20.0
SEARCHING = 3 / 4  # of the seconds
INTERRUPTED = 128 + 2  # what a shell says of a program that SIGINT ended
Errors = (ImplementationError, ConventionError, DefinitionError)


def add(parsers: Commands) -> None:
    parser = command(parsers, "search", "hunt for the largest error of one loss", DESCRIPTION)
    parser.add_argument("implementation", metavar="IMPLEMENTATION")
    parser.add_argument("--loss", "--as", metavar="LOSS", help="which loss, by our name or another library's")
    parser.add_argument("--definition", type=Path, metavar="FILE", help="judge by the loss of your own that this file defines")
    parser.add_argument("--part", choices=("value", "gradient"), help="search this part only (both)")
    parser.add_argument("--format", choices=JUDGED, help="of inputs and answers (float64, unless a library has none)")
    parser.add_argument("--device", default="", metavar="NAME", help="where tensors of torch or jax are put, such as cuda")
    parser.add_argument("--level", choices=LEVELS, default=DEFAULT_LEVEL, help=f"an answer below this grade is found ({DEFAULT_LEVEL})")
    parser.add_argument("--strict", action="store_true", help="search among the ends of the format's range too")
    parser.add_argument("--seconds", type=float, default=SECONDS, metavar="S", help=f"how long to search ({SECONDS:g})")
    parser.add_argument("--steps", type=int, metavar="N", help="take so many steps, however long they take")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of everything that is drawn (0)")
    parser.add_argument("--convention", action="append", metavar="'LOSS: SENTENCE'", help="judge LOSS as the function that this says")
    parser.add_argument("--accept-conventions", action="store_true", help="judge a program by what it declares of itself")
    parser.add_argument("--as-mathematics", action="store_true", help="judge by the formula alone, whatever is documented or declared")
    parser.add_argument("--limit", action="append", metavar="'LOSS: SENTENCE'", help="ask LOSS nothing beyond what this says")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    if not 0 < given.seconds <= LONGEST:
        raise UsageError(f"--seconds must be a number above 0, and is {given.seconds:g}; at most {LONGEST:g} are searched")
    if given.steps is not None and given.steps < 1:
        raise UsageError(f"--steps must be 1 or more, and is {given.steps}")
    try:
        loss = _loss(given)
        with judging.status(f"importing {given.implementation} ..."):
            library = resolve(given.implementation, loss, given.device)
        try:
            return _search(given, _declared(given, library, loss), loss)
        finally:
            library.close()
    except Errors as error:
        raise UsageError(error) from None


def _loss(given: argparse.Namespace) -> Loss:
    if (given.loss is None) == (given.definition is None):
        raise UsageError("say which loss is searched with --loss LOSS, or with --definition FILE for one of your own")
    if given.definition:
        return catalog.load(given.definition)
    return catalog.get(catalogued(given.loss, given.implementation.partition(":")[0]))


def _declared(given: argparse.Namespace, library: Library, loss: Loss) -> Library:
    """The library with all that is declared of the loss, which it has."""
    if loss.name not in library.implementations:
        raise UsageError(f"{library.title} lacks {loss.name}: {library.lacks.get(loss.name, 'not there')}")
    if given.part and given.part not in library.implementations[loss.name].parts:
        raise UsageError(f"--part {given.part}: {library.title} has no {given.part} of {loss.name}")
    library = declaring.limited(library, given.limit or [], [loss.name], loss)
    library = declaring.declaring(library, given.convention or [], [loss.name], given.as_mathematics)
    return library if given.accept_conventions else declaring.accepted(library, [loss.name])


def _search(given: argparse.Namespace, library: Library, loss: Loss) -> int:
    form = FORMATS[format_of(given.format, library)]
    implementation = library.implementations[loss.name]
    parts = [part for part in ("value", "gradient") if part in implementation.parts and part in (given.part or part)]
    judged_by = [implementation.conventions, ()] if implementation.conventions else [()]
    hunts = [
        Hunt(Examiner(loss, part, implementation, conventions, form, given.strict), f"{given.seed}/{part}")
        for conventions in judged_by for part in parts
    ]  # fmt: skip
    start = time.monotonic()
    steps, interrupted = 0, False
    found = {id(hunt): searched.Found(hunt, None) for hunt in hunts}
    try:
        with judging.progress(f"searching {loss.name}") as advance:
            for _ in in_turn(hunts):
                steps += 1
                spent = time.monotonic() - start
                advance(*((steps, given.steps) if given.steps else (round(spent), round(given.seconds))))
                if steps == given.steps or (given.steps is None and spent > SEARCHING * given.seconds):
                    break
        failing = [(hunt, worst) for hunt in hunts if (worst := hunt.worst) and not meets(worst.grade, given.level)]
        for k, (hunt, worst) in enumerate(failing, start=1):
            found[id(hunt)] = searched.Found(hunt, None, is_right_alone=True)
            for simplest in minimised(hunt.examiner, worst):
                found[id(hunt)] = searched.Found(hunt, simplest)
                if given.steps is None and time.monotonic() - start > given.seconds * (SEARCHING + (1 - SEARCHING) * k / len(failing)):
                    break
    except KeyboardInterrupt as error:
        if error.args:  # somebody asks the process to end
            raise
        interrupted = True
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it may come twice, from the terminal and from whoever waits for this process
    report = searched.report(library, list(found.values()), given.level, given.seed, steps, interrupted)
    print_json(report) if given.json else searched.show(standard_output(), report, _again(given.typed, steps))
    return INTERRUPTED if interrupted else DIFFERS if report["found"] else CONFORMS


def _again(typed: Sequence[str], steps: int) -> str:
    """The command as it was typed, with so many steps in place of seconds."""
    gone = ("--seconds", "--steps")
    left = [word for k, word in enumerate(typed) if not word.startswith(gone) and (k == 0 or typed[k - 1] not in gone)]
    return shlex.join(["lossref", *left, "--steps", str(steps)])
