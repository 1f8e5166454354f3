"""The script that kills what writes, in small; and it finds what does not write whole, what lives on, and litter."""

import os
import sys

import pytest

from scripts import kills

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/environ"), reason="the system does not show environments")


def killed(monkeypatch, capsys, *typed):
    monkeypatch.setattr(sys, "argv", ["kills.py", *typed])
    return kills.main(), capsys.readouterr().out


@pytest.mark.whole
def test_a_sample_of_kills_loses_and_leaves_nothing(monkeypatch, capsys):
    status, said = killed(monkeypatch, capsys, "--job", "install", "--count", "3", "--seed", "2026")
    assert (status, "3 kills" in said) == (0, True), said


BEGIN = "import os, signal, subprocess, sys, time; from pathlib import Path; print('ready', flush=True); file = Path('run')\n"
WHOLE = "time.sleep(0.2); Path('part').write_text('new'); os.replace('part', 'run')"
FAULTS = {
    "it left something else": "file.write_text('ne'); time.sleep(0.3); file.write_text('new')",
    "1 processes live on": f"subprocess.Popen(['sleep', '60'], start_new_session=True, stdout=-3, stderr=-3); {WHOLE}",
    "the next run left part": f"Path(f'part {{os.getpid()}}').touch(); {WHOLE}",
    "the next run left old": "file.read_text() == 'old\\n' and not Path('lock').exists() and (Path('lock').touch(), time.sleep(0.3), "
    "file.write_text('new'), Path('lock').unlink())",
}


@pytest.mark.whole
@pytest.mark.parametrize("fault", FAULTS)
def test_it_finds_what_is_wrong(monkeypatch, capsys, fault):
    command = [sys.executable, "-c", BEGIN + FAULTS[fault]]
    monkeypatch.setattr(kills, "PATIENCE", 0.2)
    monkeypatch.setattr(kills, "JOBS", [kills.Job("faulty", command, kills._old("run"), kills._bytes("run"), begins=True)])
    if fault.endswith("live on"):
        monkeypatch.setattr(kills, "_whole", lambda job, where: kills.Whole(0.2, b"old\n", b"new"))
    status, said = killed(monkeypatch, capsys, "--count", "6")
    assert status == 1
    assert fault in said


def test_the_script_kills_the_same_at_the_same_moments(monkeypatch, capsys):
    moments = []
    monkeypatch.setattr(kills, "_whole", lambda job, where: kills.Whole(1.0, b"old\n", b"new"))
    monkeypatch.setattr(kills, "tried", lambda job, whole, where, name, moment, counts: moments.append((job.name, name, moment)) or [])
    for _ in range(2):
        killed(monkeypatch, capsys, "--count", "9", "--seed", "7")
    assert moments[:9] == moments[9:]
    assert len(set(moments)) == 9
