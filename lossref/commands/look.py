"""lossref list, show, eval, why: look at losses, at one answer, at one vector."""

from __future__ import annotations

import argparse
from fractions import Fraction
from typing import Any

from rich.table import Table
from rich.text import Text

from lossref import catalog, golden
from lossref.ask import Answer, fraction, oracle
from lossref.calls import bind, evaluate
from lossref.commands import CONFORMS, Commands, UsageError, command, print_json
from lossref.formats import FLOAT64
from lossref.golden import GoldenError
from lossref.report import data, text
from lossref.spec import Loss


def add(commands: Commands) -> None:
    parser = command(commands, "list", "name every loss")
    parser.set_defaults(run=run_list)
    parser = command(commands, "show", "formula, domains, conventions, hard points and other names of a loss")
    parser.add_argument("loss", metavar="LOSS")
    parser.set_defaults(run=run_show)
    parser = command(
        commands,
        "eval",
        "our value and gradient at one point, the exact ones, and the error in ulps",
        "Example: lossref eval softmax_cross_entropy --logits 40,0 --target 0\n\n"
        "Arguments and parameters are options named as in `lossref show LOSS`; vectors are separated by commas.",
    )
    parser.add_argument("loss", metavar="LOSS")
    parser.add_argument("--digits", type=int, default=25, metavar="N", help="of the exact answer (25)")
    for name in sorted({name for loss in map(catalog.get, catalog.names()) for name in (*loss.arguments, *loss.parameters)}):
        parser.add_argument(f"--{name}", metavar="X", help=argparse.SUPPRESS)
    parser.set_defaults(run=run_eval)
    parser = command(commands, "why", "one golden vector: inputs, exact answer, what it is there to catch")
    parser.add_argument("id", metavar="ID", help="the vector's id, or the start of it")
    parser.set_defaults(run=run_why)


def run_list(given: argparse.Namespace) -> int:
    losses = [catalog.get(name) for name in catalog.names()]
    entries = [{"loss": loss.name, "family": loss.family, "summary": _summary(loss)} for loss in losses]
    if given.json:
        print_json(entries)
    else:
        _table(("loss", "family", ""), [tuple(entry.values()) for entry in entries])
    return CONFORMS


def run_show(given: argparse.Namespace) -> int:
    loss = _loss(given.loss)
    facts: dict[str, Any] = {
        "loss": loss.name,
        "family": loss.family,
        "documentation": loss.documentation,
        "arguments": {name: space.description for name, space in loss.arguments.items()},
        "parameters": {name: f"{p.space.description}, {p.default} by default" for name, p in loss.parameters.items()},
        "gradient_in": loss.differentiable,
        "identities": {identity.name: identity.law for identity in loss.identities},
        "hard": {hard.flag: f"{hard.region}: {hard.reason}" for hard in loss.hard},
        "witnesses": [f"{_spelled(w.at)}: {w.reason}" for w in loss.witnesses],
        "source": loss.source,
        "also_known_as": dict(loss.also_known_as),
    }
    if given.json:
        print_json(facts)
        return CONFORMS
    print(facts.pop("documentation"))
    for key in ("arguments", "parameters", "identities", "hard", "also_known_as"):
        if facts[key]:
            print(f"\n{key.replace('_', ' ')}")
            _table(None, [(f"  {a}", b) for a, b in facts[key].items()])
    print("\nwitnesses")
    for line in loss.witnesses:
        print(f"  {_spelled(line.at)}: {line.reason}")
    print(f"\nsource\n  {loss.source}")
    return CONFORMS


def run_eval(given: argparse.Namespace) -> int:
    loss = _loss(given.loss)
    options = {name: x for name, x in vars(given).items() if x is not None and name not in ("loss", "digits", "json", "run")}
    try:
        values = {name: _parsed(loss, name, x) for name, x in options.items()}
        exact = oracle(loss.name, digits=given.digits, **values)
        bound = bind(loss, (), values)
        ours = evaluate(loss, "value", bound, outside="raise"), evaluate(loss, "gradient", bound, outside="raise")
    except (TypeError, ValueError) as error:
        raise UsageError(error) from None
    rows = list(_rows(exact, *ours))
    if given.json:
        keys = ("what", "lossref", "exact", "error_in_ulps")
        print_json({"loss": loss.name, "inputs": options, "answers": [dict(zip(keys, row, strict=True)) for row in rows]})
    else:
        _table(("", "lossref, float64", "exact", "error in ulps"), [tuple(map(_shown, row)) for row in rows])
    return CONFORMS


