"""Finished pages as readers meet them, in headless Chromium: with a screen reader's rules, on a phone, in the dark, by keyboard, on paper.

`make test` looks at one page of each kind in one of its languages; `make pages-check` at every page in ``outputs/``. A page is opened once
and looked at from all sides by the process that opened it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from printed import read

pytestmark = [pytest.mark.pages, pytest.mark.browser]

#: One page of each kind, both languages among them.
REPRESENTATIVES = (
    "harbor-youth-jobs/2026-06/public/dashboard.es.html",
    "harbor-youth-jobs/2026-06/internal/deep_dive-placement.es.html",
    "summit-youth-jobs/2026-06/provider/end_of_contract.html",
    "index.html",
)

#: Widths at which axe-core looks, in light for all its rules, in dark for those on colours. 640 px is 1280 at 200% zoom.
DESK, PHONE = 1280, 320
WIDTHS = (PHONE, 640, DESK)
HEIGHT = 900

#: What axe-core is asked for: WCAG 2.2 A and AA, and what its authors hold for good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
AXE = Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js"

#: A dashboard's pages before its appendix.
MOST_PAGES = 4
APPENDIX = "data-behind-the-charts"


def pytest_generate_tests(metafunc):
    if "file" in metafunc.fixturenames:
        folder = metafunc.config.getoption("--outputs")
        names = REPRESENTATIVES
        if folder:
            names = sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*.html") if ".working-" not in str(path))
            assert names, f"{folder}: there is no page; run `make reports` first"
        # All that is asked of one page is asked by one process (`--dist loadgroup`), one after the other.
        given = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in names]
        metafunc.parametrize("file", given, indirect=True, scope="module")


@dataclass
class Opened:
    """A page in the browser, and what it asked for or complained of."""

    page: Any
    troubles: list[str] = field(default_factory=list)

    def seen(self, width: int = DESK, scheme: str = "light") -> Any:
        """Return the page at a width, in a colour scheme."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.page.emulate_media(color_scheme=scheme)
        return self.page


@pytest.fixture(scope="module")
def file(request) -> Path:
    folder = request.config.getoption("--outputs")
    outputs = Path(folder).resolve() if folder else request.getfixturevalue("published").root / "outputs"
    return outputs / request.param


@pytest.fixture(scope="module")
def tab(browser) -> Iterator[Opened]:
    """Return a tab for one page after the other: to start its process, and to compile axe-core in it, takes longer than a page."""
    context = browser.new_context(viewport={"width": DESK, "height": HEIGHT}, offline=True)
    opened = Opened(context.new_page())
    opened.page.set_default_timeout(120_000)
    opened.page.on("console", lambda message: opened.troubles.append(message.text))
    opened.page.on(
        "request", lambda request: None if request.url.startswith(("data:", "file:")) else opened.troubles.append(request.url[:80])
    )
    yield opened
    context.close()


@pytest.fixture(scope="module")
def on_screen(tab, file) -> Opened:
    """Open the page once for all that is asked of it."""
    tab.troubles.clear()
    tab.seen().goto(file.as_uri())
    return tab


@pytest.fixture
def opened(on_screen) -> Iterator[Opened]:
    """Lend the open page; whatever it asks for or complains of meanwhile, or on opening, fails the test."""
    yield on_screen
    assert on_screen.troubles == []


def test_without_script_and_network_every_heading_table_and_picture_is_there(opened, file):
    page = opened.seen()
    source = html.fromstring(file.read_text(encoding="utf-8"))
    assert source.xpath("//script | //@*[starts-with(name(), 'on')] | //a[starts-with(@href, 'javascript:')]") == []
    shown = page.locator("main :is(h2, h3), main table").evaluate_all("all => all.filter(e => e.getBoundingClientRect().height > 0).length")
    assert shown == len(source.xpath("//main//h2 | //main//h3 | //main//table"))
    drawn = page.locator("svg").evaluate_all("all => all.filter(e => e.getBBox().width > 0).length")
    assert drawn == len(source.xpath("//svg"))


@cache
def axe() -> str:
    return AXE.read_text(encoding="utf-8")


