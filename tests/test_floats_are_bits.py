"""Certifying, parsing and judging give the same while the processor flushes, takes subnormal operands for zero, or rounds otherwise."""

import json
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from processor import MODES, needs_modes, processor
from runs import once, sealed

import lossref
from lossref import bits, catalog
from lossref.cli import main
from lossref.exact.balls import INSTALLED
from lossref.formats import FLOAT64, FORMATS
from lossref.golden import read, row
from lossref.golden.write import certified
from lossref.implementations import recorded, wire
from lossref.spec import PARTS
from lossref.testing import assert_call_matches, assert_matches

pytestmark = needs_modes
every_mode = pytest.mark.parametrize("mode", MODES)

LEAST = 0x0010000000000000  # the bits of the least normal float64
WORDS = [0, 1, 2, 3, 0x1234, 0x000012688B70E62B, LEAST // 2, LEAST - 1, LEAST, LEAST + 1, 0x0350000000000001, 0x3FB999999999999A,
         0x3FF0000000000000, 0x3FF0000000000001, 0x44B52D02C7E14AF6, 0x7FEFFFFFFFFFFFFF]  # fmt: skip
NUMBERS = [bits.of_word(word | sign) for word in WORDS for sign in (0, bits.SIGN_BIT)]
TEXTS = ["1e-310", "-1e-310", "5e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "2.2250738585072011e-308", "0.1", "1e23", "0",
         "-0.0", "1e-400", "1e400", "-1e999999999", "1e-999999999", "inf", "nan", " 1_0.5 ", "1.7976931348623158e308"]  # fmt: skip
EVERY, OF_THE_RANGE = 200, 12  # golden vectors of which one is answered anew
FAULTS = ["exact", "exact", "next", "far", "flushed", "zero", "other sign", "nan", "infinite", "least"]


def taken_from(fraction):
    """The bits that a fraction rounds to, by integers alone."""
    return FLOAT64.encode(FLOAT64.round(fraction))


def facts():
    """What is said of each number, each text and each fraction."""
    found = {}
    for x in NUMBERS:
        name = f"{bits.word(x):016x}"
        exact = bits.as_fraction(x)
        found[f"{name} as a fraction"] = str(exact)
        found[f"{name} back"] = bits.word(bits.as_float(exact))
        found[f"{name} written"] = bits.written(x), bits.hexadecimal(x), bits.shortened(x, 3), f"{bits.Shown(x):.3g} {bits.Shown(x)}"
        found[f"{name} in JSON"] = bits.json_text({"x": [x, "text"]})
        found[f"{name} of the format"] = FLOAT64.encode(x), bits.word(FLOAT64.decode(name)), FLOAT64.holds(x), FLOAT64.is_subnormal(x)
        found[f"{name} beside"] = [bits.word(FLOAT64.step(x, by)) for by in (-1, 1)]
        found[f"{name} over 3"] = bits.word(bits.as_float(exact / 3))
        found[f"{name} third"] = bits.word(FLOAT64.nearest(exact / 3)), taken_from(exact / 3)
        found[f"{name} is below"] = [k for k, y in enumerate(NUMBERS) if bits.order(x) < bits.order(y)]
    for text in TEXTS:
        found[f"{text} parsed"] = bits.word(bits.parsed(text)) if text != "nan" else math.isnan(bits.parsed(text))
    for name in ("float32", "float16"):
        width = FORMATS[name].width // 4
        words = [f"{k:0{width}x}" for k in (0, 1, 2, 3, 0x3FF, 0x400, 0x401, 0x7BFF)] + ["807fffff", "80800001"] * (width == 8)
        wide = [FORMATS[name].decode(word) for word in words]
        narrow = bits.narrowed(wide, name)
        found[f"{name} narrowed"] = [f"{x:0{width}x}" for x in narrow.view(f"u{width // 2}").tolist()], words
        found[f"{name} widened"] = [bits.word(x) for x in bits.widened(narrow)], [bits.word(x) for x in wide]
        found[f"{name} from bits"] = [bits.word(x) for x in bits.widened(wire.numbers(words, FORMATS[name], (len(words),)))]
    found["below 0"] = bits.below_zero(np.array([*NUMBERS, math.nan, -math.nan])).tolist()
    return found


