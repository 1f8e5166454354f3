"""Waivers are strict: each waives failures that this run has, says why and until when, and fails the run once it does not."""

import json
import sys
import types

import numpy as np
import pytest

import lossref
from lossref import golden
from lossref.cli import main

LOSS = "squared_error"
FACTS = 'reason = "rounds twice"\nlink = "https://example.org/7"\n'
LASTS = FACTS + "expires = 2030-12-31\n"
BY_FLAG = f'[[waiver]]\nflag = "small_residual"\nloss = "{LOSS}"\npart = "value"\n' + LASTS


@pytest.fixture(autouse=True)
def module(monkeypatch):
    """A stranger's squared error that loses small residuals, importable as `strangers`; its gradient is right."""
    strangers = types.ModuleType("strangers")
    strangers.mine = types.SimpleNamespace(value=losing, gradient=lambda **arrays: lossref.gradient(LOSS, **arrays))
    monkeypatch.setitem(sys.modules, "strangers", strangers)
    return strangers


def losing(prediction, target):
    r = prediction - target
    return np.where(np.abs(r) < 1e-4, 0.0, r**2)


def check(capsys, tmp_path, waivers, *arguments, today="2030-01-01"):
    """Exit status, and the report or the message."""
    (tmp_path / "waivers.toml").write_text(waivers)
    given = ["check", "strangers:mine", "--loss", LOSS, "--waivers", str(tmp_path / "waivers.toml"), "--today", today, "--json"]
    status = main([*given, *arguments])
    captured = capsys.readouterr()
    return status, json.loads(captured.out) if captured.out else captured.err


def failing(capsys):
    assert main(["check", "strangers:mine", "--loss", LOSS, "--json", "--worst", "99"]) == 1
    (entry,) = json.loads(capsys.readouterr().out)["losses"]
    return [bug["id"] for bug in entry["parts"]["value"]["worst"] if bug["lost"]]


def by_id(*ids, more=LASTS):
    return f"[[waiver]]\nvectors = {json.dumps(ids)}\n{more}"


def value(found):
    return found["losses"][0]["parts"]["value"]


def test_waived_vectors_are_left_out_of_the_grade_and_shown_beside_it(capsys, tmp_path):
    ids = failing(capsys)
    assert len(ids) > 5
    status, found = check(capsys, tmp_path, by_id(*ids))
    assert status == 0
    assert value(found)["grade"] in ("A+", "A", "B", "C")
    assert value(found)["lost"] == 0
    (waived,) = value(found)["waived"]
    assert sorted(waived.pop("vectors")) == sorted(ids)
    assert waived == {"reason": "rounds twice", "link": "https://example.org/7", "expires": "2030-12-31"}
    assert found["losses"][0]["parts"]["gradient"]["waived"] == []
    main(["check", "strangers:mine", "--loss", LOSS, "--waivers", str(tmp_path / "waivers.toml"), "--today", "2030-01-01"])
    assert f"{LOSS} value: {len(ids)} waived until 2030-12-31: rounds twice (https://example.org/7)" in capsys.readouterr().out


def test_what_is_not_named_still_fails(capsys, tmp_path):
    first, *others = failing(capsys)
    status, found = check(capsys, tmp_path, by_id(*others, more='part = "value"\n' + LASTS))
    assert status == 1
    assert [bug["id"] for bug in value(found)["worst"] if bug["lost"]] == [first]


def test_a_flag_waives_the_vectors_that_fail_and_no_others(capsys, tmp_path):
    small = {v.id for v in golden.read(lossref.catalog.get(LOSS), lossref.formats.FLOAT64) if v.question.flag == "small_residual"}
    status, found = check(capsys, tmp_path, BY_FLAG + by_id(*sorted(set(failing(capsys)) - small)))
    assert status == 0
    assert set(value(found)["waived"][0]["vectors"]) == small & set(failing(capsys))


