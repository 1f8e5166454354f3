"""The search finds faults that were planted, within few steps, makes them plain, takes the same steps for a seed, and finds nothing in
right code."""

import json
import os
import signal
import subprocess
import sys
from itertools import islice

import numpy as np
import pytest
from typed import run

from lossref import catalog
from lossref.formats import FORMATS
from lossref.implementations import python, resolve
from lossref.judge.measure import meets
from lossref.library import NotSupported
from lossref.questions import of_inputs
from lossref.search.examine import Examiner
from lossref.search.hunt import Hunt, in_turn
from lossref.search.minimise import minimised
from lossref.values import flat


def softplus(x):
    return np.logaddexp(x.dtype.type(0), x)


def cross_entropy(logits, target):
    return np.maximum(logits, 0) - logits * target + np.log1p(np.exp(-np.abs(logits)))


def hinge_slope(prediction, target):
    return np.where(prediction * target < 1, -target, 0.0)


def window(x):
    return np.where((x > 29) & (x < 37), x, softplus(x))


def capped(logits, target):
    return cross_entropy(np.minimum(logits, 700), target)


def flat_at_0(prediction, target):
    return np.where((prediction == 0) & (target == 1), 0.0, hinge_slope(prediction, target))


def threshold(x):
    return np.where(x > 20, 1.0, 1 / (1 + np.exp(-x)))


def default_delta(prediction, target, delta):
    distance = np.abs(prediction - target)
    clipped = np.minimum(distance, delta if delta < 500 else 1.0)
    return clipped * (distance - clipped / 2)


def nine_classes(logits, target):
    rest = logits - logits.max(axis=-1, keepdims=True)
    return np.log(np.exp(rest).sum(axis=-1)) - np.take_along_axis(rest, target[:, None], axis=1)[:, 0] + (target > 8)


def raising(x):
    if (x > 50).any():
        raise OverflowError("too large")
    return softplus(x)


def worse_and_worse(x):
    return np.where(x > 600, np.nan, softplus(x) * np.where(x > 50, 1 + 1e-12, 1))


def as_gradient(function):
    class Slope:
        """Only that part."""

        gradient = staticmethod(function)

    return Slope()


PLANTED = {  # loss, part, code, steps, the grade, the plainest point that shows it
    "a window": ("softplus", "value", window, 40, "D", {"x": 30.0}),
    "a threshold": ("softplus", "gradient", threshold, 20, "D", {"x": 30.0}),
    "a cap": ("sigmoid_cross_entropy", "value", capped, 20, "F", {"logits": 1000.0, "target": 0.0}),
    "one label at 0": ("hinge", "gradient", flat_at_0, 12, "F", {"prediction": 0.0, "target": 1.0}),
    "an option ignored": ("huber", "value", default_delta, 24, "F", {"prediction": 10.0, "target": 0.0, "delta": 1000.0}),
    "more than nine classes": ("softmax_cross_entropy", "value", nine_classes, 40, "F", {"logits": (0.0,) * 10, "target": 9}),
    "a NaN beside digits lost": ("softplus", "value", worse_and_worse, 3, "F", {"x": 1000.0}),
    "an exception": ("softplus", "value", raising, 3, "F", {"x": 100.0}),
}


def hunted(loss, part, function, steps, form="float64", seed="0"):
    """A hunt of so many steps, or until nothing can be worse."""
    record = catalog.get(loss)
    given = as_gradient(function) if part == "gradient" else function
    implementation = python.of_object(given, record).implementations[loss]
    hunt = Hunt(Examiner(record, part, implementation, (), FORMATS[form]), seed)
    for _ in islice(in_turn([hunt]), steps):
        pass
    return hunt


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.whole
def test_a_planted_fault_is_found_and_made_plain(name):
    loss, part, function, steps, grade, plainest = PLANTED[name]
    hunt = hunted(loss, part, function, steps)
    assert hunt.worst.grade == grade
    *_, simplest = minimised(hunt.examiner, hunt.worst)
    question = simplest.vector.question
    assert {**question.inputs, **question.options} == plainest
    assert simplest.grade == grade
    assert simplest.is_lost >= hunt.worst.is_lost


