"""The page as a reader meets it: on a phone, in the dark, with the keyboard, without script, on paper."""

import pytest
from display_frames import dashboard

from acmlib.publish.exporter import export_page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "dashboard.html"
    file.write_text(export_page(dashboard(), title="Harbor – Dashboard"), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def read(browser, address):
    """Return a function that opens the page; it fails the test if anything was fetched or complained."""
    opened, troubles = [], []

    def open_page(width=1280, scheme="light", **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on("console", lambda message: troubles.append(message.text))
        page.on("request", lambda request: troubles.append(request.url[:80]) if request.url.startswith("http") else None)
        page.goto(address)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert troubles == []


@pytest.mark.parametrize("width", [320, 640, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_runs_out_of_the_window(read, width, scheme):
    page = read(width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = "[...document.querySelectorAll('main *:not(thead *), header *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
    assert page.evaluate(f"{beyond}.map(e => e.tagName)") == []


def test_text_in_figures_is_at_least_9_px_on_a_phone(read):
    from acmlib.display.charts.canvas import TEXT, WIDTH

    page = read(320)
    shown = page.evaluate("document.querySelector('figure img').getBoundingClientRect().width")
    assert TEXT * shown / WIDTH >= 9


def test_the_page_needs_no_script(read):
    page = read(java_script_enabled=False)
    assert page.locator("h1").inner_text() == "Harbor Youth Employment"
    assert page.locator("figure img").count() == 2


def test_the_keyboard_goes_to_the_content_first_then_through_the_contents(read):
    page = read()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('nav') !== null")


def test_in_the_dark_text_is_light_and_figures_lie_on_white(read):
    page = read(scheme="dark")
    colour = "getComputedStyle(document.body).{}"
    assert page.evaluate(colour.format("backgroundColor")) == "rgb(18, 21, 23)"
    assert page.evaluate("getComputedStyle(document.querySelector('figure img')).backgroundColor") == "rgb(255, 255, 255)"


def test_on_paper_tables_repeat_their_heads_and_nothing_hangs_alone(read):
    page = read()
    page.emulate_media(media="print")
    style = "getComputedStyle(document.querySelector('{}')).{}"
    assert page.evaluate(style.format("thead", "display")) == "table-header-group"
    assert page.evaluate(style.format("figure", "breakInside")) == "avoid"
    assert page.evaluate(style.format("h2", "breakAfter")) == "avoid"
    assert page.evaluate(style.format("nav.contents", "display")) == "none"
