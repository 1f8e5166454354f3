"""The committed golden files are what the code generates now, byte for byte."""

import json

import pytest

from lossref import callvectors, catalog, generate, golden
from lossref.acceptance import TOPICS
from lossref.callpoints import losses
from lossref.formats import FORMATS


def test_file_is_what_its_definition_gives(loss, form):
    path = golden.folder() / golden.relative_path(loss, form)
    if generate.content(loss, form) != path.read_bytes():
        pytest.fail(f"{path} is stale: definition, points or format changed; run `lossref golden generate`", pytrace=False)


@pytest.mark.parametrize("name", losses())
def test_calls_are_what_the_definitions_give(name, form):
    path = golden.folder() / callvectors.relative_path(catalog.get(name), form)
    assert callvectors.content(catalog.get(name), form) == path.read_bytes(), f"{path} is stale"


def test_every_loss_has_its_files_and_nothing_else_lies_there(listed):
    wanted = {golden.relative_path(catalog.get(name), FORMATS[f]) for name in catalog.names() for f in golden.SHIPPED_FORMATS}
    wanted |= {callvectors.relative_path(catalog.get(name), FORMATS[f]) for name in losses() for f in golden.SHIPPED_FORMATS}
    found = {path.relative_to(golden.folder()).as_posix() for path in golden.folder().rglob("*.jsonl")}
    listed(sorted(wanted ^ found), "files missing or left over")


def test_generating_gives_the_same_bytes_for_any_number_of_workers(tmp_path, monkeypatch):
    """Two losses stand for all here; `lossref golden verify --recompute` does it with the whole set."""
    monkeypatch.setattr(catalog, "names", lambda: ("hinge", "squared_error"))
    for jobs in (1, 2):
        generate.generate(tmp_path / str(jobs), jobs=jobs)
    one, two = ({p.relative_to(tmp_path / jobs): p.read_bytes() for p in (tmp_path / jobs).rglob("*.json*")} for jobs in "12")
    assert one == two
    data = {path: made for path, made in one.items() if path.suffix == ".jsonl"}
    assert len(data) == 8  # a file a loss and format, and as many of calls
    assert all((golden.folder() / path).read_bytes() == made for path, made in data.items())


def test_size_budget(loss, listed):
    """About 150 KB a loss for both formats, and 80 to 120 vectors in each beside the acceptance rows."""
    paths = [golden.folder() / golden.relative_path(loss, FORMATS[f]) for f in golden.SHIPPED_FORMATS]
    assert sum(path.stat().st_size for path in paths) <= 165_000
    for path in paths:
        header, *rows = map(json.loads, path.read_bytes().splitlines())
        assert len(rows) == header["vectors"]
        assert 80 <= sum(row["flag"] not in TOPICS for row in rows) <= 120
        wide = [row for row in rows if any(isinstance(x, list) and len(x) > 10 for x in row["inputs"].values())]
        assert len(wide) <= 5
