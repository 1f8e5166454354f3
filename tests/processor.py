"""This thread's processor in another mode: flushing results, taking subnormal operands for zero, rounding in another direction."""

from __future__ import annotations

import ctypes
import ctypes.util
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

FENV_BYTES, MXCSR_AT = 32, 28  # glibc's fenv_t on x86-64: the x87 environment, then the control word of SSE
FLUSHES_RESULTS, TAKES_SUBNORMALS_FOR_ZERO = 0x8000, 0x0040
ROUNDING = {"downward": 0x2000, "upward": 0x4000, "toward zero": 0x6000}  # bits of the control word
MODES = {
    "flushes results": FLUSHES_RESULTS,
    "takes subnormals for zero": TAKES_SUBNORMALS_FOR_ZERO,
    "both": FLUSHES_RESULTS | TAKES_SUBNORMALS_FOR_ZERO,
    **{f"rounds {direction}": bits for direction, bits in ROUNDING.items()},
    "upward and both": FLUSHES_RESULTS | TAKES_SUBNORMALS_FOR_ZERO | ROUNDING["upward"],
}
IS_KNOWN = sys.platform == "linux" and platform.machine() == "x86_64" and platform.libc_ver()[0] == "glibc"
needs_modes = pytest.mark.skipif(not IS_KNOWN, reason="how to change the processor's mode is known for glibc on x86-64 only")


@contextmanager
def processor(mode: str) -> Iterator[None]:
    """This thread in a mode of MODES; with an empty name nothing is changed."""
    if not mode:
        yield
        return
    before = _word()
    _set(before | MODES[mode])
    try:
        yield
    finally:
        _set(before)


def set_mode(mode: str) -> None:
    """This thread in a mode from here on."""
    _set(_word() | MODES[mode])


def _environment() -> ctypes.Array[ctypes.c_char]:
    found = ctypes.create_string_buffer(FENV_BYTES)
    assert _library().fegetenv(found) == 0
    return found


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(ctypes.util.find_library("m") or "libm.so.6")


def _word() -> int:
    return int.from_bytes(_environment().raw[MXCSR_AT:FENV_BYTES], "little")


def _set(word: int) -> None:
    changed = _environment().raw[:MXCSR_AT] + word.to_bytes(4, "little")
    assert _library().fesetenv(ctypes.create_string_buffer(changed, FENV_BYTES)) == 0
