"""The schema says the same to another validator, and golden files are readable with the standard library alone."""

import hashlib
import json
import struct

import jsonschema

from lossref import golden


def test_an_independent_validator_accepts_every_row(loss, form):
    schema = json.loads((golden.folder() / "schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    rows = (golden.folder() / golden.relative_path(loss, form)).read_text(encoding="ascii").splitlines()
    for kind, line in zip(["header"] + ["vector"] * len(rows), rows, strict=False):
        jsonschema.validate(json.loads(line), {**schema, "$ref": f"#/definitions/{kind}"})


def test_bits_are_plain_big_endian_ieee(loss, form):
    code = {64: ">d", 32: ">f"}[form.width]
    rows = (golden.folder() / golden.relative_path(loss, form)).read_text().splitlines()[1:]
    read = [struct.unpack(code, bytes.fromhex(json.loads(row)["value"]))[0] for row in rows]
    assert [repr(x) for x in read] == [repr(v.value) for v in golden.read(loss, form)]


def test_the_schema_of_this_version_is_known():
    digest = hashlib.sha256((golden.folder() / golden.SCHEMA).read_bytes()).hexdigest()
    assert golden.SCHEMAS[digest] == golden.VERSION
