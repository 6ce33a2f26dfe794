"""How often the words of a report raise a false alarm, and how often they find what is there.

    python benchmarks/false_alarms.py --write docs/false_alarms.md      # the kept table; about ten minutes on two cores
    python benchmarks/false_alarms.py --reports 400                     # a quick look
    python benchmarks/false_alarms.py --change --write docs/false_alarms.md   # the part on change over time alone
    python benchmarks/false_alarms.py --search                          # the constants of acmlib/analysis/change.py

Everything is simulated with a fixed seed from the library's own functions. No number is typed in by hand.
"""

from __future__ import annotations

import argparse
import datetime as dt
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri, stdtr

from acmlib.analysis.change import COMPARISONS, LEAST
from acmlib.analysis.control_charts import Rebase, xmr
from acmlib.analysis.equity import benjamini_hochberg, disparities, four_fifths
from acmlib.analysis.equity.families import NOT_RECORDED, choose, prepare
from acmlib.analysis.equity.gaps import CLEAR, DEFAULT_MATERIALITY
from acmlib.analysis.equity.pairs import add_gaps, add_tests, pair_up
from acmlib.analysis.judging import MetricContext, change_of
from acmlib.contract.model import Contract
from acmlib.measures.intervals import wilson

SEED = 20260101
LEVEL, MINIMUM_N = 0.95, 30
#: People by group in one year: a contract of 400 with the group sizes of a US city, a large one, a small even one, a very large one.
CONTRACTS = {
    "400 people": (144, 108, 72, 36, 24, 16),
    "925 people": (400, 250, 120, 80, 45, 30),
    "360 people, even": (60,) * 6,
    "3,660 people": (2000, 900, 400, 200, 100, 60),
}
#: True share of everybody, in every group.
RATES = (0.05, 0.1, 0.2, 0.4, 0.6, 0.9)
#: People a group in the power curve of 20% against 40%.
POWER_N = (30, 40, 50, 60, 70, 82, 100, 125, 150)
MONTHS, CHARTS = 24, 6000
LETTERS = "ABCDEFGHIJKL"
#: Rules of the charts and the signals they give.
RULES = {
    "outside limits": ("above limits", "below limits"),
    "7 on one side": ("7 above mean", "7 below mean"),
    "7 rising or falling": ("rising", "falling"),
    "2 of 3 near a limit": ("2 of 3 high", "2 of 3 low"),
}
#: Reports of each scenario in which the quick way below is compared with `disparities` itself.
CHECKED = 10
#: Series whose marked points are counted.
MARKED = 300
CHANGE_HEADING = "## Change over time: verdicts"


def cells(x: np.ndarray, n: np.ndarray) -> pd.DataFrame:
    """Cells of many reports, one a period, from arrays of shape (reports, families, groups)."""
    low, high = wilson(x.ravel(), n.ravel())
    report, family, group = (index.ravel() for index in np.indices(x.shape))
    frame = {"metric": "outcome", "period": [f"r{i}" for i in report], "dimension": [f"d{i}" for i in family]}
    frame |= {"group": [LETTERS[i] for i in group], "numerator": x.ravel(), "denominator": n.ravel(), "value": x.ravel() / n.ravel()}
    return pd.DataFrame(frame | {"low": low, "high": high, "status": "shown"}).astype({"numerator": float, "denominator": float})


def clear_gaps(table: pd.DataFrame, comparator: str, target: float) -> np.ndarray:
    """Which cells have a clear gap, every report judged for itself: the steps of `disparities` without the head counts.

    All reports go through the steps at once; only the adjustment is made report by report. `checked` compares with `disparities`.
    """
    work = prepare(table, better=None, targets={"outcome": target}, not_recorded=NOT_RECORDED)
    pairs = pair_up(work, choose(work, comparator, MINIMUM_N))
    pairs["judged"] = pairs["as_shares"] | pairs["as_limits"]
    add_gaps(pairs, LEVEL)
    add_tests(pairs, LEVEL, MINIMUM_N)
    material = (np.abs(pairs["outcome_gap"]) >= DEFAULT_MATERIALITY - 1e-9) & ((pairs["gap_low"] > 0) | (pairs["gap_high"] < 0))
    p, family = pairs["p_value"], pairs["family"]
    clear = np.zeros(len(p), dtype=bool)
    for rows in table.groupby("period", sort=False).indices.values():
        further = len(np.unique(family[rows][~np.isnan(p[rows])])) if comparator == "best" else 0
        clear[rows] = benjamini_hochberg(p[rows], further=further) <= 1 - LEVEL
    return clear & material


