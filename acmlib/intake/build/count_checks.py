"""Checks of aggregated submissions: counts that no count can be, and parts that are more than their whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pandas as pd

from acmlib.contract.ids import ALL
from acmlib.contract.model import Contract, Metric
from acmlib.intake.build.totals import is_total
from acmlib.intake.findings import EXAMPLES, Finding, Message, Severity, counted_message, listed, message

_IMPOSSIBLE = message("impossible_why", "There can be no such count; it is not counted")
_SHARES = message("not_whole_why", "People come in whole numbers; shares were sent perhaps")

#: So many counts are not all out of exactly a hundred people.
ALWAYS = 12

_KEYS = ["period", "dimension", "group", "measure"]


def check_counts(contract: Contract, table: str, frame: pd.DataFrame, *, summed: bool) -> list[Finding]:
    """Return findings about single rows of a submission: sent twice, negative, fractions of people, more reached than there were.

    Parameters
    ----------
    frame
        Columns period, dimension, group, measure, numerator, denominator; place: what else tells rows of one group apart.
    summed
        Whether the rows were added up already, so that none is there twice.
    """
    findings = []
    twice = frame[frame.duplicated([*_KEYS, *(["place"] if "place" in frame else [])], keep="first")]
    if len(twice) and not summed:
        findings.append(
            _finding(
                contract, table, twice, "warning", ("sent_twice", "{count} sent more than once: {examples}"),
                message("sent_twice_why", "They were added up: people may be counted twice"),
                message("sent_twice_fix", "send each period, group and measure once, and replace what was wrong"),
            )
        )  # fmt: skip
    for measure, rows in frame.groupby("measure", sort=True):
        kinds = {metric.kind for key, metric in _readers(contract, table, str(measure)).items()}
        people = rows["numerator"] if kinds & {"count", "proportion", "rate"} else rows["numerator"].iloc[:0]
        below = rows["denominator"] if kinds & {"proportion", "mean"} else rows["denominator"].iloc[:0]
        above = rows["numerator"] > rows["denominator"] if "proportion" in kinds else people < people
        if "proportion" in kinds and len(rows) >= ALWAYS and (rows["denominator"] == 100).all():
            fix = message("counts_fix", "correct these counts and send them again")
            findings.append(_finding(contract, table, rows, "warning", ("always_100", "{count} out of 100: {examples}"), _SHARES, fix))
        for what, bad, why in (
            (("below_zero", "{count} below zero: {examples}"), (people < 0) | (rows["denominator"] < 0), _IMPOSSIBLE),
            (("not_whole", "{count} not whole numbers: {examples}"), (people % 1 > 0) | (below % 1 > 0), _SHARES),
            (("above_whole", "{count} with a numerator above the denominator: {examples}"), above, _IMPOSSIBLE),
        ):
            strange = rows[bad.reindex(rows.index, fill_value=False)]
            if len(strange):
                fix = message("counts_fix", "correct these counts and send them again")
                findings.append(_finding(contract, table, strange, "error", what, why, fix))
    return findings


def check_totals(contract: Contract, table: str, frame: pd.DataFrame) -> Iterator[Finding]:
    """Yield a finding for each measure of which the totals in several dimensions, or that of everyone, are not the same number.

    Parameters
    ----------
    frame
        As for `check_counts`, totals among the groups; only totals of one place are compared.
    """
    totals = frame[(frame["dimension"] == ALL) | frame["group"].map(lambda group: is_total(str(group)))]
    keys = ["measure", "period", *(["place"] if "place" in frame else [])]
    added = totals.groupby([*keys, "dimension"])["numerator"].agg(lambda numbers: numbers.sum(skipna=False))
    sums = added.rename("sum").reset_index()
    found = sums.groupby(keys)["sum"]
    for measure, rows in sums[found.transform("max") > found.transform("min")].groupby("measure", sort=True):
        yield Finding(
            "warning", table, None,
            message("totals_differ", "the totals of {measure} by {list} are different numbers in {periods}", measure=str(measure),
                    list=listed(list(rows["dimension"].unique())), periods=listed(sorted(rows["period"].unique()))), 0,
            message("totals_differ_why", "The total of everyone is used, or else the first: shares of other groups may be wrong"),
            tuple(_readers(contract, table, str(measure))),
            message("totals_differ_fix", "send one total for each period, or correct those that are wrong"), "provider",
        )  # fmt: skip


def check_withheld(contract: Contract, table: str, frame: pd.DataFrame) -> list[Finding]:
    """Return findings about counts that the sender withholds: those of groups, and totals that cannot be known without them."""
    hidden, found = frame[frame["withheld"]], []
    parts, totals = hidden[hidden["dimension"] != "all"], hidden[hidden["dimension"] == "all"]
    if len(parts):
        found.append(
            _finding(
                contract, table, parts, "note", ("withheld", "{count} withheld by the sender, as <11, or not to be read: {examples}"),
                message("withheld_why", "These groups have no number in such a period; other groups, and totals that were sent, have"),
                message("withheld_fix", "nothing, if that is right; else ask for longer periods or larger groups"),
            )
        )  # fmt: skip
    if len(totals):
        found.append(
            _finding(
                contract, table, totals, "warning", ("withheld_total", "{count} of everyone together not known: {examples}"),
                message("withheld_total_why", "A group in them is withheld, and no total was sent: the figure has no number there"),
                message("withheld_total_fix", "ask for a row with the total of each period"),
            )
        )  # fmt: skip
    return found


def check_parts(contract: Contract, table: str, frame: pd.DataFrame) -> list[Finding]:
    """Return a finding for each dimension whose groups together are more than the total of the same period and measure."""
    return list(_parts_above(contract, table, frame))


def _parts_above(contract: Contract, table: str, frame: pd.DataFrame) -> Iterator[Finding]:
    totals = frame[frame["dimension"] == ALL].set_index(["period", "measure"])[["numerator", "denominator"]]
    parts = frame[frame["dimension"] != ALL].groupby(["dimension", "measure", "period"], sort=True)[["numerator", "denominator"]].sum()
    for (dimension, measure), rows in parts.groupby(level=["dimension", "measure"]):
        by_period = rows.droplevel(["dimension", "measure"])
        whole = totals.reindex([(period, measure) for period in by_period.index]).set_axis(by_period.index)
        above = (by_period > whole).any(axis=1)
        if above.any():
            periods = listed(list(by_period.index[above]), most=EXAMPLES)
            yield Finding(
                "error", table, str(dimension),
                message("parts_above", "the groups of {measure} are more than its total in {list}", measure=str(measure), list=periods), 0,
                message("parts_above_why", "Shares of groups are wrong there"), tuple(_readers(contract, table, str(measure))),
                message("parts_above_fix", "send groups that exclude each other, or correct the total"), "provider",
            )  # fmt: skip


def _readers(contract: Contract, table: str, measure: str) -> dict[str, Metric]:
    return {key: metric for key, metric in contract.metrics.items() if metric.from_ == table and (metric.measure or key) == measure}


def _finding(
    contract: Contract, table: str, rows: pd.DataFrame, severity: str, what: tuple[str, str], why: Message, fix: Message
) -> Finding:
    places = [" ".join(map(str, row)) for row in rows[["period", "group", "measure"]].itertuples(index=False)]
    metrics = tuple(dict.fromkeys(key for measure in rows["measure"].unique() for key in _readers(contract, table, str(measure))))
    return Finding(
        cast(Severity, severity), table, None,
        counted_message(*what, len(rows), "count", examples=listed(places, most=3)),
        len(rows), why, metrics, fix, "provider",
    )  # fmt: skip
