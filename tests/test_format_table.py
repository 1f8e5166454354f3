"""The tables of PyTorch by format in docs/formats.md are those of the recorded reports, which are of the formats that they name."""

import format_table
import pytest

from lossref import catalog


@pytest.fixture(scope="module")
def reports():
    return format_table.read("torch")


def test_the_tables_are_made_from_the_reports(reports):
    told = [*format_table.summary(reports), "", *format_table.table(reports)]
    assert format_table.put(format_table.DOCS, "torch by format", told) == format_table.DOCS.read_text(encoding="utf-8")


def test_each_report_is_of_its_format_and_of_one_torch(reports):
    assert [report["format"] for report in reports.values()] == list(format_table.FORMATS)
    assert len({report["title"] for report in reports.values()}) == 1
    for report in reports.values():
        assert report["losses"].keys() <= set(catalog.names())
        assert sum(lost for entry in report["losses"].values() for _, lost in entry.values()) == report["lost"]
