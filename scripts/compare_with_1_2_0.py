"""Show that no answer of golden set 1.2.0 changed in this one: python scripts/compare_with_1_2_0.py OLD [NEW]

OLD is a folder of set 1.2.0 (`git archive 51d2aef golden | tar x -C DIR`). Every question of it must be asked in NEW, with the same
bits of value, gradient, Hessian and intervals, and the same residuals. Allowances K and sizes S that differ are counted beside.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from lossref import golden
from lossref.spec import identify


def rows(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    header, *found = map(json.loads, path.read_bytes().splitlines())
    return header, found


def listed(x: Any) -> list[Any]:
    return x if isinstance(x, list) else [x]


def answers(old: dict[str, Any]) -> tuple[Any, ...]:
    """The answers and the allowances of a row of set 1.2.0, as set 2.0.0 spells them."""
    value = (listed(old["value"]), listed(old["value_rest"]))
    gradient = (old["gradient"], old["gradient_rest"], old.get("box"))
    hessian = (old["hessian"], old["hessian_rest"]) if old.get("hessian") else None
    allowances = (listed(old["value_K"]), listed(old["value_S"]), old["gradient_K"], [old["gradient_S"]])
    return value, gradient, hessian, allowances


def main(old_folder: Path, new_folder: Path) -> int:
    counts: Counter[str] = Counter()
    for path in sorted(old_folder.rglob("*.jsonl")):
        header, found = rows(path)
        loss = header["loss"].removeprefix("calls/")
        (new_path,) = new_folder.glob(f"*/{loss}.{header['format']}.jsonl")
        new = {row["id"]: row for row in rows(new_path)[1]}
        for old in found:
            key = identify(loss, header["format"], old["inputs"], old["options"])
            counts["asked"] += 1
            if key not in new:
                counts["missing"] += 1
                print(f"missing: {loss} {header['format']} {old['id']} {old['flag']}")
                continue
            row = new[key]
            (slope,) = row["gradient"].values()
            bend = next(iter(row["hessian"].values()), None)
            value, gradient, hessian, allowances = answers(old)
            same = (row["value"]["rounded"], row["value"]["residual"]) == value
            same &= (slope["rounded"], slope["residual"], slope.get("interval")) == gradient
            if hessian is not None or "hessian" in old:
                same &= (None if bend is None else (bend["rounded"], bend["residual"])) == hessian
            if not same:
                counts["changed"] += 1
                print(f"changed: {loss} {header['format']} {old['id']} {old['flag']}")
            counts["other K or S"] += (row["value"]["K"], row["value"]["S"], slope["K"], slope["S"]) != allowances
    print(", ".join(f"{counts[what]} {what}" for what in ("asked", "missing", "changed", "other K or S")))
    return 1 if counts["missing"] or counts["changed"] else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else golden.folder()))
