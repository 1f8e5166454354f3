"""lossref vectors, smoke, serve: programs in any language, by the messages that `lossref protocol` explains."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from rich.text import Text

from lossref import catalog, golden, recorded, smoke, wire
from lossref.commands import CONFORMS, DIFFERS, Commands, UsageError, command, print_json
from lossref.formats import FORMATS
from lossref.golden import SHIPPED_FORMATS, GoldenError
from lossref.judge.verdict import PARTS
from lossref.report import text
from lossref.strictjson import JsonError
from lossref.targets import TargetError, process, resolve, serve

VECTORS = """\
Print the questions that a check asks, hello to bye, one message a line (`lossref protocol`), for a program
to answer elsewhere:
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
Answer the messages of `lossref protocol` on standard input with any target of `lossref check`, so that it can
be asked in a process of its own, on another machine, or by another suite:
  lossref serve torch < vectors.jsonl > results.jsonl
"""


def add(commands: Commands) -> None:
    parser = command(commands, "vectors", "print the questions for a program, to answer elsewhere", VECTORS)
    parser.add_argument("loss", metavar="LOSS", nargs="*", help="these losses (all)")
    parser.add_argument("--format", choices=SHIPPED_FORMATS, default="float64", help="of inputs and answers (float64)")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part (may be repeated)")
    parser.add_argument("--id", metavar="ID", help="only the golden vector whose id starts so")
    parser.set_defaults(run=print_vectors)
    parser = command(commands, "protocol", "explain the messages between lossref and a program", PROTOCOL)
    parser.set_defaults(run=show_protocol)
    parser = command(commands, "smoke", "try a program with ten vectors", SMOKE)
    parser.add_argument("target", metavar="cmd:COMMAND")
    parser.add_argument("--timeout", type=float, default=process.TIMEOUT, metavar="S", help="seconds for an answer (10)")
    parser.add_argument("--trace", action="store_true", help="show every line to and from the program")
    parser.set_defaults(run=run_smoke)
    parser = command(commands, "serve", "answer questions with a target", SERVE)
    parser.add_argument("target", metavar="TARGET")
    parser.add_argument("--loss", metavar="LOSS", help="the loss that a single function is")
    parser.set_defaults(run=run_serve)


def print_vectors(given: argparse.Namespace) -> int:
    for name in given.loss:
        if name not in catalog.names():
            raise UsageError(f"no loss is called {name!r}; `lossref list` shows them all")
    try:
        print(wire.line(wire.GREETING))
        for sequence, question in enumerate(_questions(given), start=1):
            print(wire.line({**question, "sequence": sequence}))
        print(wire.line(wire.BYE))
    except GoldenError as error:
        raise UsageError(error) from None
    return CONFORMS


def _questions(given: argparse.Namespace) -> Iterator[Mapping[str, Any]]:
    parts = given.part or PARTS
    if given.id:
        vector = golden.find(given.id)
        asked = recorded.questions(catalog.get(vector.loss), parts, [vector], FORMATS[vector.format])
        yield from {wire.key(question): question for question in asked}.values()
        return
    form = FORMATS[given.format]
    for name in catalog.names():
        if name in (given.loss or [name]):
            yield from recorded.questions(catalog.get(name), parts, golden.read(catalog.get(name), form), form)


def show_protocol(given: argparse.Namespace) -> int:
    print((files("lossref") / ("protocol.json" if given.json else "protocol.md")).read_text(encoding="utf-8"), end="")
    return CONFORMS


def run_smoke(given: argparse.Namespace) -> int:
    if not given.target.startswith("cmd:"):
        raise UsageError(f"smoke tries a program, cmd:COMMAND, and not {given.target!r}; `lossref check` judges Python code")

    def trace(direction: str, line: str) -> None:
        if given.trace:
            print(direction, line, file=sys.stderr)

    try:
        target = process.target(given.target.removeprefix("cmd:"), given.timeout, trace)
        try:
            found = smoke.examine(target)
        finally:
            target.close()
    except (TargetError, JsonError, GoldenError) as error:
        raise UsageError(error) from None
    fine = all(answer.is_fine for answer in found)
    if given.json:
        answers = [{**vars(answer), "is_fine": answer.is_fine} for answer in found]
        print_json({"title": target.title, "answers": answers, "fine": fine})
        return CONFORMS if fine else DIFFERS
    screen = text.console()
    screen.print(f"{target.title} says hello; it has {', '.join(target.implementations)}.", soft_wrap=True)
    for answer in found:
        mark = Text("  ok    " if answer.is_fine else "  wrong ", "green" if answer.is_fine else "bold red")
        screen.print(mark.append(f"{answer.loss} {answer.part}  {answer.inputs}", "default"), soft_wrap=True)
        if not answer.is_fine:
            screen.print(Text(f"        got {answer.got}, exact {answer.exact}: {answer.diagnosis}"), soft_wrap=True)
    closing = f"All {len(found)} answers are right to half their digits: judge it with `lossref check {shlex.quote(given.target)}`."
    screen.print(closing if fine else f"{sum(not answer.is_fine for answer in found)} of {len(found)} answers are wrong.", soft_wrap=True)
    return CONFORMS if fine else DIFFERS


def run_serve(given: argparse.Namespace) -> int:
    try:
        serve.serve(resolve(given.target, given.loss), given.target, given.loss, sys.stdin.buffer, sys.stdout)
    except (TargetError, JsonError) as error:
        raise UsageError(error) from None
    return CONFORMS
