"""The folklore: every wrong formula returns what it is known to return, is caught, and passes only the tolerances it should."""

import json
import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import typed

import lossref
from lossref import catalog, golden
from lossref.exact import balls
from lossref.formats import FLOAT64
from lossref.judge.verdict import PASSABLE
from lossref.mutants import folklore
from lossref.mutants.judging import LENIENT, examine
from lossref.mutants.record import FAILS, TEXTS

# id, s (stands in the text) or m (misuse), kind, passing tolerances (A: np.allclose, G: gradient check), rows
ORIGINS = """\
F01 s O -  S0-05 S0-79
F02 s O -  S0-04
F03 s O -  S0-28
F04 s O -  S0-47
F05 s H -  S0-47
F06 s O -  S0-45
F07 s O -  S0-86
F08 s O -  S0-87
F09 s O -  S0-52
F10 s O -  S0-51
F11 m D -  S0-52 S2-14
F12 s O -  S0-36
F13 m O -  S0-54
F15 s O -  S2-07
F16 m O -  S2-08
F17 s O -  S0-80
F18 s H -  S3-06 S1-05
F19 m H -  S1-07
F20 m H -  S1-10
F21 s S -  S1-10
F22 s H -  S1-11
F23 s H G  S1-11
F24 s H G  S1-12
F25 s H -  S1-14
F26 s H G  S1-14
F27 s H -  S1-14
F28 s H G  S0-46 S0-88
F29 s H -  S0-46 S0-88
F30 s H -  S3-10 S0-88
F31 s H -  S0-88
F32 s S -  S3-10
F33 s S -  S3-10
F34 s S -  S0-46 S0-48
F35 s H -  S3-07
F36 m H -  S0-25 S0-60
F37 m H -  S0-60 S4-09
F38 m H -  S0-50 S3-06
F39 s O -  S0-75
F40 m O -  S0-76
F41 m O -  S0-62
F42 m H -  S0-62
F43 m S -  S0-82 S1-13
F44 m O -  S4-13
F45 m D -  S0-17 S0-24 S0-37 S4-14
F46 m D -  S0-35
F47 s D -  S3-09
F48 m H -  S0-67
F49 s O -  S0-19
F50 m H -  S0-41
F51 s D G  S1-09
F52 m H -  S1-01 S0-15
F53 m H AG S0-15
F54 m D -  S0-13
F55 s D -  S1-15
F56 m O -  S4-05 S4-06
F57 m S -  S1-11
F58 m S -  S3-10
F59 m S -  S1-13
F60 s O -  S2-07
"""

# id, what the code returns, what is exact: computed apart from this package, 17 digits or what NumPy printed
ANSWERS = """\
F01 | 0.0 | 0.69314718055994531
F02 | inf | 0.28768207245178093
F03 | -0.5 | 0.0
F04 | -1.99999920000032 1.3333326222226014 1.3333326222226014 | -2.0 0.0 0.0
F05 | 0.0 0.0 | -1.0 0.0
F06 | 0.5376820724517809 | 0.28768207245178093
F07 | 1.3862943611198906 | 0.69314718055994531
F08 | -4.0 -4.0 | -2.0 0.0
F09 | 0.5 0.0 | -0.5 0.5
F10 | 0.0625 | 0.1875
F11 | -0.90996942682961954 -1.7552715289452023 -4.3347590442251781 | -0.27975541463695634 -0.04217223156161878 0.32192764619857512
F12 | -0.6931471805599453 | 0.69314718055994531
F13 | 1.268511325463507 | 0.69314718055994531
F15 | -0.7108256237659905 | 1.1019428482292441
F16 | 1.6094379124341003 | 1.1019428482292441
F17 | 3.0 1.0 -3.0 | 0.8788782427321509 0.11894323591065208 0.0021785213571970231
F18 | nan 0.0 | 1.0 5.0759588975494568e-435
F19 | nan nan | 0.73105857863000488 0.26894142136999512
F20 | nan | 1.0
F21 | 0.0 | 0.88079707797788244
F22 | 13.815510557935518 | 1000.0
F23 | 1.000000500029089e-06 | 4.248354255291589e-18
F24 | -1.0000000000287557e-06 | -4.248354255291589e-18
F25 | 13.815510557964274 | 1000.0
F26 | 0.999999 -0.999999 1e-06 | 1.0 -1.0 5.0759588975494568e-435
F27 | 13.815510557964274 | 14.508657738524219
F28 | -9.999999505838704e-08 | 0.0
F29 | 16.11809565095832 | inf
F30 | 27.631021115928547 | inf
F31 | 27.535710936124225 | 29.933606208922594
F32 | 0.08916873598432598 | 0.35667494393873244
F33 | 0.3566749439373039 0.17833747196865196 | 0.35667494393873244
F34 | 0.23104899351998845 | 0.69314718055994531
F35 | nan | 0.0
F36 | inf | 40.0
F37 | nan | 1.0
F38 | inf | 800.0
F39 | -0.33333333333333333 -0.33333333333333333 | -1.0 0.66666666666666667
F40 | 0.0 | -0.75
F41 | 1.3132616875182228 | 40.0
F42 | 100.0 | inf
F43 | 0.7310585786300048 0.0009110511944006453 0.01798620996209156 | 0.8788782427321509 0.11894323591065208 0.0021785213571970231
F44 | -2.0 | 0.10499358540350652
F45 | 0.6666666666666666 | 1.3333333333333333
F46 | 1.0 | 0.0
F47 | nan | 1.3132616875182228
F48 | nan | 0.69314718055994531
F49 | -1.0 | 0.69314718055994531
F50 | 0.0 | 1.0
F51 | 0.47407698418010663 | 0.47414198418010668
F52 | inf | 1000.0
F53 | 0.0 | 4.248354255291589e-18
F54 | 0.0 | 1.0
F55 | AttributeError | a gradient
F56 | 0.98201379003790844 | 0.017345021070840123
F57 | 2.0794415416798357 | 0.69314718055994531
F58 | nan | 3.0485873515737421
F59 | 0.017986209962091555 | 0.032058603280084988
F60 | -5.315995809754082 | 1.1019428482292441
"""
FOLKLORE = folklore()
KIND_OF = dict(zip("OHSD", FAILS, strict=True))


