"""lossref report and compare: files that checks wrote, side by side, as a table, a page, a badge, JUnit XML; and what got worse."""

import json
import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest

from lossref import catalog, golden
from lossref.formats import FLOAT64
from lossref.implementations.python import of_object
from lossref.judge.verdict import judge
from lossref.report import finding
from lossref.spec import APART

LOSSES = ("softplus", "huber", "sigmoid_cross_entropy")
CALLS = re.compile(r"(?:src|href)\s*=\s*[\"'](?!#|data:,)|@import|url\(|https?://(?!www\.w3\.org)", re.IGNORECASE)


def told(*typed, ends=0):
    done = subprocess.run([sys.executable, "-m", "lossref", *map(str, typed)], capture_output=True, text=True)
    assert done.returncode == ends, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Reports of SciPy and of our own code on a few losses, as `check --json` prints them."""
    folder = tmp_path_factory.mktemp("runs")
    chosen = [f"--loss={name}" for name in LOSSES]
    for name in ("scipy", "lossref"):
        command = [sys.executable, "-m", "lossref", "check", name, *chosen, "--json"]
        (folder / f"{name}.json").write_text(subprocess.run(command, capture_output=True, text=True).stdout)
    return folder


def changed(folder, change):
    """A copy of SciPy's report, changed."""
    report = json.loads((folder / "scipy.json").read_text())
    change(report)
    (folder / "changed.json").write_text(json.dumps(report))
    return folder / "changed.json"


def test_the_table_has_a_row_a_loss_and_a_column_a_run(runs):
    shown = told("report", runs / "scipy.json", runs / "lossref.json")
    assert all(name in shown for name in LOSSES)
    markdown = told("report", runs / "scipy.json", runs / "lossref.json", "--markdown").splitlines()
    assert len(markdown) == 2 + len(LOSSES)
    assert all(line.count("|") == 4 for line in markdown)
    data = json.loads(told("report", runs / "scipy.json", runs / "lossref.json", "--json"))
    found = json.loads((runs / "scipy.json").read_text())["losses"]
    for entry in found:
        parts = [entry["parts"][part]["grade"] for part in ("value", "gradient", "hessian") if part in entry["parts"]]
        assert data["losses"][entry["loss"]][0]["grades"].replace("/-", "").split("/") == parts


