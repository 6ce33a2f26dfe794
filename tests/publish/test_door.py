"""Canaries: each way in which a secret could leave with a page, a PDF, a release or a notebook is tried, and stopped at the door."""

import base64
import io
import re
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from display_frames import CONTRACT

from acmlib.display.charts.canvas import LinearScale, Sheet
from acmlib.display.charts.strips import StripRow, lay_out
from acmlib.display.voice import Voice
from acmlib.display.words import Words
from acmlib.measures.table import METRIC_COLUMNS
from acmlib.publish.safe_csv import read_release, release_csv
from acmlib.publish.scan import Secrets, Withheld, scan_page, scan_pdf, scan_release

STYLE = "p { color: black }"
SECRETS = Secrets(frozenset({"HY-00012", "4711"}), ("Ana Ruiz",), ("/srv/reports/city",), ("svc-reports", "analyst"))

LAST, BEFORE = "P12M/2026-06", "P12M/2025-06"
#: metric, period, group, numerator, denominator: North is shown, South is hidden.
TRUE = [
    ("placed_6m", LAST, "North", 36, 90),
    ("placed_6m", LAST, "South", 3, 37),
    ("placed_6m", BEFORE, "North", 33, 80),
    ("placed_6m", BEFORE, "South", 8, 40),
    ("days_to_start", LAST, "North", 60, 64),
    ("days_to_start", LAST, "South", 9, 11),
    ("enrolled", LAST, "North", 95, np.nan),
    ("enrolled", LAST, "South", 41, np.nan),
]
DAYS = {"North": 12.0, "South": 17.0}


def cells(*groups):
    """Metric table of some groups with true numbers."""
    rows = []
    for metric, period, group, numerator, denominator in TRUE:
        if group in groups:
            value = DAYS[group] if metric == "days_to_start" else numerator if metric == "enrolled" else numerator / denominator
            rows.append((metric, period, "site", group, numerator, denominator, value, np.nan, np.nan, "shown"))
    return pd.DataFrame(rows, columns=list(METRIC_COLUMNS))


def released():
    hidden = cells("South").assign(numerator=np.nan, denominator=np.nan, value=np.nan, status="hidden")
    return pd.concat([cells("North"), hidden], ignore_index=True)


@pytest.fixture(scope="module", params=["en", "es"])
def door(request):
    """The hidden cells as an English and as a Spanish page would print them."""
    voice = Voice(Words(request.param), CONTRACT)
    return Withheld(cells("South"), released(), voice), voice


PAGE = """<!DOCTYPE html><html lang="en"><head><title>Harbor: Dashboard</title><meta name="description" content="{description}">
<style>{style}</style></head><body><h1>Harbor</h1>
<h2>{metric}, by site</h2>
<figure id="figure-1"><figcaption>{metric}, by site, {period}{caption}</figcaption>
<img alt="Dot chart for 2 groups. North 40%.{alt}" src="data:image/svg+xml;base64,{svg}">
<p class="small">Lines are 95% intervals.</p></figure>
<p>North: 40% (36 of 90).{sentence}</p>
<table><caption>{metric}, {period}{table}</caption>
<thead><tr><th scope="col">Site</th><th scope="col">Result</th><th scope="col">n</th></tr></thead>
<tbody><tr><th scope="row">North</th><td>40%</td><td>90</td></tr>
<tr{attribute}><th scope="row">South{head}</th><td>{value}</td><td>{count}</td></tr></tbody></table>
{extra}</body></html>"""


def page(voice, **planted):
    """A page on placements; what is planted into it stands where `PAGE` has its name."""
    given = {"style": STYLE, "svg": "<svg><title>Placements</title></svg>", "value": "hidden for privacy", "count": "hidden for privacy"}
    given |= {"metric": voice.metric("placed_6m"), "period": voice.words.period(LAST)}
    given |= planted
    given["svg"] = base64.b64encode(given["svg"].encode()).decode()
    empty = dict.fromkeys(("description", "caption", "alt", "sentence", "table", "attribute", "head", "extra"), "")
    return PAGE.format(**(empty | given))


def scan(voice_and_hidden, **planted):
    hidden, voice = voice_and_hidden
    return scan_page(page(voice, **planted), SECRETS, withheld=hidden, style=STYLE)


