"""What goes to a program and comes back: several gradients, reduced values, options, each whole and as bits."""

import subprocess

import numpy as np
import pytest
from test_programs import HELLO

from lossref.formats import FLOAT64
from lossref.implementations import process, wire
from lossref.library import FailedError
from lossref.spaces import Vector
from lossref.spec import Loss, Question

PAIR = Loss(name="pair", arguments={"a": Vector(), "b": Vector()}, differentiable=("a", "b"), definition=lambda m, a, b: a[0] * b[0])
AT = {"a": np.array([[1.5, -2.0]]), "b": np.array([[0.5, 4.0]])}


def pair(reply):
    """A loss of one's own with two gradients, behind a program that gives this answer."""
    asked = []
    hello = {**HELLO, "losses": {"pair": {"parts": ["value", "gradient"]}, "squared_error": {"parts": ["value"]}}}

    def ask(question):
        asked.append(question)
        return {"type": "result", "answer": reply}

    return process.described(hello, ask, own=PAIR), asked


def test_a_loss_of_ones_own_with_several_gradients_is_asked():
    library, asked = pair({"b": wire.spelled(AT["a"]), "a": wire.spelled(AT["b"])})
    assert list(library.implementations) == ["pair"]
    found = library.implementations["pair"].parts["gradient"](**AT)
    assert [x.tolist() for x in found] == [AT["b"].tolist(), AT["a"].tolist()]
    assert wire.read(wire.line({**asked[0], "sequence": 1}), "a line", "run")["inputs"]["a"] == [["3ff8000000000000", "c000000000000000"]]
    question = Question("pair", "float64", {"a": (1.5, -2.0), "b": (0.5, 4.0)}, {}, "ordinary", "own")
    line = library.implementations["pair"].line("gradient", question)
    done = subprocess.run(line.replace("YOUR_PROGRAM", "cat"), shell=True, capture_output=True, text=True, check=True)
    hello, run = done.stdout.splitlines()
    assert wire.read(hello, "line 1", "greeting") == wire.GREETING
    assert {**wire.read(run, "line 2", "run"), "sequence": 0} == asked[0]


@pytest.mark.parametrize(("reply", "words"), [
    ([["0" * 16, "0" * 16]], "no object with an array for each of a, b"),
    ({"a": [["0" * 16, "0" * 16]]}, "no object with an array for each of a, b"),
    ({"a": [["0" * 16, "0" * 16]], "b": ["0" * 16]}, "it has shape (1,) where (1, 2) is wanted"),
    ({"a": [["0" * 16, "0" * 16]], "b": [["0" * 16], ["0" * 16] * 2]}, "rows of different shapes"),
    ({"a": [["0" * 16, "0" * 16]], "b": [["0" * 16, "0" * 8]]}, "has 8 digits"),
])  # fmt: skip
def test_an_answer_for_several_arguments_is_whole_or_none(reply, words):
    with pytest.raises(FailedError) as failed:
        pair(reply)[0].implementations["pair"].parts["gradient"](**AT)
    assert words in str(failed.value)


def test_one_gradient_is_an_array_and_a_reduced_value_a_list_of_one():
    hello = {**HELLO, "losses": {"squared_error": {"parts": ["value", "gradient"], "options": ["reduction"]}}}
    arrays = {"prediction": np.array([1.0, 2.0]), "target": np.zeros(2)}

    def found(part, reply, **options):
        ask = process.described(hello, lambda run: {"type": "result", "answer": reply}).implementations["squared_error"].parts[part]
        return ask(**arrays, **options)

    one = FLOAT64.encode(2.5)
    assert found("value", [one], reduction="mean").shape == ()
    assert found("value", [one, one], reduction="none").shape == found("gradient", [one, one], reduction="mean").shape == (2,)
    for part, reply in (("value", one), ("value", [[one]]), ("gradient", {"prediction": [one, one]}), ("value", [one, one])):
        with pytest.raises(FailedError, match="gave an answer that is none"):
            found(part, reply, reduction="mean")


def test_what_is_asked_arrives_as_it_was():
    """Numbers, indices, truths and words of every option, as bits and back."""
    form = FLOAT64
    arrays = {"logits": np.arange(12.0).reshape(2, 2, 3), "target": np.array([[0, 2], [-100, 1]])}
    chosen = {"reduction": "mean", "denominator": 8.0, "empty": "zero", "mask": np.array([True, False]), "label_smoothing": 0.1,
              "sample_weight": np.array([0.1, 3.0]), "ignore_index": -100, "upstream": -2.0, "delta": 0.3}  # fmt: skip
    sent = wire.question(1, "softmax_cross_entropy", "value", form, arrays, chosen)
    there, options = wire.inputs_of(wire.read(wire.line(sent), "a line", "run"))
    assert wire.question(1, "softmax_cross_entropy", "value", form, there, options) == sent
    assert {name: (x.dtype, x.tolist()) for name, x in there.items()} == {name: (x.dtype, x.tolist()) for name, x in arrays.items()}
    assert {name: np.asarray(x).tolist() for name, x in options.items()} == {name: np.asarray(x).tolist() for name, x in chosen.items()}
    for name, x in {"denominator": "median", "mask": [1, 0], "reduction": form.encode(1.0), "sample_weight": [1]}.items():
        with pytest.raises(wire.JsonError):
            wire.read(wire.line({**sent, "options": {**sent["options"], name: x}}), "a line", "run")
