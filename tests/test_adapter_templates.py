"""Adapters that init-adapter writes: each language whose toolchain is here is compiled, judged, broken on purpose and caught."""

import json
import re
import runpy
import shutil
import subprocess
import sys

import jsonschema
import pytest

from lossref.cli import main
from lossref.commands.init_adapter import ALIASES, LANGUAGES, TEMPLATES
from lossref.formats import FORMATS, JUDGED

SCHEMA = json.loads((TEMPLATES.parent / "implementations" / "protocol.json").read_text(encoding="ascii"))
SLOW = ("rust", "go", "java", "julia")  # to compile or to start: CI asks for them
NEWCOMERS = [pytest.param(name, marks=pytest.mark.whole) if name in SLOW else name for name in LANGUAGES]
GREETING = {"type": "hello", "protocol": 2, "lossref": "0.1.0"}
EXAMPLE = {"inputs": {"logits": ["4044000000000000"], "target": ["3ff0000000000000"]}, "options": {}}
CALL = {**EXAMPLE, "options": {"reduction": "mean", "mask": [True], "sample_weight": ["3ff0000000000000"], "denominator": "kept"}}
NO_CLASS = {"inputs": {"logits": [["0000000000000000", "3ff0000000000000"]], "target": [7]}, "options": {}}

# The slope as texts have it, s(z) - y: the tail of a hard label cancels.
CANCELLED = {
    "python": ("(1.0 - target) * sigmoid(logits) - target * sigmoid(-logits)", "sigmoid(logits) - target"),
    "c": ("no * sigmoid(*x) - yes * sigmoid(-*x)", "sigmoid(*x) - yes"),
    "rust": ("(1.0 - y) * sigmoid(z) - y * sigmoid(-z)", "sigmoid(z) - y"),
    "javascript": ("(1 - target) * sigmoid(logits) - target * sigmoid(-logits)", "sigmoid(logits) - target"),
    "julia": ("(1.0 - target) * sigmoid(logits) - target * sigmoid(-logits)", "sigmoid(logits) - target"),
    "go": ("(1-y)*sigmoid(z) - y*sigmoid(-z)", "sigmoid(z) - y"),
    "java": ("no * sigmoid(z) - yes * sigmoid(-z)", "sigmoid(z) - yes"),
}
DECLINED = {  # the line that each shows, in a comment, for a label that is not hard
    "python": ("# if target not in", "if target not in"),
    "c": ('/* if (*y != 0 && *y != 1) declined = "hard labels only"; */', 'if (*y != 0 && *y != 1) declined = "hard labels only";'),
    "rust": ("// if y != 0.0 &&", "if y != 0.0 &&"),
    "javascript": ("// if (target !== 0", "if (target !== 0"),
    "julia": ("# target in (0, 1)", "target in (0, 1)"),
    "go": ("// if y != 0 &&", "if y != 0 &&"),
    "java": ("// if (yes != 0", "if (yes != 0"),
}
IDENTITY = {  # the line of a value, and one that returns the logit
    "python": ("    no, yes = 1.0 - target, target", "    return logits\n    no, yes = 1.0 - target, target"),
    "c": ("    double no = 1 - *y, yes = *y;", "    if (n) return *x;\n    double no = 1 - *y, yes = *y;"),
    "rust": ("    let (no, yes) = (1.0 - y, y);", "    if y == 1.0 { return z; }\n    let (no, yes) = (1.0 - y, y);"),
    "javascript": ("  return (target === 1 ? 0", "  if (target === 1) return logits;\n  return (target === 1 ? 0"),
}
BREAKS = {
    "hang": ("while (1) { }", "while (true) { }", "gave no answer in 0.5 s"),
    "crash": ("abort();", "process.abort();", "signal SIGABRT"),
    "exit": ("_Exit(4);", "process.exit(4);", "status 4"),
    "log": ('puts("at 40");', 'process.stdout.write("at 40\\n");', "is no message"),
}


