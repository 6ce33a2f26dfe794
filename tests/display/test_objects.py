"""Display objects: complete or refused, escaped everywhere, the same after a way through a notebook."""

import json

import pytest
from display_frames import gaps, title_block, voice
from lxml import html

from acmlib.display.charts.outcomes import outcomes_by_group
from acmlib.display.objects import MIME, Bullets, Cell, Chart, Column, DataTable, Notes, Prose, Questions, Section, from_json
from acmlib.display.page import Layout
from acmlib.display.tables import provenance, questions

NASTY = "<script>alert('x')</script><b onclick=\"x\">&amp;"


def simple(**changes):
    given = {"caption": "People by site", "columns": (Column("Site"), Column("People", "number")), "rows": (("North", "12"),)}
    return DataTable(**{**given, **changes})


def test_a_table_without_caption_or_heading_is_refused():
    with pytest.raises(ValueError, match="caption is empty"):
        simple(caption=" ")
    with pytest.raises(ValueError, match="column 2 has an empty heading"):
        simple(columns=(Column("Site"), Column("")))
    with pytest.raises(ValueError, match="row 1 has 1 cells; the table has 2 columns"):
        simple(rows=(("North",),))


def test_a_figure_without_its_words_is_refused():
    with pytest.raises(ValueError, match=r"Chart\.alt is empty"):
        Chart("<svg/>", " ", "long", simple(), "caption")


def test_every_object_comes_back_the_same_from_a_notebook():
    head = title_block(voice())
    foot = provenance(voice=voice(), inputs=[("a.csv", 12, "ab" * 32)], versions={"acmlib": "0.1"})
    section = Section("h", (simple(), Prose(("a",))), "q?", "short")
    text = [Prose(("a", "b")), Bullets(("a",), heading="h"), Notes("*a*"), Questions("h", ("q",))]
    shown = [simple(), *text, section, head, foot, outcomes_by_group(gaps(), voice=voice())]
    for one in shown:
        bundle = json.loads(json.dumps(one._repr_mimebundle_()))
        assert set(bundle) == {"text/html", "text/plain", MIME}
        assert from_json(bundle[MIME]) == one


def test_an_object_of_another_version_is_refused():
    with pytest.raises(ValueError, match="version 9; use version 1 of"):
        from_json({**Prose(("a",)).to_json(), "version": 9})


@pytest.mark.parametrize(
    "shown",
    [
        simple(caption=NASTY, columns=(Column(NASTY), Column("n")), rows=((NASTY, Cell(NASTY, muted=True, detail=NASTY)),), notes=(NASTY,)),
        Prose((NASTY,)),
        simple(rows=((Cell(NASTY, language='"><script>'), "1"),)),
        Bullets((NASTY,), heading=NASTY),
        Notes(NASTY + "\n\n[link](javascript:alert(1)) ![picture](http://example.org/x.png)\n\n<iframe src=x>", source=NASTY),
        Questions(NASTY, (NASTY,)),
        Section(NASTY, (Prose((NASTY,)),), NASTY),
        Chart("<svg></svg>", NASTY, NASTY, simple(caption=NASTY), NASTY, (NASTY,), NASTY),
    ],
)
def test_what_people_typed_stays_text(shown):
    for layout in (Layout(), Layout(voice().words)):
        page = html.fromstring("<div>" + layout.html(shown) + "".join(layout.appendix) + "</div>")
        assert not page.xpath("//script | //iframe | //b | //a[starts-with(@href, 'javascript')] | //img[starts-with(@src, 'http')]")
        assert not page.xpath("//@onclick")


def test_tables_have_scopes_captions_and_numbers_at_the_right():
    page = html.fromstring(Layout(voice().words).html(outcomes_by_group(gaps(), voice=voice()).data))
    assert page.xpath("count(//table[not(caption)])") == 0
    assert set(page.xpath("//thead//th/@scope")) == {"col"} and set(page.xpath("//tbody//th/@scope")) == {"row"}
    assert all(text.strip() for text in page.xpath("//th//text()"))
    assert page.xpath("//td[@class='number']")


def test_in_a_notebook_the_data_are_folded_under_the_figure_and_the_figure_takes_its_colours():
    page = html.fromstring(outcomes_by_group(gaps(), voice=voice())._repr_mimebundle_()["text/html"])
    assert page.xpath("//details/summary/text()") == ["Data and description"]
    assert page.xpath("//details//table")
    assert "var(--jp-content-font-color1)" in page.xpath("//figure/style/text()")[0]


def test_a_terminal_reads_all_of_it():
    text = outcomes_by_group(gaps(), voice=voice())._repr_mimebundle_()["text/plain"]
    assert "Black or African American" in text and "clear gap" in text and "12 months to December 2025" in text
    assert "<" not in text


def test_a_meeting_has_at_most_three_questions():
    assert questions(["Why?"], voice=voice()).heading == "A question for this meeting"
    with pytest.raises(ValueError, match="4 given; a meeting discusses one to three"):
        questions(["a", "b", "c", "d"], voice=voice())


def test_where_a_batch_runs_a_notebook_nothing_is_drawn_for_jupyterlab(monkeypatch):
    assert "text/html" in Prose(("A gap.",))._repr_mimebundle_()
    monkeypatch.setenv("ACM_RELEASE", "a file")
    assert sorted(Prose(("A gap.",))._repr_mimebundle_()) == [MIME, "text/plain"]
