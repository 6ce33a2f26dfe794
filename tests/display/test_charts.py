"""Every figure: what is drawn, said and tabulated comes from the same released numbers, and nothing else does."""

import datetime as dt
import re
from functools import cache

import numpy as np
import pandas as pd
import pytest
from display_frames import (
    CONTRACT,
    boundaries,
    cells,
    fallen,
    gaps,
    half_years,
    others,
    place_gaps,
    points,
    retention,
    stages,
    voice,
)
from lxml import html

from acmlib.analysis.equity import decompose, disparities, disproportionality
from acmlib.analysis.peers import funnel as judge_peers
from acmlib.display.charts.beside import beside_others
from acmlib.display.charts.canvas import BLUE, CLASSES, GREY, INK, ORANGE, PIXELS, RULE, TEXT, WIDTH, Sheet, nice_range, text_width
from acmlib.display.charts.change import pathway
from acmlib.display.charts.composition import Whole, composition
from acmlib.display.charts.control_chart import control_chart
from acmlib.display.charts.decomposition import decomposition
from acmlib.display.charts.funnel import funnel
from acmlib.display.charts.group_over_time import group_over_time
from acmlib.display.charts.matrix import comparison_matrix
from acmlib.display.charts.outcomes import gap_table, outcomes_by_group
from acmlib.display.charts.place_map import place_map
from acmlib.display.charts.representation import representation
from acmlib.display.charts.retention import retention_curves
from acmlib.display.charts.small import small_multiples, sparkline
from acmlib.display.charts.waits import waits_over_time
from acmlib.display.comparisons import comparisons
from acmlib.display.objects import Cell, Chart, DataTable
from acmlib.display.page import Layout
from acmlib.publish.exporter import stylesheet

BASE = "young people in the county"


def shares():
    counts = [("White", 300), ("Youth of color", 100), ("Not asked", 22)]
    served = pd.concat([cells([(group, n, n)], metric="enrolled").assign(value=float(n), low=np.nan, high=np.nan) for group, n in counts])
    served["denominator"] = np.nan
    return disproportionality(served.reset_index(drop=True), pd.DataFrame({"group": ["White", "Youth of color"], "people": [620, 380]}))


def over(hidden=()):
    """Waits of two half-years; `hidden` are periods and days that are not released."""
    parts = []
    for period, *ended in (("P6M/2025-06", 30, 90, 120, 124), ("P6M/2025-12", 60, 140, 150, 150)):
        for day, number in zip((7, 14, 28, 56), ended, strict=True):
            status = "hidden" if (period, day) in hidden else "shown"
            parts.append(cells([("All participants", number, 200, status)], metric=f"days_to_start@{day}d", period=period, dimension="all"))
    return pd.concat(parts, ignore_index=True)


def peers(units=9):
    n = np.array([60, 90, 140, 200, 260, 340, 480, 640, 900])[:units]
    x = np.round(n * 0.42).astype(int)
    x[4] = 68
    index = [f"provider-{letter}" for letter in "abcdefghi"[:units]]
    return judge_peers(pd.Series(x, index=index), pd.Series(n, index=index))


NAMES = {f"provider-{letter}": f"Peer {number}" for number, letter in enumerate("abcdefghi", start=1)}


def places():
    pairs = cells([("White x North", 10, 20), ("White x South", 40, 80), ("Asian x North", 16, 80), ("Asian x South", 8, 20)],
                  dimension="race_ethnicity x site", period="term")  # fmt: skip
    return decompose(pairs, "Asian", "White", by="site")


def earlier():
    return cells([("White", 70, 200), ("Asian", 20, 64)], period="P12M/2024-12")


def later():
    return cells([("White", 80, 200), ("Asian", 25, 64)])


def at_each_step():
    shares = ({"White": 0.62, "Asian": 0.345, "Not asked": 0.035}, {"White": 0.5, "Asian": 0.5, "Not asked": 0.0})
    long = "Young people aged 14 to 24 who live in the county and its two towns by the sea"
    enrolled = Whole("Enrolled, 385 people (91% of the step before)", why="groups: hidden for privacy")
    return [Whole(long, shares[0]), enrolled, Whole("Placed", shares[1])]


