"""A file anywhere with a definition and its arguments is a loss: asked, certified and judged like ours; a bad one is one sentence."""

import math
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from asking import components, given, stands_for

import lossref
from lossref import catalog, options
from lossref.catalog import DefinitionError
from lossref.formats import FLOAT64, FORMATS
from lossref.golden import write
from lossref.golden.read import parse
from lossref.judge.measure import meets
from lossref.judge.verdict import judge
from lossref.library import Implementation
from lossref.questions import generate
from lossref.spaces import Real
from lossref.spec import Loss
from lossref.testing import assert_gradient_matches, assert_matches

HEAD = "from lossref.options import *\nfrom lossref.spaces import *\nfrom lossref.spec import Loss, Parameter\n\n\n"
FILES = {
    "smooth_hinge": """def definition(m, prediction, target):
    margin = prediction * target
    if margin >= 1:
        return 0 * margin
    return (1 - margin) ** 2 / 2


LOSS = Loss(arguments={"prediction": Real(), "target": Sign()}, definition=definition, target=SIGN)
""",
    "log_cosh": """def definition(m, prediction, target):
    r = prediction - target
    return m.log((m.exp(r) + m.exp(-r)) / 2)


LOSS = Loss(arguments={"prediction": Real(), "target": Real()}, definition=definition, target=NUMBER)
""",
    "pinball": """def definition(m, prediction, target, quantile):
    r = target - prediction
    return m.max(quantile * r, (quantile - 1) * r)


LOSS = Loss(
    arguments={"prediction": Real(), "target": Real()},
    parameters={"quantile": Parameter(space=Unit(), default=0.5, grid=(0.5, 0.1, 0.9))},
    definition=definition,
    target=NUMBER,
)
""",
    "poly_1": """def definition(m, logits, target):
    p = m.exp(logits[target]) / m.sum(m.exp(z) for z in logits)
    return 1 - p - m.log(p)


LOSS = Loss(arguments={"logits": Vector(), "target": Label("logits")}, definition=definition, target=CLASS)
""",
    "distance": """def definition(m, first, second):
    return m.sqrt(m.sum((a - b) ** 2 for a, b in zip(first, second)))


LOSS = Loss(arguments={"first": Vector("d"), "second": Vector("d")}, differentiable=("first", "second"), definition=definition)
""",
    "map_error": """def definition(m, prediction, truth):
    rows = [sum((p - t) ** 2 for p, t in zip(*row)) for row in zip(prediction, truth)]
    return m.sum(rows) / len(rows)


LOSS = Loss(arguments={"prediction": Unit("h", "w"), "truth": Bit("h", "w")}, definition=definition)
""",
}


def np_log_cosh(r):
    return abs(r) + np.log1p(np.exp(-2 * abs(r))) - math.log(2)


def np_log_cosh_near_0(r):
    return np.where(abs(r) < 1, np.log1p(2 * np.sinh(r / 2) ** 2), np_log_cosh(r))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("losses")


@pytest.fixture(params=FILES)
def own(request, folder):
    return loaded(folder, request.param)


@cache
def loaded(where, name):
    return written(where, name)


@cache
def answered(where, name, form=FLOAT64):
    """All golden vectors of one of the files."""
    return write.vectors(loaded(where, name), form)


def written(where, name, text=None):
    (where / f"{name}.py").write_text(HEAD + (text or FILES[name]))
    return catalog.load(where / f"{name}.py")


def test_a_file_is_a_loss_called_like_the_file(own):
    assert own.name in FILES
    assert (own.family, own.value, own.gradient, own.hessian) == ("own", None, None, None)
    assert own.differentiable[0] == own.first
    assert catalog.is_own(own)
    assert not catalog.is_own(catalog.get("hinge"))


@pytest.mark.whole
def test_golden_data_is_certified_for_it(own, folder):
    """In one of the two formats, which differs from loss to loss."""
    form = FORMATS["float32" if len(own.name) % 2 else "float64"]
    found = answered(folder, own.name, form)
    assert len({v.id for v in found}) == len(found) > 40
    assert {"ordinary", "special", "reduction"} <= {v.region for v in found}
    assert {"tail", "cancellation", "kink"} & {v.region for v in found}
    assert {v.question.options.get("reduction") for v in found} == {None, "none", "sum", "mean"}
    assert all(set(v.answer.gradient) == set(own.differentiable) for v in found)
    assert len(found) >= 0.9 * len(list(generate(own, form)))
    back = parse(write.content(own, found, form), form)
    assert repr(back) == repr(found)
    assert all(v.question.reason for v in back)


