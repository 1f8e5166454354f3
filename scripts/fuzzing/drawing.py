"""Calls of public functions, drawn: each with the errors that it declares and, where its arguments are good, the same of plain arrays."""

from __future__ import annotations

import copy
import inspect
import pickle
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import lossref
from fuzzing import arguments, world
from fuzzing.arguments import SHAPES, described, dressed, good, nested, option
from fuzzing.asked import Call
from fuzzing.bad import BAD, TEXTS, anything, misspelt, odd
from lossref import catalog, golden, options, testing
from lossref.conventions.formula import ConventionError
from lossref.formats import FORMATS
from lossref.golden import GoldenError
from lossref.library import ImplementationError
from lossref.spec import Loss

PARTS = ("value", "gradient", "hessian", "value_and_gradient")
ASKED = (KeyError, TypeError, ValueError)
ASSERTED = (*ASKED, AssertionError)
CHECKED = (*ASKED, ConventionError, ImplementationError)
SENTENCES = TEXTS[13:20]
FUNCTIONS = [
    name for name, x in vars(lossref.functions).items() if inspect.isfunction(x) and x.__module__.endswith("functions") and name[0] != "_"
]


def drawn(chance: random.Random) -> Call:
    """A call of a public function."""
    make = chance.choices([make for make, _ in MAKERS], [share for _, share in MAKERS])[0]
    return make(chance)


def _loss(chance: random.Random) -> Loss:
    return catalog.get(chance.choice(catalog.names()))


def _words(loss: Loss, *more: str) -> tuple[str, ...]:
    return (*loss.arguments, *loss.parameters, *options.NAMES, loss.name, "class_axis", *more)


def _question(chance: random.Random, loss: Loss, wrong: float, mild: bool = False) -> tuple[dict[str, Any], dict[str, Any], bool]:
    """Arguments, parameters and options by name; the same as plain lists; and whether all of it is good."""
    shape = chance.choice(SHAPES[:3] if mild and (loss.spaces[loss.first].rank > 1 or loss.family == "embedding") else SHAPES)
    lists = good(chance, loss, shape, mild)
    plain: dict[str, Any] = {name: np.array(x) for name, x in lists.items()}
    given: dict[str, Any] = {name: dressed(chance, x) for name, x in lists.items()}
    for name, parameter in loss.parameters.items():
        if chance.random() < 0.4:
            plain[name] = given[name] = chance.choice(parameter.grid)
    refused = options.refusals(loss)
    if not loss.is_function and chance.random() < 0.5:
        known = [name for name in options.NAMES if name not in refused and not (name == "smoothing" and "label_smoothing" in refused)]
        classes = np.shape(lists[loss.first])[-1] if loss.spaces[loss.first].rank and np.ndim(lists[loss.first]) else 1
        for name in chance.sample(known, chance.choice((1, 1, 2, 3))):
            given[name] = option(chance, name, loss, shape, classes)
            plain[name] = arguments_of(given[name])
        if "reduction" not in given and chance.random() < 0.5:
            given["reduction"] = plain["reduction"] = chance.choice(("sum", "mean"))
    is_good = chance.random() >= wrong
    for _ in range(0 if is_good else chance.choice((1, 1, 2))):
        _spoil(chance, loss, given, lists)
    return given, plain, is_good


def arguments_of(x: Any) -> Any:
    """An option as a plain array, where it is anybody's."""
    if isinstance(x, str | int | float) or x is None:
        return x
    if hasattr(x, "detach"):
        x = x.detach().double() if x.is_floating_point() else x
    return np.array(np.from_dlpack(x) if isinstance(x, arguments.Lent) else x)[()]


def _spoil(chance: random.Random, loss: Loss, given: dict[str, Any], lists: Mapping[str, Any]) -> None:
    """One thing wrong, or odd."""
    kind = chance.randrange(8)
    name = chance.choice([*lists, *given, *loss.parameters])
    if kind < 3:
        name = chance.choice(list(lists))
        given[name] = odd(chance, lists[name])
    elif kind == 3:
        given[chance.choice(list(options.NAMES))] = anything(chance)
    elif kind == 4:
        name = chance.choice(list(options.NAMES))
        given[name] = chance.choice(BAD)([1.0, 0.0])
    elif kind == 5:
        given[misspelt(chance, name)] = anything(chance) if chance.random() < 0.5 else given.pop(name, None)
    elif kind == 6:
        given.pop(name, None)
    else:
        given[chance.choice((name, *loss.parameters, "class_axis"))] = anything(chance)


