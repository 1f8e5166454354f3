"""Whoever reads the output leaves, or somebody presses Ctrl-C: no traceback, one line at most, and a status that says so."""

import os
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGPIPE"), reason="the system has no pipes and signals of this kind")
LOSSREF = [sys.executable, "-m", "lossref"]


def by_default():
    """Whoever runs the tests in the background (`nohup ... &`) has interrupts ignored, in every child too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


COMMANDS = [
    "list", "list --json", "show huber", "why 92748ec56cdd", "vectors huber", "check scipy --loss huber", "coverage scipy",
    "check scipy --loss huber --json", "protocol", "eval hinge --prediction 1 --target 1",
]  # fmt: skip


@pytest.mark.whole
@pytest.mark.parametrize("command", COMMANDS)
def test_a_closed_pipe_is_no_difference_and_no_traceback(command):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*LOSSREF, *command.split()], stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, "")


LONG = "check lossref --loss softmax_cross_entropy --json --worst 99"


@pytest.mark.parametrize("command", ["vectors", LONG, "folklore list", "check --help"])
@pytest.mark.whole
def test_output_can_be_cut_off(command):
    with subprocess.Popen([*LOSSREF, *command.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout.readline()
        running.stdout.close()
        error = running.stderr.read()
    assert (running.returncode in (0, 128 + signal.SIGPIPE), error) == (True, "")


def interrupted(command, ready, **more):
    """Status and standard error of a command that is interrupted once it is `ready`."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=by_default, **more) as running:
        ready(running)
        running.send_signal(signal.SIGINT)
        try:
            _, error = running.communicate(timeout=60)
        finally:
            running.kill()
    return running.returncode, error


@pytest.mark.parametrize("module", ["numpy", "mpmath", "rich"])
def test_an_interrupt_while_importing_is_one_line(tmp_path, module):
    """The module is one that takes for ever: what is imported when somebody changes their mind is a matter of luck."""
    (tmp_path / f"{module}.py").write_text("print('importing', flush=True)\nimport time\ntime.sleep(600)\n")
    lines = []

    def ready(running):
        lines.append(running.stdout.readline())
        time.sleep(0.2)  # it sleeps by now

    command = [*LOSSREF, "eval", "hinge", "--prediction", "1", "--target", "1"]  # which needs all of them
    found = interrupted(command, ready, env=with_path(tmp_path))
    assert lines == ["importing\n"]
    assert found == (130, "lossref: interrupted\n")


def test_generating_is_interrupted_at_once_and_leaves_nothing(tmp_path):
    """Certifying takes for ever here: nobody waits for it."""
    where, slow = tmp_path / "set" / "golden", tmp_path / "slow"
    slow.mkdir()
    (slow / "sitecustomize.py").write_text(
        "import time\nfrom lossref.golden import write\nwrite.vectors = lambda *given, **more: time.sleep(600)\n"
    )
    where.parent.mkdir()

    def certifying(running):
        while not (where.exists() and len(children(running.pid)) >= 2):
            time.sleep(0.05)
        workers.extend(children(running.pid))

    workers = []
    found = interrupted([*LOSSREF, "golden", "generate", "--to", str(where), "--jobs", "2"], certifying, env=with_path(slow))
    assert found == (130, "lossref: interrupted\n")
    assert [path.name for path in where.parent.iterdir()] == ["golden"]
    assert not list(where.iterdir())
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


def with_path(folder):
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), *sys.path])}


def children(process):
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout.splitlines()
    return [int(pid) for pid, parent in (line.split() for line in listed) if int(parent) == process]
