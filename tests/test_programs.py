"""Programs are judged like Python code, calls too, and each way to break is a verdict that shows the line."""

import functools
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typed import run

from lossref import catalog, golden, options
from lossref.cli import main
from lossref.formats import FLOAT64
from lossref.implementations import process, wire

HELLO = {"type": "hello", "protocol": 2, "name": "mine", "language": "Python", "version": "1", "formats": ["float64"],
         "losses": {"squared_error": {"parts": ["value", "gradient"]}}}
# A program as somebody would write it; FAULT stands where a test plants one, and `sequence` is that of the question.
PROGRAM = """
import json, os, struct, sys, time
def number(bits): return struct.unpack(">d", bytes.fromhex(bits))[0]
def bits(x): return struct.pack(">d", x).hex()
for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "bye": break
    if message["type"] == "hello":
        print(json.dumps(HELLO), flush=True)
        continue
    sequence, part = message["sequence"], message["part"]
    rows = [(number(f), number(y)) for f, y in zip(message["inputs"]["prediction"], message["inputs"]["target"])]
    answer = []
    for f, y in rows:
        try: answer.append(bits((f - y) ** 2 if part == "value" else 2 * (f - y)))
        except OverflowError: answer.append(bits(float("inf")))
    FAULT
    print(json.dumps({"type": "result", "sequence": sequence, "answer": answer}), flush=True)
"""
# What is planted -> what the verdict says, on the third question.
FAULTS = {
    "pass": "",
    "if sequence > 2: time.sleep(60)": "gave no answer in 0.5 s",
    "if sequence > 2: os.abort()": "ended with signal SIGABRT in place of an answer",
    "if sequence > 2: sys.exit('out of cheese')": "ended with status 1 in place of an answer; the last of its standard error: out of ch",
    "if sequence > 2: print('{\"type\":', end='', flush=True); os._exit(4)": "ended with status 4 in place of an answer",
    "if sequence > 2: sequence -= 1": 'answered sequence 2 where 3 is wanted: {"type":"result","sequence":2',
    "if sequence > 2: answer.pop()": "gave an answer that is none: it has shape (",
    "if sequence > 2: answer[0] = answer[0][:8]": "has 8 digits, and a float64 has 16",
    "if sequence > 2: answer[0] = 1": "wrote what is no message (log to standard error): its reply: result.answer",
    "if sequence > 2: print('epoch 1')": "not the JSON that is wanted (Expecting value: line 1 column 1 (char 0)): epoch 1",
    "if sequence > 2: print('{\"type\": NaN}')": "NaN stands where no such number may stand",
    "if sequence > 2: print('[' * 100000)": "nested too deep",
    "if sequence > 2: print(json.dumps({'type': 'error', 'sequence': sequence, 'message': 'no kernel'}), flush=True); continue":
        "answered with an error: no kernel",
    "if sequence > 2: os.close(1); time.sleep(60)": "closed its standard output in place of an answer",
}


@pytest.fixture
def program(tmp_path):
    """Writes a program with a fault; gives what to type."""

    def written(fault="pass", hello=HELLO, source=PROGRAM):
        path = tmp_path / "program.py"
        path.write_text(source.replace("HELLO", repr(hello)).replace("FAULT", fault))
        return f"cmd:{shlex.join([sys.executable, '-I', '-S', str(path)])}"

    return written


def test_a_right_program_is_judged_like_the_same_python_code(program, capsys):
    status, out, _ = run(capsys, "check", program(), "--json", "--level", "B")
    (entry,) = json.loads(out)["losses"]
    single = [v for v in golden.read(catalog.get("squared_error"), FLOAT64) if not v.question.is_call]
    assert (status, entry["loss"], entry["vectors"], entry["broke"]) == (0, "squared_error", len(single), "")
    assert {part: found["grade"] for part, found in entry["parts"].items()} == {"value": "B", "gradient": "A+"}
    status, out, _ = run(capsys, "check", program(), "--all")
    assert "mine 1 (Python) conforms at level B" in out
    assert "try     lossref vectors --id" in out


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if FAULTS[fault]])
def test_each_way_to_break_is_a_verdict(program, capsys, fault):
    status, out, _ = run(capsys, "check", program(fault), "--json", "--timeout", "0.5")
    assert status == 3
    (entry,) = json.loads(out)["losses"]
    assert FAULTS[fault] in entry["broke"]


