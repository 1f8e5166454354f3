"""Run with: python examples/derivations.py

Each step of the derivation of cross-entropy for a sigmoid neuron, checked by number; a = s(z) = 1 / (1 + exp(-z)).

    1. s' = s (1 - s)
    2. (dC/da) s'(z) = (a - y) / (a (1 - a)) a (1 - a) = a - y: the factor that makes the quadratic cost slow cancels
    3. and backwards: dC/da = (a - y) / (a (1 - a)) integrates to C = -y log a - (1 - y) log(1 - a) + constant
    4. in z this C is convex, and the quadratic cost (a - y)^2 / 2 is not
"""

import mpmath
import numpy as np

import lossref


def show(label, *numbers):
    print(f"{label:<46}", *(mpmath.nstr(x, 17) if isinstance(x, mpmath.mpf) else f"{float(x):.17g}" for x in numbers))


def sigmoid(z):
    return 1 / (1 + mpmath.exp(-z))


def chain_rule(z, y):
    """(dC/da) s'(z) in float64, as backpropagation through a rounded sigmoid has it."""
    a = 1 / (1 + np.exp(-z))
    with np.errstate(invalid="ignore"):
        return lossref.gradient("binary_cross_entropy", a, y) * (a * (1 - a))


def main():
    print("1. s' by a difference quotient with many digits, s (1 - s)")
    for z in (0, 2):
        show(f"s'({z})", mpmath.diff(sigmoid, z), lossref.hessian("sigmoid_cross_entropy", z, 0))

    print("\n2. (dC/da) s'(z) in float64, a - y by lossref, exactly; then the slope of the quadratic cost")
    for z, y in ((1.5, 0), (2, 1), (40, 0)):
        exact = lossref.oracle("sigmoid_cross_entropy", z, y).gradient
        show(f"z = {z}, y = {y}", chain_rule(z, y), lossref.gradient("sigmoid_cross_entropy", z, y), exact)
    show("quadratic, z = 1.5, y = 0", mpmath.diff(lambda z: sigmoid(z) ** 2 / 2, 1.5))
    print("At z = 40 the float64 sigmoid is exactly 1: dC/da = 1 / (1 - a) is infinite, s' = a (1 - a) is 0, and the product")
    print("of the two is nan. The slope taken from z itself is 1.")

    print("\n3. (a - y) / (a (1 - a)) for y = 1 integrated from a = 0.5 to 0.75, and C(0.75) - C(0.5)")
    show("integral", mpmath.quad(lambda a: (a - 1) / (a * (1 - a)), [0.5, 0.75]))
    high, low = (lossref.oracle("binary_cross_entropy", a, 1).value for a in (0.75, 0.5))
    show("difference of cross-entropies", high - low)

    print("\n4. Second derivatives in z at z = 2, y = 0; below 0 the curve is bent downwards")
    show("quadratic in z", mpmath.diff(lambda z: sigmoid(z) ** 2 / 2, 2, 2))
    show("cross-entropy in z", lossref.hessian("sigmoid_cross_entropy", 2, 0))


if __name__ == "__main__":
    main()
