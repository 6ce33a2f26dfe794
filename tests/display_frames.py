"""Frames as the analysis returns them, small and by hand, for the tests of what is shown of them."""

import datetime as dt

import numpy as np
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from acmlib.analysis.control_charts import xmr
from acmlib.analysis.equity import disparities
from acmlib.contract.model import Contract
from acmlib.display.charts.control_chart import control_chart
from acmlib.display.charts.outcomes import outcomes_by_group
from acmlib.display.judgements import not_legal
from acmlib.display.objects import Prose, Section, TitleBlock
from acmlib.display.tables import provenance, questions
from acmlib.display.voice import Voice
from acmlib.display.words import Words
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


def title_block(speaks: Voice) -> TitleBlock:
    agreed = speaks.contract.contract
    facts = (("Provider", agreed.provider), ("Agency", agreed.agency))
    return TitleBlock(agreed.title.in_language(speaks.words.locale.language), f"Dashboard, {speaks.words.period('2026-06')}", facts)


def dashboard(language="en"):
    speaks = voice(language)
    found, chart = gaps(), points()
    return notebook(
        new_markdown_cell("Edit the cell below.", metadata={"tags": ["analyst"]}),
        new_code_cell('contract = "secret-parameter"', metadata={"tags": ["parameters"]}),
        shown(title_block(speaks)),
        shown(questions(["What changed at intake?", "Who is not reached?"], voice=speaks)),
        shown(
            Section(
                "Placement",
                (control_chart(chart, metric="placed_6m", voice=speaks),),
                question="Is the rise seen at every site?",
                contents="Placement",
            )
        ),
        shown(
            Section(
                f"{speaks.metric('placed_6m')}: 20% for Black participants",
                (outcomes_by_group(found, voice=speaks), Prose((not_legal(speaks),))),
            )
        ),
        new_markdown_cell("## What we heard\n\nTwelve **students**. <img src=x onerror=alert(1)>"),
        shown(provenance(voice=speaks, inputs=[("participants.csv", 1450, "ab" * 32)])),
    )


def half_years() -> pd.DataFrame:
    """Return three groups over four half-years; the gap of one closes, one is hidden once."""
    counts = {
        "P6M/2024-12": (("White", 40, 100), ("Black or African American", 16, 80), ("Asian", 12, 31)),
        "P6M/2025-06": (("White", 43, 100), ("Black or African American", 20, 80), ("Asian", 3, 9, "hidden")),
        "P6M/2025-12": (("White", 41, 100), ("Black or African American", 30, 80), ("Asian", 13, 32)),
        "P6M/2026-06": (("White", 44, 100), ("Black or African American", 34, 80), ("Asian", 15, 33)),
    }
    return pd.concat([cells(rows, period=period) for period, rows in counts.items()], ignore_index=True)


def steps() -> pd.DataFrame:
    """Return who comes how far: shares of four groups among residents and at four steps."""
    groups = ("White", "Black or African American", "Hispanic or Latino", "Asian")
    shares = {
        "Residents": (0.40, 0.28, 0.22, 0.10), "Referred": (0.35, 0.33, 0.24, 0.08), "Enrolled": (0.36, 0.31, 0.25, 0.08),
        "Started": (0.41, 0.22, 0.28, 0.09), "Placed": (0.46, 0.17, 0.28, np.nan),
    }  # fmt: skip
    rows = [
        ("race_ethnicity", step, group, share, share * 400 if step != "Residents" else np.nan, "hidden" if np.isnan(share) else "shown")
        for step, values in shares.items()
        for group, share in zip(groups, values, strict=True)
    ]
    return pd.DataFrame(rows, columns=["dimension", "step", "group", "share", "people", "status"])


def others() -> pd.DataFrame:
    rows = [
        ("Harbor Works", 0.34, True, 0.29, 0.39, "12 months to December 2025"),
        ("Other providers of the program, pared mean", 0.41, False, 0.38, 0.44, "public figures of 6 contracts"),
        ("Standard of the state", 0.45, False, np.nan, np.nan, "State Workforce Board, 2025; adults too"),
    ]
    return pd.DataFrame(rows, columns=["label", "value", "own", "low", "high", "detail"])


def boundaries() -> dict:
    """Return four square places as GeoJSON."""
    names = (("North", 0, 1), ("South", 0, 0), ("East", 1, 0), ("West", 1, 1))
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": name},
                "geometry": {"type": "Polygon", "coordinates": [[[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]]},
            }
            for name, x, y in names
        ],
    }


def place_gaps() -> pd.DataFrame:
    return disparities(cells([("North", 80, 200), ("South", 30, 180), ("East", 50, 120), ("West", 3, 9, "hidden")], dimension="site"),
                       comparator="North")  # fmt: skip


def fallen() -> pd.DataFrame:
    """Return monthly waits that fell in July 2025: limits start anew, the target has a step, months of few people, an unfinished month."""
    rng = np.random.default_rng(5)
    level = np.round(np.where(np.arange(24) < 12, 26.0, 9.0) + 2 * rng.standard_normal(24))
    chart = xmr(pd.Series(level, index=MONTHS), "lower", target=14, rebases=[12])
    return chart.assign(
        denominator=np.where(np.arange(24) == 4, 3.0, 31.0), open=np.arange(24) == 4, unfinished=np.arange(24) == 23,
        target=np.where(np.arange(24) < 6, 21.0, 14.0), status="shown",
    )  # fmt: skip
