"""How long it takes from participant rows to the metric table, and how much memory: ours against pandas, Parquet and CSV.

    python benchmarks/compute.py                             # 1 million rows, three rounds
    python benchmarks/compute.py --rows 1000000 10000000     # what benchmarks/README.md shows

Everything is invented, written to a temporary folder and removed. Every measurement is a process of its own, so that its peak of memory
is its own; ways are interleaved round by round, so that a noisy machine disturbs all of them. Times include opening the files.
Processor seconds are of all threads: halved, they are about what two idle cores need.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from acmlib.contract.model import Contract
from acmlib.contract.periods import parse_period
from acmlib.intake import open_tables
from acmlib.measures.cells import measure_cells
from acmlib.measures.collect import Days, GroupSeries, Spread, significant
from acmlib.measures.compute import group_order, metric_table
from acmlib.measures.plan import Measure, plan_table
from acmlib.measures.survival import count_durations, kaplan_meier_counts, logrank, median_time, survival_at
from acmlib.measures.table import ALL, ALL_PARTICIPANTS, METRIC_COLUMNS, metric_rows
from acmlib.measures.windows import Axis

#: Dimensions and how many groups they have.
DIMENSIONS = {"race": 8, "age": 6, "area": 48, "site": 12, "gender": 3}
PERIOD = parse_period("2026-06")
CORES = 2
TWO_GIB, ONE_GIB = "2GB", "1GB"

METRICS = {
    "completed": {"kind": "proportion", "that": "completed", "date": "entered_on"},
    "attended": {"kind": "proportion", "that": "sessions > 2", "date": "entered_on"},
    "placed_6m": {
        "kind": "proportion", "of": "exited_on is not null", "that": "placed_on <= exited_on + interval 183 day",
        "date": "exited_on", "window": 183,
    },
    "well_paid": {"kind": "proportion", "of": "placed_on is not null", "that": "wage > 15", "date": "placed_on"},
    "left_early": {"kind": "proportion", "of": "exited_on is not null", "that": "not completed", "date": "exited_on"},
    "entered": {"kind": "count", "date": "entered_on"},
    "placed": {"kind": "count", "of": "placed_on is not null", "date": "placed_on"},
    "completed_per_session": {"kind": "rate", "that": "completed", "exposure": "sessions", "per": 100, "date": "entered_on"},
    "wage": {"kind": "mean", "of": "placed_on is not null", "value": "wage", "date": "placed_on"},
    "days_in": {"kind": "duration", "start": "entered_on", "end": "exited_on", "date": "entered_on"},
}  # fmt: skip


def contract(source: str) -> Contract:
    """The contract: ten metrics, five dimensions, 36 months."""
    return Contract.model_validate(
        {
            "id": "benchmark",
            "contract": {"title": "B", "provider": "P", "agency": "A", "program": "b", "starts": "2023-07-01", "ends": "2026-06-30"},
            "tables": {"participants": {"source": source, "types": {"participant_id": "text"}}},
            "dimensions": {name: {} for name in DIMENSIONS},
            "metrics": {name: {"title": name, **metric} for name, metric in METRICS.items()},
        }
    )


def write_rows(folder: Path, rows: int) -> None:
    """Invent participants; the same for the same number of rows."""

    def draw(name: str, groups: int) -> str:
        return f"'{name} ' || (hash(range, '{name}') % {groups}) AS {name}"

    groups = ", ".join(draw(name, number) for name, number in DIMENSIONS.items())
    entered = "DATE '2023-07-01' + (hash(range, 'entered') % 1096)::INTEGER"
    sql = f"""SELECT 'P' || range AS participant_id, {groups}, {entered} AS entered_on,
        CASE WHEN hash(range, 'out') % 10 < 7 THEN {entered} + (hash(range, 'stay') % 400)::INTEGER END AS exited_on,
        CASE WHEN hash(range, 'job') % 10 < 4 THEN {entered} + (hash(range, 'until job') % 500)::INTEGER END AS placed_on,
        hash(range, 'completed') % 100 < 30 AS completed, (hash(range, 'wage') % 4000) / 100.0 AS wage,
        (hash(range, 's') % 20)::INTEGER AS sessions
        FROM range({rows})"""
    with duckdb.connect(config={"threads": CORES, "memory_limit": TWO_GIB}) as connection:
        connection.execute(f"COPY ({sql}) TO '{folder / f'{rows}.parquet'}' (FORMAT parquet)")
        connection.execute(f"COPY (FROM '{folder / f'{rows}.parquet'}') TO '{folder / f'{rows}.csv'}' (FORMAT csv)")


def ours(folder: Path, rows: int, *, suffix: str = "parquet", memory: str = TWO_GIB) -> pd.DataFrame:
    """The metric table by `acmlib`."""
    made = contract(f"{rows}.{suffix}")
    with open_tables(made, root=folder, period=PERIOD, threads=CORES, memory_limit=memory) as tables:
        return metric_table(made, tables, PERIOD)


def by_pandas(folder: Path, rows: int) -> pd.DataFrame:
    """The same table by pandas: groupby of month and a categorical column, for each date and dimension; the rest as ours."""
    made = contract(f"{rows}.parquet")
    columns = [*DIMENSIONS, "entered_on", "exited_on", "placed_on", "completed", "wage", "sessions"]
    frame = pd.read_parquet(folder / f"{rows}.parquet", columns=columns)
    for name in DIMENSIONS:
        frame[name] = frame[name].astype("category")
    dates = {name: pd.to_datetime(frame[name]) for name in ("entered_on", "exited_on", "placed_on")}
    as_of, first = pd.Timestamp(PERIOD.end), 12 * 2023 + 7
    for name, date in dates.items():
        frame[f"tick_{name}"] = (12 * date.dt.year + date.dt.month - first).where(date <= as_of)
    numbers = _numbers(frame, dates, as_of)
    plan = plan_table(made, "participants", {"entered_on": "days"}, as_of=PERIOD.end.isoformat(), dimensions=list(DIMENSIONS))
    assert plan is not None
    axis = Axis.spanning("month", made.contract.starts, made.contract.ends, PERIOD.end)
    parts = []
    for measure in plan.measures:
        blocks = {dimension: _block(frame, measure, dimension, numbers[measure.id], len(axis)) for dimension in (ALL, *DIMENSIONS)}
        order = {dimension: group_order(made, dimension, block.groups) for dimension, block in blocks.items()}
        parts += measure_cells(measure, blocks, axis, made.statistics, order=order)
    return metric_rows(parts)


def _numbers(frame: pd.DataFrame, dates: dict[str, pd.Series], as_of: pd.Timestamp) -> dict[str, dict[str, pd.Series]]:
    """Columns of what each metric counts, by the role of the slot."""
    everyone = pd.Series(True, index=frame.index)
    exited, placed, completed = dates["exited_on"].notna(), dates["placed_on"].notna(), frame["completed"]
    ended = dates["exited_on"] <= as_of
    days = (dates["exited_on"].where(ended, as_of) - dates["entered_on"]).dt.days
    return {
        "completed": {"numerator": completed, "denominator": everyone},
        "attended": {"numerator": frame["sessions"] > 2, "denominator": everyone},
        "placed_6m": {"numerator": dates["placed_on"] <= dates["exited_on"] + pd.Timedelta(days=183), "denominator": exited},
        "well_paid": {"numerator": placed & (frame["wage"] > 15), "denominator": placed},
        "left_early": {"numerator": exited & ~completed, "denominator": exited},
        "entered": {"numerator": everyone, "waiting": everyone},
        "placed": {"numerator": placed, "waiting": placed},
        "completed_per_session": {"numerator": completed, "denominator": frame["sessions"], "waiting": everyone},
        "wage": {"value": frame["wage"].where(placed).astype(float), "waiting": placed},
        "days_in": {"code": (2 * days + (~ended)).where(dates["entered_on"] <= as_of), "waiting": everyone},
    }


def _block(frame: pd.DataFrame, measure: Measure, dimension: str, numbers: dict[str, pd.Series], ticks: int) -> GroupSeries:
    tick = frame[f"tick_{measure.date}"]
    group = pd.Series(0, index=frame.index) if dimension == ALL else frame[dimension]
    keys = [group.rename("group"), tick.rename("tick")]
    names = [ALL_PARTICIPANTS] if dimension == ALL else list(group.cat.categories)

    def table(series: pd.Series) -> np.ndarray:
        unstacked = series.unstack(fill_value=0) if isinstance(series.index, pd.MultiIndex) else series
        return unstacked.reindex(columns=range(ticks), fill_value=0).to_numpy(dtype=float)

    slots = [(role, getattr(measure, role)) for role in ("numerator", "denominator", "waiting")]
    wanted = [(numbers[role], slot) for role, slot in slots if slot is not None and role in numbers]
    sums = {slot: table(number.rename("x").groupby(keys, observed=True).sum()) for number, slot in wanted}
    block = GroupSeries(names, (tick.value_counts().reindex(range(ticks)).fillna(0).to_numpy()[None, :] > 0).astype(float), sums)
    if measure.kind == "mean":
        centre = significant(numbers["value"].mean()).item()
        moved = (numbers["value"] - centre).rename("x")
        both = pd.DataFrame({"x": moved, "square": moved**2}).groupby(keys, observed=True)
        block.spreads[measure.numerator] = Spread(table(both["x"].count()), table(both["x"].sum()), table(both["square"].sum()), centre)
    if measure.kind == "duration":
        coded = frame.assign(code=numbers["code"]).groupby([*keys, "code"], observed=True).size()
        at, code = coded.index, coded.index.get_level_values("code").to_numpy().astype(int)
        places = pd.Index(group.cat.categories if dimension != ALL else [0]).get_indexer(at.get_level_values("group"))
        month = at.get_level_values("tick").to_numpy().astype(int)
        block.days[measure.numerator] = Days(places, month, code >> 1, (code & 1) == 1, coded.to_numpy(float))
    return block


def survival(folder: Path, rows: int) -> pd.DataFrame:
    """Curves, medians, shares at four times and a log-rank test of 48 groups, from rows."""
    frame = pd.read_parquet(folder / f"{rows}.parquet", columns=["area", "entered_on", "exited_on"])
    entered, exited = pd.to_datetime(frame["entered_on"]), pd.to_datetime(frame["exited_on"])
    as_of = pd.Timestamp(PERIOD.end)
    ended = exited <= as_of
    days = (exited.where(ended, as_of) - entered).dt.days
    begun, worked = time.perf_counter(), time.process_time()
    curve = kaplan_meier_counts(count_durations(days, ended, groups=frame["area"].astype("category")), by="group")
    median_time(curve, by="group")
    survival_at(curve, [30, 90, 180, 365], by="group")
    logrank(days, ended, frame["area"])
    curve.attrs |= {"seconds": time.perf_counter() - begun, "processor": time.process_time() - worked}
    return curve


#: What is measured: name to function of folder and rows.
WAYS: dict[str, Callable[[Path, int], pd.DataFrame]] = {
    "Parquet": ours,
    "CSV": lambda folder, rows: ours(folder, rows, suffix="csv"),
    "Parquet, 1 GiB": lambda folder, rows: ours(folder, rows, memory=ONE_GIB),
    "CSV, 1 GiB": lambda folder, rows: ours(folder, rows, suffix="csv", memory=ONE_GIB),
    "pandas groupby": by_pandas,
    "survival, 48 groups": survival,
}


def measure_one(way: str, folder: Path, rows: int) -> None:
    """Run one way in this process, print seconds and MiB, keep the table for comparison."""
    begun, worked = time.perf_counter(), time.process_time()
    table = WAYS[way](folder, rows)
    seconds = table.attrs.get("seconds", time.perf_counter() - begun)
    processor = table.attrs.get("processor", time.process_time() - worked)
    if way in ("Parquet", "pandas groupby"):
        table.to_pickle(folder / f"{way}-{rows}.pickle")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "processor": processor, "mib": peak}))


def compare(folder: Path, rows: int) -> str:
    """Tell whether ours and pandas' table are the same."""
    one, other = (pd.read_pickle(folder / f"{way}-{rows}.pickle") for way in ("Parquet", "pandas groupby"))
    pd.testing.assert_frame_equal(one, other, rtol=1e-9)
    return f"{rows:,} rows: both tables are equal, {len(one):,} cells, columns {', '.join(METRIC_COLUMNS[4:9])} within 1e-9"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        measure_one(given.one, given.folder, given.rows[0])
        return
    with tempfile.TemporaryDirectory(prefix="acm-benchmark-") as name:
        run_all(Path(name), given.rows, given.rounds, given.ways)


