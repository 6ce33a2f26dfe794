"""Submissions over time: cumulative sums are split into periods, totals are separated from groups, fiscal periods are detected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from acmlib.contract.ids import ALL, ALL_PARTICIPANTS
from acmlib.contract.model import Contract, Table
from acmlib.contract.periods import parse_period
from acmlib.intake.build.submitted_periods import fiscal_start
from acmlib.intake.build.totals import is_total
from acmlib.intake.findings import Finding, listed

#: So many months in a row that rise are sums, if they have grown; of fewer periods nothing is said; so many never fall by chance.
RISING, QUARTERS, NEVER_FALLS = 6, 4, 12
#: Counts of different people change from period to period by at least their chance (Poisson): by less than such a share of it do sums
#: over the months before, or everyone who is there. Of so many periods, with so many people in each.
SMOOTH, PERIODS, PEOPLE = 0.15, 12, 20
#: Sums so far grow threefold, and to so many.
GROWN = 10
#: A fall by so small a share is a correction of the sum, no new beginning; so many of a run's counts are different.
CORRECTED, DIFFERENT = 0.05, 0.6


def totals_apart(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return rows in which a group called Total is everyone together, and what these groups were called.

    Where several dimensions have totals, those of the first are taken; a total that was sent as such comes before them.
    """
    groups = frame.loc[frame["dimension"] != ALL, "group"].unique()
    totals = [group for group in groups if is_total(str(group))]
    if not totals:
        return frame, []
    mine = (frame["dimension"] != ALL) & frame["group"].isin(totals)
    given = frame[mine]
    first = given.groupby(["period", "measure"])["dimension"].transform("first")
    moved = given[given["dimension"] == first].assign(dimension=ALL, group=ALL_PARTICIPANTS)
    sent = frame[frame["dimension"] == ALL].set_index(["period", "measure"]).index
    moved = moved[~moved.set_index(["period", "measure"]).index.isin(sent)]
    return pd.concat([frame[~mine], moved], ignore_index=True), totals


def total_rows(name: str, labels: Sequence[str]) -> Iterator[Finding]:
    """Yield a note if there were groups that are everyone together."""
    if labels:
        yield Finding.of("total_rows", "note", "agency", name, "group", fix="older_rows_fix", list=listed(list(dict.fromkeys(labels))))


