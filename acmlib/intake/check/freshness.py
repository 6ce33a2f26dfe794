"""Does what was sent reach up to the day that the report counts to? If not, open cases look longer, and results lower, than they are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from acmlib.contract.model import Contract
from acmlib.contract.periods import add_months, month_end, month_text
from acmlib.intake.build.usage import uses
from acmlib.intake.check.newest import LATE_DAYS, RARE, USUAL_DAYS
from acmlib.intake.connection import quoted
from acmlib.intake.findings import Finding, amount, message
from acmlib.intake.read.forms import DATES

if TYPE_CHECKING:
    from acmlib.intake.build.sources import Tables

#: How many days of silence in the month of the report say that the file was made before it was over, if they would come by chance in fewer
#: than 1 of 1,000 months.
UNFINISHED_DAYS = 7
HARDLY = -math.log(0.001)
#: The usual number of a young contract is counted from its first date, over so many days at least.
LEAST_DAYS = 60


def check_freshness(tables: Tables, contract: Contract, name: str) -> Iterator[Finding]:
    """Yield a finding if the dates of a table of rows stop long before the last day of the report's period.

    Yields
    ------
    Finding
        A warning: who was in the programme on the last date sent is taken to be in it still.
    """
    as_of = tables.period.end
    counted = any(metric.from_ == name for metric in contract.metrics.values())  # else it is detail: only dates that a metric reads
    dates = [column for column, kind in tables.columns(name).items() if kind.startswith(DATES)]
    columns = [column for column in dates if counted or uses(contract, name, column)[0]]
    if not columns:
        return
    days = " UNION ALL ".join(f"SELECT {quoted(column)}::DATE AS day FROM {quoted(name)}" for column in columns)
    sql = (
        f"WITH days AS (SELECT day FROM ({days}) WHERE day <= DATE '{as_of}'), last AS (SELECT max(day) AS day FROM days) "
        f"SELECT last.day, count(*), last.day - min(days.day) + 1 FROM days, last WHERE days.day > last.day - {USUAL_DAYS} GROUP BY 1"
    )
    for last, usual, span in tables.connection.execute(sql).fetchall():
        silent = (as_of - last).days
        if UNFINISHED_DAYS < silent <= LATE_DAYS and usual / max(span, LEAST_DAYS) * silent >= HARDLY:
            month = month_text(last)
            yield Finding.of(
                "unfinished", "warning", "provider", name,
                fix=message("unfinished_fix", month=add_months(month, -1) if last != month_end(last) else month), day=f"{last:%Y-%m-%d}",
                month=month_text(as_of), count=amount(silent, "day"),
            )  # fmt: skip
        elif silent > LATE_DAYS and usual / USUAL_DAYS * silent >= RARE:
            yield Finding.of(
                "stale", "warning", "agency", name, day=f"{last:%Y-%m-%d}", count=amount(silent, "day"), month=month_text(last)
            )
