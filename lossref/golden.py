"""Golden data: where it lies, what a vector is, how it is read and verified. `generate` writes it."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from lossref import catalog, strictjson
from lossref.formats import FLOAT64, FORMATS, REST_STEPS, Format
from lossref.spec import Loss, Values
from lossref.strictjson import JsonError

VERSION = "1.2.0"  # of the set: patch adds vectors, minor adds fields, major changes an answer
SHIPPED_FORMATS = ("float64", "float32")
MANIFEST, SCHEMA, CALLS = "MANIFEST.json", "schema.json", "calls"
# Digests of the schemas that golden sets have had. One is compiled to code, and a folder may be anybody's: no other is.
SCHEMAS = {
    "fdb3275067b6dc98c2e5b30e83f98028f6ee65951810fc213745b9a23b66f851": "1.0.0",
    "e9b3f5fecf35c191ca9fb1f0b35c5ca4c46667220871508e5a5ae7a8d4339b97": "1.1.0",
    "6358730cb9c474ef46882557f9241a0938b8ee0e0f725a437e9c929d5c85da01": "1.2.0",
}
FILE_LIMIT = 1 << 26  # bytes of one file: 64 MiB, some four hundred times the largest
PATH = re.compile(r"[a-z0-9_]+/[a-z0-9_]+\.[a-z0-9_]+\.jsonl")  # whatever a manifest lists: never out of its folder
DIGEST, RELEASE = re.compile("[0-9a-f]{64}"), re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){2}")
Row = TypeVar("Row")


class GoldenError(Exception):
    """The golden data is not what the manifest and the schema say; the message names the file."""

    def __init__(self, message: object) -> None:
        super().__init__(strictjson.sentence(message))


@dataclass(frozen=True)
class Vector:
    """One exact answer. Rounded answers are floats of the format; an exact number is rounded + rest parts of its ulp.

    `gradient` and `hessian` (the diagonal) have one entry a component of the first argument. At an exact kink the
    gradient is None and `box` holds [left, right] a component; near one both are there; where the loss jumps neither is. `K`
    is the allowance for inputs rounded to the format, `S` the size of the terms that the definition adds.
    """

    id: str
    loss: str
    format: str
    region: str
    flag: str
    reason: str
    arguments: Values
    parameters: Values
    value: float
    value_rest: int
    gradient: tuple[float, ...] | None
    gradient_rest: tuple[int, ...] | None
    hessian: tuple[float, ...] | None
    hessian_rest: tuple[int, ...] | None
    box: tuple[tuple[float, float], ...] | None
    value_K: float
    gradient_K: tuple[float, ...]
    value_S: float
    gradient_S: float
    hessian_S: float


def folder() -> Path:
    """The golden set: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "_golden"
    return installed if installed.is_dir() else package.parent / "golden"


def relative_path(loss: Loss, form: Format) -> str:
    return f"{loss.family}/{loss.name}.{form.name}.jsonl"


def read(loss: Loss, form: Format, where: Path | None = None) -> list[Vector]:
    """All vectors of a loss in a format, after comparing the file with its digest in the manifest."""
    return parse(listed_bytes(relative_path(loss, form), where or folder()), form)


def parse(data: bytes, form: Format) -> list[Vector]:
    """The vectors of a golden file's bytes, unchecked but for what they need to be vectors at all."""
    return list(_parsed(data, form))


@lru_cache(maxsize=128)
def _parsed(data: bytes, form: Format) -> tuple[Vector, ...]:
    return tuple(rows_of(data, lambda header, row: _vector(header, row, form)))


def rows_of(data: bytes, made: Callable[[Any, Any], Row]) -> list[Row]:
    """What each row of a golden file is made into. The digest has vouched for the bytes: they are parsed fast, not strictly."""
    try:
        header, *rows = map(json.loads, data.splitlines())
        return [made(header, row) for row in rows]
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise GoldenError(f"the data is not golden, whatever its digest: {type(error).__name__}: {error}") from None


