"""The readers of seven languages read golden data bit for bit and grade by it as the judge does, those whose toolchain is here for real."""

import io
import json
import math
import random
import shutil
import struct
import subprocess
import sys
from contextlib import redirect_stdout
from fractions import Fraction
from pathlib import Path

import pytest
import share
from runs import once, sealed

from lossref import catalog, golden
from lossref.cli import main
from lossref.formats import FLOAT64, FORMATS
from lossref.golden.row import vector
from lossref.implementations import wire
from lossref.judge.measure import LEVELS, grade, measure
from lossref.judge.outcome import has_answer, truths
from lossref.spec import APART, PARTS, REGIONS, identify

FOLDER = Path(__file__).parent.parent / "examples" / "readers"
READERS = {  # how each is compiled, if it is, into the folder OUT, and started
    "read_golden.py": ((), (sys.executable, "SOURCE")),
    "read_golden.c": (("cc", "-O2", "-Wall", "-Wextra", "-o", "OUT/read_golden", "SOURCE", "-lm"), ("OUT/read_golden",)),
    "read_golden.rs": (("rustc", "-O", "-o", "OUT/read_golden", "SOURCE"), ("OUT/read_golden",)),
    "read_golden.mjs": ((), ("node", "SOURCE")),
    "read_golden.jl": ((), ("julia", "SOURCE")),
    "read_golden.go": (("go", "build", "-o", "OUT/read_golden", "SOURCE"), ("OUT/read_golden",)),
    "read_golden.java": (("javac", "-d", "OUT", "SOURCE"), ("java", "-cp", "OUT", "ReadGolden")),
}
# With calls, gradients in several arguments, kinks, jumps, tails and means over nothing.
SAMPLED = ("softmax_cross_entropy", "huber", "zero_one", "triplet_margin", "relu")
STYLES = (  # of answers, one for each part of a loss in a region
    "right", "an ulp", "almost all that inputs explain", "more than inputs explain", "almost all that terms explain",
    "more than terms explain", "half the digits", "fewer", "flushed", "mirrored", "not finite",
)  # fmt: skip


@pytest.fixture(scope="module", params=READERS)
def reader(request, tmp_path_factory):
    """Runs the reader of a language with arguments; what it prints, as lines of words."""
    build, start = READERS[request.param]
    tool = (*build, *start)[0]
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not installed here, so that {request.param} is not run")
    out = tmp_path_factory.mktemp("reader")

    def placed(words):
        return [word.replace("SOURCE", str(FOLDER / request.param)).replace("OUT", str(out)) for word in words]

    if build:
        done = subprocess.run(placed(build), capture_output=True, text=True, timeout=120)
        assert (done.returncode, done.stderr) == (0, "")

    def run(*arguments, is_right=True):
        done = subprocess.run([*placed(start), *map(str, arguments)], capture_output=True, text=True, timeout=300)
        assert (done.returncode == 0) == is_right, done.stderr
        return [line.split() for line in done.stdout.splitlines()]

    return run


@pytest.fixture(scope="module")
def files():
    """Every fifth file, others for another share of the suite, and those of the losses that are sampled."""
    paths, (first, _) = sorted(golden.manifest(golden.folder())["files"]), share.asked() or (0, 1)
    sampled = [path for path in paths if path.partition("/")[2].partition(".")[0] in SAMPLED]
    return [golden.folder() / path for path in sorted({*paths[first % 5 :: 5], *sampled})]


