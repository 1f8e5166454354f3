"""Wide rows: what is hard about a vector of thousands of numbers lies at the borders of the blocks that a program takes at once.

A row repeats a few drawn numbers, as many as divide no block, and has numbers of its own at the borders. So it is certified fast, for equal
inputs are recorded once, and written short, in the line that reproduces an answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from lossref import families
from lossref.exact.balls import Balls
from lossref.exact.numbers import Number, Operand, lifted
from lossref.families.vectors import ahead
from lossref.formats import FLOAT64, Format
from lossref.spaces import Space
from lossref.spec import Loss, Question, Region
from lossref.stream import Stream

LEAST, MOST = 64, 1 << 18  # numbers in a row
NARROW = 128  # where a slope's allowance takes the square of the numbers: several vectors are differentiated in
BLOCKS = (32, 128, 1024)
PERIOD = 61  # numbers that are repeated
OFFSET = 4096.0
REASONS = {
    "wide_row": "a row of thousands: a sum keeps its small terms, and each number counts once, the last of a block too",
    "wide_tails": "a wide row with small or far-off numbers at the borders of blocks: a small slope is a slope in every block",
    "wide_leader": "one number at a border of blocks leads by more than the precision: the others' slopes are small, not 0",
    "wide_maximum": "the largest number at a border of blocks, so far beyond that exp without its shift overflows",
    "wide_trailing": "one number at a border of blocks trails far behind: its share is small, not 0",
    "wide_offset": "a wide row with a large common offset: the shift is the maximum of all blocks",
}


def refusal(loss: Loss, size: int) -> str:
    """Why a loss is not asked rows of a size; nothing where it is."""
    if len(loss.free_axes) != 1 or not loss.arguments[loss.first].rank:
        return f"--sizes asks losses of one vector axis, which {loss.name} is not"
    if size > NARROW and takes_several(loss):
        return f"{loss.name} is asked rows of at most {NARROW} numbers: what rounding several vectors allows is not found in linear time"
    if size > NARROW and takes_pairs(loss):
        return f"{loss.name} is asked rows of at most {NARROW} numbers: it takes them in pairs, and time grows with their square"
    return ""


def takes_several(loss: Loss) -> bool:
    """Whether it is differentiated in several vectors."""
    return sum(bool(loss.arguments[name].rank) for name in loss.differentiable) > 1


def takes_pairs(loss: Loss) -> bool:
    """Whether the definition's steps grow with the square of a row."""
    return loss.arguments[loss.first].rank == 1 and _steps(loss, 32) > 3 * _steps(loss, 16)


class _Counting(Balls):
    """Counts the operations of a definition, and its comparisons."""

    PRECISION = 200  # enough for comparisons of numbers that differ
    steps = 0

    def add(self, a: Number, b: Number) -> Number:
        self.steps += 1
        return super().add(a, b)

    def multiply(self, a: Number, b: Number) -> Number:
        self.steps += 1
        return super().multiply(a, b)

    def compare(self, a: Number, b: Operand) -> int:
        self.steps += 1
        return super().compare(a, b)


def _steps(loss: Loss, size: int) -> int:
    """How many steps the definition takes for an ordinary row of a size."""
    example = families.example(loss, Stream(f"steps/{loss.name}", FLOAT64, 0, size))
    with Balls.working(_Counting.PRECISION):
        counting = _Counting(_Counting.PRECISION)
        loss.definition(counting, **{name: lifted(counting, x) for name, x in {**loss.defaults, **example}.items()})
    return counting.steps


def generate(loss: Loss, form: Format, seed: str, sizes: Sequence[int]) -> Iterator[Question]:
    """A few questions of each size."""
    for size in sizes:
        if not refusal(loss, size):
            yield from _of_size(loss, form, f"{seed}/{loss.name}/{size}", size)


def places(size: int) -> list[int]:
    """The first and last entries, and those at and beside the first, a middle and the last border of blocks of each size."""
    ends = {0, 1, size - 2, size - 1}
    borders = {block * k for block in BLOCKS for k in (1, size // block // 2, size // block)}
    return sorted(k for k in ends | {border + d for border in borders for d in (-1, 0, 1)} if 0 <= k < size)


def _of_size(loss: Loss, form: Format, seed: str, size: int) -> Iterator[Question]:
    """Questions that have their own numbers at the same places, and one label among these: one recording answers all."""
    chosen = places(size)
    first = loss.arguments[loss.first]
    label = chosen[Stream(f"{seed}/label", form).integer(0, len(chosen) - 1)]
    options = {name: form.nearest(x) for name, x in loss.defaults.items()}

    def row(flag: str, region: Region, small: str = "", gap: float = 0.0, at: int = label, offset: float = 0.0) -> Question:
        """`small` is the argument whose own numbers are, `gap` what one number leads by, `offset` is added to all."""
        d = Stream(f"{seed}/{flag}/{small}{at}", form, 0, PERIOD)
        at_borders = families.example(loss, Stream(f"{seed}/{flag}/{small}{at}/borders", form, 0, len(chosen)))
        inputs: dict[str, Any] = {}
        for name, repeated in families.example(loss, d).items():
            space = loss.arguments[name]
            if not space.rank:
                inputs[name] = label if space.label_of else repeated
                continue
            own = [_small(space, d) for _ in chosen] if small == name else at_borders[name]
            if name == loss.first:
                own = [x + gap * (k == at) for k, x in zip(chosen, own, strict=True)]
            if space.kind == first.kind and not space.sums_to_one:
                repeated, own = ([d.number(x + offset) for x in numbers] for numbers in (repeated, own))
            inputs[name] = _laid(space, d, size, repeated, dict(zip(chosen, own, strict=True)))
        return Question(loss.name, form.name, inputs, options, region, flag, REASONS[flag])

    yield row("wide_row", "ordinary")
    for name, space in loss.arguments.items():
        if space.rank and not space.is_discrete:
            yield row("wide_tails", "tail", name)
    if first.kind == "vector":
        lead = ahead(Stream(f"{seed}/lead", form))
        yield row("wide_leader", "tail", gap=lead)
        yield row("wide_trailing", "tail", gap=-lead)
        beyond = Stream(f"{seed}/beyond", form)
        for at in dict.fromkeys((0, size - 1, chosen[beyond.integer(0, len(chosen) - 1)])):
            yield row("wide_maximum", "tail", gap=beyond.uniform(1.2, 1.5) * beyond.underflow, at=at)
        yield row("wide_offset", "cancellation", offset=OFFSET)


def _small(space: Space, d: Stream) -> float:
    """A number whose part in a sum is small: far below the others, tiny, or next to an end."""
    if space.low < 0 and max(-space.low, space.high) < float("inf"):
        return d.sign() * d.number(1 - d.scaled(-40, -2))
    return d.scaled(-60, -20) if space.low >= 0 else -d.uniform(d.saturation, d.underflow - 12)


def _laid(space: Space, d: Stream, size: int, repeated: Sequence[float], own: Mapping[int, float]) -> tuple[float, ...]:
    """The repeated numbers along a row, and its own numbers at their places; of weights that sum to 1 the shares."""
    numbers = [own[k] if k in own else repeated[k % PERIOD] for k in range(size)]
    if not space.sums_to_one:
        return tuple(numbers)
    times = Counter(numbers)
    total = sum(Fraction(x) * many for x, many in times.items())
    share = {x: d.number(Fraction(x) / total) for x in times}
    return tuple(share[x] for x in numbers)
