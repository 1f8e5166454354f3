"""What must hold around a call: the state of the process as it was, the arguments too, and errors that are sentences of declared types."""

from __future__ import annotations

import array
import dis
import gc
import locale
import os
import random
import re
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import fields, is_dataclass
from decimal import Context, getcontext, localcontext
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any

import mpmath
import numpy as np

import lossref

HOME = str(Path(lossref.__file__).parent)
LENGTH = 2000  # of a message
SIGNALS = [number for number in signal.valid_signals() if number not in (signal.SIGALRM,)]  # the alarm is the fuzzer's own
RAW = (  # what libraries say to programmers
    "setting an array element",
    "inhomogeneous",
    "could not be broadcast",
    "operands could not",
    "unhashable",
    "has no attribute 'n",
    "not supported between",
    "ufunc '",
    "list index",
    "out of bounds",
    "object is not",
    "truth value",
    "<class ",
    "maximum recursion",
)


class FoundError(AssertionError):
    """What the fuzzer is there to find; the message says what did not hold."""


class LateError(BaseException):
    """A call has taken longer than it may: no `except Exception` on the way stops this."""


def installed(name: str) -> Any:
    """A module if it is installed, None otherwise."""
    with suppress(ImportError):
        return import_module(name)
    return None


FLINT, TORCH, JAX, GMPY2 = map(installed, ("flint", "torch", "jax", "gmpy2"))


def state() -> dict[str, Any]:
    """All that the process shares, which a call must leave as it was."""
    found: dict[str, Any] = {
        "mpmath": (mpmath.mp.prec, mpmath.mp.dps, mpmath.mp.pretty, mpmath.iv.prec, mpmath.fp.pretty),
        "the decimal context": repr(getcontext()),
        "np.errstate": (repr(np.geterr()), np.geterrcall(), np.getbufsize()),
        "np.printoptions": repr(np.get_printoptions()),
        "random": hash(random.getstate()),
        "np.random": hash(np.random.get_state()[1].tobytes()) + np.random.get_state()[2],  # type: ignore[index]
        "warnings.filters": list(warnings.filters),
        "os.environ": dict(os.environ),
        "the working directory": os.getcwd(),
        "signal handlers": [signal.getsignal(number) for number in SIGNALS],
        "the standard streams": (id(sys.stdin), id(sys.stdout), id(sys.stderr), id(sys.displayhook), id(sys.excepthook)),
        "the locale": locale.setlocale(locale.LC_ALL),
        "limits of Python": (
            sys.getrecursionlimit(),
            sys.get_int_max_str_digits(),
            sys.getswitchinterval(),
            gc.isenabled(),
            gc.get_threshold(),
        ),
        "sys.path": list(sys.path),
        "threads": sorted(thread.name for thread in threading.enumerate()),
    }
    if FLINT:
        found["flint.ctx"] = [getattr(FLINT.ctx, name) for name in ("prec", "dps", "pretty", "unicode", "cap", "threads")]
    if TORCH:
        flags = (TORCH.get_default_dtype(), TORCH.is_grad_enabled(), TORCH.get_num_threads(), TORCH.are_deterministic_algorithms_enabled())
        found["torch"] = (*flags, hash(TORCH.random.get_rng_state().numpy().tobytes()))
    if JAX:
        found["jax"] = (JAX.config.jax_enable_x64, JAX.config.jax_default_matmul_precision, JAX.config.jax_debug_nans)
    return found


@contextmanager
def kept(what: str = "the call", but: Collection[str] = ()) -> Iterator[None]:
    """FoundError where what is done inside leaves the process in another state."""
    before = state()
    yield
    after = state()
    for name, x in before.items():
        if after[name] != x and name not in but:
            raise FoundError(f"{what} changed {name} from {x!r:.200} to {after[name]!r:.200}")


@contextmanager
def unusual(chance: random.Random) -> Iterator[None]:
    """A process in a state of its own choice: precisions, contexts and error handling of the user; any warning is an error."""
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("error")
        stack.enter_context(np.errstate(all=chance.choice(("raise", "ignore", "raise", "warn", "call")), call=_called))
        stack.enter_context(
            np.printoptions(precision=chance.choice((0, 3, 8)), threshold=chance.choice((1, 1000)), sign=chance.choice((" ", "-", "+")))
        )
        stack.enter_context(localcontext(chance.choice((Context(prec=3), Context(prec=2, Emax=5, Emin=-5), Context(prec=28)))))
        stack.enter_context(mpmath.workprec(chance.choice((2, 53, 60, 200))))
        if FLINT:
            stack.callback(setattr, FLINT.ctx, "prec", FLINT.ctx.prec)
            FLINT.ctx.prec = chance.choice((2, 53, 100))
        yield


def _called(kind: str, flag: int) -> None:
    raise FloatingPointError(f"NumPy called its error handler: {kind}")