@pytest.fixture(scope="module")
def expected(files):
    return [line for path in files for line in wanted(path)]


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A file of answers of all grades, and the grades that `lossref judge` gives them."""
    folder, grades, lines = tmp_path_factory.mktemp("sample"), {}, ""
    for form in golden.SHIPPED_FORMATS:
        asked, answered = folder / f"{form}.vectors", folder / f"{form}.results"
        said = map(json.loads, printed("vectors", *SAMPLED, "--format", form).splitlines())
        runs = list(once(message for message in said if message["type"] == "run"))
        asked.write_text(sealed(map(wire.line, (wire.GREETING, *runs, wire.BYE))), encoding="ascii")
        vectors = {v.id: v for name in SAMPLED for v in golden.read(catalog.get(name), FORMATS[form])}
        replies = [hello(runs, form), *(reply(run, vectors) for run in runs)]
        answered.write_text("".join(json.dumps(message) + "\n" for message in replies), encoding="ascii")
        report = json.loads(printed("judge", asked, answered, "--format", form, "--json"))
        for verdict in report["losses"]:
            for part, found in verdict["parts"].items():
                head = (verdict["loss"], form, part)
                grades |= {(*head, region): level for region, level in found["regions"].items()} | {(*head, "headline"): found["grade"]}
        done = subprocess.run([sys.executable, FOLDER / "answers.py", asked, answered], capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
        lines += done.stdout
    (folder / "answers.txt").write_text(lines, encoding="ascii")
    return folder / "answers.txt", grades


def printed(*arguments):
    with redirect_stdout(io.StringIO()) as text:
        main(list(map(str, arguments)))
    return text.getvalue()


def hello(runs, form):
    losses = {}
    for run in runs:
        has = losses.setdefault(run["loss"], {"parts": list(PARTS), "options": []})
        has["options"] = sorted({*has["options"], *run["options"]})
    about = {"name": "sample", "language": "none", "version": "1", "command": "none", "formats": [form]}
    return {"type": "hello", "protocol": 2, **about, "losses": losses}


def reply(run, vectors):
    """The right answers made worse, by a chance that the question and the region alone decide; some declined, some failed."""
    is_call, batch = "reduction" in run["options"], run["inputs"]
    examples = [batch] if is_call else [dict(zip(batch, row, strict=True)) for row in zip(*batch.values(), strict=True)]
    asked = [vectors[identify(run["loss"], run["format"], example, run["options"])] for example in examples]
    chance = random.Random(f"{run['part']} {[v.id for v in asked]}")
    head = {"sequence": run["sequence"]}
    if chance.random() < 0.05:
        return {"type": "unsupported", **head, "reason": "not today"}
    if {v.region for v in asked} <= set(APART) and chance.random() < 0.1:
        return {"type": "error", **head, "message": "overflow"}
    answers = [worsened(v, run["part"]) for v in asked]
    form = FORMATS[run["format"]]
    columns = {}
    for name in asked[0].answer.part(run["part"]):
        rows = []
        for example, found in zip(examples, answers, strict=True):
            taken = [form.encode(found.pop(0)) for _ in asked[len(rows)].answer.part(run["part"])[name].K]
            rows.append(nested(example[name], iter(taken)) if name else taken if is_call and len(taken) > 1 else taken[0])
        columns[name] = rows[0] if is_call else rows
        if is_call and not isinstance(columns[name], list):
            columns[name] = rows
    return {"type": "result", **head, "answer": columns if len(columns) > 1 else next(iter(columns.values()))}


def nested(like, numbers):
    return [nested(x, numbers) for x in like] if isinstance(like, list) else next(numbers)


def worsened(v, part):
    """The right numbers of a part, made worse in the style of the loss, part and region."""
    form = v.question.form
    style = random.Random(f"{v.question.loss} {form.name} {part} {v.region}").choice(STYLES)
    chance = random.Random(f"{v.id} {part}")
    worse = []
    for truth in truths(v, part, form):
        right = truth.rounded if truth.rounded is not None else truth.interval[1]
        if math.isfinite(right):
            worse.append(form.nearest(moved(right, truth, style, form, chance)))
        else:
            worse.append(chance.choice((right,) * 20 + (1.0,)))
    return worse


def moved(right, truth, style, form, chance):
    """A finite number made worse, on this side or on that of the border of each grade."""
    sign, half_the_digits = chance.choice((-1, 1)), 2.0 ** (form.precision / 2)
    of_inputs = float(form.ulp(Fraction(right)) + truth.allowance) / 2
    of_terms = float(form.unit * max(truth.size, form.least_normal) + truth.allowance / 2)
    return {
        "right": right,
        "an ulp": form.step(right, sign),
        "almost all that inputs explain": right + 7 * sign * of_inputs,
        "more than inputs explain": right + 10 * sign * of_inputs,
        "almost all that terms explain": right + 14 * sign * of_terms,
        "more than terms explain": right + 20 * sign * of_terms,
        "half the digits": right + 0.8 * sign * half_the_digits * of_terms,
        "fewer": right + 1.3 * sign * half_the_digits * of_terms,
        "flushed": 0.0,
        "mirrored": -right if chance.random() < 0.1 else right,
        "not finite": chance.choice((right, right, right, math.inf, -math.inf, math.nan)),
    }[style]


def flat(nest):
    return [x for inner in nest for x in flat(inner)] if isinstance(nest, list) else [nest]


def wanted(path):
    """The lines of a file by Python's own reading of JSON and of bits: inputs and options as numbers or words, parts as bits."""
    header, *rows = map(json.loads, path.read_text(encoding="ascii").splitlines())
    form, code = FORMATS[header["format"]], {"float64": ">d", "float32": ">f"}[header["format"]]
    for row, v in zip(rows, golden.read(catalog.get(header["loss"]), form), strict=True):
        for name, x in (*row["inputs"].items(), *row["options"].items()):
            bits = 2 * struct.calcsize(code)
            are_numbers = name in row["inputs"] or not isinstance(x, str) or len(x) == bits
            is_bits = [are_numbers and isinstance(y, str) for y in flat(x)]
            words = [struct.unpack(code, bytes.fromhex(y))[0] if b else y for y, b in zip(flat(x), is_bits, strict=True)]
            yield row["id"], name, [str(y).lower() if isinstance(y, bool) else y for y in words]
        for part in PARTS:
            if has_answer(v, part):
                found = [row["value"]] if part == "value" else row[part].values()
                yield row["id"], part, [bits for one in found for bits in one["rounded"] or [low for low, _ in one["interval"]]]