def checked(table: pd.DataFrame, clear: np.ndarray, comparator: str, target: float) -> None:
    """Fail if `disparities`, report by report, says something else in the first reports."""
    for period in table["period"].unique()[:CHECKED]:
        rows = (table["period"] == period).to_numpy()
        verdicts = disparities(table[rows], comparator=comparator, targets={"outcome": target})["verdict"]
        assert ((verdicts == CLEAR).to_numpy() == clear[rows]).all(), f"{period}: the quick way and disparities differ"


def share_of_reports(table: pd.DataFrame, flags: np.ndarray) -> float:
    """Share of reports with any flag."""
    return float(pd.Series(flags, index=table["period"]).groupby(level=0).any().mean())


def no_difference(rng: np.random.Generator, reports: int, contracts: dict[str, Sequence[int]], rates: Iterable[float]) -> pd.DataFrame:
    """Share of reports with an alarm although all groups are alike: four-fifths alone, and *clear* by comparator."""
    rows = []
    for contract, sizes in contracts.items():
        for rate in rates:
            n = np.broadcast_to(np.array(sizes), (reports, 1, len(sizes)))
            table = cells(rng.binomial(n, rate), n)
            found = {"contract": contract, "everybody": rate, "four-fifths": _four_fifths(table)}
            for comparator in ("best", "rest", "overall", "target"):
                clear = clear_gaps(table, comparator, rate)
                checked(table, clear, comparator, rate)
                found[comparator] = share_of_reports(table, clear)
            rows.append(found)
    return pd.DataFrame(rows)


def _four_fifths(table: pd.DataFrame) -> float:
    x, n = (table[column].to_numpy().reshape(-1, table["group"].nunique()) for column in ("numerator", "denominator"))
    return float(np.mean([four_fifths(a, b)["indicated"].any() for a, b in zip(x[:400], n[:400], strict=True)]))


def whole_report(rng: np.random.Generator, reports: int) -> pd.DataFrame:
    """The same for a dashboard: five metrics by three dimensions (six, four and three groups) of 925 people, nothing different."""
    rows = []
    shapes = [(400, 250, 120, 80, 45, 30), (300, 250, 225, 150), (450, 325, 150)] * 5
    for rate in (0.05, 0.1, 0.2, 0.4):
        tables = []
        for family, sizes in enumerate(shapes):
            n = np.broadcast_to(np.array(sizes), (reports, 1, len(sizes)))
            tables.append(cells(rng.binomial(n, rate), n).assign(dimension=f"d{family}"))
        table = pd.concat(tables, ignore_index=True)
        clear = clear_gaps(table, "best", rate)
        checked(table, clear, "best", rate)
        rows.append({"everybody": rate, "gaps looked at": sum(map(len, shapes)) - len(shapes), "best": share_of_reports(table, clear)})
    return pd.DataFrame(rows)


def power(rng: np.random.Generator, reports: int) -> pd.DataFrame:
    """20% against 40%: how often the gap is clear at n people a group, in theory and simulated, alone and among six groups."""
    rows = []
    for n in POWER_N:
        row: dict[str, float] = {"people a group": n, "theory, two groups": theory(0.2, 0.4, n)}
        for name, groups in (("two groups", 2), ("six groups", 6)):
            sizes = np.full((reports, 1, groups), n)
            table = cells(rng.binomial(sizes, [0.2] + [0.4] * (groups - 1)), sizes)
            clear = clear_gaps(table, "best", 0.4)
            checked(table, clear, "best", 0.4)
            row[f"simulated, {name}"] = float(clear[(table["group"] == "A").to_numpy()].mean())
        rows.append(row)
    return pd.DataFrame(rows)


