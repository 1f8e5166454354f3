"""lossref show, eval, why: look at a loss, at one answer, at one vector."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import mpmath
import numpy as np

from lossref import catalog, census, families
from lossref.ask import Answer, oracle
from lossref.bits import as_float, as_fraction, parsed
from lossref.commands import CONFORMS, Commands, UsageError, command, judging, known_loss, print_json
from lossref.exact_inputs import fraction
from lossref.float64.evaluate import bind, evaluate
from lossref.formats import FLOAT64, JUDGED
from lossref.golden import GoldenError
from lossref.judge.outcome import Finding, has_answer, outcome, truths
from lossref.output import say
from lossref.report import finding
from lossref.report.console import table
from lossref.spec import PARTS, Loss
from lossref.values import flat, places, shape


def add(commands: Commands) -> None:
    parser = command(commands, "show", "formula, domains, conventions, hard points and other names of a loss")
    parser.add_argument("loss", metavar="LOSS")
    parser.set_defaults(run=run_show)
    parser = command(
        commands,
        "eval",
        "our value and gradient at one point, the exact ones, and the error in ulps",
        "Example: lossref eval softmax_cross_entropy --logits 40,0 --target 0\n\n"
        "Arguments and parameters are options named as in `lossref show LOSS`; the numbers of a vector are separated by\n"
        "commas, the rows of a table by semicolons. LOSS may be a file of your own that defines one, such as mine_loss.py.",
    )
    parser.add_argument("loss", metavar="LOSS")
    parser.add_argument("--digits", type=int, default=25, metavar="N", help="of the exact answer (25)")
    parser.add_argument(
        "--convention", action="append", default=[], metavar="SENTENCE",
        help="answer as the function that does so, such as 'clip logits to [-30, 30]'; `lossref check --help` has all; may be repeated",
    )
    parser.set_defaults(run=run_eval, takes_values=True)
    parser = command(commands, "why", "one golden vector: inputs, exact answer, what it is there to catch")
    parser.add_argument("id", metavar="ID", help="the vector's id, or the start of it")
    parser.add_argument("--loss", metavar="LOSS", help="of fresh questions: draw those of this loss alone, not of all")
    parser.add_argument("--format", choices=JUDGED, default="float64", help="of fresh questions: that of the check")
    judging.add_source(parser, counted=False, stored=True)
    parser.set_defaults(run=run_why)


def run_show(given: argparse.Namespace) -> int:
    loss = known_loss(given.loss)
    facts: dict[str, Any] = {
        "loss": loss.name,
        "family": loss.family,
        "documentation": loss.documentation,
        "arguments": {name: space.description for name, space in loss.arguments.items()},
        "parameters": {name: f"{p.space.description}, {p.default} by default" for name, p in loss.parameters.items()},
        "gradient_in": list(loss.differentiable),
        "target": loss.target,
        "laws": {law.name: law.law for law in loss.laws},
        "hard": {hard.flag: f"{hard.region}: {hard.reason}" for hard in families.hard_points(loss)},
        "known": [f"{_spelled(known.at)}: {known.reason}" for known in loss.known],
        "source": loss.source,
        "also_known_as": census.elsewhere(loss.name),
    }
    if given.json:
        print_json(facts)
        return CONFORMS
    say(facts.pop("documentation"))
    for key in ("arguments", "parameters", "laws", "hard", "also_known_as"):
        if facts[key]:
            say(f"\n{key.replace('_', ' ')}")
            table(None, [(f"  {a}", b) for a, b in facts[key].items()])
    if facts["known"]:
        say("\nknown values")
    for line in facts["known"]:
        say(f"  {line}")
    if loss.source:
        say(f"\nsource\n  {loss.source}")
    return CONFORMS


def run_eval(given: argparse.Namespace) -> int:
    loss = known_loss(given.loss)
    typed = _pairs(given.values)
    try:
        values = {name: _parsed(loss, name, x) for name, x in typed.items()}
        with catalog.sentences(catalog.file_of(loss)) if catalog.is_own(loss) else nullcontext():
            exact = oracle(loss, digits=given.digits, convention=given.convention, **values)
        bound = bind(loss, (), values)
        has_own = loss.value is not None and not given.convention  # our float64 code computes the formula
        ours = [None, None] if not has_own else [evaluate(loss, part, bound, outside="raise") for part in ("value", "gradient")]
    except (TypeError, ValueError, catalog.DefinitionError) as error:
        raise UsageError(error) from None
    rows = list(_rows(loss, exact, *ours))
    if given.json:
        keys = ("what", "lossref", "exact", "error_in_ulps")
        print_json({"loss": loss.name, "inputs": typed, "answers": [dict(zip(keys, row, strict=True)) for row in rows]})
    else:
        table(("", "lossref, float64", "exact", "error in ulps"), [tuple(map(_shown, row)) for row in rows])
    return CONFORMS


def _pairs(words: Sequence[str]) -> dict[str, str]:
    """`--name value` and `--name=value`."""
    found, rest = {}, list(words)
    while rest:
        name, equals, x = rest.pop(0).partition("=")
        if not name.startswith("--") or not (equals or rest):
            raise UsageError(f"arguments are given as --NAME X, and {name!r} is not")
        found[name.removeprefix("--")] = x if equals else rest.pop(0)
    return found


def run_why(given: argparse.Namespace) -> int:
    try:
        vector = judging.source(given).find(given.id, [known_loss(given.loss)] if given.loss else (), given.format)
    except GoldenError as error:
        raise UsageError(error) from None
    question = vector.question
    answers = []
    for part in PARTS:
        if has_answer(vector, part):
            blank = outcome(vector, part, [0.0] * len(truths(vector, part, question.form)))
            answers += [Finding(blank, i) for i in range(len(blank.errors))]
    exact: dict[str, Any] = {found.label: finding.exact_answer(found) for found in answers}
    facts = {
        "id": vector.id,
        "loss": question.loss,
        "format": question.format,
        "region": question.region,
        "flag": question.flag,
        "reason": question.reason,
        "inputs": finding.inputs(question),
        "answers": exact,
    }
    if given.json:
        print_json(facts)
        return CONFORMS
    say(f"{vector.id}: {question.loss} in {question.format}, region {question.region}, flag {question.flag}")
    say(f"catches   {question.reason}")
    for name, x in finding.inputs(question).items():
        say(f"{name:9} {x}")
    rows = [(name, *map(str, end.values())) for name, x in exact.items() for end in (x if isinstance(x, list) else [x])]
    table(("exact", "decimal", "hexadecimal", "bits"), rows)
    return CONFORMS


def _parsed(loss: Loss, name: str, given: str) -> Any:
    """A float, an integer label, or nested tuples of floats from text with commas and semicolons."""
    space = loss.arguments.get(name)
    try:
        if space is not None and space.label_of is not None:
            return int(given)
        rows = [tuple(parsed(x) for x in row.strip("[]() ").split(",")) for row in given.split(";")]
    except ValueError:
        kind = "an integer" if space is not None and space.label_of is not None else "numbers"
        raise ValueError(f"--{name} takes {kind}, and is {given!r}") from None
    rank = space.rank if space is not None else 0
    return tuple(rows) if rank > 1 else rows[0] if rank else rows[0][0]


def _rows(loss: Loss, exact: Answer, value: Any, gradient: Any) -> Any:
    """(what, ours, exact as text, error in ulps) for the value and each gradient component; of a loss of one's own there is no ours."""
    mine = "-" if value is None else finding.number(float(value))
    yield "value", mine, _text(exact.value, exact.digits), "-" if value is None else _ulps(float(value), exact.value)
    several = len(loss.differentiable) > 1
    ours = [None] if gradient is None else [float(x) for part in (gradient if several else (gradient,)) for x in np.ravel(part)]
    slopes = exact.gradient
    labels = []
    if slopes is not None:
        for name, x in slopes.items() if several else [(loss.differentiable[0], slopes)]:
            labels += [f"gradient{f'[{name}]' if several else ''}{''.join(f'[{i}]' for i in place)}" for place in places(shape(x))]
    ends = flat(slopes) if slopes is not None else list(exact.interval or [None])
    for k, end in enumerate(ends):
        label = labels[k] if labels else "gradient" if len(ends) == 1 else f"gradient[{k}]"
        got = ours[k] if gradient is not None and k < len(ours) else None
        shown = "-" if got is None else finding.number(got)
        if end is None:
            yield label, shown, "none (the loss jumps)", "-"
        elif slopes is None:
            inside = got is not None and end[0] <= got <= end[1]
            text = f"{_text(end[0], exact.digits)} to {_text(end[1], exact.digits)} (kink)"
            yield label, shown, text, "-" if got is None else 0.0 if inside else "outside"
        else:
            yield label, shown, _text(end, exact.digits), "-" if got is None else _ulps(got, end)


def _text(x: Any, digits: int) -> str:
    with mpmath.workdps(digits + 5):
        return str(mpmath.nstr(x, digits))


def _ulps(ours: float, exact: Any) -> float | str:
    if not mpmath.isfinite(exact):
        return 0.0 if ours == exact or (ours != ours and mpmath.isnan(exact)) else "inf"
    truth = fraction(exact)
    if ours != ours or ours in (float("inf"), float("-inf")):
        return 0.0 if ours == FLOAT64.round(truth) else "inf"
    return parsed(f"{as_float(abs(as_fraction(ours) - truth) / FLOAT64.ulp(truth)):.3g}")


def _shown(x: Any) -> str:
    return f"{x:.3g}" if isinstance(x, float) and not isinstance(x, bool) and abs(x) < 100 and x == round(x, 9) else str(x)


def _spelled(values: Any) -> str:
    return ", ".join(f"{name} {list(x) if isinstance(x, tuple) else x}" for name, x in values.items())