HUBER = {  # what a newcomer adds: a loss with an option
    "c": ("typedef double loss", """static double huber(const double *x, int n, const double *y, double *slopes)
{
    double r = *x - *y, delta = option[0];
    *slopes = r > delta ? delta : r < -delta ? -delta : r;
    return fabs(*slopes) * (fabs(r) - fabs(*slopes) / 2);
}

typedef double loss""", "LOSSES[] = {\n", 'LOSSES[] = {\n    {"huber", "\\"value\\",\\"gradient\\"", huber},\n'),
    "javascript": ("const losses = {", """function huber({ prediction, target, delta }) {
  const distance = Math.abs(prediction - target), q = Math.min(distance, delta);
  return q * (distance - q / 2);
}

const losses = {""", "const losses = {", "const losses = {\n  huber: { value: huber },"),
}


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """Runs a line in an empty folder, where `lossref` and `python` are those of this environment."""
    tools, folder = tmp_path / "tools", tmp_path / "newcomer"
    for name, arguments in {"lossref": "-m lossref ", "python": ""}.items():
        tools.mkdir(exist_ok=True)
        (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments}"$@"\n', encoding="utf-8")
        (tools / name).chmod(0o755)
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", str(tools), prepend=":")

    def run(line, text=""):
        return subprocess.run(line, shell=True, input=text, capture_output=True, text=True, timeout=120)

    return run


def init(shell, capsys, name):
    """Write the adapter, compile it by the printed line; the language and the command that starts the program."""
    language = LANGUAGES[name]
    tool = (language.build or language.start).split()[0]
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not installed here, so that the adapter in {language.title} is not run")
    assert main(["init-adapter", name]) == 0
    printed = capsys.readouterr().out
    steps = [line.strip() for line in printed.splitlines() if line.startswith("  ")]
    assert [step.split()[:2] for step in steps[-2:]] == [["lossref", "smoke"], ["lossref", "check"]]
    build(shell, language)
    return language, re.search(r'cmd:([^"]+)', steps[-1])[1]


def build(shell, language):
    if language.build:
        done = shell(language.build)
        assert (done.returncode, done.stderr) == (0, "")


def plant(shell, language, old, new):
    """Put a fault into the program."""
    with open(language.file, encoding="ascii") as file:
        text = file.read()
    assert text.count(old) == 1
    with open(language.file, "w", encoding="ascii") as file:
        file.write(text.replace(old, new))
    build(shell, language)


def said(capsys, *arguments):
    status = main(list(arguments))
    captured = capsys.readouterr()
    return status, captured.out + captured.err


@pytest.mark.parametrize("name", NEWCOMERS)
def test_adapter_speaks_the_protocol(name, shell, capsys):
    language, command = init(shell, capsys, name)
    asked = [
        {"loss": "no_such_loss", "part": "value", "format": "float64", **EXAMPLE},
        {"loss": "sigmoid_cross_entropy", "part": "hessian", "format": "float64", **EXAMPLE},
        {"loss": "sigmoid_cross_entropy", "part": "gradient", "format": "float64", **CALL},
        {"loss": "sigmoid_cross_entropy", "part": "gradient", "format": "float64", **EXAMPLE},
    ]
    if name not in ("c", "javascript"):  # where an index out of range is no failure
        asked.insert(0, {"loss": "softmax_cross_entropy", "part": "gradient", "format": "float64", **NO_CLASS})
    runs = [{"type": "run", "sequence": k, **run} for k, run in enumerate(asked, start=7)]
    sent = [GREETING, *runs, {"type": "bye"}, GREETING]
    done = shell(command, "".join(json.dumps(message, separators=(",", ":")) + "\n" for message in sent))
    hello, *replies = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 0
    assert hello["command"] == command == language.start
    kinds = ["error"] * (len(asked) - 4) + ["unsupported"] * 3 + ["result"]
    assert [reply["type"] for reply in replies] == kinds
    for message, kind in zip((hello, *replies), ("hello", *kinds), strict=True):
        jsonschema.validate(message, {**SCHEMA, "$ref": f"#/definitions/{kind}"})
    assert [reply["sequence"] for reply in replies] == [run["sequence"] for run in runs]
    assert len(replies[-1]["answer"]) == 1
    end = shell(command)
    assert (end.returncode, end.stdout) == (0, "")


