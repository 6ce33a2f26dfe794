"""Benchmarks promise: the target of its time, every comparison with its source, and "no target agreed" instead of a target of nothing."""

import datetime as dt

import numpy as np
import pandas as pd

from acmlib.analysis.benchmarks import KINDS, side_by_side
from acmlib.contract.model import Metric

AS_OF = dt.date(2026, 6, 30)
SOURCE = {"source": "state report", "date": 2024, "population": "all contracts of the state", "comparability": "same definition"}


def metric(better: str = "higher", *targets: dict[str, object], **rest: object) -> Metric:
    return Metric.model_validate({"title": "Placed", "kind": "proportion", "better": better, "target": targets, **rest})


def test_the_target_in_force_stands_first_and_none_is_a_state_and_never_a_target_of_zero() -> None:
    placed = metric("higher", {"value": 0.3, "to": "2025-06-30"}, {"value": 0.4, "from": "2025-07-01", "label": "second year"})
    first = side_by_side(placed, 0.35, date=AS_OF).iloc[0]
    assert first[["kind", "value", "source", "standing"]].map(str).tolist() == ["target", "0.4", "second year", "worse"]
    of_window = side_by_side(placed, 0.35, date=AS_OF, target=0.34).iloc[0]
    assert of_window[["kind", "value", "source", "standing"]].tolist() == ["target", 0.34, "contract", "better"]
    assert pd.isna(of_window["date"])
    assert side_by_side(metric(), 0.5, date=AS_OF)["standing"].tolist() == ["no target agreed", *["no benchmark"] * 5]


def test_five_kinds_stand_side_by_side_with_source_date_and_population() -> None:
    placed = metric("lower", {"value": 0.4}, benchmarks=[{"kind": kind, "value": 0.3, **SOURCE} for kind in reversed(KINDS)])
    table = side_by_side(placed, 0.35, date=AS_OF)
    assert table["kind"].tolist() == ["target", *KINDS]
    assert table["standing"].tolist() == ["better", *["worse"] * 5]
    without = side_by_side(metric(benchmarks=[{"kind": "peer", "value": 0.3, **SOURCE}]), 0.35, date=AS_OF)
    assert [repr(one) for one in without["date"].dropna()] == ["2024"], "a year stays one where no target has a day"
    assert table.loc[1:, ["source", "date", "population", "comparability"]].notna().all().all()
    assert side_by_side(metric("neither", benchmarks=[{"kind": "peer", "value": 0.3, **SOURCE}]), 0.3, date=AS_OF)["standing"][2] == "same"
    assert side_by_side(placed, np.nan, date=AS_OF)["standing"].tolist() == ["not judged"] * 6