def theory(p1: float, p2: float, n: int) -> float:
    """Power of the two-sided 5% test of two proportions in n people each (Fleiss, Levin & Paik 2003, section 4.2)."""
    pooled = (p1 + p2) / 2
    null, error = np.sqrt(2 * pooled * (1 - pooled) / n), np.sqrt((p1 * (1 - p1) + p2 * (1 - p2)) / n)
    return float(ndtr((abs(p1 - p2) - ndtri(0.975) * null) / error))


def charts(rng: np.random.Generator, number: int) -> pd.DataFrame:
    """Share of 24-month charts of a process that does not change with a signal at the latest point, and the rule behind it."""
    series = {
        "normal": rng.normal(100, 10, (number, MONTHS)),
        "share of 40 people, 40%": rng.binomial(40, 0.4, (number, MONTHS)) / 40,
        "count, 20 a month": rng.poisson(20, (number, MONTHS)).astype(float),
    }
    rows = []
    for name, values in series.items():
        last = [xmr(one, "higher")["signal"].iloc[-1] for one in values]
        by_rule = pd.Series(last).value_counts(normalize=True)
        row = {"process": name, "any signal": float(1 - by_rule.get("none", 0.0))}
        for rule, signals in RULES.items():
            row[rule] = float(sum(by_rule.get(signal, 0.0) for signal in signals))
        rows.append(row)
    return pd.DataFrame(rows)


def contract_of(kind: str) -> Contract:
    """A contract of 24 months with one metric of a kind, and the default settings."""
    needs = {"proportion": {"that": "x"}, "duration": {"start": "a", "end": "b"}}.get(kind, {})
    about = {"title": "Invented", "provider": "A", "agency": "B", "program": "jobs", "starts": "2024-07-01", "ends": "2026-06-30"}
    metric = {"title": "Metric", "kind": kind, **needs, "better": "lower" if kind == "duration" else "higher"}
    tables = {"participants": {"source": "data/invented.csv"}}
    return Contract.model_validate({"id": "invented", "contract": about, "tables": tables, "metrics": {"metric": metric}})


def said(values: np.ndarray, people: float, kind: str, *, action: int | None = None) -> list[tuple[str, int]]:
    """What is said of each series: the state of its change, and the month in which it is said to begin (-1 if none)."""
    contract = contract_of(kind)
    months = pd.period_range("2024-07", periods=values.shape[1], freq="M").astype(str)
    rebases = () if action is None else (Rebase(dt.date.fromisoformat(f"{months[action]}-01"), reason="invented", action="A1"),)
    given = MetricContext(contract, "metric", contract.metrics["metric"], contract.metrics["metric"].better, dt.date(2026, 6, 30), rebases)
    found = []
    for one in values:
        points = pd.DataFrame({"value": one, "denominator": people, "unfinished": False, "signal": "none"}, index=months)
        change = change_of(points, given)
        found.append((change.state, list(months).index(change.since) if change.since else -1))
    return found


CHANGED = ("better", "worse", "higher", "lower")
#: People a month of the guide's examples, and the levels before and after.
PEOPLE, SHARES, DAYS = 35, (0.54, 0.67), (27.0, 10.0)


def medians(rng: np.random.Generator, level: np.ndarray, number: int) -> np.ndarray:
    """Monthly medians, in whole days, of waits whose median is `level`: exponential, as the longest waits are."""
    waits = rng.exponential(level[None, :, None] / np.log(2), (number, len(level), PEOPLE))
    return np.maximum(np.round(np.median(waits, axis=2)), 1.0)


