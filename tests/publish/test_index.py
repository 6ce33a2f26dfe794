"""The way in, for people: every page is listed, and one that a newer run failed to make says so."""

from pathlib import Path

from lxml import html

from acmlib.display.words import Words
from acmlib.publish.index import index_page
from acmlib.publish.scan import scan_page

MADE = {
    "language": "en",
    "report_title": "Dashboard",
    "contract_title": "Harbor <Youth> Jobs",
    "made_at": "2026-07-02T09:30:00+00:00",
    "data_until": "2026-06-30",
    "inputs": [{"table": "participants", "rows": 400}, {"table": "surveys", "rows": 20}],
    "sha256": "0" * 64,
    "failed": None,
}
FAILED = {"at": "2026-07-03T10:00:00+00:00", "where": "notebooks/dashboard.ipynb, code cell 3", "what": "ValueError: x"}


def record(**pages) -> tuple[Path, dict]:
    named = {name.replace("__", "."): page for name, page in pages.items()}
    return Path("harbor/2026-06/provider"), {"contract": "harbor", "period": "2026-06", "edition": "provider", "pages": named}


def test_every_page_is_listed_with_period_edition_language_and_data():
    spanish = MADE | {"language": "es", "report_title": "Tablero"}
    page = html.fromstring(index_page([record(dashboard__html=MADE, dashboard__es__html=spanish)], Words("en")))
    assert [link.get("href") for link in page.xpath("//td/../th/a")] == [
        "harbor/2026-06/provider/dashboard.html",
        "harbor/2026-06/provider/dashboard.es.html",
    ]
    assert page.xpath("//h2[@id='harbor']/text()") == ["Harbor <Youth> Jobs"]
    first = [cell.text_content() for cell in page.xpath("(//tbody/tr)[1]/*")]
    assert first == ["Dashboard", "June 2026", "For the provider and the agency", "English", "July 2, 2026", "to June 30, 2026; 420 rows"]
    assert page.xpath("(//tbody/tr)[2]/th/a/@lang") == ["es"]


def test_a_page_that_a_newer_run_failed_to_make_says_so():
    text = html.fromstring(index_page([record(dashboard__html=MADE | {"failed": FAILED})], Words("en"))).text_content()
    assert "Not the newest: a run on July 3, 2026 failed (notebooks/dashboard.ipynb, code cell 3)." in text


def test_a_page_that_never_was_made_is_no_link():
    page = html.fromstring(index_page([record(dashboard__html={"language": "en", "failed": FAILED})], Words("en")))
    assert not page.xpath("//tbody//a")
    assert "Could not be made on July 3, 2026" in page.text_content()


def test_the_index_itself_is_a_page_fit_to_be_handed_out():
    assert scan_page(index_page([record(dashboard__html=MADE)], Words("en"))) == ()
    assert scan_page(index_page([], Words("en"))) == ()


OVERDUE = [{"what": "List the <employers>", "owner": "Dana Cole", "due": "2026-06-01"}]


def test_meetings_to_come_and_overdue_actions_stand_first():
    page = html.fromstring(index_page([record(dashboard__html=MADE | {"next_meeting": "2026-07-16", "overdue": OVERDUE})], Words("en")))
    first = page.xpath("(//main//table)[1]")[0]
    assert first.findtext("caption") == "Next meetings and overdue actions"
    cells = [cell.text_content() for cell in first.xpath(".//tbody/tr/*")]
    assert cells == ["Harbor <Youth> Jobs", "July 16, 2026", "List the <employers> (Dana Cole, June 1, 2026)"]


def test_a_meeting_that_is_over_is_not_announced_as_the_next():
    page = html.fromstring(index_page([record(dashboard__html=MADE | {"next_meeting": "2026-06-18", "overdue": []})], Words("en")))
    assert "June 18, 2026 is over: name the next one in contract.yml" in page.text_content()


def test_a_pdf_is_linked_beside_its_page():
    page = html.fromstring(index_page([record(dashboard__html=MADE | {"pdf_sha256": "1" * 64})], Words("en")))
    link = page.xpath("//tbody//a")[1]
    assert (link.get("href"), link.get("aria-label")) == ("harbor/2026-06/provider/dashboard.pdf", "Dashboard, PDF")