def run_all(folder: Path, sizes: list[int], rounds: int, ways: list[str]) -> None:
    """Measure every way, round by round, and print the table."""
    found: dict[tuple[int, str], list[dict[str, float]]] = {}
    for rows in sizes:
        write_rows(folder, rows)
        for _ in range(rounds):
            for way in ways:
                command = [sys.executable, __file__, "--one", way, "--folder", str(folder), "--rows", str(rows)]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                found.setdefault((rows, way), []).append(json.loads(done.stdout.splitlines()[-1]))
    print("| rows | way | seconds (median) | each round | processor seconds | peak MiB | against Parquet: seconds | processor |")
    print("|---:|---|---:|---|---:|---:|---:|---:|")
    for (rows, way), runs in found.items():
        seconds = [one["seconds"] for one in runs]
        middle, worked = (statistics.median(one[name] for one in runs) for name in ("seconds", "processor"))
        reference = found.get((rows, "Parquet"), runs)
        base, base_worked = (statistics.median(one[name] for one in reference) for name in ("seconds", "processor"))
        each, peak = ", ".join(f"{one:.2f}" for one in seconds), max(one["mib"] for one in runs)
        ratios = f"{middle / base:.2f} | {worked / base_worked:.2f}"
        print(f"| {rows:,} | {way} | {middle:.2f} | {each} | {worked:.2f} | {peak:,.0f} | {ratios} |")
    for rows in sizes:
        if {"Parquet", "pandas groupby"} <= set(ways):
            print(f"\n{compare(folder, rows)}")


if __name__ == "__main__":
    main()
