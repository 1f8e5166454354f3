"""However a command is ended, nothing that it started lives on, and its status says how it was."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the system has no signals of this kind")
SIGNALS = ("SIGTERM", "SIGHUP", "SIGINT", "SIGKILL")
HELLO = '{"type":"hello","protocol":2,"name":"x","language":"x","version":"1","formats":["float64"],"losses":{"huber":{"parts":["value"]}}}'
STARTED = f"""
import os, subprocess, sys, time
SLEEP = ["sh", "-c", "echo $$ >> pids; sleep 600"]
sys.stdin.readline()
subprocess.Popen(SLEEP)
if os.path.exists("/proc/self/environ"):  # the system shows what left its group
    subprocess.Popen(SLEEP, start_new_session=True)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execvp(SLEEP[0], SLEEP)
        os._exit(0)
print('''{HELLO}''', flush=True)
sys.stdin.readline()
with open("pids", "a") as file:
    file.write(str(os.getpid()) + "\\n")
time.sleep(600)
"""
CERTIFYING = """
import os, time
from lossref.golden import write

def vectors(*given, **more):
    with open(os.environ["PIDS"], "a") as file:
        file.write(str(os.getpid()) + "\\n")
    time.sleep(600)

write.vectors = vectors
"""


def as_usual():
    for name in SIGNALS[:3]:  # whoever runs the tests in the background may have some ignored
        signal.signal(getattr(signal, name), signal.SIG_DFL)


def ended(folder, typed, number, wanted):
    """Status and standard error of a command that a signal ends once so many processes have said that they are there; they end too."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), *sys.path]), "PIDS": str(folder / "pids")}
    (folder / "pids").touch()
    command = [sys.executable, "-m", "lossref", *typed]
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=as_usual) as running:
        assert waited(lambda: len((folder / "pids").read_text().split()) >= wanted)
        running.send_signal(getattr(signal, number))
        try:
            _, error = running.communicate(timeout=30)
        finally:
            running.kill()
    assert waited(lambda: not any(lives(pid) for pid in (folder / "pids").read_text().split()))
    return running.returncode, error


def waited(what, seconds=60):
    until = time.monotonic() + seconds
    while not (there := what()) and time.monotonic() < until:
        time.sleep(0.02)
    return there


def lives(pid):
    """Whether a process is there, and more than what its parent has not taken note of."""
    return subprocess.run(["ps", "-o", "stat=", "-p", pid], capture_output=True, text=True).stdout.strip()[:1] not in ("", "Z")


def said(number):
    if number == "SIGKILL":
        return -signal.SIGKILL, ""
    return 128 + getattr(signal, number), f"lossref: {'interrupted' if number == 'SIGINT' else f'ended by {number}'}\n"


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.whole
def test_a_program_ends_with_the_check_and_so_does_what_it_started(tmp_path, number):
    """It hangs; it has a child, another in a session of its own, and one whose parent is gone too."""
    (tmp_path / "program.py").write_text(STARTED)
    typed = ["check", f"cmd:{sys.executable} program.py", "--timeout", "500"]
    status, error = ended(tmp_path, typed, number, 4 if os.path.exists("/proc/self/environ") else 2)
    if number == "SIGKILL":  # the process that judges is told by the system that the one which waits is gone, and may say so
        error = error.removesuffix("lossref: ended by SIGTERM\n")
    assert (status, error) == said(number)


@pytest.mark.parametrize("number", SIGNALS)
def test_workers_end_with_the_generating(tmp_path, number):
    (tmp_path / "sitecustomize.py").write_text(CERTIFYING)
    typed = ["golden", "generate", "--to", "golden", "--jobs", "2"]
    assert ended(tmp_path, typed, number, 2) == said(number)


IN_A_CALLBACK = """
import os, signal, sys
if "-m" in sys.orig_argv[:3]:
    sent = []
    os.register_at_fork(before=lambda: sent or (sent.append(1), os.kill(os.getpid(), signal.{number})))
"""


@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT"])
def test_what_ends_a_command_in_a_callback_is_not_lost(tmp_path, number):
    """Python raises nothing there: it prints that it ignored an exception, and goes on."""
    (tmp_path / "sitecustomize.py").write_text(IN_A_CALLBACK.format(number=number))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    command = [sys.executable, "-m", "lossref", "golden", "generate", "--to", "golden", "--jobs", "2"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, preexec_fn=as_usual)
    assert (done.returncode, done.stderr) == said(number)


@pytest.mark.skipif(not (os.path.exists("/proc/self/environ") and shutil.which("setsid")), reason="the system does not show what left")
def test_a_program_that_says_goodbye_leaves_nothing_running(tmp_path):
    """The check ends by itself; what the program started in a session of its own does not go on."""
    serve = f"{sys.executable} -m lossref serve lossref --loss hinge"
    (tmp_path / "start.sh").write_text(f'setsid sh -c "echo \\$\\$ > pids; sleep 600" > /dev/null 2>&1 &\nexec {serve}\n')
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "lossref", "check", "cmd:sh start.sh", "--loss", "hinge", "--level", "D"]
    assert subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True).returncode == 0
    assert not lives((tmp_path / "pids").read_text().strip())
