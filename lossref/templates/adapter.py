"""Losses for lossref to judge: `lossref check "cmd:python adapter.py"` starts this (`lossref protocol` explains it)."""

import ctypes
import json
import struct
import sys
from math import exp, fsum, log1p
from typing import Any

# EDIT HERE: your functions. `lossref list` names the losses, `lossref show huber` has the inputs and options of one.
# A call is for one example, by those names, and returns a number, or a list for a gradient in a vector. It raises
# DeclinedError with a reason where you do not take the question: the batch is left out, and counted, not judged.


class DeclinedError(Exception):
    pass


def softplus(x: float) -> float:
    return max(x, 0.0) + log1p(exp(-abs(x)))


def sigmoid(x: float) -> float:
    return (exp(x) if x < 0 else 1.0) / (1.0 + exp(-abs(x)))


def sigmoid_value(logits: float, target: float) -> float:
    # if target not in (0.0, 1.0): raise DeclinedError("hard labels only")
    no, yes = 1.0 - target, target  # two terms of one sign: nothing cancels; a label of 0 or 1 leaves one of them
    return (no * softplus(logits) if no else 0.0) + (yes * softplus(-logits) if yes else 0.0)


def sigmoid_gradient(logits: float, target: float) -> float:
    return (1.0 - target) * sigmoid(logits) - target * sigmoid(-logits)


def softmax(logits: list[float], target: int) -> tuple[float, list[float]]:
    top = logits.index(max(logits))
    weights = [0.0 if j == top else exp(z - logits[top]) for j, z in enumerate(logits)]
    rest = fsum(weights)  # without the largest, 1, in which small ones would drown
    value = (0.0 if target == top else logits[top] - logits[target]) + log1p(rest)
    weights[top] = 1.0
    weights[target] = -fsum(weights[:target] + weights[target + 1 :])  # p - 1, without a difference
    return value, [w / (1.0 + rest) for w in weights]


LOSSES: dict[str, dict[str, Any]] = {
    "sigmoid_cross_entropy": {"value": sigmoid_value, "gradient": sigmoid_gradient},
    "softmax_cross_entropy": {"value": lambda logits, target: softmax(logits, target)[0],
                              "gradient": lambda logits, target: softmax(logits, target)[1]},
}
# The losses that take a whole batch too: what they take of `lossref protocol`, and then their parameters as well.
OPTIONS = {"sigmoid_cross_entropy": ["reduction"]}

# The rest can stay as it is.


def decode(x: Any) -> Any:
    if isinstance(x, list):
        return [decode(y) for y in x]
    return x if isinstance(x, int) else struct.unpack(">d" if len(x) == 16 else ">f", bytes.fromhex(x))[0]


def encode(x: Any, form: str) -> Any:
    if isinstance(x, list):
        return [encode(y, form) for y in x]
    return (struct.pack(">d", x) if form == "float64" else struct.pack(">f", ctypes.c_float(x).value)).hex()


def reduced(answers: list[Any], part: str, reduction: str) -> list[Any]:
    divisor = len(answers) if reduction == "mean" else 1
    if part == "value" and reduction != "none":
        return [fsum(answers) / divisor]
    return [[y / divisor for y in x] if isinstance(x, list) else x / divisor for x in answers]


def hello() -> dict[str, Any]:
    about = {"name": "mine", "language": "Python", "version": "1", "command": "python adapter.py"}
    losses = {name: {"parts": list(parts)} for name, parts in LOSSES.items()}
    for name, options in OPTIONS.items():
        losses[name]["options"] = options
    return {"type": "hello", "protocol": 2, **about, "formats": ["float64", "float32"], "losses": losses}


def answer(message: dict[str, Any]) -> dict[str, Any]:
    if message["type"] == "hello":
        return hello()
    head, loss, part, form = {"sequence": message["sequence"]}, message["loss"], message["part"], message["format"]
    function = LOSSES.get(loss, {}).get(part)
    if function is None:
        return {"type": "unsupported", **head, "reason": "not in LOSSES"}
    if "reduction" in message["options"] and (other := message["options"].keys() - OPTIONS.get(loss, ())):
        return {"type": "unsupported", **head, "reason": f"no {', '.join(sorted(other))}"}
    try:
        reduction = message["options"].pop("reduction", "none")
        inputs = {name: decode(batch) for name, batch in message["inputs"].items()}
        options = {name: decode(x) for name, x in message["options"].items()}
        examples = [dict(zip(inputs, row, strict=True)) for row in zip(*inputs.values(), strict=True)]
        answers = encode(reduced([function(**example, **options) for example in examples], part, reduction), form)
    except DeclinedError as reason:
        return {"type": "unsupported", **head, "reason": str(reason)}
    except Exception as error:
        return {"type": "error", **head, "message": f"{type(error).__name__}: {error}"[:2000]}
    return {"type": "result", **head, "answer": answers}


if __name__ == "__main__":
    answers_go_to, sys.stdout = sys.stdout, sys.stderr  # what a function prints is no message
    for line in sys.stdin:
        if (received := json.loads(line))["type"] == "bye":
            break
        print(json.dumps(answer(received)), file=answers_go_to, flush=True)
