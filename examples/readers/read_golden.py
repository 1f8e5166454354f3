"""Reads golden data with the standard library alone.

    python read_golden.py golden/binary/sigmoid_cross_entropy.float64.jsonl

Prints of each vector its id, the bits of its first input and of its value, and the value in decimal digits.
"""

import json
import struct
import sys


def decode(bits: str) -> float:
    number: float = struct.unpack(">d" if len(bits) == 16 else ">f", bytes.fromhex(bits))[0]
    return number


def encode(number: float, form: str) -> str:
    return struct.pack(">d" if form == "float64" else ">f", number).hex()


with open(sys.argv[1], encoding="ascii") as file:
    form = json.loads(next(file))["format"]  # the first line says what the others are
    for line in file:
        vector = json.loads(line)
        first = next(iter(vector["inputs"].values()))
        numbers = [decode(bits) for bits in (first if isinstance(first, list) else [first])]
        value = decode(vector["value"])
        print(vector["id"], ",".join(encode(x, form) for x in numbers), encode(value, form), f"{value:.17g}")
