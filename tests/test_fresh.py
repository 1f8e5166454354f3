"""Fresh questions: of the same families, the same for a seed everywhere, known by heart to nobody, and reproduced by what tells them."""

import contextlib
import io
import json
import os
import shlex
import subprocess
import sys

import numpy as np
import pytest

import lossref
from lossref import catalog
from lossref.__main__ import main
from lossref.formats import FLOAT64
from lossref.golden.source import GOLDEN, Source, of_options
from lossref.implementations import resolve
from lossref.judge.verdict import judge

OWN = """from lossref.spaces import *
from lossref.spec import Loss


def definition(m, x):
    return x * x


LOSS = Loss(arguments={"x": Real()}, definition=definition)
"""
LOSSES = ("huber", "log_softmax", "kl_divergence")


class ByHeart:
    """The golden answers of a loss, looked up by the inputs; 0 for whatever is no golden input."""

    def __init__(self, name):
        self.loss, self.known = catalog.get(name), {}
        for v in (v for v in GOLDEN.vectors(self.loss, FLOAT64) if not v.question.is_call):
            slopes = [p.rounded or [low for low, _ in p.interval or ()] for p in v.answer.gradient.values()]
            key = self.key({**v.question.inputs, **v.question.options})
            self.known[key] = v.answer.value.rounded[0], [x for part in slopes for x in part]

    def key(self, given):
        return tuple(np.asarray(given[name], float).tobytes() for name in self.loss.spaces)

    def answers(self, given):
        batch, options = {name: given[name] for name in self.loss.arguments}, {name: given[name] for name in self.loss.parameters}
        for row in zip(*batch.values(), strict=True):
            yield self.known.get(self.key(dict(zip(batch, row, strict=True)) | options))

    def value(self, prediction, target, delta):
        given = {"prediction": prediction, "target": target, "delta": delta}
        return np.array([found[0] if found else 0.0 for found in self.answers(given)])

    def gradient(self, prediction, target, delta):
        given = {"prediction": prediction, "target": target, "delta": delta}
        return np.array([found[1][0] if found else 0.0 for found in self.answers(given)])


def test_who_knows_the_golden_answers_by_heart_passes_by_them_and_fails_by_fresh_questions():
    by_heart = ByHeart("huber")
    assert lossref.check(by_heart, "huber").conforms
    report = lossref.check(by_heart, "huber", fresh="nobody knows", count=40)
    assert not report.conforms
    assert set(report.grades["huber"].values()) == {"F"}


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("count", [1, 60])
def test_every_region_and_flag_is_there(name, count):
    loss = catalog.get(name)
    some, every = (Source("7", n).questions(loss, FLOAT64) for n in (count, None))
    kinds = {(q.region, q.flag) for q in every}
    assert {(q.region, q.flag) for q in some} == kinds
    assert len(some) == max(count, len(kinds))
    assert [q.id for q in some] == [q.id for q in every if q.id in {q.id for q in some}]


def test_a_seed_gives_the_same_questions_in_every_process_and_another_seed_others():
    program = (
        "from lossref import catalog; from lossref.formats import FLOAT64; from lossref.golden.source import of_options\n"
        "print([q.id for q in of_options(7).questions(catalog.get('huber'), FLOAT64)])"
    )
    there = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": "7"}
    )
    loss = catalog.get("huber")
    here, other, golden = ({q.id for q in s.questions(loss, FLOAT64)} for s in (of_options("7"), of_options("8"), GOLDEN))
    assert set(eval(there.stdout)) == here
    for one in (other, golden):  # points that are not drawn, such as known values, are in all
        assert len(here & one) < len(here) / 3


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.whole
def test_the_golden_and_the_fresh_verdict_of_honest_code_agree(name):
    loss, ours = catalog.get(name), resolve("lossref", None, "").implementations[name]
    by_golden, by_fresh = (judge(loss, ours, s.vectors(loss, FLOAT64), FLOAT64) for s in (GOLDEN, of_options("7")))
    assert by_golden.parts.keys() == by_fresh.parts.keys()
    for part, found in by_fresh.parts.items():
        assert found.headline() in ("A+", "A", "B"), part
        assert found.regions.keys() == by_golden.parts[part].regions.keys()