def test_a_page_that_hides_what_it_must_passes(door):
    assert scan(door) == ()


def drawn(*texts):
    """A drawing made as our figures are: letters as outlines."""
    sheet = Sheet(60)
    for x, text in zip((0, 200), texts, strict=False):
        sheet.text(x, 30, text)
    return sheet.svg()


@pytest.mark.parametrize(
    "planted",
    [
        {"caption": ": South 3"},
        {"caption": " (three in South)"},
        {"caption": " (tres en South)"},
        {"alt": " South 8%."},
        {"alt": " South has 3 placements."},
        {"sentence": " South: 8% (3 of 37)."},
        {"sentence": " In South that was 8.1%."},
        {"sentence": " South: 8,11 % of all."},
        {"sentence": " South reached 0.081."},
        {"sentence": " South is small. It had 3 placements."},
        {"sentence": " In South 34 had no job."},
        {
            "sentence": " In South 17 days passed to the first meeting.",
            "metric": "Days to the first meeting / Días hasta el primer encuentro",
        },
        {"table": ", South 3 of 37"},
        {"value": "8%"},
        {"value": "3"},
        {"count": "37"},
        {"head": " (n 37)"},
        {"value": '<span title="3">hidden for privacy</span>'},
        {"value": '<span data-value="0.0811">hidden for privacy</span>'},
        {"value": '<span aria-label="three">hidden for privacy</span>'},
        {"value": "<!-- 3 -->hidden for privacy"},
        {"attribute": ' data-south="South 3"'},
        {"extra": "<!-- South: 3 of 37 -->"},
        {"description": "Placements: South 3"},
        {"sentence": " South: 8\u200b.1%, as copied from a letter."},
        {"sentence": " So\u00aduth: 3 of 37."},
        {"sentence": " South had 3<sup>a</sup> placements."},
        {"sentence": " Of South, thirty-seven were counted / treinta y siete."},
        {"value": "³"},
        {"value": "３"},
        {"value": "③"},
        {"value": "8·1％"},
        {"count": "3\u00ad7"},
        {"svg": "<svg><title>South: 3 placed</title></svg>"},
        {"svg": "<svg><desc>South 8%</desc></svg>"},
        {"svg": "<svg><metadata>South 0.0811</metadata></svg>"},
        {"svg": "<svg><!-- South 3 --></svg>"},
        {"svg": "<svg><text>South</text><text>3 of 37 in South</text></svg>"},
        {"svg": '<svg><g id="south-3"></g></svg>'},
        {"svg": drawn("South", "3 of 37")},
        {"svg": drawn("South 8%")},
    ],
    ids=str,
)
def test_a_hidden_number_is_stopped_wherever_its_cell_is_spoken_of(door, planted):
    problems = scan(door, **planted)
    assert any("a hidden number stands in" in problem and "South" in problem for problem in problems), problems


RATES = {"North": 0.4, "East": 0.35, "West": 0.2}


def marked(*values, top=0.5):
    """A dot chart of some values, drawn as ours are."""
    sheet, scale = Sheet(200), LinearScale(0, top, 20, 220)
    for row, value in enumerate(values):
        sheet.mark([scale(value)], [30 + 20 * row])
    return sheet.svg()


def test_a_hidden_value_is_stopped_though_only_a_mark_shows_it():
    """The released values fix the scale of a chart; a mark where a hidden one lies on it gives it away."""
    voice = Voice(Words("en"), CONTRACT)
    base = cells("North").iloc[[0]]
    shown = pd.concat(
        [base.assign(group=group, value=value) for group, value in RATES.items()] + [released().iloc[[-4]]], ignore_index=True
    )
    hidden = Withheld(cells("South"), shown, voice)
    for drawing, problems in (
        (marked(*RATES.values()), 0),
        (marked(*RATES.values(), 0.5), 0),
        (marked(*RATES.values(), 3 / 37), 1),
        (marked(*RATES.values(), 3 / 37, top=1), 1),
        (marked(0.4, 0.35, 3 / 37), 0),  # three marks of which one is of no released value: there is no scale to read it on
    ):
        found = scan_page(page(voice, svg=drawing), withheld=hidden)
        assert len(found) == problems and all("marks of a picture" in one and "South" in one for one in found), found


