"""Checks of aggregated submissions: counts that no count can be, and parts that are more than their whole."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from acmlib.contract.ids import ALL
from acmlib.contract.model import Contract, Metric
from acmlib.contract.standards import OMB_2024_GROUPS
from acmlib.intake.build.totals import is_total
from acmlib.intake.findings import EXAMPLES, Finding, Severity, listed

#: So many counts are not all out of exactly a hundred people.
ALWAYS = 12
#: So many decimal digits that agree are no chance: with the sum of all other groups, and with that of some of them.
DIGITS, DIGITS_OF_SOME = 4, 7
#: Of more groups only the sum of all others is tried.
MOST_TRIED = 10
#: Numerators of people grow with their denominators, percents do not: by so much less than in proportion, in standard errors.
ERRORS = 6

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
        findings.append(_finding(contract, table, twice, "warning", "sent_twice"))
    for measure, rows in frame.groupby("measure", sort=True):
        kinds = {metric.kind for key, metric in _readers(contract, table, str(measure)).items()}
        people = rows["numerator"] if kinds & {"count", "proportion", "rate"} else rows["numerator"].iloc[:0]
        below = rows["denominator"] if kinds & {"proportion", "mean"} else rows["denominator"].iloc[:0]
        above = rows["numerator"] > rows["denominator"] if "proportion" in kinds else people < people
        if "proportion" in kinds and len(rows) >= ALWAYS and (rows["denominator"] == 100).all():
            findings.append(_finding(contract, table, rows, "warning", "always_100", why="not_whole_why", fix="counts_fix"))
        elif "proportion" in kinds and _are_percents(rows):
            findings.append(_finding(contract, table, rows, "error", "percents", why="not_whole_why", fix="counts_fix"))
        for key, bad, why in (
            ("below_zero", (people < 0) | (rows["denominator"] < 0), "impossible_why"),
            ("not_whole", (people % 1 > 0) | (below % 1 > 0), "not_whole_why"),
            ("above_whole", above, "impossible_why"),
        ):
            strange = rows[bad.reindex(rows.index, fill_value=False)]
            if len(strange):
                findings.append(_finding(contract, table, strange, "error", key, why=why, fix="counts_fix"))
    return findings


def _are_percents(rows: pd.DataFrame) -> bool:
    """Whether numerators are percents: none is above 100, and they do not grow with their denominators."""
    known = rows[(rows["numerator"] > 0) & (rows["denominator"] > 0)]
    if len(known) < ALWAYS or known["numerator"].max() > 100 or known["denominator"].median() <= 100:
        return False
    above, below = np.log(known["numerator"].to_numpy()), np.log(known["denominator"].to_numpy())
    spread = float(np.sum((below - below.mean()) ** 2))
    slope = float(np.sum((below - below.mean()) * above)) / spread if spread else 1.0
    left = above - above.mean() - slope * (below - below.mean())
    error = np.sqrt(float(np.sum(left**2)) / (len(known) - 2) / spread) if spread else np.inf
    return bool(slope < 0.5 and 1 - slope > ERRORS * error)


def check_sums(contract: Contract, table: str, frame: pd.DataFrame) -> Iterator[Finding]:
    """Yield an error for each group that is the sum of others in every period: its people are counted twice.

    Parameters
    ----------
    frame
        As for `check_counts`, totals that are known by their name apart.
    """
    numbers = [one for one in ("numerator", "denominator") if frame[one].notna().any()]
    for (dimension, measure), rows in frame[frame["dimension"] != ALL].groupby(["dimension", "measure"], sort=True):
        settings = contract.dimensions.get(str(dimension))
        known = {*(settings.order or ()), *(OMB_2024_GROUPS if settings.standard else ())} if settings else set[str]()
        keys = ["period", *(["place"] if "place" in rows else [])]
        sent = pd.concat([rows.pivot_table(one, keys, "group", "sum", observed=True) for one in numbers])
        sums = [str(group) for group in sent if group not in known and _is_sum(sent[sent[group].notna()].fillna(0.0), str(group))]
        if sums:
            yield Finding.of(
                "sum_group", "error", "agency", table, str(dimension), metrics=tuple(_readers(contract, table, str(measure))),
                why="total_group_why", list=listed(sums), place=f"tables.{table}.recode.{'group' if 'place' in rows else dimension}",
            )  # fmt: skip


def _is_sum(sent: pd.DataFrame, group: str) -> bool:
    """Whether the numbers of a group are those of all others, or of some of them, together: so often that it is no chance."""
    whole, others = sent[group].to_numpy(), sent.drop(columns=group)
    parts, sums = others.to_numpy(), others.sum().to_numpy()

    def agreeing(columns: tuple[int, ...]) -> float:
        chosen = parts[:, columns]
        same = np.abs(chosen.sum(axis=1) - whole) < 0.5
        return float(np.log10(1 + whole[(chosen > 0).sum(axis=1) > 1]).sum()) if same.all() else 0.0

    everything = tuple(range(len(sums)))
    if len(sums) > 1 and agreeing(everything) >= DIGITS:
        return True
    tried = everything if len(sums) <= MOST_TRIED else ()
    some = (columns for size in range(2, len(tried)) for columns in combinations(tried, size))
    return any(abs(sum(sums[at] for at in one) - whole.sum()) < 0.5 and agreeing(one) >= DIGITS_OF_SOME for one in some)


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
        yield Finding.of(
            "totals_differ", "warning", "provider", table, metrics=tuple(_readers(contract, table, str(measure))), measure=str(measure),
            list=listed(list(rows["dimension"].unique())), periods=listed(sorted(rows["period"].unique())),
        )  # fmt: skip


def check_withheld(contract: Contract, table: str, frame: pd.DataFrame) -> list[Finding]:
    """Return findings about counts that the sender withholds: those of groups, and totals that cannot be known without them."""
    hidden, found = frame[frame["withheld"]], []
    parts, totals = hidden[hidden["dimension"] != "all"], hidden[hidden["dimension"] == "all"]
    if len(parts):
        found.append(_finding(contract, table, parts, "note", "withheld"))
    if len(totals):
        found.append(_finding(contract, table, totals, "warning", "withheld_total"))
    return found


def check_parts(contract: Contract, table: str, frame: pd.DataFrame) -> Iterator[Finding]:
    """Yield a finding for each dimension whose groups together are more than the total of the same period and measure."""
    totals = frame[frame["dimension"] == ALL].set_index(["period", "measure"])[["numerator", "denominator"]]
    parts = frame[frame["dimension"] != ALL].groupby(["dimension", "measure", "period"], sort=True)[["numerator", "denominator"]].sum()
    for (dimension, measure), rows in parts.groupby(level=["dimension", "measure"]):
        by_period = rows.droplevel(["dimension", "measure"])
        whole = totals.reindex([(period, measure) for period in by_period.index]).set_axis(by_period.index)
        above = (by_period > whole).any(axis=1)
        if above.any():
            periods = listed(list(by_period.index[above]), most=EXAMPLES)
            yield Finding.of(
                "parts_above", "error", "provider", table, str(dimension), metrics=tuple(_readers(contract, table, str(measure))),
                measure=str(measure), list=periods,
            )  # fmt: skip


def _readers(contract: Contract, table: str, measure: str) -> dict[str, Metric]:
    return {key: metric for key, metric in contract.metrics.items() if metric.from_ == table and (metric.measure or key) == measure}


def _finding(contract: Contract, table: str, rows: pd.DataFrame, severity: Severity, key: str, why: str = "", fix: str = "") -> Finding:
    places = [" ".join(map(str, row)) for row in rows[["period", "group", "measure"]].itertuples(index=False)]
    metrics = tuple(dict.fromkeys(key for measure in rows["measure"].unique() for key in _readers(contract, table, str(measure))))
    return Finding.of(
        key, severity, "provider", table, None, len(rows), noun="count", metrics=metrics, why=why, fix=fix, examples=listed(places, most=3)
    )
