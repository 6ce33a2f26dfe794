"""The portfolio: one row a contract, worst first; every page is reachable from it, and drafts are not offered for handing out."""

from pathlib import Path

from lxml import html

from acmlib.display.words import Words
from acmlib.publish.index import index_page
from acmlib.publish.portfolio import lines
from acmlib.publish.scan import scan_page

FIGURE = {"metric": "placed_6m", "short": "Job within 6 months", "value": "34%", "target": "40%", "state": "missed", "certain": True,
          "change": "no clear change", "changed": ""}  # fmt: skip
WAIT = FIGURE | {"metric": "days", "short": "Days to enroll", "value": "10 days", "target": "14 days", "state": "met",
                 "change": "better", "changed": "27 days to 10 days"}  # fmt: skip
STANDING = {"program": "youth", "ended": False, "lead": ["Misses its main target."], "figures": [FIGURE, WAIT],
            "gaps": ["Job within 6 months: Black <participants> 20%, White 42%"], "more_gaps": 0, "gaps_silence": "none",
            "rank": [0, -2]}  # fmt: skip
GOOD = STANDING | {"figures": [FIGURE | {"state": "met", "value": "44%"}], "gaps": [], "rank": [5, 0]}
MADE = {
    "report": "dashboard",
    "language": "en",
    "report_title": "Dashboard",
    "contract_title": "Harbor <Youth> Jobs",
    "made_at": "2026-07-02T09:30:00+00:00",
    "data_until": "2026-06-30",
    "inputs": [{"table": "participants", "rows": 412}],
    "sha256": "0" * 64,
    "failed": None,
    "standing": STANDING,
    "overdue": [{"what": "List the <employers>", "owner": "Dana Cole", "due": "2026-06-01"}],
    "next_meeting": "2026-07-16",
}
FAILED = {"at": "2026-07-03T10:00:00+00:00", "where": "notebooks/dashboard.ipynb, code cell 3", "what": "ValueError: x"}


def record(contract="harbor", period="2026-06", edition="provider", **pages):
    named = {name.replace("__", "."): page for name, page in pages.items()}
    return Path(contract, period, edition), {"contract": contract, "period": period, "edition": edition, "pages": named}


def page(*found, **options):
    return html.fromstring(index_page(lines(found, language="en"), Words("en"), **options))


def row(shown, contract="harbor"):
    return [cell.text_content() for cell in shown.xpath(f"//tr[@id='{contract}']/*")]


def test_a_row_says_target_gaps_change_promises_and_meeting_in_marks_and_words():
    told = row(page(record(dashboard__html=MADE)))
    assert told[:4] == ["Harbor <Youth> Jobs", "Job within 6 months 34%, ✕\N{NO-BREAK SPACE}missed, target 40%", "✓ 1 met",
                        "Job within 6 months: Black <participants> 20%, White 42%"]  # fmt: skip
    assert told[4:7] == ["Days to enroll improved, 27 days to 10 days", "1", "Jul 16"]


def test_what_needs_attention_comes_first_and_the_heading_counts_it():
    good = MADE | {"standing": GOOD, "contract_title": "Another", "overdue": []}
    shown = page(record("another", dashboard__html=good), record(dashboard__html=MADE))
    assert shown.xpath("//tbody/tr/@id") == ["harbor", "another"]
    assert shown.findtext(".//h1") == "2 contracts: 1 misses its main target, 1 has a clear gap, and 1 has overdue promises"


def test_no_gap_seen_is_told_apart_from_too_few_people():
    standing = MADE | {"standing": GOOD}
    assert "none seen" in row(page(record(dashboard__html=standing)))[3]
    for silence, told in (("too_few", "groups are too small"), ("immature", "not yet knowable"), ("hidden", "hidden for privacy")):
        assert row(page(record(dashboard__html=MADE | {"standing": GOOD | {"gaps_silence": silence}})))[3] == told


def test_promises_of_which_some_are_not_for_the_speaking_page_are_not_counted_as_all():
    """The internal page may count more: what stands here is a number of those that the provider knows too, and says so."""
    for overdue, told in ((MADE["overdue"], "1 that the provider sees"), ([], "0 that the provider sees")):
        assert row(page(record(dashboard__html=MADE | {"overdue": overdue, "partly": True})))[5] == told


