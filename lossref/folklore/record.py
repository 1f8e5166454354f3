"""A known-bad formula as one record: where it comes from, its code, its smallest counterexample, and what to ask instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lossref import catalog
from lossref.formats import FLOAT64
from lossref.judge.asking import batch_of
from lossref.spec import Values

if TYPE_CHECKING:
    from lossref.exact.numbers import Operand, System

TEXTS = {
    "S0": "text 0: a collection of articles on softmax, cross-entropy and the derivatives of losses",
    "S1": "text 1: sigmoid and softmax cross-entropy written as NumPy layers",
    "S2": "text 2: mean absolute error, mean squared error and cross-entropy tried in PyTorch",
    "S3": "text 3: softmax and two cross-entropy functions in a few lines of NumPy",
    "S4": "text 4: why cross-entropy trains a neuron faster than the quadratic cost",
}
KINDS = {
    "ordinary": "wrong on ordinary inputs",
    "hard": "wrong on hard inputs only",
    "shape": "wrong for a shape or a dtype",
    "rule": "a rule or a name mixed up",
}


@dataclass(frozen=True)
class Reading:
    """What one asks of the examples' exact answers, as source around lossref's call and as a function of an array."""

    source: str
    take: Callable[[Any], Any]


EACH = Reading("{}", lambda answers: answers)
ALONE = Reading("{}", lambda answers: answers[0])
MEAN = Reading("{}.mean()", lambda answers: answers.mean())


@dataclass(frozen=True, kw_only=True)
class Folklore:
    """A formula that a text has (`printed`) or invites, written as the text has it, and where it fails.

    `loss` and `part` are what it gets wrong, `question` the examples to ask the exact answers of, `compare` what of them
    the code was to return; a quantity that no loss has is a `closed_form`. The code is given the examples as a batch, or
    `inputs`, and of its answer `picked` is compared. `judged` says that the code is a batch implementation of the loss,
    which a check can call; otherwise its fault lies in the call. `right` is the call that gives the exact answer.
    """

    id: str
    rows: tuple[str, ...]
    printed: bool
    kind: Literal["ordinary", "hard", "shape", "rule"]
    claim: str
    fault: str
    loss: str
    part: Literal["value", "gradient"] = "value"
    code: Callable[..., Any]
    question: tuple[Values, ...] = ()
    inputs: Values | None = None
    compare: Reading = EACH
    picked: Callable[[Any], Any] = EACH.take
    closed_form: Callable[[System], Operand] | None = None
    right: str = ""
    judged: bool = True

    @property
    def given(self) -> dict[str, Any]:
        """The smallest counterexample as the code is given it."""
        if self.inputs is not None:
            return dict(self.inputs)
        arguments = catalog.get(self.loss).arguments
        options = {name: x for name, x in self.question[0].items() if name not in arguments}
        return {name: batch_of([point[name] for point in self.question], FLOAT64) for name in arguments} | options

    @property
    def right_call(self) -> str:
        """Python that gives the exact answer in float64."""
        if self.right:
            return self.right
        columns = {name: [_listed(point[name]) for point in self.question] for name in self.question[0]}
        one = len(self.question) == 1
        spelled = ", ".join(f"{name}={column[0] if one else column}" for name, column in columns.items())
        return self.compare.source.format(f'lossref.{self.part}("{self.loss}", {spelled})')


def _listed(x: Any) -> Any:
    return list(x) if isinstance(x, tuple) else x
