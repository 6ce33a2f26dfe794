"""Frames as the analysis returns them, small and by hand, for the tests of what is shown of them."""

import datetime as dt

import numpy as np
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from acmlib import display as show
from acmlib.analysis.control_charts import xmr
from acmlib.analysis.equity import disparities
from acmlib.contract.model import Contract
from acmlib.display import Voice, Words
from acmlib.measures.intervals import wilson

CONTRACT = Contract.model_validate(
    {
        "id": "harbor-youth-jobs",
        "contract": {
            "title": {"en": "Harbor Youth Employment", "es": "Empleo Juvenil Harbor"},
            "provider": "Harbor Works",
            "agency": "Department of Human Services",
            "program": "youth-employment",
            "starts": "2024-07-01",
            "ends": "2026-12-31",
        },
        "tables": {"participants": {"source": "data/harbor-youth-jobs/participants.csv"}},
        "dimensions": {"race_ethnicity": {"column": "race_ethnicity"}, "site": {"column": "site"}},
        "metrics": {
            "placed_6m": {
                "title": {"en": "Placed in a job within 6 months", "es": "Con empleo a los 6 meses"},
                "kind": "proportion",
                "of": "true",
                "that": "true",
                "target": [{"value": 0.4, "from": "2024-07-01"}],
            },
            "days_to_start": {
                "title": {"en": "Days to the first meeting", "es": "Días hasta el primer encuentro"},
                "kind": "duration",
                "start": "a",
                "end": "b",
                "better": "lower",
                "standard": 14,
            },
            "enrolled": {"title": {"en": "Young people enrolled", "es": "Jóvenes inscritos"}, "kind": "count", "of": "true"},
            "in_programme": {
                "title": {"en": "Still in the programme", "es": "Siguen en el programa"},
                "kind": "retention",
                "start": "a",
                "end": "b",
                "at": [30, 90, 180],
            },
        },
        "pathway": {
            "stages": [
                {"stage": "referred", "owner": "agency", "reached": "true", "title": {"en": "Referred", "es": "Derivación"}},
                {"stage": "enrolled", "owner": "provider", "reached": "true", "title": {"en": "Enrolled", "es": "Inscripción"}},
                {"stage": "placed", "owner": "provider", "reached": "true", "title": {"en": "Placed", "es": "Empleo"}},
            ]
        },
    }
)

MONTHS = [str(month) for month in pd.period_range("2024-07", periods=24, freq="M")]


def voice(language: str = "en", wording: str = "equity") -> Voice:
    return Voice(Words(language, wording), CONTRACT, source="Harbor Works", as_of=dt.date(2026, 6, 30))


def cells(rows, *, metric="placed_6m", period="P12M/2025-12", dimension="race_ethnicity") -> pd.DataFrame:
    """Return metric-table rows from (group, numerator, denominator[, status])."""
    built = []
    for group, numerator, denominator, *status in rows:
        shown = (status or ["shown"])[0]
        x, n = (numerator, denominator) if shown == "shown" else (np.nan, np.nan)
        low, high = wilson([x], [n]) if shown == "shown" else ([np.nan], [np.nan])
        built.append((metric, period, dimension, group, x, n, x / n, low[0], high[0], shown))
    columns = ["metric", "period", "dimension", "group", "numerator", "denominator", "value", "low", "high", "status"]
    return pd.DataFrame(built, columns=columns)


def gaps(**settings) -> pd.DataFrame:
    """Return gaps as they are found: one clear, one possible, one not seen, one hidden group."""
    rows = [
        ("White", 80, 200), ("Black or African American", 40, 200), ("Hispanic or Latino", 39, 120), ("Asian", 25, 64),
        ("American Indian or Alaska Native", 3, 9, "hidden"),
    ]  # fmt: skip
    return disparities(cells(rows), comparator="White", **settings)


def points(values=None, **settings) -> pd.DataFrame:
    """Return a control chart of 24 months whose second half is higher."""
    rng = np.random.default_rng(3)
    level = np.where(np.arange(24) < 13, 0.33, 0.43) + 0.02 * rng.standard_normal(24)
    return xmr(pd.Series(level if values is None else values, index=MONTHS), "higher", target=0.4, **settings)


def stages() -> pd.DataFrame:
    entered = cells([("White", 420, 420), ("Asian", 300, 300)], metric="stage:referred", period="term")
    enrolled = cells([("White", 328, 420), ("Asian", 186, 300)], metric="stage:enrolled", period="term")
    placed = cells([("White", 170, 328), ("Asian", 74, 186)], metric="stage:placed", period="term")
    return pd.concat([entered, enrolled, placed], ignore_index=True)


def retention() -> pd.DataFrame:
    parts = [
        cells(
            [("North", x, 200), ("South", y, 150), ("West", 2, 9, "hidden")], metric=f"in_programme@{day}d", period="term", dimension="site"
        )
        for day, x, y in ((30, 190, 138), (90, 160, 105), (180, 132, 62))
    ]
    return pd.concat(parts, ignore_index=True)


def shown(*objects, tags=()):
    outputs = [new_output("display_data", data=one._repr_mimebundle_()) for one in objects]
    return new_code_cell("secret_code = 1", outputs=outputs, metadata={"tags": list(tags)})


def notebook(*cells):
    return new_notebook(cells=list(cells))


def dashboard(language="en"):
    speaks = voice(language)
    found, chart = gaps(), points()
    return notebook(
        new_markdown_cell("Edit the cell below.", metadata={"tags": ["analyst"]}),
        new_code_cell('contract = "secret-parameter"', metadata={"tags": ["parameters"]}),
        shown(show.title_block(voice=speaks, report="Dashboard", period="2026-06", edition="provider")),
        shown(show.questions(["What changed at intake?", "Who is not reached?"], voice=speaks)),
        shown(
            show.Section(
                show.control_heading(chart.iloc[-1], metric="placed_6m", voice=speaks),
                (show.control_chart(chart, metric="placed_6m", voice=speaks),),
                question="Is the rise seen at every site?",
                contents="Placement",
            )
        ),
        shown(
            show.Section(
                show.gap_heading(found, speaks), (show.outcomes_by_group(found, voice=speaks), show.Prose((show.not_legal(speaks),)))
            )
        ),
        new_markdown_cell("## What we heard\n\nTwelve **students**. <img src=x onerror=alert(1)>"),
        shown(show.provenance(voice=speaks, run="r1", inputs=[("participants.csv", 1450, "ab" * 32)])),
    )
