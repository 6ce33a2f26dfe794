"""An analyst's own figure, table and words as parts of a page, with what every part of a page needs.

Whatever is missing is said here, in the notebook, at once: not when the page is made.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from acmlib.contract.model import Contract
from acmlib.display.charts.canvas import BLUE, GREY, INK, ORANGE, RULE, TEXT, WIDTH
from acmlib.display.charts.frames import why_not
from acmlib.display.objects import Cell, Chart, Column, DataTable, Notes
from acmlib.display.voice import Voice
from acmlib.display.words import Words
from acmlib.measures.table import KEY_COLUMNS

#: A table on a page has no more rows than this: somebody is to read it.
MOST_ROWS = 200

#: A figure is no wider than this, in points: on a phone of 390 pixels its text would be smaller than 12 pixels.
WIDEST = WIDTH * 1.05

#: A wider figure is made as wide as all others, and at most this high.
TALLEST = 252.0

#: Names of columns that name people, and values that look like the key of a person.
_PERSONAL = re.compile(r"(^|_)(id|ids|key|ssn|name|first_name|last_name|email|phone|address|birth_?date|dob)$|ID$", re.IGNORECASE)
_KEY = re.compile(r"[A-Za-z]{0,6}[-_ ]?\d{3,}")
_KEYS_AT_LEAST = 10

#: Columns of our own frames that are values of a metric, and gaps of one.
_VALUES = frozenset({"value", "low", "high", "comparator_value", "mean", "lower", "upper", "target"})
_GAPS = frozenset({"outcome_gap", "gap_low", "gap_high", "could_hide"})
_SHARES = frozenset({"share", "base_share", "share_low", "share_high"})

#: What seaborn and matplotlib draw with: sizes in points, so that text is as large as in our own figures.
HOUSE: dict[str, Any] = {
    "figure.figsize": (WIDTH / 72, 3.0), "figure.facecolor": "none", "savefig.facecolor": "none", "axes.facecolor": "none",
    "font.family": ["DejaVu Sans"], "font.size": TEXT, "axes.titlesize": TEXT, "axes.labelsize": TEXT, "legend.fontsize": TEXT,
    "legend.title_fontsize": TEXT, "xtick.labelsize": TEXT, "ytick.labelsize": TEXT, "figure.titlesize": TEXT,
    "text.color": INK, "axes.labelcolor": INK, "axes.titlecolor": INK, "xtick.color": GREY, "ytick.color": GREY, "axes.edgecolor": RULE,
    "axes.linewidth": 0.9, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": False, "axes.titlelocation": "left",
    "legend.frameon": False, "lines.linewidth": 1.5, "lines.markersize": 6.0, "patch.edgecolor": "#ffffff", "text.parse_math": False,
    "axes.unicode_minus": True, "figure.autolayout": True, "date.converter": "concise", "axes.xmargin": 0.03,
    "svg.fonttype": "none", "svg.hashsalt": "acm",
}  # fmt: skip
PALETTE = (BLUE, ORANGE, GREY, INK)


class OwnPartError(ValueError):
    """A part of a page that lacks something, or holds what no page may."""


class _Opened:
    """The voice of the report that was opened last: how parts without one of their own write numbers."""

    voice: Voice | None = None


def opened(voice: Voice) -> None:
    """Remember how the report that was opened writes numbers and dates, and set the theme: now, or once matplotlib is imported."""
    _Opened.voice = voice
    if "matplotlib" in sys.modules:
        theme()
    elif not any(isinstance(one, _ThemeOnImport) for one in sys.meta_path):
        sys.meta_path.insert(0, _ThemeOnImport())


class _ThemeOnImport(MetaPathFinder):
    """Sets the theme when matplotlib is imported: that takes a quarter of the time in which a report opens, and most draw without it."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Leave every module to the other finders, and matplotlib too, but for what is done after it."""
        if fullname != "matplotlib":
            return None
        sys.meta_path.remove(self)
        spec = find_spec(fullname)
        if spec is not None and spec.loader is not None:
            executed = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                executed(module)
                theme()

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _voice() -> Voice:
    return _Opened.voice or Voice(Words("en"), None)  # type: ignore[arg-type]


def _contract(voice: Voice) -> Contract | None:
    """Return the contract of the report that is open; None if none is."""
    return voice.contract


def theme() -> None:
    """Set the house style of matplotlib and seaborn: sizes, four colours, no box, text that follows light and dark.

    It is set when a report is opened; call it again after `seaborn.set_theme` or `matplotlib.style.use`. Seaborn's themes are settings of
    matplotlib, and so is this one: it is set without importing seaborn, which takes longer than a dashboard.
    """
    import matplotlib as mpl
    from cycler import cycler

    settings: Any = HOUSE | {"axes.prop_cycle": cycler(color=PALETTE)}
    mpl.rcParams.update(settings)


