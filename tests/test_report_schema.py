"""Every JSON report has the shape that the published schema says, and nothing else passes for one."""

import json
from importlib.resources import files

import jsonschema
import pytest

from lossref.cli import main
from lossref.report.finding import SCHEMA

RULES = json.loads(files("lossref.report").joinpath("report.schema.json").read_text())
RUNS = {
    "conforms": ("lossref", "--loss", "huber", "--loss", "softmax_cross_entropy", "--strict", "--worst", "3"),
    "differs": ("scipy", "--worst", "2"),
    "declares": ("lossref", "--loss", "huber", "--convention", "huber: factor 2"),
    "broke": ("json:loads", "--loss", "huber"),
    "calls": ("lossref", "--loss", "hinge", "--format", "float32"),
    "short": ("lossref", "--loss", "huber", "--format", "float8_e4m3fn", "--count", "10"),
    "stored": ("lossref", "--loss", "huber", "--stored", "bfloat16", "--count", "10"),
}


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.whole
def test_a_report_is_as_the_schema_says(capsys, name):
    main(["calls" if name == "calls" else "check", *RUNS[name], "--json"])
    report = json.loads(capsys.readouterr().out)
    jsonschema.validate(report, RULES)
    assert report["schema"] == SCHEMA == RULES["properties"]["schema"]["const"]
    source = report["golden"] or report["fresh"]
    for place in (report, source, report["machine"], *report["losses"], *report["losses"][0]["parts"].values()):
        place["more"] = 1
        with pytest.raises(jsonschema.ValidationError, match="more"):
            jsonschema.validate(report, RULES)
        del place["more"]


def test_the_help_names_the_schema(capsys):
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    assert "report.schema.json" in capsys.readouterr().out