@pytest.mark.parametrize("name", ["smooth_hinge", "pinball", "map_error"])
@pytest.mark.whole
def test_without_the_certifier_the_answers_are_the_same(folder, name):
    assert repr(write.vectors(loaded(folder, name), FLOAT64, proved=False)) == repr(answered(folder, name))


def test_other_seeds_ask_other_questions(own):
    asked, other = ({q.id for q in generate(own, FLOAT64, seed)} for seed in ("golden", "another"))
    assert len(asked & other) < len(asked) / 2


@pytest.mark.whole
def test_the_oracle_answers_it(own, folder, listed):
    misses, seen = [], 0
    for v in [v for v in answered(folder, own.name) if v.region not in ("special", "range")][::8]:
        try:
            answer = lossref.oracle(own, digits=30, **given(v.question))
        except ValueError as error:
            misses += [] if "cannot be settled" in str(error) else [(v.id, str(error))]
            continue
            continue
        stored = [(part, i) for part in (v.answer.value, *v.answer.gradient.values()) if part.rounded for i in range(len(part))]
        found = components(answer)
        seen += 1
        assert answer.loss == own.name
        misses += [(v.id, x) for x, (part, i) in zip(found, stored, strict=True) if not stands_for(part, i, x) and not math.isnan(x)]
    assert seen >= 10
    listed(misses)


def test_a_record_in_a_program_is_called_like_its_module():
    LOSS = Loss(arguments={"x": Real()}, definition=lambda m, x: x * x)
    assert lossref.oracle(LOSS, 3).loss == "test_user_losses"
    assert lossref.oracle(LOSS, 3).gradient == 6


def test_no_float64_code_is_a_sentence(own):
    with pytest.raises(ValueError, match=f"{own.name} has no float64 code; lossref.oracle answers it"):
        lossref.value(own, **dict(next(generate(own, FLOAT64)).inputs))


# Somebody's code for one, right and wrong.


RIGHT = {
    "value": lambda prediction, target: np_log_cosh_near_0(prediction - target),
    "gradient": lambda prediction, target: np.tanh(prediction - target),
}
WRONG = {
    "value": lambda prediction, target: np.log(np.cosh(prediction - target)),
    "gradient": lambda prediction, target: 1 - 2 / (np.exp(2 * (prediction - target)) + 1),
}


def verdict(where, name, parts):
    found = [v for v in answered(where, name) if not v.question.is_call]
    return judge(loaded(where, name), Implementation(parts=parts, line=lambda *_: ""), found, FLOAT64)


def test_an_implementation_is_judged_against_it(folder):
    right, wrong = verdict(folder, "log_cosh", RIGHT), verdict(folder, "log_cosh", WRONG)
    assert not right.broke
    assert right.parts["gradient"].headline() in ("A+", "A", "B")
    assert right.parts["value"].headline() in ("A+", "A", "B")
    assert wrong.parts["value"].headline() == "F"  # cosh overflows
    assert not meets(wrong.parts["gradient"].headline(), "B")


@pytest.mark.whole
def test_a_loss_of_classes_is_judged_against_it(folder):
    def value(logits, target):
        shifted = logits - logits.max(axis=-1, keepdims=True)
        log_p = (shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))[np.arange(len(target)), target]
        return 1 - np.exp(log_p) - log_p

    found = verdict(folder, "poly_1", {"value": value})
    assert not found.broke
    assert found.parts["value"].headline() == "C"  # a sure and right answer loses its tail in log_p
    assert verdict(folder, "poly_1", {"value": lambda **given: 2 * value(**given)}).parts["value"].headline() == "F"


@pytest.mark.whole
def test_several_gradients_are_judged(folder):
    loss = loaded(folder, "distance")

    def gradient(first, second):
        r = first - second
        size = np.linalg.norm(r, axis=-1, keepdims=True)
        slope = np.divide(r, size, out=np.zeros_like(r), where=size > 0)
        return slope, -slope

    ordinary = [v for v in answered(folder, "distance") if v.region in ("ordinary", "kink") and not v.question.is_call]
    assert any(v.region == "kink" for v in ordinary)
    kept = Implementation(parts={"gradient": gradient}, line=lambda *_: "")
    assert judge(loss, kept, ordinary, FLOAT64).parts["gradient"].headline() in ("A+", "A", "B")
    one = Implementation(parts={"gradient": lambda **given: (gradient(**given)[0],) * 2}, line=lambda *_: "")
    assert judge(loss, one, ordinary, FLOAT64).parts["gradient"].headline() == "F"
    alone = Implementation(parts={"gradient": lambda **given: gradient(**given)[0]}, line=lambda *_: "")
    assert "one for each of first, second" in judge(loss, alone, ordinary, FLOAT64).broke


