"""`lossref.loss`: each loss as a Python function with a signature, a docstring and its parts, and the stub that editors read."""

import inspect
import pickle
import pydoc

import numpy as np
import pytest

import lossref
from lossref import catalog, options
from lossref.formats import FLOAT64
from lossref.questions import generate
from scripts.write_stubs import STUB, stub

PARTS = ("gradient", "value_and_gradient", "hessian")


def example(loss):
    """The arguments and parameters of the first question that is asked."""
    question = next(generate(loss, FLOAT64))
    return {**question.inputs, **question.parameters}


def same(found, wanted):
    for a, b in zip(found, wanted, strict=True) if isinstance(wanted, tuple) else [(found, wanted)]:
        same(a, b) if isinstance(b, tuple) else np.testing.assert_array_equal(a, b)


def test_the_stub_is_what_the_script_writes():
    assert STUB.read_text(encoding="utf-8") == stub(), "run python scripts/write_stubs.py"


@pytest.mark.sampled
def test_a_function_gives_what_the_name_gives(loss):
    function, at = getattr(lossref.loss, loss.name), example(loss)
    same(function(**at), lossref.value(loss.name, **at))
    same(function(*(at[name] for name in loss.arguments), **{name: at[name] for name in loss.parameters if name in at}), function(**at))
    for part in PARTS:
        assert hasattr(function, part) == (part != "hessian" or loss.hessian is not None)
        if hasattr(function, part):
            same(getattr(function, part)(**at), getattr(lossref, part)(loss.name, **at))


def test_its_signature_has_arguments_parameters_and_the_options_that_mean_something(loss):
    function = getattr(lossref.loss, loss.name)
    parameters = inspect.signature(function).parameters
    by_position = [p for p in parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert [p.name for p in by_position] == [*loss.arguments, *loss.parameters]
    assert {p.name: p.default for p in by_position if p.default is not p.empty} == loss.defaults
    by_keyword = {p.name: p.default for p in parameters.values() if p.kind is p.KEYWORD_ONLY}
    assert by_keyword.pop("class_axis", None) == (-1 if any(space.rank == 1 for space in loss.arguments.values()) else None)
    assert (by_keyword.pop("dtype"), by_keyword.pop("exact"), by_keyword.pop("out")) == ("float64", True, None)
    assert all(options.DEFAULTS[name] == x for name, x in by_keyword.items())
    assert ("reduction" in by_keyword) != loss.is_function
    assert not by_keyword.keys() & options.refusals(loss).keys()
    for name in options.NAMES:
        if name not in by_keyword:
            with pytest.raises(TypeError, match=f"{loss.name}: got an unexpected keyword argument '{name}'"):
                function(**dict.fromkeys(loss.arguments, 0), **{name: options.DEFAULTS[name]})


def test_it_can_be_read_about_and_pickled(loss):
    function = getattr(lossref.loss, loss.name)
    text = pydoc.render_doc(function, renderer=pydoc.plaintext)
    assert text.startswith(f"Python Library Documentation: function {loss.name} in module lossref.loss")
    assert loss.documentation.splitlines()[0] in text
    assert "Raises TypeError" in text
    for part in PARTS:
        if hasattr(function, part):
            assert loss.name in inspect.getdoc(getattr(function, part))
            assert pickle.loads(pickle.dumps(getattr(function, part))) is getattr(function, part)
    assert pickle.loads(pickle.dumps(function)) is function


def test_calls_and_exact_answers():
    huber = lossref.loss.huber
    assert huber([3.0, 0.5], [0.0, 0.0], delta=2.0, reduction="mean") == (4 + 0.125) / 2
    assert huber.gradient([3.0, 0.5], [0.0, 0.0], 2.0, reduction="mean", upstream=4.0).tolist() == [4, 1]
    assert float(huber.oracle(3, 0, 2, digits=20).value) == 4
    assert inspect.signature(huber.oracle).parameters["digits"].default == 50
    with pytest.raises(TypeError, match="huber: missing a required argument: 'target'"):
        huber(1.0)
    with pytest.raises(TypeError, match=r"huber\.gradient: got an unexpected keyword argument 'detla'"):
        huber.gradient(1.0, 2.0, detla=3.0)
    with pytest.raises(ValueError, match="delta must be a number above 0"):
        huber(1.0, 2.0, delta=-1.0)


def test_the_module_lists_its_losses_and_suggests_near_names():
    assert dir(lossref.loss) == sorted(catalog.names())
    with pytest.raises(AttributeError, match="no loss is called 'hubr'; did you mean huber"):
        lossref.loss.hubr  # noqa: B018 - the name is what is tested
