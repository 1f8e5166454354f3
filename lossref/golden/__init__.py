"""Golden data: what a row is, how it is read and verified, and how the set is written."""

from lossref.golden.read import SHIPPED_FORMATS, VERSION, GoldenError, find, folder, manifest, read

__all__ = ["SHIPPED_FORMATS", "VERSION", "GoldenError", "find", "folder", "manifest", "read"]