@pytest.mark.parametrize("name", LANGUAGES)
@pytest.mark.whole
def test_adapter_is_judged_and_a_planted_fault_is_caught(name, shell, capsys):
    language, command = init(shell, capsys, name)
    status, text = said(capsys, "smoke", f"cmd:{command}")
    assert (status, "wrong" in text) == (0, False), text
    status, text = said(capsys, "check", f"cmd:{command}", "--level", "B", "--json")
    report = json.loads(text)
    assert status == 0, text
    assert {verdict["loss"] for verdict in report["losses"]} == {"sigmoid_cross_entropy", "softmax_cross_entropy"}
    plant(shell, language, *CANCELLED[name])
    status, text = said(capsys, "check", f"cmd:{command}", "--level", "B", "--loss", "sigmoid_cross_entropy")
    assert status == 1, text
    fault = text[text.index("sigmoid_cross_entropy gradient  C lost") :]
    wrong = re.search(r"got .* ([0-9a-f]{16})$", fault, re.MULTILINE)[1]
    exact = re.search(r"exact .* ([0-9a-f]{16})$", fault, re.MULTILINE)[1]
    line = re.search(r"try +(.*)$", fault, re.MULTILINE)[1]
    assert line.endswith(f"| {command}")
    printed = shell(line).stdout
    assert f'"{wrong}"' in printed
    assert f'"{exact}"' not in printed


@pytest.mark.whole
@pytest.mark.parametrize("name", LANGUAGES)
def test_adapter_holds_the_formats_that_it_names(name, shell, capsys):
    """C, Rust, JavaScript and Python all of them, for numbers of 16 and 8 bits are written there: nothing is lost by rounding once."""
    _, command = init(shell, capsys, name)
    formats = JUDGED[1:] if name in ("c", "rust", "javascript", "python") else JUDGED[1:2]
    for form in formats:
        status, text = said(capsys, "check", f"cmd:{command}", "--format", form, "--level", "B", "--strict", "--json")
        assert status == 0, text
        report = json.loads(text)
        assert {verdict["loss"] for verdict in report["losses"]} == {"sigmoid_cross_entropy", "softmax_cross_entropy"}


@pytest.mark.whole
@pytest.mark.parametrize("name", ["python", "c", "rust", "javascript"])
def test_adapter_reads_and_writes_every_number_of_16_and_8_bits(name, shell, capsys):
    """A loss that returns its input, on all bits: they come back, a NaN as some NaN."""
    language, command = init(shell, capsys, name)
    plant(shell, language, *IDENTITY[name])
    for form in map(FORMATS.get, JUDGED[2:]):
        words = [f"{word:0{form.width // 4}x}" for word in range(1 << form.width)]
        inputs = {"logits": words, "target": [form.encode(1.0)] * len(words)}
        run = {"type": "run", "sequence": 1, "loss": "sigmoid_cross_entropy", "part": "value", "format": form.name}
        sent = [GREETING, {**run, "inputs": inputs, "options": {}}]
        done = shell(command, "".join(json.dumps(message, separators=(",", ":")) + "\n" for message in sent))
        answer = json.loads(done.stdout.splitlines()[-1])["answer"]
        wrong = [(w, a) for w, a in zip(words, answer, strict=True) if w != a and not (form.decode(w) != form.decode(w) != form.decode(a))]
        assert wrong == []
        assert all(form.decode(a) != form.decode(a) for w, a in zip(words, answer, strict=True) if form.decode(w) != form.decode(w))