PLAIN = facts()


def test_without_a_mode_they_are_what_python_says():
    for x in NUMBERS:
        name = f"{bits.word(x):016x}"
        assert PLAIN[f"{name} as a fraction"] == str(Fraction(x))
        assert PLAIN[f"{name} written"] == (repr(x), x.hex(), f"{x:.3g}", f"{x:.3g} {x}")
        assert PLAIN[f"{name} in JSON"] == json.dumps({"x": [x, "text"]}, indent=1)
        assert PLAIN[f"{name} back"] in (bits.word(x), bits.word(abs(x)))
        assert PLAIN[f"{name} over 3"] == bits.word(float(Fraction(x) / 3))
        assert PLAIN[f"{name} is below"] == [k for k, y in enumerate(NUMBERS) if x < y]
    for text in TEXTS:
        assert PLAIN[f"{text} parsed"] == (bits.word(float(text)) if text != "nan" else True)
    for name in ("float32 narrowed", "float16 narrowed", "float32 widened", "float16 widened"):
        assert PLAIN[name][0] == PLAIN[name][1]
    assert PLAIN["below 0"] == [*(x < 0 for x in NUMBERS), False, False]


@pytest.mark.parametrize("digits", range(1, 18))
def test_a_subnormal_number_is_rounded_to_digits_as_python_does(digits):
    for word in (1, 2, 3, 0x1234, 0x000012688B70E62B, LEAST // 2, LEAST - 1, *(LEAST * k // 777 for k in range(1, 777, 25))):
        x = bits.of_word(word)
        assert bits.shortened(x, digits) == f"{x:.{digits}g}"
        assert bits.written(-x) == repr(-x)


@pytest.mark.parametrize("content", [{}, [], [[], {}], {"a": {"b": [1, -2.5, None, True, 'é\n"'], 'c"': {}}, "d": (1e-310, 5e-324)}, "x"])
def test_json_is_written_as_python_writes_it(content):
    assert bits.json_text(content) == json.dumps(content, indent=1)


@every_mode
def test_bits_are_read_and_written_alike(mode, listed):
    with processor(mode):
        found = facts()
    listed([f"{name}: {x}, and without it {PLAIN[name]}" for name, x in found.items() if x != PLAIN[name]])


@every_mode
@pytest.mark.parametrize("prediction", [1e-310, "1e-310", Decimal("1e-310"), np.float64(1e-310)], ids=lambda x: type(x).__name__)
def test_the_oracle_sees_a_subnormal_number(mode, prediction):
    plain = lossref.oracle("absolute_error", prediction, 0, certified=INSTALLED)
    with processor(mode):
        found = lossref.oracle("absolute_error", prediction, 0, certified=INSTALLED)
        nearest = float(found.value)
    assert found == plain
    assert (nearest, found.gradient, found.interval) == (1e-310, 1, None)


@every_mode
def test_the_oracle_sees_a_subnormal_float32(mode):
    least = np.uint32([1, 0]).view(np.float32)
    with processor(mode):
        found = lossref.oracle("l2_penalty", least, certified=INSTALLED)
        other = lossref.oracle("absolute_error", least[0], np.float32(0), certified=INSTALLED)
    assert [float(x) for x in found.gradient] == [2.0**-149, 0]
    assert (float(other.value), float(other.gradient)) == (2.0**-149, 1)


@every_mode
def test_the_domain_ends_where_it_does(mode):
    """A positive number is above 0, a negative one below, however small they are; a label of 1e-310 is none."""
    variance = catalog.get("gaussian_nll").spaces["variance"]
    label = catalog.get("hinge").spaces["target"]
    x = np.array([1e-310, -1e-310, 0.0, -0.0, 1.0, math.nan, -math.nan, math.inf])
    with processor(mode):
        positive = variance.contains(x, precision=53).tolist()
        unit = catalog.get("binary_cross_entropy").spaces["probabilities"].contains(x, precision=53).tolist()
        labels = label.contains(x, precision=53).tolist()
        edges = [catalog.get("binary_cross_entropy").spaces["probabilities"].is_edge(y) for y in (1e-310, 0.0, 1.0)]
    assert positive == [True, False, False, False, True, True, True, True]
    assert unit == [True, False, True, True, True, True, True, False]
    assert labels == [False, False, False, False, True, True, True, False]
    assert edges == [False, True, True]


def sample(loss, form):
    """Some vectors of each file, and more of those at the ends of the range."""
    vectors = read(loss, form)
    return [v for i, v in enumerate(vectors) if i % EVERY == 0 or (v.region == "range" and i % OF_THE_RANGE == 0)]


@pytest.mark.whole
@pytest.mark.skipif(not INSTALLED, reason="golden data is certified with python-flint")
@every_mode
@pytest.mark.parametrize("name", ["float64", "float32"])
def test_golden_vectors_are_answered_anew_with_the_same_bytes(name, mode, listed):
    """Of each mode and format other losses, so that a mode more or a loss more costs little."""
    misses, deal = [], list(MODES).index(mode) + (name == "float32")
    for loss in map(catalog.get, catalog.names()[deal % len(MODES) :: len(MODES)]):
        for vector in sample(loss, FORMATS[name]):
            golden = wire.line(row.row(vector))
            with processor(mode):
                found = certified(loss, vector.question)
                anew = wire.line(row.row(found)) if found else "no answer"
            if anew != golden:
                misses.append(f"{loss.name} {vector.id} ({vector.region}): {anew}, and golden {golden}")
    listed(misses)


def answered(x, fault, form):
    """A component of an exact answer with a fault, as bits."""
    plain = form.encode(x)
    if fault in ("next", "far") and math.isfinite(x):
        return form.encode(form.step(x, 1 if fault == "next" else 1 << 12))
    if fault == "other sign":
        return form.encode(-x)
    flushed = 0.0 if fault == "zero" or (fault == "flushed" and form.is_subnormal(x)) else None
    other = {"nan": math.nan, "infinite": math.inf, "least": form.step(0.0, 1)}.get(fault, flushed)
    return plain if other is None else form.encode(other)


def run(losses, form, conventions=()):
    """A recorded run in which every answer has a fault of its own, the same each time."""
    facts = {"parts": list(PARTS), "options": [], "conventions": list(conventions)}
    hello = {"type": "hello", "protocol": wire.VERSION, "name": "faulty", "language": "none", "version": "1", "command": "none"}
    lines, sequence = [wire.line(hello | {"formats": [form.name], "losses": {loss.name: facts for loss in losses}})], 0
    for loss in losses:
        by_id = {v.id: v for v in read(loss, form)}
        for asked in once(recorded.questions(loss, PARTS, list(by_id.values()), form)):
            if wire.is_call(asked):
                continue
            sequence += 1
            rows = [by_id[name].answer.part(asked["part"]) for name in recorded._ids(asked)]
            if len(rows[0]) > 1:
                continue
            exact = [x for (found,) in map(dict.values, rows) for x in found.rounded or [low for low, _ in found.interval]]
            faulty = (answered(x, FAULTS[(3 * k + sequence) % len(FAULTS)], form) for k, x in enumerate(exact))
            answer = refilled(asked["inputs"][loss.first] if asked["part"] != "value" else [""] * len(rows), faulty)
            lines += [wire.line(asked | {"sequence": sequence})]
            lines += [wire.line({"type": "result", "sequence": sequence, "answer": answer})]
    return sealed(lines)


def refilled(like, numbers):
    return [refilled(x, numbers) for x in like] if isinstance(like, list) else next(numbers)


LOSSES = ("sigmoid", "absolute_error", "kl_divergence")
DECLARED = {
    (): "float64",
    ("flush subnormal numbers to zero",): "float32",
    ("at a kink the flatter slope", "flush subnormal inputs to zero"): "float64",
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Recorded runs by what is declared."""
    found = {}
    for declared, form in DECLARED.items():
        losses = [catalog.get(name) for name in (LOSSES if not declared else ("absolute_error", "huber"))]
        found[declared] = tmp_path_factory.mktemp("runs") / "run"
        found[declared].write_text(run(losses, FORMATS[form], declared))
    return found


@pytest.mark.whole
@every_mode
@pytest.mark.parametrize("declared", DECLARED, ids=lambda said: " and ".join(said) or "nothing declared")
@pytest.mark.parametrize("output", [["--json"], ["--all"]], ids=" ".join)
def test_a_run_is_judged_alike(mode, declared, output, reports, capsys):
    arguments = ("judge", str(reports[declared]), *output, "--strict", "--worst", "60", *(["--accept-conventions"] if declared else []))
    if arguments not in PLAIN:
        PLAIN[arguments] = main(list(arguments)), capsys.readouterr().out.splitlines()
    with processor(mode):
        found = main(list(arguments)), capsys.readouterr().out.splitlines()
    assert len(PLAIN[arguments][1]) > 100
    assert found == PLAIN[arguments]


SHOWN = {
    "a golden answer": ["why", "{subnormal}"],
    "a subnormal answer": ["eval", "absolute_error", "--prediction", "1e-310", "--target", "0"],
    "a number to be rounded": ["eval", "sigmoid_cross_entropy", "--logits", "0.1", "--target", "1", "--json"],
}


@every_mode
@pytest.mark.parametrize("name", SHOWN)
def test_what_a_command_shows_is_alike(mode, name, capsys):
    subnormal = next(v.id for v in read(catalog.get("sigmoid"), FLOAT64) if v.region == "range" and v.question.inputs["x"] < 0)
    arguments = [word.format(subnormal=subnormal) for word in SHOWN[name]]
    plain = main(arguments), exact_columns(capsys.readouterr().out)
    with processor(mode):
        found = main(arguments), exact_columns(capsys.readouterr().out)
    assert found == plain


def exact_columns(text):
    """All but what our own float64 code gives, which computes as the processor does."""
    if not text.startswith("{") and "lossref, float64" not in text:
        return text
    if text.startswith("{"):
        return [(answer["what"], answer["exact"]) for answer in json.loads(text)["answers"]]
    return [(line.split()[0], line.split()[2]) for line in text.splitlines()[1:]]


TINY = {"float64": 1e-310, "float32": FORMATS["float32"].step(0.0, 71362)}  # below the normal numbers
ANSWERS = {  # what is asked at multiples of TINY, what came back, and whether that is right
    "right": ("absolute_error", {"prediction": [1, 0, -2], "target": [0, 0, 1]}, [1, 0, 3], True),
    "flushed": ("absolute_error", {"prediction": [1, 0, -2], "target": [0, 0, 1]}, [0, 0, 3], False),
    "in place of 0": ("absolute_error", {"prediction": [1, 0, -2], "target": [0, 0, 1]}, [1, 1, 3], False),
    "the other sign": ("absolute_error", {"prediction": [1], "target": [0]}, [-1], False),
    "at a kink": ("relu", {"x": [0]}, [0], True),
    "beside a kink": ("relu", {"x": [-1]}, [1], False),
}


def times(numbers, kind):
    return bits.narrowed([bits.as_float(n * bits.as_fraction(TINY[kind])) for n in numbers], kind)


def complaint(assertion, *arguments, **named):
    try:
        assertion(*arguments, **named)
    except AssertionError as error:
        return str(error)
    return ""


@every_mode
@pytest.mark.parametrize("kind", TINY)
@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("reduction", ["none", "sum"])
def test_an_assertion_judges_alike(mode, kind, name, reduction):
    loss, given, found, is_right = ANSWERS[name]
    if reduction == "sum" and loss == "relu":
        pytest.skip("a function has no reduction")
    arrays, answer = {key: times(x, kind) for key, x in given.items()}, times(found if reduction == "none" else [sum(found)], kind)
    if reduction == "none":
        asked = (assert_matches, answer, None, loss)
    else:
        asked, arrays = (assert_call_matches, answer[0], None, loss), {**arrays, "reduction": "sum"}
    plain = complaint(*asked, **arrays)
    with processor(mode):
        assert complaint(*asked, **arrays) == plain
    assert (not plain) == is_right
