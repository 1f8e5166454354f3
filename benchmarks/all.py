"""Every benchmark, one after the other, and what of the goals is met; less than a quarter of an hour on two processors.

    python benchmarks/all.py
"""

from __future__ import annotations

import sys
import time

import calls
import engine
import growth
import oracle
import using
from measuring import console


def main() -> None:
    sys.argv, start = sys.argv[:1], time.perf_counter()
    reports = [made() for made in (engine.main, calls.main, oracle.main, using.main, growth.main)]
    met, missed = sum(report.met for report in reports), [line for report in reports for line in report.missed]
    console.print(f"{met} of {met + len(missed)} goals met, in {time.perf_counter() - start:.0f} s")
    for line in missed:
        console.print(f"missed  {line}")


if __name__ == "__main__":
    main()
