"""What a user typed as an implementation, found: an adapter to a library, a program, or Python code of their own."""

from __future__ import annotations

import difflib
import importlib
import inspect
from dataclasses import replace
from pathlib import Path

from lossref import floating
from lossref.bits import dtype
from lossref.formats import JUDGED
from lossref.implementations import process, python, tensors
from lossref.library import ImplementationError, Library, first_line
from lossref.spec import Loss

ADAPTERS = tuple(sorted(path.stem for path in (Path(__file__).parent / "adapters").glob("[!_]*.py")))
PACKAGES = {"sklearn": "scikit-learn", "torch_func": "torch"}  # where a package is called otherwise than the adapter, with hyphens
ALSO = {"scikit-learn": "sklearn", "pytorch": "torch", "jax": "optax", "tensorflow": "keras", "functorch": "torch_func"}


def resolve(name: str, loss: str | Loss | None = None, device: str = "") -> Library:
    """The library that somebody typed: an adapter's name, `cmd:COMMAND`, `module`, `module:attribute` or `file.py:attribute`.

    `torch:`, `jax:` or `jit:` before a module says that its losses are of tensors. `loss` says which loss a single function is: a name of
    the catalogue, or a record of one's own; `device` is where tensors are put. Raises ImplementationError with a sentence.
    """
    framework, _, own = name.partition(":")
    if name.startswith("cmd:"):
        return process.library(name.removeprefix("cmd:"))
    if name in ADAPTERS:
        return _adapter(name, device)
    try:
        if framework in tensors.FRAMEWORKS and own:
            return tensors.library(framework, own, loss, device)
        return python.library(name, loss)
    except python.AbsentError as error:
        known = f"{name!r} is neither an adapter ({', '.join(ADAPTERS)}) nor a module:attribute to import: {error}"
        raise ImplementationError(known + _suggestion(name)) from None


def format_of(asked: str | None, library: Library) -> str:
    """The format that is asked for, or the usual one of a library; ImplementationError where it does not compute in it, or NumPy has no
    arrays of it.
    """
    there = library.formats or JUDGED
    if asked and asked not in there:
        raise ImplementationError(f"{library.title} computes in {', '.join(there)}, and not in {asked}")
    found = asked or ("float64" if "float64" in there else there[0])
    try:
        dtype(found)
    except ImportError as error:
        raise ImplementationError(str(error)) from None
    return found


def _adapter(name: str, device: str) -> Library:
    before = floating.state()
    try:
        library = importlib.import_module(f"lossref.implementations.adapters.{name}").library
        if device and "device" not in inspect.signature(library).parameters:
            raise ImplementationError(f"--device says where tensors of torch or jax are, and {name} has none that could be put there")
        found: Library = library(device) if device else library()
    except ImplementationError:
        raise
    except ModuleNotFoundError as error:
        package = PACKAGES.get(name, name.replace("_", "-"))
        raise ImplementationError(f"{name} is not installed here ({error}); try: pip install {package}") from None
    except Exception as error:  # of anybody's: libraries built for another version of what they stand on
        raise ImplementationError(f"{name} cannot be imported here: {type(error).__name__}: {first_line(error)}") from None
    return replace(found, floating=tuple(floating.loaded(before, f"importing {name}")))


def _suggestion(name: str) -> str:
    near = ALSO.get(name.lower()) or next(iter(difflib.get_close_matches(name.lower(), ADAPTERS, n=1)), "")
    return f"; did you mean {near}?" if near else ""