@pytest.mark.parametrize("name", NEWCOMERS)
def test_adapter_shows_how_to_decline(name, shell, capsys):
    language, command = init(shell, capsys, name)
    plant(shell, language, *DECLINED[name])
    run = {"type": "run", "loss": "sigmoid_cross_entropy", "part": "value", "format": "float64"}
    soft = {"inputs": {"logits": ["4044000000000000"] * 2, "target": ["3ff0000000000000", "3fe0000000000000"]}, "options": {}}
    asked = [{**run, **EXAMPLE}, {**run, **soft}, {**run, **EXAMPLE}]
    sent = [GREETING, *({"type": "run", "sequence": k, **message} for k, message in enumerate(asked, start=1))]
    done = shell(command, "".join(json.dumps(message, separators=(",", ":")) + "\n" for message in sent))
    _, first, second, third = map(json.loads, done.stdout.splitlines())
    assert [reply["type"] for reply in (first, second, third)] == ["result", "unsupported", "result"]
    assert (second["sequence"], second["reason"]) == (2, "hard labels only")
    assert third["answer"] == first["answer"]


@pytest.mark.parametrize("name", ["python", "c"])
@pytest.mark.whole
def test_an_adapter_that_is_asked_elsewhere_is_judged_alike(name, shell, capsys):
    """By the questions of both losses, calls too, of which it takes some or none."""
    _, command = init(shell, capsys, name)
    chosen = ["--loss", "sigmoid_cross_entropy", "--loss", "softmax_cross_entropy", "--json"]
    live = said(capsys, "check", f"cmd:{command}", *chosen)
    assert shell(f"lossref vectors {chosen[1]} {chosen[3]} > vectors; {command} < vectors > results").stderr == ""
    assert live == said(capsys, "judge", "vectors", "results", *chosen)
    refusals = {verdict["loss"]: verdict["refusals"] for verdict in json.loads(live[1])["losses"]}
    assert all(reason.startswith("it has no option") for found in refusals.values() for reason in found)
    assert "it has no option reduction" in refusals["softmax_cross_entropy"]
    assert ("it has no option reduction" in refusals["sigmoid_cross_entropy"]) is (name == "c")


@pytest.mark.parametrize("name", ["c", "javascript"])
@pytest.mark.parametrize("kind", BREAKS)
def test_a_program_that_breaks_gets_a_verdict_that_says_how(name, kind, shell, capsys):
    language, command = init(shell, capsys, name)
    in_c, in_javascript, words = BREAKS[kind]
    if name == "c":
        line = "    double no = 1 - *y, yes = *y;"
        plant(shell, language, line, f"    if (*x == 40) {{ {in_c} }}\n{line}")
    else:
        line = "  return (1 - target) * sigmoid(logits)"
        plant(shell, language, line, f"  if (logits === 40) {{ {in_javascript} }}\n{line}")
    arguments = ("check", f"cmd:{command}", "--loss", "sigmoid_cross_entropy", "--timeout", "0.5")
    status, text = said(capsys, *arguments)
    assert status == 3, text
    assert words in text
    assert "'logits': 40.0" in text  # the example that does it


@pytest.mark.parametrize("name", HUBER)
def test_a_loss_with_an_option_is_added(name, shell, capsys):
    language, command = init(shell, capsys, name)
    before, function, table, row = HUBER[name]
    with open(language.file, encoding="ascii") as file:
        text = file.read().replace(before, function)
    with open(language.file, "w", encoding="ascii") as file:
        file.write(text)
    plant(shell, language, table, row)
    status, text = said(capsys, "check", f"cmd:{command}", "--loss", "huber", "--level", "B")
    assert status == 0, text