def run_why(given: argparse.Namespace) -> int:
    try:
        vector = golden.find(given.id)
    except GoldenError as error:
        raise UsageError(error) from None
    count = len(vector.gradient_K)
    facts = {
        "id": vector.id,
        "loss": vector.loss,
        "format": vector.format,
        "region": vector.region,
        "flag": vector.flag,
        "reason": vector.reason,
        "inputs": data.inputs(vector),
        "value": data.exact_answer(vector, "value", 0),
        "gradient": [data.exact_answer(vector, "gradient", i) for i in range(count)] if vector.gradient or vector.box else None,
    }
    if given.json:
        print_json(facts)
        return CONFORMS
    print(f"{vector.id}: {vector.loss} in {vector.format}, region {vector.region}, flag {vector.flag}")
    print(f"catches   {vector.reason}")
    for name, x in data.inputs(vector).items():
        print(f"{name:9} {x}")
    rows = [("value", facts["value"])]
    rows += [(f"gradient[{i}]" if count > 1 else "gradient", g) for i, g in enumerate(facts["gradient"] or ())]
    _table(("exact", "decimal", "hexadecimal", "bits"), [(name, *map(str, end.values())) for name, x in rows for end in _ends(x)])
    return CONFORMS


def _loss(name: str) -> Loss:
    try:
        return catalog.get(name)
    except KeyError as error:
        raise UsageError(error.args[0]) from None


def _summary(loss: Loss) -> str:
    return loss.documentation.partition("\n")[0].rstrip(".")


def _parsed(loss: Loss, name: str, given: str) -> Any:
    """A float, an integer label, or a tuple of floats from comma-separated text."""
    space = loss.arguments.get(name)
    try:
        if space is not None and space.label_of:
            return int(given)
        if space is not None and space.rank:
            return tuple(float(x) for x in given.strip("[]()").split(","))
        return float(given)
    except ValueError:
        kind = "an integer" if space is not None and space.label_of else "numbers"
        raise ValueError(f"--{name} takes {kind}, and is {given!r}") from None


def _rows(exact: Answer, value: Any, gradient: Any) -> Any:
    """(what, ours, exact as text, error in ulps) for the value and each gradient component."""
    vector = isinstance(exact.gradient, tuple)
    yield "value", data.number(float(value)), _text(exact.value, exact.digits), _ulps(float(value), exact.value)
    if exact.gradient is None and exact.box is None:
        for ours in [gradient] if not gradient.shape else gradient:
            yield "gradient", data.number(float(ours)), "none (the loss jumps)", "-"
        return
    if exact.gradient is None:
        assert exact.box is not None
        for ours, (low, high) in zip([gradient] if not gradient.shape else gradient, exact.box, strict=True):
            inside = low <= float(ours) <= high
            ends = f"{_text(low, exact.digits)} to {_text(high, exact.digits)} (kink)"
            yield "gradient", data.number(float(ours)), ends, 0.0 if inside else "outside"
        return
    for i, slope in enumerate(exact.gradient if vector else (exact.gradient,)):
        ours = float(gradient[i] if vector else gradient)
        yield f"gradient[{i}]" if vector else "gradient", data.number(ours), _text(slope, exact.digits), _ulps(ours, slope)


def _text(x: Any, digits: int) -> str:
    import mpmath

    with mpmath.workdps(digits + 5):
        return str(mpmath.nstr(x, digits))


def _ulps(ours: float, exact: Any) -> float | str:
    import mpmath

    if not mpmath.isfinite(exact):
        return 0.0 if ours == exact or (ours != ours and mpmath.isnan(exact)) else "inf"
    truth = fraction(exact)
    if ours != ours or ours in (float("inf"), float("-inf")):
        return 0.0 if ours == FLOAT64.round(truth) else "inf"
    return float(f"{float(abs(Fraction(ours) - truth) / FLOAT64.ulp(truth)):.3g}")


def _ends(x: Any) -> list[dict[str, Any]]:
    return x if isinstance(x, list) else [x]


def _shown(x: Any) -> str:
    return f"{x:.3g}" if isinstance(x, float) and not isinstance(x, bool) and abs(x) < 100 and x == round(x, 9) else str(x)


def _spelled(values: Any) -> str:
    return ", ".join(f"{name} {list(x) if isinstance(x, tuple) else x}" for name, x in values.items())


def _table(header: tuple[str, ...] | None, rows: list[tuple[str, ...]]) -> None:
    table = Table(box=None, pad_edge=False, show_header=header is not None, header_style="bold")
    for title in header or ("",) * len(rows[0]):
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    text.console().print(table)
