"""lossref: loss functions with certified answers. Check an implementation, ask for an answer, take golden data."""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lossref import loss
    from lossref.ask import Answer, oracle
    from lossref.checking import Report, check
    from lossref.float64 import functions
    from lossref.float64.evaluate import gradient, hessian, value, value_and_gradient
    from lossref.library import NotSupported
    from lossref.sweeps.run import sweep

__version__ = "0.1.0"
__all__ = [
    "Answer", "NotSupported", "Report", "check", "functions", "gradient", "hessian", "loss", "oracle", "sweep", "value",
    "value_and_gradient",
]  # fmt: skip

# Imported when they are asked for: whoever wants float64 alone waits for no number theory, and the command line, which takes its time
# to load, is interrupted by one line and no traceback.
_PLACES = {
    "Answer": "ask:Answer",
    "NotSupported": "library:NotSupported",
    "Report": "checking:Report",
    "check": "checking:check",
    "functions": "float64.functions:",
    "oracle": "ask:oracle",
    "sweep": "sweeps.run:sweep",
    **{name: f"float64.evaluate:{name}" for name in ("gradient", "hessian", "value", "value_and_gradient")},
}


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        module, _, attribute = _PLACES[name].partition(":")
        found = import_module(f"lossref.{module}")
        found = getattr(found, attribute) if attribute else found
        globals()[name] = found  # the next time it is there
        return found
    if not name.startswith("_") and find_spec(f"lossref.{name}"):
        return import_module(f"lossref.{name}")
    raise AttributeError(f"lossref has no {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