def find(identifier: str, where: Path | None = None) -> Vector:
    """The vector whose id starts so; GoldenError if none or several do."""
    start = identifier.lower()
    if not re.fullmatch("[0-9a-f]{1,12}", start):
        raise GoldenError(f"an id has hexadecimal digits, at most 12, and is not {identifier[:60]!r}")
    paths = ((relative_path(catalog.get(name), FORMATS[f]), f) for name in catalog.names() for f in SHIPPED_FORMATS)
    files = ((listed_bytes(path, where or folder()), f) for path, f in paths)
    likely = (parse(data, FORMATS[f]) for data, f in files if f'"id":"{start}'.encode() in data)
    found = [v for vectors in likely for v in vectors if v.id.startswith(start)]
    if len(found) != 1:
        problem = "no vector has an id that starts with" if not found else f"{len(found)} vectors have ids that start with"
        raise GoldenError(f"{problem} {identifier!r}")
    return found[0]


def listed_bytes(path: str, where: Path) -> bytes:
    """A golden file's bytes, once they have the digest that the manifest lists."""
    entry = manifest(where)["files"].get(path)
    if entry is None:
        raise GoldenError(f"{where / MANIFEST} lists no {path}: there is no such golden data")
    data = _bytes(where / path)
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        if find_spec("fastjsonschema"):
            _verify_file(where, path, entry)  # it may say more
        raise GoldenError(f"{where / path} does not match its digest in {MANIFEST}")
    return data


@cache
def manifest(where: Path) -> dict[str, Any]:
    """The manifest of a folder: what of it is used here has the shape that it should, whatever the folder's schema says."""
    content = _strict(_bytes(where / MANIFEST), where / MANIFEST)
    if not isinstance(content, dict) or not isinstance(content.get("files"), dict):
        raise GoldenError(f"{where / MANIFEST} is not a manifest: it lists no files")
    for path, entry in content["files"].items():
        if not PATH.fullmatch(path):
            raise GoldenError(f"{where / MANIFEST} lists {ascii(path)[:99]}, which is no path FAMILY/LOSS.FORMAT.jsonl in its folder")
        if not isinstance(entry, dict) or not _is(DIGEST, entry.get("sha256")) or type(entry.get("vectors")) is not int:
            raise GoldenError(f"{where / MANIFEST}: the entry of {path} has no digest, or no number of vectors")
    if not (_is(RELEASE, content.get("version")) and _is(DIGEST, content.get("schema")) and _is(DIGEST, content.get("root"))):
        raise GoldenError(f"{where / MANIFEST} is not a manifest: it has no version, no root or no digest of the schema")
    return content


def listed_files(where: Path) -> set[str]:
    """The data files that the manifest of a folder lists, which a new set may replace; none where there is no manifest."""
    manifest.cache_clear()
    listed = set(manifest(where)["files"]) if (where / MANIFEST).exists() else set()
    for family in sorted({CALLS, *(path.partition("/")[0] for path in listed), *(catalog.get(name).family for name in catalog.names())}):
        _stay(where, family)
    return listed


def verify(where: Path | None = None) -> int:
    """Check manifest, schema, digests and ids of a golden set, without recomputing it; the number of vectors."""
    where = where or folder()
    manifest.cache_clear()
    content = manifest(where)
    _validate(where, _bytes(where / SCHEMA), "manifest", content, where / MANIFEST)
    listed = set(content["files"])
    memory = 0
    for path in sorted(listed):
        _stay(where, path)
        memory += strictjson.cost(_bytes(where / path))
        if memory > strictjson.MEMORY_LIMIT:
            raise GoldenError(f"{where}: more golden data than {strictjson.MEMORY_LIMIT >> 20} MiB of memory hold")
    for found in sorted(where.rglob("*.jsonl")):
        if (path := found.relative_to(where).as_posix()) not in listed:
            raise GoldenError(f"{found} is not listed in {MANIFEST}")
    total = sum(_verify_file(where, path, content["files"][path]) for path in sorted(listed))
    if hashlib.sha256(_bytes(where / SCHEMA)).hexdigest() != content["schema"]:
        raise GoldenError(f"{where / SCHEMA} does not match its digest in {MANIFEST}")
    if root_hash(content) != content["root"]:
        raise GoldenError(f"{where / MANIFEST}: the root hash does not follow from the digests")
    return total


