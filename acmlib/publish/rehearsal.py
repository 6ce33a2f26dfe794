"""Warm-up: what every report does, done once on tiny data by the fork server, so that no kernel and no worker pays first-time costs.

It opens nothing that stays open and starts no thread.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from acmlib.display.catalogues import languages
from acmlib.display.charts.canvas import Sheet, text_width
from acmlib.display.words import Words
from acmlib.publish.exporter import export_page


def figures() -> None:
    """Drawing."""
    sheet = Sheet(40)
    for bold in (False, True):
        sheet.text(0, 20, "".join(map(chr, range(32, 127))) + "áéíóúñ¿¡–×", bold=bold)
        text_width("a", "bold" if bold else "normal")
    sheet.mark([5, 10], [5, 5])
    sheet.line([0, 5], [0, 5])
    sheet.svg()


def words() -> None:
    """Word catalogues and number formats, and the page's template."""
    for language in languages():
        Words(language).number(1234.5)
    export_page({"cells": []}, title="")


def database() -> None:
    """Open a database of one thread, which starts none, and close it."""
    with duckdb.connect(":memory:", config={"threads": 1}) as opened:
        opened.execute("SELECT json_serialize_sql('SELECT 1 + a')").fetchall()


def data() -> None:
    """Data frames: choosing, sorting, grouping, joining, reshaping."""
    table = pd.DataFrame({"group": ["a", "b", "a"], "period": ["x", "y", "z"], "value": [1.0, np.nan, 2.0], "n": [1, 2, 3]})
    table["twice"] = table["value"] * 2
    table = table[table["n"] > 0].sort_values(["group", "n"]).reset_index(drop=True)
    table.loc[0, "twice"] = 1.0
    totals = table.groupby(["group", "period"], sort=False)["n"].sum().reset_index()
    totals.merge(table, on=["group", "period"], how="left").to_dict("records")
    pd.concat([table, table], ignore_index=True).pivot_table(index="group", columns="period", values="n")
    table["group"].map({"a": 1}).isna().any()
    table["group"].isin(["a"]).any() or table["group"].str.upper()
    list(table.drop_duplicates("group").assign(day=pd.Timestamp(2025, 1, 1)).itertuples())


STEPS = (figures, words, database, data)
