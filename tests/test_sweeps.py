"""A sweep: the same digests however it is spread, interrupted or resumed; wrong code is seen wherever it is wrong; errors are sentences."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import lossref
from lossref import catalog
from lossref.files import FileError
from lossref.library import ImplementationError
from lossref.sweeps.block import tally
from lossref.sweeps.line import SweepError, lines
from lossref.sweeps.run import sweep

WRONG = """
import numpy as np
from lossref.float64.functions import softplus as right

def value(x):
    y = right(x.astype(np.float64))
    return np.where(x == x.dtype.type('{at}'), 2.0, y).astype(x.dtype)
"""


@pytest.fixture(scope="module")
def plain():
    return sweep("softplus", format="float16")


def test_blocks_spread_over_processes_give_the_same(plain):
    assert sweep("softplus", format="float16", jobs=2) == plain


@pytest.mark.parametrize("cut", [0, 1, 40])
def test_a_sweep_goes_on_from_what_its_file_has(plain, tmp_path, cut):
    """Also from a file whose last line was cut."""
    path = tmp_path / "blocks"
    sweep("softplus", format="float16", resume=path)
    text = path.read_text()
    assert text.count("\n") == 17
    kept = text[: len(text) * 2 // 3]
    path.write_text(kept[: kept.rfind("\n") + 1 + cut])
    assert sweep("softplus", format="float16", resume=path) == plain
    assert path.read_text() == text


@pytest.mark.whole
def test_killed_at_any_moment_it_ends_with_the_same_digests(tmp_path):
    path = tmp_path / "blocks"
    command = [sys.executable, "-m", "lossref", "sweep", "log_cosh", "--format=bfloat16", f"--resume={path}", "--json"]
    for count in (3, 9):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while (not path.exists() or path.read_text().count("\n") < count) and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        process.wait()
    done = path.read_text().count("\n")
    found = json.loads(subprocess.run(command, capture_output=True, check=False, text=True).stdout)
    assert done > 3
    assert found == sweep("log_cosh", format="bfloat16")


@pytest.mark.parametrize("text", ["", "nothing\n", "{}\n", '{"loss": "softplus"}\n[]\n'])
def test_a_file_of_something_else_is_refused_and_kept(tmp_path, text):
    path = tmp_path / "blocks"
    path.write_text(text)
    with pytest.raises(SweepError, match="resume"):
        sweep("softplus", format="float16", resume=path)
    assert path.read_text() == text


BAD = ["[]", "3", "{", '{"index": 1}', '{"index": "1"}', '{"index": 1, "exact": "ab"}', '{"index": 1, "other": 2}']


@pytest.mark.parametrize("line", BAD)
def test_a_line_that_is_no_block_is_refused(tmp_path, line):
    path = tmp_path / "blocks"
    sweep("softplus", format="float8_e5m2", resume=path)
    path.write_text(path.read_text().splitlines()[0] + f"\n{line}\n")
    with pytest.raises(SweepError, match="resume"):
        sweep("softplus", format="float8_e5m2", resume=path)


@pytest.mark.parametrize("at", ["-60000.0", "6e-08", "0.333251953125", "11.0", "-0.0006103515625"])
def test_code_that_is_wrong_at_a_single_input_is_seen(tmp_path, at):
    path = tmp_path / "wrong.py"
    path.write_text(WRONG.format(at=at))
    found = sweep("softplus", f"{path}:value", format="float16")
    assert found["counts"]["value"]["beyond_8"] == 1
    assert not found["conforms"]
    worst = found["judged"]["parts"]["value"]["worst"][0]
    assert worst["inputs"]["x"] == float(np.float16(at))


NEAR_A_MINIMUM = """
import numpy as np

def gradient(log_rate, target):
    slope = np.exp(log_rate.astype(np.float64)).astype(log_rate.dtype) - target
    return np.where(log_rate == log_rate.dtype.type('{at}'), slope * 2, slope)

def value(log_rate, target):
    return (np.exp(log_rate.astype(np.float64)) - target.astype(np.float64) * log_rate).astype(log_rate.dtype)

class Poisson:
    value = staticmethod(value)
    gradient = staticmethod(gradient)
