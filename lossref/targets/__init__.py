"""What can be checked: adapters to libraries, and anybody's `module:attribute`."""

from lossref.targets.target import Implementation, Target, TargetBrokeError, TargetError, resolve

__all__ = ["Implementation", "Target", "TargetBrokeError", "TargetError", "resolve"]