@pytest.fixture(scope="module")
def findings():
    return {record.id: examine(record) for record in FOLKLORE}


def numbers(text):
    return [float(word) for word in text.split()]


def agrees(exact, decimal):
    """To 17 digits, which the nearest float alone may miss; a decimal below float64's range is 0."""
    stated = float(decimal)
    if math.isinf(stated) or stated == 0:
        return exact == stated
    return abs(exact - Fraction(decimal)) <= Fraction(5, 10**17) * abs(Fraction(decimal))


def record_of(identifier):
    return next(record for record in FOLKLORE if record.id == identifier)


def with_code(record, code):
    """The record with another formula in place of the one that it tells of, and no other."""
    return replace(record, **{"value": None, "gradient": None, record.part: code})


def run(capsys, *arguments):
    return typed.run(capsys, "folklore", *arguments)


def test_every_one_is_there_and_says_where_it_is_from():
    stated = []
    for line in ORIGINS.splitlines():
        identifier, source, kind, _, *rows = line.split()
        stated.append((identifier, source == "s", KIND_OF[kind], tuple(rows)))
    assert [(r.id, r.printed, r.fails, r.sources) for r in FOLKLORE] == stated
    assert [r.id for r in FOLKLORE] == [f"F{k:02}" for k in range(1, 61) if k != 14]
    assert {row[:2] for r in FOLKLORE for row in r.sources} == set(TEXTS)


def test_each_returns_what_it_is_known_to_and_the_oracle_what_is_exact(findings, listed):
    misses = []
    for line in ANSWERS.splitlines():
        identifier, got, exact = line.split(" | ")
        found = findings[identifier]
        if got == "AttributeError":
            assert found.got is None
            assert found.raised == got
            continue
        returned = np.ravel(found.got)
        # The last bits of NumPy's exp and log differ from processor to processor.
        if len(returned) != len(numbers(got)) or not all(
            a == b or math.isclose(a, b, rel_tol=1e-13, abs_tol=0) or (math.isnan(a) and math.isnan(b))
            for a, b in zip(returned, numbers(got), strict=True)
        ):
            misses.append(f"{identifier} returns {returned}, not {got}")
        answers = np.ravel(found.exact).tolist()
        if len(answers) != len(exact.split()) or not all(map(agrees, answers, exact.split())):
            misses.append(f"{identifier}: exact is {np.ravel(found.nearest)}, not {exact}")
    listed(misses)


def test_all_are_caught(findings, listed):
    listed([f"{f.record.id}: {f.wrong or 'right'}, grade {f.grade}" for f in findings.values() if not f.caught])
    assert all(f.grade != "broke" for f in findings.values())
    assert all(f.record.judged == (f.grade is not None) for f in findings.values())
    assert sum(f.record.judged for f in findings.values()) >= 40


def test_customary_tolerances_pass_the_stated_ones_and_no_other(findings):
    found = {f.record.id: {name for name in LENIENT if f.passes(name)} for f in findings.values()}
    names = dict(zip("AG", LENIENT, strict=True))
    stated = {line.split()[0]: {names[letter] for letter in line.split()[3].strip("-")} for line in ORIGINS.splitlines()}
    assert found == stated


