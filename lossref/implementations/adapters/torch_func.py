"""PyTorch's functional transforms on the CPU: the functions of `torch`, one example at a time under torch.func.

vmap maps an example's loss over the batch, grad and jacrev differentiate it; whole calls go through vjp.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from lossref.implementations.engines import tensors
from lossref.implementations.engines.choice import choose
from lossref.implementations.engines.tensors import Differentiation, Text, by_place, itself, places
from lossref.implementations.engines.written import Written, all_written
from lossref.implementations.source import sources
from lossref.library import Implementation, ImplementationError, Library
from lossref.spec import Question

try:
    import torch

    from lossref.implementations.adapters import torch as plain
    from lossref.implementations.engines import torch_like
except ModuleNotFoundError as error:  # the package that is missing is not called torch_func
    raise ImplementationError(f"torch_func is not installed here ({error}); try: pip install torch") from None


UNMAPPED = {"gaussian_nll": "gaussian_nll_loss asks whether its data are in order, which vmap cannot map"}


def library() -> Library:
    whole = plain.library()
    return replace(
        whole,
        name="torch_func",
        title=f"torch.func of {torch.__version__}",
        implementations={found.name: _implementation(found) for found in all_written(vars(plain)) if found.name not in UNMAPPED},
        offers={offer: UNMAPPED.get(judged, judged) for offer, judged in whole.offers.items()},
        reasons={**whole.reasons, **UNMAPPED},
    )


def _value(call: Callable[..., Any], tensors: Mapping[str, Any]) -> Any:
    return torch.func.vjp(by_place(call, tensors), *tensors.values())[0]


def _valued(call: Text, tensors: Mapping[str, str]) -> str:
    return f"print(torch.func.vjp(lambda {', '.join(tensors)}: {call(itself(tensors))}, {', '.join(tensors.values())})[0])"


def _pull(total: Callable[..., Any], tensors: Mapping[str, Any]) -> Any:
    return torch.func.grad(by_place(total, tensors), tuple(range(len(tensors))))(*tensors.values())


def _pulled(total: Text, tensors: Mapping[str, str]) -> str:
    return f"print(torch.func.grad(lambda {', '.join(tensors)}: {total(itself(tensors))}{places(tensors)})({', '.join(tensors.values())}))"


# reverse over reverse, as the documentation of torch.func.hessian advises: forward mode lacks soft_margin_loss
def _bend(total: Callable[[Any], Any], x: Any) -> Any:
    return torch.func.jacrev(torch.func.jacrev(total))(x).reshape(x.numel(), x.numel()).diagonal()


def _bent(total: Text, name: str, source: str, rank: int) -> str:
    found = f"torch.func.jacrev(torch.func.jacrev(lambda {name}: {total({name: name})}))({name})"
    return f"{name} = {source}; print({found}.reshape({name}.numel(), {name}.numel()).diagonal().reshape({name}.shape))"


FUNCTIONAL = Differentiation(value=_value, valued=_valued, pull=_pull, pulled=_pulled, bend=_bend, bent=_bent)
CALLS = torch_like.dialect(plain.IMPORTS, differentiation=FUNCTIONAL)
BY_EXAMPLE: Mapping[str, tuple[Callable[..., Any], str]] = {  # of one example: the transform, and its source
    "value": (lambda one, moved: one, "lambda {names}: ({call}).sum()"),
    "gradient": (lambda one, moved: torch.func.grad(one, moved), "torch.func.grad(lambda {names}: ({call}).sum(), {moved})"),
    "hessian": (
        lambda one, moved: torch.func.jacrev(torch.func.jacrev(one)),
        "torch.func.jacrev(torch.func.jacrev(lambda {names}: ({call}).sum()))",
    ),
}


def _implementation(found: Written) -> Implementation:
    loss, calls = found.loss, tensors.implementation(found, CALLS)
    places = tuple(list(loss.arguments).index(name) for name in loss.differentiable)
    moved = places[0] if len(places) == 1 else places

    def part_of(part: str) -> Callable[..., Any]:
        def asked(**named: Any) -> Any:
            if "reduction" in named:
                return calls.parts[part](**named)
            chosen = choose(found, CALLS.reductions, named, part)
            batch = {name: torch.from_numpy(named[name]) for name in loss.arguments}

            def one(*example: Any) -> Any:
                return chosen.call(named | {name: x[None] for name, x in zip(batch, example, strict=True)}).sum()

            with warnings.catch_warnings():  # what has no batching rule is mapped in a loop, to the same numbers
                warnings.filterwarnings("ignore", "There is a performance drop")
                answer = torch.func.vmap(BY_EXAMPLE[part][0](one, moved))(*batch.values())
            if part == "hessian" and answer.ndim > 1:
                answer = answer.diagonal(dim1=1, dim2=2)
            return tuple(x.numpy() for x in answer) if isinstance(answer, tuple) else answer.numpy()

        return asked

    def line(part: str, question: Question) -> str:
        if question.is_call:
            return calls.line(part, question)
        written = sources(question, torch_like.spelled)
        call = choose(found, CALLS.reductions, {**question.inputs, **question.options}, part).text(
            written | {name: f"{name}[None]" for name in loss.arguments}
        )
        transformed = BY_EXAMPLE[part][1].format(names=", ".join(loss.arguments), call=call, moved=moved)
        diagonal = ".diagonal(dim1=1, dim2=2)" if part == "hessian" and loss.arguments[loss.first].rank else ""
        return f"{plain.IMPORTS}; print(torch.func.vmap({transformed})({', '.join(written[name] for name in loss.arguments)}){diagonal})"

    return replace(calls, parts={part: part_of(part) for part in calls.parts}, line=line)
