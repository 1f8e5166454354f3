"""The polynomials of a sweep round to what the oracle answers, at numbers of every binade, and their error bounds hold."""

import math
from collections import deque
from itertools import chain

import numpy as np
import pytest

from lossref import catalog
from lossref.batches import within
from lossref.exact import taylor
from lossref.exact.series import Series, working
from lossref.formats import FORMATS
from lossref.golden.write import certified
from lossref.stream import Stream
from lossref.sweeps.block import Tally, _exact
from lossref.sweeps.line import lines

SCALAR = [name for name in catalog.names() if not any(space.axes for space in catalog.get(name).arguments.values())]
LONG = {"geman_mcclure"}  # whose slope of float32 is a difference of wide balls far out: many pieces
REFUSED = ["cross_entropy_lambda"]  # where 1 - exp(-h) of an h far below the balls' precision is not told from 0


def exact_of(line, index):
    block = line.blocks[index]
    first, end = line.inside(block)
    yield from _exact(line, block, first, end, Tally(index))


@pytest.mark.whole
@pytest.mark.parametrize("name", ["bfloat16", "float16", "float8_e4m3fn", "float8_e5m2"])
@pytest.mark.sampled(SCALAR)
def test_short_formats_are_those_of_the_oracle(loss, name, listed):
    held = {parameter: of.default for parameter, of in loss.parameters.items() if isinstance(of.default, float)}
    held = {parameter: within(loss.spaces[parameter], FORMATS[name], x) for parameter, x in held.items()}
    (line,), misses = lines(loss, name, held), []
    draw = Stream(f"sweep/{loss.name}/{name}", FORMATS["float32"])
    for index in range(len(line.blocks)):
        for _, numbers, exact in exact_of(line, index):
            few = {draw.integer(0, len(numbers) - 1) for _ in range(6)} | {0, len(numbers) - 1}
            for i in sorted(few):
                misses += compared(line, numbers[i], {part: of.rounded[i] for part, of in exact.items()})
    listed(misses)


@pytest.mark.whole
@pytest.mark.sampled([name for name in SCALAR if name not in (*LONG, *REFUSED)])
def test_float32_is_that_of_the_oracle(loss, listed):
    (line,), misses = lines(loss, "float32"), []
    draw = Stream(f"sweep/{loss.name}/float32", FORMATS["float32"])
    for index, block in enumerate(line.blocks):
        first, end = line.inside(block)
        if index % 7 or first == end:
            continue
        for piece in line.curve.pieces(block.sign, first, end):
            x = line.curve.number(block.sign, piece.first + draw.integer(0, piece.end - piece.first - 1))
            if piece.parts is None or draw.integer(0, 7):
                continue
            rounded = {part: nearest(of, piece, x, line.form) for part, of in zip(("value", "gradient"), piece.parts, strict=True)}
            misses += compared(line, x, {part: y for part, y in rounded.items() if y is not None})
    listed(misses)


@pytest.mark.whole
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_decided_over_ranges_is_refused(name):
    (line,) = lines(catalog.get(name), "float32")
    pieces = (line.curve.pieces(block.sign, *line.inside(block)) for block in line.blocks)
    with pytest.raises(taylor.UnsweptError, match=f"the definition of {name} is not decided over ranges of prediction"):
        deque(chain.from_iterable(pieces), maxlen=0)


def nearest(polynomial, piece, x, form):
    """The number of the format, where rounding is not in doubt."""
    y, t = 0.0, math.ldexp(x - piece.middle, -piece.unit)
    for c in reversed(polynomial.coefficients):
        y = y * t + c
    ends = {form.nearest(y - polynomial.error), form.nearest(y + polynomial.error)}
    return ends.pop() if len(ends) == 1 else None


def compared(line, x, found):
    """Where polynomials and the oracle differ at one input: kinks, which have no single answer, are passed over."""
    vector = certified(line.loss, line.question(float(x)))
    if vector is None:  # far out the oracle refuses what it cannot settle, exp(exp(x)) say
        return
    for part, of in (("value", vector.answer.value), ("gradient", vector.answer.gradient[line.along])):
        if part in found and of.rounded is not None and of.interval is None and found[part] == found[part] and of.rounded[0] != found[part]:
            yield f"{part} at {float(x)!r}: {found[part]!r}, and the oracle {of.rounded[0]!r}"


