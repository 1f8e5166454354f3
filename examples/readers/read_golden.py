"""Reads golden data with the standard library alone.

    python read_golden.py golden/binary/sigmoid_cross_entropy.float64.jsonl

Prints of each vector its id, the bits of its first input and of its value, and the value in decimal digits. A call,
with "reduction" among its options, has several examples and, unreduced, several values: they are separated by commas.
"""

import json
import struct
import sys
from typing import Any


def decode(bits: str) -> float:
    number: float = struct.unpack(">d" if len(bits) == 16 else ">f", bytes.fromhex(bits))[0]
    return number


def encode(number: float, form: str) -> str:
    return struct.pack(">d" if form == "float64" else ">f", number).hex()


def flat(nested: Any) -> list[str]:
    return [bits for inner in nested for bits in flat(inner)] if isinstance(nested, list) else [nested]


with open(sys.argv[1], encoding="ascii") as file:
    form = json.loads(next(file))["format"]  # the first line says what the others are
    for line in file:
        vector = json.loads(line)
        numbers = [decode(bits) for bits in flat(next(iter(vector["inputs"].values())))]
        values = [decode(bits) for bits in vector["value"]["rounded"]]
        bits = [",".join(encode(x, form) for x in several) for several in (numbers, values)]
        print(vector["id"], *bits, ",".join(f"{value:.17g}" for value in values))
