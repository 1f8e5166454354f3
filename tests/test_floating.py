"""How the processor computes is told by computing, and a report names the import or the call since which it does otherwise."""

import json
import math
import sys
import threading
import timeit

import numpy as np
import pytest
from processor import MODES, needs_modes, processor, set_mode

import lossref
from lossref import bits, floating
from lossref.cli import main
from lossref.floating import USUAL, State
from lossref.golden import GoldenError, write

EXPECTED = {
    "flushes results": State(flushes_results=True),
    "takes subnormals for zero": State(flushes_operands=True),
    "both": State(flushes_results=True, flushes_operands=True),
    "rounds downward": State(rounding="downward"),
    "rounds upward": State(rounding="upward"),
    "rounds toward zero": State(rounding="toward zero"),
    "upward and both": State(flushes_results=True, flushes_operands=True, rounding="upward"),
}
FLUSHES = "the processor flushes subnormal results and operands to zero"


def test_the_processor_computes_as_usual():
    assert floating.state() == USUAL
    assert USUAL.facts == ()


@needs_modes
@pytest.mark.parametrize("mode", MODES)
def test_the_helper_changes_the_processor(mode):
    one, third, tiny = float(MODES[mode] > 0), 3.0, 1e-310
    with processor(mode):
        zero = bits.word(tiny * one) == 0
        quotient = one / third
    assert zero == (not mode.startswith("rounds"))
    assert (quotient > 1 / 3) == ("upward" in mode)
    assert tiny * one == 1e-310


@needs_modes
@pytest.mark.parametrize("mode", MODES)
def test_a_mode_is_told(mode):
    with processor(mode):
        found = floating.state(), floating.rounding(), floating.since(USUAL, "now"), floating.since(EXPECTED[mode], "now")
    assert found == (EXPECTED[mode], EXPECTED[mode].rounding, [f"{fact} since now" for fact in EXPECTED[mode].facts], [])
    assert floating.state() == USUAL
    assert floating.loaded(USUAL, "now") == []
    assert floating.loaded(EXPECTED["both"], "now") == [f"{FLUSHES} since before this check", *floating.since(EXPECTED["both"], "now")]
    assert floating.since(EXPECTED[mode], "now") == ["the processor computes as usual again since now"]


@needs_modes
def test_only_what_is_new_is_said():
    with processor("both"):
        before = floating.state()
        set_mode("upward and both")
        assert floating.since(before, "then") == ["the processor rounds upward since then"]


@needs_modes
def test_each_thread_has_a_state_of_its_own():
    found = []

    def other():
        with processor("both"):
            found.append(floating.state())
            here.set()
            there.wait(10)

    here, there = threading.Event(), threading.Event()
    thread = threading.Thread(target=other)
    thread.start()
    here.wait(10)
    mine = floating.state()
    there.set()
    thread.join()
    assert (found, mine) == ([EXPECTED["both"]], USUAL)


def test_asking_takes_microseconds():
    assert min(timeit.repeat(floating.state, number=1000, repeat=5)) / 1000 < 50e-6


SETS = "from processor import set_mode\nset_mode('both')\n"
CODE = {
    "at its import": (SETS + "def sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n", f"{FLUSHES} since importing sets_it"),
    "in a call": (
        "def sigmoid(x):\n    if 2.0 in x:\n        " + SETS.replace("\n", "; ") + "\n    return 1 / (1 + np.exp(-x))\n",
        f"{FLUSHES} since sigmoid value at x ",
    ),
    "and raises": ("def sigmoid(x):\n    " + SETS.replace("\n", "; ") + "\n    raise OSError\n", f"{FLUSHES} since sigmoid value at x "),
    "and back": (
        "def sigmoid(x):\n    from processor import processor\n    with processor('both'):\n        return 1 / (1 + np.exp(-x))\n",
        "",
    ),
    "never": ("def sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n", ""),
}


@pytest.fixture
def in_a_thread():
    """Call in a thread of its own, whose processor nobody has to put back."""

    def call(function, *arguments):
        found = []
        thread = threading.Thread(target=lambda: found.append(function(*arguments)))
        thread.start()
        thread.join()
        return found[0]

    return call


@needs_modes
@pytest.mark.parametrize("name", CODE)
def test_a_report_names_the_import_or_the_call(name, tmp_path, in_a_thread, capsys, monkeypatch):
    code, said = CODE[name]
    (tmp_path / "sets_it.py").write_text("import numpy as np\n" + code)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    typed = ["check", "sets_it.py:sigmoid", "--loss", "sigmoid"]

    def reported(*options):
        monkeypatch.delitem(sys.modules, "sets_it", raising=False)
        in_a_thread(main, [*typed, *options])
        return capsys.readouterr().out

    sentences = json.loads(reported("--json"))["floating"]
    assert len(sentences) == bool(said)
    assert all(sentence.startswith(said) for sentence in sentences)
    assert ("flushes" in reported()) == bool(said)
    reported("--junit", "report.xml")
    assert ("flushes" in (tmp_path / "report.xml").read_text()) == bool(said)


@needs_modes
def test_what_was_so_before_is_said_to_be(in_a_thread):
    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    def checked():
        set_mode("rounds upward")
        return lossref.check(sigmoid).data["floating"]

    assert in_a_thread(checked) == ["the processor rounds upward since before this check"]


@needs_modes
def test_a_target_that_flushes_is_graded_for_it(in_a_thread):
    """It gives 0 for the least of its answers, which is no correctly rounded one, and keeps its state from call to call."""

    def relu(x):
        return x * (x > 0)

    def sets_it(x):
        set_mode("both")
        return relu(x)

    def regions(report):
        (entry,) = report.data["losses"]
        return entry["parts"]["value"]["regions"]

    found, plain = in_a_thread(lossref.check, sets_it, "relu"), lossref.check(relu)
    assert (len(found.data["floating"]), plain.data["floating"]) == (1, [])
    assert regions(plain)["range"] == "A+" != regions(found)["range"]


@needs_modes
@pytest.mark.parametrize("mode", MODES)
def test_no_golden_data_is_made(mode, tmp_path, capsys):
    where, fact = tmp_path / "new", EXPECTED[mode].facts[0]
    (tmp_path / "mine.py").write_text("from lossref.spec import Loss\nfrom lossref.spaces import Real\n"
                                      "LOSS = Loss(name='mine', arguments={'x': Real()}, definition=lambda m, x: x * x)\n")  # fmt: skip
    with processor(mode):
        status = main(["golden", "generate", "--loss", "relu", "--jobs", "1", "--to", str(where)])
        own = main(["golden", "generate", "--definition", str(tmp_path / "mine.py"), "--to", str(where)])
        with pytest.raises(GoldenError, match=fact):
            write.generate(where)
    assert (status, own, where.exists()) == (2, 2, False)
    assert capsys.readouterr().err.count(fact) == 2
    assert math.isfinite(lossref.value("relu", 1.0))