def test_a_hidden_value_is_stopped_though_only_the_corner_of_a_curve_shows_it():
    voice = Voice(Words("en"), CONTRACT)
    base = cells("North").iloc[[0]]
    shown = pd.concat(
        [base.assign(group=group, value=value) for group, value in RATES.items()] + [released().iloc[[-4]]], ignore_index=True
    )
    hidden = Withheld(cells("South"), shown, voice)
    for last, problems in ((0.5, 0), (3 / 37, 1)):
        sheet, scale = Sheet(200), LinearScale(0, 0.5, 180, 20)
        sheet.line([20, 60, 100, 140], [scale(value) for value in (*RATES.values(), last)])
        found = scan_page(page(voice, svg=sheet.svg()), withheld=hidden)
        assert len(found) == problems and all("marks of a picture" in one and "South" in one for one in found), found


@pytest.mark.parametrize(("drawn", "problems"), [((0.4,), 0), ((0.4, 3 / 37), 1), ((3 / 37,), 1), ((0.4, 0.3), 0)])
def test_a_hidden_value_is_stopped_though_only_its_place_above_the_numbers_of_an_axis_shows_it(door, drawn, problems):
    """One released value fixes no scale; the numbers below the axis do, for a reader too."""
    hidden, voice = door
    entries = [StripRow(f"Row {number}", value=voice.words.percent(value)) for number, value in enumerate(drawn)]
    strips = lay_out(entries, low=0, high=0.5, ticks=[0, 0.1, 0.2, 0.3, 0.4, 0.5], tick_text=voice.words.percent, header=6)
    for value, place in zip(drawn, strips.places, strict=True):
        strips.sheet.mark([strips.x(value)], [place])
    found = scan_page(page(voice, svg=strips.sheet.svg()), withheld=hidden)
    marks = [one for one in found if "marks of a picture" in one]
    assert len(marks) == problems and all("South" in one for one in marks), found


def test_both_counts_of_a_hidden_share_are_stopped_though_no_metric_is_named(door):
    extra = "<h2>What was said</h2><p>{}</p>"
    assert any("placed_6m, South" in one for one in scan(door, extra=extra.format("South: 3 of 37.")))
    assert scan(door, extra=extra.format("Three parents of South said so; 37 letters were sent to North.")) == ()


def test_a_number_of_another_cell_is_none_of_the_hidden_ones(door):
    """The same digits elsewhere: other groups, other metrics, rules, differences, dates, targets."""
    harmless = (
        " North had 3 meetings. South: not judged, because the numbers are hidden to protect privacy."
        " South lies 8 points below, or −3 points."
        " South is reported for 3 months. The target for South is 40%. Ask an analyst; 4711 of them."
    )
    assert scan(door, sentence=harmless, alt=" 3 of the 37 rows are drawn.") == ()


def test_the_share_of_counts_that_are_shown_explains_its_percent() -> None:
    """Too few people for a share of their own, but both counts are told: no other cell with the same share is given away by it."""
    voice = Voice(Words("en"), CONTRACT)
    shown = cells("North").query("metric == 'placed_6m' and period == @BEFORE")
    other = shown.assign(period=LAST)
    table = (
        '<h1>Harbor</h1><table><caption>By site</caption><thead><tr><th scope="col">Site</th><th scope="col">Result</th></tr></thead>'
        '<tbody><tr><th scope="row">North</th><td>41.2%</td></tr></tbody></table>'
    )
    page = f'<html lang="en"><head><title>Harbor</title></head><body>{table}</body></html>'

    def stopped(explaining):
        found = scan_page(page, SECRETS, withheld=Withheld(other, explaining, voice), style=STYLE)
        return any("hidden number" in one for one in found)

    assert not stopped(shown.assign(value=np.nan, status="unreliable"))
    assert stopped(shown.iloc[:0])


