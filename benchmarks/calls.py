"""What reductions and weights cost: value and gradient of a call by those of the same examples unreduced, in turns.

Sums and means are correctly rounded whatever the sizes and the order, which `math.fsum` does for sums without weights; with `exact=False`
they are compensated, for which the goal is.

    python benchmarks/calls.py [--sizes 1000,1000000]
"""

from __future__ import annotations

import argparse
import math
from functools import partial

from measuring import Report, console, draws, in_turns, machine, ratio

import lossref

GOAL = 2.0


def main() -> Report:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,100000,1000000", metavar="N,N")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    given = parser.parse_args()
    console.print(machine())
    report = Report("Calls: value and gradient, by the unreduced call", ("loss", "size", "call", "measured"))
    for n in map(int, given.sizes.split(",")):
        draw = draws()
        x, labels, weights = draw.normal(0, 2, n), draw.integers(0, 2, n) * 1.0, draw.uniform(0, 4, n)
        for loss in ("sigmoid_cross_entropy", "squared_error"):
            both = partial(lossref.value_and_gradient, loss, x, labels)
            mean = partial(both, reduction="mean")
            weighted = partial(mean, sample_weight=weights)
            calls = {"mean, exact=False": partial(mean, exact=False), "weighted mean, exact=False": partial(weighted, exact=False)}
            times = in_turns({"unreduced": both, "mean": mean, "weighted mean": weighted, **calls}, given.rounds)
            for call in (*calls, "mean", "weighted mean"):
                r = ratio(times[call], times["unreduced"])
                report.add(loss, f"{n:,}", call, f"{r:.2f}", measured=r, goal=GOAL if call in calls and n >= 100_000 else None)
        listed, zeros = x.tolist(), x * 0.0
        runs = {"fsum": partial(math.fsum, listed), "sum": partial(lossref.value, "absolute_error", x, zeros, reduction="sum")}
        times = in_turns(runs, given.rounds)
        report.add("absolute_error", f"{n:,}", "value of a sum, by math.fsum of a list", f"{ratio(times['sum'], times['fsum']):.2f}")
    report.show()
    return report


if __name__ == "__main__":
    main()