def stable(rng: np.random.Generator, number: int) -> pd.DataFrame:
    """Share of 24-month series of a process that does not change that are said to have changed, and that have a marked point anywhere."""
    level = np.full(MONTHS, DAYS[0])
    series = {
        ("share of 35 people, 54%", "proportion", PEOPLE): rng.binomial(PEOPLE, SHARES[0], (number, MONTHS)) / PEOPLE,
        ("share of 10 people, 30%", "proportion", 10): rng.binomial(10, 0.3, (number, MONTHS)) / 10,
        ("share of 200 people, 90%", "proportion", 200): rng.binomial(200, 0.9, (number, MONTHS)) / 200,
        ("median wait of 35 people, 27 days", "duration", PEOPLE): medians(rng, level, number),
        ("count, 20 a month", "count", np.nan): rng.poisson(20, (number, MONTHS)).astype(float),
        ("normal", "count", np.nan): rng.normal(100, 10, (number, MONTHS)),
    }
    rows = []
    for (name, kind, people), values in series.items():
        marked = np.mean([xmr(one, "higher")["signal"].ne("none").any() for one in values[:MARKED]])
        alarms = np.mean([state in CHANGED for state, _ in said(values, people, kind)])
        rows.append({"process": name, "said to have changed": float(alarms), "a point marked anywhere": float(marked)})
    return pd.DataFrame(rows)


def improvements(rng: np.random.Generator, number: int) -> pd.DataFrame:
    """How often the guide's improvements are said, so many months after the step, with and without an agreed action behind them."""
    rows = []
    for after in (3, 6, 9, 12):
        step = MONTHS - after
        before_after = np.arange(MONTHS) < step
        share = rng.binomial(PEOPLE, np.where(before_after, *SHARES), (number, MONTHS)) / PEOPLE
        days = medians(rng, np.where(before_after, *DAYS), number)
        row: dict[str, object] = {"months after the step": after}
        for name, values, kind in (("27 to 10 days", days, "duration"), ("54% to 67% of 35", share, "proportion")):
            searched = said(values, PEOPLE, kind)
            row[f"{name}: said"] = float(np.mean([state == "better" for state, _ in searched]))
            row[f"{name}: said, month right within {LEAST}"] = float(
                np.mean([state == "better" and abs(since - step) <= LEAST for state, since in searched])
            )
            row[f"{name}: said, action agreed"] = float(
                np.mean([state == "better" for state, _ in said(values, PEOPLE, kind, action=step)])
            )
        row["54% to 67%: most that any test can say"] = bound(after)
        rows.append(row)
    return pd.DataFrame(rows)


def bound(after: int) -> float:
    """Power of the one-sided 5% test that knows the month of the step and the level before it: no rule with 5% false alarms finds more."""
    n, (old, new) = after * PEOPLE, SHARES
    return float(ndtr(((new - old) - ndtri(0.95) * np.sqrt(old * (1 - old) / n)) / np.sqrt(new * (1 - new) / n)))


def search_constants(rng: np.random.Generator, number: int = 40_000) -> dict[int, float]:
    """As how many independent t tests the search for a shift over so many months counts, at 3% (`acmlib.analysis.change.COMPARISONS`)."""
    found = {}
    for months in COMPARISONS:
        y = rng.normal(size=(number, months))
        cuts = np.arange(LEAST, months - LEAST + 1)
        moved, squares = np.cumsum(y, axis=1), np.sum(y**2, axis=1, keepdims=True)
        left, total = moved[:, cuts - 1], moved[:, -1:]
        within = squares - left**2 / cuts - (total - left) ** 2 / (months - cuts)
        spread = within / (months - 2) * (1 / cuts + 1 / (months - cuts))
        largest = np.abs(((total - left) / (months - cuts) - left / cuts) / np.sqrt(spread)).max(axis=1)
        reach = float(np.quantile(largest, 0.97))
        found[months] = round(0.03 / (2 * float(stdtr(months - 2, -reach))), 1)
    return found


