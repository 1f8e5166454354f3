"""Where tensors of PyTorch and JAX are put: the same bits in and out on any device; what has none, or is not there, is one sentence."""

import json

import numpy as np
import pytest
from typed import run

from lossref import bits, catalog
from lossref.formats import FLOAT64, JUDGED
from lossref.judge.ask import Asked, ask


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("sklearn --device cuda", "--device says where tensors of torch or jax are, and sklearn has none"),
        ("scipy --device cpu", "scipy has none"),
    ],
)
def test_a_library_without_tensors_is_put_nowhere(capsys, typed, said):
    status, _, err = run(capsys, "check", *typed.split())
    assert (status, err.count("\n"), said in err) == (2, 1, True)


def test_a_device_that_is_not_there_is_one_sentence(capsys):
    pytest.importorskip("torch")
    status, _, err = run(capsys, "check", "torch", "--device", "nowhere", "--loss", "huber")
    assert (status, err.count("\n"), "--device nowhere: " in err) == (2, 1, True)


def test_the_device_stands_in_the_line_that_shows_an_answer(capsys):
    pytest.importorskip("torch")
    status, out, _ = run(capsys, "check", "torch", "--device", "cpu", "--loss", "log_softmax", "--json")
    parts = json.loads(out)["losses"][0]["parts"]
    assert status == 1
    assert all('device="cpu"' in worst["line"] for part in parts.values() for worst in part["worst"])


def test_a_device_of_jax_that_is_not_there_is_one_sentence(capsys):
    pytest.importorskip("optax")
    status, _, err = run(capsys, "check", "optax", "--device", "nowhere", "--loss", "huber")
    assert (status, err.count("\n"), "--device nowhere: Unknown backend" in err) == (2, 1, True)


def test_arrays_of_jax_stand_where_the_line_says(capsys, tmp_path, monkeypatch):
    pytest.importorskip("jax")
    (tmp_path / "seen.py").write_text("def squared_error(prediction, target):\n    return 2 * (prediction - target) ** 2\n")
    monkeypatch.chdir(tmp_path)
    status, out, _ = run(capsys, "check", "jax:seen.py:squared_error", "--device", "cpu", "--json")
    (entry,) = json.loads(out)["losses"]
    assert status == 1
    assert all('device=jax.devices("cpu")[0]' in worst["line"] for part in entry["parts"].values() for worst in part["worst"])


def test_small_arrays_are_asked_on_one_thread_and_large_ones_on_all():
    torch = pytest.importorskip("torch")
    before, seen = torch.get_num_threads(), []

    def counting(prediction, target):
        seen.append(torch.get_num_threads())
        return prediction

    torch.set_num_threads(3)
    try:
        for rows in (4, 20000):
            given = {"prediction": np.ones(rows), "target": np.ones(rows)}
            ask(catalog.get("squared_error"), "value", counting, given, {}, FLOAT64, Asked())
        assert (seen, torch.get_num_threads()) == ([1, 3], 3)
    finally:
        torch.set_num_threads(before)


@pytest.fixture
def gpu():
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("there is no GPU that torch can use")
    return "cuda"


@pytest.mark.parametrize("judged", JUDGED)
def test_bits_go_to_a_gpu_and_come_back(gpu, judged):
    from lossref.implementations.engines import torch_like

    given = np.frombuffer(np.random.default_rng(1).bytes(1 << 12), bits.dtype(judged))
    back = torch_like.array(torch_like.tensor(given.copy()).to(gpu))
    assert back.tobytes() == given.tobytes()


@pytest.mark.parametrize("judged", JUDGED)
def test_what_a_gpu_answers_is_judged(gpu, capsys, judged):
    status, out, _ = run(capsys, "check", "torch", "--device", gpu, "--loss", "relu", "--format", judged, "--json")
    assert (status, json.loads(out)["conforms"]) == (0, True)
