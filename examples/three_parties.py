"""Run with: python examples/three_parties.py

Three voters, three parties, two models: the classification error cannot tell the models apart, the losses can.

The squared error has two averages, and a number means nothing before one is named: the sum over the classes as the error
of a sample, or the mean over all entries.
"""

import numpy as np

import lossref

MODELS = {
    "model 1": np.array([[0.3, 0.3, 0.4], [0.3, 0.4, 0.3], [0.1, 0.2, 0.7]]),
    "model 2": np.array([[0.1, 0.2, 0.7], [0.1, 0.7, 0.2], [0.3, 0.4, 0.3]]),
}
CLASSES = np.array([2, 1, 0])  # the true ones, counted from 0
ONE_HOT = np.eye(3)[CLASSES]


def show(label, *numbers):
    print(f"{label:<40}", *(f"{float(x):.17g}" for x in numbers))


def main():
    for name, probabilities in MODELS.items():
        predicted = probabilities.argmax(axis=-1)
        squares = lossref.value("squared_error", probabilities, ONE_HOT)
        show(f"{name}: classification error", lossref.value("zero_one", predicted, CLASSES).mean())
        show(f"{name}: squared error per sample", squares.sum(axis=-1).mean())
        show(f"{name}: squared error per entry", squares.mean())
        show(f"{name}: cross-entropy, nats", lossref.value("categorical_cross_entropy", probabilities, ONE_HOT).mean())
        # Rows that sum to 1 come from a softmax. Read as three sigmoids they need the binary loss, which also counts 1 - p.
        binary = lossref.value("binary_cross_entropy", probabilities, ONE_HOT)
        show(f"{name}: read as three sigmoids", binary.sum(axis=-1).mean())
    print("\nBoth models get one sample of three wrong. Model 2 is surer where it is right and less sure where it is wrong,")
    print("and every loss says so.")


if __name__ == "__main__":
    main()
