"""A run as plain data: what --json prints and what the text is made of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from lossref import golden
from lossref.formats import FORMATS
from lossref.golden import Vector
from lossref.judge.asking import APART
from lossref.judge.grades import meets
from lossref.judge.verdict import PASSABLE, Declaration, Outcome, PartVerdict, Verdict
from lossref.targets import Target


def run(target: Target, verdicts: Sequence[Verdict], form: str, level: str, strict: bool, worst: int) -> dict[str, Any]:
    """The report of a whole check."""
    losses = [_loss(target, verdict, form, level, strict, worst) for verdict in verdicts]
    manifest = golden.manifest(golden.folder())
    return {
        "target": target.name,
        "title": target.title,
        "golden": {"version": manifest["version"], "root": manifest["root"]},
        "format": form,
        "level": level,
        "strict": strict,
        "losses": losses,
        "lacks": target.lacks,
        "conforms": all(entry["conforms"] for entry in losses),
        "broke": any(entry["broke"] for entry in losses),
    }


def _loss(target: Target, verdict: Verdict, form: str, level: str, strict: bool, worst: int) -> dict[str, Any]:
    parts = {
        part: _part(target, found, form, strict, worst) | {"conforms": meets(found.headline(strict), level)}
        for part, found in verdict.parts.items()
    }
    return {
        "loss": verdict.loss,
        "composed": verdict.composed,
        "vectors": verdict.vectors,
        "refused": verdict.refused,
        "refusal": "; ".join(verdict.refusals),
        "remarks": list(verdict.remarks),
        "conventions": [declaration(d, level) for d in verdict.declarations],
        "undecided": verdict.undecided,
        "parts": parts,
        "conforms": bool(parts) and all(part["conforms"] for part in parts.values()),
        "broke": verdict.broke,
    }


def declaration(found: Declaration, level: str) -> dict[str, Any]:
    """A declared convention and its cost: the vectors that it alone moves by more than the level allows."""
    moved, total = found.moved(level), len(found.shifts)
    return {"sentence": found.sentence, "moved": moved, "vectors": total, "share": moved / total if total else 0.0}


def _part(target: Target, found: PartVerdict, form: str, strict: bool, worst: int) -> dict[str, Any]:
    outcomes = found.worst_outcomes(strict)
    poor = [o for o in outcomes if o.grade not in PASSABLE]
    shown = poor[:worst] if poor else outcomes[: min(worst, 1)]
    return {
        "grade": found.headline(strict),
        "regions": found.regions,
        "worst_E1": number(found.E1),
        "lost": found.lost,
        "waived": [asdict(waived) for waived in found.waived],
        "inexact": len(outcomes),
        "worst": [outcome(target, o, form) for o in shown],
    }


def outcome(target: Target, found: Outcome, form: str) -> dict[str, Any]:
    """One answer as a bug report."""
    vector, i = found.vector, found.worst_component
    error = found.errors[i]
    implementation = target.implementations[vector.loss]
    line = implementation.line(found.part, vector.arguments, vector.parameters, FORMATS[form])
    return {
        "id": vector.id,
        "region": vector.region,
        "flag": vector.flag,
        "reason": vector.reason,
        "counts": vector.region not in APART,
        "grade": found.grade,
        "lost": found.is_lost,
        "inputs": inputs(vector),
        "component": i if len(found.errors) > 1 else None,
        "got": spelled(found.got[i], form) if found.got is not None else found.raised,
        "exact": exact_answer(vector, found.part, i),
        "E1": number(error.E1),
        "E2": number(error.E2),
        "E3": number(error.E3),
        "line": line,
        "command": line if implementation.is_shell else f"python -c '{line}'",
    }


def inputs(vector: Vector) -> dict[str, Any]:
    """Arguments and parameters as decimals, infinities and NaN as text."""
    both: Mapping[str, Any] = {**vector.arguments, **vector.parameters}
    return {name: [number(y) for y in x] if isinstance(x, tuple) else number(x) for name, x in both.items()}


def exact_answer(vector: Vector, part: str, i: int) -> dict[str, Any] | list[dict[str, Any]]:
    """The correctly rounded answer of one component, or the two ends of its box at a kink."""
    if part == "value":
        return spelled(vector.value, vector.format)
    answers = vector.gradient if part == "gradient" else vector.hessian
    if answers is None:
        assert vector.box is not None
        return [spelled(end, vector.format) for end in vector.box[i]]
    return spelled(answers[i], vector.format)


def spelled(x: float, form: str) -> dict[str, Any]:
    """A number three ways: decimal, hexadecimal float, bits (none where it is not a number of the format)."""
    known = FORMATS[form]
    bits = known.encode(x) if math.isnan(x) or known.holds(x) else None
    return {"decimal": number(x), "hex": x.hex() if math.isfinite(x) else str(x), "bits": bits}


def number(x: float | int) -> float | int | str:
    """JSON has no infinity and no NaN: they are text."""
    return x if math.isfinite(x) else str(x)
