"""What can be checked: adapters to libraries, and anybody's `module:attribute`."""

from lossref.targets.target import (
    Implementation,
    NotSupportedError,
    Target,
    TargetBrokeError,
    TargetError,
    TargetFailedError,
    resolve,
)

__all__ = ["Implementation", "NotSupportedError", "Target", "TargetBrokeError", "TargetError", "TargetFailedError", "resolve"]
