"""Conventions of calls: a call that does what is declared conforms, one that does not fails, and a needless one is an error."""

import json
import sys
import types
from functools import partial

import pytest
from plants import cross_entropy, sigmoid_cross_entropy

from lossref.cli import main
from lossref.judge.callconventions import parse_declaration
from lossref.judge.conventions import ConventionError


def always(call, **options):
    """The call with options that it sets whatever it is asked."""
    return lambda **named: call(**{**named, **{name: x for name, x in options.items() if x is not None}})


def smoothing_over_others(**named):
    return cross_entropy(**{**named, "smoothing": "others"})


def half(**named):
    value, slope = sigmoid_cross_entropy(**named)
    return value / 2, slope / 2


NAMES = {"softmax": "softmax_cross_entropy", "sigmoid": "sigmoid_cross_entropy"}
DECLARED = [
    ("softmax", always(cross_entropy, denominator="count"), "mean over count"),
    ("softmax", always(cross_entropy, denominator=2.5), "mean over 2.5"),
    ("softmax", always(cross_entropy, denominator="kept"), "mean over kept"),
    ("softmax", always(cross_entropy, empty="zero"), "nothing gives zero"),
    ("softmax", smoothing_over_others, "smoothing over others"),
    ("sigmoid", half, "factor 1/2"),
]


@pytest.fixture
def judged(monkeypatch, capsys):
    """Judges a call under conventions; exit status and report, or the sentence on standard error."""

    def run(kind, call, *sentences):
        strangers = types.ModuleType("strangers")
        strangers.mine = types.SimpleNamespace(value=None, call=call)
        monkeypatch.setitem(sys.modules, "strangers", strangers)
        given = [word for sentence in sentences for word in ("--convention", f"{NAMES[kind]}: {sentence}")]
        status = main(["calls", "strangers:mine", "--loss", NAMES[kind], "--json", *given])
        captured = capsys.readouterr()
        return status, json.loads(captured.out) if captured.out else captured.err

    return run


@pytest.mark.parametrize(("kind", "call", "sentence"), DECLARED, ids=[sentence for *_, sentence in DECLARED])
def test_what_is_declared_is_what_a_call_is_judged_by(judged, kind, call, sentence):
    assert judged(kind, call)[0] == 1
    status, report = judged(kind, call, sentence)
    (convention,) = report["losses"][0]["conventions"]
    assert (status, convention["sentence"]) == (0, sentence)
    assert 0 < convention["moved"] < convention["vectors"] or sentence.startswith("factor")


@pytest.mark.parametrize("fault", ["smoothing over K - 1", "class weight twice", "upstream ignored"])
def test_a_fault_beside_what_is_declared_is_still_found(judged, fault):
    assert judged("softmax", always(partial(cross_entropy, fault=fault), denominator="count"), "mean over count")[0] == 1


def test_two_conventions_together(judged):
    call = always(cross_entropy, denominator="count", empty="zero")
    status, report = judged("softmax", call, "mean over count", "nothing gives zero")
    assert status == 2  # a batch is never empty by count: the second is never seen
    assert "'nothing gives zero' is declared and not needed" in report
    assert judged("sigmoid", always(half, denominator="count"), "mean over count", "factor 1/2")[0] == 0


def test_what_is_needless_or_clashes_is_an_error(judged):
    assert "'mean over count' is declared and not needed" in judged("softmax", cross_entropy, "mean over count")[1]
    assert "two conventions set denominator" in judged("softmax", cross_entropy, "mean over count", "mean over kept")[1]
    assert "does not fit" in judged("softmax", cross_entropy, "clip target to [0, 1]")[1]


@pytest.mark.parametrize(("text", "words"), [
    ("mean over count", "declared as LOSS: SENTENCE"),
    ("hinge: mean over everything", "is no convention of calls; what can be said: mean over weights"),
    ("hinge: mean over -1", "is no convention of calls"),
    ("hinge: clip prediction to [0, 1], gradient through", "is a convention of single examples"),
    ("hinge: flush subnormal inputs to zero", "is a convention of single examples"),
])  # fmt: skip
def test_what_cannot_be_said_is_one_sentence(text, words):
    with pytest.raises(ConventionError) as error:
        parse_declaration(text)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_a_convention_of_another_loss_is_an_error(capsys):
    assert main(["calls", "lossref", "--loss", "hinge", "--convention", "huber: mean over count"]) == 2
    assert "is declared for 'huber', whose calls are not judged in this run" in capsys.readouterr().err