@pytest.mark.whole
def test_assertions_take_it(folder):
    loss = loaded(folder, "log_cosh")
    z, y = np.array([0.5, -3.0, 700.0]), np.array([0.25, 2.0, -100.0])
    with np.errstate(over="ignore"):  # in the branch not taken
        value, gradient = RIGHT["value"](z, y), RIGHT["gradient"](z, y)
    assert_matches(value, gradient, loss, prediction=z, target=y)
    with np.errstate(all="ignore"), pytest.raises(AssertionError, match="log_cosh value: grade F"):
        assert_matches(WRONG["value"](z, y), None, loss, prediction=z, target=y)
    assert_gradient_matches(RIGHT["gradient"], loss)
    with np.errstate(all="ignore"), pytest.raises(AssertionError, match="log_cosh gradient"):
        assert_gradient_matches(WRONG["gradient"], loss)


def test_the_target_s_kind_brings_its_options(tmp_path):
    loss = written(tmp_path, "log_cosh")
    assert set(options.refusals(loss)) == set(options.refusals(catalog.get("squared_error")))
    with pytest.raises(ValueError, match="log_cosh takes no class_weight"):
        lossref.oracle(loss, [1, 2], [0, 0], reduction="mean", class_weight=[1, 2])
    weighted = lossref.oracle(loss, [1, 2], [0, 0], reduction="mean", sample_weight=[1, 0])
    assert weighted.value == lossref.oracle(loss, 1, 0).value
    halves = lossref.oracle(written(tmp_path, "pinball"), [1, 2], [0, 0], reduction="mean", quantile=Fraction(1, 4))
    assert halves.value == Fraction(3, 4) * Fraction(3, 2)


def test_files_of_one_name_are_two_losses(tmp_path):
    (tmp_path / "other").mkdir()
    first = written(tmp_path, "log_cosh")
    second = written(tmp_path / "other", "log_cosh", FILES["log_cosh"].replace("/ 2)", "/ 4)"))
    assert lossref.oracle(first, 0, 0).value == 0
    assert lossref.oracle(second, 0, 0).value < 0
    assert {catalog.file_of(first), catalog.file_of(second)} == {str(tmp_path / "log_cosh.py"), str(tmp_path / "other" / "log_cosh.py")}


def test_a_loss_called_like_one_of_ours_is_its_own(tmp_path):
    loss = written(tmp_path, "huber", FILES["log_cosh"])
    assert (loss.name, catalog.is_own(loss)) == ("huber", True)
    assert lossref.oracle(loss, 0, 0).value == 0
    assert lossref.oracle("huber", 0, 0, delta=2).value == 0
    assert_matches(RIGHT["value"](np.array([3.0]), np.array([0.0])), None, loss, prediction=[3.0], target=[0.0])


# Files that are no loss.


def loss_of(body, arguments='{"prediction": Real(), "target": Sign()}', more=""):
    return f"def definition(m, prediction, target):\n    {body}\n\n\nLOSS = Loss(arguments={arguments}, definition=definition{more})\n"