"""


@pytest.mark.parametrize("at", [0.55, 0.62, 0.95])
def test_an_error_is_not_hidden_by_larger_ones_that_rounded_inputs_allow(tmp_path, at):
    """exp(z) - 2 at z = log 2: in its binade every small slope is off by thousands of ulps, by right, and one other number is wrong."""
    wrong, right = tmp_path / "wrong.py", tmp_path / "right.py"
    at = float(np.float16(at))
    wrong.write_text(NEAR_A_MINIMUM.format(at=at))
    right.write_text(NEAR_A_MINIMUM.format(at="nan"))
    asked = {"format": "float16", "fixed": {"target": 2.0}}
    assert sweep("poisson", f"{right}:Poisson", **asked)["conforms"]
    found = sweep("poisson", f"{wrong}:Poisson", **asked)
    assert not found["conforms"]
    assert found["judged"]["parts"]["gradient"]["worst"][0]["inputs"]["log_rate"] == at


def test_a_file_of_blocks_is_of_one_version_of_the_code(tmp_path):
    code, path = tmp_path / "mine.py", tmp_path / "blocks"
    code.write_text(WRONG.format(at="11.0"))
    sweep("softplus", f"{code}:value", format="float8_e5m2", resume=path)
    code.write_text(WRONG.format(at="12.0"))
    with pytest.raises(SweepError, match="no file of this sweep"):
        sweep("softplus", f"{code}:value", format="float8_e5m2", resume=path)


def test_our_own_code_is_right_at_every_number_of_float16(tmp_path):
    found = sweep("softplus", "lossref", format="float16")
    assert found["conforms"]
    assert found["counts"]["value"]["beyond_1"] == 0
    assert found["inputs"] == 63_488


def test_what_an_implementation_returns_is_its_own_digest(tmp_path):
    path = tmp_path / "wrong.py"
    path.write_text(WRONG.format(at="11.0"))
    wrong, right = (sweep("softplus", name, format="float16") for name in (f"{path}:value", "lossref"))
    assert wrong["exact"] == right["exact"]
    assert wrong["answers"]["value"] != right["answers"]["value"]


def test_code_that_raises_is_said_to(tmp_path):
    path = tmp_path / "raises.py"
    path.write_text("def value(x):\n    raise ValueError('no')\n")
    found = sweep("softplus", f"{path}:value", format="float16")
    assert any("raised ValueError: no" in sentence for sentence in found["said"])
    assert not found["conforms"]


def test_code_that_raises_at_one_input_does_not_conform(tmp_path):
    path = tmp_path / "raises.py"
    once = "    if len(x) > 1000 and (x == 0.75).any():\n        raise ValueError('once')\n    return np.where"
    path.write_text(WRONG.format(at="inf").replace("    return np.where", once))
    found = sweep("softplus", f"{path}:value", format="float16")
    assert found["said"] == ["value: raised ValueError: once (raises.py line 8)"]
    assert not found["conforms"]


@pytest.mark.whole
def test_all_pairs_of_a_format_of_8_bits():
    found = sweep("squared_error", format="float8_e4m3fn", across="target")
    assert found["inputs"] == 254 * 253  # -0 and 0 are one target
    line = lines(catalog.get("squared_error"), "float8_e4m3fn", across="target")[100]
    of_one = tally(line, 0, None)
    assert of_one.inputs == 127


def test_only_what_lies_in_the_space_is_asked():
    found = sweep("binary_cross_entropy", format="bfloat16")
    assert found["inputs"] == 0x3F80 + 1 + 1  # from 0 to 1, and -0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"loss": "softmax_cross_entropy"}, "logits is"),
        ({"loss": "huber", "fixed": {"delta": -1.0}}, "delta must be"),
        ({"loss": "huber", "fixed": {"targets": 1.0}}, "no targets"),
        ({"loss": "huber", "fixed": {"target": 0.1}}, "a number of bfloat16"),
        ({"loss": "huber", "along": "delta"}, "swept along one of prediction, target"),
        ({"loss": "huber", "across": "target"}, "8 bits"),
        ({"loss": "huber", "format": "float64"}, "format must be one of"),
        ({"loss": 3}, "loss must be a text"),
    ],
)
def test_what_cannot_be_swept_is_told(given, message):
    with pytest.raises(SweepError, match=message):
        sweep(**{"format": "bfloat16", **given})


def test_other_mistakes_are_those_of_a_check(tmp_path):
    with pytest.raises(KeyError, match="did you mean"):
        sweep("softplu")
    with pytest.raises(ImplementationError, match="scip"):
        sweep("softplus", "scip", format="float16")
    with pytest.raises(FileError):
        sweep("softplus", format="float16", resume=tmp_path / "nowhere" / "blocks")


def test_the_door_is_in_the_package():
    assert lossref.sweep is sweep


def test_a_scheduler_of_dask_and_a_killed_worker_change_nothing(plain):
    """A real scheduler on this machine and two processes of workers, one of which is killed while it computes."""
    distributed = pytest.importorskip("distributed", reason="dask's scheduler is not installed here")
    joblib = pytest.importorskip("joblib")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config("dask"),
    ):
        killed = []

        def progress(done, total):
            if done == 3 and not killed:
                worker = next(iter(cluster.workers.values()))
                killed.append(worker.process.pid)
                os.kill(worker.process.pid, signal.SIGKILL)

        found = sweep("softplus", format="float16", progress=progress)
        assert found | {"machine": plain["machine"]} == plain
        assert killed
