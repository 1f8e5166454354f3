"""A wrong implementation as one record, or a right one beside it: its code, what is wrong, where it is told of, its counterexample."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any, Literal

from lossref import catalog
from lossref.formats import FLOAT64
from lossref.judge.ask import array
from lossref.library import Implementation
from lossref.spec import Loss, Question, Values

if TYPE_CHECKING:
    from lossref.exact.numbers import Operand, System

Formula = Callable[..., Any]
TEXTS = {
    "S0": "text 0: a collection of articles on softmax, cross-entropy and the derivatives of losses",
    "S1": "text 1: sigmoid and softmax cross-entropy written as NumPy layers",
    "S2": "text 2: mean absolute error, mean squared error and cross-entropy tried in PyTorch",
    "S3": "text 3: softmax and two cross-entropy functions in a few lines of NumPy",
    "S4": "text 4: why cross-entropy trains a neuron faster than the quadratic cost",
}
FAILS = {
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


@dataclass(frozen=True)
class Mutant:
    """One implementation of a loss; `why` says what is wrong with it, or why it is right.

    right      correct and componentwise stable, by another road than lossref's own code: graded B or better
    framework  what the large libraries compute: correct, but tails may be lost, so grade C is expected
    textbook   wrong code that is written down as it stands: naive formulas, clips, added eps, conventions mixed up
    broken     wrong code that is a slip or a trap: tails flushed, a sign turned beyond some logit, a few digits missing

    `value` and `gradient` take by keyword, in batches, the arguments of the loss and those of its parameters and of a call's options
    that they have; questions with others are not asked. They compute in the format of their inputs. `passes_gradcheck`: the gradient
    agrees, to 1e-3 relative or 1e-5 absolute, with central differences (step 1e-6, float64) of the record's own value, or of the right
    one where it has none, at ordinary inputs (|x| <= 3, probabilities from 0.1 to 0.9): torch.autograd.gradcheck lets it through.

    One that is told of in print has an `id` and stands in `lossref folklore`. Its `sources` are rows of `TEXTS`, or anything that can
    be looked up (an issue of a library, a link), which have it (`printed`) or invite it; `claim` is what they say, `fails` how it goes
    wrong, `part` what of the loss. `question` has the smallest examples that show it: the code is given them as a batch, or
    `inputs`, and what is `picked` of its answer is compared with what `compare` reads off the exact answers; a quantity that no
    loss has is a `closed_form`. `right` is the call that gives the exact answer. Where the code is no implementation that a check can
    call it is not `judged`: the fault lies in the call.
    """

    loss: str
    name: str
    kind: Literal["right", "framework", "textbook", "broken"]
    why: str
    value: Formula | None = None
    gradient: Formula | None = None
    passes_gradcheck: bool = False
    _: KW_ONLY
    id: str = ""
    sources: tuple[str, ...] = ()
    printed: bool = False
    fails: Literal["ordinary", "hard", "shape", "rule"] = "ordinary"
    claim: str = ""
    part: Literal["value", "gradient"] = "value"
    question: tuple[Values, ...] = ()
    inputs: Values | None = None
    compare: Reading = EACH
    picked: Callable[[Any], Any] = EACH.take
    closed_form: Callable[[System], Operand] | None = None
    right: str = ""
    judged: bool = True

    @property
    def is_wrong(self) -> bool:
        return self.kind in ("textbook", "broken")

    @property
    def formulas(self) -> dict[str, Formula]:
        """What there is of value and gradient."""
        return {part: formula for part, formula in (("value", self.value), ("gradient", self.gradient)) if formula}

    @property
    def code(self) -> Formula:
        """The formula that is told of."""
        return self.formulas[self.part]

    def implementation(self) -> Implementation:
        """The record as a check asks it: with the questions whose options all its formulas have."""
        loss = catalog.get(self.loss)
        taken = set.intersection(*(_taken(formula, loss) for formula in self.formulas.values()))

        def takes(question: Question) -> str:
            lacking = [name for name, x in question.options.items() if name not in taken and x != loss.defaults.get(name)]
            return f"it has no option {lacking[0]}" if lacking else ""

        def asked(formula: Formula) -> Formula:
            return lambda **given: formula(**{name: x for name, x in given.items() if name in taken})

        return Implementation(parts={part: asked(f) for part, f in self.formulas.items()}, line=lambda *_: "", takes=takes)

    @property
    def given(self) -> dict[str, Any]:
        """The smallest counterexample as the code is given it."""
        if self.inputs is not None:
            return dict(self.inputs)
        arguments = catalog.get(self.loss).arguments
        options = {name: x for name, x in self.question[0].items() if name not in arguments}
        return {name: array([point[name] for point in self.question], FLOAT64) for name in arguments} | options

    @property
    def right_call(self) -> str:
        """Python that gives the exact answer in float64."""
        if self.right:
            return self.right
        columns = {name: [_listed(point[name]) for point in self.question] for name in self.question[0]}
        one = len(self.question) == 1
        spelled = ", ".join(f"{name}={column[0] if one else column}" for name, column in columns.items())
        return self.compare.source.format(f'lossref.{self.part}("{self.loss}", {spelled})')


def in_order(loss: str, formula: Formula) -> Formula:
    """A formula that takes the arguments of a loss in their order, and then its parameters, by their names."""

    def by_name(**given: Any) -> Any:
        known = catalog.get(loss)
        values = known.defaults | given
        return formula(*(values[name] for name in known.spaces))

    return by_name


def of(loss: str) -> Callable[..., Mutant]:
    """The maker of a loss's records, from formulas that take its arguments and then its parameters, in their order."""

    def row(
        kind: Literal["right", "framework", "textbook", "broken"],
        name: str,
        why: str,
        value: Formula | None = None,
        gradient: Formula | None = None,
        passes_gradcheck: bool = False,
    ) -> Mutant:
        return Mutant(loss, name, kind, why, value and in_order(loss, value), gradient and in_order(loss, gradient), passes_gradcheck)

    return row


def _taken(formula: Formula, loss: Loss) -> set[str]:
    """The names that a formula takes; one that takes the loss's arguments in their order takes all its parameters too."""
    found = inspect.signature(formula).parameters
    return set(loss.spaces) if any(p.kind is p.VAR_KEYWORD for p in found.values()) else set(found)


def _listed(x: Any) -> Any:
    return [_listed(y) for y in x] if isinstance(x, tuple) else x
