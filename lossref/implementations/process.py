"""A program in any language as a library: started, asked line by line (protocol.md), and started again when it breaks."""

from __future__ import annotations

import atexit
import contextlib
import math
import os
import queue
import re
import shlex
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

from lossref import catalog, options, strictjson
from lossref.conventions import limits
from lossref.conventions.formula import ConventionError
from lossref.conventions.grammar import parse
from lossref.formats import FORMATS
from lossref.implementations import wire
from lossref.implementations.watch import GRACE, Watch
from lossref.judge.ask import shapes
from lossref.library import FailedError, Implementation, ImplementationError, LacksError, Library, NotSupported, Tiling
from lossref.spec import Loss, Question, encoded
from lossref.strictjson import JsonError

Trace = Callable[[str, str], None]  # > or <, and a line
Record = Callable[[str], None]
Ask = Callable[[dict[str, Any]], Mapping[str, Any]]  # the reply to a question
TIMEOUT = 10.0  # seconds for one answer
RESTARTS = 10
STDERR_LINES = 6  # that a verdict shows
ROOM = 1 << 18  # bytes of a reply beside its numbers
TILING = Tiling(257, 0)  # lines are dear: the largest batch is no longer than some are anyhow


def arguments(command: str, windows: bool = os.name == "nt") -> list[str]:
    r"""The words of a command line; on Windows \ is part of a path, and escapes nothing."""
    if not windows:
        return shlex.split(command)
    return [re.sub(r"""^(["'])(.*)\1$""", r"\2", word) for word in shlex.split(command, posix=False)]


class Process:
    """One program, and the conversation with it. Not for several threads."""

    def __init__(self, command: str, timeout: float, trace: Trace, record: Record) -> None:
        try:
            self.arguments = arguments(command)
        except ValueError as error:
            raise ImplementationError(f"{command!r} is not a command line: {error}") from None
        if not self.arguments:
            raise ImplementationError("cmd: needs a command, such as cmd:./my_adapter")
        if not 0 < timeout < math.inf:
            raise ImplementationError(f"--timeout must be a number of seconds above 0, and is {timeout:g}")
        self.timeout, self.trace, self.record = timeout, trace, record
        atexit.register(self.kill)  # whoever interrupts us, or forgets to close, leaves nothing running
        self.sequence = self.starts = 0
        self.running: subprocess.Popen[bytes] | None = None
        self.watch: Watch | None = None
        self.received: queue.Queue[bytes | None] = queue.Queue()
        self.said: deque[str] = deque(maxlen=STDERR_LINES)
        self.gone = threading.Event()
        self.pump = self.listener = self.writer = threading.Thread()

    def hello(self) -> dict[str, Any]:
        """Start the program and hear what it has; ImplementationError says what went wrong."""
        try:
            self._start()
            self._send(wire.GREETING)
            hello = wire.read(self._receive(), "its first line", "hello")
            self.record(wire.line(hello))
            return hello
        except (FailedError, JsonError) as error:
            self.kill()
            raise ImplementationError(f"{shlex.join(self.arguments)} {_did(error)}{self._last_words()}") from None

    def ask(self, run: Mapping[str, Any]) -> dict[str, Any]:
        """The program's reply to a question, or a message `broke` that says how it failed to reply."""
        try:
            if self.running is None:
                self._restart()
            text = self._send(run)
            data = self._receive()
            if len(data) > (most := 4 * len(text) + ROOM):  # runs are kept: what no answer needs could fill the memory
                raise JsonError(f"its reply: {len(data)} bytes, and an answer to this has at most {most}: {strictjson.shown(data)}")
            reply = wire.read(data, "its reply", *wire.ANSWERS)
            if reply["sequence"] != run["sequence"]:
                found = f"{reply['sequence']} where {run['sequence']} is wanted"
                raise FailedError(f"answered sequence {found}: {strictjson.shown(wire.line(reply))}")
        except (FailedError, JsonError) as error:
            self.kill()
            reply = {"type": "broke", "sequence": run["sequence"], "message": f"{_did(error)}{self._last_words()}"}
        except BaseException:  # whoever interrupts us does not wait for its goodbye
            self.kill()
            raise
        self.record(wire.line(reply))
        return reply

    def next_sequence(self) -> int:
        self.sequence += 1
        return self.sequence

    def close(self) -> None:
        """Say goodbye; whoever does not leave in time is made to."""
        if self.running is not None:
            with contextlib.suppress(FailedError, subprocess.TimeoutExpired, OSError):  # it may have left already
                self._send(wire.BYE)
                assert self.running.stdin is not None
                self.running.stdin.close()
                self.running.wait(self.timeout)
        self.kill()

    def kill(self) -> None:
        """End the program and whatever it started."""
        running, self.running = self.running, None
        watch, self.watch = self.watch, None
        if running is None:
            return
        self.gone.set()
        with contextlib.suppress(OSError):
            os.killpg(running.pid, signal.SIGKILL) if hasattr(os, "killpg") else running.kill()
        if watch is not None:
            watch.end()
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(GRACE)
        for thread, stream in ((self.listener, running.stderr), (self.pump, running.stdout), (self.writer, running.stdin)):
            if thread.ident is not None:
                thread.join(1)
            if thread.is_alive():
                continue  # what the program started in a session of its own holds the pipe: closing would wait, so the thread does
            with contextlib.suppress(OSError, ValueError):
                assert stream is not None
                stream.close()

    def _start(self) -> None:
        self.starts += 1
        pipe = subprocess.PIPE
        self.watch = Watch()
        try:
            self.running = subprocess.Popen(
                self.arguments, env=self.watch.environment, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
            )
        except OSError as error:
            self.watch.end()
            raise FailedError(f"cannot be started: {error.strerror}") from None
        self.watch.follow(self.running.pid)
        self.received, self.said = queue.Queue(maxsize=1), deque(maxlen=STDERR_LINES)  # with one in hand: 128 MiB at most
        self.gone = threading.Event()
        assert self.running.stdout is not None
        assert self.running.stderr is not None
        self.pump = threading.Thread(target=_pump, args=(self.running.stdout, self.received, self.gone), daemon=True)
        self.pump.start()
        self.listener = threading.Thread(target=_listen, args=(self.running.stderr, self.said, self.gone), daemon=True)
        self.listener.start()

    def _restart(self) -> None:
        if self.starts > RESTARTS:
            raise FailedError(f"broke {RESTARTS + 1} times, and is not started again")
        try:
            self.hello()
        except ImplementationError as error:
            raise FailedError(str(error)) from None

    def _send(self, message: Mapping[str, Any]) -> str:
        """Write a line, in a thread: a program that does not read would stop us. The line."""
        assert self.running is not None
        assert self.running.stdin is not None
        text = wire.line(message)
        self.trace(">", text)
        self.record(text)
        self.writer = threading.Thread(target=_write, args=(self.running.stdin, text.encode() + b"\n", self.gone), daemon=True)
        self.writer.start()
        self.writer.join(self.timeout)
        if self.writer.is_alive():
            raise FailedError(f"did not read its input for {self.timeout:g} s")
        return text

    def _receive(self) -> bytes:
        assert self.running is not None
        try:
            data = self.received.get(timeout=self.timeout)
        except queue.Empty:
            raise FailedError(f"gave no answer in {self.timeout:g} s") from None
        if data is None:
            try:
                status = self.running.wait(1)
            except subprocess.TimeoutExpired:
                raise FailedError("closed its standard output in place of an answer") from None
            raise FailedError(f"ended with {_status(status)} in place of an answer")
        self.trace("<", strictjson.plain(data.decode("utf-8", "backslashreplace")))
        return data

    def _last_words(self) -> str:
        lines = [strictjson.shown(line) for line in list(self.said)]
        return f"; the last of its standard error: {' | '.join(lines)}" if lines else ""


