"""lossref vectors, smoke, serve: programs in any language, by the messages that `lossref protocol` explains."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Any

from rich.text import Text

from lossref import catalog, output
from lossref.catalog import DefinitionError
from lossref.commands import CONFORMS, DIFFERS, Commands, UsageError, catalogued, check_timeout, command, judging, known_loss, print_json
from lossref.formats import FORMATS, JUDGED
from lossref.golden import GoldenError
from lossref.golden.source import Source, wide
from lossref.implementations import process, recorded, resolve, serve, smoke, wire
from lossref.library import ImplementationError, Tiling
from lossref.output import say
from lossref.report.console import standard_output
from lossref.spec import PARTS, Loss, Vector
from lossref.strictjson import JsonError

VECTORS = """\
Print the questions that a check asks, of single examples and of whole calls, hello to bye, one message a line
(`lossref protocol`), for a program to answer elsewhere:
  lossref vectors sigmoid_cross_entropy > vectors.jsonl
  ./my_adapter < vectors.jsonl > results.jsonl
  lossref judge vectors.jsonl results.jsonl
"""
PROTOCOL = """\
Print the page that explains the messages between lossref and a program that it judges; with --json
their JSON Schema.
"""
SMOKE = """\
Send ten vectors to a program and say in plain words what is right and what is wrong:
  lossref smoke cmd:./my_adapter
"""
SERVE = """\
Answer the messages of `lossref protocol` on standard input with any implementation of `lossref check`, so that it can
be asked in a process of its own, on another machine, or by another suite:
  lossref serve torch < vectors.jsonl > results.jsonl
"""


def add(commands: Commands) -> None:
    parser = command(commands, "vectors", "print the questions for a program, to answer elsewhere", VECTORS)
    parser.add_argument("loss", metavar="LOSS", nargs="*", help="these losses, or files that define one of your own (all)")
    parser.add_argument("--format", choices=JUDGED, default="float64", help="of inputs and answers (float64)")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part (may be repeated)")
    parser.add_argument("--id", metavar="ID", help="only the vector whose id starts so")
    judging.add_source(parser)
    parser.set_defaults(run=print_vectors)
    parser = command(commands, "protocol", "explain the messages between lossref and a program", PROTOCOL)
    parser.set_defaults(run=show_protocol)
    parser = command(commands, "smoke", "try a program with ten vectors", SMOKE)
    parser.add_argument("program", metavar="cmd:COMMAND")
    parser.add_argument("--timeout", type=float, default=process.TIMEOUT, metavar="S", help="seconds for an answer (10)")
    parser.add_argument("--trace", action="store_true", help="show every line to and from the program")
    parser.set_defaults(run=run_smoke)
    parser = command(commands, "serve", "answer questions with an implementation", SERVE)
    parser.add_argument("implementation", metavar="IMPLEMENTATION")
    parser.add_argument("--loss", metavar="LOSS", help="the loss that a single function is")
    parser.add_argument("--definition", type=Path, metavar="FILE", help="the file that defines the loss, if it is one of your own")
    parser.set_defaults(run=run_serve)


def print_vectors(given: argparse.Namespace) -> int:
    losses = [known_loss(name) for name in given.loss or catalog.names()]
    try:
        source = judging.source(given)
        vector = source.find(given.id, losses, given.format) if given.id is not None else None  # before anything is printed
        numbered = ({**question, "sequence": k} for k, question in enumerate(_questions(given, losses, vector, source), start=1))
        for line in recorded.ended(map(wire.line, chain([wire.GREETING], numbered, [wire.BYE]))):
            say(line)
    except (GoldenError, DefinitionError) as error:
        raise UsageError(error) from None
    return CONFORMS


def _questions(
    given: argparse.Namespace, losses: Sequence[Loss], vector: Vector | None, source: Source
) -> Iterator[Mapping[str, Any]]:
    parts = given.part or PARTS
    if vector:
        loss = next((loss for loss in losses if loss.name == vector.question.loss), None) or catalog.get(vector.question.loss)
        asked = recorded.questions(loss, parts, [vector], vector.question.form, Tiling(0, 0))
        yield from {wire.key(run): run for run in asked}.values()
        return
    form = FORMATS[given.format]
    for loss in losses if source.is_golden else wide(losses, source, bool(given.loss)):
        yield from recorded.questions(loss, parts, source.vectors(loss, form), form)


def show_protocol(given: argparse.Namespace) -> int:
    say((files("lossref.implementations") / ("protocol.json" if given.json else "protocol.md")).read_text(encoding="utf-8"), end="")
    return CONFORMS


def run_smoke(given: argparse.Namespace) -> int:
    if not given.program.startswith("cmd:"):
        raise UsageError(f"smoke tries a program, cmd:COMMAND, and not {given.program!r}; `lossref check` judges Python code")
    check_timeout(given.timeout)

    def trace(direction: str, line: str) -> None:
        if given.trace:
            print(direction, line, file=sys.stderr)

    try:
        library = process.library(given.program.removeprefix("cmd:"), given.timeout, trace)
        try:
            found = smoke.examine(library)
        finally:
            library.close()
    except (ImplementationError, JsonError, GoldenError) as error:
        raise UsageError(error) from None
    fine = all(answer.is_fine for answer in found)
    if given.json:
        answers = [{**vars(answer), "is_fine": answer.is_fine} for answer in found]
        print_json({"title": library.title, "answers": answers, "fine": fine})
        return CONFORMS if fine else DIFFERS
    screen = standard_output()
    screen.print(f"{library.title} says hello; it has {', '.join(library.implementations)}.", soft_wrap=True)
    for answer in found:
        mark = Text("  ok    " if answer.is_fine else "  wrong ", "green" if answer.is_fine else "bold red")
        screen.print(mark.append(f"{answer.loss} {answer.part}  {answer.inputs}", "default"), soft_wrap=True)
        if not answer.is_fine:
            screen.print(Text(f"        got {answer.got}, exact {answer.exact}: {answer.diagnosis}"), soft_wrap=True)
    closing = f"All {len(found)} answers are right to half their digits: judge it with `lossref check {shlex.quote(given.program)}`."
    screen.print(closing if fine else f"{sum(not answer.is_fine for answer in found)} of {len(found)} answers are wrong.", soft_wrap=True)
    return CONFORMS if fine else DIFFERS


def run_serve(given: argparse.Namespace) -> int:
    try:
        own = catalog.load(given.definition) if given.definition else None
        library = resolve(given.implementation, own or (catalog.get(catalogued(given.loss)) if given.loss else None))
        single = ["--definition", str(given.definition)] if own else ["--loss", given.loss] if given.loss else []
        started = shlex.join(["lossref", "serve", given.implementation, *single])
        serve.serve(library, own, started, sys.stdin.buffer, output.stream())
    except (ImplementationError, JsonError, DefinitionError) as error:
        raise UsageError(error) from None
    return CONFORMS
