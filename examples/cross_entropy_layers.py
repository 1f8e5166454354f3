"""Run with: python examples/cross_entropy_layers.py

Sigmoid and softmax cross-entropy as the last layer of a network, with forward, backward and weight decay.

Logits are integers or floats of any shape (..., K). The last axis counts the K classes, each position of the axes before it
is one sample, and a single number or vector is one sample. The loss is the sum over classes and the mean over samples,
plus weight_decay / 2 times the sum of all squared weights. Nothing is clipped, so backward is the gradient of what forward
returns.
"""

import math

import numpy as np

import lossref


def show(label, *numbers):
    print(f"{label:<48}", *(f"{float(x):.17g}" for x in numbers))


class Layer:
    """`loss` is a loss of lossref; for one sample its target has `target_rank` axes."""

    def __init__(self, weight_decay=0.0):
        self.weight_decay = weight_decay

    def forward(self, logits, target, weights=()):
        """The loss, a float. `weights` are the arrays of the network that decay."""
        shape = np.shape(logits)
        if np.shape(target) != shape[: len(shape) - 1 + self.target_rank]:
            raise ValueError(f"a target of shape {np.shape(target)} does not fit logits of shape {shape}")
        samples = math.prod(shape[:-1])
        losses, slopes = lossref.value_and_gradient(self.loss, logits, target)
        self.slopes = slopes / samples
        self.decay = [self.weight_decay * np.asarray(w, float) for w in weights]
        return float(np.sum(losses) / samples + self.penalty(weights))

    def penalty(self, weights):
        return self.weight_decay / 2 * sum(np.square(w, dtype=float).sum() for w in weights)

    def backward(self):
        """The gradient of the loss in the logits, and what the penalty adds to the gradient of each array of weights."""
        return self.slopes, self.decay


class SigmoidCrossEntropyLayer(Layer):
    """K answers of yes or no: the target has the shape of the logits, probabilities in [0, 1]."""

    loss, target_rank = "sigmoid_cross_entropy", 1


class SoftmaxCrossEntropyLayer(Layer):
    """One class of K: the target is its index, counted from 0, and has no class axis."""

    loss, target_rank = "softmax_cross_entropy", 0


def main():
    sigmoid, softmax = SigmoidCrossEntropyLayer(weight_decay=1e-5), SoftmaxCrossEntropyLayer()
    print("Sigmoid: loss, gradient. A clipped sigmoid stops at 13.8 and at 1e-6.")
    for z, y in ((1000.0, 0), (40.0, 1), (2, 1)):
        show(f"logit {z}, label {y}", sigmoid.forward(z, y), sigmoid.backward()[0])
    print("\nA block of 2 samples and 3 classes, logits 0, labels 1: /B is what forward returns, /(B K) another loss")
    loss = sigmoid.forward(np.zeros((2, 3)), np.ones((2, 3)))
    show("mean over samples, sum over classes", loss)
    show("mean over samples and classes", loss / 3)

    print("\nSoftmax: loss, gradient")
    for z, y in (((40, 0, 0), 0), ((1000, 0, 0), 1), ((1, 2), 0)):
        show(f"logits {z}, class {y}", softmax.forward(z, y), *softmax.backward()[0])
    show("2,000,000 equal logits", softmax.forward(np.zeros(2_000_000), 0))
    show("sum of their gradient, to 12 decimals", round(abs(math.fsum(softmax.backward()[0])), 12))
    softmax.forward(np.arange(8).reshape(1, 2, 4), np.full((1, 2), 3))
    show("shape (1, 2, 4): probability of the first class", 2 * softmax.backward()[0][0, 0, 0])  # the mean is over 2 samples

    print("\nWeight decay 1e-5, weights (2, -3), logit 0.5, label 1: in the loss and in the gradient")
    weights = [np.array([2, -3])]
    show("loss with penalty", sigmoid.forward(0.5, 1, weights))
    show("penalty", sigmoid.penalty(weights))
    show("gradient of the penalty", *sigmoid.backward()[1][0])


if __name__ == "__main__":
    main()
