"""How cost grows with size: float64 code, exact answers, checks, golden vectors, sweeps. What is linear has the same figure in each column.

    python benchmarks/growth.py
    python benchmarks/growth.py --plot docs/growth.svg      # draws the table of docs/speed.md, and measures nothing
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from measuring import Report, console, draws, machine

import lossref
from lossref import catalog
from lossref.formats import FLOAT64
from lossref.golden import read, write
from lossref.golden.source import Source
from lossref.implementations.resolve import resolve
from lossref.judge.verdict import judge

DOCS = Path(__file__).resolve().parent.parent / "docs"


def seconds(run: Callable[[], Any], times: int = 3) -> float:
    """The least of a few times."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return min(found)


def row(report: Report, what: str, unit: str, costs: dict[int, float]) -> None:
    """The cost of a unit at each size, and how the last is to the first."""
    each = list(costs.values())
    shown = [f"{n:,}: {x:.3g}" for n, x in costs.items()]
    report.add(what, unit, *shown, *[""] * (3 - len(shown)), f"{each[-1] / each[0]:.2f}")


def plot(path: str) -> None:
    """Each row of the page as a line: flat where cost is linear in size."""
    from matplotlib import style
    from matplotlib.figure import Figure

    with style.context(DOCS / "pictures.mplstyle"):
        figure = Figure(figsize=(6, 6), layout="constrained")  # the legend below, to be read on a phone too
        axes = figure.subplots()
        for k, (what, costs) in enumerate(of_page().items()):
            axes.plot(list(costs), [cost / next(iter(costs.values())) for cost in costs.values()], "osD^v<>p"[k % 8] + "-", label=what)
        axes.set(xscale="log", yscale="log", xlabel="size", ylabel="cost of a unit, by that at the least size")
        axes.grid(alpha=0.3)
        figure.legend(fontsize="small", loc="outside lower center")
        figure.savefig(path, metadata={"Date": None})


def of_page() -> dict[str, dict[int, float]]:
    """The costs by size that the rows of docs/speed.md state."""
    table = (DOCS / "speed.md").read_text(encoding="utf-8").partition("| last / first |")[2].partition("\n\n")[0]
    series = {}
    for line in table.splitlines()[2:]:
        what, unit, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        pairs = [cell.replace(",", "").split(": ") for cell in cells if ": " in cell]
        series[f"{what} ({unit})"] = {int(n): float(cost) for n, cost in pairs}
    return series


def main() -> Report:
    console.print(machine())
    report = Report("Growth", ("what", "unit", "size: cost", "size: cost", "size: cost", "last / first"))
    draw, both = draws(), lossref.value_and_gradient
    pairs = {n: (draw.normal(0, 2, n), draw.integers(0, 2, n) * 1.0) for n in (10**4, 10**6, 10**7)}
    costs = {n: seconds(partial(both, "sigmoid_cross_entropy", *pair)) / n * 1e9 for n, pair in pairs.items()}
    row(report, "float64 sigmoid cross-entropy, value and gradient", "ns a number", costs)
    many = {k: (draw.normal(0, 3, (max(1, 500_000 // k), k)), draw.integers(0, k, max(1, 500_000 // k))) for k in (10, 1_000, 50_000)}
    costs = {k: seconds(partial(both, "softmax_cross_entropy", *rows)) / rows[0].size * 1e9 for k, rows in many.items()}
    row(report, "float64 softmax cross-entropy, by classes", "ns a logit", costs)
    exact = partial(lossref.oracle, "sigmoid_cross_entropy", 1.5, 1.0)
    row(report, "oracle, by digits", "us a digit", {n: seconds(partial(exact, digits=n)) / n * 1e6 for n in (30, 300, 3_000)})
    logits = {k: tuple(draw.normal(0, 3, k).tolist()) for k in (10, 100, 1_000)}
    costs = {k: seconds(partial(lossref.oracle, "softmax_cross_entropy", z, 0)) / k * 1e6 for k, z in logits.items()}
    row(report, "oracle, softmax cross-entropy, by components", "us a component", costs)
    loss, ours = catalog.get("huber"), resolve("lossref").implementations["huber"]
    vectors = read(loss, FLOAT64)
    counts = (len(vectors) // 16, len(vectors) // 4, len(vectors))
    row(report, "judging huber", "us a vector", {n: seconds(partial(judge, loss, ours, vectors[:n], FLOAT64)) / n * 1e6 for n in counts})
    asked = {n: Source("growth", n).questions(loss, FLOAT64) for n in (25, 100, 400)}
    costs = {len(few): seconds(partial(write.answered, loss, few, FLOAT64), 1) / len(few) * 1e6 for few in asked.values()}
    row(report, "certifying huber", "us a vector", costs)
    names = catalog.names()[::16]
    costs = {jobs: seconds(partial(sorted, write.contents(jobs, names)), 1) / len(names) for jobs in (1, 2)}
    row(report, "regenerating golden files, by workers", "s a loss", costs)
    some = [catalog.names()[::step] for step in (64, 32, 16)]
    costs = {len(few): seconds(partial(sorted, write.contents(1, few)), 1) / len(few) for few in some}
    row(report, "regenerating golden files, by losses", "s a loss", costs)
    formats = {"float8_e4m3fn": 254, "bfloat16": 65_280}
    costs = {n: seconds(partial(lossref.sweep, "softplus", format=form), 1) / n * 1e6 for form, n in formats.items()}
    row(report, "sweeping softplus", "us an input", costs)
    spread = {n: partial(lossref.sweep, "softplus", format="bfloat16", jobs=n) for n in (1, 2)}
    row(report, "sweeping softplus, by workers", "us an input", {n: seconds(run, 1) / 65_280 * 1e6 for n, run in spread.items()})
    report.show()
    return report


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", metavar="FILE", help="draw the table of docs/speed.md, as an SVG picture")
    if drawn := parser.parse_args().plot:
        plot(drawn)
    else:
        main()
