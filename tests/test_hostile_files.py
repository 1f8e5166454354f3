"""Hostile golden sets, waivers, conventions and ids: one line, no traceback, no hang, no file written, bounded memory."""

import json
import os
import re
import time
from datetime import date

import pytest
from fuzzing import readers as fuzz
from typed import run

from lossref import catalog, golden
from lossref.conventions.formula import ConventionError
from lossref.conventions.grammar import parse
from lossref.golden import GoldenError
from lossref.golden.read import FILE_LIMIT, MANIFEST, SCHEMA, forget
from lossref.golden.verify import listed_files
from lossref.judge import waivers
from lossref.spec import Vector

HINGE = fuzz.FILES[0]


@pytest.fixture
def written(tmp_path):
    """Write a golden set of three files; their digests fit whatever is in them, unless a manifest is given."""

    def write(manifest=None, **changed):
        files = fuzz.stamped(fuzz.a_set() | {changed["path"]: changed["data"]} if changed else fuzz.a_set())
        files |= {MANIFEST: manifest} if manifest else {}
        for path, data in files.items():
            (tmp_path / "set" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "set" / path).write_bytes(data)
        return tmp_path / "set"

    yield write
    forget()


def second_line(change):
    header, first, *rest = fuzz.a_set()[HINGE].split(b"\n")
    return b"\n".join([header, change(first), *rest])


def with_input(text):
    return second_line(lambda line: re.sub(rb'("prediction":)"[0-9a-f]*"', rb"\1" + text, line, count=1))


def refused(capsys, where, words):
    for command, wanted in (("verify", 1), ("diff", 2)):
        status, out, err = run(capsys, "golden", command, where)
        assert (status, out, err.count("\n")) == (wanted, "", 1), err
        assert words in err
        assert err[:-1].isprintable()


def test_the_set_of_these_tests_is_one(written, capsys):
    assert run(capsys, "golden", "verify", written())[0] == 0


