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


@pytest.mark.parametrize(("width", "least"), [(1280, 16), (390, 12), (320, 9)])
def test_text_in_figures_is_large_enough_and_can_be_selected(read, width, least):
    page = read(width)
    scale = "e.ownerSVGElement.getBoundingClientRect().width / e.ownerSVGElement.viewBox.baseVal.width"
    sizes = page.locator("figure svg text").evaluate_all(f"all => all.map(e => parseFloat(getComputedStyle(e).fontSize) * {scale})")
    assert min(sizes) >= least
    page.evaluate("getSelection().selectAllChildren(document.querySelector('figure svg'))")
    assert page.evaluate("getSelection().toString().trim()") != ""


def test_the_page_needs_no_script(read):
    page = read(java_script_enabled=False)
    assert page.locator("h1").inner_text() == "Harbor Youth Employment"
    assert page.locator("figure svg").count() == 2


def test_the_keyboard_goes_to_the_content_first_then_through_the_contents(read):
    page = read()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('nav') !== null")


def test_in_the_dark_text_is_light_also_in_figures_and_nothing_lies_on_white(read):
    page = read(scheme="dark")
    colour = "getComputedStyle(document.body).{}"
    assert page.evaluate(colour.format("backgroundColor")) == "rgb(18, 21, 23)"
    texts = page.locator("figure svg text").evaluate_all("all => all.map(e => getComputedStyle(e).fill)")
    assert set(texts) <= {"rgb(233, 234, 235)", "rgb(179, 186, 190)"}
    shapes = "all => all.map(e => getComputedStyle(e)).flatMap(s => [s.fill, s.backgroundColor]).filter(c => c == 'rgb(255, 255, 255)')"
    assert page.locator("main *").evaluate_all(shapes) == []


def test_on_paper_tables_repeat_their_heads_and_nothing_hangs_alone(read):
    page = read()
    page.emulate_media(media="print")
    style = "getComputedStyle(document.querySelector('{}')).{}"
    assert page.evaluate(style.format("thead", "display")) == "table-header-group"
    assert page.evaluate(style.format("figure", "breakInside")) == "avoid"
    assert page.evaluate(style.format("h2", "breakAfter")) == "avoid"
    assert page.evaluate(style.format("nav.contents", "display")) == "none"
