"""Tensors of torch are taken as they stand, tracking gradients or in bfloat16: as arguments, weights, masks and upstream gradients."""

from importlib.util import find_spec

import numpy as np
import pytest

import lossref
from lossref import functions

if not find_spec("torch"):
    pytest.skip("PyTorch is not installed here", allow_module_level=True)
import torch

Z = [[0.5, -1.25, 2.0], [1.0, 0.0, -3.0]]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("tracking", [False, True])
@pytest.mark.parametrize("ask", [lossref.value_and_gradient, lossref.oracle])
def test_the_answer_is_that_of_the_same_numbers(ask, dtype, tracking):
    given = {"sample_weight": [0.5, 2.0], "mask": [True, True], "reduction": "mean", "class_weight": [1.0, 0.5, 2.0], "upstream": 3.0}
    tensors = {name: torch.tensor(x, dtype=None if name == "mask" else dtype) if name != "reduction" else x for name, x in given.items()}
    found = ask("softmax_cross_entropy", torch.tensor(Z, dtype=dtype, requires_grad=tracking), torch.tensor([0, 2]), **tensors)
    wanted = ask("softmax_cross_entropy", np.array(Z), np.array([0, 2]), **given)
    assert str(found) == str(wanted)


def test_a_function_takes_a_tensor():
    assert functions.softmax(torch.tensor(Z, requires_grad=True)).tobytes() == functions.softmax(np.array(Z)).tobytes()