RIGHT = {"softplus": ("value", softplus), "sigmoid_cross_entropy": ("value", cross_entropy), "hinge": ("gradient", hinge_slope)}


@pytest.mark.parametrize("computed", ["float64", "float32"])
@pytest.mark.parametrize("name", RIGHT)
def test_nothing_is_found_in_right_code(name, computed):
    hunt = hunted(name, *RIGHT[name], 16, computed)
    assert meets(hunt.worst.grade, "B")
    assert hunt.examiner.certified > 100


OURS = {  # what searches found in our own slopes, where no rounding of the inputs moves them
    "softmax": {"x": (7.999999999999998, 2.0000000000000004, 1.035006321705836, 0.9999999999999999, 7.999948083193099), "index": 4},
    "sigmoid_focal_cross_entropy": {"logits": 0.02404979837864963, "target": 0.000200000000000025, "gamma": 2.0, "alpha": 0.9},
    "dice": {
        "probabilities": (
            (4.2e-16, 0.00322834111824393, 1.5679281664621316e-08), (4.226515041369668e-16, 0.00322834111824393, 1.5679281664621316e-08),
            (4.23e-16, 0.00322834111824393, 1.5679281664621316e-08), (0.001172227744640822, 2.6553806713003293e-08, 8.236285829218228e-05),
        ),
        "target": (
            (1.0, 4.226515041367866e-16, 1.0), (1.0, 0.0, 1.0), (1.5679281664621313e-08, 0.0, 1.0), (1.0, 1.0, 8.236285829215697e-05),
        ),
        "smooth_nr": 1.0, "smooth_dr": 1.0,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", OURS)
def test_what_was_found_in_our_own_code_stays_mended(name):
    record, given = catalog.get(name), dict(OURS[name])
    parameters = {parameter: given.pop(parameter) for parameter in record.parameters}
    examiner = Examiner(record, "gradient", resolve("lossref").implementations[name], (), FORMATS["float64"])
    assert examiner.alone(of_inputs(record, "float64", given, parameters)).grade in ("A", "B")


@pytest.mark.whole
def test_the_error_is_climbed_to_where_it_is_largest():
    """Just above the threshold, where no family has a point."""
    hunt = hunted("softplus", "gradient", threshold, 100)
    assert 20 < hunt.worst.vector.question.inputs["x"] < 20.00001


def test_no_point_is_larger_than_is_certified_quickly(monkeypatch):
    monkeypatch.setattr("lossref.search.hunt.LARGE", 4)
    found = hunted("softmax_cross_entropy", "value", nine_classes, 12).worst_of.values()
    assert 3 < max(len(flat(o.vector.question.inputs)) for o in found) <= 4


def test_what_is_declined_is_left_out():
    def narrow(x):
        if (np.abs(x) > 20).any():
            raise NotSupported("|x| above 20")
        return np.where(x > 15, x, softplus(x))

    hunt = hunted("softplus", "value", narrow, 12)
    assert 15 < hunt.worst.vector.question.inputs["x"] <= 20


def planted_file(folder):
    path = folder / "planted.py"
    path.write_text("import numpy as np\ndef f(x):\n    return np.where(x > 20, x, np.logaddexp(0.0, x))\n")
    return f"{path}:f"


def searched(capsys, *arguments):
    status, out, _ = run(capsys, "search", *arguments, "--json")
    return status, json.loads(out)


def test_a_seed_takes_the_same_steps(capsys, tmp_path):
    typed = (planted_file(tmp_path), "--loss", "softplus", "--steps", 6)
    first, again, other = (searched(capsys, *typed, "--seed", seed) for seed in (1, 1, 2))
    assert first == again
    assert first[1]["hunts"][0]["worst"]["inputs"] != other[1]["hunts"][0]["worst"]["inputs"]
    in_time = searched(capsys, *typed[:-2], "--seconds", 0.5)[1]
    anew = searched(capsys, *typed[:-2], "--steps", in_time["steps"])[1]
    assert in_time["hunts"][0]["worst"] == anew["hunts"][0]["worst"]


def test_a_search_is_told_in_words_and_in_json(capsys, tmp_path):
    implementation = planted_file(tmp_path)
    status, report = searched(capsys, implementation, "--loss", "softplus", "--steps", 12)
    assert (status, report["found"], report["steps"]) == (1, True, 12)
    assert {*report} == {
        "schema", "implementation", "title", "loss", "format", "level", "strict", "seed", "steps", "asked", "certified", "conventions",
        "machine", "hunts", "found", "interrupted",
    }  # fmt: skip
    assert {*report["hunts"][0]} == {"part", "by", "decides", "asked", "certified", "found", "worst", "simplest", "right_alone"}
    (hunt,) = report["hunts"]
    assert (hunt["part"], hunt["by"], hunt["decides"], hunt["simplest"]["inputs"]) == ("value", "by the formula", True, {"x": 30.0})
    text = run(capsys, "search", implementation, "--loss", "softplus", "--steps", 12)[1]
    assert "planted.py:f softplus in float64: value below level B" in text
    assert "inputs  x 30.0" in text
    assert "try     python -c" in text
    assert text.rstrip().endswith("--loss softplus --steps 12")
    status, report = searched(capsys, implementation, "--loss", "softplus", "--steps", 12, "--level", "D")
    assert (status, report["found"], report["hunts"][0]["simplest"]) == (0, False, None)


def test_what_is_wrong_in_a_batch_alone_is_told_so(capsys, tmp_path):
    path = tmp_path / "batched.py"
    path.write_text("import numpy as np\ndef f(x):\n    return np.logaddexp(0.0, x) * (1 if len(x) < 6 else 1 + 1e-9)\n")
    status, report = searched(capsys, f"{path}:f", "--loss", "softplus", "--steps", 4)
    (hunt,) = report["hunts"]
    assert (status, hunt["found"], hunt["simplest"], hunt["right_alone"]) == (1, True, None, True)
    assert "asked alone it is not so wrong" in run(capsys, "search", f"{path}:f", "--loss", "softplus", "--steps", 4)[1]


def test_what_is_declared_decides_and_the_formula_is_shown(capsys, tmp_path):
    typed = (planted_file(tmp_path), "--loss", "softplus", "--steps", 24, "--convention", "softplus: x itself above 20")
    status, report = searched(capsys, *typed)
    assert (status, report["found"]) == (0, False)
    assert [(h["by"], h["decides"], h["found"]) for h in report["hunts"]] == [
        ("as documented", True, False), ("by the formula", False, True),
    ]  # fmt: skip


MISUSED = {
    "--loss": (),
    "--seconds must be": ("--loss", "softplus", "--seconds", 0),
    "--steps must be": ("--loss", "softplus", "--steps", 0),
    "has no gradient": ("--loss", "softplus", "--part", "gradient"),
    "no loss is called": ("--loss", "softplu"),
}


@pytest.mark.parametrize("said", MISUSED)
def test_bad_use_is_told_in_a_sentence(capsys, tmp_path, said):
    status, out, error = run(capsys, "search", planted_file(tmp_path), *MISUSED[said])
    assert (status, out, error.count("\n")) == (2, "", 1)
    assert said in error


@pytest.mark.skipif(os.name == "nt", reason="the system has no interrupts of this kind")
def test_an_interrupt_shows_what_was_found(tmp_path):
    """The code says when it is asked, and is interrupted then."""
    path = tmp_path / "telling.py"
    path.write_text("import sys\nimport numpy as np\ndef f(x):\n    print('asked', file=sys.stderr, flush=True)\n    return x\n")
    command = [sys.executable, "-m", "lossref", "search", f"{path}:f", "--loss", "softplus", "--seconds", "300"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:  # fmt: skip
        for _ in range(60):
            running.stderr.readline()
        os.killpg(running.pid, signal.SIGINT)
        out, error = running.communicate(timeout=60)
    assert running.returncode == 128 + signal.SIGINT
    assert "value below level B" in out
    assert "Interrupted" in out
    assert "Traceback" not in error
