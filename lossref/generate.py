"""Write the golden set: points -> certified answers -> JSON lines, the same bytes for any number of workers."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

from lossref import catalog, golden, points
from lossref.exact.certify import Certified, certify
from lossref.exact.numbers import NoValueError
from lossref.exact.settle import Correct, UnsettledError
from lossref.formats import FLOAT64, FORMATS, REST_STEPS, Format, Rounded
from lossref.spec import Loss, Witness

Progress = Callable[[int, int], None]


def generate(where: Path, jobs: int = 1, progress: Progress = lambda done, total: None) -> int:
    """Regenerate the set in `where`: written beside, verified, then moved into place. The number of vectors."""
    schema = (golden.folder() / golden.SCHEMA).read_bytes()
    where.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=where.parent, prefix=".golden-") as beside:
        new = Path(beside)
        files = {}
        for done, (path, data) in enumerate(contents(jobs), start=1):
            (new / path).parent.mkdir(exist_ok=True)
            (new / path).write_bytes(data)
            files[path] = {"sha256": hashlib.sha256(data).hexdigest(), "vectors": data.count(b"\n") - 1}
            progress(done, len(_tasks()))
        manifest: dict[str, Any] = {
            "version": golden.VERSION,
            "root": "",
            "schema": hashlib.sha256(schema).hexdigest(),
            "files": dict(sorted(files.items())),
        }
        manifest["root"] = golden.root_hash(manifest)
        (new / golden.SCHEMA).write_bytes(schema)
        (new / golden.MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="ascii")
        total = golden.verify(new)
        _install(new, where)
    golden.manifest.cache_clear()
    return total


def contents(jobs: int = 1) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of every golden file, computed by so many processes, in a fixed order."""
    if jobs == 1:
        yield from map(_content, _tasks())
    else:
        with ProcessPoolExecutor(jobs) as pool:
            yield from pool.map(_content, _tasks())


def content(loss: Loss, form: Format, seed: str = "golden") -> bytes:
    """One golden file; another seed gives a set of the same shape from other draws."""
    rows, used = [], set()
    for point in points.generate(loss, form, seed):
        answer = _answer(loss, point, form)
        if answer is None:
            continue
        inputs = {name: _encoded(x, form) for name, x in point.arguments.items()}
        options = {name: _encoded(x, form) for name, x in point.parameters.items()}
        identifier = golden.identify(loss.name, inputs, options)
        region = "range" if _has_subnormal(answer, form) else point.region
        question = {"id": identifier, "region": region, "flag": point.flag, "inputs": inputs, "options": options}
        rows.append(question | _row(answer, form))
        used.add(point.flag)
    header = {
        "version": golden.VERSION,
        "loss": loss.name,
        "family": loss.family,
        "format": form.name,
        "inputs": {name: space.description for name, space in loss.arguments.items()},
        "options": {name: parameter.space.description for name, parameter in loss.parameters.items()},
        "flags": {flag: reason for flag, reason in points.reasons(loss).items() if flag in used},
        "rest_steps": REST_STEPS,
        "vectors": len(rows),
        "licence": "CC0-1.0",
    }
    return "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in (header, *rows)).encode("ascii")


def _answer(loss: Loss, point: points.Point, form: Format) -> Certified | None:
    """The certified answer; None where there is none to store: too close to a midpoint, or an allowance overflows."""
    if point.flag in ("nan", "limit"):
        return _special(loss, point)
    try:
        return certify(loss, {**point.arguments, **point.parameters}, form)
    except (UnsettledError, NoValueError):
        return None


def _has_subnormal(answer: Certified, form: Format) -> bool:
    """A value or slope below the normal numbers: hardware that flushes those is judged for it in the range column."""
    numbers = [float(n.rounded) for n in (answer.value, *(answer.gradient or ()))]
    return any(0 < abs(x) < form.least_normal for x in numbers)


def _special(loss: Loss, point: points.Point) -> Certified:
    """At NaN everything is NaN; at infinity the limit is stated by a witness, which a test approaches."""
    width = len(x) if isinstance(x := point.arguments[loss.differentiable], tuple) else 1
    value: Rounded = math.nan
    gradient: tuple[Rounded, ...] | None = (math.nan,) * width
    if point.flag == "limit":
        here = {**point.arguments, **point.parameters}
        witness = next(w for w in loss.witnesses if all(here[name] == x for name, x in w.at.items()))
        value, gradient = stated(witness)
    answers = None if gradient is None else tuple(Correct(g) for g in gradient)
    zero = Fraction(0)
    return Certified(Correct(value), answers, None, None, zero, (zero,) * width, zero, zero, zero)


def stated(witness: Witness) -> tuple[Rounded, tuple[Rounded, ...] | None]:
    """The numbers that a witness at infinity states."""

    def number(text: str) -> Rounded:
        return float(text) if "inf" in text else Fraction(text)

    assert isinstance(witness.value, str)
    slopes = (witness.gradient,) if isinstance(witness.gradient, str) else witness.gradient
    return number(witness.value), None if slopes is None else tuple(number(g) for g in slopes)


def _row(answer: Certified, form: Format) -> dict[str, Any]:
    def bits(x: Rounded) -> str:
        return FLOAT64.encode(x)

    return {
        "value": form.encode(answer.value.rounded),
        "value_rest": answer.value.rest,
        "gradient": answer.gradient and [form.encode(g.rounded) for g in answer.gradient],
        "gradient_rest": answer.gradient and [g.rest for g in answer.gradient],
        "hessian": answer.hessian and [form.encode(h.rounded) for h in answer.hessian],
        "hessian_rest": answer.hessian and [h.rest for h in answer.hessian],
        "box": answer.box and [[form.encode(low), form.encode(high)] for low, high in answer.box],
        "value_K": bits(answer.value_allowance),
        "gradient_K": [bits(k) for k in answer.gradient_allowance],
        "value_S": bits(answer.value_size),
        "gradient_S": bits(answer.gradient_size),
        "hessian_S": bits(answer.hessian_size),
    }


def _encoded(x: Any, form: Format) -> Any:
    if isinstance(x, tuple):
        return [_encoded(y, form) for y in x]
    return x if isinstance(x, int) else form.encode(x)


def _tasks() -> list[tuple[str, str]]:
    return [(name, form) for name in catalog.names() for form in golden.SHIPPED_FORMATS]


def _content(task: tuple[str, str]) -> tuple[str, bytes]:
    loss, form = catalog.get(task[0]), FORMATS[task[1]]
    return golden.relative_path(loss, form), content(loss, form)


def _install(new: Path, where: Path) -> None:
    """Move verified files over the old ones, the manifest last, and remove data files that are no longer generated."""
    fresh = {path.relative_to(new) for path in new.rglob("*") if path.is_file()}
    for path in sorted(fresh, key=lambda p: p.name == golden.MANIFEST):
        (where / path).parent.mkdir(parents=True, exist_ok=True)
        os.replace(new / path, where / path)
    for stale in {path.relative_to(where) for path in where.rglob("*.jsonl")} - fresh:
        (where / stale).unlink()
        if not any((where / stale.parent).iterdir()):
            shutil.rmtree(where / stale.parent)