def library(
    command: str,
    timeout: float = TIMEOUT,
    trace: Trace = lambda direction, line: None,
    record: Record = lambda line: None,
    own: Loss | None = None,
) -> Library:
    """The library that a program is, by what it says of itself; ImplementationError where it says nothing sensible.

    `trace` is given every line as it comes and goes, `record` only messages. It is asked for the losses of the catalogue, or for
    a user's own loss alone.
    """
    process = Process(command, timeout, trace, record)
    hello = process.hello()

    def answered(run: dict[str, Any]) -> dict[str, Any]:
        run["sequence"] = process.next_sequence()
        return process.ask(run)

    try:
        return described(hello, answered, process.close, own)
    except BaseException:
        process.kill()
        raise


def described(hello: Mapping[str, Any], ask: Ask, close: Callable[[], None] = lambda: None, own: Loss | None = None) -> Library:
    """A library from a hello and a way to have questions answered."""
    names = (own.name,) if own else catalog.names()
    known = {name: facts for name, facts in hello["losses"].items() if name in names}
    if not known:
        raise ImplementationError(f"{hello['name']} has none of the losses: {', '.join(names)}")
    implementations = {name: _implementation(own or catalog.get(name), facts, hello, ask) for name, facts in known.items()}
    version = f" {hello['version']}" if hello["version"] != wire.UNVERSIONED else ""
    title = f"{hello['name']}{version} ({hello['language']})"
    declares = {name: (*found.conventions, *[None] * bool(found.composed)) for name, found in implementations.items()}
    return Library(name=hello["name"], title=title, implementations=implementations, declares=declares, blind=True, close=close)


