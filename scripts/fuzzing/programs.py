"""Hostile modules and programs: small files that cheat, die, lie or spoil the process they run in. None may end in exit 0, nor hang."""

from __future__ import annotations

import os
import random
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from fuzzing import world
from fuzzing.world import FoundError

SECONDS = 60  # a whole check

# What is done in the place of an answer, or before it. `right` is the right answer, `wrong` is near it; `k` counts the calls.
ENDS: Mapping[str, str] = {  # nothing more comes
    "os._exit(0)": "os._exit(0)",
    "os._exit(1)": "os._exit(1)",
    "sys.exit(0)": "sys.exit(0)",
    "sys.exit(words)": "sys.exit('all is well')",
    "raises BaseException": "raise BaseException('x')",
    "raises KeyboardInterrupt": "raise KeyboardInterrupt",
    "raises GeneratorExit": "raise GeneratorExit",
    "SIGTERM": "os.kill(os.getpid(), signal.SIGTERM)",
    "SIGKILL": "os.kill(os.getpid(), signal.SIGKILL)",
    "deep": "(f := lambda: f())()",
    "closes its streams": "os.close(1); os.close(2)",
    "exit in a thread": "import threading; threading.Thread(target=os._exit, args=(0,)).start(); time.sleep(1)",
    "sleeps": "time.sleep(100)",
    "loops": "while True: pass",
    "raises an error that raises": "raise Nasty()",
}
ANSWERS: Mapping[str, str] = {  # that are none
    "None": "return None",
    "nothing": "return []",
    "empty": "return np.zeros(0)",
    "one number": "return 1.0",
    "text": "return 'right'",
    "objects": "return [None] * 9",
    "a wider shape": "return right[..., None]",
    "short": "return right[:-1]",
    "long": "return np.append(right, 0.0)",
    "complex": "return right * (1 + 0j)",
    "strings": "return right.astype(str)",
    "wrong": "return wrong",
    "the input": "return prediction",
    "masked": "return np.ma.masked_array(right, True)",
    "NaN": "return right * np.nan",
    "infinite": "return right + np.inf",
    "half of the time": "return right if k % 2 else wrong",
    "a generator": "return (y for y in right)",
    "wrong when asked again": "return right if k < 2 else wrong",
    "wrong beyond 64 rows": "return np.concatenate([right[:64], wrong[64:]])",
    "wrong alone": "return wrong if len(right) == 1 else right",
    "() alone": "return right[0] if len(right) == 1 else right",
    "an odd object": "return Nasty()",
    "declines all but the first": "from lossref import NotSupported\n    if k > 1: raise NotSupported('tired')\n    return right",
    "declines all": "from lossref import NotSupported\n    raise NotSupported('no')",
    "a huge array": "return np.broadcast_to(1.0, (10**12,))",
    "changed later": "later(answer := right.copy()); return answer",
    "of inputs changed in place": "prediction[...] = target; return right * 0",
    "an array that says that it is equal": "return wrong.view(Same)",
}
SPOILS: Mapping[str, str] = {  # the process, beside wrong answers
    "np.seterr": "np.seterr(all='raise')",
    "np.errstate ignored": "np.seterr(all='call'); np.seterrcall(lambda *a: os._exit(0))",
    "mpmath": "import mpmath; mpmath.mp.prec = 2",
    "flint": "import flint; flint.ctx.prec = 2",
    "decimal": "import decimal; decimal.getcontext().prec = 1",
    "random": "import random; random.seed(0); np.random.seed(0)",
    "warnings": "import warnings; warnings.simplefilter('error')",
    "stdout": "sys.stdout = None",
    "stdout closed": "sys.stdout.close()",
    "stderr": "sys.stderr = None",
    "chdir": "os.chdir('/')",
    "signals": "[signal.signal(n, signal.SIG_IGN) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)]",
    "threads": "import threading; threading.Thread(target=time.sleep, args=(1,)).start()",
    "recursion": "sys.setrecursionlimit(60)",
    "printing": "print('x' * 10000)",
    "printing conformity": "print('conforms at A+'); sys.stdout.flush()",
    "atexit": "import atexit; atexit.register(os._exit, 0)",
    "exception hook": "sys.excepthook = lambda *a: os._exit(0)",
    "np.allclose": "np.isfinite = lambda x: np.ones(np.shape(x), bool)",
    "fractions": "import fractions; fractions.Fraction.__eq__ = lambda a, b: True",
    "abs": "import builtins; builtins.abs = lambda x: 0",
    "exit status": "import lossref.cli; lossref.cli._run = lambda typed: 0",
    "environment": "os.environ.clear()",
    "trace": "sys.settrace(lambda *a: None)",
    "memory": "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))",
    "locale": "import locale; locale.setlocale(locale.LC_ALL, 'C')",
}
HARMLESS = ("changed later",)  # an answer is what it was when it was given
TRUSTED = (
    "fractions",
    "abs",
    "exit status",
    "np.allclose",
    "atexit",
    "sleeps",
    "loops",
)  # code that is imported may do so: docs/trust.md says that it is trusted; isolated it may not
LINES: Mapping[str, str] = {  # of a program, in place of an answer
    "no line": "",
    "no line, and it ends": "sys.exit(0)",
    "os._exit(0)": "os._exit(0)",
    "no JSON": "print('x')",
    "deep": "print('[' * 10**6)",
    "infinite": "while True: print('x' * 1000)",
    "one infinite line": "while True: sys.stdout.write('x' * 10**6)",
    "another sequence": "reply['sequence'] += 1; say(reply)",
    "twice": "say(reply); say(reply)",
    "no sequence": "del reply['sequence']; say(reply)",
    "NaN": "print(json.dumps(reply).replace('answer\": [', 'answer\": [NaN, '))",
    "numbers": "reply['answer'] = [1.5]; say(reply)",
    "an odd NaN": "reply['answer'] = ['7ff8dead0000beef' for _ in reply['answer']]; say(reply)",
    "capitals": "reply['answer'] = [str(x).upper() for x in reply['answer']]; say(reply)",
    "short": "reply['answer'] = reply['answer'][:-1]; say(reply)",
    "empty": "reply['answer'] = []; say(reply)",
    "null": "reply['answer'] = None; say(reply)",
    "bye": "say({'type': 'bye'})",
    "hello again": "say(hello())",
    "result of none": "say({'type': 'result'})",
    "unsupported all": "say({'type': 'unsupported', 'sequence': reply['sequence'], 'reason': 'no'})",
    "unsupported after two": "say(reply if k < 3 else {'type': 'unsupported', 'sequence': reply['sequence'], 'reason': 'tired'})",
    "error": "say({'type': 'error', 'sequence': reply['sequence'], 'message': 'x'})",
    "wrong": "reply['answer'] = ['3ff0000000000000' for _ in reply['answer']]; say(reply)",
    "ids": "reply['id'] = 1; say(reply)",
    "sleeps": "time.sleep(100)",
    "closes": "os.close(1); time.sleep(100)",
    "ends after the first": "say(reply) if k == 1 else os._exit(0)",
    "ends well after the first": "say(reply) if k == 1 else (say({'type': 'bye'}), os._exit(0))",
    "not UTF-8": "sys.stdout.buffer.write(bytes([255, 10])); sys.stdout.flush()",
    "a factor": "reply['answer'] = ['0' * 16 for _ in reply['answer']]; say(reply)",
    "to standard error without end": "while True: sys.stderr.write('x' * 10**5)",
}
HELLOS: Mapping[str, str] = {  # what a program says of itself, and answers 0 everywhere
    "factor 0": "factor 0",
    "factor 1e-300": "factor 1/1000000000000000000",
    "clip": "clip prediction to [0, 0], gradient through",
    "clip to little": "clip prediction to [0, 1e-300], gradient zero outside",
}
HEAD = """import json, os, signal, sys, time
import numpy as np

k = 0
kept = []


class Nasty(Exception):
    def __str__(self):
        raise RuntimeError("no")

    def __array__(self, *given, **named):
        raise os._exit

    def __len__(self):
        return -1


class Same(np.ndarray):
    def __eq__(self, other):
        return True

    __array_priority__ = 1e9


def later(x):
    for y in kept:
        y[...] = 7.0
    kept.append(x)


"""
FUNCTION = """
def {part}(prediction, target):
    global k
    k += 1
    p, t = np.asarray(prediction), np.asarray(target)
    right = {right}
    wrong = right * 1.001 + 1e-3
    if k >= {when}:
        pass
        {trick}
    return {default}

"""
RIGHT = {"value": "(p - t) ** 2", "gradient": "2 * (p - t)"}


