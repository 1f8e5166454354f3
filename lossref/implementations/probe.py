"""How somebody's loss of tensors wants its examples and labels, whether it reduces them, and what it can be told: found out by asking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from lossref import batches, catalog, options
from lossref.conventions import limits
from lossref.float64.evaluate import value
from lossref.formats import FORMATS, Format
from lossref.implementations import layouts, targets
from lossref.implementations.engines.tensors import Dialect
from lossref.implementations.members import HANDLED, Member
from lossref.judge.ask import array
from lossref.library import ImplementationError, where
from lossref.options import CLASS, WEIGHTS
from lossref.spec import Loss, Values

EXAMPLES = 4
CLOSE = 1e-3  # of numbers that are the same up to how well they are computed


class UnfitError(Exception):
    """What somebody's loss returned is no loss, in words."""


@dataclass(frozen=True)
class Probe:
    """A library that is spoken to, and ordinary examples in a format."""

    loss: Loss
    speak: Dialect
    form: Format
    classes: int

    def batch(self, classes: int = 0) -> dict[str, Any]:
        return batches.ordinary(self.loss, self.form, "doors", EXAMPLES, classes or self.classes)

    def returned(self, member: Member, batch: Values, exchanged: bool = False, **chosen: Any) -> Any:
        """What it returns for a batch."""
        written = member.target.of(self.loss, batch)
        arrays = {name: array(x, self.form) for name, x in written.items()}
        others = {
            name: self.speak.tensor(np.asarray(x, self.form.name)) if name.endswith("_weight") else x for name, x in chosen.items()
        }
        tensors = [member.layout.of(self.speak.tensor(x), arrays[name].shape) for name, x in arrays.items()]
        return member.answer(others, "none", self.form, tensors[::-1] if exchanged else tensors)

    def value(self, member: Member, batch: Values, exchanged: bool = False, **chosen: Any) -> Any:
        """The same as an array."""
        with self.speak.setting(self.form):
            return np.asarray(self.speak.array(self.returned(member, batch, exchanged, **chosen)))

    def placed(self, member: Member, exchanged: bool = False) -> Member:
        """With the place of the loss in what it returns; UnfitError where no tensor is there."""
        batch = self.batch() if member.layout is not layouts.ALONE else {name: x[:1] for name, x in self.batch().items()}
        with self.speak.setting(self.form):
            found = self.returned(member, batch, exchanged)
        place: str | int | None = None
        if isinstance(found, Mapping):
            named = [name for name in found if name == "loss"] or [name for name in found if "loss" in str(name).lower()]
            if len(named) != 1:
                raise UnfitError(f"it returns {', '.join(map(str, found))} by name, of which none is called loss")
            place = named[0]
        elif isinstance(found, (tuple, list)) and found:
            place = 0
        if not hasattr(found := found if place is None else found[place], "shape"):
            raise UnfitError(f"it returns {type(found).__name__} where a tensor is wanted, without which there is no gradient")
        return replace(member, place=place)

    def reduced(self, member: Member, exchanged: bool = False) -> str:
        """none, sum or mean, told by asking for the batch twice over; UnfitError where it is none of these."""
        batch = self.batch()
        if member.layout is layouts.ALONE:
            alone = self.value(member, {name: x[:1] for name, x in batch.items()}, exchanged)
            if alone.size != 1:
                raise UnfitError(f"it returns {alone.size} numbers for one example")
            return "none"
        once = self.value(member, batch, exchanged)
        if once.size == EXAMPLES and once.ndim:
            return "none"
        if once.size != 1 or member.reduces_as_told:
            raise UnfitError(f"it returns the shape {once.shape}: neither one loss an example nor one number")
        twice = self.value(member, {name: x + x for name, x in batch.items()}, exchanged)
        return "sum" if abs(float(twice.item()) - 2 * float(once.item())) < abs(float(twice.item()) - float(once.item())) else "mean"

    def agrees(
        self, member: Member, given: Values, chosen: Mapping[str, Any] = MappingProxyType({}), reduction: str = "", exchanged: bool = False
    ) -> bool:
        """Whether it gives our own float64 values; not where it takes no such thing."""
        own = {name: x for name, x in member.fixed.items() if name in self.loss.parameters or name in ("label_smoothing", "pos_weight")}
        told = reduction or member.reduction
        if "class_weight" in member.fixed and self.loss.target == CLASS:
            own |= {"class_weight": member.fixed["class_weight"], "denominator": member.divides.get("class_weight", "weights")}
        ours = {name: x for name, x in chosen.items() if name not in HANDLED}
        try:
            arrays = {name: array(x, self.form) for name, x in given.items()}
            if member.layout is layouts.WHOLE:
                arrays = {name: x.reshape(1, -1, x.shape[-1]) for name, x in arrays.items()}
            exact = value(self.loss, **{**own, **arrays, **chosen}, reduction=told)
            if member.layout is layouts.ALONE:
                rows = [{name: x[k : k + 1] for name, x in given.items()} for k in range(EXAMPLES)]
                got = np.array([self.value(member, row, exchanged, **ours).item() for row in rows])
            else:
                got = self.value(member, given, exchanged, **ours, **({"reduction": told} if member.reduces_as_told else {}))
        except Exception:  # a stranger's code may raise anything
            return False
        return got.size == np.size(exact) and bool(np.allclose(got.reshape(-1), np.reshape(exact, -1), rtol=CLOSE, atol=0))


