"""The pages of the site, before Sphinx makes them: each says first what it is for, and those of losses draw what the reports have."""

import doctest
import json
import posixpath
import re

import build_site
import library_reports
import mpmath
import pytest

from lossref import catalog, oracle
from lossref.mutants import folklore

SOFTMAX = next(record for record in folklore() if record.id == "F18")
REPORTS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(library_reports.FOLDER.glob("*.json"))}
BEFORE_PROFILES = {"torch-cuda"}  # not made anew since reports have errors along the inputs


@pytest.fixture(scope="module")
def pages():
    return build_site.pages(REPORTS.values(), [SOFTMAX])


def test_each_page_says_first_what_it_is_for(pages):
    for name, text in pages.items():
        title, purpose, *rest = re.split(r"\n\s*\n", text.strip(), maxsplit=2)
        assert title.startswith("# "), name
        assert "\n" not in title, name
        assert rest, name
        assert not re.match(r"[#|`<*\d-]|    |!\[", purpose), name  # a heading, a table, code, a list or a picture
        assert re.search("。" if name.endswith("-zh") else r"\.(\s|$)", purpose), name


def test_folklore_says_that_it_is_wrong(pages):
    assert pages[f"folklore/{SOFTMAX.id}"].splitlines()[2] == f"This is wrong: {SOFTMAX.why}"
    assert f"]({SOFTMAX.id}.md): {SOFTMAX.why}" in pages["folklore/index"]


def test_titles_tell_pages_apart(pages):
    titles = [text.partition("\n")[0] for text in pages.values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_has_errors_along_the_inputs(name):
    parts = [part for row in REPORTS[name]["formats"].get(library_reports.DRAWN, []) for part in row["parts"].values()]
    assert parts or library_reports.DRAWN not in REPORTS[name]["formats"]
    assert all(("profile" in part) == (name not in BEFORE_PROFILES) for part in parts)


@pytest.mark.parametrize("name", catalog.names())
def test_a_loss_has_a_picture_of_each_part_that_libraries_have(name, pages):
    rows = [row for report in REPORTS.values() for row in report["formats"].get(library_reports.DRAWN, []) if row["loss"] == name]
    drawn = {part for row in rows for part, found in row["parts"].items() if found.get("profile")}
    text = pages[f"losses/{name}"]
    assert text.count('class="picture"') == len(drawn)
    assert (build_site.picture.CAPTION in text) == bool(drawn)


def test_a_loss_has_a_line_of_each_library_that_fails(pages):
    libraries = ["torch 2.13.0+cpu", "scipy 1.17.1", "scikit-learn 1.9.1"]  # SciPy's is composed of what it has
    shown = pages["losses/softmax_cross_entropy"].partition("## Lines that show it")[2].partition("\n## ")[0]
    assert [f"\n{library}: softmax_cross_entropy" in shown for library in libraries] == [True, False, True]
    assert "## Lines that show it" not in pages["losses/dpo"]


def test_a_profile_is_a_line():
    row = {"parts": {"value": {"finding": None, "profile": [[-1e300, 0.5], [0.0, "inf"]]}, "gradient": {"profile": []}}}
    written = library_reports.written({"formats": {"float64": [row]}})
    assert json.loads(written) == {"formats": {"float64": [row]}}
    assert '"profile": [[-1e+300,0.5],[0.0,"inf"]]\n' in written


PLACES = build_site.written()


@pytest.mark.parametrize("name", PLACES)
def test_a_link_between_files_is_one_between_pages(name, pages):
    """In a checkout, as GitHub shows it, and on the site."""
    source = PLACES[name]
    text = source.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^):#]*\.md)[)#]", text)
    links_and_pictures = [link for link in re.findall(r"\]\(([^)]*)\)", text) if not re.match("https?:|#", link)]
    assert [link for link in links_and_pictures if not (source.parent / link.partition("#")[0]).is_file()] == []
    on_the_site = re.findall(r"\]\(([^):#]*)\.md[)#]", pages[name])
    assert len(on_the_site) == len(links)
    assert [link for link in on_the_site if posixpath.normpath(f"{name}/../{link}") not in pages] == []


def test_a_link_to_what_is_no_page_is_an_error():
    with pytest.raises(ValueError, match=r"links ../golden/README\.md, which is no page of the site"):
        build_site.linked("[x](../golden/README.md)", build_site.ROOT / "docs" / "trust.md", "reference/trust", PLACES)


@pytest.mark.parametrize(("kind", "words"), json.loads((build_site.ROOT / "docs/site/sections.json").read_text(encoding="utf-8")).items())
def test_a_section_lists_its_pages_in_its_order(kind, words, pages):
    listed = re.findall(r"^- \[.*?\]\((.*?)\.md\)", pages[f"{kind}/index"], re.MULTILINE)
    assert sorted(listed) == sorted(name.removeprefix(f"{kind}/") for name in pages if re.match(f"{kind}/(?!index)", name))
    assert listed == words.get("order", listed)


def test_the_front_page_leads_to_each_guide_and_section(pages):
    links = set(re.findall(r"\]\((.*?)\.md\)", pages["index"]))
    assert {name for name in pages if name.startswith("guides/") and name != "guides/index"} <= links
    assert {f"{kind}/index" for kind in ("lessons", "folklore", "losses", "libraries", "reference")} <= links


def test_softmax_is_one_step_from_the_front_page(pages):
    assert f"](folklore/{SOFTMAX.id}.md)" in pages["index"]
    assert "softmax" in SOFTMAX.id + pages[f"folklore/{SOFTMAX.id}"].partition("\n")[0].lower()


def test_what_the_front_page_shows_is_so(pages):
    pytest.importorskip("torch")
    example = doctest.DocTestParser().get_doctest(pages["index"].replace("```\n", "\n"), {}, "index", None, 0)
    assert example.examples
    assert doctest.DocTestRunner().run(example).failed == 0


def test_the_number_of_the_front_page_is_exact(pages):
    pytest.importorskip("flint")
    told = re.search(r"It is (\S+), a number", pages["index"])[1]
    assert told == mpmath.nstr(oracle("sigmoid_cross_entropy", 40, 1, digits=30).gradient, 17, strip_zeros=False)


def test_lines_of_chinese_are_joined_and_formulas_kept_whole(pages):
    text = build_site._set(pages["lessons/one-neuron-zh"], True)
    assert not re.search(r"[\u3002\uff0c\uff1b\u4e00-\u9fff]\n[\u4e00-\u9fff]", text)
    assert "z\u00a0=\u00a0w\u00a0+\u00a0b" in text
    assert "    dC/dz = a * s'(z) = a^2 (1 - a)" in text  # code is left as it is


def test_the_command_of_a_loss_is_one_that_there_is(pages):
    assert "    lossref check torch --loss softplus\n" in pages["losses/softplus"]
    assert "    lossref check lossref --loss arcface\n" in pages["losses/arcface"]


def test_an_index_is_an_integer_in_the_counterexample(pages):
    assert "At x = [[1000.0, 0.0], [1000.0, 0.0]], index = [0, 1] it gives [nan, 0.0]" in pages[f"folklore/{SOFTMAX.id}"]


def test_what_a_docstring_says_beside_its_arguments_is_a_paragraph():
    written = list(build_site._conventions("x  any real\ny  of\n   two\nEmpty for x_1 * 2 < 3;\n`a_b` has\nit."))
    assert written == ["```text", "x  any real\ny  of\n   two", "```", "", r"Empty for x\_1 \* 2 \< 3; `a_b` has it.", ""]