FIGURES = {
    "control_chart": lambda v: control_chart(points(), metric="placed_6m", voice=v),
    "outcomes_by_group": lambda v: outcomes_by_group(gaps(), voice=v),
    "representation": lambda v: representation(shares(), voice=v, base=BASE),
    "pathway": lambda v: pathway(stages(), group="Asian", comparator="White", voice=v),
    "retention_curves": lambda v: retention_curves(retention(), voice=v),
    "waits_over_time": lambda v: waits_over_time(over(), voice=v, standard=14),
    "funnel": lambda v: funnel(peers(), metric="placed_6m", period="2026", voice=v, names=NAMES, this="provider-a"),
    "decomposition": lambda v: decomposition(places(), metric="placed_6m", group="Asian", comparator="White", dimension="race_ethnicity",
                                             by="site", period="term", voice=v),
    "small_multiples": lambda v: small_multiples([("placed_6m", points())], voice=v),
    "rebased_chart": lambda v: control_chart(fallen(), metric="days_to_start", voice=v, actions=[
        (dt.date(2025, 7, 1), "Text reminders before the first visit"), (dt.date(2025, 9, 15), "A second intake worker in the evening")]),
    "group_over_time": lambda v: group_over_time(half_years(), voice=v, groups=["Black or African American", "White", "Asian"]),
    "beside_others": lambda v: beside_others(others(), metric="placed_6m", voice=v, period="P12M/2025-12"),
    "composition": lambda v: composition(at_each_step(), dimension="race_ethnicity", voice=v, caption="Who is there at each step, 2025",
                                         data=gap_table(gaps(), voice=v, caption="c")),
    "place_map": lambda v: place_map(place_gaps(), boundaries(), voice=v),
}  # fmt: skip


@cache
def drawn(name, language="en"):
    return FIGURES[name](voice(language))


every_figure = pytest.mark.parametrize("name", FIGURES)


def text_of(cell):
    return cell.text if isinstance(cell, Cell) else cell


def table(chart):
    """Return a chart's table as {row header: {column: text}}."""
    head = [column.label for column in chart.data.columns]
    return {text_of(row[0]): dict(zip(head, map(text_of, row), strict=True)) for row in chart.data.rows}


@every_figure
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_figure_carries_alt_text_description_table_caption_and_sources(name, language):
    chart = drawn(name, language)
    assert isinstance(chart, Chart)
    assert len(chart.alt) > 40
    assert chart.long_description and chart.caption and chart.data.rows
    # The period is said once: under the figure, in its caption, or along its axis.
    assert re.search(
        r"\b20\d\d\b|whole contract|todo el contrato",
        " ".join([*chart.notes, chart.caption, *re.findall(r"<text[^>]*>([^<]*)", chart.svg)]),
    )
    assert "nan" not in str(chart).lower().split() and "{" not in str(chart)


@every_figure
def test_a_figure_is_a_small_vector_drawing_without_script_date_or_address(name):
    svg = drawn(name).svg
    assert svg.startswith("<svg ") and svg.endswith("</svg>")
    addresses = set(re.findall(r"https?://[^\"' ]+", svg))
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert not re.search("<script|<metadata|<image|style=|<style| id=", svg)
    assert len(svg) < 12_000


@every_figure
def test_text_of_a_figure_is_live_and_every_colour_follows_the_page(name):
    """A page has one style sheet: each colour of a drawing is a class of it, the colour itself is for programs that do not know it."""
    drawing = html.fromstring(drawn(name).svg)
    assert [one.text_content() for one in drawing.iter("text")]
    for one in drawing.iter():
        for what in ("fill", "stroke"):
            if one.get(what, "none") != "none" and one.tag != "svg":
                assert what[0] + CLASSES[one.get(what)] in one.get("class").split()


@every_figure
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_word_runs_out_of_the_drawing(name, language, monkeypatch):
    out, write = [], Sheet.text

    def text(sheet, x, y, words, *, align="left", bold=False, **look):
        wide = text_width(words, "bold" if bold else "normal")
        start = x - {"left": 0, "center": wide / 2, "right": wide}[align]
        if start < -0.5 or start + wide > sheet.width + 0.5 or not 0 <= y <= sheet.height:
            out.append((words, round(start), round(start + wide), round(y)))
        write(sheet, x, y, words, align=align, bold=bold, **look)

    monkeypatch.setattr(Sheet, "text", text)
    FIGURES[name](voice(language))
    assert out == []


