"""Which libraries are installed here; tests of the others are skipped."""

from importlib.util import find_spec

import pytest

from lossref.implementations.resolve import ADAPTERS

PACKAGES = {"torch_func": "torch"}  # an adapter that is called otherwise than the module it needs
CALLING = ("keras", "kornia", "onnx", "optax", "segmentation_models_pytorch", "sklearn", "timm", "torch", "torch_func", "torchvision")
ON_TORCH = ("kornia", "pytorch_metric_learning", "segmentation_models_pytorch", "timm", "torch_func", "torchvision")
MISSING = {name for name in ADAPTERS if not find_spec(PACKAGES.get(name, name))}
if not any(map(find_spec, ("jax", "torch", "tensorflow"))):
    MISSING.add("keras")


def installed(names):
    """The names as parameters of a test."""
    return [pytest.param(name, marks=pytest.mark.skipif(name in MISSING, reason=f"{name} is not installed")) for name in names]