def test_one_loss_that_breaks_costs_no_other(program, capsys):
    """The program is started again for the next question, a finite number of times."""
    two = {**HELLO, "losses": {"half_squared_error": {"parts": ["value"]}, **HELLO["losses"]}}
    found = json.loads(run(capsys, "check", program("if message['loss'][0] == 'h': os.abort()", two), "--json")[1])["losses"]
    assert [(entry["loss"], bool(entry["broke"])) for entry in found] == [("half_squared_error", True), ("squared_error", False)]
    many = {**HELLO, "losses": {name: {"parts": ["value"]} for name in catalog.names() if "prediction" in catalog.get(name).arguments}}
    found = json.loads(run(capsys, "check", program("os.abort()", many), "--json")[1])["losses"]
    assert any("broke 11 times, and is not started again" in entry["broke"] for entry in found)


@pytest.mark.parametrize(("hello", "words"), [
    ({"type": "hello"}, "hello has no protocol"),
    ({**HELLO, "protocol": 1}, "hello.protocol must be 2"),
    ({**HELLO, "colour": 1}, "unknown key 'colour' in a message of type hello"),
    ({**HELLO, "losses": {"of_mine": {"parts": ["value"]}}}, "has none of the losses"),
    ({**HELLO, "formats": []}, "hello.formats must have 1 entries or more"),
    ({"type": "bye"}, "a message of type 'bye' where hello is wanted"),
    ([1], "no message, an object with a type"),
])  # fmt: skip
def test_a_bad_hello_is_one_line(program, capsys, hello, words):
    status, _, err = run(capsys, "check", program(hello=hello))
    assert (status, err.count("\n")) == (2, 1)
    assert words in err


@pytest.mark.parametrize(("given", "words"), [
    ("cmd:", "cmd: needs a command"),
    ("cmd:'", "is not a command line"),
    ("cmd:/no/such/program", "/no/such/program cannot be started: No such file or directory"),
    ("cmd:true", "true ended with status 0 in place of an answer"),
    ("cmd:yes", "not the JSON that is wanted"),
])  # fmt: skip
def test_what_is_no_adapter_is_one_line(capsys, given, words):
    status, _, err = run(capsys, "check", given)
    assert (status, err.count("\n")) == (2, 1)
    assert words in err


def test_formats_options_and_refusals_are_left_out_and_counted(program, capsys):
    status, _, error = run(capsys, "check", program(), "--json", "--format", "float32")
    assert status == 2
    assert "takes none of the vectors in float32: it has no float32, only float64" in error
    huber = {**HELLO, "losses": {"huber": {"parts": ["value"], "options": []}}}
    source = PROGRAM.replace("(f - y) ** 2", "((f - y) ** 2 / 2 if abs(f - y) <= 1 else abs(f - y) - 0.5)")
    (entry,) = json.loads(run(capsys, "check", program(hello=huber, source=source), "--json")[1])["losses"]
    assert list(entry["refusals"]) == ["it has no option delta", "it has no option reduction"]
    reply = "dict(type='unsupported', sequence=sequence, reason='too big', link='https://x.y')"
    picky = f"if max(f for f, y in rows) > 1e100: print(json.dumps({reply}), flush=True); continue"
    (entry,) = json.loads(run(capsys, "check", program(picky), "--json")[1])["losses"]
    assert entry["declined"]["too big https://x.y"] > 0