@every_figure
def test_a_figure_is_the_same_bytes_each_time(name):
    assert FIGURES[name](voice()).svg == drawn(name).svg


@every_figure
def test_a_drawing_holds_no_value_finer_than_it_can_show(name):
    """SVG keeps seven digits of a rate, and a rate of seven digits gives its counts away."""
    assert not re.search(r"\d\.\d{3}", drawn(name).svg)


@pytest.mark.parametrize(("window", "least"), [(1280, 16), (390, 12), (320, 9)])
def test_text_is_large_enough_on_every_screen(window, least):
    inside = min(window - 2 * 12, WIDTH * PIXELS)  # the page keeps 12 px free at either side
    assert TEXT * inside / WIDTH >= least


def test_a_figure_is_at_most_five_inches_wide_and_in_four_colours():
    assert WIDTH / 72 <= 5
    for name in FIGURES:
        colours = {one.lower() for one in re.findall(r"#[0-9a-fA-F]{6}", drawn(name).svg)}
        background = {"#ffffff", "#eceef0", RULE.lower()}
        assert colours - background <= {one.lower() for one in (INK, GREY, BLUE, ORANGE)}, name


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_marks_stand_out_from_the_card_and_the_bands_they_lie_on():
    for colour in (INK, GREY, BLUE, ORANGE, RULE):
        assert contrast(colour, "#ffffff") >= 3
        assert contrast(colour, "#eceef0") >= 3
    assert contrast(GREY, "#ffffff") >= 4.5, "grey is used for text"


def test_the_two_colours_differ_in_grey_too():
    assert contrast(BLUE, ORANGE) >= 2


def test_the_outcome_table_is_the_metric_table():
    found, chart = gaps(), outcomes_by_group(gaps(), voice=voice())
    shown = table(chart)
    for _, row in found[found["status"] == "shown"].iterrows():
        printed = shown[row["group"]]
        assert printed["Number"] == f"{row['numerator']:.0f}" and printed["Of"] == f"{row['denominator']:.0f}"
        assert float(printed["Result"].rstrip("%")) == pytest.approx(row["value"] * 100, abs=0.5)
    assert shown["Black or African American"]["Gap"] == "\N{MINUS SIGN}20 points"
    assert shown["Black or African American"]["Ratio"] == "0.50"
    assert shown["Black or African American"]["Verdict"] == "clear gap"
    assert "Highest: White 40%; lowest: Black or African American 20%. 1 clear gap: Black or African American." in chart.alt


def test_the_guide_s_shares_stand_in_figure_and_table():
    chart = representation(shares(), voice=voice(), base=BASE)
    row = table(chart)["Youth of color"]
    assert (row["Share of those served"], row["Share of those compared with"], row["Gap"], row["Ratio"]) == (
        "25%",
        "38%",
        "\N{MINUS SIGN}13 points",
        "0.66",
    )
    assert "Largest shortfall: Youth of color \N{MINUS SIGN}13 points" in chart.alt
    assert any("In none of the shares: Not asked (22 people)." in note for note in chart.notes)


def test_months_in_the_table_are_the_months_of_the_chart():
    given, chart = points(), control_chart(points(), metric="placed_6m", voice=voice())
    printed = [text_of(row[1]) for row in chart.data.rows]
    assert printed == [voice().value("placed_6m", value) for value in given["value"]]
    assert "39.6%" in printed  # the target is 40%
    assert "over 24 points in time, July 2024 to June 2026. Improving" in chart.alt


@pytest.mark.parametrize("status", ["hidden", "immature", "no data"])
def test_a_value_that_is_not_released_is_nowhere_even_if_it_is_in_the_frame(status):
    """The release empties hidden cells; should a frame ever carry one, no figure shows it."""
    leaking = gaps()
    hidden = leaking["group"] == "American Indian or Alaska Native"
    leaking.loc[hidden, ["numerator", "denominator", "value", "low", "high", "outcome_gap", "verdict", "status"]] = [
        3.0, 9.0, 1 / 3, 0.12, 0.65, -0.07, "possible", status,
    ]  # fmt: skip
    chart, clean = outcomes_by_group(leaking, voice=voice()), outcomes_by_group(gaps(), voice=voice())
    assert chart.svg == clean.svg and chart.alt == clean.alt
    printed = table(chart)["American Indian or Alaska Native"]
    assert not any(character.isdigit() for column in ("Result", "Number", "Of", "Gap", "Ratio") for character in printed[column])
    assert any("Not drawn: American Indian or Alaska Native" in note for note in chart.notes)


