"""Times of day: how durations are counted where columns carry them, and what is cut off where they are not used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from acmlib.contract.expressions import check_expressions
from acmlib.contract.model import Contract, Metric
from acmlib.intake.build.moments import asks_for_times, lasting, moment
from acmlib.intake.findings import Finding, listed, message
from acmlib.intake.read.forms import TIME

if TYPE_CHECKING:
    from acmlib.intake.build.sources import Tables


def check_times(tables: Tables, contract: Contract, name: str) -> Iterator[Finding]:
    """Yield a finding for each metric of a table that is about times between columns of which some carry times of day."""
    types = tables.columns(name)
    for key, metric in contract.metrics.items():
        if metric.from_ != name or metric.in_working_days:
            continue
        if metric.kind == "duration":
            texts = [text for text in (metric.start, metric.end) if text]
            timed = [text for text in texts if moment(text, types)]
            if metric.minutes:
                yield _in_hours(contract, name, key, texts, [text for text in texts if text not in timed])
            elif len(timed) == len(texts):
                place = f"tables.{name}.types.{texts[0]}: date"
                yield Finding.of("moments", "note", "agency", name, metrics=(key,), list=listed(texts), metric=key, place=place)
            elif timed and "date" not in (contract.tables[name].types.get(text) for text in texts):
                yield _cut(name, key, timed, "days_only", f"{texts[0]}, {texts[-1]}")
        else:
            timed = _subtracted(contract, metric, types)
            if len(timed) > 1:
                yield _cut(name, key, timed, "write_times", f"date_diff('minute', {timed[0]}, {timed[1]}) / 1440.0")


def _subtracted(contract: Contract, metric: Metric, types: Mapping[str, str]) -> list[str]:
    """Return the columns of days, with times of day beside them, whose difference a metric takes, itself or by a derived column."""
    derive = contract.tables[metric.from_].derive
    found: dict[str, None] = {}
    for text in (derive.get(text, text) for text in lasting(metric)):
        if not asks_for_times(text):
            used = [column for column in check_expressions([text])[text].columns if f"{TIME}{column}" in types]
            used.sort(key=text.find, reverse="date_diff" not in text)  # closed - opened, but date_diff('day', opened, closed)
            found |= dict.fromkeys(used)
    return list(found)


def _in_hours(contract: Contract, name: str, key: str, columns: list[str], days: list[str]) -> Finding:
    """Say that a duration in hours is counted, or that it cannot be: of the columns in `days` only days are known."""
    unit, place = str(contract.metrics[key].unit), contract.tables[name].time_zone
    if days:
        return Finding.of(
            "hours_without_times", "error", "agency", name, days[0], metrics=(key,), metric=key, unit=unit, list=listed(days),
            place=f"metrics.{key}.unit",
        )  # fmt: skip
    return Finding.of(
        "in_hours", "note", "agency", name, metrics=(key,), why="in_hours_place_why" if place else "in_hours_why",
        fix="in_hours_place_fix" if place else "in_hours_fix", metric=key, unit=unit, list=listed(columns), place=place or "",
    )  # fmt: skip


def _cut(name: str, key: str, columns: list[str], fix: str, mend: str) -> Finding:
    return Finding.of(
        "times_cut", "warning", "agency", name, columns[0], metrics=(key,),
        fix=message("days_only_fix", list=mend) if fix == "days_only" else message("write_times_fix", sql=mend), list=listed(columns),
        metric=key, sql=mend,
    )  # fmt: skip
