"""Golden files are read bit for bit by the standard libraries of seven languages, those whose toolchain is here for real."""

import json
import math
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from lossref import golden

FOLDER = Path(__file__).parent.parent / "examples" / "readers"
FILES = ("binary/sigmoid_cross_entropy.float64.jsonl", "categorical/softmax_cross_entropy.float32.jsonl")
READERS = {  # how each is compiled, if it is, into OUT, and started
    "read_golden.py": ((), (sys.executable, "SOURCE")),
    "read_golden.c": (("cc", "-O2", "-o", "OUT", "SOURCE"), ("OUT",)),
    "read_golden.rs": (("rustc", "-O", "-o", "OUT", "SOURCE"), ("OUT",)),
    "read_golden.mjs": ((), ("node", "SOURCE")),
    "read_golden.jl": ((), ("julia", "SOURCE")),
    "read_golden.go": (("go", "build", "-o", "OUT", "SOURCE"), ("OUT",)),
    "read_golden.java": ((), ("java", "SOURCE")),
}


def flat(nested):
    return [bits for inner in nested for bits in flat(inner)] if isinstance(nested, list) else [nested]


def wanted(path):
    """Id, bits of the first input, bits of the value, and the values, by Python's own reading of JSON and of bits."""
    header, *rows = map(json.loads, path.read_text(encoding="ascii").splitlines())
    code = {"float64": ">d", "float32": ">f"}[header["format"]]
    assert any("reduction" in row["options"] for row in rows)  # calls too
    for row in rows:
        values = row["value"]["rounded"]
        numbers = [struct.unpack(code, bytes.fromhex(bits))[0] for bits in values]
        yield row["id"], ",".join(flat(next(iter(row["inputs"].values())))), ",".join(values), numbers


@pytest.mark.parametrize("name", READERS)
def test_reader_reads_every_bit(name, tmp_path):
    build, start = READERS[name]
    tool = (*build, *start)[0]
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not installed here, so that {name} is not run")
    places = {"SOURCE": str(FOLDER / name), "OUT": str(tmp_path / "read_golden")}
    if build:
        done = subprocess.run([places.get(word, word) for word in build], capture_output=True, text=True, timeout=120)
        assert (done.returncode, done.stderr) == (0, "")
    for file in FILES:
        path = golden.folder() / file
        done = subprocess.run([*(places.get(word, word) for word in start), str(path)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        printed = [line.split(" ") for line in done.stdout.splitlines()]
        expected = list(wanted(path))
        assert [line[:3] for line in printed] == [list(row[:3]) for row in expected]
        for line, row in zip(printed, expected, strict=True):
            for printed_number, number in zip(map(float, line[3].split(",")), row[3], strict=True):
                assert printed_number == number or (math.isnan(printed_number) and math.isnan(number))
    other = str(golden.folder() / "MANIFEST.json")
    done = subprocess.run([*(places.get(word, word) for word in start), other], capture_output=True, timeout=60)
    assert done.returncode > 0  # what is no golden file ends with a complaint, and no crash


def test_every_reader_is_tested_and_short():
    assert set(READERS) == {path.name for path in FOLDER.iterdir() if path.is_file()}
    for path in FOLDER.glob("read_golden.*"):
        lines = path.read_text(encoding="ascii").splitlines()
        assert max(map(len, lines)) <= 120
        assert len(lines) <= 100