def test_a_hidden_month_leaves_a_gap_in_the_line_and_is_named():
    given = points().assign(status="shown")
    given.loc["2025-02", "status"] = "hidden"
    chart = control_chart(given, metric="placed_6m", voice=voice())
    february = table(chart)["February 2025"]
    assert february["Result"] == "hidden for privacy"
    assert any("Not drawn: February 2025 (hidden for privacy)" in note for note in chart.notes)
    assert chart.svg != control_chart(points(), metric="placed_6m", voice=voice()).svg
    line = sparkline(given, metric="placed_6m", voice=voice())
    assert "over 23 points in time" in line.alt


def test_a_small_line_is_broken_where_a_month_is_hidden_and_says_so():
    given = points().assign(status="shown")
    given.loc[["2024-07", "2025-02"], "status"] = "hidden"
    chart = small_multiples([("placed_6m", given)], voice=voice())
    assert "A line is broken where a figure is hidden or has no data." in chart.notes
    assert (
        "A line is broken where a figure is hidden or has no data." not in small_multiples([("placed_6m", points())], voice=voice()).notes
    )
    assert list(table(chart)["February 2025"].values()) == ["February 2025", "hidden for privacy"]
    assert list(table(chart)["July 2024"].values()) == ["July 2024", "hidden for privacy"], "before the line begins, too"
    lines = [one for one in html.fromstring(chart.svg).iter("path") if "L" in (one.get("d") or "")]
    whole = [
        one
        for one in html.fromstring(small_multiples([("placed_6m", points())], voice=voice()).svg).iter("path")
        if "L" in (one.get("d") or "")
    ]
    assert len(lines) == len(whole) + 1, "two pieces, from August to January and from March on"


@pytest.mark.parametrize("month, said", [
    ("2026-06", "June 2026 is not over yet: its point is open and is not judged."),
    ("2024-06", "June 2024: only the days since the contract began are counted; its point is open and is not judged."),
])  # fmt: skip
def test_a_period_of_which_not_all_days_are_counted_is_open_in_every_line_and_says_why(month, said):
    given = points().assign(unfinished=False)
    given.index = pd.Index([month if one == ("2026-06" if month == "2026-06" else "2024-07") else one for one in given.index])
    given.loc[month, "unfinished"] = True
    assert said in control_chart(given, metric="placed_6m", voice=voice()).notes
    chart = small_multiples([("placed_6m", given)], voice=voice())
    assert said in chart.notes
    assert chart.svg != small_multiples([("placed_6m", given.assign(unfinished=False))], voice=voice()).svg


def test_too_few_people_are_listed_with_their_number_and_no_percentage():
    found = gaps()
    few = found["group"] == "Asian"
    found.loc[few, ["value", "low", "high", "outcome_gap"]] = np.nan
    found.loc[few, ["status", "verdict"]] = ["unreliable", "not judged"]
    chart = outcomes_by_group(found, voice=voice())
    assert any("Not drawn: Asian (64 people, too few for a reliable figure)" in note for note in chart.notes)
    assert "%" not in table(chart)["Asian"]["Result"]


def test_signals_and_actions_are_told_in_words_too():
    from datetime import date

    chart = control_chart(points(), metric="placed_6m", voice=voice(), actions=[(date(2025, 8, 4), "Intake moved to one form")])
    assert "seven points above the mean" in chart.long_description
    assert "1: August 4, 2025, Intake moved to one form." in chart.notes[0]


