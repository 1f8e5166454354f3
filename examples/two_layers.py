"""Run with: python examples/two_layers.py

Two layers, an input of three numbers and one sigmoid output, trained on four samples: the fragment with `nonlin`.

    error = y - a,      weights += X^T (error * a (1 - a))

This is gradient descent on the quadratic cost, sum of (y - a)^2 / 2, with learning rate 1.
"""

import numpy as np

import lossref

INPUTS = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
TARGETS = np.array([[0, 0, 1, 1]]).T
STEPS = 10_000


def show(label, *numbers):
    print(f"{label:<46}", *(f"{float(x):.17g}" for x in numbers))


def nonlin(x, derivative=False):
    """The sigmoid of x; its derivative where x is already the OUTPUT of the sigmoid."""
    if derivative:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))


def train():
    """The network's outputs in the last step."""
    weights = 2 * np.random.RandomState(1).random_sample((3, 1)) - 1  # between -1 and 1
    for _ in range(STEPS):
        outputs = nonlin(INPUTS @ weights)
        weights += INPUTS.T @ ((TARGETS - outputs) * nonlin(outputs, derivative=True))
    return outputs.ravel()


def main():
    print(f"Targets {TARGETS.ravel().tolist()}, outputs after {STEPS} steps:")
    show("outputs", *train())

    print("\nnonlin(x, True) takes the output of the sigmoid. The slope at z = 2:")
    show("nonlin(2, True), wrong", nonlin(2, derivative=True))
    show("nonlin(nonlin(2), True), right", nonlin(nonlin(2), derivative=True))
    show("by lossref", lossref.hessian("sigmoid_cross_entropy", 2, 0))  # it is s (1 - s)


if __name__ == "__main__":
    main()
