"""What a page costs: our figures and exporter beside ordinary ones, in the same run.

    .venv/bin/python benchmarks/page.py

Prints medians of CPU time (the clock of a busy machine says little) and sizes. *Ordinary* figures are pyplot with seaborn, saved as PNG
with a tight bounding box, as an inline notebook does; the *ordinary* page is nbconvert's lab template.

A run with its conditions stands in benchmarks/README.md.
"""
# ruff: noqa: E402 - path and grammar come before what needs them

from __future__ import annotations

import base64
import io
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
# nbformat would build 35 grammars that nobody needs here (2 s).
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from display_frames import cells, gaps, points, retention, stages, voice
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output

from acmlib import display as show
from acmlib.analysis.peers import funnel as judged
from acmlib.publish.exporter import export_page

ROUNDS = 9


def cost(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the median milliseconds of CPU of a warm call, and what it returned."""
    result = work()
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        result = work()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times), result


def ordinary_figure() -> str:
    """Return a PNG of the same dots with intervals, as pyplot and seaborn draw it in a notebook."""
    found = gaps().dropna(subset=["value"])
    figure, axes = plt.subplots(figsize=(5, 4))
    sns.pointplot(data=found, x="value", y="group", linestyle="none", ax=axes)
    axes.errorbar(found["value"], found["group"], xerr=[found["value"] - found["low"], found["high"] - found["value"]], fmt="none")
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=144, bbox_inches="tight")
    plt.close(figure)
    return base64.b64encode(target.getvalue()).decode()


def waits() -> pd.DataFrame:
    """Return waits of two half-years, as they are released."""
    parts = []
    for period, *ended in (("P6M/2025-06", 30, 90, 120, 124), ("P6M/2025-12", 60, 140, 150, 150)):
        for day, number in zip((7, 14, 28, 56), ended, strict=True):
            parts.append(cells([("All participants", number, 200)], metric=f"days_to_start@{day}d", period=period, dimension="all"))
    return pd.concat(parts, ignore_index=True)


def main() -> None:
    """Measure and print."""
    speaks, found, months, kept, steps, over = voice(), gaps(), points(), retention(), stages(), waits()
    sizes = pd.Series([60, 90, 140, 200, 260, 340, 480, 640, 900], index=[f"c{number}" for number in range(9)])
    others, names = judged((sizes * 0.42).round(), sizes), {unit: f"Other contract {unit[1:]}" for unit in sizes.index}
    figures = {
        "control chart": lambda: show.control_chart(months, metric="placed_6m", voice=speaks),
        "outcomes by group": lambda: show.outcomes_by_group(found, voice=speaks),
        "retention curves": lambda: show.retention_curves(kept, voice=speaks),
        "pathway": lambda: show.pathway(steps, group="Asian", comparator="White", voice=speaks),
        "waits over time": lambda: show.waits_over_time(over, voice=speaks, standard=14),
        "funnel": lambda: show.funnel(others, metric="placed_6m", period="2026", voice=speaks, names=names, this="c4"),
        "small multiples": lambda: show.small_multiples([("placed_6m", months)] * 4, voice=speaks),
    }
    rows, charts = [], []
    for name, draw in figures.items():
        milliseconds, chart = cost(draw)
        charts.append(chart)
        rows.append((name, milliseconds, len(chart.svg) * 4 / 3 / 1000))
    milliseconds, picture = cost(ordinary_figure)
    rows.append(("ordinary figure (PNG)", milliseconds, len(picture) / 1000))

    head = show.title_block(voice=speaks, report="Dashboard", period="2026-06", edition="provider")
    shown = [new_code_cell("x", outputs=[new_output("display_data", data=one._repr_mimebundle_())]) for one in (head, *charts, *charts)]
    notebook = new_notebook(cells=shown)
    milliseconds, page = cost(lambda: export_page(notebook, title="Dashboard"))
    rows.append((f"page of {2 * len(charts)} figures", milliseconds, len(page) / 1000))
    milliseconds, page = cost(lambda: HTMLExporter(template_name="lab").from_notebook_node(notebook)[0])
    rows.append(("the same, lab template", milliseconds, len(page) / 1000))
    print("| what | ms CPU | kB |\n|---|---:|---:|")
    for name, milliseconds, kilobytes in rows:
        print(f"| {name} | {milliseconds:.0f} | {kilobytes:.0f} |")


if __name__ == "__main__":
    main()
