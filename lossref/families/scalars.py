"""Families of hard points of scalars: a residual, a margin, a logit, a probability, a function of one number."""

from __future__ import annotations

from lossref.spec import Hard
from lossref.stream import Stream

DECADES = 24  # steps in which an exponent runs over the format


def decade(d: Stream, steps: int = DECADES) -> float:
    """A number of either sign, its exponent in so many steps going up from where squares vanish to where they overflow."""
    half = max(d.format.bias // 2 - 2, 1)
    return d.sign() * d.magnitude(-half + 2 * half * (d.index % steps) // (steps - 1))


def approach(d: Stream) -> float:
    """From a quarter of where exp(-x) rounds away beside 1 to a little beyond, in twelve steps of two draws each."""
    return d.number(d.saturation * (0.25 + 0.075 * (d.index // 2)))


def _around(d: Stream) -> float:
    """1 off by 2^-1, 2^-2, ..., above and below in turn."""
    return d.number(1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index))


def residual(f: str, y: str) -> tuple[Hard, ...]:
    """Two real numbers whose difference counts."""
    return (
        Hard("corner", "kink", "residual 0 and one or two ulps beside it: at a corner any slope of the interval is right",
             lambda d: {y: (z := d.uniform(-8, 8)), f: d.nudged(z)}, 15),
        Hard("large_residual", "tail", "far off: powers are right to a rounding or two, whatever the size, and so are slopes",
             lambda d: {f: d.sign() * d.scaled(10, 40), y: d.uniform(-2, 2)}, 16),
        Hard("far", "tail", "farther still: a square that is formed and discarded overflows, and 0 times inf is NaN",
             lambda d: {f: d.sign() * d.scaled(10, 60), y: d.uniform(-2, 2)}, 10),
        Hard("decades", "tail", "residuals of every size whose square the format holds: a cap on residuals or squares shows",
             lambda d: {f: decade(d), y: 0.0}, DECADES),
        Hard("small_residual", "tail", "a tiny residual: sqrt(r^2 + eps) rounds it away, an absolute tolerance sees only 0",
             lambda d: {f: d.sign() * d.scaled(-60, -15), y: 0.0}, 16),
        Hard("close", "cancellation", "prediction close to target: the difference is exact, its digits are all there",
             lambda d: {y: (z := d.uniform(1, 1000)), f: d.format.step(z, d.integer(1, 1000))}, 20),
        Hard("offset", "cancellation", "a large common offset: only the difference matters",
             lambda d: {y: (z := d.scaled(15, 20)), f: d.number(z + d.uniform(-3, 3))}, 12),
        Hard("perfect", "ordinary", "a perfect prediction costs what it should to the last bit",
             lambda d: {f: (z := d.uniform(-100, 100)), y: z}, 4),
    )


def sides(f: str, y: str, share: str, called: str) -> tuple[Hard, ...]:
    """A residual each side of which costs its share: `share` too low, 1 - share too high; `called` is what people call the minima."""
    return (
        Hard("rare", "tail", "tau next to 0, where 1 - tau rounds to 1: the side that costs almost nothing does not cost nothing",
             lambda d: {y: d.uniform(-2, 2), f: d.uniform(-2, 2), share: d.scaled(-60, -5)}, 10),
        Hard("common", "tail", "tau next to 1: 1 - tau is exact, and what a prediction that is too high costs",
             lambda d: {y: d.uniform(-2, 2), f: d.uniform(-2, 2), share: d.number(1 - 2.0 ** -(2 + 5 * d.index % d.format.precision))}, 10),
        Hard("sides", "ordinary", f"the {called} people ask for, on either side: a residual of the other sign swaps tau and 1 - tau",
             lambda d: {y: (z := d.uniform(-2, 2)), f: d.number(z + d.cycle(1, -1) * d.uniform(0.5, 3)),
                        share: d.number((0.05, 0.1, 0.25, 0.75, 0.9, 0.95)[d.index // 2])}, 12),
    )


def tube(f: str, y: str, half: str, at_wall: str) -> tuple[Hard, ...]:
    """A residual that costs nothing up to `half`; `at_wall` says what is there."""
    return (
        Hard("wall", "kink", f"|r| = {half} and one or two ulps beside it: {at_wall}",
             lambda d: {y: 0.0, half: (x := (0.5, 1.0, 3.0)[d.index % 3]), f: d.sign() * d.nudged(x)}, 15),
        Hard("around_wall", "tail", f"|r| off {half} by 2^-1 to 2^-16 of it, both ways: a wall elsewhere shows",
             lambda d: {y: 0.0, f: d.sign() * d.number(1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index)), half: 1.0}, 16),
        Hard("near_wall", "cancellation", f"just beyond the tube: |r| - {half} is the small difference, exactly",
             lambda d: {y: 0.0, half: (x := d.uniform(0.1, 4)), f: d.sign() * d.format.step(x, d.integer(3, 4000))}, 12),
        Hard("within", "ordinary", "within the tube nothing costs, and there is no slope",
             lambda d: {y: (z := d.uniform(-2, 2)), f: d.number(z + d.uniform(-0.09, 0.09)), half: d.number(0.1)}, 8),
    )


def robust(f: str, y: str, scale: str, small: str, turn: str, far: str) -> tuple[Hard, ...]:
    """A residual whose square gives way beyond a scale; `small`, `turn` and `far` say what happens there."""
    unit = "c" if scale == "scale" else scale
    return (
        Hard("small", "cancellation", f"small residuals: {small}",
             lambda d: {f: d.sign() * d.scaled(-40, -2), y: 0.0, scale: d.cycle(1.0, 0.5, 8.0)}, 18),
        Hard("turn", "ordinary", f"residuals of about {unit}, where the square {turn}",
             lambda d: {y: 0.0, scale: (x := d.uniform(0.1, 10)), f: d.number(d.sign() * x * d.uniform(0.25, 4))}, 12),
        Hard("line", "tail", f"far off: {far}",
             lambda d: {f: d.sign() * d.scaled(10, 100), y: d.uniform(-2, 2), scale: d.scaled(-40, 4)}, 10),
    )


def margin(f: str, y: str) -> tuple[Hard, ...]:
    """A score and a sign: f y is large where the loss is small."""
    return (
        Hard("margin", "kink", "y f = 1 and one or two ulps beside it: at a corner any slope of the interval is right",
             lambda d: {y: (s := d.cycle(1.0, -1.0)), f: s * d.nudged(1.0)}, 10),
        Hard("undecided", "kink", "score 0 and one or two of the least numbers beside it: at a corner any slope of the interval is right",
             lambda d: {y: d.cycle(1.0, -1.0), f: d.nudged(0.0)}, 10),
        Hard("sure_and_right", "tail", "far on the right side: 1 + exp(-|f|) rounds to 1, exp(-|f|) is small, not 0",
             lambda d: {y: (s := d.sign()), f: s * d.uniform(d.saturation, d.underflow - 1)}, 16),
        Hard("round_score", "tail", "scores people type, on the right side: from 37 on (float32: 17) 1 + exp(-|f|) rounds to 1",
             lambda d: {y: d.cycle(1.0, -1.0), f: d.cycle(1.0, -1.0) * (15.0, 20.0, 37.0, 40.0, 80.0)[d.index // 2]}, 10),
        Hard("sure_and_wrong", "tail", "far on the wrong side: exp overflows, logarithms of it do not",
             lambda d: {y: (s := d.sign()), f: -s * d.uniform(d.saturation / 2, 2 * d.underflow)}, 14),
        Hard("last_subnormal", "tail", "exp(-|f|) is a subnormal number or half of one",
             lambda d: {y: (s := d.sign()), f: s * d.uniform(d.underflow - 12, d.underflow + 2)}, 6),
        Hard("lost_digits", "cancellation", "digits of exp(-|f|) vanish in 1 + exp(-|f|), and log gives back the others; either side",
             lambda d: {y: (s := d.sign()), f: d.cycle(s, -s) * d.uniform(d.saturation / 4, d.saturation)}, 16),
        Hard("approach", "tail", "step by step to where exp(-|f|) rounds away: a threshold beyond which code gives up shows",
             lambda d: {y: d.sign(), f: d.cycle(1.0, -1.0) * approach(d)}, 24),
        Hard("tiny_score", "tail", "a score below the ulp of 1: 1 - y f rounds to 1, and its slope is whole",
             lambda d: {y: d.sign(), f: d.sign() * d.scaled(-60, -20)}, 8),
        Hard("wrong_side", "tail", "far on the wrong side: a line stays a line",
             lambda d: {y: (s := d.sign()), f: -s * d.scaled(10, 60)}, 12),
        Hard("right_side", "tail", "far on the right side: a hinge is exactly 0 there, and so is its slope",
             lambda d: {y: (s := d.sign()), f: s * d.scaled(1, 60)}, 12),
        Hard("within_margin", "ordinary", "right by less than 1: a margin costs, a perceptron does not",
             lambda d: {y: (s := d.sign()), f: s * d.uniform(0.01, 1)}, 10),
        Hard("near_margin", "cancellation", "y f just below 1: 1 - y f is the small difference, exactly",
             lambda d: {y: (s := d.sign()), f: s * d.format.step(1.0, -d.integer(3, 4000))}, 12),
        Hard("around_margin", "tail", "y f off 1 by 2^-1 to 2^-40, both ways: a margin elsewhere shows",
             lambda d: {y: (s := d.sign()), f: s * _around(d)}, 40),
        Hard("barely_wrong", "tail", "a tiny score of the wrong sign: a perceptron's loss is tiny, its slope is whole",
             lambda d: {y: (s := d.sign()), f: -s * d.scaled(-60, -10)}, 16),
        Hard("barely_right", "tail", "a tiny score of the right sign: a perceptron's loss is 0, with no slope, not half of one",
             lambda d: {y: (s := d.sign()), f: s * d.scaled(-60, -10)}, 10),
    )


def logit(z: str, y: str) -> tuple[Hard, ...]:
    """A logit and the probability of the label 1."""
    return (
        Hard("hard_label", "ordinary", "a label of 0 or 1 and a moderate logit",
             lambda d: {z: d.uniform(-8, 8), y: d.cycle(0.0, 1.0)}, 10),
        Hard("undecided", "ordinary", "a logit of 0, where every model that starts from zero is, and each label",
             lambda d: {z: 0.0, y: d.cycle(0.0, 1.0)}, 2),
        Hard("sure_and_right", "tail", "1 + exp(-|z|) rounds to 1: what is left of the loss and its slope is exp(-|z|), not 0",
             lambda d: {y: (t := d.cycle(0.0, 1.0)), z: (2 * t - 1) * d.uniform(d.saturation, d.underflow)}, 16),
        Hard("round_logit", "tail", "logits people type: from 37 on (float32: 17) 1 + exp(-|z|) rounds to 1, the loss is not 0",
             lambda d: {y: (t := d.cycle(0.0, 1.0)), z: (2 * t - 1) * d.cycle(15.0, 20.0, 37.0, 40.0, 100.0)}, 10),
        Hard("sure_and_wrong", "tail", "a large logit against its label: exp overflows, the loss does not; a clipped p stops it",
             lambda d: {y: (t := d.cycle(0.0, 1.0)), z: (1 - 2 * t) * d.uniform(d.saturation / 2, 2 * d.underflow)}, 12),
        Hard("last_subnormal", "tail", "the loss is about a subnormal number or half of one",
             lambda d: {y: (t := d.cycle(0.0, 1.0)), z: (2 * t - 1) * d.uniform(d.underflow - 12, d.underflow + 2)}, 6),
        Hard("approach", "tail", "step by step to where exp(-|z|) rounds away: a threshold beyond which code gives up shows",
             lambda d: {y: d.cycle(0.0, 1.0, 1.0, 0.0), z: d.cycle(1.0, -1.0) * approach(d)}, 24),
        Hard("balanced", "cancellation", "s(z) close to y: the slope is a small difference, its sign must be right",
             lambda d: {z: (x := d.uniform(-3, 3)), y: d.exactly(lambda m: 1 / (1 + m.exp(-m.lift(x))))}, 16),
        Hard("almost_one", "cancellation", "a soft label next to 1 and a large logit: z - y z cancels",
             lambda d: {y: d.format.step(1.0, -d.integer(1, 9)), z: d.uniform(d.saturation / 2, d.underflow)}, 8),
        Hard("almost_hard", "tail", "soft labels from 1/4 to a hair beside 0 or 1: rounded to hard ones they show",
             lambda d: {y: d.cycle(2.0 ** -(2 + d.index // 2), 1 - 2.0 ** -(2 + d.index // 2)), z: d.sign() * d.uniform(5, 15)}, 24),
    )


def probability(p: str, y: str) -> tuple[Hard, ...]:
    """A probability, and that of the label 1."""
    return (
        Hard("hard_label", "ordinary", "a label of 0 or 1: one logarithm must vanish, 0 log 0 included",
             lambda d: {p: d.uniform(0.01, 0.99), y: d.cycle(0.0, 1.0)}, 10),
        Hard("sure_and_right", "tail", "p close to its label: the loss is about p; log(1 - p) loses it, a clip at eps replaces it",
             lambda d: {p: d.scaled(-60, -10), y: 0.0}, 14),
        Hard("sure_and_wrong", "tail", "p close to the other label: the loss grows without end; clips at 1e-7 or -100 stop it",
             lambda d: {p: d.scaled(-60, -10), y: 1.0}, 10),
        Hard("near_one", "tail", "p a few ulps below 1: 1 - p is exact and small, clipping at 1 - eps moves it",
             lambda d: {p: d.format.step(1.0, -(1 + d.index * d.index)), y: d.cycle(0.0, 1.0)}, 12),
        Hard("corner", "tail", "p exactly 0 or 1: the matching label costs 0, the other infinity",
             lambda d: {p: d.cycle(0.0, 1.0, 0.0, 1.0, 0.0, 1.0), y: d.cycle(0.0, 0.0, 1.0, 1.0, 0.5, 0.5)}, 6),
        Hard("near_target", "cancellation", "p within some ulps of a soft label: the gradient is a small difference",
             lambda d: {y: (t := d.uniform(0.05, 0.95)), p: d.format.step(t, d.integer(-1000, 1000))}, 16),
        Hard("almost_hard", "tail", "soft labels from 1/4 to a hair beside 0 or 1: rounded to hard ones they show",
             lambda d: {y: d.cycle(2.0 ** -(2 + d.index // 2), 1 - 2.0 ** -(2 + d.index // 2)), p: d.uniform(0.01, 0.99)}, 24),
    )


def scalar(x: str) -> tuple[Hard, ...]:
    """A function of one real number."""
    return (
        Hard("corner", "kink", "0 and one or two of the least numbers beside it: at a corner any slope of the interval is right",
             lambda d: {x: d.nudged(0.0)}, 5),
        Hard("left_tail", "tail", "far to the left: 1 + exp(x) rounds to 1, exp(x) is small, not 0, to the last subnormal",
             lambda d: {x: -d.uniform(d.saturation, d.underflow - 1)}, 16),
        Hard("right_tail", "cancellation", "far to the right: what rounds to 1 has a distance from it, exp(-x), and a slope",
             lambda d: {x: d.uniform(d.saturation, d.underflow - 1)}, 16),
        Hard("lost_digits", "cancellation", "right of the middle: a number next to 1 keeps only some digits of its distance from it",
             lambda d: {x: d.uniform(d.saturation / 4, d.saturation)}, 16),
        Hard("approach", "tail", "step by step to where exp(-|x|) rounds away: a threshold beyond which code gives up shows",
             lambda d: {x: d.cycle(1.0, -1.0) * approach(d)}, 24),
        Hard("round_number", "tail", "numbers that people type, on either side",
             lambda d: {x: d.cycle(1.0, -1.0) * (5.0, 10.0, 20.0, 37.0, 40.0, 80.0)[d.index // 2]}, 12),
        Hard("last_subnormal", "tail", "exp(x) is a subnormal number or half of one",
             lambda d: {x: d.uniform(2 - d.underflow, -2 - d.underflow)}, 6),
        Hard("overflow", "tail", "exp(|x|) overflows: inf / inf, or 0 where the value is a subnormal number",
             lambda d: {x: d.cycle(1, -1) * d.uniform(0.9 * d.underflow, 4 * d.underflow)}, 10),
        Hard("middle", "cancellation", "next to 0: the value is next to that of 0, or to x",
             lambda d: {x: d.sign() * d.scaled(-50, -5)}, 8),
        Hard("positive", "tail", "large positive numbers: a cap shows",
             lambda d: {x: d.scaled(3, 60)}, 14),
        Hard("negative", "tail", "large negative numbers: what vanishes there is exactly 0, no leak",
             lambda d: {x: -d.scaled(3, 60)}, 14),
        Hard("small_positive", "tail", "tiny positive numbers: smooth substitutes of a corner show",
             lambda d: {x: d.scaled(-60, -5)}, 14),
        Hard("small_negative", "tail", "tiny negative numbers: smooth substitutes of a corner show",
             lambda d: {x: -d.scaled(-60, -5)}, 14),
    )


def nonpositive(x: str) -> tuple[Hard, ...]:
    """A function of one logarithm of a probability."""
    return (
        Hard("next_to_0", "cancellation", "next to 0: 1 - exp x cancels, and is 0 below half an ulp of 1",
             lambda d: {x: -d.scaled(-60, -5)}, 20),
        Hard("far_out", "tail", "far out: 1 - exp x rounds to 1, exp x is small, not 0",
             lambda d: {x: -d.uniform(d.saturation, d.underflow - 1)}, 16),
        Hard("lost_digits", "tail", "on the way out: digits of exp x vanish in 1 - exp x",
             lambda d: {x: -d.uniform(d.saturation / 4, d.saturation)}, 12),
        Hard("last_subnormal", "tail", "exp x is a subnormal number or half of one",
             lambda d: {x: -d.uniform(d.underflow - 2, d.underflow + 2)}, 6),
    )