def _verify_file(where: Path, path: str, entry: Mapping[str, Any]) -> int:
    """Schema first, so that a stray field is named before a digest is complained of; then digest, ids and counts."""
    data, schema = _bytes(where / path), _bytes(where / SCHEMA)
    header: Any = {}
    seen: set[str] = set()
    for number, line in enumerate(data.splitlines(), start=1):
        place = f"{where / path} line {number}"
        row = _strict(line, place)
        kind = "header" if number == 1 else "call" if path.startswith(f"{CALLS}/") else "vector"
        _validate(where, schema, kind, row, place)
        if number == 1:
            header = _header(row, path, place)
        elif not isinstance(row, dict) or not {"id", "inputs", "options"} <= row.keys():
            raise GoldenError(f"{place} is no vector, whatever the schema says")
        elif row["id"] in seen or row["id"] != identify(header["loss"], header["format"], row["inputs"], row["options"]):
            raise GoldenError(f"{place}: id {row['id']} is not the hash of its inputs, or stands twice")
        else:
            seen.add(row["id"])
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise GoldenError(f"{where / path} does not match its digest in {MANIFEST}")
    if not len(seen) == header.get("vectors") == entry["vectors"]:
        raise GoldenError(f"{where / path} holds {len(seen)} vectors, not the number its header and {MANIFEST} state")
    return len(seen)


def _header(row: Any, path: str, place: str) -> dict[str, Any]:
    """The header of a file, if it is that of the file that the path says."""
    if isinstance(row, dict) and [f"{row.get('family')}/{str(row.get('loss')).rpartition('/')[2]}.{row.get('format')}.jsonl"] == [path]:
        return row
    raise GoldenError(f"{place}: the header is that of another file")


def _validate(where: Path, schema: bytes, kind: str, row: Any, place: object) -> None:
    check, known = _validator(schema, kind, where / SCHEMA)
    if isinstance(row, dict) and (unknown := sorted(row.keys() - known)):
        raise GoldenError(f"{place}: unknown field {unknown[0][:60]!r}")
    import fastjsonschema

    try:
        check(row)
    except fastjsonschema.JsonSchemaException as error:
        raise GoldenError(f"{place}: {error.message.replace('data', kind, 1)}") from None
    except RecursionError:
        raise GoldenError(f"{place}: nested too deep") from None


@lru_cache(maxsize=16)
def _validator(schema: bytes, kind: str, place: Path) -> tuple[Any, frozenset[str]]:
    """The compiled schema of a kind of row, and its fields."""
    try:
        import fastjsonschema
    except ImportError:
        raise GoldenError("verifying golden data needs fastjsonschema: pip install 'lossref[golden]'") from None
    if hashlib.sha256(schema).hexdigest() not in SCHEMAS:
        raise GoldenError(f"{place} is no schema that golden sets have had up to {VERSION}")
    content = json.loads(schema)
    part = {**content, "$ref": f"#/definitions/{kind}"}
    return fastjsonschema.compile(part), frozenset(content["definitions"][kind]["properties"])


def _strict(data: bytes, place: object) -> Any:
    try:
        return strictjson.loads(data, place, FILE_LIMIT)
    except JsonError as error:
        raise GoldenError(error) from None


def _is(pattern: re.Pattern[str], x: Any) -> bool:
    return isinstance(x, str) and pattern.fullmatch(x) is not None


def _stay(where: Path, path: str) -> None:
    """Raise GoldenError where a link leads out of a folder that is not our own; some installers link every file of a package."""
    if where != folder() and not Path(os.path.realpath(where / path)).is_relative_to(os.path.realpath(where)):
        raise GoldenError(f"{where / path} is a link that leads out of the folder")


