"""Write lossref/loss.pyi, the typed functions of `lossref.loss` for editors and type checkers, from the loss files. --check compares."""

from __future__ import annotations

import argparse
import sys
import textwrap
from inspect import Parameter, signature
from pathlib import Path

from lossref import catalog, files, options, typed
from lossref.formats import JUDGED
from lossref.spec import Loss

STUB = Path(__file__).parent.parent / "lossref" / "loss.pyi"
WIDTH = 140
GLUE = "\0"  # stands for a space within a parameter, so that lines break between parameters


def _literal(words: tuple[str, ...]) -> str:
    return f"Literal[{', '.join(map(repr, words))}]".replace("'", '"')


TYPES = {
    "reduction": "_Reduction",
    "denominator": "_Denominator | float",
    "empty": "_Empty",
    "smoothing": "_Smoothing",
    "label_smoothing": "float",
    "ignore_index": "int | None",
    "class_axis": "int",
    "dtype": "_Format",
    "exact": "bool",
    "out": "Any",
}
HEAD = f'''"""Every loss of the catalogue as a function. Written by scripts/write_stubs.py from the loss files: change those."""

from collections.abc import Callable
from typing import Any, Literal, ParamSpec, Protocol

from numpy.typing import ArrayLike

from lossref.ask import Answer

_P = ParamSpec("_P")
_Reduction = {_literal(options.REDUCTIONS)}
_Denominator = {_literal(options.DENOMINATORS)}
_Empty = {_literal(tuple(options.EMPTY))}
_Smoothing = {_literal(options.SMOOTHINGS)}
_Format = {_literal(JUDGED)}

class _Flat(Protocol[_P]):
    """A loss with its slopes, and its exact answers."""

    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> Any: ...
    def gradient(self, *args: _P.args, **kwargs: _P.kwargs) -> Any: ...
    def value_and_gradient(self, *args: _P.args, **kwargs: _P.kwargs) -> tuple[Any, Any]: ...
    oracle: Callable[..., Answer]

class _Curved(_Flat[_P], Protocol[_P]):
    """A loss that has a Hessian too."""

    def hessian(self, *args: _P.args, **kwargs: _P.kwargs) -> Any: ...

def _flat(function: Callable[_P, Any]) -> _Flat[_P]: ...
def _curved(function: Callable[_P, Any]) -> _Curved[_P]: ...
'''


def stub() -> str:
    """The whole file, family by family."""
    return HEAD + "".join(_function(catalog.get(name)) for name in catalog.names())


def _function(loss: Loss) -> str:
    decorator = "_flat" if loss.hessian is None else "_curved"
    inner = textwrap.indent(f'"""{loss.documentation}\n"""', "    ", lambda line: bool(line.strip()))
    return f"\n@{decorator}\n{_signature(loss)}\n{inner}\n"


def _signature(loss: Loss) -> str:
    """The first line of a function, or several where one is too long."""
    parameters = list(signature(typed.function(loss)).parameters.values())
    own = [_parameter(loss, p) for p in parameters if p.kind is not Parameter.KEYWORD_ONLY]
    call = [_parameter(loss, p) for p in parameters if p.kind is Parameter.KEYWORD_ONLY]
    line = f"def {loss.name}({', '.join([*own, *(['*'] if call else []), *call])}) -> Any:"
    if len(line) <= WIDTH:
        return line
    return f"def {loss.name}(\n{_rows(own)}\n{_rows(['*', *call])}\n) -> Any:"


def _rows(parameters: list[str]) -> str:
    """Lines of parameters, none of which is broken."""
    glued = " ".join(f"{parameter.replace(' ', GLUE)}," for parameter in parameters)
    filled = textwrap.fill(glued, WIDTH - 4, break_long_words=False, break_on_hyphens=False)
    return textwrap.indent(filled, "    ").replace(GLUE, " ")


def _parameter(loss: Loss, p: Parameter) -> str:
    kind = TYPES.get(p.name, "ArrayLike | None" if p.name in options.NAMES else "ArrayLike")
    if p.name == "target_form":
        kind = f"{_literal(options.forms(loss))} | None"
    default = "" if p.default is Parameter.empty else f" = {p.default!r}".replace("'", '"')
    return f"{p.name}: {kind}{default}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file is not what it would be")
    if parser.parse_args().check:
        return int(STUB.read_text(encoding="utf-8") != stub())
    files.write(STUB, stub())
    return 0


if __name__ == "__main__":
    sys.exit(main())
