"""Run with: python examples/softmax_layer.py

The last layer of a network, softmax with cross-entropy: the cost C and its gradients in the biases and weights.

    z_j = sum_k w_jk a_k + b_j,      a_k the outputs of the layer before,      p = softmax(z)
    C = -log p_y,      dC/db_j = p_j - [j = y],      dC/dw_jk = a_k (p_j - [j = y])

y is the index of the true class, counted from 0.
"""

import numpy as np

import lossref


def show(label, *numbers):
    print(f"{label:<44}", *(f"{float(x):.17g}" for x in numbers))


def cost_and_gradients(previous, weights, biases, target):
    """C, dC/db and dC/dW for one sample."""
    cost, slopes = lossref.value_and_gradient("softmax_cross_entropy", weights @ previous + biases, target)
    return cost, slopes, np.outer(slopes, previous)


def main():
    previous = np.array([0.5, -1])
    weights, biases = np.array([[1, 0.5], [-0.5, 0.25], [0, -1]]), np.array([0.25, 0, -0.25])
    cost, in_biases, in_weights = cost_and_gradients(previous, weights, biases, target=0)
    show("cost C", cost)
    show("dC/db", *in_biases)
    for j, row in enumerate(in_weights):
        show(f"dC/dW, row {j}", *row)

    print("\nIs it the derivative of C? A central difference is right to about 9 digits:")
    ways = [1e-5 * unit for unit in np.eye(3)]
    up, down = ([cost_and_gradients(previous, weights, biases + sign * way, 0)[0] for way in ways] for sign in (1, -1))
    show("difference quotients in b", *(np.subtract(up, down) / 2e-5))


if __name__ == "__main__":
    main()