FILES = {
    "truncated": (lambda: fuzz.a_set()[HINGE][:-30], "line 9: not the JSON that is wanted"),
    "empty": (lambda: b"", "holds 0 vectors"),
    "deep": (lambda: second_line(lambda line: b"[" * 10**6), "line 2: nested too deep"),
    "a key twice": (lambda: second_line(lambda line: b'{"id":"x",' + line[1:]), "key 'id' stands twice"),
    "NaN": (lambda: second_line(lambda line: line[:-1] + b',"a":NaN}'), "NaN stands where no such number may stand"),
    "1e400": (lambda: second_line(lambda line: line[:-1] + b',"a":1e400}'), "1e400 stands where no such number may stand"),
    "a huge number": (lambda: second_line(lambda line: line[:-1] + b',"a":' + b"9" * 10**6 + b"}"), "is beyond 2**53"),
    "a lone surrogate": (lambda: second_line(lambda line: line.replace(b'"flag"', b'"\\ud800"')), "unknown field '\\ud800'"),
    "escape codes": (lambda: second_line(lambda line: b"\x1b[2J" + line), r"line 2: not the JSON that is wanted"),
    "no UTF-8": (lambda: second_line(lambda line: b"\xff" + line), "not UTF-8"),
    "null": (lambda: second_line(lambda line: b"null"), "line 2"),
    "another file": (lambda: fuzz.a_set()[fuzz.FILES[1]], "line 1: the header is that of another file"),
    "an input nested deep": (lambda: with_input(b"[" * 300 + b"1" + b"]" * 300), "line 2: "),
    "an input of rows of different lengths": (lambda: with_input(b"[[1],[1,2]]"), "is not the hash of its inputs"),
    "an empty input": (lambda: with_input(b"[]"), "line 2: vector"),
    "a sentence for an option": (lambda: second_line(lambda line: line.replace(b'"options":{', b'"options":{"a":"b c"', 1)), "line 2: "),
    "a list for a gradient": (lambda: second_line(lambda line: line.replace(b'"gradient":{', b'"gradient":[{', 1)), "line 2: "),
    "many lists": (lambda: second_line(lambda line: b"[" + b"[]," * 10**7 + b"[]]"), "MiB of memory hold"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_golden_file_is_one_line(written, capsys, name):
    make, words = FILES[name]
    refused(capsys, written(path=HINGE, data=make()), words)


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_whose_digest_fits_is_read_or_refused(written, name):
    """A digest vouches for bytes, not for sense: what `check` reads is vectors, or one sentence."""
    where = written(path=HINGE, data=FILES[name][0]())
    try:
        found, said = golden.read(catalog.get("hinge"), fuzz.FORM, where), "read"
    except GoldenError as error:
        found, said = [], str(error)
    assert said.isprintable()
    assert len(said) < 3000
    assert all(isinstance(v, Vector) for v in found)


def test_a_huge_golden_file_is_not_read(written, capsys):
    where = written()
    os.truncate(where / HINGE, FILE_LIMIT + 1)
    refused(capsys, where, f"longer than the {FILE_LIMIT} bytes that are read")


@pytest.mark.parametrize("path", [
    "../../etc/passwd", "/etc/passwd", "margin/../../x.jsonl", "margin\\x.float32.jsonl", "C:/x.float32.jsonl", "margin/x\0.float32.jsonl",
    "./margin.float32.jsonl", "~/x.float32.jsonl", "margin/x\n.float32.jsonl", "margin/\x1b[2J.float32.jsonl",
])  # fmt: skip
@pytest.mark.parametrize("command", ["verify", "diff", "generate"])
def test_a_path_that_climbs_out_is_one_line(written, tmp_path, capsys, path, command):
    content = json.loads(fuzz.stamped(fuzz.a_set())[MANIFEST])
    content["files"] |= {path: content["files"][HINGE]}
    where = written(manifest=json.dumps(content).encode())
    (tmp_path / "x.jsonl").write_text("mine")
    status, out, err = run(capsys, "golden", command, *(["--out"] if command == "generate" else []), where)
    assert (status, out, err.strip().count("\n")) == (1 if command == "verify" else 2, "", 0)
    assert "which is no path FAMILY/LOSS.FORMAT.jsonl in its folder" in err
    assert (tmp_path / "x.jsonl").read_text() == "mine"


def test_a_link_that_leads_out_is_neither_read_nor_written_through(written, tmp_path, capsys):
    where = written()
    (tmp_path / "secret").write_text("key")
    (where / HINGE).unlink()
    (where / HINGE).symlink_to(tmp_path / "secret")
    refused(capsys, where, "is a link that leads out of the folder")
    (tmp_path / "elsewhere").mkdir()
    (where / "regularisation").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(GoldenError, match="leads out"):
        listed_files(where)
    assert run(capsys, "golden", "generate", "--out", where)[0] == 2
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
@pytest.mark.parametrize("path", [HINGE, SCHEMA, MANIFEST])
def test_a_pipe_in_place_of_a_file_holds_nobody_up(written, capsys, path):
    where = written()
    (where / path).unlink()
    os.mkfifo(where / path)
    refused(capsys, where, "cannot be read: it is no file")


SCHEMAS = (
    b"[]",
    b'{"definitions":{"manifest":{}}}',
    b'{"definitions":{"manifest":{"$ref":"file:///etc/passwd"}}}',
    b'{"definitions":{"manifest":{"pattern":"^(a+)+$"}}}',
    b'{"definitions":{"manifest":{"properties":{"\\"]: import os":{}}}}}',
    b"[" * 10**5,
)


@pytest.mark.parametrize("data", SCHEMAS)
def test_a_schema_of_a_stranger_is_never_compiled(written, capsys, data):
    refused(capsys, written(path=SCHEMA, data=data), "is no schema that golden sets have had")


WAIVER = '[[waiver]]\nvectors = ["92748ec56cdd"]\nreason = "x"\nlink = "https://x.y"\nexpires = 2030-12-31\n'
WAIVERS = {
    "huge": ("#" * (waivers.FILE_LIMIT + 1), "longer than the"),
    "deep": ("a = " + "[" * 10**5, "is not TOML"),
    "deep tables": ("a = " + "{a = " * 10**4, "is not TOML"),
    "a key of many parts": ("a." * 10**5 + "a = 1", "a line with more than"),
    "a heading of many parts": ("[" + "a." * 10**5 + "a]", "a line with more than"),
    "a huge number": ("a = " + "9" * 10**5, "is not TOML"),
    "a huge expiry": (WAIVER.replace("2030-12-31", "0x" + "f" * 10**5), "expires must be a day such as 2030-12-31, not a value of type"),
    "a truncated one": (WAIVER[:-30], "is not TOML"),
    "a key twice": (WAIVER + "expires = 2030-12-31\n", "is not TOML"),
    "no UTF-8": ("\udcff", "is not TOML"),
    "a byte 0": ("a = \0", "is not TOML"),
    "an odd key": ('"\\u202e\\u001b[31m" = 1', r"unknown key '\u202e\x1b[31m'"),
    "a number for a reason": (WAIVER.replace('"x"', "inf"), "reason must be text"),
    "a number for a link": (WAIVER.replace('"https://x.y"', "07:32:00"), "link must be text"),
    "a table for vectors": (WAIVER.replace('["92748ec56cdd"]', "{a = 1}"), "list of different ids"),
    "lists for ids": (WAIVER.replace('["92748ec56cdd"]', "[[1]]"), "list of different ids"),
    "a long reason": (WAIVER.replace('"x"', f'"{"x" * 10**5}"'), "above 2000 characters"),
    "many ids": (WAIVER.replace('"92748ec56cdd"', ",".join(f'"{k:012x}"' for k in range(10**4))), "no golden vector has the id"),
}


@pytest.mark.parametrize("name", WAIVERS)
def test_a_hostile_waiver_file_is_one_line(tmp_path, capsys, name):
    text, words = WAIVERS[name]
    (tmp_path / "waivers.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    start = time.process_time()
    status, out, err = run(capsys, "check", "lossref", "--loss", "hinge", "--waivers", tmp_path / "waivers.toml")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert words in err
    assert err[:-1].isprintable()
    assert time.process_time() - start < 5


def test_a_reason_is_shown_as_it_is_spelled(tmp_path):
    (tmp_path / "waivers.toml").write_text(WAIVER.replace('"x"', '"\\u001b[31m\\u202e"'))
    assert waivers.read(tmp_path / "waivers.toml", date(2026, 1, 1))[0].reason == r"\x1b[31m\u202e"


@pytest.mark.parametrize("sentence", [
    "factor " + "1" * 10**5 + "x", "factor 1e9999", "factor 1/0", "factor \u0661", "factor " + "9" * 299, "", "\0",
    "clip a to [" + "0" * 10**5, "log base \x1b[31m", "clip " + "a" * 10**6 + " to [0, 1]", "factor 1e999", "add \ud800 inside log",
])  # fmt: skip
def test_a_hostile_convention_is_one_line_at_once(sentence):
    start = time.process_time()
    with pytest.raises(ConventionError) as refusal:
        parse(sentence)
    assert str(refusal.value).isprintable()
    assert time.process_time() - start < 1


# Other files and ids.


@pytest.mark.parametrize("identifier", ["\udcff", "", "x", "9" * 10**5, "../x", "\x1b[31m"])
@pytest.mark.parametrize("command", [("why",), ("vectors", "--id")])
def test_an_odd_id_is_one_line(capsys, identifier, command):
    if command[0] == "vectors" and not identifier:
        pytest.skip("no id is asked for")
    status, _, err = run(capsys, *command, identifier)
    assert (status, err.count("\n")) == (2, 1)
    assert err[:-1].isprintable()


