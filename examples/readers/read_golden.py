"""Reads golden data, or grades answers by it, with the standard library alone (golden/README.md has the formulas).

    python read_golden.py golden/*/*.jsonl                           prints inputs, options and the right answers
    python read_golden.py --grade answers.txt golden/*/*.jsonl       grades each region of each part, and the whole

Inputs are printed as `ID NAME NUMBER ...` in decimal digits. Answers, printed or given to be graded, are lines
`ID PART BITS ...`, such as `66717c3052e5 value 4026000000000000`; one without numbers says that an answer failed.
"""

import json
import math
import re
import struct
import sys
from dataclasses import dataclass
from typing import Any

PARTS = ("value", "gradient", "hessian")
REGIONS = ("ordinary", "tail", "cancellation", "kink", "option", "reduction", "range", "special")
APART = ("range", "special")  # beside the headline
LEVELS = ("A+", "A", "B", "C", "D", "F")


@dataclass
class Format:
    precision: int
    least: int  # the least positive number is 2 ** least
    top: int  # all numbers are below 2 ** top

    def ulp(self, x: float) -> float:
        return math.ldexp(1.0, max(math.frexp(x)[1] - self.precision, self.least) if x else self.least)

    def ulp_of_exact(self, rounded: float, residual: int) -> float:
        unit = self.ulp(rounded)  # just below a power of two the spacing is half of that above
        is_below = abs(rounded) == math.ldexp(unit, self.precision - 1) and residual * rounded < 0
        return unit / 2 if is_below and unit > math.ldexp(1.0, self.least) else unit


FORMATS = {"float64": Format(53, -1074, 1024), "float32": Format(24, -149, 128)}


@dataclass
class Truth:
    """The exact answer of one component; `rounded` is None at an exact kink, where the ends alone are known."""

    rounded: float | None
    residual: int
    ends: tuple[float, float] | None
    K: float
    S: float


@dataclass
class Tally:
    """The worst of the errors of many numbers."""

    is_exact: bool = True
    is_lost: bool = False
    E1: float = 0.0
    E2: float = 0.0
    E3: float = 0.0

    def add(self, other: "Tally") -> None:
        self.is_exact, self.is_lost = self.is_exact and other.is_exact, self.is_lost or other.is_lost
        self.E1, self.E2, self.E3 = max(self.E1, other.E1), max(self.E2, other.E2), max(self.E3, other.E3)


FAILED = Tally(False, False, math.inf, math.inf, math.inf)


def decode(bits: str) -> float:
    number: float = struct.unpack(">d" if len(bits) == 16 else ">f", bytes.fromhex(bits))[0]
    return number


def encode(number: float, form: str) -> str:
    return struct.pack(">d" if form == "float64" else ">f", number).hex()


def truths(row: dict[str, Any], part: str) -> list[Truth]:
    """Each component of a part; none where it is not judged."""
    found: list[Truth] = []
    for one in [row["value"]] if part == "value" else row[part].values():
        if one["rounded"] is None and "interval" not in one:
            return []  # the loss jumps
        width = len(one["K"])
        rounded: list[Any] = [None] * width if one["rounded"] is None else [decode(bits) for bits in one["rounded"]]
        residual = one["residual"] or [0] * width
        ends = [(decode(low), decode(high)) for low, high in one["interval"]] if "interval" in one else [None] * width
        sizes = one["S"] if len(one["S"]) == width else one["S"] * width
        found += map(Truth, rounded, residual, ends, map(decode, one["K"]), map(decode, sizes))
    is_nan = any(math.isnan(decode(bits)) for bits in row["value"]["rounded"] or ())
    is_empty_mean = part != "value" and "reduction" in row["options"] and row["region"] not in APART and is_nan
    return [] if is_empty_mean else found


def scale(*numbers: float) -> float:
    """A power of two by which no sum overflows and no product underflows."""
    largest = max(map(abs, numbers))
    return 2.0**500 if largest < 2.0**-400 else 2.0**-100 if largest > 2.0**1000 else 1.0


def distance(y: float, low: float, high: float, rest: float, by: float, form: Format) -> float:
    """How far y is outside of [low + rest, high + rest], scaled; an infinity is the first power of two beyond the format."""
    y = y * by if math.isfinite(y) else math.copysign(math.ldexp(by, form.top), y)
    return max((low * by - y) + rest, (y - high * by) - rest, 0.0)


def ratio(a: float, b: float) -> float:
    return a / b if b else math.inf