def test_an_action_outside_the_months_of_a_chart_and_limits_that_are_not_drawn_are_not_told():
    inside, outside = (dt.date(2025, 8, 4), "Intake moved to one form"), (dt.date(2031, 1, 2), "Call everybody")
    chart = control_chart(points(), metric="placed_6m", voice=voice(), actions=[outside, inside])
    assert "1: August 4, 2025, Intake moved to one form." in chart.notes[0] and "Call everybody" not in str(chart.notes)
    few = points().tail(5).assign(trial=True)
    limits = {"mean": np.nan, "lower": np.nan, "upper": np.nan}
    assert "Trial limits" in str(control_chart(few, metric="placed_6m", voice=voice()).notes)
    assert "Trial limits" not in str(control_chart(few.assign(**limits), metric="placed_6m", voice=voice()).notes)


def test_a_change_found_on_the_chart_is_drawn_with_both_means_and_without_the_mean_of_all_months():
    given = points()
    months = [str(one) for one in given.index]
    runs = [(months[0], months[11], 0.31), (months[12], months[-1], 0.47)]
    drawn = control_chart(given, metric="placed_6m", voice=voice(), runs=runs).svg
    assert re.findall(r"mean \d+%", drawn) == ["mean 31%", "mean 47%"]
    assert "better" not in drawn and "worse" not in drawn and "limit " not in drawn, "what became better makes the time before no worse"
    without = control_chart(given, metric="placed_6m", voice=voice()).svg
    assert control_chart(given, metric="placed_6m", voice=voice(), runs=[("2001-01", "2001-12", 0.31), runs[1]]).svg == without


def test_a_rebase_starts_new_limits_on_the_chart():
    rebased = points(rebases=[13])
    assert control_chart(rebased, metric="placed_6m", voice=voice()).svg != control_chart(points(), metric="placed_6m", voice=voice()).svg
    rows = table(control_chart(rebased, metric="placed_6m", voice=voice()))
    assert rows["July 2024"]["Usual range"] != rows["June 2026"]["Usual range"]


def test_the_mean_of_medians_is_called_the_one_of_the_points():
    """Beside *25 days before*, the median of everybody, stands the mean of the months' medians: 26."""
    waits = points(rebases=[13]).assign(value=lambda one: one["value"] * 100)
    drawn = {metric: control_chart(waits, metric=metric, voice=voice()).svg for metric in ("days_to_start", "placed_6m")}
    assert drawn["days_to_start"].count("mean of points ") >= 2 and "mean of points" not in drawn["placed_6m"]


def test_retention_shows_the_people_behind_every_point_and_no_hidden_group():
    chart = retention_curves(retention(), voice=voice())
    rows = table(chart)
    assert rows["North, 180 days"]["Still in"] == "66%" and rows["North, 180 days"]["Still followed"] == "132"
    assert rows["West, 30 days"]["Still in"] == "hidden for privacy"
    assert "West" not in chart.alt
    with pytest.raises(ValueError, match="draw at most 4"):
        retention_curves(retention(), voice=voice(), groups=["a", "b", "c", "d", "e"])


def test_waits_say_of_how_many_they_were_over_by_each_day_and_who_waits_still():
    chart = waits_over_time(over(), voice=voice(), standard=14)
    row = table(chart)["6 months to December 2025, within 14 days"]
    assert (row["Result"], row["Number"], row["Of"], row["Still waiting"]) == ("70%", "140", "200", "60")
    assert "70% within 14 days" in chart.alt and "After 56 days, 50 of 200 were still waiting." in chart.alt


def test_a_hidden_time_of_a_wait_is_nowhere_and_no_line_passes_over_it():
    hidden = [("P6M/2025-12", 14)]
    chart = waits_over_time(over(hidden), voice=voice(), standard=14)
    assert table(chart)["6 months to December 2025, within 14 days"]["Result"] == "hidden for privacy"
    assert "70%" not in str(chart) and any("within 14 days (hidden for privacy)" in note for note in chart.notes)
    leaking = over()
    leaking.loc[leaking["period"].eq("P6M/2025-12") & leaking["metric"].eq("days_to_start@14d"), "status"] = "hidden"
    assert waits_over_time(leaking, voice=voice(), standard=14).svg == chart.svg
    with pytest.raises(ValueError, match="nothing is released"):
        waits_over_time(over().assign(status="hidden"), voice=voice())


def test_the_pathway_shows_each_step_with_its_owner_and_where_the_gap_is_largest():
    chart = pathway(stages(), group="Asian", comparator="White", voice=voice())
    assert table(chart)["Enrolled"]["Owner"] == "provider"
    assert "Largest shortfall at: Enrolled, \N{MINUS SIGN}16 points" in chart.alt


