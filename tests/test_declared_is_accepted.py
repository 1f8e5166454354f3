"""What a program declares of itself is shown, and counts once whoever runs the check accepts it; and it must leave something to judge."""

import json
import shlex
import subprocess
import sys

import numpy as np
import pytest

import lossref
from lossref import catalog
from lossref.__main__ import main
from lossref.conventions.formula import ConventionError
from lossref.conventions.grammar import parse
from lossref.formats import FLOAT64
from lossref.golden.source import GOLDEN
from lossref.judge.declared import declared
from lossref.judge.verdict import judge
from lossref.library import Implementation, Library
from lossref.report import finding, text
from lossref.spec import APART

PROGRAM = """
import json, struct, sys

facts = json.loads(sys.argv[1])
scale = float(sys.argv[2])
hello = {"type": "hello", "protocol": 2, "name": "mine", "language": "Python", "version": "1", "formats": ["float64"],
         "losses": {"squared_error": {"parts": ["value"], **facts}}}
for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "hello":
        print(json.dumps(hello), flush=True)
    if message["type"] == "run":
        read = lambda x: struct.unpack(">d", bytes.fromhex(x))[0]
        def answer(p, t):
            try:
                y = scale * (p - t) ** 2
            except OverflowError:
                y = scale * float("inf")
            return struct.pack(">d", y).hex()
        pairs = zip(map(read, message["inputs"]["prediction"]), map(read, message["inputs"]["target"]))
        print(json.dumps({"type": "result", "sequence": message["sequence"], "answer": [answer(p, t) for p, t in pairs]}), flush=True)
"""


@pytest.fixture
def program(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)

    def command(facts, scale=1.0):
        return "cmd:" + shlex.join([sys.executable, str(tmp_path / "program.py"), json.dumps(facts), str(scale)])

    return command


HALF = {"conventions": ["factor 1/2"]}


def test_what_is_declared_is_named_and_must_be_accepted(program, capsys):
    assert main(["check", program(HALF, 0.5), "--level", "D"]) == 2
    said = capsys.readouterr().err
    assert "squared_error: factor 0.5" in said
    assert "--accept-conventions" in said
    assert main(["check", program(HALF, 0.5), "--level", "D", "--accept-conventions"]) == 0
    assert "declares 'factor 0.5'" in capsys.readouterr().out
    assert main(["check", program(HALF, 0.5), "--level", "D", "--as-mathematics"]) == 1
    assert main(["check", program({}), "--level", "D"]) == 0


def test_what_the_user_declares_in_its_place_needs_no_more(program):
    assert main(["check", program(HALF, 0.5), "--level", "D", "--convention", "squared_error: factor 1/2"]) == 0


def test_a_loss_that_decides_nothing_must_be_accepted_too(program, capsys):
    """Composed losses are no part of the verdict: a program could call composed whatever it has wrong."""
    assert main(["check", program({"composed": "of pieces"}), "--level", "D"]) == 2
    assert "squared_error is composed (of pieces)" in capsys.readouterr().err


def test_in_python_too(program):
    with pytest.raises(ConventionError, match="accept_conventions=True"):
        lossref.check(program(HALF, 0.5), level="D")
    assert lossref.check(program(HALF, 0.5), level="D", accept_conventions=True).conforms


@pytest.mark.whole
def test_in_pytest_too(program, tmp_path):
    asked = ["--pyargs", "lossref.conformance", "-p", "no:cacheprovider", "-p", "pytest_lossref", "--lossref-level", "D"]
    command = [sys.executable, "-m", "pytest", *asked, "--lossref-implementation", program(HALF, 0.5)]
    refused = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert refused.returncode == 4
    assert "--lossref-accept-conventions" in refused.stdout + refused.stderr
    assert subprocess.run([*command, "--lossref-accept-conventions"], capture_output=True, cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("name", ["scipy", "sklearn"])
@pytest.mark.whole
def test_our_own_adapters_need_no_acceptance(name, capsys):
    pytest.importorskip(name)
    assert main(["check", name, "--isolated", "--loss", {"scipy": "kl_divergence", "sklearn": "binary_cross_entropy"}[name]]) in (0, 1)


NOTHING = {
    "squared_error": ["factor 0", "factor 1e-400", "clip prediction to [0, 0]", "clip prediction to [0, 1e-30]"],
    "sigmoid_cross_entropy": ["clip logits to [0, 0], gradient through", "clip logits to [-1e-30, 1e-30], gradient unclipped"],
    "binary_cross_entropy": ["clip probabilities to [1/2, 1/2]", "clamp log at 0"],
}
SOMETHING = {
    "squared_error": ["factor 1/2", "factor -1", "clip prediction to [-100, 100]"],
    "binary_cross_entropy": ["clip probabilities to [1e-7, 1 - 1e-7]", "log base 2"],
}


def verdict_on(name, sentence):
    """The report on what gives exactly the values that are declared."""
    loss, convention = catalog.get(name), parse(sentence)
    vectors = [v for v in GOLDEN.vectors(loss, FLOAT64) if not v.question.is_call and v.region not in APART]
    found = {tuple(v.question.inputs.values()): v.answer.value.rounded[0] for v in declared(loss, [convention], vectors, FLOAT64)}

    def value(**given):
        return np.array([found[row] for row in zip(*(x.tolist() for x in given.values()), strict=True)])

    implementation = Implementation(parts={"value": value}, line=lambda *_: "", conventions=(convention,))
    library = Library(name="exact", title="exact", implementations={name: implementation})
    return finding.run(library, [judge(loss, implementation, vectors, FLOAT64)], "float64", "B", False, 1)


@pytest.mark.parametrize(("name", "sentence"), [(name, sentence) for name, said in NOTHING.items() for sentence in said])
def test_what_leaves_less_than_half_conforms_to_nothing(name, sentence):
    report = verdict_on(name, sentence)
    (entry,) = report["losses"]
    assert entry["parts"]["value"]["grade"] == "A+"
    assert entry["standing"] < 0.5
    assert not report["conforms"]
    assert "it conforms to nothing" in "".join(text.declared(entry, "B"))


@pytest.mark.parametrize(("name", "sentence"), [(name, sentence) for name, said in SOMETHING.items() for sentence in said])
def test_what_leaves_more_conforms_to_that(name, sentence):
    assert verdict_on(name, sentence)["conforms"]
