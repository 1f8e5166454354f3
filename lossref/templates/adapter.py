"""Losses for lossref to judge: `lossref check "cmd:python adapter.py"` starts this (`lossref protocol` explains it)."""

import json
import sys
from math import copysign, exp, frexp, fsum, inf, isnan, ldexp, log1p, nan
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
FORMATS = {  # their bits in all, and those after the leading 1
    "float64": (64, 52), "float32": (32, 23), "bfloat16": (16, 7), "float16": (16, 10),
    "float8_e5m2": (8, 2), "float8_e4m3fn": (8, 3),
}


def about(form: str) -> tuple[int, int, int, bool, int]:
    """Also the bias, whether it has infinities, and the bits above the largest number's: infinity, or the one NaN."""
    width, digits = FORMATS[form]
    bias, has_infinity = (1 << (width - 2 - digits)) - 1, form != "float8_e4m3fn"
    return width, digits, bias, has_infinity, (2 * bias + 1) << digits if has_infinity else (1 << (width - 1)) - 1


def decode(x: Any, form: str) -> Any:
    if isinstance(x, list):
        return [decode(y, form) for y in x]
    if isinstance(x, int):
        return x
    width, digits, bias, has_infinity, beyond = about(form)
    sign, bits = divmod(int(x, 16), 1 << (width - 1))
    exponent, steps = divmod(bits, 1 << digits)
    if bits >= beyond:
        return (-inf if sign else inf) if bits == beyond and has_infinity else nan
    number = ldexp(steps + ((1 << digits) if exponent else 0), max(exponent, 1) - bias - digits)
    return -number if sign else number


def encode(x: Any, form: str) -> Any:
    """Rounded to the nearest number, ties to even."""
    if isinstance(x, list):
        return [encode(y, form) for y in x]
    width, digits, bias, has_infinity, beyond = about(form)
    bits = beyond + (1 << (digits - 1) if has_infinity and isnan(x) else 0)
    if abs(x) < inf:
        exponent = max(frexp(x)[1] - 1, 1 - bias) if x else 1 - bias
        bits = min(((exponent - 1 + bias) << digits) + round(ldexp(abs(x), digits - exponent)), beyond)
    return f"{bits + (1 << (width - 1) if copysign(1.0, x) < 0 else 0):0{width // 4}x}"


def reduced(answers: list[Any], part: str, reduction: str) -> list[Any]:
    divisor = len(answers) if reduction == "mean" else 1
    if part == "value" and reduction != "none":
        return [fsum(answers) / divisor]
    return [[y / divisor for y in x] if isinstance(x, list) else x / divisor for x in answers]


def hello() -> dict[str, Any]:
    named = {"name": "mine", "language": "Python", "version": "1", "command": "python adapter.py"}
    losses = {name: {"parts": list(parts)} for name, parts in LOSSES.items()}
    for name, options in OPTIONS.items():
        losses[name]["options"] = options
    return {"type": "hello", "protocol": 2, **named, "formats": list(FORMATS), "losses": losses}


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
        inputs = {name: decode(batch, form) for name, batch in message["inputs"].items()}
        options = {name: decode(x, form) for name, x in message["options"].items()}
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