def test_fewer_than_two_bars_and_more_groups_than_colors_are_refused():
    same = {"dimension": "site", "voice": voice(), "caption": "c", "data": gap_table(gaps(), voice=voice(), caption="c")}
    with pytest.raises(ValueError, match="1 step has shares; give two or more"):
        composition([Whole("Referred", {"North": 1.0}), Whole("Enrolled", why="hidden")], **same)
    with pytest.raises(ValueError, match="5 groups; put the smallest together until there are 4"):
        composition([Whole("Referred", dict.fromkeys("ABCDE", 0.2))] * 2, **same)


def test_parts_of_a_gap_add_up_to_it():
    chart = decomposition(
        places(), metric="placed_6m", group="Asian", comparator="White", dimension="race_ethnicity", by="site", period="term", voice=voice()
    )
    last = table(chart)["All places"]
    numbers = [
        int(last[name].split()[0].replace("\N{MINUS SIGN}", "-").replace("+", "")) for name in ("From where served", "From results", "Gap")
    ]
    assert numbers[0] + numbers[1] == numbers[2]


def test_fewer_than_eight_contracts_are_dots_with_intervals_and_no_funnel():
    shown = funnel(peers(6), metric="placed_6m", period="2026", voice=voice(), names=NAMES, this="provider-a")
    assert isinstance(shown, Chart) and "Dot chart: Placed in a job within 6 months beside other results" in shown.alt
    assert len(shown.data.rows) == 6 and "Peer 1" in shown.svg and "95%" not in shown.svg
    assert isinstance(funnel(peers(6).head(1), metric="placed_6m", period="2026", voice=voice(), names=NAMES), DataTable)


def test_peers_keep_the_names_their_edition_gives_them():
    chart = funnel(peers(), metric="placed_6m", period="2026", voice=voice(), names=NAMES)
    assert "provider-" not in str(chart)
    assert "Peer 5" in chart.alt


def test_rows_of_two_metrics_are_refused():
    mixed = pd.concat([gaps(), gaps().assign(metric="enrolled")])
    with pytest.raises(ValueError, match="figure: metric holds placed_6m, enrolled; give rows of one metric"):
        outcomes_by_group(mixed, voice=voice())


def test_an_empty_chart_is_refused_with_the_remedy():
    with pytest.raises(ValueError, match="no month has a value; show a sentence instead"):
        control_chart(points(np.full(24, np.nan)), metric="placed_6m", voice=voice())


def test_long_names_stay_whole_and_horizontal():
    name = "Native Hawaiian or Pacific Islander, including people who also named another group of the standard list"
    chart = outcomes_by_group(gaps().replace({"group": {"Asian": name}}), voice=voice())
    assert name in str(chart.data)
    assert "rotate" not in chart.svg


def test_the_contract_of_these_tests_is_the_one_shape_of_a_contract():
    assert CONTRACT.statistics.materiality == 0.05


@pytest.mark.parametrize(("metric", "scale"), [("placed_6m", 100), ("days_to_start", 1)])
def test_the_numbers_below_an_axis_are_where_they_say(metric, scale):
    """However narrow the range: 2.5% is never called 3%, and no two ticks are called the same."""
    speaks = voice()
    for low, width in ((0.14, 0.11), (0.28, 0.12), (0.03, 0.025), (0.7, 0.01), (0.4, 0.3)):
        ticks = nice_range([low * 100 / scale, (low + width) * 100 / scale], floor=0, unit=speaks.unit(metric))[2]
        said = [float(re.sub(r"[^\d.]", "", speaks.value(metric, tick))) / scale for tick in ticks]
        assert said == pytest.approx(ticks) and len(ticks) >= 2


#: Pairs of texts whose boxes share more than a hair, and texts that leave the drawing.
COLLISIONS = """figure => {
  const texts = [...figure.querySelectorAll('svg text')].map(e => [e.textContent, e.getBoundingClientRect()]);
  const frame = figure.querySelector('svg').getBoundingClientRect(), found = [];
  texts.forEach(([one, a], at) => {
    const out = Math.max(frame.left - a.left, a.right - frame.right, (frame.top - a.top) / 4, (a.bottom - frame.bottom) / 4);
    if (out > 1) found.push(one + ' runs out');
    texts.slice(at + 1).forEach(([other, b]) => {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && down > 0.25 * Math.min(a.height, b.height)) found.push(one + ' lies on ' + other);
    });
  });
  return found;
}"""