def test_a_waiver_of_another_format_or_loss_waits(capsys, tmp_path):
    ids = failing(capsys)
    other = golden.read(lossref.catalog.get(LOSS), lossref.formats.FORMATS["float32"])[0].id
    waiting = by_id(other) + BY_FLAG.replace("[[waiver]]", '[[waiver]]\nformat = "float32"') + by_id(hinge())
    assert check(capsys, tmp_path, by_id(*ids) + waiting)[0] == 0


def test_a_waiver_of_a_loss_that_the_target_lacks_is_told(capsys, tmp_path, module):
    module.table = {LOSS: module.mine}
    (tmp_path / "waivers.toml").write_text(by_id(hinge()))
    given = ["check", "strangers:table", "--waivers", str(tmp_path / "waivers.toml"), "--today", "2030-01-01"]
    assert main(given) == 2
    assert f"vector {hinge()} does not fail" in capsys.readouterr().err
    assert main([*given, "--loss", LOSS]) == 1


def hinge():
    return golden.read(lossref.catalog.get("hinge"), lossref.formats.FLOAT64)[0].id


def test_the_last_day_counts_and_the_next_does_not(capsys, tmp_path):
    waivers = by_id(*failing(capsys))
    assert check(capsys, tmp_path, waivers, today="2030-12-31")[0] == 0
    status, message = check(capsys, tmp_path, waivers, today="2031-01-01")
    assert status == 2
    assert "waiver 1 expired on 2030-12-31: rounds twice" in message
    assert check(capsys, tmp_path, waivers.replace("2030-12-31", '"2030-12-31"'), today="2030-12-31")[0] == 0


def test_the_system_says_what_day_it_is(capsys, tmp_path):
    (tmp_path / "waivers.toml").write_text(by_id(*failing(capsys)).replace("2030-12-31", "2001-01-01"))
    assert main(["check", "strangers:mine", "--loss", LOSS, "--waivers", str(tmp_path / "waivers.toml")]) == 2
    assert "expired on 2001-01-01" in capsys.readouterr().err


def test_a_waiver_that_matches_no_failure_fails_the_run(capsys, tmp_path, module):
    ids = failing(capsys)
    sound = next(v.id for v in golden.read(lossref.catalog.get(LOSS), lossref.formats.FLOAT64) if v.question.flag == "ordinary")
    status, message = check(capsys, tmp_path, by_id(*ids, sound))
    assert status == 2
    assert f"waiver 1 no longer matches: vector {sound} does not fail at level B" in message
    assert "no longer matches" in check(capsys, tmp_path, by_id(*ids, more='part = "gradient"\n' + LASTS))[1]
    module.mine = types.SimpleNamespace(value=lambda **arrays: lossref.value(LOSS, **arrays))
    status, message = check(capsys, tmp_path, BY_FLAG)
    assert status == 2
    assert f"no longer matches: value of {LOSS} at flag small_residual" in message


def test_a_failure_that_does_not_count_is_not_waived(capsys, tmp_path, module):
    """NaN inputs are graded apart: to waive them is an error, until --strict counts them."""
    (special, *_) = (v.id for v in golden.read(lossref.catalog.get(LOSS), lossref.formats.FLOAT64) if v.question.flag == "nan")
    module.mine = types.SimpleNamespace(value=lambda **arrays: np.nan_to_num(lossref.value(LOSS, **arrays)))
    assert "does not fail" in check(capsys, tmp_path, by_id(special))[1]
    assert special in str(value(check(capsys, tmp_path, by_id(special), "--strict")[1])["waived"])


def test_waiving_everything_is_refused(capsys, tmp_path, module):
    module.mine = types.SimpleNamespace(value=lambda **arrays: lossref.value(LOSS, **arrays) * 3 - 1)
    counted = [v.id for v in golden.read(lossref.catalog.get(LOSS), lossref.formats.FLOAT64) if v.region not in ("range", "special")]
    status, message = check(capsys, tmp_path, by_id(*counted))
    assert status == 2
    assert "leaves nothing of the value" in message


