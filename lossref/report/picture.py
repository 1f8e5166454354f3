"""How far off implementations are along their inputs, as a picture: on a page, or as a file."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import jinja2

from lossref.judge.measure import E2_OF_B
from lossref.report import league
from lossref.report.finding import DRAWN_ERRORS, DRAWN_INPUTS

Profile: TypeAlias = Sequence[Sequence[Any]]
Points: TypeAlias = tuple[tuple[int, int], ...]
WIDTH, LEFT, BELOW = 460, 56, 36
ABOVE = 20  # for the title of a picture that is a file
LEAST, MOST = DRAWN_ERRORS
ALONE, ROW, NAMED = 174, 44, 24  # heights of what one implementation is drawn in, alone or of several each, and of its name above
CAPTION = (
    "An ulp is widened here by what the rounding of the inputs moves the answer. In the shaded band is all that level B allows; at 0 the "
    "answer is the correctly rounded one. Each point is the worst of its stretch."
)
NAME = 44  # characters of a name that have room beside the error
ALONG, UP = "input: of the first argument the number of largest magnitude", "error in ulps"
# Of a file, on white and on black.
COLOURS = {"text": "#808080", "line": "#80808066", "allowed": "#2f9e5b33", "within": "#3b82c4", "beyond": "#e0701b"}


@dataclass(frozen=True)
class Strip:
    """The errors of one implementation along the inputs, both logarithmic, in pixels of a picture."""

    name: str
    worst: str
    top: float
    bottom: float
    up: tuple[tuple[float, str], ...]  # where an error is, and how it is written
    allowed: float  # the height up to which level B goes
    within: Points  # those there
    beyond: Points


@dataclass(frozen=True)
class Picture:
    """The errors of some implementations, one below the other: where several are wrong alike, points would lie on points."""

    edges: ClassVar = (LEFT, WIDTH - 8)  # left and right of what is drawn in
    labels: ClassVar = (ALONG, UP)
    strips: tuple[Strip, ...]
    across: tuple[tuple[float, str], ...]  # where an input is, and how it is written
    words: str

    @property
    def size(self) -> tuple[float, float]:
        return WIDTH, self.strips[-1].bottom + BELOW


def html(picture: Picture) -> str:
    """A piece of a page, which has the colours."""
    return template("picture.html").render(picture=picture)


def svg(title: str, picture: Picture) -> str:
    """A file, to be read on a light page and on a dark one."""
    return template("alone.svg").render(title=title, picture=picture, above=ABOVE, colours=COLOURS)


def png(title: str, picture: Picture) -> bytes:
    """The same as a file of pixels, which Matplotlib draws."""
    from matplotlib.figure import Figure

    wide, high = picture.size
    (left, right), bottom, colours = picture.edges, picture.strips[-1].bottom, COLOURS
    figure = Figure(figsize=(wide / 72, (high + ABOVE) / 72), facecolor="none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, wide), ylim=(high, -ABOVE))
    axes.axis("off")

    def write(x: float, y: float, text: str, align: str = "center", **how: Any) -> None:
        axes.text(x, y, text, ha=align, va="baseline", color=colours["text"], **{"size": 10, **how})

    write(wide / 2, -4, title, size=12)
    for strip in picture.strips:
        write(left, strip.top - 5, strip.name, "left")
        write(right, strip.top - 5, f"{strip.worst} ulps", "right")
        axes.fill_between((left, right), strip.allowed, strip.bottom, color=colours["allowed"], linewidth=0)
        for y, written in strip.up:
            axes.plot((left, right), (y, y), color=colours["line"], linewidth=1)
            write(left - 6, y + 4, written, "right")
        for points, colour in ((strip.within, colours["within"]), (strip.beyond, colours["beyond"])):
            axes.plot([x for x, _ in points], [y for _, y in points], "o", color=colour, markersize=5, markeredgewidth=0)
    for x, written in picture.across:
        write(x, bottom + 16, written)
    write((left + right) / 2, bottom + 32, ALONG)
    write(12, (picture.strips[0].top + bottom) / 2, UP, rotation=90)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=144, metadata={"Software": None})
    return file.getvalue()


def template(name: str) -> jinja2.Template:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    ).get_template(name)  # fmt: skip


def of(profiles: Sequence[tuple[str, Profile]]) -> Picture:
    """What each name has in its report."""
    found = [(name, numbers(profile)) for name, profile in profiles]
    points = [pair for _, profile in found for pair in profile]
    magnitudes = [math.log10(abs(x)) for x, _ in points if x] or [0.0]
    low = max(math.floor(min(magnitudes)), -DRAWN_INPUTS)
    high = max(min(math.ceil(max(magnitudes)), DRAWN_INPUTS), low + 1)
    signs = sorted({(x > 0) - (x < 0) for x, _ in points} - {0}) or [1]
    left, right = Picture.edges
    middle = left if signs == [1] else right if signs == [-1] else (left + right) / 2
    reach = (right - left) / len(signs)

    def across(x: float) -> float:
        if x == 0:
            return middle
        share = (min(max(math.log10(abs(x)), low), high) - low) / (high - low)
        return middle + math.copysign(8 + share * (reach - 16), x)

    step = max(1, -(-(high - low) // (3 if len(signs) > 1 else 6)))
    places = [(sign, k) for sign in signs for k in range(high, low if len(signs) > 1 else low - 1, -step)]
    marks = [(across(sign * 10.0**k), f"{'-' if sign < 0 else ''}{_power(k)}") for sign, k in places]
    marks += [(middle, "0")] if len(signs) > 1 else []
    height = ROW if len(found) > 1 else ALONE
    tops = [k * (NAMED + height) + NAMED for k in range(len(found))]
    strips = tuple(_strip(*pair, top, height, across) for pair, top in zip(found, tops, strict=True))
    worst = [(name, *max(((e, x) for x, e in profile), default=(0.0, 0.0))) for name, profile in found]
    words = "; ".join(f"{name}: at most {league.ulps(e)} ulps{f', at {x:.3g}' if e else ''}" for name, e, x in worst)
    return Picture(strips, tuple(marks), words)


def numbers(profile: Profile) -> list[tuple[float, float]]:
    """Inputs and errors, in a report that anybody may have written: an error that is none counts as infinite."""
    pairs = [(float(x), float(error)) for x, error in profile]
    return [(x, math.inf if math.isnan(error) else max(error, 0.0)) for x, error in pairs if math.isfinite(x)]


def _strip(name: str, profile: Sequence[tuple[float, float]], top: float, height: float, across: Callable[[float], float]) -> Strip:
    def up(error: float) -> float:
        order = min(max(math.log10(error), LEAST), MOST) if error else LEAST
        return top + height - (order - LEAST) / (MOST - LEAST) * height

    def points(is_within: bool) -> Points:
        return tuple((round(across(x)), round(up(error))) for x, error in profile if (error <= E2_OF_B / 2) == is_within)

    step = 4 if height == ALONE else (MOST - LEAST) // 2
    marks = tuple((up(10.0**k), "0" if k == LEAST else _power(k)) for k in range(LEAST, MOST + 1, step))
    worst = league.ulps(max((error for _, error in profile), default=0.0))
    shown = name if len(name) <= NAME else f"{name[: NAME - 1]}\u2026"
    return Strip(shown, worst, top, top + height, marks, up(E2_OF_B / 2), points(True), points(False))


def _power(k: int) -> str:
    return {0: "1", 1: "10"}.get(k, f"1e{k}")
