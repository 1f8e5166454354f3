"""Our reader of schemas refuses what an independent validator refuses, and nothing else: rows and messages with one thing changed."""

import copy
import json
import random
from pathlib import Path

import jsonschema
import pytest

from lossref import catalog, golden, schemas
from lossref.formats import FLOAT64
from lossref.golden.read import SCHEMA, relative_path
from lossref.implementations import recorded
from lossref.library import Tiling

GOLDEN = json.loads((golden.folder() / SCHEMA).read_text())
PROTOCOL = json.loads((Path(recorded.__file__).parent / "protocol.json").read_text())
ODD = [None, True, False, 0, 1, 2, -1, 65536, 10**6, 1 << 40, "", "x", "3ff0000000000000", "3FF0000000000000",
       "0" * 12, "mean", "float64", "1.2.3", "a" * 5000, [], [[]], [1], [True], {}, {"x": 1}, {"value": []}]  # fmt: skip


def rows():
    header, *vectors = golden.folder().joinpath(relative_path(catalog.get("huber"), FLOAT64)).read_text().splitlines()
    wide = golden.folder().joinpath(relative_path(catalog.get("softmax_cross_entropy"), FLOAT64)).read_text().splitlines()[1:]
    yield GOLDEN, "header", json.loads(header)
    files = {"margin/hinge.float64.jsonl": {"sha256": "0" * 64, "vectors": 3}}
    yield GOLDEN, "manifest", {**golden.manifest(golden.folder()), "files": files}
    yield from ((GOLDEN, "vector", json.loads(line)) for line in (*vectors[::90], *wide[::90], vectors[-1]))
    yield PROTOCOL, "hello", {"type": "hello", "protocol": 2, "name": "mine", "version": "1", "language": "C", "formats": ["float64"],
                              "losses": {"huber": {"parts": ["value"], "options": ["delta"], "limits": ["x"]}}}  # fmt: skip
    loss = catalog.get("softmax_cross_entropy")
    found = golden.read(loss, FLOAT64)
    asked = recorded.questions(loss, ["value"], [found[0], found[-1]], FLOAT64, Tiling(0, 0))
    yield from ((PROTOCOL, "run", {**run, "sequence": 1}) for run in asked)
    yield PROTOCOL, "result", {"type": "result", "sequence": 3, "answer": ["3ff0000000000000", "7ff8000000000000"]}
    yield PROTOCOL, "unsupported", {"type": "unsupported", "sequence": 3, "reason": "no", "link": "https://example.org"}
    yield PROTOCOL, "error", {"type": "error", "sequence": 3, "message": "no"}


ROWS = list(rows())


def places(x, at=()):
    yield at
    for key, y in x.items() if isinstance(x, dict) else enumerate(x[:2]) if isinstance(x, list) else ():
        yield from places(y, (*at, key))


def changed(row, draw):
    """The row with one thing of it replaced, gone, or more."""
    row = copy.deepcopy(row)
    *way, last = draw.choice([at for at in places(row) if at])
    holder = row
    for key in way:
        holder = holder[key]
    how = draw.randrange(3)
    if how == 0:
        del holder[last]
    elif how == 1:
        holder[last] = copy.deepcopy(draw.choice(ODD))
    elif isinstance(holder, dict):
        holder[draw.choice(["tolerance", "K", "x"])] = copy.deepcopy(draw.choice(ODD))
    else:
        holder.append(copy.deepcopy(draw.choice(ODD)))
    return row


@pytest.mark.parametrize(("schema", "kind", "row"), ROWS, ids=[f"{kind}-{i}" for i, (_, kind, _) in enumerate(ROWS)])
@pytest.mark.whole
def test_it_agrees_with_another_validator(schema, kind, row):
    check, draw = schemas.reader(schema, kind), random.Random(kind)
    validator = jsonschema.Draft7Validator({**schema, "$ref": f"#/definitions/{kind}"})
    assert check(row) == ""
    assert validator.is_valid(row)
    refused = 0
    for _ in range(300):
        other = changed(row, draw)
        complaint = check(other)
        assert (complaint == "") == validator.is_valid(other), (complaint, other)
        refused += bool(complaint)
    assert 50 < refused < 300


def test_what_it_says_names_the_place():
    row = json.loads(json.dumps(next(row for _, kind, row in ROWS if kind == "vector")))
    row["value"]["K"].append("0x1p0")
    assert schemas.reader(GOLDEN, "vector")(row) == "vector.value.K[1] must match ^[0-9a-f]{16}$"


def test_no_line_end_passes_for_the_end_of_a_text():
    """Python's $ would let it."""
    row = {**next(row for _, kind, row in ROWS if kind == "vector"), "id": "0123456789ab\n"}
    assert schemas.reader(GOLDEN, "vector")(row) == "vector.id must match ^[0-9a-f]{12}$"


def test_a_deep_value_is_a_sentence():
    deep = []
    for _ in range(10_000):
        deep = [deep]
    row = {**next(row for _, kind, row in ROWS if kind == "vector"), "inputs": {"prediction": deep}}
    assert schemas.reader(GOLDEN, "vector")(row) == "vector is nested too deep"


def test_a_keyword_that_is_not_read_is_refused():
    with pytest.raises(ValueError, match="uniqueItems"):
        schemas.reader({"definitions": {"x": {"type": "array", "uniqueItems": True}}}, "x")
