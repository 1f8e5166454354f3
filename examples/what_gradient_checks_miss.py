"""Run with: python examples/what_gradient_checks_miss.py

A sigmoid cross-entropy whose gradient is wrong on every confident prediction passes the usual gradient check everywhere.
"""

import numpy as np

import lossref


def value(logits, target):
    """Textbook-stable: max(z, 0) - z y + log(1 + exp(-|z|))."""
    return np.maximum(logits, 0) - logits * target + np.log1p(np.exp(-np.abs(logits)))


def gradient(logits, target):
    """sigmoid(z) - y, but 0 where the prediction is sure and right, and of the wrong sign a little before."""
    slope = 1 / (1 + np.exp(-logits)) - target
    sure = np.abs(slope) < 5e-6
    return np.where(sure, 0.0, np.where(np.abs(slope) < 7e-6, -0.4 * slope, slope))


def main():
    logits, target = np.linspace(-50, 50, 100_001), 1.0
    step = 1e-6
    numeric = (value(logits + step, target) - value(logits - step, target)) / (2 * step)
    passes = np.abs(gradient(logits, target) - numeric) <= 1e-5 + 1e-3 * np.abs(numeric)
    exact = lossref.gradient("sigmoid_cross_entropy", logits, target)
    wrong = np.abs(gradient(logits, target) / exact - 1) > 1e-3
    print(f"{len(logits)} points from -50 to 50, target 1")
    print(f"passed by a gradient check (central difference, rtol 1e-3, atol 1e-5): {passes.sum()}")
    print(f"wrong by more than 0.1 %:                                              {wrong.sum()}")
    z = logits[wrong & (gradient(logits, target) > 0)][0]
    print(f"at z = {z:.3f} the slope is {exact[logits == z][0]:.3e}, the code says {gradient(z, target):+.3e}")


if __name__ == "__main__":
    main()