def same(word, expected):
    """Whether a printed word is what was wanted."""
    if isinstance(expected, str):
        return word == expected
    return float(word) == expected or (math.isnan(expected) and math.isnan(float(word)))


@pytest.mark.whole
def test_reader_reads_every_bit_of_a_file(reader, files, expected):
    for line, (identifier, name, words) in zip(reader(*files), expected, strict=True):
        assert line[:2] == [identifier, name]
        assert len(line) == len(words) + 2, line
        assert line[2:] == words or all(map(same, line[2:], words)), (line, words)


@pytest.mark.whole
def test_what_a_reader_prints_it_grades_as_exact(reader, files, tmp_path):
    right = tmp_path / "right.txt"
    right.write_text("".join(" ".join(line) + "\n" for line in reader(*files[::7])), encoding="ascii")
    assert {line[4] for line in reader("--grade", right, *files[::7])} == {"A+"}


@pytest.mark.whole
def test_reader_grades_as_the_judge_does(reader, files, sample):
    answers, grades = sample
    assert {region for *_, region in grades} > set(APART)
    assert set(grades.values()) == set(LEVELS)
    assert {tuple(line[:4]): line[4] for line in reader("--grade", answers, *files)} == grades


@pytest.mark.whole
def test_reader_grades_edges_as_the_judge_does(reader, tmp_path):
    """Files that no loss has: subnormal and largest numbers, powers of two, and errors at the border of each grade."""
    files, answers, grades = [], "", {}
    for k in range(120):
        chance, form = random.Random(k), FORMATS[golden.SHIPPED_FORMATS[k % 2]]
        header = {"loss": f"loss_{k}", "format": form.name, "flags": {"edge": ""}}
        rows = [edge(f"{k:04x}{number:08x}", region, form, chance) for number, region in enumerate(REGIONS)]
        files.append(tmp_path / f"{k}.jsonl")
        files[-1].write_text("".join(json.dumps(row, separators=(",", ":")) + "\n" for row in (header, *rows)), encoding="ascii")
        for found in rows:
            v = vector(header, found, form)
            for part in PARTS:
                (truth,) = truths(v, part, form)
                if chance.random() < 0.02:  # no number came back
                    answers += f"{v.id} {part}\n"
                    grades[header["loss"], form.name, part, v.region] = "F"
                    continue
                y = edge_answer(truth, form, chance)
                answers += f"{v.id} {part} {form.encode(y if y - y else Fraction(y))}\n"
                grades[header["loss"], form.name, part, v.region] = grade([measure(y, truth, form)], form)
    (tmp_path / "answers.txt").write_text(answers, encoding="ascii")
    assert set(grades.values()) == set(LEVELS)
    printed = {tuple(line[:4]): line[4] for line in reader("--grade", tmp_path / "answers.txt", *files) if line[3] != "headline"}
    assert printed == grades