def _of_a_loss(chance: random.Random) -> Call:
    """value, gradient, hessian or both, of a name, a record, or the function of a loss."""
    loss, part = _loss(chance), chance.choice(PARTS)
    if part == "hessian" and loss.hessian is None and chance.random() < 0.9:
        part = "value"
    given, plain, is_good = _question(chance, loss, 0.6)
    of = getattr(lossref, part)
    call = Call(f"lossref.{part}", of, [_name(chance, loss)], given, words=_words(loss, part, "loss"))
    if chance.random() < 0.3:
        of_its_own = getattr(lossref.loss, loss.name)
        one = of_its_own if part == "value" else getattr(of_its_own, part, None)
        is_good = is_good and one is not None
        call = Call(f"loss.{loss.name}.{part}", one or of_its_own, [], given, words=_words(loss, part))
    is_good = is_good and _is_named(call, loss)
    return _placed(chance, loss, call, (lambda: of(loss.name, **plain)) if is_good else None)


def _placed(chance: random.Random, loss: Loss, call: Call, plain: Callable[[], Any] | None) -> Call:
    """The first arguments by position, in two of three."""
    if chance.random() < 0.7 and all(name in call.named for name in loss.arguments):
        call.positional += [call.named.pop(name) for name in loss.arguments]
    call.plain = plain
    return call


def _is_named(call: Call, loss: Loss) -> bool:
    return (
        call.name.startswith("loss.")
        or call.positional[0] is loss
        or (isinstance(call.positional[0], str) and call.positional[0] == loss.name)
    )


def _name(chance: random.Random, loss: Loss) -> Any:
    """A loss as it is named, or wrongly named."""
    if chance.random() < 0.94:
        return chance.choice((loss.name, loss))
    return chance.choice((misspelt(chance, loss.name), loss.name.upper(), "MSELoss", "", "nn.BCELoss", anything(chance), type(loss)))


def _oracle(chance: random.Random) -> Call:
    loss = _loss(chance)
    given, plain, is_good = _question(chance, loss, 0.5, loss.spaces[loss.first].rank > 0)
    more: dict[str, Any] = {}
    if chance.random() < 0.3:
        more["digits"] = chance.choice((1, 2, 15, 100, np.int64(20), True, 0, -3, 2.5, "20", None, 10**30, 2**70))
    if chance.random() < 0.2:
        more["certified"] = chance.choice((True, True, False, None, "yes"))
    if chance.random() < 0.1:
        more["hessian"] = chance.choice((True, False, 1))
    if chance.random() < 0.1:
        more["convention"] = chance.choice((*SENTENCES, [*SENTENCES], anything(chance)))
    words = _words(loss, "digits", "certified", "convention", "python-flint")
    of: Callable[..., Any] = lossref.oracle
    if chance.random() < 0.3:
        return _placed(
            chance, loss, Call(f"loss.{loss.name}.oracle", getattr(lossref.loss, loss.name).oracle, [], given | more, words=words), None
        )
    call = Call("lossref.oracle", of, [_name(chance, loss)], given | more, words=(*words, "loss"))
    return _placed(
        chance,
        loss,
        call,
        (lambda: of(loss.name, **(plain | more))) if is_good and _is_named(call, loss) and not _is_exact(given) else None,
    )


def _is_exact(given: Mapping[str, Any]) -> bool:
    """Whether something is given to more digits than a plain array holds."""
    return any(type(x).__name__ in ("Fraction", "Tensor") for x in given.values())


def _assert(chance: random.Random) -> Call:
    loss, reduced = _loss(chance), chance.random() < 0.4
    given, plain, _ = _question(chance, loss, 0.4, loss.spaces[loss.first].rank > 0)
    given.pop("reduction", None)
    plain = {name: x for name, x in plain.items() if name in loss.arguments or name in loss.parameters or name in given}
    if reduced and not loss.is_function:
        plain["reduction"] = given["reduction"] = chance.choice(("sum", "mean"))
    answers: list[Any] = []
    for part in ("value", "gradient"):
        try:
            x = getattr(lossref, part)(loss.name, **plain)
        except ASKED:
            x = 1.0
        kind = chance.randrange(10)
        answers.append(None if kind == 0 else odd(chance, np.asarray(x).tolist() if not isinstance(x, tuple) else 1.0) if kind == 1 else x)
    more: dict[str, Any] = {}
    if chance.random() < 0.2:
        more["level"] = chance.choice(("A+", "A", "B", "C", anything(chance)))
    if chance.random() < 0.15:
        more["convention"] = chance.choice((*SENTENCES, [*SENTENCES], anything(chance)))
    of = testing.assert_call_matches if reduced and not loss.is_function else testing.assert_matches
    words = _words(loss, "level", "convention", "value", "gradient", "loss", "reduction", "inputs")
    return Call(f"testing.{of.__name__}", of, [*answers, _name(chance, loss)], given | more, ASSERTED, words)