@pytest.mark.parametrize("record", [r for r in FOLKLORE if r.judged], ids=lambda r: r.id)
def test_the_right_formula_in_place_of_the_code_is_not_caught(record):
    right = examine(with_code(record, getattr(catalog.get(record.loss), record.part)))
    assert not right.wrong
    assert right.grade in PASSABLE
    assert not right.caught


@pytest.mark.parametrize("record", FOLKLORE, ids=lambda r: r.id)
def test_the_right_call_is_not_caught(record, findings):
    """What the page says to call instead gives the exact answer, and a code that does so is not caught."""
    called = np.asarray(eval(record.right_call, {"lossref": lossref, "np": np}), float)
    exact = findings[record.id].nearest
    np.testing.assert_allclose(np.squeeze(called), np.squeeze(exact), rtol=1e-14, atol=0)
    found = examine(replace(with_code(record, lambda **given: called.reshape(exact.shape)), picked=lambda x: x, judged=False))
    assert not found.wrong
    assert not found.caught


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (lambda logits, target: np.full(1, 1.0000002 * np.exp(-40.0)), "relative error is 2e-07"),
        (lambda logits, target: np.exp(-40.0), "shape (), where (1,) is right"),
        (lambda logits, target: np.full((1, 1), np.exp(-40.0)), "shape (1, 1), where (1,) is right"),
        (lambda logits, target: np.full(1, np.nan), "NaN"),
        (lambda logits, target: np.full(1, -np.inf), "infinite where"),
        (lambda logits, target: np.zeros(1), "relative error is 1"),
        (lambda logits, target: 1 / 0, "raises ZeroDivisionError: division by zero"),
        (lambda logits, target: np.full(1, 1.00000005 * np.exp(-40.0)), ""),
    ],
)
def test_each_way_of_being_wrong_is_named(code, words):
    found = examine(replace(record_of("F23"), value=code, judged=False))  # the exact answer is about exp(-40)
    assert found.caught == bool(words)
    assert words in found.wrong


def test_infinite_and_zero_answers_are_compared_too():
    huge = replace(record_of("F29"), value=lambda probabilities, target: np.full(1, 1e308), judged=False)
    assert examine(huge).wrong == "it is finite where the answer is infinite"
    tiny = replace(record_of("F28"), value=lambda probabilities, target: np.full(1, 5e-324), judged=False)
    assert examine(tiny).wrong == "it is 4.94066e-324, and the answer in float64 is 0"


def test_wrong_at_the_counterexample_is_not_enough_where_a_check_can_judge():
    """Wrong at one point that no golden vector has, and right elsewhere: a check would not notice, so it is not caught."""
    def code(logits, target):
        return np.where(logits == 40.25, 0.5, lossref.value("sigmoid_cross_entropy", logits, target))

    found = examine(replace(record_of("F23"), value=code, question=({"logits": 40.25, "target": 1.0},)))
    assert found.wrong
    assert found.grade in PASSABLE
    assert not found.caught


def test_words_fit_the_pages(listed):
    listed([f"{r.id}: {r.why!r}" for r in FOLKLORE if len(r.why) > 55 or not r.why.endswith(".") or ". " in r.why])
    listed([f"{r.id}: {r.claim!r}" for r in FOLKLORE if len(r.claim) > 77])


def test_list_names_all(capsys):
    status, out, _ = run(capsys, "list")
    assert status == 0
    assert max(map(len, out.splitlines())) <= 120
    for r in FOLKLORE:
        assert any(line.startswith(f"{r.id} ") and r.loss in line and r.claim in line for line in out.splitlines()), r.id
    assert "F14 is a printed number" in out
    entries = json.loads(run(capsys, "list", "--json")[1])
    assert [(e["id"], tuple(e["rows"]), e["fault"]) for e in entries] == [(r.id, r.sources, r.why) for r in FOLKLORE]


@pytest.mark.parametrize("record", FOLKLORE, ids=lambda r: r.id)
@pytest.mark.whole
def test_show_says_everything(record, capsys):
    status, out, _ = run(capsys, "show", record.id.lower())
    words = " ".join(out.split())
    assert status == 0
    named = (f"def {record.code.__name__}(", TEXTS[record.sources[0][:2]])
    for said in (record.claim, record.why, record.right_call, *record.sources, *named):
        assert " ".join(said.split()) in words, said
    facts = json.loads(run(capsys, "show", record.id, "--json")[1])
    assert facts["caught"]
    assert facts["code"].startswith(f"def {record.code.__name__}(")
    assert (facts["worst_vector"] is not None) == record.judged
    if record.judged:
        assert facts["worst_vector"]["id"] in {v.id for v in golden.read(catalog.get(record.loss), FLOAT64)}