@pytest.fixture(scope="module")
def gallery(browser):
    def page(language, width):
        layout = Layout(voice(language).words)
        body = "".join(layout.html(drawn(name, language)) for name in FIGURES)
        shown = browser.new_page(viewport={"width": width, "height": 800})
        shown.set_content(f'<html lang="{language}"><style>{stylesheet()}</style><body><main>{body}</main></body></html>')
        return shown

    return page


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_label_of_a_figure_lies_on_another_or_runs_out(gallery, language, width):
    found = gallery(language, width).locator("figure").evaluate_all(f"all => all.map({COLLISIONS})")
    assert {name: one for name, one in zip(FIGURES, found, strict=True) if one} == {}


@pytest.mark.browser
def test_two_labels_on_one_place_are_found(browser):
    page = browser.new_page()
    page.set_content('<figure><svg width="100" height="40"><text x="0" y="20">one</text><text x="5" y="22">other</text></svg></figure>')
    assert page.locator("figure").evaluate(COLLISIONS) == ["one lies on other"]


@pytest.mark.parametrize("name", ["outcomes_by_group", "retention_curves", "waits_over_time", "pathway", "funnel"])
def test_every_value_that_a_mark_shows_is_told_when_it_is_pointed_at(name):
    picture = html.fromstring(drawn(name).svg)
    told = [one.text_content() for one in picture.iter("title")]
    marks = [one for one in picture.iter("circle", "path") if one.find("title") is not None]
    assert len(told) == len(marks) >= 2
    assert all(re.search(r": .*\d", one) for one in told)


def test_comparisons_that_are_alike_keep_the_order_in_which_they_are_given():
    """Else two makings of one page would differ: the order of a set is another one in each process."""
    metrics = ["placed_6m", *(f"kept_{number}" for number in range(8))]
    alike = pd.concat([gaps().assign(metric=metric) for metric in metrics], ignore_index=True)
    names = [row[0] for row in comparison_matrix(alike, voice=voice()).rows]
    assert names == [voice().short(metric) for metric in metrics]


def test_the_group_that_a_matrix_names_is_the_one_that_sentences_name_and_up_to_is_the_largest():
    """Grade 6 is 9 points behind and small, grade 4 is 8 points behind and large: one of them, everywhere."""
    found = disparities(cells([("White", 164, 200), ("Asian", 148, 200), ("Black or African American", 22, 30)]), comparator="White")
    name = voice().group("race_ethnicity", str(comparisons(found, CONTRACT)[0].worst["group"]))
    assert comparison_matrix(found, voice=voice()).rows[0][1].detail == name == "Asian"
    quiet = disparities(cells([("White", 82, 200), ("Asian", 76, 200), ("Black or African American", 12, 31)]), comparator="White")
    assert set(quiet["verdict"]) == {"not judged", "not seen"}
    assert str(comparison_matrix(quiet, voice=voice()).rows[0][1]).startswith(f"up to {100 * quiet['could_hide'].max():.0f} points")


def test_of_hundreds_of_groups_the_surest_and_largest_gaps_are_shown_and_the_others_counted():
    rows = [("Best", 160, 200), *((f"Area {at:03d}", 158 - at % 3, 200) for at in range(300)), ("Last", 20, 200)]
    found = disparities(cells(rows), comparator="Best")
    chart = outcomes_by_group(found, voice=voice())
    listed = [str(row[0]) for row in chart.data.rows]
    assert len(listed) == 12 and {"Best", "Last"} <= set(listed)
    table = gap_table(found, voice=voice(), caption="All areas")
    for notes in (chart.notes, table.notes):
        assert notes[0].startswith("290 more groups are not shown here; those with the surest and largest gaps are.")
    assert "1 clear gap: Last" in chart.alt and chart.svg.count("Area ") <= 24
    assert voice().words.list(f"area {at}" for at in range(15)).endswith("area 11, and 3 more")
