"""JUnit XML says what --json says: a case for each part, what failed with its bug reports, what was waived or declined with the reason."""

import json
import sys
import types
from xml.etree import ElementTree

import numpy as np
import pytest

import lossref
from lossref.cli import main
from lossref.report import junit

LOSS = "squared_error"


class Losing:
    """A squared error that loses small residuals, and declines large predictions."""

    def value(self, prediction, target):
        if np.any(np.abs(prediction) > 1e100):
            raise lossref.NotSupported("large predictions")
        r = prediction - target
        return np.where(np.abs(r) < 1e-4, 0.0, r**2)

    def gradient(self, prediction, target):
        return lossref.gradient(LOSS, prediction=prediction, target=target)


@pytest.fixture(autouse=True)
def strangers(monkeypatch):
    module = types.ModuleType("strangers")
    module.table = {LOSS: Losing(), "hinge": lambda prediction, target: lossref.value("hinge", prediction, target)}
    monkeypatch.setitem(sys.modules, "strangers", module)
    return module


def check(capsys, tmp_path, *arguments, command="check", what="strangers:table"):
    """Exit status, the report of --json, and the cases of the XML by loss and name."""
    status = main([command, what, "--json", "--junit", str(tmp_path / "found.xml"), *map(str, arguments)])
    report = json.loads(capsys.readouterr().out)
    root = ElementTree.parse(tmp_path / "found.xml").getroot()
    return status, report, root, {(case.get("classname"), case.get("name")): case for case in root.iter("testcase")}


def test_each_part_of_each_loss_is_a_case(capsys, tmp_path):
    status, report, root, cases = check(capsys, tmp_path, "--worst", "3")
    assert status == 1
    assert {key: "fails" if case.find("failure") is not None else "passes" for key, case in cases.items()} == {
        (f"lossref.{entry['loss']}", f"{part} float64"): "passes" if found["conforms"] else "fails"
        for entry in report["losses"] for part, found in entry["parts"].items()
    }  # fmt: skip
    assert dict(root.items()) == {"name": "lossref: strangers:table", "tests": "3", "failures": "1", "errors": "0", "skipped": "0"}
    failure = cases[f"lossref.{LOSS}", "value float64"].find("failure")
    (found,) = (entry["parts"]["value"] for entry in report["losses"] if entry["loss"] == LOSS)
    assert failure.get("message").startswith(f"{found['grade']}, {found['lost']} lost, where level B is asked for (")
    assert len(found["worst"]) == 3
    for wrong in found["worst"]:
        assert wrong["id"] in failure.text
        assert wrong["command"] in failure.text


def test_what_is_waived_is_skipped_with_the_reason(capsys, tmp_path):
    assert main(["check", "strangers:table", "--write-waivers", str(tmp_path / "w.toml"), "--today", "2030-01-01"]) == 1
    text = (tmp_path / "w.toml").read_text().replace("TODO: where that is discussed", "https://example.org/7")
    (tmp_path / "w.toml").write_text(text.replace("TODO: why this is tolerated", "rounds twice"))
    capsys.readouterr()
    status, report, root, cases = check(capsys, tmp_path, "--waivers", tmp_path / "w.toml", "--today", "2030-01-01")
    assert status == 0
    skipped = [case.find("skipped") for case in cases.values() if case.find("skipped") is not None]
    waived = [w for entry in report["losses"] for found in entry["parts"].values() for w in found["waived"]]
    assert [len(w["vectors"]) for w in waived] == [int(s.get("message").split()[0]) for s in skipped]
    assert skipped[0].get("message").endswith("waived until 2030-04-01: rounds twice (https://example.org/7)")
    assert root.get("failures") == "0"


def test_what_is_declined_is_a_property_and_fails_where_all_must_be_answered(capsys, tmp_path):
    _, report, root, _ = check(capsys, tmp_path, "--loss", LOSS, "--level", "F")
    (entry,) = report["losses"]
    properties = {found.get("name"): found.get("value") for found in root.iter("property")}
    assert properties["declined: large predictions"] == str(entry["declined"]["large predictions"])
    assert properties["vectors judged"] == str(entry["vectors"])
    status, _, root, cases = check(capsys, tmp_path, "--loss", LOSS, "--level", "F", "--complete")
    assert (status, root.get("failures")) == (1, "1")
    assert "large predictions" in cases[f"lossref.{LOSS}", "declined or declared float64"].find("failure").text


