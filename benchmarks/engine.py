"""float64 value and gradient of large arrays, unreduced, one thread, beside the fastest of PyTorch, JAX (jit) and scikit-learn, of those
that are installed: ratios of times, in turns within one run. Ours are written to arrays that are there (`out=`), as scikit-learn's are;
PyTorch and JAX keep the memory of theirs by themselves. What a call takes that makes its arrays anew stands beside it.

    python benchmarks/engine.py [--sizes 1000,100000,1000000] [--shapes 100000x10,10000x1000,256x50257] [--rounds 7]

The goals are for processors with AVX-512: without it NumPy's exp and log1p have no vector code, and the peers' have. The control is the
same code where NumPy may not use the vector instructions that are there: were it as quick, the figures would say nothing of them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
from measuring import Report, console, draws, in_turns, machine, ratio

import lossref
from lossref.report.machine import machine as machine_facts

Runs = dict[str, Callable[[], Any]]
ONE_THREAD = {  # read by the peers when they are imported, which is in `peers` and not before
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"),
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}
GOALS = {  # by group: of the fastest peer, at 1,000 numbers and from 100,000 on
    "logistic": (1.6, 1.0), "squared": (None, 1.5), "huber": (None, 2.3), "hinge": (None, 3.5),
}  # fmt: skip
LOSSES = {
    "sigmoid_cross_entropy": "logistic", "binary_cross_entropy": "logistic", "logistic": "logistic", "poisson": "logistic",
    "squared_error": "squared", "absolute_error": "squared", "huber": "huber", "hinge": "hinge",
}  # fmt: skip
CONTROLLED = (("sigmoid_cross_entropy", "100,000"), ("huber", "100,000"), ("softmax_cross_entropy", "1000x1000"))
TORCH = {
    "sigmoid_cross_entropy": "binary_cross_entropy_with_logits", "binary_cross_entropy": "binary_cross_entropy",
    "logistic": "soft_margin_loss", "poisson": "poisson_nll_loss", "squared_error": "mse_loss", "absolute_error": "l1_loss",
    "huber": "huber_loss",
}  # fmt: skip
SKLEARN = {"sigmoid_cross_entropy": "CyHalfBinomialLoss", "squared_error": "CyHalfSquaredError", "absolute_error": "CyAbsoluteError",
           "poisson": "CyHalfPoissonLoss"}  # fmt: skip


def arguments(loss: str, n: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    source = draws()
    x = source.normal(0, 2, n)
    y = {"hinge": source.choice((-1.0, 1.0), n), "logistic": source.choice((-1.0, 1.0), n), "poisson": source.poisson(3, n) * 1.0}
    target = y.get(loss, source.integers(0, 2, n) * 1.0 if "cross_entropy" in loss else source.normal(0, 2, n))
    return (1 / (1 + np.exp(-x)) if loss == "binary_cross_entropy" else x), target


def torch_runs(loss: str, x: Any, y: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    prediction, target = torch.from_numpy(x.copy()).requires_grad_(), torch.from_numpy(y.copy())

    def call() -> Any:
        if loss == "hinge":
            return torch.clamp(1 - target * prediction, min=0)
        if loss == "poisson":
            return functional.poisson_nll_loss(prediction, target, log_input=True, full=False, reduction="none")
        return getattr(functional, TORCH[loss])(prediction, target, reduction="none")

    def run() -> Any:
        prediction.grad = None
        found = call()
        found.backward(torch.ones_like(found))
        return found

    yield "torch", run


def jax_runs(loss: str, x: Any, y: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    formulas = {
        "sigmoid_cross_entropy": lambda z, t: jnp.logaddexp(0.0, z) - t * z,
        "binary_cross_entropy": lambda z, t: -(t * jnp.log(z) + (1 - t) * jnp.log1p(-z)),
        "logistic": lambda z, t: jnp.logaddexp(0.0, -t * z),
        "poisson": lambda z, t: jnp.exp(z) - t * z,
        "squared_error": lambda z, t: (z - t) ** 2,
        "absolute_error": lambda z, t: jnp.abs(z - t),
        "huber": lambda z, t: jnp.where(jnp.abs(z - t) <= 1, 0.5 * (z - t) ** 2, jnp.abs(z - t) - 0.5),
        "hinge": lambda z, t: jnp.maximum(1 - t * z, 0.0),
    }

    def both(a: Any, b: Any) -> Any:
        value, pull = jax.vjp(partial(formulas[loss], t=b), a)
        return value, pull(jnp.ones_like(value))[0]

    compiled, a, b = jax.jit(both), jnp.asarray(x), jnp.asarray(y)
    yield "jax", lambda: jax.block_until_ready(compiled(a, b))


def sklearn_runs(loss: str, x: Any, y: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    if loss in SKLEARN:
        from sklearn._loss import _loss

        code, value, slope = getattr(_loss, SKLEARN[loss])(), np.empty_like(x), np.empty_like(x)
        yield "sklearn", lambda: code.loss_gradient(y, x, None, value, slope, n_threads=1)


def peers(loss: str, x: Any, y: Any) -> Runs:
    known = {"torch": torch_runs, "jax": jax_runs, "sklearn": sklearn_runs}
    return {name: run for package, made in known.items() if find_spec(package) for name, run in made(loss, x, y)}


def ours(loss: str, x: Any, y: Any, **named: Any) -> Runs:
    """Our code, with arrays to write to and without."""
    call = partial(lossref.value_and_gradient, loss, x, y, **named)
    return {"lossref": partial(call, out=call()), "new arrays": call}


def rows_of_logits(shape: str, exact: bool) -> Runs:
    """Softmax cross-entropy of class indices: ours and theirs."""
    n, k = map(int, shape.split("x"))
    source = draws()
    z, y = source.normal(0, 3, (n, k)), source.integers(0, k, n)
    runs: Runs = ours("softmax_cross_entropy", z, y, exact=exact)
    if find_spec("torch"):
        import torch
        from torch.nn import functional

        torch.set_num_threads(1)
        logits, target = torch.from_numpy(z.copy()).requires_grad_(), torch.from_numpy(y)

        def run() -> Any:
            logits.grad = None
            found = functional.cross_entropy(logits, target, reduction="none")
            found.backward(torch.ones_like(found))
            return found

        runs["torch"] = run
    if find_spec("jax"):
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)

        def both(a: Any, b: Any) -> Any:
            value, pull = jax.vjp(lambda w: jax.nn.logsumexp(w, axis=1) - jnp.take_along_axis(w, b[:, None], 1)[:, 0], a)
            return value, pull(jnp.ones_like(value))[0]

        compiled, a, b = jax.jit(both), jnp.asarray(z), jnp.asarray(y)
        runs["jax"] = lambda: jax.block_until_ready(compiled(a, b))
    return runs


def show(report: Report, loss: str, size: str, count: int, runs: Runs, rounds: int, goal: float | None) -> None:
    seconds = in_turns(runs, rounds)
    theirs = {name: times for name, times in seconds.items() if name not in ("lossref", "new arrays")}
    best = min(theirs, key=lambda name: min(theirs[name]), default="")
    each = [f"{min(seconds[name]) / count * 1e9:.2f}" for name in ("lossref", "new arrays")]
    against = {name: ratio(seconds["lossref"], times) for name, times in theirs.items()}
    cells = (f"{against[name]:.2f}" if name in against else "-" for name in ("torch", "jax", "sklearn"))
    report.add(loss, size, *each, best, *cells, measured=against.get(best), goal=goal if best else None)


def control(report: Report, rounds: int) -> None:
    """Our code in two kinds of processes in turns: as it is, and without the vector instructions that NumPy chooses when it runs."""
    found = machine_facts()["numpy"]
    if not found:
        return
    each: dict[str, list[list[float]]] = {"": [], " ".join(found): []}
    for _ in range(rounds):
        for disabled, seconds in each.items():
            environment = {**os.environ, "NPY_DISABLE_CPU_FEATURES": disabled}
            command = [sys.executable, __file__, "--ours-alone"]
            seconds.append(json.loads(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout))
    for k, (loss, size) in enumerate(CONTROLLED):
        with_them, without = ([run[k] for run in runs] for runs in each.values())
        report.add(loss, size, " ".join(found), f"{statistics.median(b / a for a, b in zip(with_them, without, strict=True)):.2f}")


def ours_alone() -> None:
    """Seconds of our code for what is controlled, as JSON."""
    runs: Runs = {}
    for loss, size in CONTROLLED:
        n, *k = map(int, size.replace(",", "").split("x"))
        x, y = arguments(loss, n) if not k else (draws().normal(0, 3, (n, *k)), draws().integers(0, k[0], n))
        runs[f"{loss} {size}"] = partial(lossref.value_and_gradient, loss, x, y)
    print(json.dumps([min(times) for times in in_turns(runs, 5).values()]))


def main() -> Report:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,100000,1000000", metavar="N,N")
    parser.add_argument("--shapes", default="100000x10,10000x1000,256x50257", metavar="ROWSxCLASSES,...")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--ours-alone", action="store_true", help="what the control runs: our own seconds as JSON")
    given = parser.parse_args()
    if given.ours_alone:
        ours_alone()
        sys.exit()
    os.environ.update({name: x for name, x in ONE_THREAD.items() if name not in os.environ})
    console.print(machine())
    columns = ("loss", "size", "ns a number", "in new arrays", "fastest peer", "/ torch", "/ jax", "/ sklearn")
    report = Report("float64 engine: value and gradient, one thread, ours by theirs", columns)
    for loss, group in LOSSES.items():
        for n in map(int, filter(None, given.sizes.split(","))):
            x, y = arguments(loss, n)
            runs = ours(loss, x, y) | peers(loss, x, y)
            show(report, loss, f"{n:,}", n, runs, given.rounds, GOALS[group][n >= 100_000])
    for shape in filter(None, given.shapes.split(",")):
        n, k = map(int, shape.split("x"))
        for exact, goal in ((True, 1.1), (False, 1.3 if k < 100 else 0.75)):
            name = "softmax_cross_entropy" if exact else "the same, exact=False"
            show(report, name, shape, n * k, rows_of_logits(shape, exact), given.rounds, goal)
    report.show()
    beside = Report("Control: our time without these instructions, by that with them", ("loss", "size", "without", "times as long"))
    control(beside, max(1, given.rounds // 2))
    beside.show()
    return report


if __name__ == "__main__":
    main()
