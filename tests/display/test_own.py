"""An analyst's own figure, table and words: parts of a page like ours, and what is missing is said at once."""

import re
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from display_frames import gaps, half_years, notebook, shown, voice
from lxml import html

from acmlib.display import own
from acmlib.display.charts.canvas import PIXELS, TEXT
from acmlib.display.objects import Chart
from acmlib.display.own import OwnPartError, figure, table, text, theme
from acmlib.publish.exporter import export_page
from acmlib.publish.scan import scan_page

ALT = "Line chart with marks: the share placed rises from 40 to 44 percent over two years."


@pytest.fixture(autouse=True)
def _opened(monkeypatch):
    """A report is open; what it set goes when the test is over."""
    monkeypatch.setattr(own._Opened, "voice", None)
    with mpl.rc_context():
        own.opened(voice())
        yield
    plt.close("all")


def drawn(**options) -> Chart:
    frame = half_years()
    frame = frame[frame["status"].eq("shown")].assign(date=lambda rows: pd.to_datetime(rows["period"].str[-7:]))
    grid = sns.relplot(frame, x="date", y="value", hue="group", style="group", kind="line", markers=True)
    return figure(grid, **{"alt": ALT, "caption": "Placed, by half-year", "data": frame[["period", "group", "value"]], **options})


def test_a_figure_of_seaborn_is_a_figure_of_the_page():
    page = export_page(notebook(shown(drawn())), title="Own figure")
    assert scan_page(page) == ()
    (svg,) = html.fromstring(page).xpath("//figure/svg")
    assert svg.get("aria-label") == ALT and "American" in svg.text_content()
    assert not re.search(r" style=|<image|<metadata|rdf", html.tostring(svg).decode())


def test_an_own_figure_takes_four_lines_of_a_notebook_and_follows_light_and_dark():
    chart = drawn()
    colours = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', chart.svg))
    tree = html.fromstring(chart.svg)
    plain = [one for one in tree.iter() for what in ("fill", "stroke") if str(one.get(what)).startswith("#") and not one.get("class")]
    assert colours and plain == [], "every colour is one of the style sheet's"
    assert "#ffffff" not in re.findall(r'<path d="[^"]*"[^>]*fill="(#\w+)"', chart.svg)[:2], "no white box lies under it"


def test_its_text_is_as_large_as_ours():
    chart = drawn()
    sizes = {float(one) for one in re.findall(r'font-size="([\d.]+)"', chart.svg)}
    assert sizes == {TEXT}
    width, box = (float(re.search(pattern, chart.svg)[1]) for pattern in (r" width=\"([\d.]+)\"", r'viewBox="0 0 ([\d.]+)'))
    assert width / box == pytest.approx(PIXELS, abs=0.01)


def test_the_same_figure_is_the_same_bytes_and_holds_no_digit_too_many():
    assert drawn().svg == drawn().svg
    assert not re.search(r"\d\.\d{3}", drawn().svg)


def test_a_figure_that_was_shown_is_not_shown_again_as_pixels():
    drawn()
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("lacks", "message"),
    [
        ({"alt": ""}, "alt is ''; say in a sentence what kind of chart it is"),
        ({"alt": "chart"}, "alt is 'chart'"),
        ({"caption": " "}, "caption is empty"),
        ({"data": None}, "data is missing; give the frame that is drawn"),
    ],
)
def test_what_is_missing_is_said_in_the_notebook(lacks, message):
    with pytest.raises(OwnPartError, match=re.escape(message)):
        drawn(**lacks)


def test_a_wide_figure_is_drawn_as_wide_as_all_others():
    wide, axes = plt.subplots(figsize=(10, 3))
    axes.plot([1, 2])
    assert 'width="4' in figure(wide, alt=ALT, caption="Wide", data=pd.DataFrame({"a": [1]})).svg


def test_what_stands_too_far_beside_the_axes_is_refused_with_the_remedy():
    made, axes = plt.subplots()
    axes.text(1.4, 0.5, "a long remark beside the axes, with much more to say", transform=axes.transAxes)
    with pytest.raises(OwnPartError, match=r"\d inches wide, and its text too small on a phone; 5 are there: move the legend above"):
        figure(made, alt=ALT, caption="Wide", data=pd.DataFrame({"a": [1]}))


def test_pixels_are_refused():
    made, axes = plt.subplots()
    axes.imshow(np.eye(3))
    with pytest.raises(OwnPartError, match="holds an image of pixels"):
        figure(made, alt=ALT, caption="Pixels", data=pd.DataFrame({"a": [1]}))


def test_what_is_no_figure_is_named():
    with pytest.raises(OwnPartError, match="fig is a DataFrame; give a figure or axes of matplotlib"):
        figure(pd.DataFrame(), alt=ALT, caption="x", data=pd.DataFrame({"a": [1]}))


def test_frames_of_the_report_are_written_as_everywhere():
    shown_ = table(gaps()[["metric", "dimension", "group", "value", "outcome_gap", "status", "period"]], caption="Gaps")
    assert [column.label for column in shown_.columns] == ["Group", "Result", "Gap"]
    assert shown_.rows[1][:2] == ("Black or African American", "20%") and "points" in shown_.rows[1][2]
    assert shown_.rows[-1][1].text == "hidden for privacy"