def test_a_declared_convention_of_a_program_is_what_it_is_judged_by(program, capsys):
    half = {**HELLO, "losses": {"squared_error": {"parts": ["value", "gradient"], "conventions": ["factor 1/2"]}}}
    source = PROGRAM.replace("(f - y) ** 2 if", "(f - y) ** 2 / 2 if").replace("else 2 * (f - y)", "else f - y")
    assert run(capsys, "check", program(hello=half, source=source), "--accept-conventions")[0] == 0
    assert run(capsys, "check", program(source=source))[0] == 1


def test_trace_shows_every_line(program, capsys):
    lines = run(capsys, "check", program(), "--trace")[2].splitlines()
    assert [line[:1] for line in lines[:4]] == [">", "<", ">", "<"]
    assert lines[-1] == '> {"type":"bye"}'


SMOKE = {
    "pass": "ok",
    "answer = [bits(-number(x)) for x in answer]": "the sign is the opposite",
    "answer = [x[::-1] for x in answer]": "at ordinary inputs",
    "answer = [bytes.fromhex(x)[::-1].hex() for x in answer]": "the bytes are in the wrong order",
    "answer = [bits(sum(map(number, answer)) / len(answer))] * len(answer)": "each is the mean of the batch",
    "answer = [bits(sum(map(number, answer)))] * len(answer)": "each is the sum of the batch",
    "answer = [bits(number(x) / 2) for x in answer]": "each is half the exact answer",
    "answer = [bits(number(x) / len(answer)) for x in answer]": "each is divided by the number of examples",
    "answer.reverse()": "the answers are in the reverse order",
    "if part == 'gradient': answer = [bits((f - y) ** 2) for f, y in rows]": "these are values",
    "answer = [bits(number(x) * 1.01) for x in answer]": "relative error up to 1.0e-02",
    "answer = [bits(float('nan'))] * len(answer)": "NaN at ordinary inputs",
    "os.abort()": "ended with signal SIGABRT",
}


@pytest.mark.parametrize("fault", SMOKE)
def test_smoke_says_in_words_what_is_wrong(program, capsys, fault):
    status, out, _ = run(capsys, "smoke", program(fault))
    assert SMOKE[fault] in out
    assert status == (fault != "pass")
    if fault == "pass":
        assert "All 10 answers are right" in out


def test_smoke_approves_of_nothing_only_if_there_is_something(program, capsys):
    nothing = {**HELLO, "losses": {"squared_error": {"parts": ["hessian"]}}}
    status, out, _ = run(capsys, "smoke", program(hello=nothing))
    assert (status, "neither values nor gradients" in out) == (1, True)
    two = {**HELLO, "losses": {"squared_error": {"parts": ["value"]}, "half_squared_error": {"parts": ["value"]}}}
    reply = "dict(type='unsupported', sequence=sequence, reason='not today')"
    picky = f"if message['loss'][0] == 'h': print(json.dumps({reply}), flush=True); continue"
    out = run(capsys, "smoke", program(picky, two))[1]
    assert "  ok    squared_error value" in out
    assert "wrong half_squared_error value" in out
    assert "not today" in out


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="the system has no process groups")
def test_an_interrupted_check_leaves_no_program_running(tmp_path):
    source = f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    # Whoever runs the tests in the background (`nohup ... &`) has interrupts ignored, in every child too.
    by_default = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    command = [sys.executable, "-m", "lossref", "check", f"cmd:{shlex.join([sys.executable, '-c', source])}"]
    with subprocess.Popen(command, preexec_fn=by_default) as checking:
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.05)
        checking.send_signal(signal.SIGINT)
        try:
            assert checking.wait(10) == 130
        finally:
            checking.kill()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.parametrize(("windows", "command", "words"), [
    (False, r"""./a\ b 'c d' "e f" """, ["./a b", "c d", "e f"]),
    (True, r"C:\foo\a.exe --x", [r"C:\foo\a.exe", "--x"]),
    (True, r"""  "C:\Program Files\a.exe" 'D:\b c' "" --x="y" """, [r"C:\Program Files\a.exe", r"D:\b c", "", '--x="y"']),
])  # fmt: skip
def test_a_command_line_is_read_as_its_system_does(windows, command, words):
    assert process.arguments(command, windows) == words