def figure(fig: Any, *, alt: str = "", caption: str = "", data: pd.DataFrame | None = None, notes: Sequence[str] = ()) -> Chart:
    """Return a figure of matplotlib or seaborn as a figure of the page.

    Parameters
    ----------
    alt : str
        One or two sentences for whoever cannot see it: kind of chart, what is on it, main pattern.
    data : DataFrame
        What is drawn, at most 200 rows: the table behind the figure.
    notes : sequence of str
        Sentences under the figure; the source and the day of the data stand there by themselves.

    Raises
    ------
    OwnPartError
        If something is missing, too wide, too long, or names people.
    """
    where = "show.figure"
    drawn = getattr(fig, "figure", fig)
    if not hasattr(drawn, "savefig"):
        raise OwnPartError(f"{where}: fig is a {type(fig).__name__}; give a figure or axes of matplotlib, or what seaborn returned")
    if len(alt.split()) < 5:
        raise OwnPartError(f"{where}: alt is {alt!r}; say in a sentence what kind of chart it is, what is on it, its main pattern")
    if not caption.strip():
        raise OwnPartError(f"{where}: caption is empty; name in one line what is shown")
    if data is None:
        raise OwnPartError(f"{where}: data is missing; give the frame that is drawn, it becomes the table behind the figure")
    table_ = table(data, caption=caption)
    if (column := _drawn_over_missing(drawn, data)) is not None:
        raise OwnPartError(
            f"{where}: a line runs over missing values of '{column}' as if they were known; break it there: seaborn does with "
            'units="run", estimator=None (report.over_time has the column run)'
        )
    from acmlib.display.charts.matplotlib_svg import PictureInsideError, page_drawing

    _fit(drawn, getattr(fig, "legend", None))
    try:
        svg, width = page_drawing(drawn)
    except PictureInsideError as error:
        raise OwnPartError(f"{where}: {error}") from error
    if width > WIDEST:
        raise OwnPartError(
            f"{where}: with what stands beside its axes the figure is {width / 72:.1f} inches wide, and its text too small on a phone; "
            f"{WIDTH / 72:.0f} are there: move the legend above (sns.move_legend), or shorten labels"
        )
    _close(drawn)
    return Chart(svg, alt, alt, table_, caption, (*notes, *_source()), _voice().words("page.data_details"))


def _fit(drawn: Any, legend: Any) -> None:
    """Make a wider figure as wide as all others, and put the legend that seaborn sets beside its axes above them."""
    width, height = drawn.get_size_inches()
    if width * 72 > WIDTH:
        drawn.set_size_inches(WIDTH / 72, min(height, TALLEST / 72))
    if hasattr(legend, "set_bbox_to_anchor") and legend in drawn.legends:
        legend.set_loc("lower left")
        legend.set_bbox_to_anchor((0.0, 1.0), transform=drawn.transFigure)
        drawn.set_layout_engine("tight")  # the room that was kept for the legend goes to the axes


def _drawn_over_missing(drawn: Any, data: pd.DataFrame) -> str | None:
    """Return the column whose missing values a line of the figure runs over: seaborn drops them before it draws."""
    lines = [np.asarray(line.get_ydata()) for axes in drawn.axes for line in axes.get_lines() if line.get_linestyle() != "None"]
    by = [str(name) for name in data.select_dtypes(exclude=["number", "datetime"]) if data[name].duplicated().any()]
    for part in [data, *(part for name in by for _, part in data.groupby(name, observed=True))]:
        for name, values in part.select_dtypes("number").items():
            known = values.notna().to_numpy().nonzero()[0]
            if len(known) and known[-1] - known[0] >= len(known):  # something is missing in between
                shown = values.to_numpy(float)[known]
                if any(len(line) == len(shown) and np.array_equal(line, shown) for line in lines):
                    return str(name)
    return None


def _close(drawn: Any) -> None:
    """Close a figure, so that JupyterLab does not show it a second time as pixels."""
    import matplotlib.pyplot as plt

    plt.close(drawn)


def _source() -> tuple[str, ...]:
    voice = _voice()
    contract = _contract(voice)
    if contract is None:
        return ()
    said = [voice.words("source.line", source=voice.source or contract.contract.provider)]
    said += [voice.words("source.as_of", as_of=voice.as_of)] if voice.as_of is not None else []
    return (" ".join(said),)


def text(markdown: str) -> Notes:
    """Return words in Markdown as a part of the page; raw HTML in it is shown as text.

    Raises
    ------
    OwnPartError
        If there are none.
    """
    if not markdown.strip():
        raise OwnPartError("show.text: there is no text; write a sentence, or leave the cell out")
    return Notes(markdown)


