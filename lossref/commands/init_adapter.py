"""lossref init-adapter: write a program to start from, in a language of the user's choice, and say how to run it."""

from __future__ import annotations

import argparse
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from lossref import files
from lossref.commands import CONFORMS, Commands, UsageError, command, print_json
from lossref.output import say

TEMPLATES = Path(__file__).parent.parent / "templates"


@dataclass(frozen=True)
class Language:
    """A file in `templates`, the line that compiles it, if any, and how the program is started."""

    title: str
    file: str
    start: str
    build: str = ""


LANGUAGES = {
    "python": Language("Python", "adapter.py", "python adapter.py"),
    "c": Language("C", "adapter.c", "./adapter", "cc -O2 -o adapter adapter.c -lm"),
    "rust": Language("Rust", "adapter.rs", "./adapter", "rustc -O adapter.rs"),
    "javascript": Language("JavaScript", "adapter.mjs", "node adapter.mjs"),
    "julia": Language("Julia", "adapter.jl", "julia adapter.jl"),
    "go": Language("Go", "adapter.go", "./adapter", "go build -o adapter adapter.go"),
    "java": Language("Java", "Adapter.java", "java Adapter.java"),
}
ALIASES = {"py": "python", "rs": "rust", "js": "javascript", "node": "javascript", "jl": "julia", "golang": "go"}
DESCRIPTION = f"""\
Write a small program that `lossref check cmd:COMMAND` can judge: it answers lossref's questions, one line
of JSON each (`lossref protocol`), with sample losses that you replace by your own. It needs nothing but the
standard library of its language. The commands to run next are printed.

LANGUAGE is one of {", ".join(LANGUAGES)} (or {", ".join(ALIASES)}).

  lossref init-adapter c
  lossref init-adapter javascript --to adapters
"""


def add(commands: Commands) -> None:
    parser = command(commands, "init-adapter", "write a program of your language to start from", DESCRIPTION)
    parser.add_argument("language", metavar="LANGUAGE")
    parser.add_argument("--to", type=Path, default=Path(), metavar="FOLDER", help="where to write it (the current folder)")
    parser.add_argument("--force", action="store_true", help="replace the file if it is there")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    name = given.language.lower()
    language = LANGUAGES.get(ALIASES.get(name, name))
    if language is None:
        raise UsageError(f"no adapter is written in {given.language!r}; there are {', '.join(LANGUAGES)}")
    file = given.to / language.file
    if file.exists() and not given.force:
        raise UsageError(f"{file} is there already; --force replaces it")
    text = (TEMPLATES / language.file).read_text(encoding="ascii")
    start = _start(language)
    files.make_folder(file.parent)
    files.write(file, text.replace(f'"{language.start}"', f'"{start}"'))
    target = shlex.quote(f"cmd:{start}").replace("'", '"')
    steps = [language.build, f"lossref smoke {target}", f"lossref check {target}"]
    if given.to.resolve() != Path.cwd():
        steps.insert(0, f"cd {shlex.quote(str(given.to))}")
    steps = [step for step in steps if step]
    if given.json:
        print_json({"file": str(file), "commands": steps})
        return CONFORMS
    say(f"Wrote {file}, a {language.title} program with two sample losses. Run:\n")
    say("".join(f"  {step}\n" for step in steps))
    say(f'Then put your own function in place of a sample, below "EDIT HERE" in {language.file}, and run these again.')
    return CONFORMS


def _start(language: Language) -> str:
    """How the program is started here: some systems have Python under its longer name only."""
    if language.title == "Python" and not shutil.which("python") and shutil.which("python3"):
        return language.start.replace("python ", "python3 ")
    return language.start
