"""Two sigmoid cross-entropies that people write, as targets to check.

    lossref check examples.implementations:textbook --loss sigmoid_cross_entropy
    lossref check examples.implementations:clipped --loss sigmoid_cross_entropy
"""

import numpy as np


def textbook(logits, target):
    """The formula as books print it: the logarithm of a sigmoid that has already rounded to 0 or 1."""
    p = 1 / (1 + np.exp(-logits))
    return -target * np.log(p) - (1 - target) * np.log(1 - p)


def clipped(logits, target, eps=1e-7):
    """The usual repair, which turns infinities into wrong finite numbers."""
    p = np.clip(1 / (1 + np.exp(-logits)), eps, 1 - eps)
    return -target * np.log(p) - (1 - target) * np.log(1 - p)