def identify(loss: str, form: str, inputs: Mapping[str, Any], options: Mapping[str, Any]) -> str:
    """The id of a vector: a hash of what it asks, so that adding one renumbers none."""
    question = json.dumps([loss, form, inputs, options], separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(question.encode()).hexdigest()[:12]


def encoded(x: Any, form: Format) -> Any:
    """A number as its bits, a vector as a list of them; whole numbers stay."""
    if isinstance(x, (list, tuple)):
        return [encoded(y, form) for y in x]
    return x if isinstance(x, int) else form.encode(form.nearest(x))


def id_of(loss: str, form: Format, arguments: Values, parameters: Values) -> str:
    """The id that a vector with these inputs has."""
    inputs, options = ({name: encoded(x, form) for name, x in values.items()} for values in (arguments, parameters))
    return identify(loss, form.name, inputs, options)


def root_hash(content: Mapping[str, Any]) -> str:
    """One hash that names the set: of its version, its schema and every file's digest."""
    lines = [content["version"], content["schema"], *(f"{e['sha256']} {path}" for path, e in sorted(content["files"].items()))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def written(name: str, family: str, form: Format, rows: Sequence[Mapping[str, Any]], **texts: Mapping[str, str]) -> bytes:
    """A golden file: a header and its rows. `texts` are what the header says of inputs, options and flags, unused flags left out."""
    used = {row["flag"] for row in rows}
    header = {
        "version": VERSION,
        "loss": name,
        "family": family,
        "format": form.name,
        "inputs": texts["inputs"],
        "options": texts["options"],
        "flags": {flag: reason for flag, reason in texts["flags"].items() if flag in used},
        "rest_steps": REST_STEPS,
        "vectors": len(rows),
        "licence": "CC0-1.0",
    }
    return "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in (header, *rows)).encode("ascii")


def exact(rounded: float, rest: int, form: Format) -> Fraction:
    """The exact answer behind a finite rounded one, to 1/131072 of an ulp."""
    return Fraction(rounded) + form.ulp(Fraction(rounded)) * Fraction(rest, REST_STEPS)


def _vector(header: Mapping[str, Any], row: Mapping[str, Any], form: Format) -> Vector:
    def decoded(x: Any, into: Format = form) -> Any:
        if isinstance(x, list):
            return tuple(decoded(y, into) for y in x)
        return into.decode(x) if isinstance(x, str) else x

    return Vector(
        id=row["id"],
        loss=header["loss"],
        format=form.name,
        region=row["region"],
        flag=row["flag"],
        reason=header["flags"][row["flag"]],
        arguments={name: decoded(x) for name, x in row["inputs"].items()},
        parameters={name: decoded(x) for name, x in row["options"].items()},
        **{name: decoded(row[name]) for name in ("value", "value_rest", "gradient", "gradient_rest")},
        **{name: decoded(row[name]) for name in ("hessian", "hessian_rest", "box")},
        **{name: decoded(row[name], FLOAT64) for name in ("value_K", "gradient_K", "value_S", "gradient_S", "hessian_S")},
    )


def _bytes(path: Path) -> bytes:
    try:
        return strictjson.whole_file(path, FILE_LIMIT)
    except FileNotFoundError:
        raise GoldenError(f"{path} is missing") from None
    except OSError as error:
        raise GoldenError(f"{path} cannot be read: {error.strerror}") from None


def differences(old: Path, new: Path) -> Iterator[tuple[str, str, str]]:
    """(what changed, file, id) between two verified sets; a changed answer is "answer", any other field "field"."""
    for where in (old, new):
        verify(where)
    before, after = _rows(old), _rows(new)
    for key in sorted(before.keys() | after.keys()):
        a, b = before.get(key), after.get(key)
        if a is None or b is None:
            yield "added" if a is None else "removed", *key
        elif any(a.get(name) != b.get(name) for name in ("value", "gradient", "hessian", "box")):
            yield "answer", *key
        elif a != b:
            yield "field", *key


def _rows(where: Path) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (path, row["id"]): row
        for path in manifest(where)["files"]
        for row in map(json.loads, _bytes(where / path).splitlines()[1:])
    }


