"""How a gap changed from the first cohort of the contract to the last: the cohorts share no people, and change is tested against chance."""

from __future__ import annotations

from collections.abc import Mapping

from acmlib.contract.ids import MetricId
from acmlib.display.charts.group_over_time import MOST, group_over_time
from acmlib.display.claims import Claim
from acmlib.display.cohorts import cohort_claim, cohort_sides
from acmlib.display.objects import Bullets, Chart, Display, Prose, Section
from acmlib.display.report import Report
from acmlib.display.rows import Row
from acmlib.display.voice import Voice

#: In the order in which they are told: what was achieved, what got worse, what stayed.
ORDER = ("closed", "turned", "narrowed", "opened", "widened", "no clear change", "not judged")
CHANGED = ORDER[:5]


def cohort_rows(report: Report, metric: str, dimension: str) -> list[Row]:
    """Return the first cohort beside the last for each group of one metric and dimension that is shown in both; most telling first."""
    frame = report.assessment.cohorts
    if frame.empty:
        return []
    own = frame[
        frame["metric"].eq(metric) & frame["dimension"].eq(dimension) & frame["value_before"].notna() & frame["value_after"].notna()
    ]
    return sorted(own.to_dict("records"), key=lambda row: (ORDER.index(str(row["verdict"])), -abs(float(row["gap_change"]))))


def story(report: Report, metric: str, dimension: str) -> Section | None:
    """Return results by group over the contract, first cohort against last; None where there are not two cohorts."""
    words, voice = report.words, report.voice
    rows = cohort_rows(report, metric, dimension)
    figure = over_time(report, metric, dimension, first=[str(row["group"]) for row in rows])
    if not rows and figure is None:
        return None
    names = {"metric": voice.short(metric), "dimension": voice.dimension(dimension)}
    body: list[Display] = [figure] if figure is not None else []
    judged = _worth_telling(report, [row for row in rows if row["verdict"] != "not judged"])
    if judged:
        body.append(Bullets(tuple(cohort_sentence(row, voice) for row in judged)))
        body.append(Prose((words("story.caution"),)))
    contents = words("story.short", **names)
    return Section(_heading(report, judged, names), tuple(body), contents=contents)


def _worth_telling(report: Report, rows: list[Row]) -> list[Row]:
    """Return what changed, and the groups that an agreed action names; where there are none, the group with the largest gap at first."""
    named = {(one.metric, one.group) for one in report.records.actions if one.group is not None}
    chosen = [row for row in rows if row["verdict"] in CHANGED or (MetricId.parse(row["metric"]).key, row["group"]) in named]
    return chosen or sorted(rows, key=lambda row: -abs(float(row["gap_before"])))[:1]


def _heading(report: Report, rows: list[Row], names: Mapping[str, str]) -> str:
    words, voice = report.words, report.voice
    if rows and rows[0]["verdict"] in CHANGED:
        return words(f"story.heading_{rows[0]['verdict']}", claim=cohort_claim(rows[0]), **cohort_sides(rows[0], voice), **names)
    if not rows:
        return words("story.heading_unjudged", **names)
    row = rows[0]
    metric, period, dimension, earlier = (str(row[name]) for name in ("metric", "period", "dimension", "earlier_period"))
    claim = Claim("cohorts", metric, period, dimension, earlier=earlier, verdict="none changed", shown_only=True)
    if not float(row["gap_after_low"]) * float(row["gap_after_high"]) > 0:
        return words("story.heading_none", claim=claim, **names)
    return words("story.heading_same", claim=claim, **cohort_sides(row, voice, with_counts=False), **names)


def story_sentences(report: Report, metric: str, dimension: str) -> list[str]:
    """Return one sentence for each group whose gap changed beyond chance from the first cohort to the last."""
    return [cohort_sentence(row, report.voice) for row in cohort_rows(report, metric, dimension) if row["verdict"] in CHANGED]


def cohort_sentence(row: Row, voice: Voice) -> str:
    """Return the results of a group and of its comparator in both cohorts, and how the gap between them changed.

    Parameters
    ----------
    row : mapping
        A row of `acmlib.analysis.cohorts.cohort_changes`.
    """
    words, metric = voice.words, str(row["metric"])
    sides = cohort_sides(row, voice)
    verdict = str(row["verdict"]).replace(" ", "_")
    key = f"story.{verdict}_down" if row["levelling"] == "down" else f"story.{verdict}"
    gaps = {name: voice.gap(metric, abs(float(row[name])), signed=False) for name in ("gap_before", "gap_after")}
    limits = {name: voice.gap(metric, float(row[f"gap_change_{name}"])) for name in ("low", "high")}
    limits |= {f"after_{name}": voice.gap(metric, float(row[f"gap_after_{name}"])) for name in ("low", "high")}
    told = words("story.sentence", claim=cohort_claim(row), **sides)
    return words("story.both", first=told, second=words(key, **gaps, **limits))


def over_time(report: Report, metric: str, dimension: str, *, first: list[str]) -> Chart | None:
    """Return the groups of one metric over half-years (contract years in public editions); None where fewer than two periods are shown.

    Parameters
    ----------
    first : list of str
        Groups in the order of their importance; the largest others follow, four at most.
    """
    cells = report.assessment.half_years if len(report.assessment.half_years) else report.assessment.cells
    own = cells[
        cells["metric"].eq(metric) & cells["dimension"].eq(dimension) & cells["period"].str.startswith("P") & cells["status"].ne("immature")
    ]
    # A share of two people says nothing: it is named under the figure, not drawn.
    few = own["denominator"].lt(report.contract.privacy.minimum_group)
    own = own.assign(status=own["status"].mask(few, "unreliable"), value=own["value"].mask(few))
    shown = own[own["value"].notna()]
    if shown["period"].nunique() < 2:
        return None
    size = shown.groupby("group")["denominator"].max().sort_values(ascending=False, kind="stable")
    unknown = set(report.contract.dimensions[dimension].not_recorded)
    groups = [one for one in dict.fromkeys([*first[:1], *size.index]) if one in size.index and one not in unknown][:MOST]
    return group_over_time(own, voice=report.voice, groups=groups) if groups else None
