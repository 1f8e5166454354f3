"""The schema says the same to another validator, and golden files are readable with the standard library alone."""

import hashlib
import json
import struct

import jsonschema
import pytest
from asking import parts

from lossref import golden
from lossref.golden.read import SCHEMA, relative_path
from lossref.golden.verify import SCHEMAS
from lossref.values import flat

pytestmark = pytest.mark.sampled


def lines_of(loss, form):
    return (golden.folder() / relative_path(loss, form)).read_text(encoding="ascii").splitlines()


def test_an_independent_validator_accepts_what_is_written(loss, form):
    schema = json.loads((golden.folder() / SCHEMA).read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    header, *rows = map(json.loads, lines_of(loss, form))
    assert rows
    rows = rows[::4] + rows[-1:]
    for kind, found in (("header", [header]), ("vector", rows)):
        validator = jsonschema.Draft7Validator({**schema, "$ref": f"#/definitions/{kind}"})
        for row in found:
            validator.validate(row)


def test_bits_are_plain_big_endian_ieee(loss, form):
    """Every input, value, slope and bend, read by struct alone, is what the reader says."""
    code, width = {64: ">d", 32: ">f"}[form.width], form.width // 4

    def plain(x):
        if isinstance(x, list):
            return [z for y in x for z in plain(y)]
        return [struct.unpack(code, bytes.fromhex(x))[0] if isinstance(x, str) and len(x) == width else x]

    for line, v in zip(lines_of(loss, form)[1:], golden.read(loss, form), strict=True):
        row = json.loads(line)
        assert repr({name: plain(x) for name, x in row["inputs"].items()}) == repr({name: flat(x) for name, x in v.question.inputs.items()})
        stored = [row["value"], *row["gradient"].values(), *row["hessian"].values()]
        assert [repr(part["rounded"] and plain(part["rounded"])) for part in stored] == [
            repr(part.rounded and list(part.rounded)) for part in parts(v.answer)
        ]
        assert [[struct.unpack(">d", bytes.fromhex(k))[0] for k in part["K"]] for part in stored] == [list(p.K) for p in parts(v.answer)]


def test_the_schema_of_this_version_is_known():
    digest = hashlib.sha256((golden.folder() / SCHEMA).read_bytes()).hexdigest()
    assert SCHEMAS[digest].rpartition(".")[0] == golden.VERSION.rpartition(".")[0]  # a patch adds vectors, and no field