def taken_apart(contract: Contract, table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the counts of each period where sums since the start of a year or of the term were sent."""
    if table.cumulative in (None, "never") or frame.empty:
        return frame
    keys = ["dimension", "group", "measure"]
    ordered = frame.assign(_start=[parse_period(text).start for text in frame["period"]]).sort_values([*keys, "_start"])
    ordered["_year"] = [_year(contract, table, day) for day in ordered["_start"]]
    by = ordered.groupby([*keys, "_year"], sort=False, dropna=False)
    ordered["withheld"] |= by["withheld"].shift(1, fill_value=False)  # the count of the month after it is not known either
    for column in ("numerator", "denominator"):
        before = by[column].shift(1)
        ordered[column] = (ordered[column] - before.fillna(0)).mask(ordered["withheld"])
    return ordered.drop(columns=["_start", "_year"]).sort_index()


def _year(contract: Contract, table: Table, day: object) -> int:
    start = {"year": 1, "fiscal year": fiscal_start(contract) or contract.contract.starts.month, "term": 1}[str(table.cumulative)]
    when = pd.Timestamp(str(day))
    return 0 if table.cumulative == "term" else when.year + (when.month >= start > 1)


def check_series(contract: Contract, name: str, table: Table, frame: pd.DataFrame) -> Iterator[Finding]:
    """Yield findings about counts that look like sums so far, and about periods that look fiscal."""
    if frame.empty:
        return
    counted = {(metric.measure or key): key for key, metric in contract.metrics.items() if metric.from_ == name}
    for measure, rows in frame.groupby("measure", sort=True):
        readers = tuple(key for given, key in counted.items() if given == measure)
        found = _rises(rows) if table.cumulative is None else None
        if found is not None:
            sure, since = found
            yield Finding.of(
                "cumulative" if sure else "cumulative_maybe", "error" if sure else "warning", "agency", name, str(measure), metrics=readers,
                why="cumulative_why", fix="cumulative_fix", measure=str(measure), place=f"tables.{name}.cumulative: {since}",
            )  # fmt: skip
        elif table.cumulative is None and any(contract.metrics[key].kind == "count" for key in readers):
            whole = rows[rows["dimension"] == ALL]
            if not whole.duplicated("period").any() and _is_smooth(whole):
                yield Finding.of(
                    "smooth", "note", "agency", name, str(measure), metrics=readers, why="cumulative_why", measure=str(measure),
                    place=f"tables.{name}.cumulative: never",
                )  # fmt: skip
    yield from _fiscal(contract, name, frame, tuple(counted.values()))


def _rises(rows: pd.DataFrame) -> tuple[bool, str] | None:
    """Return whether the total, or most groups, surely are sums so far, and since when; None if they are none."""
    series = [part for _, part in rows.groupby(["dimension", "group"])]
    whole = [part for part in series if part["dimension"].iloc[0] == ALL] or series
    judged = [found for part in whole if len(part) >= QUARTERS and (found := _one_rises(part)) is not None]
    if len(judged) <= sum(len(part) >= QUARTERS for part in whole) / 2 or not judged:
        return None
    months = {month for _, begun in judged for month in begun}
    return all(sure for sure, _ in judged), "year" if months <= {1} else "fiscal year"


def _one_rises(rows: pd.DataFrame) -> tuple[bool, set[int]] | None:
    """Return whether counts rise without exception but for new beginnings, and the months of these; None if they do not rise."""
    sent = rows.dropna(subset="numerator")
    known = sorted(zip(map(parse_period, sent["period"]), sent["numerator"], strict=True), key=lambda pair: pair[0].start)
    months = {period.grain for period, _ in known} == {"month"}
    runs: list[list[float]] = [[]]
    begun, corrected = set[int](), False
    for period, number in known:
        if runs[-1] and number < runs[-1][-1] * (1 - CORRECTED):
            runs.append([])
            begun.add(period.start.month)
        corrected |= bool(runs[-1]) and number < runs[-1][-1]
        runs[-1].append(float(number))
    long = [run for run in runs if len(run) >= QUARTERS and len(set(run)) >= QUARTERS]
    varied = all(len(set(run)) >= DIFFERENT * len(run) for run in long)
    grown = any(run[-1] >= max(3 * run[0], GROWN) for run in long)
    lasting = any(len(run) >= NEVER_FALLS for run in long) and varied and not corrected
    if not (grown or lasting) or sum(map(len, long)) < 0.8 * len(known):
        return None
    return grown and varied and not corrected and months and all(len(run) >= RISING for run in long), begun


def _is_smooth(rows: pd.DataFrame) -> bool:
    """Whether counts change so little from period to period that they have people in common."""
    given = sorted(zip(map(parse_period, rows["period"]), rows["numerator"], strict=True), key=lambda pair: pair[0].start)
    sent = pd.Series([float(number) for _, number in given]).dropna()
    if len(sent) < PERIODS or not sent.mean() >= PEOPLE or sent.nunique() < QUARTERS:
        return False
    return bool((sent.diff().dropna() ** 2).mean() < SMOOTH * 2 * sent.mean())


def _fiscal(contract: Contract, name: str, frame: pd.DataFrame, metrics: tuple[str, ...]) -> Iterator[Finding]:
    """Yield an error if quarters or years lie after the contract's end and its first ones are missing."""
    periods = sorted({parse_period(text) for text in frame["period"]}, key=lambda one: one.start)
    starts, ends = contract.contract.starts, contract.contract.ends
    late = [one.text for one in periods if one.end > ends and one.grain in ("quarter", "year")]
    missing_first = periods[0].start > starts and (periods[0].start - starts).days >= 80
    if fiscal_start(contract) is None and starts.month != 1 and late and (missing_first or periods[0].grain == "year"):
        yield Finding.of("fiscal", "error", "agency", name, "period", metrics=metrics, list=listed(late), month=str(starts.month))
    outside = [one for one in periods if one.end < starts or one.start > ends]
    if outside and not late:
        rows = int(frame["period"].isin([one.text for one in outside]).sum())
        yield Finding.of(
            "outside_term", "note", "agency", name, "period", rows, fix="older_rows_fix", examples=listed([one.text for one in outside])
        )