def test_code_without_a_version_has_none_in_its_title(tmp_path, capsys):
    (tmp_path / "mine.py").write_text("def hinge(prediction, target):\n    return (1 - prediction * target).clip(0)\n")
    run(capsys, "check", f"{tmp_path / 'mine.py'}:hinge", "--as", "hinge", "--record", str(tmp_path / "run.jsonl"))
    assert json.loads(run(capsys, "judge", str(tmp_path / "run.jsonl"), "--json")[1])["title"] == f"{tmp_path / 'mine.py'}:hinge (Python)"


def test_smoke_wants_a_program_and_a_time(program, capsys):
    assert "smoke tries a program" in run(capsys, "smoke", "scipy")[2]
    for seconds in ("nan", "inf", "0", "-1"):
        assert "--timeout must be a number of seconds above 0" in run(capsys, "smoke", program(), f"--timeout={seconds}")[2]


def test_a_reproducing_line_gives_the_wrong_bits(program, capsys, monkeypatch):
    """The line that a report prints, followed by hand: its question put to the program."""
    wrong = program("if part == 'value': answer = [bits(-number(x)) for x in answer]")
    worst = json.loads(run(capsys, "check", wrong, "--json")[1])["losses"][0]["parts"]["value"]["worst"][0]
    question, _ = worst["line"].split(" | ")
    lines = run(capsys, *shlex.split(question)[1:])[1].splitlines()
    asked = wire.read(lines[1], "line 2", "run")
    assert (asked["loss"], asked["part"], asked["sequence"]) == ("squared_error", "value", 1)
    assert FLOAT64.decode(asked["inputs"]["prediction"][0]) == worst["inputs"]["prediction"]


def test_messages_are_those_of_the_schema(capsys):
    """Of the protocol's page too: every message in it is valid, and every type has one."""
    assert main(["protocol"]) == 0
    page = capsys.readouterr().out
    blocks = [block for block in page.replace("\n       ", " ").splitlines() if block.startswith(("    > {", "    < {"))]
    kinds = [wire.read(block[6:], "the page", "greeting" if '"lossref"' in block else "hello", "run", "bye", *wire.ANSWERS)["type"]
             for block in blocks]  # fmt: skip
    assert main(["protocol", "--json"]) == 0
    assert set(kinds) <= set(json.loads(capsys.readouterr().out)["definitions"])
    assert kinds == ["hello", "hello", "run", "result", "unsupported", "error", "run", "result", "bye"]


def test_the_schema_has_the_words_and_options_of_calls():
    chosen = json.loads(Path(wire.__file__).with_name("protocol.json").read_bytes())["definitions"]["run"]["properties"]["options"]
    known = chosen["properties"]
    assert tuple(known) == options.NAMES
    forms = tuple(dict.fromkeys(form for forms in options.FORMS.values() for form in forms))
    words = {"reduction": options.REDUCTIONS, "empty": tuple(options.EMPTY), "smoothing": options.SMOOTHINGS, "target_form": forms}
    assert {name: tuple(known[name]["enum"]) for name in words} == words
    assert tuple(known["denominator"]["anyOf"][0]["enum"]) == options.DENOMINATORS
    assert set(options.TEXTS) == {*words, "denominator"}


