"""Whatever a provider, an analyst or a file says, on a page it is words: nothing runs, nothing loads, everybody can read it.

About 25 s, most of it for making the three pages.
"""

import csv
import re
import unicodedata

import pytest
from lxml import html

from acmlib.publish.safe_csv import read_release

pytestmark = [pytest.mark.pages, pytest.mark.browser]

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')

#: Places that no page shows, for now; each is attacked all the same.
NOT_SHOWN = {
    "header of a column",
    "description of a metric",
    "name of the programme",
    "about the contract",
    "note on an action",
    "cell that has a label",
    "who made a spot check",
    "name of a file",  # in the internal edition only, with its rows
}


def test_pages_are_made_and_hostile_text_can_be_read_on_them_wherever_pages_show_it(attacked):
    assert attacked.failures == ()
    names = {"agenda.html", "dashboard.html", "deep_dive-placement.html", "end_of_contract.html", "extract.html", "index.html", "plan.html"}
    assert {page.name for page in attacked.pages} == names
    said = "\n".join(html.fromstring(page.read_text(encoding="utf-8")).text_content() for page in attacked.pages)
    read = {place for number, place in attacked.places.items() if f"H{number:02d}E" in said}
    assert set(attacked.places.values()) - read <= NOT_SHOWN
    assert len(read) >= 39


@pytest.fixture(scope="module", params=["with the policy", "without the policy"])
def opened(request, browser, attacked):
    """Open every page, with and without its security policy; collect what it did."""
    did, pages = [], []
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    for file in attacked.pages:
        page = context.new_page()
        page.on("dialog", lambda dialog: (did.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else did.append(asked.url[:80]))
        page.on("console", lambda message: did.append(message.text[:200]))
        copy = file.with_name(f".{request.param.split()[0]}-{file.name}")
        text = file.read_text(encoding="utf-8")
        copy.write_text(text if request.param == "with the policy" else POLICY.sub("", text), encoding="utf-8")
        assert bool(POLICY.search(copy.read_text(encoding="utf-8"))) == (request.param == "with the policy")
        page.goto(copy.as_uri())
        pages.append(page)
    yield pages, did
    context.close()


def test_nothing_runs_and_nothing_loads(opened):
    pages, did = opened
    for page in pages:
        page.mouse.click(200, 400)
        page.keyboard.press("Tab")
        assert page.evaluate("window.ran") is None
        assert (
            page.evaluate("document.querySelectorAll('script, iframe, object, embed, form, svg:not(.chart), [onerror], [onload]').length")
            == 0
        )
        links = page.evaluate("[...document.querySelectorAll('a[href], img[src]')].map(one => one.href || one.src)")
        assert [link[:60] for link in links if not link.startswith(("file:", "data:image/svg+xml;base64,"))] == []
    assert did == []


def test_everything_can_be_read_as_it_was_written(opened, attacked):
    """Hostile text is neither swallowed nor able to hide the page: what stands between its first and last mark is there, in this order."""
    pages, _ = opened
    seen = set()
    for page in pages:
        assert page.evaluate("getComputedStyle(document.body).display") != "none"
        text = page.locator("body").inner_text()
        for found in re.finditer(r"H(\d\d)H (.*?)H\1E", text):
            assert found[2].startswith(f"<script>window.ran={int(found[1])}</script><img src=x onerror="), found[0]
            seen.add(int(found[1]))
        assert not {
            one for one in text if unicodedata.bidirectional(one) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        }
    assert len(seen) >= 25


def test_titles_of_windows_and_descriptions_are_words_too(opened):
    pages, _ = opened
    for page in pages[:-1]:  # the index is no page of a contract
        assert "<script>window.ran=" in page.title()
        assert "<script>" in page.locator("meta[name=description]").get_attribute("content")


def test_the_release_opens_in_a_spreadsheet_without_running_anything(attacked):
    (path,) = (attacked.root / "outputs").glob("*/*/*/release.csv")
    with path.open(encoding="utf-8", newline="") as file:
        cells = [cell for row in list(csv.reader(file))[1:] for cell in (row[0], row[1], row[2], row[3], row[9])]
    groups = {cell for cell in cells if "HYPERLINK" in cell}
    assert len(groups) >= 3 and all(cell.startswith("'=HYPERLINK") for cell in groups)
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]
    assert {group for group in read_release(path)["group"] if "HYPERLINK" in group} == {cell[1:] for cell in groups}
