"""A process that is forked while other threads certify: the child certifies too, and finds Arb's precision as the user left it."""

import os
import subprocess
import sys

import pytest

FORKS = 6
PROGRAM = f"""
import os, signal, sys, threading, warnings
from fractions import Fraction
from flint import ctx
import lossref
from lossref import catalog
from lossref.exact.answer import answer
from lossref.formats import FLOAT64

warnings.simplefilter("ignore")  # that a process with threads forks
oracle = lossref.oracle  # imported by now: a fork amid an import is beyond Python itself
loss, ending = catalog.get("softmax_cross_entropy"), threading.Event()

def busy(start):
    while not ending.is_set():  # a length of its own each time: nothing is found recorded
        start = start % 40 + 1
        answer(loss, {{"logits": tuple(k / 7 for k in range(start + 1)), "target": 0}}, {{}}, FLOAT64)
        oracle(loss, [Fraction(k, 7) for k in range(start + 1)], 0, digits=300)

precision = ctx.prec
threads = [threading.Thread(target=busy, args=(20 * k,), daemon=True) for k in range(2)]
for thread in threads:
    thread.start()
wrong = 0
for k in range({FORKS}):
    threads[0].join(0.05)
    if (child := os.fork()) == 0:
        signal.alarm(20)
        moved = ctx.prec != precision
        found = oracle("sigmoid", 0.5, certified=True)
        os._exit(1 if moved or not str(found.value).startswith("0.6224593312") else 0)
    wrong += os.waitpid(child, 0)[1] != 0
ending.set()
for thread in threads:
    thread.join()
print(wrong)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_child_of_a_process_that_certifies_certifies():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=600)
    assert (done.stdout.strip(), done.stderr) == ("0", ""), f"of {FORKS} children {done.stdout}hung or were wrong"
