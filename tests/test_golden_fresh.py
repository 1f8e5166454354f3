"""The committed golden files are what the code generates now, byte for byte: one of each kind here, all of them in CI.

`lossref golden verify --recompute` computes the whole set.
"""

import json
import zlib

import pytest
from asking import again

from lossref import catalog, golden
from lossref.formats import FORMATS
from lossref.golden import row, write
from lossref.golden.read import relative_path, root_hash

pytestmark = pytest.mark.sampled

MEAN = 150_000  # bytes that a loss may take in the wheel, in the mean: 32 MB for the 216 of the whole catalogue
FORMS = [FORMATS[name] for name in golden.SHIPPED_FORMATS]
BY_SIZE = sorted(map(catalog.get, catalog.names()), key=lambda loss: (golden.folder() / relative_path(loss, FORMS[0])).stat().st_size)
KINDS = {loss.target: loss for loss in reversed(BY_SIZE)}  # the least file of each kind of target
SAMPLE = [(loss, FORMS[k % len(FORMS)]) for k, loss in enumerate(KINDS.values())]


def path_of(loss, form):
    return golden.folder() / relative_path(loss, form)


@pytest.mark.parametrize(("sampled", "kind"), SAMPLE, ids=lambda x: x.name)
def test_file_is_what_its_definition_gives(sampled, kind):
    path = path_of(sampled, kind)
    if write.content(sampled, write.vectors(sampled, kind), kind) != path.read_bytes():
        pytest.fail(f"{path} is stale: definition, points or format changed; run `lossref golden generate`", pytrace=False)


def test_the_sample_has_both_formats():
    """And a file of every kind of target, so that no option is left to CI alone, where all files are computed anew."""
    assert {form.name for _, form in SAMPLE} == {form.name for form in FORMS}


def test_a_row_of_every_file_is_what_its_definition_gives(loss, form, listed):
    """Every fortieth answer of a file, whether it is computed anew as a whole or not; the last one is that of a call."""
    lines = path_of(loss, form).read_bytes().splitlines()[1:]
    stored = golden.read(loss, form)
    chosen = range(len(stored) - 1, -1, -40)
    found = {k: type(stored[k])(stored[k].question, again(loss, stored[k])) for k in chosen}
    listed([v.id for k, v in found.items() if row.row(v) != json.loads(lines[k])], "rows are stale")


def test_every_loss_has_its_files_and_nothing_else_lies_there(listed):
    wanted = {relative_path(catalog.get(name), form) for name in catalog.names() for form in FORMS}
    found = {path.relative_to(golden.folder()).as_posix() for path in golden.folder().rglob("*.jsonl")}
    listed(sorted(wanted ^ found), "files missing or left over")
    assert set(golden.manifest(golden.folder())["files"]) == wanted


@pytest.mark.whole
def test_generating_gives_the_same_bytes_for_any_number_of_workers(tmp_path, monkeypatch):
    """Two losses stand for all here; `lossref golden verify --recompute` does it with the whole set."""
    monkeypatch.setattr(catalog, "names", lambda: ("hinge", "squared_error"))
    for jobs in (1, 2):
        write.generate(tmp_path / str(jobs), jobs=jobs)
    one, two = ({p.relative_to(tmp_path / jobs): p.read_bytes() for p in (tmp_path / jobs).rglob("*.json*")} for jobs in "12")
    assert one == two
    data = {path: made for path, made in one.items() if path.suffix == ".jsonl"}
    assert len(data) == 4  # a file a loss and format, with examples and calls
    assert all((golden.folder() / path).read_bytes() == made for path, made in data.items())


@pytest.mark.whole
def test_generating_one_loss_writes_its_files_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(catalog, "names", lambda: ("hinge", "squared_error"))
    write.generate(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json*")}
    for path in tmp_path.glob("*/squared_error*"):
        path.write_bytes(path.read_bytes()[:-1])  # whatever lies there
    write.generate(tmp_path, only=("squared_error",))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json*")} == before
    (tmp_path / "regression" / "squared_error.float64.jsonl").unlink()
    content = json.loads((tmp_path / "MANIFEST.json").read_text())
    del content["files"]["regression/squared_error.float64.jsonl"]
    (tmp_path / "MANIFEST.json").write_text(json.dumps(content | {"root": root_hash(content)}))
    write.generate(tmp_path, only=("squared_error",))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json*")} == before


def test_the_whole_catalogue_will_fit_in_the_wheel():
    """The others to come may take as much each."""
    taken = sum(compressed(catalog.get(name)) for name in catalog.names())
    assert taken / len(catalog.names()) <= MEAN


def test_size_budget(loss):
    """No loss takes much more than twice the mean, none asks too little, and few of its single examples are wide."""
    assert compressed(loss) <= 2.25 * MEAN
    for form in FORMS:
        header, *rows = map(json.loads, path_of(loss, form).read_bytes().splitlines())
        assert len(rows) == header["vectors"]
        assert sum(not is_call(row) for row in rows) >= 80
        wide = [row for row in rows if not is_call(row) and any(isinstance(x, list) and len(x) > 10 for x in row["inputs"].values())]
        assert len(wide) <= 20


def is_call(row):
    return "reduction" in row["options"]


def compressed(loss):
    """The bytes of a loss's files, as the wheel holds them."""
    return sum(len(zlib.compress(path_of(loss, form).read_bytes(), 6)) for form in FORMS)
