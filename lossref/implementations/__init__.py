"""What can be checked: adapters to libraries, programs, and anybody's `module:attribute`."""

from lossref.implementations.resolve import resolve
from lossref.library import BrokeError, FailedError, Implementation, ImplementationError, Library, NotSupported

__all__ = ["BrokeError", "FailedError", "Implementation", "ImplementationError", "Library", "NotSupported", "resolve"]
