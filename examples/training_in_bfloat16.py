"""Run with: python examples/training_in_bfloat16.py

What a lost tail costs: logistic regression on two classes that a line parts, with logits and slopes in bfloat16 and weights in float64.
Once with PyTorch's slopes, which are s(z) - y rounded at each step, and once with the exact slopes rounded once. Needs torch.
"""

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

import lossref

STEPS = (10, 100, 1_000, 10_000)
RATE = 1.0


def data():
    """Twenty points a class, on both sides of the line x + y = 0; the last number of each is 1, for the intercept."""
    k = np.arange(20)
    ones = np.stack([1 + (7 * k % 20) / 10, 1 + (3 * k % 20) / 10, np.ones(20)], axis=1)
    return np.concatenate([ones, ones * [-1, -1, 1]]), np.repeat([1.0, 0.0], 20)


def slopes_of_torch(logits, target):
    z = logits.clone().requires_grad_()
    binary_cross_entropy_with_logits(z, target, reduction="sum").backward()
    return z.grad.double().numpy()


def exact_slopes(logits, target):
    return lossref.gradient("sigmoid_cross_entropy", logits, target, dtype="bfloat16").astype(np.float64)


def trained(slopes):
    """The exact mean loss of each class, 1 and 0, after so many steps of gradient descent."""
    points, target = data()
    weights, losses = np.zeros(3), {}
    for step in range(1, STEPS[-1] + 1):
        logits = torch.from_numpy(points @ weights).to(torch.bfloat16)
        weights = weights - RATE * points.T @ slopes(logits, torch.from_numpy(target).to(torch.bfloat16)) / len(target)
        if step in STEPS:
            losses[step] = lossref.value("sigmoid_cross_entropy", points @ weights, target).reshape(2, -1).mean(axis=1)
    return losses


def main():
    found = {"PyTorch": trained(slopes_of_torch), "rounded once": trained(exact_slopes)}
    print(" steps" + "".join(f"{f'{name}, class {label}':>24}" for name in found for label in (1, 0)))
    for step in STEPS:
        print(f"{step:6}" + "".join(f"{loss:24.3e}" for losses in found.values() for loss in losses[step]))


if __name__ == "__main__":
    main()
