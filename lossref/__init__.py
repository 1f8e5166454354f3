"""lossref: loss functions with certified answers. Check an implementation, ask for an answer, take golden data."""

from lossref import functions
from lossref.ask import Answer, oracle
from lossref.calls import gradient, hessian, value, value_and_gradient

__version__ = "0.1.0"
__all__ = ["Answer", "functions", "gradient", "hessian", "oracle", "value", "value_and_gradient"]
