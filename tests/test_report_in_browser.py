"""The page of `lossref report` in a real browser: it loads, sorts, filters and opens findings, and its console stays empty."""

import shutil
import subprocess
import sys

import pytest

BROWSER = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
SIZES = {"desktop": (1280, 900), "phone": (390, 800)}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    for name in ("scipy", "lossref"):
        command = [sys.executable, "-m", "lossref", "check", name, "--json", *(f"--loss={x}" for x in ("softplus", "huber", "entropy"))]
        (folder / f"{name}.json").write_text(subprocess.run(command, capture_output=True, text=True).stdout)
    made = [sys.executable, "-m", "lossref", "report", folder / "scipy.json", folder / "lossref.json", "--html", folder / "page.html"]
    subprocess.run(made, check=True)
    return (folder / "page.html").as_uri()


@pytest.fixture(scope="module")
def browser():
    if BROWSER is None:
        pytest.skip("there is no Chromium here, which the page is looked at in")
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright, which drives the browser, is not installed")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=BROWSER, args=QUIET)
        yield opened
        opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_page_is_used_as_people_do(size, scheme, page, browser):
    width, height = SIZES[size]
    opened = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    errors, asked = [], []
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(page)
    assert opened.evaluate("document.documentElement.scrollWidth") <= width  # only the table may be wider, in its frame

    def shown():
        return opened.locator("#table tbody tr:visible").evaluate_all("rows => rows.map(row => row.dataset.name)")

    assert shown() == ["entropy", "huber", "softplus"]
    opened.focus("thead th:first-child button")
    opened.keyboard.press("Enter")
    assert shown() == ["softplus", "huber", "entropy"]
    assert opened.get_attribute("thead th:first-child", "aria-sort") == "descending"
    opened.click("thead th:nth-child(2) button")
    ranks = opened.locator("#table tbody tr td:nth-child(2)").evaluate_all("cells => cells.map(cell => Number(cell.dataset.rank))")
    assert ranks == sorted(ranks, reverse=True)
    opened.fill("#name", "soft")
    assert shown() == ["softplus"]
    assert opened.inner_text("#count") == "1 loss"
    opened.fill("#name", "")
    opened.click('a[href="#softplus"]')
    opened.wait_for_function("document.getElementById('softplus').open")
    widths = opened.locator("#softplus .formula math").evaluate_all("pieces => pieces.map(piece => piece.getBoundingClientRect().width)")
    assert len(widths) > 2
    assert min(widths) > 10
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    finding = opened.locator("#softplus .finding").first
    assert finding.is_visible()
    assert "exact" in finding.inner_text()
    assert opened.locator("#softplus svg.picture").first.get_attribute("aria-label").startswith("Error in ulps")
    assert not errors
    assert all(url.startswith(("file:", "data:")) for url in asked)
    opened.close()
