"""Write the golden set: points -> certified answers -> JSON lines, the same bytes for any number of workers."""

from __future__ import annotations

import hashlib
import json
import math
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

from lossref import callpoints, callvectors, catalog, golden, points
from lossref.exact.answers import AllowanceOverflowError, Certified
from lossref.exact.certify import certify
from lossref.exact.settle import Correct, UnsettledError
from lossref.formats import FLOAT64, FORMATS, Format, Rounded
from lossref.spec import Loss, Region

Progress = Callable[[int, int], None]


def generate(where: Path, jobs: int = 1, progress: Progress = lambda done, total: None) -> int:
    """Regenerate the set in `where`: written beside, verified, then moved into place. The number of vectors."""
    schema = (golden.folder() / golden.SCHEMA).read_bytes()
    where.mkdir(parents=True, exist_ok=True)
    old = golden.listed_files(where)
    with tempfile.TemporaryDirectory(dir=where.parent, prefix=".golden-") as beside:
        new = Path(beside)
        files = {}
        for done, (path, data) in enumerate(contents(jobs), start=1):
            (new / path).parent.mkdir(exist_ok=True)
            (new / path).write_bytes(data)
            files[path] = _entry(data)
            progress(done, len(_tasks()))
        (new / golden.SCHEMA).write_bytes(schema)
        (new / golden.MANIFEST).write_bytes(_manifest(files, schema))
        total = golden.verify(new)
        _install(new, where, old - files.keys())
    golden.manifest.cache_clear()
    return total


def stale_files(where: Path, jobs: int = 1) -> Iterator[Path]:
    """The files of a set that are not, byte for byte, what generating would write, the manifest included."""
    files = {}
    for path, data in contents(jobs):
        files[path] = _entry(data)
        if not (where / path).is_file() or (where / path).read_bytes() != data:
            yield where / path
    yield from (where / path for path in sorted(golden.listed_files(where) - files.keys()))
    if (where / golden.MANIFEST).read_bytes() != _manifest(files, (where / golden.SCHEMA).read_bytes()):
        yield where / golden.MANIFEST


def contents(jobs: int = 1) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of every golden file, computed by so many processes, in a fixed order."""
    if jobs == 1:
        yield from map(_content, _tasks())
    else:
        with ProcessPoolExecutor(jobs) as pool:
            yield from pool.map(_content, _tasks())


def content(loss: Loss, form: Format, seed: str = "golden") -> bytes:
    """One golden file; another seed gives a set of the same shape from other draws."""
    rows = []
    for point in points.generate(loss, form, seed):
        answer = _answer(loss, point, form)
        if answer is None:
            continue
        inputs = {name: golden.encoded(x, form) for name, x in point.arguments.items()}
        options = {name: golden.encoded(x, form) for name, x in point.parameters.items()}
        identifier = golden.identify(loss.name, form.name, inputs, options)
        region = _region(point, answer, form)
        question = {"id": identifier, "region": region, "flag": point.flag, "inputs": inputs, "options": options}
        rows.append(question | _row(answer, form))
    return golden.written(
        loss.name,
        loss.family,
        form,
        rows,
        inputs={name: space.description for name, space in loss.arguments.items()},
        options={name: parameter.space.description for name, parameter in loss.parameters.items()},
        flags=points.reasons(loss),
    )


def _answer(loss: Loss, point: points.Point, form: Format) -> Certified | None:
    """The certified answer; None where none can be stored: nothing settles it, or an allowance overflows float64."""
    if point.flag in ("nan", "limit"):
        return _special(loss, point)
    try:
        return certify(loss, {**point.arguments, **point.parameters}, form)
    except (UnsettledError, AllowanceOverflowError):
        return None


def _region(point: points.Point, answer: Certified, form: Format) -> Region:
    """What the answer says of a point's region: kinks are found, and subnormal answers belong to the range column.

    Hardware that flushes subnormal numbers is judged for it there.
    """
    numbers = [float(n.rounded) for n in (answer.value, *(answer.gradient or ()))]
    if any(0 < abs(x) < form.least_normal for x in numbers):
        return "range"
    return "kink" if answer.box and point.region not in ("range", "special") else point.region


def _special(loss: Loss, point: points.Point) -> Certified:
    """At NaN everything is NaN; at infinity the limit is stated by a witness, which a test approaches."""
    width = len(x) if isinstance(x := point.arguments[loss.differentiable], tuple) else 1
    value: Rounded = math.nan
    gradient: tuple[Rounded, ...] | None = (math.nan,) * width
    if point.flag == "limit":
        here = {**point.arguments, **point.parameters}
        witness = next(w for w in loss.witnesses if all(here[name] == x for name, x in w.at.items()))
        value, gradient = witness.stated()
    answers = None if gradient is None else tuple(Correct(g) for g in gradient)
    zero = Fraction(0)
    return Certified(Correct(value), answers, None, None, zero, (zero,) * width, zero, zero, zero)


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


def _entry(data: bytes) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(data).hexdigest(), "vectors": data.count(b"\n") - 1}


def _manifest(files: dict[str, dict[str, Any]], schema: bytes) -> bytes:
    digest = hashlib.sha256(schema).hexdigest()
    content: dict[str, Any] = {"version": golden.VERSION, "root": "", "schema": digest, "files": dict(sorted(files.items()))}
    content["root"] = golden.root_hash(content)
    return (json.dumps(content, indent=1) + "\n").encode("ascii")


def _tasks() -> list[tuple[str, str, bool]]:
    """(loss, format, whether its calls are meant), the slow ones first."""
    calls = callpoints.losses()
    kinds = ((calls, True), (catalog.names(), False))
    return [(name, form, whole) for names, whole in kinds for name in names for form in golden.SHIPPED_FORMATS]


def _content(task: tuple[str, str, bool]) -> tuple[str, bytes]:
    loss, form = catalog.get(task[0]), FORMATS[task[1]]
    if task[2]:
        return callvectors.relative_path(loss, form), callvectors.content(loss, form)
    return golden.relative_path(loss, form), content(loss, form)


def _install(new: Path, where: Path, gone: set[str]) -> None:
    """Move verified files over the old ones, the manifest last; remove what the old manifest listed and this one does not."""
    fresh = {path.relative_to(new) for path in new.rglob("*") if path.is_file()}
    for path in sorted(fresh, key=lambda p: p.name == golden.MANIFEST):
        (where / path).parent.mkdir(parents=True, exist_ok=True)
        os.replace(new / path, where / path)
    for old in gone:
        (where / old).unlink(missing_ok=True)