def said(*typed):
    """The exit status and the standard output of a command."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        status = main(list(typed))
    return status, out.getvalue()


def worst(*typed):
    """The report of a check, and its first finding that no golden vector is."""
    _, out = said("check", *typed, "--json", "--worst", "50")
    report, golden = json.loads(out), {v.id for v in GOLDEN.vectors(catalog.get("log_softmax"), FLOAT64)}
    found = [wrong for entry in report["losses"] for part in entry["parts"].values() for wrong in part["worst"]]
    return report, next(wrong for wrong in found if wrong["id"] not in golden)


def test_the_line_of_a_finding_gives_what_came_back():
    report, found = worst("scipy", "--loss", "log_softmax", "--fresh", "7")
    assert (report["golden"], report["fresh"]) == (None, {"seed": "7", "count": 100, "sizes": []})
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(found["line"], {})
    assert found["got"]["decimal"] == float(out.getvalue().strip("[]\n"))


def test_the_id_of_a_finding_is_found_by_the_seed_and_by_nothing_else(capsys):
    _, found = worst("scipy", "--loss", "log_softmax", "--fresh", "7")
    status, told = said("why", found["id"], "--fresh", "7", "--loss", "log_softmax")
    assert status == 0
    assert found["reason"] in told
    assert main(["why", found["id"], "--fresh", "8", "--loss", "log_softmax"]) == 2
    assert "among those of --fresh=8" in capsys.readouterr().err


@pytest.mark.whole
def test_the_line_of_a_program_draws_the_question_again():
    """Through a pipe, as it is printed."""
    program = shlex.join([sys.executable, "-m", "lossref", "serve", "scipy"])
    _, found = worst(f"cmd:{program}", "--loss", "log_softmax", "--fresh", "a seed")
    asked, _, _ = found["command"].partition(" | ")
    status, questions = said(*shlex.split(asked)[1:])
    assert status == 0
    (run,) = [message for message in map(json.loads, questions.splitlines()) if message["type"] == "run"]
    assert (run["loss"], run["part"]) == ("log_softmax", found["part"])
    assert [FLOAT64.decode(x) for x in run["inputs"]["x"][0]] == found["inputs"]["x"]


@pytest.mark.whole
def test_a_recorded_run_says_what_it_was_asked(tmp_path, capsys):
    run, typed = str(tmp_path / "run.jsonl"), ("--loss", "huber", "--fresh", "7", "--count", "30")
    assert said("check", "lossref", *typed, "--record", run)[0] == 0
    status, out = said("judge", run, "--json")
    assert (status, json.loads(out)["fresh"]) == (0, {"seed": "7", "count": 30, "sizes": []})
    assert said("check", "lossref", *typed, "--baseline", run)[0] == 0
    assert main(["check", "lossref", "--loss", "huber", "--baseline", run]) == 2
    assert "was asked fresh questions, seed '7', about 30 a loss, and this run the golden vectors" in capsys.readouterr().err


def test_a_loss_of_ones_own_is_asked_fresh_questions_too(tmp_path):
    (tmp_path / "square.py").write_text(OWN)
    square = catalog.load(tmp_path / "square.py")
    assert lossref.check(lambda x: x * x, square, fresh=1, count=30).conforms
    assert not lossref.check(lambda x: np.abs(x), square, fresh=1, count=30).conforms


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (("--count", "3"), "--count says how many questions --fresh draws, and nothing else"),
        (("--fresh", "7", "--count", "0"), "--count must be a whole number of at least 1, and is 0"),
        (("--fresh", ""), "--fresh must be a seed of 1 to 200 printable characters"),
        (("--fresh", "a\x1b"), "--fresh must be a seed of 1 to 200 printable characters"),
        (("--fresh", "7", "--waivers", "known.toml"), "waivers name golden vectors, and what --fresh=7 draws is none: leave out --waivers"),
        (("--fresh", "7", "--write-waivers", "new.toml"), "leave out --write-waivers"),
    ],
)
def test_what_says_nothing_is_refused_in_a_sentence(typed, sentence, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["check", "lossref", "--loss", "huber", *typed]) == 2
    assert sentence in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("given", [{"fresh": 1.5}, {"fresh": True}, {"fresh": "7", "count": 2.5}, {"count": 5}, {"fresh": 10**300}])
def test_the_function_refuses_it_too(given):
    with pytest.raises(ValueError, match=r"^(fresh|count)"):
        lossref.check("lossref", "huber", **given)