def table(frame: pd.DataFrame, *, caption: str = "", columns: Mapping[str, str] | None = None, notes: Sequence[str] = ()) -> DataTable:
    """Return a frame as a table of the page.

    Frames of the report (`report.over_time`, `report.by_group`, `report.gaps`, ...) are written as everywhere: metrics, groups and periods
    by their names, shares in percent, hidden values in words. In other frames numbers, dates and texts are written in the page's language.

    Parameters
    ----------
    frame : DataFrame
        At most 200 rows. An index with a name becomes the first column.
    columns : mapping, optional
        Column to heading, of those to be shown. If absent, all columns that say something: not the status, nor a metric,
        period, dimension or group that is the same in all rows.

    Raises
    ------
    OwnPartError
        If the caption is missing, the frame too long, or a column names people.
    """
    if not isinstance(frame, pd.DataFrame):
        raise OwnPartError(f"show.table: a {type(frame).__name__} was given; use a DataFrame, as series.to_frame()")
    if not caption.strip():
        raise OwnPartError("show.table: caption is empty; say in a few words what the table holds")
    whole = frame.reset_index() if any(name is not None for name in frame.index.names) else frame
    shown = list(columns) if columns else [str(name) for name in whole.columns if not _says_nothing(str(name), whole)]
    if missing := [name for name in shown if name not in whole.columns]:
        raise OwnPartError(f"show.table: there is no column '{missing[0]}'; the frame has {', '.join(map(str, whole.columns))}")
    if len(whole) > MOST_ROWS:
        raise OwnPartError(
            f"show.table: the frame has {len(whole):,} rows; a page shows at most {MOST_ROWS}: use groupby, or .head({MOST_ROWS})"
        )
    for name in shown:
        _refuse_people(str(name), whole[name])
    voice = _voice()
    headings = columns or {name: _heading(name, voice) for name in shown}
    kinds = ["number" if pd.api.types.is_numeric_dtype(whole[name].dtype) else "text" for name in shown]
    rows = whole.to_dict("records")
    body = tuple(tuple(_cell(row, name, voice) for name in shown) for row in rows)
    titles = tuple(Column(headings[name], kind) for name, kind in zip(shown, kinds, strict=True))  # type: ignore[arg-type]
    return DataTable(caption, titles, body, notes=tuple(notes))


def _says_nothing(name: str, frame: pd.DataFrame) -> bool:
    """Return whether a column of the metric table is left to the caption: the status, and what is the same in every row."""
    return name == "status" or (name in KEY_COLUMNS and len(frame) > 1 and frame[name].nunique(dropna=False) == 1)


def _refuse_people(name: str, values: pd.Series) -> None:
    """Refuse a column that tells who somebody is."""
    texts = values.dropna().astype(str)
    keys = texts.nunique() >= _KEYS_AT_LEAST and not pd.api.types.is_float_dtype(values.dtype)
    looks = keys and texts.is_unique and bool(texts.str.fullmatch(_KEY).mean() > 0.8)
    if _PERSONAL.search(name) or looks:
        raise OwnPartError(f"show.table: column '{name}' tells who somebody is; leave it out: frame.drop(columns='{name}')")


def _heading(name: str, voice: Voice) -> str:
    if name == "outcome_gap":
        return voice.words("table.gap")
    if voice.words.has(f"table.{name}"):
        return voice.words(f"table.{name}")
    plain = name.replace("_", " ").strip() or "–"
    return plain[:1].upper() + plain[1:]


def _cell(row: Mapping[Any, Any], name: str, voice: Voice) -> str | Cell:
    """Return one value as it is read; a value that is not there in words, with its reason where the frame gives one."""
    value, metric = row[name], row.get("metric")
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        known = {"metric", "status"} <= row.keys() and row.get("status") not in ("shown", "unreliable", None)
        if known and name != "value" and "value" in row:
            return Cell("–", muted=True)  # the reason stands once in a row
        return Cell(why_not(row, voice) if known else voice.words("table.no_number"), muted=True)
    if isinstance(value, (dt.date, pd.Timestamp)):
        return voice.words.date(value)
    if isinstance(value, bool):
        return voice.words("unit.yes" if value else "unit.no")
    if isinstance(value, (int, float)):
        return _number(float(value), name, str(metric) if isinstance(metric, str) else "", voice)
    return _label(str(value), name, row, voice)


def _number(value: float, name: str, metric: str, voice: Voice) -> str:
    if name in _SHARES or (name in _GAPS and not metric):
        return voice.words.percent(value)
    if metric and _contract(voice) is not None and name in _VALUES:
        return voice.value(metric, value)
    if metric and _contract(voice) is not None and name in _GAPS:
        return voice.gap(metric, value)
    if _contract(voice) is None and name in _VALUES and abs(value) <= 1 and not value.is_integer():
        return voice.words.percent(value)
    if value.is_integer() or 1 <= abs(value) < 1000:
        return voice.words.number(value)
    return voice.words.decimal(value, 2 if abs(value) < 1 else 1)


def _label(value: str, name: str, row: Mapping[Any, Any], voice: Voice) -> str:
    if _contract(voice) is None:
        return value
    if name == "metric":
        return voice.short(value)
    if name == "dimension":
        return voice.dimension(value)
    if name == "group" and isinstance(row.get("dimension"), str):
        return voice.group(str(row["dimension"]), value)
    if name == "period":
        return _period(value, voice)
    return value


def _period(value: str, voice: Voice) -> str:
    return voice.words.period(value) if re.fullmatch(r"\d{4}(-\d{2}|Q\d)?|P\d+M/\d{4}-\d{2}|term", value) else value


__all__ = ["HOUSE", "OwnPartError", "figure", "opened", "table", "text", "theme"]
