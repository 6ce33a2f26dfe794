"""The report that a notebook works on: one release, and everything that all reports derive from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from acmlib.analysis import overview
from acmlib.analysis.assessment import Assessment
from acmlib.analysis.verdicts import MetricVerdict
from acmlib.contract.consistency import MOST_HEADLINES
from acmlib.contract.errors import choose
from acmlib.contract.ids import ALL
from acmlib.contract.kinds import main_id
from acmlib.contract.load import load_contract
from acmlib.contract.model import Contract, Edition
from acmlib.contract.records import Records, Topic
from acmlib.contract.workspace import find_root
from acmlib.display import tidy
from acmlib.display.comparisons import Comparison, comparisons
from acmlib.display.handover import handed_over
from acmlib.display.nouns import words_of
from acmlib.display.own import opened
from acmlib.display.voice import MEDIANS, Voice
from acmlib.display.words import Words
from acmlib.release.editions import Release, make_release


@dataclass(frozen=True, eq=False)
class Report:
    """What one report may say: released cells, readable records, words, and the analyses that all reports share.

    Made by `open_report`. There is no way from here to a number that was not released.
    """

    release: Release
    voice: Voice
    topic: Topic | None = None  #: The line of the roadmap that a deep dive is about.

    @property
    def contract(self) -> Contract:
        """The contract."""
        return self.release.contract

    @property
    def records(self) -> Records:
        """Roadmap, actions, plan, notes and review that the readers of this edition may see."""
        return self.release.records

    @property
    def cells(self) -> pd.DataFrame:
        """The metric table as released: hidden cells are NaN with status ``hidden``."""
        return self.release.cells.copy()

    @property
    def words(self) -> Words:
        """Fixed words of the report's language."""
        return self.voice.words

    @property
    def assessment(self) -> Assessment:
        """Every verdict of the contract and period, as far as this edition may show it."""
        if self.release.assessment is None:
            raise ValueError(f"report of {self.contract.id}: the release has no assessment; make it with make_release")
        return self.release.assessment

    def verdict(self, metric: str) -> MetricVerdict:
        """Return what is decided about a metric: its result, its target, its change, its chart.

        Parameters
        ----------
        metric : str
            Metric id; of a retention metric also its name alone.

        Raises
        ------
        ValueError
            If the contract has no such metric.
        """
        known = self.assessment.metrics
        name = main_id(self.contract, metric) if metric in self.contract.metrics else metric
        if name not in known and name in self.contract.metrics:
            return MetricVerdict(name)
        if name not in known:
            raise ValueError(f"verdict of '{metric}': {choose(metric, list(known))}")
        return known[name]

    @cached_property
    def main(self) -> str:
        """Metric id of the contract's purpose: the metric with ``main: true``, else the first headline with a target, else the first."""
        metrics = self.contract.metrics
        named = [name for name, metric in metrics.items() if metric.main]
        promised = [name for name in metrics if metrics[name].headline and metrics[name].target]
        headline = [name for name in metrics if metrics[name].headline]
        return main_id(self.contract, (named or promised or headline or list(metrics))[0])

    @property
    def ended(self) -> bool:
        """Whether the contract is over by the end of the period reported on."""
        return self.release.period.end >= self.contract.contract.ends

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Every metric by every dimension, worst first, with the surest thing that is known of it."""
        return comparisons(self.gaps, self.contract, main=self.main, headline=self.headline)

    @property
    def date(self) -> dt.date:
        """The data cut-off: last day of the period reported on, or of the contract if that is earlier."""
        return min(self.release.period.end, self.contract.contract.ends)

    @cached_property
    def headline(self) -> tuple[str, ...]:
        """Metric ids of the summary, at most five: a retention metric by its time nearest to half a year."""
        found = []
        for name, metric in self.contract.metrics.items():
            if metric.headline:
                found.append(main_id(self.contract, name))
        return tuple(found[:MOST_HEADLINES])

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """Gaps between groups in the latest window: all that are tested in this contract's reports, one set of tests."""
        return self.in_order(self.assessment.gaps)

    @cached_property
    def gaps_to_target(self) -> pd.DataFrame:
        """The same groups against the target in force (against the best group where none was agreed)."""
        return self.in_order(self.assessment.gaps_to_target)

    @cached_property
    def earlier_gaps(self) -> pd.DataFrame:
        """The same gaps in the window before."""
        return self.in_order(self.assessment.earlier_gaps)

    @cached_property
    def served(self) -> pd.DataFrame:
        """Who is served beside the base, for every representation that the contract names; may be empty."""
        found = self.assessment.served
        return self.in_order(found) if len(found) else found

    def gaps_of(self, metric: str, dimension: str) -> pd.DataFrame:
        """Return the gaps of one metric by one dimension.

        Raises
        ------
        ValueError
            If there are none: a misspelt name, or nothing to compare.
        """
        found = self.gaps[self.gaps["metric"].eq(metric) & self.gaps["dimension"].eq(dimension)]
        if found.empty:
            pairs = sorted({f"{one} by {two}" for one, two in zip(self.gaps["metric"], self.gaps["dimension"], strict=True)})
            raise ValueError(f"gaps of '{metric} by {dimension}': {choose(f'{metric} by {dimension}', pairs)}")
        return found

    def trend(self, metric: str) -> pd.DataFrame:
        """Return the control chart of one metric's totals (`MetricVerdict.points`); empty where it has no dates or too few points."""
        return self.verdict(metric).points.copy()

    def over_time(self, metric: str, by: str | None = None) -> pd.DataFrame:
        """Return a metric over time as a tidy frame, by month; with a dimension, its groups by half-year (`tidy.over_time`)."""
        return tidy.over_time(self, metric, by)

    def by_group(self, metric: str, dimension: str) -> pd.DataFrame:
        """Return a metric by group in its last window as a tidy frame, with gaps and verdicts (`tidy.by_group`)."""
        return tidy.by_group(self, metric, dimension)

    def rows(self, table: str) -> pd.DataFrame:
        """Return the rows that the provider sent, as the contract reads them; only in the internal edition (`tidy.rows_of`)."""
        return tidy.rows_of(self, table, find_root())

    def latest(self, metric: str) -> Mapping[str, object]:
        """Return the total of one metric in its last window: a row of the metric table as a mapping, empty if there is none."""
        totals = self.cells[self.cells["dimension"].eq(ALL) & self.cells["metric"].eq(metric)]
        period = overview.latest_periods(self.cells).get(metric)
        rows = totals[totals["period"].eq(period or "")]
        return {str(name): value for name, value in rows.iloc[0].items()} if len(rows) else {}

    def in_order(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Put groups in the contract's order, else the natural one, else by size; unknown groups last."""
        size = rows["denominator"].fillna(rows["numerator"]).fillna(0)
        places = []
        families: dict[tuple[str, str], int] = {}
        for metric, dimension, group, people in zip(rows["metric"], rows["dimension"], rows["group"], size, strict=True):
            settings = self.contract.dimensions[dimension]
            listed = list(settings.order or ())
            family = families.setdefault((metric, dimension), len(families))
            place = listed.index(group) if group in listed else len(listed)
            natural = group if settings.ordered or settings.bands else ""
            places.append((family, group in settings.not_recorded, place, natural, -people, group))
        return rows.iloc[sorted(range(len(rows)), key=places.__getitem__)].reset_index(drop=True)


def open_report(
    contract: str,
    period: str | None = None,
    edition: Edition = "internal",
    language: str = "en",
    topic: str | None = None,
    root: Path | None = None,
) -> Report:
    """Open a contract's report: read, check, count, decide what may be shown.

    Parameters
    ----------
    contract : str
        Name of its folder under ``params/``.
    period : str, optional
        ``2026-06``, ``2026Q2``, ``2026`` or ``term``; the contract's own if absent.
    topic : str, optional
        Id of a line of the roadmap, for a deep dive.

    Raises
    ------
    ContractError
        With everything that is wrong in the contract's files.
    ValueError
        If the period, edition or topic is none of the contract's.
    TypeError
        If a selector is no text: ``papermill -p period 2026`` gives a number.
    """
    _texts(contract=contract, period=period, edition=edition, language=language, topic=topic)
    root = root or find_root()
    release = handed_over(contract, root=root, period=period, edition=edition)
    if release is None:
        release = make_release(load_contract(contract, root=root), root=root, period=period, edition=edition)
    loaded = release.contract
    chosen = None
    if topic is not None:
        topics = {one.id: one for one in release.records.roadmap}
        if topic not in topics:
            raise ValueError(
                f"topic '{topic}' is not on the roadmap of {contract} for the {edition} edition: {choose(topic, list(topics))}"
            )
        chosen = topics[topic]
    as_of = min(release.period.end, loaded.contract.ends)
    judged = {(name, one.period): one.target.value for name, one in release.assessment.metrics.items()}
    words = words_of(loaded, language, until=release.period.end)
    voice = Voice(
        words, loaded, as_of=as_of, judged=judged, beside=results_and_targets(release.assessment), waits=waits_of_everyone(release),
        decided_by=release.decided_by,
    )  # fmt: skip
    opened(voice)
    return Report(release, voice, chosen)


def results_and_targets(assessment: Assessment) -> dict[str, tuple[tuple[float, float], ...]]:
    """Return, for each metric, its results beside the targets that they were judged by: of its last window, the term and its parts."""
    pairs = {name: [(one.value, one.target.value), (one.change.after, one.target.in_force)] for name, one in assessment.metrics.items()}
    for frame in (assessment.term_results, assessment.periodic_results):
        for row in frame.to_dict("records") if "target" in frame else []:
            pairs.setdefault(str(row["metric"]), []).append((float(row["value"]), float(row["target"])))
    return {name: tuple(found) for name, found in pairs.items()}


def waits_of_everyone(release: Release) -> dict[tuple[str, str], float]:
    """Return the results of everyone over windows of months, of the durations that may be shown."""
    names = [name for name, one in release.contract.metrics.items() if one.kind in MEDIANS]
    cells = release.cells
    own = cells[cells["metric"].isin(names) & cells["dimension"].eq("all") & cells["value"].notna() & cells["period"].str.startswith("P")]
    return dict(
        zip(zip(own["metric"].astype("str"), own["period"].astype("str"), strict=True), own["value"].astype("float64"), strict=True)
    )


def _texts(**selectors: object) -> None:
    """Refuse selectors that are no text; papermill's ``-p`` makes a number of what looks like one."""
    for name, given in selectors.items():
        if given is not None and not isinstance(given, str):
            raise TypeError(f"{name}: {given!r} is no text; write it in quotes, or with papermill: -r {name} {given} instead of -p")
