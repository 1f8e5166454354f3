"""The census of other libraries' losses: what it says is counted, found by name, and agrees with the adapters and the docs."""

import json
from pathlib import Path

import pytest

from lossref import catalog, census
from lossref.__main__ import main
from lossref.implementations.resolve import ADAPTERS

LIBRARIES = {name: shipped for name, shipped in census.libraries().items() if shipped.losses}
OWN = ("lossref", "torch_func")  # ours, and another way to ask torch


def test_every_adapter_has_its_losses_counted():
    assert {*ADAPTERS} - {*OWN} <= {*LIBRARIES}
    assert all(shipped.title for shipped in LIBRARIES.values())


def test_every_name_stands_for_something_and_remarks_are_told_apart():
    for name, shipped in census.libraries().items():
        for entry, stands_for in (*shipped.losses.items(), *shipped.besides.items()):
            assert stands_for, (name, entry)
            assert all(x.loss.replace("_", "a").isalnum() and x.loss == x.loss.lower() for x in stands_for), (name, entry)
        assert not {*shipped.losses} & {*shipped.besides}, name


@pytest.mark.parametrize("name", LIBRARIES)
def test_what_is_counted_is_what_the_catalogue_has(capsys, name):
    """Counted again from the file: a loss counts where each that it stands for without a remark is there, or else its first."""
    assert main(["coverage", "--json"]) == 0
    report = next(found for found in json.loads(capsys.readouterr().out) if found["library"] == name)
    written = json.loads(Path(census.__file__).with_suffix(".json").read_text())[name]["losses"]
    there = 0
    for entry in written.values():
        texts = [entry] if isinstance(entry, str) else entry
        plain = [text for text in texts if "(" not in text] or [texts[0].split(" (")[0]]
        there += all(loss in catalog.names() for loss in plain)
    assert (report["asked"], report["of"]) == (there, len(written))
    assert there == sum(not offer["missing"] for offer in report["offers"])


def test_a_name_of_elsewhere_is_found_and_shown():
    assert catalog.named("nn.MSELoss") == "squared_error"
    assert catalog.named("sigmoid_focal_loss") == "sigmoid_focal_cross_entropy"
    assert census.elsewhere("am_softmax") == {"pytorch_metric_learning": "CosFaceLoss"}
    assert "1 less" in census.elsewhere("cosine_distance")["keras"]


def test_the_table_of_the_docs_is_what_the_command_prints(capsys):
    assert main(["coverage", "--markdown"]) == 0
    table = capsys.readouterr().out.strip()
    assert table in (Path(__file__).parent.parent / "docs" / "coverage.md").read_text(), "run lossref coverage --markdown"
    assert main(["coverage"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in LIBRARIES)


def test_a_library_that_is_not_here_is_listed_from_the_census(capsys):
    assert main(["coverage", "torchvision"]) == 0
    assert "of the 4 losses of torchvision" in capsys.readouterr().out
    assert main(["coverage", "torchvision", "--markdown"]) == 2
    assert "leave LIBRARY out" in capsys.readouterr().err
