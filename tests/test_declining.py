"""What an implementation does not take: declined, counted and named, and a failure only where nothing is left or all was asked for."""

from __future__ import annotations

import json

import pytest
import strangers

from lossref.cli import main

RIGHT = '''
import numpy as np
import lossref
from lossref import NotSupported


class Hard:
    """A loss for labels 0 and 1."""
    limits = "labels are hard"

    def value(self, logits, target):
        assert np.isin(target[np.isfinite(target)], (0, 1)).all()
        return lossref.value("sigmoid_cross_entropy", logits, np.where(np.isnan(target), np.nan, target))


class Picky:
    """Declines single examples by raising for the batch that has any."""

    def value(self, logits, target):
        if ((target > 0.5) & (target < 0.7)).any():
            raise NotSupported("labels between 0.5 and 0.7")
        return lossref.value("sigmoid_cross_entropy", logits, target)

    def gradient(self, logits, target):
        return lossref.gradient("sigmoid_cross_entropy", logits, target)


class Tired(Picky):
    """Has a gradient of a few examples only."""

    def gradient(self, logits, target):
        if abs(logits).min() < 1e100:
            raise NotSupported("tired")
        return lossref.gradient("sigmoid_cross_entropy", logits, target)


class Silent(Picky):
    def gradient(self, logits, target):
        return None


class Refusing(Picky):
    def gradient(self, logits, target):
        raise NotSupported("no gradients on this chip")


def never(logits, target):
    raise NotSupported("nothing at all")


hard, picky, tired, silent, refusing = Hard(), Picky(), Tired(), Silent(), Refusing()
'''


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    with strangers.folder(tmp_path, monkeypatch, {"declines.py": RIGHT}):
        yield


def check(capsys, name, *more):
    status = main(["check", f"declines.py:{name}", "--loss", "sigmoid_cross_entropy", "--json", *more])
    found = capsys.readouterr()
    return status, json.loads(found.out)["losses"][0] if found.out else found.err


def test_a_limit_in_words_is_kept_to_and_named(capsys):
    status, found = check(capsys, "hard")
    assert status == 0
    assert found["limits"] == ["labels are hard"]
    assert list(found["declined"]) == ["beyond the limit: labels are hard"]
    assert not found["emptied"]


def test_one_example_of_a_batch_can_be_declined(capsys):
    """By raising: the batch is asked again one by one, and only what raises then is declined."""
    status, found = check(capsys, "picky")
    assert status == 0
    declined = found["declined"]["labels between 0.5 and 0.7"]
    assert 0 < declined < 30 < found["vectors"]


def test_complete_forgives_nothing_that_is_declined(capsys):
    assert check(capsys, "picky", "--complete")[0] == 1
    assert check(capsys, "hard", "--complete")[0] == 1


def test_a_region_of_which_nothing_is_left_fails(capsys):
    status, found = check(capsys, "tired")
    assert status == 1
    assert "gradient ordinary" in found["emptied"]
    assert found["parts"]["gradient"]["conforms"]  # what is left is right


def test_a_part_that_is_declined_everywhere_fails_and_one_that_is_none_is_not_there(capsys):
    status, found = check(capsys, "refusing")
    assert (status, found["emptied"]) == (1, ["gradient"])
    status, found = check(capsys, "silent")
    assert (status, found["emptied"], list(found["parts"])) == (0, [], ["value"])


def test_who_declines_everything_is_told_why(capsys):
    status, found = check(capsys, "never")
    assert status != 0
    assert "nothing at all" in str(found)


@pytest.mark.parametrize(
    ("limit", "emptied"), [("logits within [1e100, 1e308]", True), ("logits are finite", False)]
)
def test_a_user_states_limits_too(limit, emptied, capsys):
    status, found = check(capsys, "picky", "--limit", f"sigmoid_cross_entropy: {limit}")
    assert found["limits"] == [limit]
    assert (status, "value ordinary" in found["emptied"]) == ((1, True) if emptied else (0, False))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("sigmoid_cross_entropy: labels are funny", "is no limit; what can be said: labels are hard"),
        ("sigmoid_cross_entropy: scores within [0, 1]", "limits scores, and its arguments are logits, target"),
        ("labels are hard", "LOSS: SENTENCE"),
        ("hinge: labels are hard", "LOSS: SENTENCE"),
    ],
)
def test_a_limit_that_cannot_be_read_says_what_can_be(said, words, capsys):
    status, error = check(capsys, "picky", "--limit", said)
    assert status == 2
    assert words in error


def test_a_recorded_run_declines_what_the_live_one_did(capsys, tmp_path):
    live = check(capsys, "hard", "--record", str(tmp_path / "run"))
    main(["judge", str(tmp_path / "run"), "--loss", "sigmoid_cross_entropy", "--json"])
    again = json.loads(capsys.readouterr().out)["losses"][0]
    for key in ("declined", "limits", "emptied", "refusals"):
        assert again[key] == live[1][key], key