def edge(identifier, region, form, chance):
    """A row whose answers lie at the edges of the format."""

    def part():
        right, width = edge_number(form, chance), 2.0 ** chance.choice((-60, -1, 0, 1, 30))
        K = chance.choice((0.0, abs(right) * (0.25 + 2.0**-40), abs(right) * (0.25 - 2.0**-40), 2.0 ** chance.uniform(-1070, 1000)))
        S = chance.choice((0.0, abs(right), 2.0 ** chance.uniform(-1070, 1000)))
        residual = chance.choice((0, 1, -1, 32768, -32768, chance.randrange(-32768, 32768)))
        fields = {"rounded": [form.encode(Fraction(right))], "residual": [residual]}
        fields |= {"K": [FLOAT64.encode(Fraction(K))], "S": [FLOAT64.encode(Fraction(S))]}
        if chance.random() < 0.3:
            ends = sorted(form.nearest(x) for x in (right, right * (width if abs(right) < 1 else min(width, 1.0))))
            fields["interval"] = [[form.encode(Fraction(end)) for end in ends]]
            if chance.random() < 0.5:
                fields |= {"rounded": None, "residual": None}
        elif chance.random() < 0.05:
            fields["rounded"] = [form.encode(chance.choice((math.inf, -math.inf, math.nan)))]
        return fields

    head = {"id": identifier, "region": region, "flag": "edge", "inputs": {"x": form.encode(Fraction(1))}, "options": {}}
    return {**head, "value": part(), "gradient": {"x": part()}, "hessian": {"x": part()}}


def edge_number(form, chance):
    """A finite number near one of the places where the spacing or the scale changes."""
    near = chance.choice((Fraction(0), form.least_normal, Fraction(2) ** form.least_exponent, form.largest, Fraction(1), form.unit))
    if chance.random() < 0.3:
        near = Fraction(2) ** chance.randrange(form.least_exponent, form.largest.numerator.bit_length())
    return chance.choice((1, -1)) * form.step(float(near), chance.choice((-1, 0, 0, 1)))


def edge_answer(truth, form, chance):
    """A number at the border of a grade, or none."""
    low, high = truth.interval or (truth.rounded, truth.rounded)
    if not math.isfinite(low) or chance.random() < 0.25:
        return chance.choice((low, 0.0, -low, math.inf, -math.inf, math.nan, form.step(0.0, 1), edge_number(form, chance)))
    of_inputs = (form.ulp(Fraction(high)) + truth.allowance) / 2
    of_terms = form.unit * max(truth.size, form.least_normal) + truth.allowance / 2
    half_the_digits = Fraction(2.0 ** (form.precision / 2))
    distance = chance.choice((form.ulp(Fraction(high)), 8 * of_inputs, 16 * of_terms, half_the_digits * of_terms))
    factor = chance.choice((Fraction(9, 10), Fraction(11, 10)))  # on the border a last rounding decides
    return form.step(form.nearest(Fraction(high) + chance.choice((1, -1)) * factor * distance), chance.choice((-1, 0, 0, 1)))


def test_a_reader_complains_of_what_is_no_golden_file(reader):
    reader(golden.folder() / "MANIFEST.json", is_right=False)


def test_every_reader_is_tested_and_short():
    assert {*READERS, "answers.py"} == {path.name for path in FOLDER.iterdir() if path.is_file()}
    for path in FOLDER.glob("*.*"):
        lines = path.read_text(encoding="ascii").splitlines()
        assert max(len(line.replace("\t", "    ")) for line in lines) <= 120
        assert len(lines) <= 380
