"""An invented programme for tests of the metric table: a contract, people, and a second, slow way to the same numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from acmlib.contract.model import Contract

STARTS, ENDS = dt.date(2024, 7, 10), dt.date(2026, 6, 30)

METRICS: dict[str, dict[str, Any]] = {
    "placed_90d": {
        "title": "Placed within 90 days of enrolling", "kind": "proportion", "of": "enrolled_on is not null",
        "that": "placed_on <= enrolled_on + interval 90 day", "date": "enrolled_on", "window": 90,
    },
    "completed": {"title": "Completed", "kind": "proportion", "that": "completed"},
    "enrolled": {"title": "Enrolled", "kind": "count", "of": "enrolled_on is not null", "date": "enrolled_on"},
    "placed": {"title": "Placed", "kind": "count", "of": "placed_on is not null", "date": "placed_on", "dimensions": ["site"]},
    "incidents": {
        "title": "Incidents per 100 sessions", "kind": "rate", "that": "incident", "exposure": "sessions", "per": 100,
        "date": "referred_on",
    },
    "wage": {"title": "Wage", "kind": "mean", "of": "placed_on is not null", "value": "wage", "date": "placed_on"},
    "days_to_enrol": {"title": "Days to enrol", "kind": "duration", "start": "referred_on", "end": "enrolled_on", "date": "referred_on"},
    "still_in": {
        "title": "Still in", "kind": "retention", "of": "enrolled_on is not null", "start": "enrolled_on", "end": "left_on",
        "at": [30, 180], "date": "enrolled_on",
    },
}  # fmt: skip

PATHWAY = {
    "date": "referred_on",
    "window": 120,
    "stages": [
        {"stage": "referred", "owner": "agency", "reached": "referred_on is not null"},
        {"stage": "enrolled", "owner": "provider", "reached": "enrolled_on is not null", "date": "enrolled_on"},
        {"stage": "placed", "owner": "provider", "reached": "placed_on is not null", "date": "placed_on"},
    ],
}


def contract(**changes: Any) -> Contract:
    """Return the contract of the programme; `changes` replace whole sections."""
    given: dict[str, Any] = {
        "id": "test-programme",
        "contract": {
            "title": "Test", "provider": "Provider", "agency": "Agency", "program": "test",
            "starts": STARTS.isoformat(), "ends": ENDS.isoformat(),
        },
        "tables": {"participants": {"source": "data/test/participants.csv", "entered": "referred_on"}},
        "dimensions": {"race_ethnicity": {}, "site": {}},
        "pairs": [["race_ethnicity", "site"]],
        "metrics": METRICS,
        "pathway": PATHWAY,
    }  # fmt: skip
    return Contract.model_validate(given | changes)


def people(seed: int, number: int = 200) -> pd.DataFrame:
    """Return invented participants with everything that real files have: blanks, open cases, late and impossible dates."""
    random = np.random.default_rng(seed)

    def later(than: pd.Series, most: int, share: float) -> pd.Series:
        days = pd.to_timedelta(random.integers(0, most, number), unit="D")
        return (than + days).where(random.random(number) < share)

    referred = pd.Series(pd.Timestamp("2024-06-01") + pd.to_timedelta(random.integers(0, 800, number), unit="D"))
    enrolled = later(referred, 60, 0.8)
    placed, left = later(enrolled, 200, 0.5), later(enrolled, 300, 0.6) - pd.Timedelta(days=2)
    races = np.array(["Asian", "Black or African American", "White", "Not recorded"])
    return pd.DataFrame(
        {
            "participant_id": [f"P{at:05d}" for at in range(number)],
            "referred_on": referred.where(random.random(number) < 0.95), "enrolled_on": enrolled, "placed_on": placed, "left_on": left,
            "completed": pd.Series(random.choice([True, False, None], number), dtype="object"),
            "incident": random.random(number) < 0.2,
            "sessions": pd.Series(random.choice([0.0, 1.0, 2.5, 4.0, np.nan], number)),
            "wage": pd.Series(random.choice([15.25, 18.5, 22.0, np.nan], number)),
            "dim_race_ethnicity": random.choice(races, number, p=[0.2, 0.3, 0.4, 0.1]),
            "dim_site": random.choice(["North", "South"], number),
        }
    )  # fmt: skip


@dataclass
class InMemory:
    """Tables as `open_tables` gives them, from data frames."""

    frames: Mapping[str, pd.DataFrame]
    connection: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)

    def __post_init__(self) -> None:
        for name, frame in self.frames.items():
            self.connection.register(f"sent_{name}", frame)
            dates = [f"{column}::DATE AS {column}" for column in frame if column.endswith("_on")]
            flags = [f"{column}::BOOLEAN AS {column}" for column in frame if column in ("completed", "incident")]
            replaced = f"REPLACE ({', '.join(dates + flags)})" if dates or flags else ""
            self.connection.execute(f"CREATE TABLE {name} AS SELECT * {replaced} FROM sent_{name}")

    def relation(self, name: str) -> str:
        return name

    def sizes(self, name: str) -> Mapping[str, int]:
        """Return how many values the dimensions have, as `open_tables` counts them."""
        columns = [column for column in self.frames[name] if column.startswith("dim_")]
        return {column: self.frames[name][column].nunique() for column in columns}


def tables(frame: pd.DataFrame) -> InMemory:
    """Return the tables of the programme."""
    return InMemory({"participants": frame})


def windows(as_of: dt.date, window: int = 0) -> Iterator[tuple[str, pd.Timestamp, pd.Timestamp, bool]]:
    """Yield text, first and last day, and whether the outcome is known, of each period that the metric table should have."""
    first, end = pd.Period(STARTS, "M"), pd.Period(min(as_of, ENDS), "M")
    months = list(pd.period_range(first, end))

    def known(month: pd.Period) -> bool:
        return month.end_time.normalize() + pd.Timedelta(days=window) <= pd.Timestamp(as_of)

    mature = [month for month in months if known(month)]
    for month in months:
        yield str(month), month.start_time, month.end_time, known(month)
    for quarter in sorted({month.asfreq("Q") for month in months}):
        if quarter.asfreq("M", "end") <= end or end == pd.Period(ENDS, "M"):
            last = min(quarter.asfreq("M", "end"), end)
            yield str(quarter), max(quarter.asfreq("M", "start"), first).start_time, last.end_time, known(last)
    for month in mature:
        yield f"P12M/{month}", max(month - 11, first).start_time, month.end_time, True
    last = mature[-1] if mature else months[-1]
    yield "term", first.start_time, last.end_time, bool(mature)