def test_other_frames_are_written_in_the_language_of_the_report():
    frame = pd.DataFrame({"what": ["Visits"], "cost": [1234.5], "on": [pd.Timestamp("2026-07-01")], "done": [True]})
    own.opened(voice("es"))
    assert table(frame, caption="Costos").rows == (("Visits", "1,234.5", "1 de julio de 2026", "sí"),)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"a": range(10_000)}), "the frame has 10,000 rows; a page shows at most 200: use groupby, or .head(200)"),
        (pd.DataFrame({"participant_id": ["a"]}), "column 'participant_id' tells who somebody is; leave it out: frame.drop"),
        (pd.DataFrame({"who": [f"HY-{number:05d}" for number in range(20)]}), "column 'who' tells who somebody is"),
        (pd.DataFrame({"PersonalID": [1]}), "column 'PersonalID' tells who somebody is"),
    ],
)
def test_long_frames_and_columns_of_ids_are_refused(frame, message):
    with pytest.raises(OwnPartError, match=re.escape(message)):
        table(frame, caption="Rows")
    with pytest.raises(OwnPartError, match=re.escape(message)):
        figure(plt.figure(), alt=ALT, caption="Rows", data=frame)


def test_a_table_without_caption_and_a_column_that_is_not_there_are_named():
    with pytest.raises(OwnPartError, match="caption is empty"):
        table(pd.DataFrame({"a": [1]}))
    with pytest.raises(OwnPartError, match="there is no column 'b'; the frame has a"):
        table(pd.DataFrame({"a": [1]}), caption="x", columns={"b": "B"})
    with pytest.raises(OwnPartError, match=r"a Series was given; use a DataFrame, as series.to_frame\(\)"):
        table(pd.Series([1]), caption="x")


def test_words_are_markdown_and_nothing_else():
    page = export_page(notebook(shown(text("We **saw** this. <script>alert(1)</script>"))), title="Words")
    assert "<strong>saw</strong>" in page and "<script>" not in page
    with pytest.raises(OwnPartError, match="there is no text"):
        text(" ")


def test_the_theme_can_be_set_again_after_another():
    sns.set_theme(style="darkgrid")
    assert mpl.rcParams["axes.facecolor"] != "none"
    theme()
    assert mpl.rcParams["axes.facecolor"] == "none" and mpl.rcParams["font.size"] == TEXT


@pytest.mark.browser
@pytest.mark.parametrize(("width", "least"), [(1280, 16), (390, 12)])
def test_on_screens_and_phones_its_text_is_large_enough_and_light_in_the_dark(browser, width, least):
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme="dark")
    page.set_content(export_page(notebook(shown(drawn())), title="Own figure"))
    scale = "e.ownerSVGElement.getBoundingClientRect().width / e.ownerSVGElement.viewBox.baseVal.width"
    sizes = page.locator("figure svg text").evaluate_all(f"all => all.map(e => parseFloat(getComputedStyle(e).fontSize) * {scale})")
    assert min(sizes) >= least - 0.01
    fills = page.locator("figure svg text").evaluate_all("all => all.map(e => getComputedStyle(e).fill)")
    assert set(fills) <= {"rgb(233, 234, 235)", "rgb(179, 186, 190)"}
    page.close()


def test_opening_a_report_imports_no_matplotlib_and_the_theme_is_set_when_something_does():
    code = """
import sys
from acmlib.display.report import open_report
open_report("riverside-youth-jobs")
open_report("riverside-youth-jobs")
assert "matplotlib" not in sys.modules
import matplotlib.pyplot
assert matplotlib.rcParams["svg.hashsalt"] == "acm" and matplotlib.rcParams["axes.spines.top"] is False
assert matplotlib.__spec__.origin and matplotlib.__file__
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_line_over_months_without_a_number_is_refused_and_broken_lines_are_drawn():
    months = pd.DataFrame({"month": range(6), "value": [0.5, 0.6, None, 0.2, 0.3, None], "run": [0, 0, 1, 1, 1, 2]})
    groups = pd.concat([months.assign(group="A", value=0.4), months.assign(group="B")], ignore_index=True)
    said = {"alt": "Line chart: from 50 percent to 30 percent.", "caption": "Jobs"}
    for frame, hue in ((months, None), (groups, "group")):
        with pytest.raises(OwnPartError, match=r"missing values of 'value'.*units=\"run\""):
            figure(sns.relplot(frame, x="month", y="value", hue=hue, kind="line"), data=frame, **said)
        figure(sns.relplot(frame, x="month", y="value", hue=hue, kind="line", units="run", estimator=None), data=frame, **said)
    whole = months[months["month"].lt(2)]
    figure(sns.relplot(whole, x="month", y="value", kind="line"), data=whole, **said)


def test_a_number_that_is_not_there_is_told_once_with_its_reason_and_never_as_none():
    frame = gaps()
    hidden = frame.assign(status="hidden", value=float("nan"), low=float("nan"))
    own_table = table(hidden[["metric", "group", "status", "value", "low"]], caption="Placed")
    said = [[getattr(cell, "text", cell) for cell in row] for row in own_table.rows]
    assert {row[-2] for row in said} == {"hidden for privacy"} and {row[-1] for row in said} == {"–"}
    bare = table(hidden[["group", "value"]], caption="Placed")
    assert {getattr(row[-1], "text", row[-1]) for row in bare.rows} == {"no number"}