def test_links_are_by_reader_with_languages_inline_and_other_pages_folded():
    spanish = MADE | {"language": "es", "report_title": "Tablero"}
    dive = MADE | {"report": "deep_dive", "report_title": "Placement"}
    pages = {"dashboard__html": MADE, "dashboard__es__html": spanish, "deep_dive-placement__html": dive}
    shown = page(
        record(**pages),
        record(edition="internal", dashboard__html=MADE),
        record(period="2026-05", dashboard__html=MADE | {"data_until": "2026-05-31"}),
    )
    cell = shown.xpath("//tr[@id='harbor']/td[last()]")[0]
    direct = [(link.text, link.get("href")) for link in cell.xpath("./span/a")]
    assert direct == [("agency", "harbor/2026-06/internal/dashboard.html"), ("provider", "harbor/2026-06/provider/dashboard.html"),
                      ("ES", "harbor/2026-06/provider/dashboard.es.html")]  # fmt: skip
    assert cell.xpath(".//details//a/@href") == [
        "harbor/2026-06/provider/deep_dive-placement.html",
        "harbor/2026-05/provider/dashboard.html",
    ]
    assert cell.findtext(".//summary") == "2 more pages" and "May 2026" in cell.xpath(".//details")[0].text_content()


def test_a_draft_is_not_offered_for_handing_out():
    assert "(draft)" in row(page(record(edition="public", dashboard__html=MADE | {"draft": True})))[-1]
    assert "(draft)" not in row(page(record(edition="public", dashboard__html=MADE)))[-1]


def test_no_count_of_people_is_on_it():
    assert "412" not in page(record(dashboard__html=MADE)).text_content()


def test_what_the_index_says_is_no_more_than_provider_and_agency_know():
    secret = MADE | {"standing": STANDING | {"gaps": ["secret of the working paper"]}}
    shown = page(record(edition="internal", dashboard__html=secret), record(dashboard__html=MADE))
    assert "secret" not in shown.text_content()


def test_of_several_pages_of_a_contract_the_newest_speaks():
    old = MADE | {"report": "agenda", "made_at": "2026-07-01T09:00:00+00:00", "standing": STANDING | {"gaps": ["a gap of last week"]}}
    for names in (("agenda__html", "dashboard__html"), ("zone__html", "dashboard__html")):
        assert "a gap of last week" not in page(record(**dict(zip(names, (old, MADE), strict=True)))).text_content()


def test_one_clock_says_which_meetings_are_over():
    late = MADE | {"contract_title": "Another", "made_at": "2026-07-20T09:00:00+00:00", "next_meeting": "2026-08-01"}
    shown = page(record(dashboard__html=MADE), record("another", dashboard__html=late))
    assert row(shown)[6] == "Jul 16 (over)" and row(shown, "another")[6] == "Aug 1"


def test_what_is_due_before_the_meeting_and_before_the_end_stands_beside_it():
    planned = MADE | {"data_due": "2026-07-02", "standing": STANDING | {"decision": "2026-12-01"}}
    assert row(page(record(dashboard__html=planned)))[6] == "Jul 16data due Jul 2award decided by December 1, 2026"
    over = planned | {"contract_title": "Another", "made_at": "2026-07-20T09:00:00+00:00", "next_meeting": "2026-08-01"}
    shown = page(record(dashboard__html=planned), record("another", dashboard__html=over))
    assert row(shown)[6] == "Jul 16 (over)award decided by December 1, 2026"


def test_a_page_that_a_newer_run_failed_to_make_says_so():
    told = row(page(record(dashboard__html=MADE | {"failed": FAILED})))[-1]
    assert "Not the newest: a run on July 3, 2026 failed (notebooks/dashboard.ipynb, code cell 3)." in told
    never = page(record(dashboard__html={"language": "en", "failed": FAILED}))
    assert not never.xpath("//tbody//a") and "Could not be made on July 3, 2026" in never.text_content()


def test_a_pdf_is_linked_beside_its_page():
    links = page(record(dashboard__html=MADE | {"pdf_sha256": "1" * 64})).xpath("//tbody//a")
    assert [link.get("href") for link in links] == ["harbor/2026-06/provider/dashboard.html", "harbor/2026-06/provider/dashboard.pdf"]
    assert links[1].get("aria-label").endswith("PDF")


def test_pages_about_programs_are_linked_below_the_title():
    shown = page(record(dashboard__html=MADE), programs=[[("programs/portfolio-youth.internal.html", "Portfolio: <youth> (agency)")]])
    (link,) = shown.xpath("//header//a")
    assert (link.get("href"), link.text) == ("programs/portfolio-youth.internal.html", "Portfolio: <youth> (agency)")


def test_the_index_itself_is_a_page_fit_to_be_handed_out():
    assert scan_page(index_page(lines([record(dashboard__html=MADE)], language="en"), Words("en"))) == ()
    assert scan_page(index_page((), Words("en"))) == ()