def measure(y: float, truth: Truth, form: Format) -> Tally:
    """The errors of one number."""
    rounded, (low, high) = truth.rounded, truth.ends or (truth.rounded, truth.rounded)
    if rounded is not None and not math.isfinite(rounded):
        return Tally() if y == rounded or (math.isnan(y) and math.isnan(rounded)) else FAILED
    if math.isnan(y):
        return FAILED
    by = scale(y, low, high, truth.K)
    ulp = form.ulp(max(abs(low), abs(high))) if truth.ends else form.ulp_of_exact(rounded, truth.residual)
    rest = 0.0 if truth.ends else truth.residual / 65536 * (form.ulp(rounded) * by)
    outside, K = distance(y, low, high, rest, by, form), truth.K * by
    E1 = ratio(outside, ulp * by)
    if rounded is not None:
        near = scale(y, rounded)
        tail = truth.residual / 65536 * (form.ulp(rounded) * near)
        E1 = ratio(distance(y, rounded, rounded, tail, near, form), form.ulp_of_exact(rounded, truth.residual) * near)
    least_normal = math.ldexp(1.0, form.least + form.precision - 1)
    E3 = ratio(2 * outside, math.ldexp(max(truth.S, least_normal) * by, 1 - form.precision) + K)
    least, inward = min(abs(low), abs(high)) * by, rest if low > 0 else -rest
    has_sign = low > 0 < high or low < 0 > high
    matters = has_sign and (least - least_normal * by) + inward >= 0 and (least - 4 * K) + inward > 0
    return Tally(
        is_exact=y == rounded or (rounded is None and outside == 0),
        is_lost=matters and outside > 0 and (y == 0 or y < 0 < low or y > 0 > low or math.isinf(y)),
        E1=E1,
        E2=ratio(2 * outside, ulp * by + K),
        E3=math.inf if math.isinf(y) and E3 > 16 else E3,
    )


def grade(worst: Tally, form: Format) -> str:
    if worst.is_exact:
        return "A+"
    if worst.E1 <= 1 and not worst.is_lost:
        return "A"
    if worst.E2 <= 8 and not worst.is_lost:
        return "B"
    if worst.E3 <= 16:
        return "C"
    return "D" if worst.E3 <= 2 ** (form.precision / 2) else "F"


def print_row(row: dict[str, Any], form: str) -> None:
    for name, x in (*row["inputs"].items(), *row["options"].items()):
        words = re.findall(r"[\w-]+", json.dumps(x))
        are_bits = [re.fullmatch("([0-9a-f]{16}|[0-9a-f]{8})", word) and '"' in json.dumps(x) for word in words]
        print(row["id"], name, *(f"{decode(w):.17g}" if is_bits else w for w, is_bits in zip(words, are_bits, strict=True)))
    for part in PARTS:  # at a kink the least slope stands for all
        if found := truths(row, part):
            right = [truth.ends[0] if truth.rounded is None and truth.ends else truth.rounded for truth in found]
            print(row["id"], part, *(encode(x, form) for x in right if x is not None))


def grade_file(header: dict[str, Any], rows: list[dict[str, Any]], answers: dict[tuple[str, str], list[str]]) -> None:
    form = FORMATS[header["format"]]
    for part in PARTS:
        tallies: dict[str, Tally] = {}
        for row in rows:
            expected, got = truths(row, part), answers.get((row["id"], part))
            if not expected or got is None:
                continue
            tally = tallies.setdefault(row["region"], Tally())
            numbers = map(decode, got) if len(got) == len(expected) else ()
            for error in [measure(y, truth, form) for y, truth in zip(numbers, expected)] or [FAILED]:  # noqa: B905
                tally.add(error)
        grades = {region: grade(tallies[region], form) for region in REGIONS if region in tallies}
        counted = [found for region, found in grades.items() if region not in APART] or list(grades.values())
        for region, found in [*grades.items(), *([("headline", max(counted, key=LEVELS.index))] if grades else [])]:
            print(header["loss"], header["format"], part, region, found)


def main(arguments: list[str]) -> None:
    answers: dict[tuple[str, str], list[str]] = {}
    is_grading = arguments[:1] == ["--grade"]
    if is_grading:
        with open(arguments[1], encoding="ascii") as file:
            answers = {(words[0], words[1]): words[2:] for words in map(str.split, file)}
    for path in arguments[2 if is_grading else 0 :]:
        with open(path, encoding="ascii") as file:
            header, *rows = map(json.loads, file)  # the first line says what the others are
        if is_grading:
            grade_file(header, rows, answers)
        else:
            for row in rows:
                print_row(row, header["format"])


if __name__ == "__main__":
    main(sys.argv[1:])