def _assert_gradient(chance: random.Random) -> Call:
    loss = catalog.get(
        chance.choice(("squared_error", "hinge", "triplet_margin", "gaussian_nll", "l2_penalty", "sigmoid"))
        if chance.random() < 0.9
        else catalog.names()[0]
    )
    more: dict[str, Any] = {}
    if chance.random() < 0.3:
        name = chance.choice(("level", "vectors", "format"))
        more[name] = anything(chance) if name != "vectors" else chance.choice((3, None, "\ud800", "golden"))  # a seed takes minutes
    function = _function(chance, loss)
    return Call(
        "testing.assert_gradient_matches",
        testing.assert_gradient_matches,
        [function, _name(chance, loss)],
        more,
        (*ASSERTED, GoldenError),
        _words(loss, "fn", "level", "vectors", "format", "gradient", "loss"),
    )


def _function(chance: random.Random, loss: Loss, part: str = "gradient") -> Any:
    """A function to be judged: a right one, or something that is none."""

    def right(**given: Any) -> Any:
        return getattr(lossref, part)(loss.name, **given)

    bad = chance.choice(BAD)([1.0])
    bad = 7 if isinstance(bad, str) else bad  # which would be imported
    return (
        right
        if chance.random() < 0.3
        else chance.choice((lambda **given: bad, bad, right, lambda *given: 0.0, lambda **given: [None], np.add, str, 1))
    )


def _check(chance: random.Random) -> Call:
    loss = catalog.get(chance.choice(("squared_error", "hinge", "sigmoid", "l2_penalty")))
    more: dict[str, Any] = {}
    if chance.random() < 0.5:
        more[chance.choice(("format", "level", "strict", "conventions", "limits", "framework", "device", "worst"))] = anything(chance)
    function = _function(chance, loss, "value")
    words = _words(
        loss, *more, "f", "limit", "convention", "conventions", "limits", "loss", "implementation", described(function).partition(":")[0]
    )
    return Call("lossref.check", lossref.check, [function, _name(chance, loss)], more, CHECKED, words, is_told_apart=False)


def _of_a_function(chance: random.Random) -> Call:
    name = chance.choice(FUNCTIONS)
    function = getattr(lossref.functions, name)
    shape = chance.choice(((3,), (2, 3), (1,), (), (0,), (2, 0)))

    def numbers() -> float | int:
        return chance.choice((0, 1, 2)) if name == "one_hot" else chance.choice((*arguments.NUMBERS, *arguments.SPECIAL[:2]))

    given: dict[str, Any] = {}
    plain: dict[str, Any] = {}
    for parameter in inspect.signature(function).parameters:
        if parameter in ("x", "y", "v", "labels"):
            lists = nested(shape, numbers)
            plain[parameter], given[parameter] = np.array(lists), dressed(chance, lists) if chance.random() < 0.6 else odd(chance, lists)
    is_good = all(np.array_equal(_read(given[k]), plain[k], equal_nan=True) for k in plain)
    for parameter, values in (("axis", (-1, 0, 1, None, (0, 1), [0])), ("classes", (3, 3, 1)), ("at_zero", (0.0, 0.5))):
        if parameter in inspect.signature(function).parameters and (parameter == "classes" or chance.random() < 0.5):
            given[parameter] = plain[parameter] = chance.choice(values) if chance.random() < 0.8 else anything(chance)
    if name == "one_hot" and np.asarray(plain["labels"]).size and _read(given["labels"]).dtype.kind not in "iu":
        is_good = False
    if chance.random() < 0.05:
        given[misspelt(chance, "axis")], is_good = 1, False
    of_plain = (lambda: function(**plain)) if is_good else None
    return Call(f"functions.{name}", function, [], given, (TypeError, ValueError), (name, *given), of_plain)


def _read(x: Any) -> Any:
    """A good argument as an array, or something that is equal to none."""
    try:
        is_plain = not isinstance(x, np.ma.MaskedArray) and getattr(getattr(x, "dtype", None), "kind", "") != "O"
        found = np.asarray(arguments_of(x) if is_plain else None)
        return found if found.dtype.kind in "biuf" else np.zeros((9,) * 5)
    except Exception:
        return np.zeros((9,) * 5)


def _options(chance: random.Random) -> Call:
    loss = _loss(chance)
    given = {}
    for name in chance.sample(options.NAMES, chance.choice((1, 1, 2, 4))):
        kind = chance.random()
        given[name] = (
            option(chance, name, loss, (3,), 3) if kind < 0.4 else anything(chance) if kind < 0.8 else chance.choice(BAD)([1.0, 0.0])
        )
    if chance.random() < 0.05:
        given[misspelt(chance, "mask")] = None
    return Call("options.Options", options.Options, [], given, (TypeError, ValueError), options.NAMES)