@pytest.mark.parametrize("middle", [-90.0, -3.0, 0.4, 17.0, 1e20])
def test_a_wide_ball_holds_what_the_points_in_it_give(middle):
    loss = catalog.get("sigmoid_cross_entropy")
    with working(320, 4):
        from flint import arb

        wide, value = series_of(loss, arb(middle, abs(middle) / 8))
        for share in (-1, -0.5, 0, 0.3, 1):
            near, at = series_of(loss, arb(middle + abs(middle) / 8 * share))
            for a, b in ((value, at), (wide.derivative(value), near.derivative(at))):
                assert wide.collapsed(a.data)[0].overlaps(near.collapsed(b.data)[0])


def series_of(loss, x):
    series = Series(x, 4)
    return series, series.lift(loss.definition(series, logits=series.variable, target=series.lift(1.0)))


@pytest.mark.parametrize("name", ["sigmoid_cross_entropy", "poly_binary_cross_entropy"])
def test_the_answers_do_not_depend_on_the_pieces(name, monkeypatch):
    """Also where an answer lies beside the middle of two numbers by less than any float64 tells: 15/16 - exp(-12288) in 3 bits."""
    found = []
    for alone in (4, 64):
        monkeypatch.setattr(taylor, "ALONE", alone)
        of_each = []
        for line in lines(catalog.get(name), "float8_e5m2", across="target")[60:200:3]:
            rows = [of.rounded for index in range(2) for _, _, exact in exact_of(line, index) for of in exact.values()]
            of_each += [row.tobytes() for row in rows]
        found.append(of_each)
    assert found[0] == found[1]


def test_a_middle_is_decided_by_whatever_lies_beside_it():
    """The slope 15/16 - exp(-z) in 3 bits is rounded down, however small the exponential, or left open; never up."""
    line = next(x for x in lines(catalog.get("sigmoid_cross_entropy"), "float8_e5m2", across="target") if x.fixed["target"] == 0.0625)
    for index in range(2):
        for _, numbers, exact in exact_of(line, index):
            beside = numbers >= 64  # 15/16 is the middle of 7/8 and 1
            slopes = exact["gradient"].rounded[beside]
            assert set(slopes[~np.isnan(slopes)].tolist()) <= {0.875}


def test_what_is_far_out_costs_no_more_than_what_is_near():
    """Softplus from 2**20 to 2**127 is the input itself: one piece a binade."""
    (line,) = lines(catalog.get("softplus"), "float32")
    for exponent in (147, 200, 254):
        pieces = list(line.curve.pieces(1, exponent << 23, (exponent + 1) << 23))
        assert len(pieces) == 1
        assert len(pieces[0].parts[0].coefficients) == 2


@pytest.mark.parametrize("name", ["softplus", "log_cosh", "fair", "tanh"])
def test_error_bounds_hold_and_are_no_larger_than_they_need_be(name):
    """At random inputs of each piece against the ball at the point, whose radius is nothing."""
    (line,) = lines(catalog.get(name), "float32")
    draw, used = Stream(f"bounds/{name}", FORMATS["float32"]), 0.0
    for exponent in (100, 118, 126, 127, 128, 130, 133, 140):
        for piece in line.curve.pieces(-1, exponent << 23, (exponent + 1) << 23):
            if piece.parts is None:
                continue
            for _ in range(4):
                x = line.curve.number(-1, piece.first + draw.integer(0, piece.end - piece.first - 1))
                with working(400, 4):
                    from flint import arb

                    series, numbers = line.curve._numbers(arb(x), 2)
                    for polynomial, number in zip(piece.parts, numbers, strict=True):
                        t, y = np.float64(math.ldexp(x - piece.middle, -piece.unit)), np.float64(0.0)
                        for c in reversed(polynomial.coefficients):
                            y = y * t + c
                        off = abs(series.collapsed(number.data)[0] - float(y))
                        assert off <= polynomial.error
                        used = max(used, float(off) / polynomial.error if polynomial.error else 0.0)
    assert used > 1 / 1000


def test_the_numbers_of_each_format_are_all_there():
    counts = {"float32": 4_278_190_080, "bfloat16": 65_280, "float16": 63_488, "float8_e5m2": 248, "float8_e4m3fn": 254}
    for name, count in counts.items():
        (line,) = lines(catalog.get("softplus"), name)
        assert sum(block.end - block.first for block in line.blocks) == count
        assert FORMATS[name].decode(f"{line.blocks[0].end - 1:x}") > 0