def sentence(error: BaseException, declared: Collection[type[BaseException]], names: Collection[str], own: bool = True) -> None:
    """FoundError unless an error is of a declared type, raised by a statement of ours, and one sentence that names what is wrong."""
    said = error.args[0] if isinstance(error, KeyError) and error.args else str(error)
    name = type(error).__name__
    if type(error) not in declared:
        raise FoundError(f"{name} is not declared: {said!s:.300}{place(error)}") from error
    if isinstance(error, TypeError) and _is_of_a_signature(error):
        return  # Python's own sentence
    if own and not raised_by_us(error):
        raise FoundError(f"{name} is raised by no statement of ours: {said!s:.300}{place(error)}") from error
    longest = 20 * LENGTH if isinstance(error, AssertionError) else LENGTH  # a report
    if not isinstance(said, str) or not said.strip() or len(said) > longest or not said.replace("\n", "").isprintable():
        raise FoundError(f"{name} is no printable sentence: {said!r:.300}{place(error)}") from error
    if not isinstance(error, AssertionError) and (raw := [words for words in RAW if words in said]):  # which quotes strangers
        raise FoundError(f"{name} speaks of {raw[0]!r}: {said:.300}{place(error)}") from error
    if names and not any(re.search(rf"(?<![a-z_]){re.escape(known)}(?![a-z_])", said) for known in names):
        raise FoundError(f"{name} names no argument: {said:.300}{place(error)}") from error


def raised_by_us(error: BaseException) -> bool:
    """Whether the innermost frame is of the package, and stands at a statement `raise`."""
    innermost, _ = _innermost(error)
    code = innermost.tb_frame.f_code
    return code.co_filename.startswith(HOME) and code.co_code[innermost.tb_lasti] in (dis.opmap["RAISE_VARARGS"], dis.opmap["RERAISE"])


def _is_of_a_signature(error: BaseException) -> bool:
    innermost, frames = _innermost(error)
    return frames <= 2 and not innermost.tb_frame.f_code.co_filename.startswith(HOME)


def _innermost(error: BaseException) -> tuple[TracebackType, int]:
    """The frame that an error was raised in, and how many lie above it."""
    innermost, frames = error.__traceback__, 0
    assert innermost is not None
    while innermost.tb_next is not None:
        innermost, frames = innermost.tb_next, frames + 1
    return innermost, frames


def place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return "".join(f" < {Path(frame.filename).name}:{frame.lineno}" for frame in frames[:-5:-1])


def digest(x: Any, depth: int = 0) -> Any:
    """What an answer or an argument holds, to be compared: bits of numbers, all NaNs one; what cannot be looked into by its type."""
    if isinstance(x, np.ndarray | np.generic):
        y = np.asarray(x)
        if y.dtype.hasobject:
            return ("objects", y.shape, [digest(z, depth + 1) for z in y.reshape(-1).tolist()])
        held = np.where(np.isnan(y), np.asarray(np.nan, y.dtype), y) if y.dtype.kind == "f" else y
        if y.dtype.kind == "f" and y.dtype.itemsize > 8:  # some of whose bytes are nobody's
            return (type(x).__name__, str(y.dtype), [str(z) for z in y.reshape(-1)])
        return (type(x).__name__, str(y.dtype), y.shape, held.tobytes())
    if isinstance(x, bool | str | bytes | type(None) | type):
        return x
    if isinstance(x, int):
        return hex(x)
    if isinstance(x, float):
        return ("float", "nan" if x != x else x.hex())
    if type(x).__module__.startswith("fuzzing."):
        return type(x).__name__
    if hasattr(x, "_mpf_"):
        return ("mpf", *map(hex, x._mpf_[:3]))
    if isinstance(x, list | tuple) and depth < 20:
        return (type(x).__name__, *(digest(y, depth + 1) for y in x[:1000]))
    if isinstance(x, Mapping) and type(x).__module__ == "builtins" and depth < 20:
        return [(digest(k, depth + 1), digest(y, depth + 1)) for k, y in x.items()]
    if is_dataclass(x) and not isinstance(x, type) and type(x).__module__.startswith("lossref") and depth < 6:
        shown = ((f.name, getattr(x, f.name)) for f in fields(x) if f.repr)
        return (type(x).__name__, *((name, digest(y, depth + 1)) for name, y in shown if not callable(y)))
    if TORCH and isinstance(x, TORCH.Tensor):
        numbers = repr(x.device) if x.is_meta or x.is_sparse else x.detach().cpu().to(TORCH.complex128).numpy().tobytes()
        return ("tensor", str(x.dtype), tuple(x.shape), x.requires_grad, x.is_leaf and x.grad is None, numbers)
    if isinstance(x, bytearray | memoryview | array.array):
        return bytes(x)
    return type(x).__name__


def outcome(call: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    """What a call gives, to be compared, and what it raises."""
    try:
        return ("returned", digest(call())), None
    except (KeyboardInterrupt, LateError):
        raise
    except BaseException as error:
        return ("raised", type(error).__name__, re.sub("0x[0-9a-f]+", "0x", str(error))), error


def in_threads(call: Callable[[], Any], count: int = 4) -> list[Any]:
    """The outcomes of the same call in several threads at once."""
    found: list[Any] = []
    ready = threading.Barrier(count)

    def one() -> None:
        ready.wait()
        found.append(outcome(call)[0])

    threads = [threading.Thread(target=one, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def in_a_child(call: Callable[[], Any]) -> Any:
    """The outcome of a call in a forked process, as text."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of forks where there are threads
        child = os.fork()
    if not child:
        try:
            signal.alarm(0)
            with os.fdopen(writing, "wb") as file:
                file.write(repr(outcome(call)[0]).encode("utf-8", "replace"))
        finally:
            os._exit(0)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as file:
            return file.read().decode("utf-8", "replace")
    except LateError:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        os.waitpid(child, 0)