def test_those_who_still_wait_by_a_day_are_no_hidden_number_of_the_wait() -> None:
    voice = Voice(Words("en"), CONTRACT)
    columns = list(METRIC_COLUMNS)
    wait = pd.DataFrame([("days_to_start", LAST, "site", "South", 84.0, 111.0, 11.0, np.nan, np.nan, "shown")], columns=columns)
    by_day = pd.DataFrame([("days_to_start@14d", LAST, "site", "South", 19.0, 103.0, 19 / 103, np.nan, np.nan, "shown")], columns=columns)
    hidden = wait.assign(numerator=np.nan, denominator=np.nan, value=np.nan, status="hidden")
    strict = Withheld(wait, pd.concat([hidden, by_day]), voice)
    caption = f"{voice.metric('days_to_start')}, {voice.words.period(LAST)}"
    head = '<thead><tr><th scope="col">Site</th><th scope="col">n</th></tr></thead>'
    row = '<tbody><tr><th scope="row">South</th><td>{count}</td></tr></tbody>'
    told = page(voice, extra=f"<table><caption>{caption}</caption>{head}{row}</table>")
    assert scan_page(told.replace("{count}", "84"), SECRETS, withheld=strict, style=STYLE) == ()
    assert scan_page(told.replace("{count}", "111"), SECRETS, withheld=strict, style=STYLE), "who waited is hidden still"


def test_the_axis_of_a_chart_is_no_number_of_the_group_in_its_caption(door):
    assert scan(door, caption=": South", svg=drawn("8%", "40%")) == ()


def test_a_group_called_by_a_number_hides_no_number():
    """Grade 3 is a group, and the 3 in its row is a count."""
    voice = Voice(Words("en"), CONTRACT)
    grades = {"North": "2", "South": "3"}
    true, given = (frame.assign(group=frame["group"].map(grades)) for frame in (cells("South"), released()))
    hidden = Withheld(true, given, voice)
    text = page(voice).replace("South", "3").replace("North", "2")
    assert scan_page(text, withheld=hidden) == ()
    leak = text.replace("<td>hidden for privacy</td></tr></tbody>", "<td>37</td></tr></tbody>")
    assert leak != text and scan_page(leak, withheld=hidden)
    leak = text.replace("<td>hidden for privacy</td><td>hidden for privacy</td>", "<td>3</td><td>hidden for privacy</td>")
    assert leak != text and scan_page(leak, withheld=hidden)


def test_a_reason_says_where_and_whose_but_not_the_number(door):
    said = scan(door, caption=": South 3")
    assert said == (f"a hidden number stands in the caption under '{door[1].metric('placed_6m')}, by site': placed_6m, South, {LAST}",)


def test_a_width_in_a_style_is_stopped(door):
    assert any("a style of its own" in problem for problem in scan(door, value='<span style="width:3%">hidden for privacy</span>'))
    assert any("not the style sheet" in problem for problem in scan(door, style=STYLE + " .south { width: 8.1% }"))


