"""Sums and means of many weighted terms, as ratios to `math.fsum` of as many numbers in a list: seconds of the processor, in turns.

    python benchmarks/sums.py [--terms N] [--rounds N]
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable

import numpy as np

import lossref


def seconds(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--terms", type=int, default=10**7, metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    given = parser.parse_args()
    source = np.random.default_rng(0)
    terms, weights = source.uniform(-4, 4, given.terms), source.uniform(0, 4, given.terms)
    listed, zeros = terms.tolist(), np.zeros(given.terms)

    def call(reduction: str) -> Callable[[], object]:
        return lambda: lossref.value("absolute_error", terms, zeros, reduction=reduction, sample_weight=weights)

    runs = {"math.fsum": lambda: math.fsum(listed), "weighted sum": call("sum"), "weighted mean": call("mean")}
    least = dict.fromkeys(runs, math.inf)
    for _ in range(given.rounds):
        least = {name: min(least[name], seconds(run)) for name, run in runs.items()}
    for name, found in least.items():
        print(f"{name:14} {found:8.3f} s   {found / least['math.fsum']:6.2f}")


if __name__ == "__main__":
    main()