def _answer(chance: random.Random) -> Call:
    """What an Answer is asked: digits, formats, copies, arithmetic."""
    loss = catalog.get(chance.choice(("sigmoid_cross_entropy", "huber", "squared_error", "softmax_cross_entropy")))
    lists = good(chance, loss, ())
    digits = chance.choice((3, 30))
    form = chance.choice((*FORMATS, "float65", None, 3))
    asked: tuple[Callable[[Any], Any], ...] = (
        lambda a: str(a.value),
        lambda a: repr(a),
        lambda a: float(a.value),
        lambda a: pickle.loads(pickle.dumps(a)),
        lambda a: copy.deepcopy(a).value,
        lambda a: a.value * 2 + 1,
        lambda a: a.value.rounded(form),
        lambda a: a == a,
        lambda a: format(float(a.value)),
        lambda a: str(a.gradient),
    )
    ask = chance.choice(asked)
    return Call(
        "Answer",
        lambda: ask(lossref.oracle(loss.name, **lists, digits=digits)),
        [],
        {},
        (ValueError, KeyError),
        _words(loss, "form", "format"),
    )


def _catalogue(chance: random.Random) -> Call:
    name = chance.choice((_loss(chance).name, misspelt(chance, _loss(chance).name), "MSELoss", chance.choice(TEXTS), anything(chance)))
    function = chance.choice((catalog.get, catalog.find, catalog.named, catalog.suggestion, catalog.load))
    declared = (KeyError, TypeError, catalog.DefinitionError)
    return Call(
        f"catalog.{function.__name__}", function, [name], {}, declared, ("loss", "name", "path", "library", "file", "called", "Python")
    )


def _golden(chance: random.Random) -> Call:
    text = chance.choice((*TEXTS, "0", "abc", "zz", anything(chance)))
    loss, form = catalog.get("hinge"), FORMATS[chance.choice(("float64", "float32", "float16", "bfloat16"))]
    where: Any = chance.choice((None, golden.folder(), Path("/nowhere"), Path(__file__), Path("\0")))
    kind = chance.randrange(3)
    words = ("id", "identifier", "manifest", "missing", "MANIFEST.json", "golden", str(where), "ids")
    if kind == 0:
        return Call("golden.find", golden.find, [text], {}, (GoldenError, TypeError), words)
    if kind == 1:
        return Call("golden.read", golden.read, [loss, form, where], {}, (GoldenError,), words)
    return Call("golden.manifest", golden.manifest, [where or golden.folder()], {}, (GoldenError,), words)


def _examples(strategy: Any) -> list[Any]:
    """Two that a strategy draws."""
    hypothesis = world.installed("hypothesis")
    found: list[Any] = []
    quick = {
        "max_examples": 2,
        "database": None,
        "derandomize": True,
        "deadline": None,
        "suppress_health_check": list(hypothesis.HealthCheck),
    }
    hypothesis.settings(**quick, phases=[hypothesis.Phase.generate])(hypothesis.given(strategy)(lambda x: found.append(x)))()
    return found


def _strategies(chance: random.Random) -> Call:
    strategies = world.installed("lossref.strategies")
    if strategies is None:
        return _options(chance)
    function = chance.choice((strategies.logits, strategies.probabilities, strategies.arguments_for))
    given: dict[str, Any] = {}
    for name in ("format", "batch", "min_classes", "max_classes"):
        if name in inspect.signature(function).parameters and chance.random() < 0.3:
            given[name] = chance.choice((1, 2, 3, "float32", "float16", "bfloat16", "float64", anything(chance)))
    positional = (
        [_name(chance, catalog.get(chance.choice(("softmax_cross_entropy", "huber", "kl_divergence"))))]
        if function is strategies.arguments_for
        else []
    )
    return Call(
        f"strategies.{function.__name__}",
        lambda *p, **n: _examples(function(*p, **n)),
        positional,
        given,
        ASKED,
        ("loss", "format", "batch", "min_classes", "max_classes", "called"),
    )


MAKERS: tuple[tuple[Callable[[random.Random], Call], float], ...] = (
    (_of_a_loss, 48),
    (_oracle, 14),
    (_of_a_function, 14),
    (_assert, 8),
    (_options, 7),
    (_answer, 3),
    (_catalogue, 3),
    (_golden, 1),
    (_strategies, 2),
    (_check, 0.4),
    (_assert_gradient, 0.4),
)