def test_show_spells_numbers_in_full(capsys):
    out = run(capsys, "show", "F23")[1]
    assert "1.000000500029089e-06" in out
    assert "4.2483542552915890e-18" in out
    assert "passes it (rtol 1e-3, atol 1e-5)" in out
    assert "catches it too (rtol 1e-5, atol 1e-8)" in out
    assert "2000000 times 0.0" in run(capsys, "show", "F27")[1]
    assert json.loads(run(capsys, "show", "F18", "--json")[1])["got"] == ["nan", 0.0]
    assert json.loads(run(capsys, "show", "F55", "--json")[1])["got"] == "AttributeError"


def test_sources_other_than_the_texts_are_shown_as_they_are(capsys, monkeypatch):
    told = replace(record_of("F23"), id="F99", sources=("S1-11", "somebody/library#123", "https://example.org/loss"))
    monkeypatch.setattr("lossref.commands.folklore.folklore", lambda: (told,))
    assert "somebody/library#123" in "".join(run(capsys, "list")[1].split())
    out = run(capsys, "show", "F99")[1]
    assert f"{TEXTS['S1']} (S1-11; it prints this)" in out
    assert "somebody/library#123 and https://example.org/loss (it prints this)" in out
    assert json.loads(run(capsys, "show", "F99", "--json")[1])["rows"] == list(told.sources)


@pytest.mark.parametrize(
    ("identifier", "words"),
    [("F61", "did you mean F60"), ("nonsense", "`lossref folklore list` shows them all"), ("f14", "F14 is a printed number")],
)
def test_unknown_id_is_one_line(capsys, identifier, words):
    status, out, err = run(capsys, "show", identifier)
    assert status == 2
    assert out == ""
    assert words in err
    assert err.count("\n") == 1


def test_run_is_a_page_that_can_be_sent_to_a_friend(capsys):
    status, out, _ = run(capsys, "run")
    assert status == 0
    assert max(map(len, out.splitlines())) <= 120
    rows = {line[:3]: line for line in out.splitlines() if line[:1] == "F" and line[3:4] == " " and line[1:3] != "14"}
    assert list(rows) == [r.id for r in FOLKLORE]
    assert all(r.why.rstrip(".") in rows[r.id] for r in FOLKLORE)
    assert rows["F23"].split()[-7:] == ["prediction", "1e-06", "4.24835e-18", "yes", "F", "no", "yes"]
    words = " ".join(out.split())
    assert "59 of 59 caught (all at their smallest input, the 42 that a check can call below B on the golden vectors too)" in words
    assert words.endswith("np.allclose would have passed 1 of them, a gradient check 6.")
    guide = (Path(__file__).parent.parent / "docs" / "guides" / "power-and-folklore.md").read_text(encoding="utf-8")
    assert "59 of them" in guide
    assert "All are caught;\n`np.allclose` would pass 1 of them, a gradient check 6:" in guide
    assert "F14 is a printed number, not code" in out


@pytest.mark.whole
def test_run_as_json(capsys):
    status, out, _ = run(capsys, "run", "--json")
    found = json.loads(out)
    assert status == 0
    assert (found["caught"], found["of"], found["passes"]) == (59, 59, {"np.allclose": 1, "gradient check": 6})
    assert [e["id"] for e in found["folklore"]] == [r.id for r in FOLKLORE]
    assert found["folklore"][21]["exact_digits"] == "4.2483542552915890e-18"


def test_run_fails_when_one_is_not_caught(capsys, monkeypatch):
    right = replace(record_of("F23"), value=catalog.get("sigmoid_cross_entropy").value)
    monkeypatch.setattr("lossref.commands.folklore.folklore", lambda: (record_of("F22"), right))
    status, out, _ = run(capsys, "run")
    assert status == 1
    assert "1 of 2 caught" in out
    assert run(capsys, "run", "--json")[0] == 1
    assert "no: it is right to 1e-7" in run(capsys, "show", "F23")[1]


@pytest.mark.whole
def test_what_is_unproved_without_python_flint_says_so(capsys, monkeypatch):
    proved = {arguments: run(capsys, *arguments)[1] for arguments in (("run",), ("show", "F23"))}
    monkeypatch.setattr(balls, "INSTALLED", False)
    for arguments, with_flint in proved.items():
        status, out, _ = run(capsys, *arguments)
        assert status == 0
        assert "mpmath's, unproved: pip install 'lossref[golden]'" in out
        assert "unproved" not in with_flint
        assert [line for line in out.splitlines() if "unproved" not in line] == with_flint.splitlines()
