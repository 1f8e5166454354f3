"""Where the golden set lies, and how its rows are read: a file's digest in the manifest vouches for its bytes.

A new set is moved into a folder in one step, as a folder within it; its files then take their places one by one, the manifest last
(`lossref.golden.install`). Meanwhile, or where that was cut, each is read from where it is: nobody ever sees parts of two sets.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from lossref import strictjson
from lossref.arrays import shown
from lossref.formats import FORMATS, Format
from lossref.golden import roots
from lossref.golden import row as rows
from lossref.spec import Loss, Vector
from lossref.strictjson import JsonError
from lossref.uncollected import uncollected

VERSION = "2.0.2"  # of the set: patch adds vectors, minor adds fields, major changes an answer
SHIPPED_FORMATS = ("float64", "float32")
MANIFEST, SCHEMA = "MANIFEST.json", "schema.json"
INSTALLING = ".installing"  # the folder of a new set whose files are being moved
FILE_LIMIT = 1 << 26  # bytes of one file: 64 MiB, some hundred times the largest
PATH = re.compile(r"[a-z0-9_]+/[a-z0-9_]+\.[a-z0-9_]+\.jsonl")  # whatever a manifest lists: never out of its folder
DIGEST, RELEASE = re.compile("[0-9a-f]{64}"), re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){2}")


class GoldenError(Exception):
    """The golden data is not what the manifest and the schema say; the message names the file."""

    def __init__(self, message: object) -> None:
        super().__init__(strictjson.sentence(message))


def folder() -> Path:
    """The golden set: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "_golden"
    return installed if installed.is_dir() else package.parent / "golden"


def relative_path(loss: Loss, form: Format) -> str:
    return f"{loss.family}/{loss.name}.{form.name}.jsonl"


def read(loss: Loss, form: Format, where: Path | None = None) -> list[Vector]:
    """All vectors of a loss in a format, single examples and calls, after comparing the file with its digest in the manifest."""
    return parse(listed_bytes(relative_path(loss, form), where or folder()), form)


def parse(data: bytes, form: Format) -> list[Vector]:
    """The vectors of a golden file's bytes, unchecked but for what they need to be vectors at all."""
    return list(_parsed(data, form))


@lru_cache(maxsize=128)
def _parsed(data: bytes, form: Format) -> tuple[Vector, ...]:
    """The digest has vouched for the bytes: they are parsed fast, not strictly."""
    if strictjson.cost(data) > strictjson.MEMORY_LIMIT:
        raise GoldenError(f"the data has more lists, keys and entries than {strictjson.MEMORY_LIMIT >> 20} MiB of memory hold")
    try:
        with uncollected():
            header, *found = map(json.loads, data.splitlines())
            return tuple(rows.vector(header, row, form) for row in found)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, struct.error) as error:
        raise GoldenError(f"the data is not golden, whatever its digest: {type(error).__name__}: {error}") from None


def find(identifier: str, where: Path | None = None) -> Vector:
    """The vector whose id starts so; GoldenError if none or several do."""
    start = identifier.lower() if isinstance(identifier, str) else ""
    if not re.fullmatch("[0-9a-f]{1,12}", start):
        raise GoldenError(f"an id has hexadecimal digits, at most 12, and is not {shown(identifier)}")
    files = [(listed_bytes(path, where or folder()), path.split(".")[1]) for path in _vouched(where or folder())["files"]]
    counts = [data.count(f'"id":"{start}'.encode()) for data, _ in files]  # so that one file is parsed at most
    if sum(counts) != 1:
        problem = "no vector has an id that starts with" if not any(counts) else f"{sum(counts)} vectors have ids that start with"
        raise GoldenError(f"{problem} {identifier!r}")
    data, form = files[counts.index(1)]
    return next(v for v in parse(data, FORMATS[form]) if v.id.startswith(start))


def listed_bytes(path: str, where: Path) -> bytes:
    """A golden file's bytes, once they have the digest that the manifest lists."""
    entry = _vouched(where)["files"].get(path)
    if entry is None:
        raise GoldenError(f"{where / MANIFEST} lists no {path}: there is no such golden data")
    data = stored(where, path)
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise GoldenError(f"{where / path} does not match its digest in {MANIFEST}; `lossref golden verify` says more")
    return data


def stored(where: Path, path: str) -> bytes:
    """The bytes of a file of a set, wherever an installation that is under way, or was cut, has it."""
    try:
        return strictjson.whole_file(where / INSTALLING / path, FILE_LIMIT)
    except OSError:
        return whole_file(where / path)


def root_hash(content: Mapping[str, Any]) -> str:
    """One hash that names the set: of its version, its schema and every file's digest."""
    lines = [content["version"], content["schema"], *(f"{e['sha256']} {path}" for path, e in sorted(content["files"].items()))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@cache
def _vouched(where: Path) -> dict[str, Any]:
    """The manifest of a set that is the version it claims to be."""
    content = manifest(where)
    if complaint := roots.complaint(content["version"], root_hash(content)):
        raise GoldenError(f"{where}: {complaint}")
    return content


@cache
def manifest(where: Path) -> dict[str, Any]:
    """The manifest of a folder: what of it is used here has the shape that it should, whatever the folder's schema says."""
    return a_manifest(stored(where, MANIFEST), where)


def a_manifest(data: bytes, where: Path) -> dict[str, Any]:
    """The manifest that the bytes are, of whatever set."""
    content = strictly(data, where / MANIFEST)
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


def placed(where: Path) -> frozenset[str]:
    """What the manifest lists that has its place in a folder, whatever is being installed there."""
    return frozenset(a_manifest(whole_file(where / MANIFEST), where)["files"] if (where / MANIFEST).exists() else ())


def forget() -> None:
    """Read the manifests anew: a set was written."""
    manifest.cache_clear()
    _vouched.cache_clear()


def strictly(data: bytes, place: object) -> Any:
    """The value of JSON text that may be anybody's."""
    try:
        return strictjson.loads(data, place, FILE_LIMIT)
    except JsonError as error:
        raise GoldenError(error) from None


def whole_file(path: Path) -> bytes:
    try:
        return strictjson.whole_file(path, FILE_LIMIT)
    except FileNotFoundError:
        raise GoldenError(f"{path} is missing") from None
    except OSError as error:
        raise GoldenError(f"{path} cannot be read: {error.strerror}") from None


def _is(pattern: re.Pattern[str], x: Any) -> bool:
    return isinstance(x, str) and pattern.fullmatch(x) is not None
