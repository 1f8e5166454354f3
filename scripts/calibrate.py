"""Measure again what the grades rest on: E2 and E3 of right, framework, textbook and broken code, on fresh points.

    python scripts/calibrate.py [--seed TEXT] [--losses NAME ...] [--format float64 float32]

Points come from the same families as the golden set, with another seed: no golden vector takes part. For each loss, format,
part and kind of code the worst region decides; the summary says where the thresholds (E2 = 8 for B, E3 = 16 for C) lie
between right and wrong code. A run takes some minutes; the figures belong in the commit that changes a threshold.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator

from rich.console import Console
from rich.progress import track
from rich.table import Table

from lossref import catalog, golden
from lossref.formats import FORMATS
from lossref.golden import write
from lossref.implementations import resolve
from lossref.judge.measure import E2_OF_B, E3_OF_C, meets
from lossref.judge.verdict import PartVerdict, judge
from lossref.mutants import Mutant, of_loss
from lossref.spec import APART


def measured(losses: list[str], forms: list[str], seed: str) -> Iterator[tuple[str, str, Mutant | None, PartVerdict]]:
    """(format, loss, mutant, verdict on one part), for the mutants and for our own code."""
    ours = resolve("lossref").implementations
    for name in track(losses, description="calibrating", console=Console(stderr=True)):
        loss = catalog.get(name)
        for form in map(FORMATS.__getitem__, forms):
            vectors = write.vectors(loss, form, seed=seed)  # as in the golden set, from other draws
            for verdict in judge(loss, ours[name], vectors, form).parts.values():
                yield form.name, name, None, verdict
            for mutant in (m for m in of_loss(name) if m.judged):
                for verdict in judge(loss, mutant.implementation(), vectors, form).parts.values():
                    yield form.name, name, mutant, verdict


def worst(verdict: PartVerdict, measure: str) -> float:
    return float(max(getattr(e, measure) for o in verdict.outcomes if o.vector.region not in APART for e in o.errors))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", default="calibration")
    parser.add_argument("--losses", nargs="+", choices=catalog.names(), default=list(catalog.names()), metavar="NAME")
    parser.add_argument("--format", nargs="+", choices=golden.SHIPPED_FORMATS, default=list(golden.SHIPPED_FORMATS))
    given = parser.parse_args()
    kinds: dict[str, list[tuple[float, float, str, str]]] = defaultdict(list)
    wrong: dict[tuple[str, str], list[str]] = defaultdict(list)
    for form, loss, mutant, verdict in measured(given.losses, given.format, given.seed):
        label = f"{loss} {verdict.part} {form} {mutant.name if mutant else ''}".strip()
        kinds[mutant.kind if mutant else "lossref"].append((worst(verdict, "E2"), worst(verdict, "E3"), verdict.headline(), label))
        if mutant and mutant.is_wrong:
            wrong[form, f"{loss} {mutant.name}"].append(verdict.headline())
    table = Table("code", "parts", "worst E2", "worst E3", "below B", "below C", "what decides E2", box=None)
    for kind, rows in kinds.items():
        low = [sum(not meets(grade, level) for _, _, grade, _ in rows) for level in ("B", "C")]
        decided = max(rows)
        table.add_row(kind, str(len(rows)), f"{decided[0]:.3g}", f"{max(r[1] for r in rows):.3g}", *map(str, low), decided[3])
    console = Console(width=140)
    console.print(table)
    passed = {level: [key for key, grades in wrong.items() if all(meets(g, level) for g in grades)] for level in ("B", "C")}
    console.print(f"{len(wrong)} wrong implementations: {len(passed['B'])} pass B {passed['B']}, {len(passed['C'])} pass C {passed['C']}")
    right = kinds["lossref"] + kinds["right"]
    console.print(
        f"right code: E2 up to {max(r[0] for r in right):.3g} (threshold {E2_OF_B}), "
        f"E3 up to {max(r[1] for r in right):.3g} (threshold {E3_OF_C})"
    )
    flagged = [row[3] for row in right if not meets(row[2], "B")]
    console.print(f"right code below B: {flagged or 'none'}")
    return int(bool(flagged or passed["B"]))


if __name__ == "__main__":
    sys.exit(main())
