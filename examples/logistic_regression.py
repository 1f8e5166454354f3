"""Run with: python examples/logistic_regression.py

Logistic regression on three samples: the risk J, its gradient in theta, and the decision for class 1.

    J(theta) = (1/m) sum_i L(z_i, y_i),      z = X theta,      dJ/dtheta_j = (1/m) sum_i (s(z_i) - y_i) x_ij

L is sigmoid cross-entropy, m the number of samples.
"""

import numpy as np

import lossref


def show(label, *numbers):
    print(f"{label:<44}", *(f"{float(x):.17g}" for x in numbers))


def risk_and_gradient(theta, features, target):
    """The mean over samples, and its gradient in theta."""
    losses, slopes = lossref.value_and_gradient("sigmoid_cross_entropy", features @ theta, target)
    return losses.mean(), features.T @ slopes / len(target)


def positive(logits):
    """The decision for class 1. sigmoid(z) > 0.5 is the same on paper, but the rounded sigmoid misses a small z."""
    return logits > 0


def main():
    features, target = np.array([[1, 0.5], [1, -1.5], [1, 2]]), np.array([1.0, 0.0, 0.0])
    risk, gradient = risk_and_gradient(np.array([0.25, -0.5]), features, target)
    show("risk J", risk)
    show("gradient of J in theta", *gradient)

    print("\nThe decision: z > 0, not sigmoid(z) > 0.5")
    for z in (1e-17, 1e-16, 1e-15):
        print(f"z = {z}: z > 0 says {positive(z)}, sigmoid(z) > 0.5 says {bool(1 / (1 + np.exp(-z)) > 0.5)}")
    z = 1e-17
    show("float64 sigmoid(1e-17)", 1 / (1 + np.exp(-z)))
    # The slope at target 1/2 is sigmoid(z) - 1/2.
    show("exact sigmoid(1e-17) - 1/2", lossref.oracle("sigmoid_cross_entropy", z, 0.5).gradient)

    print("\nThe chain rule: multiply for each sample, then add up. Here x = (1, -2), y = (1, 0), w = 0")
    x, y, p = np.array([1.0, -2.0]), np.array([1.0, 0.0]), np.array([0.5, 0.5])
    in_p, p_in_w = lossref.gradient("binary_cross_entropy", p, y) / len(y), p * (1 - p) * x
    show("sum of the products, dJ/dw", (in_p * p_in_w).sum())
    show("sum of dJ/dp, sum of dp/dw", in_p.sum(), p_in_w.sum())
    print("The product of these two sums is 0, and w would not move.")


if __name__ == "__main__":
    main()