def change_section(number: int) -> str:
    """The part of the page that is about change over time."""
    rng = np.random.default_rng(SEED + 1)
    alarms, found = stable(rng, number), improvements(rng, number)
    doubt = 1.96 * np.sqrt(0.05 * 0.95 / number)
    return f"""{CHANGE_HEADING}

Made by `python benchmarks/false_alarms.py --change --write docs/false_alarms.md` ({number:,} series a line; simulation leaves
5% uncertain by {100 * doubt:.1f} points). A change is a verdict, not a marked point: the months before and after an agreed action; else a
shift of the level whose month is searched for, the search allowed for; else the last 12 months against the 12 before. Every monthly
edition looks again: a change that was told stays told while the months before and after it differ, so the table counts all looks.

Series of {MONTHS} months that do not change. Worst line: **{100 * alarms["said to have changed"].max():.1f}%**.

{as_markdown(alarms)}

The guide's improvements, {PEOPLE} people a month. The last column is a limit of the data: a test that knows the month of the step and the
level before it, with 5% false alarms. Three months after a step from 54% to 67% no rule can find nine of ten.

{as_markdown(found)}
"""


def as_markdown(table: pd.DataFrame) -> str:
    """A Markdown table; fractions in percent with one decimal, whole numbers as they are."""

    def text(value: object) -> str:
        return f"{100 * value:.1f}%" if isinstance(value, float) else str(value)

    lines = [" | ".join(table.columns), " | ".join("---" for _ in table.columns)]
    lines += [" | ".join(text(value) for value in row) for row in table.itertuples(index=False, name=None)]
    return "\n".join(f"| {line} |" for line in lines)


def page(reports: int, number: int) -> str:
    """The page that is kept."""
    rng = np.random.default_rng(SEED)
    alarms, dashboard = no_difference(rng, reports, CONTRACTS, RATES), whole_report(rng, reports)
    found, signals = power(rng, reports), charts(rng, number)
    best, several = alarms["best"].max(), dashboard["best"].max()
    five, two = 1.96 * np.sqrt(0.05 * 0.95 / reports), 1.96 * np.sqrt(0.02 * 0.98 / number)
    return f"""# False alarms and power of the word *clear*, and of control charts

Made by `python benchmarks/false_alarms.py --write docs/false_alarms.md` (seed {SEED}, {reports:,} reports a line,
{number:,} charts a line; Python {platform.python_version()}, NumPy {np.__version__}).
Simulation leaves 5% of reports uncertain by {100 * five:.1f} points, 2% of charts by {100 * two:.1f} (95%).

## Contracts of six groups without any true difference: share of reports with an alarm

*Clear*: both sides have 30 people, Benjamini-Hochberg over the gaps of the report, Newcombe's interval excludes 0, 5 points or more.
`best` is the default comparator (the best-performing group); its p-value allows for the choice. Worst line: **{100 * best:.1f}%**.

{as_markdown(alarms)}

A dashboard of five metrics by three dimensions, compared with the best groups. Worst line: **{100 * several:.1f}%**.

{as_markdown(dashboard)}

## 20% against 40%: how often the gap is clear

Theory: two-sided 5% test of two proportions; 82 people a group give 80%. Among six groups five gaps are looked at together, which asks for
more, and the best of five groups of 40% lies above 40%, which asks for less.

{as_markdown(found)}

## Control charts of {MONTHS} months without any change: a signal at the latest point

The rules are those of the NHS (Making Data Count), kept as they are published; a signal is a reason to ask, not a finding.

{as_markdown(signals)}

{change_section(number // 4)}"""


def main() -> None:
    """Run everything and print or write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=4000, help="reports a line (default 4000)")
    parser.add_argument("--charts", type=int, default=CHARTS, help=f"charts a line (default {CHARTS})")
    parser.add_argument("--change", action="store_true", help="the part on change over time alone")
    parser.add_argument("--search", action="store_true", help="print the constants of the search for a shift")
    parser.add_argument("--write", type=Path, help="file to write instead of printing")
    options = parser.parse_args()
    if options.search:
        print(search_constants(np.random.default_rng(SEED)))
        return
    text = change_section(options.charts // 4) if options.change else page(options.reports, options.charts)
    if options.change and options.write:
        text = options.write.read_text(encoding="utf-8").partition(CHANGE_HEADING)[0].rstrip() + "\n\n" + text
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
