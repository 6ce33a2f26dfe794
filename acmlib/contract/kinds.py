"""Rules about kinds of metric that more than one layer needs."""

from __future__ import annotations

from acmlib.contract.model import Contract, Metric

#: Retention is compared between groups, and charted, at the one of its times nearest to half a year.
HALF_YEAR = 182


def compared_time(metric: Metric) -> int | None:
    """Return the time, in days, at which a retention metric stands for itself: the one nearest to half a year; None for other kinds."""
    return min(metric.at, key=lambda days: abs(days - HALF_YEAR)) if metric.kind == "retention" else None


def main_id(contract: Contract, name: str) -> str:
    """Return the metric id under which a metric stands in charts and comparisons: ``placed``, or ``stayed@180d``."""
    days = compared_time(contract.metrics[name])
    return name if days is None else f"{name}@{days}d"
