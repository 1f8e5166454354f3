"""For one's own tests: assert that values and gradients are those of a loss, or fail with a bug report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from lossref import arrays, catalog, golden
from lossref.conventions.grammar import sentences
from lossref.exact import balls
from lossref.float64.layout import LAST
from lossref.formats import Format
from lossref.golden.source import GOLDEN, Source
from lossref.judge import live
from lossref.judge.measure import DEFAULT_LEVEL, LEVELS, meets
from lossref.judge.verdict import judge
from lossref.library import Implementation
from lossref.report import mismatch
from lossref.spec import APART, Loss, Vector


def assert_matches(
    value: Any,
    gradient: Any,
    loss: str | Loss,
    /,
    *,
    level: str = DEFAULT_LEVEL,
    convention: str | Sequence[str] = (),
    class_axis: int = LAST,
    **named: Any,
) -> None:
    """Assert that a batch of losses, and their gradient, conform to a level; None leaves one of the two out.

        assert_matches(mine(z, y), slope(z, y), "sigmoid_cross_entropy", logits=z, target=y, level="B")

    `loss` is a name of `lossref list`, or a record of one's own. Values are unreduced, one an example; a gradient has the shape of the
    first argument, or is one array for each argument that the loss is differentiable in, in their order. Arguments and parameters are named
    as in `lossref show LOSS`, options as in `lossref.options.Options` (weights, masks, smoothing ...); `assert_call_matches` is
    the same for a call that is reduced. All may be NumPy, torch (tracking gradients, on any device), jax or array-API arrays in float64,
    float32, float16, bfloat16 or float8, or numbers and lists, which mean float64. Inputs are taken exactly as given and are of one
    format, which the answers are judged in; a wider answer gains nothing, a narrower one is judged as it is. Parameters and
    numbers among the options are taken exactly too. `class_axis` is that of `lossref.value`.

    `convention` is a sentence, or several, of `lossref check --help` (`"clip probabilities to [1e-7, 1 - 1e-7], gradient through"`):
    the answers are judged as those of the function which does so.

    Each distinct example is certified once: some 0.2 ms for one number, 3 ms for ten logits, 0.2 s for 1,000, a minute for 128,256.
    Where an exact answer is beyond certainty or beyond float64's allowances nothing can be judged, and the assertion fails; so it does
    where nothing at all is left to judge: a loss has no slope where it jumps. Without python-flint the exact answers are mpmath's, with
    their margins, and not proved.

    Raises AssertionError with the worst numbers, and where nothing is judged, as where both value and gradient are None; ValueError for
    a point outside the domain, for two formats, for options and conventions that do not fit and for an unknown level; TypeError for
    arguments that are missing or are not real numbers; KeyError for an unknown loss.
    """
    __tracebackhide__ = True
    _assert(value, gradient, _known(loss, level), level, convention, class_axis, named)


def assert_call_matches(
    value: Any,
    gradient: Any,
    loss: str | Loss,
    /,
    *,
    reduction: Literal["none", "sum", "mean"] = "mean",
    level: str = DEFAULT_LEVEL,
    convention: str | Sequence[str] = (),
    class_axis: int = LAST,
    **named: Any,
) -> None:
    """Assert that a whole call, reduced to one number, and its gradient conform to a level; all else as for `assert_matches`.

        assert_call_matches(mean, slope, "softmax_cross_entropy", logits=z, target=y, class_weight=w, label_smoothing=0.1)

    The value is one number; the gradient, times `upstream` if that is given, has the shape of the first argument. A mean is over
    the `denominator`, the sum of the weights unless said otherwise. The exact value is the sum of the exact shares of all examples, each
    known to 2**-17 of its ulp. How many terms it has widens nothing: a sum taken in order in float32 fails where it has lost digits.
    Equal examples are certified once: millions are judged in seconds if few are distinct, and take 0.2 ms or more each if not.
    """
    __tracebackhide__ = True
    _assert(value, gradient, _known(loss, level), level, convention, class_axis, {"reduction": reduction, **named})


def _assert(
    value: Any, gradient: Any, loss: Loss, level: str, convention: str | Sequence[str], class_axis: int, named: Mapping[str, Any]
) -> None:
    __tracebackhide__ = True
    if value is None and gradient is None:
        raise AssertionError(f"{loss.name}: value and gradient are both None, so nothing is judged; is a return missing?")
    inputs = live.read_inputs(live.Asked(loss, named, sentences("convention", convention), class_axis))
    reports, is_judged = [], False
    with np.errstate(all="ignore"):
        for part, answer in (("value", value), ("gradient", gradient)):
            if answer is not None:
                measured = list(live.check(inputs, part, answer))
                is_judged |= bool(measured)
                reports += [mismatch.uncertain(inputs, part, measured), mismatch.of_a_test(inputs, part, answer, measured, level)]
    if not is_judged:
        nothing = "it has no slope at any of these examples" if len(inputs.which) else "the batch is empty"
        reports.append(f"{loss.name}: nothing is judged, for {nothing}")
    _fail(reports)


def assert_gradient_matches(
    fn: Callable[..., Any], loss: str | Loss, /, *, level: str = DEFAULT_LEVEL, vectors: str = "golden", format: str = "float64"
) -> None:
    """Assert that a gradient function conforms to a level on the golden vectors of a loss, as `lossref check` would judge it.

        assert_gradient_matches(lambda logits, target: sigmoid(logits) - target, "sigmoid_cross_entropy")

    `fn` is called by keyword with NumPy batches of the format (float64, float32 or float16; labels as int64, parameters as
    Python floats) and returns any array, shaped like the first argument. `vectors` is "golden" for the set that is shipped
    (float64 and float32), or any other word, the seed of a fresh set of the same make, which is certified first. Range edges,
    infinities and NaN are left out.

    Raises AssertionError with the worst numbers, ValueError for an unknown level or format, KeyError for an unknown loss,
    GoldenError for data that is not what its manifest says, ModuleNotFoundError where a fresh set needs python-flint.
    """
    __tracebackhide__ = True
    record = _known(loss, level)
    form = arrays.judged("format", format)
    if not isinstance(vectors, str) or not vectors.isprintable():
        raise ValueError(f"vectors must be golden or a word, the seed of a fresh set, and is {arrays.shown(vectors)}")
    if not callable(fn):
        raise TypeError(f"fn must be a function that gives the gradient of {record.name}, and is {arrays.shown(fn)}")

    def called(**given: Any) -> Any:
        found = fn(**given)
        if len(record.differentiable) > 1:
            return tuple(arrays.read("gradient", x).array for x in found)
        return arrays.read("gradient", found).array

    found = [v for v in _vectors(record, form, vectors) if not v.question.is_call]
    verdict = judge(record, Implementation(parts={"gradient": called}, line=lambda *_: ""), found, form)
    if verdict.broke:
        raise AssertionError(f"{record.name}: {verdict.broke}")
    if "gradient" not in verdict.parts:
        raise ValueError(f"{record.name} has no gradient to judge")
    if meets(verdict.parts["gradient"].headline(), level):
        return
    outcomes = [o for o in verdict.parts["gradient"].outcomes if o.vector.region not in APART and o.got is not None]
    _fail([mismatch.message(record, "gradient", outcomes, level, form)])


def _vectors(loss: Loss, form: Format, which: str) -> list[Vector]:
    if which == "golden" and form.name in golden.SHIPPED_FORMATS:
        return GOLDEN.vectors(loss, form)
    if which == "golden":
        raise ValueError(f"golden vectors are shipped in {', '.join(golden.SHIPPED_FORMATS)}; `vectors` may be a seed instead")
    if not (balls.INSTALLED or catalog.is_own(loss)):
        raise ModuleNotFoundError(f"a fresh set is certified: {balls.MISSING}")
    return Source(which, None).vectors(loss, form)


def _known(loss: str | Loss, level: str) -> Loss:
    if not isinstance(level, str) or level not in LEVELS:
        raise ValueError(f"level must be one of {', '.join(LEVELS)}, and is {arrays.shown(level)}")
    return catalog.find(loss)


def _fail(reports: list[str]) -> None:
    __tracebackhide__ = True
    if text := "\n\n".join(filter(None, reports)):
        raise AssertionError(text)