def test_the_page_is_one_file_that_asks_nobody_and_shows_each_finding(runs, tmp_path):
    told("report", runs / "scipy.json", runs / "lossref.json", "--html", tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert not CALLS.search(page)
    assert len(page.encode()) < 1_000_000
    for entry in json.loads((runs / "scipy.json").read_text())["losses"]:
        assert f'id="{entry["loss"]}"' in page
        for part in entry["parts"].values():
            assert all(wrong["id"] in page for wrong in part["worst"][:1])
    assert page.count('class="picture"') >= 2 * len(LOSSES)


def test_words_of_a_report_are_no_code_on_the_page(runs, tmp_path):
    def hostile(report):
        report["title"] = "<script>alert(1)</script>"
        report["losses"][0] |= {"loss": '"><img src=x onerror=alert(2)>', "remarks": ["</details><b>"]}

    told("report", changed(runs, hostile), "--html", tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "</details><b>" not in page


def test_a_profile_that_somebody_wrote_is_drawn_all_the_same(runs, tmp_path):
    strange = [["nan", 1.0], ["inf", "nan"], [-1e308, "nan"], [5e-324, "inf"], [0, -3], [0.0, 1e300]]

    def odd(report):
        for entry, profile in zip(report["losses"], (strange, [], [["inf", 1]]), strict=True):
            entry["parts"] = {"value": entry["parts"]["value"] | {"profile": profile}}

    told("report", changed(runs, odd), "--html", tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text().count('class="picture"') == 1

    def short(report):
        report["losses"][0]["parts"]["value"]["profile"] = [[1.0]]

    assert "profile[0] must have 2 entries or more" in told("report", changed(runs, short), "--html", tmp_path / "no.html", ends=2)


def test_a_badge_and_junit(runs, tmp_path):
    told("report", runs / "lossref.json", "--badge", tmp_path / "badge.svg")
    badge = ElementTree.parse(tmp_path / "badge.svg").getroot()
    best = json.loads((runs / "lossref.json").read_text())["best_level"]
    assert badge.get("aria-label") == f"lossref: {best} in float64"
    assert "--badge is of one RUN" in told("report", runs / "scipy.json", runs / "lossref.json", "--badge", tmp_path / "x.svg", ends=2)
    told("report", runs / "scipy.json", runs / "lossref.json", "--junit", tmp_path / "found.xml")
    suites = ElementTree.parse(tmp_path / "found.xml").getroot()
    assert len(suites) == 2 * len(LOSSES)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is no JSON text"), ("[1, 2", "is no JSON text"), ('{"schema": NaN}', "NaN is no number of JSON"), ("[]", "is no report"),
        ('{"schema": 2}', "is no report"), ("[" * 100_000, "is no JSON text"),
    ],
)  # fmt: skip
def test_what_is_no_report_is_one_sentence(content, sentence, tmp_path):
    (tmp_path / "run.json").write_text(content)
    said = told("report", tmp_path / "run.json", "--html", tmp_path / "page.html", ends=2)
    assert sentence in said
    assert said.count("\n") == 1
    assert not (tmp_path / "page.html").exists()
    assert "cannot be read" in told("report", tmp_path / "none.json", ends=2)


def test_compare_tells_what_is_worse_better_gone_and_new(runs):
    same = told("compare", runs / "scipy.json", runs / "scipy.json")
    assert f"0 got worse, 0 better, 0 are gone; {len(LOSSES)} losses are as they were" in same

    def worse(report):
        report["losses"][0]["parts"]["value"]["grade"] = "F"
        report["losses"][1]["broke"] = "raised"
        report["losses"][2]["loss"] = "another"

    first, second, third = (entry["loss"] for entry in json.loads((runs / "scipy.json").read_text())["losses"])
    found = json.loads(told("compare", runs / "scipy.json", changed(runs, worse), "--json", ends=1))
    assert [(change["loss"], change["now"]) for change in found["worse"]] == sorted([(first, "F"), (second, "broke: raised")])
    assert (found["gone"], found["new"]) == ([third], ["another"])
    assert not json.loads(told("compare", runs / "changed.json", runs / "scipy.json", "--json", ends=1))["worse"]  # but another is gone


def test_the_profile_says_how_far_off_each_stretch_of_inputs_is():
    """Sigmoid first, then its logarithm: good to a few ulps in the middle, lost from 37 on; a correctly rounded answer is 0."""

    def naive(logits, target):
        with np.errstate(all="ignore"):
            a = 1 / (1 + np.exp(-logits))
            return -np.log(np.where(target == 1, a, 1 - a))

    loss = "sigmoid_cross_entropy"
    asked = {v.id for v in golden.read(catalog.get(loss), FLOAT64) if v.question.inputs["target"] in (0.0, 1.0)}
    assert asked
    library = of_object(naive, catalog.get(loss))
    found = judge(catalog.get(loss), library.implementations[loss], golden.read(catalog.get(loss), FLOAT64), FLOAT64)
    outcomes = [o for o in found.parts["value"].outcomes if o.vector.id in asked and o.vector.region not in APART]
    drawn = [(float(x), float(error)) for x, error in finding.profile(outcomes)]
    assert [x for x, _ in drawn] == sorted(x for x, _ in drawn)
    assert max(error for x, error in drawn if 37 < abs(x) < 700) > 1e12
    assert any(error == 0 for _, error in drawn)
    singles = [o for o in outcomes if not o.vector.question.is_call]
    worst = max(0.0 if o.is_exact else max(e.E2 for e in o.errors) / 2 for o in singles)
    assert max(error for _, error in drawn) == pytest.approx(worst, rel=1e-3)
    assert {float(f"{o.vector.question.inputs['logits']:.4g}") for o in singles} >= {x for x, _ in drawn}