@pytest.mark.whole
def test_what_breaks_is_an_error_and_compositions_are_skipped(capsys, tmp_path, strangers):
    strangers.table = {"hinge": lambda prediction, target: "\x00\ud800<&>"}
    status, _, root, cases = check(capsys, tmp_path)
    assert (status, root.get("errors")) == (3, "1")
    assert "broke" in cases["lossref.hinge", "answers float64"].find("error").get("message")
    status, report, root, cases = check(capsys, tmp_path, what="scipy")
    composed = {entry["loss"] for entry in report["losses"] if not entry["decides"] and not entry["conforms"]}
    assert composed
    assert {key[0].removeprefix("lossref.") for key, case in cases.items() if case.find("skipped") is not None} == composed


@pytest.mark.whole
def test_a_recorded_run_and_calls_alone_have_it_too(capsys, tmp_path):
    assert check(capsys, tmp_path, "--loss", "hinge", "--loss", "softmax_cross_entropy", command="calls", what="lossref")[0] == 0
    main(["check", "lossref", "--loss", "hinge", "--record", str(tmp_path / "run.jsonl")])
    capsys.readouterr()
    _, _, _, live = check(capsys, tmp_path, "--loss", "hinge", what="lossref")
    _, _, _, later = check(capsys, tmp_path, command="judge", what=str(tmp_path / "run.jsonl"))
    assert live.keys() == later.keys() > {("lossref.hinge", "value float64")}


def test_a_baseline_fails_on_what_got_worse_alone(capsys, tmp_path, strangers):
    (tmp_path / "older.py").write_text("squared_error = lambda prediction, target: (prediction - target) ** 2 * (1 + 1e-9)\n")
    main(["check", f"{tmp_path / 'older.py'}:squared_error", "--as", LOSS, "--record", str(tmp_path / "run.jsonl")])
    capsys.readouterr()
    strangers.table = {LOSS: types.SimpleNamespace(value=lambda prediction, target: (prediction - target) ** 2 * (1 + 1e-9))}
    status, _, root, cases = check(capsys, tmp_path, "--baseline", tmp_path / "run.jsonl")
    assert (status, root.get("failures")) == (0, "0")
    assert set(cases) == {(f"lossref.{LOSS}", "value float64"), ("lossref.baseline", "nothing is gone float64")}
    strangers.table = {LOSS: types.SimpleNamespace(value=lambda prediction, target: (prediction - target) ** 2 * 2)}
    status, report, root, cases = check(capsys, tmp_path, "--baseline", tmp_path / "run.jsonl")
    assert (status, root.get("failures")) == (1, "1")
    failure = cases[f"lossref.{LOSS}", "value float64"].find("failure")
    assert failure.get("message") == f"{len(report['worse'])} answers are worse than in {tmp_path / 'run.jsonl'}"
    assert all(wrong["id"] in failure.text for wrong in report["worse"])


@pytest.mark.parametrize("where", ["none/found.xml", "."])
def test_a_path_that_cannot_be_written_is_told_before_the_work(capsys, tmp_path, strangers, where):
    def never(prediction, target):
        raise AssertionError("asked")

    strangers.table = {"hinge": never}
    assert main(["check", "strangers:table", "--junit", str(tmp_path / where)]) == 2
    error = capsys.readouterr().err
    assert (error.count("\n"), "--junit" in error) == (1, True)
    assert not list(tmp_path.iterdir())


def test_any_text_is_held(tmp_path):
    """Messages of strangers' code may have any character, and XML may not."""
    odd = "".join(map(chr, range(0x110))) + "\ud800\ufffe\uffff\U0001f600<&>]]>"
    report = {"title": odd, "format": "float64", "level": "B", "golden": {"version": "1", "root": "0" * 64}, "losses": []}
    entry = {"loss": "hinge", "broke": odd, "decides": True, "vectors": 0, "declined": {odd: 1}, "refusals": {}, "conventions": []}
    report |= {"floating": [odd], "losses": [entry]}
    (tmp_path / "found.xml").write_text(junit.of_runs([report]), encoding="utf-8")
    (suite,) = ElementTree.parse(tmp_path / "found.xml").getroot()
    said = suite.find("testcase").find("error").get("message")
    assert said.startswith(r"broke: \x00\x01")
    assert said.endswith("\\ud800\\ufffe\\uffff\U0001f600<&>]]>")