def test_a_broken_target_is_told_before_its_waivers(capsys, tmp_path, module):
    module.mine = types.SimpleNamespace(value=lambda prediction, target: None)
    assert check(capsys, tmp_path, BY_FLAG)[0] == 3


FIRST = "[[waiver]]\n"
BAD = {
    "not TOML": ("[[waiver", "is not TOML"),
    "a stray table": ("[[waivers]]\n", "unknown key 'waivers'"),
    "no array": ("[waiver]\n", "tables [[waiver]]"),
    "unknown key": (by_id("92748ec56cdd") + "tolerance = 3\n", "unknown key 'tolerance'"),
    "a loss beside ids": (by_id("92748ec56cdd") + f'loss = "{LOSS}"\n', "unknown key 'loss'"),
    "no reason": (by_id("92748ec56cdd", more='link = "https://example.org"\nexpires = 2030-12-31\n'), "has no reason"),
    "empty reason": (by_id("92748ec56cdd", more=LASTS.replace("rounds twice", "  ")), "reason must be text, and not empty"),
    "no link": (by_id("92748ec56cdd", more='reason = "x"\nexpires = 2030-12-31\n'), "has no link"),
    "a link to nowhere": (by_id("92748ec56cdd", more=LASTS.replace("https://", "")), "link must be an address"),
    "no expiry": (by_id("92748ec56cdd", more=FACTS), "has no expires"),
    "expiry in words": (by_id("92748ec56cdd", more=FACTS + 'expires = "next year"\n'), "expires must be a day"),
    "expiry in a number": (by_id("92748ec56cdd", more=FACTS + "expires = 2030\n"), "expires must be a day"),
    "an hour of expiry": (by_id("92748ec56cdd", more=FACTS + "expires = 2030-12-31T10:00:00\n"), "expires must be a day"),
    "unknown id": (by_id("000000000000"), "no golden vector has the id '000000000000'"),
    "start of an id": (by_id("92748ec56"), "no golden vector has the id '92748ec56'"),
    "no id": (by_id(), "list of different ids"),
    "one id twice": (by_id("92748ec56cdd", "92748ec56cdd"), "list of different ids"),
    "neither": (FIRST + LASTS, "either vectors or a flag"),
    "both": (BY_FLAG + 'vectors = ["92748ec56cdd"]\n', "either vectors or a flag"),
    "unknown flag": (BY_FLAG.replace("small_residual", "smal_residual"), "squared_error has no flag 'smal_residual'"),
    "unknown loss": (BY_FLAG.replace(LOSS, "squared"), "unknown loss 'squared'"),
    "unknown part": (BY_FLAG.replace('"value"', '"values"'), "unknown part 'values'"),
    "unknown format": (BY_FLAG + 'format = "float"\n', "unknown format 'float'"),
    "no part": (BY_FLAG.replace('part = "value"\n', ""), "has no part"),
    "no loss": (BY_FLAG.replace(f'loss = "{LOSS}"\n', ""), "has no loss"),
    "one vector twice": (BY_FLAG + BY_FLAG, "waiver 2 names vector"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_waiver_fails_the_run_with_one_sentence(capsys, tmp_path, case):
    waivers, words = BAD[case]
    status, message = check(capsys, tmp_path, waivers)
    assert (status, message.count("\n")) == (2, 1), message
    assert words in message
    assert "waivers.toml" in message


def test_a_missing_file_and_a_bad_day_get_one_sentence(capsys, tmp_path):
    assert main(["check", "strangers:mine", "--loss", LOSS, "--waivers", str(tmp_path / "none.toml")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    status, message = check(capsys, tmp_path, BY_FLAG, today="tomorrow")
    assert status == 2
    assert "--today must be a day" in message
