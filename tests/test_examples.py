"""The examples run as their first lines say, and print the numbers that are known without them."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from examples.cross_entropy_layers import SigmoidCrossEntropyLayer, SoftmaxCrossEntropyLayer

ROOT = Path(__file__).parent.parent
SCRIPTS = [path for path in sorted((ROOT / "examples").glob("*.py")) if "__main__" in path.read_text(encoding="utf-8")]

# Each line that starts with the label holds these numbers and no others. They were computed with 50 digits at the
# float64 inputs, but for the outputs of two_layers, which are of a float64 run.
PRINTED = {
    "logistic_regression": {
        "risk J": "0.79775995806435603",
        "gradient of J in theta": "0.18395995981820397 -0.23498175543193109",
        "float64 sigmoid(1e-17)": "0.5",
        "exact sigmoid(1e-17) - 1/2": "2.5000000000000002e-18",
        "sum of the products, dJ/dw": "-0.75",
        "sum of dJ/dp, sum of dp/dw": "0 -0.25",
    },
    "softmax_layer": {
        "cost C": "1.1381816024124845",
        "dC/db": "-0.67959889097338696 0.15134676736529921 0.52825212360808775",
        "dC/dW, row 0": "-0.33979944548669348 0.67959889097338696",
        "dC/dW, row 1": "0.075673383682649606 -0.15134676736529921",
        "dC/dW, row 2": "0.26412606180404387 -0.52825212360808775",
    },
    "one_neuron": {
        "quadratic, eta 0.15, start (0.6, 0.9)": "0.81757447619364366 0.09395569486364722 0.09395569486364722 321",
        "quadratic, eta 0.15, start (2, 2)": "0.98201379003790844 0.20284842426777664 0.20284842426777664 302",
        "cross-entropy, eta 0.15, start (0.6, 0.9)": "0.81757447619364366 0.011638208968903767 0.011638208968903767 45",
        "cross-entropy, eta 0.15, start (2, 2)": "0.98201379003790844 0.012008741510817511 0.012008741510817511 31",
        "cross-entropy, eta 0.0375, start (0.6, 0.9)": "0.81757447619364366 0.051509364989649661 0.051509364989649661 182",
        "cross-entropy, eta 0.0375, start (2, 2)": "0.98201379003790844 0.059312110197451564 0.059312110197451564 125",
        "cross-entropy, eta 0.005, start (0.6, 0.9)": "0.81757447619364366 0.41767929959888692 0.41767929959888692 1370",
        "cross-entropy, eta 0.005, start (2, 2)": "0.98201379003790844 0.77958706420616891 0.77958706420616891 937",
        "quadratic, eta 0.15, after 100 updates": "0.21099625384384168 0.96413084699791455",
        "quadratic slope at a = 1/2": "0.125",
        "quadratic slope at a = 2/3": "0.14814814814814815",
        "quadratic slope at a = 0.82": "0.12103200000000002",
        "quadratic slope at a = 0.98": "0.019208000000000016",
        "quadratic slope at z = 1.5, z = 4, ratio": "0.12193833242754277 0.017345021070840123 7.0301634070967756",
        "cross-entropy slope at z = 1.5, z = 4": "0.81757447619364366 0.98201379003790844",
    },
    "three_parties": {
        "model 1: classification error": "0.33333333333333333",
        "model 1: squared error per sample": "0.80666666666666662",
        "model 1: squared error per entry": "0.26888888888888887",
        "model 1: cross-entropy, nats": "1.3783888522474519",
        "model 1: read as three sigmoids": "2.3296608960458102",
        "model 2: classification error": "0.33333333333333333",
        "model 2: squared error per sample": "0.34000000000000003",
        "model 2: squared error per entry": "0.11333333333333334",
        "model 2: cross-entropy, nats": "0.6391075640678003",
        "model 2: read as three sigmoids": "1.1472771312840654",
    },
    "derivations": {
        "s'(0)": "0.25 0.25",
        "s'(2)": "0.10499358540350652 0.10499358540350652",
        "z = 1.5, y = 0": "0.81757447619364366 0.81757447619364366 0.81757447619364366",
        "z = 2, y = 1": "-0.11920292202211756 -0.11920292202211756 -0.11920292202211756",
        "z = 40, y = 0": "nan 1 1",
        "quadratic, z = 1.5, y = 0": "0.12193833242754277",
        "integral": "-0.40546510810816438",
        "difference of cross-entropies": "-0.40546510810816438",
        "quadratic in z": "-0.059407084302179539",
        "cross-entropy in z": "0.10499358540350652",
    },
    "two_layers": {
        "outputs": "0.0096644916879683 0.007865059671309264 0.9935889804970555 0.992119573219358",
        "nonlin(2, True), wrong": "-2",
        "nonlin(nonlin(2), True), right": "0.10499358540350652",
        "by lossref": "0.10499358540350652",
    },
    "cross_entropy_layers": {
        "logit 1000.0, label 0": "1000 1",
        "logit 40.0, label 1": "4.248354255291589e-18 -4.248354255291589e-18",
        "logit 2, label 1": "0.1269280110429725 -0.11920292202211756",
        "mean over samples, sum over classes": "2.0794415416798357",
        "mean over samples and classes": "0.69314718055994531",
        "logits (40, 0, 0), class 0": "8.496708510583178e-18 -8.4967085105831779e-18 4.248354255291589e-18 4.248354255291589e-18",
        "logits (1000, 0, 0), class 1": "1000 1 -1 0",
        "logits (1, 2), class 0": "1.3132616875182228 -0.73105857863000488 0.73105857863000488",
        "2,000,000 equal logits": "14.508657738524219",
        "sum of their gradient, to 12 decimals": "0",
        "shape (1, 2, 4): probability of the first class": "0.032058603280084988",
        "loss with penalty": "0.47414198418010668",
        "penalty": "6.5e-5",
        "gradient of the penalty": "2e-05 -3e-05",
    },
}


def command(script):
    return ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))).splitlines()[0]


def run(name, *more, **environment):
    python, *arguments = command(ROOT / "examples" / f"{name}.py").removeprefix("Run with: ").split()
    assert python == "python"
    line = [sys.executable, *arguments, *map(str, more)]
    return subprocess.run(line, capture_output=True, text=True, cwd=ROOT, env=os.environ | environment)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_first_line_is_the_command(script):
    assert command(script) == f"Run with: python examples/{script.name}"


@pytest.mark.parametrize("name", PRINTED)
def test_numbers_are_printed(name, listed):
    done = run(name)
    assert (done.returncode, done.stderr) == (0, "")
    lines, misses = done.stdout.splitlines(), []
    for label, numbers in PRINTED[name].items():
        expected = [float(x) for x in numbers.split()]
        found = [[float(x) for x in line[len(label) :].split()] for line in lines if line.startswith(f"{label} ")]
        if not (len(found) == 1 and found[0] == pytest.approx(expected, rel=1e-14, abs=0, nan_ok=True)):
            misses.append((label, found, numbers))
    listed(misses, "lines are missing, double or wrong")


def test_neuron_stays_close_to_the_exact_one_and_is_not_always_faster():
    text = " ".join(run("one_neuron").stdout.split())
    assert 0 < float(text.split("largest relative difference ")[1].split()[0]) < 1e-14
    assert "It is false at eta 0.005: cross-entropy takes 1370 and 937 updates, the quadratic cost at eta 0.15 takes 321 and 302." in text


def test_missing_matplotlib_is_one_sentence(tmp_path):
    (tmp_path / "matplotlib.py").write_text("raise ImportError", encoding="utf-8")
    done = run("one_neuron", "--plot", tmp_path / "curves.svg", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "--plot needs matplotlib: pip install 'lossref[plot]'\n"


@pytest.mark.parametrize(("layer", "target"), [(SigmoidCrossEntropyLayer, (2,)), (SoftmaxCrossEntropyLayer, (2, 3))])
def test_layers_take_no_target_of_another_shape(layer, target):
    with pytest.raises(ValueError, match="does not fit logits of shape"):
        layer().forward(np.zeros((2, 3)), np.zeros(target, int))
