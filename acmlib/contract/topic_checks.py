"""Topics of the roadmap that a deep dive could not keep: it never shows another metric or dimension in place of the one that is named."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator

from acmlib.contract.calendar import meeting_after
from acmlib.contract.model import Contract
from acmlib.contract.promises import LATER
from acmlib.contract.records import Records, Topic


def topic_contradictions(records: Records, folder: str, contract: Contract) -> Iterator[str]:
    """Yield a message for every topic that no page can be made for.

    Parameters
    ----------
    folder : str
        Of the contract, as messages name it.
    """
    for topic in records.roadmap:
        where = f"{folder}/roadmap.yml: topics.{topic.id}"
        yield from _subject(topic, where, contract)
        if not contract.contract.starts <= _last_day(topic.month) <= contract.contract.ends.replace(day=1) + dt.timedelta(days=366):
            term = f"{contract.contract.starts:%Y-%m} to {contract.contract.ends:%Y-%m}"
            yield f"{where}.month is {topic.month}, outside the term; use a month from {term}, or one in the year after"
        meeting = meeting_after(_last_day(topic.month), records.calendar, contract, records.meetings)
        if topic.data_by is not None and topic.data_by > (meeting or _last_day(topic.month) + LATER):
            which = f"the meeting about {topic.month}" + (f" on {meeting}" if meeting else "")
            yield f"{where}.data_by is {topic.data_by}, after {which}; use a day before it"


def _subject(topic: Topic, where: str, contract: Contract) -> Iterator[str]:
    """Check that metric and dimension are given and can be shown together."""
    if topic.kind == "voice" and topic.metric is None:
        return
    missing = [name for name in ("metric", "dimension") if getattr(topic, name) is None]
    if missing:
        yield f"{where} has no {' and no '.join(missing)}; a deep dive is about one metric by one dimension: give both"
        return
    metric, dimension = contract.metrics.get(str(topic.metric)), contract.dimensions.get(str(topic.dimension))
    if metric is None or dimension is None:
        return  # named elsewhere as unknown
    if metric.dimensions is not None and topic.dimension not in metric.dimensions:
        counted = ", ".join(metric.dimensions) or "no dimension"
        yield (
            f"{where}.dimension is '{topic.dimension}'; {topic.metric} is counted by {counted} only: use one of these, or add it to "
            f"metrics.{topic.metric}.dimensions in contract.yml"
        )
    if topic.kind == "retention" and metric.kind != "retention":
        needed = "a topic of kind retention needs a metric of kind retention; else its kind is outcomes"
        yield f"{where}.metric is '{topic.metric}', a {metric.kind}; {needed}"
    if getattr(dimension, "kind", None) == "reason":
        yield f"{where}.dimension is '{topic.dimension}', which counts reasons; use a dimension whose groups can be compared"


def _last_day(month: str) -> dt.date:
    """Return the last day of a month."""
    year, number = int(month[:4]), int(month[5:7])
    return dt.date(year, number, calendar.monthrange(year, number)[1])