@pytest.mark.parametrize(
    ("planted", "reason"),
    [
        ({"sentence": " HY-00012 came."}, "participant ids"),
        ({"sentence": " Client 4711 came."}, "participant ids"),
        ({"sentence": " H<span>Y-000</span>12 came."}, "participant ids"),
        ({"alt": " HY-00012"}, "participant ids"),
        ({"attribute": ' data-id="HY-00012"'}, "participant ids"),
        ({"extra": "<!-- hy-00012 -->"}, "participant ids"),
        ({"svg": "<svg><text>HY-00012</text></svg>"}, "participant ids"),
        ({"svg": drawn("HY-00012")}, "participant ids"),
        ({"svg": '<svg><g id="HY-00012"></g></svg>'}, "participant ids"),
        ({"sentence": " HY\u20110001\u00ad2 wrote."}, "participant ids"),  # as word processors set it
        ({"sentence": " ＨＹ-０００１２"}, "participant ids"),
        ({"caption": " by Ana Ruiz"}, "names that the contract protects"),
        ({"caption": " by A\u200bna\u00a0Ruiz"}, "names that the contract protects"),
        ({"extra": "<p>/srv/re\u00adports/city/data</p>"}, "a path of the machine"),
        ({"extra": "<p>/srv/reports/city/data</p>"}, "a path of the machine"),
        ({"svg": "<svg><metadata>/home/ana/figure.svg</metadata></svg>"}, "a path of the machine"),
        ({"extra": "<p>made by svc-reports</p>"}, "an account of the machine"),
        ({"extra": "<p>sent from analyst@reports-7</p>"}, "an account of the machine"),
        ({"extra": "<p>kept in ~analyst/reports</p>"}, "an account of the machine"),
        ({"extra": '<p>contract = "harbor"</p>'}, "parameters of the notebook"),
        ({"svg": "<svg><script>alert(1)</script></svg>"}, "<script> in a picture"),
        ({"svg": '<svg onload="x()"></svg>'}, "script in onload"),
        ({"svg": '<svg><image href="https://example.org/x.png"/></svg>'}, "points outside"),
        ({"svg": "<svg><foreignObject><p>a</p></foreignObject></svg>"}, "in a picture"),
        ({"svg": "<svg><style>@import 'x.css'</style></svg>"}, "the style of a picture fetches"),
        ({"extra": '<a href="java\tscript:x()">a</a>'}, "points outside"),
        ({"extra": '<img alt="a chart of placements" src="data:image/png;base64,AA==">'}, "cannot be looked through"),
        ({"extra": '<img alt="Image" src="data:image/svg+xml;base64,AA==">'}, "says nothing"),
        ({"extra": "<svg><circle/></svg>"}, "no alternative text"),
        ({"extra": "<video></video>"}, "there is a <video>"),
        ({"extra": '<p contenteditable="true">a</p>'}, "has contenteditable"),
    ],
    ids=str,
)
def test_ids_names_places_and_whatever_acts_are_stopped_in_every_layer(door, planted, reason):
    assert any(reason in problem for problem in scan(door, **planted)), scan(door, **planted)


@pytest.mark.parametrize(
    ("planted", "reason"),
    [
        ({"widgets": {"rows": ["HY-00012"]}}, "metadata of the notebook: 1 participant ids or private values are on it"),
        ({"note": "for Ana Ruiz"}, "metadata of the notebook: 1 names that the contract protects are on it"),
        ({"Ana Ruiz": 1}, "metadata of the notebook: 1 names that the contract protects are on it"),
        ({"source": "/srv/reports/city/a.csv"}, "metadata of the notebook: there is a path of the machine that made it"),
        ({"widgets": {"South": {"met": 3}}}, "a hidden number stands in the metadata of the notebook: placed_6m, South"),
        ({"note": "South: 8.1%"}, "a hidden number stands in the metadata of the notebook: placed_6m, South"),
        ({"note": "North: 40%", "kernelspec": {"name": "python3"}, "version": "3.11"}, None),
    ],
    ids=str,
)
@pytest.mark.parametrize("of", ["notebook", "cell"])
def test_what_a_notebook_carries_in_its_metadata_is_stopped(door, of, planted, reason):
    hidden, voice = door
    notebook = {"metadata": planted, "cells": []} if of == "notebook" else {"metadata": {}, "cells": [{"metadata": planted}]}
    problems = scan_page(page(voice), SECRETS, withheld=hidden, style=STYLE, notebook=notebook)
    assert problems == () if reason is None else any(problem.startswith(reason) for problem in problems), problems


def pdf(text="North: 40%", title="Harbor", **information):
    """A small PDF, its one line of text as given."""
    pikepdf = pytest.importorskip("pikepdf")
    made = pikepdf.new()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    drawn = made.make_stream(f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode("latin-1"))
    box = pikepdf.Array([0, 0, 400, 200])
    made.pages.append(
        pikepdf.Page(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Page, MediaBox=box, Contents=drawn, Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
            )
        )
    )
    made.Root.Lang = "en"
    with made.open_metadata() as xmp:
        xmp["dc:title"] = title
    made.docinfo["/Title"] = title
    for name, value in information.items():
        if name == "alt":
            made.Root.StructTreeRoot = pikepdf.Dictionary(K=made.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.Figure, Alt=value)))
        elif name == "script":
            made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=value)
        else:
            made.docinfo[f"/{name}"] = value
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def test_a_pdf_that_hides_what_it_must_passes(door):
    assert scan_pdf(pdf(), SECRETS, withheld=door[0]) == ()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"text": "South: 3 of 37"}, "hidden number"),
        ({"Subject": "Placements in South: 3"}, "hidden number"),
        ({"Keywords": "South 8.1%"}, "hidden number"),
        ({"title": "South: 3 placed"}, "hidden number"),
        ({"alt": "Dot chart. South 3."}, "hidden number"),
        ({"Author": "HY-00012"}, "participant ids"),
        ({"alt": "Dot chart of HY-00012"}, "participant ids"),
        ({"Producer": "/home/ana/reports"}, "a path of the machine"),
        ({"script": "app.alert(1)"}, "it does nothing"),
        ({"title": ""}, "no title"),
    ],
    ids=str,
)
def test_what_a_pdf_says_in_words_metadata_and_alternative_texts_is_stopped(door, given, reason):
    problems = scan_pdf(pdf(**given), SECRETS, withheld=door[0])
    assert any(reason in problem for problem in problems), problems


