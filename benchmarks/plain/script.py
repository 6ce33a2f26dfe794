"""What an analyst would write by hand: one page a contract from a file of clients, with great_tables, plotnine and Jinja.

    python script.py FOLDER CLIENTS.csv NAME [NAME ...]        # writes FOLDER/NAME.html for each

The file has the columns of `data/harbor-youth-jobs/participants.csv`. A page has a table of groups, a table of sites and two charts;
nothing is tested, hidden or checked.
"""

import base64
import io
import sys
from pathlib import Path

import pandas as pd
from great_tables import GT
from jinja2 import Template
from plotnine import aes, coord_flip, geom_col, geom_line, geom_point, ggplot, labs, scale_y_continuous, theme_minimal

PAGE = Template("""<!doctype html><html lang="en"><meta charset="utf-8"><title>{{ name }}</title>
<h1>{{ name }}</h1><p>{{ placed }} of {{ left }} who left found a job within 6 months.</p>
{% for title, content in parts %}<h2>{{ title }}</h2>{{ content }}{% endfor %}</html>""")
RACES = {"A": "Asian", "B": "Black or African American", "H": "Hispanic or Latino", "M": "Multiracial", "W": "White", "9": "Don't know"}


def results(clients: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return how many of each group left, and how many of them were placed."""
    found = clients.groupby(by, as_index=False).agg(left=("placed", "size"), placed=("placed", "sum"))
    return found.assign(share=found["placed"] / found["left"])


def table(found: pd.DataFrame, title: str) -> str:
    """Return a table as HTML."""
    return GT(found).tab_header(title=title).fmt_percent("share", decimals=0).fmt_integer(["left", "placed"]).as_raw_html()


def chart(plot: ggplot, words: str) -> str:
    """Return a drawing as an image in the page."""
    drawn = io.BytesIO()
    plot.save(drawn, format="svg", width=6, height=3.5, verbose=False)
    return f'<img alt="{words}" src="data:image/svg+xml;base64,{base64.b64encode(drawn.getvalue()).decode()}">'


def page(name: str, file: str) -> str:
    """Return the page of one contract."""
    clients = pd.read_csv(file, dtype=str).dropna(subset=["ExitDate"])
    left, placed = pd.to_datetime(clients["ExitDate"]), pd.to_datetime(clients["PlacementDate"])
    clients = clients.assign(placed=(placed - left).dt.days.le(183), month=left.dt.strftime("%Y-%m"), race=clients["Race"].map(RACES))
    months, races, sites = (results(clients, by) for by in ("month", "race", "Site"))
    percent = scale_y_continuous(labels=lambda values: [f"{value:.0%}" for value in values])
    line = ggplot(months, aes("month", "share", group=1)) + geom_line() + geom_point() + percent + theme_minimal() + labs(x="", y="Placed")
    bars = ggplot(races, aes("race", "share")) + geom_col() + coord_flip() + percent + theme_minimal() + labs(x="", y="Placed")
    parts = [
        ("Over time", chart(line, "Placed by month")),
        ("By race and ethnicity", chart(bars, "Placed by race and ethnicity") + table(races, "Race and ethnicity")),
        ("By site", table(sites, "Site")),
    ]
    return PAGE.render(name=name, left=len(clients), placed=int(clients["placed"].sum()), parts=parts)


if __name__ == "__main__":
    folder, file, *names = sys.argv[1:]
    for name in names:
        Path(folder, f"{name}.html").write_text(page(name, file), encoding="utf-8")