def module(chance: random.Random, kind: str, name: str) -> str:
    """A module whose class `f` is hostile in the value, in the gradient, or when it is imported."""
    tricks = {"ends": ENDS, "answers": ANSWERS, "spoils": SPOILS}[kind]
    hostile, when = chance.choice(("value", "gradient")), chance.choice((1, 1, 2, 3))
    lines = tricks[name].replace("\n    ", "\n        ")
    default = "wrong" if kind == "spoils" else "right"
    functions = [
        FUNCTION.format(part=part, right=RIGHT[part], when=when, trick=lines if part == hostile else "pass", default=default)
        for part in RIGHT
    ]
    early = f"{tricks[name]}\n" if kind != "answers" and chance.random() < 0.25 else ""
    return HEAD + early + "".join(functions) + "\n\nclass f:\n    value, gradient = staticmethod(value), staticmethod(gradient)\n"


def program(chance: random.Random, kind: str, name: str) -> str:
    """A program that answers by the template of lossref, but for one trick."""
    template = (Path(world.HOME) / "templates" / "adapter.py").read_text(encoding="utf-8")
    before, main, _ = template.partition('if __name__ == "__main__":')
    losses = 'LOSSES = {"squared_error": {"value": lambda prediction, target: (prediction - target) ** 2,'
    losses += ' "gradient": lambda prediction, target: 2 * (prediction - target)}}\nOPTIONS = {}\n'
    declared = f'\n    for x in losses.values(): x["conventions"] = ["{HELLOS[name]}"]' if kind == "hellos" else ""
    before = before.replace('OPTIONS.items():\n        losses[name]["options"] = options', f"OPTIONS.items():\n        pass{declared}")
    trick = 'reply["answer"] = ["0" * 16 for _ in reply["answer"]]; say(reply)' if kind == "hellos" else LINES[name]
    when = 1 if kind == "hellos" else chance.choice((1, 1, 2, 3))
    return (
        before.replace("# The rest can", f"{losses}\n\n# The rest can")
        + f"""import os, time

def say(x):
    print(json.dumps(x), flush=True)

{main}
    k = 0
    for line in sys.stdin:
        if (received := json.loads(line))["type"] == "bye":
            break
        reply = answer(received)
        if received["type"] == "hello":
            say(reply)
            continue
        k += 1
        if k < {when} or "answer" not in reply:
            say(reply)
            continue
        {trick or "pass"}
"""
    )