def found_out(member: Member, speak: Dialect) -> Member:
    """How it wants its examples and labels, whether it reduces them, and what it can be told."""
    complaints: list[tuple[Exception, Member]] = []
    own = catalog.is_own(member.loss)
    for form in (FORMATS["float64"], FORMATS["float32"]):
        probe = Probe(member.loss, speak, form, member.classes or batches.CLASSES)
        runs: list[Member] = []
        for trial in _trials(member):
            if runs and (own or (trial.layout is layouts.ALONE and runs[-1].target is trial.target)):
                continue  # what takes a batch is asked for it
            try:
                placed = probe.placed(trial)
                runs.append(replace(placed, reduction=probe.reduced(placed)))
            except Exception as error:  # a stranger's code may raise anything
                complaints.append((error, trial))
                continue
            if not own and probe.agrees(runs[-1], probe.batch()):
                return _told(runs[-1], probe)
        if not own:
            _refuse_exchanged([trial for trial in _trials(member) if not (runs and trial.layout is layouts.ALONE)], probe)
        if runs:
            return runs[0] if own else _told(runs[0], probe)
    first, trial = complaints[0]
    said = next(iter(str(first).strip().splitlines()), "")
    raised = "" if isinstance(first, UnfitError) else f"it raised {type(first).__name__}{': ' * bool(said)}"
    asked = f"asked for {EXAMPLES} examples of {member.loss.name} ({trial.layout.described(member.loss)})"
    raise ImplementationError(f"{asked}, {raised}{said}{where(first)}")


def _trials(member: Member) -> Iterator[Member]:
    """The ways to ask it, the commonest first: told not to reduce, if it can be told; the layouts and the labels."""
    for target in targets.fitting(member.loss):
        told = [name for name, found in member.parameters.items() if found == ("reduction",)]
        for layout in layouts.fitting(member.loss):
            for known in (member, *map(member.without, told)):
                yield replace(known, target=target, layout=layout)


def _refuse_exchanged(trials: Sequence[Member], probe: Probe) -> None:
    """Raise ImplementationError for what is right if its arguments are exchanged."""
    if len(probe.loss.arguments) != 2:
        return
    for trial in trials:
        try:
            placed = probe.placed(trial, exchanged=True)
            found = replace(placed, reduction=probe.reduced(placed, exchanged=True))
        except Exception:  # a stranger's code may raise anything
            continue
        if probe.agrees(found, probe.batch(), exchanged=True):
            first, second = probe.loss.arguments
            raise ImplementationError(
                f"it is right if the arguments are exchanged: it takes ({second}, {first}), and is given ({first}, {second}); "
                f"bring lambda {first}, {second}: f({second}, {first})"
            )


def _told(member: Member, probe: Probe) -> Member:
    """With what it can be told: reductions, options that a name lets guess, forms of labels, weights, numbers of classes."""
    loss, batch = member.loss, probe.batch()
    if probe.form.name == "float32":
        member = replace(member, formats=("float32",))
    if probe.agrees(member, batch):  # of what is wrong anyhow nothing is guessed
        for name in member.guessed:
            tried = {option: _other(loss, option) for option in member.parameters[name]}
            if not probe.agrees(member, batch, tried):
                member = member.without(name)
    if member.reduces_as_told:
        member = replace(member, words=tuple(word for word in options.REDUCTIONS if _runs(probe, member, batch, reduction=word)))
    reduction = "mean" if member.reduces_as_told else member.reduction
    if member.layout is not layouts.ALONE and options.forms(loss):
        forms = {form: batches.in_form(loss, probe.form, "doors", batch, form) for form in options.forms(loss)[1:]}
        kept = [form for form, given in forms.items() if probe.agrees(member, given, {"target_form": form}, reduction)]
        member = replace(member, forms=tuple(kept))
    if "sample_weight" in member.there and reduction == "mean":  # libraries divide by either; under weights of classes all by their sum
        weighted = {"sample_weight": np.arange(1.0, EXAMPLES + 1)}
        by_count = not probe.agrees(member, batch, weighted, reduction)
        by_count = by_count and probe.agrees(member, batch, {**weighted, "denominator": "count"}, reduction)
        member = replace(member, divides={**member.divides, "sample_weight": "count" if by_count else "weights"})
    if "class_weight" in member.fixed and reduction == "mean":
        counted = replace(member, divides={**member.divides, "class_weight": "count"})
        member = counted if not probe.agrees(member, batch) and probe.agrees(counted, batch) else member
    sentences = [member.target.limit] if member.target.limit else []
    if loss.target in (CLASS, WEIGHTS) and loss.arguments[loss.first].rank == 1:
        sentences += _classes(member, probe)
    return replace(member, limits=(*member.limits, *(limits.parse(sentence, loss) for sentence in sentences)))


def _runs(probe: Probe, member: Member, batch: Values, **chosen: Any) -> bool:
    """Whether it returns anything."""
    given = {name: x[:1] for name, x in batch.items()} if member.layout is layouts.ALONE else batch
    try:
        probe.value(member, given, **chosen)
    except Exception:  # a stranger's code may raise anything
        return False
    return True


def _classes(member: Member, probe: Probe) -> list[str]:
    """The limit to numbers of classes, of what raises for others."""
    takes = {count: _runs(probe, member, probe.batch(count)) for count in (1, 2, probe.classes + 1)}
    if not (takes[2] or takes[probe.classes + 1]):
        return [f"exactly {probe.classes} class{'es' * (probe.classes > 1)}"]
    return [] if takes[1] else ["at least 2 classes"]


def _other(loss: Loss, option: str) -> float:
    """A setting of an option that is not the usual one."""
    if option not in loss.parameters:
        return 0.125
    return next((float(x) for x in loss.parameters[option].grid if x != loss.defaults[option]), float(loss.defaults[option]))
