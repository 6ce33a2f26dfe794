"""Cases for the working group of a deep dive: drawn at random, with the reason why each was drawn; the same again for the same question."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

import pandas as pd

from acmlib.contract.errors import ContractError, choose
from acmlib.contract.expressions import check_expressions
from acmlib.contract.model import Metric
from acmlib.contract.records import Topic
from acmlib.intake.build.sources import Tables
from acmlib.intake.connection import quoted

#: Why a case was drawn; what the first of each pair says is what the working group asks about, the second is there to compare with.
REASONS = {"proportion": ("not reached", "reached"), "duration": ("longest", "shortest")}

#: Part of the list that is there to compare with.
CONTRAST = 0.25

#: Share of the shortest, and of the longest, durations that cases are drawn from.
END = 0.25

#: Months in which cases began; those whose window is still open are left out, for nobody knows yet how they end.
MONTHS = 12


@dataclass(frozen=True)
class Pull:
    """Cases that were drawn, `reason` and group first, and how many there were of each reason."""

    cases: pd.DataFrame
    available: dict[str, int]


def pull_cases(tables: Tables, topic: Topic, *, number: int, group: str | None = None, seed: int | None = None) -> Pull:
    """Draw cases that a topic of the roadmap is about.

    Parameters
    ----------
    tables : Tables
        Opened for the period of the report: cases began in the last 12 months whose windows are closed, as the figures count them.
    number : int
        How many; a quarter of them to compare with. All, if there are fewer.
    group : str, optional
        Only of this group of the topic's dimension.
    seed : int, optional
        Of the draw; made of contract, period, topic and group if absent.

    Raises
    ------
    ContractError
        If no cases can be drawn for this topic, the group does not exist, or no case is there.
    """
    where, contract = f"params/{tables.contract.id}/roadmap.yml: topics.{topic.id}", tables.contract
    metric = contract.metrics.get(str(topic.metric))
    if metric is None or metric.kind not in REASONS or metric.date is None or topic.dimension is None:
        raise ContractError([f"{where}: cases are drawn for a metric that is a share or a duration with a date, by a dimension"])
    table = contract.tables[metric.from_]
    if table.kind != "rows" or not table.id:
        raise ContractError([f"{where}: '{metric.from_}' has no id; name the column of the table that says whose row it is"])
    found = _rows(tables, metric, str(table.id), f"dim_{topic.dimension}")
    groups = sorted(found["group"].dropna().unique())
    if group is not None and group not in groups:
        raise ContractError([f"{where}: there is no group '{group}' of {topic.dimension} in these months; {choose(group, groups)}"])
    found = found[found["group"].eq(group)] if group is not None else found
    if found.empty:
        raise ContractError([f"{where}: no case began in the 12 months whose end is known; draw for another period"])
    return _drawn(found, metric.kind, number, seed if seed is not None else f"{contract.id} {tables.period.text} {topic.id} {group or ''}")


def _rows(tables: Tables, metric: Metric, key: str, group: str) -> pd.DataFrame:
    """Return the rows that a metric counts, in order of their ids: group, result (reached, or days), id and the columns it uses."""
    closed = tables.period.end - dt.timedelta(days=(metric.window or 0) - 1)
    last = closed.replace(day=1) - dt.timedelta(days=1)  # of the last month whose windows are all closed, as figures count
    first = (pd.Timestamp(last.replace(day=1)) - pd.DateOffset(months=MONTHS - 1)).date()
    result = f"({metric.that})" if metric.kind == "proportion" else f"date_diff('day', {metric.start}, {metric.end})"
    texts = [text for text in (metric.of, metric.that, metric.start, metric.end, metric.date) if text is not None]
    checked = check_expressions(texts)
    uses = dict.fromkeys(column for text in texts for column in sorted(checked[text].columns))
    kept = [quoted(column) for column in dict.fromkeys([key, *uses]) if column in tables.columns(metric.from_)]
    relation, counted = quoted(tables.relation(metric.from_)), metric.of or "true"
    return tables.connection.execute(
        f'SELECT {quoted(group)} AS "group", {result} AS result, {", ".join(kept)} FROM {relation} '
        f"WHERE ({counted}) AND CAST(({metric.date}) AS DATE) >= ? AND CAST(({metric.date}) AS DATE) <= ? ORDER BY {quoted(key)}",
        [first, last],
    ).df()


def _drawn(found: pd.DataFrame, kind: str, number: int, seed: int | str) -> Pull:
    asked, contrast = REASONS[kind]
    if kind == "proportion":
        reached = found["result"].fillna(value=False).astype("bool")
        parts = {asked: found[~reached], contrast: found[reached]}
    else:
        known = found[found["result"].notna()].sort_values("result", kind="stable")
        end = max(1, round(END * len(known)))
        parts = {asked: known.iloc[-end:], contrast: known.iloc[: min(end, len(known) - end)]}
    wanted = {contrast: min(round(CONTRAST * number), len(parts[contrast]))}
    wanted[asked] = min(number - wanted[contrast], len(parts[asked]))
    draw = random.Random(seed)  # noqa: S311 -- a draw that can be repeated
    drawn = []
    for reason in (asked, contrast):
        places = sorted(draw.sample(range(len(parts[reason])), wanted[reason]))
        drawn.append(parts[reason].iloc[places].assign(reason=reason))
    cases = pd.concat(drawn, ignore_index=True)
    cases = cases[["reason", "group", *(column for column in cases if column not in ("reason", "group", "result"))]]
    return Pull(cases, {reason: len(rows) for reason, rows in parts.items()})
