"""Makes of a recorded run the answers that the readers grade, with the standard library alone.

lossref check scipy --record run.jsonl && python answers.py run.jsonl > answers.txt
python answers.py vectors.jsonl results.jsonl > answers.txt
"""

import hashlib
import json
import sys
from typing import Any


def identify(run: dict[str, Any], inputs: dict[str, Any]) -> str:
    """The id of a golden row: a hash of what it asks."""
    question = [run["loss"], run["format"], inputs, run["options"]]
    return hashlib.sha256(json.dumps(question, separators=(",", ":"), sort_keys=True).encode()).hexdigest()[:12]


def flat(nested: Any) -> list[str]:
    return [bits for inner in nested for bits in flat(inner)] if isinstance(nested, list) else [nested]


def lines(run: dict[str, Any], reply: dict[str, Any]) -> dict[str, str]:
    """A line for each vector that was asked, by its id and part; a whole call is one vector, and a batch has many."""
    is_call = "reduction" in run["options"]
    rows = zip(*run["inputs"].values(), strict=False)
    examples = [run["inputs"]] if is_call else [dict(zip(run["inputs"], row, strict=True)) for row in rows]
    found = reply.get("answer")
    each = [found[name] for name in run["inputs"] if name in found] if isinstance(found, dict) else [found]
    failed = reply["type"] != "result"
    return {
        f"{identify(run, example)} {run['part']}": " ".join(
            [] if failed else [bits for one in each for bits in flat(one if is_call else one[i])]
        )
        for i, example in enumerate(examples)
    }


def main(paths: list[str]) -> None:
    runs: dict[int, dict[str, Any]] = {}
    replies: dict[int, dict[str, Any]] = {}
    for path in paths:
        with open(path, encoding="ascii") as file:
            for message in map(json.loads, file):
                if "sequence" in message:
                    (runs if message["type"] == "run" else replies)[message["sequence"]] = message
    answers: dict[str, str] = {}
    for number, run in runs.items():
        if replies[number]["type"] != "unsupported":  # what is declined is left out
            answers |= lines(run, replies[number])  # what is asked again alone takes the place of its batch
    for key, numbers in answers.items():
        print(key, numbers)


if __name__ == "__main__":
    main(sys.argv[1:])