LOADING = {
    "a syntax error": ("def definition(m, x:\n    return x\n", "line 6: SyntaxError: "),
    "no LOSS": ("def definition(m, x):\n    return x\n", "defines no LOSS = Loss(arguments=..., definition=...)"),
    "another LOSS": ("LOSS = 3\n", "defines no LOSS = Loss(arguments=..., definition=...)"),
    "no definition": ("LOSS = Loss(arguments={'x': Real()})\n", "line 6: TypeError: "),
    "an unknown field": (loss_of("return prediction", more=", gradiant=None"), "line 10: TypeError: "),
    "an undefined name": (loss_of("return prediction", "{'prediction': Reel(), 'target': Sign()}"), "line 10: NameError: name 'Reel'"),
    "a missing import": ("import no_such_module\n", "line 6: ModuleNotFoundError: No module named 'no_such_module'"),
    "an exit": ("import sys\nsys.exit(3)\n", "line 7: SystemExit: 3"),
    "an unknown argument": (loss_of("return prediction", more=", differentiable=('score',)"), "cannot be differentiable in 'score'"),
    "a label to differentiate in": (
        loss_of("return prediction", more=", differentiable=('target',)"), "cannot be differentiable in 'target'"
    ),
    "no arguments": (loss_of("return prediction", "{}"), "arguments is a mapping from the name of each argument to its space"),
    "a space that is none": (loss_of("return prediction", "{'prediction': Real, 'target': 1}"), "arguments is a mapping"),
    "an odd kind of target": (loss_of("return prediction", more=", target='labels'"), "target is a kind of lossref.options"),
    "a kind without a target": (
        "LOSS = Loss(arguments={'x': Real()}, definition=lambda m, x: x, target=SIGN)\n", "it has no argument called target"
    ),
    "a label of nothing": (
        "LOSS = Loss(arguments={'x': Real(), 'target': Label('logits')}, definition=lambda m, **_: 0)\n", "target is a label of 'logits'"
    ),
    "a parameter without a grid": (
        loss_of("return prediction", more=", parameters={'a': 1.0}"), "parameters is a mapping from names to Parameter"
    ),
    "a name that is none": (loss_of("return prediction", more=", name='my loss'"), "a loss is named by one word, and not 'my loss'"),
    "a definition that is none": (
        "LOSS = Loss(arguments={'x': Real()}, definition='x * x')\n", "definition is a function of m and the arguments"
    ),
}  # fmt: skip
EVALUATING = {
    "a float's size": ("return prediction if float(prediction) > 700 else 0", "line 7: TypeError: a number of a definition is no float"),
    "math.exp": ("return math.exp(prediction)", "line 7: TypeError: a number of a definition is no float: functions of it are those of m"),
    "NumPy": ("return np.exp(prediction)", "line 7: TypeError: "),
    "an undefined name": ("return softplus(prediction)", "line 7: NameError: name 'softplus' is not defined"),
    "a bare condition": ("return 1 if target else prediction", "line 7: TypeError: a number of a definition is no condition by itself"),
    "a bare if": ("if prediction:\n        return prediction\n    return 0", "line 7: TypeError: a number of a definition is no condition"),
    "a key": ("return {1: prediction}[target]", "line 7: TypeError: unhashable type: 'Number'"),
    "a function that m has not": ("return m.softplus(prediction)", "line 7: AttributeError: "),
    "nothing returned": ("prediction", "TypeError: the definition returned a NoneType, and one number is wanted"),
    "a list returned": ("return [prediction]", "TypeError: the definition returned a list, and one number is wanted"),
    "an index": ("return prediction[0]", "line 7: TypeError: 'Number' object is not subscriptable"),
    "a value nowhere": ("return prediction / (target - target)", "line 7: NoValueError: x / 0"),
    "what does not settle": (
        "return prediction if m.sqrt(2) * m.sqrt(3) <= m.sqrt(6) else -prediction", "line 7: UnsettledError: 16384 bits do not settle it"
    ),
    "an exception of its own": ("raise RuntimeError('first\\nsecond')", "line 7: RuntimeError: first"),
}  # fmt: skip


def sentence(refusal):
    text = str(refusal.value)
    assert "\n" not in text
    assert len(text) < 500
    return text


@pytest.mark.parametrize("name", LOADING)
def test_a_file_that_is_no_loss_is_one_sentence(tmp_path, name):
    text, words = LOADING[name]
    with pytest.raises(DefinitionError) as refusal:
        written(tmp_path, "mine", text)
    assert sentence(refusal).startswith(str(tmp_path / "mine.py"))
    assert words in sentence(refusal)


@pytest.mark.parametrize("name", EVALUATING)
def test_a_definition_that_cannot_be_evaluated_is_one_sentence(tmp_path, name):
    body, words = EVALUATING[name]
    loss = written(tmp_path, "mine", "import math; import numpy as np\n" + loss_of(body).replace("\n", "\n", 1))
    with pytest.raises(DefinitionError) as refusal:
        write.vectors(loss, FLOAT64)
    assert sentence(refusal).startswith(str(tmp_path / "mine.py"))
    assert words.replace("line 7", "line 8") in sentence(refusal)


@pytest.mark.parametrize("path", ["missing.py", "mine.txt", "."])
def test_what_is_no_file_is_one_sentence(tmp_path, path):
    with pytest.raises(DefinitionError, match="is no Python file with a loss in it"):
        catalog.load(tmp_path / path)


def test_a_definition_that_settles_only_somewhere_is_asked_there(tmp_path):
    """Elsewhere there is no answer, and none is invented."""
    body = "return prediction if prediction < 0 or m.sqrt(2) * m.sqrt(3) == m.sqrt(6) else -prediction"
    found = write.vectors(written(tmp_path, "mine", loss_of(body)), FLOAT64)
    single = [v for v in found if not v.question.is_call and v.region not in ("special", "kink")]
    assert len(single) > 20
    assert all(v.question.inputs["prediction"] < 0 for v in single)