def drawn(chance: random.Random) -> tuple[str, str, str]:
    """The kind of a trick, its name, and how it is run: imported, isolated, or as a program."""
    kind = chance.choice(("ends", "answers", "answers", "spoils", "lines", "lines", "hellos"))
    name = chance.choice(list({"ends": ENDS, "answers": ANSWERS, "spoils": SPOILS, "lines": LINES, "hellos": HELLOS}[kind]))
    if kind in ("lines", "hellos"):
        return kind, name, "program"
    return kind, name, "isolated" if name in TRUSTED else chance.choice(("imported", "isolated"))


def fuzz(seed: int, number: int, where: Path) -> tuple[str, str]:
    """One hostile file, judged: it conforms to nothing, nobody waits for ever, and nothing of it is left running."""
    chance = random.Random(f"{seed} programs {number}")
    kind, name, how = drawn(chance)
    folder = where / f"programs{number}"
    folder.mkdir(exist_ok=True)
    file = folder / "hostile.py"
    file.write_text((program if how == "program" else module)(chance, kind, name))
    target = f"cmd:{shlex.quote(sys.executable)} hostile.py" if how == "program" else "hostile.py:f"
    typed = ["check", target, *(["--loss", "squared_error"]), *(["--isolated"] if how == "isolated" else []), "--timeout", "2"]
    status, said = _run(typed, folder)
    if status == 0 and name not in HARMLESS:
        raise FoundError(f"exit 0 from {kind} {name!r}, {how}: {said[-300:]!r}")
    if name in HARMLESS or (how == "imported" and kind == "ends" and name.startswith(("SIG", "closes"))):
        return f"{kind}, {how}", f"exit {status}"  # whoever imports code gives it the process
    if status not in (1, 2, 3):
        raise FoundError(f"exit {status} from {kind} {name!r}, {how}: {said[-300:]!r}")
    if "Traceback" in said and "lossref/" in said.partition("Traceback")[2]:
        raise FoundError(f"a traceback from {kind} {name!r}, {how}: {said[-600:]!r}")
    return f"{kind}, {how}", f"exit {status}"


def _run(typed: list[str], folder: Path) -> tuple[int, str]:
    started = subprocess.Popen(
        [sys.executable, "-m", "lossref", *typed],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(Path(world.HOME).parent)},
    )
    try:
        said, _ = started.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(started.pid, signal.SIGKILL)
        started.communicate()
        raise FoundError(f"no end within {SECONDS} s: {typed}") from None
    return started.returncode, said.decode("utf-8", "replace")