def test_what_a_function_prints_and_raises_in_javascript(shell, capsys):
    language, command = init(shell, capsys, "javascript")
    line = "  return (1 - target) * sigmoid(logits)"
    plant(shell, language, line, f'  console.log("at", logits);\n{line}')
    assert said(capsys, "smoke", f"cmd:{command}")[0] == 0
    plant(shell, language, line, f'  if (logits === 40) throw new RangeError("forty");\n{line}')
    status, text = said(capsys, "check", f"cmd:{command}", "--loss", "sigmoid_cross_entropy")
    assert (status, "RangeError: forty" in text) == (3, True), text


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.*")), ids=lambda path: path.name)
def test_templates_are_ascii_and_narrow(path):
    lines = path.read_text(encoding="ascii").splitlines()
    assert max(len(line.replace("\t", "    ")) for line in lines) <= 120
    assert not any(line != line.rstrip() for line in lines)
    assert sum("EDIT HERE" in line for line in lines) == 1


def test_every_language_has_its_template():
    assert {language.file for language in LANGUAGES.values()} == {path.name for path in TEMPLATES.iterdir() if path.is_file()}
    assert set(ALIASES.values()) <= set(LANGUAGES)


def test_the_hello_of_python_is_as_the_schema_has_it():
    adapter = runpy.run_path(str(TEMPLATES / "adapter.py"))
    jsonschema.validate(adapter["answer"](GREETING), {**SCHEMA, "$ref": "#/definitions/hello"})
    assert adapter["decode"](adapter["encode"]([1.5, -0.0], "float32"), "float32") == [1.5, 0.0]
    assert adapter["encode"](1e300, "float32") == "7f800000"


def test_a_mean_in_python():
    adapter = runpy.run_path(str(TEMPLATES / "adapter.py"))
    asked = {"type": "run", "sequence": 1, "loss": "sigmoid_cross_entropy", "format": "float64",
             "inputs": {"logits": ["0000000000000000"] * 2, "target": ["3ff0000000000000"] * 2}}  # fmt: skip
    answers = [adapter["answer"]({**asked, "part": part, "options": {"reduction": "mean"}})["answer"] for part in ("value", "gradient")]
    assert answers == [["3fe62e42fefa39ef"], ["bfd0000000000000"] * 2]


def test_init_adapter_keeps_what_is_there(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert said(capsys, "init-adapter", "c")[0] == 0
    (tmp_path / "adapter.c").write_text("mine", encoding="ascii")
    status, text = said(capsys, "init-adapter", "C")
    assert (status, text) == (2, "lossref: adapter.c is there already; --force replaces it\n")
    assert (tmp_path / "adapter.c").read_text(encoding="ascii") == "mine"
    assert said(capsys, "init-adapter", "c", "--force")[0] == 0
    assert (tmp_path / "adapter.c").read_bytes() == (TEMPLATES / "adapter.c").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["adapter.c"]


def test_init_adapter_elsewhere_says_to_go_there(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    status, text = said(capsys, "init-adapter", "node", "--to", "my adapters", "--json")
    assert status == 0
    assert json.loads(text) == {
        "file": "my adapters/adapter.mjs",
        "commands": ["cd 'my adapters'", 'lossref smoke "cmd:node adapter.mjs"', 'lossref check "cmd:node adapter.mjs"'],
    }
    assert (tmp_path / "my adapters" / "adapter.mjs").is_file()


def test_unknown_languages_get_one_line_that_lists_the_known(capsys):
    status, text = said(capsys, "init-adapter", "cobol")
    assert (status, text.count("\n")) == (2, 1)
    assert all(name in text for name in LANGUAGES)


def test_python_goes_by_its_longer_name_where_it_has_no_other(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/python3" if name == "python3" else None)
    assert "lossref smoke \"cmd:python3 adapter.py\"" in said(capsys, "init-adapter", "py")[1]
    assert '"command": "python3 adapter.py"' in (tmp_path / "adapter.py").read_text(encoding="ascii")