def written(frame, folder):
    (folder / "release.csv").write_bytes(release_csv(frame).encode())
    return (folder / "release.csv").read_bytes().decode()


def test_a_release_with_a_hidden_number_an_id_or_a_path_is_stopped(tmp_path):
    good = released()
    assert scan_release(written(good, tmp_path), SECRETS) == ()
    leak = good.assign(numerator=good["numerator"].fillna(3))
    assert any("is hidden and has a numerator" in problem for problem in scan_release(written(leak, tmp_path), SECRETS))
    for planted in ("HY-00012", "Ana Ruiz", "/srv/reports/city"):
        assert scan_release(written(good.assign(group=planted), tmp_path), SECRETS)


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "  =1+1", "＝1+1", "'=1+1", '=HYPERLINK("https://example.org")', "a\n=1+1"]
#: Where a comma is the decimal mark, and in LibreOffice, other characters begin a cell too.
FORMULAS += ["North;=1+1", "North; =1+1;South", "North\t=1+1", 'North;"=1+1"', "North;'=1+1", "a|-1|b"]


@pytest.mark.parametrize("group", FORMULAS)
def test_no_text_of_a_release_is_a_formula_and_pandas_reads_it_back(tmp_path, group):
    """The promise of release.csv: a spreadsheet shows texts as they are, and `read_release` gives them back."""
    frame = released().assign(group=group)
    content = written(frame, tmp_path)
    for row in pd.read_csv(io.StringIO(content), dtype=str, keep_default_na=False).itertuples(index=False):
        for cell in re.split(r"[;\t|\r\n]", row.group):
            assert not cell.lstrip(' "').startswith(("=", "+", "-", "@", "＝")), row
    assert scan_release(content) == ()
    pd.testing.assert_frame_equal(read_release(tmp_path / "release.csv"), frame, check_dtype=False)


@pytest.fixture(scope="module")
def office_profile(tmp_path_factory):
    """Where LibreOffice keeps its settings: to make them anew for each test takes longer than to open a file."""
    return f"-env:UserInstallation={(tmp_path_factory.mktemp('office')).as_uri()}"


@pytest.mark.parametrize("split_at", ["44", "59", "44/59/9"], ids=["commas", "semicolons", "commas, semicolons and tabs"])
def test_a_real_spreadsheet_finds_no_formula_and_no_link_in_a_release(tmp_path, office_profile, split_at):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice here: install libreoffice-calc to open a release as readers do")
    row = released().head(1)
    written(pd.concat([row.assign(group=group) for group in FORMULAS], ignore_index=True), tmp_path)
    options = [office_profile, "--headless", f"--infilter=CSV:{split_at},34,76,1"]
    subprocess.run(
        [office, *options, "--convert-to", "fods", "--outdir", tmp_path, tmp_path / "release.csv"], check=True, capture_output=True
    )
    opened = (tmp_path / "release.fods").read_text(encoding="utf-8")
    assert "North" in opened and "table:formula" not in opened and "xlink:href=" not in opened.partition("<office:body>")[2]


def test_a_release_with_a_formula_is_stopped():
    head = ",".join(METRIC_COLUMNS)
    assert scan_release(f"{head}\nplaced,2026,site,=1+1,30.0,40.0,0.75,,,shown\n") == ("line 2 begins a text as a formula does",)