# What a program does with a batch that is asked for as a whole; the options that it takes stand in its hello.
CALLS = """
    options = message["options"]
    if "reduction" in options:
        weights = list(map(number, options.get("sample_weight", ["3ff0000000000000"] * len(rows))))
        upstream = options.get("upstream", "3ff0000000000000")
        upstream = list(map(number, upstream)) if isinstance(upstream, list) else [number(upstream)] * len(rows)
        divisor = fsum(weights) if options["reduction"] == "mean" else 1.0
        terms = [w * (f - y) ** 2 for w, (f, y) in zip(weights, rows)]
        if part == "value":
            answer = [bits(t) for t in terms] if options["reduction"] == "none" else [bits(fsum(terms) / divisor)]
        else:
            answer = [bits(2 * (f - y) * w * u / divisor) for w, u, (f, y) in zip(weights, upstream, rows)]
"""
TAKEN = ["reduction", "sample_weight", "upstream"]


def calling(fault="pass"):
    """The program that answers calls, with a fault in these alone."""
    fault = f"{CALLS}        {fault}\n"
    head = PROGRAM.replace("import json,", "from math import fsum\nimport json,")
    return head.replace("    FAULT\n", fault)


def hello_of(*taken):
    return {**HELLO, "losses": {"squared_error": {"parts": ["value", "gradient"], "options": list(taken)}}}


def judged(capsys, *arguments):
    status, out, _ = run(capsys, "check", *arguments, "--json")
    (entry,) = json.loads(out)["losses"]
    return status, entry


def calls_with(*taken):
    """How many golden calls of squared error have these options and no others."""
    vectors = golden.read(catalog.get("squared_error"), FLOAT64)
    return sum(v.question.is_call and v.question.call.keys() <= set(taken) for v in vectors)


def test_a_program_is_asked_whole_calls_with_the_options_that_it_has(program, capsys):
    vectors = golden.read(catalog.get("squared_error"), FLOAT64)
    single = sum(not v.question.is_call for v in vectors)
    for taken in ([], ["reduction"], TAKEN):
        found = program(hello=hello_of(*taken), source=calling())
        status, entry = judged(capsys, found)
        assert entry["vectors"] == single + calls_with(*taken)
        assert entry["vectors"] + entry["refused"] == len(vectors)
        assert status == 0
        assert ("reduction" in entry["parts"]["value"]["regions"]) is bool(taken)
    assert 0 < calls_with("reduction") < calls_with(*TAKEN)


@pytest.mark.parametrize(("fault", "part"), [
    ("if options['reduction'] == 'mean' and part == 'value': answer = [bits(fsum(terms))]", "value"),
    ("if part == 'gradient' and options['reduction'] == 'mean': answer = [bits(2 * (f - y)) for f, y in rows]", "gradient"),
    ("if part == 'value': answer = answer + answer", "value"),
    ("if part == 'value' and options['reduction'] != 'none': answer = answer[0]", "value"),
    ("if 'sample_weight' in options: sys.exit(3)", "value"),
])  # fmt: skip
def test_a_fault_in_calls_alone_is_found(program, capsys, fault, part):
    status, entry = judged(capsys, program(hello=hello_of(*TAKEN), source=calling(fault)))
    assert status != 0
    assert entry["broke"] or entry["parts"][part]["regions"]["reduction"] in ("D", "F")


def test_a_call_is_recorded_printed_and_judged_again(program, tmp_path, capsys):
    wrong = program(hello=hello_of(*TAKEN), source=calling("if options['reduction'] == 'sum': answer = [bits(7.5)] * len(answer)"))
    live = run(capsys, "check", wrong, "--json", "--record", tmp_path / "run")
    assert live[:2] == run(capsys, "judge", tmp_path / "run", "--json")[:2]
    worst = json.loads(live[1])["losses"][0]["parts"]["value"]["worst"]
    line = next(found["line"] for found in worst if found["region"] == "reduction")
    question = run(capsys, *shlex.split(line.split(" | ")[0])[1:])[1].splitlines()[1]
    asked = wire.read(question, "line 2", "run")
    assert (asked["options"]["reduction"], asked["part"]) == ("sum", "value")