def _implementation(loss: Loss, facts: Mapping[str, Any], hello: Mapping[str, Any], ask: Ask) -> Implementation:
    try:
        conventions = tuple(parse(sentence) for sentence in facts.get("conventions", ()))
        limited = tuple(limits.parse(sentence, loss) for sentence in facts.get("limits", ()))
    except ConventionError as error:
        raise ImplementationError(f"its hello, {loss.name}: {error}") from None
    formats, allowed = hello["formats"], set(facts.get("options", loss.parameters))

    def takes(question: Question) -> str:
        if question.format not in formats:
            return f"it has no {question.format}, only {', '.join(formats)}"
        moved = (name for name, x in question.parameters.items() if x != loss.defaults[name])
        lacking = (name for name in (*moved, *options.NAMES) if name in question.options and name not in allowed)
        return next((f"it has no option {name}" for name in lacking), "")

    def line(part: str, question: Question) -> str:
        return f"{_asking(loss, part, question)} | {hello.get('command', 'YOUR_PROGRAM')}"

    return Implementation(
        parts={part: _function(loss, part, ask) for part in facts["parts"]},
        line=line,
        takes=takes,
        composed=facts.get("composed", ""),
        conventions=conventions,
        limits=limited,
        is_shell=True,
        tiling=TILING,
    )


def _function(loss: Loss, part: str, ask: Ask) -> Callable[..., Any]:
    """The function of a part that puts its arguments into a question."""

    def function(**given: Any) -> Any:
        arrays = {name: given[name] for name in loss.arguments}
        chosen = {name: x for name, x in given.items() if name not in arrays}
        form = FORMATS[str(arrays[loss.first].dtype)]
        reply = ask(wire.question(0, loss.name, part, form, arrays, chosen))
        if reply["type"] == "unsupported":
            is_plain = all(x == loss.defaults.get(name) for name, x in chosen.items())
            kind = LacksError if reply.get("option") and not is_plain else NotSupported
            raise kind(" ".join(filter(None, (reply["reason"], reply.get("link", "")))))
        if reply["type"] != "result":
            said = "answered with an error: " if reply["type"] == "error" else ""
            raise FailedError(f"{said}{strictjson.shown(reply['message'], 2000)}")
        wanted = shapes(loss, part, arrays, chosen)
        try:
            if len(wanted) > 1:
                found = wire.answer_of(reply["answer"], form, dict(zip(loss.differentiable, wanted, strict=True)))
                return tuple(found.values())
            return wire.answer_of(reply["answer"], form, wanted[0] or (1,)).reshape(wanted[0])
        except ValueError as error:
            raise FailedError(f"gave an answer that is none: {strictjson.shown(str(error), 300)}") from None

    return function


def _asking(loss: Loss, part: str, question: Question) -> str:
    """A shell command that prints the question: by its id where `lossref vectors` knows or draws it, in full where nobody does."""
    if question.drawn or not catalog.is_own(loss):
        name = shlex.quote(str(catalog.file_of(loss))) if catalog.is_own(loss) else loss.name
        of = f"{name} {question.drawn} " if question.drawn else ""
        return f"lossref vectors {of}--id {question.id} --part {part}"
    inputs, chosen = encoded(question.inputs, question.form), encoded(question.options, question.form)
    batch = inputs if question.is_call else {name: [x] for name, x in inputs.items()}
    run = {"type": "run", "sequence": 1, "loss": loss.name, "part": part, "format": question.format, "inputs": batch, "options": chosen}
    return f"printf '%s\\n' '{wire.line(wire.GREETING)}' '{wire.line(run)}'"


def _did(error: Exception) -> str:
    """What a program did, of either kind of complaint."""
    return str(error) if isinstance(error, FailedError) else f"wrote what is no message (log to standard error): {error}"


def _pump(stream: IO[bytes], received: queue.Queue[bytes | None], gone: threading.Event) -> None:
    """Hand on lines as they are taken, then None; give up once nobody takes them any more."""

    def hand(line: bytes | None) -> None:
        while not gone.is_set():
            try:
                received.put(line, timeout=0.2)
            except queue.Full:
                continue
            return

    with _closing(stream, gone):
        for line in strictjson.capped(stream, ended=True):  # a program may end in the middle of one: its end says more
            hand(line)
            if gone.is_set():
                return
    hand(None)


@contextlib.contextmanager
def _closing(stream: IO[bytes], gone: threading.Event) -> Iterator[None]:
    """A pipe's errors mean that the program ended, which the missing answer says; once it is given up, close what it left."""
    with contextlib.suppress(OSError, ValueError):
        yield
    if gone.is_set():
        with contextlib.suppress(OSError, ValueError):
            stream.close()


def _listen(stream: IO[bytes], said: deque[str], gone: threading.Event) -> None:
    with _closing(stream, gone):
        while line := stream.readline(1000):
            said.append(line.decode("utf-8", "backslashreplace").rstrip())


def _write(stream: IO[bytes], data: bytes, gone: threading.Event) -> None:
    with _closing(stream, gone):
        stream.write(data)
        stream.flush()


def _status(status: int) -> str:
    if status >= 0:
        return f"status {status}"
    with contextlib.suppress(ValueError):
        return f"signal {signal.Signals(-status).name}"
    return f"signal {-status}"
