"""What a report says of the machine that it was made on: some grades depend on the processor and on what libraries make of it."""

from __future__ import annotations

import os
import platform
import sys
from typing import Any

import numpy as np

SETTINGS = ("ATEN_CPU_CAPABILITY", "NPY_DISABLE_CPU_FEATURES", "XLA_FLAGS", "KERAS_BACKEND", "OMP_NUM_THREADS")


def machine() -> dict[str, Any]:
    """The processor, the vector instructions that NumPy found and that torch uses where it was imported, and settings of these."""
    found = np.show_config(mode="dicts") or {}
    torch = sys.modules.get("torch")
    return {
        "processor": platform.machine(),
        "system": platform.system(),
        "numpy": found.get("SIMD Extensions", {}).get("found", []),
        "torch": torch.backends.cpu.get_cpu_capability() if torch else None,
        "environment": {name: os.environ[name] for name in SETTINGS if name in os.environ},
    }