def violations(page, *, colours: bool = False) -> list[str]:
    """Return what axe-core finds, a line a rule; of all rules or those on colours."""
    if page.evaluate("typeof window.axe") == "undefined":
        page.evaluate(axe())
    which = {"type": "rule", "values": COLOURS} if colours else {"type": "tag", "values": RULES}
    options = {"runOnly": which, "resultTypes": ["violations"], "selectors": False, "preload": False}
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def test_axe_finds_nothing_in_light_and_dark_on_phone_and_desk(opened):
    for width in (DESK, PHONE):
        assert violations(opened.seen(width)) == [], width
    # In the dark the page's colours are others, and nothing else (`test_in_the_dark_only_colours_change`).
    assert violations(opened.seen(PHONE, "dark"), colours=True) == []


def test_in_the_dark_only_colours_change(opened):
    boxes = (
        "[...document.querySelectorAll('body *')].map(e => { const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height] })"
    )
    assert opened.seen(DESK, "dark").evaluate(boxes) == opened.seen(DESK).evaluate(boxes)


def test_axe_would_find_something(browser):
    page = browser.new_page()
    page.set_content("<html><body><img src='data:,'><p style='color:#bbb;background:#fff'>Pale</p></body></html>")
    found = " ".join(violations(page))
    page.close()
    assert "image-alt" in found and "color-contrast" in found and "html-has-lang" in found


def test_axe_would_find_pale_text_in_the_dark(browser):
    page = browser.new_page(color_scheme="dark")
    page.set_content("<style>p{color:#000}@media(prefers-color-scheme:dark){p{color:#333}body{background:#111}}</style><p>Pale</p>")
    assert [one.split(":")[0] for one in violations(page, colours=True)] == ["color-contrast"]
    page.close()


def test_nothing_runs_out_of_the_window_on_a_phone_zoomed_or_wide(opened):
    beyond = "[...document.querySelectorAll('main *:not(thead *), header *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
    for width in WIDTHS:
        page = opened.seen(width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(f"{beyond}.map(e => e.outerHTML.slice(0, 80))") == [], width


def test_the_keyboard_reaches_every_link_in_reading_order_and_shows_where_it_is(opened, file):
    page = opened.seen()
    wanted = html.fromstring(file.read_text(encoding="utf-8")).xpath("//a/@href")
    folded = "[...document.querySelectorAll('details:not([open])')]"
    page.evaluate(f"window.folded = {folded}; window.folded.forEach(one => one.open = true)")  # as a reader does who wants to see all
    outlined = "window.reached.push([e.target.getAttribute('href'), getComputedStyle(e.target).outlineStyle])"
    page.evaluate(f"window.reached = []; addEventListener('focusin', e => {outlined})")
    for _ in range(page.locator("a[href], summary").count()):
        page.keyboard.press("Tab")
    reached = page.evaluate("window.reached")
    page.evaluate("window.folded.forEach(one => one.open = false)")
    assert [link for link, outline in reached if outline != "solid"] == []
    links = [link for link, _ in reached if link is not None]
    assert links == wanted and links[0] == "#main"


def test_on_paper_nothing_hangs_alone_is_split_or_loses_its_head_and_a_dashboard_has_four_pages(opened, file):
    printed = read(opened.seen().pdf(format="Letter", tagged=True, outline=True))
    assert printed.orphan_headings() == []
    assert printed.split_figures() == []
    source = html.fromstring(file.read_text(encoding="utf-8"))
    tables = source.xpath("//table[not(ancestor::details[not(@open)])]")  # what is folded is not on paper, unless it was asked for
    on_paper = printed.of_kind("Table")
    assert len(on_paper) == len(tables)
    for table, element in zip(tables, on_paper, strict=True):
        last_heading = table.xpath("string(thead//th[last()])").split()[0]
        assert all(last_heading in printed.texts[number - 1] for number in element.pages), table.findtext("caption")
    if file.name.startswith("dashboard"):
        appendix = source.xpath(f"string(//h2[@id='{APPENDIX}'])")
        begins = [number for number, text in enumerate(printed.texts) if appendix and appendix in text]
        assert (begins or [len(printed.texts)])[0] <= MOST_PAGES


def test_a_reader_of_paper_would_notice_an_orphan_and_a_split_figure(browser):
    page = browser.new_page()
    tall = "<div style='height:900px'>x</div>"
    page.set_content(f"<html lang=en><body>{tall}<h2>Alone</h2><div style='break-before:page'><p>Later.</p></div></body></html>")
    assert read(page.pdf(format="Letter", tagged=True)).orphan_headings() == ["H2 at the end of page 1"]
    page.close()


def test_headings_are_an_outline(file):
    levels = [int(one.tag[1]) for one in html.fromstring(file.read_text(encoding="utf-8")).xpath("//h1 | //h2 | //h3 | //h4")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
