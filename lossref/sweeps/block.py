"""One block of a sweep: the exact answers of all its inputs, and how far an implementation is from each."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref.arrays import rounded
from lossref.bits import widened
from lossref.exact.taylor import Piece, Polynomial, UnsweptError
from lossref.formats import Format
from lossref.golden.write import certified
from lossref.judge.ask import Asked, Function, ask, asked_of
from lossref.library import Implementation, NotSupported
from lossref.spec import Answer, Part, Vector
from lossref.sweeps.line import Block, Line, SweepError

Rows = NDArray[np.float64]
AT_ONCE = 1 << 17  # inputs that an implementation is asked for together
MOST_OPEN = 4096  # inputs of a block that balls may leave to the oracle
PARTS = ("value", "gradient")
WITHIN = (1.0, 8.0, 1024.0)  # ulps: how many inputs are off by more is counted


@dataclass
class Tally:
    """What a block came to, as plain data: digests, counts by part, and the bits of the worst input of each binade."""

    index: int
    inputs: int = 0
    alone: int = 0  # answered one by one, where rounding was in doubt
    exact: str = ""  # SHA-256 of the exact answers
    answers: dict[str, str] = field(default_factory=dict)  # and of what the implementation answered
    counts: dict[str, list[int]] = field(default_factory=dict)  # not correctly rounded, and off by more than each of WITHIN
    worst: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)  # inputs without one answer, as at a kink
    said: str = ""  # why the implementation was not asked on


@dataclass(frozen=True)
class _Exact:
    """The exact answers of some inputs: a float64 close to each, and the number of the format that it rounds to; NaN where there is no
    single one.
    """

    near: Rows
    rounded: Rows


def tally(line: Line, index: int, implementation: Implementation | None) -> Tally:
    """A block of a line, and what an implementation makes of it, if there is one."""
    block = line.blocks[index]
    found = Tally(index)
    first, end = line.inside(block)
    found.inputs = end - first
    asking = _Asking(line, implementation) if implementation and end > first else None
    digest = hashlib.sha256()
    try:
        for low, numbers, exact in _exact(line, block, first, end, found):
            digest.update(np.stack([exact[part].rounded for part in PARTS]).astype("<f4").tobytes())
            if asking:
                asking.take(numbers, exact, low, found)
    except UnsweptError as error:
        raise SweepError(error) from None
    found.exact = digest.hexdigest()
    if asking:
        asking.close(found)
    return found


def _exact(line: Line, block: Block, first: int, end: int, found: Tally) -> Iterator[tuple[int, Rows, dict[str, _Exact]]]:
    """The exact answers, so many at once, each with the bits of its first input."""
    pieces = line.curve.pieces(block.sign, first, end) if end > first else iter(())
    piece: Piece | None = None
    for low in range(first, end, AT_ONCE):
        high = min(low + AT_ONCE, end)
        numbers = line.numbers(block, low, high)
        near, off = np.empty((2, high - low)), np.empty((2, high - low))
        at = low
        while at < high:
            if piece is None or at >= piece.end:
                piece = next(pieces)
            stop = min(piece.end, high)
            own = slice(at - low, stop - low)
            if piece.parts is None:
                near[:, own], off[:, own] = 0.0, math.inf
            else:
                with np.errstate(under="ignore"):
                    t = (numbers[own] - piece.middle) * 2.0**-piece.unit
                    for k, polynomial in enumerate(piece.parts):
                        near[k, own], off[k, own] = _horner(polynomial, t), polynomial.error
            at = stop
        with np.errstate(invalid="ignore"):
            nearest = rounded(near - off, line.form)
            doubtful = np.flatnonzero((nearest != rounded(near + off, line.form)).any(axis=0) | np.isinf(off).any(axis=0))
        for i in doubtful.tolist():
            near[:, i] = nearest[:, i] = _alone(line, float(numbers[i]), found)
        nearest += 0.0  # no negative zero
        yield low, numbers, {part: _Exact(near[k], nearest[k]) for k, part in enumerate(PARTS)}


def _horner(polynomial: Polynomial, t: Rows) -> Rows | float:
    *others, last = polynomial.coefficients
    if not others:
        return last
    y = last * t
    y += others[-1]
    for c in reversed(others[:-1]):
        y *= t
        y += c
    return y


def _alone(line: Line, x: float, found: Tally) -> Any:
    """One input, by balls, or by the oracle where these do not decide."""
    found.alone += 1
    decided = line.curve.at(x)
    if None not in decided:
        return decided
    if len(found.open) >= MOST_OPEN:
        raise SweepError(f"{line.titled()}: more than {MOST_OPEN} inputs near {x!r} are left to the oracle")
    vector = certified(line.loss, line.question(x))
    parts = (vector.answer.value, vector.answer.gradient.get(line.along)) if vector else (None, None)
    numbers = [_single(part) if y is None else y for y, part in zip(decided, parts, strict=True)]
    if any(y != y for y in numbers):
        found.open.append(line.form.encode(x))
    return numbers


def _single(part: Part | None) -> float:
    """The one answer of a part, correctly rounded; NaN where there is none."""
    return math.nan if part is None or part.rounded is None or part.interval else part.rounded[0]


class _Asking:
    """An implementation asked for all inputs of a block, and what is counted of its answers."""

    def __init__(self, line: Line, implementation: Implementation) -> None:
        self.line, self.asked = line, Asked()
        self.functions: dict[str, Function] = {part: implementation.parts[part] for part in PARTS if part in implementation.parts}
        if line.along not in line.loss.differentiable:
            self.functions.pop("gradient", None)
        self.digests = {part: hashlib.sha256() for part in self.functions}
        self.worst: dict[tuple[str, int], tuple[float, float]] = {}  # by part and binade: how far, and the input

    def take(self, numbers: Rows, exact: Mapping[str, _Exact], low: int, found: Tally) -> None:
        """The answers to some inputs, measured."""
        for part in list(self.functions):
            got = self._answers(part, numbers, found)
            if got is None:
                del self.functions[part]
                continue
            self.digests[part].update(got.astype("<f4").tobytes())
            self._measure(part, numbers, got, exact[part], low, found)

    def close(self, found: Tally) -> None:
        """The digests, and the worst inputs."""
        found.answers = {part: self.digests[part].hexdigest() for part in self.functions}
        found.worst = sorted({self.line.form.encode(x) for _, x in self.worst.values()})

    def _answers(self, part: str, numbers: Rows, found: Tally) -> Rows | None:
        line, form = self.line, self.line.form
        arrays, options = asked_of([Vector(line.question(0.0), Answer(Part(None, None, (), ()), {}))])
        arrays = {name: np.repeat(x, len(numbers)) for name, x in arrays.items()}
        arrays[line.along] = numbers.astype(arrays[line.along].dtype)  # exactly: the format holds them
        try:
            answer = ask(line.loss, part, self.functions[part], arrays, options, form, self.asked)
        except NotSupported as error:
            found.said = f"{part}: {error}"
            return None
        if isinstance(answer, str):
            found.said = f"{part}: {answer}"
            return None
        of = answer[line.loss.differentiable.index(line.along) if part == "gradient" else 0]
        return widened(of)

    def _measure(self, part: str, numbers: Rows, got: Rows, exact: _Exact, low: int, found: Tally) -> None:
        counts = found.counts.setdefault(part, [0] * (1 + len(WITHIN)))
        wrong = np.flatnonzero((got != exact.rounded) & (exact.rounded == exact.rounded))
        if not wrong.size:
            return
        counts[0] += wrong.size
        ulps = _ulps(got[wrong], exact.near[wrong], self.line.form)
        for k, limit in enumerate(WITHIN, start=1):
            counts[k] += int(np.count_nonzero(ulps > limit))
        beyond = ulps / (1 + _moves(exact.near, self.line.form)[wrong])  # E2, halved
        binades = (low + wrong) >> (self.line.form.precision - 1)
        for start in _starts(binades):
            end = start + int(np.searchsorted(binades[start:], binades[start], side="right"))
            at = start + int(beyond[start:end].argmax())
            key = part, int(binades[start])
            if beyond[at] > self.worst.get(key, (0.0, 0.0))[0]:
                self.worst[key] = float(beyond[at]), float(numbers[wrong[at]])


def _ulps(got: Rows, near: Rows, form: Format) -> Rows:
    """The error of each answer in spacings of the format at the exact one; infinite for what is not finite."""
    with np.errstate(all="ignore"):
        off = np.abs(got - near) / _spacing(near, form)
    return np.where(np.isfinite(off), off, math.inf)


def _moves(near: Rows, form: Format) -> Rows:
    """K in spacings: by how many the exact answer moves to the next input, on the side where that is less; 0 where nothing tells."""
    with np.errstate(all="ignore"):
        steps = np.abs(np.diff(near))
        sides = [np.concatenate(pair) for pair in ((steps, steps[-1:]), (steps[:1], steps))] if len(near) > 1 else [np.zeros(len(near))]
        found = np.fmin.reduce(sides) / _spacing(near, form)
    return np.where(np.isfinite(found), found, 0.0)


def _spacing(near: Rows, form: Format) -> Rows:
    """The spacing of the format at each number."""
    spacing: Rows = np.ldexp(1.0, np.maximum(np.frexp(near)[1] - form.precision, form.least_exponent))
    return spacing


def _starts(keys: NDArray[Any]) -> list[int]:
    """Where each run of equal ones begins."""
    starts: list[int] = np.flatnonzero(np.diff(keys, prepend=keys[:1] - 1)).tolist()
    return starts

