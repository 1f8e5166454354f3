"""A golden set checked without recomputing it: manifest, schema, digests, ids and counts; and two sets compared."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from lossref import catalog, files, schemas, strictjson
from lossref.golden import roots
from lossref.golden.read import (
    INSTALLING,
    MANIFEST,
    SCHEMA,
    VERSION,
    GoldenError,
    folder,
    forget,
    manifest,
    placed,
    root_hash,
    stored,
    strictly,
)
from lossref.spec import identify

# Digests of the schemas that golden sets have had, and the first set of each. A folder may be anybody's: no other is followed.
SCHEMAS = {"af98cffa607275f84360c70fc11cdf5c77b89f0f663cde289e663ad328da953e": "2.0.0"}


def verify(where: Path | None = None) -> int:
    """Check manifest, schema, digests and ids of a golden set, and that it is the version it claims to be; the number of vectors.

    Nothing is recomputed. The rows of a file are read unless the root that is pinned for the version vouches for its bytes.
    """
    where = where or folder()
    total = consistent(where)
    content = manifest(where)
    if complaint := roots.complaint(content["version"], content["root"]):
        raise GoldenError(f"{where / MANIFEST}: {complaint}")
    return total


def consistent(where: Path) -> int:
    """Check a golden set by what it says itself, whatever version it claims to be; the number of vectors."""
    forget()
    _stay(where, INSTALLING)
    content = manifest(where)
    _validate(where, stored(where, SCHEMA), "manifest", content, where / MANIFEST)
    listed = set(content["files"])
    for path in sorted(listed):
        _stay(where, path)
        if strictjson.cost(stored(where, path)) > strictjson.MEMORY_LIMIT:
            raise GoldenError(f"{where / path}: more than {strictjson.MEMORY_LIMIT >> 20} MiB of memory hold")
    known = listed | (placed(where) if (where / INSTALLING / MANIFEST).exists() else set())
    for found in sorted(where.rglob("*.jsonl")):
        path = found.relative_to(where).as_posix()
        if path not in known and not files.LITTER.fullmatch(first := path.partition("/")[0]) and first != INSTALLING:
            raise GoldenError(f"{found} is not listed in {MANIFEST}")
    is_pinned = roots.ROOTS.get(content["version"]) == root_hash(content)
    total = sum(_verify_file(where, path, content["files"][path], is_pinned) for path in sorted(listed))
    if hashlib.sha256(stored(where, SCHEMA)).hexdigest() != content["schema"]:
        raise GoldenError(f"{where / SCHEMA} does not match its digest in {MANIFEST}")
    if root_hash(content) != content["root"]:
        raise GoldenError(f"{where / MANIFEST}: the root hash does not follow from the digests")
    return total


def listed_files(where: Path) -> set[str]:
    """The data files that the manifest of a folder lists, which a new set may replace; none where there is no manifest."""
    forget()
    listed = set(manifest(where)["files"]) if (where / MANIFEST).exists() else set()
    for family in sorted({*(path.partition("/")[0] for path in listed), *(catalog.get(name).family for name in catalog.names())}):
        _stay(where, family)
    return listed


def differences(old: Path, new: Path) -> Iterator[tuple[str, str, str]]:
    """(what changed, file, id) between two verified sets; a changed answer is "answer", any other field "field"."""
    for where in (old, new):
        verify(where)
    for path in sorted(manifest(old)["files"].keys() | manifest(new)["files"].keys()):
        before, after = _rows(old, path), _rows(new, path)
        for identifier in sorted(before.keys() | after.keys()):
            a, b = before.get(identifier), after.get(identifier)
            if a is None or b is None:
                yield "added" if a is None else "removed", path, identifier
            elif _answers(a) != _answers(b):
                yield "answer", path, identifier
            elif a != b:
                yield "field", path, identifier


def _answers(row: Mapping[str, Any]) -> list[Any]:
    """What a row says is right; allowances and sizes are another matter."""
    parts = [row["value"], *row["gradient"].values(), *row["hessian"].values()]
    return [[part["rounded"], part["residual"], part.get("interval")] for part in parts]


def _rows(where: Path, path: str) -> dict[str, dict[str, Any]]:
    """The rows of a file by their ids; none where a set has no such file."""
    lines = stored(where, path).splitlines()[1:] if path in manifest(where)["files"] else []
    return {row["id"]: row for row in map(json.loads, lines)}


def _verify_file(where: Path, path: str, entry: Mapping[str, Any], is_pinned: bool) -> int:
    """Schema first, so that a stray field is named before a digest is complained of; then digest, ids and counts."""
    data, schema = stored(where, path), stored(where, SCHEMA)
    is_listed = hashlib.sha256(data).hexdigest() == entry["sha256"]
    if is_pinned and is_listed and data.count(b"\n") - 1 == entry["vectors"]:
        return int(entry["vectors"])
    header: Any = {}
    seen: set[str] = set()
    for number, line in enumerate(data.splitlines(), start=1):
        place = f"{where / path} line {number}"
        row = strictly(line, place)
        _validate(where, schema, "header" if number == 1 else "vector", row, place)
        if number == 1:
            header = _header(row, path, place)
        elif not isinstance(row, dict) or not {"id", "inputs", "options"} <= row.keys():
            raise GoldenError(f"{place} is no vector, whatever the schema says")
        elif row["id"] in seen or row["id"] != identify(header["loss"], header["format"], row["inputs"], row["options"]):
            raise GoldenError(f"{place}: id {row['id']} is not the hash of its inputs, or stands twice")
        else:
            seen.add(row["id"])
    if not is_listed:
        raise GoldenError(f"{where / path} does not match its digest in {MANIFEST}")
    if not len(seen) == header.get("vectors") == entry["vectors"]:
        raise GoldenError(f"{where / path} holds {len(seen)} vectors, not the number its header and {MANIFEST} state")
    return len(seen)


def _header(row: Any, path: str, place: str) -> dict[str, Any]:
    """The header of a file, if it is that of the file that the path says."""
    if isinstance(row, dict) and [f"{row.get('family')}/{row.get('loss')}.{row.get('format')}.jsonl"] == [path]:
        return row
    raise GoldenError(f"{place}: the header is that of another file")


def _validate(where: Path, schema: bytes, kind: str, row: Any, place: object) -> None:
    check, known = _validator(schema, kind, where / SCHEMA)
    if isinstance(row, dict) and (unknown := sorted(row.keys() - known)):
        raise GoldenError(f"{place}: unknown field {unknown[0][:60]!r}")
    if complaint := check(row):
        raise GoldenError(f"{place}: {complaint}")


@lru_cache(maxsize=16)
def _validator(schema: bytes, kind: str, place: Path) -> tuple[schemas.Check, frozenset[str]]:
    """What a schema says of a kind of row, and its fields."""
    if hashlib.sha256(schema).hexdigest() not in SCHEMAS:
        raise GoldenError(f"{place} is no schema that golden sets have had up to {VERSION}")
    content = json.loads(schema)
    return schemas.reader(content, kind), frozenset(content["definitions"][kind]["properties"])


def _stay(where: Path, path: str) -> None:
    """Raise GoldenError where a link leads out of a folder that is not our own; some installers link every file of a package."""
    if where != folder() and not Path(os.path.realpath(where / path)).is_relative_to(os.path.realpath(where)):
        raise GoldenError(f"{where / path} is a link that leads out of the folder")
