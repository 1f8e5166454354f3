"""A program in any language as a target: started, asked line by line (lossref/protocol.md), and started again when it breaks."""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import shlex
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

import numpy as np

from lossref import catalog, golden, strictjson, wire
from lossref.formats import FORMATS, Format
from lossref.judge.conventions import ConventionError
from lossref.judge.grammar import parse
from lossref.spec import Values
from lossref.strictjson import JsonError
from lossref.targets.target import Implementation, NotSupportedError, Target, TargetError, TargetFailedError

Trace = Callable[[str, str], None]  # > or <, and a line
Record = Callable[[str], None]
TIMEOUT = 10.0  # seconds for one answer
RESTARTS = 10
STDERR_LINES = 6  # that a verdict shows
ROOM = 1 << 18  # bytes of a reply beside its numbers
GRACE = 5.0  # seconds to be gone in, once killed


class Process:
    """One program, and the conversation with it. Not for several threads."""

    def __init__(self, command: str, timeout: float, trace: Trace, record: Record) -> None:
        try:
            self.arguments = shlex.split(command)
        except ValueError as error:
            raise TargetError(f"{command!r} is not a command line: {error}") from None
        if not self.arguments:
            raise TargetError("cmd: needs a command, such as cmd:./my_adapter")
        self.timeout, self.trace, self.record = timeout, trace, record
        atexit.register(self.kill)  # whoever interrupts us, or forgets to close, leaves nothing running
        self.sequence = self.starts = 0
        self.running: subprocess.Popen[bytes] | None = None
        self.received: queue.Queue[bytes | None] = queue.Queue()
        self.said: deque[str] = deque(maxlen=STDERR_LINES)
        self.gone = threading.Event()
        self.pump = self.listener = self.writer = threading.Thread()

    def hello(self) -> dict[str, Any]:
        """Start the program and hear what it has; TargetError says what went wrong."""
        try:
            self._start()
            self._send(wire.GREETING)
            hello = wire.read(self._receive(), "its first line", "hello")
            self.record(wire.line(hello))
            return hello
        except (TargetFailedError, JsonError) as error:
            self.kill()
            raise TargetError(f"{shlex.join(self.arguments)} {_did(error)}{self._last_words()}") from None

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
                raise TargetFailedError(f"answered sequence {found}: {strictjson.shown(wire.line(reply))}")
        except (TargetFailedError, JsonError) as error:
            self.kill()
            reply = {"type": "broke", "sequence": run["sequence"], "message": f"{_did(error)}{self._last_words()}"}
        self.record(wire.line(reply))
        return reply

    def next_sequence(self) -> int:
        self.sequence += 1
        return self.sequence

    def close(self) -> None:
        """Say goodbye; whoever does not leave in time is made to."""
        if self.running is not None:
            with contextlib.suppress(TargetFailedError, subprocess.TimeoutExpired, OSError):  # it may have left already
                self._send(wire.BYE)
                assert self.running.stdin is not None
                self.running.stdin.close()
                self.running.wait(self.timeout)
        self.kill()

    def kill(self) -> None:
        """End the program and whatever it started."""
        running, self.running = self.running, None
        if running is None:
            return
        self.gone.set()
        with contextlib.suppress(OSError):
            os.killpg(running.pid, signal.SIGKILL) if hasattr(os, "killpg") else running.kill()
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
        try:
            self.running = subprocess.Popen(self.arguments, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
        except OSError as error:
            raise TargetFailedError(f"cannot be started: {error.strerror}") from None
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
            raise TargetFailedError(f"broke {RESTARTS + 1} times, and is not started again")
        try:
            self.hello()
        except TargetError as error:
            raise TargetFailedError(str(error)) from None

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
            raise TargetFailedError(f"did not read its input for {self.timeout:g} s")
        return text

    def _receive(self) -> bytes:
        assert self.running is not None
        try:
            data = self.received.get(timeout=self.timeout)
        except queue.Empty:
            raise TargetFailedError(f"gave no answer in {self.timeout:g} s") from None
        if data is None:
            try:
                status = self.running.wait(1)
            except subprocess.TimeoutExpired:
                raise TargetFailedError("closed its standard output in place of an answer") from None
            raise TargetFailedError(f"ended with {_status(status)} in place of an answer")
        self.trace("<", strictjson.plain(data.decode("utf-8", "backslashreplace")))
        return data

    def _last_words(self) -> str:
        lines = [strictjson.shown(line) for line in list(self.said)]
        return f"; the last of its standard error: {' | '.join(lines)}" if lines else ""


def target(
    command: str, timeout: float = TIMEOUT, trace: Trace = lambda direction, line: None, record: Record = lambda line: None
) -> Target:
    """The target that a program is, by what it says of itself; TargetError where it says nothing sensible.

    `trace` is given every line as it comes and goes, `record` only messages.
    """
    process = Process(command, timeout, trace, record)
    hello = process.hello()

    def answered(run: dict[str, Any]) -> dict[str, Any]:
        run["sequence"] = process.next_sequence()
        return process.ask(run)

    try:
        return described(hello, answered, process.close)
    except BaseException:
        process.kill()
        raise


def described(
    hello: Mapping[str, Any], ask: Callable[[dict[str, Any]], Mapping[str, Any]], close: Callable[[], None] = lambda: None
) -> Target:
    """A target from a hello and a way to have questions answered."""
    command = hello.get("command", "YOUR_PROGRAM")
    known = {name: facts for name, facts in hello["losses"].items() if name in catalog.names()}
    if not known:
        raise TargetError(f"{hello['name']} has none of the losses: {', '.join(catalog.names())}")
    implementations = {name: _implementation(name, facts, hello["formats"], command, ask) for name, facts in known.items()}
    title = f"{hello['name']} {hello['version']} ({hello['language']})"
    return Target(name=hello["name"], title=title, implementations=implementations, close=close)


def _implementation(
    name: str, facts: Mapping[str, Any], formats: list[str], command: str, ask: Callable[[dict[str, Any]], Mapping[str, Any]]
) -> Implementation:
    loss = catalog.get(name)
    try:
        conventions = tuple(parse(sentence) for sentence in facts.get("conventions", ()))
    except ConventionError as error:
        raise TargetError(f"its hello, {name}: {error}") from None
    allowed = set(facts.get("options", loss.parameters))
    defaults = {key: parameter.default for key, parameter in loss.parameters.items() if key not in allowed}

    def part_of(part: str) -> Callable[..., Any]:
        def function(**given: Any) -> Any:
            arrays = {key: given[key] for key in loss.arguments}
            options = {key: x for key, x in given.items() if key not in arrays}
            form = FORMATS[str(arrays[loss.differentiable].dtype)]
            if form.name not in formats:
                raise NotSupportedError(f"it has no {form.name}, only {', '.join(formats)}")
            if other := [key for key, default in defaults.items() if options[key] != default]:
                raise NotSupportedError(f"it has no option {other[0]}")
            reply = ask(wire.question(0, name, part, form, arrays, options))
            if reply["type"] == "unsupported":
                raise NotSupportedError(" ".join(filter(None, (reply["reason"], reply.get("link", "")))))
            if reply["type"] != "result":
                said = "answered with an error: " if reply["type"] == "error" else ""
                raise TargetFailedError(f"{said}{strictjson.shown(reply['message'], 2000)}")
            shape = np.shape(next(iter(arrays.values())))[:1] if part == "value" else arrays[loss.differentiable].shape
            try:
                return wire.numbers(reply["answer"], form, shape)
            except ValueError as error:
                raise TargetFailedError(f"gave an answer that is none: {error}") from None

        return function

    def line(part: str, arguments: Values, parameters: Values, form: Format) -> str:
        return f"lossref vectors --id {golden.id_of(name, form, arguments, parameters)} --part {part} | {command}"

    return Implementation(
        parts={part: part_of(part) for part in facts["parts"]},
        line=line,
        is_shell=True,
        composed=facts.get("composed", ""),
        conventions=conventions,
    )


def _did(error: Exception) -> str:
    """What a program did, of either kind of complaint."""
    return str(error) if isinstance(error, TargetFailedError) else f"wrote what is no message (log to standard error): {error}"


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
